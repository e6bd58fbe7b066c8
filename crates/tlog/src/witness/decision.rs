//! The witness's side: whether to cosign.

use super::{AddCheckpoint, SIZE_TYPE, WitnessError};
use crate::cosignature::{Cosigner, MAX_TIME};
use crate::merkle::{Hash, empty_root, verify_consistency};
use crate::note::{Signature, VerifierKey};

/// How many seconds a clock may be behind the last cosignature's time and still be believed: then that time is
/// stated again. A clock further back was put back by hand or is broken.
pub const PATIENCE: u64 = 60;

/// What a witness keeps of one log: the newest checkpoint that it cosigned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Latest {
    /// Its size.
    pub size: u64,
    /// Its root.
    pub root: Hash,
    /// The time of the cosignature, Unix seconds.
    pub time: u64,
}

/// A cosignature that may leave as soon as `latest` is durable, and not before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// The new state.
    pub latest: Latest,
    /// What to answer, as a line, with status 200.
    pub signature: Signature,
}

/// Why a witness does not cosign; each is one answer of the specification.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// 400: the request is malformed.
    #[error(transparent)]
    Malformed(#[from] WitnessError),
    /// 404: no log of this origin is known.
    #[error("the log is not one of this witness's")]
    UnknownLog,
    /// 403: no signature by the log's key.
    #[error("the checkpoint is not signed by the log's key")]
    Unsigned,
    /// 400: the old size is beyond the checkpoint's.
    #[error("the old size {old} is beyond the checkpoint's {size}")]
    OldSize {
        /// The old size.
        old: u64,
        /// The checkpoint's.
        size: u64,
    },
    /// 409: the old size is not the one last cosigned. The answer tells that one.
    #[error("the size last cosigned is {size}")]
    Conflict {
        /// The size last cosigned.
        size: u64,
    },
    /// 409: another root of a size that was cosigned. The log has forked.
    #[error("another checkpoint of size {size} was cosigned: the log has forked")]
    Fork {
        /// That size.
        size: u64,
    },
    /// 422: the consistency proof does not hold.
    #[error("the consistency proof does not hold")]
    Inconsistent,
    /// 500: the witness's clock is behind what it stated before, or out of range.
    #[error("the witness's clock is wrong")]
    Clock,
}

impl Refusal {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Refusal::Malformed(_) | Refusal::OldSize { .. } => 400,
            Refusal::Unsigned => 403,
            Refusal::UnknownLog => 404,
            Refusal::Conflict { .. } | Refusal::Fork { .. } => 409,
            Refusal::Inconsistent => 422,
            Refusal::Clock => 500,
        }
    }

    /// Content type and body of the answer.
    pub fn body(&self) -> (&'static str, String) {
        match self {
            Refusal::Conflict { size } => (SIZE_TYPE, format!("{size}\n")),
            other => ("text/plain; charset=utf-8", format!("{other}\n")),
        }
    }
}

/// Decides about a request, in the specification's order. `logs` are the keys of the logs that are witnessed, each under its
/// origin's name; `latest` is what was cosigned last for this origin. The caller reads `latest`, calls, and makes the
/// new state durable without letting another request in between.
///
/// # Errors
/// [`Refusal`], with the status to answer.
pub fn decide(
    cosigner: &Cosigner,
    logs: &[VerifierKey],
    latest: Option<&Latest>,
    request: &AddCheckpoint,
    time: u64,
) -> Result<Decided, Refusal> {
    let head = request.checkpoint.checkpoint();
    let mut keys = logs.iter().filter(|key| key.name().as_str() == head.origin).peekable();
    if keys.peek().is_none() {
        return Err(Refusal::UnknownLog);
    }
    // One key at a time: a second key of the log that does not verify is no reason against the first.
    if !keys.any(|key| request.checkpoint.verify(key, &[]).is_ok()) {
        return Err(Refusal::Unsigned);
    }
    if request.old > head.size {
        return Err(Refusal::OldSize { old: request.old, size: head.size });
    }
    let (size, root) = latest.map_or((0, empty_root()), |latest| (latest.size, latest.root));
    if request.old != size {
        return Err(Refusal::Conflict { size });
    }
    if size == head.size && root != head.root {
        return Err(Refusal::Fork { size });
    }
    verify_consistency(size, &root, head.size, &head.root, &request.proof).map_err(|_| Refusal::Inconsistent)?;
    let time = at(time, latest.map_or(0, |latest| latest.time)).ok_or(Refusal::Clock)?;
    let signature = cosigner.cosign(&request.checkpoint, time).map_err(|_| Refusal::Clock)?;
    Ok(Decided { latest: Latest { size: head.size, root: head.root, time }, signature })
}

/// The time to state: never before the last one, or the statements would contradict each other about what was the
/// largest checkpoint when.
fn at(now: u64, last: u64) -> Option<u64> {
    let time = if now >= last { now } else { Some(last).filter(|last| last - now <= PATIENCE)? };
    Some(time).filter(|time| *time <= MAX_TIME)
}
