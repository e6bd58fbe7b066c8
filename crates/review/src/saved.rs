//! A review as it is kept between two sittings.

use std::collections::HashSet;
use std::sync::Arc;

use countermark_marking::Class;
use serde::{Deserialize, Serialize};

use crate::entry::{Entry, Origin, State, Tie};
use crate::{Refused, Review, Who, write};

/// The form that is written now.
const FORMAT: u32 = 1;
/// More entries than any letter has: a file that claims more is no review.
const MOST_ENTRIES: usize = 100_000;

/// Everything of a review but its steps. It holds the message's text: it is to be kept as the message is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Saved {
    /// The form, 1.
    pub countermark_review: u32,
    /// The file as it was opened.
    pub source: String,
    /// What was decided.
    pub entries: Vec<SavedEntry>,
}

/// An entry, kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedEntry {
    /// Where, in bytes of the letter.
    pub at: (usize, usize),
    /// The alternatives.
    pub alternatives: Vec<String>,
    /// The class.
    pub class: Class,
    /// What it is tied to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tie: Option<Tie>,
    /// Where it comes from.
    pub origin: Origin,
    /// What was decided.
    pub state: State,
    /// For whom it is remembered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused_for: Vec<Who>,
    /// Whether it came refused.
    #[serde(default)]
    pub recalled: bool,
}

impl std::fmt::Debug for Saved {
    /// Shows sizes, never the text.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Saved").field("entries", &self.entries.len()).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for SavedEntry {
    /// Shows no text.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SavedEntry").field("at", &self.at).field("state", &self.state).finish_non_exhaustive()
    }
}

/// Why a kept review can't be taken up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SavedError {
    /// Its decisions make no master of the letter.
    #[error("what was decided does not hold: {0}")]
    Decisions(#[from] Refused),
    /// Written by a later version.
    #[error("it has form {found}, and this program knows {FORMAT}")]
    Form {
        /// Its form.
        found: u32,
    },
    /// The file was changed since.
    #[error("it was made of another text")]
    OtherText,
    /// Too many entries.
    #[error("it has {found} entries, and no letter has more than {MOST_ENTRIES}")]
    TooMany {
        /// Its entries.
        found: usize,
    },
}

impl Review {
    /// What is to be kept: every decision, and what was offered by others. Open proposals of rules come again by themselves.
    pub fn save(&self) -> Saved {
        let kept = self.now.iter().filter(|e| !(e.state == State::Open && matches!(e.origin, Origin::Rule(_))));
        let entries = kept.map(|entry| SavedEntry {
            at: (entry.span.start, entry.span.end),
            alternatives: entry.alternatives.clone(),
            class: entry.class,
            tie: entry.tie.clone(),
            origin: entry.origin.clone(),
            state: entry.state,
            refused_for: entry.refused_for.clone(),
            recalled: entry.recalled,
        });
        Saved { countermark_review: FORMAT, source: self.letter.source().to_owned(), entries: entries.collect() }
    }

    /// The same as [`save`](Self::save), of the letter without its sites: those that stood in the file become the writer's own. For an editor
    /// in which a letter is to be read without braces.
    ///
    /// # Errors
    /// When the letter alone is no master; none is known.
    pub fn apart(&self) -> Result<Saved, Refused> {
        let mut saved = self.save();
        saved.source = write::master(&self.letter, &[])?.source().to_owned();
        saved.entries.retain(|entry| entry.origin != Origin::Existing || entry.state == State::Accepted);
        for entry in &mut saved.entries {
            if entry.origin == Origin::Existing {
                entry.origin = Origin::Own;
            }
        }
        Ok(saved)
    }

    /// Goes on with a kept review: this one, freshly opened, takes its decisions over. What was decided stays decided whatever the
    /// packs propose now.
    ///
    /// # Errors
    /// When it was made of another text, or holds what no review holds; then this one is as it was.
    pub fn resume(&mut self, saved: &Saved) -> Result<(), SavedError> {
        if saved.countermark_review != FORMAT {
            return Err(SavedError::Form { found: saved.countermark_review });
        }
        if saved.source != self.letter.source() {
            return Err(SavedError::OtherText);
        }
        if saved.entries.len() > MOST_ENTRIES {
            return Err(SavedError::TooMany { found: saved.entries.len() });
        }
        let mut entries = Vec::with_capacity(saved.entries.len() + self.now.len());
        for kept in &saved.entries {
            let span = kept.at.0..kept.at.1;
            let stands = self.letter.text().get(span.clone()).ok_or(Refused::Place)?;
            if kept.alternatives.first().map(String::as_str) != Some(stands) || kept.alternatives.len() < 2 {
                return Err(Refused::Place.into());
            }
            entries.push(Arc::new(Entry {
                span,
                alternatives: kept.alternatives.clone(),
                class: kept.class,
                tie: kept.tie.clone(),
                origin: kept.origin.clone(),
                state: kept.state,
                refused_for: kept.refused_for.clone(),
                recalled: kept.recalled,
            }));
        }
        let decided: HashSet<(usize, usize, &str, &str)> = entries.iter().filter_map(|entry| offer(entry)).collect();
        let ties: HashSet<&Tie> = entries.iter().filter_map(|entry| entry.tie.as_ref()).collect();
        let fresh: Vec<Arc<Entry>> = self
            .now
            .iter()
            .filter(|entry| offer(entry).is_some_and(|offer| !decided.contains(&offer)))
            .filter(|entry| entry.tie.as_ref().is_none_or(|tie| !ties.contains(tie)))
            .cloned()
            .collect();
        entries.extend(fresh);
        Ok(self.replace(entries)?)
    }
}

/// Which rule spoke where.
fn offer(entry: &Entry) -> Option<(usize, usize, &str, &str)> {
    entry.why().map(|why| (entry.span.start, entry.span.end, why.pack.as_str(), why.rule.as_str()))
}
