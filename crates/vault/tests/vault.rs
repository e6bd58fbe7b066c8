//! A vault through its public face, on the store in memory.

use countermark_vault::{
    Act, Domain, Error, Head, Id, Identity, Kdf, MemoryStore, Record, SlotId, Store, StoreError, Table, Unlock, Vault,
    Way, cipher::CipherError, read_header, store::RowsMut,
};
use proptest::prelude::*;
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Letter {
    text: String,
}

impl Record for Letter {
    const TABLE: Table = Table::new(16);
    const DOMAIN: Domain = Domain::Main;
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Choices(Vec<u8>);

impl Record for Choices {
    const TABLE: Table = Table::new(17);
    const DOMAIN: Domain = Domain::Codebook;
}

fn rng(seed: u64) -> Box<ChaCha20Rng> {
    Box::new(ChaCha20Rng::seed_from_u64(seed))
}

fn create(store: &MemoryStore) -> Vault {
    Vault::create(Box::new(store.clone()), Unlock::Passphrase("open sesame"), Kdf::CHEAP, rng(1)).expect("a new vault")
}

fn open(store: &MemoryStore, unlock: Unlock<'_>) -> Result<Vault, Error> {
    Vault::open(Box::new(store.clone()), unlock, rng(2))
}

fn letter(text: &str) -> Letter {
    Letter { text: text.to_owned() }
}

fn act(subject: &str) -> Act {
    Act { at: 5, who: "w".into(), act: "seal".into(), subject: subject.into(), reason: Some("asked".into()) }
}

/// Changes a store's rows below the vault.
fn tamper(store: &MemoryStore, mut change: impl FnMut(&mut dyn RowsMut)) {
    store
        .clone()
        .write(&mut |rows| {
            change(rows);
            Ok(())
        })
        .expect("the store in memory takes everything");
}

/// Puts other bytes in a row without changing its version, as whoever has the file can.
fn exchange(rows: &mut dyn RowsMut, table: u8, id: &[u8], change: impl FnOnce(&mut Vec<u8>)) {
    let row = rows.get(table, id).expect("a read").expect("the row is there");
    let mut blob = row.blob;
    change(&mut blob);
    rows.delete(table, id, row.version).expect("a delete");
    for expected in [None].into_iter().chain((1..row.version).map(Some)) {
        rows.put(table, id, expected, &blob).expect("a put");
    }
}

#[test]
fn records_read_back() {
    let store = MemoryStore::new();
    let mut vault = create(&store);
    vault
        .write(|tx| {
            tx.insert([1], &letter("one"))?;
            tx.insert([2], &letter("two"))?;
            tx.insert([1], &Choices(vec![0, 1]))?;
            assert_eq!(tx.get::<Letter>([1])?, Some(letter("one")), "own changes are seen");
            Ok::<_, Error>(())
        })
        .expect("a write");
    drop(vault);
    let mut vault = open(&store, Unlock::Passphrase("open sesame")).expect("the vault opens again");
    let (list, choices, none) = vault
        .read(|tx| Ok::<_, Error>((tx.list::<Letter>()?, tx.get::<Choices>([1])?, tx.get::<Letter>([3])?)))
        .expect("a read");
    assert_eq!(list, [(Id::from([1]), letter("one")), (Id::from([2]), letter("two"))]);
    assert_eq!((choices, none), (Some(Choices(vec![0, 1])), None));
    assert!(vault.write(|tx| tx.remove::<Letter>([1])).expect("a remove"));
    assert!(!vault.write(|tx| tx.remove::<Letter>([1])).expect("a remove of nothing"));
    assert!(!vault.read(|tx| tx.contains::<Letter>([1])).expect("a read"));
    assert!(vault.check(None).expect("a check").is_well());
}

#[test]
fn refusals() {
    let store = MemoryStore::new();
    let mut vault = create(&store);
    vault.write(|tx| tx.insert([1], &letter("one"))).expect("an insert");
    assert!(matches!(vault.write(|tx| tx.insert([1], &letter("again"))), Err(Error::Duplicate { table: 16, .. })));
    let (_, version) = vault.read(|tx| tx.get_versioned::<Letter>([1])).expect("a read").expect("it is there");
    vault.write(|tx| tx.put_at([1], version, &letter("two"))).expect("nobody was faster");
    let late = vault.write(|tx| tx.put_at([1], version, &letter("three")));
    assert!(late.as_ref().is_err_and(Error::is_transient), "{late:?}");
    for id in [vec![], vec![0; 256]] {
        assert!(matches!(vault.write(|tx| tx.put(&id, &letter("x"))), Err(Error::IdLength(n)) if n == id.len()));
    }
    let again = Vault::create(Box::new(store.clone()), Unlock::Passphrase("x"), Kdf::CHEAP, rng(9));
    assert!(matches!(again, Err(Error::AlreadyAVault)));
    let empty = open(&MemoryStore::new(), Unlock::Passphrase("x"));
    assert!(matches!(empty, Err(Error::NoHeader)));
    let nothing = Vault::create(Box::new(MemoryStore::new()), Unlock::Passphrase(""), Kdf::CHEAP, rng(9));
    assert!(matches!(nothing, Err(Error::EmptyPassphrase)));
}

#[test]
fn a_failed_work_leaves_nothing() {
    let store = MemoryStore::new();
    let mut vault = create(&store);
    let failed: Result<(), Error> = vault.write(|tx| {
        tx.put([1], &letter("one"))?;
        tx.audit(&act("one"))?;
        Err(Error::NoHeader)
    });
    assert!(matches!(failed, Err(Error::NoHeader)), "the work's own error comes back");
    assert!(!vault.read(|tx| tx.contains::<Letter>([1])).expect("a read"));
    assert_eq!(vault.audit_head().expect("a read"), Head::EMPTY);
}

#[test]
fn ways_in() {
    let store = MemoryStore::new();
    let mut vault = create(&store);
    let identity = Identity::generate();
    assert!(matches!(open(&store, Unlock::Passphrase("open sesam")), Err(Error::WrongPassphrase)));
    assert!(matches!(open(&store, Unlock::Identity(&identity.secret())), Err(Error::WrongIdentity)));

    let passphrase = vault.slots().expect("slots")[0].id;
    assert!(matches!(vault.remove_slot(passphrase), Err(Error::LastSlot)));
    let slot = vault.add_identity(&identity.recipient()).expect("an identity is added");
    assert_eq!(vault.add_identity(&identity.recipient()).expect("it is known"), slot);
    assert!(matches!(vault.add_identity("age1nobody"), Err(Error::RecipientFormat)));
    let ways: Vec<_> = vault.slots().expect("slots").into_iter().map(|slot| slot.way).collect();
    assert_eq!(ways, [Way::Passphrase(Kdf::CHEAP), Way::Identity(Some(identity.recipient()))]);
    let header = read_header(&store).expect("a header needs no key");
    assert_eq!((header.vault(), header.schema()), (vault.id(), 2));
    assert_eq!(header.slots()[1].way, Way::Identity(None), "who can open it is not shown");

    assert_eq!(open(&store, Unlock::Identity(&identity.secret())).expect("by identity").id(), vault.id());
    vault.remove_slot(passphrase).expect("one way in is left");
    assert!(matches!(open(&store, Unlock::Passphrase("open sesame")), Err(Error::NoPassphrase)));
    assert!(matches!(vault.remove_slot(slot), Err(Error::LastSlot)));
    let unknown = SlotId::parse("0123456789abcdef").expect("sixteen digits");
    assert!(matches!(vault.remove_slot(unknown), Err(Error::NoSlot(_))));
    vault.change_passphrase("a new one", Kdf::CHEAP).expect("a passphrase is set");
    vault.remove_slot(slot).expect("the passphrase is left");
    assert!(matches!(open(&store, Unlock::Identity(&identity.secret())), Err(Error::WrongIdentity)));
    open(&store, Unlock::Passphrase("a new one")).expect("the new passphrase");
}

#[test]
fn a_vault_of_an_identity_alone() {
    let store = MemoryStore::new();
    let identity = Identity::generate();
    Vault::create(Box::new(store.clone()), Unlock::Identity(&identity.secret()), Kdf::CHEAP, rng(3)).expect("a vault");
    open(&store, Unlock::Identity(&identity.secret())).expect("it opens");
    assert!(matches!(open(&store, Unlock::Passphrase("x")), Err(Error::NoPassphrase)));
}

#[test]
fn a_changed_passphrase_holds_for_other_connections() {
    let store = MemoryStore::new();
    let mut one = create(&store);
    let mut two = open(&store, Unlock::Passphrase("open sesame")).expect("it opens twice");
    one.change_passphrase("a new one", Kdf::CHEAP).expect("a change");
    two.write(|tx| tx.put([1], &letter("written by the one that was open already"))).expect("keys stay the same");
    assert!(one.read(|tx| tx.contains::<Letter>([1])).expect("a read"));
    assert!(matches!(open(&store, Unlock::Passphrase("open sesame")), Err(Error::WrongPassphrase)));
}

#[test]
fn the_header_can_not_be_forged() {
    let bits = {
        let store = MemoryStore::new();
        create(&store);
        let mut bytes = 0;
        tamper(&store, |rows| exchange(rows, 0, b"header", |blob| bytes = blob.len()));
        bytes * 8
    };
    for bit in (0..bits).step_by(7) {
        let store = MemoryStore::new();
        create(&store);
        tamper(&store, |rows| exchange(rows, 0, b"header", |blob| blob[bit / 8] ^= 1 << (bit % 8)));
        let opened = open(&store, Unlock::Passphrase("open sesame"));
        assert!(opened.is_err(), "bit {bit}");
    }
    let replaced = |from: &str, to: &str| {
        let store = MemoryStore::new();
        create(&store);
        tamper(&store, |rows| {
            exchange(rows, 0, b"header", |blob| {
                let text = String::from_utf8(blob.clone()).expect("a header is text");
                assert!(text.contains(from), "{text}");
                *blob = text.replace(from, to).into_bytes();
            });
        });
        open(&store, Unlock::Passphrase("open sesame"))
    };
    assert!(matches!(replaced("\"schema\":2", "\"schema\":3"), Err(Error::NewerSchema { found: 3, known: 2 })));
    assert!(matches!(replaced("\"passes\":1", "\"passes\":4000000000"), Err(Error::Kdf { name: "passes", .. })));
    assert!(matches!(replaced("\"memory_kib\":64", "\"memory_kib\":4294967295"), Err(Error::Kdf { .. })));
    assert!(matches!(replaced("\"format\":\"c", "\"format\":\"C"), Err(Error::Header { .. })));
    assert!(matches!(replaced("\"slots\":", "\"more\":1,\"slots\":"), Err(Error::Header { .. })));
}

#[test]
fn rows_can_not_be_exchanged() {
    let fresh = || {
        let store = MemoryStore::new();
        let mut vault = create(&store);
        for (id, text) in [(1, "one"), (2, "two")] {
            vault.write(|tx| tx.put([id], &letter(text))).expect("a put");
        }
        (store, vault)
    };
    let blob_of = |store: &MemoryStore, id: &[u8]| {
        let mut blob = Vec::new();
        tamper(store, |rows| blob = rows.get(16, id).expect("a read").expect("a row").blob);
        blob
    };
    // Another row's content; an older content of the same row; a copy under another id; in another table.
    let (store, vault) = fresh();
    let other = blob_of(&store, &[2]);
    tamper(&store, |rows| exchange(rows, 16, &[1], |blob| *blob = other.clone()));
    let read = vault.read(|tx| tx.get::<Letter>([1]));
    assert!(matches!(read, Err(Error::Record { table: 16, source: CipherError::Tag, .. })), "{read:?}");
    assert!(vault.read(|tx| tx.list::<Letter>()).is_err());
    assert_eq!(vault.check(None).expect("a check").problems.len(), 1);

    let (store, mut vault) = fresh();
    let old = blob_of(&store, &[1]);
    vault.write(|tx| tx.put([1], &letter("changed"))).expect("a put");
    tamper(&store, |rows| exchange(rows, 16, &[1], |blob| *blob = old.clone()));
    assert!(vault.read(|tx| tx.get::<Letter>([1])).is_err());

    let (store, vault) = fresh();
    tamper(&store, |rows| {
        rows.put(16, &[3], None, &other).expect("a put");
        rows.put(17, &[2], None, &other).expect("a put");
        rows.put(18, &[2], None, b"short").expect("a put");
    });
    assert!(vault.read(|tx| tx.get::<Letter>([3])).is_err());
    assert!(vault.read(|tx| tx.get::<Choices>([2])).is_err());
    assert_eq!(vault.check(None).expect("a check").problems.len(), 3);
}

#[test]
fn a_data_key_that_is_gone_takes_its_domain_alone() {
    let store = MemoryStore::new();
    let mut vault = create(&store);
    vault
        .write(|tx| {
            tx.put([1], &letter("stays"))?;
            tx.put([1], &Choices(vec![1]))
        })
        .expect("a write");
    store.set_key_file(None);
    assert_eq!(vault.read(|tx| tx.get::<Letter>([1])).expect("a read"), Some(letter("stays")));
    let gone = vault.read(|tx| tx.get::<Choices>([1]));
    assert!(matches!(gone, Err(Error::RecordKey { domain: 2, generation: 1, .. })), "{gone:?}");
}

#[test]
fn a_renewed_key_destroys_what_was_removed() {
    let store = MemoryStore::new();
    let mut vault = create(&store);
    vault
        .write(|tx| {
            tx.put([1], &letter("goes"))?;
            tx.put([2], &letter("stays"))?;
            tx.put([2], &Choices(vec![2]))
        })
        .expect("a write");
    let mut remains = Vec::new();
    tamper(&store, |rows| remains = rows.get(16, &[1]).expect("a read").expect("a row").blob);
    let mut other = open(&store, Unlock::Passphrase("open sesame")).expect("a second connection");
    vault.write(|tx| tx.remove::<Letter>([1])).expect("a remove");
    // The letter, and what the vault knows of its key file.
    assert_eq!(vault.renew_key().expect("a new key"), 2);
    for vault in [&vault, &other] {
        assert_eq!(vault.read(|tx| tx.get::<Choices>([2])).expect("a read"), Some(Choices(vec![2])));
        assert_eq!(vault.read(|tx| tx.get::<Letter>([2])).expect("a read"), Some(letter("stays")));
    }
    tamper(&store, |rows| rows.put(16, &[1], None, &remains).expect("what was left on the disk"));
    assert!(matches!(vault.read(|tx| tx.get::<Letter>([1])), Err(Error::RecordKey { domain: 1, generation: 1, .. })));
    // The connection that was open all the while writes under the new key.
    other.write(|tx| tx.put([3], &letter("new"))).expect("a put");
    assert_eq!(vault.read(|tx| tx.get::<Letter>([3])).expect("a read"), Some(letter("new")));
    // A record that does not open stops it, and everything is as it was.
    assert!(matches!(vault.renew_key(), Err(Error::RecordKey { .. })));
    assert_eq!(vault.read(|tx| tx.get::<Letter>([2])).expect("a read"), Some(letter("stays")));
    tamper(&store, |rows| rows.delete(16, &[1], 1).expect("a delete"));
    assert_eq!(vault.renew_key().expect("a new key"), 3);
    assert!(vault.check(None).expect("a check").is_well());
}

#[test]
fn nothing_readable_in_the_store() {
    let store = MemoryStore::new();
    let mut vault = create(&store);
    let id = vault.name_id("people", "ines.valdemar");
    vault
        .write(|tx| {
            tx.put(&id, &letter("The ambassador leaves on Thursday."))?;
            tx.audit(&act("The ambassador leaves on Thursday."))
        })
        .expect("a write");
    tamper(&store, |rows| {
        for table in 0..=255 {
            rows.list(table, &mut |id, row| {
                for needle in ["ambassador", "valdemar", "open sesame", "text", "asked"] {
                    let found = |bytes: &[u8]| bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
                    assert!(!found(id) && !found(&row.blob), "{needle} in table {table}");
                }
                Ok(())
            })
            .expect("a list");
        }
    });
    assert_eq!(vault.name_id("people", "ines.valdemar"), id);
    assert_ne!(vault.name_id("peopl", "eines.valdemar"), id);
    assert_ne!(create(&MemoryStore::new()).name_id("people", "other"), id);
    let shown = format!("{vault:?} {:?} {:?}", Unlock::Passphrase("open sesame"), Identity::generate());
    assert!(!shown.contains("sesame") && !shown.contains("AGE"), "{shown}");
}

#[test]
fn audit_trail_shows_what_was_done_to_it() {
    let fresh = || {
        let store = MemoryStore::new();
        let mut vault = create(&store);
        for n in 0..5 {
            vault.write(|tx| tx.audit(&act(&format!("m{n}")))).expect("an entry");
        }
        let head = vault.audit_head().expect("a head");
        (store, vault, head)
    };
    let (_, vault, head) = fresh();
    assert_eq!(vault.verify_audit(None).expect("it is whole"), head);
    assert_eq!(vault.verify_audit(Some(&head)).expect("it is whole"), head);
    vault.verify_audit(Some(&Head::EMPTY)).expect("every trail continues the empty one");
    let entries = vault.read(|tx| tx.audit_entries()).expect("entries");
    assert_eq!(entries.len(), 5);
    assert_eq!((entries[4].number, &entries[4].act), (5, &act("m4")));
    let known = entries[..entries.len() / 2].to_vec();
    let after = |known: Vec<_>| vault.read(|tx| tx.audit_entries_after(known));
    for known in [Vec::new(), known, entries.clone()] {
        assert_eq!(after(known).expect("entries"), entries);
    }
    let middle = Head { entries: 3, hash: entries[2].hash };
    vault.verify_audit(Some(&middle)).expect("it continues from the middle");

    let key = |n: u64| n.to_be_bytes();
    for n in 1..=5 {
        let (store, vault, _) = fresh();
        let known = vault.read(|tx| tx.audit_entries()).expect("entries");
        tamper(&store, |rows| rows.delete(3, &key(n), 1).expect("an entry is taken out"));
        assert!(matches!(vault.verify_audit(None), Err(Error::Audit { .. })), "entry {n} taken out");
        let after = vault.read(|tx| tx.audit_entries_after(known));
        assert!(matches!(after, Err(Error::Audit { entry, .. }) if entry == n), "entry {n} taken out: {after:?}");
        assert!(!vault.check(None).expect("a check").is_well());
    }
    let (store, vault, _) = fresh();
    tamper(&store, |rows| {
        let (two, three) = (
            rows.get(3, &key(2)).expect("a read").expect("a row"),
            rows.get(3, &key(3)).expect("a read").expect("a row"),
        );
        exchange(rows, 3, &key(2), |blob| *blob = three.blob.clone());
        exchange(rows, 3, &key(3), |blob| *blob = two.blob.clone());
    });
    assert!(vault.verify_audit(None).is_err(), "entries exchanged");

    // The whole vault rolled back: only a head that was kept elsewhere shows it.
    let store = MemoryStore::new();
    let mut vault = create(&store);
    vault.write(|tx| tx.audit(&act("one"))).expect("an entry");
    let old = store.snapshot();
    vault.write(|tx| tx.audit(&act("two"))).expect("an entry");
    let head = vault.audit_head().expect("a head");
    let mut back = open(&old, Unlock::Passphrase("open sesame")).expect("the old state opens");
    back.verify_audit(None).expect("in itself it is whole");
    assert!(matches!(back.verify_audit(Some(&head)), Err(Error::Audit { entry: 2, .. })));
    let known = vault.read(|tx| tx.audit_entries()).expect("entries");
    let after = back.read(|tx| tx.audit_entries_after(known.clone()));
    assert!(matches!(after, Err(Error::Audit { entry: 2, .. })), "the old state: {after:?}");
    back.write(|tx| tx.audit(&act("two"))).expect("another second entry");
    back.write(|tx| tx.audit(&act("three"))).expect("a third entry");
    let after = back.read(|tx| tx.audit_entries_after(known));
    assert!(matches!(after, Err(Error::Audit { entry: 3, .. })), "another second entry: {after:?}");
    assert!(matches!(back.verify_audit(Some(&head)), Err(Error::Audit { entry: 2, .. })));
}

#[test]
fn errors_speak_plainly() {
    let rows: [(Error, &str); 4] = [
        (Error::WrongPassphrase, "wrong passphrase"),
        (Error::Store(StoreError::Full), "the disk is full: nothing was changed"),
        (Error::NewerSchema { found: 9, known: 1 }, "the vault's schema is version 9, this program knows up to 1"),
        (Error::IdLength(0), "a row's id has 0 bytes, not 1 to 255"),
    ];
    for (error, text) in rows {
        assert_eq!(error.to_string(), text);
    }
    assert!(Error::Store(StoreError::Full).hint().is_some());
}

/// What the vault is compared with: a map.
type Model = std::collections::BTreeMap<Vec<u8>, Letter>;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Any sequence of operations gives what a plain map gives, also after opening again.
    #[test]
    fn behaves_as_a_map(steps in proptest::collection::vec((0_u8..4, 0_u8..6, "\\PC{0,40}"), 1..60)) {
        let store = MemoryStore::new();
        let mut vault = create(&store);
        let mut model = Model::new();
        for (step, id, text) in steps {
            let key = vec![id];
            match step {
                0 => {
                    vault.write(|tx| tx.put(&key, &letter(&text))).expect("a put");
                    model.insert(key, letter(&text));
                }
                1 => {
                    let inserted = vault.write(|tx| tx.insert(&key, &letter(&text)));
                    prop_assert_eq!(inserted.is_ok(), !model.contains_key(&key));
                    model.entry(key).or_insert_with(|| letter(&text));
                }
                2 => {
                    let removed = vault.write(|tx| tx.remove::<Letter>(&key)).expect("a remove");
                    prop_assert_eq!(removed, model.remove(&key).is_some());
                }
                _ => {
                    let got = vault.read(|tx| tx.get::<Letter>(&key)).expect("a get");
                    prop_assert_eq!(got.as_ref(), model.get(&key));
                }
            }
        }
        let vault = open(&store, Unlock::Passphrase("open sesame")).expect("it opens");
        let list = vault.read(|tx| tx.list::<Letter>()).expect("a list");
        let wanted: Vec<_> = model.into_iter().map(|(id, letter)| (Id::from(id), letter)).collect();
        prop_assert_eq!(list, wanted);
    }
}
