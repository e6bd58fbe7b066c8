//! An event of Jetstream (`kind` commit, identity or account), and the post in it (lexicon `app.bsky.feed.post`).

use std::sync::Arc;

use serde_json::Value;

use super::account::{is_did, is_handle};
use crate::json::{lines, list, object, read, text};
use crate::when::rfc3339;
use crate::{Exchange, Fault, Kind, Passage, Picture, Post, Role};

/// The collection that posts are in.
pub(super) const POSTS: &str = "app.bsky.feed.post";

/// Where pictures of posts are served, whatever server holds them.
const PICTURES: &str = "https://cdn.bsky.app/img/feed_fullsize/plain";

/// An event.
#[derive(Debug)]
pub(super) struct Event {
    /// When Jetstream had it, microseconds since 1970: what a cursor is made of.
    pub(super) time_us: u64,
    /// Whose account it is about.
    pub(super) did: String,
    /// What happened.
    pub(super) what: What,
}

/// What happened.
#[derive(Debug)]
pub(super) enum What {
    /// A post was written, edited or deleted.
    Post(Post),
    /// The account goes by this name.
    Handle(String),
    /// Something else.
    Other,
}

/// Reads an event.
///
/// # Errors
/// [`Fault::Garbled`] or [`Fault::Limit`] when it is none.
pub(super) fn parse(bytes: &[u8], exchange: &Arc<Exchange>) -> Result<Event, Fault> {
    let event = read(bytes)?;
    let time_us = event.get("time_us").and_then(Value::as_u64).ok_or(Fault::Garbled("an event without a time"))?;
    let did = text(&event, "did").filter(|did| is_did(did)).ok_or(Fault::Garbled("an event of nobody"))?.to_owned();
    let what = match text(&event, "kind") {
        Some("commit") => {
            let commit = object(&event, "commit").ok_or(Fault::Garbled("a commit without content"))?;
            commit_post(&did, commit, exchange).map_or(What::Other, What::Post)
        }
        Some("identity") => {
            let handle = object(&event, "identity").and_then(|identity| text(identity, "handle"));
            handle.filter(|handle| is_handle(handle)).map_or(What::Other, |handle| What::Handle(handle.to_owned()))
        }
        _ => What::Other,
    };
    Ok(Event { time_us, did, what })
}

/// A record key, as it may stand in an address.
fn is_key(key: &str) -> bool {
    (1..=512).contains(&key.len())
        && key.chars().all(|c| c.is_ascii_alphanumeric() || "._:~-".contains(c))
        && key != "."
        && key != ".."
}

fn commit_post(did: &str, commit: &Value, exchange: &Arc<Exchange>) -> Option<Post> {
    if text(commit, "collection") != Some(POSTS) {
        return None;
    }
    let key = text(commit, "rkey").filter(|key| is_key(key))?;
    let kind = match text(commit, "operation")? {
        "create" => Kind::New,
        "update" => Kind::Edited,
        "delete" => Kind::Deleted,
        _ => return None,
    };
    let mut found = Found { did, passages: Vec::new(), pictures: Vec::new() };
    let record = object(commit, "record").filter(|_| kind != Kind::Deleted);
    if let Some(record) = record {
        found.record(record);
    }
    Some(Post {
        id: format!("at://{did}/{POSTS}/{key}"),
        url: Some(format!("https://bsky.app/profile/{did}/post/{key}")),
        author: Some(did.to_owned()),
        at: record.and_then(|record| text(record, "createdAt")).and_then(time),
        kind,
        passages: found.passages,
        pictures: found.pictures,
        exchange: Arc::clone(exchange),
    })
}

/// A time as people's programs write it: some leave the zone out, and mean UTC.
fn time(text: &str) -> Option<u64> {
    rfc3339(text).or_else(|| rfc3339(&format!("{text}Z")))
}

struct Found<'a> {
    did: &'a str,
    passages: Vec<Passage>,
    pictures: Vec<Picture>,
}

impl Found<'_> {
    fn record(&mut self, record: &Value) {
        self.say(Role::Own, text(record, "text").unwrap_or_default().to_owned());
        if let Some(parent) = object(record, "reply").and_then(|reply| object(reply, "parent")) {
            self.refer(Role::RepliedTo, parent);
        }
        if let Some(embed) = object(record, "embed") {
            self.embed(embed);
            // `recordWithMedia` has both a quoted record, one level deeper, and media.
            if let Some(media) = object(embed, "media") {
                self.embed(media);
            }
        }
    }

    fn embed(&mut self, embed: &Value) {
        for image in list(embed, "images") {
            self.say(Role::Caption, text(image, "alt").unwrap_or_default().to_owned());
            self.show(image.get("image"));
        }
        if object(embed, "video").is_some() {
            self.say(Role::Caption, text(embed, "alt").unwrap_or_default().to_owned());
        }
        if let Some(card) = object(embed, "external") {
            self.say(Role::Card, lines([text(card, "title"), text(card, "description")]));
        }
        if let Some(record) = object(embed, "record") {
            self.refer(Role::Quoted, object(record, "record").unwrap_or(record));
        }
    }

    /// What is quoted or replied to is named only, by its address in the network: that is what stands as the passage's text.
    fn refer(&mut self, role: Role, reference: &Value) {
        let Some(uri) = text(reference, "uri").filter(|uri| uri.starts_with("at://") && uri.len() <= 1_024) else {
            return;
        };
        let author = uri["at://".len()..].split('/').next().filter(|did| is_did(did));
        self.passages.push(Passage { role, author: author.map(str::to_owned), text: uri.to_owned() });
    }

    fn say(&mut self, role: Role, text: String) {
        if !text.trim().is_empty() {
            self.passages.push(Passage { role, author: None, text });
        }
    }

    fn show(&mut self, blob: Option<&Value>) {
        let cid = blob.and_then(|blob| text(blob.get("ref")?, "$link"));
        // A content identifier is letters and digits; anything else would be an address of somebody's making.
        let plain = |cid: &&str| cid.len() <= 128 && cid.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if let Some(cid) = cid.filter(plain) {
            self.pictures.push(Picture { url: format!("{PICTURES}/{}/{cid}@jpeg", self.did) });
        }
    }
}

#[cfg(test)]
mod tests;
