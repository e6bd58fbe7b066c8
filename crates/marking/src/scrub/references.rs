//! What names a copy, a person or a moment outright: shown, and removed where it can be nothing else.

use super::finding::{Done, Finding, Kind};
use super::lines::greets;
use super::traced::{Edit, Traced};
use crate::Span;
use crate::sense::MONTHS;

/// What follows a reader through a link.
const TRACKERS: [&str; 18] = [
    "fbclid",
    "gclid",
    "dclid",
    "yclid",
    "msclkid",
    "twclid",
    "ttclid",
    "igshid",
    "igsh",
    "mc_eid",
    "mc_cid",
    "_hsenc",
    "_hsmi",
    "mkt_tok",
    "vero_id",
    "oly_enc_id",
    "oly_anon_id",
    "si",
];

/// What stands for a copy number.
const NO_NUMBER: &str = "[copy-number]";

/// A stretch without white space.
struct Word<'t> {
    start: usize,
    text: &'t str,
}

impl Word<'_> {
    /// Without the marks around it.
    fn bare(&self) -> Word<'_> {
        let left = |c: char| matches!(c, '(' | '[' | '<' | '"' | '\'' | '“' | '‘' | '«');
        let right =
            |c: char| matches!(c, ')' | ']' | '>' | '"' | '\'' | '”' | '’' | '»' | ',' | ';' | '.' | ':' | '!' | '?');
        let cut = self.text.trim_start_matches(left);
        Word { start: self.start + self.text.len() - cut.len(), text: cut.trim_end_matches(right) }
    }

    fn span(&self) -> Span {
        self.start..self.start + self.text.len()
    }
}

/// Lists what is left for a person to decide on.
pub(super) fn find(traced: &Traced, findings: &mut Vec<Finding>) {
    let words = words(traced.text());
    let mut next = 0;
    for (at, word) in words.iter().enumerate() {
        if at < next || untracked(word.bare().text).is_some() {
            continue;
        }
        if let Some((count, kind, what)) = here(&words[at..]) {
            next = at + count;
            let last = words[at + count - 1].bare();
            let span = traced.source(&(word.bare().start..last.start + last.text.len()));
            findings.push(Finding { span, kind, what: what.to_owned(), done: Done::Left });
        }
    }
    lines(traced, findings);
}

fn words(text: &str) -> Vec<Word<'_>> {
    let mut at = 0;
    let mut words = Vec::new();
    for piece in text.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end();
        if !word.is_empty() {
            words.push(Word { start: at, text: word });
        }
        at += piece.len();
    }
    words
}

/// What begins at a word: how many words it takes, its kind, and what is told.
fn here(words: &[Word<'_>]) -> Option<(usize, Kind, &'static str)> {
    let bare = |n: usize| words.get(n).map(|word| word.bare().text);
    let first = bare(0)?;
    if is_link(first) {
        return Some((1, Kind::Link, "a link: it can lead to one reader alone"));
    }
    if first
        .strip_prefix('@')
        .is_some_and(|name| name.len() > 1 && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.'))
    {
        return Some((1, Kind::Handle, "a handle"));
    }
    if first.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.')) {
        return Some((1, Kind::Email, "an e-mail address"));
    }
    if let Some(count) = date(first, bare(1), bare(2)) {
        return Some((count, Kind::Date, "a date or time: it can be one reader's own"));
    }
    let label = first.trim_end_matches(['.', ':']).to_lowercase();
    let labelled =
        matches!(label.as_str(), "ref" | "reference" | "no" | "nr" | "file" | "doc" | "document" | "case" | "id");
    if labelled && bare(1).is_some_and(is_code) {
        return Some((2, Kind::Reference, "a reference: it can be one copy's own"));
    }
    let long = first.len() >= 6 && is_code(first) && first.chars().any(char::is_alphabetic);
    if long || first.len() >= 9 && first.bytes().all(|b| b.is_ascii_digit()) {
        return Some((1, Kind::Reference, "a number as documents carry it: it can be one copy's own"));
    }
    None
}

fn is_link(word: &str) -> bool {
    word.contains("://") || word.starts_with("www.")
}

/// Letters, figures and joints, with a figure among them.
fn is_code(word: &str) -> bool {
    word.bytes().any(|b| b.is_ascii_digit())
        && word.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'/' | b'.' | b'_' | b'#'))
}

/// How many words of a date or a time of day stand here.
fn date(first: &str, second: Option<&str>, third: Option<&str>) -> Option<usize> {
    let month = |word: Option<&str>| word.is_some_and(|w| MONTHS.contains(&w.to_lowercase().as_str()));
    let ordinal = |w: &str| {
        w.trim_end_matches("st").trim_end_matches("nd").trim_end_matches("rd").trim_end_matches("th").to_owned()
    };
    let number = |word: Option<&str>, digits: std::ops::RangeInclusive<usize>| {
        word.map(ordinal).is_some_and(|w| digits.contains(&w.len()) && w.bytes().all(|b| b.is_ascii_digit()))
    };
    let written = month(Some(first)) && first.starts_with(char::is_uppercase) && number(second, 1..=2);
    if number(Some(first), 1..=2) && month(second) || written {
        return Some(if number(third, 4..=4) { 3 } else { 2 });
    }
    let parts: Vec<&str> = first.split(['-', '/', '.']).collect();
    let figures =
        parts.iter().all(|part| !part.is_empty() && part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit()));
    let year = parts.iter().any(|part| part.len() == 4) || parts.len() == 3 && parts.iter().all(|part| part.len() == 2);
    if parts.len() == 3 && figures && year {
        return Some(1);
    }
    let clock = first.split_once(':').is_some_and(|(hour, minute)| {
        let two = |part: &str, most: u32| part.parse::<u32>().is_ok_and(|n| n < most) && part.len() <= 2;
        two(hour, 24) && minute.len() == 2 && two(minute, 60)
    });
    clock.then_some(1)
}

/// Greetings, initials, and the notice of individual marks.
fn lines(traced: &Traced, findings: &mut Vec<Finding>) {
    let mut at = 0;
    for piece in traced.text().split_inclusive('\n') {
        let line = piece.trim();
        let start = at + piece.len() - piece.trim_start().len();
        at += piece.len();
        let span = traced.source(&(start..start + line.len()));
        let mut push = |kind, what: &str| {
            findings.push(Finding { span: span.clone(), kind, what: what.to_owned(), done: Done::Left });
        };
        if greets(line) && line.split(' ').skip(1).any(|word| word.starts_with(char::is_uppercase)) {
            push(Kind::Greeting, "who is greeted: a name here can be one reader's own");
        }
        if initials(line) {
            push(Kind::Initials, "initials of who wrote, typed or received it");
        }
        if line.to_lowercase().contains("individually marked") {
            push(Kind::Notice, "it says that every copy is marked: expect more than what is found here");
        }
    }
}

/// "AL/mk", "A.L.", alone on a line.
fn initials(line: &str) -> bool {
    let capitals = |part: &str| (2..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_uppercase());
    let typist = line.split_once(['/', ':']).is_some_and(|(who, typed)| {
        capitals(who) && (2..=4).contains(&typed.len()) && typed.bytes().all(|b| b.is_ascii_alphabetic())
    });
    let dotted = line.len() >= 4 && line.ends_with('.') && capitals(&line.replace('.', ""));
    typist || dotted
}

/// Removes copy numbers, and what follows a reader through a link.
pub(super) fn remove(traced: &mut Traced, findings: &mut Vec<Finding>) {
    let words = words(traced.text());
    let mut edits: Vec<Edit> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let done = edits.last().map_or(0, |edit| edit.span.end);
        if word.start < done {
            continue;
        }
        if let Some(span) = copy_number(&words[at..]) {
            let what = "the number of one copy".to_owned();
            findings.push(Finding {
                span: traced.source(&span),
                kind: Kind::CopyNumber,
                what,
                done: Done::Replaced(NO_NUMBER.to_owned()),
            });
            edits.push(Edit { span, text: NO_NUMBER.to_owned() });
        } else if let Some(plain) = untracked(word.bare().text) {
            let span = word.bare().span();
            let what = "a link with a reader's own mark".to_owned();
            let done = Done::Replaced(plain.clone());
            findings.push(Finding { span: traced.source(&span), kind: Kind::Link, what, done });
            edits.push(Edit { span, text: plain });
        }
    }
    traced.apply(edits);
}

/// "copy 3 of 12", "Copy No. 3", "copy #3".
fn copy_number(words: &[Word<'_>]) -> Option<Span> {
    let bare = |n: usize| words.get(n).map(Word::bare);
    let number = |word: &Word<'_>| {
        let digits = word.text.trim_start_matches('#');
        !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit() || b == b'/')
    };
    let first = bare(0)?;
    if !matches!(first.text.to_lowercase().as_str(), "copy" | "exemplar") {
        return None;
    }
    let label = bare(1).is_some_and(|w| matches!(w.text.to_lowercase().as_str(), "no" | "nr" | "number" | "№"));
    let at = 1 + usize::from(label);
    let counted = bare(at).filter(number)?;
    let all = bare(at + 1).is_some_and(|w| w.text == "of");
    let last = if all { bare(at + 2).filter(number) } else { None }.unwrap_or(counted);
    Some(first.start..last.start + last.text.len())
}

/// A link without its trackers; nothing when it has none.
fn untracked(word: &str) -> Option<String> {
    if !is_link(word) {
        return None;
    }
    let (address, rest) = word.split_once('?')?;
    let (query, anchor) = match rest.split_once('#') {
        Some((query, anchor)) => (query, format!("#{anchor}")),
        None => (rest, String::new()),
    };
    let tracks = |pair: &&str| {
        let key = pair.split('=').next().unwrap_or("").to_lowercase();
        key.starts_with("utm_") || TRACKERS.contains(&key.as_str())
    };
    let all: Vec<&str> = query.split('&').collect();
    let kept: Vec<&str> = all.iter().copied().filter(|pair| !tracks(pair)).collect();
    if kept.len() == all.len() {
        return None;
    }
    let mark = if kept.is_empty() { "" } else { "?" };
    Some(format!("{address}{mark}{}{anchor}", kept.join("&")))
}
