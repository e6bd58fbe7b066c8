//! What is wrong with a request to a witness, or with its answer.

use crate::error::CheckpointError;

/// A request to a witness, or a witness's answer, that can't be accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WitnessError {
    /// More bytes than are read of a request or an answer.
    #[error("{size} bytes came, at most {limit} are read")]
    TooLarge {
        /// Bytes found.
        size: usize,
        /// The limit.
        limit: usize,
    },
    /// A line is missing or malformed.
    #[error("line {line} is not {expected}")]
    Line {
        /// One-based line number.
        line: usize,
        /// What should stand there.
        expected: &'static str,
    },
    /// The checkpoint in a request.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The witness answered another status than 200 and 409.
    #[error("the witness refused, with status {status}")]
    Refused {
        /// The HTTP status.
        status: u16,
    },
    /// A refusal (409) that tells nothing: no size, or the one that was sent.
    #[error("the witness answered nonsense: it refuses, and names no size that it has cosigned")]
    Nonsense,
    /// The witness cosigned another root of the checkpoint's size.
    #[error("the witness has cosigned another checkpoint of size {size}: the log has forked, or was put back")]
    Fork {
        /// That size.
        size: u64,
    },
    /// A line by the witness's key does not verify.
    #[error("cosignature {line} is by the witness's key and does not verify")]
    BadCosignature {
        /// One-based number of the line.
        line: usize,
    },
    /// No line by a key that was asked for.
    #[error("the answer has no cosignature by the witness's key")]
    NoCosignature,
}
