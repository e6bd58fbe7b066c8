//! Mastodon's kind, against a server that speaks as it does.

mod support;

use std::time::{Duration, Instant};

use countermark_sources::mastodon::{Mastodon, Timeline};
use countermark_sources::{Fault, Kind, Reach, Role, Secret, Source as _};
use countermark_testkit::{MastodonServer, Trouble};
use support::{Watched, kinds, net, sorted, texts};

fn watched(server: &MastodonServer, timeline: Timeline) -> Watched<Mastodon> {
    Watched::new(Mastodon::new(&server.url(), timeline, None, Reach::Private))
}

fn streaming(server: &MastodonServer, timeline: Timeline) -> Watched<Mastodon> {
    Watched::new(Mastodon::new(&server.url(), timeline, None, Reach::Private).streaming())
}

fn paths(server: &MastodonServer) -> Vec<String> {
    let line = |head: &str| head.split(' ').nth(1).expect("a path").to_owned();
    server.requests().iter().map(|request| line(&request.head)).collect()
}

#[test]
fn a_public_timeline_an_account_and_a_tag() {
    let server = MastodonServer::new();
    server.write("anna", "<p>Of the <a href=\"x\">#<span>treaty</span></a>, &amp; more</p>");
    server.write("boris", "<p>Of nothing</p>");
    server.write("anna", "<p>Again</p>");
    let mut all = watched(&server, Timeline::Public);
    let posts = all.look();
    assert_eq!(texts(&posts), ["Again", "Of nothing", "Of the #treaty, & more"]);
    assert_eq!(posts[0].author.as_deref(), Some("@anna"));
    assert!(posts[0].url.as_deref().is_some_and(|url| url.starts_with("https://social.example/@anna/")));
    assert!(posts[0].exchange.response.starts_with(b"HTTP/1.1 200"));
    let mut anna = watched(&server, Timeline::Account("@anna".into()));
    assert_eq!(texts(&anna.look()), ["Again", "Of the #treaty, & more"]);
    server.write("anna", "<p>Third</p>");
    assert_eq!(texts(&anna.look()), ["Third"]);
    assert_eq!(texts(&all.look()), ["Third"]);
    let looked_up = paths(&server).iter().filter(|path| path.contains("/lookup")).count();
    assert_eq!(looked_up, 1, "the account's id is kept in the cursor");
    let tagged = Timeline::Tag("Treaty".into());
    // The server's own markup parts the sign from the word; the tag of the fake is what stands in the text.
    server.write("carla", "#treaty it is");
    assert_eq!(texts(&watched(&server, tagged).look()), ["#treaty it is"]);
    assert_eq!(watched(&server, Timeline::Account("nobody".into())).poll().err(), Some(Fault::Status(404)));
}

#[test]
fn edits_show_what_was_said_before_and_deletions_are_noticed() {
    let server = MastodonServer::new();
    let first = server.write("anna", "the letter in full");
    server.write("anna", "something else");
    server.edit(&first, "the letter, shortened");
    server.edit(&first, "nothing");
    // Seen for the first time when it was edited twice already.
    let mut all = watched(&server, Timeline::Public);
    let posts = all.look();
    assert_eq!(texts(&posts), ["something else", "the letter in full", "the letter, shortened", "nothing"]);
    assert_eq!(kinds(&posts), [Kind::New, Kind::New, Kind::Edited, Kind::Edited]);
    assert!(posts[1..].iter().all(|post| post.id == first));
    assert!(all.look().is_empty());
    let newest = server.write("anna", "the newest");
    assert_eq!(texts(&all.look()), ["the newest"]);
    server.edit(&first, "something again");
    server.delete(&newest);
    let posts = all.look();
    assert_eq!(posts.last().map(|post| (post.kind, post.id.clone())), Some((Kind::Deleted, newest)));
    assert!(texts(&posts).contains(&"something again"));
    assert!(all.look().is_empty());
}

#[test]
fn gaps_are_closed_and_what_is_late_is_found() {
    let server = MastodonServer::new();
    server.write("anna", "the first");
    let mut all = watched(&server, Timeline::Public);
    all.look();
    let texts: Vec<String> = (0..300).map(|n| format!("status {n:03}")).collect();
    texts.iter().for_each(|text| {
        server.write("anna", text);
    });
    assert_eq!(sorted(&all.look()), texts);
    server.write_late("boris@elsewhere.example", "late", 5_500);
    assert_eq!(sorted(&all.look()), ["late"]);
    assert!(all.look().is_empty());
}

#[test]
fn a_boost_a_quote_and_pictures_are_kept_apart() {
    let server = MastodonServer::new();
    let boosted = serde_json::json!({"reblog": {"id": "5", "content": "<p>boosted</p>", "account": {"acct": "boris"}}});
    server.write_with("anna", "", boosted);
    let media = serde_json::json!({
        "quote": {"state": "accepted", "quoted_status": {"id": "6", "content": "<p>quoted</p>", "account": {"acct": "carla"}}},
        "media_attachments": [{"type": "image", "url": "https://files.example/1.png", "description": "a page"}],
    });
    server.write_with("anna", "<p>own</p>", media);
    let posts = watched(&server, Timeline::Public).look();
    let said: Vec<(Role, Option<&str>, &str)> = posts
        .iter()
        .flat_map(|post| &post.passages)
        .map(|passage| (passage.role, passage.author.as_deref(), passage.text.as_str()))
        .collect();
    assert_eq!(
        said,
        [
            (Role::Own, None, "own"),
            (Role::Caption, None, "a page"),
            (Role::Quoted, Some("@carla"), "quoted"),
            (Role::Quoted, Some("@boris"), "boosted")
        ]
    );
    assert_eq!(posts[0].pictures[0].url, "https://files.example/1.png");
}

#[test]
fn limits_are_heeded_by_the_servers_clock() {
    let server = MastodonServer::new();
    server.write("anna", "a status");
    server.allow(2);
    let mut all = watched(&server, Timeline::Public);
    assert_eq!(texts(&all.look()), ["a status"]);
    assert!(all.look().is_empty());
    // Nothing is left, and the server is not asked: a hundred seconds by its own clock, which stands in 2023.
    let asked = server.requests().len();
    let wait =
        |fault: Option<Fault>| matches!(fault, Some(Fault::Wait(wait)) if wait.as_secs() > 90 && wait.as_secs() <= 100);
    assert!(wait(all.poll().err()));
    assert_eq!(server.requests().len(), asked);
    // Asked all the same by somebody new, it answers with 429.
    assert!(wait(watched(&server, Timeline::Public).poll().err()));
}

#[test]
fn troubles_of_the_network_lose_nothing() {
    let server = MastodonServer::new();
    server.write("anna", "the first");
    let mut all = watched(&server, Timeline::Public);
    all.look();
    server.write("anna", "the second");
    for trouble in [
        Trouble::Status(500, vec![]),
        Trouble::Status(404, vec![]),
        Trouble::Cut,
        Trouble::Half,
        Trouble::Garbage,
        Trouble::Deep,
        Trouble::Huge(100_000_000),
        Trouble::Silent,
    ] {
        let label = format!("{trouble:?}");
        server.trouble([trouble]);
        assert!(all.poll().expect_err(&label).passes(), "{label}");
    }
    server.trouble([Trouble::Status(403, vec![])]);
    assert_eq!(all.poll().err(), Some(Fault::Refused));
    assert_eq!(texts(&all.look()), ["the second"]);
    let limits = Trouble::Status(429, vec![("Retry-After".into(), "1".into())]);
    server.trouble([limits]);
    assert_eq!(all.poll().err(), Some(Fault::Wait(Duration::from_secs(1))));
}

#[test]
fn a_stream_brings_updates_edits_and_deletions_at_once() {
    let server = MastodonServer::new();
    server.write("anna", "before");
    let mut all = streaming(&server, Timeline::Public);
    assert_eq!(texts(&all.look()), ["before"]);
    assert_eq!((server.streaming(), all.source.every()), (1, Duration::ZERO));
    assert!(all.look().is_empty(), "patience, and nothing");
    let id = server.write("anna", "<p>by the stream</p>");
    server.edit(&id, "<p>changed</p>");
    server.delete(&id);
    let start = Instant::now();
    all.net = net().with_patience(Duration::from_secs(20));
    let posts = all.until(3);
    assert!(start.elapsed() < Duration::from_secs(3), "it does not wait for more than has come");
    assert_eq!(texts(&posts), ["by the stream", "changed", ""]);
    assert_eq!(kinds(&posts), [Kind::New, Kind::Edited, Kind::Deleted]);
    assert!(posts.iter().all(|post| post.id == id));
    assert!(posts[0].exchange.response.starts_with(b"event: update\ndata: {") && posts[0].exchange.request.is_empty());
    assert_eq!(paths(&server).iter().filter(|path| path.starts_with("/api/v1/timelines")).count(), 1);
}

#[test]
fn nothing_falls_between_two_streams() {
    let server = MastodonServer::new();
    let mut all = streaming(&server, Timeline::Public);
    all.look();
    let mut expected = Vec::new();
    let mut posts = Vec::new();
    for round in 0..3 {
        for n in 0..60 {
            expected.push(format!("round {round} status {n:03}"));
            server.write("anna", expected.last().expect("one"));
        }
        server.cut_streams();
        for n in 0..60 {
            expected.push(format!("round {round} status {:03}", 60 + n));
            server.write("anna", expected.last().expect("one"));
        }
        // Taken in by the stream, by the timeline, or by both.
        while sorted(&posts).len() < expected.len() {
            posts.extend(all.until(1));
        }
    }
    assert_eq!(sorted(&posts), expected);
}

#[test]
fn a_batch_that_was_not_kept_comes_again() {
    let server = MastodonServer::new();
    let mut all = streaming(&server, Timeline::Public);
    all.look();
    server.write("anna", "one");
    assert_eq!(texts(&all.until(1)), ["one"]);
    server.write("anna", "two");
    let lost = all.source.poll(&all.net, &all.cursor).expect("a batch");
    assert_eq!(texts(&lost.posts), ["two"]);
    server.write("anna", "three");
    assert_eq!(sorted(&all.until(2)), ["three", "two"]);
    assert!(all.look().is_empty());
}

#[test]
fn without_a_stream_the_timeline_is_read() {
    for status in [401, 404, 429, 500] {
        let server = MastodonServer::new();
        server.refuse_streams(Some(status));
        server.write("anna", "one");
        let mut all = streaming(&server, Timeline::Public);
        assert_eq!(texts(&all.look()), ["one"], "{status}");
        assert!(all.source.every() >= Duration::from_secs(1));
        server.write("anna", "two");
        assert_eq!(texts(&all.look()), ["two"]);
        let tried = paths(&server).iter().filter(|path| path.contains("/streaming/")).count();
        assert!(tried == 1 || status == 500, "{status}: {tried}");
    }
}

#[test]
fn what_a_stream_should_not_say() {
    let server = MastodonServer::new();
    let mut all = streaming(&server, Timeline::Public);
    all.look();
    server.say(b"event: update\ndata: {\"id\": \"1\"\n\nevent: delete\ndata: ../x\n\nevent: notification\ndata: {}\n\nevent: update\ndata: ");
    server.say(&b"[".repeat(100_000));
    server.say(b"\n\n");
    let id = server.write("anna", "all the same");
    server.say(format!("event: delete\ndata: {id}\n\n").as_bytes());
    let mut faults = 0;
    let mut posts = Vec::new();
    while posts.len() < 2 {
        match all.poll() {
            Ok(batch) => posts.extend(batch.posts),
            Err(Fault::Garbled(_)) => faults += 1,
            Err(fault) => panic!("{fault}"),
        }
    }
    faults += usize::from(all.poll().is_err());
    assert_eq!(kinds(&posts), [Kind::New, Kind::Deleted]);
    assert!(faults >= 1, "and it is said");
    // A line without end: the stream is given up, what is in the timeline stays.
    server.say(&[b"data: ".as_slice(), &vec![b'x'; 3 << 20]].concat());
    server.write("anna", "after it");
    let mut seen = Vec::new();
    while !texts(&seen).contains(&"after it") {
        match all.poll() {
            Ok(batch) => seen.extend(batch.posts),
            Err(Fault::Limit(_)) => {}
            Err(fault) => panic!("{fault}"),
        }
    }
}

#[test]
fn the_token_is_a_header_and_is_kept_nowhere() {
    let server = MastodonServer::new();
    server.write("anna", "for friends");
    let token = Secret::read("a-token-of-mastodon").expect("a secret");
    let source = Mastodon::new(&server.url(), Timeline::Home, Some(token), Reach::Private);
    let mut home = Watched::new(source.streaming());
    let posts = home.look();
    assert!(
        server.requests().iter().all(|request| request.header("authorization") == Some("Bearer a-token-of-mastodon"))
    );
    assert!(paths(&server).iter().any(|path| path == "/api/v1/streaming/user"));
    let kept = [posts[0].exchange.url.as_bytes(), &posts[0].exchange.request, &posts[0].exchange.response].concat();
    let kept = String::from_utf8_lossy(&kept).into_owned();
    assert!(!kept.contains("a-token-of-mastodon") && kept.contains("Bearer [secret]"));
}
