//! Proofs that a log holds an entry: what parses is written back to the byte.
#![no_main]

use countermark_tlog::merkle::leaf_hash;
use countermark_tlog::note::{Signer, VerifierKey};
use countermark_tlog::proof::Proof;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    match Proof::parse(data) {
        Ok(proof) => {
            assert_eq!(proof.to_text().as_bytes(), data);
            includes(proof);
        }
        Err(error) => drop(error.to_string()),
    }
});

/// Under a checkpoint signed anew with the same numbers, so that what comes behind the signature is reached.
fn includes(mut proof: Proof) {
    let Ok(name) = proof.checkpoint.checkpoint().origin.parse() else { return };
    let signer = Signer::new(name, &[7; 32]);
    let log: &VerifierKey = signer.verifier();
    let leaf = leaf_hash(b"an entry");
    assert!(proof.verify(&leaf, log, &[]).is_err(), "nobody but this run has the key");
    let mut head = proof.checkpoint.checkpoint().clone();
    proof.checkpoint = head.sign(&signer).expect("what was read can be written");
    let held = proof.verify(&leaf, log, &[]).is_ok();
    assert_eq!(held, head.size == 1 && proof.index == 0 && proof.hashes.is_empty() && head.root == leaf);
    // The tree of this one entry.
    (head.size, head.root) = (1, leaf);
    proof.checkpoint = head.sign(&signer).expect("only numbers were changed");
    assert_eq!(proof.verify(&leaf, log, &[]).is_ok(), proof.index == 0 && proof.hashes.is_empty());
}
