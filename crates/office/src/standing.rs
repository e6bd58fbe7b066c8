//! Whether a part stands in a text word for word, whatever wordings of its sites a copy had.
//!
//! Alignment finds what was moved where it can; where it misses a passage that changed places, it would be told of as left out. What is said
//! to be left out is therefore looked for once more, plainly.

use std::collections::BTreeSet;

use countermark_marking::{Part, Piece};
use countermark_text::each_word;

/// So many words in a row are no chance.
pub(crate) const FEW: usize = 4;

/// How many words a field may have in a copy.
const FIELD: usize = 8;

/// The canonical words of a text.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    each_word(text, |word, _| words.push(word.to_owned()));
    words
}

/// How many words of a part stand in a row in a text (given as its canonical words); none where it does not stand there as a whole.
pub(crate) fn stands(part: &Part, text: &[String]) -> Option<usize> {
    // Every place at which the pieces so far may end; at first, everywhere.
    let mut ends: BTreeSet<usize> = (0..=text.len()).collect();
    let mut fixed = 0;
    for piece in &part.pieces {
        let follow = |ends: &BTreeSet<usize>, wanted: &[String]| -> BTreeSet<usize> {
            ends.iter().filter(|&&at| text[at..].starts_with(wanted)).map(|at| at + wanted.len()).collect()
        };
        ends = match piece {
            Piece::Text(said) => {
                let wanted = words(said);
                fixed += wanted.len();
                follow(&ends, &wanted)
            }
            Piece::Site { alternatives, .. } => {
                alternatives.iter().flat_map(|said| follow(&ends, &words(said))).collect()
            }
            Piece::Field(_) => ends.iter().flat_map(|&at| at..=(at + FIELD).min(text.len())).collect(),
        };
        if ends.is_empty() {
            return None;
        }
    }
    (fixed > 0).then_some(fixed)
}

#[cfg(test)]
mod tests {
    use countermark_marking::Master;

    use super::*;

    #[test]
    fn a_part_is_found_in_any_wording_and_nowhere_else() {
        let master =
            Master::parse("Dear {=name}, the committee {met|convened} at noon. It {will not|won't} meet again.")
                .unwrap();
        let parts = master.parts();
        let held = |text: &str| parts.iter().map(|part| stands(part, &words(text)).is_some()).collect::<Vec<_>>();
        assert_eq!(
            held("So: IT WILL NOT MEET AGAIN! And dear Ms Ada Quist, the committee convened at noon."),
            [true, true]
        );
        assert_eq!(held("Dear Ada, the committee met at one. It won\u{2019}t meet again"), [false, true]);
        assert_eq!(held("the committee, again"), [false, false]);
        assert_eq!(held(""), [false, false]);
    }
}
