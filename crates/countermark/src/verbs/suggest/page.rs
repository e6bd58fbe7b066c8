//! A text in lines of a given width: what is seen of each character, and where lines break.

use std::borrow::Cow;

use countermark_review::Span;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// The longest cluster that is shown as it is, in bytes: a family of emoji has 25. Longer ones only pile marks on a letter.
const LONGEST_CLUSTER: usize = 48;

/// What is seen of one character (one grapheme cluster).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell<'t> {
    /// Where, in bytes of the text.
    pub span: Span,
    /// What is shown: never a control character, nothing invisible.
    pub shown: Cow<'t, str>,
    /// Columns: 1 or more, but 0 for the end of a line.
    pub width: usize,
}

/// A text cut into lines.
#[derive(Debug, Clone, Default)]
pub struct Page {
    lines: Vec<Span>,
    width: usize,
}

impl Page {
    /// Cuts a text: at its line ends, between words where a line is full, and in a word that is longer than a line.
    pub fn new(text: &str, width: usize) -> Page {
        let width = width.max(4);
        let mut lines = Vec::new();
        let mut start = 0;
        // The last place to break in this line, and the columns up to there.
        let (mut gap, mut columns_at_gap) = (0, 0);
        let mut columns = 0;
        for cell in cells(text, 0..text.len()) {
            if cell.width == 0 {
                lines.push(start..cell.span.end);
                (start, gap, columns, columns_at_gap) = (cell.span.end, cell.span.end, 0, 0);
                continue;
            }
            let blank = cell.shown == " ";
            // A space at the end of a line may hang over.
            if columns + cell.width > width && !blank {
                let cut = if gap > start { gap } else { cell.span.start };
                lines.push(start..cut);
                columns -= if gap > start { columns_at_gap } else { columns };
                (start, gap, columns_at_gap) = (cut, cut, 0);
            }
            columns += cell.width;
            if blank {
                (gap, columns_at_gap) = (cell.span.end, columns);
            }
        }
        lines.push(start..text.len());
        Page { lines, width }
    }

    /// The lines, each with the white space that ends it: together they are the text.
    pub fn lines(&self) -> &[Span] {
        &self.lines
    }

    /// The width it was cut for.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The line in which a byte stands.
    pub fn line_of(&self, at: usize) -> usize {
        self.lines.partition_point(|line| line.start <= at).saturating_sub(1)
    }
}

/// The characters of a stretch of a text.
pub fn cells(text: &str, span: Span) -> impl DoubleEndedIterator<Item = Cell<'_>> {
    let start = span.start;
    let stretch = text.get(span).unwrap_or_default();
    stretch.grapheme_indices(true).map(move |(at, cluster)| {
        let (shown, width) = seen(cluster);
        Cell { span: start + at..start + at + cluster.len(), shown, width }
    })
}

/// What is shown of a cluster, and its columns.
fn seen(cluster: &str) -> (Cow<'_, str>, usize) {
    if cluster.ends_with('\n') {
        return (Cow::Borrowed(""), 0);
    }
    let width = cluster.width();
    let plain = !cluster.chars().any(is_hidden) && (1..=2).contains(&width);
    if plain && cluster.len() <= LONGEST_CLUSTER {
        return (Cow::Borrowed(cluster), width);
    }
    let first = cluster.chars().next().unwrap_or(' ');
    let shown = match first {
        '\t' => "→".to_owned(),
        c @ '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('?').to_string(),
        '\x7f' => "␡".to_owned(),
        c if plain => format!("{c}…"),
        c => format!("‹{:x}›", u32::from(c)),
    };
    let width = shown.as_str().width().max(1);
    (Cow::Owned(shown), width)
}

/// What steers a terminal, turns the order of what follows, or can't be seen. Joiners within a cluster are none of it.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}')
        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// A text on one line: line ends as `⏎`, and everything as it is shown on the page.
pub fn flat(text: &str) -> String {
    let one = |cell: Cell<'_>| if cell.width == 0 { Cow::Borrowed("⏎") } else { Cow::Owned(cell.shown.into_owned()) };
    cells(text, 0..text.len()).map(one).collect()
}

/// The columns of a text that is shown.
pub fn columns(text: &str) -> usize {
    text.width()
}

/// A text cut to so many columns, with `…` where something was cut.
pub fn cut(text: &str, most: usize) -> String {
    if columns(text) <= most {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for cell in cells(text, 0..text.len()) {
        if used + cell.width + 1 > most {
            break;
        }
        used += cell.width;
        out.push_str(&cell.shown);
    }
    out.push('…');
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn lines(text: &str, width: usize) -> Vec<&str> {
        let page = Page::new(text, width);
        let lines: Vec<&str> = page.lines().iter().map(|line| &text[line.clone()]).collect();
        assert_eq!(lines.concat(), text);
        for line in page.lines() {
            let used: usize = cells(text, line.clone()).map(|cell| cell.width).sum();
            let hanging = text[line.clone()].len() - text[line.clone()].trim_end_matches(' ').len();
            assert!(used <= width.max(4) + hanging, "{line:?} of {text:?}");
        }
        lines
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(lines("one two three", 8), ["one two ", "three"]);
        assert_eq!(lines("one two\nthree\n", 8), ["one two\n", "three\n", ""]);
        assert_eq!(lines("unbreakableword", 6), ["unbrea", "kablew", "ord"]);
        assert_eq!(lines("日本語の手紙です", 6), ["日本語", "の手紙", "です"]);
        assert_eq!(lines("a 👩‍🚀👩‍🚀👩‍🚀 b", 5), ["a ", "👩‍🚀👩‍🚀", "👩‍🚀 b"]);
        assert_eq!(lines("", 10), [""]);
        assert_eq!(lines("a\r\nb", 10), ["a\r\n", "b"]);
    }

    #[test]
    fn nothing_reaches_the_terminal_as_a_control() {
        let text = "a\u{1b}[31mb\tc\u{202e}d\u{9b}e\u{200b}\u{7f}\u{feff}\r";
        for cell in cells(text, 0..text.len()) {
            assert!(!cell.shown.chars().any(is_hidden), "{cell:?}");
            assert!(cell.width >= 1);
        }
        assert_eq!(flat(text), "a␛[31mb→c‹202e›d‹9b›e‹200b›␡‹feff›␍");
        assert_eq!(flat("x\ny"), "x⏎y");
        let piled = format!("a{}", "\u{301}".repeat(1000));
        assert_eq!(flat(&piled), "a…");
        assert!(Page::new(&piled.repeat(30), 10).lines().len() > 3);
        assert_eq!(cut("one two", 5), "one …");
    }

    #[test]
    fn a_place_is_found_in_its_line() {
        let page = Page::new("one two three", 8);
        assert_eq!([0, 7, 8, 13].map(|at| page.line_of(at)), [0, 0, 1, 1]);
    }
}
