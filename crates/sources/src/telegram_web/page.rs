//! A preview page, taken apart.

use std::sync::Arc;

use scraper::{ElementRef, Selector};

use crate::html::{self, text};
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
/// [`Fault::Garbled`] when it is not a preview page: the channel has none, or Telegram has changed it. [`Fault::Limit`] when
/// it nests too deeply.
pub fn parse(page: &str, channel: &str, exchange: &Arc<Exchange>) -> Result<Page, Fault> {
    let page = html::parse(page)?;
    let mut posts: Vec<(u64, Post)> = Vec::new();
    for message in page.select(&selector(".tgme_widget_message[data-post]")).take(MOST) {
        let Some((id, number)) = message.attr("data-post").and_then(|id| own(id, channel)) else { continue };
        let post = post(message, &id, number, exchange);
        // A page that shows a post twice shows it the same.
        posts.push((number, post));
    }
    if posts.is_empty() && page.select(&selector(".tgme_channel_history")).next().is_none() {
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

fn post(message: ElementRef<'_>, id: &str, number: u64, exchange: &Arc<Exchange>) -> Post {
    let forwarded = first(message, ".tgme_widget_message_forwarded_from");
    let owner = first(message, ".tgme_widget_message_owner_name").map(text).filter(|name| !name.is_empty());
    let signed = first(message, ".tgme_widget_message_from_author").map(text).filter(|name| !name.is_empty());
    let (role, author) = match forwarded {
        Some(header) => (Role::Forwarded, forwarded_from(header)),
        None => (Role::Own, signed.clone()),
    };
    let mut passages = Vec::new();
    if let Some(reply) = first(message, ".tgme_widget_message_reply") {
        let words = first(reply, ".js-message_reply_text, .tgme_widget_message_metatext, .tgme_widget_message_text");
        let who = first(reply, ".tgme_widget_message_author_name, .tgme_widget_message_author").map(text);
        add(&mut passages, Role::RepliedTo, who, words.map(text));
    }
    for words in message.select(&selector(".tgme_widget_message_text")) {
        if !inside(words, message, &["tgme_widget_message_reply", "tgme_widget_message_text"]) {
            add(&mut passages, role, author.clone(), Some(text(words)));
        }
    }
    card(message, &mut passages);
    poll(message, &mut passages);
    for title in message.select(&selector(".tgme_widget_message_document_title, .tgme_widget_message_document_extra")) {
        add(&mut passages, Role::Caption, None, Some(text(title)));
    }
    Post {
        id: id.to_owned(),
        url: Some(format!("https://t.me/{}/{number}", id.split('/').next().unwrap_or_default())),
        author: match (owner, signed) {
            (Some(owner), Some(signed)) => Some(format!("{owner} ({signed})")),
            (owner, signed) => owner.or(signed),
        },
        at: first(message, ".tgme_widget_message_date time[datetime], time.time[datetime]")
            .and_then(|time| rfc3339(time.attr("datetime")?)),
        kind: if edited(message) { Kind::Edited } else { Kind::New },
        passages,
        pictures: pictures(message),
        exchange: Arc::clone(exchange),
    }
}

/// "edited" stands as bare text before the time.
fn edited(message: ElementRef<'_>) -> bool {
    let Some(meta) = first(message, ".tgme_widget_message_meta") else { return false };
    meta.children().filter_map(|child| child.value().as_text()).any(|text| text.contains("edited"))
}

fn forwarded_from(header: ElementRef<'_>) -> Option<String> {
    let channel = first(header, ".tgme_widget_message_forwarded_from_name").map(text);
    let signed = first(header, ".tgme_widget_message_forwarded_from_author").map(text);
    match (channel, signed) {
        (Some(channel), Some(signed)) => Some(format!("{channel} ({signed})")),
        (channel, signed) => channel.or(signed),
    }
}

fn card(message: ElementRef<'_>, passages: &mut Vec<Passage>) {
    for card in message.select(&selector(".tgme_widget_message_link_preview")) {
        let part = |class: &str| first(card, class).map(text).unwrap_or_default();
        let words = [part(".link_preview_title"), part(".link_preview_description")].join("\n");
        let site = Some(part(".link_preview_site_name")).filter(|site| !site.is_empty());
        add(passages, Role::Card, site, Some(words.trim().to_owned()));
    }
}

fn poll(message: ElementRef<'_>, passages: &mut Vec<Passage>) {
    let line = selector(".tgme_widget_message_poll_question, .tgme_widget_message_poll_option_text");
    for poll in message.select(&selector(".tgme_widget_message_poll")) {
        let lines: Vec<String> = poll.select(&line).map(text).collect();
        add(passages, Role::Poll, None, Some(lines.join("\n")));
    }
}

fn pictures(message: ElementRef<'_>) -> Vec<Picture> {
    let styled = selector(
        ".tgme_widget_message_photo_wrap, .tgme_widget_message_video_thumb, .link_preview_image, .link_preview_right_image, \
         .tgme_widget_message_roundvideo_thumb",
    );
    let mut pictures: Vec<Picture> = Vec::new();
    for element in message.select(&styled) {
        let Some(url) = element.attr("style").and_then(background) else { continue };
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

fn first<'a>(within: ElementRef<'a>, css: &str) -> Option<ElementRef<'a>> {
    within.select(&selector(css)).next()
}

/// Whether an element has one of these classes above it, below the message.
fn inside(element: ElementRef<'_>, message: ElementRef<'_>, classes: &[&str]) -> bool {
    element
        .ancestors()
        .take_while(|node| node.id() != message.id())
        .filter_map(ElementRef::wrap)
        .any(|above| above.value().classes().any(|class| classes.contains(&class)))
}

fn selector(css: &str) -> Selector {
    Selector::parse(css).expect("the selectors of this module are well-formed")
}
