//! Whoever published could be careless, and whoever asks hostile.

use axum::http::Method;
use countermark_statement::{Change, ChangeKind, Comment, Features, Kind, Post, Reply, Withdrawn};

use super::common::{self, Place, put, put_state, version};
use super::*;

const EVIL: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)></title></textarea><!-- ]]> &amp;";

#[tokio::test]
async fn every_header_on_every_answer() {
    let place = Place::new(common::everything());
    let visitor = Visitor::at(&place);
    for path in [
        "/",
        "/fr/",
        "/en/statements/bridge-at-karsk",
        "/statements/bridge-at-karsk/2.bundle.json",
        "/statements/bridge-at-karsk/2.png",
        "/feed.xml",
        "/feed.json",
        "/robots.txt",
        "/verify.html",
        "/.well-known/countermark",
        "/support.png",
        "/nothing",
        "/reply/x",
    ] {
        let answer = visitor.get(path).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), value, "{path}");
        }
        let policy = answer.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(policy.contains("'sha256-"), path == "/verify.html", "{path}: {policy}");
        assert!(answer.headers.contains_key("permissions-policy"), "{path}");
        assert!(!answer.headers.contains_key("set-cookie"), "{path}");
        assert!(!answer.header("cache-control").is_empty(), "{path}");
    }
}

#[tokio::test]
async fn no_script_or_style_stands_in_a_page() {
    let place = Place::new(common::everything());
    let visitor = Visitor::at(&place);
    for path in ["/en/", "/en/statements/bridge-at-karsk", &format!("/en/reply/{}", common::TOKEN)] {
        let page = visitor.get(path).await;
        let text = page.text();
        for script in text.split("<script").skip(1) {
            let (tag, rest) = script.split_once('>').unwrap();
            assert!(tag.contains(" src=\"/assets/check-"), "{path}: {tag}");
            assert!(rest.starts_with("</script>"), "{path}");
        }
        assert!(!text.contains("<style") && !text.contains(" style="), "{path}");
        assert!(!text.contains(" onclick") && !text.contains("javascript:"), "{path}");
    }
    for asset in visitor.get("/en/statements/bridge-at-karsk").await.text().split("\"/assets/").skip(1) {
        let path = format!("/assets/{}", asset.split('"').next().unwrap());
        let answer = visitor.get(&path).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("cache-control")),
            (200, "public, max-age=31536000, immutable"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn markup_is_text_wherever_it_stands() {
    let place = Place::new(common::everything());
    let line = EVIL.replace('\n', " ");
    let mut evil = version(1, Some(&place.sealed));
    evil.title = line.clone();
    evil.category = Some(line.clone());
    evil.byline = line.clone();
    evil.text = format!("{EVIL}\n\n{EVIL}");
    let text = format!("{EVIL} 12345");
    evil.post = Some(Post {
        source: Some(line.clone()),
        author: Some(line.clone()),
        text: Some(text.clone()),
        ..common::post()
    });
    evil.changes = vec![
        Change {
            kind: ChangeKind::Added,
            part: Some(3),
            sent: None,
            published: Some(EVIL.into()),
            at: Some((0, EVIL.len())),
        },
        Change { kind: ChangeKind::Omitted, part: Some(3), sent: Some(EVIL.into()), published: None, at: None },
    ];
    put(&place.published(), "evil", &evil, Some(&place.sealed.bundle));
    let mut second = evil.clone();
    second.number = 2;
    second.note = Some(EVIL.into());
    put(&place.published(), "evil", &second, Some(&place.sealed.bundle));
    let mut state = common::state();
    state.replies = vec![Reply { name: line.clone(), at: NOW, text: EVIL.into() }];
    state.comments = vec![Comment { name: "<b>x</b>".into(), at: NOW, text: EVIL.into() }];
    state.withdrawn = Some(Withdrawn { at: NOW, reason: EVIL.into() });
    put_state(&place.published(), "evil", &state);
    let mut site = common::site(&place.sealed);
    (site.name, site.about, site.contact, site.features) =
        (line.clone(), EVIL.into(), Some(EVIL.into()), common::everything());
    site.desk = Some(age::x25519::Identity::generate().to_public().to_string());
    common::put_site(&place.published(), &site);
    let visitor = Visitor::at(&place);
    for path in ["/en/", "/en/statements/evil", "/en/statements/evil/1", "/en/nothing"] {
        let page = visitor.get(path).await;
        assert!(page.status == 200 || path.ends_with("nothing"), "{path}");
        for raw in ["<script>alert", "<img src=x", "</textarea><!--", "\"'>", "<b>x", "</title></"] {
            assert!(!page.text().contains(raw), "{path} has {raw}");
        }
        assert!(page.text().contains("&lt;script&gt;alert(1)"), "{path}");
    }
    for path in ["/feed.xml"] {
        let feed = visitor.get(path).await;
        assert!(!feed.text().contains("<script") && !feed.text().contains("<img") && !feed.text().contains("]]>"));
    }
    let json: serde_json::Value = serde_json::from_slice(&visitor.get("/feed.json").await.bytes).unwrap();
    assert!(json["items"].as_array().unwrap().iter().any(|item| item["title"] == line.as_str()));
    assert_eq!(visitor.get("/statements/evil/1.png").await.status, 200);
    // What was typed comes back as text, too.
    let form = format!("name=&text={}", EVIL.bytes().map(|byte| format!("%{byte:02x}")).collect::<String>());
    let again = visitor.post("/en/statements/never-written/comment", &form).await;
    assert_eq!(again.status, 422);
    assert!(again.text().contains("&lt;/textarea&gt;") && !again.text().contains("</textarea><!--"));
}

#[tokio::test]
async fn what_turns_or_hides_is_kept_apart_and_said() {
    let place = Place::new(Features::default());
    let mut one = version(1, None);
    one.kind = Kind::Invented;
    one.post = Some(Post {
        text: Some("He said \u{202e}oN\u{202c} and \u{200b}left. ".repeat(3) + &"w".repeat(5_000)),
        ..common::post()
    });
    put(&place.published(), "turned", &one, None);
    let page = Visitor::at(&place).get("/en/statements/turned").await;
    assert!(page.text().contains("Caution: this text holds characters that cannot be seen"));
    assert!(page.text().contains("<blockquote class=\"letter\" dir=\"auto\">"));
}

#[tokio::test]
async fn a_very_long_post_is_cut_and_said_to_be() {
    let place = Place::new(Features::default());
    let mut one = version(1, None);
    one.kind = Kind::Invented;
    one.post = Some(Post { text: Some("длинное слово ".repeat(8_000)), ..common::post() });
    put(&place.published(), "long", &one, None);
    let page = Visitor::at(&place).get("/en/statements/long").await;
    assert!(page.text().len() < 100_000, "{}", page.text().len());
    assert!(page.text().contains("only its first 32 kB are shown"));
}

#[tokio::test]
async fn no_path_leads_out() {
    let place = Place::new(common::everything());
    std::fs::write(place.folder.path().join("secret"), "secret").unwrap();
    let visitor = Visitor::at(&place);
    for path in [
        "/../secret",
        "/statements/../../secret",
        "/statements/..%2f..%2fsecret/1",
        "/statements/%2e%2e/%2e%2e/secret",
        "/site.json",
        "/statements/bridge-at-karsk/state.json",
        "/statements/bridge-at-karsk/2.json",
        "/statements/bridge-at-karsk/../../site.json",
        "/statements/bridge-at-karsk/2.bundle.json/../../../site.json",
        "/assets/../secret",
        "/assets/..%2f..%2fsecret",
        "/assets/",
        "/en/../secret",
        "/en/en/",
        "//secret",
        "/en//statements/x",
        "/statements/BRIDGE-AT-KARSK",
        "/.lock",
        "/queue",
        "/.git/config",
        "/statements/bridge-at-karsk/99999999999999999999",
        "/statements/bridge-at-karsk/-1",
    ] {
        let answer = visitor.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.text().contains("secret\n") && !answer.text().contains("age1"), "{path}");
    }
    for path in ["/", "/en/", "/en/statements/bridge-at-karsk", "/.well-known/countermark", "/feed.json"] {
        let text = visitor.get(path).await.text().to_owned();
        // The public half of the desk's key is no secret, and no business of a page's; hashes of open links neither.
        assert!(!text.contains("age1") && !text.contains(&common::hex(common::TOKEN)), "{path}");
    }
}

#[tokio::test]
async fn other_methods_do_nothing() {
    let place = Place::new(common::everything());
    let visitor = Visitor::at(&place);
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "GARBAGE"] {
        for path in ["/", "/en/statements/bridge-at-karsk", "/feed.xml", "/statements/bridge-at-karsk/2.bundle.json"] {
            let request = Request::builder().method(Method::from_bytes(method.as_bytes()).unwrap()).uri(path);
            let answer = visitor.send(request.body(Body::from("x=1")).unwrap()).await;
            assert_eq!(answer.status, 405, "{method} {path}");
            assert_eq!(answer.header("allow"), "GET, HEAD", "{method} {path}");
        }
    }
    let get = visitor.get("/en/statements/bridge-at-karsk/comment").await;
    assert_eq!(get.status, 404);
    let put = Request::put(format!("/reply/{}", common::TOKEN)).body(Body::empty()).unwrap();
    assert_eq!(visitor.send(put).await.status, 405);
}

#[tokio::test]
async fn bodies_that_are_none_are_refused() {
    let place = Place::new(common::everything());
    let visitor = Visitor::at(&place);
    let target = "/en/statements/bridge-at-karsk/comment";
    let large = format!("name=A&text={}", "x".repeat(300 << 10));
    assert_eq!(visitor.post(target, &large).await.status, 400);
    for kind in ["text/plain", "application/json", "multipart/form-data; boundary=x", ""] {
        let request = Request::post(target).header("content-type", kind).body(Body::from("name=A&text=B")).unwrap();
        assert_eq!(visitor.send(request).await.status, 400, "{kind}");
    }
    // A form sent from another site's page, as browsers say.
    let answer = visitor.post_with(target, "name=A&text=B", &[("sec-fetch-site", "cross-site")]).await;
    assert_eq!(answer.status, 400);
    for same in ["same-origin", "same-site", "none"] {
        let answer = visitor.post_with(target, "name=A&text=B", &[("sec-fetch-site", same)]).await;
        assert_eq!(answer.status, 303, "{same}");
    }
    assert_eq!(std::fs::read_dir(place.queue()).unwrap().count(), 3);
}
