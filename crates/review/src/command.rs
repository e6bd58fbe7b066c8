//! What can be done, what came of it, and why it may not be.

use countermark_marking::{Class, SyntaxError};

use crate::{Id, Span};

/// What the writer does. A tied site is decided as a whole, whichever of its places is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Makes it a site.
    Accept(Id),
    /// Makes every open proposal of the class a site, but those from elsewhere ([`Command::Offer`]).
    AcceptClass(Class),
    /// Makes every open proposal of the rule of this entry a site.
    AcceptRule(Id),
    /// Adds a site of the writer's own, accepted.
    Add {
        /// Which words, in bytes of the letter.
        span: Span,
        /// The other wordings.
        others: Vec<String>,
        /// The class; `authored` when nothing is said.
        class: Option<Class>,
    },
    /// Gives a site other wordings, and accepts it.
    Edit {
        /// Which.
        id: Id,
        /// The other wordings; what stands there stays the first.
        others: Vec<String>,
        /// The class, where it changes.
        class: Option<Class>,
    },
    /// Adds a proposal from elsewhere, open; it is accepted by itself only.
    Offer {
        /// Which words, in bytes of the letter.
        span: Span,
        /// The other wordings.
        others: Vec<String>,
        /// By whom, for the eye.
        by: String,
    },
    /// Undecides a proposal: as it was offered. What was remembered of its refusal is forgotten.
    Reopen(Id),
    /// Leaves the letter's words as they are.
    Refuse(Id, Keep),
    /// Refuses every open proposal of the class.
    RefuseClass(Class, Keep),
    /// Refuses every open proposal of the rule of this entry.
    RefuseRule(Id, Keep),
}

/// How far a refusal reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// This letter, and later ones to its recipients, as far as they are known.
    Recipients,
    /// Every letter of the house.
    House,
}

/// What a command did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// How many entries it changed.
    pub changed: usize,
    /// How many it had to leave, because the master would not hold with them.
    pub left: usize,
    /// The first entry concerned, where it still exists.
    pub at: Option<Id>,
}

/// Why a command was not carried out. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// The words belong to a field.
    #[error("a field stands there, and is filled by recipient")]
    Field,
    /// The master would not hold.
    #[error("{}", .0.kind)]
    Marking(SyntaxError),
    /// No other wording was given.
    #[error("no other wording was given")]
    NoOther,
    /// Only proposals can be undecided.
    #[error("it was not proposed: remove it, or undo")]
    NotProposed,
    /// Nothing to do again.
    #[error("nothing to redo")]
    NothingToRedo,
    /// Nothing to take back.
    #[error("nothing to undo")]
    NothingToUndo,
    /// Another accepted site wants some of the same words.
    #[error("another site stands on some of these words")]
    Overlap,
    /// The place is none of the letter's.
    #[error("no such place in the letter")]
    Place,
    /// No entry has this number.
    #[error("no such site")]
    Unknown,
    /// The letter would not come out as it was written.
    #[error("the letter would not come out as it was written")]
    Unfaithful,
}

impl Refused {
    /// What to do about it, where something can be done.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Refused::Marking(error) => error.kind.hint(),
            Refused::NoOther => Some("type one, or several with | between them"),
            Refused::Overlap => Some("choose other words, or refuse or edit the site that stands there"),
            _ => None,
        }
    }
}

impl From<SyntaxError> for Refused {
    fn from(error: SyntaxError) -> Refused {
        Refused::Marking(error)
    }
}
