//! What readers of feeds get: each version once, and that one was withdrawn.

use countermark_statement::{Features, Version, Withdrawn};

use super::common::{self, NOW, Place, put, put_state, version};
use super::*;

async fn json(visitor: &Visitor) -> serde_json::Value {
    serde_json::from_slice(&visitor.get("/feed.json").await.bytes).unwrap()
}

fn item<'a>(feed: &'a serde_json::Value, id: &str) -> &'a serde_json::Value {
    let id = format!("https://press.aldric.example/statements/{id}");
    feed["items"].as_array().unwrap().iter().find(|item| item["id"] == id).unwrap()
}

#[tokio::test]
async fn every_version_is_an_item_that_stays() {
    let place = Place::new(Features::default());
    let visitor = Visitor::at(&place);
    let rss = visitor.get("/feed.xml").await;
    assert!(rss.header("content-type").starts_with("application/rss+xml"));
    assert_eq!(rss.text().matches("<item>").count(), 4);
    let guid = |id: &str| format!("<guid isPermaLink=\"true\">https://press.aldric.example/statements/{id}</guid>");
    for id in ["bridge-at-karsk/1", "bridge-at-karsk/2", "never-written/1", "poryadok/1"] {
        assert_eq!(rss.text().matches(&guid(id)).count(), 1, "{id}");
        let path = format!("/statements/{id}");
        assert_eq!(visitor.get(&path).await.status, 200, "a permanent address is one");
    }
    // What the statement says, then what is new in it.
    let newest = rss.text().split("<item>").nth(1).unwrap();
    assert!(newest.contains("<title>Updated (version 2): “Will” became"), "{newest}");
    let (words, note) = ("&lt;p&gt;A channel has published", "&lt;p&gt;New in version 2: Adds the channel’s answer");
    assert!(newest.find(words).unwrap() < newest.find(note).unwrap(), "{newest}");
    assert!(!rss.text().split("<item>").nth(2).unwrap().contains("New in version"));

    let feed = json(&visitor).await;
    assert_eq!(
        (&feed["version"], &feed["items"][0]["id"]),
        (&"https://jsonfeed.org/version/1.1".into(), &feed["items"][0]["url"])
    );
    let second = item(&feed, "bridge-at-karsk/2");
    assert_eq!(
        (&second["date_published"], &second["date_modified"]),
        (&"2030-03-17T20:46:40Z".into(), &"2030-03-17T20:46:40Z".into())
    );
    assert!(second["summary"].as_str().unwrap().starts_with("A channel has published"));
    assert!(second["content_text"].as_str().unwrap().ends_with("Adds the channel’s answer in the last paragraph."));
    assert_eq!(item(&feed, "bridge-at-karsk/1")["date_published"], "2030-03-17T19:16:40Z");
    // A statement's feed speaks its language.
    put(&place.published(), "poryadok", &Version { language: "ru".into(), ..version(2, None) }, None);
    assert!(visitor.room.refresh());
    let russian = item(&json(&visitor).await, "poryadok/2").clone();
    assert!(russian["title"].as_str().unwrap().starts_with("Обновлено (версия 2): "), "{russian}");
}

#[tokio::test]
async fn a_withdrawal_is_an_item_and_stands_in_the_others() {
    let place = Place::new(Features::default());
    let visitor = Visitor::at(&place);
    let before = json(&visitor).await;
    let withdrawn = Some(Withdrawn { at: NOW + 90_000, reason: "We named the <wrong> channel.".into() });
    put_state(&place.published(), "bridge-at-karsk", &countermark_statement::State { withdrawn, ..common::state() });
    assert!(visitor.room.refresh());
    let feed = json(&visitor).await;
    assert_eq!(feed["items"].as_array().unwrap().len(), before["items"].as_array().unwrap().len() + 1);
    let new = &feed["items"][0];
    assert_eq!(new["id"], "https://press.aldric.example/statements/bridge-at-karsk#withdrawn");
    assert!(new["title"].as_str().unwrap().starts_with("Withdrawn: “Will” became"));
    assert!(new["summary"].as_str().unwrap().contains("Why: We named the <wrong> channel."));
    assert!(visitor.get("/en/statements/bridge-at-karsk").await.text().contains("id=\"withdrawn\""));
    for id in ["bridge-at-karsk/1", "bridge-at-karsk/2"] {
        let (old, now) = (item(&before, id), item(&feed, id));
        assert_eq!((&old["id"], &old["date_published"]), (&now["id"], &now["date_published"]));
        assert_eq!(now["date_modified"], "2030-03-18T18:46:40Z");
        assert!(now["content_text"].as_str().unwrap().starts_with("This statement was withdrawn. On 18 March 2030"));
    }
    assert_eq!(item(&feed, "never-written/1"), item(&before, "never-written/1"), "others are as they were");
    // Markup in a reason is text in a description, which readers take for markup.
    let rss = visitor.get("/feed.xml").await;
    assert!(rss.text().contains("the &amp;lt;wrong&amp;gt; channel") && !rss.text().contains("&lt;wrong"));
    assert!(rss.text().contains("<atom:updated>2030-03-18T18:46:40Z</atom:updated>"));
}

#[tokio::test]
async fn fifty_at_most_the_newest_first() {
    let place = Place::new(Features::default());
    for n in 0..60_u64 {
        put(
            &place.published(),
            &format!("s-{n}"),
            &Version { published_at: NOW + 100_000 + n, ..version(1, None) },
            None,
        );
    }
    let feed = json(&Visitor::at(&place)).await;
    let items = feed["items"].as_array().unwrap();
    assert_eq!(items.len(), 50);
    assert!(
        items[0]["id"].as_str().unwrap().ends_with("/s-59/1") && items[49]["id"].as_str().unwrap().ends_with("/s-10/1")
    );
}
