//! The client against servers that answer wrongly, slowly, endlessly, or from where they may not.

#![allow(clippy::unwrap_used)] // a test may stop where it stands

use std::io::Write;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use countermark_sources::{Accept, Fault, Limits, Net, Reach, Request, Secret};
use countermark_testkit::{Loopback, Reply};

fn net() -> Net {
    Net::new(Limits::default())
}

fn get(url: impl Into<String>) -> Request {
    Request::get(url).reach(Reach::Private)
}

fn raw(text: &str) -> Reply {
    Reply::Raw(text.as_bytes().to_vec())
}

fn ask(reply: Reply) -> Result<(u16, Vec<u8>), Fault> {
    let server = Loopback::new(move |_| reply.clone());
    net().ask(&get(server.url())).map(|(answer, _)| (answer.status, answer.body))
}

#[test]
fn an_answer_and_its_exchange_are_what_went_over_the_wire() {
    let wire = "HTTP/1.1 200 Fine\r\nContent-Type: text/plain\r\nETag: \"a\"\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    let server = Loopback::new(move |_| raw(wire));
    let (answer, exchange) = net().ask(&get(format!("{}/path?q=1#part", server.url()))).unwrap();
    assert_eq!(answer.body, b"abcde");
    assert_eq!(answer.validators.etag.as_deref(), Some("\"a\""));
    assert_eq!(answer.content_type.as_deref(), Some("text/plain"));
    assert_eq!(exchange.response, wire.as_bytes());
    assert_eq!(exchange.url, format!("{}/path?q=1", server.url()));
    let request = String::from_utf8(exchange.request).unwrap();
    assert!(request.starts_with("GET /path?q=1 HTTP/1.1\r\n"), "{request}");
    assert!(request.to_ascii_lowercase().contains("connection: close\r\n"), "{request}");
    assert!(!request.to_ascii_lowercase().contains("countermark"), "{request}");
    assert!(exchange.at_ms > 1_700_000_000_000);
}

#[test]
fn private_addresses_are_refused_also_behind_a_redirect() {
    let server = Loopback::new(|_| raw("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    let port = server.url().rsplit(':').next().unwrap().to_owned();
    for host in ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "0"] {
        let asked = net().ask(&Request::get(format!("http://{host}:{port}/")));
        assert_eq!(asked.unwrap_err(), Fault::Private, "{host}");
    }
    assert_eq!(net().fetch("http://169.254.169.254/latest/", Reach::Public).unwrap_err(), Fault::Private);
    assert_eq!(net().dial("ws://127.0.0.1:1/", Reach::Public).unwrap_err(), Fault::Private);
}

#[test]
fn redirects_are_followed_and_bounded() {
    let hops = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&hops);
    let server = Loopback::new(move |request| {
        let path = request.head.split(' ').nth(1).unwrap();
        counted.fetch_add(1, Ordering::SeqCst);
        let to = match path {
            "/loop" => "/pool".to_owned(),
            "/pool" => "/loop".to_owned(),
            "/file" => "file:///etc/passwd".to_owned(),
            "/user" => "http://user:secret@127.0.0.1/".to_owned(),
            "/elsewhere" => {
                format!("http://localhost:{}/0", request.header("host").unwrap().rsplit(':').next().unwrap())
            }
            "/nowhere" => return raw("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"),
            path => match path[1..].parse::<u32>() {
                Ok(0) => return Reply::Whole(200, "text/plain", b"there".to_vec()),
                Ok(left) => format!("/{}", left - 1),
                Err(_) => return Reply::Whole(404, "text/plain", Vec::new()),
            },
        };
        raw(&format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n"))
    });
    let ask = |path: &str| net().ask(&get(format!("{}{path}", server.url())));
    let (answer, exchange) = ask("/5").unwrap();
    assert_eq!((answer.body.as_slice(), answer.url), (&b"there"[..], format!("{}/0", server.url())));
    assert_eq!(exchange.url, format!("{}/0", server.url()));
    assert_eq!(ask("/6").unwrap_err(), Fault::Limit("redirects"));
    hops.store(0, Ordering::SeqCst);
    assert_eq!(ask("/loop").unwrap_err(), Fault::Limit("a redirect that goes round"));
    assert_eq!(hops.load(Ordering::SeqCst), 2);
    // Whoever allows one host of a private network has not allowed where it leads.
    assert_eq!(ask("/elsewhere").unwrap_err(), Fault::Private);
    assert!(matches!(ask("/file").unwrap_err(), Fault::Garbled(_)));
    assert!(matches!(ask("/user").unwrap_err(), Fault::Garbled(_)));
    assert!(matches!(ask("/nowhere").unwrap_err(), Fault::Garbled(_)));
}

#[test]
fn what_lies_on_the_same_host_may_be_as_private_and_nothing_else() {
    for (url, reach) in [
        ("http://10.0.0.7:81/x.png", Reach::Private),
        ("https://10.0.0.7/", Reach::Private),
        ("http://10.0.0.8/", Reach::Public),
        ("http://169.254.169.254/", Reach::Public),
        ("nothing", Reach::Public),
    ] {
        assert_eq!(Reach::Private.within("http://10.0.0.7/feed", url), reach, "{url}");
        assert_eq!(Reach::Public.within("http://10.0.0.7/feed", url), Reach::Public);
    }
}

#[test]
fn statuses_say_what_they_say() {
    let with = |status: &str| ask(raw(&format!("HTTP/1.1 {status}\r\nContent-Length: 4\r\n\r\nbody"))).unwrap_err();
    assert_eq!(with("500 Oops"), Fault::Status(500));
    assert_eq!(with("403 No"), Fault::Status(403));
    assert_eq!(with("304 Same"), Fault::Status(304));
    assert_eq!(with("503 Later"), Fault::Status(503));
    assert_eq!(with("503 Later\r\nRetry-After: 9"), Fault::Wait(Duration::from_secs(9)));
    assert_eq!(with("429 Slow"), Fault::Wait(Duration::from_secs(60)));
    assert_eq!(with("429 Slow\r\nRetry-After: 90000"), Fault::Wait(Duration::from_secs(3600)));
    let skewed = "429 Slow\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: Sun, 06 Nov 1994 08:49:57 GMT";
    assert_eq!(with(skewed), Fault::Wait(Duration::from_secs(20)));
    let server = Loopback::new(|_| Reply::Whole(409, "application/json", b"{}".to_vec()));
    let (answer, _) = net().ask(&get(server.url()).accept(Accept::Any)).unwrap();
    assert_eq!((answer.status, answer.body.as_slice()), (409, &b"{}"[..]));
    let refused = net().ask(&get(server.url()).secret(&Secret::read("abcdefghij").unwrap()));
    assert_eq!(refused.unwrap_err(), Fault::Status(409));
}

#[test]
fn nothing_is_sent_twice_that_has_not_changed() {
    let server =
        Loopback::new(|request| match (request.header("if-none-match"), request.header("if-modified-since")) {
            (Some("\"v1\""), Some("yesterday")) => raw("HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\n\r\n"),
            _ => raw("HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nLast-Modified: yesterday\r\nContent-Length: 1\r\n\r\nx"),
        });
    let (first, _) = net().ask(&get(server.url())).unwrap();
    assert!(!first.unchanged());
    let (second, _) = net().ask(&get(server.url()).since(&first.validators)).unwrap();
    assert!(second.unchanged() && second.body.is_empty());
}

#[test]
fn half_an_answer_is_none() {
    for half in [
        "",
        "HTTP/1.1 200",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n",
    ] {
        let fault = ask(raw(half)).unwrap_err();
        assert!(matches!(fault, Fault::Unreachable(_) | Fault::Garbled(_)), "{half:?}: {fault:?}");
    }
    for garbage in [
        "no HTTP at all\r\n\r\n",
        "\0\0\0\0",
        "HTTP/9.9 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -4\r\n\r\n",
    ] {
        let fault = ask(raw(garbage)).unwrap_err();
        assert!(matches!(fault, Fault::Unreachable(_) | Fault::Garbled(_)), "{garbage:?}: {fault:?}");
    }
}

#[test]
fn too_much_is_refused() {
    let small = Limits { body: 100_000, decoded: 200_000, ..Limits::default() };
    let ask = |reply: Reply| {
        let server = Loopback::new(move |_| reply.clone());
        net().ask(&get(server.url()).limits(small)).map(|(answer, _)| answer.body.len())
    };
    assert_eq!(ask(Reply::Whole(200, "text/plain", vec![b'x'; 100_000])), Ok(100_000));
    assert_eq!(ask(Reply::Whole(200, "text/plain", vec![b'x'; 100_001])), Err(Fault::Limit("size")));
    // 100 MB announced: refused by the head alone.
    assert_eq!(ask(raw("HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\nx")), Err(Fault::Limit("size")));
    let close = [&b"HTTP/1.1 200 OK\r\n\r\n"[..], &vec![b'x'; 300_000]].concat();
    assert_eq!(ask(Reply::Raw(close)), Err(Fault::Limit("size")));
    let huge = format!("HTTP/1.1 200 OK\r\nX: {}\r\nContent-Length: 1\r\n\r\nx", "h".repeat(70_000));
    assert_eq!(ask(raw(&huge)), Err(Fault::Limit("size of a header")));
    let many = format!("HTTP/1.1 200 OK\r\n{}Content-Length: 1\r\n\r\nx", "A: b\r\n".repeat(5000));
    assert!(ask(raw(&many)).is_err());
    let endless = format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{}",
        "3e8\r\n".to_owned() + &"y".repeat(1000) + "\r\n"
    );
    let endless =
        [endless.as_bytes(), ("3e8\r\n".to_owned() + &"y".repeat(1000) + "\r\n").repeat(500).as_bytes()].concat();
    assert_eq!(ask(Reply::Hold(endless)), Err(Fault::Limit("size")));
}

#[test]
fn what_is_packed_is_unpacked_within_limits_and_kept_as_it_came() {
    let packed = gzip(&vec![b'a'; 50 << 20]);
    assert!(packed.len() < 100_000);
    let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", packed.len());
    assert_eq!(ask(Reply::Raw([head.as_bytes(), &packed].concat())), Err(Fault::Limit("size")));
    let packed = gzip(b"a post");
    let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", packed.len());
    let wire = [head.as_bytes(), &packed].concat();
    let sent = wire.clone();
    let server = Loopback::new(move |_| Reply::Raw(sent.clone()));
    let (answer, exchange) = net().ask(&get(server.url())).unwrap();
    assert_eq!(answer.body, b"a post");
    assert_eq!(exchange.response, wire);
    let broken = format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", packed.len() - 9);
    let cut = [broken.as_bytes(), &packed[..packed.len() - 9]].concat();
    assert!(ask(Reply::Raw(cut)).is_err());
    let no = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 16\r\n\r\nthis is not gzip";
    assert_eq!(ask(raw(no)), Err(Fault::Garbled("content encoding")));
    let other = "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 3\r\n\r\nabc";
    assert_eq!(ask(raw(other)), Err(Fault::Garbled("content encoding")));
}

#[test]
fn time_is_bounded_by_the_whole_and_not_by_the_drop() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
            while stream.write_all(b"x").is_ok() {
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    });
    let limits = Limits { whole: Duration::from_millis(400), ..Limits::default() };
    let start = Instant::now();
    assert_eq!(net().ask(&get(url).limits(limits)).unwrap_err(), Fault::Limit("time"));
    assert!(start.elapsed() < Duration::from_secs(3));
    let silent = Loopback::new(|_| Reply::Hold(Vec::new()));
    assert_eq!(net().ask(&get(silent.url()).limits(limits)).unwrap_err(), Fault::Limit("time"));
    let gone = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    assert_eq!(net().ask(&get(format!("http://{gone}"))).unwrap_err(), Fault::Unreachable("connection refused"));
}

#[test]
fn a_flag_ends_what_waits() {
    let silent = Loopback::new(|_| Reply::Hold(Vec::new()));
    let stop = Arc::new(AtomicBool::new(false));
    let net = net().with_stop(Arc::clone(&stop));
    let asked = std::thread::spawn({
        let (net, request) = (net.clone(), get(silent.url()));
        move || net.ask(&request).map(|_| ())
    });
    stop.store(true, Ordering::Relaxed);
    let start = Instant::now();
    assert_eq!(asked.join().unwrap(), Err(Fault::Unreachable("told to stop")));
    assert!(start.elapsed() < Duration::from_secs(3) && net.stopped());
}

#[test]
fn a_secret_reaches_the_server_and_nothing_else() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let hears = Arc::clone(&heard);
    let server = Loopback::new(move |request| {
        hears.lock().unwrap().push((request.head.clone(), request.body.clone()));
        if request.head.starts_with("GET /away") {
            return raw(
                "HTTP/1.1 302 Found\r\nLocation: http://localhost:1/?t=12345:a%2Fb+c\r\nContent-Length: 0\r\n\r\n",
            );
        }
        // A server that repeats the token must not get it into what is kept.
        raw("HTTP/1.1 200 OK\r\nX-Echo: 12345:a/b+c\r\nContent-Length: 11\r\n\r\n12345:a/b+c")
    });
    let secret = Secret::read("12345:a/b+c").unwrap();
    let request = get(format!("{}/bot[secret]/x", server.url())).bearer(&secret);
    let (answer, exchange) = net().ask(&request).unwrap();
    let (head, _) = heard.lock().unwrap().remove(0);
    assert!(head.starts_with("GET /bot12345:a%2Fb%2Bc/x HTTP/1.1"), "{head}");
    assert!(head.contains("Bearer 12345:a/b+c"), "{head}");
    let kept = format!(
        "{} {} {} {request:?} {}",
        exchange.url,
        String::from_utf8_lossy(&exchange.request),
        String::from_utf8_lossy(&exchange.response),
        answer.url,
    );
    assert!(!kept.contains("12345") && kept.contains("[secret]"), "{kept}");
    let form = Request::post(server.url(), "application/x-www-form-urlencoded", "v=5&access_token=[secret]");
    let (_, exchange) = net().ask(&form.reach(Reach::Private).secret(&secret)).unwrap();
    assert_eq!(heard.lock().unwrap().remove(0).1, b"v=5&access_token=12345:a%2Fb%2Bc");
    assert!(exchange.request.ends_with(b"access_token=[secret]"));
    let away = net().ask(&get(format!("{}/away", server.url())).secret(&secret)).unwrap_err();
    assert!(matches!(away, Fault::Limit(_)), "{away:?}");
}

#[test]
fn pictures_are_what_their_bytes_say() {
    let server = Loopback::new(|request| {
        let body = if request.head.contains("/png") { b"\x89PNG\r\n\x1a\n....".to_vec() } else { b"<svg/>".to_vec() };
        Reply::Whole(200, "image/jpeg", body)
    });
    let png = net().fetch_picture(&format!("{}/png", server.url()), Reach::Private).unwrap();
    assert_eq!(png.content_type.as_deref(), Some("image/png"));
    let svg = net().fetch_picture(&format!("{}/svg", server.url()), Reach::Private);
    assert_eq!(svg.unwrap_err(), Fault::Garbled("not a picture"));
    let fetched = net().fetch(&format!("{}/svg", server.url()), Reach::Private).unwrap();
    assert_eq!((fetched.bytes.as_slice(), fetched.content_type.as_deref()), (&b"<svg/>"[..], Some("image/jpeg")));
}

#[test]
fn a_stream_gives_events_and_ends_cleanly() {
    let body = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n:thump\n\nevent: update\nid: 7\ndata: {\"a\":\ndata: 1}\n\nevent: ping\n\ndata:x\r\n\r\ndata: half";
    let server = Loopback::new(move |_| Reply::Hold(body.as_bytes().to_vec()));
    let mut stream = net().stream(&get(server.url())).unwrap();
    let patience = Duration::from_secs(5);
    let event = stream.event(patience).unwrap().unwrap();
    assert_eq!((event.name.as_str(), event.id.as_deref()), ("update", Some("7")));
    assert_eq!(event.data, "{\"a\":\n1}");
    assert_eq!(event.raw, b"event: update\nid: 7\ndata: {\"a\":\ndata: 1}\n\n");
    assert_eq!(stream.exchange(event.raw.clone()).response, event.raw);
    assert_eq!(stream.event(patience).unwrap().unwrap().data, "x");
    assert_eq!(stream.event(Duration::from_millis(50)).unwrap(), None);
    drop(stream);
    let ended = Loopback::new(|_| raw("HTTP/1.1 200 OK\r\n\r\ndata: 1\n\ndata: cut"));
    let mut stream = net().stream(&get(ended.url())).unwrap();
    assert_eq!(stream.event(patience).unwrap().unwrap().data, "1");
    assert!(matches!(stream.event(patience), Err(Fault::Unreachable(_))));
    let long = [&b"HTTP/1.1 200 OK\r\n\r\n"[..], &vec![b'z'; 2 << 20]].concat();
    let long = Loopback::new(move |_| Reply::Hold(long.clone()));
    let mut stream = net().stream(&get(long.url())).unwrap();
    assert_eq!(stream.line(patience), Err(Fault::Limit("length of a line")));
    let lines = [&b"HTTP/1.1 200 OK\r\n\r\n"[..], "data: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\n".repeat(90_000).as_bytes()]
        .concat();
    let lines = Loopback::new(move |_| Reply::Hold(lines.clone()));
    let mut stream = net().stream(&get(lines.url())).unwrap();
    assert_eq!(stream.event(patience), Err(Fault::Limit("size of an event")));
    let refused = Loopback::new(|_| Reply::Whole(401, "text/plain", Vec::new()));
    assert_eq!(net().stream(&get(refused.url())).unwrap_err(), Fault::Status(401));
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use flate2::Compression;
    use flate2::write::GzEncoder;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
