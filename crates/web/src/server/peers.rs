//! How many connections an address has.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// Connections by address.
pub(crate) struct Peers {
    most: usize,
    open: Mutex<HashMap<IpAddr, usize>>,
}

/// One connection's place among those of its address.
pub(crate) struct Seat {
    peers: Arc<Peers>,
    address: IpAddr,
}

impl Peers {
    pub(crate) fn new(most: usize) -> Self {
        Self { most, open: Mutex::default() }
    }

    /// A place, unless the address has all of its own.
    pub(crate) fn take(self: &Arc<Self>, address: IpAddr) -> Option<Seat> {
        let address = network(address);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(address).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Seat { peers: Arc::clone(self), address })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut open = self.peers.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.address);
            }
        }
    }
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

    #[test]
    fn each_has_its_own() {
        let peers = Arc::new(Peers::new(2));
        let at = |text: &str| peers.take(text.parse().unwrap());
        let one = at("192.0.2.1").unwrap();
        let _two = at("::ffff:192.0.2.1").unwrap();
        assert!(at("192.0.2.1").is_none());
        let _other = at("192.0.2.2").unwrap();
        drop(one);
        let again = at("192.0.2.1");
        assert!(again.is_some());
        let _a = at("2001:db8::1").unwrap();
        let _b = at("2001:db8::ffff:2").unwrap();
        assert!(at("2001:db8::3").is_none());
        assert!(at("2001:db8:0:1::3").is_some());
    }

    #[test]
    fn nothing_stays_of_who_left() {
        let peers = Arc::new(Peers::new(1));
        drop(peers.take("192.0.2.1".parse().unwrap()));
        assert!(peers.open.lock().unwrap().is_empty());
    }
}
