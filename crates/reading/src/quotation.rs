//! A report's direct quotations: where they stand, who is said to have said or written them, and to whom.

mod actor;
mod clause;
mod incise;
mod lexicon;
mod marks;
mod reader;
mod token;

use countermark_text::Span;
use serde::Serialize;

pub(crate) use lexicon::{greetings, is_title_word, language};

/// A direct quotation of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Quotation {
    /// What is quoted, without marks: one span for each piece of a quotation that is broken by its attribution or goes over several
    /// paragraphs.
    pub pieces: Vec<Span>,
    /// From the first mark to the last.
    pub whole: Span,
    /// Who is said to have said or written it; none where the report leaves it open, or the reader can't tell.
    pub speaker: Option<Speaker>,
    /// Said or written, as the report puts it.
    pub manner: Manner,
    /// To whom.
    pub to: Option<Mention>,
}

impl Quotation {
    /// The quoted words, the pieces joined: by a blank, or by an empty line where a paragraph ends between them.
    #[must_use]
    pub fn text(&self, report: &str) -> String {
        let mut text = String::new();
        let mut end = None;
        for piece in &self.pieces {
            if let Some(end) = end {
                let between = report.get(end..piece.start).unwrap_or_default();
                text.push_str(if between.contains('\n') { "\n\n" } else { " " });
            }
            text.push_str(report.get(piece.clone()).unwrap_or_default());
            end = Some(piece.end);
        }
        text
    }
}

/// Who is said to have said something.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Speaker {
    /// His name or office, as it stands in the report where it is fullest.
    pub name: String,
    /// Where the report says it.
    pub at: Span,
    /// What it rests on.
    pub how: How,
}

/// What an attribution rests on, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// The sentence names him.
    Named,
    /// A pronoun for the only person whom it can mean.
    Pronoun,
    /// The quotation before in the same paragraph is his, and nobody else is named.
    Carried,
    /// The sentence names a letter, and elsewhere its writer stands.
    Letter,
    /// The only one whom the words before a colon name, with no verb of saying that is known.
    Near,
    /// An office or a body, without a name.
    Role,
}

/// Said or written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Manner {
    /// Said.
    Said,
    /// Not told.
    Unknown,
    /// Written.
    Written,
}

/// Somebody whom a report names.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Mention {
    /// The name, as it stands in the report where it is fullest.
    pub name: String,
    /// Where.
    pub at: Span,
}

impl std::fmt::Debug for Speaker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Speaker").field("at", &self.at).field("how", &self.how).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Mention {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mention").field("at", &self.at).finish_non_exhaustive()
    }
}

/// What the reader found.
pub(crate) struct Found {
    pub quotations: Vec<Quotation>,
    /// What stands in marks and is no quotation: titles, names, words at arm's length.
    pub phrases: Vec<Span>,
}

pub(crate) fn quotations(text: &str, names: &crate::Names) -> Found {
    reader::read(text, names)
}

#[cfg(test)]
mod tests;
