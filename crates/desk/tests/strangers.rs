//! Whoever is not signed in gets the sign-in page and nothing else, on every address that the desk knows, and on those that it does not.
#![allow(clippy::unwrap_used)]

mod common;

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use common::Rig;
use countermark_desk::{Line, Reach, Role, TABLE};

/// A path of the table with something in its holes.
fn filled(path: &str) -> String {
    let mut parts = path.split('/').map(|part| if part.starts_with('{') { "1" } else { part }).collect::<Vec<_>>();
    if parts.len() > 1 && parts[0].is_empty() {
        parts[0] = "";
    }
    parts.join("/")
}

fn guarded() -> impl Iterator<Item = &'static Line> {
    TABLE.iter().filter(|line| line.reach != Reach::Stranger)
}

#[tokio::test]
async fn every_page_leads_to_the_door() {
    let rig = Rig::new();
    let mut stranger = rig.stranger();
    let paths = guarded().map(|line| filled(line.path));
    let unknown = [
        "/nothing",
        "/cases/../people",
        "/assets/desk-000000000000.js",
        "/sign-inn",
        "/%2e%2e/etc/passwd",
        "/a/b/c",
        "//",
        "/.",
    ];
    for path in paths.chain(unknown.map(str::to_owned)) {
        let page = stranger.get(&path).await;
        assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/sign-in"), "{path}");
        assert!(page.text.is_empty(), "{path}");
    }
}

#[tokio::test]
async fn nothing_is_taken_from_a_stranger() {
    let rig = Rig::new();
    let mut stranger = rig.stranger();
    for line in guarded() {
        let path = filled(line.path);
        for method in [
            Method::POST,
            Method::PUT,
            Method::DELETE,
            Method::PATCH,
            Method::OPTIONS,
            Method::from_bytes(b"BREW").unwrap(),
        ] {
            let request = stranger.request(method.clone(), &path).body(Body::from("csrf=1")).unwrap();
            let page = stranger.send(request).await;
            assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{method} {path}");
            assert!(!page.text.contains("sign-out") && !page.text.contains("<nav"), "{method} {path}");
        }
        let request = stranger.request(Method::GET, &path).header(header::ACCEPT, "application/json");
        let page = stranger.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(page.text, "{\"error\":\"nobody is signed in\"}");
    }
}

#[tokio::test]
async fn a_cookie_that_is_none_is_a_stranger_s() {
    let rig = Rig::new();
    let mut known = rig.person("Tomas Reyl", &[Role::Writer]);
    let cookie = known.cookies["countermark"].clone();
    for bad in ["", "0", &cookie[1..], &format!("{cookie}0"), &cookie.to_uppercase(), "ä", "\"\""] {
        let mut browser = rig.stranger();
        browser.cookies.insert("countermark".to_owned(), bad.to_owned());
        assert_eq!(browser.get("/").await.location(), "/sign-in", "{bad}");
    }
    assert_eq!(known.get("/").await.status, StatusCode::OK);
    rig.desk.lock();
    assert_eq!(known.get("/").await.location(), "/sign-in");
}

/// The table has a line for each route in the sources of the pages, and no other.
#[test]
fn the_table_is_complete() {
    let mut routes = Vec::new();
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src/pages"))];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else {
                routes.extend(routes_in(&std::fs::read_to_string(&entry).unwrap()));
            }
        }
    }
    let mut table: Vec<(String, String)> = TABLE.iter().map(|l| (l.method.to_owned(), l.path.to_owned())).collect();
    routes.sort();
    table.sort();
    let missing: Vec<_> = routes.iter().filter(|route| !table.contains(route)).collect();
    let stale: Vec<_> = table.iter().filter(|line| !routes.contains(line)).collect();
    assert!(missing.is_empty(), "add these to src/pages/table.rs: {missing:?}");
    assert!(stale.is_empty(), "no page has these any more: {stale:?}");
    assert_eq!(routes.len(), table.len(), "a line stands twice");
}

/// What stands as `.route("/path", get(page).post(form))`, on one line or several.
fn routes_in(source: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for piece in source.split(".route(").skip(1) {
        let path = piece.trim_start().strip_prefix('"').expect("a route's path stands where it is routed");
        let (path, rest) = path.split_once('"').unwrap();
        let mut depth = 1;
        let end = rest.find(|c| {
            depth += match c {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            depth == 0
        });
        let handlers = &rest[..end.unwrap()];
        for (method, call) in [("GET", "get("), ("POST", "post(")] {
            if handlers.contains(call) {
                found.push((method.to_owned(), path.to_owned()));
            }
        }
    }
    found
}
