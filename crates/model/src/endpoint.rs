//! Where the model is: on this machine, and nowhere else.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::Error;

/// The longest path, in bytes.
const LONGEST_PATH: usize = 1024;

/// An address `http://HOST[:PORT]/PATH` whose host is the loopback: 127.0.0.0/8, `[::1]` or `localhost`.
///
/// `localhost` is taken as 127.0.0.1: no resolver is asked, so none can lead elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    address: SocketAddr,
    path: String,
}

impl Endpoint {
    /// Reads an address.
    ///
    /// # Errors
    /// [`Error::Endpoint`] with what is wrong with it.
    pub fn parse(text: &str) -> Result<Endpoint, Error> {
        let elsewhere =
            "must be on this machine (http:// on 127.0.0.1, [::1] or localhost); reach another one by a tunnel";
        let rest = text.strip_prefix("http://").ok_or(Error::Endpoint(elsewhere))?;
        let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let plain = |b: u8| b.is_ascii_graphic() && !matches!(b, b'#' | b'\\' | b'"' | b'<' | b'>');
        if !path.starts_with('/') || path.len() > LONGEST_PATH || !path.bytes().all(plain) {
            return Err(Error::Endpoint("has no path that can be used, such as /v1/chat/completions"));
        }
        let (host, port) = match authority.rfind(':').filter(|at| !authority[*at..].contains(']')) {
            Some(at) => (&authority[..at], Some(&authority[at + 1..])),
            None => (authority, None),
        };
        let host = match host {
            "localhost" => Some(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            "[::1]" => Some(IpAddr::V6(Ipv6Addr::LOCALHOST)),
            host => host.parse().ok().map(IpAddr::V4),
        };
        let host = host.filter(IpAddr::is_loopback).ok_or(Error::Endpoint(elsewhere))?;
        let digits = |port: &&str| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
        let port = match port {
            None => 80,
            Some(port) => Some(port)
                .filter(digits)
                .and_then(|port| port.parse().ok())
                .filter(|port| *port > 0)
                .ok_or(Error::Endpoint("has a port that is none"))?,
        };
        Ok(Endpoint { address: SocketAddr::new(host, port), path: path.to_owned() })
    }

    /// The address as it is asked: the host always a number.
    pub fn url(&self) -> String {
        format!("http://{}{}", self.address, self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_accepted() {
        for (text, url) in [
            ("http://127.0.0.1:8080/v1/chat/completions", "http://127.0.0.1:8080/v1/chat/completions"),
            ("http://127.8.9.1:1/x", "http://127.8.9.1:1/x"),
            ("http://localhost/x?a=b", "http://127.0.0.1:80/x?a=b"),
            ("http://localhost:11434/v1/chat/completions", "http://127.0.0.1:11434/v1/chat/completions"),
            ("http://[::1]:9/x", "http://[::1]:9/x"),
            ("http://[::1]/x", "http://[::1]:80/x"),
        ] {
            assert_eq!(Endpoint::parse(text).map(|e| e.url()), Ok(url.to_owned()));
        }
        for text in [
            "",
            "127.0.0.1:8080/x",
            "https://127.0.0.1/x",
            "HTTP://127.0.0.1/x",
            "http://10.0.0.1/x",
            "http://192.168.1.1:8080/x",
            "http://0.0.0.0/x",
            "http://[::]/x",
            "http://[::ffff:127.0.0.1]/x",
            "http://[fe80::1]/x",
            "http://models.example/x",
            "http://localhost.example/x",
            "http://127.0.0.1.example/x",
            "http://127.1/x",
            "http://0177.0.0.1/x",
            "http://127.0.0.1@models.example/x",
            "http://user@127.0.0.1/x",
            "http://models.example\\@127.0.0.1/x",
            "http://models.example#@127.0.0.1/x",
            "http://127.0.0.1:/x",
            "http://127.0.0.1:0/x",
            "http://127.0.0.1:+80/x",
            "http://127.0.0.1:99999/x",
            "http://127.0.0.1:80:90/x",
            "http://127.0.0.1",
            "http://127.0.0.1?x",
            "http://127.0.0.1/a b",
            "http://127.0.0.1/a\r\nHost: x",
            "http://127.0.0.1/a#b",
            "http://[::1/x",
            "http:///x",
        ] {
            assert!(matches!(Endpoint::parse(text), Err(Error::Endpoint(_))), "{text:?}");
        }
        let other = Endpoint::parse("http://models.example/x").unwrap_err().to_string();
        assert!(other.contains("tunnel"), "{other}");
    }
}
