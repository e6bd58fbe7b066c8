//! A case on something that a person saw: a screenshot, a text, an address; or on a post that the watcher thought too common.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use countermark_office::{Captured, MOST_CAPTURE, Origin, Piece, Standing};
use countermark_reading::Names;
use maud::{Markup, html};
use serde::Deserialize;

use super::jobs::{Jobs, Outcome, Task};
use super::{hex, words};
use crate::form::Checked;
use crate::shell::{Place, shell, token};
use crate::upload::Upload;
use crate::{Desk, Refusal, Role, Signed};

/// Where somebody goes whose case was not opened.
const BACK: &str = "/cases/new";

/// The longest address.
const MOST_ADDRESS: usize = 2_048;

/// What was typed, and what is wrong with it.
#[derive(Default)]
struct Typed<'a> {
    text: &'a str,
    address: &'a str,
    reason: &'a str,
    wrong: Option<(&'static str, &'static str)>,
}

/// What a case is opened on.
enum Seen {
    Address(String),
    Picture(Bytes, Option<String>),
    Text(String, Option<String>),
}

/// `GET /cases/new`
pub(super) async fn form(State(_): State<Desk>, signed: Signed) -> Result<Markup, Refusal> {
    signed.must(Role::Analyst)?;
    Ok(page(&signed, &Typed::default()))
}

fn page(signed: &Signed, typed: &Typed<'_>) -> Markup {
    let wrong = |field: &str| typed.wrong.filter(|(at, _)| *at == field).map(|(_, what)| what);
    let invalid = |field: &str| wrong(field).map(|_| "true");
    let content = html! {
        h1 { "Open a case" }
        p { "On something that is out: a screenshot, a text, or the address of a page. It is kept as it came, fixed in the log, and compared with everything registered." }
        form.fields.stack.drop #open method="post" action="/cases/new" enctype="multipart/form-data" data-drop="picture" {
            (token(signed))
            div {
                label for="picture" { "A screenshot" }
                input #picture type="file" name="picture" accept="image/png,image/jpeg,image/webp" aria-describedby="picture-hint" aria-invalid=[invalid("picture")];
                p.hint #picture-hint { "PNG, JPEG or WebP, up to 16 MB. " span.scripted hidden { "You can also drop it anywhere on this page, or paste it." } }
                p.hint #picture-said role="status" {}
                @if let Some(what) = wrong("picture") { p.error { (what) } }
            }
            div {
                label for="text" { "Or its text" }
                textarea #text name="text" rows="7" maxlength="1000000" dir="auto" aria-describedby="text-hint" aria-invalid=[invalid("text")] { (typed.text) }
                p.hint #text-hint { "As it stands there, with nothing of your own around it." }
                @if let Some(what) = wrong("text") { p.error { (what) } }
            }
            div {
                label for="address" { "Its address" }
                input #address type="url" name="address" maxlength=(MOST_ADDRESS) value=(typed.address) placeholder="https://" aria-describedby="address-hint" aria-invalid=[invalid("address")];
                p.hint #address-hint { "Alone, it is fetched and kept as it came over the wire. With a screenshot or a text it says where that stood, and nothing is fetched." }
                @if let Some(what) = wrong("address") { p.error { (what) } }
            }
            details open[!typed.reason.is_empty()] {
                summary { "Look for the copy at once" }
                label for="reason" { "Why is a copy looked for?" }
                input #reason type="text" name="reason" maxlength="400" value=(typed.reason) aria-describedby="reason-hint";
                p.hint #reason-hint { "Without a reason nobody looks. " (words::LOOK) }
            }
            button.main { "Open the case" }
        }
    };
    shell(signed, Place::Cases, "Open a case", &super::script(), &content)
}

/// `POST /cases/new`
pub(super) async fn open(
    State(desk): State<Desk>,
    Extension(jobs): Extension<Jobs>,
    upload: Upload,
) -> Result<Response, Refusal> {
    let signed = upload.signed.clone();
    signed.must(Role::Analyst)?;
    let field = |name| upload.text(name).unwrap_or_default().trim();
    let typed = Typed { text: field("text"), address: field("address"), reason: field("reason"), wrong: None };
    let picture = upload.file("picture").map(|file| file.bytes.clone()).filter(|bytes| !bytes.is_empty());
    let seen = match seen(&typed, picture) {
        Ok(seen) => seen,
        Err(wrong) => {
            let page = page(&signed, &Typed { wrong: Some(wrong), ..typed });
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    let reason = Some(typed.reason.to_owned()).filter(|reason| !reason.is_empty());
    let what = match &seen {
        Seen::Address(_) => "Fetching the page",
        Seen::Picture(..) => "Reading the picture",
        Seen::Text(..) => "Comparing the text",
    };
    let pictures = Arc::clone(&jobs.pictures);
    let work = {
        let (desk, signed) = (desk.clone(), signed.clone());
        async move {
            // One picture at a time; the office is free meanwhile.
            let _turn = match &seen {
                Seen::Picture(..) => Some(pictures.acquire_owned().await),
                _ => None,
            };
            let reader = desk.clone();
            let taken = tokio::task::spawn_blocking(move || take(&reader, seen));
            let taken = taken.await.map_err(|_| Refusal::Machine("the picture could not be read".to_owned()))??;
            keep(&desk, &signed, taken, reason).await
        }
    };
    jobs.run(&signed, Task { what, back: BACK }, work).await
}

fn seen(typed: &Typed<'_>, picture: Option<Bytes>) -> Result<Seen, (&'static str, &'static str)> {
    let address = (!typed.address.is_empty()).then(|| typed.address.to_owned());
    if address.as_ref().is_some_and(|address| !is_address(address)) {
        return Err(("address", "An address begins with http:// or https:// and has no white space."));
    }
    match (picture, typed.text) {
        (Some(_), text) if !text.is_empty() => {
            Err(("text", "Give the screenshot or the text, not both: each is a case of its own."))
        }
        (Some(bytes), _) if bytes.len() > MOST_CAPTURE => Err(("picture", "The picture has more than 16 MB.")),
        (Some(bytes), _) if !is_picture(&bytes) => {
            Err(("picture", "That is no PNG, JPEG or WebP picture. Make a screenshot of it, or paste its text."))
        }
        (Some(bytes), _) => Ok(Seen::Picture(bytes, address)),
        (None, "") => {
            address.map(Seen::Address).ok_or(("picture", "Choose a screenshot, or give a text or an address."))
        }
        (None, text) => Ok(Seen::Text(text.to_owned(), address)),
    }
}

/// What was taken in, ready for the office.
struct Taken {
    bytes: Bytes,
    piece: Piece,
    address: Option<String>,
}

fn take(desk: &Desk, seen: Seen) -> Result<Taken, Refusal> {
    match seen {
        Seen::Text(text, address) => {
            let piece = Piece { role: "own".to_owned(), text: text.clone(), ..Piece::default() };
            Ok(Taken { bytes: text.into(), piece, address })
        }
        Seen::Address(address) => {
            let (bytes, text) = desk.outside().fetch(&address).map_err(Refusal::Input)?;
            if text.trim().is_empty() {
                return Err(Refusal::Input(
                    "no text was found there: a page that is written by a script has none; make a screenshot"
                        .to_owned(),
                ));
            }
            let piece = Piece { role: "own".to_owned(), text, ..Piece::default() };
            Ok(Taken { bytes: bytes.into(), piece, address: Some(address) })
        }
        Seen::Picture(bytes, address) => {
            let read = desk.outside().read_picture(&bytes).map_err(Refusal::Input)?;
            if read.text.trim().is_empty() {
                return Err(Refusal::Input(
                    "no text was read in the picture: a sharper one may help, or paste the text".to_owned(),
                ));
            }
            let confidences =
                read.words.iter().map(|word| (word.range.start, word.range.end, word.confidence)).collect();
            let piece = Piece { role: "picture".to_owned(), author: None, text: read.text, confidences };
            Ok(Taken { bytes, piece, address })
        }
    }
}

async fn keep(desk: &Desk, signed: &Signed, taken: Taken, reason: Option<String>) -> Result<Outcome, Refusal> {
    let names = names(desk)?;
    let opened = desk.office(signed, move |office| {
        let origin = taken.address.map(|url| Origin {
            source: String::new(),
            post: url.clone(),
            url: Some(url),
            author: None,
            published_at: None,
            handle: String::new(),
        });
        let captured = Captured { bytes: &taken.bytes, at: office.now_ms() / 1000, pieces: vec![taken.piece], origin };
        Ok(office.open_case_on(&captured, &names, reason.as_deref())?)
    });
    Ok(Outcome::To(format!("/cases/{}", hex(&opened.await?.id))))
}

/// The writer's public names.
pub(super) fn names(desk: &Desk) -> Result<Names, Refusal> {
    let mut names = Names::new();
    for name in desk.outside().watched_names().map_err(Refusal::Machine)? {
        names.add::<&str>(&name, []);
    }
    Ok(names)
}

#[derive(Deserialize)]
pub(super) struct Handle {
    handle: String,
}

/// `POST /cases/matches`: a case on a post that had opened none.
pub(super) async fn open_match(
    State(desk): State<Desk>,
    Extension(jobs): Extension<Jobs>,
    Checked(signed, Handle { handle }): Checked<Handle>,
) -> Result<Response, Refusal> {
    signed.must(Role::Analyst)?;
    if handle.len() != 32 || !handle.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(Refusal::Missing);
    }
    let (desk, who) = (desk.clone(), signed.clone());
    let work = async move {
        let around = desk.clone();
        let opened = desk.office(&who, move |office| {
            let names = names(&around)?;
            let reason = |source: &str| around.outside().standing_reason(source);
            Ok(office.open_match(&handle, &Standing { names: &names, reason: &reason })?)
        });
        Ok(Outcome::To(format!("/cases/{}", hex(&opened.await?.id))))
    };
    jobs.run(&signed, Task { what: "Comparing the post", back: "/cases/matches" }, work).await
}

/// Whether bytes begin as a PNG, JPEG or WebP file does.
fn is_picture(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x89PNG\r\n\x1a\n")
        || bytes.starts_with(b"\xff\xd8\xff")
        || (bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP"))
}

/// Whether a text is an address that a browser may follow: `http` or `https`, and nothing that hides where it leads.
pub(super) fn is_address(text: &str) -> bool {
    let lower = text.get(..8).unwrap_or(text).to_ascii_lowercase();
    let rest = if lower.starts_with("https://") {
        text.get(8..)
    } else if lower.starts_with("http://") {
        text.get(7..)
    } else {
        None
    };
    text.len() <= MOST_ADDRESS
        && rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with(['/', '\\', '?', '#', '@']))
        && !text.chars().any(|c| {
            c.is_whitespace()
                || c.is_control()
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for good in ["https://example.org/a?b=c#d", "http://a.example", "HTTPS://A.example/"] {
            assert!(is_address(good), "{good}");
        }
        for bad in [
            "",
            "http://",
            "https:///etc",
            "javascript:alert(1)",
            "data:text/html,x",
            "ftp://a.example",
            "//a.example",
            "https://a .example",
            "https://a.example/\u{202e}",
            "https://@a",
            "http:a",
            "file:///etc/passwd",
            " https://a.example",
            &format!("https://{}", "a".repeat(3_000)),
        ] {
            assert!(!is_address(bad), "{bad}");
        }
    }

    #[test]
    fn one_thing_is_seen() {
        let typed = |text, address| Typed { text, address, ..Typed::default() };
        let png = || Some(Bytes::from_static(b"\x89PNG\r\n\x1a\nrest"));
        assert!(matches!(seen(&typed("", ""), png()), Ok(Seen::Picture(_, None))));
        assert!(matches!(seen(&typed("", "https://a.example"), png()), Ok(Seen::Picture(_, Some(_)))));
        assert!(matches!(seen(&typed("a text", "https://a.example"), None), Ok(Seen::Text(_, Some(_)))));
        assert!(matches!(seen(&typed("", "https://a.example"), None), Ok(Seen::Address(_))));
        let wrong = |typed: &Typed<'_>, picture| seen(typed, picture).err().map(|(field, _)| field);
        assert_eq!(wrong(&typed("", ""), None), Some("picture"));
        assert_eq!(wrong(&typed("a text", ""), png()), Some("text"));
        assert_eq!(wrong(&typed("", "javascript:alert(1)"), png()), Some("address"));
        for file in [&b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>"[..], b"GIF89a", b"PK\x03\x04", b"%PDF-1.7"] {
            assert_eq!(wrong(&typed("", ""), Some(Bytes::from_static(file))), Some("picture"));
        }
    }
}
