//! Intake: one post, one case; exactly once, whatever fails in between; a match opens none.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::path::Path;
use std::sync::atomic::{AtomicU8, Ordering};

use common::desk::{Desk, hex};
use common::{NOW, copy_dir, create, letter, open, request, scratch};
use countermark_inbox::{Inbox, Item, Level, Limits, Shared, Text};
use countermark_marking::Master;
use countermark_office::{Standing, TakenIn};
use countermark_reading::Names;
use countermark_testkit::{Fault, Half};
use countermark_vault::MemoryStore;

const FOREIGN: &str = "The harbour board of Lisk met on Monday and put off the matter of the cranes until the spring.";

fn item(post: &str, level: Level, text: &str, handle: Option<u64>) -> Item {
    let shared = handle.map(|handle| Shared { handle, words: 40, bits: 300.0 });
    let own = Text {
        role: "own".to_owned(),
        author: None,
        text: text.to_owned(),
        confidences: Vec::new(),
        shared: shared.into_iter().collect(),
    };
    let aside =
        Text { role: "replied-to".to_owned(), text: "Is it true?".to_owned(), shared: Vec::new(), ..own.clone() };
    let digest = post.bytes().fold(7u64, |h, b| h.wrapping_mul(31).wrapping_add(u64::from(b)));
    Item {
        handle: format!("{digest:032x}"),
        source: "channel".to_owned(),
        post: post.to_owned(),
        url: Some(format!("https://posts.example/{post}")),
        author: Some("Somebody".to_owned()),
        published_at: Some(NOW / 1000 - 60),
        captured_at: NOW / 1000 - 30,
        level,
        texts: vec![own, aside],
        sha256: String::new(),
        capture: format!("WARC/1.1 of {post}").into_bytes(),
    }
}

fn leave(watch: &Path, items: &[Item]) {
    // A new spool has a new name.
    static SPOOLS: AtomicU8 = AtomicU8::new(1);
    let fresh = [SPOOLS.fetch_add(1, Ordering::Relaxed); 16];
    let recipient = std::fs::read_to_string(watch.join("desk.pub")).unwrap();
    let mut inbox = Inbox::open(&watch.join("inbox"), recipient.trim(), Limits::default(), fresh).unwrap();
    inbox.append(items).unwrap();
}

fn take(office: &mut countermark_office::Office<impl countermark_tlog::directory::Disk + Clone>) -> TakenIn {
    office.take_in(&Standing { names: &Names::default(), reason: &|_| None }).unwrap()
}

#[test]
fn an_alarm_becomes_a_case_with_the_finding_and_the_post() {
    let mut desk = Desk::new(0);
    let watch = desk.dir.path().join("watch");
    std::fs::create_dir(&watch).unwrap();
    let (reference, text) = desk.letter(4);
    desk.office.join_watcher(&watch).unwrap();
    leave(&watch, &[item("1", Level::Alarm, &format!("Look at this!\n\n{text}\n\nWell?"), Some(1))]);
    let taken = take(&mut desk.office);
    assert_eq!((taken.alarms.len(), taken.matches, taken.known), (1, 0, 0));
    let alarm = &taken.alarms[0];
    assert_eq!(alarm.case.kind, "leak", "the desk finds the message itself, whatever handle the watcher gave");
    assert!(alarm.words > 60 && alarm.changes <= 2, "{alarm:?}");
    let case = desk.office.case(&hex(&alarm.case.id)).unwrap();
    assert_eq!(case.reference.as_ref(), Some(&reference));
    assert_eq!(case.origin.as_ref().unwrap().url.as_deref(), Some("https://posts.example/1"));
    assert_eq!(case.pieces.len(), 1, "what shares nothing is kept apart");
    assert!(case.named.is_empty(), "nobody asked for a copy");
    assert_eq!(desk.office.captured(&hex(&alarm.case.id)).unwrap().unwrap(), b"WARC/1.1 of 1");
    desk.office.publish_now(None).unwrap();
    assert!(desk.office.case(&hex(&alarm.case.id)).unwrap().logged, "its hash is in the log");
    assert_eq!(take(&mut desk.office).alarms.len(), 0);
}

#[test]
fn a_standing_reason_lets_a_copy_be_named() {
    let mut desk = Desk::new(0);
    let watch = desk.dir.path().join("watch");
    std::fs::create_dir(&watch).unwrap();
    let (_, text) = desk.letter(4);
    desk.office.join_watcher(&watch).unwrap();
    leave(&watch, &[item("1", Level::Alarm, &text, None)]);
    let reason = |source: &str| (source == "channel").then(|| "our own channel of alarms".to_owned());
    let taken = desk.office.take_in(&Standing { names: &Names::default(), reason: &reason }).unwrap();
    let case = desk.office.case(&hex(&taken.alarms[0].case.id)).unwrap();
    assert_eq!(case.named, [Some("4".to_owned())]);
    assert_eq!(case.reason.as_deref(), Some("our own channel of alarms"));
}

#[test]
fn a_match_opens_no_case_until_somebody_wants_one() {
    let mut desk = Desk::new(0);
    let watch = desk.dir.path().join("watch");
    std::fs::create_dir(&watch).unwrap();
    let (_, text) = desk.letter(1);
    desk.office.join_watcher(&watch).unwrap();
    leave(&watch, &[item("1", Level::Match, &text, Some(1)), item("2", Level::Match, FOREIGN, Some(2))]);
    let taken = take(&mut desk.office);
    assert_eq!((taken.alarms.len(), taken.matches), (0, 2));
    assert!(desk.office.cases().unwrap().is_empty());
    let found = desk.office.matches().unwrap();
    assert_eq!(found.len(), 2);
    let handle = found.iter().find(|m| m.item.post == "1").unwrap().item.handle.clone();
    let names = Names::default();
    let standing = Standing { names: &names, reason: &|_| None };
    assert!(desk.office.open_match("", &standing).is_err());
    let opened = desk.office.open_match(&handle, &standing).unwrap();
    assert_eq!(opened.kind, "leak");
    assert_eq!(desk.office.matches().unwrap().len(), 1);
    assert_eq!(desk.office.captured(&hex(&opened.id)).unwrap().unwrap(), b"WARC/1.1 of 1");
    // The same post again is a later state, and no second case.
    leave(&watch, &[item("1", Level::Alarm, &format!("{text} Indeed."), Some(1))]);
    assert_eq!(take(&mut desk.office).later, 1);
    assert_eq!(desk.office.cases().unwrap().len(), 1);
}

#[test]
fn a_post_that_is_edited_and_deleted_stays_as_first_seen() {
    let mut desk = Desk::new(0);
    let watch = desk.dir.path().join("watch");
    std::fs::create_dir(&watch).unwrap();
    let (_, text) = desk.letter(2);
    desk.office.join_watcher(&watch).unwrap();
    leave(&watch, &[item("1", Level::Alarm, &text, Some(1))]);
    let id = hex(&take(&mut desk.office).alarms[0].case.id);
    let edited = text.replace("conference", "congress");
    let gone = Item { texts: Vec::new(), ..item("1", Level::Deleted, "", None) };
    leave(&watch, &[item("1", Level::Alarm, &edited, Some(1)), gone.clone(), gone]);
    let taken = take(&mut desk.office);
    assert_eq!((taken.alarms.len(), taken.later, taken.known), (0, 2, 1), "told twice, it is taken once");
    let case = desk.office.case(&id).unwrap();
    assert_eq!(case.published, text);
    assert_eq!(case.later.len(), 2);
    assert!(case.later[0].published.as_ref().unwrap().contains("congress"));
    assert_eq!(case.later[1].published, None);
    desk.office.publish_now(None).unwrap();
    assert!(desk.office.audit_log().is_ok());
}

#[test]
fn a_case_is_told_at_once_and_once_more_when_the_process_ended_before() {
    let mut desk = Desk::new(0);
    let watch = desk.dir.path().join("watch");
    std::fs::create_dir(&watch).unwrap();
    let (_, text) = desk.letter(1);
    desk.office.join_watcher(&watch).unwrap();
    leave(&watch, &[item("1", Level::Alarm, &text, Some(1)), item("2", Level::Alarm, &text, Some(1))]);
    let (names, mut told) = (Names::default(), Vec::new());
    let standing = Standing { names: &names, reason: &|_| None };
    // It ends while it tells of the first.
    let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        desk.office.take_in_telling(&standing, &mut |_| panic!("a power cut"), &|| true)
    }));
    assert!(ended.is_err());
    for _ in 0..2 {
        desk.office.take_in_telling(&standing, &mut |alarm| told.push(alarm.handle.clone()), &|| true).unwrap();
    }
    let handles = ["1", "2"].map(|post| item(post, Level::Alarm, &text, Some(1)).handle);
    assert_eq!(told, handles, "each once, the first although it stood already");
    leave(&watch, &[item("3", Level::Alarm, &text, Some(1))]);
    assert_eq!(desk.office.take_in_telling(&standing, &mut |_| {}, &|| false).unwrap().alarms.len(), 0);
    assert_eq!(take(&mut desk.office).alarms.len(), 1);
    assert_eq!(desk.office.cases().unwrap().len(), 3);
}

#[test]
fn what_is_not_ours_is_said_to_be_foreign() {
    let mut desk = Desk::new(0);
    let watch = desk.dir.path().join("watch");
    std::fs::create_dir(&watch).unwrap();
    desk.letter(2);
    desk.office.join_watcher(&watch).unwrap();
    leave(&watch, &[item("1", Level::Alarm, FOREIGN, Some(99))]);
    let taken = take(&mut desk.office);
    assert_eq!(taken.alarms[0].case.kind, "foreign");
    assert_eq!(taken.alarms[0].words, 0);
}

#[test]
fn a_folder_that_is_lost_is_made_again_and_nothing_is_taken_twice() {
    let mut desk = Desk::new(0);
    let watch = desk.dir.path().join("watch");
    std::fs::create_dir(&watch).unwrap();
    let (_, text) = desk.letter(2);
    desk.office.join_watcher(&watch).unwrap();
    let first = item("1", Level::Alarm, &text, None);
    leave(&watch, std::slice::from_ref(&first));
    assert_eq!(take(&mut desk.office).alarms.len(), 1);
    std::fs::remove_dir_all(&watch).unwrap();
    std::fs::create_dir(&watch).unwrap();
    desk.office.join_watcher(&watch).unwrap();
    leave(&watch, &[first, item("2", Level::Alarm, &text, None)]);
    let taken = take(&mut desk.office);
    assert_eq!((taken.alarms.len(), taken.known), (1, 1));
    assert_eq!(taken.alarms[0].case.kind, "leak", "the index is filled again");
}

/// Every write of the vault fails once, before and after it is done: whatever happens, three posts are two cases and one match.
#[test]
fn a_failure_at_any_moment_loses_no_post_and_doubles_no_case() {
    let home = scratch();
    let store = MemoryStore::new();
    let watch = home.path().join("watch");
    std::fs::create_dir(&watch).unwrap();
    let mut office = create(&store, home.path());
    let sealed = office.seal(&request(letter(), 2)).unwrap();
    office.join_watcher(&watch).unwrap();
    drop(office);
    let text = &sealed.copies[0].text;
    leave(
        &watch,
        &[
            item("1", Level::Alarm, text, None),
            item("2", Level::Match, FOREIGN, Some(4)),
            item("3", Level::Alarm, &text.to_uppercase(), None),
            item("1", Level::Alarm, text, None),
        ],
    );
    let mut runs = 0;
    for half in [Half::NotDone, Half::Done] {
        for n in 1.. {
            let (store, dir) = (store.snapshot(), scratch());
            copy_dir(home.path(), dir.path());
            let watch = dir.path().join("watch");
            let fault = Fault::at(n, half);
            let taken = open(&store, dir.path(), &fault, 1000 + n).and_then(|mut office| {
                office.join_watcher(&watch)?;
                office.take_in(&Standing { names: &Names::default(), reason: &|_| None })
            });
            let mut office = open(&store, dir.path(), &Fault::never(), 77).unwrap();
            office.join_watcher(&watch).unwrap();
            take(&mut office);
            let context = format!("operation {n}, {half:?}");
            let cases = office.cases().unwrap();
            assert_eq!(cases.len(), 2, "{context}");
            assert!(cases.iter().all(|case| case.kind == "leak"), "{context}");
            assert_eq!(office.matches().unwrap().len(), 1, "{context}");
            if !fault.happened() {
                assert!(taken.is_ok(), "{context}");
                break;
            }
            runs += 1;
        }
    }
    println!("{runs} failures injected into an intake");
    assert!(runs > 10, "only {runs} operations");
}

#[test]
fn a_brief_says_which_parts_stand_there_whole() {
    let mut desk = Desk::new(0);
    let master = "The harbour will be closed on Monday for two days. Nobody outside this office has been told of it so far. \
        We ask you to keep the crews away from the northern basin. The pilots will return when the inspectors have left.";
    let sealed = desk.office.seal(&request(Master::parse(master).unwrap(), 1)).unwrap();
    let text = "He writes: the harbour will be closed on Monday for two days. We ask you to keep the soldiers away from the northern basin.";
    let case = desk.case(text);
    let brief = desk.office.brief(&case).unwrap();
    use countermark_office::PartState::{Altered, LeftOut, Whole};
    assert_eq!(brief.parts, [Whole, LeftOut, Altered, LeftOut]);
    assert_eq!(brief.case.summary.message, Some(sealed.message));
    assert!(brief.clock.is_none() && !brief.logged);
}

#[test]
fn what_stands_around_a_letter_is_its_own_and_not_left_out() {
    use countermark_office::PartState::{Around, LeftOut, Whole};
    let mut desk = Desk::new(0);
    let salutation = |text: &str| std::collections::BTreeMap::from([("salutation".to_owned(), text.to_owned())]);
    desk.office.add_person("mara", "Mara Ilves", &salutation("Dear Minister,")).unwrap();
    desk.office.add_person("olin", "Olin Bratt", &salutation("My dear Olin,")).unwrap();
    let master = "{=salutation}\n\nThe harbour will be {closed|shut} on Monday for two days. Nobody outside this office has been {told|informed} of it so far. \
        The pilots will return when the inspectors have left.\n\nYours,\nAda Quist\n";
    let sealed = countermark_office::SealRequest {
        to: countermark_office::To::Handles(vec!["mara".to_owned(), "olin".to_owned()]),
        marked_line: true,
        print_reference: true,
        ..request(Master::parse(master).unwrap(), 2)
    };
    desk.office.seal(&sealed).unwrap();
    let mut seen = |text: &str| {
        let case = desk.case(text);
        let brief = desk.office.brief(&case).unwrap();
        let trace = brief.finding.unwrap().trace;
        let within: Vec<String> =
            trace.passages.iter().map(|passage| text[passage.published.clone()].to_owned()).collect();
        let changes: Vec<_> =
            trace.changes.iter().map(|c| (c.kind.name(), c.sent.as_ref().map(|q| q.text.clone()))).collect();
        (brief.parts, within, changes)
    };
    let (harbour, nobody, pilots) = (
        "The harbour will be closed on Monday for two days.",
        "Nobody outside this office has been told of it so far.",
        "The pilots will return when the inspectors have left.",
    );

    // The body alone, and one sentence less of it: that sentence is what was left out.
    let (parts, _, changes) = seen(&format!("{harbour} {pilots}"));
    assert_eq!(parts, [Around, Whole, LeftOut, Whole, Around, Around, Around, Around], "{changes:?}");
    assert_eq!(changes.len(), 1, "{changes:?}");
    assert!(changes[0].1.as_ref().unwrap().contains("Nobody outside"), "{changes:?}");

    // Salutation and signature as a copy has them, whoever's it is.
    for salutation in ["Dear Minister,", "My dear Olin,"] {
        let (parts, within, changes) =
            seen(&format!("{salutation}\n\n{harbour} {nobody} {pilots}\n\nYours,\nAda Quist"));
        assert_eq!(parts[..6], [Whole; 6], "{within:?} {changes:?}");
        assert!(
            changes.is_empty() && within[0].starts_with(salutation.trim_end_matches(',')),
            "{within:?} {changes:?}"
        );
    }
    // A salutation that is nobody's stays foreign; what ends with the letter is told of without what stands around it.
    let (parts, within, changes) = seen(&format!("Dear comrade,\n\n{harbour} {nobody}"));
    assert_eq!(parts, [Around, Whole, Whole, LeftOut, Around, Around, Around, Around]);
    assert!(!within.iter().any(|text| text.contains("comrade")), "{within:?}");
    assert_eq!(changes, [("omitted", Some(pilots.to_owned()))]);
}
