//! Messages that are being written.

use countermark_review::{Saved, SavedEntry};
use serde::{Deserialize, Serialize};

/// A message that is being written. The row's id is random.
#[derive(Clone, Serialize, Deserialize)]
pub struct DraftRecord {
    /// What the writer calls it; it stands in lists, never in a copy.
    pub title: String,
    /// The text as it was typed, whether or not it is a master.
    pub text: String,
    /// What was decided about it, or about the last text before it that was a master.
    pub saved: Option<Saved>,
    /// To whom, by handle.
    pub to: Vec<String>,
    /// The bound; empty: the office's.
    pub epsilon: String,
    /// Whether marked copies will say so.
    pub marked_line: bool,
    /// Whether the reference will stand on the copies.
    pub print_reference: bool,
    /// One more with each change.
    pub revision: u64,
    /// When it was made, milliseconds since 1970.
    pub made_ms: u64,
    /// When it was changed last.
    pub changed_ms: u64,
    /// The messages that were sealed from it.
    #[serde(default)]
    pub sealed: Vec<[u8; 16]>,
}
record!(DraftRecord, 60);

/// The decisions about a draft that can be taken back and done again. The row's id is the draft's.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct DraftStepsRecord {
    /// The oldest first.
    pub done: Vec<StepRecord>,
    /// What was taken back last stands last.
    pub undone: Vec<StepRecord>,
}
record!(DraftStepsRecord, 61);

/// One step: what it took out of the kept decisions, and what it put in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepRecord {
    /// Entries as they stood before.
    pub before: Vec<SavedEntry>,
    /// Entries as they stand after.
    pub after: Vec<SavedEntry>,
}

/// What a message was called while it was written. The row's id is the message's.
#[derive(Clone, Serialize, Deserialize)]
pub struct TitleRecord {
    /// The draft's title when it was sealed.
    pub title: String,
}
record!(TitleRecord, 62);
