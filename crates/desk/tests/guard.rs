//! What strangers learn and may send, and who can make an approver.
#![allow(clippy::unwrap_used)]

mod common;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Method, StatusCode};
use common::founded::{FIRST, HERS, INES, OWN, VAULT, confirmed, founded};
use common::{Browser, Page, Rig, SET_UP};
use countermark_desk::{Desk, Options, Reach, Role, TABLE, router};
use countermark_testkit::rng;

const ADA: &str = "Ada Ferreira";

async fn sign_in(rig: &Rig, browser: &mut Browser, secret: &str) -> Page {
    browser.get("/sign-in").await;
    browser.post("/sign-in", &[("name", INES), ("passphrase", OWN), ("code", &rig.code(secret))]).await
}

#[tokio::test]
async fn a_stranger_learns_of_no_address_and_no_method() {
    let rig = Rig::new();
    let mut stranger = rig.stranger();
    let known =
        TABLE.iter().filter(|line| line.reach != Reach::Stranger).map(|line| line.path.replace(['{', '}'], "x"));
    let paths: Vec<String> =
        known.chain(["/nothing", "/sign-in/nothing", "/sign-in/first/x"].map(str::to_owned)).collect();
    let said = |page: &Page| {
        // Where somebody wanted to go is remembered by the address alone.
        let mut names: Vec<String> =
            page.headers.keys().map(ToString::to_string).filter(|name| name != "set-cookie").collect();
        names.sort();
        (page.status, page.location().to_owned(), names, page.text.clone())
    };
    for method in [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::OPTIONS] {
        let mut ask = async |path: &str| {
            let mut fresh = stranger.clone();
            let page = fresh.send(stranger.request(method.clone(), path).body(Body::empty()).unwrap()).await;
            stranger.cookies.clear();
            said(&page)
        };
        let nowhere = ask("/nowhere").await;
        assert!(!nowhere.2.contains(&"allow".to_owned()), "{method}: {nowhere:?}");
        for path in &paths {
            assert_eq!(ask(path).await, nowhere, "{method} {path}");
        }
    }
    let remembered = async |path: &str| !rig.stranger().get(path).await.set_cookies().is_empty();
    assert!(remembered("/lock").await && remembered("/log").await && remembered("/nowhere").await);
    // The door's own addresses answer by their own methods only.
    let mut stranger = rig.stranger();
    assert_eq!(stranger.get("/sign-in/first").await.location(), "/sign-in");
    for (method, path) in
        [(Method::PUT, "/sign-in"), (Method::DELETE, "/sign-in/invited"), (Method::POST, "/sign-in/x")]
    {
        let page = stranger.send(stranger.request(method, path).body(Body::empty()).unwrap()).await;
        assert_eq!((page.status, page.header("allow")), (StatusCode::UNAUTHORIZED, ""), "{path}");
    }
    // Whoever is in is told.
    let mut chief = rig.chief();
    let page = chief.send(chief.request(Method::PUT, "/people").body(Body::empty()).unwrap()).await;
    assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(page.header("allow").contains("GET"), "{:?}", page.headers);
    assert_eq!(chief.get("/sign-in/nothing").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn only_a_page_is_gone_back_to() {
    let (rig, _, secret) = founded().await;
    for (wanted, to) in [
        ("/lock", "/"),
        ("/sign-out", "/"),
        ("/nothing", "/"),
        ("/people/a/remove", "/"),
        ("/log", "/log"),
        ("/write/7?a=1", "/write/7?a=1"),
    ] {
        let mut browser = rig.stranger();
        browser.get(wanted).await;
        let page = sign_in(&rig, &mut browser, &secret).await;
        assert_eq!(page.location(), to, "{wanted}: {}", page.text);
        rig.pass(Duration::from_secs(60));
    }
}

#[tokio::test]
async fn a_desk_that_is_set_up_asks_to_sign_in() {
    let (rig, _, _) = founded().await;
    let mut other = rig.stranger();
    other.get("/sign-in").await;
    for code in [SET_UP, "GUESS-00000"] {
        let mut fields = FIRST;
        fields[0].1 = code;
        let page = other.post("/sign-in/first", &fields).await;
        assert!(page.text.contains("This desk is set up already: sign in."), "{}", page.text);
        assert!(page.text.contains("One-time code") && !page.text.contains("Set up the desk"), "{}", page.text);
    }
}

#[tokio::test]
async fn a_stranger_s_form_is_small_and_a_member_s_is_not() {
    let rig = Rig::new();
    let mut stranger = rig.stranger();
    stranger.get("/sign-in").await;
    let long = "a".repeat(20_000);
    let page = stranger.post("/sign-in", &[("name", &long), ("passphrase", "x")]).await;
    assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
    let mut writer = rig.person("Tomas Reyl", &[Role::Writer]);
    let page = writer.post("/people", &[("handle", "ines"), ("name", &long)]).await;
    assert_ne!(page.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", page.text);
}

#[test]
fn a_stranger_s_form_comes_at_once_or_not_at_all() {
    let rig = Rig::new();
    let options = Options { strangers_wait: Duration::from_millis(200), ..Options::default() };
    let desk = Desk::with(Box::new(rig.world.clone()), Box::new(rng(3)), options);
    let admission = desk.admit("Tomas Reyl", [Role::Writer].into());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (end, ended) = std::sync::mpsc::channel::<()>();
    let server = std::thread::spawn(move || {
        let options = countermark_web::Options { request: Duration::from_secs(60), ..Default::default() };
        countermark_web::serve(listener, router(desk), &options, move || {
            let _ = ended.recv();
        })
        .unwrap();
    });
    let begin = |path: &str, cookie: &str| {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: countermark={cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 40\r\n\r\ncsrf=1"
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream
    };
    let status = |stream: &mut TcpStream| {
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        answer.split(' ').nth(1).unwrap_or_default().to_owned()
    };
    let began = Instant::now();
    let mut known = begin("/people", &admission.cookie);
    for path in ["/sign-in", "/sign-in/first", "/sign-in/invited", "/sign-in/codes"] {
        assert_eq!(status(&mut begin(path, "")), "408", "{path}");
    }
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    // Whoever is in has his time; a wrong token is all that is wrong with this.
    known.write_all(&[b'a'; 34]).unwrap();
    assert_eq!(status(&mut known), "403");
    drop(end);
    server.join().unwrap();
}

async fn invited(chief: &mut Browser, name: &str, fields: &[(&str, &str)]) -> Page {
    chief.get("/people").await;
    chief.post("/office", &[&[("name", name)], fields].concat()).await
}

#[tokio::test]
async fn an_approver_makes_no_other_by_himself() {
    let (rig, mut chief, _) = founded().await;
    assert!(
        chief.get("/people").await.text.contains("nobody can ever be named in public"),
        "one approver names nobody"
    );
    let approver = ("role", "approver");
    for (vault, told) in [
        ("", "shows the vault&#39;s passphrase"),
        ("not the vault's", "This is not the vault&#39;s passphrase."),
        (OWN, "This is not the vault&#39;s passphrase."),
    ] {
        let page = invited(&mut chief, "Me Myself", &[approver, ("vault", vault)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{vault}: {}", page.text);
        assert!(page.text.contains(told) || page.text.contains(&told.replace("&#39;", "'")), "{vault}: {}", page.text);
        assert!(!page.text.contains("not the vault's\"") && !page.text.contains(&format!("value=\"{OWN}\"")));
    }
    // Nor in two steps: a person first, the role afterwards.
    let page = invited(&mut chief, ADA, &[("role", "writer")]).await;
    let code = page.inside("code").expect("the code is shown").to_owned();
    let page = chief.post("/office/Ada%20Ferreira", &[("role", "writer"), approver]).await;
    assert!(page.text.contains("shows the vault"), "{}", page.text);
    let roles = |rig: &Rig| rig.desk.tend(|office| office.member(ADA).unwrap().unwrap().roles).unwrap();
    assert!(!roles(&rig).contains(&Role::Approver));
    // Guessing is slow.
    let mut statuses = Vec::new();
    for n in 0..6 {
        let guess = format!("guess number {n}");
        let page = chief.post("/office/Ada%20Ferreira", &[approver, ("vault", &guess)]).await;
        statuses.push(page.status);
    }
    assert!(statuses.contains(&StatusCode::TOO_MANY_REQUESTS), "{statuses:?}");
    rig.pass(Duration::from_secs(600));
    chief.get("/people").await;
    let page = chief.post("/office/Ada%20Ferreira", &[("role", "writer"), approver, ("vault", VAULT)]).await;
    assert_eq!(page.location(), "/people", "{}", page.text);
    assert!(roles(&rig).contains(&Role::Approver));
    // Who approves already keeps the role without it, and other roles never need it.
    let page = chief.post("/office/Ada%20Ferreira", &[("role", "press"), approver]).await;
    assert_eq!(page.location(), "/people", "{}", page.text);
    // Whoever is invited only can sign nothing yet.
    assert!(chief.get("/people").await.text.contains("nobody can ever be named in public"));
    let page = invited(&mut chief, "Ben Holm", &[approver, ("vault", VAULT)]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let trail = rig.desk.tend(|office| office.trail().unwrap()).unwrap();
    let acts = |act: &str| trail.entries.iter().filter(|entry| entry.act.act == act && entry.act.who == INES).count();
    assert_eq!(acts("identity appoint"), 2);
    assert!(acts("identity appoint refused") >= 2);
    // She is in with the role.
    let mut ada = rig.stranger();
    ada.get("/sign-in/invited").await;
    ada.post("/sign-in/invited", &[("code", &code), ("passphrase", HERS), ("again", HERS)]).await;
    confirmed(&rig, &mut ada).await;
    assert_eq!(ada.get("/office/Ben%20Holm").await.status, StatusCode::OK);
    assert!(!chief.get("/people").await.text.contains("nobody can ever be named in public"));
}

/// Two are half in with one passphrase: whoever confirms the codes first is in, and the other is out, whatever he photographed.
#[tokio::test]
async fn who_is_half_in_takes_over_no_codes() {
    let (rig, mut chief, secret) = founded().await;
    chief.get("/settings").await;
    assert_eq!(chief.post("/settings/codes", &[("old", OWN), ("what", "renew")]).await.location(), "/sign-in");
    let half = async || {
        let mut browser = rig.stranger();
        let page = sign_in(&rig, &mut browser, &secret).await;
        assert_eq!(page.location(), "/sign-in/codes", "{}", page.text);
        browser
    };
    let (mut thief, mut owner) = (half().await, half().await);
    let shown = thief.get("/sign-in/codes").await.inside("code").unwrap().to_owned();
    let renewed = confirmed(&rig, &mut owner).await;
    assert_eq!((owner.get("/").await.status, &renewed), (StatusCode::OK, &shown));
    // His session is gone, with it the page that would show or begin codes.
    assert!(thief.get("/sign-in/codes").await.inside("code").is_none());
    let page = thief.post("/sign-in/codes", &[("code", &rig.code(&shown))]).await;
    assert!(page.location() != "/", "{}", page.text);
    assert_ne!(thief.get("/").await.status, StatusCode::OK);
    // Nor does the vault begin others in the place of those that stand.
    let begun = rig.desk.tend(|office| office.begin_codes(INES).map(drop)).unwrap();
    assert!(matches!(begun, Err(countermark_office::Error::CodesStand)));
    let page = sign_in(&rig, &mut rig.stranger(), &renewed).await;
    assert_eq!(page.location(), "/", "the owner's codes are good: {}", page.text);
}
