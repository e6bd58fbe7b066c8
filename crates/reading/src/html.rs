//! HTML as a row of events, without a tree: linear in the input whatever it holds.
//!
//! Not the whole parsing algorithm of the HTML standard, which takes quadratic time on hostile pages (a million open elements, a
//! million attributes of one tag): start tags, end tags and text as its tokeniser would give them, scripts and comments left out.

mod attribute;
mod reference;

pub(crate) use reference::unescape;

use attribute::attributes;

/// The longest page that is read: 16 MiB. What comes after is cut.
pub const LONGEST_PAGE: usize = 16 << 20;

/// What stands in a page, in order.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Event<'h> {
    /// A start tag: its name in lower case, and its attributes.
    Open(String, Vec<(String, String)>),
    /// An end tag.
    Close(String),
    /// Text as it stands in the source, character references and all.
    Text(&'h str),
    /// What stands inside an element whose content is no markup: a script's source, a title.
    Raw(&'h str),
}

/// The elements whose content is no markup.
const RAW: [&str; 8] = ["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"];

/// The elements that have no content and no end tag.
pub(crate) const VOID: [&str; 14] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];

/// Reads a page's events.
pub(crate) fn events(html: &str) -> Events<'_> {
    Events { html: cut(html, LONGEST_PAGE), at: 0, raw: None }
}

/// The beginning of a text, of at most so many bytes.
pub(crate) fn cut(text: &str, longest: usize) -> &str {
    &text[..text.floor_char_boundary(longest)]
}

pub(crate) struct Events<'h> {
    html: &'h str,
    at: usize,
    raw: Option<String>,
}

impl<'h> Iterator for Events<'h> {
    type Item = Event<'h>;

    fn next(&mut self) -> Option<Event<'h>> {
        if let Some(name) = self.raw.take()
            && let Some(event) = self.raw_text(&name)
        {
            return Some(event);
        }
        while self.at < self.html.len() {
            let rest = &self.html[self.at..];
            let Some(markup) = rest.strip_prefix('<') else {
                let end = rest.find('<').unwrap_or(rest.len());
                return Some(self.text(end));
            };
            match markup.bytes().next() {
                Some(b'!' | b'?') => self.skip_comment(rest),
                Some(b'/') => match markup.as_bytes().get(1) {
                    Some(c) if c.is_ascii_alphabetic() => return self.end_tag(rest),
                    Some(_) => self.at += past(rest, ">"),
                    None => return Some(self.text(rest.len())),
                },
                Some(c) if c.is_ascii_alphabetic() => return self.start_tag(rest),
                _ => {
                    let end = markup.find('<').map_or(rest.len(), |at| at + 1);
                    return Some(self.text(end));
                }
            }
        }
        None
    }
}

impl<'h> Events<'h> {
    fn text(&mut self, bytes: usize) -> Event<'h> {
        let text = &self.html[self.at..self.at + bytes];
        self.at += bytes;
        Event::Text(text)
    }

    fn skip_comment(&mut self, rest: &str) {
        self.at += match rest.strip_prefix("<!--") {
            Some(after) if after.starts_with('>') => 5,
            Some(after) => 4 + past(after, "-->"),
            None => past(rest, ">"),
        };
    }

    fn start_tag(&mut self, rest: &'h str) -> Option<Event<'h>> {
        let name = tag_name(&rest[1..]);
        let (attributes, length) = attributes(&rest[1 + name.len()..]);
        self.at += 1 + name.len() + length?;
        if RAW.contains(&name.as_str()) {
            self.raw = Some(name.clone());
        }
        Some(Event::Open(name, attributes))
    }

    fn end_tag(&mut self, rest: &'h str) -> Option<Event<'h>> {
        let name = tag_name(&rest[2..]);
        let (_, length) = attributes(&rest[2 + name.len()..]);
        self.at += 2 + name.len() + length?;
        Some(Event::Close(name))
    }

    /// What stands before the end tag of such an element; the rest of the page where it has none.
    fn raw_text(&mut self, name: &str) -> Option<Event<'h>> {
        let rest = &self.html[self.at..];
        let mut end = rest.len();
        for (at, _) in rest.match_indices("</") {
            let tag = rest.as_bytes().get(at + 2..at + 2 + name.len());
            let after = rest.as_bytes().get(at + 2 + name.len());
            if tag.is_some_and(|tag| tag.eq_ignore_ascii_case(name.as_bytes()))
                && after.is_none_or(|c| c.is_ascii_whitespace() || matches!(c, b'>' | b'/'))
            {
                end = at;
                break;
            }
        }
        self.at += end;
        (end > 0).then(|| Event::Raw(&rest[..end]))
    }
}

/// The name that a tag begins with, in lower case.
fn tag_name(rest: &str) -> String {
    let end = rest.find(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/')).unwrap_or(rest.len());
    rest[..end].to_ascii_lowercase()
}

/// How many bytes it takes to come past the next `mark`.
fn past(rest: &str, mark: &str) -> usize {
    rest.find(mark).map_or(rest.len(), |at| at + mark.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(html: &str) -> Vec<String> {
        let show = |event| match event {
            Event::Open(name, attributes) => {
                let attributes: String = attributes.iter().map(|(n, v)| format!(" {n}={v}")).collect();
                format!("<{name}{attributes}>")
            }
            Event::Close(name) => format!("</{name}>"),
            Event::Text(text) => text.to_owned(),
            Event::Raw(text) => format!("[{text}]"),
        };
        events(html).map(show).collect()
    }

    #[test]
    fn tags_text_and_what_is_no_markup() {
        let cases: [(&str, &[&str]); 10] = [
            ("<P Class='a b' hidden>x</P >y", &["<p class=a b hidden=>", "x", "</p>", "y"]),
            ("a < b <3 c", &["a ", "< b ", "<3 c"]),
            ("a<!-- <b> -->c<!doctype html>d<?php e?>f", &["a", "c", "d", "f"]),
            ("<script>if (a</b) '<p>'</SCRIPT>x", &["<script>", "[if (a</b) '<p>']", "</script>", "x"]),
            ("<title>a<b></title>", &["<title>", "[a<b>]", "</title>"]),
            ("<a href=x/y?a&amp;b title=\"1 > 2\">", &["<a href=x/y?a&b title=1 > 2>"]),
            ("<br/><img src=a />", &["<br>", "<img src=a>"]),
            ("x<b", &["x"]),
            ("x</ >y</", &["x", "y", "</"]),
            ("<style>a", &["<style>", "[a]"]),
        ];
        for (html, expected) in cases {
            assert_eq!(shown(html), expected, "{html}");
        }
    }

    #[test]
    fn hostile_pages_take_linear_time() {
        let many = 300_000;
        let attributes: String = (0..many).map(|n| format!(" a{n}=1")).collect();
        assert_eq!(events(&format!("<p{attributes}>x")).count(), 2);
        assert_eq!(events(&"<!--".repeat(many)).count(), 0);
        assert_eq!(events(&"<script></scrip".repeat(many)).count(), 2);
        assert_eq!(events(&"<".repeat(many)).count(), many);
        assert_eq!(events(&"<a b=\"".repeat(many)).count(), 0);
        assert!(events(&"<div>".repeat(4 << 20)).count() <= LONGEST_PAGE / 5 + 1);
    }
}
