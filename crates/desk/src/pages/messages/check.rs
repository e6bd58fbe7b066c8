//! What really went out, beside the copy that should have.

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::post;
use countermark_office::SentCheck;
use countermark_tracing::{Change, ChangeKind, compare};
use maud::{Markup, html};

use super::copy::known_ways;
use super::{Shown, shown, text};
use crate::form::Checked;
use crate::pages::fields::{Fields, hex};
use crate::shell::{Place, shell, token};
use crate::{Desk, Refusal, Signed};

/// So many differences are listed.
const MOST_CHANGES: usize = 50;

pub(super) fn routes() -> Router<Desk> {
    Router::new().route("/messages/{id}/copies/{number}/check", post(check))
}

/// Nothing is noted but that somebody asked: what is found stands on the page that answers, with the form that notes it.
async fn check(
    State(desk): State<Desk>,
    Path((id, number)): Path<(String, usize)>,
    Checked(signed, fields): Checked<Fields>,
) -> Result<Markup, Refusal> {
    let shown = shown(&desk, &signed, &id).await?;
    let sent = fields.text("sent");
    if sent.trim().is_empty() {
        return Err(Refusal::Input("paste what went out first".to_owned()));
    }
    let copy = text(&desk, &signed, &shown, number).await?;
    let holder = shown.holder(number).ok_or(Refusal::Missing)?.to_owned();
    let (message, given) = (hex(&shown.message.summary.message.0), sent.clone());
    let (found, twice) = desk.office(&signed, move |office| Ok(office.check_sent(&message, &holder, &given)?)).await?;
    let content = html! {
        p { a href={(shown.here()) "/copies/" (number)} { "Back to the copy" } }
        h1 { "What really went out" }
        (outcome(&shown, copy.recipient.as_deref(), &found, twice))
        @if found == SentCheck::Changed { (differences(&copy.text, &sent)) }
        (note(&signed, &shown, number, &found, &sent))
    };
    Ok(shell(&signed, Place::Messages, "What really went out", &[], &content))
}

fn outcome(shown: &Shown, wanted: Option<&str>, found: &SentCheck, twice: bool) -> Markup {
    let wanted = shown.names.called(wanted);
    html! {
        div role="alert" {
            @match found {
                SentCheck::Same if shown.message.summary.sites == 0 => p { span.tag.good { "the same" } " It is the text of the message. It has no site: every copy is this text." },
                SentCheck::Same => p { span.tag.good { "the same" } " What went out is the copy of " strong { (wanted) } "." },
                SentCheck::Other(Some(other)) => p.alert { strong { "Wrong recipient." } " What went out is the copy of " strong { (shown.names.of_handle(other)) } ", not of " strong { (wanted) } "." },
                SentCheck::Other(None) => p.alert { strong { "Wrong copy." } " What went out is the office's file copy, not the copy of " strong { (wanted) } "." },
                SentCheck::Changed => p.alert { strong { "Changed." } " What went out is no copy of this message as it was sealed. If it is published, less of the mark may be left to read." },
            }
            @if twice { p.alert.wait { strong { "Noted as handed over before." } " If this is the same sending, all is well; if not, the copy of " (wanted) " went out twice." } }
        }
    }
}

/// What was changed: where the two part first, and then word by word.
fn differences(copy: &str, sent: &str) -> Markup {
    let comparison = compare(copy, sent);
    let same = copy.trim_end().chars().zip(sent.trim_end().chars()).take_while(|(a, b)| a == b).count();
    let before: String = copy.chars().take(same).collect();
    let (line, column) =
        (before.matches('\n').count() + 1, before.rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1);
    let next = |text: &str| -> String { text.chars().skip(same).take(24).collect() };
    html! {
        h2 { "The differences" }
        p { "They part at line " (line) ", column " (column) ": in the copy “" (visible(&next(copy))) "”, in what went out “" (visible(&next(sent))) "”." }
        @if comparison.changes.is_empty() {
            p { "The words are the same: only spaces, line ends, punctuation or the form of signs differ." }
        } @else {
            ul {
                @for change in comparison.changes.iter().take(MOST_CHANGES) { li { (told(change)) } }
            }
            @if comparison.changes.len() > MOST_CHANGES { p { "And " (comparison.changes.len() - MOST_CHANGES) " more." } }
        }
    }
}

fn told(change: &Change) -> Markup {
    let sent = change.sent.as_ref().map_or("", |quote| quote.text.as_str());
    let published = change.published.as_ref().map_or("", |quote| quote.text.as_str());
    html! {
        @match change.kind {
            ChangeKind::Omitted => { "Left out: " del { (sent) } }
            ChangeKind::Added => { "Put in: " ins { (published) } }
            ChangeKind::Changed => { "Changed: " del { (sent) } " " ins { (published) } }
            ChangeKind::Moved => { "Moved: " (sent) }
        }
    }
}

fn visible(text: &str) -> String {
    if text.is_empty() { "(the end)".to_owned() } else { text.replace('\n', "↵") }
}

/// It did go out, whatever it is: noted under the copy whose it is.
fn note(signed: &Signed, shown: &Shown, number: usize, found: &SentCheck, sent: &str) -> Markup {
    let holder = match found {
        SentCheck::Other(other) => other.as_deref().unwrap_or("file"),
        _ => shown.holder(number).unwrap_or("file"),
    };
    let under = (1..=shown.message.copies.len()).find(|at| shown.holder(*at) == Some(holder)).unwrap_or(number);
    let by_mistake = match (found, shown.holder(number)) {
        (SentCheck::Other(_), Some(wanted)) => format!("to {} by mistake, ", shown.names.of_handle(wanted)),
        _ => String::new(),
    };
    html! {
        form.card.fields method="post" action={(shown.here()) "/copies/" (under) "/handed"} {
            (token(signed))
            h2 { "Note that it left" }
            textarea name="sent" hidden aria-hidden="true" { "\n" (sent) }
            @if !by_mistake.is_empty() { p { "It is noted under the copy that went out, that of " strong { (shown.names.called((holder != "file").then_some(holder))) } "." } }
            label for="way" { "By which way" }
            input #way name="way" value=(by_mistake) list="known-ways" maxlength="100" required autocomplete="off";
            (known_ways())
            p.hint { "Kept of it is the time, the way and the hash of what went out." }
            div.row { button.main { "Note it" } }
        }
    }
}
