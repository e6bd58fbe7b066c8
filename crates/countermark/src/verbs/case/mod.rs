//! `case`: one publication, from its capture to what is said of it.

mod brief;
mod intake;
mod open;
mod show;

pub use intake::Standings;

use std::path::Path;

use countermark_office::Office;
use serde_json::{Value, json};
use show::{line, object, words};

use crate::cli::{CaseVerb, Global};
use crate::failure::{Exit, Failure, Outcome};
use crate::terminal::Staged;
use crate::verbs::marked::hex;
use crate::verbs::prove::make_provable;
use crate::verbs::trace::{change, holes};
use crate::{home, terminal, time};
use countermark_tracing::view;

/// Runs the verb.
pub fn run(global: &Global, verb: &CaseVerb) -> Outcome {
    match verb {
        CaseVerb::Open(open) => open::run(global, open),
        CaseVerb::List => list(global),
        CaseVerb::Matches { words } => intake::matches(global, words.as_deref()),
        CaseVerb::Follow => intake::follow(global),
        CaseVerb::Show { case, post } => show(global, case, *post),
        CaseVerb::Trace { case, reason } => trace(global, case, reason),
        CaseVerb::Brief { case } => brief::run(global, case),
        CaseVerb::Note { case, text } => {
            home::open(global)?.note_case(case, text)?;
            done(global, case, "noted")
        }
        CaseVerb::Hear { case, out, days } => hear(global, case, out, *days),
        CaseVerb::Reply { case, file, slot } => {
            let text = terminal::read_text(file)?;
            home::open(global)?.keep_reply(case, slot.as_deref(), text.trim_end())?;
            done(global, case, "the reply is kept")
        }
        CaseVerb::Approve { case, statement, reason } => approve(global, case, statement.as_deref(), reason.as_deref()),
    }
}

fn list(global: &Global) -> Outcome {
    let cases = intake::open(global)?.cases()?;
    if global.json {
        let cases: Vec<Value> = cases.iter().map(line).collect();
        terminal::say_json(&json!({ "cases": cases }))?;
        return Ok(Exit::Found);
    }
    if cases.is_empty() {
        terminal::note("there is no case: `case open FILE` opens one");
    }
    for case in &cases {
        let message = case.message.map_or_else(|| "nothing of ours".to_owned(), |id| hex(&id.0[..4]));
        let opened = time::show(case.opened_ms / 1000);
        let place = case.place.as_deref().map(|place| format!("  {}", terminal::name(place))).unwrap_or_default();
        terminal::say(&format!(
            "{}  {opened}  {:<8}  {:<8}  {message:<15}{place}",
            hex(&case.id[..4]),
            case.kind,
            case.state
        ))?;
    }
    Ok(Exit::Found)
}

fn show(global: &Global, case: &str, post: bool) -> Outcome {
    let mut office = intake::open(global)?;
    let shown = office.case(case)?;
    let finding = office.case_finding(case)?.map(|m| (m.tracer, m.trace));
    let compared = match finding {
        None => office.case_taken(case)?.map(|found| (found.tracer, found.trace)),
        found => found,
    };
    if global.json {
        let mut shown = object(&shown);
        shown["changes"] = compared.iter().flat_map(|(_, trace)| trace.changes.iter().map(change)).collect();
        terminal::say_json(&shown)?;
    } else {
        terminal::say(&words(&shown))?;
        if let (Some((tracer, trace)), false) = (&compared, post) {
            let view = view::render_trace(tracer, trace, terminal::marks(), holes(trace), terminal::width());
            terminal::say(&format!("\n{}", view.trim_end()))?;
        } else {
            // Without a message to compare it with, the post speaks for itself.
            terminal::say(&format!("\n{}", terminal::barred("", &shown.published)))?;
        }
    }
    Ok(Exit::Found)
}

/// Looks for a copy in a case.
fn trace(global: &Global, case: &str, reason: &str) -> Outcome {
    let case = intake::open(global)?.trace_case(case, reason)?;
    if global.json {
        terminal::say_json(&object(&case))?;
    } else {
        terminal::say(&words(&case))?;
        if case.named.is_empty() {
            terminal::note("no copy is named: the evidence is not enough under the bound, or cannot tell copies apart");
        }
    }
    Ok(Exit::of(!case.named.is_empty()))
}

fn hear(global: &Global, case: &str, out: &Path, days: u32) -> Outcome {
    Staged::possible(out)?;
    let mut office = home::open_with_log(global)?;
    office.check_hearing(case, days)?;
    let mut staged = Staged::begin(out, 0o644)?;
    let case = &hex(&office.case(case)?.summary.id);
    make_provable(&mut office, case)?;
    tell_clock(&office)?;
    let evidence = office.hear::<Failure>(case, days, |bundle| staged.fill(bundle))?;
    staged.place()?;
    if global.json {
        let until = evidence.until_ms / 1000;
        terminal::say_json(&json!({"file": out, "slot": evidence.slot, "until": until}))?;
    } else {
        terminal::say(&format!(
            "{}\nreply slot  {}\nuntil       {}",
            out.display(),
            evidence.slot,
            time::show(evidence.until_ms / 1000)
        ))?;
    }
    if evidence.stood {
        terminal::note("he was sent the evidence before: slot and term stay as they were, whatever --days says now");
    }
    if !evidence.nameable {
        terminal::note(
            "the message was sealed with fewer than two approvers: no name can ever be said of it, whatever he replies",
        );
    }
    terminal::note(
        "send both to the person concerned; the wordings of his copy are out of the desk with it, and count for nothing in what is published later",
    );
    Ok(Exit::Found)
}

/// Says that the clock contradicts the audit trail: terms reckon with the later of both.
fn tell_clock(office: &Office) -> Outcome<()> {
    if let Some(newest) = office.clock_behind()? {
        terminal::note(&format!(
            "the clock stands before the newest entry of the audit trail ({}): one of both is wrong, and a term begins no earlier than that entry",
            time::show(newest / 1000)
        ));
    }
    Ok(())
}

fn approve(global: &Global, case: &str, statement: Option<&str>, reason: Option<&str>) -> Outcome {
    let file = global.identity.as_deref().ok_or_else(|| {
        Failure::new("an approver signs with his own identity file").hint("give it with --identity FILE")
    })?;
    let identity = zeroize::Zeroizing::new(terminal::read_text(file)?);
    let mut office = home::open(global)?;
    tell_clock(&office)?;
    let signed = office.approve(case, &identity, statement, reason)?;
    let enough = signed as u64 >= countermark_proof::APPROVALS;
    if global.json {
        terminal::say_json(&json!({"case": case, "approvals": signed, "enough": enough}))?;
    } else {
        let next = if enough { "`prove CASE --name --out FILE` makes it public" } else { "one more person must sign" };
        terminal::say(&format!("signed by {signed}; {next}"))?;
    }
    Ok(Exit::Found)
}

fn done(global: &Global, case: &str, what: &str) -> Outcome {
    if global.json {
        terminal::say_json(&json!({ "case": case }))?;
    } else {
        terminal::say(what)?;
    }
    Ok(Exit::Found)
}
