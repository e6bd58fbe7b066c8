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

/// A text's canonical words, and where its sentences begin and end.
pub(crate) struct Sentences {
    words: Vec<String>,
    /// Word numbers; where one sentence ends another begins.
    borders: BTreeSet<usize>,
}

impl Sentences {
    pub(crate) fn of(text: &str) -> Self {
        let (mut words, mut borders, mut last) = (Vec::new(), BTreeSet::from([0]), 0);
        each_word(text, |word, span| {
            let between = text.get(last..span.start).unwrap_or_default();
            if between.contains(['.', '!', '?', '\u{2026}', '\n', '\u{3002}']) {
                borders.insert(words.len());
            }
            words.push(word.to_owned());
            last = span.end;
        });
        borders.insert(words.len());
        Self { words, borders }
    }

    /// At how many places a part stands as sentences of their own, no clause of another that denies it or says who claims it; none where the
    /// part has too few words to be looked for.
    pub(crate) fn sentences_of(&self, part: &Part) -> Option<usize> {
        let (ends, fixed) = follow(part, &self.words, self.borders.clone());
        if fixed < FEW {
            return None;
        }
        // Most parts that are looked for stand nowhere: one pass tells, and the places are counted of the others alone.
        if ends.is_disjoint(&self.borders) {
            return Some(0);
        }
        let at = |&&start: &&usize| !follow(part, &self.words, BTreeSet::from([start])).0.is_disjoint(&self.borders);
        Some(self.borders.iter().filter(at).count())
    }
}

/// How many words of a part stand in a row in a text (given as its canonical words); none where it does not stand there as a whole.
pub(crate) fn stands(part: &Part, text: &[String]) -> Option<usize> {
    let (ends, fixed) = follow(part, text, (0..=text.len()).collect());
    (!ends.is_empty() && fixed > 0).then_some(fixed)
}

/// Where a part ends that begins at one of these places of a text, and how many of its words are in every copy.
fn follow(part: &Part, text: &[String], mut ends: BTreeSet<usize>) -> (BTreeSet<usize>, usize) {
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
    }
    (ends, fixed)
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

    #[test]
    fn a_clause_of_another_sentence_is_no_sentence() {
        let master = Master::parse("We {will|shall} open the crossing on Monday.").unwrap();
        let part = &master.parts()[0];
        let places = |text: &str| Sentences::of(text).sentences_of(part).unwrap();
        assert_eq!(places("“We shall open the crossing on Monday.” We will open the crossing on Monday"), 2);
        assert_eq!(places("Of course. We will open the crossing on Monday! No"), 1);
        for other in [
            "It is not true that we will open the crossing on Monday.",
            "He never wrote: “We will open the crossing on Monday.”",
            "We will open the crossing on Monday if you stop the patrols.",
            "",
        ] {
            assert_eq!(places(other), 0, "{other}");
        }
        assert_eq!(Sentences::of("We agree.").sentences_of(&Master::parse("We agree.").unwrap().parts()[0]), None);
    }
}
