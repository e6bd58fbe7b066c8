//! `messages`: what was sealed, and what was taken in.

mod taken;

pub use taken::line as taken_line;

use countermark_office::{CodebookState, Message, Summary, TakenCount, until_ms};
use serde_json::{Value, json};

use crate::cli::{Global, MessagesVerb};
use crate::config::Config;
use crate::failure::{Exit, Outcome};
use crate::home::{self, Home};
use crate::{terminal, time};

/// Runs the verb.
pub fn run(global: &Global, verb: &MessagesVerb) -> Outcome {
    let mut office = match verb {
        // What is removed leaves the watcher's index as well.
        MessagesVerb::Remove { .. } => home::open_watched(global)?,
        _ => home::open(global)?,
    };
    match verb {
        MessagesVerb::List { taken: true } => taken::list(global, &office.taken()?),
        MessagesVerb::List { taken: false } => list(global, &office.messages()?, office.count_taken()?),
        MessagesVerb::Remove { message } => taken::remove(global, &mut office, message),
        MessagesVerb::Show { message } => {
            if let Some(found) = taken::wanted(&mut office, message)? {
                return taken::show(global, &found);
            }
            let days = Config::load(&Home::of(global)?.config())?.codebook_days;
            show(global, &office.message(message)?, days)
        }
    }
}

fn list(global: &Global, messages: &[Summary], taken: TakenCount) -> Outcome {
    let tell = || {
        if taken != TakenCount::default() {
            let TakenCount { sent, received } = taken;
            terminal::note(&format!("and {sent} taken in as sent, {received} as received: `messages list --taken`"));
        }
    };
    if global.json {
        let rows: Vec<_> = messages.iter().map(summary).collect();
        terminal::say_json(&json!({ "messages": rows, "taken": { "sent": taken.sent, "received": taken.received } }))?;
    } else if messages.is_empty() {
        terminal::note("nothing is sealed yet: seal FILE --to HANDLE,...");
        tell();
    } else {
        let row = |m: &Summary| {
            format!(
                "{}  {}  {}  {:>3} recipients  {:>3} sites  {}",
                short(m),
                m.reference,
                time::show(m.sealed_ms / 1000),
                m.recipients,
                m.sites,
                state(m)
            )
        };
        terminal::say(&messages.iter().map(row).collect::<Vec<_>>().join("\n"))?;
        tell();
    }
    Ok(Exit::Found)
}

fn show(global: &Global, message: &Message, days: u32) -> Outcome {
    let until = until_ms(message.summary.sealed_ms, message.as_sent, days);
    if global.json {
        terminal::say_json(&whole(message, until))?;
        return Ok(Exit::Found);
    }
    let s = &message.summary;
    let mut text =
        format!("message    {}\nreference  {}\nsealed     {}", hex(s), s.reference, time::show(s.sealed_ms / 1000));
    if let Some(day) = message.as_sent {
        text.push_str(&format!("\nsent       {} (registered without marks)", time::show(day)));
    }
    text.push_str(&format!("\nstate      {}\nsites      {}, {:.1} bits", state(s), s.sites, message.bits));
    let looks = message.looks.map_or("not known: the journal is missing".to_owned(), |looks| looks.to_string());
    text.push_str(&format!(
        "\nepsilon    {}\nlooks      {}\ncodebook   {}\n",
        epsilon(message),
        looks,
        codebook(message.codebook, until)
    ));
    for (number, part) in message.parts.iter().enumerate() {
        text.push_str(&format!("\n{:>4}  {}", number + 1, part.trim().replace('\n', "\n      ")));
    }
    text.push('\n');
    for (recipient, handed) in &message.copies {
        let name = recipient.as_deref().unwrap_or("file copy");
        let ways: Vec<_> = handed.iter().map(|h| format!("{}, {}", h.way, time::show(h.at_ms / 1000))).collect();
        let ways = if ways.is_empty() { "not handed over".to_owned() } else { ways.join("; ") };
        text.push_str(&format!("\n{name:<16} {}", if recipient.is_none() { "kept" } else { &ways }));
    }
    terminal::say(&terminal::tame(&text))?;
    Ok(Exit::Found)
}

fn summary(m: &Summary) -> Value {
    json!({
        "message": hex(m), "reference": m.reference, "sealed": m.sealed_ms / 1000,
        "recipients": m.recipients, "sites": m.sites, "state": state(m),
    })
}

fn whole(message: &Message, until: Option<u64>) -> Value {
    let parts = message.parts.iter().enumerate().map(|(n, text)| json!({"part": n + 1, "text": text}));
    let copies = message.copies.iter().map(|(recipient, handed)| {
        let ways: Vec<_> = handed.iter().map(|h| json!({"way": h.way, "at": h.at_ms / 1000})).collect();
        json!({"recipient": recipient, "handed_over": ways})
    });
    json!({
        "message": hex(&message.summary), "reference": message.summary.reference,
        "sealed": message.summary.sealed_ms / 1000, "as_sent": message.as_sent, "state": state(&message.summary),
        "epsilon": epsilon(message), "sites": message.summary.sites, "bits": message.bits, "looks": message.looks,
        "codebook": name(message.codebook), "codebook_until": until.map(|ms| ms / 1000),
        "codebook_destroyed": destroyed(message.codebook),
        "parts": parts.collect::<Vec<_>>(), "copies": copies.collect::<Vec<_>>(),
    })
}

/// What became of a codebook, as JSON says it.
pub fn name(state: CodebookState) -> &'static str {
    match state {
        CodebookState::Kept => "kept",
        CodebookState::NoKey => "no_key",
        CodebookState::Destroyed { .. } => "destroyed",
    }
}

fn destroyed(state: CodebookState) -> Option<u64> {
    match state {
        CodebookState::Destroyed { at_ms } => Some(at_ms / 1000),
        _ => None,
    }
}

fn codebook(state: CodebookState, until: Option<u64>) -> String {
    match (state, until) {
        (CodebookState::Destroyed { at_ms }, _) => format!("codebook destroyed on {}", time::show(at_ms / 1000)),
        (CodebookState::NoKey, _) => "its key is not in the key file".to_owned(),
        (CodebookState::Kept, Some(until)) => format!("kept until {}", time::show(until / 1000)),
        (CodebookState::Kept, None) => "kept".to_owned(),
    }
}

fn epsilon(message: &Message) -> String {
    countermark_codebook::Epsilon::from_units(message.epsilon).map(|e| e.to_string()).unwrap_or_default()
}

fn state(m: &Summary) -> &'static str {
    if m.logged { "sealed" } else { "sealed, not yet provable" }
}

fn hex(m: &Summary) -> String {
    super::marked::hex(&m.message.0)
}

fn short(m: &Summary) -> String {
    hex(m)[..8].to_owned()
}
