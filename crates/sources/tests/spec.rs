//! Sources by their names, as `watch.toml` holds them, each polled once.

#![allow(clippy::unwrap_used)] // a test may stop where it stands

mod common;

use common::net;
use countermark_sources::{Cursor, Fault, Options, Secret, Spec};
use countermark_testkit::{Loopback, Reply};

fn served() -> Loopback {
    Loopback::new(|request| {
        let path = request.head.split(' ').nth(1).unwrap();
        let (kind, body) = if path.starts_with("/s/velmora") {
            (
                "text/html",
                "<div class='tgme_widget_message' data-post='velmora/1'><div class='tgme_widget_message_text'>The crossing stays shut</div></div>",
            )
        } else if path.starts_with("/bot") {
            (
                "application/json",
                r#"{"ok":true,"result":[{"update_id":1,"channel_post":{"message_id":1,"chat":{"id":1},"text":"The crossing stays shut"}}]}"#,
            )
        } else if path == "/feed" {
            (
                "application/xml",
                "<rss version='2.0'><channel><item><title>The crossing stays shut</title></item></channel></rss>",
            )
        } else {
            ("text/html", "<article><p>The crossing stays shut</p></article>")
        };
        Reply::Whole(200, kind, body.into())
    })
}

#[test]
fn each_kind_gives_its_posts() {
    let server = served();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.txt"), "The crossing stays shut").unwrap();
    let options = Options { base: Some(server.url()), allow_private: true, ..Options::default() };
    let token = Secret::read("7201:AAF-fictional_token");
    for name in [
        format!("folder:{}", folder.path().display()),
        "telegram:velmora".into(),
        "telegram-bot:all".into(),
        format!("feed:{}/feed", server.url()),
        format!("page:{}/story", server.url()),
    ] {
        let spec = Spec::parse(&name).unwrap();
        let poll = |options: &Options| spec.source(options, token.as_ref()).poll(&net(), &Cursor::default());
        let batch = poll(&options).unwrap();
        assert_eq!(batch.posts.len(), 1, "{name}");
        let texts: Vec<&str> = batch.posts[0].passages.iter().map(|passage| passage.text.as_str()).collect();
        assert_eq!(texts, ["The crossing stays shut"], "{name}");
        if spec.kind() != "folder" {
            let strict = Options { allow_private: false, ..options.clone() };
            assert_eq!(poll(&strict).unwrap_err(), Fault::Private, "{name}");
        }
        assert_eq!(spec.wants_credentials(), spec.kind() == "telegram-bot");
    }
    let bot = Spec::parse("telegram-bot:all").unwrap().source(&options, None).poll(&net(), &Cursor::default());
    assert_eq!(bot.unwrap_err(), Fault::Refused);
}
