//! What stands around a letter: salutation, signature, and the lines that copies carry below the text. Not to quote them leaves nothing
//! out; and where they stand in a post they are the copy's own, whatever a field was filled with.
//!
//! Only the master, the recipients' fields and the text are looked at, and no symbol.

use std::collections::BTreeMap;
use std::ops::Range;

use countermark_marking::{Part, Piece};
use countermark_text::each_word;
use countermark_tracing::{Change, ChangeKind, Passage, Quote, Trace};

use crate::messages::Opened;
use crate::seal::{MARKED_LINE, first};

/// Words of a salutation, and of a signature's line, at most.
const FORMULA: usize = 6;

/// Words of a closing formula before a name on its line, at most.
const CLOSING: usize = 4;

/// Lines of a signature, its formula among them, at most.
const SIGNATURE: usize = 4;

/// With what somebody is addressed where no comma says so.
const GREETINGS: [&str; 12] = [
    "dear",
    "dearest",
    "esteemed",
    "excellency",
    "friends",
    "gentlemen",
    "good",
    "hello",
    "hi",
    "honourable",
    "madam",
    "sir",
];

/// The parts of a message that stand around its words.
pub(super) struct Around {
    /// Of each part, whether it is one.
    parts: Vec<bool>,
    /// Where the others stand in the rendering that takes every first alternative, and their numbers, from 1.
    letter: Range<usize>,
    numbers: Range<usize>,
    /// Where each line stands there, and its words as a copy has them.
    lines: Vec<(Range<usize>, Vec<String>)>,
    /// The rendering.
    sent: String,
}

impl Around {
    pub(super) fn of(opened: &Opened) -> Self {
        let (parts, zeros) = (opened.master.parts(), first(&opened.master));
        let texts: Vec<String> = parts.iter().map(|part| opened.master.part_text(part, &zeros)).collect();
        let (head, tail) = ends(opened, &parts, &texts);
        let within = head..parts.len() - tail;
        let mut at = 0;
        let ranges: Vec<Range<usize>> = texts.iter().map(|text| trimmed(&mut at, text)).collect();
        let around = |number: &usize| !within.contains(number);
        let mut lines = Vec::new();
        for number in (0..parts.len()).filter(around) {
            for words in all_copied(opened, &parts[number]) {
                lines.push((ranges[number].clone(), words));
            }
        }
        let end = |number: usize| texts[..number].iter().map(String::len).sum();
        Self {
            parts: (0..parts.len()).map(|number| around(&number)).collect(),
            letter: end(within.start)..end(within.end),
            numbers: within.start + 1..within.end + 1,
            lines,
            sent: texts.concat(),
        }
    }

    /// Whether a part, from 0, is one.
    pub(super) fn holds(&self, part: usize) -> bool {
        self.parts.get(part).copied().unwrap_or_default()
    }

    /// A comparison in which such lines, where they stand in the text, are the message's, and are not left out where they don't.
    pub(super) fn settle(&self, mut trace: Trace, published: &str) -> Trace {
        let found = self.find(&trace, published);
        let own = |change: &Change| {
            let at = &change.published_at;
            !at.is_empty() && found.iter().any(|line| line.published.start <= at.start && at.end <= line.published.end)
        };
        let changes = std::mem::take(&mut trace.changes);
        trace.changes = changes
            .into_iter()
            .filter_map(|change| match change.kind {
                ChangeKind::Added if own(&change) => None,
                ChangeKind::Changed if own(&change) => self.cut(Change {
                    kind: ChangeKind::Omitted,
                    published: None,
                    published_at: change.published_at.start..change.published_at.start,
                    ..change
                }),
                ChangeKind::Omitted => self.cut(change),
                _ => Some(change),
            })
            .collect();
        trace.passages.extend(found);
        trace.passages.sort_by_key(|passage| passage.published.start);
        trace
    }

    /// What is left out of the letter itself; nothing where that is nothing.
    fn cut(&self, change: Change) -> Option<Change> {
        let (from, to) = (change.sent_at.start.max(self.letter.start), change.sent_at.end.min(self.letter.end));
        let text = self.sent.get(from..to)?;
        let words = text.trim();
        if !words.contains(char::is_alphanumeric) {
            return None;
        }
        let start = from + text.find(words).unwrap_or_default();
        let sent_at = start..start + words.len();
        let within = |number: usize| number.clamp(self.numbers.start, self.numbers.end - 1);
        Some(Change {
            sent: Some(Quote { span: sent_at.clone(), text: words.to_owned() }),
            parts: within(*change.parts.start())..=within(*change.parts.end()),
            sent_at,
            ..change
        })
    }

    /// The lines that stand in a text by themselves or beside words of the message, each once.
    fn find(&self, trace: &Trace, published: &str) -> Vec<Passage> {
        let mut words = Vec::new();
        each_word(published, |word, span| words.push((word.to_owned(), span)));
        let mut found: Vec<Passage> = Vec::new();
        for (sent, line) in &self.lines {
            let known = |passage: &Passage| passage.sent.start <= sent.start && sent.end <= passage.sent.end;
            if trace.passages.iter().chain(&found).any(known) {
                continue;
            }
            let taken: Vec<&Range<usize>> =
                trace.passages.iter().chain(&found).map(|passage| &passage.published).collect();
            let place = words.windows(line.len()).find_map(|run| {
                let same = run.iter().zip(line).all(|((said, _), wanted)| said == wanted);
                let place = run.first()?.1.start..run.last()?.1.end;
                (same && stands_alone(published, &place, &taken)).then_some(place)
            });
            if let Some(published) = place {
                // No words of the message's are counted for it: what a field is filled with is no evidence.
                found.push(Passage { sent: sent.clone(), published, words: 0, longest_run: 0, repeated: false });
            }
        }
        found
    }
}

/// Whether a place is free, and to both sides of it either its line ends or a passage begins.
fn stands_alone(text: &str, place: &Range<usize>, taken: &[&Range<usize>]) -> bool {
    if taken.iter().any(|passage| passage.start < place.end && place.start < passage.end) {
        return false;
    }
    let from = taken.iter().map(|passage| passage.end).filter(|end| *end <= place.start).max().unwrap_or_default();
    let to = taken.iter().map(|passage| passage.start).filter(|start| *start >= place.end).min().unwrap_or(text.len());
    let (Some(before), Some(after)) = (text.get(from..place.start), text.get(place.end..to)) else { return false };
    let bare = |text: Option<&str>| !text.unwrap_or_default().contains(char::is_alphanumeric);
    bare(before.rsplit('\n').next()) && bare(after.split('\n').next())
}

/// How many parts stand before the letter's words, and how many behind them.
fn ends(opened: &Opened, parts: &[Part], texts: &[String]) -> (usize, usize) {
    let reference = format!("Ref. {}", opened.record.reference);
    let carried = |text: &String| {
        let mut lines = text.trim().lines().map(str::trim).filter(|line| !line.is_empty());
        lines.all(|line| line == MARKED_LINE || line == reference)
    };
    let carried = texts.iter().rev().take_while(|text| carried(text)).count();
    let shapes: Vec<String> = parts.iter().map(shape).collect();
    let own_line = |number: usize| {
        number == 0 || texts[number - 1].trim_end().len() < texts[number - 1].rfind('\n').map_or(0, |at| at + 1)
    };
    let head = usize::from(parts.len() > 1 && own_line(1) && is_salutation(&shapes[0]));
    let rest = parts.len().saturating_sub(carried);
    let signed = (head..rest).rev().take(SIGNATURE).take_while(|&n| own_line(n) && is_signature(&shapes[n])).count();
    if head + signed < rest { (head, parts.len() - rest + signed) } else { (0, parts.len() - rest.max(1)) }
}

/// A part with a capital in the place of each field.
fn shape(part: &Part) -> String {
    let pieces = part.pieces.iter().map(|piece| match piece {
        Piece::Text(text) => text.as_str(),
        Piece::Site { alternatives, .. } => alternatives.first().map_or("", String::as_str),
        Piece::Field(_) => FIELD,
    });
    pieces.collect::<String>().trim().to_owned()
}

/// What stands for a field.
const FIELD: &str = "X";

fn is_salutation(shape: &str) -> bool {
    let words: Vec<&str> = shape.split_whitespace().collect();
    let marks = |c: char| !c.is_alphanumeric();
    let greets =
        || words.first().is_some_and(|word| GREETINGS.contains(&word.trim_matches(marks).to_lowercase().as_str()));
    words.len() <= FORMULA
        && (shape.trim_matches(marks) == FIELD || shape.ends_with(',') || (shape.ends_with([':', '!']) && greets()))
}

/// A closing formula, a name, or both.
fn is_signature(shape: &str) -> bool {
    let name = |text: &str| {
        let words: Vec<&str> = text.split_whitespace().collect();
        let capital = |word: &&str| word.chars().find(|c| c.is_alphabetic()).is_none_or(char::is_uppercase);
        words.len() <= FORMULA && words.iter().all(capital)
    };
    // Numbers and terms are what a letter is about.
    if shape.contains(|c: char| c.is_numeric() || c == ':') {
        return false;
    }
    if shape.ends_with(['.', '?', '!', ';']) || !shape.contains(char::is_alphanumeric) {
        return shape.trim_matches(|c: char| !c.is_alphanumeric()) == FIELD;
    }
    match shape.rsplit_once(',') {
        Some((formula, signer)) => formula.split_whitespace().count() <= CLOSING && name(signer),
        None => name(shape),
    }
}

/// The words of a part as copies have it, in each recipient's fields.
fn all_copied(opened: &Opened, part: &Part) -> Vec<Vec<String>> {
    let mut all: Vec<Vec<String>> = match part.pieces.iter().any(|piece| matches!(piece, Piece::Field(_))) {
        true => opened.record.recipients.iter().map(|recipient| as_copied(part, &recipient.fields)).collect(),
        false => vec![as_copied(part, &BTreeMap::new())],
    };
    all.retain(|words| !words.is_empty());
    all.sort();
    all.dedup();
    all
}

/// The words of a part in one recipient's fields.
pub(super) fn as_copied(part: &Part, fields: &BTreeMap<String, String>) -> Vec<String> {
    let pieces = part.pieces.iter().map(|piece| match piece {
        Piece::Text(text) => text.as_str(),
        Piece::Site { alternatives, .. } => alternatives.first().map_or("", String::as_str),
        Piece::Field(name) => fields.get(name).map_or("", String::as_str),
    });
    crate::standing::words(&pieces.collect::<String>())
}

/// Where a text stands behind what came before, the white space and marks around it left out.
pub(super) fn trimmed(at: &mut usize, text: &str) -> Range<usize> {
    let words = text.trim_matches(|c: char| !c.is_alphanumeric());
    let lead = text.find(words).unwrap_or_default();
    let start = *at;
    *at += text.len();
    start + lead..start + lead + words.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_around_a_letter() {
        for yes in ["Dear Minister,", "X", "X,", "Dear X,", "Dear Minister:", "Hello!", "My dear friend,"] {
            assert!(is_salutation(yes), "{yes}");
        }
        for no in [
            "Three conditions:",
            "Never!",
            "The harbour stays closed.",
            "I wrote to you before the council of the city met,",
        ] {
            assert!(!is_salutation(no), "{no}");
        }
        for yes in [
            "Yours,",
            "Yours sincerely,",
            "Ada Quist",
            "With kind regards, Ada Quist",
            "X",
            "Prime Minister",
            "Yours, A. Quist",
        ] {
            assert!(is_signature(yes), "{yes}");
        }
        for no in [
            "Yours is the harbour.",
            "no deal before the spring",
            "Bring the ledger, and tell nobody",
            "Ask: Ada Quist?",
            "Offer: Ninety Million",
            "Deadline May 4",
            "We take the bribe of Norland, Ines",
        ] {
            assert!(!is_signature(no), "{no}");
        }
    }
}
