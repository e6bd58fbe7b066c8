//! VKontakte, against a server that speaks as it does.

mod support;

use std::time::{Duration, Instant};

use countermark_sources::vk::{Vk, Wall};
use countermark_sources::{Fault, Kind, Reach, Secret};
use countermark_testkit::{Trouble, VkApi};
use support::{Watched, kinds, sorted, texts};

const TOKEN: &str = "vk1.a.loopback-token_5";

fn watched(api: &VkApi, token: &str) -> Watched<Vk> {
    Watched::new(Vk::new(Wall::Owner(-7), Secret::read(token)).at(&api.url(), Reach::Private))
}

/// Three requests a second are allowed, and tests ask faster.
fn breathe() {
    std::thread::sleep(Duration::from_millis(1_060));
}

#[test]
fn what_is_new_edited_and_deleted() {
    let api = VkApi::new("what-is-new-1");
    for n in 0..5 {
        api.write(&format!("[id{n}|Anna] writes {n}"));
    }
    let mut wall = watched(&api, "what-is-new-1");
    let posts = wall.look();
    assert_eq!(sorted(&posts), (0..5).map(|n| format!("Anna writes {n}")).collect::<Vec<_>>());
    assert!(posts.iter().all(|post| post.author.as_deref() == Some("The Gazette")));
    assert_eq!(posts[0].url.as_deref(), Some("https://vk.com/wall-7_5"));
    api.write("the sixth");
    api.edit(2, "edited");
    api.delete(3);
    api.pin(1);
    let posts = wall.look();
    assert_eq!(kinds(&posts), [Kind::Deleted, Kind::New, Kind::Edited]);
    assert_eq!(texts(&posts), ["", "the sixth", "edited"]);
    assert_eq!(posts[0].id, "-7_3");
    assert!(wall.look().is_empty());
}

#[test]
fn the_token_stands_in_the_body_and_nowhere_else() {
    let api = VkApi::new(TOKEN);
    api.write("a post");
    let mut wall = watched(&api, TOKEN);
    let posts = wall.look();
    let request = &api.requests()[0];
    assert!(request.head.starts_with("POST /method/wall.get HTTP/1.1\r\n") && !request.head.contains(TOKEN));
    let body = String::from_utf8(request.body.clone()).expect("text");
    assert!(
        body.contains(&format!("access_token={TOKEN}")) && body.contains("owner_id=-7") && body.contains("v=5.199")
    );
    let exchange = &posts[0].exchange;
    let kept = [exchange.url.as_bytes(), &exchange.request, &exchange.response].concat();
    assert!(!kept.windows(TOKEN.len()).any(|window| window == TOKEN.as_bytes()));
    assert!(exchange.url.ends_with("/method/wall.get") && exchange.response.starts_with(b"HTTP/1.1 200"));
    assert!(!format!("{:?} {posts:?}", wall.source).contains(TOKEN));
}

#[test]
fn long_gaps_are_closed_within_the_limit() {
    let api = VkApi::new("long-gaps-1");
    api.write("the first");
    let mut wall = watched(&api, "long-gaps-1");
    wall.look();
    let all: Vec<String> = (0..180).map(|n| format!("post {n:03}")).collect();
    all.iter().for_each(|text| {
        api.write(text);
    });
    let start = Instant::now();
    let posts = wall.look();
    let found = sorted(&posts);
    assert!(all.iter().all(|text| found.binary_search(&text.as_str()).is_ok()));
    assert!(posts.iter().all(|post| post.kind == Kind::New));
    // Five requests: the server would have refused the fourth within a second.
    assert!(start.elapsed() > Duration::from_secs(1));
}

#[test]
fn two_walls_of_one_token_share_its_three_requests_a_second() {
    let api = VkApi::new("two-walls-1");
    api.write("a post");
    let (mut one, mut two) = (watched(&api, "two-walls-1"), watched(&api, "two-walls-1"));
    for _ in 0..4 {
        assert!(one.poll().is_ok() && two.poll().is_ok());
    }
}

#[test]
fn errors_of_the_service() {
    let api = VkApi::new("errors-of-it-1");
    api.write("a post");
    let mut wall = watched(&api, "errors-of-it-1");
    for (code, expected) in [
        (5, Fault::Refused),
        (10, Fault::Service(10)),
        (14, Fault::Stuck(14)),
        (15, Fault::Stuck(15)),
        (18, Fault::Stuck(18)),
        (30, Fault::Stuck(30)),
        (100, Fault::Stuck(100)),
    ] {
        api.errors([code]);
        assert_eq!(wall.poll().err(), Some(expected), "{code}");
    }
    breathe();
    api.errors([6]);
    assert_eq!(wall.poll().err(), Some(Fault::Wait(Duration::from_secs(1))));
    // It waits of itself, and nothing was lost.
    assert_eq!(texts(&wall.look()), ["a post"]);
    api.errors([29]);
    assert!(matches!(wall.poll().err(), Some(Fault::Wait(wait)) if wait >= Duration::from_secs(3_000)));
    let asked = api.requests().len();
    let mut other = watched(&api, "errors-of-it-1");
    assert!(matches!(other.poll().err(), Some(Fault::Wait(wait)) if wait > Duration::from_secs(3_000)));
    assert_eq!(api.requests().len(), asked, "the token's other walls wait too");
    assert_eq!(watched(&api, "another-token-1").poll().err(), Some(Fault::Refused));
}

#[test]
fn troubles_of_the_network_lose_nothing() {
    let api = VkApi::new("troubles-of-1");
    api.write("the first");
    let mut wall = watched(&api, "troubles-of-1");
    assert_eq!(texts(&wall.look()), ["the first"]);
    api.write("the second");
    let wait = vec![("Retry-After".to_owned(), "7".to_owned())];
    for (trouble, expected) in [
        (Trouble::Status(429, wait), "asks to wait 7 s"),
        (Trouble::Status(502, vec![]), "answered with status 502"),
        (
            Trouble::Status(302, vec![("Location".into(), "http://127.0.0.1:1/".into())]),
            "gave an answer that is none of its kind: a redirect of what was sent",
        ),
        (Trouble::Cut, ""),
        (Trouble::Half, ""),
        (Trouble::Garbage, "gave an answer that is none of its kind: no JSON, cut short, or too deep"),
        (Trouble::Deep, ""),
        (Trouble::Huge(100_000_000), "goes beyond a limit: size"),
        (Trouble::Silent, "goes beyond a limit: time"),
    ] {
        let label = format!("{trouble:?}");
        api.trouble([trouble]);
        let fault = wall.poll().expect_err(&label);
        assert!(fault.passes() && (expected.is_empty() || fault.to_string() == expected), "{label}: {fault}");
    }
    assert_eq!(texts(&wall.look()), ["the second"]);
}

#[test]
fn a_private_address_is_refused_unless_allowed() {
    let api = VkApi::new("private-addr-1");
    let token = Secret::read("private-addr-1");
    let mut wall = Watched::new(Vk::new(Wall::Domain("gazette".into()), token).at(&api.url(), Reach::Public));
    assert_eq!(wall.poll().err(), Some(Fault::Private));
    let mut wall = Watched::new(Vk::new(Wall::Owner(-7), None).at(&api.url(), Reach::Private));
    assert_eq!(wall.poll().err(), Some(Fault::Refused));
    assert!(api.requests().is_empty());
}
