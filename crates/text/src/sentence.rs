//! Sentences and lines that stand alone.
//!
//! A text is first cut into blocks at the line breaks that mean something: blank lines, items of a list, salutations,
//! and lines that end well before the margin. The remaining line breaks only fold long lines and count as spaces.
//! Within a block the sentence rules of UAX #29 propose breaks, and [`crate::abbreviation`] takes back those that
//! follow an abbreviation.

use std::borrow::Cow;

use icu_segmenter::{SentenceSegmenter, options::SentenceBreakInvariantOptions};

use crate::Span;
use crate::abbreviation;

/// A line shorter than this never was folded at a margin, so its end means something. In characters.
const MARGIN: usize = 40;

/// Cuts `text` into parts: sentences, and lines that stand alone. The spans partition the text: each keeps the white space
/// that follows it, the first also what stands before it. Only an empty text has none.
///
/// ```
/// let text = "Dear Mr. President,\n\nThank you for No. 5. We agree.\n";
/// let parts: Vec<_> = countermark_text::parts(text).into_iter().map(|span| text[span].trim()).collect();
/// assert_eq!(parts, ["Dear Mr. President,", "Thank you for No. 5.", "We agree."]);
/// ```
pub fn parts(text: &str) -> Vec<Span> {
    let mut cuts = Vec::new();
    for block in blocks(text) {
        cut_block(text, &block, &mut cuts);
        cuts.push(block.end);
    }
    let mut parts: Vec<Span> = Vec::with_capacity(cuts.len());
    let mut start = text.len() - text.trim_start().len();
    if start == text.len() && !text.is_empty() {
        return std::iter::once(0..text.len()).collect();
    }
    for cut in cuts {
        // White space after a cut belongs to what stands before it; cuts within it are one.
        if cut > start {
            let end = cut + (text[cut..].len() - text[cut..].trim_start().len());
            parts.push(parts.last().map_or(0, |last| last.end)..end);
            start = end;
        }
    }
    parts
}

/// The sentences of `text`, and its lines that stand alone, without the white space around them.
pub fn sentences(text: &str) -> Vec<Span> {
    parts(text)
        .into_iter()
        .filter_map(|span| {
            let whole = &text[span.clone()];
            let trimmed = whole.trim_start();
            let start = span.start + (whole.len() - trimmed.len());
            let end = start + trimmed.trim_end().len();
            (start < end).then_some(start..end)
        })
        .collect()
}

/// One line without its line break, and where the break ends.
#[derive(Clone, Debug)]
struct Line {
    start: usize,
    end: usize,
    next: usize,
    width: usize,
}

fn lines(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = 0;
    let bytes = text.as_bytes();
    while start < bytes.len() {
        let length = text[start..].find(['\n', '\r', '\u{2028}', '\u{2029}', '\u{85}']);
        let end = length.map_or(bytes.len(), |length| start + length);
        let next = match bytes.get(end) {
            Some(b'\r') if bytes.get(end + 1) == Some(&b'\n') => end + 2,
            Some(_) => end + text[end..].chars().next().map_or(1, char::len_utf8),
            None => end,
        };
        lines.push(Line { start, end, next, width: text[start..end].chars().count() });
        start = next;
    }
    lines
}

/// Stretches between line breaks that mean something; they partition the text.
fn blocks(text: &str) -> Vec<Span> {
    let lines = lines(text);
    let mut blocks = Vec::new();
    let mut start = 0;
    let mut widest = 0;
    for (index, line) in lines.iter().enumerate() {
        if index == 0 || blank(text, &lines[index - 1]) {
            // The margin of this paragraph: its longest line.
            widest =
                lines[index..].iter().take_while(|line| !blank(text, line)).map(|line| line.width).max().unwrap_or(0);
        }
        let Some(next) = lines.get(index + 1) else { break };
        if breaks(text, line, next, widest) {
            blocks.push(start..line.next);
            start = line.next;
        }
    }
    if start < text.len() {
        blocks.push(start..text.len());
    }
    blocks
}

fn blank(text: &str, line: &Line) -> bool {
    text[line.start..line.end].trim().is_empty()
}

/// Whether the line break between `line` and `next` means something.
fn breaks(text: &str, line: &Line, next: &Line, widest: usize) -> bool {
    if blank(text, line) || blank(text, next) {
        return true;
    }
    if !matches!(text.as_bytes()[line.end], b'\n' | b'\r') {
        return true;
    }
    let (this, following) = (text[line.start..line.end].trim(), text[next.start..next.end].trim());
    if is_item(following) || is_salutation(this) {
        return true;
    }
    if following.starts_with(char::is_lowercase) {
        return false;
    }
    let first = following.split_whitespace().next().map_or(0, |word| word.chars().take(MARGIN).count());
    // The next word would have fitted: the writer ended the line himself.
    line.width < MARGIN || line.width + 1 + first <= widest
}

/// Whether a line is an item of a list: a bullet, or a number with a full stop or bracket.
fn is_item(line: &str) -> bool {
    let mut chars = line.chars();
    let first = chars.next();
    if matches!(first, Some('-' | '*' | '•' | '–' | '—' | '·' | '>' | '#')) {
        return chars.next().is_none_or(char::is_whitespace);
    }
    let label = line.split_whitespace().next().unwrap_or("");
    let Some(number) = label.strip_suffix(['.', ')']) else { return false };
    let number = number.strip_prefix('(').unwrap_or(number);
    let short = (1..=5).contains(&number.len());
    let digits = number.bytes().all(|b| b.is_ascii_digit() || b == b'.') && number.len() <= 4;
    let letter = number.len() == 1 && number.bytes().all(|b| b.is_ascii_lowercase());
    let roman = number.bytes().all(|b| b"ivx".contains(&b));
    short && (digits || letter || roman)
}

/// Whether a line greets, whatever follows.
fn is_salutation(line: &str) -> bool {
    const GREETINGS: &[&str] = &[
        "dear",
        "hello",
        "hi",
        "sir",
        "madam",
        "excellency",
        "excellencies",
        "your",
        "mr",
        "mrs",
        "ms",
        "ladies",
        "to",
        "уважаемый",
        "уважаемая",
        "дорогой",
        "дорогая",
    ];
    if line.len() > 4 * MARGIN || !line.ends_with([',', ':', '!']) {
        return false;
    }
    let first: String = line.chars().take(16).take_while(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect();
    GREETINGS.contains(&first.as_str()) && line.split_whitespace().count() <= 10
}

/// Pushes the cuts inside one block.
fn cut_block(text: &str, block: &Span, cuts: &mut Vec<usize>) {
    let original = &text[block.clone()];
    // Folded lines are read as one; the copy has the same length, so offsets hold.
    let body = original.trim_end();
    let flat: Cow<'_, str> = if body.contains(['\n', '\r']) {
        Cow::Owned(original.replace(['\n', '\r'], " "))
    } else {
        Cow::Borrowed(original)
    };
    let mut start_of_line = 0;
    for cut in SentenceSegmenter::new(SentenceBreakInvariantOptions::default()).segment_str(&flat) {
        if cut == 0 || cut >= flat.len() {
            continue;
        }
        if ends(&flat[start_of_line..cut], &flat[cut..]) {
            cuts.push(block.start + cut);
            start_of_line = cut;
        }
    }
}

/// Whether a break that the sentence rules propose between `before` (the sentence so far) and `after` stands.
fn ends(before: &str, after: &str) -> bool {
    let stripped = before.trim_end();
    let spaced = stripped.len() < before.len();
    let bare = stripped.trim_end_matches(|c: char| is_closing(c));
    let closed = bare.len() < stripped.len();
    let Some(stop) = bare.chars().next_back() else { return false };
    if stop.is_ascii() && !spaced {
        return false;
    }
    // "Why?" he asked.
    if closed && after.starts_with(char::is_lowercase) {
        return false;
    }
    if stop != '.' {
        return true;
    }
    let word = &bare[..bare.len() - 1];
    // An ellipsis pauses.
    if word.ends_with('.') || word.ends_with(". ") {
        return false;
    }
    closed || !abbreviation::continues(word, after)
}

fn is_closing(c: char) -> bool {
    matches!(c, '"' | '\'' | '”' | '’' | '»' | '›' | ')' | ']' | '}')
}
