//! How often the door may be tried: by one name, from one address, by everybody.

use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};

/// Attempts of a name that cost no wait.
const FREE: u32 = 4;

/// The longest wait of a name.
const LONGEST: Duration = Duration::from_secs(5 * 60);

/// After so long without an attempt a name's failures are forgotten.
const FORGOTTEN: Duration = Duration::from_secs(60 * 60);

/// The most names and addresses that are remembered; when there are more, the oldest go.
const MOST: usize = 4_096;

/// A clock that was handed in.
#[derive(Clone)]
pub(crate) struct Ticks(pub(crate) Arc<dyn Fn() -> Instant + Send + Sync>);

impl Clock for Ticks {
    type Instant = Instant;

    fn now(&self) -> Instant {
        (self.0)()
    }
}

struct Failures {
    count: u32,
    last: Instant,
}

/// The limits, and what was counted.
pub(crate) struct Limits {
    ticks: Ticks,
    all: RateLimiter<NotKeyed, InMemoryState, Ticks, NoOpMiddleware<Instant>>,
    addresses: RateLimiter<IpAddr, HashMapStateStore<IpAddr>, Ticks, NoOpMiddleware<Instant>>,
    names: Mutex<HashMap<[u8; 32], Failures>>,
}

impl Limits {
    /// A burst of 12 from an address and one more every ten seconds; 60 from everywhere and one more every second.
    pub(crate) fn new(ticks: Ticks) -> Self {
        let quota = |burst: u32, every: u64| {
            let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
            Quota::with_period(Duration::from_secs(every))
                .map(|quota| quota.allow_burst(burst))
                .unwrap_or(Quota::per_second(burst))
        };
        Self {
            all: RateLimiter::direct_with_clock(quota(60, 1), ticks.clone()),
            addresses: RateLimiter::new(quota(12, 10), HashMapStateStore::default(), ticks.clone()),
            names: Mutex::default(),
            ticks,
        }
    }

    /// Counts an attempt from an address.
    ///
    /// # Errors
    /// The seconds to wait.
    pub(crate) fn attempt(&self, address: Option<IpAddr>) -> Result<(), u64> {
        if self.addresses.len() > MOST {
            self.addresses.retain_recent();
        }
        let address = network(address.unwrap_or(IpAddr::from([127, 0, 0, 1])));
        self.addresses.check_key(&address).map_err(|until| seconds(until.wait_time_from(self.ticks.now())))?;
        self.all.check().map_err(|until| seconds(until.wait_time_from(self.ticks.now())))
    }

    /// Whether a name may be tried now; it is counted as failed until [`succeeded`](Self::succeeded) says otherwise, so that attempts at one time
    /// don't get past it together.
    ///
    /// # Errors
    /// The seconds to wait.
    pub(crate) fn name(&self, name: [u8; 32]) -> Result<(), u64> {
        let now = self.ticks.now();
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        let since = |then: Instant| now.saturating_duration_since(then);
        if names.len() >= MOST && !names.contains_key(&name) {
            names.retain(|_, failures| since(failures.last) < FORGOTTEN);
            if names.len() >= MOST
                && let Some(oldest) = names.iter().min_by_key(|(_, failures)| failures.last).map(|(name, _)| *name)
            {
                names.remove(&oldest);
            }
        }
        let failures = names.entry(name).or_insert(Failures { count: 0, last: now });
        if since(failures.last) >= FORGOTTEN {
            failures.count = 0;
        }
        let wait = wait(failures.count).saturating_sub(since(failures.last));
        if !wait.is_zero() {
            return Err(seconds(wait));
        }
        failures.count += 1;
        failures.last = now;
        Ok(())
    }

    /// Forgets a name's failures.
    pub(crate) fn succeeded(&self, name: &[u8; 32]) {
        self.names.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }
}

/// How long to wait after so many failures: nothing for the first few, then twice as long each time.
fn wait(failures: u32) -> Duration {
    match failures.checked_sub(FREE) {
        None => Duration::ZERO,
        Some(more) => Duration::from_secs(1 << more.min(20)).min(LONGEST),
    }
}

fn seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

/// The address itself, or the first 64 bits of one that its owner has 2^64 of.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() >> 64 << 64).into()),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &Arc<Mutex<Instant>>) -> Ticks {
        let time = Arc::clone(time);
        Ticks(Arc::new(move || *time.lock().unwrap()))
    }

    #[test]
    fn waits_of_a_name_grow() {
        let time = Arc::new(Mutex::new(Instant::now()));
        let limits = Limits::new(at(&time));
        let (ines, tom) = ([1; 32], [2; 32]);
        let mut waits = Vec::new();
        for _ in 0..16 {
            let wait = limits.name(ines).err().unwrap_or(0);
            waits.push(wait);
            *time.lock().unwrap() += Duration::from_secs(wait);
            if wait > 0 {
                assert!(limits.name(ines).is_ok(), "it was waited for");
            }
        }
        assert_eq!(waits, [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
        assert!(limits.name(tom).is_ok(), "another name does not wait");
        assert!(limits.name(ines).is_err());
        limits.succeeded(&ines);
        assert!(limits.name(ines).is_ok());
        for _ in 0..9 {
            let _ = limits.name(tom);
        }
        assert!(limits.name(tom).is_err());
        *time.lock().unwrap() += FORGOTTEN;
        assert!((0..4).all(|_| limits.name(tom).is_ok()));
    }

    #[test]
    fn addresses_and_everybody() {
        let time = Arc::new(Mutex::new(Instant::now()));
        let limits = Limits::new(at(&time));
        let v4 = |n: u8| Some(IpAddr::from([192, 0, 2, n]));
        assert!((0..12).all(|_| limits.attempt(v4(1)).is_ok()));
        assert_eq!(limits.attempt(v4(1)), Err(10));
        *time.lock().unwrap() += Duration::from_secs(10);
        assert!(limits.attempt(v4(1)).is_ok());
        assert!(limits.attempt(v4(1)).is_err());
        // One owner of a network of 2^64 addresses is one.
        let v6 = |n: u16| Some(IpAddr::from([0x2001, 0xdb8, 0, 1, 0, 0, 0, n]));
        assert!((0..12).all(|n| limits.attempt(v6(n)).is_ok()));
        assert!(limits.attempt(v6(12)).is_err());
        let taken = (2..80).filter(|n| limits.attempt(v4(*n)).is_ok()).count();
        assert!((40..60).contains(&taken), "{taken} of everybody's 60 were left");
    }

    #[test]
    fn names_without_end_take_no_memory_without_end() {
        let limits = Limits::new(Ticks(Arc::new(Instant::now)));
        for n in 0..6_000_u32 {
            let mut name = [0; 32];
            name[..4].copy_from_slice(&n.to_be_bytes());
            assert!(limits.name(name).is_ok());
        }
        assert!(limits.names.lock().unwrap().len() <= MOST);
    }
}
