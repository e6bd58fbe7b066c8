//! Verification: from a file's bytes to a report, with nothing but the keys that the reader trusts.

use countermark_tlog::checkpoint::SignedCheckpoint;
use countermark_tlog::merkle::verify_inclusion;
use countermark_tlog::note::{Checked, Outcome, VerifierKey};

use crate::bundle::{Bundle, hex, stamped};
use crate::hash::leaf_hash;
use crate::opening::PartOpening;
use crate::reference::Reference;
use crate::report::{
    self, CaptureReport, Clock, ClockKind, ClockState, ClosedPart, KeySource, OpenedPart, Reason, Report, RowReport,
};
use crate::row;
use crate::shape::public_key;
use crate::stamper::{Stamp, TimestampVerifier};
use crate::table::{TableSize, leaf, root_from_path, table_leaf};

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
    /// The witnesses whose cosignatures say when; of others none is looked at.
    pub witnesses: &'a [VerifierKey],
    /// Which tables are accepted.
    pub tables: Tables,
}

/// Checks a bundle. Any bytes may come; what is not valid gives a report with the reason and nothing else.
#[must_use]
pub fn verify(bytes: &[u8], options: &VerifyOptions<'_>) -> Report {
    let checked = Bundle::parse(bytes).and_then(|bundle| {
        let found = check(&bundle, options)?;
        tell(&bundle, found, options)
    });
    checked.unwrap_or_else(Report::refused)
}

/// What was found while everything was checked.
struct Found {
    /// Who vouches for the time.
    clocks: Vec<Clock>,
    row: Option<RowReport>,
    /// The earliest time by which a trusted time-stamper or witness knew the sealing.
    before: Option<u64>,
    /// The latest time at which a trusted witness cosigned the checkpoint that the sealing came after.
    after: Option<u64>,
}

/// Everything that must hold, from the outside in.
fn check(bundle: &Bundle, options: &VerifyOptions<'_>) -> Result<Found, Reason> {
    if options.log_key.is_some_and(|given| *given != bundle.log) {
        return Err(Reason::WrongLog);
    }
    let signed = &bundle.proof.checkpoint;
    let findings = signed.verify(&bundle.log, options.witnesses).map_err(|_| Reason::Checkpoint)?;
    check_slot(bundle, options.tables)?;
    let row = bundle.row.as_ref().map(|row| Ok((row, row::read::read(row, &bundle.opening)?))).transpose()?;
    let further = row.as_ref().map(|(row, parts)| row::read::leaves(row, parts, &bundle.opening.pieces()));
    if bundle.opening.commitment_with(&further.unwrap_or_default()) != Some(bundle.commitment) {
        return Err(Reason::Commitment);
    }
    let head = bundle.proof.checkpoint.checkpoint();
    let leaf = leaf(&bundle.slot.slot.tag(&bundle.slot.table), &bundle.commitment);
    verify_inclusion(&leaf_hash(&leaf), bundle.proof.index, head.size, &bundle.proof.hashes, &head.root)
        .map_err(|_| Reason::NotLogged)?;
    check_capture(bundle)?;
    let row = row.map(|(row, parts)| row::judge(bundle, row, &parts)).transpose()?;
    let stamp = match (&bundle.token, options.timestamps) {
        (None, _) => None,
        (Some(_), None) => Some(Stamp::Untrusted),
        (Some(token), Some(timestamps)) => Some(timestamps.check(token, &stamped(head))),
    };
    let stamped_at = match stamp {
        Some(Stamp::Refused) => return Err(Reason::Token),
        Some(Stamp::Trusted(at)) => Some(at),
        Some(Stamp::Untrusted) | None => None,
    };
    let before = times(&findings).chain(stamped_at).min();
    let after = sealed_after(bundle, options.witnesses);
    Ok(Found { clocks: clocks(stamp, &findings, options.witnesses), row, before, after })
}

/// Who vouches for the time: the time-stamp, then the cosignatures of the reader's witnesses in their order.
fn clocks(stamp: Option<Stamp>, findings: &[Checked<'_>], witnesses: &[VerifierKey]) -> Vec<Clock> {
    let (kind, name) = (ClockKind::TimeStamp, None);
    let mut clocks = Vec::new();
    match stamp {
        Some(Stamp::Trusted(at)) => clocks.push(Clock { kind, name, state: ClockState::Trusted, time: Some(at) }),
        Some(Stamp::Untrusted) => clocks.push(Clock { kind, name, state: ClockState::Unknown, time: None }),
        Some(Stamp::Refused) | None => {}
    }
    for Checked { signature, outcome, .. } in findings {
        if !witnesses.iter().any(|key| key.id() == signature.key_id && *key.name() == signature.name) {
            continue;
        }
        let (state, time) = match outcome {
            Outcome::Valid { time } => (ClockState::Trusted, *time),
            _ => (ClockState::NotChecked, None),
        };
        clocks.push(Clock { kind: ClockKind::Cosignature, name: Some(signature.name.to_string()), state, time });
    }
    clocks
}

/// When trusted witnesses cosigned the checkpoint that the sealing came after. One that the log didn't sign says
/// nothing: the writer sealed it, nobody put it there since.
fn sealed_after(bundle: &Bundle, witnesses: &[VerifierKey]) -> Option<u64> {
    let checkpoint = bundle.opening.written.sealed_after.as_ref()?;
    let checkpoint = SignedCheckpoint::parse(checkpoint.as_bytes()).ok()?;
    times(&checkpoint.verify(&bundle.log, witnesses).ok()?).max()
}

fn times(findings: &[Checked<'_>]) -> impl Iterator<Item = u64> {
    findings.iter().filter_map(|found| match found.outcome {
        Outcome::Valid { time } => time,
        _ => None,
    })
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

fn tell(bundle: &Bundle, found: Found, options: &VerifyOptions<'_>) -> Result<Report, Reason> {
    let opening = &bundle.opening;
    let public = public_key(&bundle.log)?;
    let key = if options.log_key.is_some() { KeySource::Given } else { KeySource::Carried };
    let (opened, closed) = parts(&opening.parts);
    let capture = bundle.capture.as_ref().map(|capture| CaptureReport {
        sha256: hex(&capture.sha256),
        at: capture.at,
        logged: capture.logged.is_some(),
    });
    let earliest = found.before.unwrap_or(opening.written.at);
    let after_publication = capture.as_ref().is_some_and(|capture| earliest > capture.at);
    let mut report = Report {
        valid: true,
        key: Some(key),
        log: Some(bundle.log.to_string()),
        fingerprint: Some(fingerprint(&public)),
        sealed_before: found.before,
        sealed_after: found.after,
        checkpoint_before: opening.written.sealed_after.clone(),
        written_at: Some(opening.written.at),
        reference: Some(Reference::of(&public, &bundle.slot.table, bundle.slot.slot.index).to_string()),
        tag: Some(hex(&bundle.slot.slot.tag(&bundle.slot.table))),
        commitment: Some(hex(&bundle.commitment)),
        copies: Some(opening.settings.copies),
        own_copy: opening.settings.shows_own_copy(),
        marked_line: Some(opening.settings.marked_line),
        opened,
        closed,
        capture,
        clocks: found.clocks,
        row: found.row,
        after_publication,
        words: bundle.words.clone(),
        not_shown: report::NOT_SHOWN,
        ..Report::refused(Reason::Valid)
    };
    report.notes = notes(&report);
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

fn notes(report: &Report) -> Vec<&'static str> {
    let late = report.sealed_before.zip(report.written_at).is_some_and(|(before, written)| written > before);
    let unknown = |clock: &Clock| clock.kind == ClockKind::TimeStamp && clock.state == ClockState::Unknown;
    let row = report.row.as_ref();
    let rows = [
        (report.after_publication, report::AFTER_PUBLICATION),
        (report.key == Some(KeySource::Carried), report::CARRIED_KEY),
        (report.sealed_before.is_none(), report::NO_CLOCK),
        (report.clocks.iter().any(unknown), report::UNTRUSTED_CLOCK),
        (late, report::LATE_TIME),
        (!report.closed.is_empty(), report::CLOSED),
        (row.is_some(), report::ROW),
        (row.is_some(), report::ROW_PUBLISHED),
        (row.is_some(), report::ROW_LOOK),
        (row.is_some_and(|row| row.name.is_some()), report::NAME),
        (report.capture.is_some(), report::CAPTURE),
        (report.words.is_some(), report::WORDS),
    ];
    rows.into_iter().filter(|(holds, _)| *holds).map(|(_, note)| note).collect()
}
