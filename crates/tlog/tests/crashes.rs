//! A log survives whatever its disk and its record do, at every single operation.
//!
//! One run per operation and fault, in both halves (failed and did nothing; failed but did), going on in the same
//! process, in a new one, or after a power cut that keeps some of what was not synced. After each a checker opens
//! the log with the record, reads every entry, recomputes the root from the entries alone, and audits; then the log
//! must go on to its end.
#![allow(clippy::unwrap_used)]

mod memory;

use countermark_tlog::LogError;
use countermark_tlog::checkpoint::SignedCheckpoint;
use countermark_tlog::directory::{Log, View};
use countermark_tlog::merkle::{Range, leaf_hash};
use countermark_tlog::note::Signer;
use memory::{Fault, Memory};
use std::collections::BTreeMap;

/// What the caller keeps: the newest checkpoint that was recorded, and every one that was ever signed for him.
#[derive(Clone, Default)]
struct Record {
    newest: Option<Vec<u8>>,
    signed: BTreeMap<u64, Vec<u8>>,
    /// Entries whose append was acknowledged, or that were found in the log after a failed append.
    entries: Vec<Vec<u8>>,
    fault: Option<Fault>,
}

impl Record {
    fn commit(&mut self, checkpoint: &[u8]) -> Result<(), &'static str> {
        let fault = self.fault.take();
        if !matches!(fault, Some(Fault::Fails | Fault::Dies)) {
            let read = SignedCheckpoint::parse(checkpoint).unwrap();
            let size = read.checkpoint().size;
            let before = self.signed.insert(size, checkpoint.to_vec());
            assert!(before.is_none_or(|before| before == checkpoint), "size {size} was recorded with two roots");
            self.newest = Some(checkpoint.to_vec());
        }
        if fault.is_some() { Err("the record failed") } else { Ok(()) }
    }
}

fn signer() -> Signer {
    Signer::new("log.example/1".parse().unwrap(), &[1; 32])
}

fn open(disk: &Memory, record: &Record) -> Result<Log<Memory>, LogError> {
    Log::open(disk.clone(), signer().verifier().clone(), record.newest.as_deref())
}

/// The batches of a run. Each attempt of one has entries of its own, so that a size signed twice would show.
const BATCHES: [usize; 4] = [1, 2, 1, 258];

fn batch(number: usize, attempt: usize) -> Vec<Vec<u8>> {
    (0..BATCHES[number]).map(|i| format!("{number}.{attempt}.{i}").into_bytes()).collect()
}

/// A log of 253 entries, so that the batches fill a tile on the way.
fn start() -> (Memory, Record) {
    let (disk, mut record) = (Memory::default(), Record::default());
    let mut log = Log::create(disk.clone(), &signer(), |bytes| record.commit(bytes)).unwrap();
    let entries: Vec<Vec<u8>> = (0..253).map(|i| format!("first {i}").into_bytes()).collect();
    append(&mut log, &mut record, &entries).unwrap();
    drop(log);
    (disk, record)
}

fn append(log: &mut Log<Memory>, record: &mut Record, entries: &[Vec<u8>]) -> Result<(), LogError> {
    let slices: Vec<&[u8]> = entries.iter().map(Vec::as_slice).collect();
    let first = log.size();
    let indices = log.append(&signer(), &slices, |bytes| record.commit(bytes))?;
    assert_eq!(indices, first..first + entries.len() as u64);
    record.entries.extend_from_slice(entries);
    Ok(())
}

/// Opens, reads everything again, and recomputes the root from the entries alone. Entries of an append that failed
/// may be there if the record has them; then they count from now on.
fn check(disk: &Memory, record: &mut Record, pending: &[Vec<u8>]) {
    let log = open(disk, record).unwrap();
    let found = log.view().entries(0..u64::MAX).unwrap();
    let acknowledged = record.entries.len();
    assert!(found.starts_with(&record.entries), "acknowledged entries are gone: {} of {acknowledged}", found.len());
    if found.len() > acknowledged {
        assert_eq!(&found[acknowledged..], pending, "what was not appended is in the log");
        record.entries = found.clone();
    }
    let mut range = Range::new();
    for entry in std::iter::once(None).chain(found.iter().map(Some)) {
        entry.iter().for_each(|entry| range.push(leaf_hash(entry)));
        if let Some(signed) = record.signed.get(&range.size()) {
            let signed = SignedCheckpoint::parse(signed).unwrap();
            assert_eq!(signed.checkpoint().root, range.root(), "the log forked at {}", range.size());
        }
    }
    assert_eq!(log.checkpoint().checkpoint().root, range.root());
    assert!(record.signed.keys().all(|size| *size <= range.size()), "a recorded checkpoint is beyond the log");
    let audit = log.view().audit().unwrap();
    assert!(audit.is_clean(), "{:?}", audit.findings);
    let view = View::open(disk.clone(), signer().verifier().clone()).unwrap();
    assert_eq!(view.checkpoint(), log.checkpoint(), "the file holds what was opened");
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Then {
    /// The same process tries again, opening anew only when it is told to.
    GoOn,
    /// A new process opens the log.
    Restart,
    /// The power was cut, with this seed.
    PowerCut(u64),
}

/// Runs all batches with one fault on the way.
fn run(start: &(Memory, Record), arm: impl Fn(&Memory, &mut Record, usize), then: Then) {
    let (disk, mut record) = (start.0.fork(), start.1.clone());
    let mut log = None;
    for number in 0..BATCHES.len() {
        arm(&disk, &mut record, number);
        for attempt in 0.. {
            assert!(attempt < 4, "one fault, and still no success");
            let entries = batch(number, attempt);
            let done = (|| {
                let open_log = match log.take() {
                    Some(log) => log,
                    None => open(&disk, &record)?,
                };
                append(log.insert(open_log), &mut record, &entries)
            })();
            let Err(error) = done else { break };
            if then == Then::GoOn && !matches!(error, LogError::Reopen) {
                continue;
            }
            log = None;
            match then {
                Then::PowerCut(seed) => disk.cut_power(seed),
                _ => disk.restart(),
            }
            let before = record.entries.len();
            // The batch that stands now may be of the attempt before, when that one failed after its record.
            let tried = if matches!(error, LogError::Reopen) { batch(number, attempt - 1) } else { entries };
            check(&disk, &mut record, &tried);
            if record.entries.len() > before {
                break;
            }
        }
    }
    drop(log);
    disk.restart();
    check(&disk, &mut record, &[]);
    assert_eq!(record.entries.len(), 253 + BATCHES.iter().sum::<usize>());
}

/// How many power cuts there are for each operation and fault: `CRASH_SEEDS`, or 1.
fn seeds() -> u64 {
    std::env::var("CRASH_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(1)
}

/// How many operations the batches take when nothing fails.
fn operations(start: &(Memory, Record)) -> usize {
    let disk = start.0.fork();
    let mut record = start.1.clone();
    let before = disk.operations();
    let mut log = open(&disk, &record).unwrap();
    (0..BATCHES.len()).for_each(|number| append(&mut log, &mut record, &batch(number, 0)).unwrap());
    disk.operations() - before
}

#[test]
fn every_operation_may_fail() {
    let start = start();
    let operations = operations(&start);
    let mut runs = 0;
    for at in 0..operations {
        for fault in Fault::ALL {
            let arm = |disk: &Memory, _: &mut Record, number: usize| {
                if number == 0 {
                    disk.arm(at, fault);
                }
            };
            let mut thens = vec![Then::Restart];
            thens.extend((0..seeds()).map(|seed| Then::PowerCut(seed * 1000 + at as u64 + 1)));
            if !fault.dies() {
                thens.push(Then::GoOn);
            }
            for then in thens {
                run(&start, arm, then);
                runs += 1;
            }
        }
    }
    println!("{runs} runs over {operations} operations");
    assert!(runs > 1000);
}

#[test]
fn the_record_may_fail() {
    let start = start();
    for number in 0..BATCHES.len() {
        for fault in [Fault::Fails, Fault::FailsButDid] {
            let arm = |_: &Memory, record: &mut Record, at: usize| record.fault = (at == number).then_some(fault);
            for then in [Then::GoOn, Then::Restart, Then::PowerCut(7), Then::PowerCut(8), Then::PowerCut(9)] {
                run(&start, arm, then);
            }
        }
    }
}

#[test]
fn record_and_disk_may_fail_in_one_append() {
    let start = start();
    let operations = operations(&start);
    for at in (0..operations).step_by(3) {
        let arm = |disk: &Memory, record: &mut Record, number: usize| {
            if number == 0 {
                disk.arm(at, Fault::FailsButDid);
            }
            record.fault = (number == 1).then_some(Fault::FailsButDid);
        };
        run(&start, arm, Then::Restart);
        run(&start, arm, Then::PowerCut(at as u64 + 5));
    }
}

#[test]
fn making_a_log_may_fail_at_every_operation() {
    for at in 0..12 {
        for fault in Fault::ALL {
            for seed in 0..4 {
                let (disk, mut record) = (Memory::default(), Record::default());
                disk.arm(at, fault);
                let made = Log::create(disk.clone(), &signer(), |bytes| record.commit(bytes));
                let failed = made.is_err();
                drop(made);
                if seed == 0 {
                    disk.restart()
                } else {
                    disk.cut_power(seed)
                }
                if failed && record.newest.is_none() {
                    drop(Log::create(disk.clone(), &signer(), |bytes| record.commit(bytes)).unwrap());
                }
                check(&disk, &mut record, &[]);
            }
        }
    }
}
