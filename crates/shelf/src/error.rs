//! What can go wrong.

use std::io;
use std::path::PathBuf;

/// Why the index could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be read or written.
    #[error("{}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A file holds something else than it should.
    #[error("{}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: countermark_screening::Error,
    },
    /// A message could not be taken.
    #[error("the message was not taken")]
    Message(#[source] countermark_screening::Error),
    /// Another process writes.
    #[error("another process writes to {}", path.display())]
    Busy {
        /// The lock.
        path: PathBuf,
    },
}
