//! Checkpoints, signed and not: what parses is written back to the byte.
#![no_main]

use countermark_tlog::checkpoint::{Checkpoint, SignedCheckpoint};
use countermark_tlog::cosignature::{self, Cosigner};
use countermark_tlog::note::{KeyName, Signer};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let signer = Signer::new("log.example/fuzz".parse().expect("a key name"), &[7; 32]);
    let witness = Cosigner::new("witness.example/fuzz".parse().expect("a key name"), &[8; 32]);
    match SignedCheckpoint::parse(data) {
        Ok(signed) => {
            assert_eq!(signed.to_text().as_bytes(), data);
            assert_eq!(signed.checkpoint().to_string(), signed.note().text());
            let _ = signed.verify(signer.verifier(), std::slice::from_ref(witness.verifier()));
        }
        Err(error) => drop(error.to_string()),
    }
    let Ok(text) = std::str::from_utf8(data) else { return };
    match text.parse::<Checkpoint>() {
        Ok(checkpoint) => {
            assert_eq!(checkpoint.to_string(), text);
            signs(&checkpoint);
        }
        Err(error) => drop(error.to_string()),
    }
});

/// Whatever is read can be signed and cosigned, and verifies under the key that has its origin for a name.
fn signs(checkpoint: &Checkpoint) {
    let Ok(name) = checkpoint.origin.parse::<KeyName>() else { return };
    let signer = Signer::new(name, &[7; 32]);
    let witness = Cosigner::new("witness.example/fuzz".parse().expect("a key name"), &[8; 32]);
    let mut signed = checkpoint.sign(&signer).expect("what was read can be written");
    let cosignature = witness.cosign(&signed, checkpoint.size).expect("a size is below the latest time");
    assert_eq!(cosignature::verify(witness.verifier(), &signed, &cosignature), Ok(Some(checkpoint.size)));
    signed.add(cosignature).expect("the second signature");
    let read = SignedCheckpoint::parse(signed.to_text().as_bytes()).expect("what was written is read");
    assert_eq!(read, signed);
    let findings = read.verify(signer.verifier(), std::slice::from_ref(witness.verifier())).expect("it was signed");
    assert_eq!(findings.len(), 2);
}
