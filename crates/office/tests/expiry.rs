//! Codebooks that expire, inside one process: every operation of vault, key file and log fails once in both ways while codebooks go, and
//! after each failure everything is opened again: whatever is not to go can be named, what was acknowledged as destroyed is gone, a next
//! run completes it.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::path::Path;

use common::{NOW, PASSPHRASE, TestOffice, copy_dir, letter, request, scratch};
use countermark_marking::Master;
use countermark_office::{CodebookState, Error, Founding, Office, Unasked};
use countermark_proof::TableSize;
use countermark_testkit::{FailingDisk, FailingStore, FakeClock, Fault, Half, rng};
use countermark_tlog::directory::Folder;
use countermark_vault::{Kdf, MemoryStore, Unlock, Vault};

const DAY: u64 = 86_400_000;

fn create(store: &MemoryStore, dir: &Path, clock: &FakeClock) -> TestOffice {
    let vault = Vault::create(Box::new(store.clone()), Unlock::Passphrase(PASSPHRASE), Kdf::CHEAP, Box::new(rng(1)));
    let disk = FailingDisk::new(Folder::create(&dir.join("log")).unwrap(), Fault::never());
    let founding = Founding { origin: Some("test.example/log"), table: TableSize::SMALL };
    let clock = clock.clone();
    Office::create(vault.unwrap(), disk, &dir.join("looks"), founding, "tester", Box::new(move || clock.now())).unwrap()
}

fn open(store: &MemoryStore, dir: &Path, fault: &Fault, clock: &FakeClock) -> Result<TestOffice, Error> {
    let store = FailingStore::new(store.clone(), fault.clone());
    let vault = Vault::open(Box::new(store), Unlock::Passphrase(PASSPHRASE), Box::new(rng(clock.now())))?;
    let disk = FailingDisk::new(Folder::open(&dir.join("log")).unwrap(), fault.clone());
    let clock = clock.clone();
    Office::open(vault, disk, &dir.join("looks"), "tester", Box::new(move || clock.now()))
}

#[test]
fn dates_are_reckoned_from_sealing() {
    let (store, dir, clock) = (MemoryStore::new(), scratch(), FakeClock::at(NOW));
    let mut office = create(&store, dir.path(), &clock);
    let first = office.seal(&request(letter(), 2)).unwrap();
    let mut as_sent = request(letter(), 2);
    as_sent.master = Master::plain("What went out long ago, word for word, to two persons.");
    as_sent.as_sent = Some(1_000_000_000);
    let sent = office.seal(&as_sent).unwrap();
    clock.pass(10 * DAY);
    let second = office.seal(&request(letter(), 2)).unwrap();
    clock.pass(355 * DAY - 1);
    assert!(office.due(365).unwrap().is_empty());
    clock.pass(1);
    let due = office.expire(365).unwrap();
    assert_eq!(due.iter().map(|due| &due.reference).collect::<Vec<_>>(), [&first.reference]);
    let state = |office: &mut TestOffice, reference: &str| office.message(reference).unwrap().codebook;
    assert_eq!(state(&mut office, &first.reference), CodebookState::Destroyed { at_ms: clock.now() });
    assert_eq!(state(&mut office, &second.reference), CodebookState::Kept);
    clock.pass(30_000 * DAY);
    assert_eq!(office.expire(365).unwrap().len(), 1);
    assert_eq!(state(&mut office, &sent.reference), CodebookState::Kept, "what was registered as sent has no date");
    assert!(office.copy(&sent.reference, "1").is_ok());
}

#[test]
fn unasked_once_a_day_and_never_after_a_leap_of_the_clock() {
    let (store, dir, clock) = (MemoryStore::new(), scratch(), FakeClock::at(NOW));
    let mut office = create(&store, dir.path(), &clock);
    office.seal(&request(letter(), 2)).unwrap();
    assert_eq!(office.expire_unasked(20).unwrap(), Unasked::Nothing);
    clock.pass(400 * DAY);
    assert_eq!(office.expire_unasked(20).unwrap(), Unasked::Waiting(1));
    assert_eq!(office.expire_unasked(20).unwrap(), Unasked::Waiting(1), "it is said again until somebody looks");
    assert_eq!(office.expire_unasked(401).unwrap(), Unasked::Nothing);
    clock.pass(DAY / 2);
    assert_eq!(office.expire_unasked(20).unwrap(), Unasked::Nothing, "looked at half a day ago");
    clock.pass(DAY);
    assert!(matches!(office.expire_unasked(20).unwrap(), Unasked::Destroyed(gone) if gone.len() == 1));
}

#[test]
fn a_message_without_sites_is_still_written_for_everybody() {
    let (store, dir, clock) = (MemoryStore::new(), scratch(), FakeClock::at(NOW));
    let mut office = create(&store, dir.path(), &clock);
    let mut plain = request(letter(), 1);
    plain.master = Master::plain("One text for one reader, and not a site in all of it.");
    let sealed = office.seal(&plain).unwrap();
    office.destroy_codebook(&sealed.reference).unwrap();
    assert_eq!(office.copy(&sealed.reference, "1").unwrap().1.text, sealed.copies[0].text);
    office.hand_over(&sealed.reference, "1", "paper", None).unwrap();
    assert!(matches!(office.destroy_codebook(&sealed.reference), Err(Error::CodebookDestroyed { .. })));
    let found = office.search_for(Some("test")).unwrap().trace(&sealed.copies[0].text, Some("test")).unwrap();
    assert_eq!(found.verdict().name(), "single");
}

/// Letters of different words, so that a text is of one of them.
fn about(place: &str) -> Master {
    let text = format!(
        "Dear friends of the {place},\n\n{{I am writing|I write}} to you {{ahead of|before}} our {place} meeting in Lisk. \
         {{None of this|Nothing in this}} {place} is {{meant|intended}} as an ultimatum, and I {{remain|am}} at your disposal \
         {{at any hour|at any time}}.\n\nWe {{met|spoke}} {{twice|two times}} {{last year|in the last year}} at the {place}, and \
         {{each time|every time}} we {{found|reached}} common {place} ground. {{Let us|We should}} {{try|attempt}} {{again|once more}}.\n"
    );
    Master::parse(&text).unwrap()
}

/// Whether each message's second copy is named, `None` where its codebook is destroyed.
fn named(office: &mut TestOffice, copies: &[(String, String)]) -> Vec<Option<bool>> {
    let mut search = office.search().unwrap();
    copies
        .iter()
        .map(|(reference, text)| {
            let finding = search.trace(text, Some("test")).unwrap();
            let message = finding.messages.iter().find(|message| message.reference == *reference).unwrap();
            match message.codebook {
                CodebookState::Destroyed { .. } => None,
                CodebookState::Kept => Some(!message.named.is_empty()),
                CodebookState::NoKey => panic!("a key is missing"),
            }
        })
        .collect()
}

#[test]
fn no_failure_of_an_expiry_costs_another_codebook() {
    let (base, home, clock) = (MemoryStore::new(), scratch(), FakeClock::at(NOW));
    let mut office = create(&base, home.path(), &clock);
    let mut copies = Vec::new();
    for place in ["harbour", "railway", "orchard"] {
        let sealed = office.seal(&request(about(place), 2)).unwrap();
        office.hand_over(&sealed.reference, "2", "paper", None).unwrap();
        copies.push((sealed.reference.clone(), sealed.copies[1].text.clone()));
        clock.pass(DAY);
    }
    drop(office);
    let run = |store: &MemoryStore, dir: &Path, fault: &Fault| -> Result<(), Error> {
        let mut office = open(store, dir, fault, &clock)?;
        office.recover()?;
        assert!(office.expire(3)?.len() <= 1);
        Ok(())
    };
    let mut runs = 0;
    for half in [Half::NotDone, Half::Done] {
        for n in 1.. {
            let (store, dir) = (base.snapshot(), scratch());
            copy_dir(home.path(), dir.path());
            let fault = Fault::at(n, half);
            let done = run(&store, dir.path(), &fault);
            let context = format!("operation {n}, {half:?}");
            let mut office = open(&store, dir.path(), &Fault::never(), &clock).unwrap();
            let found = named(&mut office, &copies);
            assert_eq!(found[1..], [Some(true), Some(true)], "{context}");
            assert!(matches!(found[0], None | Some(true)), "{context}");
            assert!(done.is_err() || found[0].is_none(), "{context}");
            office.recover().unwrap();
            office.expire(3).unwrap();
            assert_eq!(named(&mut office, &copies), [None, Some(true), Some(true)], "{context}");
            assert_eq!(store.key_file().unwrap().len(), 4096 + 2 * 384, "{context}: a key is left");
            assert!(office.audit_log().unwrap().problems.is_empty(), "{context}");
            let report = office.vault().check(None).unwrap();
            assert!(report.is_well() && report.keyless == 0, "{context}: {:?}", report.problems);
            if !fault.happened() {
                assert!(done.is_ok());
                break;
            }
            runs += 1;
        }
    }
    println!("{runs} failures injected");
    assert!(runs > 60, "{runs}");
}
