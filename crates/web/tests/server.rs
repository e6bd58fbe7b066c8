//! The server's limits, over real sockets.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::io::{Read, Write};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use common::{Server, rest, status};
use countermark_web::{Line, Log, Options};

const SHORT: Duration = Duration::from_millis(250);

#[test]
fn answers_and_keeps_the_connection() {
    let server = Server::start(Options::default());
    let mut stream = server.connect();
    for _ in 0..3 {
        stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        let mut answer = [0; 4096];
        let read = stream.read(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer[..read]).into_owned();
        assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("page"), "{answer}");
        assert!(answer.contains("x-request-id: ") && !answer.contains("strict-transport-security"), "{answer}");
    }
}

#[test]
fn an_oversized_head_is_refused() {
    let server = Server::start(Options::default());
    let long = format!("X-Long: {}\r\n", "a".repeat(20_000));
    assert_eq!(status(&server.get("/", &long)), 431);
    let many: String = (0..100).map(|n| format!("X-{n}: 1\r\n")).collect();
    assert_eq!(status(&server.get("/", &many)), 431);
    let path = format!("/{}", "a".repeat(70_000));
    assert!([414, 431].contains(&status(&server.get(&path, ""))));
    assert_eq!(status(&server.get("/", "")), 200);
}

#[test]
fn garbage_is_refused() {
    let server = Server::start(Options::default());
    for bytes in [
        &b"\0\x01\x02\r\n\r\n"[..],
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ] {
        let answer = server.say(bytes);
        assert!(answer.is_empty() || status(&answer) == 400, "{answer}");
    }
    assert_eq!(status(&server.get("/", "")), 200);
}

#[test]
fn a_slow_head_and_an_idle_connection_are_cut_off() {
    let server = Server::start(Options { head: SHORT, ..Options::default() });
    for sent in ["", "GET / HTTP/1.1\r\nHost: loc", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"] {
        let (began, mut stream) = (Instant::now(), server.connect());
        stream.write_all(sent.as_bytes()).unwrap();
        let answer = rest(&mut stream);
        assert_eq!(answer.contains("page"), sent.ends_with("\r\n\r\n"), "{answer}");
        assert!(began.elapsed() < Duration::from_secs(10), "{sent:?}");
    }
}

#[test]
fn a_head_that_comes_byte_by_byte_does_not_last() {
    let server = Server::start(Options { head: SHORT, ..Options::default() });
    let (began, mut stream) = (Instant::now(), server.connect());
    let head = b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n\r\n";
    for byte in head {
        if stream.write_all(&[*byte]).is_err() {
            break;
        }
        std::thread::sleep(SHORT / 8);
    }
    assert!(!rest(&mut stream).contains("page"));
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_slow_body_is_cut_off() {
    let server = Server::start(Options { request: SHORT, ..Options::default() });
    let mut stream = server.connect();
    stream.write_all(b"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc").unwrap();
    let answer = rest(&mut stream);
    assert_eq!(status(&answer), 503, "{answer}");
    assert!(answer.contains("cache-control: no-store") && answer.contains("connection: close"), "{answer}");
}

#[test]
fn a_body_has_a_size() {
    let server = Server::start(Options { body: 1000, ..Options::default() });
    let post = |head: &str, body: &str| {
        let head = format!("POST /echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{head}\r\n\r\n{body}");
        server.say(head.as_bytes())
    };
    let (fits, more) = ("a".repeat(1000), "a".repeat(1001));
    assert!(post("Content-Length: 1000", &fits).ends_with(&fits));
    assert_eq!(status(&post("Content-Length: 1001", &more)), 413);
    assert_eq!(status(&post("Content-Length: 99999999999999999999999", "a")), 400);
    assert_eq!(status(&post("Transfer-Encoding: chunked", &format!("3e9\r\n{more}\r\n0\r\n\r\n"))), 413);
    assert_eq!(status(&post("Content-Length: 3\r\nContent-Length: 4", "abc")), 400);
}

#[test]
fn who_takes_nothing_in_is_let_go() {
    let done = Arc::new(Mutex::new(0));
    let server = Server::start(Options { stall: SHORT, connections: 1, ..Options::default() });
    let mut stalled = server.connect();
    stalled.write_all(b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    // The only place is his until he is let go; then the next one is served.
    assert_eq!(status(&server.get("/", "")), 200);
    *done.lock().unwrap() += rest(&mut stalled).len();
    assert!(*done.lock().unwrap() < 64 << 20);
}

#[test]
fn a_fault_of_a_page_is_one_failed_answer() {
    let server = Server::start(Options::default());
    let answer = server.get("/fault", "");
    assert_eq!(status(&answer), 500);
    assert!(!answer.contains("a fault"), "{answer}");
    assert_eq!(status(&server.get("/", "")), 200);
}

#[test]
fn by_its_names_only() {
    let names = Some(vec!["desk.example".to_owned()]);
    let server = Server::start(Options { names, ..Options::default() });
    let host =
        |host: &str| server.say(format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").as_bytes());
    for ours in ["localhost", "127.0.0.1:8470", "desk.example"] {
        assert_eq!(status(&host(ours)), 200, "{ours}");
    }
    for other in ["evil.example", "127.0.0.1.evil.example", "192.0.2.7"] {
        let answer = host(other);
        assert_eq!(status(&answer), 421, "{other}");
        assert!(answer.contains("x-frame-options: DENY") && !answer.contains("page"));
    }
    let answer = server.say(b"GET / HTTP/1.0\r\n\r\n");
    assert_eq!(status(&answer), 421);
}

#[test]
fn health_is_told_to_anybody_and_nothing_else() {
    let ready = Arc::new(Mutex::new(false));
    let asked = Arc::clone(&ready);
    let options = Options {
        ready: Some(Arc::new(move || *asked.lock().unwrap())),
        names: Some(Vec::new()),
        ..Options::default()
    };
    let server = Server::start(options);
    let answer = server.say(b"GET /healthz HTTP/1.1\r\nHost: probe.example\r\nConnection: close\r\n\r\n");
    assert!(status(&answer) == 200 && answer.ends_with("\r\n\r\nok\n"), "{answer}");
    assert_eq!(status(&server.get("/readyz", "")), 503);
    *ready.lock().unwrap() = true;
    assert_eq!(status(&server.get("/readyz", "")), 200);
}

#[test]
fn proxies_are_believed_only_where_they_are_known() {
    let said = "X-Forwarded-For: 203.0.113.9, 198.51.100.4\r\nX-Forwarded-Proto: https\r\n";
    let server = Server::start(Options::default());
    let answer = server.get("/peer", said);
    assert!(answer.ends_with("127.0.0.1 false") && !answer.contains("strict-transport"), "{answer}");
    let proxies = vec!["127.0.0.1".parse().unwrap()];
    let server = Server::start(Options { proxies, ..Options::default() });
    let answer = server.get("/peer", said);
    assert!(answer.ends_with("198.51.100.4 true"), "{answer}");
    assert!(answer.contains("strict-transport-security: max-age=31536000"), "{answer}");
    assert!(server.get("/peer", "X-Forwarded-For: unknown\r\n").ends_with("127.0.0.1 false"));
    assert!(server.get("/peer", "").ends_with("127.0.0.1 false"));
}

#[test]
fn a_log_line_has_no_address_and_no_path() {
    let lines: Arc<Mutex<Vec<Line>>> = Arc::default();
    let into = Arc::clone(&lines);
    let log: Option<Log> = Some(Arc::new(move |line| into.lock().unwrap().push(line.clone())));
    let server = Server::start(Options { log, ..Options::default() });
    let answer = server.get("/items/secret-token?key=secret", "");
    server.get("/secret-nowhere", "");
    server.get("/healthz", "");
    let lines = lines.lock().unwrap();
    assert_eq!(lines.len(), 2);
    assert_eq!((lines[0].route.as_deref(), lines[0].status), (Some("/items/{id}"), 200));
    assert_eq!((lines[1].route.as_deref(), lines[1].status), (None, 404));
    assert!(answer.contains(&format!("x-request-id: {}", lines[0].id)));
    let all = format!("{lines:?}");
    assert!(!all.contains("secret") && !all.contains("127.0.0.1"), "{all}");
}

#[test]
fn the_end_lets_what_is_under_way_finish() {
    let mut server = Server::start(Options::default());
    let mut slow = server.connect();
    slow.write_all(b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut idle = server.connect();
    idle.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut first = [0; 1];
    idle.read_exact(&mut first).unwrap();
    server.stop();
    let answer = rest(&mut slow);
    assert!(answer.ends_with("slow"), "{answer}");
    rest(&mut idle);
    server.join();
}

#[test]
fn the_end_does_not_wait_for_ever() {
    let mut server = Server::start(Options { drain: SHORT, request: Duration::from_secs(60), ..Options::default() });
    let mut stuck = server.connect();
    stuck.write_all(b"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc").unwrap();
    let mut other = server.connect();
    other.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    other.read_exact(&mut [0; 1]).unwrap();
    let began = Instant::now();
    server.join();
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
}
