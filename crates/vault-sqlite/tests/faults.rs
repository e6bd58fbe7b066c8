//! Every operation fails once, in both halves: what was acknowledged is there afterwards, nothing else is half there.

mod common;

use std::collections::BTreeSet;

use common::{Letter, PASSPHRASE, create, folder, open_store, put_pair, verify, verify_vault};
use countermark_testkit::{FailingStore, Fault, Half, rng};
use countermark_vault::{Error, Kdf, MemoryStore, StoreError, Unlock, Vault};
use countermark_vault_sqlite::SqliteStore;
use rand_core::Rng as _;

/// A day's work: letters, looks, a new passphrase, an identity. Answers with the letters that were acknowledged.
fn work(path: &std::path::Path, fault: &Fault, seed: u64) -> Vec<u64> {
    let mut acknowledged = Vec::new();
    let Ok(store) = SqliteStore::open(path) else { panic!("the file opens") };
    let Ok(mut vault) = open_store(FailingStore::new(store, fault.clone()), seed) else { return acknowledged };
    for n in 0..4 {
        if put_pair(&mut vault, n).is_ok() {
            acknowledged.push(n);
        }
    }
    acknowledged
}

#[test]
fn every_operation_of_a_days_work() {
    let folder = folder();
    let path = folder.path().join("base.db");
    drop(create(&path, 1));
    let base = std::fs::read(&path).expect("the file");
    let counting = Fault::never();
    assert_eq!(work(&path, &counting, 7), [0, 1, 2, 3]);
    let operations = counting.operations();
    assert!(operations > 30, "{operations}");
    for n in 1..=operations {
        for half in [Half::NotDone, Half::Done] {
            std::fs::write(&path, &base).expect("the file as it was");
            let fault = Fault::at(n, half);
            let acknowledged = work(&path, &fault, 100 + n);
            assert!(fault.happened(), "operation {n}");
            let there = verify(&path);
            assert!(
                acknowledged.iter().all(|n| there.contains(n)),
                "operation {n}, {half:?}: {acknowledged:?} but {there:?}"
            );
            // At most the one that failed while committing is there without having been acknowledged.
            assert!(there.len() <= acknowledged.len() + 1, "operation {n}, {half:?}");
        }
    }
}

#[test]
fn a_change_of_passphrase_is_all_or_nothing() {
    for n in 1..20 {
        for half in [Half::NotDone, Half::Done] {
            let folder = folder();
            let path = folder.path().join("v.db");
            drop(create(&path, 1));
            let store = FailingStore::new(SqliteStore::open(&path).expect("the file opens"), Fault::at(n, half));
            let Ok(mut vault) = open_store(store, n) else { continue };
            let outcome = vault.change_passphrase("another", Kdf::CHEAP);
            let opens = |passphrase| {
                let store = SqliteStore::open(&path).expect("the file opens");
                match Vault::open(Box::new(store), Unlock::Passphrase(passphrase), Box::new(rng(3))) {
                    Ok(_) => true,
                    Err(Error::WrongPassphrase) => false,
                    Err(other) => panic!("{other}"),
                }
            };
            let (old, new) = (opens(PASSPHRASE), opens("another"));
            assert!(old != new, "exactly one of both opens it: operation {n}, {half:?}");
            assert!(outcome.is_err() || new, "what was acknowledged holds: operation {n}, {half:?}");
        }
    }
}

/// Thousands of days' works, each with a fault somewhere, one after the other on the same rows.
#[test]
fn thousands_of_faults() {
    let seed = 9;
    let mut chance = rng(seed);
    let mut faults = 0;
    for round in 0..40_u64 {
        let store = MemoryStore::new();
        let made =
            Vault::create(Box::new(store.clone()), Unlock::Passphrase(PASSPHRASE), Kdf::CHEAP, Box::new(rng(round)));
        drop(made.expect("a new vault"));
        let (mut acknowledged, mut removed) = (BTreeSet::new(), BTreeSet::new());
        for step in 0..60_u64 {
            let half = if chance.next_u32().is_multiple_of(2) { Half::NotDone } else { Half::Done };
            let fault = Fault::at(u64::from(1 + chance.next_u32() % 12), half);
            let at = format!("seed {seed}, round {round}, step {step}");
            if let Ok(mut vault) = open_store(FailingStore::new(store.clone(), fault.clone()), step) {
                let number = u64::from(chance.next_u32() % 20);
                if chance.next_u32().is_multiple_of(3) {
                    // Whether or not it is reported as done, it may be.
                    acknowledged.remove(&number);
                    let gone = vault.write(|tx| {
                        tx.remove::<Letter>(number.to_be_bytes())?;
                        tx.remove::<Letter>((number + (1 << 32)).to_be_bytes())
                    });
                    if gone.is_ok() {
                        removed.insert(number);
                    }
                } else {
                    removed.remove(&number);
                    if put_pair(&mut vault, number).is_ok() {
                        acknowledged.insert(number);
                    }
                }
            }
            faults += u64::from(fault.happened());
            let there: BTreeSet<u64> =
                verify_vault(&open_store(store.clone(), step).expect("the vault opens")).into_iter().collect();
            assert!(acknowledged.is_subset(&there), "{at}: {acknowledged:?} but {there:?}");
            assert!(removed.is_disjoint(&there), "{at}: {removed:?} but {there:?}");
        }
    }
    assert!(faults > 2_000, "{faults}");
}

#[test]
fn looks_survive_every_fault() {
    let folder = folder();
    let (message, observation) = ([1; 16], |n: u8| [n; 32]);
    for n in 1..40 {
        for half in [Half::NotDone, Half::Done] {
            let path = folder.path().join(format!("{n}{half:?}.db"));
            let journal = path.with_extension("looks");
            let mut vault = create(&path, 1);
            drop(vault.create_journal(&journal).expect("a journal"));
            drop(vault);
            let store = FailingStore::new(SqliteStore::open(&path).expect("the file opens"), Fault::at(n, half));
            let mut given = Vec::new();
            if let Ok(mut vault) = open_store(store, n)
                && let Ok(mut looks) = vault.open_journal(&journal)
            {
                for seen in 1..=3 {
                    if let Ok(look) = vault.spend(&mut looks, &message, &observation(seen)) {
                        assert!(!given.contains(&look.k), "operation {n}, {half:?}");
                        given.push(look.k);
                    }
                }
            }
            let mut vault = open_store(SqliteStore::open(&path).expect("the file opens"), n + 1000).expect("it opens");
            let mut looks = vault.open_journal(&journal).expect("the journal is whole");
            let next = vault.spend(&mut looks, &message, &observation(9)).expect("a look");
            assert!(given.iter().all(|k| *k < next.k), "operation {n}, {half:?}: {given:?} and then {next:?}");
        }
    }
}

#[test]
fn a_fault_is_named() {
    let folder = folder();
    let path = folder.path().join("v.db");
    drop(create(&path, 1));
    let store = FailingStore::new(SqliteStore::open(&path).expect("the file opens"), Fault::at(1, Half::NotDone));
    assert!(matches!(open_store(store, 1), Err(Error::Store(StoreError::Io { .. }))));
}
