//! Verification: from a file's bytes to a report, with nothing but the keys that the reader trusts.

use countermark_tlog::merkle::verify_inclusion;
use countermark_tlog::note::VerifierKey;

use crate::bundle::{Bundle, hex, stamped};
use crate::hash::leaf_hash;
use crate::opening::PartOpening;
use crate::reference::Reference;
use crate::report::{self, CaptureReport, ClosedPart, KeySource, OpenedPart, Reason, Report};
use crate::shape::public_key;
use crate::table::{TableSize, leaf, root_from_path, table_leaf};

/// What a time-stamp token turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stamp {
    /// Not a token on this imprint, or broken: the bundle is refused.
    Refused,
    /// Valid and by a trusted time-stamper, made at this time: seconds since 1970 (UTC).
    Trusted(u64),
    /// By nobody whom the reader trusts: says nothing.
    Untrusted,
}

/// Who checks RFC 3161 tokens, with the reader's trust anchors.
pub trait TimestampVerifier {
    /// What `token` (DER) says about `imprint`, a SHA-256 hash. Must not panic on any bytes.
    fn check(&self, token: &[u8], imprint: &[u8; 32]) -> Stamp;
}

impl<F: Fn(&[u8], &[u8; 32]) -> Stamp> TimestampVerifier for F {
    fn check(&self, token: &[u8], imprint: &[u8; 32]) -> Stamp {
        self(token, imprint)
    }
}

/// Which tables a verifier accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tables {
    /// Only of 2^20 slots, as a real vault has.
    #[default]
    Full,
    /// Smaller ones, too: for tests.
    AlsoSmall,
}

/// What the reader trusts.
#[derive(Clone, Copy, Default)]
pub struct VerifyOptions<'a> {
    /// The key of the log that the bundle must be of; without one the key that the bundle carries is used, and the
    /// report says so.
    pub log_key: Option<&'a VerifierKey>,
    /// Who checks time-stamps; without one no time-stamp is looked at.
    pub timestamps: Option<&'a dyn TimestampVerifier>,
    /// Which tables are accepted.
    pub tables: Tables,
}

/// Checks a bundle. Any bytes may come; what is not valid gives a report with the reason and nothing else.
#[must_use]
pub fn verify(bytes: &[u8], options: &VerifyOptions<'_>) -> Report {
    let checked = Bundle::parse(bytes).and_then(|bundle| {
        let stamp = check(&bundle, options)?;
        tell(&bundle, stamp, options)
    });
    checked.unwrap_or_else(Report::refused)
}

/// Everything that must hold, from the outside in.
fn check(bundle: &Bundle, options: &VerifyOptions<'_>) -> Result<Option<Stamp>, Reason> {
    if options.log_key.is_some_and(|given| *given != bundle.log) {
        return Err(Reason::WrongLog);
    }
    bundle.proof.checkpoint.verify(&bundle.log, &[]).map_err(|_| Reason::Checkpoint)?;
    check_slot(bundle, options.tables)?;
    if bundle.opening.commitment() != Some(bundle.commitment) {
        return Err(Reason::Commitment);
    }
    let head = bundle.proof.checkpoint.checkpoint();
    let leaf = leaf(&bundle.slot.slot.tag(&bundle.slot.table), &bundle.commitment);
    verify_inclusion(&leaf_hash(&leaf), bundle.proof.index, head.size, &bundle.proof.hashes, &head.root)
        .map_err(|_| Reason::NotLogged)?;
    check_capture(bundle)?;
    let stamp = match (&bundle.token, options.timestamps) {
        (None, _) => None,
        (Some(_), None) => Some(Stamp::Untrusted),
        (Some(token), Some(timestamps)) => Some(timestamps.check(token, &stamped(head))),
    };
    if stamp == Some(Stamp::Refused) { Err(Reason::Token) } else { Ok(stamp) }
}

/// The slot is in the table, and the table is the log's first entry: fixed before any reference was known, so that
/// no second table can be made to give the same reference.
fn check_slot(bundle: &Bundle, tables: Tables) -> Result<(), Reason> {
    let opened = &bundle.slot;
    if tables == Tables::Full && opened.size != TableSize::FULL {
        return Err(Reason::TableSize { slots: opened.size.slots().into() });
    }
    let root = root_from_path(&opened.table, opened.size, &opened.slot, &opened.path).ok_or(Reason::Slot)?;
    let head = bundle.proof.checkpoint.checkpoint();
    let leaf = leaf_hash(&table_leaf(&opened.table, opened.size, &root));
    verify_inclusion(&leaf, 0, head.size, &opened.table_proof, &head.root).map_err(|_| Reason::Table)
}

fn check_capture(bundle: &Bundle) -> Result<(), Reason> {
    let Some(capture) = &bundle.capture else { return Ok(()) };
    let Some(logged) = &capture.logged else { return Ok(()) };
    let leaf = capture.leaf(&logged.tag, &logged.salt);
    logged.proof.verify(&leaf_hash(&leaf), &bundle.log, &[]).map(|_| ()).map_err(|_| Reason::Capture)
}

fn tell(bundle: &Bundle, stamp: Option<Stamp>, options: &VerifyOptions<'_>) -> Result<Report, Reason> {
    let opening = &bundle.opening;
    let public = public_key(&bundle.log)?;
    let key = if options.log_key.is_some() { KeySource::Given } else { KeySource::Carried };
    let sealed_before = match stamp {
        Some(Stamp::Trusted(at)) => Some(at),
        _ => None,
    };
    let (opened, closed) = parts(&opening.parts);
    let capture = bundle.capture.as_ref().map(|capture| CaptureReport {
        sha256: hex(&capture.sha256),
        at: capture.at,
        logged: capture.logged.is_some(),
    });
    let earliest = sealed_before.unwrap_or(opening.written.at);
    let after_publication = capture.as_ref().is_some_and(|capture| earliest > capture.at);
    let mut report = Report {
        valid: true,
        key: Some(key),
        log: Some(bundle.log.to_string()),
        fingerprint: Some(fingerprint(&public)),
        sealed_before,
        sealed_after: opening.written.sealed_after.clone(),
        written_at: Some(opening.written.at),
        reference: Some(Reference::of(&public, &bundle.slot.table, bundle.slot.slot.index).to_string()),
        tag: Some(hex(&bundle.slot.slot.tag(&bundle.slot.table))),
        commitment: Some(hex(&bundle.commitment)),
        copies: Some(opening.settings.copies),
        marked_line: Some(opening.settings.marked_line),
        opened,
        closed,
        capture,
        after_publication,
        words: bundle.words.clone(),
        not_shown: report::NOT_SHOWN,
        ..Report::refused(Reason::Valid)
    };
    report.notes = notes(&report, stamp);
    Ok(report)
}

/// SHA-256 of a log's Ed25519 public key in hexadecimal: what is compared with what the owner publishes.
#[must_use]
pub fn fingerprint(public: &[u8; 32]) -> String {
    use sha2::Digest as _;
    hex(&sha2::Sha256::digest(public))
}

fn parts(parts: &[PartOpening]) -> (Vec<OpenedPart>, Vec<ClosedPart>) {
    let (mut opened, mut closed) = (Vec::new(), Vec::new());
    for (part, found) in (1..).zip(parts) {
        match found {
            PartOpening::Closed { class, .. } => closed.push(ClosedPart { part, words: class.as_str() }),
            PartOpening::Open { text, .. } => opened.push(OpenedPart { part, text: text.clone() }),
        }
    }
    (opened, closed)
}

fn notes(report: &Report, stamp: Option<Stamp>) -> Vec<&'static str> {
    let late = report.sealed_before.zip(report.written_at).is_some_and(|(before, written)| written > before);
    let rows = [
        (report.after_publication, report::AFTER_PUBLICATION),
        (report.key == Some(KeySource::Carried), report::CARRIED_KEY),
        (report.sealed_before.is_none(), report::NO_CLOCK),
        (stamp == Some(Stamp::Untrusted), report::UNTRUSTED_CLOCK),
        (late, report::LATE_TIME),
        (!report.closed.is_empty(), report::CLOSED),
        (report.capture.is_some(), report::CAPTURE),
        (report.words.is_some(), report::WORDS),
    ];
    rows.into_iter().filter(|(holds, _)| *holds).map(|(_, note)| note).collect()
}
