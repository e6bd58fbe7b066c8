//! The taken messages.

use countermark_office::{Correspondent, Error, Office, TakenMessage, TakenSummary};
use countermark_reading::exports::Direction;
use serde_json::{Value, json};

use crate::cli::Global;
use crate::failure::{Exit, Outcome};
use crate::verbs::marked::hex;
use crate::{terminal, time};

/// The taken message that is meant, where no sealed one is.
pub fn wanted(office: &mut Office, given: &str) -> Outcome<Option<TakenMessage>> {
    let Some(found) = office.taken_message(given)? else { return Ok(None) };
    match office.message(given) {
        Err(Error::UnknownMessage { .. }) => Ok(Some(found)),
        Ok(_) => Err(Error::ManyMessages { prefix: given.to_owned() }.into()),
        Err(other) => Err(other.into()),
    }
}

/// Lists them.
pub fn list(global: &Global, taken: &[TakenSummary]) -> Outcome {
    if global.json {
        terminal::say_json(&json!({ "taken": taken.iter().map(line).collect::<Vec<_>>() }))?;
    } else if taken.is_empty() {
        terminal::note("nothing was taken in yet: take FILE --me NAME");
    } else {
        let row = |t: &TakenSummary| {
            let id = hex(&t.message.0[..4]);
            let whom = others(t).into_iter().map(shown).collect::<Vec<_>>().join(", ");
            let whom = format!("{} {}", if t.direction == Direction::Sent { "to" } else { "from" }, whom);
            format!(
                "{id}  taken, {:<8}  {}  {}  {}",
                way(t),
                time::show(t.at),
                terminal::name(&t.thread),
                terminal::name(&whom)
            )
        };
        terminal::say(&taken.iter().map(row).collect::<Vec<_>>().join("\n"))?;
    }
    Ok(Exit::Found)
}

/// Shows one.
pub fn show(global: &Global, message: &TakenMessage) -> Outcome {
    if global.json {
        terminal::say_json(&whole(message))?;
        return Ok(Exit::Found);
    }
    let s = &message.summary;
    let zone = if s.zoned { "" } else { " (the file names no zone)" };
    let to: Vec<_> = s.recipients.iter().map(shown).collect();
    let mut rows = vec![
        ("message", hex(&s.message.0)),
        (
            "state",
            format!(
                "taken in, {}",
                if s.direction == Direction::Sent {
                    "sent by us, without marks"
                } else {
                    "received, not written by us"
                }
            ),
        ),
        ("written", format!("{}{zone}", time::show(s.at))),
        ("from", shown(&s.author)),
        ("to", to.join(", ")),
        ("thread", s.thread.clone()),
    ];
    rows.extend(message.subject.clone().map(|subject| ("subject", subject)));
    rows.extend(message.edited.map(|at| ("edited", at.map_or("yes".to_owned(), time::show))));
    if message.attachments > 0 {
        rows.push(("attached", format!("{} pictures or files, not taken in", message.attachments)));
    }
    if let Some(import) = &message.import {
        rows.push(("source", format!("{} ({}), {}", import.file, import.kind, message.place)));
        rows.push((
            "sha256",
            format!("{}, {}", import.sha256, if import.logged { "in the log" } else { "not in the log yet" }),
        ));
    }
    for one in &message.dkim {
        let at = time::show(one.checked_ms / 1000);
        rows.push(("dkim", format!("{}/{} {} on {at}: {}", one.domain, one.selector, one.outcome, one.reason)));
    }
    let mut text = String::new();
    for (name, value) in rows {
        text.push_str(&format!("{name:<10} {}\n", terminal::name(&value)));
    }
    text.push_str(&format!("\n{}", message.text));
    if !message.quoted.is_empty() {
        text.push_str(&format!("\n\nquoted there, not the writer's words:\n{}", message.quoted));
    }
    terminal::say(&terminal::tame(&text))?;
    Ok(Exit::Found)
}

/// Removes one, or those of a file.
pub fn remove(global: &Global, office: &mut Office, given: &str) -> Outcome {
    let removed = office.remove_taken(given)?;
    let import = removed.import.as_ref().map(|import| hex(&import.id));
    if global.json {
        terminal::say_json(&json!({ "removed": removed.messages, "import": import }))?;
    } else {
        terminal::say(&format!("{} removed", removed.messages))?;
    }
    if removed.import.is_some_and(|import| import.logged) {
        terminal::note("the hash of the file stays in the log: it holds no text and names nobody");
    }
    Ok(Exit::Found)
}

/// A line of the list as JSON.
pub fn line(t: &TakenSummary) -> Value {
    json!({
        "message": hex(&t.message.0), "taken": way(t), "at": t.at, "zone_known": t.zoned,
        "from": person(&t.author), "to": t.recipients.iter().map(person).collect::<Vec<_>>(), "thread": t.thread,
    })
}

fn whole(message: &TakenMessage) -> Value {
    let mut object = line(&message.summary);
    let dkim = |one: &countermark_office::Dkim| {
        json!({
            "domain": one.domain, "selector": one.selector, "outcome": one.outcome, "reason": one.reason,
            "checked": one.checked_ms / 1000,
        })
    };
    object["subject"] = json!(message.subject);
    object["text"] = json!(message.text);
    object["quoted"] = json!(message.quoted);
    object["signature"] = json!(message.signature);
    object["edited"] = json!(message.edited.is_some());
    object["edited_at"] = json!(message.edited.flatten());
    object["attachments"] = json!(message.attachments);
    object["source_id"] = json!(message.source_id);
    object["place"] = json!(message.place);
    object["item"] = json!(message.item);
    object["dkim"] = message.dkim.iter().map(dkim).collect();
    object["import"] = message.import.as_ref().map_or(Value::Null, |import| {
        json!({
            "id": hex(&import.id), "file": import.file, "kind": import.kind, "sha256": import.sha256,
            "taken": import.taken_ms / 1000, "logged": import.logged,
        })
    });
    object
}

fn person(one: &Correspondent) -> Value {
    json!({ "name": one.name, "address": one.address, "handle": one.handle })
}

/// `sent` or `received`.
pub fn way(t: &TakenSummary) -> &'static str {
    match t.direction {
        Direction::Sent => "sent",
        Direction::Received => "received",
    }
}

fn others(t: &TakenSummary) -> Vec<&Correspondent> {
    match t.direction {
        Direction::Sent => t.recipients.iter().collect(),
        Direction::Received => vec![&t.author],
    }
}

fn shown(one: &Correspondent) -> String {
    match &one.handle {
        Some(handle) => format!("{} [{handle}]", one.shown()),
        None => one.shown().to_owned(),
    }
}
