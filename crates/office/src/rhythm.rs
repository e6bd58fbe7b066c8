//! The rhythm of the log: when batches are due, how many were missed, where a leaf that waits will stand. Arithmetic only.

use std::time::Duration;

use crate::Error;

/// The most leaves of one batch.
pub const MAX_LEAVES: usize = 4_096;

/// The least time between two batches.
pub const MIN_EVERY: Duration = Duration::from_secs(60);

/// The most time between two batches: a year.
pub const MAX_EVERY: Duration = Duration::from_secs(366 * 24 * 3_600);

/// The most leaves that one publication makes of a gap, the batch that ends it included. What was missed before that is left out: a year
/// without the office stays cheap, and within what one append takes.
pub const MAX_GAP: usize = 16_384;

/// At which rate the log grows, whatever is sealed: so many leaves, so often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    every: u64,
    leaves: usize,
}

impl Default for Rate {
    /// Eight leaves an hour.
    fn default() -> Self {
        Self { every: 3_600, leaves: 8 }
    }
}

impl Rate {
    /// A batch of `leaves` leaves at every multiple of `every`, which is taken in whole seconds.
    ///
    /// # Errors
    /// [`Error::Rate`] outside [`MIN_EVERY`] to [`MAX_EVERY`], and 1 to [`MAX_LEAVES`].
    pub fn new(every: Duration, leaves: usize) -> Result<Self, Error> {
        if !(MIN_EVERY..=MAX_EVERY).contains(&every) {
            return Err(Error::Rate { what: "`every` is 1 minute to 366 days" });
        }
        if !(1..=MAX_LEAVES).contains(&leaves) {
            return Err(Error::Rate { what: "`leaves` is 1 to 4096" });
        }
        Ok(Self { every: every.as_secs(), leaves })
    }

    /// Seconds between two batches.
    #[must_use]
    pub fn every(self) -> u64 {
        self.every
    }

    /// Leaves of a batch.
    #[must_use]
    pub fn leaves(self) -> usize {
        self.leaves
    }

    /// The first batch after `now`, in seconds since 1970.
    pub(crate) fn after(self, now: u64) -> u64 {
        (now / self.every + 1) * self.every
    }

    /// The next batch, of which `recorded` is what stands in the vault. One that is more than a period too far away is brought back: the
    /// clock had run ahead, or the rate became faster. A clock that is set back by less publishes no batch twice.
    pub(crate) fn next(self, recorded: u64, now: u64) -> u64 {
        let after = self.after(now);
        if recorded == 0 || recorded > after.saturating_add(self.every) { after } else { recorded }
    }

    /// What is due at `now`, when the batch of `next` is the next one.
    pub(crate) fn due(self, next: u64, now: u64) -> Due {
        let Some(late) = now.checked_sub(next) else { return Due::default() };
        let missed = late / self.every;
        let room = (MAX_GAP / self.leaves).max(1) as u64 - 1;
        Due { batches: 1 + missed.min(room), left_out: missed.saturating_sub(room) }
    }

    /// Places of a batch for what waits: one may go to the audit trail's head.
    pub(crate) fn places(self) -> usize {
        (self.leaves - 1).max(1)
    }

    /// When the leaf at this place of the queue goes out at the latest, while nothing is published early.
    pub(crate) fn time_of(self, place: usize, next: u64) -> u64 {
        next.saturating_add((place / self.places()) as u64 * self.every)
    }
}

/// Batches that are due.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Due {
    /// So many are published; what waits goes into the last of them.
    pub(crate) batches: u64,
    /// So many more were missed, and are left out.
    pub(crate) left_out: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hourly(leaves: usize) -> Rate {
        Rate { every: 3_600, leaves }
    }

    #[test]
    fn batches_stand_at_multiples() {
        let rate = hourly(8);
        assert_eq!((rate.after(0), rate.after(3_599), rate.after(3_600)), (3_600, 3_600, 7_200));
        assert_eq!(rate.next(0, 5_000), 7_200);
        assert_eq!(rate.next(3_600, 5_000), 3_600);
        // A second back, just after a batch.
        assert_eq!(rate.next(7_200, 3_599), 7_200);
        // A clock that had run ahead does not stop the log for years.
        assert_eq!(rate.next(1 << 40, 5_000), 7_200);
    }

    #[test]
    fn what_is_due_is_counted_and_a_gap_is_capped() {
        let rate = hourly(8);
        let due = |now| rate.due(7_200, now);
        assert_eq!(due(7_199), Due::default());
        assert_eq!(due(7_200), Due { batches: 1, left_out: 0 });
        assert_eq!(due(7_200 + 3 * 3_600 + 5), Due { batches: 4, left_out: 0 });
        let year = due(7_200 + 365 * 24 * 3_600);
        assert_eq!((year.batches, year.left_out), (2_048, 365 * 24 + 1 - 2_048));
        assert_eq!(hourly(4_096).due(7_200, 1 << 40).batches, 4);
    }

    #[test]
    fn overflow_waits_for_its_batch() {
        let rate = hourly(8);
        assert_eq!([0, 6, 7, 13, 14].map(|place| rate.time_of(place, 7_200)), [7_200, 7_200, 10_800, 10_800, 14_400]);
        assert_eq!(hourly(1).time_of(2, 7_200), 14_400);
    }

    #[test]
    fn rates_out_of_range_are_refused() {
        assert!(Rate::new(Duration::from_secs(59), 8).is_err());
        assert!(Rate::new(Duration::from_secs(60), 0).is_err());
        assert!(Rate::new(Duration::from_secs(60), 4_097).is_err());
        assert!(Rate::new(Duration::from_secs(367 * 86_400), 1).is_err());
    }
}
