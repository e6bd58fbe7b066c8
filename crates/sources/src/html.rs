//! HTML as a tree, for pages of a known make; what would cost more than its length is worth is refused first.

use ego_tree::iter::Edge;
use scraper::{ElementRef, Html, Node};

use crate::Fault;

/// What a page may cost to parse, in visits of open elements. A page of Telegram's costs some 100,000.
const COST: u64 = 50_000_000;

/// Elements that end where the next of their kind begins, and those without content: they do not nest.
const FLAT: [&str; 24] = [
    "area", "base", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta", "option", "p",
    "param", "source", "td", "th", "tr", "track", "tbody", "thead", "wbr",
];

/// Elements that start a line of their own.
const BLOCKS: [&str; 16] = [
    "address",
    "article",
    "blockquote",
    "div",
    "dd",
    "dt",
    "h1",
    "h2",
    "h3",
    "h4",
    "li",
    "p",
    "pre",
    "section",
    "tr",
    "ul",
];

/// Parses a page.
///
/// The standard's algorithm walks up the open elements at most tags, and opens formatting elements again that were left
/// open: on a page of a million open elements that is quadratic. So the open elements are counted first.
pub(crate) fn parse(html: &str) -> Result<Html, Fault> {
    if cost(html) > COST { Err(Fault::Limit("depth of a page")) } else { Ok(Html::parse_document(html)) }
}

fn cost(html: &str) -> u64 {
    let bytes = html.as_bytes();
    let (mut at, mut depth, mut cost) = (0, 0_u64, 0_u64);
    while let Some(open) = bytes[at..].iter().position(|byte| *byte == b'<') {
        let closing = bytes.get(at + open + 1) == Some(&b'/');
        let from = at + open + 1 + usize::from(closing);
        let length = bytes[from..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        at = from;
        if length == 0 {
            continue;
        }
        let (end, attributes) = tag(bytes, from + length);
        // Each attribute of a tag is compared with those before it.
        cost = cost.saturating_add(depth + 1).saturating_add(attributes.saturating_mul(attributes) / 2);
        at = end;
        let name = &bytes[from..from + length];
        if !FLAT.iter().any(|flat| name.eq_ignore_ascii_case(flat.as_bytes())) {
            depth = if closing { depth.saturating_sub(1) } else { depth + 1 };
        }
    }
    cost
}

/// Where a tag ends, from behind its name on, and at most how many attributes it has.
fn tag(bytes: &[u8], from: usize) -> (usize, u64) {
    let (mut at, mut attributes) = (from, 0);
    while at < bytes.len() && bytes[at] != b'>' {
        match bytes[at] {
            b' ' | b'\t' | b'\n' | b'\r' | 0xc | b'/' => attributes += 1,
            b'=' => {
                attributes += 1;
                at += bytes[at + 1..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
                let quote = bytes.get(at + 1).copied().filter(|byte| matches!(byte, b'"' | b'\''));
                if let Some(quote) = quote {
                    let length = bytes[at + 2..].iter().position(|byte| *byte == quote);
                    at += 1 + length.map_or(bytes.len() - at - 2, |length| length + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
    (at.min(bytes.len()), attributes)
}

/// The text of an element: `<br>` and block elements as line breaks, white space collapsed but in `<pre>`.
pub(crate) fn text(element: ElementRef<'_>) -> String {
    let mut out = String::new();
    let mut pre = 0_u32;
    let mut gap = false;
    for edge in element.traverse() {
        let (node, opens) = match edge {
            Edge::Open(node) => (node, true),
            Edge::Close(node) => (node, false),
        };
        match node.value() {
            Node::Text(text) if opens && pre > 0 => {
                space(&mut out, &mut gap);
                out.push_str(text);
            }
            Node::Text(text) if opens => words(&mut out, &mut gap, text),
            Node::Element(tag) => {
                let name = tag.name();
                if name == "pre" {
                    pre = if opens { pre + 1 } else { pre.saturating_sub(1) };
                }
                if (name == "br" && opens) || (BLOCKS.contains(&name) && node != *element && !out.is_empty()) {
                    gap = false;
                    let broken = out.ends_with('\n');
                    if name == "br" || !broken {
                        out.push('\n');
                    }
                }
            }
            _ => {}
        }
    }
    let lines: Vec<&str> = out.trim().lines().map(str::trim_end).collect();
    lines.join("\n")
}

/// HTML's own white space collapses; a no-break space stays what it is.
fn words(out: &mut String, gap: &mut bool, text: &str) {
    for piece in text.split_inclusive([' ', '\t', '\n', '\r', '\u{c}']) {
        let word = piece.trim_end_matches([' ', '\t', '\n', '\r', '\u{c}']);
        if !word.is_empty() {
            space(out, gap);
            out.push_str(word);
        }
        *gap |= word.len() < piece.len();
    }
}

fn space(out: &mut String, gap: &mut bool) {
    if *gap && !out.is_empty() && !out.ends_with('\n') {
        out.push(' ');
    }
    *gap = false;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(html: &str) -> String {
        text(parse(html).unwrap().root_element())
    }

    #[test]
    fn text_has_the_lines_that_a_reader_sees() {
        for (html, expected) in [
            ("one <b>two</b>three", "one twothree"),
            ("  one\n   two <br/> three<br><br>four ", "one two\nthree\n\nfour"),
            ("a<b>b</b> <i>c</i>", "ab c"),
            ("a&nbsp;b &amp;amp; &lt;c&gt;", "a\u{a0}b &amp; <c>"),
            ("<div>one</div><div>two</div>", "one\ntwo"),
            ("<pre>a\n  b</pre>c", "a\n  b\nc"),
            ("", ""),
        ] {
            assert_eq!(of(html), expected, "{html}");
        }
    }

    #[test]
    fn what_would_take_quadratic_time_is_refused() {
        let deep = "<div>".repeat(200_000);
        assert_eq!(parse(&deep).unwrap_err(), Fault::Limit("depth of a page"));
        let formats: String = (0..20_000).map(|at| format!("<b id={at}>")).collect();
        assert!(parse(&(formats + &"<p>x".repeat(100_000))).is_err());
        let attributes: String = (0..200_000).map(|at| format!(" a{at}")).collect();
        assert!(parse(&format!("<p{attributes}>")).is_err());
        assert!(parse(&format!("<p x='>'{attributes}>")).is_err());
        assert!(parse(&format!("<p {}", "<b ".repeat(100_000))).is_err());
        assert!(parse(&format!("<p {}", "a=\"\"".repeat(100_000))).is_err());
        assert!(parse(&"<p>x".repeat(10_000)).is_ok());
        assert!(parse(&"<div class='a b c' title=\"1 > 2\"><b>x</b></div>".repeat(2_000)).is_ok());
        assert!(parse(&"<".repeat(100_000)).is_ok());
        for end in ["<p", "<p ", "<p a=", "<p a='", "<p a = \"x", "</", "</p", "<p/"] {
            assert!(parse(end).is_ok(), "{end}");
        }
    }
}
