//! How long to wait after failures.

use std::time::Duration;

/// Waits that double with each failure up to a cap, and start anew after a success. Half of each wait is drawn, so that
/// many watchers do not come back at once; the draw is an argument.
#[derive(Debug, Clone)]
pub struct Backoff {
    first: Duration,
    most: Duration,
    failures: u32,
}

impl Backoff {
    /// Waits from `first` to `most`.
    #[must_use]
    pub fn new(first: Duration, most: Duration) -> Backoff {
        Backoff { first, most, failures: 0 }
    }

    /// The wait after one more failure: between half of and the whole of `first * 2^failures`, where `draw` (of all 32-bit
    /// numbers alike) says.
    pub fn failed(&mut self, draw: u32) -> Duration {
        let whole = self.first.saturating_mul(1 << self.failures.min(31)).min(self.most);
        self.failures = self.failures.saturating_add(1);
        let half = whole / 2;
        half + half.mul_f64(f64::from(draw) / f64::from(u32::MAX))
    }

    /// It worked: the next failure is the first again.
    pub fn worked(&mut self) {
        self.failures = 0;
    }

    /// Failures in a row.
    #[must_use]
    pub fn failures(&self) -> u32 {
        self.failures
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_to_the_cap_and_begin_anew() {
        let mut backoff = Backoff::new(Duration::from_secs(2), Duration::from_secs(60));
        let waits: Vec<u64> = (0..7).map(|_| backoff.failed(u32::MAX).as_secs()).collect();
        assert_eq!(waits, [2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(backoff.failures(), 7);
        backoff.worked();
        assert_eq!(backoff.failed(0), Duration::from_secs(1));
        for _ in 0..100 {
            let wait = backoff.failed(1 << 31);
            assert!(wait <= Duration::from_secs(60));
        }
        assert_eq!(backoff.failed(0), Duration::from_secs(30));
    }
}
