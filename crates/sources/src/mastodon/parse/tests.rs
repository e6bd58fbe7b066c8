use super::*;
use crate::samples;

fn exchange() -> Arc<Exchange> {
    Arc::new(Exchange { url: String::new(), at_ms: 0, request: Vec::new(), response: Vec::new() })
}

fn said(post: &Post) -> Vec<(Role, Option<&str>, &str)> {
    post.passages.iter().map(|passage| (passage.role, passage.author.as_deref(), passage.text.as_str())).collect()
}

#[test]
fn samples_of_timelines_and_edits() {
    let Some(read) = samples::folder("mastodon") else { return };
    let posts = timeline(&read("MastodonKit_Timeline.json"), &exchange()).expect("a timeline");
    assert_eq!(posts.len(), 2);
    assert_eq!(posts[0].author.as_deref(), Some("Ornitho Coder (@ornithocoder)"));
    assert_eq!(posts[0].at, Some(1_491_497_702));
    assert_eq!(said(&posts[0])[0], (Role::Own, None, "Let's keep his a secret!"));
    assert!(said(&posts[0])[1].2.starts_with("This is a very very long status message"));

    let post = status(&read("post_edited.json"), &exchange()).expect("a status");
    assert_eq!(
        (post.kind, post.url.as_deref()),
        (Kind::Edited, Some("https://example.com/@person/112300188527054704"))
    );
    let [own, card] = post.passages.as_slice() else { panic!("two passages") };
    assert!(own.text.starts_with("listening to #UB40\n\n"));
    assert_eq!((card.role, card.text.as_str()), (Role::Card, "UB45 by UB40\nUB45 by UB40"));

    let recorded: Vec<serde_json::Value> = serde_json::from_slice(&read("status_edit_history.json")).expect("JSON");
    let now = status(recorded[2].to_string().as_bytes(), &exchange()).expect("a status");
    assert_eq!((now.kind, now.author.as_deref()), (Kind::Edited, Some("@mastodonpy_test_2")));
    let versions = history(recorded[4].to_string().as_bytes(), &now, &exchange()).expect("versions");
    assert_eq!(versions.iter().map(|version| version.kind).collect::<Vec<_>>(), [Kind::New, Kind::Edited]);
    assert!(versions.iter().all(|version| version.id == now.id && version.url == now.url));
    assert_eq!(said(&versions[0]), [(Role::Own, None, "the best editor? why, of course it is VS Code")]);
    assert_eq!(said(&versions[1]), said(&now));

    let recorded: Vec<serde_json::Value> = serde_json::from_slice(&read("status_content_warning.json")).expect("JSON");
    let post = status(recorded[0].to_string().as_bytes(), &exchange()).expect("a status");
    assert_eq!(said(&post)[0], (Role::Own, None, "Content warning"));
}

#[test]
fn sample_of_a_quote() {
    let Some(read) = samples::folder("mastodon") else { return };
    let quote: serde_json::Value = serde_json::from_slice(&read("quote.json")).expect("JSON");
    let quoted = quote["quoted_status"].clone();
    for quote in [quote, quoted] {
        let whole =
            serde_json::json!({"id": "5", "content": "<p>See:</p>", "account": {"acct": "anna"}, "quote": quote});
        let post = status(whole.to_string().as_bytes(), &exchange()).expect("a status");
        let [own, quoted] = post.passages.as_slice() else { panic!("two passages") };
        assert_eq!((own.role, own.text.as_str()), (Role::Own, "See:"));
        assert_eq!((quoted.role, quoted.author.as_deref()), (Role::Quoted, Some("Test person (@Testperson)")));
        assert!(quoted.text.starts_with("\"I lost my inheritance with one wrong digit on my sort code\""));
    }
}

#[test]
fn all_that_hangs_on_a_status() {
    let whole = serde_json::json!({
        "id": "9", "created_at": "2026-01-02T03:04:05.678Z", "spoiler_text": "", "content": "", "edited_at": null,
        "uri": "https://social.example/users/anna/statuses/9/activity", "url": null,
        "account": {"acct": "anna@social.example", "display_name": "Anna "},
        "reblog": {
            "id": "8", "spoiler_text": "a letter", "content": "<p>First<br>second</p><p>Third &amp; last</p><script>x</script>",
            "account": {"acct": "boris", "display_name": ""},
            "poll": {"options": [{"title": "true"}, {"title": "invented"}, {}]},
            "media_attachments": [
                {"type": "image", "url": null, "remote_url": "https://i.example/full", "preview_url": "https://i.example/small", "description": "page one"},
                {"type": "gifv", "url": "https://i.example/film", "preview_url": "https://i.example/still", "description": null},
                {"type": "image", "url": "javascript:alert(1)"}, {"type": "audio", "url": "https://i.example/a"}, 5
            ],
            "quote": {"state": "accepted", "quoted_status": {"id": "7", "content": "<p>deeper</p>"}}
        },
        "quote": {"state": "pending", "quoted_status": null},
    });
    let post = status(whole.to_string().as_bytes(), &exchange()).expect("a status");
    assert_eq!((post.kind, post.at), (Kind::New, Some(1_767_323_045)));
    assert_eq!(post.author.as_deref(), Some("Anna (@anna@social.example)"));
    assert_eq!(post.url.as_deref(), Some("https://social.example/users/anna/statuses/9/activity"));
    assert_eq!(
        said(&post),
        [
            (Role::Quoted, Some("@boris"), "a letter"),
            (Role::Quoted, Some("@boris"), "First\nsecond\n\nThird & last"),
            (Role::Poll, Some("@boris"), "true\ninvented"),
            (Role::Caption, Some("@boris"), "page one"),
            (Role::Quoted, None, "deeper"),
        ]
    );
    let pictures: Vec<&str> = post.pictures.iter().map(|picture| picture.url.as_str()).collect();
    assert_eq!(pictures, ["https://i.example/full", "https://i.example/still"]);
}

#[test]
fn what_is_no_answer() {
    for bytes in [
        &b""[..],
        b"{}",
        b"{\"error\": \"This method requires an authenticated user\"}",
        b"<html>",
        b"[{\"id\": \"1\"}",
    ] {
        assert!(matches!(timeline(bytes, &exchange()), Err(Fault::Garbled(_))));
        assert!(status(bytes, &exchange()).is_err() && account(bytes).is_err());
    }
    let posts = timeline(
        br#"[1, null, {}, {"id": 5}, {"id": "../../x"}, {"id": "6", "content": 7, "account": []}]"#,
        &exchange(),
    );
    assert_eq!(posts.expect("a list").iter().map(|post| post.id.as_str()).collect::<Vec<_>>(), ["6"]);
    assert_eq!(account(br#"{"id": "22", "acct": "anna"}"#), Ok("22".into()));
    assert!(account(br#"{"id": "22/../1"}"#).is_err());
}
