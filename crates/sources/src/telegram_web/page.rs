//! A preview page, taken apart.

use std::sync::Arc;

use countermark_reading::markup::{Markup, Spot};

use crate::html::text;
use crate::when::rfc3339;
use crate::{Exchange, Fault, Kind, Passage, Picture, Post, Role};

/// Posts of one page that are taken. Real ones have 20.
const MOST: usize = 200;

/// What a preview page holds.
#[derive(Debug)]
pub struct Page {
    /// The posts by their number, in rising order, each once.
    pub posts: Vec<(u64, Post)>,
    /// The exchange that it came in.
    pub exchange: Arc<Exchange>,
}

impl Page {
    pub(super) fn first(&self) -> Option<u64> {
        self.posts.first().map(|(id, _)| *id)
    }

    pub(super) fn last(&self) -> Option<u64> {
        self.posts.last().map(|(id, _)| *id)
    }
}

/// Takes a preview page of a channel apart.
///
/// # Errors
/// [`Fault::Garbled`] when it is not a preview page: the channel has none, or Telegram has changed it.
pub fn parse(page: &str, channel: &str, exchange: &Arc<Exchange>) -> Result<Page, Fault> {
    let page = Markup::parse(page);
    let mut posts: Vec<(u64, Post)> = Vec::new();
    let messages = page.elements().filter(|spot| spot.has("tgme_widget_message"));
    for (message, id) in messages.filter_map(|spot| Some((spot, spot.attribute("data-post")?))).take(MOST) {
        let Some((id, number)) = own(id, channel) else { continue };
        let post = post(message, &id, number, exchange);
        // A page that shows a post twice shows it the same.
        posts.push((number, post));
    }
    if posts.is_empty() && !page.elements().any(|spot| spot.has("tgme_channel_history")) {
        return Err(Fault::Garbled("not a channel's preview page"));
    }
    posts.sort_by_key(|(number, _)| *number);
    posts.dedup_by_key(|(number, _)| *number);
    Ok(Page { posts, exchange: Arc::clone(exchange) })
}

/// `CHANNEL/123`, where the channel is the one that was asked for: its name is written in any case.
fn own(id: &str, channel: &str) -> Option<(String, u64)> {
    let (name, number) = id.rsplit_once('/')?;
    let number = number.parse().ok().filter(|number| *number > 0)?;
    name.eq_ignore_ascii_case(channel).then(|| (format!("{}/{number}", channel.to_ascii_lowercase()), number))
}

fn post(message: Spot<'_>, id: &str, number: u64, exchange: &Arc<Exchange>) -> Post {
    let forwarded = first(message, &["tgme_widget_message_forwarded_from"]);
    let owner = first(message, &["tgme_widget_message_owner_name"]).map(text).filter(|name| !name.is_empty());
    let signed = first(message, &["tgme_widget_message_from_author"]).map(text).filter(|name| !name.is_empty());
    let (role, author) = match forwarded {
        Some(header) => (Role::Forwarded, forwarded_from(header)),
        None => (Role::Own, signed.clone()),
    };
    let mut passages = Vec::new();
    if let Some(reply) = first(message, &["tgme_widget_message_reply"]) {
        let words =
            first(reply, &["js-message_reply_text", "tgme_widget_message_metatext", "tgme_widget_message_text"]);
        let who = first(reply, &["tgme_widget_message_author_name", "tgme_widget_message_author"]).map(text);
        add(&mut passages, Role::RepliedTo, who, words.map(text));
    }
    for words in all(message, &["tgme_widget_message_text"]) {
        if !inside(words, message, &["tgme_widget_message_reply", "tgme_widget_message_text"]) {
            add(&mut passages, role, author.clone(), Some(text(words)));
        }
    }
    card(message, &mut passages);
    poll(message, &mut passages);
    for title in all(message, &["tgme_widget_message_document_title", "tgme_widget_message_document_extra"]) {
        add(&mut passages, Role::Caption, None, Some(text(title)));
    }
    Post {
        id: id.to_owned(),
        url: Some(format!("https://t.me/{}/{number}", id.split('/').next().unwrap_or_default())),
        author: match (owner, signed) {
            (Some(owner), Some(signed)) => Some(format!("{owner} ({signed})")),
            (owner, signed) => owner.or(signed),
        },
        at: message.inside().find(is_date).and_then(|time| rfc3339(time.attribute("datetime")?)),
        kind: if edited(message) { Kind::Edited } else { Kind::New },
        passages,
        pictures: pictures(message),
        exchange: Arc::clone(exchange),
    }
}

/// "edited" stands as bare text before the time.
fn edited(message: Spot<'_>) -> bool {
    let Some(meta) = first(message, &["tgme_widget_message_meta"]) else { return false };
    meta.own_texts().any(|text| text.contains("edited"))
}

fn forwarded_from(header: Spot<'_>) -> Option<String> {
    let channel = first(header, &["tgme_widget_message_forwarded_from_name"]).map(text);
    let signed = first(header, &["tgme_widget_message_forwarded_from_author"]).map(text);
    match (channel, signed) {
        (Some(channel), Some(signed)) => Some(format!("{channel} ({signed})")),
        (channel, signed) => channel.or(signed),
    }
}

fn card(message: Spot<'_>, passages: &mut Vec<Passage>) {
    for card in all(message, &["tgme_widget_message_link_preview"]) {
        let part = |class: &str| first(card, &[class]).map(text).unwrap_or_default();
        let words = [part("link_preview_title"), part("link_preview_description")].join("\n");
        let site = Some(part("link_preview_site_name")).filter(|site| !site.is_empty());
        add(passages, Role::Card, site, Some(words.trim().to_owned()));
    }
}

fn poll(message: Spot<'_>, passages: &mut Vec<Passage>) {
    let line = ["tgme_widget_message_poll_question", "tgme_widget_message_poll_option_text"];
    for poll in all(message, &["tgme_widget_message_poll"]) {
        let lines: Vec<String> = all(poll, &line).map(text).collect();
        add(passages, Role::Poll, None, Some(lines.join("\n")));
    }
}

fn pictures(message: Spot<'_>) -> Vec<Picture> {
    let styled = [
        "tgme_widget_message_photo_wrap",
        "tgme_widget_message_video_thumb",
        "link_preview_image",
        "link_preview_right_image",
        "tgme_widget_message_roundvideo_thumb",
    ];
    let mut pictures: Vec<Picture> = Vec::new();
    for element in all(message, &styled) {
        let Some(url) = element.attribute("style").and_then(background) else { continue };
        if !pictures.iter().any(|known| known.url == url) {
            pictures.push(Picture { url });
        }
    }
    pictures
}

/// The address in `background-image:url('...')`.
fn background(style: &str) -> Option<String> {
    let (_, after) = style.split_once("background-image")?;
    let (_, after) = after.split_once("url(")?;
    let (url, _) = after.split_once(')')?;
    let url = url.trim().trim_matches(['\'', '"']);
    match url {
        url if url.starts_with("//") => Some(format!("https:{url}")),
        url if url.starts_with("https://") || url.starts_with("http://") => Some(url.to_owned()),
        _ => None,
    }
}

fn add(passages: &mut Vec<Passage>, role: Role, author: Option<String>, text: Option<String>) {
    let author = author.filter(|author| !author.is_empty());
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        passages.push(Passage { role, author, text });
    }
}

/// The elements inside that have one of these classes.
fn all<'a>(within: Spot<'a>, classes: &'a [&str]) -> impl Iterator<Item = Spot<'a>> {
    within.inside().filter(|spot| spot.has_any(classes))
}

fn first<'a>(within: Spot<'a>, classes: &[&str]) -> Option<Spot<'a>> {
    within.inside().find(|spot| spot.has_any(classes))
}

/// A post's time, at its foot or wherever it says `time`.
fn is_date(spot: &Spot<'_>) -> bool {
    spot.name() == "time"
        && spot.attribute("datetime").is_some()
        && (spot.has("time") || spot.above().any(|up| up.has("tgme_widget_message_date")))
}

/// Whether an element has one of these classes above it, below the message.
fn inside(element: Spot<'_>, message: Spot<'_>, classes: &[&str]) -> bool {
    element.above().take_while(|above| *above != message).any(|above| above.has_any(classes))
}
