//! Hundreds who say nothing, or half of something, keep nobody out who asks.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use common::{Server, rest, status};
use countermark_web::Options;

const HALF: &[u8] = b"GET / HTTP/1.1\r\nHost: loc";
const HALF_BODY: &[u8] = b"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc";
const KNOWN_BODY: &[u8] =
    b"POST /known HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 6\r\n\r\nabc";

/// Far less than a half-open connection lasts by itself.
const SOON: Duration = Duration::from_secs(20);

fn patient() -> Options {
    Options { connections: 32, head: Duration::from_secs(60), request: Duration::from_secs(60), ..Options::default() }
}

fn crowd(server: &Server, says: &[u8]) -> Vec<TcpStream> {
    let one = |_| {
        let mut stream = server.connect();
        let _ = stream.write_all(says);
        stream
    };
    (0..300).map(one).collect()
}

#[test]
fn a_whole_request_is_answered_while_hundreds_are_half_there() {
    for half in [&b""[..], HALF, HALF_BODY, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"] {
        let server = Server::start(patient());
        let began = Instant::now();
        let _crowd = crowd(&server, half);
        for _ in 0..20 {
            assert_eq!(status(&server.get("/", "")), 200);
        }
        assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    }
}

#[test]
fn who_is_being_answered_is_not_sent_away_nor_who_is_known() {
    let server = Server::start(patient());
    let mut known = server.connect();
    known.write_all(KNOWN_BODY).unwrap();
    std::thread::sleep(Duration::from_millis(100));
    let mut slow = server.connect();
    slow.write_all(b"GET /slow HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    std::thread::sleep(Duration::from_millis(50));
    let crowd = crowd(&server, HALF);
    assert!(rest(&mut slow).ends_with("slow"));
    assert_eq!(status(&server.get("/", "")), 200);
    known.write_all(b"def").unwrap();
    assert!(rest(&mut known).ends_with("abcdef"));
    // The oldest of the others went.
    let mut first = &crowd[0];
    assert!(matches!(first.read(&mut [0; 1]), Ok(0) | Err(_)));
}
