//! Answer: from a case to the published page, and its later versions.

#![allow(clippy::unwrap_used)] // a test may stop where it stands

mod common;

use common::answers::{CLOSED, LAST, OPEN, POST, SAID, Setting, draft, fields, publish, seal, send};
use common::{Browser, NOW, Page, cases};
use countermark_desk::Role;
use countermark_office::{Captured, Office, Piece};
use countermark_proof::{Tables, VerifyOptions, verify};

#[tokio::test]
async fn from_the_case_to_the_page_in_five_clicks() {
    let setting = Setting::new();
    let mut pia = setting.press();
    // One: Answer, on the case's page.
    let begun = pia.post("/answer/new", &[("case", &setting.case)]).await;
    let path = begun.location().to_owned();
    let page = pia.get(&path).await;
    assert!(
        page.text.contains("On a message of ours, published") && page.text.contains("in the post, altered"),
        "{}",
        page.text
    );
    assert!(page.text.contains("[[Say in one sentence"), "a blank to fill");
    // Two: open what stands in the post; with a script it is no request.
    let picked = send(&mut pia, &path, &page, &[SAID[0], SAID[1], SAID[2], ("pick", "post")]).await;
    assert_eq!(picked.status, 303);
    let page = pia.get(&path).await;
    assert!(page.text.contains("1 part becomes public with the next version, for ever: part 1."), "{}", page.text);
    // Three: preview and publish.
    let saved = send(&mut pia, &path, &page, &[SAID[0], SAID[1], SAID[2], ("open", "1"), ("then", "preview")]).await;
    assert_eq!(saved.location(), format!("{path}/preview"));
    let preview = pia.get(saved.location()).await;
    assert!(
        preview.text.contains("for ever: part 1.") && preview.text.contains("not in the log yet"),
        "{}",
        preview.text
    );
    assert!(preview.text.contains("Who let the message out."));
    assert!(
        preview.text.contains("In the preview nothing is checked.") && !preview.text.contains("has not checked this")
    );
    assert!(preview.text.contains("harbour of Lisk stays closed"), "{}", preview.text);
    assert!(!preview.text.contains("garrison"), "a closed part stands on no preview");
    // Four: publish.
    let done = publish(&mut pia, &path).await;
    assert_eq!((done.status.as_u16(), done.location()), (303, path.as_str()), "{}", done.text);
    let page = pia.get(&path).await;
    assert!(
        page.text.contains("href=\"http://127.0.0.2:8471/statements/on-the-letter\"")
            && page.text.contains("on this machine")
            && page.text.contains("1 part is opened."),
        "{}",
        page.text
    );

    let shown = setting.shown();
    let statement = shown.statement("on-the-letter").unwrap();
    let parts = &statement.versions[0].opened.as_ref().unwrap().parts;
    assert_eq!(parts.iter().map(|part| part.text.is_some()).collect::<Vec<_>>(), [true, false, false]);
    let bundle = shown.bundle("on-the-letter", 1).unwrap().unwrap();
    let report = countermark_proof::verify(
        &bundle,
        &countermark_proof::VerifyOptions { tables: countermark_proof::Tables::AlsoSmall, ..Default::default() },
    );
    assert!(report.valid, "{}", report.reason_text);
    assert!(!setting.published().contains("garrison"), "nor in anything that was published");
    assert_eq!((setting.trail("statement begin"), setting.trail("publish")), (1, 1));
    assert_eq!(setting.rig.world.clock.noted(), [true], "the office could be used while a slow clock was asked");
}

#[tokio::test]
async fn asked_twice_it_is_begun_once_and_published_once() {
    let setting = Setting::new();
    let mut pia = setting.press();
    let path = draft(&setting, &mut pia, &["1"]).await;
    assert_eq!(pia.post("/answer/new", &[("case", &setting.case)]).await.location(), path);
    let preview = pia.get(&format!("{path}/preview")).await;
    let (revision, number) = (preview.hidden("revision").unwrap(), preview.hidden("number").unwrap());
    for _ in 0..2 {
        let done = pia.post(&format!("{path}/publish"), &[("revision", &revision), ("number", &number)]).await;
        assert_eq!((done.status.as_u16(), done.location()), (303, path.as_str()));
    }
    assert_eq!(setting.shown().statement("on-the-letter").unwrap().versions.len(), 1);
    assert_eq!(setting.trail("publish"), 1);
}

#[tokio::test]
async fn a_second_version_says_what_is_new() {
    let setting = Setting::new();
    let mut pia = setting.press();
    let path = draft(&setting, &mut pia, &["1"]).await;
    publish(&mut pia, &path).await;
    let page = pia.get(&path).await;
    assert!(
        page.text.contains("public since an earlier version") && page.text.contains("checked disabled"),
        "{}",
        page.text
    );
    let text = "It was never meant so.\n\nThe ministry said it had known for weeks.";
    let saved = send(&mut pia, &path, &page, &[SAID[0], ("text", text), SAID[2], ("note", ""), ("open", "3")]).await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    let page = pia.get(&path).await;
    let note = "Adds the ministry's response in the second paragraph. Opens part 3 of the letter.";
    assert!(page.text.contains(&note.replace('\'', "&#39;")) || page.text.contains(note), "{}", page.text);
    // Edited, it stays as it was edited.
    let edited = [SAID[0], ("text", text), SAID[2], ("note", "Adds what the ministry said."), ("open", "3")];
    assert_eq!(send(&mut pia, &path, &page, &edited).await.status, 303);
    publish(&mut pia, &path).await;
    let shown = setting.shown();
    let versions = &shown.statement("on-the-letter").unwrap().versions;
    assert_eq!(versions[1].note.as_deref(), Some("Adds what the ministry said."));
    let open = versions[1].opened.as_ref().unwrap().parts.iter().filter(|part| part.text.is_some()).count();
    assert_eq!(open, 2, "what was open stays open");
    // The earlier one stays readable.
    let first = pia.get(&format!("{path}/versions/1")).await;
    assert!(first.text.contains("Version 1 of 2") && !first.text.contains("had known for weeks"), "{}", first.text);
    assert_eq!(pia.get(&format!("{path}/versions/3")).await.status, 404);
    assert_eq!(pia.get(&format!("{path}/versions/x")).await.status, 404);
}

#[tokio::test]
async fn what_is_given_up_is_gone_and_what_is_published_stays() {
    let setting = Setting::new();
    let mut pia = setting.press();
    let path = draft(&setting, &mut pia, &["1"]).await;
    publish(&mut pia, &path).await;
    let page = pia.get(&path).await;
    send(&mut pia, &path, &page, &[SAID[0], ("text", "Better not."), SAID[2]]).await;
    assert_eq!(pia.post(&format!("{path}/discard"), &[]).await.location(), path);
    let page = pia.get(&path).await;
    assert!(page.text.contains(SAID[1].1) && !page.text.contains("Better not."), "{}", page.text);
    assert_eq!(setting.shown().statements().len(), 1);
    let notice = pia.post("/answer/new", &[]).await.location().to_owned();
    assert_eq!(pia.post(&format!("{notice}/discard"), &[]).await.location(), "/answer");
    assert!(pia.get(&notice).await.status.is_client_error());
    assert_eq!(setting.trail("statement discard"), 2);
}

#[tokio::test]
async fn two_people_at_one_draft_lose_nothing() {
    let setting = Setting::new();
    let (mut pia, mut tom) = (setting.press(), setting.rig.person("Tom", &[Role::Press]));
    let path = draft(&setting, &mut pia, &[]).await;
    let page = pia.get(&path).await;
    let theirs = tom.get(&path).await;
    assert_eq!(send(&mut tom, &path, &theirs, &[SAID[0], ("text", "Tom was here."), SAID[2]]).await.status, 303);
    let mine = [("title", "Pia & co"), ("text", "Pia was here."), ("byline", "Pia"), ("open", "2")];
    let refused = send(&mut pia, &path, &page, &mine).await;
    assert_eq!(refused.status, 409);
    assert!(
        refused.text.contains("Somebody else has changed") && refused.text.contains("Pia was here."),
        "{}",
        refused.text
    );
    assert!(refused.text.contains("Pia &amp; co"), "what was typed is kept");
    // A script is told the same, shortly.
    let told = json(&mut pia, &path, &page, &mine).await;
    assert_eq!(told.status, 409);
    assert!(told.text.contains("\"error\":\"Somebody else"), "{}", told.text);
    // Sent again from the page that said so, it is kept.
    assert_eq!(send(&mut pia, &path, &refused, &mine).await.status, 303);
    assert!(pia.get(&path).await.text.contains("Pia was here."));
    // Whoever looked before that publishes nothing.
    let preview = tom.get(&format!("{path}/preview")).await;
    let page = pia.get(&path).await;
    send(&mut pia, &path, &page, &SAID).await;
    let (revision, number) = (preview.hidden("revision").unwrap(), preview.hidden("number").unwrap());
    let done = tom.post(&format!("{path}/publish"), &[("revision", &revision), ("number", &number)]).await;
    assert_eq!(done.location(), format!("{path}/preview"));
    assert!(tom.get(done.location()).await.text.contains("changed since you looked"));
    assert!(setting.shown().statements().is_empty());
}

async fn json(browser: &mut Browser, path: &str, page: &Page, changes: &[(&str, &str)]) -> Page {
    let mut all = fields(page, changes);
    all.push(("csrf", browser.csrf.clone()));
    let body = serde_urlencoded::to_string(all).unwrap();
    let request = browser.request(axum::http::Method::POST, path);
    let request = request
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "application/json")
        .body(body.into())
        .unwrap();
    browser.send(request).await
}

#[tokio::test]
async fn a_script_saves_and_hears_the_revision() {
    let setting = Setting::new();
    let mut pia = setting.press();
    let path = draft(&setting, &mut pia, &[]).await;
    let page = pia.get(&path).await;
    let told = json(&mut pia, &path, &page, &[SAID[0], ("text", "More."), SAID[2], ("open", "1")]).await;
    assert_eq!(told.status, 200, "{}", told.text);
    let revision: u64 = page.hidden("revision").unwrap().parse().unwrap();
    assert!(told.text.contains(&format!("\"revision\":{}", revision + 1)), "{}", told.text);
    assert!(setting.shown().statements().is_empty(), "saving publishes nothing");
}

#[tokio::test]
async fn a_notice_needs_no_case_and_is_withdrawn_with_a_reason() {
    let setting = Setting::new();
    let mut pia = setting.press();
    let begun = pia.post("/answer/new", &[]).await;
    let path = begun.location().to_owned();
    let page = pia.get(&path).await;
    assert!(!page.text.contains("What to open"));
    assert_eq!(send(&mut pia, &path, &page, &SAID).await.status, 303);
    let preview = pia.get(&format!("{path}/preview")).await.text;
    assert!(preview.contains("Below stands the page") && !preview.contains("browser checks the proof"), "{preview}");
    publish(&mut pia, &path).await;
    assert!(setting.shown().statement("on-the-letter").unwrap().versions[0].bundle.is_none());
    assert_eq!(pia.post(&format!("{path}/withdraw"), &[("reason", " ")]).await.status, 422);
    assert_eq!(pia.post(&format!("{path}/withdraw"), &[("reason", "It was wrong.")]).await.status, 303);
    assert_eq!(
        setting.shown().statement("on-the-letter").unwrap().state.withdrawn.as_ref().unwrap().reason,
        "It was wrong."
    );
    let page = pia.get(&path).await;
    assert!(page.text.contains("Withdrawn:") && !page.text.contains("name=\"then\""), "{}", page.text);
    assert_eq!(setting.trail("publish --withdraw"), 1);
}

#[tokio::test]
async fn after_a_withdrawal_the_case_is_answered_anew() {
    let setting = Setting::new();
    let mut pia = setting.press();
    let first = draft(&setting, &mut pia, &["1"]).await;
    publish(&mut pia, &first).await;
    let page = pia.get(&first).await.text;
    assert!(page.contains("Publish a correcting version instead where something was wrong"), "{page}");
    assert_eq!(pia.post(&format!("{first}/withdraw"), &[("reason", "It was wrong.")]).await.status, 303);

    let second = draft(&setting, &mut pia, &["1"]).await;
    assert_ne!(second, first);
    assert_eq!(pia.post("/answer/new", &[("case", &setting.case)]).await.location(), second, "and begun once");
    let case = pia.get(&format!("/cases/{}", setting.case)).await.text;
    assert!(case.contains("Withdrawn: <bdi>It was wrong.</bdi>"), "what was withdrawn stays on the way: {case}");
    publish(&mut pia, &second).await;
    let shown = setting.shown();
    assert!(shown.statement("on-the-letter").unwrap().state.withdrawn.is_some());
    assert!(shown.statement("on-the-letter-2").unwrap().state.withdrawn.is_none());
}

#[tokio::test]
async fn what_was_read_off_a_picture_is_compared_with_it_before_it_is_called_altered() {
    let told = "The text was read off a picture by a program: compare each difference with the picture";
    for (role, picture) in [("picture", true), ("own", false)] {
        let setting = Setting::with(|office| {
            seal(office);
            let piece = Piece { role: role.to_owned(), text: POST.to_owned(), ..Piece::default() };
            let captured = Captured { bytes: POST.as_bytes(), at: NOW / 1000, pieces: vec![piece], origin: None };
            office.open_case_on(&captured, &countermark_reading::Names::new(), None).unwrap().id
        });
        let mut pia = setting.press();
        let begun = pia.post("/answer/new", &[("case", &setting.case)]).await.location().to_owned();
        let page = pia.get(&begun).await.text;
        assert_eq!(page.contains("What was published is n"), !picture, "{page}");
        assert_eq!(page.contains("[[The text was read off a picture by a program."), picture, "{page}");
        assert!(page.contains("The parts of our message that we open stand on this page"), "{page}");
        let path = draft(&setting, &mut pia, &["1"]).await;
        for at in [
            format!("/cases/{}", setting.case),
            format!("/cases/{}/brief", setting.case),
            path.clone(),
            format!("{path}/preview"),
        ] {
            assert_eq!(pia.get(&at).await.text.contains(told), picture, "{at}");
        }
    }
}

#[tokio::test]
async fn invented_words_need_no_bundle() {
    let setting = Setting::with(|office| {
        seal(office);
        let mut names = countermark_reading::Names::new();
        names.add("Arne Holm", [""; 0]);
        let text = "President Arne Holm wrote: “We shall never give the northern islands to anybody, whatever they pay for it.”";
        let captured = countermark_office::Captured::text(text.as_bytes(), text, NOW / 1000);
        office.open_case_on(&captured, &names, None).unwrap().id
    });
    let mut pia = setting.press();
    let begun = pia.post("/answer/new", &[("case", &setting.case)]).await;
    let page = pia.get(begun.location()).await;
    assert!(page.text.contains("We find no such words in anything that we have on record"), "{}", page.text);
    assert!(page.text.contains("proves nothing by itself") && page.text.contains("invented words"));
    let path = begun.location().to_owned();
    assert_eq!(send(&mut pia, &path, &page, &[SAID[0], SAID[1], SAID[2], ("has_post", "1")]).await.status, 303);
    assert_eq!(publish(&mut pia, &path).await.location(), path);
    let shown = setting.shown();
    let version = &shown.statement("on-the-letter").unwrap().versions[0];
    assert!(
        version.bundle.is_none() && version.post.as_ref().unwrap().text.is_none(),
        "the post's words are kept back"
    );
    assert!(!setting.published().contains("northern islands"));
}

/// A case in which copy 4 of nine is named.
fn named(office: &mut Office) -> [u8; 16] {
    let sealed = cases::seal(office, cases::LETTER, 9);
    let text = &sealed.copies[3].text;
    office.open_case(text.as_bytes(), text, NOW / 1000, Some("it is out")).unwrap().id
}

#[tokio::test]
async fn which_copy_it_was_is_shown_where_one_is_named_and_by_whoever_may_know() {
    let setting = Setting::with(named);
    let mut pia = setting.press();
    let path = draft(&setting, &mut pia, &["1", "2"]).await;
    let page = pia.get(&path).await;
    assert!(!page.text.contains("Which copy it was"), "the press alone is not told whose it is");
    let mut with = SAID.to_vec();
    with.extend([("open", "1"), ("open", "2"), ("open", "3"), ("has_copy", "1"), ("copy", "1")]);
    assert_eq!(send(&mut pia, &path, &page, &with).await.status, 403);

    let mut ana = setting.rig.person("Ana", &[Role::Analyst, Role::Press]);
    let page = ana.get(&path).await;
    assert!(
        page.text.contains("Show in public which copy it was")
            && page.text.contains("It speaks of the copy and of no person")
    );
    // That two parts are too little is said where it is chosen, and before anything is published.
    let too_few = "bits are missing before a stranger could check which copy it was. Open more of what stands in the post, or leave it unshown";
    assert!(page.text.contains(too_few) && !pia.get(&path).await.text.contains(too_few), "{}", page.text);
    let mut few = SAID.to_vec();
    few.extend([("open", "1"), ("open", "2"), ("post", "1"), ("has_post", "1"), ("has_copy", "1"), ("copy", "1")]);
    assert_eq!(send(&mut ana, &path, &page, &few).await.status, 303);
    let preview = ana.get(&format!("{path}/preview")).await;
    assert!(preview.text.contains(too_few) && !preview.text.contains("/publish\""), "{}", preview.text);
    let revision = ana.get(&path).await.hidden("revision").unwrap();
    let refused = ana.post(&format!("{path}/publish"), &[("revision", &revision), ("number", "1")]).await;
    assert_eq!(refused.location(), format!("{path}/preview"), "{}", refused.text);
    assert!(setting.shown().statements().is_empty(), "what is said and what refuses are one");
    let page = ana.get(&path).await;
    // Everything that the post shows is opened: then the row is bits enough.
    let all: Vec<String> = (1..=page.text.matches("name=\"open\"").count()).map(|part| part.to_string()).collect();
    let mut with = SAID.to_vec();
    with.extend(all.iter().map(|part| ("open", part.as_str())));
    with.extend([("post", "1"), ("has_post", "1"), ("has_copy", "1"), ("copy", "1")]);
    assert_eq!(send(&mut ana, &path, &page, &with).await.status, 303);
    let preview = pia.get(&format!("{path}/preview")).await;
    assert!(preview.text.contains("It shows which copy it was, by its number."), "{}", preview.text);
    assert!(!preview.text.contains("bits are missing") && !ana.get(&path).await.text.contains("bits are missing"));
    assert!(preview.text.contains("shows other wordings of parts"), "the post shows another copy than the page opens");
    let page = pia.get(&path).await;
    assert!(page.text.contains("This statement will show which copy it was."), "{}", page.text);
    // What the press saves besides leaves it as it was.
    let again: Vec<(&str, &str)> = with.iter().copied().filter(|(name, _)| !name.contains("copy")).collect();
    assert_eq!(send(&mut pia, &path, &page, &again).await.status, 303);
    let done = publish(&mut pia, &path).await;
    assert_eq!(done.location(), path, "{}", done.text);
    let bundle = setting.shown().bundle("on-the-letter", 1).unwrap().unwrap();
    let report = verify(&bundle, &VerifyOptions { tables: Tables::AlsoSmall, ..Default::default() });
    assert!(report.valid && String::from_utf8(bundle).unwrap().contains("\"row\""), "{}", report.reason_text);
}

#[tokio::test]
async fn where_no_copy_is_named_none_is_shown() {
    let setting = Setting::new();
    let mut ana = setting.rig.person("Ana", &[Role::Analyst, Role::Press]);
    let path = draft(&setting, &mut ana, &["1"]).await;
    let page = ana.get(&path).await;
    assert!(!page.text.contains("Which copy it was"));
    let sent = send(&mut ana, &path, &page, &[SAID[0], SAID[1], SAID[2], ("has_copy", "1"), ("copy", "1")]).await;
    assert_eq!(sent.status, 422, "{}", sent.text);
}

#[tokio::test]
async fn a_post_that_is_kept_back_leaves_no_hash() {
    let setting = Setting::new();
    let mut pia = setting.press();
    let path = draft(&setting, &mut pia, &["1"]).await;
    assert!(pia.get(&format!("{path}/preview")).await.text.contains("The capture’s SHA-256"));
    let page = pia.get(&path).await;
    let hidden = [SAID[0], SAID[1], SAID[2], ("open", "1"), ("has_post", "1")];
    assert_eq!(send(&mut pia, &path, &page, &hidden).await.status, 303);
    let preview = pia.get(&format!("{path}/preview")).await.text;
    assert!(preview.contains("its text and the capture’s hash are kept back"), "{preview}");
    assert!(!preview.contains("The capture’s SHA-256"), "{preview}");
}

/// A sentence that was put between ours: the first draft asks for a word on it, and says nothing that a reporter's words would make untrue.
#[tokio::test]
async fn words_that_were_put_between_ours_are_asked_for() {
    for (between, asked) in [("We will never open it to your side again. ", true), ("", false)] {
        let post = format!("{OPEN} {between}{CLOSED} {LAST}");
        let setting = Setting::with(|office| {
            seal(office);
            office.open_case(post.as_bytes(), &post, common::NOW / 1000, None).unwrap().id
        });
        let mut pia = setting.press();
        let path = pia.post("/answer/new", &[("case", &setting.case)]).await.location().to_owned();
        let page = pia.get(&path).await.text;
        assert_eq!(page.contains("Other words stand between ours"), asked, "{page}");
        assert!(!page.contains("not word for word") && !page.contains("leaves out"));
    }
}
