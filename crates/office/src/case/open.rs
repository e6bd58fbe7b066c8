//! Opens a case: the capture is kept as it came, its hash goes into the log, its text is traced.

use countermark_proof::{Capture, LoggedCapture};
use countermark_tlog::directory::Disk;
use countermark_tracing::Verdict;
use sha2::{Digest, Sha256};

use super::{CaseSummary, Kept};
use crate::ledger::{hex, unhex};
use crate::record::{CaptureRecord, CaseRecord, FindingRecord, LeafOf, PendingRecord};
use crate::trace::MessageFinding;
use crate::{Error, Office};

/// The most bytes of a capture.
pub const MOST_CAPTURE: usize = 16 << 20;

impl<D: Disk + Clone> Office<D> {
    /// Opens a case on a published text: `capture` are the bytes that it was taken from, at `at` (seconds since 1970). With a
    /// reason a copy is looked for, as in a trace. The capture's leaf goes out with the next batch.
    ///
    /// # Errors
    /// [`Error::LargeCapture`], [`Error::Empty`], [`Error::NoReason`], [`Error::FutureCapture`]; those of vault and journal.
    pub fn open_case(
        &mut self,
        capture: &[u8],
        text: &str,
        at: u64,
        reason: Option<&str>,
    ) -> Result<CaseSummary, Error> {
        if capture.len() > MOST_CAPTURE {
            return Err(Error::LargeCapture { found: capture.len(), most: MOST_CAPTURE });
        }
        if text.trim().is_empty() {
            return Err(Error::Empty);
        }
        let reason = reason.map(str::trim);
        if reason == Some("") {
            return Err(Error::NoReason);
        }
        self.is_past(at)?;
        let finding = self.search_for(reason)?.trace(text, reason)?;
        let mut secret = [[0; 32]; 3];
        secret.iter_mut().for_each(|bytes| self.vault.rng().fill_bytes(bytes));
        let [id, tag, salt] = secret;
        let mut kept = Kept {
            id: [0; 16],
            record: CaseRecord {
                opened_ms: self.now_ms(),
                published: text.to_owned(),
                reason: reason.map(str::to_owned),
                finding: finding.messages.first().map(found),
                notes: Vec::new(),
                hearing: None,
                naming: None,
                shown: Vec::new(),
            },
        };
        kept.id.copy_from_slice(&id[..16]);
        let logged = Capture { sha256: Sha256::digest(capture).into(), at, logged: None };
        let pending = PendingRecord {
            leaf: hex(&logged.leaf(&tag, &salt)),
            of: LeafOf::Capture(kept.id),
            since: kept.record.opened_ms,
        };
        let record = CaptureRecord { at, bytes: hex(capture), tag, salt, index: None };
        let mut act = self.act("case open", &hex(&kept.id));
        act.reason = reason.map(str::to_owned);
        self.vault.write::<_, Error>(|tx| {
            tx.insert(kept.id, &kept.record)?;
            tx.insert(kept.id, &record)?;
            tx.insert(tag, &pending)?;
            tx.audit(&act)?;
            Ok(())
        })?;
        Ok(super::summary(&kept))
    }

    /// The bytes that a case was opened on; nothing where no case is meant.
    ///
    /// # Errors
    /// [`Error::Case`] where they are missing or damaged; the vault's.
    pub fn captured(&self, given: &str) -> Result<Option<Vec<u8>>, Error> {
        let Some(kept) = self.find_case(given)? else { return Ok(None) };
        let damaged = || Error::Case { case: kept.name(), what: "its capture is damaged" };
        Ok(Some(unhex(&self.capture_of(&kept)?.bytes).ok_or_else(damaged)?))
    }

    /// The capture of a case as a bundle holds it, with its log proof once its leaf is there.
    pub(crate) fn proved_capture(&self, kept: &Kept) -> Result<Capture, Error> {
        let record = self.capture_of(kept)?;
        let capture = Capture { sha256: sha256(&record.bytes)?, at: record.at, logged: None };
        let Some(index) = record.index else { return Ok(capture) };
        let (checkpoint, _) = self.best_checkpoint(index)?;
        let proof = self.view()?.at(checkpoint)?.proof(index)?;
        let logged = LoggedCapture { tag: record.tag, salt: record.salt, proof };
        Ok(Capture { logged: Some(logged), ..capture })
    }
}

/// What is kept of the best match.
fn found(finding: &MessageFinding) -> FindingRecord {
    FindingRecord {
        message: finding.message.0,
        named: match &finding.verdict {
            Verdict::Named(copies) => copies.clone(),
            _ => Vec::new(),
        },
        look: finding.look,
        disclosed: finding.disclosed.clone(),
    }
}

/// SHA-256 of bytes that are kept in hexadecimal.
pub(super) fn sha256(bytes: &str) -> Result<[u8; 32], Error> {
    let bytes = unhex(bytes).ok_or(Error::Case { case: String::new(), what: "its capture is damaged" })?;
    Ok(Sha256::digest(bytes).into())
}
