//! What the tests share.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::path::Path;

use countermark_testkit::rng;
use countermark_vault::{Act, Domain, Error, Kdf, Record, Store, Table, Unlock, Vault};
use countermark_vault_sqlite::SqliteStore;
use serde::{Deserialize, Serialize};

/// The passphrase of every test's vault.
pub const PASSPHRASE: &str = "correct horse";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Letter {
    pub number: u64,
    pub text: String,
}

impl Record for Letter {
    const TABLE: Table = Table::new(16);
    const DOMAIN: Domain = Domain::Main;
}

pub fn letter(number: u64) -> Letter {
    Letter { number, text: format!("Letter {number}. ").repeat(40) }
}

pub fn act(number: u64) -> Act {
    Act { at: number, who: "w".into(), act: "seal".into(), subject: number.to_string(), reason: None }
}

pub fn create(path: &Path, seed: u64) -> Vault {
    let store = SqliteStore::create(path).expect("a new file");
    Vault::create(Box::new(store), Unlock::Passphrase(PASSPHRASE), Kdf::CHEAP, Box::new(rng(seed)))
        .expect("a new vault")
}

pub fn open(path: &Path, seed: u64) -> Vault {
    let store = SqliteStore::open(path).expect("the file opens");
    open_store(store, seed).expect("the vault opens")
}

pub fn open_store(store: impl Store + Send + 'static, seed: u64) -> Result<Vault, Error> {
    Vault::open(Box::new(store), Unlock::Passphrase(PASSPHRASE), Box::new(rng(seed)))
}

/// Puts two letters and an audit entry in one transaction, so that a half of one would show.
pub fn put_pair(vault: &mut Vault, number: u64) -> Result<(), Error> {
    vault.write(|tx| {
        tx.put(number.to_be_bytes(), &letter(number))?;
        tx.put((number + (1 << 32)).to_be_bytes(), &letter(number))?;
        tx.audit(&act(number))?;
        Ok(())
    })
}

/// Opens the file again and checks everything that must hold, whatever happened before: it is whole, and holds whole pairs only.
/// Answers with the numbers of the pairs.
pub fn verify(path: &Path) -> Vec<u64> {
    let vault = open(path, 999);
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
