//! `verify`: checks a bundle, offline and without a vault.

mod row;

use std::path::{Path, PathBuf};

use countermark_proof::{
    Clock, ClockKind, ClockState, KeySource, Report, Stampers, TimestampVerifier, VerifyOptions, verify,
};
use countermark_tlog::note::{SignatureType, VerifierKey};
use countermark_tlog::timestamp::Anchors;
use serde_json::{Value, json};

use crate::cli::{Global, Verify};
use crate::failure::{Exit, Failure, Outcome};
use crate::{terminal, time};

/// Runs the verb: 0 valid, 1 for anything read that is not, 2 only when it can't be read.
pub fn run(global: &Global, args: &Verify) -> Outcome {
    let key = args.log_key.as_deref().map(log_key).transpose()?;
    let witnesses = args.witness.iter().map(|text| witness_key(text)).collect::<Outcome<Vec<_>>>()?;
    let anchors = anchors(&args.trust)?;
    // One byte past the limit is enough to refuse by.
    let limit = countermark_proof::limits::BUNDLE_BYTES as u64;
    let bytes = terminal::read_start(&args.bundle, limit + 1)?;
    let stampers = anchors.as_ref().map(Stampers);
    let timestamps = stampers.as_ref().map(|stampers| stampers as &dyn TimestampVerifier);
    let options =
        VerifyOptions { log_key: key.as_ref(), timestamps, witnesses: &witnesses, ..VerifyOptions::default() };
    let report = verify(&bytes, &options);
    advise(&bytes, &report, args);
    if global.json {
        terminal::say_json(&object(&report))?;
    } else {
        terminal::say(&terminal::tame(&words(&report)))?;
    }
    Ok(if report.valid { Exit::Found } else { Exit::NotFound })
}

/// Certificates of time-stampers, from PEM files; none when no file is given.
pub fn anchors(files: &[PathBuf]) -> Outcome<Option<Anchors>> {
    let mut pem = Vec::new();
    for file in files {
        pem.extend(terminal::read_limited(file, 1 << 20)?);
        pem.push(b'\n');
    }
    if files.is_empty() {
        return Ok(None);
    }
    let anchors =
        Anchors::from_pem(&pem).map_err(|e| Failure::new(e.to_string()).hint("give certificates in PEM form"))?;
    Ok(Some(anchors))
}

/// A key as its owner publishes it, or the file that holds it.
pub fn log_key(text: &str) -> Outcome<VerifierKey> {
    key_of(text, ("the log key", "it looks like name+1a2b3c4d+base64, and is what `init` printed"))
}

const WITNESS_KEY: (&str, &str) =
    ("a witness's key", "it looks like name+1a2b3c4d+base64, as the witness publishes it");

fn key_of(text: &str, (what, hint): (&str, &str)) -> Outcome<VerifierKey> {
    if let Ok(key) = text.trim().parse() {
        return Ok(key);
    }
    let shown = terminal::name(text);
    let Ok(held) = terminal::read_text(Path::new(text)) else {
        return Err(Failure::new(format!("{what}: `{shown}` is neither a key nor a file that can be read")).hint(hint));
    };
    held.trim().parse().map_err(|_| Failure::new(format!("{what}: the file {shown} holds none")).hint(hint))
}

fn witness_key(text: &str) -> Outcome<VerifierKey> {
    let key = key_of(text, WITNESS_KEY)?;
    if matches!(key.signature_type(), SignatureType::CosignatureV1 | SignatureType::MlDsa44) {
        return Ok(key);
    }
    Err(Failure::new(format!("{} is a log's key, no witness's", key.name())).hint("give it with --log-key"))
}

/// What a person may have meant who gave a file that holds a bundle, and whose word he left out.
fn advise(bytes: &[u8], report: &Report, args: &Verify) {
    let start = bytes.get(..15).unwrap_or(bytes).to_ascii_lowercase();
    if start.starts_with(b"<!doctype") {
        terminal::note("note: this is a page: save the bundle from it, and check that");
    } else if start.starts_with(b"pk") {
        terminal::note("note: this is an archive: check the bundle.json inside it");
    }
    let nobodys = |kind| report.clocks.iter().any(|clock| clock.kind == kind && clock.state != ClockState::Trusted);
    if args.trust.is_empty() && report.clocks.iter().any(|clock| clock.kind != ClockKind::Cosignature) {
        terminal::note("note: a time-stamper speaks for it; with its certificates (--trust FILE) its word is checked");
    }
    if args.witness.is_empty() && nobodys(ClockKind::Cosignature) {
        terminal::note("note: a witness speaks for it; with its key (--witness KEY) its word is checked");
    }
}

fn object(report: &Report) -> Value {
    let key = report.key.map(|key| if key == KeySource::Given { "given" } else { "carried" });
    let opened: Vec<_> = report.opened.iter().map(|part| json!({"part": part.part, "text": part.text})).collect();
    let closed: Vec<_> = report.closed.iter().map(|part| json!({"part": part.part, "words": part.words})).collect();
    json!({
        "valid": report.valid, "reason": report.reason_text, "reason_code": report.reason.code(), "key": key,
        "log": report.log, "fingerprint": report.fingerprint, "sealed_before": report.sealed_before,
        "sealed_after": report.sealed_after, "written_at": report.written_at, "reference": report.reference,
        "copies": report.copies, "marked_line": report.marked_line, "opened": opened, "closed": closed,
        "clocks": report.clocks, "row": report.row, "capture": report.capture, "after_publication": report.after_publication, "words": report.words,
        "notes": report.notes, "not_shown": report.not_shown,
    })
}

fn words(report: &Report) -> String {
    if !report.valid {
        return format!("NOT VALID: {}", report.reason_text);
    }
    let mut out = String::from(if report.after_publication {
        "VALID, but sealed AFTER publication: what is shown is what was sealed\n"
    } else {
        "VALID: what is shown is what was sealed\n"
    });
    for note in &report.notes {
        out.push_str(&format!("  {note}\n"));
    }
    let times = [
        ("sealed before", report.sealed_before.map(time::show)),
        ("written (the owner's word)", report.written_at.map(time::show)),
        ("reference", report.reference.clone()),
        ("log", report.log.clone()),
        ("fingerprint", report.fingerprint.clone()),
        ("capture", report.capture.as_ref().map(|c| format!("{} ({})", c.sha256, time::show(c.at)))),
    ];
    for (name, value) in times {
        if let Some(value) = value {
            out.push_str(&format!("{name:<27}{value}\n"));
        }
    }
    for clock in &report.clocks {
        out.push_str(&format!("{:<27}{}\n", "vouched for by", vouched(clock)));
    }
    out.push('\n');
    // A hole has no bar: no opened text can pass for one.
    let open = report.opened.iter().map(|p| (p.part, terminal::barred(&format!("{:>4} ", p.part), p.text.trim())));
    let closed = report.closed.iter().map(|p| (p.part, format!("{:>4}   [closed: {} words]\n", p.part, p.words)));
    let mut parts: Vec<(usize, String)> = open.chain(closed).collect();
    parts.sort_by_key(|(number, _)| *number);
    parts.iter().for_each(|(_, line)| out.push_str(line));
    if let Some(row) = &report.row {
        out.push_str(&row::words(row, report));
    }
    if let Some(words) = &report.words {
        out.push_str(&format!("\nthe writer's words, proved by nothing:\n{}", terminal::barred("     ", words)));
    }
    out.push_str("\nnot shown:\n");
    for text in report.not_shown {
        out.push_str(&format!("  {text}\n"));
    }
    out
}

/// Who vouches for the time, and what that is worth here.
fn vouched(clock: &Clock) -> String {
    let who = match (clock.kind, &clock.name) {
        (ClockKind::Cosignature, Some(name)) => format!("witness {name}"),
        _ => "a time-stamper".to_owned(),
    };
    match (clock.state, clock.time) {
        (ClockState::Trusted, Some(at)) => format!("{who}, {}", time::show(at)),
        (ClockState::NotChecked, _) => format!("{who}: not checked here"),
        _ => format!("{who} whom you did not say you trust: counts for nothing"),
    }
}
