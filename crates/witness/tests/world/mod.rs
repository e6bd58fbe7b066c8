//! A log of numbered entries, another that forks from it after any size, and a witness.
#![allow(missing_docs, dead_code, clippy::unwrap_used)]

use countermark_tlog::checkpoint::Checkpoint;
use countermark_tlog::cosignature::Cosigner;
use countermark_tlog::merkle::{Tree, leaf_hash};
use countermark_tlog::note::{Signer, VerifierKey};
use countermark_tlog::witness::AddCheckpoint;

pub fn log() -> Signer {
    Signer::new("log.example/1".parse().unwrap(), &[1; 32])
}

pub fn cosigner() -> Cosigner {
    Cosigner::new("witness.example/w1".parse().unwrap(), &[2; 32])
}

pub fn keys() -> Vec<VerifierKey> {
    vec![log().verifier().clone()]
}

fn tree(size: u64, mark: &[u8]) -> Tree {
    Tree::new((0..size).map(|i| leaf_hash(&[&i.to_be_bytes(), mark].concat())).collect())
}

pub fn add(signer: &Signer, old: u64, size: u64, mark: &[u8]) -> AddCheckpoint {
    let tree = tree(size, mark);
    let head = Checkpoint { origin: "log.example/1".into(), size, root: tree.root(), extensions: vec![] };
    AddCheckpoint { old, proof: tree.consistency(old).unwrap_or_default(), checkpoint: head.sign(signer).unwrap() }
}

/// The honest log's request.
pub fn request(old: u64, size: u64) -> Vec<u8> {
    add(&log(), old, size, b"").to_text().into_bytes()
}

/// The same, signed by the same key, of a tree with other entries.
pub fn forked(old: u64, size: u64) -> Vec<u8> {
    add(&log(), old, size, b"fork").to_text().into_bytes()
}
