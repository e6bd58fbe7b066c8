//! Which addresses are asked.

use crate::error::{AddressFault, Error};
use ureq::http::Uri;

/// Who is asked: a time-stamper's answer is signed as it is, a witness sees a log's rhythm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Peer {
    TimeStamper,
    Witness,
}

/// An address that may be asked.
#[derive(Debug)]
pub(crate) struct Address {
    pub(crate) uri: Uri,
    pub(crate) host: String,
    pub(crate) loopback: bool,
}

impl Address {
    pub(crate) fn parse(text: &str, peer: Peer) -> Result<Address, Error> {
        let wrong = |fault| Error::Address(fault);
        let uri: Uri = text.parse().map_err(|_| wrong(AddressFault::Malformed))?;
        let authority = uri.authority().ok_or(wrong(AddressFault::Malformed))?;
        if authority.as_str().contains('@') {
            return Err(wrong(AddressFault::Credentials));
        }
        let host = authority.host().to_owned();
        let port = authority.as_str().get(host.len()..).and_then(|rest| rest.strip_prefix(':'));
        if port.is_some_and(|port| !port.parse::<u16>().is_ok_and(|port| port > 0)) {
            return Err(wrong(AddressFault::Port));
        }
        if host.is_empty() {
            return Err(wrong(AddressFault::Malformed));
        }
        let loopback = is_loopback(&host);
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if loopback || peer == Peer::TimeStamper => {}
            _ => return Err(wrong(AddressFault::Scheme)),
        }
        Ok(Address { uri, host, loopback })
    }

    /// The witness's submission prefix with the name of the call after it.
    pub(crate) fn below(prefix: &str, path: &str) -> Result<Address, Error> {
        if prefix.contains(['?', '#']) {
            return Err(Error::Address(AddressFault::Malformed));
        }
        Address::parse(&format!("{}/{path}", prefix.trim_end_matches('/')), Peer::Witness)
    }
}

/// Checks the address of a time-stamper, as [`Client::timestamp`](crate::Client::timestamp) takes it; nobody is asked.
///
/// # Errors
/// [`Error::Address`].
pub fn check_timestamper(url: &str) -> Result<(), Error> {
    Address::parse(url, Peer::TimeStamper).map(drop)
}

/// Checks the submission prefix of a witness, as [`Client::add_checkpoint`](crate::Client::add_checkpoint) takes it; nobody is asked.
///
/// # Errors
/// [`Error::Address`].
pub fn check_witness(prefix: &str) -> Result<(), Error> {
    Address::below(prefix, countermark_tlog::witness::PATH).map(drop)
}

/// By number only, or the one name that RFC 6761 keeps for it.
fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || bare.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_asked() {
        let fault = |text: &str, peer| match Address::parse(text, peer) {
            Ok(address) => Ok(address.loopback),
            Err(Error::Address(fault)) => Err(fault),
            Err(other) => panic!("{other}"),
        };
        use AddressFault::{Credentials, Malformed, Port, Scheme};
        use Peer::{TimeStamper, Witness};
        let rows = [
            ("https://stamp.example/tsr", TimeStamper, Ok(false)),
            ("http://stamp.example/tsr", TimeStamper, Ok(false)),
            ("http://witness.example", Witness, Err(Scheme)),
            ("https://witness.example/a/b", Witness, Ok(false)),
            ("http://127.0.0.1:8080", Witness, Ok(true)),
            ("http://[::1]:8080", Witness, Ok(true)),
            ("http://LocalHost", Witness, Ok(true)),
            ("http://127.0.0.1.example", Witness, Err(Scheme)),
            ("http://10.0.0.1", Witness, Err(Scheme)),
            ("ftp://stamp.example", TimeStamper, Err(Scheme)),
            ("file:///etc/passwd", TimeStamper, Err(Malformed)),
            ("stamp.example/tsr", TimeStamper, Err(Malformed)),
            ("", TimeStamper, Err(Malformed)),
            ("https://", TimeStamper, Err(Malformed)),
            ("https://witness.example:65535/a", Witness, Ok(false)),
            ("https://witness.example:65536", Witness, Err(Port)),
            ("http://stamp.example:0/", TimeStamper, Err(Port)),
            ("http://[::1]:99999/", Witness, Err(Port)),
            ("http://:80/", TimeStamper, Err(Malformed)),
            ("https://user:word@stamp.example", TimeStamper, Err(Credentials)),
            ("http://localhost@stamp.example", Witness, Err(Credentials)),
        ];
        for (text, peer, expected) in rows {
            assert_eq!(fault(text, peer), expected, "{text}");
        }
    }

    #[test]
    fn a_prefix_takes_the_call_s_name() {
        let below = |prefix| Address::below(prefix, "add-checkpoint").map(|address| address.uri.to_string()).ok();
        assert_eq!(below("https://w.example").as_deref(), Some("https://w.example/add-checkpoint"));
        assert_eq!(below("https://w.example/a/").as_deref(), Some("https://w.example/a/add-checkpoint"));
        assert_eq!(below("https://w.example/?a=b"), None);
    }
}
