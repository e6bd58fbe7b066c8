//! Replies and comments under a flood: a page at a time, replies first, and all of a statement's comments refused at once.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Browser, NOW, Rig};
use countermark_desk::Role;
use countermark_office::{About, SiteSettings, StatementDraft};
use countermark_statement::{Features, Queue, Room, Shown, Slip};

const AT: u64 = NOW / 1000;

/// A desk with a published notice under which this many comments came, and a reply.
fn flooded(comments: u64) -> (Rig, Browser) {
    let rig = Rig::new();
    let press = rig.dir.path().join("press");
    let token = rig.desk.tend(|office| {
        office.join_press(&press).unwrap();
        let features = Features { comments: true, replies: true, ..Features::default() };
        let site = SiteSettings { name: "We".into(), language: "en".into(), features, ..SiteSettings::default() };
        office.set_site(&site).unwrap();
        let view = office.new_statement(About::Notice).unwrap();
        let id: String = view.summary.id.iter().map(|byte| format!("{byte:02x}")).collect();
        let draft =
            StatementDraft { title: "On the mill".into(), byline: "We".into(), text: "So it is.".into(), ..view.draft };
        office.save_draft(&id, &draft, Some(view.revision)).unwrap();
        office.publish_statement(&id, None).unwrap();
        office.invite("on-the-mill", "The Lisk Gazette", 7, false).unwrap().token
    });
    let key = Shown::load(&press.join("published")).unwrap().site().desk.clone().unwrap();
    let queue = Queue::open(&press.join("queue"), Room::default()).unwrap();
    let statement = || "on-the-mill".to_owned();
    for n in 1..=comments {
        let text = format!("Comment {n} of many.");
        queue.put(&Slip::Comment { statement: statement(), name: "Jo".into(), text, at: AT + n }, &key).unwrap();
    }
    let reply = Slip::Reply { statement: statement(), token: token.unwrap(), text: "We deny it.".into(), at: AT };
    queue.put(&reply, &key).unwrap();
    let press = rig.person("Pia Press", &[Role::Press]);
    (rig, press)
}

#[tokio::test]
async fn a_page_at_a_time_and_the_reply_on_the_first() {
    let (_rig, mut pia) = flooded(65);
    let page = pia.get("/answer/replies").await;
    assert!(page.text.contains("We deny it.") && page.text.contains("66 waiting"), "{}", page.text);
    assert!(
        page.text.contains("Page 1 of 3")
            && page.text.contains("Comment 65 of")
            && !page.text.contains("Comment 35 of")
    );
    let mut seen = 0;
    for number in 1..=3 {
        let page = pia.get(&format!("/answer/replies?of=comments&page={number}")).await;
        assert!(page.text.contains(&format!("Page {number} of 3")), "{}", page.text);
        seen += page.text.matches(" of many.").count();
    }
    assert_eq!(seen, 65);
    // One that is decided on leads back to where one was; a page that is none, to the last.
    let page = pia.get("/answer/replies?of=comments&page=2").await;
    let slip = page.hidden("slip").unwrap();
    let fields = [("slip", slip.as_str()), ("decide", "refuse"), ("of", "comments"), ("page", "2")];
    let done = pia.post("/answer/replies", &fields).await;
    assert_eq!(done.location(), "/answer/replies?of=comments&page=2");
    for odd in
        ["page=999999999999999999999", "of=comments&page=99", "of=none&page=-1", "of=decided&page=7", "of=a&of=b"]
    {
        assert_eq!(pia.get(&format!("/answer/replies?{odd}")).await.status, 200, "{odd}");
    }
}

#[tokio::test]
async fn all_that_waits_under_a_statement_is_refused_at_once() {
    let (rig, mut pia) = flooded(40);
    let page = pia.get("/answer/replies").await;
    assert!(page.text.contains("Refuse all 40 that wait under <bdi>on-the-mill</bdi>"), "{}", page.text);
    let (statement, until) = (page.hidden("statement").unwrap(), page.hidden("until").unwrap());
    // Nobody else may, and a form that says nothing does nothing.
    let flood = [("statement", statement.as_str()), ("until", until.as_str()), ("decide", "refuse-all")];
    assert_eq!(rig.person("Ana", &[Role::Analyst]).post("/answer/replies", &flood).await.status, 403);
    for bad in [("", until.as_str()), (statement.as_str(), ""), (statement.as_str(), "soon")] {
        let fields = [("statement", bad.0), ("until", bad.1), ("decide", "refuse-all")];
        assert_eq!(pia.post("/answer/replies", &fields).await.status, 404, "{bad:?}");
    }
    assert_eq!(pia.post("/answer/replies", &flood).await.location(), "/answer/replies");
    let page = pia.get("/answer/replies").await;
    assert!(page.text.contains("40 comments are refused") && page.text.contains("1 waiting"), "{}", page.text);
    assert!(page.text.contains("We deny it.") && !page.text.contains("Refuse all"), "the reply still waits");
}
