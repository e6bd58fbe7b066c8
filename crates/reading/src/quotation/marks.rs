//! Where quotation marks open and close: “…”, "…", ‘…’, '…', « … », »…«, „…“, ‹…›, each within others, over several paragraphs.
//!
//! One pass with a small stack, so linear whatever is left open. A mark that is never closed takes nothing with it: its quotation
//! is given up at the end of the paragraph, unless the next one opens with the same mark again, or the closing one follows before
//! another of the same kind opens.

use countermark_text::Span;

/// How deep marks are followed into each other; deeper ones push the outermost out.
const DEEPEST: usize = 6;

/// The longest quotation, in bytes, and over how many paragraphs: longer ones are more likely a mark left open.
const LONGEST: usize = 16 << 10;
const MOST_PARAGRAPHS: usize = 60;

/// How far it is looked ahead for a better end of a quotation in single marks.
const AHEAD: usize = 300;

/// What stands between an opening and a closing mark: one span for every paragraph that opens with the mark again. Marks are
/// outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Marked {
    pub pieces: Vec<Span>,
    /// With the marks.
    pub whole: Span,
}

/// A mark that is open.
struct Open {
    mark: char,
    /// Where its first piece begins, and where the mark stands.
    from: usize,
    mark_at: usize,
    paragraph: usize,
    /// Pieces of the paragraphs before.
    pieces: Vec<Span>,
    /// Where an inner quotation in the same marks closed last: one closing mark often serves for both.
    inner: Option<Span>,
}

/// Finds the outermost quotations of a text, in order.
pub(super) fn marked(text: &str) -> Vec<Marked> {
    let mut scan = Scan { text, stack: Vec::new(), found: Vec::new(), paragraph: 0 };
    let mut before = None;
    let mut characters = text.char_indices().peekable();
    let mut breaks = 0;
    while let Some((at, c)) = characters.next() {
        let after = characters.peek().map(|(_, c)| *c);
        match c {
            '\n' => breaks += 1,
            c if c.is_whitespace() => {}
            c => {
                // A line that begins with a mark begins a paragraph also where no empty line stands before it.
                let begins = breaks >= 2 || (breaks == 1 && is_mark(c)) || before.is_none();
                if begins && breaks > 0 {
                    scan.end_paragraph();
                }
                breaks = 0;
                scan.mark(at, c, before, after, begins);
            }
        }
        before = Some(c);
    }
    scan.end_paragraph();
    outermost(scan.found)
}

fn is_mark(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '«' | '»' | '‘')
}

/// What lies inside another is part of it.
fn outermost(mut found: Vec<Marked>) -> Vec<Marked> {
    found.sort_by_key(|marked| (marked.whole.start, std::cmp::Reverse(marked.whole.end)));
    let mut end = 0;
    found.retain(|marked| {
        let outside = marked.whole.start >= end;
        end = end.max(marked.whole.end);
        outside && marked.pieces.iter().any(|piece| !piece.is_empty())
    });
    found
}

/// What an opening mark is closed with.
fn closes(open: char, close: char) -> bool {
    match open {
        '“' => close == '”',
        '„' => matches!(close, '“' | '”' | '"'),
        '”' => close == '”',
        '«' => close == '»',
        '»' => close == '«',
        '‹' => close == '›',
        '‘' => close == '’',
        '‚' => matches!(close, '‘' | '’'),
        mark => mark == close,
    }
}

struct Scan<'t> {
    text: &'t str,
    stack: Vec<Open>,
    found: Vec<Marked>,
    paragraph: usize,
}

impl Scan<'_> {
    fn mark(&mut self, at: usize, c: char, before: Option<char>, after: Option<char>, begins: bool) {
        let free = before.is_none_or(|c| {
            c.is_whitespace() || matches!(c, '(' | '[' | '—' | '–' | '-' | '/' | ':') || is_mark(c) || c == '\''
        });
        let touching = after.is_some_and(|c| !c.is_whitespace());
        let ended = after.is_none_or(|c| !c.is_alphanumeric());
        let spaced = after.is_some_and(|c| matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}'));
        let (opens, can_close) = match c {
            // Closes a German quotation, unless it stands as an English one begins.
            '“' => {
                let german = self.is_open('„') && !(free && after.is_some_and(char::is_alphanumeric));
                (!german && touching, german)
            }
            '”' => (free && touching && !self.can_close(c), true),
            '„' | '‚' | '‹' => (touching, false),
            '«' => (!self.is_open('»') && (touching || spaced), true),
            '»' => (free && after.is_some_and(char::is_alphanumeric) && !self.can_close(c), true),
            '›' => (false, true),
            '"' => (free && touching, before.is_some_and(|c| !c.is_whitespace())),
            '‘' => {
                let german = self.is_open('‚') && !(free && after.is_some_and(char::is_alphanumeric));
                (!german && free && touching, german)
            }
            '’' => (false, ended && self.ends_single(at, c, before)),
            '\'' => (
                free && after.is_some_and(char::is_alphabetic),
                before.is_some_and(|c| !c.is_whitespace()) && ended && self.ends_single(at, c, before),
            ),
            _ => return,
        };
        if opens && begins && self.goes_on(c, at + c.len_utf8()) {
            return;
        }
        if can_close && self.can_close(c) {
            self.close(at, c);
        } else if opens {
            self.open(at, c);
        }
    }

    fn is_open(&self, mark: char) -> bool {
        self.stack.iter().any(|open| open.mark == mark)
    }

    fn can_close(&self, c: char) -> bool {
        self.stack.iter().any(|open| closes(open.mark, c))
    }

    /// Whether an apostrophe ends a quotation: not that of a plural (`the ministers’ plan’`) with a better end behind it.
    fn ends_single(&self, at: usize, c: char, before: Option<char>) -> bool {
        if before.is_none_or(|c| !c.is_alphanumeric()) || before != Some('s') {
            return true;
        }
        let from = at + c.len_utf8();
        let ahead = &self.text[from..self.text.floor_char_boundary(from + AHEAD)];
        let ahead = ahead.split("\n\n").next().unwrap_or(ahead);
        if !ahead.starts_with(' ') || !ahead[1..].starts_with(char::is_lowercase) {
            return true;
        }
        let end = ahead.find(|c: char| c == '‘' || is_mark(c)).unwrap_or(ahead.len());
        let better = |(at, _): (usize, &str)| {
            ahead[..at].ends_with(['.', ',', '!', '?', '…'])
                && ahead[at + c.len_utf8()..].chars().next().is_none_or(|c| !c.is_alphanumeric())
        };
        !ahead[..end].match_indices(c).any(better)
    }

    /// The first mark of a paragraph, where the same one is open from the paragraph before: the quotation goes on.
    fn goes_on(&mut self, mark: char, from: usize) -> bool {
        let paragraph = self.paragraph;
        let Some(open) = self.stack.last_mut().filter(|open| open.mark == mark && open.paragraph < paragraph) else {
            return false;
        };
        let begun = open.from;
        let piece = self.text[begun..from - mark.len_utf8()].trim_end();
        open.pieces.push(begun..begun + piece.len());
        open.from = from;
        open.paragraph = paragraph;
        true
    }

    fn open(&mut self, at: usize, mark: char) {
        // One that is open from a paragraph before was left open, as was a straight one before another that can only open.
        let paragraph = self.paragraph;
        let straight = matches!(mark, '"' | '\'');
        self.stack
            .retain(|open| open.mark != mark || (open.paragraph == paragraph && !straight && open.pieces.is_empty()));
        if self.stack.len() >= DEEPEST {
            self.stack.remove(0);
        }
        let from = at + mark.len_utf8();
        self.stack.push(Open { mark, from, mark_at: at, paragraph, pieces: Vec::new(), inner: None });
    }

    fn close(&mut self, at: usize, c: char) {
        let Some(depth) = self.stack.iter().rposition(|open| closes(open.mark, c)) else { return };
        self.stack.truncate(depth + 1);
        let Some(open) = self.stack.pop() else { return };
        let whole = open.mark_at..at + c.len_utf8();
        if let Some(outer) = self.stack.last_mut().filter(|outer| outer.mark == open.mark) {
            outer.inner = Some(whole.clone());
        }
        self.keep(open, at, whole);
    }

    fn keep(&mut self, open: Open, end: usize, whole: Span) {
        if whole.len() > LONGEST {
            return;
        }
        let mut pieces = open.pieces;
        pieces.push(open.from..end);
        // French marks stand apart from what they hold.
        let pieces = pieces.into_iter().map(|piece| trim(self.text, piece)).collect();
        self.found.push(Marked { pieces, whole });
    }

    /// What the end of a paragraph leaves open.
    fn end_paragraph(&mut self) {
        self.paragraph += 1;
        let paragraph = self.paragraph;
        let stack = std::mem::take(&mut self.stack);
        for open in stack {
            // `«Газета «Вестник»`: the one mark closes both.
            if let Some(inner) = open.inner.clone()
                && self.text[inner.clone()].split_whitespace().count() <= 4
                && self.text[inner.end..].chars().next().is_none_or(|c| !c.is_alphanumeric())
            {
                let whole = open.mark_at..inner.end;
                let close = self.text[..inner.end].char_indices().next_back().map_or(inner.end, |(at, _)| at);
                self.keep(open, close, whole);
            } else if !matches!(open.mark, '\'' | '‘' | '‚') && paragraph - open.paragraph <= MOST_PARAGRAPHS {
                self.stack.push(open);
            }
        }
    }
}

fn trim(text: &str, span: Span) -> Span {
    let inside = &text[span.clone()];
    let start = span.start + inside.len() - inside.trim_start().len();
    start..start + inside.trim().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let show = |marked: Marked| {
            marked.pieces.into_iter().map(|piece| text[piece].to_owned()).collect::<Vec<_>>().join("|")
        };
        marked(text).into_iter().map(show).collect()
    }

    #[test]
    fn marks_of_four_languages() {
        let cases: [(&str, &[&str]); 24] = [
            ("He said “no”.", &["no"]),
            ("\"We will\", he wrote, \"not yield\"", &["We will", "not yield"]),
            ("“He said ‘no’ twice.”", &["He said ‘no’ twice."]),
            ("He said 'we don't know' and left", &["we don't know"]),
            ("‘The ministers’ plan failed,’ she said.", &["The ministers’ plan failed,"]),
            ("the ministers’ plan, the kings’ plan", &[]),
            ("Er sagte: „Wir bleiben.“ Und ging.", &["Wir bleiben."]),
            ("Er sagte: „Wir bleiben.\" Und ging.", &["Wir bleiben."]),
            ("»Wir bleiben«, sagte er.", &["Wir bleiben"]),
            ("„Sie sagte ‚nein‘ dazu“, so Holm", &["Sie sagte ‚nein‘ dazu"]),
            ("Il a dit : « Nous restons », puis « non ».", &["Nous restons", "non"]),
            ("Он сказал: «Мы читаем „Вестник“ утром».", &["Мы читаем „Вестник“ утром"]),
            ("«Мы читаем газету «Вестник»,— сказал он.", &["Мы читаем газету «Вестник"]),
            ("«Мы читаем «Вестник» утром»,— сказал он.", &["Мы читаем «Вестник» утром"]),
            ("“Left open.\n\nNext “closed”.", &["closed"]),
            ("\"Left open.\n\nHe said \"closed\".", &["closed"]),
            ("“One.\n\n“Two.\n\n“Three,” he said.", &["One.|Two.|Three,"]),
            ("«Один.\n\n«Два», сказал он.", &["Один.|Два"]),
            ("“Dear Ina,\n\nwe yield.\n\nArne”", &["Dear Ina,\n\nwe yield.\n\nArne"]),
            ("a 6'2\" man and a 5\" nail", &[]),
            ("” stray » close ’ marks", &[]),
            ("(“yes”)—“no”", &["yes", "no"]),
            ("She said:\"Yes\".", &["Yes"]),
            ("“”", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn nothing_left_open_swallows_the_rest() {
        for mark in ["“", "\"", "«", "„", "‘", "'", "»", "‹", "‚"] {
            let text = format!("{mark}Never closed here. And so on.\n\nThen she said “we will stay” again.");
            assert!(found(&text).contains(&"we will stay".to_owned()), "{text}: {:?}", found(&text));
        }
    }
}
