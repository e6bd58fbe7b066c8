//! The feeds: RSS 2.0 and JSON Feed 1.1. The same entries in both: each statement, by its newest version.

use std::fmt::Write as _;

use countermark_statement::{Statement, Version};
use serde_json::json;

use crate::pages::{first_words, stamp};
use crate::published::Published;
use crate::scene::{absolute, key, name, times};
use crate::words::civil;

/// Entries in a feed, at most.
const ENTRIES: usize = 50;

fn entries(published: &Published) -> impl Iterator<Item = (&Statement, &Version)> {
    published.statements().iter().filter_map(|statement| Some((&**statement, statement.latest()?))).take(ENTRIES)
}

/// What a feed's reader sees first: what is new, else the first words.
fn summary(version: &Version) -> String {
    version.note.as_deref().map_or_else(|| first_words(&version.text), first_words)
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
    if site.address.is_some() {
        let own = escaped(&absolute(site, "/feed.xml"));
        let _ = writeln!(out, "<atom:link href=\"{own}\" rel=\"self\" type=\"application/rss+xml\"/>");
    }
    for (statement, version) in entries(published) {
        let address = absolute(site, &format!("/statements/{}", statement.id));
        out.push_str("<item>\n");
        element(&mut out, "title", &version.title);
        element(&mut out, "link", &address);
        // An update is the same item: its guid stays.
        let permanent = if site.address.is_some() { "true" } else { "false" };
        let _ = writeln!(out, "<guid isPermaLink=\"{permanent}\">{}</guid>", escaped(&address));
        element(&mut out, "pubDate", &rfc822(version.published_at));
        if let Some(category) = &version.category {
            element(&mut out, "category", category);
        }
        element(&mut out, "description", &summary(version));
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
    let items: Vec<_> = entries(published)
        .map(|(statement, version)| {
            let address = absolute(site, &format!("/statements/{}", statement.id));
            let mut item = json!({
                "id": address,
                "url": address,
                "title": version.title,
                "summary": summary(version),
                "content_text": version.text,
                "image": absolute(site, &format!("/statements/{}.png", key(&statement.id, version.number))),
                "date_published": stamp(times(statement).0),
                "date_modified": stamp(version.published_at),
                "authors": [{ "name": version.byline }],
                "language": version.language,
            });
            if let Some(category) = &version.category {
                item["tags"] = json!([category]);
            }
            if let Some(bundle) = &version.bundle {
                let url = absolute(site, &format!("/statements/{}.bundle.json", key(&statement.id, version.number)));
                item["attachments"] =
                    json!([{ "url": url, "mime_type": "application/json", "size_in_bytes": bundle.bytes }]);
            }
            item
        })
        .collect();
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
