//! `log`: audit, checkpoint, publication, outside clocks.

mod timestamper;
mod witness;

pub use timestamper::certificates;

use std::path::Path;

use countermark_office::{LogAudit, audit_directory};
use countermark_tlog::directory::Folder;
use serde_json::json;

use crate::cli::{Global, LogVerb};
use crate::failure::{Exit, Failure, Outcome};
use crate::verbs::clocks;
use crate::{home, terminal, time};

/// Runs the verb.
pub fn run(global: &Global, verb: &LogVerb) -> Outcome {
    match verb {
        LogVerb::Audit { dir: Some(dir), log_key: Some(key) } => {
            let folder =
                Folder::open(dir).map_err(|e| Failure::new(format!("{} can't be read: {e}", dir.display())))?;
            report(global, audit_directory(folder, super::verify::log_key(key)?))
        }
        LogVerb::Audit { .. } => report(global, home::open(global)?.audit_log()),
        LogVerb::Publish { now } => publish(global, *now),
        LogVerb::Checkpoint => {
            let checkpoint = home::open_with_log(global)?.checkpoint()?;
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
            None => ask(global),
        },
        LogVerb::Timestamper(verb) => timestamper::run(global, verb),
        LogVerb::Witness(verb) => witness::run(global, verb),
    }
}

fn report(global: &Global, audit: Result<LogAudit, countermark_office::Error>) -> Outcome {
    let audit = match audit {
        // A log that can't be read whole is what an audit is for.
        Err(countermark_office::Error::Log(error)) => {
            LogAudit { problems: vec![error.to_string()], ..LogAudit::default() }
        }
        audit => audit?,
    };
    let valid = audit.problems.is_empty();
    if global.json {
        terminal::say_json(&json!({
            "valid": valid, "size": audit.size, "problems": audit.problems, "checkpoints": audit.checkpoints,
            "cosignatures": audit.cosignatures, "tokens": audit.tokens, "unchecked": audit.unchecked,
            "waiting": audit.waiting,
        }))?;
    } else {
        for problem in &audit.problems {
            terminal::say(&terminal::tame(problem))?;
        }
        let unchecked = match audit.unchecked {
            0 => String::new(),
            more => format!(" ({more} more by nobody whose key is kept)"),
        };
        terminal::say(&format!(
            "{} leaves, {} checkpoints, {} cosignatures, {} time-stamps{unchecked}, {} problems",
            audit.size,
            audit.checkpoints,
            audit.cosignatures,
            audit.tokens,
            audit.problems.len()
        ))?;
    }
    Ok(if valid { Exit::Found } else { Exit::NotFound })
}

/// Found when something was published.
fn publish(global: &Global, now: bool) -> Outcome {
    let mut office = home::open_with_log(global)?;
    super::publish::doubt_clock(&office);
    let done = if now { office.publish_now(None)? } else { office.publish_due()? };
    if let Some(done) = &done {
        super::publish::tell(done);
    }
    let asked = done.map(|_| clocks::ask(&mut office)).unwrap_or_default();
    let next = office.next_batch()?;
    if global.json {
        terminal::say_json(&json!({
            "published": done.map_or(0, |done| done.batches), "left_out": done.map_or(0, |done| done.left_out),
            "early": done.is_some_and(|done| done.early), "size": office.log_size()?, "next": next,
            "stamped": asked.stamped.len(), "cosigned": asked.cosigned.len(), "unanswered": asked.failed.len(),
        }))?;
    } else {
        let what = match done {
            None => "nothing is due".to_owned(),
            Some(done) if done.batches == 1 => format!("published a batch: the log has {} leaves", done.size),
            Some(done) => format!("published {} batches: the log has {} leaves", done.batches, done.size),
        };
        terminal::say(&format!("{what}; the next batch is due at {}", time::show(next)))?;
    }
    Ok(Exit::Found)
}

/// Asks everybody who is configured, now. Not found: somebody is missing.
fn ask(global: &Global) -> Outcome {
    let mut office = home::open_with_log(global)?;
    if office.witnesses()?.is_empty() && office.timestampers()?.is_empty() {
        return Err(Failure::new("nobody is configured to be asked").hint(
            "`log timestamper add URL --trust CERTIFICATES` or `log witness add KEY URL`; by files: `log timestamp --request OUT`",
        ));
    }
    let (asked, size) = (clocks::ask(&mut office), office.log_size()?);
    if global.json {
        terminal::say_json(&json!({
            "size": size, "stamped": asked.stamped.len(), "cosigned": asked.cosigned.len(), "unanswered": asked.failed.len(),
        }))?;
    } else {
        let lines = asked.stamped.iter().map(|one| format!("stamped by {one}"));
        for line in lines.chain(asked.cosigned.iter().map(|one| format!("cosigned by {one}"))) {
            terminal::say(&terminal::tame(&line))?;
        }
        terminal::say(&match asked.failed.len() {
            0 => format!("the checkpoint of {size} leaves has everybody's word"),
            missing => format!("the checkpoint of {size} leaves lacks the word of {missing}"),
        })?;
    }
    Ok(if asked.failed.is_empty() { Exit::Found } else { Exit::NotFound })
}

fn request(global: &Global, out: &Path) -> Outcome {
    terminal::free(out)?;
    let mut office = home::open_with_log(global)?;
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
    let (size, at) = home::open_with_log(global)?.keep_stamp(&answer, &anchors)?;
    if global.json {
        terminal::say_json(&json!({"size": size, "time": at}))?;
    } else {
        terminal::say(&format!("stamped: the first {size} leaves of the log existed before {}", time::show(at)))?;
    }
    Ok(Exit::Found)
}
