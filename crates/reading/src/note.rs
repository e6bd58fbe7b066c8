//! Update notes of wire services: read, held against the text, and written.

mod abroad;
mod check;
mod difference;
mod read;
mod subject;
mod update;
mod write;

use countermark_text::Span;
use serde::Serialize;

pub(crate) use check::check;
pub(crate) use read::notes;
pub use update::{Edition, update_note};
pub use write::write_note;

/// What a report says of its own changes.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// Where it stands.
    pub at: Span,
    /// What it says was done.
    pub kind: NoteKind,
    /// What it says, without the word of its kind: "the ministry's response in fifth and last paragraphs".
    pub what: String,
    /// The paragraphs that it names, in its order.
    pub paragraphs: Vec<Place>,
    /// The number in `UPDATE 2-`.
    pub number: Option<u32>,
}

impl std::fmt::Debug for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Note")
            .field("at", &self.at)
            .field("kind", &self.kind)
            .field("paragraphs", &self.paragraphs)
            .finish_non_exhaustive()
    }
}

/// What a note says was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoteKind {
    /// Something was added.
    Adds,
    /// Something was made clearer.
    Clarifies,
    /// A mistake was put right.
    Corrects,
    /// A word to editors of no other kind.
    Editors,
    /// It was written anew.
    Recasts,
    /// It was sent once more.
    Refiles,
    /// Something was taken out.
    Removes,
    /// It was brought up to date.
    Updates,
    /// It no longer stands.
    Withdraws,
}

/// A paragraph as a note names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// The paragraph of this number, from 1.
    Number(usize),
    /// The last one.
    Last,
    /// The last but one.
    Penultimate,
}

impl Place {
    /// The paragraph's index among so many; none where there is no such.
    #[must_use]
    pub fn index(self, paragraphs: usize) -> Option<usize> {
        let index = match self {
            Self::Number(number) => number.checked_sub(1)?,
            Self::Last => paragraphs.checked_sub(1)?,
            Self::Penultimate => paragraphs.checked_sub(2)?,
        };
        (index < paragraphs).then_some(index)
    }
}

#[cfg(test)]
mod tests;
