use super::*;
use crate::samples;

const DID: &str = "did:plc:abcdefghijklmnopqrstuvwx";

fn exchange() -> Arc<Exchange> {
    Arc::new(Exchange { url: String::new(), at_ms: 0, request: Vec::new(), response: Vec::new() })
}

fn commit(commit: &serde_json::Value) -> What {
    let event = serde_json::json!({"did": DID, "time_us": 5, "kind": "commit", "commit": commit});
    parse(event.to_string().as_bytes(), &exchange()).expect("an event").what
}

fn said(post: &Post) -> Vec<(Role, Option<&str>, &str)> {
    post.passages.iter().map(|passage| (passage.role, passage.author.as_deref(), passage.text.as_str())).collect()
}

#[test]
fn samples_as_they_came_over_the_wire() {
    let Some(read) = samples::folder("bluesky") else { return };
    let lines = read("jetstream_golden_v1.jsonl");
    let events: Vec<Event> = lines
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| parse(line, &exchange()).expect("an event"))
        .collect();
    assert_eq!(events.len(), 10);
    assert!(events.iter().all(|event| event.time_us > 1_779_719_009_000_000 && event.time_us < 1_779_719_011_000_000));
    let posts: Vec<&Post> =
        events.iter().filter_map(|event| if let What::Post(post) = &event.what { Some(post) } else { None }).collect();
    let [post] = posts.as_slice() else { panic!("one post") };
    assert_eq!(
        post.url.as_deref(),
        Some("https://bsky.app/profile/did:plc:q235v55g5unth4zjjdpacfdr/post/3mmoojp4cd223")
    );
    assert_eq!((post.kind, post.at), (Kind::New, Some(1_779_719_008)));
    let parent = "at://did:plc:j76trmiofvaxxpvx2vnb2vwf/app.bsky.feed.post/3mmojbrjwbs26";
    assert_eq!(
        said(post),
        [
            (Role::Own, None, "Try RSV for a good time !!"),
            (Role::RepliedTo, Some("did:plc:j76trmiofvaxxpvx2vnb2vwf"), parent)
        ]
    );
    for name in ["post_record.json", "extended_post_record.json"] {
        let record: serde_json::Value = serde_json::from_slice(&read(name)).expect("JSON");
        let made =
            serde_json::json!({"operation": "create", "collection": POSTS, "rkey": "a", "record": record["value"]});
        let What::Post(post) = commit(&made) else { panic!("a post") };
        assert_eq!(post.passages[0].text, record["value"]["text"].as_str().expect("text"));
        assert!(post.at.is_some());
    }
}

#[test]
fn all_that_hangs_on_a_post() {
    let blob =
        |cid: &str| serde_json::json!({"$type": "blob", "ref": {"$link": cid}, "mimeType": "image/jpeg", "size": 5});
    let quoted = "at://did:plc:zzz/app.bsky.feed.post/1";
    let made = serde_json::json!({
        "operation": "update", "collection": POSTS, "rkey": "3k2a", "record": {
            "text": "Look:\nthis", "langs": ["en"], "createdAt": "2026-01-02T03:04:05Z", "facets": [{"index": {}}],
            "embed": {"$type": "app.bsky.embed.recordWithMedia",
                "record": {"$type": "app.bsky.embed.record", "record": {"uri": quoted, "cid": "x"}},
                "media": {"$type": "app.bsky.embed.images", "images": [
                    {"alt": "page one", "image": blob("bafkreia")}, {"alt": "", "image": blob("../../x")}, {"image": 5}]}},
        }
    });
    let What::Post(post) = commit(&made) else { panic!("a post") };
    assert_eq!(
        (post.kind, post.id.as_str()),
        (Kind::Edited, "at://did:plc:abcdefghijklmnopqrstuvwx/app.bsky.feed.post/3k2a")
    );
    assert_eq!(
        said(&post),
        [
            (Role::Own, None, "Look:\nthis"),
            (Role::Quoted, Some("did:plc:zzz"), quoted),
            (Role::Caption, None, "page one")
        ]
    );
    let pictures: Vec<&str> = post.pictures.iter().map(|picture| picture.url.as_str()).collect();
    assert_eq!(pictures, [format!("{PICTURES}/{DID}/bafkreia@jpeg")]);

    for (embed, expected) in [
        (
            serde_json::json!({"external": {"title": "A letter", "description": "it says", "uri": "https://x"}}),
            (Role::Card, "A letter\nit says"),
        ),
        (serde_json::json!({"record": {"uri": quoted}}), (Role::Quoted, quoted)),
        (serde_json::json!({"video": {"ref": {"$link": "a"}}, "alt": "the speech"}), (Role::Caption, "the speech")),
    ] {
        let made = serde_json::json!({"operation": "create", "collection": POSTS, "rkey": "a", "record": {"text": " ", "embed": embed}});
        let What::Post(post) = commit(&made) else { panic!("a post") };
        assert_eq!(
            post.passages.iter().map(|passage| (passage.role, passage.text.as_str())).collect::<Vec<_>>(),
            [expected]
        );
    }
}

#[test]
fn deletions_names_and_the_rest() {
    let made = serde_json::json!({"operation": "delete", "collection": POSTS, "rkey": "3k2a"});
    let What::Post(post) = commit(&made) else { panic!("a post") };
    assert_eq!((post.kind, post.passages.len()), (Kind::Deleted, 0));
    for other in [
        serde_json::json!({"operation": "create", "collection": "app.bsky.feed.like", "rkey": "a", "record": {"text": "x"}}),
        serde_json::json!({"operation": "create", "collection": POSTS, "rkey": "../a", "record": {"text": "x"}}),
        serde_json::json!({"operation": "burn", "collection": POSTS, "rkey": "a"}),
        serde_json::json!({}),
    ] {
        assert!(matches!(commit(&other), What::Other));
    }
    let event = |text: &str| parse(text.as_bytes(), &exchange()).map(|event| event.what);
    let named =
        event(r#"{"did": "did:plc:a", "time_us": 1, "kind": "identity", "identity": {"handle": "anna.example"}}"#);
    assert!(matches!(named, Ok(What::Handle(handle)) if handle == "anna.example"));
    assert!(matches!(
        event(r#"{"did": "did:plc:a", "time_us": 1, "kind": "account", "account": {"active": false}}"#),
        Ok(What::Other)
    ));
    for none in [
        "",
        "{}",
        "[]",
        r#"{"did": "did:plc:a"}"#,
        r#"{"did": "x", "time_us": 1}"#,
        r#"{"did": "did:plc:a", "time_us": -1}"#,
        "{\"did\":",
    ] {
        assert!(matches!(event(none), Err(Fault::Garbled(_))), "{none}");
    }
}
