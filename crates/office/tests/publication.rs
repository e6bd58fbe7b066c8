//! What is published when: overflow, gaps, early batches, vaults of before, vaults that were put back, two processes at once.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::collections::HashSet;
use std::path::Path;
use std::time::Duration;

use common::{HOUR, NOW, TestOffice, create, letter, open_at, request, scratch};
use countermark_office::{ProveRequest, Rate, Shows};
use countermark_proof::{Tables, VerifyOptions, verify};
use countermark_testkit::Fault;
use countermark_vault::{MemoryStore, Store};

fn at(store: &MemoryStore, dir: &Path, now: u64) -> TestOffice {
    open_at(store, dir, &Fault::never(), now, now).unwrap()
}

/// What is sealed and published while an audit goes on is no problem of the log, and no part of what was audited.
#[test]
fn an_audit_gives_way_and_is_of_the_log_as_it_was() {
    let (store, home) = (MemoryStore::new(), scratch());
    let mut office = begun(&store, home.path());
    let waits = office.seal(&request(letter(), 2)).unwrap();
    office.seal(&request(letter(), 2)).unwrap();
    office.publish_now(None).unwrap();
    let late = office.seal(&request(letter(), 2)).unwrap();
    let before = clean(&office);
    let office = std::cell::RefCell::new(office);
    let mut held = 0;
    let audit = countermark_office::audit_by::<_, countermark_office::Error>(|work| {
        work(&office.borrow())?;
        held += 1;
        let mut office = office.borrow_mut();
        office.seal(&request(letter(), 2))?;
        office.note("a test", "between two looks")?;
        office.publish_now(None)?;
        Ok(())
    })
    .unwrap();
    assert!(held > 1, "it is held for more than one piece of work");
    assert_eq!((audit.problems, audit.size), (Vec::new(), before));
    let mut office = office.into_inner();
    assert!(clean(&office) > before);
    assert!(proves(&mut office, &waits.reference) && proves(&mut office, &late.reference));
}

/// An office whose rhythm has begun at [`NOW`].
fn begun(store: &MemoryStore, dir: &Path) -> TestOffice {
    let mut office = create(store, dir);
    assert_eq!(office.publish_due().unwrap(), None);
    office
}

fn clean(office: &TestOffice) -> u64 {
    let audit = office.audit_log().unwrap();
    assert_eq!(audit.problems, Vec::<String>::new());
    audit.size
}

fn proves(office: &mut TestOffice, message: &str) -> bool {
    let request = ProveRequest { message, parts: None, capture: None, words: None, shows: Shows::Text };
    let Ok(bundle) = office.prove::<countermark_office::Error>(&request, |_| Ok(())) else { return false };
    let options = VerifyOptions { tables: Tables::AlsoSmall, ..VerifyOptions::default() };
    assert!(verify(&bundle.bytes, &options).valid);
    true
}

#[test]
fn what_does_not_fit_waits_and_goes_out_oldest_first() {
    let (store, home) = (MemoryStore::new(), scratch());
    let mut office = begun(&store, home.path());
    office.set_rate(Rate::new(Duration::from_secs(3_600), 3).unwrap());
    let first_batch = (NOW / HOUR + 1) * HOUR / 1000;
    drop(office);
    let mut sealed = Vec::new();
    for n in 0..5 {
        let mut office = at(&store, home.path(), NOW + n);
        office.set_rate(Rate::new(Duration::from_secs(3_600), 3).unwrap());
        sealed.push(office.seal(&request(letter(), 2)).unwrap());
    }
    // Three leaves a batch, one of them for the trail's head.
    let hours: Vec<u64> = sealed.iter().map(|s| (s.provable_at.unwrap() - first_batch) / 3_600).collect();
    assert_eq!(hours, [0, 0, 1, 1, 2]);
    for hour in 0..3 {
        let mut office = at(&store, home.path(), (first_batch + hour * 3_600) * 1000);
        office.set_rate(Rate::new(Duration::from_secs(3_600), 3).unwrap());
        let done = office.publish_due().unwrap().unwrap();
        assert_eq!((done.size, done.batches, done.early), (1 + 3 * (hour + 1), 1, false));
        for (message, due) in sealed.iter().zip(&hours) {
            // A place that the trail's head did not take goes to the next in the queue.
            let logged = office.message(&message.reference).unwrap().summary.logged;
            assert!(logged || *due > hour, "{due} {hour}");
        }
        clean(&office);
    }
    let mut office = at(&store, home.path(), NOW + 4 * HOUR);
    assert!(sealed.iter().all(|s| proves(&mut office, &s.reference)));
}

#[test]
fn a_gap_is_filled_with_dummies_and_capped() {
    let (store, home) = (MemoryStore::new(), scratch());
    let mut office = begun(&store, home.path());
    let sealed = office.seal(&request(letter(), 2)).unwrap();
    drop(office);
    let mut office = at(&store, home.path(), NOW + 10 * HOUR);
    let done = office.publish_due().unwrap().unwrap();
    assert_eq!((done.size, done.batches, done.left_out), (81, 10, 0));
    assert_eq!(office.publish_due().unwrap(), None);
    assert!(proves(&mut office, &sealed.reference));
    assert_eq!(clean(&office), 81);
    // One checkpoint for the whole gap.
    assert_eq!(office.checkpoints().unwrap().iter().map(|one| one.size()).collect::<Vec<_>>(), [1, 81]);
    let (count, newest) = office.newest_checkpoint().unwrap();
    assert_eq!((count, newest.unwrap().size()), (2, 81));
    drop(office);
    let mut office = at(&store, home.path(), NOW + 10 * HOUR + 366 * 24 * HOUR);
    let done = office.publish_due().unwrap().unwrap();
    assert_eq!((done.batches, done.left_out, done.size), (2_048, 366 * 24 - 2_048, 81 + 16_384));
    assert_eq!(clean(&office), done.size);
}

#[test]
fn a_batch_on_demand_is_one_more_and_takes_the_message_that_was_asked_for_first() {
    let (store, home) = (MemoryStore::new(), scratch());
    let mut office = begun(&store, home.path());
    let sealed: Vec<_> = (0..10).map(|_| office.seal(&request(letter(), 2)).unwrap()).collect();
    let last = &sealed[9];
    assert!(!proves(&mut office, &last.reference));
    let next = office.next_batch().unwrap();
    let done = office.publish_now(Some(&last.message)).unwrap().unwrap();
    assert_eq!((done.size, done.batches, done.early), (9, 1, true));
    assert!(proves(&mut office, &last.reference));
    assert_eq!(office.next_batch().unwrap(), next, "the rhythm stays");
    // It waits no longer.
    assert_eq!(office.publish_now(Some(&last.message)).unwrap(), None);
    assert_eq!(office.log_size().unwrap(), 9);
    drop(office);
    // When one is due it is enough, unless the message does not fit into it.
    let mut office = at(&store, home.path(), NOW + HOUR);
    let done = office.publish_now(None).unwrap().unwrap();
    assert_eq!((done.size, done.early), (17, false));
    assert_eq!(clean(&office), 17);
}

#[test]
fn the_trails_head_goes_out_once_for_what_it_covers() {
    let (store, home) = (MemoryStore::new(), scratch());
    let mut office = begun(&store, home.path());
    office.set_rate(Rate::new(Duration::from_secs(3_600), 1).unwrap());
    // The trail has the founding; nothing waits: its head takes the one place.
    office.publish_now(None).unwrap();
    office.seal(&request(letter(), 2)).unwrap();
    // With one place a message comes before the head.
    office.publish_now(None).unwrap();
    assert!(office.messages().unwrap()[0].logged);
    office.publish_now(None).unwrap();
    office.publish_now(None).unwrap();
    assert_eq!(clean(&office), 5);
    // Table, head, message, head, and a dummy that the vault has counted.
}

#[test]
fn a_clock_that_was_set_back_does_not_stop_the_log() {
    let (store, home) = (MemoryStore::new(), scratch());
    drop(begun(&store, home.path()));
    at(&store, home.path(), NOW + 1_000 * HOUR).publish_due().unwrap();
    let mut office = at(&store, home.path(), NOW);
    let size = office.log_size().unwrap();
    assert_eq!(office.publish_due().unwrap(), None);
    drop(office);
    let mut office = at(&store, home.path(), NOW + HOUR);
    assert_eq!(office.publish_due().unwrap().unwrap().size, size + 8);
}

/// A vault of an older version: no rhythm, no history; and a leaf that waits without saying since when.
#[test]
fn a_vault_of_before_begins_its_rhythm() {
    let (store, home) = (MemoryStore::new(), scratch());
    let mut office = create(&store, home.path());
    let logged = office.seal_now(&request(letter(), 2)).unwrap();
    drop(office);
    let mut raw = store.clone();
    for table in [31, 32] {
        let mut ids = Vec::new();
        raw.read(&mut |rows| {
            rows.list(table, &mut |id, row| {
                ids.push((id.to_vec(), row.version));
                Ok(())
            })
        })
        .unwrap();
        assert!(!ids.is_empty());
        raw.write(&mut |rows| ids.iter().try_for_each(|(id, version)| rows.delete(table, id, *version))).unwrap();
    }
    let mut office = at(&store, home.path(), NOW);
    assert!(proves(&mut office, &logged.reference));
    assert_eq!(office.publish_due().unwrap(), None);
    let waits = office.seal(&request(letter(), 2)).unwrap();
    drop(office);
    let mut office = at(&store, home.path(), NOW + HOUR);
    assert_eq!(office.publish_due().unwrap().unwrap().size, 17);
    assert!(proves(&mut office, &waits.reference) && proves(&mut office, &logged.reference));
}

/// A vault that is put back takes neither a slot that the log has seen nor logs a leaf again, and reads what it lacks once.
#[test]
fn a_vault_that_was_put_back_learns_what_its_log_holds() {
    let (store, home) = (MemoryStore::new(), scratch());
    let mut office = begun(&store, home.path());
    let waits = office.seal(&request(letter(), 2)).unwrap();
    drop(office);
    let old = store.snapshot();
    let mut office = at(&store, home.path(), NOW);
    office.publish_now(Some(&waits.message)).unwrap();
    let lost: Vec<String> = (0..20).map(|_| office.seal_now(&request(letter(), 2)).unwrap().reference).collect();
    drop(office);
    let mut office = at(&old, home.path(), NOW);
    office.recover().unwrap();
    assert!(proves(&mut office, &waits.reference), "it is in the log already");
    let mut references: HashSet<String> = lost.into_iter().collect();
    for _ in 0..30 {
        assert!(references.insert(office.seal_now(&request(letter(), 2)).unwrap().reference), "one slot, two sealings");
    }
    let problems = office.audit_log().unwrap().problems;
    assert!(matches!(problems.as_slice(), [one] if one.contains("older vault")), "{problems:?}");
}

#[test]
fn two_processes_publish_each_batch_once() {
    let (store, home) = (MemoryStore::new(), scratch());
    let mut office = begun(&store, home.path());
    let sealed: Vec<_> = (0..12).map(|_| office.seal(&request(letter(), 2)).unwrap().reference).collect();
    drop(office);
    let (one, other) = (home.path().to_owned(), home.path().to_owned());
    // Both come at once, hour after hour.
    let barrier = std::sync::Barrier::new(2);
    let published = std::thread::scope(|scope| {
        let run = |dir: std::path::PathBuf| {
            let (store, barrier) = (store.clone(), &barrier);
            move || {
                let hours = (1..=6).filter_map(|hour| {
                    barrier.wait();
                    at(&store, &dir, NOW + hour * HOUR).publish_due().unwrap()
                });
                hours.map(|done| done.batches).sum::<u64>()
            }
        };
        let (one, other) = (scope.spawn(run(one)), scope.spawn(run(other)));
        one.join().unwrap() + other.join().unwrap()
    });
    // Whichever of them comes last finds nothing due.
    assert_eq!(published, 6);
    let mut office = at(&store, home.path(), NOW + 6 * HOUR);
    assert_eq!(clean(&office), 49);
    assert!(sealed.iter().all(|reference| proves(&mut office, reference)));
}
