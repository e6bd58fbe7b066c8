//! What the tests share.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::path::Path;

use countermark_testkit::rng;
use countermark_vault::{Act, Domain, Error, Kdf, Record, Store, Table, Unlock, Vault};
use countermark_vault_sqlite::SqliteStore;
use serde::{Deserialize, Serialize};

/// A folder for a test: in memory where the machine has such a one, because thousands of syncs of a real disk take minutes and
/// what is tested is what the processes see, not the disk.
pub(crate) fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a folder")
}

/// The passphrase of every test's vault.
pub(crate) const PASSPHRASE: &str = "correct horse";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Letter {
    pub(crate) number: u64,
    pub(crate) text: String,
}

impl Record for Letter {
    const TABLE: Table = Table::new(16);
    const DOMAIN: Domain = Domain::Main;
}

pub(crate) fn letter(number: u64) -> Letter {
    Letter { number, text: format!("Letter {number}. ").repeat(40) }
}

pub(crate) fn act(number: u64) -> Act {
    Act { at: number, who: "w".into(), act: "seal".into(), subject: number.to_string(), reason: None }
}

pub(crate) fn create(path: &Path, seed: u64) -> Vault {
    let store = SqliteStore::create(path).expect("a new file");
    Vault::create(Box::new(store), Unlock::Passphrase(PASSPHRASE), Kdf::CHEAP, Box::new(rng(seed)))
        .expect("a new vault")
}

pub(crate) fn open(path: &Path, seed: u64) -> Vault {
    let store = SqliteStore::open(path).expect("the file opens");
    open_store(store, seed).expect("the vault opens")
}

pub(crate) fn open_store(store: impl Store + Send + 'static, seed: u64) -> Result<Vault, Error> {
    Vault::open(Box::new(store), Unlock::Passphrase(PASSPHRASE), Box::new(rng(seed)))
}

/// Puts two letters and an audit entry in one transaction, so that a half of one would show.
pub(crate) fn put_pair(vault: &mut Vault, number: u64) -> Result<(), Error> {
    vault.write(|tx| {
        tx.put(number.to_be_bytes(), &letter(number))?;
        tx.put((number + (1 << 32)).to_be_bytes(), &letter(number))?;
        tx.audit(&act(number))?;
        Ok(())
    })
}

/// Opens the file again and checks everything that must hold, whatever happened before: it is whole, and holds whole pairs only.
/// Answers with the numbers of the pairs.
pub(crate) fn verify(path: &Path) -> Vec<u64> {
    verify_vault(&open(path, 999))
}

/// As [`verify`], of a vault that is open.
pub(crate) fn verify_vault(vault: &Vault) -> Vec<u64> {
    let report = vault.check(None).expect("a check");
    assert!(report.is_well(), "{:?}", report.problems);
    let letters = vault.read(|tx| tx.list::<Letter>()).expect("a list");
    let mut numbers: Vec<u64> = Vec::new();
    for (id, read) in &letters {
        let number = u64::from_be_bytes(id.to_array().expect("eight bytes"));
        assert_eq!(*read, letter(number % (1 << 32)));
        numbers.push(number);
    }
    let (low, high) = numbers.split_at(numbers.len() / 2);
    assert!(low.iter().zip(high).all(|(low, high)| low + (1 << 32) == *high), "half of a transaction: {numbers:?}");
    let entries = vault.read(|tx| tx.audit_entries()).expect("the trail");
    assert!(entries.len() >= low.len(), "a letter without its entry");
    low.to_vec()
}
