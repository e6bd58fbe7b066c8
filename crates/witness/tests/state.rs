//! What a witness keeps: restarts, faults at every operation of the disk, a lock.
#![allow(missing_docs, clippy::unwrap_used)]

mod world;

use std::fs;

use countermark_testkit::{FailingDisk, Fault, Half};
use countermark_tlog::checkpoint::SignedCheckpoint;
use countermark_tlog::directory::Folder;
use countermark_tlog::witness::Refusal;
use countermark_witness::{Error, Failure, Witness};
use world::{cosigner, forked, keys, request};

fn open(dir: &tempfile::TempDir) -> Witness<Folder> {
    Witness::open(Folder::open(dir.path()).unwrap(), cosigner(), keys()).unwrap()
}

fn status(found: Result<impl Sized, Failure>) -> u16 {
    match found {
        Ok(_) => 200,
        Err(Failure::Refused(refusal)) => refusal.status(),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn a_restart_keeps_what_was_cosigned() {
    let dir = tempfile::tempdir().unwrap();
    let witness = open(&dir);
    assert_eq!(status(witness.add_checkpoint(&request(0, 3), 1000)), 200);
    assert_eq!(status(witness.add_checkpoint(&request(3, 7), 1001)), 200);
    drop(witness);
    let witness = open(&dir);
    assert_eq!(status(witness.add_checkpoint(&request(0, 7), 1002)), 409);
    assert_eq!(status(witness.add_checkpoint(&request(3, 9), 1002)), 409);
    assert_eq!(status(witness.add_checkpoint(&forked(7, 7), 1002)), 409);
    assert_eq!(status(witness.add_checkpoint(&request(7, 7), 1002)), 200);
    assert_eq!(status(witness.add_checkpoint(&request(7, 9), 1003)), 200);
    // The clock is kept too.
    let found = witness.add_checkpoint(&request(9, 9), 900);
    assert!(matches!(found, Err(Failure::Refused(Refusal::Clock))));

    // The file says who signed what: the log's signature and ours, nothing that a stranger sent along.
    let files: Vec<_> = fs::read_dir(dir.path().join("latest")).unwrap().map(|file| file.unwrap().path()).collect();
    assert_eq!(files.len(), 1);
    let kept = SignedCheckpoint::parse(&fs::read(&files[0]).unwrap()).unwrap();
    assert_eq!(kept.checkpoint().size, 9);
    let found = kept.verify(&keys()[0], std::slice::from_ref(cosigner().verifier())).unwrap();
    assert_eq!(found.len(), 2);
}

#[test]
fn a_log_that_signs_often_does_not_fill_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let witness = open(&dir);
    let mut often = world::add(&world::log(), 0, 3, b"").to_text();
    let own = format!("{}\n", often.lines().last().unwrap());
    often.push_str(&own.repeat(60));
    assert_eq!(status(witness.add_checkpoint(often.as_bytes(), 1000)), 200);
    assert_eq!(status(witness.add_checkpoint(&request(3, 7), 1001)), 200);
    let file = fs::read_dir(dir.path().join("latest")).unwrap().next().unwrap().unwrap().path();
    let kept = SignedCheckpoint::parse(&fs::read(file).unwrap()).unwrap();
    assert_eq!(kept.note().signatures().len(), 2);
}

#[test]
fn a_state_that_can_not_be_read_is_not_taken_for_none() {
    let dir = tempfile::tempdir().unwrap();
    let witness = open(&dir);
    witness.add_checkpoint(&request(0, 3), 1000).unwrap();
    let file = fs::read_dir(dir.path().join("latest")).unwrap().next().unwrap().unwrap().path();
    let good = fs::read(&file).unwrap();
    let text = String::from_utf8(good.clone()).unwrap();
    let without_ours = &text[..text.trim_end().rfind('\n').unwrap() + 1];
    for bad in
        [b"".as_slice(), &good[..good.len() - 1], without_ours.as_bytes(), text.replace("\n3\n", "\n2\n").as_bytes()]
    {
        fs::write(&file, bad).unwrap();
        let found = witness.add_checkpoint(&request(0, 3), 1001);
        assert!(matches!(found, Err(Failure::State(Error::State { .. }))), "{found:?}");
    }
    drop(witness);
    let found = Witness::open(Folder::open(dir.path()).unwrap(), cosigner(), keys());
    assert!(matches!(found, Err(Error::State { .. })));
    fs::write(&file, &good).unwrap();
    assert_eq!(status(open(&dir).add_checkpoint(&request(3, 4), 1002)), 200);
}

#[test]
fn one_process_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let first = open(&dir);
    let second = Witness::open(Folder::open(dir.path()).unwrap(), cosigner(), keys());
    assert!(matches!(second, Err(Error::Locked)));
    drop(first);
    open(&dir);
}

#[test]
fn a_cosigner_s_key_is_no_log() {
    let dir = tempfile::tempdir().unwrap();
    let key = cosigner().verifier().clone();
    let found = Witness::open(Folder::open(dir.path()).unwrap(), cosigner(), vec![key]);
    assert!(matches!(found, Err(Error::LogKey { .. })));
}

/// At each operation of the disk, in both halves: after a fault, what left as a cosignature still binds.
#[test]
fn a_fault_at_any_operation_lets_nothing_be_cosigned_twice() {
    let work = |witness: &Witness<FailingDisk<Folder>>| {
        witness.add_checkpoint(&request(0, 3), 1000)?;
        witness.add_checkpoint(&request(3, 7), 1001)
    };
    let dir = tempfile::tempdir().unwrap();
    let fault = Fault::never();
    let disk = FailingDisk::new(Folder::open(dir.path()).unwrap(), fault.clone());
    let witness = Witness::open(disk, cosigner(), keys()).unwrap();
    let opening = fault.operations();
    work(&witness).unwrap();
    let all = fault.operations();
    assert!(all - opening >= 14, "{opening} {all}");

    for half in [Half::NotDone, Half::Done] {
        for n in opening + 1..=all {
            let dir = tempfile::tempdir().unwrap();
            let fault = Fault::at(n, half);
            let disk = FailingDisk::new(Folder::open(dir.path()).unwrap(), fault.clone());
            let witness = Witness::open(disk, cosigner(), keys()).unwrap();
            let mut left = 0;
            let first = witness.add_checkpoint(&request(0, 3), 1000);
            if first.is_ok() {
                left = 3;
            }
            if left == 3 && witness.add_checkpoint(&request(3, 7), 1001).is_ok() {
                left = 7;
            }
            assert!(fault.happened());
            drop(witness);
            let witness = open(&dir);
            // Another tree of a size that left, and a tree that does not contain it, are refused ...
            if left > 0 {
                assert_ne!(status(witness.add_checkpoint(&forked(left, left), 1002)), 200, "{half:?} {n}");
                assert_ne!(status(witness.add_checkpoint(&forked(left, 9), 1002)), 200, "{half:?} {n}");
                assert_ne!(status(witness.add_checkpoint(&forked(0, 9), 1002)), 200, "{half:?} {n}");
            }
            // ... and the honest log goes on from what the witness says that it cosigned.
            let old = match witness.add_checkpoint(&request(0, 9), 1002) {
                Err(Failure::Refused(Refusal::Conflict { size })) => size,
                Ok(_) => continue,
                other => panic!("{half:?} {n}: {other:?}"),
            };
            assert!(old >= left, "{half:?} {n}");
            assert_eq!(status(witness.add_checkpoint(&request(old, 9), 1002)), 200, "{half:?} {n}");
        }
    }
}
