//! A status, as Mastodon, Pleroma, Akkoma, GoToSocial, Truth Social and their kind give it.

use std::sync::Arc;

use countermark_reading::plain;
use serde_json::Value;

use crate::json::{lines, list, object, read, text};
use crate::when::rfc3339;
use crate::{Exchange, Fault, Kind, Passage, Picture, Post, Role};

/// The statuses of a timeline. What is none among them is left out.
///
/// # Errors
/// [`Fault::Garbled`] or [`Fault::Limit`] when it is no timeline.
pub(super) fn timeline(bytes: &[u8], exchange: &Arc<Exchange>) -> Result<Vec<Post>, Fault> {
    let answer = read(bytes)?;
    let statuses = answer.as_array().ok_or(Fault::Garbled("no list of statuses"))?;
    Ok(statuses.iter().filter_map(|status| post(status, exchange)).collect())
}

/// One status by itself.
///
/// # Errors
/// [`Fault::Garbled`] or [`Fault::Limit`] when it is none.
pub(super) fn status(bytes: &[u8], exchange: &Arc<Exchange>) -> Result<Post, Fault> {
    post(&read(bytes)?, exchange).ok_or(Fault::Garbled("no status"))
}

/// The versions that a status had, as `/api/v1/statuses/:id/history` gives them, oldest first. They carry the id, the address and the author of
/// the status as it stands; the first is new, the others edits.
///
/// # Errors
/// [`Fault::Garbled`] or [`Fault::Limit`] when it is no list.
pub(super) fn history(bytes: &[u8], now: &Post, exchange: &Arc<Exchange>) -> Result<Vec<Post>, Fault> {
    let answer = read(bytes)?;
    let versions = answer.as_array().ok_or(Fault::Garbled("no list of versions"))?;
    let posts = versions.iter().enumerate().map(|(index, version)| {
        let mut found = Found::default();
        found.words(version, Role::Own, None);
        Post {
            id: now.id.clone(),
            url: now.url.clone(),
            author: now.author.clone(),
            at: text(version, "created_at").and_then(rfc3339),
            kind: if index == 0 { Kind::New } else { Kind::Edited },
            passages: found.passages,
            pictures: found.pictures,
            exchange: Arc::clone(exchange),
        }
    });
    Ok(posts.collect())
}

/// The id in an answer about an account.
///
/// # Errors
/// [`Fault::Garbled`] when there is none.
pub(super) fn account(bytes: &[u8]) -> Result<String, Fault> {
    let answer = read(bytes)?;
    text(&answer, "id").filter(|id| is_id(id)).map(str::to_owned).ok_or(Fault::Garbled("no account"))
}

/// A deleted status.
pub(super) fn deleted(id: &str, exchange: &Arc<Exchange>) -> Post {
    Post {
        id: id.to_owned(),
        url: None,
        author: None,
        at: None,
        kind: Kind::Deleted,
        passages: Vec::new(),
        pictures: Vec::new(),
        exchange: Arc::clone(exchange),
    }
}

/// Whether it can be an id: they stand in addresses, and so may hold nothing that means something there.
pub(super) fn is_id(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

fn post(status: &Value, exchange: &Arc<Exchange>) -> Option<Post> {
    let id = text(status, "id").filter(|id| is_id(id))?.to_owned();
    let mut found = Found::default();
    found.words(status, Role::Own, None);
    if let Some(boosted) = object(status, "reblog") {
        found.quote(boosted);
        quoted(boosted).into_iter().for_each(|status| found.quote(status));
    }
    quoted(status).into_iter().for_each(|status| found.quote(status));
    let edited = text(status, "edited_at").is_some();
    Some(Post {
        id,
        url: address(status).or_else(|| object(status, "reblog").and_then(address)).map(str::to_owned),
        author: object(status, "account").and_then(name),
        at: text(status, "created_at").and_then(rfc3339),
        kind: if edited { Kind::Edited } else { Kind::New },
        passages: found.passages,
        pictures: found.pictures,
        exchange: Arc::clone(exchange),
    })
}

/// The status that one quotes: within `quote` beside its state (Mastodon since 4.4), or `quote` itself (Truth Social, Akkoma, Fedibird),
/// or below `pleroma` (Pleroma).
fn quoted(status: &Value) -> Option<&Value> {
    let quote = object(status, "quote").or_else(|| object(object(status, "pleroma")?, "quote"))?;
    object(quote, "quoted_status").or_else(|| quote.get("content").map(|_| quote))
}

fn address(status: &Value) -> Option<&str> {
    let web = |key: &str| text(status, key).filter(|url| url.starts_with("https://") || url.starts_with("http://"));
    web("url").or_else(|| web("uri"))
}

/// `Name (@user@host)`, or what there is of it.
fn name(account: &Value) -> Option<String> {
    let acct = text(account, "acct").or_else(|| text(account, "username")).map(|acct| format!("@{acct}"));
    match (text(account, "display_name"), acct) {
        (Some(name), Some(acct)) => Some(format!("{} ({acct})", name.trim())),
        (name, acct) => acct.or_else(|| name.map(str::to_owned)),
    }
}

#[derive(Default)]
struct Found {
    passages: Vec<Passage>,
    pictures: Vec<Picture>,
}

impl Found {
    fn quote(&mut self, status: &Value) {
        let author = object(status, "account").and_then(name);
        self.words(status, Role::Quoted, author.as_deref());
    }

    /// The words and pictures of a status itself.
    fn words(&mut self, status: &Value, role: Role, author: Option<&str>) {
        self.say(role, author, text(status, "spoiler_text").unwrap_or_default().to_owned());
        self.say(role, author, plain(text(status, "content").unwrap_or_default()));
        if let Some(poll) = object(status, "poll") {
            self.say(Role::Poll, author, lines(list(poll, "options").iter().map(|option| text(option, "title"))));
        }
        for medium in list(status, "media_attachments") {
            self.say(Role::Caption, author, text(medium, "description").unwrap_or_default().to_owned());
            self.show(medium);
        }
        if let Some(card) = object(status, "card") {
            self.say(Role::Card, author, lines([text(card, "title"), text(card, "description")]));
        }
    }

    fn say(&mut self, role: Role, author: Option<&str>, text: String) {
        if !text.trim().is_empty() {
            self.passages.push(Passage { role, author: author.map(str::to_owned), text });
        }
    }

    /// A picture in full; of a film the still.
    fn show(&mut self, medium: &Value) {
        let order = match text(medium, "type") {
            Some("image") => ["url", "remote_url", "preview_url"],
            Some("gifv" | "video") => ["preview_url", "preview_remote_url", "preview_url"],
            _ => return,
        };
        let web =
            |key: &&str| text(medium, key).filter(|url| url.starts_with("https://") || url.starts_with("http://"));
        if let Some(url) = order.iter().find_map(web) {
            self.pictures.push(Picture { url: url.to_owned() });
        }
    }
}

#[cfg(test)]
mod tests;
