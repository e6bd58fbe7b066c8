//! `prove`: the file that shows chosen parts of a sealed message.

mod archive;
mod page;

use countermark_office::{Capture, Office, ProveRequest, Published, Shows};
use serde_json::json;

use super::{clocks, publish};
use crate::cli::{Global, Prove};
use crate::failure::{Exit, Failure, Outcome};
use crate::terminal::Staged;
use crate::{home, terminal, time};

/// Runs the verb.
pub fn run(global: &Global, args: &Prove) -> Outcome {
    let parts = args.open.as_deref().map_or(Ok(None), parts)?;
    let shows = match (args.row, args.name) {
        (_, true) => Shows::Name,
        (true, false) => Shows::Copy,
        (false, false) => Shows::Text,
    };
    let capture = args.capture.as_deref().map(terminal::read_bytes).transpose()?;
    let at = match &args.captured_at {
        Some(text) => time::parse(text)?,
        None => time::now_ms() / 1000,
    };
    Staged::possible(&args.out)?;
    let mut office = home::open_with_log(global)?;
    let request = ProveRequest {
        message: &args.message,
        parts,
        capture: capture.as_deref().map(|bytes| Capture { bytes, at }),
        words: args.statement.as_deref(),
        shows,
    };
    office.check_proof(&request)?;
    let mut staged = Staged::begin(&args.out, 0o644)?;
    make_provable(&mut office, &args.message)?;
    let beside = args.archive.then(|| beside(&office, &args.message, capture.as_deref())).transpose()?;
    let mut size = 0;
    let proved = office.prove::<Failure>(&request, |bundle| {
        let file = match (args.html, &beside) {
            (true, _) => page::with(bundle).into_bytes(),
            (false, Some((capture, checkpoints))) => archive::of(bundle, capture, checkpoints)?,
            (false, None) => bundle.to_vec(),
        };
        size = file.len();
        staged.fill(&file)
    })?;
    staged.place()?;
    if global.json {
        let object = json!({"file": args.out, "opened": proved.opened, "closed": proved.closed});
        terminal::say_json(&object)?;
    } else {
        terminal::say(&format!(
            "{}: {} bytes, parts open: {}; closed, visible as holes: {}",
            args.out.display(),
            size,
            numbers(&proved.opened),
            numbers(&proved.closed)
        ))?;
    }
    if !matches!(shows, Shows::Text) {
        terminal::note(
            "the wordings of the places in the open parts have left the desk with it, and count for nothing in what is published of this message later: open fewer parts where others may still leak",
        );
    }
    if !proved.stamped {
        terminal::note(
            "no independent clock: the time is your word; `log timestamper add` or `log witness add` gives you one",
        );
    }
    Ok(Exit::Found)
}

/// What goes into an archive beside the bundle: the capture that was given, or the case's, and the log's history.
fn beside(office: &Office, given: &str, capture: Option<&[u8]>) -> Outcome<(Vec<u8>, Vec<Published>)> {
    let capture = match capture {
        Some(capture) => capture.to_vec(),
        None => office.captured(given)?.unwrap_or_default(),
    };
    Ok((capture, office.checkpoints()?))
}

/// Publishes what is due and, where the leaf of the message (or of a case's message) still waits, a batch with it; then asks the outside
/// clocks, whose words are to stand in the proof.
pub fn make_provable(office: &mut Office, given: &str) -> Outcome<()> {
    let mut published = publish::due(office);
    let message = office.meant(given)?;
    if !message.logged
        && let Some(done) = office.publish_now(Some(&message.message))?
    {
        publish::tell(&done);
        published = true;
    }
    if published {
        clocks::ask(office);
    }
    Ok(())
}

/// `all`, or numbers and ranges from 1.
pub fn parts(text: &str) -> Outcome<Option<Vec<usize>>> {
    if text.trim() == "all" {
        return Ok(None);
    }
    let wrong = || {
        Failure::new(format!("`--open {text}` names no parts"))
            .hint("write `all`, or numbers and ranges such as 1-2,5; `messages show` numbers them")
    };
    let mut parts = Vec::new();
    for range in text.split(',') {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let number = |text: &str| text.trim().parse::<usize>().ok().filter(|n| (1..=1_000_000).contains(n));
        let (first, last) = (number(first).ok_or_else(wrong)?, number(last).ok_or_else(wrong)?);
        if first > last {
            return Err(wrong());
        }
        parts.extend(first..=last);
    }
    Ok(Some(parts))
}

/// Parts as they are told.
pub fn numbers(parts: &[usize]) -> String {
    if parts.is_empty() {
        return "none".to_owned();
    }
    parts.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")
}
