//! What in a report contradicts itself.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use countermark_text::{Span, words};
use serde::Serialize;

use crate::names::{name_words, same_word};
use crate::quotation::{greetings, is_title_word};
use crate::{Manner, Quotation};

/// A contradiction: where, and what, in plain words.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Contradiction {
    /// Its kind.
    pub kind: ContradictionKind,
    /// Where it stands, the places that contradict each other.
    pub places: Vec<Span>,
    /// What contradicts what.
    pub words: String,
}

/// The kinds of contradictions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContradictionKind {
    /// A letter is said to go to one person and greets another.
    GreetsAnother,
    /// A letter is said to come from the person whom it greets.
    GreetsWriter,
    /// An update note names a paragraph in which nothing is new.
    NothingNew,
    /// An update note names a paragraph that is not there.
    NoSuchParagraph,
    /// The same words are given to two people.
    TwoSpeakers,
}

impl std::fmt::Debug for Contradiction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Contradiction").field("kind", &self.kind).field("places", &self.places).finish_non_exhaustive()
    }
}

/// Words in a row that two quotations share, so that they are the same words.
const SHARED: usize = 6;

/// The contradictions among a report's quotations.
pub(crate) fn among(text: &str, quotations: &[Quotation]) -> Vec<Contradiction> {
    let mut found: Vec<Contradiction> = quotations.iter().filter_map(|quotation| greeting(text, quotation)).collect();
    found.extend(speakers(text, quotations));
    found
}

/// Whom a letter greets, against who is said to have written it and to whom.
fn greeting(text: &str, quotation: &Quotation) -> Option<Contradiction> {
    let piece = quotation.pieces.first()?.clone();
    let greeted = greeted(&text[piece.clone()])?;
    let words = name_words(greeted);
    let at = piece.start + (greeted.as_ptr() as usize - text[piece.clone()].as_ptr() as usize);
    let place = at..at + greeted.len();
    let meets = |name: &str| {
        name_words(name)
            .iter()
            .any(|name| name.chars().count() >= 3 && words.iter().any(|word| same_word(name, word).is_some()))
    };
    if let Some(speaker) = quotation.speaker.as_ref().filter(|speaker| meets(&speaker.name)) {
        let verb = if quotation.manner == Manner::Said { "said" } else { "written" };
        return Some(Contradiction {
            kind: ContradictionKind::GreetsWriter,
            places: vec![place, speaker.at.clone()],
            words: format!("words said to be {verb} by {} greet “{}”", speaker.name, crate::tree::squeeze(greeted)),
        });
    }
    let to = quotation.to.as_ref().filter(|to| !meets(&to.name) && names_person(&to.name))?;
    Some(Contradiction {
        kind: ContradictionKind::GreetsAnother,
        places: vec![place, to.at.clone()],
        words: format!("words said to be for {} greet “{}”", to.name, crate::tree::squeeze(greeted)),
    })
}

fn names_person(name: &str) -> bool {
    name_words(name).iter().any(|word| !is_title_word(word))
}

/// The name in a letter's first line; none where it has an office alone, which more than one may hold.
pub(crate) fn greeted(letter: &str) -> Option<&str> {
    let line = letter.trim_start();
    let lower = line.get(..line.floor_char_boundary(60))?.to_lowercase();
    let greeting = greetings()
        .filter(|greeting| lower.strip_prefix(greeting).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric)));
    // Small and capital letters of these greetings are equally long, or it is not one of them.
    let rest = line.get(greeting.map(str::len).max()?..)?;
    let end = rest
        .char_indices()
        .find(|(at, c)| matches!(c, ',' | '!' | ':' | '\n' | '—' | '–' | ';') || (*c == '.' && *at > 6) || *at > 60)
        .map_or(rest.len(), |(at, _)| at);
    let name = rest[..end].trim();
    let words = name_words(name);
    (words.len() <= 7 && words.iter().any(|word| !is_title_word(word) && word.chars().count() >= 3)).then_some(name)
}

/// The same words given to two people.
fn speakers(text: &str, quotations: &[Quotation]) -> Vec<Contradiction> {
    let mut seen: HashMap<u64, usize> = HashMap::new();
    let mut found = Vec::new();
    for (number, quotation) in quotations.iter().enumerate() {
        let Some(speaker) = &quotation.speaker else { continue };
        let quoted = quotation.text(text);
        let canonical: Vec<String> = words(&quoted).map(|word| word.canon.into_owned()).collect();
        let mut other = None;
        for window in canonical.windows(SHARED.min(canonical.len().max(4))) {
            let mut hasher = DefaultHasher::new();
            window.hash(&mut hasher);
            let first = *seen.entry(hasher.finish()).or_insert(number);
            let differs = quotations[first]
                .speaker
                .as_ref()
                .is_some_and(|s| s.name != speaker.name && !alike(&s.name, &speaker.name));
            if first != number && differs {
                other = other.or(Some(first));
            }
        }
        if let Some(other) = other
            && let Some(first) = &quotations[other].speaker
        {
            found.push(Contradiction {
                kind: ContradictionKind::TwoSpeakers,
                places: vec![quotations[other].whole.clone(), quotation.whole.clone()],
                words: format!("the same words are given to {} and to {}", first.name, speaker.name),
            });
        }
    }
    found
}

/// Whether one name may mean the other: an office and a name may be one person.
fn alike(a: &str, b: &str) -> bool {
    if !names_person(a) || !names_person(b) {
        return true;
    }
    let (a, b) = (name_words(a), name_words(b));
    matches!((a.last(), b.last()), (Some(a), Some(b)) if same_word(a, b).is_some())
}

#[cfg(test)]
mod tests {
    use super::ContradictionKind::{GreetsAnother, GreetsWriter, TwoSpeakers};
    use crate::{Names, report};

    #[test]
    fn reports_that_contradict_themselves() {
        let cases = [
            ("Arne Holm wrote to Ina Velt: “Dear Mr. Holm, the harbour stays closed.”", vec![GreetsWriter]),
            ("Arne Holm wrote to Ina Velt: “Dear Ms. Velt, the harbour stays closed.”", vec![]),
            ("Arne Holm wrote in a letter to Ina Velt: “Dear Erik, the harbour stays closed.”", vec![GreetsAnother]),
            ("Арне Хольм написал: «Уважаемый господин Хольм! Гавань закрыта».", vec![GreetsWriter]),
            (
                "Der Präsident Arne Holm schrieb: „Sehr geehrter Herr Holm, der Hafen bleibt zu.“ Das ist nicht neu.",
                vec![GreetsWriter],
            ),
            ("Le ministre Arne Holm a écrit dans la lettre : « Cher Arne, le port reste fermé. »", vec![GreetsWriter]),
            ("Arne Holm wrote: “Dear Mr. President, the harbour stays closed.”", vec![]),
            (
                "“The harbour will stay closed this year,” Arne Holm said.\n\n“The harbour will stay closed this year,” Ina Velt said.",
                vec![TwoSpeakers],
            ),
            (
                "“The harbour will stay closed this year,” Arne Holm said.\n\n“The harbour will stay closed this year,” the president said.",
                vec![],
            ),
            ("“Dear Holm,” said Holm to his mirror. “Dear friends,” said Arne Velt.", vec![GreetsWriter]),
        ];
        for (text, expected) in cases {
            let found = report(text, &Names::new()).contradictions;
            assert_eq!(
                found.iter().map(|c| c.kind).collect::<Vec<_>>(),
                expected,
                "{text}: {:?}",
                found.iter().map(|c| &c.words).collect::<Vec<_>>()
            );
            assert!(found.iter().flat_map(|c| &c.places).all(|place| text.get(place.clone()).is_some()));
        }
    }
}
