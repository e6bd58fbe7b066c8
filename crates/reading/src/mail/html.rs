//! The text that an HTML mail shows, and nothing else: what is quoted stands behind `>`, as in plain mail.

use scraper::{Html, Node, node::Element};

/// So deep does no mail program nest.
const DEEPEST: usize = 200;

/// The text.
pub(super) fn plain(page: &str) -> String {
    let page = Html::parse_document(page);
    let mut out = Writer::default();
    // Without recursion: a hostile page nests as deep as it likes.
    let mut stack = vec![Step::Open(page.tree.root())];
    while let Some(step) = stack.pop() {
        match step {
            Step::Close(block, quote) => {
                if block {
                    out.line();
                }
                if quote {
                    out.depth -= 1;
                }
            }
            Step::Open(node) => match node.value() {
                Node::Text(text) => out.text(text),
                Node::Element(element) if is_hidden(element) => {}
                Node::Element(element) => {
                    let (block, quote) = (is_block(element.name()), is_quote(element) && out.depth < DEEPEST);
                    if block || element.name() == "br" {
                        out.end(element.name() == "br");
                    }
                    out.depth += usize::from(quote);
                    stack.push(Step::Close(block, quote));
                    // The children come in order from the top of the stack.
                    let children: Vec<_> = node.children().map(Step::Open).collect();
                    stack.extend(children.into_iter().rev());
                }
                Node::Document | Node::Fragment => {
                    stack.extend(node.children().map(Step::Open).collect::<Vec<_>>().into_iter().rev())
                }
                _ => {}
            },
        }
    }
    out.finish()
}

enum Step<N> {
    Open(N),
    Close(bool, bool),
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
fn is_quote(element: &Element) -> bool {
    let class = element.attr("class").unwrap_or_default();
    // `gmail_quote` holds the line "On … wrote:" as well; that line is found by its words.
    element.name() == "blockquote"
        || class.split_whitespace().any(|c| matches!(c, "gmail_quote_container" | "yahoo_quoted"))
}

/// What a browser does not show: such texts are put in by senders of bulk mail, and by who wants to deceive a filter.
fn is_hidden(element: &Element) -> bool {
    let hidden = matches!(element.name(), "head" | "script" | "style" | "template" | "title" | "noscript");
    let style = element.attr("style").unwrap_or_default().to_ascii_lowercase().replace(' ', "");
    hidden || element.attr("hidden").is_some() || style.contains("display:none") || style.contains("visibility:hidden")
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
            ("", ""),
        ] {
            assert_eq!(plain(page), text, "{page}");
        }
    }

    #[test]
    fn a_page_that_nests_without_end_is_read() {
        let page = format!("{}deep", "<blockquote>".repeat(5_000));
        assert!(plain(&page).contains("deep"));
    }
}
