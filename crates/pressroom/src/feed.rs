//! The feeds: RSS 2.0 and JSON Feed 1.1. The same entries in both: every version of a statement, and that one was withdrawn, each an item of
//! its own that never changes what it is.
//!
//! Feed readers know an item by its id, and hardly any shows a known one again: an update under the id of what it updates would reach
//! nobody. So a correction is a new item, as it is a new version here. Readers that do look at known items again find in those of a
//! withdrawn statement that it was withdrawn.

use std::fmt::Write as _;

use countermark_statement::{Statement, Version, Withdrawn};
use maud::html;
use serde_json::json;

use crate::pages::{first_words, stamp};
use crate::published::Published;
use crate::scene::{absolute, key, name};
use crate::words::{Language, Value, Words, civil};

/// Entries in a feed, at most.
const ENTRIES: usize = 50;

/// What there is to tell.
#[derive(Clone, Copy)]
struct Entry<'a> {
    at: u64,
    statement: &'a Statement,
    version: &'a Version,
    /// It tells that the statement was withdrawn; else of the version.
    withdrawal: bool,
}

/// The newest entries, the newest first.
fn entries(published: &Published) -> Vec<Entry<'_>> {
    let mut all = Vec::new();
    for statement in published.statements().iter().map(|statement| &**statement) {
        let entry = |version, at, withdrawal| Entry { at, statement, version, withdrawal };
        all.extend(statement.versions.iter().map(|version| entry(version, version.published_at, false)));
        let last = statement.state.withdrawn.as_ref().zip(statement.latest());
        all.extend(last.map(|(withdrawn, version)| entry(version, withdrawn.at, true)));
    }
    all.sort_by(|a, b| {
        let rank = |entry: &Entry<'_>| (entry.at, entry.withdrawal, entry.version.number);
        rank(b).cmp(&rank(a)).then_with(|| a.statement.id.cmp(&b.statement.id))
    });
    all.truncate(ENTRIES);
    all
}

impl Entry<'_> {
    fn words(&self, published: &Published) -> &'static Words {
        Language::of(&self.version.language, published.site()).words()
    }

    /// Its page, which is its id as well.
    fn path(&self) -> String {
        if self.withdrawal {
            format!("/statements/{}#withdrawn", self.statement.id)
        } else {
            format!("/statements/{}", key(&self.statement.id, self.version.number))
        }
    }

    fn title(&self, words: &Words) -> String {
        let title = || ("title", Value::from(self.version.title.as_str()));
        match (self.withdrawal, self.version.number) {
            (true, _) => words.with("feed-withdrawn", [title()]),
            (false, 1) => self.version.title.clone(),
            (false, n) => words.with("feed-updated", [title(), ("n", Value::number(n))]),
        }
    }

    /// When what it says last changed: a version never does, but for the word that it was withdrawn.
    fn modified(&self) -> u64 {
        self.statement.state.withdrawn.as_ref().map_or(self.at, |withdrawn| withdrawn.at.max(self.at))
    }

    /// That it was withdrawn, the statement's words, what is new: a paragraph each.
    fn paragraphs(&self, words: &Words, text: String) -> Vec<String> {
        let withdrawn = |withdrawn: &Withdrawn| {
            let date = words.moment(withdrawn.at);
            let values = [("date", Value::from(date)), ("why", Value::from(withdrawn.reason.as_str()))];
            let (kind, text) = (words.say("withdrawn-title"), words.with("withdrawn-text", values));
            words.with("in-short", [("kind", Value::from(kind)), ("text", Value::from(text))])
        };
        let note = |note: &String| {
            words.with("feed-note", [("n", Value::number(self.version.number)), ("note", Value::from(note.as_str()))])
        };
        let first = self.statement.state.withdrawn.as_ref().map(withdrawn);
        let last = self.version.note.as_ref().filter(|_| !self.withdrawal).map(note);
        first.into_iter().chain([text]).chain(last).collect()
    }

    /// What a reader of feeds shows under the title.
    fn summary(&self, words: &Words) -> Vec<String> {
        self.paragraphs(words, first_words(&self.version.text))
    }
}

/// RSS 2.0.
pub(crate) fn rss(published: &Published) -> String {
    let site = published.site();
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\"><channel>\n",
    );
    let about = if site.about.is_empty() { name(site) } else { &site.about };
    element(&mut out, "title", name(site));
    element(&mut out, "link", &absolute(site, "/"));
    element(&mut out, "description", about);
    element(&mut out, "language", &site.language);
    if site.address.is_some() {
        let own = escaped(&absolute(site, "/feed.xml"));
        let _ = writeln!(out, "<atom:link href=\"{own}\" rel=\"self\" type=\"application/rss+xml\"/>");
    }
    for entry in entries(published) {
        let (words, address) = (entry.words(published), absolute(site, &entry.path()));
        out.push_str("<item>\n");
        element(&mut out, "title", &entry.title(words));
        element(&mut out, "link", &address);
        let permanent = if site.address.is_some() { "true" } else { "false" };
        let _ = writeln!(out, "<guid isPermaLink=\"{permanent}\">{}</guid>", escaped(&address));
        element(&mut out, "pubDate", &rfc822(entry.at));
        element(&mut out, "atom:updated", &stamp(entry.modified()));
        if let Some(category) = &entry.version.category {
            element(&mut out, "category", category);
        }
        // Readers of feeds take a description for markup: what is text is told to them as such.
        let description = html! { @for paragraph in entry.summary(words) { p { (paragraph) } } };
        element(&mut out, "description", &description.into_string());
        out.push_str("</item>\n");
    }
    out.push_str("</channel></rss>\n");
    out
}

fn element(out: &mut String, name: &str, text: &str) {
    let _ = writeln!(out, "<{name}>{}</{name}>", escaped(text));
}

/// A text in XML: what has a meaning there is escaped, what may not stand there at all is left out (XML 1.0, section 2.2).
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(c),
            c if c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}

/// `Sun, 17 Mar 2030 17:46:40 GMT` (RFC 822 with four digits of the year).
fn rfc822(at: u64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (year, month, day) = civil(at);
    let (hour, minute, second) = (at % 86_400 / 3600, at % 3600 / 60, at % 60);
    // The first of January 1970 was a Thursday.
    let (weekday, month) = (DAYS[(at / 86_400 % 7) as usize], MONTHS[(month - 1) as usize]);
    format!("{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
}

/// JSON Feed 1.1.
pub(crate) fn json(published: &Published) -> String {
    let site = published.site();
    let items: Vec<_> = entries(published).iter().map(|entry| item(published, entry)).collect();
    let feed = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": name(site),
        "description": site.about,
        "home_page_url": absolute(site, "/"),
        "feed_url": absolute(site, "/feed.json"),
        "language": site.language,
        "items": items,
    });
    feed.to_string()
}

fn item(published: &Published, entry: &Entry<'_>) -> serde_json::Value {
    let site = published.site();
    let (words, version, address) = (entry.words(published), entry.version, absolute(site, &entry.path()));
    let file = format!("/statements/{}", key(&entry.statement.id, version.number));
    let mut item = json!({
        "id": address,
        "url": address,
        "title": entry.title(words),
        "summary": entry.summary(words).join("\n\n"),
        "content_text": entry.paragraphs(words, version.text.clone()).join("\n\n"),
        "image": absolute(site, &format!("{file}.png")),
        "date_published": stamp(entry.at),
        "date_modified": stamp(entry.modified()),
        "authors": [{ "name": version.byline }],
        "language": version.language,
    });
    if let Some(category) = &version.category {
        item["tags"] = json!([category]);
    }
    if let Some(bundle) = &version.bundle
        && !published.is_unproved(&entry.statement.id, version)
    {
        let url = absolute(site, &format!("{file}.bundle.json"));
        item["attachments"] = json!([{ "url": url, "mime_type": "application/json", "size_in_bytes": bundle.bytes }]);
    }
    item
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_as_feeds_have_them() {
        assert_eq!(rfc822(0), "Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(rfc822(1_900_000_000), "Sun, 17 Mar 2030 17:46:40 GMT");
    }

    #[test]
    fn nothing_ends_an_element() {
        assert_eq!(escaped("</title>&\"\u{0}\u{8}\u{ffff}\n"), "&lt;/title&gt;&amp;&quot;\n");
    }
}
