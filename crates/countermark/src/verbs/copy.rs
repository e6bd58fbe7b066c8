//! `copy`: one copy's text, and its way out of the house.

use countermark_office::SentCheck;
use serde_json::{Value, json};

use crate::cli::{Copy, Global};
use crate::failure::{Exit, Outcome};
use crate::{home, terminal};

/// Ways that sign what they carry: the copy would be deniable no more.
const SIGNING_WAYS: &[&str] = &["email", "e-mail", "mail", "smtp"];

/// Runs the verb.
pub fn run(global: &Global, args: &Copy) -> Outcome {
    let mut office = home::open(global)?;
    let (message, copy) = office.copy(&args.message, &args.recipient)?;
    let id = super::marked::hex(&message.0);
    let sent = args.sent.as_deref().map(terminal::read_text).transpose()?;
    let check = match &sent {
        Some(sent) => Some(office.check_sent(&args.message, &args.recipient, sent)?),
        None => None,
    };
    // What was shown to have gone out did go out, whether a way was named or not.
    let way = args.handed_over.as_deref().or(check.as_ref().map(|_| "not said"));
    if let Some(way) = way {
        if SIGNING_WAYS.contains(&way.to_lowercase().as_str()) {
            terminal::note(
                "warning: mail servers sign what they carry (DKIM): whoever gets this mail can prove that it came from you",
            );
        }
        // A wrong copy has left, too: it is noted under the one whose it is.
        let (left, way) = match &check {
            Some((SentCheck::Other(other), _)) => {
                (other.as_deref().unwrap_or("file"), format!("{way}, to {} by mistake", args.recipient))
            }
            _ => (args.recipient.as_str(), way.to_owned()),
        };
        office.hand_over(&id, left, &way, sent.as_deref())?;
    }
    let Some((check, twice)) = check else {
        if global.json {
            terminal::say_json(&json!({"message": id, "recipient": copy.recipient, "text": copy.text}))?;
        } else {
            terminal::say(&copy.text)?;
        }
        return Ok(Exit::Found);
    };
    report(global, &id, &args.recipient, &check, twice)
}

fn report(global: &Global, id: &str, recipient: &str, check: &SentCheck, twice: bool) -> Outcome {
    let (word, other, said) = match check {
        SentCheck::Same => ("same", Value::Null, format!("what went out is the copy of {recipient}")),
        SentCheck::Other(Some(other)) => (
            "other",
            json!(other),
            format!("WRONG RECIPIENT: what went out is the copy of {other}, not of {recipient}"),
        ),
        SentCheck::Other(None) => {
            ("other", json!("file"), "WRONG COPY: what went out is the office's file copy".to_owned())
        }
        SentCheck::Changed => {
            ("changed", Value::Null, "CHANGED: what went out is no copy of this message as it was sealed".to_owned())
        }
    };
    if global.json {
        let object = json!({"message": id, "recipient": recipient, "sent": word, "copy_of": other, "twice": twice});
        terminal::say_json(&object)?;
    } else {
        terminal::say(&said)?;
        if twice {
            terminal::say(&format!("SENT TWICE: the copy of {recipient} was handed over before"))?;
        }
    }
    Ok(if *check == SentCheck::Same { Exit::Found } else { Exit::NotFound })
}
