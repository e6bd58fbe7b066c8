//! Bluesky, against a Jetstream on the loopback.

mod support;

use std::io::Write as _;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use countermark_sources::bluesky::{Account, Bluesky};
use countermark_sources::{Fault, Kind, Reach, Source as _};
use countermark_testkit::{Jetstream, Loopback, Mishap, Reply};
use support::{Watched, kinds, net, sorted, texts};

const ANNA: &str = "did:plc:annaannaannaannaannaanna";
const BORIS: &str = "did:plc:borisborisborisborisbori";

fn bluesky(accounts: &[&str]) -> Bluesky {
    Bluesky::new(accounts.iter().map(|account| Account::parse(account).expect("an account")).collect())
}

fn watched(server: &Jetstream, accounts: &[&str]) -> Watched<Bluesky> {
    Watched::new(bluesky(accounts).at(&server.url(), "http://127.0.0.1:1", Reach::Private))
}

fn field<'a>(query: &'a [(String, String)], name: &str) -> Vec<&'a str> {
    query.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
}

#[test]
fn posts_edits_and_deletions() {
    let server = Jetstream::new();
    let mut all = watched(&server, &[]);
    assert!(all.look().is_empty());
    server.post(ANNA, "3a", "the letter");
    server.name(ANNA, "anna.example");
    server.edit(ANNA, "3a", "another letter");
    server.delete(ANNA, "3a");
    let start = Instant::now();
    all.net = net().with_patience(Duration::from_secs(20));
    let posts = all.until(3);
    assert!(start.elapsed() < Duration::from_secs(3), "it does not wait for more than has come");
    assert_eq!(texts(&posts), ["the letter", "another letter", ""]);
    assert_eq!(kinds(&posts), [Kind::New, Kind::Edited, Kind::Deleted]);
    assert!(posts.iter().all(|post| post.id == format!("at://{ANNA}/app.bsky.feed.post/3a")));
    assert_eq!(posts[0].url, Some(format!("https://bsky.app/profile/{ANNA}/post/3a")));
    assert!(posts[0].exchange.response.starts_with(b"{\"did\":") && posts[0].exchange.request.is_empty());
    let queries = server.queries();
    assert_eq!(queries.len(), 1);
    assert_eq!(field(&queries[0], "wantedCollections"), ["app.bsky.feed.post"]);
    assert!(field(&queries[0], "wantedDids").is_empty());
}

#[test]
fn nothing_falls_between_two_connections() {
    let server = Jetstream::new();
    let mut all = watched(&server, &[]);
    // Before any event came: the cursor is there already.
    all.look();
    server.cut();
    let mut expected = Vec::new();
    let mut posts = Vec::new();
    for round in 0..4 {
        for n in 0..40 {
            expected.push(format!("round {round} post {n:02}"));
            server.post(ANNA, &format!("{round}a{n}"), expected.last().expect("one"));
            if n == 20 {
                server.cut();
            }
        }
        server.repeat();
        if round == 2 {
            // The watcher is started anew.
            let cursor = all.cursor.clone();
            all = watched(&server, &[]);
            all.cursor = cursor;
        }
        while sorted(&posts).len() < expected.len() {
            posts.extend(all.until(1));
        }
    }
    assert_eq!(sorted(&posts), expected);
    let queries = server.queries();
    assert!(queries.len() >= 4);
    let cursors: Vec<u64> = queries.iter().map(|query| field(query, "cursor")[0].parse().expect("a number")).collect();
    assert!(cursors.is_sorted(), "{cursors:?}");
}

#[test]
fn a_batch_that_was_not_kept_comes_again() {
    let server = Jetstream::new();
    let mut all = watched(&server, &[]);
    all.look();
    server.post(ANNA, "1", "one");
    assert_eq!(texts(&all.until(1)), ["one"]);
    server.post(ANNA, "2", "two");
    let lost = all.source.poll(&all.net, &all.cursor).expect("a batch");
    assert_eq!(texts(&lost.posts), ["two"]);
    server.post(ANNA, "3", "three");
    assert_eq!(sorted(&all.until(3)), ["one", "three", "two"]);
}

#[test]
fn a_connection_begins_again_a_little_before_the_last_event() {
    let server = Jetstream::new();
    let mut all = watched(&server, &[]);
    all.look();
    let last = server.post(ANNA, "1", "one");
    all.until(1);
    server.cut();
    server.post(ANNA, "2", "two");
    assert_eq!(sorted(&all.until(2)), ["one", "two"]);
    let queries = server.queries();
    assert_eq!(field(queries.last().expect("two"), "cursor"), [(last - 5_000_000).to_string()]);
}

#[test]
fn accounts_by_did_and_by_handle() {
    let directory = Loopback::new(|request| {
        let known = request.head.contains("/xrpc/com.atproto.identity.resolveHandle?handle=anna.example ");
        let body = if known { format!("{{\"did\":\"{ANNA}\"}}") } else { "{\"error\":\"InvalidRequest\"}".into() };
        Reply::Whole(if known { 200 } else { 400 }, "application/json", body.into_bytes())
    });
    let server = Jetstream::new();
    let mut two = Watched::new(bluesky(&["@anna.example", BORIS]).at(&server.url(), &directory.url(), Reach::Private));
    two.look();
    assert_eq!(field(&server.queries()[0], "wantedDids"), [ANNA, BORIS]);
    server.post("did:plc:somebodyelse", "1", "not wanted");
    server.post(ANNA, "1", "of Anna");
    server.post(BORIS, "1", "of Boris");
    server.name(BORIS, "boris.example");
    server.post(BORIS, "2", "of Boris again");
    let posts = two.until(3);
    let said: Vec<_> =
        posts.iter().map(|post| (post.author.as_deref(), texts(std::slice::from_ref(post))[0])).collect();
    assert_eq!(
        said,
        [(Some("@anna.example"), "of Anna"), (Some(BORIS), "of Boris"), (Some("@boris.example"), "of Boris again")]
    );
    let mut nobody = Watched::new(bluesky(&["nobody.example"]).at(&server.url(), &directory.url(), Reach::Private));
    assert_eq!(nobody.poll().err(), Some(Fault::Stuck(400)));
}

#[test]
fn many_accounts_are_named_after_connecting() {
    let dids: Vec<String> = (0..500).map(|n| format!("did:plc:account{n}")).collect();
    let server = Jetstream::new();
    let mut many = watched(&server, &dids.iter().map(String::as_str).collect::<Vec<_>>());
    many.look();
    server.post("did:plc:other", "1", "not wanted");
    server.post("did:plc:account499", "1", "wanted");
    assert_eq!(texts(&many.until(1)), ["wanted"]);
    let queries = server.queries();
    assert_eq!(field(&queries[0], "requireHello"), ["true"]);
    assert!(field(&queries[0], "wantedDids").is_empty());
    assert_eq!(field(&queries[1], "wantedDids").len(), 500);
}

#[test]
fn a_connection_is_refused_or_silent() {
    let server = Jetstream::new();
    server.mishaps([Mishap::Refused(429, 9), Mishap::Refused(503, 4), Mishap::Refused(500, 1), Mishap::Silent]);
    let source = || bluesky(&[]).at(&server.url(), "", Reach::Private).silence(Duration::from_millis(600));
    let fault = || Watched::new(source()).poll().err();
    assert_eq!(fault(), Some(Fault::Wait(Duration::from_secs(9))));
    assert_eq!(fault(), Some(Fault::Wait(Duration::from_secs(4))));
    assert_eq!(fault(), Some(Fault::Status(500)));
    let mut silent = Watched::new(source());
    let start = Instant::now();
    let fault = loop {
        match silent.poll() {
            Ok(batch) => assert!(batch.posts.is_empty()),
            Err(fault) => break fault,
        }
    };
    assert_eq!(fault, Fault::Unreachable("silent for too long"));
    assert!(start.elapsed() < Duration::from_secs(2));
    // Not at once again.
    assert!(matches!(silent.poll().err(), Some(Fault::Wait(_))));
    // One that is quiet and alive is kept, by its answers to pings.
    let mut quiet = Watched::new(source());
    for _ in 0..6 {
        assert!(quiet.poll().expect("alive").posts.is_empty());
    }
    assert!(server.pongs() >= 3);
    assert_eq!(server.queries().len(), 5);
}

#[test]
fn what_a_server_should_not_say() {
    let server = Jetstream::new();
    let mut all = watched(&server, &[]);
    all.look();
    server.say(ANNA, "no JSON");
    server.say(ANNA, &"[".repeat(500_000));
    server.say(ANNA, &format!("{{\"did\":\"{ANNA}\",\"time_us\":1,\"kind\":\"commit\"}}"));
    server.post(ANNA, "1", "all the same");
    let mut faults = 0;
    let mut posts = Vec::new();
    while posts.is_empty() {
        match all.poll() {
            Ok(batch) => posts = batch.posts,
            Err(Fault::Garbled(_)) => faults += 1,
            Err(fault) => panic!("{fault}"),
        }
    }
    faults += usize::from(all.poll().is_err());
    assert_eq!(texts(&posts), ["all the same"]);
    assert!(faults >= 1, "and it is said");
    let start = Instant::now();
    server.say(ANNA, &"x".repeat(100_000_000));
    let fault = loop {
        match all.poll() {
            Ok(batch) => assert!(batch.posts.is_empty() || start.elapsed() < Duration::from_secs(20)),
            Err(fault) => break fault,
        }
    };
    assert_eq!(fault, Fault::Limit("size of a message"));
    server.forget();
    server.post(ANNA, "2", "after it");
    assert_eq!(texts(&all.until(1)), ["after it"]);
}

#[test]
fn drops_of_a_message_do_not_stretch_a_poll() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let address = listener.local_addr().expect("an address");
    let server = std::thread::spawn(move || {
        let (stream, _) = listener.accept().expect("a connection");
        let mut socket = tungstenite::accept(stream).expect("a websocket");
        let stream = socket.get_mut();
        // The head of a text of 60,000 bytes, and then a byte now and then.
        let _ = stream.write_all(&[0x81, 0x7e, 0xea, 0x60]);
        while stream.write_all(b"x").is_ok() {
            std::thread::sleep(Duration::from_millis(5));
        }
    });
    let source = bluesky(&[]).at(&format!("ws://{address}/"), "", Reach::Private).silence(Duration::from_millis(900));
    let mut all = Watched::new(source);
    let start = Instant::now();
    assert!(all.poll().expect("nothing yet").posts.is_empty());
    assert!(start.elapsed() < Duration::from_millis(800), "patience is 300 ms");
    while let Ok(batch) = all.poll() {
        assert!(batch.posts.is_empty());
    }
    assert!(start.elapsed() < Duration::from_millis(2_000), "a message that never ends is no sign of life");
    drop(all);
    server.join().expect("it ends with the connection");
}

#[test]
fn clocks_that_disagree_lose_nothing() {
    for skew in [-86_400, -30, 30, 86_400] {
        let server = Jetstream::new();
        server.skew(skew);
        let mut all = watched(&server, &[]);
        all.look();
        server.post(ANNA, "1", "one");
        assert_eq!(texts(&all.until(1)), ["one"], "{skew}");
        server.cut();
        server.post(ANNA, "2", "two");
        let mut posts = all.until(1);
        while !texts(&posts).contains(&"two") {
            posts.extend(all.until(1));
        }
    }
    // A single event of the far future does not carry the cursor away.
    let server = Jetstream::new();
    let mut all = watched(&server, &[]);
    all.look();
    server.say(
        ANNA,
        &format!("{{\"did\":\"{ANNA}\",\"time_us\":99999999999999999,\"kind\":\"account\",\"account\":{{}}}}"),
    );
    server.post(ANNA, "1", "one");
    assert_eq!(texts(&all.until(1)), ["one"]);
    server.cut();
    server.post(ANNA, "2", "two");
    assert!(sorted(&all.until(2)).contains(&"two"));
}

#[test]
fn a_private_address_is_refused_unless_allowed() {
    let server = Jetstream::new();
    let source = bluesky(&[]).at(&server.url(), "", Reach::Public);
    assert_eq!(Watched::new(source).poll().err(), Some(Fault::Private));
    for address in ["http://127.0.0.1/x", "ftp://127.0.0.1/", "nonsense"] {
        let source = bluesky(&[]).at(address, "", Reach::Private);
        assert!(Watched::new(source).poll().is_err(), "{address}");
    }
    assert!(server.queries().is_empty());
}
