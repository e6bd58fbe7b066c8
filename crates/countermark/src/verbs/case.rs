//! `case`: one publication, from its capture to what is said of it.

use std::path::Path;

use countermark_office::{Case, CaseSummary, Office, Reply};
use countermark_proof::limits::PUBLISHED_BYTES;
use serde_json::{Value, json};

use super::marked::hex;
use super::prove::make_provable;
use crate::cli::{CaseVerb, Global};
use crate::failure::{Exit, Failure, Outcome};
use crate::terminal::Staged;
use crate::{home, terminal, time};

/// Runs the verb.
pub fn run(global: &Global, verb: &CaseVerb) -> Outcome {
    match verb {
        CaseVerb::Open { file, reason, captured_at } => open(global, file, reason.as_deref(), captured_at.as_deref()),
        CaseVerb::List => list(global),
        CaseVerb::Show { case } => show(global, case),
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

fn open(global: &Global, file: &Path, reason: Option<&str>, captured_at: Option<&str>) -> Outcome {
    let capture = terminal::read_bytes(file)?;
    let text = std::str::from_utf8(&capture).map_err(|_| {
        Failure::new(format!("{} is not text in UTF-8", terminal::name_of(file))).hint("give the text of the post")
    })?;
    let at = captured_at.map_or_else(|| Ok(time::now_ms() / 1000), time::parse)?;
    let mut office = home::open(global)?;
    let summary = office.open_case(&capture, text, at, reason)?;
    let case = office.case(&hex(&summary.id))?;
    if global.json {
        terminal::say_json(&object(&case))?;
    } else {
        terminal::say(&words(&case))?;
    }
    if reason.is_none() {
        terminal::note("no copy was looked for: `--reason TEXT` says why one should be");
    }
    if case.summary.message.is_some() && text.len() > PUBLISHED_BYTES {
        terminal::note(&format!(
            "the text has {} bytes: it is traced whole, but which copy it was can't be shown to strangers of more than {PUBLISHED_BYTES}; open a case on the passage in question",
            text.len()
        ));
    }
    Ok(if case.summary.message.is_some() { Exit::Found } else { Exit::NotFound })
}

fn list(global: &Global) -> Outcome {
    let cases = home::open(global)?.cases()?;
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
        terminal::say(&format!("{}  {opened}  {:<8}  {:<8}  {message}", hex(&case.id[..4]), case.kind, case.state))?;
    }
    Ok(Exit::Found)
}

fn show(global: &Global, case: &str) -> Outcome {
    let case = home::open(global)?.case(case)?;
    if global.json {
        terminal::say_json(&object(&case))?;
    } else {
        terminal::say(&words(&case))?;
    }
    Ok(Exit::Found)
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

fn line(case: &CaseSummary) -> Value {
    json!({
        "id": hex(&case.id), "state": case.state, "heard": case.heard, "kind": case.kind,
        "message": case.message.map(|id| hex(&id.0)), "opened": case.opened_ms / 1000,
    })
}

fn object(case: &Case) -> Value {
    let note = |note: &countermark_office::Note| json!({"at": note.at_ms / 1000, "text": note.text});
    let mut object = line(&case.summary);
    object["reference"] = json!(case.reference);
    object["named"] = json!(case.named);
    object["reason"] = json!(case.reason);
    object["capture"] = json!({"sha256": case.sha256, "at": case.captured_at, "logged": case.logged});
    object["notes"] = case.notes.iter().map(note).collect();
    object["hearing"] = case.hearing.as_ref().map_or(Value::Null, |hearing| {
        let reply = |r: &Reply| json!({"at": r.at_ms / 1000, "text": r.text, "slot": r.slot});
        json!({"at": hearing.at_ms / 1000, "until": hearing.until_ms / 1000, "reply": hearing.reply.as_ref().map(reply)})
    });
    object["naming"] = case.naming.as_ref().map_or(
        Value::Null,
        |naming| json!({"statement": naming.statement, "reason": naming.reason, "approvers": naming.approvers}),
    );
    object
}

/// `leak, shown`, and besides that he was heard where the state does not say it.
fn state(case: &CaseSummary) -> String {
    let heard = if case.heard && case.state != "heard" { ", heard" } else { "" };
    format!("{}, {}{heard}", case.kind, case.state)
}

fn words(case: &Case) -> String {
    let summary = &case.summary;
    let named: Vec<String> =
        case.named.iter().map(|one| one.clone().unwrap_or_else(|| "a file copy of the office".to_owned())).collect();
    let rows = [
        ("case", Some(hex(&summary.id))),
        ("opened", Some(time::show(summary.opened_ms / 1000))),
        ("state", Some(state(summary))),
        ("message", summary.message.map(|id| hex(&id.0[..4]))),
        ("reference", case.reference.clone()),
        ("named", (!named.is_empty()).then(|| named.join(", "))),
        ("capture", Some(format!("{} ({})", case.sha256, time::show(case.captured_at)))),
        ("", Some(if case.logged { "in the log" } else { "not in the log yet" }.to_owned())),
    ];
    let mut out = String::new();
    for (name, value) in rows {
        if let Some(value) = value {
            out.push_str(&format!("{name:<11}{}\n", terminal::name(&value)));
        }
    }
    if let Some(reason) = &case.reason {
        out.push_str(&terminal::barred("reason     ", reason));
    }
    if let Some(hearing) = &case.hearing {
        out.push_str(&format!("heard      until {}\n", time::show(hearing.until_ms / 1000)));
        if let Some(reply) = &hearing.reply {
            out.push_str(&dated("reply", reply.at_ms, &reply.text));
            if !reply.slot {
                out.push_str("           kept without its slot: the office's word that it is his\n");
            }
        }
    }
    if let Some(naming) = &case.naming {
        let persons: Vec<&str> =
            naming.approvers.iter().map(|p| p.as_deref().unwrap_or("a person since removed")).collect();
        out.push_str(&format!(
            "{}approved   by {}\n{}",
            terminal::barred("statement  ", &naming.statement),
            terminal::name(&persons.join(", ")),
            terminal::barred("because    ", &naming.reason)
        ));
    }
    for note in &case.notes {
        out.push_str(&dated("note", note.at_ms, &note.text));
    }
    out.trim_end().to_owned()
}

fn dated(label: &str, at_ms: u64, text: &str) -> String {
    format!("{label:<11}{}\n{}", time::show(at_ms / 1000), terminal::barred("           ", text))
}
