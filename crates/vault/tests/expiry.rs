//! Codebooks that go: what a vault without some keys, or without its key file, still opens.

use countermark_testkit::{FailingStore, Fault, Half};
use countermark_vault::{
    Domain, Error, Kdf, KeysError, MemoryStore, Record, Store, Table, Unlock, Vault, keyfile::ENTRY,
};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Letter(u8);

impl Record for Letter {
    const TABLE: Table = Table::new(16);
    const DOMAIN: Domain = Domain::Main;
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Choices(u8);

impl Record for Choices {
    const TABLE: Table = Table::new(17);
    const DOMAIN: Domain = Domain::Codebook;
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Hash(u8);

impl Record for Hash {
    const TABLE: Table = Table::new(18);
    const DOMAIN: Domain = Domain::Codebook;
}

fn rng(seed: u64) -> Box<ChaCha20Rng> {
    Box::new(ChaCha20Rng::seed_from_u64(seed))
}

fn create(store: &MemoryStore) -> Vault {
    Vault::create(Box::new(store.clone()), Unlock::Passphrase("p"), Kdf::CHEAP, rng(1)).expect("a new vault")
}

fn open(store: impl Store + Send + 'static, seed: u64) -> Result<Vault, Error> {
    Vault::open(Box::new(store), Unlock::Passphrase("p"), rng(seed))
}

fn seal(vault: &mut Vault, number: u8) -> Result<(), Error> {
    vault.write(|tx| {
        tx.insert([number], &Letter(number))?;
        tx.insert([number], &Choices(number))?;
        tx.insert_beside::<_, Choices>([number], &Hash(number), [number])
    })
}

fn expire(vault: &mut Vault, number: u8) -> Result<Option<u32>, Error> {
    let generation = vault.write(|tx| {
        tx.remove::<Hash>([number])?;
        tx.destroy::<Choices>([number])
    })?;
    vault.finish_destroying()?;
    Ok(generation)
}

fn choices(vault: &Vault, number: u8) -> Result<Option<Choices>, Error> {
    vault.read(|tx| tx.get::<Choices>([number]))
}

#[test]
fn one_goes_and_the_others_stay() {
    let store = MemoryStore::new();
    let mut vault = create(&store);
    assert_eq!(store.key_file(), None, "no key file before the first codebook");
    for number in 1..=3 {
        seal(&mut vault, number).expect("a sealing");
    }
    let before = store.snapshot();
    assert_eq!(expire(&mut vault, 2).expect("it goes"), Some(2));
    assert_eq!(expire(&mut vault, 2).expect("it is gone"), None);
    assert_eq!(choices(&vault, 2).expect("a read"), None);
    for number in [1, 3] {
        assert_eq!(choices(&vault, number).expect("a read"), Some(Choices(number)));
        assert_eq!(vault.read(|tx| tx.get::<Hash>([number])).expect("a read"), Some(Hash(number)));
    }
    // The rows of before with the keys of now: the codebook stands there, and nothing opens it.
    before.set_key_file(store.key_file());
    let old = open(before, 2).expect("it opens");
    assert!(matches!(choices(&old, 2), Err(Error::RecordKey { domain: 2, generation: 2, .. })));
    assert_eq!(choices(&old, 3).expect("a read"), Some(Choices(3)));
    assert_eq!(old.check(None).expect("a check").keyless, 2, "the codebook and what stands beside it");
    // The last one's number is not given again after it went.
    expire(&mut vault, 3).expect("it goes");
    seal(&mut vault, 4).expect("a sealing");
    assert_eq!(expire(&mut vault, 4).expect("it goes"), Some(4));
    assert!(vault.check(None).expect("a check").is_well());
}

#[test]
fn without_the_key_file() {
    let store = MemoryStore::new();
    let mut vault = create(&store);
    seal(&mut vault, 1).expect("a sealing");
    let keys = store.key_file();
    let backup = store.without_keys();
    let mut restored = open(backup.clone(), 2).expect("it opens");
    assert!(matches!(choices(&restored, 1), Err(Error::RecordKey { domain: 2, .. })));
    assert_eq!(restored.read(|tx| tx.get::<Letter>([1])).expect("a read"), Some(Letter(1)));
    let report = restored.check(None).expect("a check");
    assert!(report.is_well());
    assert_eq!(report.keyless, 2);
    // No other key file takes its place unasked.
    assert!(matches!(seal(&mut restored, 2), Err(Error::Keys(KeysError::Missing))));
    backup.set_key_file(keys);
    assert_eq!(choices(&restored, 1).expect("a read"), Some(Choices(1)));
    backup.set_key_file(None);
    assert!(restored.make_key_file().expect("a new one"));
    assert!(!restored.make_key_file().expect("it is there"));
    seal(&mut restored, 2).expect("a sealing");
    assert!(matches!(choices(&restored, 1), Err(Error::RecordKey { generation: 1, .. })));
    assert_eq!(choices(&restored, 2).expect("a read"), Some(Choices(2)));
}

#[test]
fn an_old_key_file_put_back() {
    let store = MemoryStore::new();
    let mut vault = create(&store);
    seal(&mut vault, 1).expect("a sealing");
    seal(&mut vault, 2).expect("a sealing");
    let old = store.key_file();
    let gone = expire(&mut vault, 1).expect("it goes").expect("a generation");
    assert!(!vault.write(|tx| tx.destroy_again(gone)).expect("a read"));
    store.set_key_file(old);
    assert!(vault.write(|tx| tx.destroy_again(gone)).expect("it is back"));
    assert_eq!(vault.finish_destroying().expect("it goes again"), 1);
    assert!(!vault.write(|tx| tx.destroy_again(gone)).expect("a read"));
    assert_eq!(choices(&vault, 2).expect("a read"), Some(Choices(2)));
}

#[test]
fn foreign_and_damaged_key_files() {
    let (store, other) = (MemoryStore::new(), MemoryStore::new());
    let mut vault = create(&store);
    seal(&mut vault, 1).expect("a sealing");
    let mut stranger =
        Vault::create(Box::new(other.clone()), Unlock::Passphrase("p"), Kdf::CHEAP, rng(9)).expect("a vault");
    seal(&mut stranger, 1).expect("a sealing");
    for (bytes, wanted) in [
        (other.key_file(), KeysError::Other),
        (Some(vec![0; 5000]), KeysError::Damaged),
        (Some(vec![]), KeysError::Damaged),
    ] {
        store.set_key_file(bytes);
        assert!(matches!(choices(&vault, 1), Err(Error::Keys(found)) if found == wanted));
        assert!(matches!(seal(&mut vault, 2), Err(Error::Keys(found)) if found == wanted));
        assert!(vault.make_key_file().is_err(), "nothing is written over it");
        assert_eq!(vault.read(|tx| tx.get::<Letter>([1])).expect("a read"), Some(Letter(1)), "the rest works");
        let report = vault.check(None).expect("a check");
        assert_eq!((report.problems.len(), report.keyless), (1, 2));
    }
}

#[test]
fn a_copy_opens_the_same_and_shares_no_wrapped_byte() {
    let store = MemoryStore::new();
    let mut vault = create(&store);
    assert!(vault.key_file_copy().expect("a copy").is_none());
    seal(&mut vault, 1).expect("a sealing");
    let copy = vault.key_file_copy().expect("a copy").expect("a file");
    let file = store.key_file().expect("a file");
    assert_eq!(copy.len(), file.len());
    let entry = file.len() - ENTRY;
    assert_ne!(copy[entry + 10..entry + 370], file[entry + 10..entry + 370]);
    store.set_key_file(Some(copy));
    assert_eq!(choices(&vault, 1).expect("a read"), Some(Choices(1)));
}

/// Each operation of rows and key file fails once in both halves, while one codebook is sealed and another one goes: whatever is not to go
/// still opens, what was acknowledged as sealed is there, and what was acknowledged as destroyed is not; a next run completes it.
#[test]
fn every_fault_of_sealing_and_destroying() {
    let base = MemoryStore::new();
    let mut vault = create(&base);
    for number in 1..=3 {
        seal(&mut vault, number).expect("a sealing");
    }
    drop(vault);
    let day = |store: &MemoryStore, fault: &Fault| {
        let Ok(mut vault) = open(FailingStore::new(store.clone(), fault.clone()), 7) else { return (false, false) };
        (seal(&mut vault, 4).is_ok(), expire(&mut vault, 2).is_ok())
    };
    let counting = Fault::never();
    assert_eq!(day(&base.snapshot(), &counting), (true, true));
    assert!(counting.operations() > 30, "{}", counting.operations());
    for n in 1..=counting.operations() {
        for half in [Half::NotDone, Half::Done] {
            let store = base.snapshot();
            let (sealed, expired) = day(&store, &Fault::at(n, half));
            let context = format!("operation {n}, {half:?}");
            let mut vault = open(store.clone(), 8).expect("it opens");
            for number in [1, 3] {
                assert_eq!(choices(&vault, number).expect("an unexpired one"), Some(Choices(number)), "{context}");
            }
            assert!(!sealed || choices(&vault, 4).expect("a read").is_some(), "{context}");
            let gone = choices(&vault, 2).expect("a read").is_none();
            assert!(!expired || gone, "{context}");
            vault.finish_destroying().expect("what was begun is completed");
            assert!(!gone || !vault.write(|tx| tx.destroy_again(2)).expect("a read"), "{context}: its key is left");
            assert!(expire(&mut vault, 2).is_ok(), "{context}");
            assert!(!vault.write(|tx| tx.destroy_again(2)).expect("a read"), "{context}: its key is left");
            seal(&mut vault, 5).expect("the next sealing");
            let report = vault.check(None).expect("a check");
            assert!(report.is_well() && report.keyless == 0, "{context}: {:?}", report.problems);
        }
    }
}
