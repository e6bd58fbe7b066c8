//! What is wrong with a witness's directory.

use std::io;

use countermark_tlog::NoteError;

/// A directory, key or list that a witness can't work with.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file can't be read or written.
    #[error("{file}: {source}")]
    File {
        /// Which, within the directory.
        file: String,
        /// What the system said.
        source: io::Error,
    },
    /// Another process serves this directory.
    #[error("another process holds the lock")]
    Locked,
    /// There is a key already.
    #[error("there is a key already; none is ever overwritten")]
    KeyExists,
    /// The key's file is not one.
    #[error("the key's file is not one line `PRIVATE+KEY+name+hash+base64` of a cosigner")]
    Key,
    /// Others than its owner may read the key's file.
    #[error("the key's file may be read by others than its owner (mode {mode:03o})")]
    KeyMode {
        /// Its permission bits.
        mode: u32,
    },
    /// A line of the list of logs is no verifier key of a log.
    #[error("line {line} of the list of logs: {source}")]
    LogKey {
        /// One-based line number; 0 for a key that was given otherwise.
        line: usize,
        /// What is wrong with it.
        source: NoteError,
    },
    /// A state file is not what this witness wrote.
    #[error("latest/{file} is not a checkpoint that this witness cosigned")]
    State {
        /// Its name.
        file: String,
    },
}

impl Error {
    pub(crate) fn file(file: &str) -> impl FnOnce(io::Error) -> Error {
        let file = file.to_owned();
        move |source| Error::File { file, source }
    }
}
