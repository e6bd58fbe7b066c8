//! The log's side: what an answer says, and what of it is believed.

use super::{AddCheckpoint, WitnessError};
use crate::checkpoint::decimal;
use crate::cosignature;
use crate::merkle::MAX_SIZE;
use crate::note::{MAX_SIGNATURES, Signature, SignatureType, VerifierKey};

/// The content type of an answer 409 that tells the size last cosigned.
pub const SIZE_TYPE: &str = "text/x.tlog.size";

/// The most bytes of an answer that are read: some twenty ML-DSA-44 lines.
pub const MAX_ANSWER: usize = 64 * 1024;

/// What a witness answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Its cosignatures, verified: at least one.
    Cosigned(Vec<Cosigned>),
    /// It cosigned another size last: to be asked again with a proof from there.
    Conflict {
        /// That size.
        size: u64,
    },
}

/// A cosignature that verified under one of the keys that were asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosigned {
    /// The signature, for the checkpoint's note.
    pub signature: Signature,
    /// What it states, Unix seconds; `None` when it states no time.
    pub time: Option<u64>,
}

/// Reads an answer to `request`. A line is believed when it verifies under one of the witness's keys; lines of other keys
/// are left out, and one wrong line of a known key refuses the answer.
///
/// # Errors
/// [`WitnessError`]: the witness refused, or what it answered can't be believed.
pub fn read_answer(
    status: u16,
    content_type: Option<&str>,
    body: &[u8],
    request: &AddCheckpoint,
    witness: &[VerifierKey],
) -> Result<Answer, WitnessError> {
    if body.len() > MAX_ANSWER {
        return Err(WitnessError::TooLarge { size: body.len(), limit: MAX_ANSWER });
    }
    match status {
        200 => Ok(Answer::Cosigned(cosignatures(body, request, witness)?)),
        409 if content_type.is_some_and(is_size) => {
            let size = str::from_utf8(body).ok().and_then(|text| decimal(text.strip_suffix('\n')?, MAX_SIZE));
            match size.ok_or(WitnessError::Nonsense)? {
                // The size that was sent can't be in the way: only another root of that size is.
                size if size == request.old => Err(fork(request)),
                size => Ok(Answer::Conflict { size }),
            }
        }
        409 => Err(fork(request)),
        status => Err(WitnessError::Refused { status }),
    }
}

/// A refusal without another size shows a fork only where two roots of one size were compared: that of the checkpoint, sent as the old one.
fn fork(request: &AddCheckpoint) -> WitnessError {
    let size = request.checkpoint.checkpoint().size;
    if request.old == size { WitnessError::Fork { size } } else { WitnessError::Nonsense }
}

fn is_size(content_type: &str) -> bool {
    content_type.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(SIZE_TYPE))
}

fn cosignatures(body: &[u8], request: &AddCheckpoint, witness: &[VerifierKey]) -> Result<Vec<Cosigned>, WitnessError> {
    let malformed = |line| WitnessError::Line { line, expected: "a cosignature" };
    let text = str::from_utf8(body).ok().and_then(|text| text.strip_suffix('\n')).ok_or(malformed(1))?;
    let mut found = Vec::new();
    for (at, line) in text.split('\n').enumerate() {
        let signature = Signature::parse(line).filter(|_| at < MAX_SIGNATURES).ok_or(malformed(at + 1))?;
        let known = |key: &&VerifierKey| {
            let cosigns = matches!(key.signature_type(), SignatureType::CosignatureV1 | SignatureType::MlDsa44);
            cosigns && key.id() == signature.key_id && *key.name() == signature.name
        };
        let Some(key) = witness.iter().find(known) else { continue };
        let time = cosignature::verify(key, &request.checkpoint, &signature)
            .map_err(|_| WitnessError::BadCosignature { line: at + 1 })?;
        found.push(Cosigned { signature, time });
    }
    if found.is_empty() { Err(WitnessError::NoCosignature) } else { Ok(found) }
}
