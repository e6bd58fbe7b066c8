//! Hand over: the sealed messages, their copies, and how they left.

mod check;
mod copy;
mod list;
mod message;
mod print;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::Router;
use countermark_office::{CopyText, Message, Office};
use countermark_web::Asset;

use super::fields;
use crate::{Desk, Refusal, Role, Signed};

static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("messages.js", "text/javascript; charset=utf-8", include_bytes!("../../../assets/messages.js"))
});

pub(super) fn routes() -> Router<Desk> {
    Router::new()
        .merge(list::routes())
        .merge(message::routes())
        .merge(copy::routes())
        .merge(check::routes())
        .merge(print::routes())
}

pub(super) fn scripts() -> Vec<Asset> {
    vec![SCRIPT.clone()]
}

/// A message with the title that its draft had.
struct Shown {
    message: Message,
    title: Option<String>,
    names: Names,
    /// When it will be provable at the latest, seconds since 1970.
    provable_at: Option<u64>,
}

impl Shown {
    fn name(&self) -> &str {
        self.title.as_deref().filter(|title| !title.is_empty()).unwrap_or(&self.message.summary.reference)
    }

    fn here(&self) -> String {
        format!("/messages/{}", fields::hex(&self.message.summary.message.0))
    }

    /// Whose copy has this number, from 1, as the office takes it.
    fn holder(&self, number: usize) -> Option<&str> {
        let (recipient, _) = number.checked_sub(1).and_then(|at| self.message.copies.get(at))?;
        Some(recipient.as_deref().unwrap_or("file"))
    }
}

/// What correspondents are called, by handle; whoever left the address book is called by his handle.
struct Names(BTreeMap<String, String>);

impl Names {
    fn of(office: &Office) -> Result<Self, Refusal> {
        Ok(Self(office.people()?.into_iter().map(|person| (person.handle, person.name)).collect()))
    }

    fn of_handle<'a>(&'a self, handle: &'a str) -> &'a str {
        self.0.get(handle).map_or(handle, String::as_str)
    }

    /// What a copy is called.
    fn called<'a>(&'a self, recipient: Option<&'a str>) -> &'a str {
        recipient.map_or("the office's file copy", |handle| self.of_handle(handle))
    }
}

/// The message of an address, for a writer.
async fn shown(desk: &Desk, signed: &Signed, id: &str) -> Result<Shown, Refusal> {
    signed.must(Role::Writer)?;
    let id = fields::hex(&fields::id(id).ok_or(Refusal::Missing)?);
    let read = desk.office(signed, move |office| {
        let message = office.message(&id)?;
        let title = office.message_title(&message.summary.message)?;
        let provable_at = office.provable_at(&message.summary.message)?;
        Ok(Shown { message, title, names: Names::of(office)?, provable_at })
    });
    read.await.map_err(missing)
}

/// The text of a copy by its number.
async fn text(desk: &Desk, signed: &Signed, shown: &Shown, number: usize) -> Result<CopyText, Refusal> {
    let holder = shown.holder(number).ok_or(Refusal::Missing)?.to_owned();
    let id = fields::hex(&shown.message.summary.message.0);
    desk.office(signed, move |office| Ok(office.copy(&id, &holder)?.1)).await
}

fn missing(refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::Office(countermark_office::Error::UnknownMessage { .. }) => Refusal::Missing,
        other => other,
    }
}

/// A text in an address: everything but letters, digits and `-._~` as `%XX` (RFC 3986).
fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
