//! How much one network may send, without knowing whose it is.
//!
//! An address is hashed under a key that lives in memory only and is replaced every ten minutes by its own hash, with everything counted
//! under it: who sent what can't be found out afterwards, not from this process's memory either.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

/// Seconds that a key lives.
const TERM: u64 = 600;
/// Networks that are counted at a time; while there are more, nothing is taken from a new one.
const NETWORKS: usize = 100_000;

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum What {
    /// Comments sent.
    Comment,
    /// Forms sent, whatever is in them: each has to be read before it is known to be nothing.
    Form,
    /// Personal links tried that led nowhere.
    Guess,
    /// Answers sent.
    Reply,
}

impl What {
    /// How many in one term.
    fn most(self) -> u32 {
        match self {
            Self::Comment => 5,
            Self::Form => 60,
            Self::Guess => 20,
            Self::Reply => 10,
        }
    }
}

/// The counts.
pub(crate) struct Limits(Mutex<Counts>);

struct Counts {
    key: [u8; 32],
    since: u64,
    of: HashMap<(What, [u8; 16]), u32>,
}

impl Limits {
    pub(crate) fn new(key: [u8; 32]) -> Self {
        Self(Mutex::new(Counts { key, since: 0, of: HashMap::new() }))
    }

    /// Counts one more; false when that is too many.
    pub(crate) fn take(&self, what: What, from: Option<IpAddr>, now: u64) -> bool {
        let mut counts = self.counts(now);
        let name = (what, counts.name(from));
        if counts.of.len() >= NETWORKS && !counts.of.contains_key(&name) {
            return false;
        }
        let count = counts.of.entry(name).or_default();
        *count = count.saturating_add(1);
        *count <= what.most()
    }

    /// Whether there were too many already; counts nothing.
    pub(crate) fn spent(&self, what: What, from: Option<IpAddr>, now: u64) -> bool {
        let counts = self.counts(now);
        let name = (what, counts.name(from));
        counts.of.get(&name).is_some_and(|count| *count >= what.most())
    }

    fn counts(&self, now: u64) -> std::sync::MutexGuard<'_, Counts> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if now.abs_diff(counts.since) >= TERM {
            counts.key =
                Sha256::new().chain_update(b"countermark/forgotten/1").chain_update(counts.key).finalize().into();
            counts.of.clear();
            counts.since = now;
        }
        counts
    }
}

impl Counts {
    /// A network: an IPv4 address, or the 64 bits of an IPv6 one that one household has.
    fn name(&self, from: Option<IpAddr>) -> [u8; 16] {
        let network = match from.map(|address| address.to_canonical()) {
            None => vec![0],
            Some(IpAddr::V4(address)) => address.octets().to_vec(),
            Some(IpAddr::V6(address)) => address.octets()[..8].to_vec(),
        };
        let hash = Sha256::new().chain_update(self.key).chain_update(network).finalize();
        hash[..16].try_into().expect("a hash has 32 bytes")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn each_network_has_its_own_count() {
        let limits = Limits::new([7; 32]);
        let sent =
            |from: &str, n: u32| (0..n).map(|_| limits.take(What::Comment, address(from), 1000)).collect::<Vec<_>>();
        assert_eq!(sent("192.0.2.1", 6), [true, true, true, true, true, false]);
        assert_eq!(sent("192.0.2.2", 1), [true]);
        assert_eq!(sent("2001:db8::1", 5), [true; 5]);
        assert_eq!(sent("2001:db8::2", 1), [false], "one household");
        assert_eq!(sent("2001:db8:0:1::1", 1), [true]);
        assert_eq!(sent("::ffff:192.0.2.1", 1), [false], "an IPv4 address in other clothes");
        assert!(limits.take(What::Reply, address("192.0.2.1"), 1000), "other things are counted apart");
    }

    #[test]
    fn what_was_counted_is_forgotten() {
        let limits = Limits::new([7; 32]);
        assert!((0..5).all(|_| limits.take(What::Comment, address("192.0.2.1"), 10_000)));
        assert!(!limits.take(What::Comment, address("192.0.2.1"), 10_599));
        let key = limits.0.lock().unwrap().key;
        assert!(limits.take(What::Comment, address("192.0.2.1"), 10_600));
        assert_ne!(limits.0.lock().unwrap().key, key);
        assert_eq!(limits.0.lock().unwrap().of.len(), 1);
        // A clock that was set back starts a new term, too.
        assert!(limits.take(What::Comment, address("192.0.2.1"), 5));
    }

    #[test]
    fn spent_counts_nothing() {
        let limits = Limits::new([7; 32]);
        assert!(!limits.spent(What::Guess, None, 1000));
        for _ in 0..20 {
            assert!(limits.take(What::Guess, None, 1000));
        }
        assert!(limits.spent(What::Guess, None, 1000));
    }
}
