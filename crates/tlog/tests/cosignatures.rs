//! The vectors in `vectors/cosignature/`, signed by implementations that are not ours.
#![allow(missing_docs, clippy::unwrap_used)]

use std::fs;
use std::path::PathBuf;

use countermark_tlog::checkpoint::SignedCheckpoint;
use countermark_tlog::cosignature;
use countermark_tlog::note::{Outcome, VerifierKey};
use countermark_tlog::{CheckpointError, NoteError};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    says: String,
    log: String,
    witness: String,
    checkpoint: String,
    valid: bool,
    time: Option<u64>,
}

fn cases() -> Vec<Case> {
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../vectors/cosignature");
    let files = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|e| e == "json")).collect();
    files.sort();
    files.iter().map(|file| serde_json::from_slice(&fs::read(file).unwrap()).unwrap()).collect()
}

#[test]
fn every_vector_is_judged_as_it_says() {
    let cases = cases();
    assert_eq!(cases.len(), 20);
    assert_eq!(cases.iter().filter(|case| case.valid).count(), 5);
    for case in cases {
        let (log, witness): (VerifierKey, VerifierKey) = (case.log.parse().unwrap(), case.witness.parse().unwrap());
        assert_eq!(witness.to_string(), case.witness, "{}", case.says);
        let checkpoint = SignedCheckpoint::parse(case.checkpoint.as_bytes()).unwrap();
        assert_eq!(checkpoint.to_text(), case.checkpoint, "{}", case.says);
        // Whoever does not know the witness reads the checkpoint all the same.
        let stranger = checkpoint.verify(&log, &[]).unwrap();
        assert_eq!(stranger[1].outcome, Outcome::Unknown, "{}", case.says);

        let refused = NoteError::BadSignature { line: 2, key_id: witness.id() };
        let found = checkpoint.verify(&log, std::slice::from_ref(&witness)).map(|found| found[1].outcome);
        let expected =
            if case.valid { Ok(Outcome::Valid { time: case.time }) } else { Err(CheckpointError::Note(refused)) };
        assert_eq!(found, expected, "{}", case.says);
        let alone = cosignature::verify(&witness, &checkpoint, &checkpoint.note().signatures()[1]);
        assert_eq!(alone.ok(), case.valid.then_some(case.time), "{}", case.says);
    }
}

/// Every byte of an ML-DSA-44 cosignature counts.
#[test]
fn no_changed_byte_verifies() {
    let case = cases().into_iter().find(|case| case.says == "an ML-DSA-44 cosignature").unwrap();
    let witness: VerifierKey = case.witness.parse().unwrap();
    let checkpoint = SignedCheckpoint::parse(case.checkpoint.as_bytes()).unwrap();
    let good = checkpoint.note().signatures()[1].clone();
    for at in 0..good.bytes.len() {
        let mut forged = good.clone();
        forged.bytes[at] ^= 1;
        assert!(cosignature::verify(&witness, &checkpoint, &forged).is_err(), "byte {at}");
    }
}
