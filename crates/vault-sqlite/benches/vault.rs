//! What the vault costs: one record, opening, a sealing's worth of records, a long list.
//!
//! The file lies in the system's folder for temporary files, so the durable write is that disk's.

use countermark_testkit::rng;
use countermark_vault::{
    Domain, Error, Kdf, Key, Record, Table, Unlock, Vault, VaultId,
    cipher::{self, KeyName, Place},
};
use countermark_vault_sqlite::SqliteStore;
use divan::{Bencher, black_box, counter::BytesCount};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

fn main() {
    divan::main();
}

const NAME: KeyName = KeyName { domain: 1, generation: 1 };
const PLACE: Place<'static> = Place { vault: VaultId::from_bytes([1; 16]), table: 16, id: &[7; 16], version: 1 };

#[derive(Serialize, Deserialize)]
struct Copy {
    recipient: u32,
    text: String,
}

impl Record for Copy {
    const TABLE: Table = Table::new(16);
    const DOMAIN: Domain = Domain::Main;
}

fn copy(recipient: u32) -> Copy {
    Copy { recipient, text: "x".repeat(1_000) }
}

fn vault() -> (TempDir, Vault) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = SqliteStore::create(&folder.path().join("v.db")).expect("a new file");
    let vault = Vault::create(Box::new(store), Unlock::Passphrase("p"), Kdf::CHEAP, Box::new(rng(1))).expect("a vault");
    (folder, vault)
}

/// Encrypts one record of so many bytes.
#[divan::bench(args = [200, 2_000, 20_000])]
fn encrypt(bencher: Bencher<'_, '_>, size: usize) {
    let (key, content) = (Key::from_bytes([2; 32]), vec![b'x'; size]);
    let mut chance = rng(3);
    bencher.counter(BytesCount::new(size)).bench_local(|| {
        let blob = cipher::encrypt(&key, NAME, PLACE, black_box(&content), &mut chance);
        assert!(blob.len() > size);
        blob
    });
}

/// Decrypts one record of so many bytes.
#[divan::bench(args = [200, 2_000, 20_000])]
fn decrypt(bencher: Bencher<'_, '_>, size: usize) {
    let (key, content) = (Key::from_bytes([2; 32]), vec![b'x'; size]);
    let blob = cipher::encrypt(&key, NAME, PLACE, &content, &mut rng(3));
    bencher.counter(BytesCount::new(size)).bench(|| {
        let opened = cipher::decrypt(&key, PLACE, black_box(&blob)).expect("it opens");
        assert_eq!(opened.len(), size);
        opened
    });
}

/// Opens a vault whose key derivation is cheap: everything but Argon2id.
#[divan::bench]
fn open_cheap_kdf(bencher: Bencher<'_, '_>) {
    let (folder, made) = vault();
    let (path, id) = (folder.path().join("v.db"), made.id());
    drop(made);
    bencher.bench_local(|| {
        let store = SqliteStore::open(&path).expect("the file opens");
        let vault = Vault::open(Box::new(store), Unlock::Passphrase("p"), Box::new(rng(2))).expect("the vault opens");
        assert_eq!(vault.id(), id);
    });
}

/// Fifty copies of 1 kB in one durable transaction: what a sealing to fifty recipients writes.
#[divan::bench(sample_count = 50)]
fn insert_50_durable(bencher: Bencher<'_, '_>) {
    let (_folder, mut vault) = vault();
    let copies: Vec<Copy> = (0..50).map(copy).collect();
    let mut next = 0_u64;
    bencher.bench_local(|| {
        vault
            .write(|tx| {
                for copy in &copies {
                    next += 1;
                    tx.insert(next.to_be_bytes(), copy)?;
                }
                Ok::<_, Error>(())
            })
            .expect("a write");
    });
    let count = vault.read(|tx| tx.list::<Copy>()).expect("a list").len();
    assert_eq!(count as u64, next);
}

/// Lists and decrypts 10,000 records of 1 kB.
#[divan::bench(sample_count = 10)]
fn list_10_000(bencher: Bencher<'_, '_>) {
    let (_folder, mut vault) = vault();
    vault.write(|tx| (0..10_000_u32).try_for_each(|n| tx.insert(n.to_be_bytes(), &copy(n)))).expect("a write");
    bencher.bench_local(|| {
        let copies = vault.read(|tx| tx.list::<Copy>()).expect("a list");
        assert_eq!(copies.len(), 10_000);
        copies
    });
}
