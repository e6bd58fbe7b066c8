//! What can be wrong with what a caller hands in. What is wrong with a bundle is a
//! reason in its report, not an error.

use thiserror::Error;

/// A table, a slot or a cached tree that doesn't fit.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TableError {
    /// The cached levels have the wrong length for the table's size.
    #[error("cached table tree has {found} bytes, expected {expected}")]
    Cache {
        /// Bytes found.
        found: usize,
        /// Bytes expected.
        expected: usize,
    },
    /// The tree was built from another secret or in another size.
    #[error("the table's tree and its secret do not belong together")]
    Mismatch,
    /// A size out of range.
    #[error("table of 2^{exponent} slots, expected 2^8 to 2^20")]
    Size {
        /// The power of two found.
        exponent: u8,
    },
    /// A slot beyond the table's end.
    #[error("slot {index} of a table of {slots} slots")]
    Slot {
        /// The slot asked for.
        index: u32,
        /// The table's number of slots.
        slots: u32,
    },
}

/// Text that is no reference.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReferenceError {
    /// Not 8 characters (dashes and spaces do not count).
    #[error("reference has {found} characters, expected 8 such as 7F3K-92QD")]
    Length {
        /// Characters found.
        found: usize,
    },
    /// A character that references do not use.
    #[error("character {place} of the reference is none of 0-9 and A-Z without I, L, O, U")]
    Symbol {
        /// The character's place, 1-based.
        place: usize,
    },
}

/// A sealing that can't be committed to.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SealingError {
    /// An approver's key is no Ed25519 public key that a signature could be trusted under.
    #[error("key of approver {approver} is not a usable Ed25519 public key")]
    ApproverKey {
        /// The approver's place, 1-based.
        approver: usize,
    },
    /// Two approvers with one key would be one person signing twice.
    #[error("approvers {first} and {second} have the same key")]
    ApproverTwice {
        /// The place of the one, 1-based.
        first: usize,
        /// The place of the other, 1-based.
        second: usize,
    },
    /// A copy's codeword has another number of symbols than the message has sites.
    #[error("codeword of copy {copy} has {found} symbols, expected {expected}")]
    Codeword {
        /// The copy, 1-based.
        copy: usize,
        /// Symbols found.
        found: usize,
        /// Sites of the message.
        expected: usize,
    },
    /// A count outside its range.
    #[error("{what}: {found}, expected {least} to {most}")]
    Count {
        /// What is counted.
        what: &'static str,
        /// The count found.
        found: u64,
        /// The least allowed.
        least: u64,
        /// The most allowed.
        most: u64,
    },
    /// The recipients' random bytes are not one for each copy.
    #[error("random bytes for {found} copies, expected {expected}")]
    Randomness {
        /// Copies that random bytes came for.
        found: usize,
        /// Copies of the message.
        expected: usize,
    },
    /// A part names a site that the message doesn't have, or one twice.
    #[error("part {part} names site {site}, which the message does not have or the part already named")]
    Site {
        /// The part, 1-based.
        part: usize,
        /// The site, 0-based.
        site: usize,
    },
    /// A symbol that is no alternative of its site.
    #[error("copy {copy} has symbol {symbol} at site {site} with {alternatives} alternatives")]
    Symbol {
        /// The copy, 1-based.
        copy: usize,
        /// The site, 0-based.
        site: usize,
        /// The symbol found.
        symbol: u8,
        /// The site's number of alternatives.
        alternatives: u8,
    },
    /// A setting in a form that the commitment does not take.
    #[error("setting {name} has a form that can't be committed to")]
    Setting {
        /// Which setting.
        name: &'static str,
    },
}

/// Parts that can't be opened.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum OpeningError {
    /// The message has no such part.
    #[error("part {part} of a message of {parts} parts")]
    Part {
        /// The part asked for, 1-based.
        part: usize,
        /// The message's number of parts.
        parts: usize,
    },
    /// The kept hashes are not those of this message.
    #[error("{found} kept hashes do not fit the message")]
    Rest {
        /// Hashes given.
        found: usize,
    },
    /// What is kept of the message does not give the commitment that was logged.
    #[error("what is kept of the message is not what was sealed")]
    Commitment,
    /// The message has no such copy.
    #[error("copy {copy} of a message of {copies} copies")]
    Copy {
        /// The copy asked for, from 1.
        copy: u32,
        /// The message's copies, file copies included.
        copies: usize,
    },
    /// The salt of a recipient is not the one that was sealed, or the copy has no recipient.
    #[error("the approvers' shares do not give this copy's recipient")]
    Salt,
}
