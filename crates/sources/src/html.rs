//! The text of elements, for pages of a known make.

use countermark_reading::markup::{Edge, Spot};

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

/// The text of an element: `<br>` and block elements as line breaks, white space collapsed but in `<pre>`.
pub(crate) fn text(element: Spot<'_>) -> String {
    let mut out = String::new();
    let mut pre = 0_u32;
    let mut gap = false;
    for edge in element.edges() {
        let (spot, opens) = match edge {
            Edge::Text(text) if pre > 0 => {
                space(&mut out, &mut gap);
                out.push_str(text);
                continue;
            }
            Edge::Text(text) => {
                words(&mut out, &mut gap, text);
                continue;
            }
            Edge::Open(spot) => (spot, true),
            Edge::Close(spot) => (spot, false),
        };
        let name = spot.name();
        if name == "pre" {
            pre = if opens { pre + 1 } else { pre.saturating_sub(1) };
        }
        if (name == "br" && opens) || (BLOCKS.contains(&name) && !out.is_empty()) {
            gap = false;
            if name == "br" || !out.ends_with('\n') {
                out.push('\n');
            }
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
    use countermark_reading::markup::Markup;

    use super::*;

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
            let page = Markup::parse(&format!("<body>{html}</body>"));
            assert_eq!(text(page.elements().next().unwrap()), expected, "{html}");
        }
    }
}
