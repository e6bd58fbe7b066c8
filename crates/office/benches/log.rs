//! The log as an office meets it: sealing beside a long log, publication, the audit, and proofs in a log of ten million leaves.
//!
//! `cargo bench -p countermark-office --bench log` (with `-- --leaves N` another size of the largest log). Percentiles need single
//! measurements, which divan does not give, so this one measures by itself. Appends are synced to the disk that the temporary
//! directory lies on; the log of ten million leaves lies in memory. Each answer is checked.
#![allow(missing_docs, clippy::unwrap_used)]

use std::convert::Infallible;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use countermark_codebook::Epsilon;
use countermark_marking::Master;
use countermark_office::{Founding, Office, Rate, SealRequest, To};
use countermark_proof::TableSize;
use countermark_testkit::{MemoryDisk, rng};
use countermark_tlog::directory::{Folder, Log, View};
use countermark_tlog::merkle::{leaf_hash, verify_inclusion};
use countermark_tlog::note::Signer;
use countermark_vault::{Kdf, Unlock, Vault};
use countermark_vault_sqlite::SqliteStore;
use sha2::{Digest, Sha256};

/// Leaves of the log that is sealed into.
const LONG: u64 = 100_000;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let largest =
        arguments.iter().position(|word| word == "--leaves").and_then(|at| arguments.get(at + 1)?.parse().ok());
    sealing();
    proofs(largest.unwrap_or(10_000_000));
}

fn office(dir: &Path) -> Office {
    let store = Box::new(SqliteStore::create(&dir.join("v.db")).unwrap());
    let vault = Vault::create(store, Unlock::Passphrase("p"), Kdf::CHEAP, Box::new(rng(3))).unwrap();
    let founding = Founding { origin: Some("bench.example/log"), table: TableSize::FULL };
    let log = Folder::create(&dir.join("v.log")).unwrap();
    Office::create(vault, log, &dir.join("v.looks"), founding, "bench", Box::new(|| 1_900_000_000_000)).unwrap()
}

fn request() -> SealRequest {
    let text = "We {met|spoke} {twice|two times}, and {that is|this is} what {I remember|I recall} of {it all|all of it}, {as ever|as always}. ";
    SealRequest {
        master: Master::parse(text).unwrap(),
        to: To::Numbers(5),
        epsilon: Epsilon::default(),
        marked_line: true,
        print_reference: false,
        as_sent: None,
        max_recipients: 50,
    }
}

fn sealing() {
    let dir = tempfile::tempdir().unwrap();
    let mut office = office(dir.path());
    office.set_rate(Rate::new(Duration::from_secs(3_600), 4_096).unwrap());
    while office.log_size().unwrap() < LONG {
        office.publish_now(None).unwrap();
    }
    office.set_rate(Rate::default());
    let size = office.log_size().unwrap();
    println!("beside a log of {size} leaves, durable on return, 5 recipients:");
    let request = request();
    measure("seal, its leaf waits", 300, || assert!(office.seal(&request).unwrap().provable_at.is_some()));
    measure("seal --now, a batch of 8 appended", 300, || {
        assert!(office.seal_now(&request).unwrap().provable_at.is_none())
    });
    measure("a batch alone", 300, || assert!(office.publish_now(None).unwrap().is_some()));

    let size = office.log_size().unwrap();
    let begun = Instant::now();
    let audit = office.audit_log().unwrap();
    let took = begun.elapsed();
    assert!(audit.problems.is_empty() && audit.size == size, "{:?}", audit.problems);
    let bare = bare_hashing(size);
    let a_second = |took: Duration| size as f64 / took.as_secs_f64();
    println!(
        "log audit of {size} leaves and {} checkpoints: {took:.2?}, {:.0} leaves a second; the tree's bare SHA-256: {bare:.2?}, {:.0} leaves a second; {:.1} x",
        audit.checkpoints,
        a_second(took),
        a_second(bare),
        took.as_secs_f64() / bare.as_secs_f64()
    );
}

/// One SHA-256 of 65 bytes for each leaf and one for each inner node: what nobody can do without.
fn bare_hashing(leaves: u64) -> Duration {
    let begun = Instant::now();
    let mut bytes = [0u8; 65];
    for _ in 0..2 * leaves - 1 {
        let hash = Sha256::digest(bytes);
        bytes[1..33].copy_from_slice(&hash);
    }
    assert_ne!(black_box(bytes), [0; 65]);
    begun.elapsed()
}

fn proofs(leaves: u64) {
    let disk = MemoryDisk::new();
    let signer = Signer::new("bench.example/log".parse().unwrap(), &[1; 32]);
    let leaf = |number: u64| {
        let mut leaf = [0; 64];
        leaf[..8].copy_from_slice(&number.to_be_bytes());
        leaf
    };
    let begun = Instant::now();
    let mut log = Log::create(disk.clone(), &signer, |_| Ok::<(), Infallible>(())).unwrap();
    while log.size() < leaves {
        let first = log.size();
        let batch: Vec<[u8; 64]> = (first..leaves.min(first + 65_536)).map(leaf).collect();
        let batch: Vec<&[u8]> = batch.iter().map(|leaf| &leaf[..]).collect();
        log.append(&signer, &batch, |_| Ok::<(), Infallible>(())).unwrap();
    }
    println!("a log of {leaves} leaves was built in memory in {:.1?}", begun.elapsed());
    let older = log.checkpoint().clone();
    log.append(&signer, &[&leaf(leaves)], |_| Ok::<(), Infallible>(())).unwrap();
    drop(log);
    let view = View::open(disk, signer.verifier().clone()).unwrap();
    let head = view.checkpoint().checkpoint().clone();
    let mut number = 0;
    measure("inclusion proof, made and checked", 2_000, || {
        number = (number + 7_654_321) % leaves;
        let proof = view.inclusion(number).unwrap();
        verify_inclusion(&leaf_hash(&leaf(number)), number, head.size, &proof, &head.root).unwrap();
    });
    measure("consistency proof, made and checked", 2_000, || {
        number = (number + 7_654_321) % leaves;
        assert!(!view.consistency(number + 1).unwrap().is_empty());
    });
    let view = view.at(older).unwrap();
    measure("inclusion proof under an older checkpoint", 2_000, || {
        number = (number + 7_654_321) % leaves;
        assert!(view.inclusion(number).unwrap().len() > 1);
    });
    let begun = Instant::now();
    let audit = view.audit().unwrap();
    let (took, bare) = (begun.elapsed(), bare_hashing(leaves));
    assert!(audit.is_clean());
    println!(
        "audit of its tiles: {took:.1?}; the tree's bare SHA-256: {bare:.1?}; {:.1} x",
        took.as_secs_f64() / bare.as_secs_f64()
    );
}

fn measure(what: &str, times: usize, mut work: impl FnMut()) {
    work();
    let mut took: Vec<Duration> = (0..times)
        .map(|_| {
            let begun = Instant::now();
            work();
            begun.elapsed()
        })
        .collect();
    took.sort_unstable();
    println!("  {what:<42} p50 {:>9.2?}  p99 {:>9.2?}  ({times} times)", took[times / 2], took[times * 99 / 100]);
}
