//! Notes held against the text, and against an earlier version of it.

use countermark_text::Span;

use super::write::{Origin, normalised, origins};
use super::{Note, NoteKind, Place};
use crate::contradiction::{Contradiction, ContradictionKind};
use crate::paragraph::{body, paragraphs};

/// What a note says and the text does not bear out: paragraphs that are not there; with the earlier version, paragraphs in which
/// nothing is new.
pub(crate) fn check(text: &str, earlier: Option<&str>, notes: &[Note]) -> Vec<Contradiction> {
    let spans: Vec<Span> = notes.iter().map(|note| note.at.clone()).collect();
    let body = body(text, &whole_paragraphs(text, &spans));
    let earlier = earlier.map(normalised);
    let before = earlier.as_ref().map(|earlier| origins(earlier, &normalised(text)));
    let mut found = Vec::new();
    for note in notes {
        // What was taken out is counted in the earlier version, or in this one.
        let count = match (note.kind, &earlier) {
            (NoteKind::Removes, Some(earlier)) => earlier.len().max(body.len()),
            (NoteKind::Removes, None) => continue,
            _ => body.len(),
        };
        for place in &note.paragraphs {
            match place.index(count) {
                None => found.push(Contradiction {
                    kind: ContradictionKind::NoSuchParagraph,
                    places: vec![note.at.clone()],
                    words: format!("the update note names {}, and the text has {}", shown(*place), counted(count)),
                }),
                Some(at)
                    if says_new(note.kind)
                        && before.as_ref().is_some_and(|b| matches!(b.get(at), Some(Origin::Same(_)))) =>
                {
                    found.push(Contradiction {
                        kind: ContradictionKind::NothingNew,
                        places: vec![note.at.clone(), body[at].clone()],
                        words: format!(
                            "the update note names {}, in which nothing differs from the earlier version",
                            shown(*place)
                        ),
                    });
                }
                Some(_) => {}
            }
        }
    }
    found
}

/// Whether a note of this kind says that the paragraphs it names are not as they were.
fn says_new(kind: NoteKind) -> bool {
    !matches!(kind, NoteKind::Refiles | NoteKind::Removes | NoteKind::Editors | NoteKind::Withdraws)
}

fn shown(place: Place) -> String {
    match place {
        Place::Number(number) => format!("paragraph {number}"),
        Place::Last => "the last paragraph".to_owned(),
        Place::Penultimate => "the last paragraph but one".to_owned(),
    }
}

fn counted(paragraphs: usize) -> String {
    if paragraphs == 1 { "1 paragraph".to_owned() } else { format!("{paragraphs} paragraphs") }
}

/// The paragraphs in which notes stand, where they hold nothing else to count.
pub(super) fn whole_paragraphs(text: &str, notes: &[Span]) -> Vec<Span> {
    let mut found = paragraphs(text);
    found.retain(|paragraph| {
        let inside: usize = notes
            .iter()
            .filter(|note| paragraph.start <= note.start && note.end <= paragraph.end)
            .map(|n| n.len())
            .sum();
        inside > 0 && (inside * 10 >= paragraph.len() * 6 || text[paragraph.clone()].starts_with('('))
    });
    found
}
