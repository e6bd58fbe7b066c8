//! What every source can do, and how it fails.

use std::time::Duration;

use thiserror::Error;

use crate::{Batch, Cursor, Fetched, Net, Picture, Reach};

/// A place where posts come from. One call of [`poll`](Self::poll) asks it once; a stream waits there at most as long as
/// [`Net::patience`] says and then gives what has come.
pub trait Source: Send {
    /// Asks for what is new after the cursor; a source asked for the first time takes what its first answer holds.
    ///
    /// # Errors
    /// Any [`Fault`]; nothing of the answer counts then, and the cursor stays.
    fn poll(&mut self, net: &Net, cursor: &Cursor) -> Result<Batch, Fault>;

    /// How long to wait between two polls unless the owner says otherwise; zero for a stream.
    fn every(&self) -> Duration;

    /// Where the source's own addresses may lead.
    fn reach(&self) -> Reach {
        Reach::Public
    }

    /// Fetches a picture of one of its posts. Any source made of the same name can: it need not be the one that is polled.
    ///
    /// # Errors
    /// Any [`Fault`].
    fn picture(&mut self, net: &Net, picture: &Picture) -> Result<Fetched, Fault> {
        net.fetch_picture(&picture.url, self.reach())
    }
}

/// Why a source gave nothing. No variant holds text that came from outside, nor a secret.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Fault {
    /// It asks to wait.
    #[error("asks to wait {} s", .0.as_secs())]
    Wait(Duration),
    /// It could not be reached, or the connection broke.
    #[error("can't be reached: {0}")]
    Unreachable(&'static str),
    /// It answered with a status that is no answer.
    #[error("answered with status {0}")]
    Status(u16),
    /// The service reports an error of its own, by its number.
    #[error("answered with its error {0}")]
    Service(i64),
    /// The service reports an error of its own that stays until somebody does something, by its number.
    #[error("answered with its error {0}, which does not pass by itself")]
    Stuck(i64),
    /// The credentials are refused or missing.
    #[error("refuses the credentials")]
    Refused,
    /// The answer is longer, slower, deeper or further away than is allowed.
    #[error("goes beyond a limit: {0}")]
    Limit(&'static str),
    /// The answer is not what the service's documentation says.
    #[error("gave an answer that is none of its kind: {0}")]
    Garbled(&'static str),
    /// The address leads to a private network, which is not allowed for this source.
    #[error("leads to a private address")]
    Private,
}

impl Fault {
    /// Whether asking again can help without anybody doing something.
    #[must_use]
    pub fn passes(&self) -> bool {
        !matches!(self, Self::Refused | Self::Private | Self::Stuck(_))
    }
}
