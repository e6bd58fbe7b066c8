//! What can go wrong.

use std::io;

/// Why something is not written, or not read. No text of a statement stands in it, and nothing that a reader sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The disk.
    #[error("`{file}` can't be used")]
    Disk {
        /// Which file, within the directory.
        file: String,
        /// Why.
        source: io::Error,
    },
    /// Something that is to be written, or was read, breaks a rule of the format.
    #[error("`{file}`: {fault}")]
    Form {
        /// Which file, within the directory.
        file: String,
        /// What does not fit.
        fault: Fault,
    },
    /// A version that was published stands there with other bytes; versions never change.
    #[error("version {number} of `{statement}` is published with other words, and published versions never change")]
    Immutable {
        /// The statement.
        statement: String,
        /// Which version.
        number: u32,
    },
    /// The desk's key is none, or nothing could be sealed to it.
    #[error("the desk's key is not an age recipient")]
    Recipient,
    /// The queue holds as much as it may until the desk reads it.
    #[error("the queue is full until the desk has read it")]
    Full,
    /// Another process writes into the directory and does not end.
    #[error("another process writes into the published directory")]
    Busy,
    /// A slip that breaks a limit.
    #[error("what was sent is refused: {0}")]
    Slip(Fault),
}

impl Error {
    pub(crate) fn disk(file: &str) -> impl FnOnce(io::Error) -> Self {
        let file = file.to_owned();
        move |source| Self::Disk { file, source }
    }

    pub(crate) fn form(file: &str) -> impl FnOnce(Fault) -> Self {
        let file = file.to_owned();
        move |fault| Self::Form { file, fault }
    }
}

/// What does not fit the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The bundle is missing, or not the one that the version names.
    #[error("the bundle is missing or another one")]
    Bundle,
    /// A character that text must not hold: a control character, or in a line one that turns the direction of writing.
    #[error("`{0}` holds a character that it must not")]
    Character(&'static str),
    /// A required text is empty.
    #[error("`{0}` is empty")]
    Empty(&'static str),
    /// It names another format.
    #[error("it is of another format")]
    Format,
    /// It is not the JSON that it should be.
    #[error("it is not what the format says (line {line}, column {column})")]
    Json {
        /// Where, from 1.
        line: usize,
        /// Where, from 1.
        column: usize,
    },
    /// Longer, or more, than may be.
    #[error("`{0}` is longer than it may be")]
    Long(&'static str),
    /// Not a regular file, or not a directory.
    #[error("it is not a regular file")]
    NotAFile,
    /// A number is out of its order, or names nothing.
    #[error("`{0}` does not fit")]
    Number(&'static str),
    /// A picture that is none, or larger than it may be.
    #[error("the picture is not a PNG of at most 2048 x 2048 pixels")]
    Picture,
    /// A value that is none of those that there are.
    #[error("`{0}` is none of the values that there are")]
    Value(&'static str),
}
