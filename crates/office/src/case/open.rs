//! Opens a case: the capture is kept as it came, its hash goes into the log, its text is traced.

use countermark_proof::MessageId;
use countermark_proof::{Capture, LoggedCapture};
use countermark_reading::Names;
use countermark_reading::exports::Direction;
use countermark_tlog::directory::Disk;
use countermark_tracing::{Leak, Verdict};
use countermark_vault::{Act, WriteTx};
use sha2::{Digest, Sha256};

use super::public::there_since;
use super::{CaseSummary, Kept, quotations};
use crate::ledger::{hex, unhex};
use crate::record::{
    CaptureRecord, CaseRecord, FindingRecord, FoundTakenRecord, KnownRecord, LeafOf, OriginRecord, PendingRecord,
    PieceRecord, QuotationRecord, TouchedRecord,
};
use crate::trace::{Finding, MessageFinding};
use crate::{Error, Office};

/// The most bytes of a capture that is given by hand.
pub const MOST_CAPTURE: usize = 16 << 20;

/// A published text as it was captured.
#[derive(Clone)]
pub struct Captured<'a> {
    /// The bytes that it was taken from.
    pub bytes: &'a [u8],
    /// When, seconds since 1970.
    pub at: u64,
    /// Its pieces, in order: a post's own words, what it passes on, what was read of its pictures.
    pub pieces: Vec<Piece>,
    /// Where it came from; none for a text that was given by hand.
    pub origin: Option<Origin>,
}

/// A piece of a published text.
#[derive(Clone, Default)]
pub struct Piece {
    /// Whose words: `own`, `forwarded`, `replied-to`, `quoted`, `card`, `caption`, `poll`; `picture` for what was read of one.
    pub role: String,
    /// Who is named as their author.
    pub author: Option<String>,
    /// The text.
    pub text: String,
    /// Of a picture: byte ranges in the text, and how sure the reader was of each word, 0 to 100.
    pub confidences: Vec<(usize, usize, u8)>,
}

/// Where a post came from.
#[derive(Clone, PartialEq, Eq)]
pub struct Origin {
    /// The source's name with the watcher; empty for an address that was given by hand.
    pub source: String,
    /// The service's id of the post.
    pub post: String,
    /// Where a reader finds it.
    pub url: Option<String>,
    /// The author as shown.
    pub author: Option<String>,
    /// When the service says that it was published, seconds since 1970.
    pub published_at: Option<u64>,
    /// What the first alarm called it by; empty where there was none.
    pub handle: String,
}

impl std::fmt::Debug for Captured<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Captured")
            .field("bytes", &self.bytes.len())
            .field("pieces", &self.pieces)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Piece {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Piece").field("role", &self.role).field("bytes", &self.text.len()).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Origin").field("handle", &self.handle).finish_non_exhaustive()
    }
}

impl<'a> Captured<'a> {
    /// A text that stands for itself.
    #[must_use]
    pub fn text(bytes: &'a [u8], text: &str, at: u64) -> Self {
        let piece = Piece { role: "own".to_owned(), text: text.to_owned(), ..Piece::default() };
        Self { bytes, at, pieces: vec![piece], origin: None }
    }

    /// The pieces as one text, a blank line between two, and where each stands in it.
    fn joined(&self) -> (String, Vec<PieceRecord>) {
        let (mut text, mut records) = (String::new(), Vec::with_capacity(self.pieces.len()));
        for piece in &self.pieces {
            if !text.is_empty() {
                text.push_str("\n\n");
            }
            let start = text.len();
            text.push_str(&piece.text);
            let moved = piece.confidences.iter().map(|(from, to, sure)| (start + from, start + to, *sure));
            records.push(PieceRecord {
                role: piece.role.clone(),
                author: piece.author.clone(),
                start,
                end: text.len(),
                confidences: moved.collect(),
            });
        }
        (text, records)
    }
}

/// What was found in a text, as its case keeps it.
pub(super) struct Found {
    pub(super) finding: Option<FindingRecord>,
    pub(super) taken: Option<FoundTakenRecord>,
    pub(super) touched: Option<TouchedRecord>,
    pub(super) known: Option<KnownRecord>,
}

/// A case that is not in the vault yet.
pub(crate) struct NewCase {
    pub(crate) kept: Kept,
    capture: NewCapture,
    act: Act,
    /// What was found, whole.
    pub(crate) finding: Finding,
}

impl NewCase {
    pub(crate) fn insert(&self, tx: &mut WriteTx<'_>) -> Result<(), Error> {
        tx.insert(self.kept.id, &self.kept.record)?;
        self.capture.insert(tx)?;
        tx.audit(&self.act)?;
        Ok(())
    }
}

/// A capture that is not in the vault yet, and its leaf.
pub(crate) struct NewCapture {
    row: [u8; 16],
    record: CaptureRecord,
    pending: PendingRecord,
}

impl NewCapture {
    pub(crate) fn insert(&self, tx: &mut WriteTx<'_>) -> Result<(), Error> {
        tx.insert(self.row, &self.record)?;
        Ok(tx.insert(self.record.tag, &self.pending)?)
    }
}

impl<D: Disk + Clone> Office<D> {
    /// Opens a case on a published text: `capture` are the bytes that it was taken from, at `at` (seconds since 1970). With a
    /// reason a copy is looked for, as in a trace. The capture's leaf goes out with the next batch.
    ///
    /// # Errors
    /// As [`open_case_on`](Self::open_case_on).
    pub fn open_case(
        &mut self,
        capture: &[u8],
        text: &str,
        at: u64,
        reason: Option<&str>,
    ) -> Result<CaseSummary, Error> {
        self.open_case_on(&Captured::text(capture, text, at), &Names::default(), reason)
    }

    /// Opens a case on what was captured. `names` are the writer's: direct quotations that are attributed to him, and of which nothing is
    /// registered, make it a case of invented words.
    ///
    /// # Errors
    /// [`Error::LargeCapture`], [`Error::Empty`], [`Error::NoReason`], [`Error::FutureCapture`]; those of vault and journal.
    pub fn open_case_on(
        &mut self,
        captured: &Captured<'_>,
        names: &Names,
        reason: Option<&str>,
    ) -> Result<CaseSummary, Error> {
        self.is_past(captured.at)?;
        if captured.bytes.len() > MOST_CAPTURE {
            return Err(Error::LargeCapture { found: captured.bytes.len(), most: MOST_CAPTURE });
        }
        let new = self.new_case(captured, names, reason, None)?;
        self.vault.write::<_, Error>(|tx| new.insert(tx))?;
        Ok(super::summary(&new.kept))
    }

    /// Traces what was captured, among all messages or these, and makes the records of its case.
    pub(crate) fn new_case(
        &mut self,
        captured: &Captured<'_>,
        names: &Names,
        reason: Option<&str>,
        among: Option<&[MessageId]>,
    ) -> Result<NewCase, Error> {
        let (text, pieces) = captured.joined();
        if text.trim().is_empty() {
            return Err(Error::Empty);
        }
        let reason = reason.map(str::trim);
        if reason == Some("") {
            return Err(Error::NoReason);
        }
        let read: Vec<_> = pieces.iter().flat_map(|p| p.confidences.iter().map(|&(a, b, sure)| (a..b, sure))).collect();
        let leak = leak_of(&text, &read);
        let finding = match among {
            Some(messages) => self.search_among(messages, reason)?.trace_leak(&leak, reason)?,
            None => self.search_for(reason)?.trace_leak(&leak, reason)?,
        };
        let quotations = self.written(&text, quotations::of(&text, names, &finding))?;
        let searched = self.searched(&text, &quotations)?;
        let since = there_since(captured.at, captured.origin.as_ref().and_then(|origin| origin.published_at));
        let what = self.found_in(&finding, &text, &quotations, since)?;
        let mut id = [0; 16];
        self.vault.rng().fill_bytes(&mut id);
        let capture = self.new_capture(id, captured.bytes, captured.at);
        let mut act = self.act("case open", &hex(&id));
        act.reason = reason.map(str::to_owned);
        let record = CaseRecord {
            opened_ms: capture.pending.since,
            reason: reason.map(str::to_owned),
            finding: what.finding,
            taken: what.taken,
            touched: what.touched,
            known: what.known,
            notes: Vec::new(),
            hearing: None,
            naming: None,
            shown: Vec::new(),
            origin: captured.origin.as_ref().map(Origin::record),
            pieces,
            quotations,
            searched,
            later: Vec::new(),
            published: text,
        };
        Ok(NewCase { kept: Kept { id, record }, capture, act, finding })
    }

    /// What a case keeps of what was found in a text that was there at a time, seconds since 1970.
    pub(super) fn found_in(
        &mut self,
        finding: &Finding,
        text: &str,
        quotations: &[QuotationRecord],
        captured: u64,
    ) -> Result<Found, Error> {
        let (messages, taken) = (&finding.messages, &finding.taken);
        // Words that nobody wrote are new, whatever stands beside them.
        let ours = quotations.iter().all(|quotation| quotation.ours);
        let known = match &messages[..] {
            [only] if ours && taken.is_empty() => self.known_since(only, text, captured)?,
            _ => None,
        };
        Ok(Found {
            finding: messages.first().map(found),
            taken: taken.first().filter(|_| messages.is_empty()).map(|found| FoundTakenRecord {
                message: found.taken.message.0,
                sent: found.taken.direction == Direction::Sent,
            }),
            touched: if messages.is_empty() && taken.is_empty() { self.touched(text)? } else { None },
            known,
        })
    }

    /// Makes the records of a capture: its bytes, and the leaf that goes into the log with the next batch.
    pub(crate) fn new_capture(&mut self, row: [u8; 16], bytes: &[u8], at: u64) -> NewCapture {
        let mut secret = [[0; 32]; 2];
        secret.iter_mut().for_each(|bytes| self.vault.rng().fill_bytes(bytes));
        let [tag, salt] = secret;
        let logged = Capture { sha256: Sha256::digest(bytes).into(), at, logged: None };
        let pending =
            PendingRecord { leaf: hex(&logged.leaf(&tag, &salt)), of: LeafOf::Capture(row), since: self.now_ms() };
        NewCapture { row, record: CaptureRecord { at, bytes: hex(bytes), tag, salt, index: None }, pending }
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

/// A text as tracing takes it; of one that was read off a picture, how surely each word was.
pub(super) fn leak_of<'t>(text: &'t str, read: &[(std::ops::Range<usize>, u8)]) -> Leak<'t> {
    if read.is_empty() { Leak::new(text) } else { Leak::with_confidences(text, read) }
}

impl Piece {
    /// A piece as it was kept, its text taken out of the whole.
    pub(super) fn of(record: &PieceRecord, whole: &str) -> Option<Self> {
        let inside = |(from, to, sure): &(usize, usize, u8)| {
            Some((from.checked_sub(record.start)?, to.checked_sub(record.start)?, *sure))
        };
        Some(Self {
            role: record.role.clone(),
            author: record.author.clone(),
            text: whole.get(record.start..record.end)?.to_owned(),
            confidences: record.confidences.iter().filter_map(inside).collect(),
        })
    }
}

impl Origin {
    pub(super) fn of(record: &OriginRecord) -> Self {
        Self {
            source: record.source.clone(),
            post: record.post.clone(),
            url: record.url.clone(),
            author: record.author.clone(),
            published_at: record.published_at,
            handle: record.handle.clone(),
        }
    }

    fn record(&self) -> OriginRecord {
        OriginRecord {
            source: self.source.clone(),
            post: self.post.clone(),
            url: self.url.clone(),
            author: self.author.clone(),
            published_at: self.published_at,
            handle: self.handle.clone(),
        }
    }
}

/// What is kept of the best match.
pub(super) fn found(finding: &MessageFinding) -> FindingRecord {
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
