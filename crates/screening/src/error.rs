//! What can go wrong.

/// Why a file or a message was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes end too early, or too late.
    #[error("the file should have {expected} bytes and has {found}")]
    Length {
        /// What its head says; the least that a head takes where it has none.
        expected: u64,
        /// What is there.
        found: u64,
    },
    /// It does not begin as such a file does.
    #[error("not a file of this kind")]
    Magic,
    /// Written by a later version.
    #[error("version {found} of the format is not known")]
    Version {
        /// The version it names.
        found: u32,
    },
    /// A block's checksum is wrong.
    #[error("damaged at byte {at}")]
    Damaged {
        /// Where the block begins.
        at: u64,
    },
    /// A number in it contradicts another one.
    #[error("the file contradicts itself at byte {at}")]
    Contradiction {
        /// Where it stands.
        at: u64,
    },
    /// Made with another key.
    #[error("made with another key")]
    Key,
    /// More than a segment holds.
    #[error("a segment holds at most {limit} messages")]
    TooMany {
        /// That many.
        limit: u64,
    },
    /// Sites without white space between them have more combinations than are looked at.
    #[error("sites that touch each other have more than {limit} wordings together")]
    TooEntangled {
        /// That many.
        limit: usize,
    },
}
