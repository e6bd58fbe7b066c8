//! The Bot API, as documented, on the loopback.

#![allow(clippy::unwrap_used)] // a test may stop where it stands

mod common;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::{exchange, net, sample};
use countermark_sources::telegram_bot::{Channels, TelegramBot, parse};
use countermark_sources::{Batch, Cursor, Fault, Kind, Net, Post, Reach, Role, Secret, Source};
use countermark_testkit::{Loopback, Reply};
use serde_json::{Value, json};

const TOKEN: &str = "7201:AAF-fictional_token";

fn quick() -> Net {
    net().with_patience(Duration::from_secs(1))
}

fn bot(url: &str, channels: Channels) -> TelegramBot {
    TelegramBot::new(channels, Secret::read(TOKEN), url, Reach::Private)
}

fn answer(value: &Value) -> Reply {
    Reply::Whole(200, "application/json", value.to_string().into_bytes())
}

fn passages(post: &Post) -> Vec<(Role, Option<&str>, &str)> {
    post.passages.iter().map(|p| (p.role, p.author.as_deref(), p.text.as_str())).collect()
}

#[test]
fn real_updates_are_read() {
    let Some(bytes) = sample("telegram-bot-api/channel_post.json") else { return };
    let read = |bytes: Vec<u8>| {
        let mut update: Value = serde_json::from_slice(&bytes).unwrap();
        // Some samples are of private chats; a channel's message is made alike.
        if let Some(message) = update.as_object_mut().unwrap().remove("message") {
            update["channel_post"] = message;
        }
        parse(update, &Channels::All, &exchange()).unwrap()
    };
    let post = read(bytes);
    assert_eq!((post.id.as_str(), post.kind, post.at), ("456/123", Kind::New, Some(1_684_984_664)));
    assert_eq!(passages(&post), [(Role::Own, None, "Ciao")]);
    assert_eq!(read(sample("telegram-bot-api/edited_channel_post.json").unwrap()).kind, Kind::Edited);
    let forwarded = read(sample("telegram-bot-api/message_forward_origin.json").unwrap());
    assert_eq!(passages(&forwarded), [(Role::Forwarded, Some("Stickers"), "Ciao")]);
    let photo = read(sample("telegram-bot-api/photo.json").unwrap());
    assert_eq!(photo.pictures.len(), 1);
    assert_eq!(photo.pictures[0].url, "telegram-file:SAAS", "the largest");
    assert_eq!(passages(&photo), [(Role::Own, None, "asdasdasdasdasdasd")]);
}

#[test]
fn replies_quotes_polls_and_blocks_are_kept_apart() {
    let update = json!({"update_id": 1, "channel_post": {
        "message_id": 9, "date": 5, "chat": {"id": -1_001_234, "title": "Velmora"}, "author_signature": "M. I.",
        "text": "Own words",
        "reply_to_message": {"message_id": 3, "chat": {"id": -1_001_234, "title": "Velmora"}, "text": "What was said", "sender_chat": {"id": 1, "title": "Press"}},
        "quote": {"text": "was said"},
        "poll": {"question": "Open Dorn?", "options": [{"text": "Yes"}, {"text": "No"}]},
        "rich_message": {"blocks": [{"type": "p", "text": "In a block"}, {"rows": [{"title": "In a table"}]}]},
    }});
    let post = parse(update, &Channels::One("-1001234".into()), &exchange()).unwrap();
    assert_eq!(
        passages(&post),
        [
            (Role::RepliedTo, Some("Press"), "What was said"),
            (Role::Own, Some("M. I."), "Own words"),
            (Role::Own, Some("M. I."), "In a block\nIn a table"),
            (Role::Poll, None, "Open Dorn?\nYes\nNo"),
        ]
    );
    assert_eq!(post.url.as_deref(), Some("https://t.me/c/1234/9"));
    let elsewhere = json!({"update_id": 1, "channel_post": {"message_id": 9, "chat": {"id": 7, "username": "Other"}, "text": "x",
        "external_reply": {"origin": {"type": "channel", "chat": {"id": 8, "title": "Courier"}}}, "quote": {"text": "quoted"}}});
    assert!(parse(elsewhere.clone(), &Channels::One("velmora".into()), &exchange()).is_none());
    let post = parse(elsewhere, &Channels::One("other".into()), &exchange()).unwrap();
    assert_eq!(passages(&post)[0], (Role::RepliedTo, Some("Courier"), "quoted"));
}

#[test]
fn updates_are_confirmed_only_by_the_next_poll_and_the_token_stays_inside() {
    let heads = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&heads);
    let server = Loopback::new(move |request| {
        log.lock().unwrap().push(request.head.lines().next().unwrap().to_owned());
        let offset: i64 = request.head.split("offset=").nth(1).unwrap().split('&').next().unwrap().parse().unwrap();
        let post = |id: i64, text: &str| json!({"update_id": id, "channel_post": {"message_id": id, "chat": {"id": 1, "username": "velmora"}, "text": text}});
        let all = [post(41, "one"), json!({"update_id": 42, "channel_post": {"strange": true}}), post(43, "two")];
        let due: Vec<&Value> = all.iter().filter(|update| update["update_id"].as_i64().unwrap() >= offset).collect();
        answer(&json!({"ok": true, "result": due}))
    });
    let mut source = bot(&server.url(), Channels::All);
    let texts = |batch: &Batch| batch.posts.iter().map(|post| post.passages[0].text.clone()).collect::<Vec<_>>();
    let first = source.poll(&quick(), &Cursor::default()).unwrap();
    assert_eq!(texts(&first), ["one", "two"]);
    assert_eq!(texts(&source.poll(&quick(), &Cursor::default()).unwrap()), ["one", "two"], "not confirmed yet");
    assert!(source.poll(&quick(), &first.cursor).unwrap().posts.is_empty());
    let heads = heads.lock().unwrap();
    assert!(heads[0].starts_with(&format!("GET /bot{TOKEN}/getUpdates?timeout=1&limit=100&offset=0&")), "{}", heads[0]);
    assert!(heads[2].contains("offset=44"), "{}", heads[2]);
    let kept = &first.posts[0].exchange;
    let all = format!("{} {} {source:?} {:?}", kept.url, String::from_utf8_lossy(&kept.request), first.cursor);
    assert!(!all.contains("AAF") && kept.url.contains("/bot[secret]/getUpdates"), "{all}");
}

#[test]
fn errors_are_the_services_own() {
    let with = |status: u16, value: Value| {
        let server = Loopback::new(move |_| Reply::Whole(status, "application/json", value.to_string().into_bytes()));
        bot(&server.url(), Channels::All).poll(&quick(), &Cursor::default()).map(|_| ()).unwrap_err()
    };
    let error = |code: u16| json!({"ok": false, "error_code": code, "description": "words from outside"});
    assert_eq!(with(401, error(401)), Fault::Refused);
    assert_eq!(with(404, error(404)), Fault::Refused);
    assert_eq!(with(409, error(409)), Fault::Service(409));
    assert_eq!(with(400, error(400)), Fault::Service(400));
    let wait = json!({"ok": false, "error_code": 429, "parameters": {"retry_after": 14}});
    assert_eq!(with(429, wait), Fault::Wait(Duration::from_secs(14)));
    let ages = json!({"ok": false, "error_code": 429, "parameters": {"retry_after": 99_999_999}});
    assert_eq!(with(429, ages), Fault::Wait(Duration::from_secs(3600)));
    assert!(matches!(with(200, json!({"ok": true})), Fault::Garbled(_)));
    assert!(matches!(with(200, json!([1, 2])), Fault::Garbled(_)));
    assert!(matches!(with(502, json!("bad gateway")), Fault::Garbled(_)));
    let none =
        TelegramBot::new(Channels::All, None, "http://127.0.0.1:1", Reach::Private).poll(&quick(), &Cursor::default());
    assert_eq!(none.unwrap_err(), Fault::Refused);
    if let Some(bytes) = sample("telegram-bot-api/error_429_retry_after.json") {
        let real: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(with(429, real), Fault::Wait(Duration::from_secs(14)));
    }
}

#[test]
fn pictures_come_by_their_file_and_nowhere_else() {
    let path = Arc::new(Mutex::new("photos/file_1.jpg".to_owned()));
    let served = Arc::clone(&path);
    let server = Loopback::new(move |request| {
        if request.head.contains("/getFile?file_id=AB-c_1 ") {
            return answer(&json!({"ok": true, "result": {"file_path": *served.lock().unwrap()}}));
        }
        assert!(request.head.starts_with(&format!("GET /file/bot{TOKEN}/photos/file_1.jpg ")), "{}", request.head);
        Reply::Whole(200, "application/octet-stream", b"\xff\xd8\xff\xe0jpeg".to_vec())
    });
    let mut source = bot(&server.url(), Channels::All);
    let picture = |url: &str| countermark_sources::Picture { url: url.to_owned() };
    let fetched = source.picture(&quick(), &picture("telegram-file:AB-c_1")).unwrap();
    assert_eq!((fetched.content_type.as_deref(), fetched.bytes.len()), (Some("image/jpeg"), 8));
    assert!(!fetched.exchange.url.contains("AAF"));
    for bad in ["telegram-file:", "telegram-file:a/../b", "telegram-file:a?b", "http://example.org/x.png"] {
        assert!(source.picture(&quick(), &picture(bad)).is_err(), "{bad}");
    }
    for bad in ["../../etc/passwd", "/var/lib/x.jpg", "a b"] {
        *path.lock().unwrap() = bad.into();
        assert!(source.picture(&quick(), &picture("telegram-file:AB-c_1")).is_err(), "{bad}");
    }
}
