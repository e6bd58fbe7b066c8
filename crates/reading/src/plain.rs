//! A fragment of HTML as plain text.

use crate::html::{Event, events, unescape};

/// The plain text of a piece of HTML: `<br>` is a line break, paragraphs stand apart by an empty line, list items and table rows on
/// lines of their own; scripts, styles and comments are gone. Of more than [`LONGEST_PAGE`](crate::LONGEST_PAGE) bytes the rest is
/// cut.
pub fn plain(html: &str) -> String {
    let mut lines = Lines::default();
    let mut skipped = 0_u32;
    for event in events(html) {
        match event {
            Event::Open(name, _) if SILENT.contains(&name.as_str()) => skipped += 1,
            Event::Close(name) if SILENT.contains(&name.as_str()) => skipped = skipped.saturating_sub(1),
            Event::Text(text) if skipped == 0 => lines.text(&unescape(text)),
            Event::Open(name, _) if name == "pre" => lines.pre(true),
            Event::Close(name) if name == "pre" => lines.pre(false),
            Event::Open(name, _) | Event::Close(name) => lines.turn(Break::of(&name)),
            Event::Text(_) | Event::Raw(_) => {}
        }
    }
    lines.finish()
}

/// Elements of which nothing is text.
const SILENT: [&str; 5] = ["template", "svg", "math", "object", "datalist"];

/// What an element does to the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Break {
    /// Nothing.
    None,
    /// A blank, as between two cells.
    Blank,
    /// The next text begins a line.
    Line,
    /// An empty line stands before the next text.
    Paragraph,
    /// One line break more: `<br>`.
    Forced,
}

impl Break {
    pub(crate) fn of(name: &str) -> Self {
        match name {
            "br" => Self::Forced,
            "td" | "th" => Self::Blank,
            "li" | "tr" | "dt" | "dd" | "option" | "div" | "figcaption" | "caption" | "summary" => Self::Line,
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "dl" | "table" | "blockquote" | "pre"
            | "hr" | "section" | "article" | "main" | "header" | "footer" | "aside" | "nav" | "figure" | "address"
            | "form" | "fieldset" | "details" | "body" | "html" => Self::Paragraph,
            _ => Self::None,
        }
    }
}

/// Text as it gathers, white space collapsed as a browser does.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    out: String,
    breaks: usize,
    blank: bool,
    pre: bool,
}

impl Lines {
    pub(crate) fn text(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '\n' if self.pre => self.breaks = (self.breaks + 1).min(2),
                ' ' | '\t' | '\n' | '\r' | '\u{c}' => self.blank = true,
                c => {
                    self.separate();
                    self.out.push(c);
                }
            }
        }
    }

    pub(crate) fn turn(&mut self, turn: Break) {
        match turn {
            Break::None => {}
            Break::Blank => self.blank = true,
            Break::Line => self.breaks = self.breaks.max(1),
            Break::Paragraph => self.breaks = 2,
            // More than one empty line says no more than one.
            Break::Forced => self.breaks = (self.breaks + 1).min(2),
        }
    }

    fn pre(&mut self, pre: bool) {
        self.turn(Break::Paragraph);
        self.pre = pre;
    }

    fn separate(&mut self) {
        if !self.out.is_empty() {
            match self.breaks {
                0 if self.blank => self.out.push(' '),
                0 => {}
                breaks => self.out.extend(std::iter::repeat_n('\n', breaks)),
            }
        }
        self.breaks = 0;
        self.blank = false;
    }

    pub(crate) fn finish(self) -> String {
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn fragments() {
        let cases = [
            ("<p>One&nbsp;&amp; two<br>three</p><p>Four</p>", "One\u{a0}& two\nthree\n\nFour"),
            ("<ul><li>a<li>b</ul>c", "a\nb\n\nc"),
            ("a<script>alert('<p>')</script><style>p{}</style>b<!-- c -->d", "abd"),
            ("  so   <b>wide</b>\n apart ", "so wide apart"),
            ("a<br><br><br><br>b", "a\n\nb"),
            ("1 < 2 & 3 > 2", "1 < 2 & 3 > 2"),
            ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</table>", "a b\nc"),
            ("<pre>x\ny</pre>z", "x\ny\n\nz"),
            ("<svg><text>no</text></svg>yes", "yes"),
            ("<a href='https://example.org/?a&b'>Mara</a>'s", "Mara's"),
            ("", ""),
        ];
        for (html, text) in cases {
            assert_eq!(plain(html), text, "{html}");
        }
    }

    #[test]
    fn bombs() {
        assert_eq!(plain(&format!("{}x", "<div>".repeat(1_000_000))), "x");
        assert_eq!(plain(&format!("{}x", "<p><b>".repeat(500_000))), "x");
        assert_eq!(plain(&"<a".repeat(1_000_000)), "");
        assert!(plain(&"a ".repeat(50 << 20)).len() <= crate::LONGEST_PAGE);
    }
}
