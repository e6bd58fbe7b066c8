//! A feed's items, as posts.

use std::sync::Arc;

use countermark_reading::{article, decode, plain};
use feed_rs::model::Entry;
use feed_rs::parser;
use url::Url;

use super::loose;
use crate::seen::short;
use crate::{Exchange, Fault, Kind, Passage, Picture, Post, Role};

/// Items of one feed that are taken. Real ones have up to 500.
const MOST: usize = 2000;

/// Pictures of one item that are taken.
const PICTURES: usize = 20;

/// What stands in an item, whoever has parsed it.
#[derive(Debug, Default)]
pub(super) struct Item {
    pub id: String,
    pub link: Option<String>,
    pub author: Option<String>,
    pub at: Option<u64>,
    /// Pieces of HTML: the title, then the texts.
    pub title: String,
    pub texts: Vec<String>,
    pub pictures: Vec<String>,
}

/// Takes a feed apart. What is not well-formed is read as far as it goes.
///
/// # Errors
/// [`Fault::Garbled`] when it is no feed.
pub fn parse(
    bytes: &[u8],
    content_type: Option<&str>,
    url: &str,
    exchange: &Arc<Exchange>,
) -> Result<Vec<Post>, Fault> {
    let text = text(bytes, content_type);
    let base = Url::parse(url).ok();
    let items = match strict(&text, url) {
        Some(items) => items,
        None => loose::items(&text, MOST).ok_or(Fault::Garbled("not a feed"))?,
    };
    let mut posts: Vec<Post> = Vec::new();
    for item in items.into_iter().take(MOST) {
        posts.extend(post(item, base.as_ref(), exchange));
    }
    // A feed that holds an item twice means its last version.
    let mut ids = std::collections::HashSet::new();
    posts.reverse();
    posts.retain(|post| ids.insert(post.id.clone()));
    posts.reverse();
    Ok(posts)
}

/// The text, in whatever character set. What is whole UTF-8 and not only ASCII is UTF-8 whatever is said of it, since other
/// sets hardly ever come out so; else the declaration knows better than the server, which often says its default.
fn text(bytes: &[u8], content_type: Option<&str>) -> String {
    let head = &bytes[..bytes.len().min(200)];
    let declares = crate::bytes::find(head, b"encoding=", 0).is_some();
    let text = match std::str::from_utf8(bytes) {
        Ok(text) if !text.is_ascii() => text.to_owned(),
        _ => decode(bytes, if declares { None } else { content_type }),
    };
    // Controls of ISO 8859-1 are quotation marks and dashes of windows-1252 that went a wrong way.
    if text.contains(|c: char| ('\u{80}'..='\u{9f}').contains(&c)) {
        let mend = |c: char| match u8::try_from(c) {
            Ok(byte @ 0x80..=0x9f) => {
                encoding_rs::WINDOWS_1252.decode_without_bom_handling(&[byte]).0.chars().next().unwrap_or(c)
            }
            _ => c,
        };
        return text.chars().map(mend).collect();
    }
    text
}

/// What feed-rs makes of it, once its character set is out of the way.
fn strict(text: &str, url: &str) -> Option<Vec<Item>> {
    let text = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    let body = match text.strip_prefix("<?xml") {
        Some(after) => &after[after.find("?>")? + 2..],
        None => text,
    };
    let parser = parser::Builder::new()
        .base_uri(Some(url))
        .id_generator(|links, _, _| links.first().map(|link| link.href.clone()).unwrap_or_default())
        .build();
    let feed = parser.parse(body.as_bytes()).ok()?;
    let title = feed.title.map(|title| title.content);
    Some(feed.entries.into_iter().map(|entry| item(entry, title.as_deref())).collect())
}

fn item(entry: Entry, feed: Option<&str>) -> Item {
    let link = entry.links.iter().find(|link| matches!(link.rel.as_deref(), None | Some("alternate")));
    let link = link.or(entry.links.first()).map(|link| link.href.clone());
    let content = entry.content.and_then(|content| content.body);
    let summary = entry.summary.map(|summary| summary.content);
    let mut pictures: Vec<String> = Vec::new();
    for link in &entry.links {
        let kind = link.media_type.as_deref().unwrap_or_default();
        if link.rel.as_deref() == Some("enclosure") && kind.starts_with("image/") {
            pictures.push(link.href.clone());
        }
    }
    for media in &entry.media {
        for content in &media.content {
            let picture = content.content_type.as_ref().is_some_and(|kind| kind.to_string().starts_with("image/"));
            pictures.extend(content.url.as_ref().filter(|_| picture).map(ToString::to_string));
        }
        pictures.extend(media.thumbnails.iter().map(|thumbnail| thumbnail.image.uri.clone()));
    }
    let author = entry.authors.into_iter().find_map(|author| author.name.or(author.email));
    let moment = entry.published.or(entry.updated).map(|at| at.timestamp());
    Item {
        id: entry.id,
        link,
        author: author.filter(|name| !name.trim().is_empty()).or(feed.map(str::to_owned)),
        at: moment.and_then(|at| u64::try_from(at).ok()),
        title: entry.title.map(|title| title.content).unwrap_or_default(),
        texts: [summary, content].into_iter().flatten().collect(),
        pictures,
    }
}

fn post(item: Item, base: Option<&Url>, exchange: &Arc<Exchange>) -> Option<Post> {
    let url = item.link.as_deref().and_then(|link| absolute(link, base));
    let mut passages: Vec<String> = Vec::new();
    let mut pictures = item.pictures;
    for html in std::iter::once(&item.title).chain(&item.texts) {
        let text = plain(html).trim().to_owned();
        if html.contains("<img") {
            pictures.extend(article(html, url.as_deref().or(base.map(Url::as_str))).pictures);
        }
        // A summary that the text begins with says nothing more.
        passages.retain(|known| known.len() < 40 || !text.starts_with(known.as_str()));
        if !text.is_empty() && !passages.contains(&text) {
            passages.push(text);
        }
    }
    if passages.is_empty() && pictures.is_empty() {
        return None;
    }
    let id = match (item.id.trim(), &url) {
        ("", Some(url)) => url.clone(),
        ("", None) => short(&passages.iter().map(String::as_bytes).collect::<Vec<_>>()),
        (id, _) => id.to_owned(),
    };
    let mut addresses: Vec<Picture> = Vec::new();
    for url in pictures.iter().filter_map(|picture| absolute(picture, base)) {
        if addresses.len() < PICTURES && !addresses.iter().any(|known| known.url == url) {
            addresses.push(Picture { url });
        }
    }
    let passage = |text| Passage { role: Role::Own, author: item.author.clone(), text };
    Some(Post {
        id,
        url,
        at: item.at,
        kind: Kind::New,
        passages: passages.into_iter().map(passage).collect(),
        pictures: addresses,
        exchange: Arc::clone(exchange),
        author: item.author.clone(),
    })
}

fn absolute(link: &str, base: Option<&Url>) -> Option<String> {
    let link = link.trim();
    let url = match base {
        Some(base) => base.join(link).ok()?,
        None => Url::parse(link).ok()?,
    };
    matches!(url.scheme(), "http" | "https").then(|| url.to_string())
}
