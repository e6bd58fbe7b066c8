//! G6, inside one process: every read and write of vault and log fails once in both ways (not done and reported; done and reported
//! as failed all the same), and after each failure a checker opens everything again and verifies it. The same with a process that is
//! really killed is in the binary's tests.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::path::Path;

use common::{HOUR, NOW, TestOffice, copy_dir, create, letter, open, open_at, request, scratch};
use countermark_office::ProveRequest;
use countermark_proof::{Tables, VerifyOptions, verify};
use countermark_testkit::{Fault, Half};
use countermark_tlog::checkpoint::SignedCheckpoint;
use countermark_tlog::directory::{Folder, View};
use countermark_vault::MemoryStore;

/// Leaves of a batch at the rate that a vault has when nothing is said.
const BATCH: u64 = 8;

/// Every checkpoint that ever left the process that signed it: in the directory, half put in place, in the vault.
fn signed(office: &TestOffice, dir: &Path) -> Vec<SignedCheckpoint> {
    let files =
        ["checkpoint", "checkpoint.new"].map(|name| std::fs::read(dir.join("log").join(name)).unwrap_or_default());
    let files = files.iter().filter_map(|bytes| SignedCheckpoint::parse(bytes).ok());
    let kept = office.checkpoints().unwrap().into_iter().map(|one| one.checkpoint);
    files.chain(kept).collect()
}

/// Opens everything without a fault and verifies it: nothing acknowledged is missing, every message is in the log once or waits and can
/// then be proved, log and vault agree, the log consists of whole batches, whatever was signed is consistent, and the next publication
/// works. Returns how many messages there are.
fn check(store: &MemoryStore, dir: &Path, acknowledged: &[String], context: &str) -> usize {
    let mut office = open(store, dir, &Fault::never(), 77).unwrap_or_else(|e| panic!("{context}: {e}"));
    let mut ever = signed(&office, dir);
    office.recover().unwrap_or_else(|e| panic!("{context}: {e}"));
    let messages = office.messages().unwrap_or_else(|e| panic!("{context}: {e}"));
    for reference in acknowledged {
        let message = messages.iter().find(|m| m.reference == *reference);
        let message = message.unwrap_or_else(|| panic!("{context}: an acknowledged message is missing"));
        assert!(message.logged, "{context}: a leaf that was acknowledged is not in the log");
    }
    // The newest come first; those before them have been proved in earlier runs, and the audit reads them all.
    for message in messages.iter().take(2) {
        office.publish_now(Some(&message.message)).unwrap_or_else(|e| panic!("{context}: {e}"));
        let request = ProveRequest {
            message: &message.reference,
            parts: None,
            capture: None,
            words: None,
            shows: countermark_office::Shows::Text,
        };
        let bundle = office
            .prove::<countermark_office::Error>(&request, |_| Ok(()))
            .unwrap_or_else(|e| panic!("{context}: {e}"));
        let options = VerifyOptions { tables: Tables::AlsoSmall, ..VerifyOptions::default() };
        let report = verify(&bundle.bytes, &options);
        assert!(report.valid, "{context}: {}", report.reason_text);
    }
    office.publish_now(None).unwrap_or_else(|e| panic!("{context}: {e}"));
    assert!(office.messages().unwrap().iter().all(|message| message.logged), "{context}: a message is not in the log");
    let audit = office.audit_log().unwrap_or_else(|e| panic!("{context}: {e}"));
    assert!(audit.problems.is_empty(), "{context}: {:?}", audit.problems);
    assert_eq!(audit.size % BATCH, 1, "{context}: the table's leaf, and whole batches");
    ever.extend(signed(&office, dir));
    let view = View::open(Folder::open(&dir.join("log")).unwrap(), office.log_verifier().parse().unwrap()).unwrap();
    for one in ever.iter().map(SignedCheckpoint::checkpoint) {
        view.check_prefix(one.size, &one.root).unwrap_or_else(|e| panic!("{context}: {e}"));
    }
    let well = office.vault().check(None).unwrap_or_else(|e| panic!("{context}: {e}"));
    assert!(well.is_well(), "{context}: {:?}", well.problems);
    messages.len()
}

/// Fails a sealing at every `step`-th operation in both halves, from a state with so many messages.
fn fail_everywhere(before: usize, step: usize) -> (u64, u64) {
    let home = scratch();
    let store = MemoryStore::new();
    let mut office = create(&store, home.path());
    let mut acknowledged = Vec::new();
    for _ in 0..before {
        acknowledged.push(office.seal_now(&request(letter(), 2)).unwrap().reference);
    }
    drop(office);
    let (mut runs, mut kept) = (0, 0);
    for half in [Half::NotDone, Half::Done] {
        for n in (1..).step_by(step) {
            let (store, dir) = (store.snapshot(), scratch());
            copy_dir(home.path(), dir.path());
            let fault = Fault::at(n, half);
            let context = format!("{before} messages, operation {n}, {half:?}");
            let sealed =
                open(&store, dir.path(), &fault, n).and_then(|mut office| office.seal_now(&request(letter(), 2)));
            let mut acknowledged = acknowledged.clone();
            acknowledged.extend(sealed.as_ref().ok().map(|sealed| sealed.reference.clone()));
            let count = check(&store, dir.path(), &acknowledged, &context);
            kept += u64::from(sealed.is_err() && count > before);
            if !fault.happened() {
                assert!(sealed.is_ok(), "{context}: nothing failed, and still it was not sealed");
                break;
            }
            runs += 1;
        }
    }
    (runs, kept)
}

#[test]
fn no_failure_of_a_sealing_loses_anything() {
    // The last one where a tile becomes full and partial ones are superseded: a batch a sealing, and the table's leaf.
    let mut runs = 0;
    let mut kept = 0;
    for (before, step) in [(0, 1), (1, 2), (31, 7)] {
        let (ran, stayed) = fail_everywhere(before, step);
        runs += ran;
        kept += stayed;
    }
    println!(
        "{runs} failures injected; after {kept} of them the message was there although its sealing had reported an error"
    );
    assert!(runs > 150, "only {runs} operations: the faults no longer reach what they should");
}

/// Three messages wait, one batch was missed and one is due; every operation of its publication fails in both ways.
#[test]
fn no_failure_of_a_publication_loses_or_repeats_a_leaf() {
    let home = scratch();
    let store = MemoryStore::new();
    let mut office = create(&store, home.path());
    office.publish_due().unwrap();
    let sealed: Vec<_> = (0..3).map(|_| office.seal(&request(letter(), 2)).unwrap()).collect();
    assert!(sealed.iter().all(|sealed| sealed.provable_at == Some((NOW / HOUR + 1) * HOUR / 1000)));
    drop(office);
    let later = NOW + 2 * HOUR;
    let mut runs = 0;
    for half in [Half::NotDone, Half::Done] {
        for n in 1.. {
            let (store, dir) = (store.snapshot(), scratch());
            copy_dir(home.path(), dir.path());
            let fault = Fault::at(n, half);
            let context = format!("publication, operation {n}, {half:?}");
            let published = open_at(&store, dir.path(), &fault, n, later).and_then(|mut office| office.publish_due());
            let acknowledged = match &published {
                Ok(Some(done)) => {
                    assert_eq!((done.size, done.batches, done.early), (1 + 2 * BATCH, 2, false), "{context}");
                    sealed.iter().map(|sealed| sealed.reference.clone()).collect()
                }
                _ => Vec::new(),
            };
            // At the old time nothing is due any more; what was cut off is published early by the check.
            assert_eq!(check(&store, dir.path(), &acknowledged, &context), 3, "{context}");
            if !fault.happened() {
                assert!(published.is_ok(), "{context}");
                break;
            }
            runs += 1;
        }
    }
    println!("{runs} failures injected into a publication");
    assert!(runs > 80, "only {runs} operations");
}

/// The first publication of all, which makes the log.
#[test]
fn a_failure_while_an_office_is_made_leaves_one_that_is_completed() {
    let mut completed = 0;
    for half in [Half::NotDone, Half::Done] {
        for n in 1.. {
            let (store, dir) = (MemoryStore::new(), scratch());
            let fault = Fault::at(n, half);
            let made = common::create_with(&store, dir.path(), &fault);
            if let Ok(mut office) = open(&store, dir.path(), &Fault::never(), 7) {
                office.recover().unwrap_or_else(|e| panic!("operation {n}, {half:?}: {e}"));
                drop(office);
                check(&store, dir.path(), &[], &format!("making it, operation {n}, {half:?}"));
                completed += 1;
            } else {
                assert!(made.is_err(), "operation {n}, {half:?}: it was made and does not open");
            }
            if !fault.happened() {
                break;
            }
        }
    }
    assert!(completed > 20, "{completed}");
}

#[test]
fn a_failure_while_a_look_is_spent_never_gives_a_number_back() {
    let home = scratch();
    let store = MemoryStore::new();
    let mut office = create(&store, home.path());
    let sealed = office.seal_now(&request(letter(), 2)).unwrap();
    let text = sealed.copies[0].text.clone();
    drop(office);
    for half in [Half::NotDone, Half::Done] {
        for n in 1.. {
            let (store, dir) = (store.snapshot(), scratch());
            copy_dir(home.path(), dir.path());
            let fault = Fault::at(n, half);
            let named = open(&store, dir.path(), &fault, n).and_then(|mut office| {
                let mut search = office.search()?;
                Ok(search.trace(&text, Some("test"))?.messages.first().is_some_and(|m| !m.named.is_empty()))
            });
            let mut office = open(&store, dir.path(), &Fault::never(), 77).unwrap();
            let looks = office.message(&sealed.reference).unwrap().looks;
            if matches!(named, Ok(true)) {
                assert_eq!(looks, Some(1), "operation {n}, {half:?}: a copy was named and the look not counted");
            }
            // The same text again has the number it had, whether or not its scoring was cut off.
            let again = office.search().unwrap().trace(&text, Some("test")).unwrap();
            assert_eq!(again.messages[0].named, [Some("1".to_owned())], "operation {n}, {half:?}");
            assert_eq!(office.message(&sealed.reference).unwrap().looks, Some(1), "operation {n}, {half:?}");
            if !fault.happened() {
                break;
            }
        }
    }
}
