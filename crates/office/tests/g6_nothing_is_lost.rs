//! G6, inside one process: every read and write of vault and log fails once in both ways (not done and reported; done and reported
//! as failed all the same), and after each failure a checker opens everything again and verifies it. The same with a process that is
//! really killed is in the binary's tests.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::path::Path;

use common::{copy_dir, create, letter, open, request, scratch};
use countermark_office::ProveRequest;
use countermark_proof::{Tables, VerifyOptions, verify};
use countermark_testkit::{Fault, Half};
use countermark_vault::MemoryStore;

/// Opens everything without a fault and verifies it: nothing acknowledged is missing, every message is in the log once and can be
/// proved, log and vault agree, and the next sealing works. Returns how many messages there are.
fn check(store: &MemoryStore, dir: &Path, acknowledged: &[String], context: &str) -> usize {
    let mut office = open(store, dir, &Fault::never(), 77).unwrap_or_else(|e| panic!("{context}: {e}"));
    office.recover().unwrap_or_else(|e| panic!("{context}: {e}"));
    let messages = office.messages().unwrap_or_else(|e| panic!("{context}: {e}"));
    for reference in acknowledged {
        assert!(messages.iter().any(|m| m.reference == *reference), "{context}: an acknowledged message is missing");
    }
    assert!(messages.iter().all(|message| message.logged), "{context}: a message is not in the log");
    // The newest come first; those before them have been proved in earlier runs, and the audit reads them all.
    for message in messages.iter().take(2) {
        let request = ProveRequest { message: &message.reference, parts: None, capture: None, words: None };
        let bundle = office.prove(&request).unwrap_or_else(|e| panic!("{context}: {e}"));
        let options = VerifyOptions { tables: Tables::AlsoSmall, ..VerifyOptions::default() };
        let report = verify(&bundle.bytes, &options);
        assert!(report.valid, "{context}: {}", report.reason_text);
    }
    let problems = office.audit_log().unwrap_or_else(|e| panic!("{context}: {e}")).problems;
    assert!(problems.is_empty(), "{context}: {problems:?}");
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
        acknowledged.push(office.seal(&request(letter(), 2)).unwrap().reference);
    }
    drop(office);
    let (mut runs, mut kept) = (0, 0);
    for half in [Half::NotDone, Half::Done] {
        for n in (1..).step_by(step) {
            let (store, dir) = (store.snapshot(), scratch());
            copy_dir(home.path(), dir.path());
            let fault = Fault::at(n, half);
            let context = format!("{before} messages, operation {n}, {half:?}");
            let sealed = open(&store, dir.path(), &fault, n).and_then(|mut office| office.seal(&request(letter(), 2)));
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
    // The last one where a tile becomes full and partial ones are superseded: two leaves a sealing, one for the table.
    let mut runs = 0;
    let mut kept = 0;
    for (before, step) in [(0, 1), (1, 1), (127, 4)] {
        let (ran, stayed) = fail_everywhere(before, step);
        runs += ran;
        kept += stayed;
    }
    println!(
        "{runs} failures injected; after {kept} of them the message was there although its sealing had reported an error"
    );
    assert!(runs > 150, "only {runs} operations: the faults no longer reach what they should");
}

#[test]
fn a_failure_while_a_look_is_spent_never_gives_a_number_back() {
    let home = scratch();
    let store = MemoryStore::new();
    let mut office = create(&store, home.path());
    let sealed = office.seal(&request(letter(), 2)).unwrap();
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
