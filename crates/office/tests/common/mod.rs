//! An office for tests: a vault in memory, a small table, a log in a temporary folder.
#![allow(dead_code, missing_docs, clippy::unwrap_used)] // each test file uses a part of it

pub mod desk;

use std::path::Path;

use countermark_codebook::Epsilon;
use countermark_marking::Master;
use countermark_office::{Error, Founding, Office, SealRequest, To};
use countermark_proof::TableSize;
use countermark_testkit::{FailingDisk, FailingStore, Fault, rng};
use countermark_tlog::directory::Folder;
use countermark_vault::{Kdf, MemoryStore, Unlock, Vault};

pub const PASSPHRASE: &str = "for tests";
/// A Monday in a year to come.
pub const NOW: u64 = 1_900_000_000_000;

/// An hour in milliseconds.
pub const HOUR: u64 = 3_600_000;

pub type TestOffice = Office<FailingDisk<Folder>>;

/// A temporary directory, in memory where there is such a place: nothing here measures the disk, and syncing it is most of the time.
pub fn scratch() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a temporary directory")
}

pub fn letter() -> Master {
    let text = "Dear friends,\n\n{I am writing|I write} to you {ahead of|before} our meeting in Lisk. \
        {None of this|Nothing in this} is {meant|intended} as an ultimatum, and I {remain|am} at your disposal {at any hour|at any time}.\n\n\
        We {met|spoke} {twice|two times} {last year|in the last year}, and {each time|every time} we {found|reached} common ground.";
    Master::parse(text).unwrap()
}

pub fn request(master: Master, copies: u32) -> SealRequest {
    SealRequest {
        master,
        to: To::Numbers(copies),
        epsilon: "1e-2".parse::<Epsilon>().unwrap(),
        marked_line: true,
        print_reference: false,
        as_sent: None,
        max_recipients: 50,
    }
}

pub fn create(store: &MemoryStore, dir: &Path) -> TestOffice {
    create_with(store, dir, &Fault::never()).unwrap()
}

/// Makes the office with a fault in store and disk; the vault itself is made without.
pub fn create_with(store: &MemoryStore, dir: &Path, fault: &Fault) -> Result<TestOffice, Error> {
    let made = Vault::create(Box::new(store.clone()), Unlock::Passphrase(PASSPHRASE), Kdf::CHEAP, Box::new(rng(1)));
    drop(made.unwrap());
    let failing = FailingStore::new(store.clone(), fault.clone());
    let vault = Vault::open(Box::new(failing), Unlock::Passphrase(PASSPHRASE), Box::new(rng(1)))?;
    let disk = FailingDisk::new(Folder::create(&dir.join("log")).unwrap(), fault.clone());
    let founding = Founding { origin: Some("test.example/log"), table: TableSize::SMALL };
    Office::create(vault, disk, &dir.join("looks"), founding, "tester", Box::new(|| NOW))
}

/// Opens the office with a fault in store and disk that counts through both.
pub fn open(store: &MemoryStore, dir: &Path, fault: &Fault, seed: u64) -> Result<TestOffice, Error> {
    open_at(store, dir, fault, seed, NOW)
}

/// As [`open`], at another time.
pub fn open_at(store: &MemoryStore, dir: &Path, fault: &Fault, seed: u64, now: u64) -> Result<TestOffice, Error> {
    let store = FailingStore::new(store.clone(), fault.clone());
    let vault = Vault::open(Box::new(store), Unlock::Passphrase(PASSPHRASE), Box::new(rng(seed)))?;
    let disk = FailingDisk::new(Folder::create(&dir.join("log")).unwrap(), fault.clone());
    Office::open(vault, disk, &dir.join("looks"), "tester", Box::new(move || now))
}

pub fn copy_dir(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_dir(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
