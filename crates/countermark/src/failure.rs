//! What went wrong, in words: one sentence that says what and where, and one that says what to do.

use std::fmt;

/// The result of a verb.
pub type Outcome<T = Exit> = Result<T, Failure>;

/// How a verb ended, as `grep` counts it. Errors are a [`Failure`] and exit with 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Found, valid, or done: 0.
    Found,
    /// Not found or not valid: 1.
    NotFound,
}

/// An error as the person at the terminal sees it.
#[derive(Debug)]
pub struct Failure {
    what: String,
    hint: Option<String>,
    broken_pipe: bool,
}

impl Failure {
    /// An error with nothing to advise.
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), hint: None, broken_pipe: false }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The reader of our output went away: that is his right, and no error.
    pub fn is_broken_pipe(&self) -> bool {
        self.broken_pipe
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.what)?;
        match &self.hint {
            Some(hint) => write!(f, "\n  hint: {hint}"),
            None => Ok(()),
        }
    }
}

/// Writing to standard output failed.
pub fn output(error: &std::io::Error) -> Failure {
    Failure {
        broken_pipe: error.kind() == std::io::ErrorKind::BrokenPipe,
        ..Failure::new(format!("standard output can't be written: {error}"))
    }
}
