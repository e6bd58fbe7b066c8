//! The witness protocol (C2SP tlog-witness): what a log sends to have a checkpoint cosigned, what a witness decides,
//! and what a log believes of the answer. Nothing here is sent or kept.
//!
//! ```
//! use countermark_tlog::cosignature::Cosigner;
//! use countermark_tlog::note::Signer;
//! use countermark_tlog::checkpoint::Checkpoint;
//! use countermark_tlog::merkle::{Tree, leaf_hash};
//! use countermark_tlog::witness::{AddCheckpoint, Answer, decide, read_answer};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let log = Signer::new("log.example/letters".parse()?, &[1; 32]);
//! let witness = Cosigner::new("witness.example/w1".parse()?, &[2; 32]);
//! let tree = Tree::new(vec![leaf_hash(b"first")]);
//! let head = Checkpoint { origin: "log.example/letters".into(), size: 1, root: tree.root(), extensions: vec![] };
//! let request = AddCheckpoint { old: 0, proof: vec![], checkpoint: head.sign(&log)? };
//!
//! // The witness never saw this log before.
//! let seen = AddCheckpoint::parse(request.to_text().as_bytes())?;
//! let cosigned = decide(&witness, std::slice::from_ref(log.verifier()), None, &seen, 1_700_000_000)?;
//! // It records `cosigned.latest` durably, and only then answers 200 with the lines.
//! let body = cosigned.signature.line();
//!
//! // Back at the log:
//! let answer = read_answer(200, None, body.as_bytes(), &request, std::slice::from_ref(witness.verifier()))?;
//! let Answer::Cosigned(lines) = answer else { unreachable!() };
//! assert_eq!(lines[0].time, Some(1_700_000_000));
//! # Ok(())
//! # }
//! ```

mod answer;
mod decision;
mod error;
#[cfg(test)]
mod tests;

pub use answer::{Answer, Cosigned, MAX_ANSWER, SIZE_TYPE, read_answer};
pub use decision::{Decided, Latest, PATIENCE, Refusal, decide};
pub use error::WitnessError;

use crate::checkpoint::{SignedCheckpoint, decimal, hash};
use crate::merkle::{Hash, MAX_PROOF, MAX_SIZE};
use crate::note::MAX_NOTE;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt;

/// Where a request goes, after the witness's submission prefix.
pub const PATH: &str = "add-checkpoint";

/// The most bytes of a request that are read: a note, and before it the old size and [`MAX_PROOF`] hashes.
pub const MAX_REQUEST: usize = MAX_NOTE + 4096;

/// The body of an `add-checkpoint` request: well-formed, nothing verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// The size of the checkpoint that the witness cosigned last, as the log knows; 0 if none.
    pub old: u64,
    /// The consistency proof from there to the checkpoint.
    pub proof: Vec<Hash>,
    /// The checkpoint to cosign, signed by the log.
    pub checkpoint: SignedCheckpoint,
}

impl AddCheckpoint {
    /// Reads a request. What is read is written again byte for byte.
    ///
    /// # Errors
    /// [`WitnessError`] names the line that is malformed, or the limit that is broken.
    pub fn parse(bytes: &[u8]) -> Result<AddCheckpoint, WitnessError> {
        if bytes.len() > MAX_REQUEST {
            return Err(WitnessError::TooLarge { size: bytes.len(), limit: MAX_REQUEST });
        }
        let end = bytes.windows(2).position(|pair| pair == b"\n\n");
        let end = end.ok_or(WitnessError::Line { line: 1, expected: "followed by an empty line and a checkpoint" })?;
        let head = str::from_utf8(&bytes[..end]).map_err(|_| WitnessError::Line { line: 1, expected: "text" })?;
        let mut lines = head.split('\n');
        let old = lines.next().and_then(|line| decimal(line.strip_prefix("old ")?, MAX_SIZE));
        let old = old.ok_or(WitnessError::Line { line: 1, expected: "an old size" })?;
        let mut proof = Vec::new();
        for (at, line) in lines.enumerate() {
            let hash = hash(line).filter(|_| proof.len() < MAX_PROOF);
            proof.push(hash.ok_or(WitnessError::Line { line: at + 2, expected: "a hash of a consistency proof" })?);
        }
        Ok(AddCheckpoint { old, proof, checkpoint: SignedCheckpoint::parse(&bytes[end + 2..])? })
    }

    /// The exact text form.
    pub fn to_text(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        self.proof.iter().try_for_each(|hash| writeln!(f, "{}", STANDARD.encode(hash)))?;
        write!(f, "\n{}", self.checkpoint.to_text())
    }
}
