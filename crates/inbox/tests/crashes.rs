//! Every operation of the writer fails once, in both halves; every prefix of a segment is what a crash left. What was acknowledged is there
//! afterwards, and the next writer goes on.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::Path;

use common::{item, read, recipient};
use countermark_inbox::{Disk, Folder, Inbox, Item, Level, Limits, Position};
use countermark_testkit::{Fault, Half};

const SMALL: Limits = Limits { record: 64 << 10, segment: 2 << 10, spool: 1 << 20 };

/// A folder that fails at the n-th thing it is asked to do; a write that is not done leaves half of its bytes.
struct Failing {
    inner: Folder,
    fault: Fault,
}

impl Failing {
    fn attempt<T>(&self, act: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        match self.fault.step() {
            None => act(),
            Some(Half::NotDone) => Err(io::Error::other("injected")),
            Some(Half::Done) => act().and_then(|_| Err(io::Error::other("injected"))),
        }
    }
}

impl Disk for Failing {
    type Lock = File;

    fn lock(&self) -> io::Result<Option<File>> {
        self.inner.lock()
    }

    fn list(&self) -> io::Result<Vec<(String, u64)>> {
        self.attempt(|| self.inner.list())
    }

    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        self.attempt(|| self.inner.read(name))
    }

    fn create(&self, name: &str) -> io::Result<()> {
        self.attempt(|| self.inner.create(name))
    }

    fn append(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let fault = self.fault.step();
        let done = if fault == Some(Half::NotDone) { &bytes[..bytes.len() / 2] } else { bytes };
        self.inner.append(name, done)?;
        fault.map_or(Ok(()), |_| Err(io::Error::other("injected")))
    }

    fn truncate(&self, name: &str, length: u64) -> io::Result<()> {
        self.attempt(|| self.inner.truncate(name, length))
    }

    fn replace(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.attempt(|| self.inner.replace(name, bytes))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.attempt(|| self.inner.remove(name))
    }
}

fn batch(n: u64) -> Vec<Item> {
    vec![item(10 * n, Level::Alarm, 200), item(10 * n + 1, Level::Match, 200)]
}

/// Appends ten batches, again after a failure, in one process; what was acknowledged.
fn work(path: &Path, fault: &Fault) -> Vec<String> {
    let mut acknowledged = Vec::new();
    let disk = Failing { inner: Folder::create(path).unwrap(), fault: fault.clone() };
    let Ok(mut inbox) = Inbox::on(disk, &recipient(), SMALL, [1; 16]) else { return acknowledged };
    for n in 0..10 {
        for _ in 0..2 {
            if inbox.append(&batch(n)).is_ok() {
                acknowledged.extend(batch(n).iter().map(Item::key));
                break;
            }
        }
    }
    acknowledged
}

fn keys(path: &Path, after: &Position) -> (Vec<u64>, BTreeSet<String>) {
    let (found, _) = read(path, after);
    (found.iter().map(|(number, _)| *number).collect(), found.iter().map(|(_, item)| item.key()).collect())
}

#[test]
fn each_operation_fails_once() {
    let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let counting = Fault::never();
    work(&dir.path().join("whole"), &counting);
    assert!(counting.operations() > 25, "{}", counting.operations());
    for half in [Half::NotDone, Half::Done] {
        for n in 1..=counting.operations() {
            let path = dir.path().join(format!("{half:?}-{n}"));
            let fault = Fault::at(n, half);
            let mut acknowledged = work(&path, &fault);
            assert!(fault.happened(), "{half:?} {n}");
            // The next writer, without a fault.
            let mut inbox = Inbox::open(&path, &recipient(), SMALL, [2; 16]).unwrap();
            inbox.append(&batch(99)).unwrap();
            acknowledged.extend(batch(99).iter().map(Item::key));
            let (numbers, there) = keys(&path, &Position::default());
            let missing = acknowledged.iter().filter(|key| !there.contains(*key)).count();
            assert_eq!(missing, 0, "{half:?} {n}: of {}", acknowledged.len());
            assert!(numbers.windows(2).all(|two| two[0] < two[1]), "{half:?} {n}: {numbers:?}");
        }
    }
}

#[test]
fn every_prefix_of_a_segment_keeps_what_was_whole() {
    let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let path = dir.path().join("inbox");
    let mut inbox = Inbox::open(&path, &recipient(), Limits { segment: 1 << 20, ..SMALL }, [1; 16]).unwrap();
    let segment = path.join("0000000000000001.kept");
    let mut ends = Vec::new();
    for n in 1..=3 {
        inbox.append(&[item(n, Level::Alarm, 20)]).unwrap();
        ends.push(std::fs::metadata(&segment).unwrap().len());
    }
    drop(inbox);
    let whole = std::fs::read(&segment).unwrap();
    for end in (0..=whole.len()).step_by(3) {
        std::fs::write(&segment, &whole[..end]).unwrap();
        let kept = ends.iter().filter(|at| **at <= end as u64).count();
        let before = keys(&path, &Position::default()).0;
        assert_eq!(before.len(), kept, "{end}");
        let mut inbox = Inbox::open(&path, &recipient(), SMALL, [1; 16]).unwrap();
        inbox.append(&[item(77, Level::Alarm, 20)]).unwrap();
        drop(inbox);
        let (numbers, _) = keys(&path, &Position::default());
        assert_eq!(numbers.len(), kept + 1, "{end}");
        // What the desk took before the crash has a number that nothing new gets.
        assert!(before.iter().all(|number| *number < *numbers.last().unwrap()), "{end}");
        for file in std::fs::read_dir(&path).unwrap().flatten().filter(|f| f.path() != segment) {
            if file.file_name().to_string_lossy().ends_with(".kept") {
                std::fs::remove_file(file.path()).unwrap();
            }
        }
    }
}
