//! The one call: a request out, an answer in, within a time and a size.

use std::time::Duration;

use crate::{Answer, Endpoint, Error, answer, request};

/// How long an answer is waited for, from the first byte sent to the last one read.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// The longest answer, in bytes.
pub const MOST_BYTES: u64 = 64 << 10;
/// The longest name, in bytes.
const LONGEST_NAME: usize = 256;

/// A model that can be asked.
#[derive(Clone, Debug)]
pub struct Model {
    endpoint: Endpoint,
    name: String,
    patience: Duration,
}

impl Model {
    /// A model by its address and by the name that its server knows it by.
    ///
    /// # Errors
    /// When the address is not on this machine, or the name can't be one.
    pub fn new(endpoint: &str, name: &str) -> Result<Model, Error> {
        if name.trim().is_empty() || name.len() > LONGEST_NAME || name.chars().any(char::is_control) {
            return Err(Error::Name);
        }
        Ok(Model { endpoint: Endpoint::parse(endpoint)?, name: name.to_owned(), patience: PATIENCE })
    }

    /// The same with another time to wait.
    pub fn waiting(self, patience: Duration) -> Model {
        Model { patience, ..self }
    }

    /// Asks for other wordings of one sentence, and waits.
    ///
    /// # Errors
    /// Why there is no answer; never with any text in it.
    pub fn ask(&self, sentence: &str) -> Result<Answer, Error> {
        // No proxy of the environment and no redirection: either would carry the sentence elsewhere.
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .proxy(None)
            .max_redirects(0)
            .http_status_as_error(false)
            .timeout_global(Some(self.patience))
            .max_idle_connections(0)
            .user_agent("countermark")
            .accept_encoding("") // plain bytes: nothing here unpacks
            .build()
            .into();
        let post = agent.post(self.endpoint.url()).content_type("application/json").header("Connection", "close");
        let mut response = post.send(&request(&self.name, sentence)[..]).map_err(failed)?;
        if response.status().as_u16() != 200 {
            return Err(Error::Status(response.status().as_u16()));
        }
        let body = response.body_mut().with_config().limit(MOST_BYTES).read_to_vec().map_err(failed)?;
        answer::read(&body, sentence)
    }
}

fn failed(error: ureq::Error) -> Error {
    match error {
        ureq::Error::Timeout(_) => Error::Slow,
        ureq::Error::BodyExceedsLimit(_) => Error::TooLong,
        ureq::Error::Io(e) if e.kind() == std::io::ErrorKind::TimedOut => Error::Slow,
        ureq::Error::Io(e) => Error::Unreachable(e.kind()),
        ureq::Error::ConnectionFailed | ureq::Error::HostNotFound => {
            Error::Unreachable(std::io::ErrorKind::ConnectionRefused)
        }
        _ => Error::NotCompletion,
    }
}
