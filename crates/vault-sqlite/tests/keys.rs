//! The key file on the disk while several connections seal, destroy and read at once.

mod common;

use std::{fs, path::Path, sync::mpsc, thread};

use common::{create, folder, open};
use countermark_vault::{Domain, Error, Record, Table, Vault};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Choices(u64);

impl Record for Choices {
    const TABLE: Table = Table::new(17);
    const DOMAIN: Domain = Domain::Codebook;
}

const SEALED: u64 = 40;

fn seal(vault: &mut Vault, number: u64) {
    vault.write(|tx| tx.insert(number.to_be_bytes(), &Choices(number))).expect("a sealing");
}

fn read(vault: &Vault, number: u64) -> Result<Option<Choices>, Error> {
    vault.read(|tx| tx.get::<Choices>(number.to_be_bytes()))
}

/// Seals numbers from `first` on and tells each.
fn sealer(path: &Path, first: u64, done: mpsc::Sender<u64>) -> thread::JoinHandle<()> {
    let mut vault = open(path, first);
    thread::spawn(move || {
        for number in first..first + SEALED {
            seal(&mut vault, number);
            done.send(number).expect("somebody listens");
        }
    })
}

#[test]
fn sealing_destroying_and_reading_at_once() {
    let folder = folder();
    let path = folder.path().join("v.db");
    drop(create(&path, 1));
    let (done, sealed) = mpsc::channel();
    let sealers = [sealer(&path, 1_000, done.clone()), sealer(&path, 2_000, done)];
    let (mut destroyer, reader) = (open(&path, 7), open(&path, 8));
    let mut kept = Vec::new();
    for number in sealed {
        assert_eq!(read(&reader, number).expect("what was sealed is read"), Some(Choices(number)));
        if number % 3 == 0 {
            destroyer.write(|tx| tx.destroy::<Choices>(number.to_be_bytes())).expect("it goes");
            destroyer.finish_destroying().expect("its key goes");
        } else {
            kept.push(number);
        }
        if let Some(earlier) = kept.get(kept.len() / 2) {
            assert_eq!(read(&reader, *earlier).expect("an earlier one is read"), Some(Choices(*earlier)));
        }
    }
    for sealer in sealers {
        sealer.join().expect("it ends");
    }
    let vault = open(&path, 9);
    assert!(kept.iter().all(|number| read(&vault, *number).expect("a read").is_some()));
    let report = vault.check(None).expect("a check");
    assert!(report.is_well() && report.keyless == 0, "{:?}", report.problems);
    assert_eq!(fs::metadata(path.with_extension("keys")).expect("a file").len(), 4096 + 384 * kept.len() as u64);
    assert!(!path.with_extension("keys.old").exists() && !path.with_extension("keys.new").exists());
}

#[test]
fn a_file_that_cannot_be_written_destroys_nothing_else() {
    let folder = folder();
    let path = folder.path().join("v.db");
    let mut vault = create(&path, 1);
    seal(&mut vault, 1);
    seal(&mut vault, 2);
    // A folder stands where the new file is to be written.
    let blocked = path.with_extension("keys.new");
    fs::create_dir(&blocked).expect("a folder");
    vault.write(|tx| tx.destroy::<Choices>(1_u64.to_be_bytes())).expect("the records go");
    assert!(vault.finish_destroying().is_err());
    assert_eq!(read(&vault, 2).expect("a read"), Some(Choices(2)));
    seal(&mut vault, 3);
    fs::remove_dir(&blocked).expect("it is empty");
    assert_eq!(vault.finish_destroying().expect("now it goes"), 1);
    for number in [2, 3] {
        assert_eq!(read(&vault, number).expect("a read"), Some(Choices(number)));
    }
    assert!(vault.check(None).expect("a check").is_well());
}
