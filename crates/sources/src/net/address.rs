//! Which addresses may be connected to, and what a name resolves to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use url::Host;

use crate::Fault;
use crate::net::Reach;

/// The most addresses of a name that are tried.
const MOST: usize = 16;

/// The addresses of a host that may be connected to. What comes back is what is connected to: the name is not asked again.
pub(crate) fn resolve(host: &Host<&str>, port: u16, reach: Reach, until: Instant) -> Result<Vec<SocketAddr>, Fault> {
    let found = match host {
        Host::Ipv4(ip) => vec![SocketAddr::from((*ip, port))],
        Host::Ipv6(ip) => vec![SocketAddr::from((*ip, port))],
        Host::Domain(name) => look_up(name, port, until.saturating_duration_since(Instant::now()))?,
    };
    if found.is_empty() {
        return Err(Fault::Unreachable("name not found"));
    }
    let allowed: Vec<SocketAddr> =
        found.into_iter().filter(|address| reach == Reach::Private || public(address.ip())).take(MOST).collect();
    if allowed.is_empty() { Err(Fault::Private) } else { Ok(allowed) }
}

/// The system's resolver has no time limit of its own that can be set, so it is asked on a thread that is left behind when
/// it takes too long.
fn look_up(name: &str, port: u16, patience: Duration) -> Result<Vec<SocketAddr>, Fault> {
    let (sender, receiver) = mpsc::sync_channel(1);
    let name = name.to_owned();
    thread::Builder::new()
        .name("resolve".into())
        .spawn(move || {
            let _ = sender.send((name.as_str(), port).to_socket_addrs().map(Iterator::collect::<Vec<_>>));
        })
        .map_err(|_| Fault::Unreachable("no thread to be had"))?;
    match receiver.recv_timeout(patience) {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(_)) => Err(Fault::Unreachable("name not found")),
        Err(_) => Err(Fault::Limit("time")),
    }
}

/// Whether an address is anybody's to reach (IANA's special-purpose registries of IPv4 and IPv6).
pub(crate) fn public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => public_v4(ip),
        IpAddr::V6(ip) => public_v6(ip),
    }
}

fn public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = matches!(
        (a, b, c),
        (0 | 10 | 127 | 224..=255, ..)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    );
    !special
}

fn public_v6(ip: Ipv6Addr) -> bool {
    let segments = ip.segments();
    let last = Ipv4Addr::from((u32::from(segments[6]) << 16) | u32::from(segments[7]));
    match segments {
        // An IPv4 address in IPv6's clothes: mapped, or behind a translator (RFC 6052), is what it holds.
        [0, 0, 0, 0, 0, 0xffff, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => public_v4(last),
        // 2001::/23 is for protocols (Teredo among them), 2001:db8::/32 and 3fff::/20 for documents, 2002::/16 wraps IPv4.
        [0x2001, 0..=0x1ff, ..] | [0x2001, 0xdb8, ..] | [0x2002, ..] | [0x3fff, 0..=0xfff, ..] => false,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_addresses_are_not_public() {
        for private in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.8.9.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "100::1",
        ] {
            assert!(!public(private.parse().unwrap()), "{private}");
        }
        for open in ["1.1.1.1", "100.63.0.1", "100.128.0.1", "172.32.0.1", "192.169.0.1", "149.154.167.99"] {
            assert!(public(open.parse().unwrap()), "{open}");
        }
        for open in ["2606:4700:4700::1111", "2001:67c:4e8::1", "2a01::1", "64:ff9b::1.1.1.1", "::ffff:1.1.1.1"] {
            assert!(public(open.parse().unwrap()), "{open}");
        }
    }

    #[test]
    fn a_name_of_the_loopback_is_refused_and_allowed_on_demand() {
        let until = Instant::now() + Duration::from_secs(5);
        let host = Host::Domain("localhost");
        assert_eq!(resolve(&host, 80, Reach::Public, until), Err(Fault::Private));
        let found = resolve(&host, 80, Reach::Private, until).unwrap();
        assert!(found.iter().all(|address| address.ip().is_loopback()));
    }
}
