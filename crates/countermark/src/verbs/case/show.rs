//! A case in words and as JSON.

use countermark_office::{Case, CaseSummary, Later, Origin, Piece, Quotation, Reply, Searched, Touched};
use countermark_reading::exports::Direction;
use serde_json::{Value, json};

use crate::verbs::marked::hex;
use crate::{terminal, time};

/// A line of the list.
pub fn line(case: &CaseSummary) -> Value {
    json!({
        "id": hex(&case.id), "state": case.state, "heard": case.heard, "kind": case.kind,
        "message": case.message.map(|id| hex(&id.0)), "place": case.place, "opened": case.opened_ms / 1000,
    })
}

/// A case as JSON.
pub fn object(case: &Case) -> Value {
    let note = |note: &countermark_office::Note| json!({"at": note.at_ms / 1000, "text": note.text});
    let mut object = line(&case.summary);
    object["reference"] = json!(case.reference);
    object["known"] = case.known.as_ref().map_or(
        Value::Null,
        |known| json!({"statement": hex(&known.statement), "version": known.version, "at": known.at}),
    );
    object["named"] = json!(case.named);
    object["reason"] = json!(case.reason);
    object["capture"] = json!({"sha256": case.sha256, "at": case.captured_at, "logged": case.logged});
    object["taken"] = case.taken.as_ref().map_or(Value::Null, crate::verbs::messages::taken_line);
    object["notes"] = case.notes.iter().map(note).collect();
    object["hearing"] = case.hearing.as_ref().map_or(Value::Null, |hearing| {
        let reply = |r: &Reply| json!({"at": r.at_ms / 1000, "text": r.text, "slot": r.slot});
        json!({"at": hearing.at_ms / 1000, "until": hearing.until_ms / 1000, "reply": hearing.reply.as_ref().map(reply)})
    });
    object["naming"] = case.naming.as_ref().map_or(
        Value::Null,
        |naming| json!({"statement": naming.statement, "reason": naming.reason, "approvers": naming.approvers}),
    );
    object["origin"] = case.origin.as_ref().map_or(Value::Null, |origin| {
        json!({
            "source": origin.source, "post": origin.post, "url": origin.url, "author": origin.author,
            "published": origin.published_at, "handle": origin.handle,
        })
    });
    let piece = |p: &Piece| json!({"role": p.role, "author": p.author, "text": p.text});
    object["pieces"] = case.pieces.iter().map(piece).collect();
    let quotation = |q: &Quotation| json!({"text": q.text, "certain": q.certain, "ours": q.ours, "exact": q.exact, "words": q.words, "held": q.held});
    object["quotations"] = case.quotations.iter().map(quotation).collect();
    object["searched"] = case.searched.as_ref().map_or(Value::Null, |searched| {
        let nearest = searched.nearest.as_ref().map(|near| {
            json!({"message": hex(&near.message.0), "part": near.part, "text": near.text, "quotation": near.quotation, "words": near.words, "of": near.of})
        });
        json!({"messages": searched.messages, "from": searched.from, "to": searched.to, "nearest": nearest})
    });
    let touched = |t: Touched| json!({"words": t.words, "places": t.places, "bits": (t.bits * 10.0).round() / 10.0});
    object["touched"] = case.touched.map_or(Value::Null, touched);
    let later = |l: &Later| json!({"at": l.at, "text": l.published, "deleted": l.published.is_none()});
    object["later"] = case.later.iter().map(later).collect();
    object
}

/// Which taken message it shows.
pub fn taken(taken: &countermark_office::TakenSummary) -> String {
    let (id, at) = (hex(&taken.message.0[..4]), time::show(taken.at));
    match taken.direction {
        Direction::Sent => format!("{id}, sent on {at}, taken in without marks"),
        Direction::Received => format!("{id}, received on {at}, not written by us"),
    }
}

/// `leak, shown`, and besides that he was heard where the state does not say it.
fn state(case: &CaseSummary) -> String {
    let heard = if case.heard && case.state != "heard" { ", heard" } else { "" };
    format!("{}, {}{heard}", case.kind, case.state)
}

/// A case in words.
pub fn words(case: &Case) -> String {
    let summary = &case.summary;
    let named: Vec<String> =
        case.named.iter().map(|one| one.clone().unwrap_or_else(|| "a file copy of the office".to_owned())).collect();
    let rows = [
        ("case", Some(hex(&summary.id))),
        ("opened", Some(time::show(summary.opened_ms / 1000))),
        ("state", Some(state(summary))),
        ("message", summary.message.map(|id| hex(&id.0[..4]))),
        ("taken", case.taken.as_ref().map(taken)),
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
    if let Some(origin) = &case.origin {
        out.push_str(&origin_words(origin));
    }
    if let Some(reason) = &case.reason {
        out.push_str(&terminal::barred("reason     ", reason));
    }
    if let Some(touched) = &case.touched {
        out.push_str(&format!("{:<11}{}\n", "reworded", touched_words(touched)));
    }
    out.push_str(&quotation_words(case));
    for later in &case.later {
        match &later.published {
            Some(text) => out.push_str(&dated("edited", later.at * 1000, text)),
            None => out.push_str(&format!("{:<11}{}\n", "deleted", time::show(later.at))),
        }
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

fn origin_words(origin: &Origin) -> String {
    let published = origin.published_at.map(|at| format!("{} by the service's word", time::show(at)));
    let rows = [
        ("source", (!origin.source.is_empty()).then(|| origin.source.clone())),
        ("post", origin.url.clone().or_else(|| Some(origin.post.clone()))),
        ("author", origin.author.clone()),
        ("published", published),
        ("alarm", (!origin.handle.is_empty()).then(|| origin.handle.chars().take(8).collect())),
    ];
    let rows = rows.into_iter().filter_map(|(name, value)| Some((name, value?)));
    rows.map(|(name, value)| format!("{name:<11}{}\n", terminal::name(&value))).collect()
}

/// What is attributed to the writer, and what of it is his.
fn quotation_words(case: &Case) -> String {
    let mut out = String::new();
    for quotation in &case.quotations {
        let doubt = if quotation.certain { "" } else { ", perhaps his words" };
        out.push_str(&format!(
            "{:<11}{}{doubt}\n{}",
            "quotation",
            quotation.whose(),
            terminal::barred("           ", &quotation.text)
        ));
    }
    if let Some(searched) = &case.searched {
        out.push_str(&format!("{:<11}{}\n", "searched", searched_words(searched)));
        if let Some(near) = &searched.nearest {
            out.push_str(&format!(
                "{:<11}part {} of message {}: {} of the quotation's {} words\n{}",
                "nearest",
                near.part,
                hex(&near.message.0[..4]),
                near.words,
                near.of,
                terminal::barred("           ", &near.text)
            ));
        }
    }
    out
}

/// What a text shares with its message, where it is too altered to be traced.
fn touched_words(touched: &Touched) -> String {
    format!(
        "it shares rare words with the message in {} {} (at most {} in a row), and is too altered to be compared word by word",
        touched.places,
        if touched.places == 1 { "place" } else { "places" },
        touched.words
    )
}

/// What was searched, and what that does not prove.
fn searched_words(searched: &Searched) -> String {
    if searched.messages == 0 {
        return "nothing is registered: that a quotation is not found says nothing".to_owned();
    }
    let (day, messages) = (|at| time::show(at).chars().take(10).collect::<String>(), searched.messages);
    let plural = if messages == 1 { "message" } else { "messages" };
    format!(
        "{messages} registered {plural}, {} to {}: that a quotation is in none of them is no proof that it was never written",
        day(searched.from),
        day(searched.to)
    )
}

fn dated(label: &str, at_ms: u64, text: &str) -> String {
    format!("{label:<11}{}\n{}", time::show(at_ms / 1000), terminal::barred("           ", text))
}
