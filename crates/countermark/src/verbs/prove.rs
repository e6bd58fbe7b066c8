//! `prove`: the file that shows chosen parts of a sealed message.

mod archive;
mod page;

use countermark_office::{Capture, Office, ProveRequest, Shows};
use serde_json::json;

use super::{clocks, publish};
use crate::cli::{Global, Prove};
use crate::failure::{Exit, Failure, Outcome};
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
    terminal::free(&args.out)?;
    let mut office = home::open_with_log(global)?;
    make_provable(&mut office, &args.message)?;
    let request = ProveRequest {
        message: &args.message,
        parts,
        capture: capture.as_deref().map(|bytes| Capture { bytes, at }),
        words: args.statement.as_deref(),
        shows,
    };
    let proved = office.prove(&request)?;
    let file = match (args.html, args.archive) {
        (true, _) => page::with(&proved.bytes).into_bytes(),
        (false, true) => archive::of(&office, &proved.bytes, &archived(&office, &args.message, capture.as_deref())?)?,
        (false, false) => proved.bytes,
    };
    terminal::write_new(&args.out, &file, 0o644)?;
    if global.json {
        let object = json!({"file": args.out, "opened": proved.opened, "closed": proved.closed});
        terminal::say_json(&object)?;
    } else {
        terminal::say(&format!(
            "{}: {} bytes, parts open: {}; closed, visible as holes: {}",
            args.out.display(),
            file.len(),
            numbers(&proved.opened),
            numbers(&proved.closed)
        ))?;
    }
    if !proved.stamped {
        terminal::note(
            "no independent clock: the time is your word; `log timestamper add` or `log witness add` gives you one",
        );
    }
    Ok(Exit::Found)
}

/// The capture that goes into an archive: the one that was given, or the case's.
fn archived(office: &Office, given: &str, capture: Option<&[u8]>) -> Outcome<Vec<u8>> {
    match capture {
        Some(capture) => Ok(capture.to_vec()),
        None => Ok(office.captured(given)?.unwrap_or_default()),
    }
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
fn parts(text: &str) -> Outcome<Option<Vec<usize>>> {
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

fn numbers(parts: &[usize]) -> String {
    if parts.is_empty() {
        return "none".to_owned();
    }
    parts.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")
}
