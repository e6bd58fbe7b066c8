//! Time that stands still until it is told to go.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// A clock whose clones all show one time.
#[derive(Clone, Debug)]
pub struct FakeClock {
    millis: Arc<AtomicU64>,
}

impl FakeClock {
    /// Where [`FakeClock::default`] begins: 2026-03-02T09:00:00Z, in milliseconds since 1970.
    pub const START: u64 = 1_772_442_000_000;

    /// A clock that shows this time, in milliseconds since 1970-01-01T00:00:00Z.
    pub fn at(millis: u64) -> Self {
        Self { millis: Arc::new(AtomicU64::new(millis)) }
    }

    /// The time it shows, in milliseconds since 1970-01-01T00:00:00Z.
    pub fn now(&self) -> u64 {
        self.millis.load(Ordering::SeqCst)
    }

    /// Lets this many milliseconds pass, and says what time it is then.
    pub fn pass(&self, millis: u64) -> u64 {
        self.millis.fetch_add(millis, Ordering::SeqCst) + millis
    }
}

impl Default for FakeClock {
    fn default() -> Self {
        Self::at(Self::START)
    }
}
