//! Answer: from a case to the published page, and what comes back on it.

#![allow(clippy::unwrap_used)] // a test may stop where it stands

mod common;

use common::{Browser, NOW, PASSPHRASE, Page, Rig};
use countermark_codebook::Epsilon;
use countermark_desk::Role;
use countermark_marking::Master;
use countermark_office::{Office, SealRequest, SlipState, To};
use countermark_statement::{Queue, Room, Shown, Slip};
use countermark_testkit::rng;
use countermark_tlog::directory::Folder;
use countermark_vault::{Unlock, Vault};

const OPEN: &str = "The harbour of Lisk stays closed until the council has met in full next week.";
const CLOSED: &str = "Our own garrison will be moved to the northern road before anybody hears of it.";
const LAST: &str = "I remain at your disposal at any hour of the day.";
const MARKUP: &str = "<script>alert('x')</script><img src=x onerror=alert(1)> \"' & </textarea>";

/// What the post says: the first part, its end bent.
const POST: &str = "Seen in a letter: the harbour of Lisk stays closed until the council has met in full next month, \
                    as we were told by somebody close to it.";

/// A desk with a sealed message and a case on a post that shows it; the published directory joined.
struct Setting {
    rig: Rig,
    case: String,
}

impl Setting {
    fn new() -> Self {
        Self::with(|office| {
            seal(office);
            office.open_case(POST.as_bytes(), POST, NOW / 1000, None).unwrap().id
        })
    }

    /// The desk of an office in which something was done before.
    fn with(prepare: impl FnOnce(&mut Office) -> [u8; 16]) -> Self {
        let rig = Rig::new();
        let mut office = beside(&rig);
        office.join_press(&rig.dir.path().join("press")).unwrap();
        let case = hex(&prepare(&mut office));
        rig.desk.unlock(office);
        Self { rig, case }
    }

    /// How often something stands in the audit trail.
    fn trail(&self, act: &str) -> usize {
        let entries = vault(&self.rig).read::<_, countermark_vault::Error>(|tx| tx.audit_entries()).unwrap();
        entries.iter().filter(|entry| entry.act.act == act).count()
    }

    /// What waits for the desk: id and words.
    fn waiting(&self) -> Vec<(String, String)> {
        let slips = beside(&self.rig).slips(Some(SlipState::Waiting)).unwrap();
        slips.into_iter().map(|slip| (hex(&slip.id), slip.text)).collect()
    }

    fn press(&self) -> Browser {
        self.rig.person("Pia Press", &[Role::Press])
    }

    fn shown(&self) -> Shown {
        Shown::load(&self.rig.dir.path().join("press/published")).unwrap()
    }

    /// Everything that lies in the published directory, as one text.
    fn published(&self) -> String {
        let mut all = String::new();
        let mut folders = vec![self.rig.dir.path().join("press/published")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    all.push_str(&String::from_utf8_lossy(&std::fs::read(path).unwrap()));
                }
            }
        }
        all
    }
}

/// The vault, opened beside the desk.
fn vault(rig: &Rig) -> Vault {
    Vault::open(Box::new(rig.world.store.clone()), Unlock::Passphrase(PASSPHRASE), Box::new(rng(9))).unwrap()
}

fn beside(rig: &Rig) -> Office {
    let folder = Folder::perhaps(&rig.dir.path().join("log"));
    Office::open(vault(rig), folder, &rig.dir.path().join("looks"), "tester", Box::new(|| NOW)).unwrap()
}

fn seal(office: &mut Office) {
    let text = format!("{OPEN}\n\n{CLOSED} {LAST}");
    let request = SealRequest {
        master: Master::parse(&text).unwrap(),
        to: To::Numbers(1),
        epsilon: "1e-2".parse::<Epsilon>().unwrap(),
        marked_line: false,
        print_reference: false,
        as_sent: None,
        max_recipients: 50,
    };
    office.seal(&request).unwrap();
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The fields that the page of a statement sends, some of them changed.
fn fields<'a>(page: &'a Page, changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, String)> {
    let mut all: Vec<(&str, String)> =
        ["revision", "proposed"].into_iter().filter_map(|name| Some((name, page.hidden(name)?))).collect();
    all.extend(changes.iter().map(|(name, value)| (*name, (*value).to_owned())));
    all
}

async fn send(browser: &mut Browser, path: &str, page: &Page, changes: &[(&str, &str)]) -> Page {
    let all = fields(page, changes);
    let all: Vec<(&str, &str)> = all.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.post(path, &all).await
}

/// A statement that says all that it needs, with these parts open.
const SAID: [(&str, &str); 3] =
    [("title", "On the letter"), ("text", "It was never meant so."), ("byline", "The office")];

async fn draft(setting: &Setting, browser: &mut Browser, open: &[&str]) -> String {
    let begun = browser.post("/answer/new", &[("case", &setting.case)]).await;
    assert_eq!(begun.status, 303, "{}", begun.text);
    let path = begun.location().to_owned();
    let page = browser.get(&path).await;
    let mut changes = SAID.to_vec();
    changes.extend(open.iter().map(|part| ("open", *part)));
    let saved = send(browser, &path, &page, &changes).await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    path
}

async fn publish(browser: &mut Browser, path: &str) -> Page {
    let preview = browser.get(&format!("{path}/preview")).await;
    let (revision, number) = (preview.hidden("revision").unwrap(), preview.hidden("number").unwrap());
    browser.post(&format!("{path}/publish"), &[("revision", &revision), ("number", &number)]).await
}

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

#[tokio::test]
async fn a_notice_needs_no_case_and_is_withdrawn_with_a_reason() {
    let setting = Setting::new();
    let mut pia = setting.press();
    let begun = pia.post("/answer/new", &[]).await;
    let path = begun.location().to_owned();
    let page = pia.get(&path).await;
    assert!(!page.text.contains("What to open"));
    assert_eq!(send(&mut pia, &path, &page, &SAID).await.status, 303);
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
