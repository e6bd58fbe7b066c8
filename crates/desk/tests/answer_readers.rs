//! Answer: what comes back on a statement, and what the office offers its readers.

#![allow(clippy::unwrap_used)] // a test may stop where it stands

mod common;

use common::NOW;
use common::answers::{MARKUP, Setting, draft, publish};
use countermark_statement::{Queue, Room, Slip};

#[tokio::test]
async fn comments_and_replies_are_let_through_one_by_one() {
    let setting = Setting::new();
    let mut pia = setting.press();
    let path = draft(&setting, &mut pia, &["1"]).await;
    publish(&mut pia, &path).await;
    let on = [
        ("name", "The office"),
        ("language", "en"),
        ("address", "https://press.example/"),
        ("comments", "1"),
        ("replies", "1"),
    ];
    assert_eq!(pia.post("/answer/settings", &on).await.status, 303);

    let invited = pia.post(&format!("{path}/invite"), &[("name", "The ministry"), ("days", "7")]).await;
    assert_eq!(invited.status, 200, "{}", invited.text);
    let (_, rest) = invited.text.split_once("https://press.example/reply/").unwrap();
    let token: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
    assert!(invited.text.contains("<svg class=\"qr\"") && invited.text.contains("data-copy"));
    assert!(!pia.get(&path).await.text.contains(&token), "shown once");
    pia.post(&format!("{path}/invite"), &[("name", "Somebody"), ("days", "3")]).await;
    assert_eq!(pia.post(&format!("{path}/invite"), &[("end", "1")]).await.status, 303);
    assert_eq!(pia.post(&format!("{path}/invite"), &[("end", "7")]).await.status, 404);
    assert!(pia.get(&path).await.text.contains("taken back"));

    let key = setting.shown().site().desk.clone().unwrap();
    let queue = Queue::open(&setting.rig.dir.path().join("press/queue"), Room::default()).unwrap();
    let statement = "on-the-letter".to_owned();
    let comment = |name: &str, text: &str| Slip::Comment {
        statement: statement.clone(),
        name: name.to_owned(),
        text: text.to_owned(),
        at: NOW / 1000,
    };
    for slip in [
        comment("A reader", MARKUP),
        comment("Another", "Refuse me."),
        Slip::Reply { statement: statement.clone(), token, text: "We deny it.".to_owned(), at: NOW / 1000 },
    ] {
        queue.put(&slip, &key).unwrap();
    }
    let page = pia.get("/answer/replies").await;
    assert!(
        page.text.contains("We deny it.") && page.text.contains("The ministry") && page.text.contains("3 waiting"),
        "{}",
        page.text
    );
    assert!(!page.text.contains("<script>alert"));
    assert!(!setting.published().contains("Refuse me"), "nobody sees it yet");
    for (slip, text) in setting.waiting() {
        let decide = if text == "Refuse me." { "refuse" } else { "public" };
        let done = pia.post("/answer/replies", &[("slip", &slip), ("decide", decide)]).await;
        assert_eq!(done.status, 303, "{}", done.text);
    }
    let shown = setting.shown();
    let state = &shown.statement("on-the-letter").unwrap().state;
    assert_eq!((state.replies.len(), state.comments.len()), (1, 1));
    assert_eq!((state.replies[0].name.as_str(), state.comments[0].text.as_str()), ("The ministry", MARKUP));
    assert_eq!((setting.trail("statement let through"), setting.trail("statement refuse")), (2, 1));
    for (slip, decide, status) in [("00", "public", 404), (&*"0".repeat(32), "public", 409), ("zz", "refuse", 404)] {
        assert_eq!(pia.post("/answer/replies", &[("slip", slip), ("decide", decide)]).await.status, status, "{slip}");
    }
}

#[tokio::test]
async fn invitations_that_are_none() {
    let setting = Setting::new();
    let mut pia = setting.press();
    let path = draft(&setting, &mut pia, &[]).await;
    let to = format!("{path}/invite");
    assert_eq!(pia.post(&to, &[("name", "X"), ("days", "7")]).await.status, 409, "nothing is published yet");
    publish(&mut pia, &path).await;
    let long = "x".repeat(400);
    for (name, days) in [("", "7"), (" ", "7"), (&*long, "7"), ("X", "0"), ("X", "999"), ("X", "x"), ("X", "-1")] {
        assert_eq!(pia.post(&to, &[("name", name), ("days", days)]).await.status, 422, "{name} {days}");
    }
    assert_eq!(setting.trail("statement invite"), 0);
}

#[tokio::test]
async fn the_public_page_is_off_by_default_and_keeps_what_was_typed() {
    let setting = Setting::new();
    let mut pia = setting.press();
    let page = pia.get("/answer/settings").await;
    assert!(!page.text.contains("checked"), "everything is off: {}", page.text);
    assert!(page.text.contains("There is no picture yet. Upload the code here"));
    let bad = [("name", "The <office>"), ("language", "en"), ("address", "javascript:alert(1)"), ("support", "1")];
    let refused = pia.post("/answer/settings", &bad).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("The &lt;office&gt;") && refused.text.contains("javascript:alert(1)"));
    assert!(!refused.text.contains("href=\"javascript"));
    let good = [("name", "The office"), ("language", "de"), ("address", "https://press.example"), ("most_read", "1")];
    assert_eq!(pia.post("/answer/settings", &good).await.status, 303);
    let site = setting.shown();
    assert!(site.site().features.most_read && !site.site().features.comments);
    assert_eq!((site.site().name.as_str(), site.site().language.as_str()), ("The office", "de"));
    assert_eq!(setting.trail("settings site"), 1);
}

#[tokio::test]
async fn the_support_picture() {
    let setting = Setting::new();
    let mut pia = setting.press();
    let to = "/answer/settings/picture";
    let mut bytes = std::io::Cursor::new(Vec::new());
    let pixels =
        image::RgbImage::from_fn(60, 60, |x, y| image::Rgb([if (x / 6 + y / 6) % 2 == 0 { 0 } else { 255 }; 3]));
    image::DynamicImage::ImageRgb8(pixels).write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
    let picture = bytes.into_inner();
    for bad in [&b"<svg/>"[..], b"GIF89a", b"", &picture[..40]] {
        let sent = pia.upload(to, &[("do", "upload")], &[("picture", "a.png", bad)]).await;
        assert_eq!(sent.status, 422, "{bad:?}");
    }
    assert_eq!(pia.upload(to, &[("do", "upload")], &[("picture", "../../a.jpg", &picture)]).await.status, 303);
    let page = pia.get("/answer/settings").await;
    assert!(page.text.contains("Readers do not see it"), "{}", page.text);
    let kept = pia.get(to).await;
    assert_eq!(kept.header("content-type"), "image/png");
    assert_eq!(pia.upload(to, &[("do", "remove")], &[]).await.status, 303);
    assert_eq!(pia.get(to).await.status, 404);
    assert_eq!(setting.trail("settings support"), 2);
}
