//! The comparison as a person reads it in a terminal.
//!
//! What was sent runs through, wrapped to a width; what was left out and what was put in stand where they belong.
//! Passages left out that are longer than a line shrink to a numbered hole with its size unless all is
//! asked for. With colour: red struck out, green underlined, blue for what was moved; without: `[-left out-]`,
//! `{+put in+}`, `<moved text moved>`. Slips of single letters are marked like any other change.

use std::fmt::Write;

use crate::changes::{Change, ChangeKind};
use crate::compare::Comparison;
use crate::trace::{Trace, Tracer};
use countermark_text::Span;

/// How differences are marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marks {
    /// With ANSI colours.
    Colour,
    /// With `[-…-]` and `{+…+}`.
    Plain,
}

/// How much of what was left out is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holes {
    /// A long passage that was left out is a numbered hole.
    Closed,
    /// Everything.
    Open,
}

/// Longer omissions than this, in words, become holes.
const HOLE: usize = 12;

/// Narrower than this nothing can be read.
const NARROWEST: usize = 20;

/// Renders a comparison; `width` in columns, at least 20.
pub fn render(comparison: &Comparison, marks: Marks, holes: Holes, width: usize) -> String {
    interleave(&comparison.sent, &comparison.changes, marks, holes, width)
}

/// Renders a trace against the message that it was made from.
pub fn render_trace(tracer: &Tracer, trace: &Trace, marks: Marks, holes: Holes, width: usize) -> String {
    interleave(tracer.sent(), &trace.changes, marks, holes, width)
}

/// How a piece of the view is marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    Added,
    Hole,
    Moved,
    Omitted,
    Same,
}

fn interleave(sent: &str, changes: &[Change], marks: Marks, holes: Holes, width: usize) -> String {
    let mut page = Page { out: String::new(), column: 0, width: width.max(NARROWEST), marks };
    // A stretch that was moved may hold other changes: it is the ground on which they are shown.
    let (moved, changed): (Vec<&Change>, Vec<&Change>) = changes.iter().partition(|c| c.kind == ChangeKind::Moved);
    let moved: Vec<Span> = moved.into_iter().map(|change| change.sent_at.clone()).collect();
    let mut at = 0;
    let mut hole = 0;
    for change in changed {
        // What is printed already is not printed twice.
        let start = change.sent_at.start.max(at);
        let end = change.sent_at.end.max(start);
        page.unchanged(sent, at..start, &moved);
        let old = sent.get(start..end).unwrap_or("");
        let new = change.published.as_ref().map_or("", |quote| &quote.text);
        let words = countermark_text::word_count(old);
        if words > HOLE && holes == Holes::Closed && new.is_empty() {
            hole += 1;
            page.mark(&format!("hole {hole}: {words} words"), Style::Hole);
        } else {
            page.mark(old, Style::Omitted);
        }
        if old.is_empty() {
            page.space();
        }
        page.mark(new, Style::Added);
        if old.is_empty() && !sent.get(end..).unwrap_or("").starts_with(char::is_whitespace) {
            page.space();
        }
        at = end;
    }
    page.unchanged(sent, at..sent.len(), &moved);
    if !page.out.ends_with('\n') {
        page.out.push('\n');
    }
    page.out
}

/// Text wrapped to a width. Widths count characters: wide scripts may run over the edge, which harms nothing.
struct Page {
    out: String,
    column: usize,
    width: usize,
    marks: Marks,
}

impl Page {
    /// A stretch of what was sent that stands in the leak too; what of it was moved is shown so.
    fn unchanged(&mut self, sent: &str, within: Span, moved: &[Span]) {
        let mut at = within.start;
        while at < within.end {
            let here = moved.iter().find(|span| span.contains(&at));
            let end = match here {
                Some(span) => span.end,
                None => moved.iter().map(|span| span.start).filter(|start| *start > at).min().unwrap_or(within.end),
            }
            .min(within.end);
            if here.is_some_and(|span| span.start == at) && self.marks == Marks::Plain {
                self.text("<", Style::Same);
            }
            self.text(sent.get(at..end).unwrap_or(""), if here.is_some() { Style::Moved } else { Style::Same });
            if here.is_some_and(|span| span.end == end) && self.marks == Marks::Plain {
                self.text(" moved>", Style::Same);
            }
            at = end;
        }
    }

    fn mark(&mut self, text: &str, style: Style) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        if style == Style::Added && self.out.ends_with([']', 'm']) {
            self.space();
        }
        match self.marks {
            Marks::Plain => {
                let (open, close) = if style == Style::Added { ("{+", "+}") } else { ("[-", "-]") };
                self.text(&format!("{open}{}{close}", clean(text)), Style::Same);
            }
            Marks::Colour => self.text(text, style),
        }
    }

    fn space(&mut self) {
        if self.column > 0 && !self.out.ends_with(' ') {
            self.out.push(' ');
            self.column += 1;
        }
    }

    /// Text with its own line breaks, wrapped at white space.
    fn text(&mut self, text: &str, style: Style) {
        for (i, line) in clean(text).split('\n').enumerate() {
            if i > 0 {
                self.out.push('\n');
                self.column = 0;
            }
            for piece in line.split_inclusive(' ') {
                let word = piece.trim_end_matches(' ');
                let columns = word.chars().count();
                if self.column > 0 && self.column + columns > self.width {
                    let kept = self.out.trim_end_matches(' ').len();
                    self.out.truncate(kept);
                    self.out.push('\n');
                    self.column = 0;
                }
                self.paint(word, style);
                self.column += columns;
                if piece.ends_with(' ') && self.column > 0 && self.column < self.width {
                    self.out.push(' ');
                    self.column += 1;
                }
            }
        }
    }

    /// Colour goes around each word, so that a line break never carries it on.
    fn paint(&mut self, word: &str, style: Style) {
        let code = match (self.marks, style) {
            (Marks::Plain, _) | (_, Style::Same) => None,
            (_, Style::Added) => Some("32;4"),
            (_, Style::Hole) => Some("31;7"),
            (_, Style::Moved) => Some("34"),
            (_, Style::Omitted) => Some("31;9"),
        };
        match code {
            Some(code) if !word.is_empty() => {
                let _ = write!(self.out, "\u{1b}[{code}m{word}\u{1b}[0m");
            }
            _ => self.out.push_str(word),
        }
    }
}

/// What was published comes from outside: control characters in it must not reach the terminal.
fn clean(text: &str) -> String {
    text.chars()
        .filter_map(|c| match c {
            '\n' => Some('\n'),
            '\r' => None,
            c if c.is_whitespace() => Some(' '),
            c if c.is_control() || is_bidi(c) => Some('\u{fffd}'),
            c => Some(c),
        })
        .collect()
}

/// Marks that turn the order of what follows.
fn is_bidi(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
