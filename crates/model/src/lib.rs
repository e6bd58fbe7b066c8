//! Asks a language model that the office itself runs for other wordings of one sentence.
//!
//! A [`Model`] is an OpenAI-compatible chat-completions endpoint on this machine. [`Model::ask`] sends it a fixed
//! instruction and one sentence, and nothing else; what comes back is checked against the sentence ([`read`]) and is a
//! list of [`Proposal`]s. They decide nothing: a writer takes each by hand.
//!
//! This is the only crate of the workspace with an HTTP client, and it speaks to the loopback only ([`Endpoint`]).

#![cfg_attr(test, allow(clippy::unwrap_used))] // a test may stop where it stands

mod answer;
mod call;
mod endpoint;
mod request;

pub use answer::{Answer, Proposal, read};
pub use call::{MOST_BYTES, Model, PATIENCE};
pub use endpoint::Endpoint;
pub use request::request;

/// Why there is no answer. Never holds text of the letter or of the model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address is none that is accepted.
    #[error("the model's endpoint {0}")]
    Endpoint(&'static str),
    /// The model's name is empty or can't be shown.
    #[error("the model's name is empty, too long, or has control characters")]
    Name,
    /// Nobody listens there, or the connection broke.
    #[error("the model can't be reached: {0}")]
    Unreachable(std::io::ErrorKind),
    /// It took longer than it may.
    #[error("the model gave no answer in time")]
    Slow,
    /// The server said no.
    #[error("the model's server answers with status {0}")]
    Status(u16),
    /// The answer is longer than it may be.
    #[error("the model's answer is longer than {} KiB", MOST_BYTES >> 10)]
    TooLong,
    /// The answer is no HTTP, no JSON, or JSON of another form.
    #[error("what the model's server answers is no chat completion")]
    NotCompletion,
    /// The completion holds no list of wordings.
    #[error("the model's answer is no list of wordings")]
    NotList,
}
