//! Answer: what is not published, and who may not.

#![allow(clippy::unwrap_used)] // a test may stop where it stands

mod common;

use common::answers::{MARKUP, SAID, Setting, draft, publish, send};
use countermark_desk::Role;

#[tokio::test]
async fn blanks_and_empty_fields_keep_it_at_home() {
    let setting = Setting::new();
    let mut pia = setting.press();
    let path = draft(&setting, &mut pia, &["1"]).await;
    for (changes, said) in [
        ([("title", ""), SAID[1], SAID[2]], "the title is empty"),
        ([SAID[0], ("text", ""), SAID[2]], "the statement is empty"),
        ([SAID[0], SAID[1], ("byline", " ")], "who speaks is empty"),
        ([SAID[0], ("text", "One. [[Say two.]]"), SAID[2]], "[[Say two.]]"),
    ] {
        let page = pia.get(&path).await;
        assert_eq!(send(&mut pia, &path, &page, &changes).await.status, 303);
        let preview = pia.get(&format!("{path}/preview")).await;
        assert!(preview.text.contains(said) && !preview.text.contains("/publish\""), "{said}: {}", preview.text);
        let revision = pia.get(&path).await.hidden("revision").unwrap();
        let done = pia.post(&format!("{path}/publish"), &[("revision", &revision), ("number", "1")]).await;
        assert!(done.status == 422 || done.location().ends_with("/preview"), "{said}: {}", done.text);
    }
    assert!(setting.shown().statements().is_empty());
    assert_eq!(setting.trail("publish"), 0);
}

#[tokio::test]
async fn markup_is_text_everywhere() {
    let setting = Setting::new();
    let mut pia = setting.press();
    let path = draft(&setting, &mut pia, &[]).await;
    let page = pia.get(&path).await;
    let hostile = [("title", MARKUP), ("text", MARKUP), ("byline", MARKUP), ("category", MARKUP), ("source", MARKUP)];
    assert_eq!(send(&mut pia, &path, &page, &hostile).await.status, 303);
    for address in [path.clone(), format!("{path}/preview"), "/answer".to_owned()] {
        let page = pia.get(&address).await;
        assert_eq!(page.status, 200, "{address}");
        assert!(!page.text.contains("<script>alert") && !page.text.contains("<img src=x"), "{address}: {}", page.text);
    }
    publish(&mut pia, &path).await;
    for address in [path.clone(), format!("{path}/versions/1"), "/answer".to_owned()] {
        let page = pia.get(&address).await;
        assert!(!page.text.contains("<script>alert") && !page.text.contains("<img src=x"), "{address}");
    }
}

#[tokio::test]
async fn too_much_and_wrong_numbers_are_refused_with_what_was_typed() {
    let setting = Setting::new();
    let mut pia = setting.press();
    let path = draft(&setting, &mut pia, &[]).await;
    let page = pia.get(&path).await;
    let long = "word ".repeat(200_000);
    let refused = send(&mut pia, &path, &page, &[("title", "Kept"), ("text", &long), SAID[2]]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("This is not saved") && refused.text.contains("value=\"Kept\""));
    for number in ["0", "4", "99999999999999999999", "-1", "x", "1e3"] {
        let sent = send(&mut pia, &path, &page, &[SAID[0], SAID[1], SAID[2], ("open", number)]).await;
        assert!(matches!(sent.status.as_u16(), 303 | 409 | 422), "{number}: {}", sent.status);
        let preview = pia.get(&format!("{path}/preview")).await;
        assert_eq!(preview.status, 200, "{number}: {}", preview.text);
        assert!(!preview.text.contains("garrison"), "{number}");
    }
    for revision in ["", "x", "-1", "99999999999999999999"] {
        let done = pia.post(&format!("{path}/publish"), &[("revision", revision), ("number", "1")]).await;
        assert_eq!(done.status, 422, "{revision}");
    }
}

#[tokio::test]
async fn roles() {
    let setting = Setting::new();
    let mut pia = setting.press();
    let path = draft(&setting, &mut pia, &["1"]).await;
    let mut ana = setting.rig.person("Ana", &[Role::Analyst]);
    for address in ["/answer", path.as_str(), "/answer/replies", "/answer/settings"] {
        assert_eq!(ana.get(address).await.status, 200, "whoever reads cases reads statements: {address}");
    }
    let page = ana.get(&path).await;
    assert!(!page.text.contains("name=\"then\"") && !page.text.contains("garrison"), "{}", page.text);
    let mut wim = setting.rig.person("Wim", &[Role::Writer]);
    for other in [&mut ana, &mut wim] {
        for address in [format!("{path}/preview"), format!("{path}/invite")] {
            assert_eq!(other.get(&address).await.status, 403, "{address}");
        }
        for post in ["", "/publish", "/withdraw", "/invite", "/discard"] {
            let sent =
                other.post(&format!("{path}{post}"), &[("revision", "2"), ("number", "1"), ("reason", "x")]).await;
            assert_eq!(sent.status, 403, "{post}");
        }
        for address in ["/answer/new", "/answer/replies", "/answer/settings"] {
            assert_eq!(other.post(address, &[("decide", "public")]).await.status, 403, "{address}");
        }
        let sent = other.upload("/answer/settings/picture", &[("do", "upload")], &[]).await;
        assert_eq!(sent.status, 403);
    }
    assert!(setting.shown().statements().is_empty());
    let mut nobody = setting.rig.person("Nia", &[]);
    assert_eq!(nobody.get("/answer").await.status, 403);
    assert_eq!(nobody.get(&path).await.status, 403);
}

#[tokio::test]
async fn addresses_that_lead_nowhere() {
    let setting = Setting::new();
    let mut pia = setting.press();
    let none = "0".repeat(32);
    for address in [
        format!("/answer/{none}"),
        format!("/answer/{none}/preview"),
        "/answer/..%2f..%2fetc".to_owned(),
        "/answer/zz".to_owned(),
        "/answer/settings/picture".to_owned(),
    ] {
        let page = pia.get(&address).await;
        assert!(matches!(page.status.as_u16(), 404 | 409), "{address}: {}", page.status);
    }
    let begun = pia.post("/answer/new", &[("case", "ffff")]).await;
    assert!(begun.status.is_client_error(), "{}", begun.status);
    // A link begins nothing.
    let link = pia.get(&format!("/answer/new?case={}", setting.case)).await;
    assert!(matches!(link.status.as_u16(), 404 | 405), "{}", link.status);
    assert_eq!(setting.trail("statement begin"), 0);
}
