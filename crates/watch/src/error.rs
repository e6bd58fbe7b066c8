//! How the watcher fails as a whole. A source that fails is no error: it stands in the status.

use std::io;

use thiserror::Error;

/// Why the watcher did not start, or had to end.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// A file of the watch folder can't be used.
    #[error("the watch folder's {file} can't be used: {source}")]
    File {
        /// Which.
        file: String,
        /// What the system says.
        source: io::Error,
    },
    /// A file of the watch folder is not what belongs there.
    #[error("the watch folder's {file} is not right: {what}")]
    Content {
        /// Which.
        file: String,
        /// What is wrong, without anything of its content.
        what: String,
    },
    /// A file that others may read holds credentials.
    #[error("the watch folder's {file} has mode {mode:o}: others can read it")]
    Mode {
        /// Which.
        file: &'static str,
        /// Its mode.
        mode: u32,
    },
    /// The desk has not written its key yet.
    #[error("the desk's key is missing")]
    NoDesk,
    /// The desk has not written an index yet.
    #[error("there is no index of registered messages")]
    NoIndex,
    /// The index can't be read.
    #[error("the index of registered messages can't be read: {0}")]
    Index(String),
    /// The inbox refused.
    #[error(transparent)]
    Inbox(#[from] countermark_inbox::Error),
    /// Another watcher runs.
    #[error("another watcher runs in this folder")]
    Running,
    /// A name that exists.
    #[error("`{0}` is there already")]
    Taken(String),
    /// A name that does not exist.
    #[error("there is no `{0}`")]
    Unknown(String),
    /// A name that is none.
    #[error("`{0}` is no name: use a to z, 0 to 9, - and _, at most 40")]
    Name(String),
    /// Too many of something.
    #[error("more than {limit} {what}")]
    Many {
        /// Of what.
        what: &'static str,
        /// How many are allowed.
        limit: usize,
    },
}
