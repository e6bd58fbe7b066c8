//! A report's paragraphs.

use countermark_text::{Span, word_count};

/// The paragraphs of a text: between empty lines; where it has none, its lines.
pub(crate) fn paragraphs(text: &str) -> Vec<Span> {
    let blank = text.trim().split('\n').any(|line| line.trim().is_empty());
    let mut found: Vec<Span> = Vec::new();
    let mut open = false;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let inside = line.trim();
        let start = at + line.len() - line.trim_start().len();
        at += line.len();
        if inside.is_empty() {
            open = false;
        } else if let Some(last) = found.last_mut().filter(|_| open && blank) {
            last.end = start + inside.len();
        } else {
            found.push(start..start + inside.len());
            open = true;
        }
    }
    found
}

/// The paragraphs that a note counts: without headline, byline and the notes themselves.
pub(crate) fn body(text: &str, notes: &[Span]) -> Vec<Span> {
    let mut found = paragraphs(text);
    found.retain(|paragraph| !notes.iter().any(|note| note.start <= paragraph.start && paragraph.end <= note.end));
    let first = found.iter().position(|paragraph| !is_heading(&text[paragraph.clone()])).unwrap_or(0);
    found.drain(..first);
    found
}

/// A headline or byline: short, and no sentence.
fn is_heading(paragraph: &str) -> bool {
    let sentence =
        paragraph.ends_with(['.', '!', '?', '”', '"', '»', '“', '…', ':', ')', '’', '\'', '。', '！', '？', '」']);
    !sentence && word_count(paragraph) <= 20
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_between_empty_lines_or_lines() {
        let shown = |text: &'static str| paragraphs(text).into_iter().map(|span| &text[span]).collect::<Vec<_>>();
        assert_eq!(shown("A b\nc.\n\n \n  D.  \n"), ["A b\nc.", "D."]);
        assert_eq!(shown("A.\nB.\r\nC."), ["A.", "B.", "C."]);
        assert_eq!(shown("\n \n"), Vec::<&str>::new());
        let text = "UPDATE 1-Velland says no\n\n(Adds more)\n\nBy Ina Velt\n\nOne.\n\nTwo.";
        let note = text.find("(Adds").map(|at| at..at + 11).unwrap();
        let shown: Vec<&str> = body(text, &[note]).into_iter().map(|span| &text[span]).collect();
        assert_eq!(shown, ["One.", "Two."]);
    }
}
