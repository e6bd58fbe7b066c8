//! The log on a real directory: durable appends, proofs, and an audit beside the bare hashing that it can't do without.
//!
//! `cargo bench -p countermark-tlog`. Appends depend on what `fsync` costs where the temporary directory lies.
#![allow(clippy::unwrap_used)]

use countermark_tlog::checkpoint::SignedCheckpoint;
use countermark_tlog::directory::{Folder, Log, View};
use countermark_tlog::merkle::{self, leaf_hash};
use countermark_tlog::note::{Note, Signer};
use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use sha2::{Digest, Sha256};
use std::convert::Infallible;
use tempfile::TempDir;

/// Entries of the log that is read: 64 bytes each, as a tag and a commitment.
const SIZE: u64 = 65_536;

fn main() {
    divan::main();
}

fn signer() -> Signer {
    Signer::new("log.example/1".parse().unwrap(), &[1; 32])
}

fn entry(number: u64) -> [u8; 64] {
    let mut entry = [0; 64];
    entry[..8].copy_from_slice(&number.to_be_bytes());
    entry
}

fn fresh() -> (TempDir, Log<Folder>) {
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder::create(dir.path()).unwrap();
    let log = Log::create(folder, &signer(), |_| Ok::<(), Infallible>(())).unwrap();
    (dir, log)
}

fn append(log: &mut Log<Folder>, count: u64) -> u64 {
    let first = log.size();
    let entries: Vec<[u8; 64]> = (first..first + count).map(entry).collect();
    let entries: Vec<&[u8]> = entries.iter().map(|entry| &entry[..]).collect();
    log.append(&signer(), &entries, |_| Ok::<(), Infallible>(())).unwrap().end
}

fn filled() -> (TempDir, View<Folder>) {
    let (dir, mut log) = fresh();
    assert_eq!(append(&mut log, SIZE), SIZE);
    drop(log);
    let view = View::open(Folder::open(dir.path()).unwrap(), signer().verifier().clone()).unwrap();
    (dir, view)
}

/// One append, durable on return. The log grows on the way, as a real one does.
#[divan::bench(args = [1, 100, 1000], sample_count = 50, sample_size = 1)]
fn append_durably(bencher: Bencher<'_, '_>, count: u64) {
    let (_dir, mut log) = fresh();
    bencher.counter(ItemsCount::new(count)).bench_local(|| {
        let before = log.size();
        assert_eq!(append(&mut log, count), before + count);
    });
}

/// Opening for appending: the right edge is checked.
#[divan::bench]
fn open(bencher: Bencher<'_, '_>) {
    let (dir, view) = filled();
    let record = view.checkpoint().to_text();
    bencher.bench_local(|| {
        let folder = Folder::open(dir.path()).unwrap();
        let log = Log::open(folder, signer().verifier().clone(), Some(record.as_bytes())).unwrap();
        assert_eq!(log.size(), SIZE);
    });
}

/// From the files, and checked against the root.
#[divan::bench]
fn inclusion_proof(bencher: Bencher<'_, '_>) {
    let (_dir, view) = filled();
    let mut number = 0;
    bencher.bench_local(|| {
        number = (number + 12_345) % SIZE;
        let proof = view.inclusion(number).unwrap();
        assert_eq!(proof.len(), 16);
        black_box(proof)
    });
}

#[divan::bench]
fn verify_inclusion(bencher: Bencher<'_, '_>) {
    let (_dir, view) = filled();
    let (proof, leaf) = (view.inclusion(4711).unwrap(), leaf_hash(&entry(4711)));
    let head = view.checkpoint().checkpoint();
    bencher.bench_local(|| merkle::verify_inclusion(&leaf, 4711, SIZE, &proof, &head.root).unwrap());
}

#[divan::bench]
fn verify_checkpoint(bencher: Bencher<'_, '_>) {
    let (_dir, view) = filled();
    let text = view.checkpoint().to_text();
    let key = signer().verifier().clone();
    bencher.bench_local(|| {
        let read = SignedCheckpoint::parse(text.as_bytes()).unwrap();
        assert_eq!(read.verify(&key, &[]).unwrap().len(), 1);
        assert_eq!(Note::parse(text.as_bytes()).unwrap().to_text(), text);
    });
}

/// Everything read and recomputed.
#[divan::bench(sample_count = 20)]
fn audit(bencher: Bencher<'_, '_>) {
    let (_dir, view) = filled();
    bencher.counter(ItemsCount::new(SIZE)).bench_local(|| {
        let audit = view.audit().unwrap();
        assert!(audit.is_clean() && audit.size == SIZE);
    });
}

/// The peer: one SHA-256 of 65 bytes for each entry and one for each inner node, and nothing else.
#[divan::bench(sample_count = 20)]
fn bare_hashing(bencher: Bencher<'_, '_>) {
    bencher.counter(ItemsCount::new(SIZE)).bench_local(|| {
        let mut bytes = [0u8; 65];
        for _ in 0..2 * SIZE - 1 {
            let hash = Sha256::digest(bytes);
            bytes[1..33].copy_from_slice(&hash);
        }
        assert_ne!(black_box(bytes), [0; 65]);
    });
}
