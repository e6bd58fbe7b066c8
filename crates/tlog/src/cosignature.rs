//! Cosignatures (C2SP tlog-cosignature): a witness's statement that, at a time, a checkpoint was the largest
//! consistent one that it had seen of that log.
//!
//! | type | signature bytes | over |
//! |---|---|---|
//! | `0x04`, Ed25519 | 8 bytes of time (Unix seconds, big endian), 64 bytes | `cosignature/v1\ntime <seconds>\n` and the checkpoint's text |
//! | `0x06`, ML-DSA-44 (FIPS 204) | 8 bytes of time, 2,420 bytes | a `cosigned_message`: label, cosigner's name, time, origin, 0, size, root |
//!
//! The first does not sign the cosigner's name, the second not the checkpoint's extension lines. We cosign with the first and verify both.

use crate::checkpoint::{Checkpoint, SignedCheckpoint};
use crate::error::NoteError;
use crate::note::{KeyName, Signature, SignatureType, Signer, VerifierKey, verify_strict};
use aws_lc_rs::signature::{ML_DSA_44, UnparsedPublicKey};

/// The first bytes of what an ML-DSA-44 cosigner signs.
const LABEL: &[u8; 12] = b"subtree/v1\n\0";

/// The latest time that may be stated: 2^63 - 1 seconds.
pub const MAX_TIME: u64 = i64::MAX as u64;

/// A witness's key (signature type `0x04`). The seed is wiped when it is dropped.
#[derive(Debug)]
pub struct Cosigner(Signer);

impl Cosigner {
    /// The cosigner of this name from its 32-byte seed. The seed must not be used under another name: version 1
    /// does not sign the name.
    pub fn new(name: KeyName, seed: &[u8; 32]) -> Cosigner {
        Cosigner(Signer::of_type(name, SignatureType::CosignatureV1, seed))
    }

    /// The public half.
    pub fn verifier(&self) -> &VerifierKey {
        self.0.verifier()
    }

    /// Cosigns a checkpoint at `time`, Unix seconds. The caller has verified the log's signature and the
    /// consistency with what it cosigned before.
    ///
    /// # Errors
    /// [`NoteError::Text`] when the time is beyond [`MAX_TIME`].
    pub fn cosign(&self, checkpoint: &SignedCheckpoint, time: u64) -> Result<Signature, NoteError> {
        if time > MAX_TIME {
            return Err(NoteError::Text { what: "the time is out of range" });
        }
        let mut bytes = time.to_be_bytes().to_vec();
        bytes.extend_from_slice(&self.0.raw(signed(checkpoint.note().text(), time).as_bytes()));
        Ok(self.0.signature(bytes))
    }
}

/// Verifies one cosignature over a checkpoint and returns its time, Unix seconds: `None` when the cosigner states
/// none, which only the ML-DSA-44 type can. Whether that time is in the future is the caller's to judge.
///
/// # Errors
/// [`NoteError::KeyType`] when the key is no cosigner's; [`NoteError::Unsigned`] when the signature is by another
/// key; [`NoteError::BadSignature`] when it does not verify.
pub fn verify(
    key: &VerifierKey,
    checkpoint: &SignedCheckpoint,
    signature: &Signature,
) -> Result<Option<u64>, NoteError> {
    if !matches!(key.signature_type(), SignatureType::CosignatureV1 | SignatureType::MlDsa44) {
        let (expected, found) = (SignatureType::CosignatureV1.byte(), key.signature_type().byte());
        return Err(NoteError::KeyType { expected, found });
    }
    if signature.key_id != key.id() || signature.name != *key.name() {
        return Err(NoteError::Unsigned);
    }
    check(key, checkpoint.note().text(), &signature.bytes).ok_or(NoteError::BadSignature { line: 1, key_id: key.id() })
}

/// The time of a valid `timestamped_signature`, under a key of either type.
pub(crate) fn check(key: &VerifierKey, text: &str, bytes: &[u8]) -> Option<Option<u64>> {
    let (time, signature) = bytes.split_first_chunk::<8>()?;
    let time = u64::from_be_bytes(*time);
    // Only checkpoints are cosigned: another text under the same header would be no statement about a log.
    let checkpoint: Checkpoint = text.parse().ok()?;
    if time > MAX_TIME {
        return None;
    }
    match key.signature_type() {
        SignatureType::CosignatureV1 => {
            verify_strict(key, signed(text, time).as_bytes(), signature).then_some(Some(time))
        }
        SignatureType::MlDsa44 => {
            let public = UnparsedPublicKey::new(&ML_DSA_44, key.public());
            public.verify(&cosigned_message(key.name(), time, &checkpoint)?, signature).ok()?;
            // Zero says that the cosigner states no time, not that it was 1970.
            Some((time != 0).then_some(time))
        }
        _ => None,
    }
}

/// The message that is signed with Ed25519.
fn signed(text: &str, time: u64) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

/// The `cosigned_message` that is signed with ML-DSA-44: of a checkpoint, so it starts at entry 0. `None` when a
/// name does not fit its one length byte.
fn cosigned_message(name: &KeyName, time: u64, checkpoint: &Checkpoint) -> Option<Vec<u8>> {
    let mut message = LABEL.to_vec();
    message.push(u8::try_from(name.as_str().len()).ok()?);
    message.extend_from_slice(name.as_str().as_bytes());
    message.extend_from_slice(&time.to_be_bytes());
    message.push(u8::try_from(checkpoint.origin.len()).ok()?);
    message.extend_from_slice(checkpoint.origin.as_bytes());
    message.extend_from_slice(&0_u64.to_be_bytes());
    message.extend_from_slice(&checkpoint.size.to_be_bytes());
    message.extend_from_slice(&checkpoint.root);
    Some(message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::note::Outcome;

    fn sample() -> (Signer, Cosigner, SignedCheckpoint) {
        let signer = Signer::new("log.example/1".parse().unwrap(), &[1; 32]);
        let witness = Cosigner::new("witness.example/w1".parse().unwrap(), &[2; 32]);
        let checkpoint = Checkpoint { origin: "log.example/1".into(), size: 7, root: [9; 32], extensions: vec![] };
        let signed = checkpoint.sign(&signer).unwrap();
        (signer, witness, signed)
    }

    #[test]
    fn a_cosignature_carries_its_time() {
        let (signer, witness, mut checkpoint) = sample();
        let cosignature = witness.cosign(&checkpoint, 1_679_315_147).unwrap();
        assert_eq!(verify(witness.verifier(), &checkpoint, &cosignature), Ok(Some(1_679_315_147)));
        checkpoint.add(cosignature).unwrap();
        let read = SignedCheckpoint::parse(checkpoint.to_text().as_bytes()).unwrap();
        let found = read.verify(signer.verifier(), &[witness.verifier().clone()]).unwrap();
        let outcomes: Vec<Outcome> = found.iter().map(|found| found.outcome).collect();
        assert_eq!(outcomes, [Outcome::Valid { time: None }, Outcome::Valid { time: Some(1_679_315_147) }]);
        // Who does not know the witness still reads the checkpoint.
        let found = read.verify(signer.verifier(), &[]).unwrap();
        assert_eq!(found[1].outcome, Outcome::Unknown);
    }

    #[test]
    fn every_change_is_refused() {
        let (signer, witness, checkpoint) = sample();
        let good = witness.cosign(&checkpoint, 1000).unwrap();
        for at in 0..good.bytes.len() {
            let mut forged = good.clone();
            forged.bytes[at] ^= 1;
            let found = verify(witness.verifier(), &checkpoint, &forged);
            assert!(matches!(found, Err(NoteError::BadSignature { .. })), "byte {at}");
        }
        let mut longer = good.clone();
        longer.bytes.push(0);
        assert!(verify(witness.verifier(), &checkpoint, &longer).is_err());
        assert!(matches!(verify(signer.verifier(), &checkpoint, &good), Err(NoteError::KeyType { found: 1, .. })));
        let stranger = Cosigner::new("witness.example/w1".parse().unwrap(), &[3; 32]);
        assert_eq!(verify(stranger.verifier(), &checkpoint, &good), Err(NoteError::Unsigned));
        assert!(witness.cosign(&checkpoint, MAX_TIME).is_ok());
        assert!(witness.cosign(&checkpoint, MAX_TIME + 1).is_err());
    }

    /// The sample of C2SP tlog-cosignature: its key is not published, its line must still read and be carried.
    #[test]
    fn the_specification_s_sample_is_carried() {
        let text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
            — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n\
            — witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";
        let read = SignedCheckpoint::parse(text.as_bytes()).unwrap();
        assert_eq!(read.to_text(), text);
        let cosignature = &read.note().signatures()[1];
        assert_eq!(cosignature.key_id, 0x8d66_cf3f);
        assert_eq!(u64::from_be_bytes(cosignature.bytes[..8].try_into().unwrap()), 1_679_315_147);
    }
}
