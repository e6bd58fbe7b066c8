//! Three requests a second with a user's token, however many walls are watched with it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};

/// Requests a second that VK allows a user's token.
const A_SECOND: usize = 3;

/// The second, with room for what the network adds.
const WINDOW: Duration = Duration::from_millis(1_050);

/// What has been asked with one token.
#[derive(Debug, Default)]
pub(super) struct Limiter(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    asked: VecDeque<Instant>,
    not_before: Option<Instant>,
}

impl Limiter {
    /// The limiter of a token: one in the whole process, for VK counts by token and not by wall.
    pub(super) fn of(token: &str) -> Arc<Limiter> {
        static ALL: OnceLock<Mutex<HashMap<[u8; 32], Weak<Limiter>>>> = OnceLock::new();
        let key: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        let mut all = lock(ALL.get_or_init(Mutex::default));
        all.retain(|_, limiter| limiter.strong_count() > 0);
        if let Some(limiter) = all.get(&key).and_then(Weak::upgrade) {
            return limiter;
        }
        let limiter = Arc::new(Limiter::default());
        all.insert(key, Arc::downgrade(&limiter));
        limiter
    }

    /// Takes a place for a request at this moment, or says how long to wait before asking for one again.
    pub(super) fn take(&self, now: Instant) -> Result<(), Duration> {
        let mut state = lock(&self.0);
        if let Some(wait) =
            state.not_before.and_then(|moment| moment.checked_duration_since(now)).filter(|wait| !wait.is_zero())
        {
            return Err(wait);
        }
        while state.asked.front().is_some_and(|first| now.saturating_duration_since(*first) >= WINDOW) {
            state.asked.pop_front();
        }
        if state.asked.len() >= A_SECOND {
            let first = state.asked.front().copied().unwrap_or(now);
            return Err(WINDOW.saturating_sub(now.saturating_duration_since(first)));
        }
        state.asked.push_back(now);
        Ok(())
    }

    /// VK asked this token to wait.
    pub(super) fn hold(&self, now: Instant, wait: Duration) {
        let mut state = lock(&self.0);
        state.not_before = state.not_before.max(now.checked_add(wait));
    }
}

/// A panic elsewhere leaves nothing here half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_a_second_and_no_more() {
        let (limiter, start) = (Limiter::default(), Instant::now());
        let mut taken = Vec::new();
        for ms in (0..10_000).step_by(10) {
            let now = start + Duration::from_millis(ms);
            if limiter.take(now).is_ok() {
                taken.push(ms);
            }
        }
        assert!(taken.len() >= 27, "{}", taken.len());
        for window in taken.windows(A_SECOND + 1) {
            assert!(window[A_SECOND] - window[0] > 1_000, "{window:?}");
        }
    }

    #[test]
    fn a_wait_that_is_named_is_enough_and_holds_for_all_of_the_token() {
        let start = Instant::now();
        let (one, other) = (Limiter::of("token of a test"), Limiter::of("token of a test"));
        for _ in 0..A_SECOND {
            one.take(start).expect("free");
        }
        let wait = other.take(start).expect_err("the same token");
        assert!(other.take(start + wait).is_ok());
        other.hold(start, Duration::from_secs(60));
        one.hold(start, Duration::from_secs(1));
        assert_eq!(one.take(start + Duration::from_secs(20)), Err(Duration::from_secs(40)));
        assert!(one.take(start + Duration::from_secs(60)).is_ok());
        assert!(Limiter::of("another token of a test").take(start).is_ok());
    }
}
