//! The office's own pages: what they do, and that no name, word or error of anybody's becomes markup.
#![allow(clippy::unwrap_used)]

mod common;

use axum::http::StatusCode;
use common::{Browser, Rig};
use countermark_desk::{Reach, Role, TABLE};

const HOSTILE: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;";

/// No element or attribute of the hostile text stands on the page.
fn tame(page: &str, where_: &str) {
    for bad in ["<script>alert", "<img src=x", "\"'>", "onerror=alert(2)>"] {
        assert!(!page.contains(bad), "{where_}: {bad}");
    }
    assert!(!page.contains(" style=") && !page.contains("<style") && !page.contains("javascript:"), "{where_}");
}

#[tokio::test]
async fn the_address_book() {
    let rig = Rig::new();
    let mut writer = rig.person("Tomas Reyl", &[Role::Writer]);
    assert!(writer.get("/people").await.text.contains("Nobody is in the address book."));
    let page = writer
        .post(
            "/people",
            &[
                ("handle", "karsk"),
                ("name", "Minister Karsk"),
                ("field", "salutation"),
                ("value", "Dear Minister"),
                ("field", ""),
                ("value", ""),
            ],
        )
        .await;
    assert_eq!(page.location(), "/people", "{}", page.text);
    let page = writer.get("/people").await;
    assert!(page.text.contains("Minister Karsk is in the address book.") && page.text.contains("salutation"));
    assert!(!writer.get("/people").await.text.contains("is in the address book."), "it is said once");
    // The same handle does not write over him, and what was typed is kept.
    let page = writer.post("/people", &[("handle", "karsk"), ("name", "Another")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("value=\"Another\"") && page.text.contains("is in the address book already"));
    for (handle, name) in [("", "Nobody"), ("a b", "Nobody"), ("../x", "Nobody"), ("x", "")] {
        let page = writer.post("/people", &[("handle", handle), ("name", name)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{handle}");
    }
    // Fields are replaced as a whole.
    let page = writer.post("/people/karsk", &[("name", "Karsk"), ("field", "title"), ("value", "Mr")]).await;
    assert_eq!(page.location(), "/people");
    let page = writer.get("/people/karsk").await;
    assert!(page.text.contains("value=\"title\"") && !page.text.contains("salutation\""));
    assert_eq!(writer.get("/people/nobody").await.status, StatusCode::NOT_FOUND);
    assert_eq!(writer.post("/people/karsk/remove", &[]).await.location(), "/people");
    assert_eq!(writer.get("/people/karsk").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn sources() {
    let rig = Rig::new();
    let mut analyst = rig.person("Ada Ferreira", &[Role::Analyst]);
    assert!(analyst.get("/sources").await.text.contains("Nothing is watched yet."));
    let page = analyst.post("/sources", &[("spec", "nothing"), ("every", "60s")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("`nothing` names no source") && page.text.contains("value=\"60s\""));
    let page = analyst.post("/sources", &[("spec", "telegram:lisk_today"), ("every", ""), ("secret", "token")]).await;
    assert_eq!(page.location(), "/sources");
    let page = analyst.get("/sources").await;
    assert!(page.text.contains("telegram:lisk_today") && page.text.contains("source-1-secret is watched."));
    assert!(!page.text.contains("value=\"token\""));
    analyst.post("/sources/source-1-secret/ask", &[]).await;
    assert!(analyst.get("/sources").await.text.contains("Source-1-secret answered with 3 posts."));
    analyst.post("/sources/names", &[("names", "Ines Almada\r\n\r\n the minister \r\n")]).await;
    assert_eq!(*rig.world.names.lock().unwrap(), ["Ines Almada", "the minister"]);
    analyst.post("/sources/source-1-secret/remove", &[]).await;
    assert!(rig.world.sources.lock().unwrap().is_empty());
    // All of it stands in the audit trail.
    let trail = analyst.get("/trail").await.text;
    for act in ["watch add", "watch names", "watch remove"] {
        assert!(trail.contains(act), "{act}");
    }
    assert!(trail.contains("Ada Ferreira") && trail.contains("fit together"));
}

#[tokio::test]
async fn the_log_and_its_audit() {
    let rig = Rig::new();
    let mut chief = rig.chief();
    let page = chief.get("/log").await;
    assert!(page.text.contains("test.example/log") && page.text.contains("class=\"qr\""));
    assert!(page.text.contains("None since the desk was opened."));
    assert_eq!(chief.post("/log/audit", &[]).await.location(), "/log");
    let mut text = String::new();
    for _ in 0..2_000 {
        text = chief.get("/log").await.text;
        if !text.contains("is audited") {
            break;
        }
        tokio::task::yield_now().await;
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    assert!(text.contains("time stamps fit together"), "{text}");
    for (path, fields) in [
        ("/log/witnesses", [("key", "nonsense"), ("url", "https://witness.example/")]),
        ("/log/timestampers", [("url", "https://stamp.example/"), ("anchors", "no certificate")]),
    ] {
        let page = chief.post(path, &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        assert!(page.text.contains("role=\"alert\""));
    }
    let page = chief.post("/log/witnesses/remove", &[("name", "nobody")]).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    // Whoever does not approve sees the log, and changes nothing.
    let mut writer = rig.person("Tomas Reyl", &[Role::Writer]);
    assert!(!writer.get("/log").await.text.contains("Add a witness"));
}

#[tokio::test]
async fn the_trail_is_paged_and_searched() {
    let rig = Rig::new();
    let mut chief = rig.chief();
    for n in 0..60 {
        let (handle, name) = (format!("person-{n}"), format!("Person {n}"));
        chief.post("/people", &[("handle", &handle), ("name", &name)]).await;
    }
    let first = chief.get("/trail").await.text;
    assert!(first.contains("person-59") && !first.contains("person-3<"));
    assert!(chief.get("/trail?page=2").await.text.contains("person-3<"));
    assert!(first.contains("<bdi>Ines Almada</bdi> added to the address book <bdi>person-59</bdi>"), "{first}");
    assert!(first.contains("people add <code>person-59</code>"), "as it is recorded");
    let found = chief.get("/trail?words=PERSON-7%20almada").await.text;
    assert!(found.contains("person-7<") && !found.contains("person-8<"));
    for odd in [
        "/trail?page=0",
        "/trail?page=99999999999999999999",
        "/trail?page=-1",
        "/trail?words=%00",
        "/trail?words=a&words=b",
    ] {
        assert_eq!(chief.get(odd).await.status, StatusCode::OK, "{odd}");
    }
}

#[tokio::test]
async fn nothing_that_somebody_typed_becomes_markup() {
    let rig = Rig::new();
    let mut chief = rig.person(HOSTILE, &[Role::Analyst, Role::Approver, Role::Press, Role::Writer]);
    chief.post("/people", &[("handle", "x"), ("name", HOSTILE), ("field", "note"), ("value", HOSTILE)]).await;
    chief.post("/sources", &[("spec", &format!("feed:{HOSTILE}")), ("every", HOSTILE)]).await;
    chief.post("/sources/names", &[("names", HOSTILE)]).await;
    let refused = [
        chief.post("/people", &[("handle", HOSTILE), ("name", HOSTILE)]).await,
        chief.post("/sources", &[("spec", "<b>none</b>")]).await,
        chief.post("/office", &[("name", HOSTILE), ("role", HOSTILE)]).await,
        chief.post("/log/witnesses", &[("key", HOSTILE), ("url", HOSTILE)]).await,
        chief.post("/log/witnesses/remove", &[("name", HOSTILE)]).await,
        chief.post("/sources/%3Cscript%3Ealert(1)%3C%2Fscript%3E/remove", &[]).await,
    ];
    for (n, page) in refused.iter().enumerate() {
        tame(&page.text, &n.to_string());
        assert!(!page.text.contains("<b>none"));
    }
    for line in TABLE.iter().filter(|line| line.method == "GET" && line.reach != Reach::Stranger) {
        let path = line
            .path
            .replace("{handle}", "x")
            .replace("{name}", "x")
            .replace("{id}", "1")
            .replace("{number}", "1")
            .replace("{n}", "1");
        tame(&chief.get(&path).await.text, &path);
    }
    let found = chief.get(&format!("/trail?words={}", "%3Cscript%3Ealert(1)%3C/script%3E")).await;
    tame(&found.text, "search");
    let mut stranger = rig.stranger();
    stranger.get("/sign-in").await;
    let page = stranger.post("/sign-in", &[("name", HOSTILE), ("passphrase", HOSTILE), ("code", HOSTILE)]).await;
    tame(&page.text, "sign-in");
}

#[tokio::test]
async fn every_header_on_every_page() {
    let rig = Rig::new();
    let mut chief = rig.chief();
    let mut stranger = rig.stranger();
    let mut pages = vec![("stranger /sign-in".to_owned(), stranger.get("/sign-in").await)];
    for path in ["/", "/nothing", "/people", "/assets/none.js"] {
        pages.push((format!("stranger {path}"), stranger.get(path).await));
        pages.push((path.to_owned(), chief.get(path).await));
    }
    pages.push(("forged".to_owned(), chief.post_plain("/sign-out", "csrf=1").await));
    for (path, page) in pages {
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("cache-control", "no-store"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(page.header(name), value, "{path}: {name}");
        }
        let csp = page.header("content-security-policy");
        assert!(
            csp.starts_with("default-src 'none'") && !csp.contains("unsafe") && csp.contains("frame-ancestors 'none'"),
            "{path}: {csp}"
        );
        assert!(page.header("permissions-policy").contains("camera=()"), "{path}");
    }
}

#[tokio::test]
async fn what_a_script_asks_it_is_told_as_data() {
    let rig = Rig::new();
    let mut writer = rig.person("Tomas Reyl", &[Role::Writer]);
    let request = writer.request(axum::http::Method::GET, "/sources").header("accept", "application/json");
    let page = writer.send(request.body(axum::body::Body::empty()).unwrap()).await;
    assert_eq!((page.status, page.header("content-type")), (StatusCode::FORBIDDEN, "application/json"));
    assert!(page.text.starts_with("{\"error\":\"this is not for your role"), "{}", page.text);
    let page = writer.get("/sources").await;
    assert!(page.text.contains("This is not for your role") && page.text.contains("aria-label=\"Desk\""));
    assert!(page.header("content-type").starts_with("text/html"));
}

#[tokio::test]
async fn navigation_shows_what_the_role_may_use() {
    let rig = Rig::new();
    for (roles, may, may_not) in [
        (
            &[Role::Writer][..],
            &["/write", "/messages", "/people", "/log", "/settings"][..],
            &["/cases", "/answer", "/sources", "/trail"][..],
        ),
        (&[Role::Analyst], &["/cases", "/sources", "/trail"], &["/write", "/people", "/answer"]),
        (&[Role::Press], &["/answer", "/cases"], &["/write", "/sources", "/trail", "/people"]),
        (&[Role::Approver], &["/people", "/trail", "/cases"], &["/write", "/answer", "/sources"]),
    ] {
        let mut person = rig.person("Tomas Reyl", roles);
        let home = person.get("/").await;
        assert_eq!(home.status, StatusCode::OK, "{}", home.text);
        let nav = home.text.split("<nav").nth(1).unwrap().split("</nav>").next().unwrap().to_owned();
        for path in may {
            assert!(nav.contains(&format!("href=\"{path}\"")), "{roles:?}: {path}");
        }
        for path in may_not {
            assert!(!nav.contains(&format!("href=\"{path}\"")), "{roles:?}: {path}");
        }
    }
    let mut writer: Browser = rig.person("Tomas Reyl", &[Role::Writer]);
    assert!(writer.get("/log").await.text.contains("href=\"/log\" aria-current=\"page\""));
}
