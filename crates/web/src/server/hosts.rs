//! By which name a request calls this server.

use std::net::IpAddr;

use axum::http::header::HOST;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Uri};

/// Whether a request's `Host` (or its target, where that is a whole address) is the loopback, the address it came to, or one of `names`.
/// The port does not matter: it is the name that a stranger's page can make lead here.
pub(crate) fn is_ours(uri: &Uri, headers: &HeaderMap, local: IpAddr, names: &[String]) -> bool {
    let mut hosts = headers.get_all(HOST).iter();
    let header = match (hosts.next(), hosts.next()) {
        (Some(one), None) => one.to_str().ok().and_then(|text| text.parse::<Authority>().ok()).filter(is_host),
        _ => None,
    };
    let Some(header) = header else { return false };
    let ours = |authority: &Authority| {
        let host = authority.host();
        let host = host.strip_suffix('.').unwrap_or(host);
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        match bare.parse::<IpAddr>() {
            Ok(ip) => ip.is_loopback() || ip.to_canonical() == local.to_canonical(),
            Err(_) => is_localhost(host) || names.iter().any(|name| name.eq_ignore_ascii_case(host)),
        }
    };
    ours(&header) && uri.authority().is_none_or(|target| is_host(target) && ours(target))
}

/// Whether it is a host and perhaps a port, and nothing else: no `user@`.
fn is_host(authority: &Authority) -> bool {
    let is_port =
        |port: &str| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port != 0);
    let rest = authority.as_str().strip_prefix(authority.host());
    rest.is_some_and(|rest| rest.is_empty() || rest.strip_prefix(':').is_some_and(is_port))
}

fn is_localhost(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    last.eq_ignore_ascii_case("localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, value.parse().unwrap());
        headers
    }

    #[test]
    fn names() {
        let names = ["desk.example".to_owned()];
        let local = "10.1.2.3".parse().unwrap();
        let path = "/sign-in".parse().unwrap();
        for (value, ours) in [
            ("localhost", true),
            ("LOCALHOST:8470", true),
            ("desk.localhost:1", true),
            ("127.0.0.1:8470", true),
            ("127.9.9.9", true),
            ("[::1]:8470", true),
            ("10.1.2.3", true),
            ("[::ffff:10.1.2.3]:80", true),
            ("desk.example", true),
            ("Desk.Example.:443", true),
            ("10.1.2.4", false),
            ("evil.example", false),
            ("desk.example.evil.example", false),
            ("localhost.evil.example", false),
            ("localhost@evil.example", false),
            ("user@localhost", false),
            ("user:word@localhost:8470", false),
            ("@localhost", false),
            ("localhost:", false),
            ("localhost:0", false),
            ("localhost:+80", false),
            ("localhost:99999", false),
            ("localhost..", false),
            ("[localhost]", false),
            ("::1", false),
            ("", false),
            ("a b", false),
        ] {
            assert_eq!(is_ours(&path, &host(value), local, &names), ours, "{value}");
        }
    }

    #[test]
    fn none_two_and_another_target() {
        let local = "127.0.0.1".parse().unwrap();
        let path = "/".parse().unwrap();
        assert!(!is_ours(&path, &HeaderMap::new(), local, &[]));
        let mut two = host("localhost");
        two.append(HOST, "evil.example".parse().unwrap());
        assert!(!is_ours(&path, &two, local, &[]));
        let target = "http://evil.example/".parse().unwrap();
        assert!(!is_ours(&target, &host("localhost"), local, &[]));
        let target = "http://user@localhost/".parse().unwrap();
        assert!(!is_ours(&target, &host("localhost"), local, &[]));
        assert!(is_ours(&"http://localhost/".parse().unwrap(), &host("localhost"), local, &[]));
    }
}
