//! A line around a letter that copies have each in their own way, such as the salutation, where a text has it as some of them do.
//!
//! It is a fact to be read and nothing else: anybody can type a salutation. It counts for no observation, no bit and no verdict, it is in no
//! bundle, and whose copies they are is not said.

use std::ops::Range;

use countermark_marking::Piece;
use countermark_text::each_word;

use super::around::{Around, as_copied};
use crate::messages::Opened;

/// Such a line, as it stands in a text.
#[derive(Clone, PartialEq, Eq)]
pub struct Addressed {
    /// Its part of the message, from 1.
    pub part: usize,
    /// As the text has it.
    pub line: String,
    /// The recipients whose copies have it so.
    pub copies: usize,
    /// The message's recipients.
    pub of: usize,
    /// Whether a copy that is named has it so; none where none is named, and where the text has another such line as well.
    pub named: Option<bool>,
}

impl std::fmt::Debug for Addressed {
    /// Shows no text.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Addressed").field("part", &self.part).field("of", &self.of).finish_non_exhaustive()
    }
}

/// The first of them; nothing where all copies have the same. `letter` is where the message
/// begins in the text, `named` are the copies that are named.
pub(super) fn addressed(
    opened: &Opened,
    around: &Around,
    published: &str,
    letter: usize,
    named: &[Option<String>],
) -> Option<Addressed> {
    let recipients = &opened.record.recipients;
    let mut said: Vec<(String, Range<usize>)> = Vec::new();
    each_word(published, |word, span| said.push((word.to_owned(), span)));
    for (number, part) in opened.master.parts().iter().enumerate().filter(|(number, _)| around.holds(*number)) {
        if !part.pieces.iter().any(|piece| matches!(piece, Piece::Field(_))) {
            continue;
        }
        let lines: Vec<Vec<String>> = recipients.iter().map(|recipient| as_copied(part, &recipient.fields)).collect();
        // The longest first: `Dear Ana Lind` is no `Dear Ana`.
        let mut distinct: Vec<&Vec<String>> = lines.iter().filter(|line| !line.is_empty()).collect();
        distinct.sort_by_key(|line| (std::cmp::Reverse(line.len()), *line));
        distinct.dedup();
        if lines.iter().all(|line| Some(line) == lines.first()) {
            continue;
        }
        // The one that stands nearest before the letter: a comment above or below may greet somebody as well.
        let found = || distinct.iter().filter_map(|line| Some((*line, find(published, &said, line, letter)?)));
        if let Some((line, place)) = found().max_by_key(|(line, place)| (place.start, line.len())) {
            let only = found().count() == 1;
            let same = |copy: &usize| lines.get(*copy) == Some(line);
            let is_named = |copy: &usize| {
                recipients.get(*copy).is_some_and(|one| named.iter().any(|named| named.as_ref() == Some(&one.handle)))
            };
            return Some(Addressed {
                part: number + 1,
                line: published.get(place)?.to_owned(),
                copies: (0..lines.len()).filter(same).count(),
                of: recipients.len(),
                named: (only && !named.is_empty()).then(|| (0..lines.len()).any(|copy| same(&copy) && is_named(&copy))),
            });
        }
    }
    None
}

/// Where a line stands last before the letter, at the beginning of one of the text's, up to its end or to the mark that closes a salutation.
fn find(text: &str, said: &[(String, Range<usize>)], line: &[String], letter: usize) -> Option<Range<usize>> {
    let before = said.partition_point(|(_, place)| place.start <= letter);
    said.get(..(before + line.len()).min(said.len()))?.windows(line.len()).rev().find_map(|run| {
        let place = run.first()?.1.start..run.last()?.1.end;
        let same = run.iter().zip(line).all(|((said, _), wanted)| said == wanted);
        let before = text.get(..place.start)?.rsplit('\n').next()?;
        let behind = text.get(place.end..)?.split('\n').next()?;
        let bare = |text: &str| !text.contains(char::is_alphanumeric);
        (same && bare(before) && (bare(behind) || behind.starts_with([',', ':', '!']))).then_some(place)
    })
}
