//! The HTTP client: limits on size, time, redirects and addresses; what was sent and received is kept.

use std::time::Duration;

/// What a source may use of the network.
#[derive(Debug, Clone)]
pub struct Net {
    patience: Duration,
}

impl Net {
    /// How long a stream may wait for what is new.
    #[must_use]
    pub fn patience(&self) -> Duration {
        self.patience
    }
}
