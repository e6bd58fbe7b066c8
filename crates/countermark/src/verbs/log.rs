//! `log`: audit, checkpoint, timestamps by files; `log witness` beside it.

mod witness;

use std::path::Path;

use countermark_office::LogAudit;
use serde_json::json;

use crate::cli::{Global, LogVerb};
use crate::failure::{Exit, Failure, Outcome};
use crate::{home, terminal, time};

/// Runs the verb.
pub fn run(global: &Global, verb: &LogVerb) -> Outcome {
    match verb {
        LogVerb::Audit => audit(global),
        LogVerb::Checkpoint => {
            let checkpoint = home::open(global)?.checkpoint()?;
            if global.json {
                terminal::say_json(&json!({ "checkpoint": checkpoint }))?;
            } else {
                terminal::say(&checkpoint)?;
            }
            Ok(Exit::Found)
        }
        LogVerb::Timestamp { request: Some(out), .. } => request(global, out),
        LogVerb::Timestamp { add, trust, .. } => match add {
            Some(token) => keep(global, token, trust),
            None => Ok(Exit::Found),
        },
        LogVerb::Witness(verb) => witness::run(global, verb),
    }
}

fn audit(global: &Global) -> Outcome {
    let audit = match home::open(global)?.audit_log() {
        // A log that can't be read whole is what an audit is for.
        Err(countermark_office::Error::Log(error)) => LogAudit { size: 0, problems: vec![error.to_string()] },
        audit => audit?,
    };
    let valid = audit.problems.is_empty();
    if global.json {
        terminal::say_json(&json!({"valid": valid, "size": audit.size, "problems": audit.problems}))?;
    } else {
        for problem in &audit.problems {
            terminal::say(problem)?;
        }
        terminal::say(&format!("{} leaves, {} problems", audit.size, audit.problems.len()))?;
    }
    Ok(if valid { Exit::Found } else { Exit::NotFound })
}

fn request(global: &Global, out: &Path) -> Outcome {
    if out.exists() {
        return Err(Failure::new(format!("{} exists already", out.display()))
            .hint("choose another name; nothing is overwritten"));
    }
    let mut office = home::open(global)?;
    let (size, request) = office.stamp_request()?;
    terminal::write_new(out, &request, 0o644)?;
    if global.json {
        terminal::say_json(&json!({"size": size, "request": out}))?;
    } else {
        terminal::note(&format!(
            "send {} to a time-stamper, as application/timestamp-query; keep its answer with `log timestamp --add ANSWER --trust CERTIFICATES`",
            out.display()
        ));
    }
    Ok(Exit::Found)
}

fn keep(global: &Global, token: &Path, trust: &[std::path::PathBuf]) -> Outcome {
    let anchors = super::verify::anchors(trust)?.ok_or_else(|| {
        Failure::new("under whose certificate is the answer to be checked?")
            .hint("give the time-stamper's certificates with --trust FILE (PEM); what is not checked is not kept")
    })?;
    let answer = terminal::read_limited(token, 1 << 20)?;
    let (size, at) = home::open(global)?.keep_stamp(&answer, &anchors)?;
    if global.json {
        terminal::say_json(&json!({"size": size, "time": at}))?;
    } else {
        terminal::say(&format!("stamped: the first {size} leaves of the log existed before {}", time::show(at)))?;
    }
    Ok(Exit::Found)
}
