//! Spaces and line breaks: one space between words, one line a paragraph, one blank line between.
//!
//! Where a line ended tells how wide somebody's window was, or which of two places a break stood at. Kept are the breaks that mean
//! something whatever the wording: before an item of a list, behind a greeting, within a signature.

use super::characters::Change;
use super::finding::Kind;
use crate::Span;

/// Words of a line that is all name, title or address, at most.
const NAME: usize = 8;
/// Words of a greeting, at most.
const GREETING: usize = 10;

/// Words of a short message, at most. The packs put breaks between the sentences of somewhat shorter ones.
const SHORT: usize = 200;

/// Whether a text is a short message without any layout of its own: every line ends as a sentence does. Where its lines and
/// paragraphs end then says nothing.
fn is_short(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    text.split_whitespace().take(SHORT + 1).count() <= SHORT
        && lines.all(|line| line.ends_with(['.', '!', '?']) && !is_item(line))
}

/// The changes that give a text plain spaces and line breaks. All line breaks are line feeds.
pub(super) fn normal(text: &str) -> Vec<Change> {
    let short = is_short(text);
    let mut changes = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let Some(from) = text[at..].find([' ', '\n']).map(|n| at + n) else { break };
        let to = text[from..].find(|c| c != ' ' && c != '\n').map_or(text.len(), |n| from + n);
        let gap = &text[from..to];
        let plain = plain(text, &(from..to), short);
        if gap != plain {
            let broken = gap.contains('\n');
            let kind = if broken && !only_spaces(gap, plain) { Kind::Lines } else { Kind::Spacing };
            let what = match kind {
                Kind::Lines => "line break".to_owned(),
                _ if to == text.len() || broken => "space at the end of a line".to_owned(),
                _ => format!("{} spaces", gap.len()),
            };
            changes.push(Change { span: from..to, text: plain.to_owned(), kind, what });
        }
        at = to;
    }
    if !text.is_empty() && !text.ends_with([' ', '\n']) {
        let what = "no line end".to_owned();
        changes.push(Change { span: text.len()..text.len(), text: "\n".to_owned(), kind: Kind::Lines, what });
    }
    changes
}

/// The same within one line: single spaces, none at its ends.
pub(super) fn single(line: &str) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut at = 0;
    while let Some(from) = line[at..].find(' ').map(|n| at + n) {
        let to = line[from..].find(|c| c != ' ').map_or(line.len(), |n| from + n);
        let edge = from == 0 || to == line.len() || line[to..].starts_with('\n');
        if edge || to > from + 1 {
            let text = if edge { String::new() } else { " ".to_owned() };
            changes.push(Change { span: from..to, text, kind: Kind::Spacing, what: String::new() });
        }
        at = to;
    }
    changes
}

/// Whether two gaps differ in nothing but spaces.
fn only_spaces(gap: &str, plain: &str) -> bool {
    gap.chars().filter(|c| *c == '\n').eq(plain.chars().filter(|c| *c == '\n'))
}

/// What a gap between words is in the normal form.
fn plain(text: &str, gap: &Span, short: bool) -> &'static str {
    if gap.start == 0 {
        return "";
    }
    if gap.end == text.len() {
        return "\n";
    }
    match text[gap.clone()].matches('\n').count() {
        0 => " ",
        _ if short => " ",
        1 if stays(text, gap) => "\n",
        1 if hyphenated(text, gap) => "",
        1 => " ",
        _ => "\n\n",
    }
}

/// Whether a single line break means something.
fn stays(text: &str, gap: &Span) -> bool {
    let before = text[..gap.start].rsplit('\n').next().unwrap_or("").trim();
    let after = text[gap.end..].split('\n').next().unwrap_or("").trim();
    let label = is_label(after) || is_label(before) && !before.ends_with(',');
    is_item(after) || label || greets(before) || (is_name(after) && (is_name(before) || before.ends_with(',')))
}

/// Whether a word is broken here: a hyphen before, a small letter behind.
fn hyphenated(text: &str, gap: &Span) -> bool {
    let mut before = text[..gap.start].chars().rev();
    before.next() == Some('-')
        && before.next().is_some_and(char::is_alphabetic)
        && text[gap.end..].chars().next().is_some_and(char::is_lowercase)
}

fn is_item(line: &str) -> bool {
    let label = line.split(' ').next().unwrap_or("");
    let mark = matches!(label, "-" | "*" | "•" | "·" | "#") || line.starts_with('>');
    let number = label.strip_suffix(['.', ')']).map(|number| number.trim_start_matches('('));
    mark || number
        .is_some_and(|n| (1..=3).contains(&n.len()) && (n.bytes().all(|b| b.is_ascii_digit()) || n.len() == 1))
}

/// Whether a line greets, in any language that ends a greeting with a comma, a colon or an exclamation mark.
pub(super) fn greets(line: &str) -> bool {
    const WORDS: [&str; 11] =
        ["dear", "hello", "hi", "sir", "madam", "excellency", "your", "mr", "mrs", "ms", "уважаемый"];
    let first: String = line.chars().take_while(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect();
    let first = if first == "my" { "dear" } else { first.as_str() };
    line.ends_with([',', ':', '!']) && WORDS.contains(&first) && line.split(' ').count() <= GREETING
}

/// "To: the Minister of Trade": the head of a memorandum.
fn is_label(line: &str) -> bool {
    line.split_once(": ").is_some_and(|(label, _)| {
        let words: Vec<&str> = label.split(' ').collect();
        words.len() <= 2 && words.iter().all(|word| word.starts_with(char::is_uppercase))
    })
}

/// Whether a line is all names: every word of it begins with a capital or a figure, small links apart.
fn is_name(line: &str) -> bool {
    const LINKS: [&str; 10] = ["of", "the", "and", "for", "in", "de", "van", "von", "du", "la"];
    let words: Vec<&str> = line.split(' ').filter(|word| !word.is_empty()).collect();
    let named = |word: &&str| {
        LINKS.contains(word) || word.chars().next().is_some_and(|c| c.is_uppercase() || c.is_ascii_digit() || c == '[')
    };
    (1..=NAME).contains(&words.len()) && !line.ends_with(['.', '?', '!', ';']) && words.iter().all(named)
}
