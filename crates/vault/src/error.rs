//! What can go wrong in a vault.

use std::{io, path::PathBuf};

use crate::{cipher::CipherError, store::StoreError};

/// An error of the vault. No variant carries a text, a name or a key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The store holds a vault already.
    #[error("there is a vault here already")]
    AlreadyAVault,
    /// The audit trail is not the one that was written.
    #[error("the audit trail is broken at entry {entry}: {what}")]
    Audit {
        /// The entry, counted from 1.
        entry: u64,
        /// What is wrong there.
        what: &'static str,
    },
    /// A record was written that should not stand there yet.
    #[error("table {table} has row {row} already")]
    Duplicate {
        /// The table's number.
        table: u8,
        /// The row's id, cut short.
        row: String,
    },
    /// A passphrase of no characters.
    #[error("the passphrase is empty")]
    EmptyPassphrase,
    /// The header is not one, or not the one that was written.
    #[error("the vault's header is damaged: {what}")]
    Header {
        /// What is wrong with it.
        what: &'static str,
    },
    /// An id of no bytes or more than 255.
    #[error("a row's id has {0} bytes, not 1 to 255")]
    IdLength(usize),
    /// Not an age X25519 identity.
    #[error("this is not an age X25519 identity (AGE-SECRET-KEY-1...)")]
    IdentityFormat,
    /// The journal of looks could not be read or written.
    #[error("{action}: {source}")]
    Journal {
        /// What was being done, with the path.
        action: String,
        /// The operating system's answer.
        source: io::Error,
    },
    /// There is a file where the journal of looks was to be made.
    #[error("{} exists already and is not this vault's journal of looks", path.display())]
    JournalExists {
        /// The path.
        path: PathBuf,
    },
    /// Key derivation parameters outside the limits.
    #[error("key derivation parameter {name} is {value}, not {least} to {most}")]
    Kdf {
        /// The parameter.
        name: &'static str,
        /// Its value.
        value: u32,
        /// The least that is allowed.
        least: u32,
        /// The most that is allowed.
        most: u32,
    },
    /// The key file can't be used.
    #[error("the key file of the codebooks {0}")]
    Keys(KeysError),
    /// Removing this slot would lock the vault for ever.
    #[error("this is the last way to open the vault and stays")]
    LastSlot,
    /// The vault has more than 64 ways in.
    #[error("the vault has {0} ways to be opened, the most that there can be")]
    ManySlots(usize),
    /// Written by a later version of the program.
    #[error("the vault's schema is version {found}, this program knows up to {known}")]
    NewerSchema {
        /// The vault's version.
        found: u32,
        /// The latest that this program knows.
        known: u32,
    },
    /// The store is there, but the vault in it was never finished.
    #[error("there is no vault in this store: it was never finished")]
    NoHeader,
    /// No copy of a message of this vault can be named now.
    #[error("no copy can be named: {0}")]
    NotNameable(NotNameable),
    /// Not an age X25519 recipient.
    #[error("this is not an age X25519 recipient (age1...)")]
    RecipientFormat,
    /// A record does not open.
    #[error("row {row} of table {table} is damaged")]
    Record {
        /// The table's number.
        table: u8,
        /// The row's id, cut short.
        row: String,
        /// What is wrong with it.
        source: CipherError,
    },
    /// A record opens but is not of the type that was asked for.
    #[error("row {row} of table {table} is not a record of its table at line {line}, column {column}")]
    RecordContent {
        /// The table's number.
        table: u8,
        /// The row's id, cut short.
        row: String,
        /// Where in the JSON.
        line: usize,
        /// Where in the line.
        column: usize,
    },
    /// The data key of a record is not in the vault: it was destroyed, or the row of it was.
    #[error("row {row} of table {table} needs data key {generation} of domain {domain}, which is gone")]
    RecordKey {
        /// The table's number.
        table: u8,
        /// The row's id, cut short.
        row: String,
        /// The domain's number.
        domain: u8,
        /// The key's generation.
        generation: u32,
    },
    /// A record could not be written as JSON.
    #[error("a record of table {table} can't be written as json")]
    RecordForm {
        /// The table's number.
        table: u8,
    },
    /// A record's content is too large.
    #[error("a record of table {table} has {bytes} bytes, more than {most}")]
    RecordSize {
        /// The table's number.
        table: u8,
        /// Its size.
        bytes: usize,
        /// The limit.
        most: usize,
    },
    /// A message has no site of this number.
    #[error("a site's number is {site}, more than {most}")]
    SiteNumber {
        /// The number.
        site: usize,
        /// The highest.
        most: usize,
    },
    /// Every identity slot was tried.
    #[error("this identity does not open the vault")]
    WrongIdentity,
    /// The passphrase does not open the vault.
    #[error("wrong passphrase")]
    WrongPassphrase,
    /// The vault has no passphrase, only identities.
    #[error("this vault has no passphrase: it opens with an identity")]
    NoPassphrase,
    /// The vault has no slot of this id.
    #[error("the vault has no identity slot {0}")]
    NoSlot(String),
    /// The store below failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why no copy can be named: the number of looks that were spent is not known for certain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotNameable {
    /// The journal lacks looks that the vault knows of.
    #[error("the journal of looks was cut short or rolled back")]
    Behind,
    /// A line of the journal is not what was written.
    #[error("the journal of looks is damaged at byte {0}")]
    Damaged(u64),
    /// The journal's file is not there.
    #[error("the journal of looks is missing")]
    Missing,
    /// The journal belongs to another vault, or to this one before its looks were restored.
    #[error("the journal of looks belongs to another vault")]
    Other,
}

/// Why the key file can't be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeysError {
    /// It is not what was written, or the vault's key does not open it.
    #[error("is damaged")]
    Damaged,
    /// It is not there, and was.
    #[error("is missing")]
    Missing,
    /// It was written by a later version of the program.
    #[error("has version {found}, which this program does not know")]
    Newer {
        /// The file's version.
        found: u32,
    },
    /// It belongs to another vault.
    #[error("belongs to another vault")]
    Other,
}

impl From<NotNameable> for Error {
    fn from(reason: NotNameable) -> Self {
        Self::NotNameable(reason)
    }
}

impl Error {
    /// Whether the vault is as it was and the same call may succeed later: a busy store, or a row that changed meanwhile.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Store(StoreError::Busy { .. } | StoreError::Conflict { .. }))
    }

    /// What to do about it, where that can be said.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::NotNameable(_) => {
                "put the journal back beside the vault, or state an upper limit of the looks spent with `restore --looks N`"
            }
            Self::Store(StoreError::Full) => "make room on the disk and run the command again",
            Self::Store(StoreError::Busy { .. }) => "end the other program, or try again",
            Self::Store(StoreError::NewerSchema { .. }) | Self::NewerSchema { .. } => {
                "use a newer version of the program"
            }
            Self::Store(StoreError::Truncated { .. } | StoreError::Corrupt { .. })
            | Self::Header { .. }
            | Self::Record { .. }
            | Self::Audit { .. } => "the file was left as it is: restore the last backup beside it",
            Self::Keys(KeysError::Newer { .. }) => "use a newer version of the program",
            Self::Keys(_) => {
                "put the vault's own X.keys back beside it; if it is lost for good, move what is there away and run `vault expire --lost`, which gives the codebooks up"
            }
            Self::NoHeader => "nothing was ever stored here: remove the file and make the vault again",
            _ => return None,
        })
    }
}
