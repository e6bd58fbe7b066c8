//! How the inbox fails, and what harm a reader meets.

use std::io;

use thiserror::Error;

/// Why nothing was appended, or nothing read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The disk said no.
    #[error("the inbox's {what} can't be used: {source}")]
    Disk {
        /// Which file.
        what: String,
        /// What the system says.
        source: io::Error,
    },
    /// The inbox is full of what is never dropped.
    #[error("the inbox is full: {held} of {limit} bytes, and nothing in it may be dropped")]
    Full {
        /// Bytes held.
        held: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// There is no inbox in the folder.
    #[error("there is no inbox")]
    Missing,
    /// Another process appends.
    #[error("another process appends to the inbox")]
    Locked,
    /// The recipient is no age X25519 public key.
    #[error("the desk's key is no age recipient")]
    Recipient,
    /// Sealing failed.
    #[error("an item can't be sealed")]
    Seal,
    /// An item is too large; nothing of its batch was appended.
    #[error("item {index} has {bytes} bytes, {limit} are allowed")]
    TooLarge {
        /// Which of the batch, counted from 0.
        index: usize,
        /// Its bytes.
        bytes: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// The file that says which spool this is does not say so.
    #[error("the inbox's file `spool` is damaged")]
    Spool,
}

impl Error {
    pub(crate) fn disk(what: &str) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::Disk { what: what.to_owned(), source }
    }
}

/// A part of the spool that could not be read, and was skipped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// The segment's file.
    pub segment: String,
    /// Where the part begins in it.
    pub offset: u64,
    /// How long it is.
    pub bytes: u64,
    /// What is wrong with it.
    pub harm: Harm,
}

/// What is wrong with a part of the spool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Harm {
    /// The bytes are not those that were written.
    Changed,
    /// The segment ends before its last record does.
    Cut,
    /// It was sealed to another key; it is never removed.
    OtherKey,
    /// It opens, and what is inside is no item.
    Content,
}

impl std::fmt::Display for Damage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let harm = match self.harm {
            Harm::Changed => "are not what was written",
            Harm::Cut => "are a record that was cut off",
            Harm::OtherKey => "are sealed to another key",
            Harm::Content => "hold no item",
        };
        write!(f, "inbox/{}: {} bytes from byte {} {harm}", self.segment, self.bytes, self.offset)
    }
}
