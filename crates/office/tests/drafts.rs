//! Drafts and long lists: what is acknowledged is there, whatever is killed; nobody overwrites what he has not seen.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::{env, thread};

use common::desk::Desk;
use common::{letter, request};
use countermark_marking::Master;
use countermark_marking::rules::{Options, Pack};
use countermark_office::{DraftChange, Error, Founding, Office};
use countermark_proof::TableSize;
use countermark_review::{Command as Decision, Review, Saved};
use countermark_testkit::rng;
use countermark_tlog::directory::Folder;
use countermark_vault::{Kdf, Unlock, Vault};
use countermark_vault_sqlite::SqliteStore;

const TEXT: &str = "I write with regard to the harbour. We begin prior to the conference.";

fn review(saved: Option<&Saved>) -> Review {
    let mut review = Review::open(TEXT, &[Pack::english()], &Options::default()).unwrap();
    if let Some(saved) = saved {
        review.resume(saved).unwrap();
    }
    review
}

#[test]
fn a_change_names_the_revision_that_it_was_made_on() {
    let mut desk = Desk::new(0);
    let mut draft = desk.office.new_draft("Harbour", TEXT).unwrap();
    let stale = draft.clone();
    draft.text = "Other.".to_owned();
    assert_eq!(desk.office.keep_draft(&draft, DraftChange::Text).unwrap(), 2);
    let refused = desk.office.keep_draft(&stale, DraftChange::Text);
    assert!(matches!(refused, Err(Error::DraftChanged { given: 1, found: 2 })), "{refused:?}");
    assert_eq!(desk.office.draft(&draft.id).unwrap().0.text, "Other.");
    // A draft that says revision 3 has not been there either.
    draft.revision = 3;
    assert!(matches!(desk.office.keep_draft(&draft, DraftChange::Around), Err(Error::DraftChanged { .. })));
    desk.office.remove_draft(&draft.id).unwrap();
    for refused in [desk.office.keep_draft(&draft, DraftChange::Text).err(), desk.office.remove_draft(&draft.id).err()]
    {
        assert!(matches!(refused, Some(Error::UnknownDraft)), "{refused:?}");
    }
}

#[test]
fn a_draft_has_limits() {
    let mut desk = Desk::new(0);
    for (title, text) in [("t".repeat(201), String::new()), (String::new(), "x".repeat((1 << 20) + 1))] {
        assert!(matches!(desk.office.new_draft(&title, &text), Err(Error::LargeDraft { .. })));
    }
    assert!(desk.office.drafts().unwrap().is_empty());
    assert!(desk.office.new_draft(&"t".repeat(200), &"x".repeat(1 << 20)).is_ok());
}

#[test]
fn decisions_are_taken_back_and_done_again_until_the_text_changes() {
    let mut desk = Desk::new(0);
    let mut draft = desk.office.new_draft("", TEXT).unwrap();
    let mut sources = vec![TEXT.to_owned()];
    for _ in 0..2 {
        let mut review = review(draft.saved.as_ref());
        let open = review.next_open(None).unwrap();
        review.apply(Decision::Accept(open)).unwrap();
        draft.saved = Some(review.save());
        draft.revision = desk.office.keep_draft(&draft, DraftChange::Decisions).unwrap();
        sources.push(review.master().source().to_owned());
    }
    let mut turn = |way: DraftChange| {
        let (mut draft, _) = desk.office.draft(&draft.id).unwrap();
        let saved = desk.office.turned_draft(&draft.id, way).unwrap()?;
        let source = review(Some(&saved)).master().source().to_owned();
        draft.saved = Some(saved);
        desk.office.keep_draft(&draft, way).unwrap();
        Some(source)
    };
    for (way, expected) in [
        (DraftChange::Undo, Some(1)),
        (DraftChange::Undo, Some(0)),
        (DraftChange::Undo, None),
        (DraftChange::Redo, Some(1)),
        (DraftChange::Redo, Some(2)),
        (DraftChange::Redo, None),
        (DraftChange::Undo, Some(1)),
    ] {
        assert_eq!(turn(way).as_deref(), expected.map(|at: usize| sources[at].as_str()), "{way:?}");
    }
    let (mut draft, steps) = desk.office.draft(&draft.id).unwrap();
    assert_eq!((steps.done, steps.undone), (1, 1));
    draft.text.push('!');
    desk.office.keep_draft(&draft, DraftChange::Text).unwrap();
    assert_eq!(desk.office.draft(&draft.id).unwrap().1, Default::default());
}

#[test]
fn the_trail_notes_a_deleted_draft_from_which_was_sealed() {
    let mut desk = Desk::new(0);
    let draft = desk.office.new_draft("Harbour", TEXT).unwrap();
    let sealed = desk.office.seal(&request(letter(), 2)).unwrap();
    desk.office.sealed_from(&draft.id, &sealed.message).unwrap();
    assert_eq!(desk.office.message_title(&sealed.message).unwrap().as_deref(), Some("Harbour"));
    desk.office.remove_draft(&draft.id).unwrap();
    let entries = desk.office.vault().read::<_, countermark_vault::Error>(|tx| tx.audit_entries()).unwrap();
    let noted: Vec<_> = entries.iter().filter(|entry| entry.act.act == "draft remove").collect();
    assert_eq!(noted.len(), 1);
    assert_eq!(noted[0].act.subject, common::desk::hex(&sealed.message.0));
    // The message keeps its name.
    assert_eq!(desk.office.message_list("harb", 0, 10).unwrap().lines[0].title.as_deref(), Some("Harbour"));
}

#[test]
fn the_list_of_messages_is_what_the_messages_are() {
    let mut desk = Desk::new(0);
    for day in 0..5 {
        desk.clock.fetch_add(86_400_000, Ordering::Relaxed);
        desk.office.seal(&request(letter(), 2 + day)).unwrap();
        // Asked in between: what is kept in memory must follow.
        assert_eq!(desk.office.message_list("", 0, 50).unwrap().all, day as usize + 1);
    }
    let list = desk.office.message_list("", 1, 2).unwrap();
    assert_eq!((list.found, list.all, list.lines.len()), (5, 5, 2));
    let all = desk.office.messages().unwrap();
    for (line, summary) in list.lines.iter().zip(&all[1..]) {
        assert_eq!(
            (line.message, &line.reference, line.sealed_ms),
            (summary.message, &summary.reference, summary.sealed_ms)
        );
        assert_eq!((line.to.len(), line.sites, line.logged), (summary.recipients, summary.sites, summary.logged));
    }
    let message = list.lines[0].message;
    desk.office.hand_over(&common::desk::hex(&message.0), "1", "by hand", None).unwrap();
    // Its own page reads the handovers first; the list must still count them.
    assert_eq!(desk.office.message(&common::desk::hex(&message.0)).unwrap().copies[0].1.len(), 1);
    assert_eq!(desk.office.message_list("", 1, 1).unwrap().lines[0].handed, 1);
    desk.office.hand_over(&common::desk::hex(&message.0), "file", "by hand", None).unwrap();
    desk.office.publish_now(Some(&message)).unwrap();
    let again = desk.office.message_list(&list.lines[0].reference, 0, 50).unwrap();
    assert_eq!((again.found, again.lines[0].handed, again.lines[0].logged), (1, 1, true));
    assert_eq!(desk.office.message_list("nobody at all", 0, 50).unwrap().found, 0);
    assert_eq!(desk.office.message_list("", 77, 50).unwrap().lines.len(), 0);
    assert_eq!(desk.office.message(&common::desk::hex(&message.0)).unwrap().copies[0].1.len(), 1);
}

#[test]
fn published_messages_are_counted() {
    let mut desk = Desk::new(0);
    assert_eq!(desk.office.so_far(None).unwrap(), Default::default());
    let (_, text) = desk.letter(1);
    desk.office.seal(&request(Master::parse("Short.").unwrap(), 1)).unwrap();
    let so_far = desk.office.so_far(Some("1")).unwrap();
    assert_eq!((so_far.messages, so_far.published), (2, 0));
    desk.case(&text);
    desk.case(&text);
    let so_far = desk.office.so_far(Some("1")).unwrap();
    assert_eq!((so_far.messages, so_far.published), (2, 1), "two cases of one message count once");
    assert_eq!(desk.office.so_far(Some("9")).unwrap().messages, 1);
    assert_eq!(desk.office.so_far(Some("nobody")).unwrap(), Default::default());
}

#[test]
fn the_trail_is_opened_as_a_whole_every_hour() {
    let dir = common::scratch();
    let clock = Arc::new(AtomicU64::new(common::NOW));
    let now = Arc::clone(&clock);
    let mut office = create(dir.path(), Box::new(move || now.load(Ordering::Relaxed)));
    let first = office.trail().unwrap();
    for (minutes, whole) in [(10, false), (49, false), (1, true), (59, false)] {
        let known = office.trail().unwrap();
        clock.fetch_add(minutes * 60_000, Ordering::Relaxed);
        office.seal(&request(letter(), 2)).unwrap();
        let trail = office.trail().unwrap();
        assert!(trail.entries.len() > known.entries.len());
        assert_eq!(trail.whole_ms > known.whole_ms, whole, "after {minutes} minutes more");
    }
    let whole = office.vault().read::<_, countermark_vault::Error>(|tx| tx.audit_entries()).unwrap();
    assert!(whole == office.trail().unwrap().entries && whole.len() > first.entries.len());
}

#[test]
fn what_lists_keep_follows_another_process() {
    let dir = common::scratch();
    let mut mine = create(dir.path(), Box::new(|| common::NOW));
    mine.seal(&request(letter(), 2)).unwrap();
    assert_eq!(mine.message_list("", 0, 50).unwrap().all, 1);
    let entries = mine.trail().unwrap().entries.len();
    let mut theirs = open(dir.path());
    let sealed = theirs.seal(&request(letter(), 3)).unwrap();
    theirs.hand_over(&common::desk::hex(&sealed.message.0), "1", "by hand", None).unwrap();
    let list = mine.message_list("", 0, 50).unwrap();
    assert_eq!((list.all, list.lines.iter().map(|line| line.handed).sum::<usize>()), (2, 1));
    assert_eq!(mine.so_far(None).unwrap().messages, 2);
    assert!(mine.provable_at(&sealed.message).unwrap().is_some());
    assert!(mine.trail().unwrap().entries.len() > entries);
    theirs.publish_now(Some(&sealed.message)).unwrap();
    assert_eq!(mine.provable_at(&sealed.message).unwrap(), None);
}

const CHILD: &str = "COUNTERMARK_TEST_DRAFT_CHILD";

fn create(dir: &Path, clock: Box<dyn Fn() -> u64 + Send>) -> Office {
    let store = Box::new(SqliteStore::create(&dir.join("v.db")).unwrap());
    let vault = Vault::create(store, Unlock::Passphrase("p"), Kdf::CHEAP, Box::new(rng(5))).unwrap();
    let founding = Founding { origin: Some("test.example/log"), table: TableSize::SMALL };
    let log = Folder::create(&dir.join("v.log")).unwrap();
    Office::create(vault, log, &dir.join("v.looks"), founding, "test", clock).unwrap()
}

fn open(dir: &Path) -> Office {
    let store = Box::new(SqliteStore::open(&dir.join("v.db")).unwrap());
    let vault = Vault::open(store, Unlock::Passphrase("p"), Box::new(rng(u64::from(std::process::id())))).unwrap();
    let log = Folder::create(&dir.join("v.log")).unwrap();
    Office::open(vault, log, &dir.join("v.looks"), "test", Box::new(|| common::NOW)).unwrap()
}

/// Saves one draft again and again, each time with a longer text, and says which revision is there. Runs only as the child of the test below.
#[test]
fn child() {
    let Ok(dir) = env::var(CHILD) else { return };
    let mut office = open(Path::new(&dir));
    let line = office.drafts().unwrap().remove(0);
    let (mut draft, _) = office.draft(&line.id).unwrap();
    let mut out = std::io::stdout().lock();
    loop {
        draft.text = format!("Words of revision {}. {TEXT}", draft.revision + 1);
        draft.saved = Some(Review::open(&draft.text, &[], &Options::default()).unwrap().save());
        draft.revision = office.keep_draft(&draft, DraftChange::Text).unwrap();
        writeln!(out, "kept {}", draft.revision).and_then(|()| out.flush()).unwrap();
    }
}

#[test]
fn a_draft_that_was_acknowledged_survives_a_killed_server() {
    let dir = common::scratch();
    let mut office = create(dir.path(), Box::new(|| common::NOW));
    let id = office.new_draft("Draft", TEXT).unwrap().id;
    drop(office);
    let mut last = 1;
    for round in 0..8_u64 {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "child", "--nocapture"])
            .env(CHILD, dir.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // Killed after so many acknowledged saves, in the middle of the next one.
        let (mut kept, wanted) = (last, 1 + round * 3);
        for line in lines.by_ref().map_while(Result::ok) {
            let Some((_, revision)) = line.split_once("kept ") else { continue };
            kept = revision.trim().parse().unwrap();
            if kept >= last + wanted {
                break;
            }
        }
        child.kill().unwrap();
        let reader = thread::spawn(move || lines.map_while(Result::ok).collect::<Vec<_>>());
        child.wait().unwrap();
        for line in reader.join().unwrap() {
            kept = line.split_once("kept ").map_or(kept, |(_, revision)| revision.trim().parse().unwrap_or(kept));
        }
        assert!(kept >= last + wanted, "the child did something");
        let (draft, _) = open(dir.path()).draft(&id).unwrap();
        assert!(
            draft.revision == kept || draft.revision == kept + 1,
            "{kept} was acknowledged, {} is there",
            draft.revision
        );
        assert!(draft.text.starts_with(&format!("Words of revision {}.", draft.revision)));
        assert_eq!(draft.saved.unwrap().source, draft.text);
        last = draft.revision;
    }
}
