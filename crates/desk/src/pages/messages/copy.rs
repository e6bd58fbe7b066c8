//! One copy: its text as on paper, every way to take it along, and the note that it has left.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Redirect;
use axum::routing::{get, post};
use countermark_web::{qr_sized, when};
use maud::{Markup, html};

use super::{SCRIPT, Shown, encode, shown, text};
use crate::form::Checked;
use crate::pages::fields::Fields;
use crate::shell::{Place, shell, token};
use crate::{Desk, Refusal, Signed};

/// The longest `mailto:` address that mail programs are known to take whole.
const MOST_MAILTO: usize = 1_900;
/// The longest name of a way.
const MOST_WAY: usize = 100;

pub(super) fn routes() -> Router<Desk> {
    Router::new()
        .route("/messages/{id}/copies/{number}", get(page))
        .route("/messages/{id}/copies/{number}/handed", post(handed))
}

async fn page(
    State(desk): State<Desk>,
    signed: Signed,
    Path((id, number)): Path<(String, usize)>,
) -> Result<Markup, Refusal> {
    let shown = shown(&desk, &signed, &id).await?;
    let copy = text(&desk, &signed, &shown, number).await?;
    let address = match &copy.recipient {
        None => None,
        Some(handle) => {
            let handle = handle.clone();
            let known = desk.office(&signed, move |office| Ok(office.person(&handle).ok())).await?;
            known.and_then(|person| person.fields.get("email").cloned())
        }
    };
    let recipient = copy.recipient.as_deref();
    let content = html! {
        p { a href=(shown.here()) { "Back to " (shown.name()) } }
        h1 { "Copy: " (shown.names.called(recipient)) }
        @if recipient.is_none() { p.alert { "This is the office's own copy. If it leaves the house and is published, it is the office that let it out." } }
        (left(&shown, number))
        div.beside {
            (paper(&copy.text))
            div.stack {
                (ways(&shown, number, &copy.text, address.as_deref()))
                (note(&signed, &shown, number))
                (check(&signed, &shown, number))
            }
        }
        (picture(&copy.text))
    };
    Ok(shell(&signed, Place::Messages, "Copy", &[SCRIPT.href()], &content))
}

fn left(shown: &Shown, number: usize) -> Markup {
    let handed =
        number.checked_sub(1).and_then(|at| shown.message.copies.get(at)).map_or(&[][..], |(_, handed)| handed);
    html! {
        @if handed.is_empty() { p { span.tag.wait { "not handed over" } } }
        @else {
            ul { @for one in handed { li { span.tag.good { "handed over" } " " (one.way) ", " (when(one.at_ms / 1000)) } } }
            @if handed.len() > 1 { p.alert { "This copy was noted as handed over more than once." } }
        }
    }
}

fn paper(text: &str) -> Markup {
    let rows = text.lines().map(|line| 1 + line.chars().count() / 60).sum::<usize>().clamp(6, 40);
    html! {
        section.stack aria-labelledby="paper" {
            h2 #paper { "The text" }
            label for="copy-text" { "Select all, and copy" }
            textarea #copy-text readonly rows=(rows) { "\n" (text) }
            div.row {
                button.main #copy-button type="button" hidden { "Copy to the clipboard" }
                span #copied role="status" {}
            }
            p.hint { "Copy the whole text, and nothing but it: every space and sign may be part of the mark." }
        }
    }
}

fn ways(shown: &Shown, number: usize, text: &str, address: Option<&str>) -> Markup {
    let mailto = mailto(address, text);
    html! {
        section.card.stack aria-labelledby="ways" {
            h2 #ways { "Other ways" }
            p { a href={(shown.here()) "/print?copy=" (number)} { "Print it" } }
            @match &mailto {
                Some(mailto) => p { a href=(mailto) { "Open it in the mail program" } },
                None => p.quiet { "Too long for a mail link (" (MOST_MAILTO) " signs with its encoding): paste it." },
            }
            p.hint {
                strong { "E-mail signs. " }
                "Mail servers sign what they carry (DKIM): whoever gets the mail can prove that it came from you, without Countermark. Where the copy shall stay deniable, take another way."
            }
        }
    }
}

/// A module has so many pixels: a telephone reads it off a screen.
const MODULE: usize = 4;

/// Modules of the largest code that fits a page, on the screen and on paper.
const MOST_MODULES: usize = 170;

/// The text to photograph, as large as a telephone needs it.
fn picture(text: &str) -> Markup {
    html! {
        section aria-labelledby="qr" {
            h2 #qr { "To photograph with a telephone that is to send it" }
            @match qr_sized(text, MODULE, MOST_MODULES) {
                Some(code) => { figure.figure.qr-whole { (code) } p.hint { "It is drawn as large as the window lets it be. Where its squares are too small to be read, turn the telephone that shows it, or print this page." } },
                None => p.quiet { "Too long for a QR code that can be read off a screen (" (text.len()) " bytes; about 1,800 go into one): paste it, or print it." },
            }
        }
    }
}

/// The text as the body of a mail (RFC 6068: line ends are `%0D%0A`); nothing where it would be cut.
fn mailto(address: Option<&str>, text: &str) -> Option<String> {
    let body = encode(&text.replace("\r\n", "\n").replace('\n', "\r\n"));
    // In an address, `@` stands as it is.
    let to = address.map(|address| encode(address).replace("%40", "@")).unwrap_or_default();
    let link = format!("mailto:{to}?body={body}");
    (link.len() <= MOST_MAILTO).then_some(link)
}

fn note(signed: &Signed, shown: &Shown, number: usize) -> Markup {
    html! {
        form.card.fields method="post" action={(shown.here()) "/copies/" (number) "/handed"} {
            (token(signed))
            h2 { "It has left" }
            label for="way" { "By which way" }
            input #way name="way" list="known-ways" maxlength=(MOST_WAY) required autocomplete="off";
            (known_ways())
            div.row { button { "Mark as handed over now" } }
        }
    }
}

/// Ways that are often taken.
pub(super) fn known_ways() -> Markup {
    html! {
        datalist #known-ways { @for way in ["by hand", "letter", "courier", "Signal", "Threema", "Telegram", "WhatsApp", "e-mail"] { option value=(way) {} } }
    }
}

fn check(signed: &Signed, shown: &Shown, number: usize) -> Markup {
    html! {
        form.card.fields method="post" action={(shown.here()) "/copies/" (number) "/check"} {
            (token(signed))
            h2 { "What really went out" }
            label for="sent" { "Paste it back from where it was sent" }
            textarea #sent name="sent" rows="6" required aria-describedby="sent-hint" {}
            p.hint #sent-hint { "A wrong recipient, a changed text or a second sending is said at once. That it was checked stands in the audit trail." }
            div.row { button { "Check" } }
        }
    }
}

/// It has left.
async fn handed(
    State(desk): State<Desk>,
    Path((id, number)): Path<(String, usize)>,
    Checked(signed, fields): Checked<Fields>,
) -> Result<Redirect, Refusal> {
    let shown = shown(&desk, &signed, &id).await?;
    let holder = shown.holder(number).ok_or(Refusal::Missing)?.to_owned();
    let way = fields.get("way").trim().to_owned();
    if way.is_empty() || way.len() > MOST_WAY * 4 || way.chars().any(char::is_control) {
        return Err(Refusal::Input("say by which way it left, in a few words".to_owned()));
    }
    let sent = Some(fields.text("sent")).filter(|sent| !sent.is_empty());
    let message = id.clone();
    desk.office(&signed, move |office| Ok(office.hand_over(&message, &holder, &way, sent.as_deref())?)).await?;
    Ok(Redirect::to(&format!("/messages/{id}/copies/{number}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_link_carries_the_text_or_there_is_none() {
        let link = mailto(Some("ines@example.org"), "Dear Ines,\n50 % & more?").unwrap();
        assert_eq!(link, "mailto:ines@example.org?body=Dear%20Ines%2C%0D%0A50%20%25%20%26%20more%3F");
        // What stands in an address book is no address that could add another header.
        let hostile = mailto(Some("a@b?bcc=c@d&x=\r\n"), "x").unwrap();
        assert_eq!(hostile, "mailto:a@b%3Fbcc%3Dc@d%26x%3D%0D%0A?body=x");
        assert_eq!(mailto(None, "x").as_deref(), Some("mailto:?body=x"));
        assert_eq!(mailto(None, &"ö".repeat(400)), None);
    }
}
