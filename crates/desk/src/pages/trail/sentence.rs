//! What an entry of the trail says, as a sentence. Verbs and ids as they are recorded stand beside it.

use std::collections::BTreeMap;

use countermark_office::Office;
use countermark_vault::Act;
use maud::{Markup, html};

/// What entries are about: statements' headings and messages' references, by id.
#[derive(Default)]
pub(super) struct Subjects {
    statements: BTreeMap<String, String>,
    messages: BTreeMap<String, String>,
}

/// What an entry is about.
enum About {
    Case,
    Message,
    /// A statement; `ID/NUMBER` for one version of it.
    Statement,
    /// What stands there is a name, or words that can be read.
    Name,
    Nothing,
}

impl Subjects {
    /// Of some entries. What is gone from the vault is called by its id.
    pub(super) fn of<'a>(office: &Office, acts: impl Iterator<Item = &'a Act>) -> Self {
        let all = office.statements().unwrap_or_default();
        let statements = all.into_iter().map(|statement| (crate::session::hex(&statement.id), statement.title));
        let mut subjects = Self { statements: statements.collect(), messages: BTreeMap::new() };
        for act in acts.filter(|act| matches!(phrase(&act.act).1, About::Message)) {
            if !subjects.messages.contains_key(&act.subject)
                && let Ok(message) = office.meant(&act.subject)
            {
                subjects.messages.insert(act.subject.clone(), message.reference);
            }
        }
        subjects
    }
}

/// The sentence behind the name of who did it.
pub(super) fn said(act: &Act, subjects: &Subjects) -> Markup {
    let (verb, about) = phrase(&act.act);
    let subject = act.subject.as_str();
    html! {
        (verb)
        @if !subject.is_empty() {
            @match about {
                About::Case => { " case " a title=(subject) href={ "/cases/" (subject) } { (short(subject)) } }
                About::Message => { @if act.act == "trace" { " in" } " " (message(subject, subjects)) }
                About::Statement => { " " (statement(subject, subjects)) }
                About::Name => { " " bdi { (subject) } }
                About::Nothing => {}
            }
        }
    }
}

fn message(id: &str, subjects: &Subjects) -> Markup {
    html! { span title=(id) { "message " @match subjects.messages.get(id) { Some(reference) => (reference), None => (short(id)) } } }
}

fn statement(subject: &str, subjects: &Subjects) -> Markup {
    let (id, version) = subject.split_once('/').map_or((subject, None), |(id, version)| (id, Some(version)));
    html! {
        @if let Some(version) = version { "version " (version) " of " }
        span title=(id) {
            @match subjects.statements.get(id).filter(|title| !title.is_empty()) {
                Some(title) => { "«" bdi { (title) } "»" }
                None => { "statement " (short(id)) }
            }
        }
    }
}

/// The first characters of an id.
fn short(id: &str) -> &str {
    if id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit()) { &id[..8] } else { id }
}

/// A recorded verb in words, and what stands behind it.
fn phrase(act: &str) -> (&str, About) {
    use About::{Case, Message, Name, Nothing, Statement};
    match act {
        "seal" => ("sealed", Message),
        "seal --as-sent" => ("registered as sent before", Message),
        "copy --handed-over" => ("noted that a copy left, of", Message),
        "copy --sent" => ("checked what really went out, of", Message),
        "trace" => ("looked for the copy a text came from", Message),
        "prove" => ("made a bundle of", Message),
        "draft remove" => ("deleted the draft of", Message),
        "messages remove" => ("removed taken messages:", Name),
        "take" => ("took in messages from an archive, as import", Name),
        "case open" => ("opened", Case),
        "case later" => ("kept a later state of the post of", Case),
        "case look" => ("saw whose copy it is in", Case),
        "case trace" => ("looked for the copy in", Case),
        "case note" => ("wrote a note to", Case),
        "case again" => ("had the text read again in", Case),
        "case hear" => ("made the evidence for the person concerned in", Case),
        "case reply" => ("kept the reply of the person concerned in", Case),
        "case reply without slot" => ("kept a reply that came without its slot in", Case),
        "case approve" => ("signed that the name may be said in", Case),
        "statement begin" => ("began", Statement),
        "statement discard" => ("gave up the draft of", Statement),
        "publish" => ("published", Statement),
        "publish --withdraw" => ("withdrew", Statement),
        "statement invite" => ("invited somebody to reply to", Statement),
        "statement invite --end" => ("took back an invitation to reply to", Statement),
        "statement reply" => ("took in what readers sent", Nothing),
        "statement let through" => ("let through what a reader sent", Nothing),
        "statement forget" => ("deleted comments that had been refused 30 days before", Nothing),
        "statement refuse" => ("refused what a reader sent", Nothing),
        "settings site" => ("changed what the public page says of the office", Nothing),
        "settings support" => ("changed the support picture:", Name),
        "people add" => ("added to the address book", Name),
        "people remove" => ("removed from the address book", Name),
        "people set" => ("changed in the address book", Name),
        "suggest" => ("changed what is remembered of refusals, for", Name),
        "identity add" => ("made a person of the office of", Name),
        "identity remove" => ("removed from the office", Name),
        "identity roles" => ("changed what may be done by", Name),
        "identity appoint" => ("showed the vault's passphrase, to make an approver of", Name),
        "identity appoint refused" => ("gave a wrong passphrase of the vault, to make an approver of", Name),
        "desk sign-in" => ("signed in", Nothing),
        "desk refused" => ("refused sign-ins:", Name),
        "desk lock" => ("locked the desk", Nothing),
        "desk invite" => ("invited", Name),
        "desk passphrase" => ("set a new passphrase for", Name),
        "desk codes begin" => ("began to set up one-time codes for", Name),
        "desk codes on" => ("turned one-time codes on for", Name),
        "desk codes off" => ("turned one-time codes off for", Name),
        "desk codes renew" => ("made new recovery codes for", Name),
        "desk recovery code" => ("used a recovery code of", Name),
        "log audit" => ("audited the log:", Name),
        "log witness add" => ("added a witness of the log:", Name),
        "log witness remove" => ("removed a witness of the log:", Name),
        "log timestamper add" => ("added a time-stamper:", Name),
        "log timestamper remove" => ("removed a time-stamper:", Name),
        "log timestamp --request" => ("made a request for a time stamp", Nothing),
        "log timestamp --add" => ("added a time stamp to the log", Nothing),
        "watch add" => ("added a source:", Name),
        "watch remove" => ("removed a source:", Name),
        "watch names" => ("changed the names that are watched for", Nothing),
        "inbox damaged" => ("found a damaged capture in the inbox:", Name),
        "init" => ("made the vault", Nothing),
        "vault backup" => ("made a backup of the vault", Nothing),
        "vault backup --keys" => ("made a backup of the key file", Nothing),
        "vault restore" => ("restored the vault from a backup", Nothing),
        "vault restore --looks" => ("stated how many looks there may have been:", Name),
        "vault restore --shown" => ("stated that a row was shown of", Message),
        "vault passphrase" => ("changed the vault's passphrase", Nothing),
        "vault expire" => ("had the codebook destroyed of", Message),
        "vault expire --lost" => ("noted as destroyed the codebook of", Message),
        other => (other, Name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_a_sentence() {
        let act = |act: &str, subject: &str| Act {
            at: 0,
            who: "Ines".into(),
            act: act.into(),
            subject: subject.into(),
            reason: None,
        };
        let (statement, message) = ("0a".repeat(16), "0b".repeat(16));
        let subjects = Subjects {
            statements: [(statement.clone(), "On the <letter>".to_owned())].into(),
            messages: [(message.clone(), "3RNG-91AD".to_owned())].into(),
        };
        let plain = |markup: Markup| {
            let mut text = String::new();
            let mut inside = false;
            for c in markup.into_string().chars() {
                match c {
                    '<' => inside = true,
                    '>' => inside = false,
                    c if !inside => text.push(c),
                    _ => {}
                }
            }
            text
        };
        for (entry, sentence) in [
            (act("publish", &format!("{statement}/2")), "published version 2 of «On the &lt;letter&gt;»"),
            (act("publish --withdraw", &"0c".repeat(16)), "withdrew statement 0c0c0c0c"),
            (act("seal", &message), "sealed message 3RNG-91AD"),
            (act("case note", &"0d".repeat(16)), "wrote a note to case 0d0d0d0d"),
            (act("trace", ""), "looked for the copy a text came from"),
            (act("people add", "mara"), "added to the address book mara"),
            (act("what is yet to come", "x"), "what is yet to come x"),
        ] {
            assert_eq!(plain(said(&entry, &subjects)), sentence);
        }
    }
}
