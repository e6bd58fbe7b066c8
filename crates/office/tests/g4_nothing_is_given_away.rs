//! G4, for the log: who watches it learns nothing of how much, when or to whom an office writes.
//!
//! Two offices with very different habits run at one rate through the real code until each log has more than 10,000 leaves: one seals
//! forty letters to fifty recipients every Monday at nine, the other one letter a month. A watcher reads both directories after each
//! publication, with the times, and has to tell them apart: by names, sizes and times, which must be equal, and by the leaves' bytes,
//! which must pass for random ones (see `watcher`). The same watcher is then let loose on offices that publish early, or only when
//! somebody works, and on leaves that are a little less than random; there he must succeed, or his silence would say nothing.
//!
//! What such a test can't see: a pattern in the bytes weaker than the effects that the last test names, anything that costs more than
//! statistics to find (that a hash of something guessable stands there: the salts are what prevents it), and everything outside the
//! log's directory: how long the machine runs, its network, its disk.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;
mod watcher;

use common::{PASSPHRASE, letter, request};
use countermark_office::{Founding, Office};
use countermark_proof::TableSize;
use countermark_testkit::{FakeClock, MemoryDisk, rng};
use countermark_vault::{Kdf, MemoryStore, Unlock, Vault};
use watcher::{ALPHA, Glance, Watched, tell_apart, tell_from_random};

const HOUR: u64 = 3_600_000;
/// Monday, 2026-03-02, 09:00 UTC, is where the clock begins.
const WEEK: u64 = 7 * 24;
/// 1,251 batches of eight leaves.
const HOURS: u64 = 1_252;

/// How an office works.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    /// A timer publishes what is due, sealings wait.
    Timer,
    /// The same, and every sealing is `--now`.
    Now,
    /// No timer: what is due goes out when somebody seals.
    OnlyWhenWorking,
}

/// Letters of an hour, and recipients of each.
type Habit = fn(u64) -> (usize, u32);

fn monday_forty(hour: u64) -> (usize, u32) {
    (if hour.is_multiple_of(WEEK) { 40 } else { 0 }, 50)
}

fn one_a_month(hour: u64) -> (usize, u32) {
    (usize::from(hour % 720 == 100), 1)
}

/// Runs an office and watches it. The seed stands for everything that differs between two offices.
fn run(habit: Habit, way: Way, hours: u64, seed: u64) -> Watched {
    let (clock, disk, dir) = (FakeClock::default(), MemoryDisk::new(), common::scratch());
    let store = Box::new(MemoryStore::new());
    let vault = Vault::create(store, Unlock::Passphrase(PASSPHRASE), Kdf::CHEAP, Box::new(rng(seed))).unwrap();
    // Origins are public and chosen by their owners; here they are of one length, as the random ones are.
    let origin = format!("office-{seed:04}.example/log");
    let founding = Founding { origin: Some(&origin), table: TableSize::new(10).unwrap() };
    let now = clock.clone();
    let clocked = Box::new(move || now.now());
    let mut office = Office::create(vault, disk.clone(), &dir.path().join("looks"), founding, "one", clocked).unwrap();
    office.publish_due().unwrap();
    let mut watched = Watched::default();
    let mut size = office.log_size().unwrap();
    for hour in 0..hours {
        if way != Way::OnlyWhenWorking {
            office.publish_due().unwrap();
            glance(&office, &disk, &clock, &mut size, &mut watched);
        }
        let (letters, copies) = habit(hour);
        let waits = request(letter(), copies);
        for _ in 0..letters {
            clock.pass(1_000);
            match way {
                Way::Timer => drop(office.seal(&waits).unwrap()),
                Way::Now => drop(office.seal_now(&waits).unwrap()),
                Way::OnlyWhenWorking => {
                    office.publish_due().unwrap();
                    drop(office.seal(&waits).unwrap());
                }
            }
            glance(&office, &disk, &clock, &mut size, &mut watched);
        }
        let next = FakeClock::START + (hour + 1) * HOUR;
        clock.pass(next - clock.now());
    }
    assert!(office.audit_log().unwrap().problems.is_empty());
    watched.leaves = watcher::leaves(&disk, size);
    watched
}

/// What the watcher notes when the checkpoint is a new one: the time, the log's size, every file's name and size.
fn glance(office: &Office<MemoryDisk>, disk: &MemoryDisk, clock: &FakeClock, size: &mut u64, watched: &mut Watched) {
    let now = office.log_size().unwrap();
    if now != *size {
        *size = now;
        let files = disk.files().into_iter().map(|(path, bytes)| (path, bytes.len())).collect();
        watched.glances.push(Glance { at_ms: clock.now(), size: now, files });
    }
}

#[test]
fn two_offices_with_very_different_habits_look_the_same() {
    let (busy, quiet) = (run(monday_forty, Way::Timer, HOURS, 1), run(one_a_month, Way::Timer, HOURS, 2));
    assert!(busy.leaves.len() > 10_000 && quiet.leaves.len() == busy.leaves.len(), "{}", busy.leaves.len());
    println!("{} leaves each, {} publications", busy.leaves.len(), busy.glances.len());
    assert_eq!(tell_apart(&busy, &quiet), Vec::<String>::new());
    for (name, watched) in [("busy", &busy), ("quiet", &quiet)] {
        assert_eq!(tell_from_random(&watched.leaves), Vec::<String>::new(), "{name}");
    }
    // Within the busy office: the batches that hold the letters of a Monday against all others.
    let monday = |at: usize| (at as u64 / 8) % WEEK < 6;
    let (mondays, others): (Vec<_>, Vec<_>) = busy.leaves.iter().enumerate().partition(|(at, _)| monday(*at));
    let bytes = |leaves: Vec<(usize, &[u8; 64])>| leaves.into_iter().map(|(_, leaf)| *leaf).collect::<Vec<_>>();
    assert_eq!(watcher::learns(&bytes(mondays), &bytes(others)), None);
}

#[test]
fn control_whoever_publishes_early_is_told_apart() {
    let hours = 3 * WEEK;
    let quiet = run(one_a_month, Way::Timer, hours, 3);
    for (name, way) in [("--now", Way::Now), ("no timer", Way::OnlyWhenWorking)] {
        let busy = run(monday_forty, way, hours, 4);
        let reasons = tell_apart(&busy, &quiet);
        println!("{name}: {reasons:?}");
        assert!(reasons.iter().any(|reason| reason.contains("times")), "{name}: {reasons:?}");
        // And the other way round: it is not the busy one alone that shows.
        let other = run(one_a_month, way, hours, 5);
        assert!(!tell_apart(&other, &run(monday_forty, Way::Timer, hours, 6)).is_empty(), "{name}");
    }
}

/// How small an effect the byte tests see in 10,000 leaves: each is planted in random leaves and must be found.
#[test]
fn control_leaves_that_are_a_little_less_than_random_are_told_apart() {
    let mut random = rng(9);
    let mut draw = || {
        let mut leaf = [0; 64];
        rand_core::Rng::fill_bytes(&mut random, &mut leaf);
        leaf
    };
    let clean: Vec<[u8; 64]> = (0..10_000).map(|_| draw()).collect();
    assert_eq!(tell_from_random(&clean), Vec::<String>::new());
    let planted = |plant: &dyn Fn(usize, &mut [u8; 64])| {
        let mut leaves = clean.clone();
        leaves.iter_mut().enumerate().for_each(|(at, leaf)| plant(at, leaf));
        leaves
    };
    let effects = [
        ("1 leaf of 100 begins with one byte", planted(&|at, leaf| leaf[0] = if at % 100 == 0 { 7 } else { leaf[0] })),
        (
            "1 leaf of 15 has the top bit of byte 40 set",
            planted(&|at, leaf| leaf[40] |= if at % 15 == 0 { 0x80 } else { 0 }),
        ),
        (
            "1 leaf of 300 has a second half of zeros",
            planted(&|at, leaf| {
                if at % 300 == 0 {
                    leaf[32..].fill(0)
                }
            }),
        ),
        (
            "1 leaf of 200 repeats a byte",
            planted(&|at, leaf| {
                if at % 200 == 0 {
                    leaf[33] = leaf[32]
                }
            }),
        ),
        ("1 leaf of 200 begins as the one before", {
            let mut leaves = clean.clone();
            (200..leaves.len()).step_by(200).for_each(|at| leaves[at][..32].copy_from_slice(&clean[at - 1][..32]));
            leaves
        }),
    ];
    for (name, leaves) in &effects {
        let reasons = tell_from_random(leaves);
        println!("{name}: {reasons:?}");
        assert!(!reasons.is_empty(), "{name} was not seen at a significance of {ALPHA}");
    }
    // A classifier learns what a quarter of the leaves shows in one bit.
    let skewed = planted(&|at, leaf| leaf[5] |= if at % 4 == 0 { 1 } else { 0 });
    assert!(watcher::learns(&skewed, &clean).is_some());
}
