//! The text that an HTML mail shows, and nothing else: what is quoted stands behind `>`, as in plain mail.

use crate::html::{Event, VOID, events, unescape};

/// So deep does no mail program nest quotations.
const DEEPEST: usize = 200;

/// An element that changes whose words, or whether any, stand in it.
struct Open {
    name: String,
    /// Open elements of the same name inside it, whose ends are not its own.
    inside: usize,
    quote: bool,
    hidden: bool,
}

/// The text.
pub(super) fn plain(page: &str) -> String {
    let mut out = Writer::default();
    let mut open: Vec<Open> = Vec::new();
    for event in events(page) {
        match event {
            Event::Text(_) if open.iter().any(|one| one.hidden) => {}
            Event::Text(text) => out.text(&unescape(text)),
            Event::Raw(_) => {}
            Event::Open(name, attributes) => {
                if name == "br" || is_block(&name) {
                    out.end(name == "br");
                }
                if name == "body" {
                    open.retain(|one| one.name != "head");
                }
                let (quote, hidden) = (is_quote(&name, &attributes), is_hidden(&name, &attributes));
                if VOID.contains(&name.as_str()) {
                    continue;
                }
                if (quote || hidden) && open.len() < DEEPEST {
                    out.depth += usize::from(quote);
                    open.push(Open { name, inside: 0, quote, hidden });
                } else if let Some(around) = open.iter_mut().rfind(|one| one.name == name) {
                    around.inside += 1;
                }
            }
            Event::Close(name) => {
                if is_block(&name) {
                    out.line();
                }
                match open.iter().rposition(|one| one.name == name) {
                    Some(at) if open[at].inside > 0 => open[at].inside -= 1,
                    Some(at) => {
                        out.line();
                        out.depth -= open.drain(at..).filter(|one| one.quote).count();
                    }
                    None => {}
                }
            }
        }
    }
    out.finish()
}

/// Lines, each with its depth of quotation.
#[derive(Default)]
struct Writer {
    out: String,
    line: String,
    depth: usize,
    space: bool,
}

impl Writer {
    /// White space of the source is one space; a space that does not break is one as well.
    fn text(&mut self, text: &str) {
        for c in text.chars() {
            if c.is_whitespace() {
                self.space = !self.line.is_empty();
                continue;
            }
            if std::mem::take(&mut self.space) {
                self.line.push(' ');
            }
            self.line.push(c);
        }
    }

    /// Ends a line that has something.
    fn line(&mut self) {
        if !self.line.is_empty() {
            self.end(true);
        }
    }

    /// Ends the line; an empty one only where that is what stands there.
    fn end(&mut self, even_empty: bool) {
        self.space = false;
        if self.line.is_empty() && !even_empty {
            return;
        }
        if self.depth > 0 {
            self.out.push_str(&">".repeat(self.depth));
            self.out.push(' ');
        }
        self.out.push_str(&std::mem::take(&mut self.line));
        self.out.push('\n');
    }

    fn finish(mut self) -> String {
        self.line();
        self.out
    }
}

fn is_block(name: &str) -> bool {
    const BLOCKS: [&str; 23] = [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "header",
        "hr",
        "li",
        "ol",
        "p",
        "table",
        "tr",
        "ul",
    ];
    BLOCKS.contains(&name)
}

/// Earlier text, as the mail programs mark it.
fn is_quote(name: &str, attributes: &[(String, String)]) -> bool {
    let marked = |class: &str| matches!(class, "gmail_quote_container" | "yahoo_quoted");
    // `gmail_quote` holds the line "On … wrote:" as well; that line is found by its words.
    name == "blockquote" || attribute(attributes, "class").split_whitespace().any(marked)
}

/// What a browser does not show: such texts are put in by senders of bulk mail, and by who wants to deceive a filter.
fn is_hidden(name: &str, attributes: &[(String, String)]) -> bool {
    let hidden = matches!(name, "head" | "script" | "style" | "template" | "title" | "noscript");
    let style = attribute(attributes, "style").to_ascii_lowercase().replace(' ', "");
    let has = attributes.iter().any(|(name, _)| name == "hidden");
    hidden || has || style.contains("display:none") || style.contains("visibility:hidden")
}

fn attribute<'a>(attributes: &'a [(String, String)], name: &str) -> &'a str {
    attributes.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown() {
        for (page, text) in [
            ("<p>One.</p><p>Two <b>three</b>.</p>", "One.\nTwo three.\n"),
            ("One<br>two<br><br>three", "One\ntwo\n\nthree\n"),
            ("<div>a&nbsp;b\n c</div>", "a b c\n"),
            ("<style>p{}</style><p>x</p><script>y</script>", "x\n"),
            ("<p>x</p><div style=\"display: none\">hidden</div>", "x\n"),
            ("<p>Mine.</p><blockquote>Yours.<br>And more.</blockquote>", "Mine.\n> Yours.\n> And more.\n"),
            ("<blockquote>a<blockquote>b</blockquote></blockquote>c", "> a\n>> b\nc\n"),
            (
                "<p>Mine.<p>And mine.<div class=gmail_quote_container><div>Yours.</div>Still.</div>Mine.",
                "Mine.\nAnd mine.\n> Yours.\n> Still.\nMine.\n",
            ),
            ("<head><title>no</title><body>Gr&uuml;&szlig;e &amp; x", "Grüße & x\n"),
            ("", ""),
        ] {
            assert_eq!(plain(page), text, "{page}");
        }
    }

    #[test]
    fn a_page_that_nests_without_end_is_read() {
        let page = format!("{}deep", "<blockquote><div>".repeat(100_000));
        assert!(plain(&page).contains("deep"));
    }
}
