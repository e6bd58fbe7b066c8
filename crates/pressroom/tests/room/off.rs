//! What is off is not there: no route, no trace.

use countermark_statement::Features;

use super::common::{self, Place, TOKEN};
use super::*;

const PAGES: [&str; 5] = [
    "/en/",
    "/en/statements/bridge-at-karsk",
    "/en/statements/bridge-at-karsk/1",
    "/fr/statements/never-written",
    "/nothing",
];

/// A feature, words that only its pages have, and addresses that only it has.
type Row = (&'static str, fn(&mut Features), &'static [&'static str], Vec<(&'static str, String)>);

fn rows() -> Vec<Row> {
    vec![
        (
            "comments",
            |on| on.comments = true,
            &["comment", "Comment", "A reader in Ostrava", "name=\"website\""],
            vec![
                ("POST", "/en/statements/bridge-at-karsk/comment".to_owned()),
                ("GET", "/en/statements/bridge-at-karsk/thanks".to_owned()),
            ],
        ),
        (
            "replies",
            |on| on.replies = true,
            &["/reply/", "/thanks"],
            vec![
                ("GET", format!("/reply/{TOKEN}")),
                ("POST", format!("/en/reply/{TOKEN}")),
                ("GET", "/en/thanks".to_owned()),
            ],
        ),
        ("most_read", |on| on.most_read = true, &["most-read", "read once", "times"], vec![]),
        ("support", |on| on.support = true, &["support", "Support"], vec![("GET", "/support.png".to_owned())]),
    ]
}

async fn ask(visitor: &Visitor, method: &str, path: &str) -> Answer {
    match method {
        "POST" => visitor.post(path, "name=A&text=B").await,
        _ => visitor.get(path).await,
    }
}

#[tokio::test]
async fn what_is_off_is_not_there() {
    for (name, switch, traces, routes) in rows() {
        let mut features = common::everything();
        let mut only = Features::default();
        switch(&mut only);
        // Everything but this one.
        features.comments &= !only.comments;
        features.replies &= !only.replies;
        features.most_read &= !only.most_read;
        features.support &= !only.support;
        let place = Place::new(features);
        let visitor = Visitor::at(&place);
        let nothing = visitor.get("/en/nothing").await;
        for path in PAGES {
            let page = visitor.get(path).await;
            // The second time it would be counted.
            let page = if name == "most_read" { visitor.get(path).await } else { page };
            for trace in traces {
                let text = page.text().replace("Correspondence", "");
                assert!(!text.contains(trace), "{name} is off, and {path} has {trace}");
            }
        }
        for (method, path) in routes {
            let answer = ask(&visitor, method, &path).await;
            if method == "GET" {
                assert_eq!(answer.status, 404, "{name}: {path}");
                assert_eq!(
                    answer.text().len(),
                    nothing.text().len(),
                    "{name}: {path} answers otherwise than nothing does"
                );
            } else {
                assert!(answer.status == 404 || answer.status == 405, "{name}: {method} {path}: {}", answer.status);
            }
        }
    }
}

#[tokio::test]
async fn what_is_on_is_there() {
    for (name, switch, _, routes) in rows() {
        let mut features = Features::default();
        switch(&mut features);
        let place = Place::new(features);
        let visitor = Visitor::at(&place);
        for (method, path) in routes {
            let status = ask(&visitor, method, &path).await.status;
            assert!(status.is_success() || status.is_redirection(), "{name}: {method} {path}: {status}");
        }
    }
}

#[tokio::test]
async fn without_the_desks_key_nothing_is_taken() {
    let place = Place::new(common::everything());
    common::put_site(
        &place.published(),
        &countermark_statement::Site { features: common::everything(), ..common::site(&place.sealed) },
    );
    let visitor = Visitor::at(&place);
    assert_eq!(visitor.post("/en/statements/bridge-at-karsk/comment", "name=A&text=B").await.status, 404);
    assert_eq!(visitor.get(&format!("/reply/{TOKEN}")).await.status, 404);
    let page = visitor.get("/en/statements/bridge-at-karsk").await;
    assert!(page.text().contains("A reader in Ostrava") && !page.text().contains("<form"));
}
