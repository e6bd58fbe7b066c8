//! The characters' neutral form: nothing invisible, one script a word, plain spaces, marks and line breaks.

use countermark_text::{TraitKind, latin, traits};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::finding::{Done, Finding, Kind};
use super::lines;
use super::traced::{Edit, Traced};
use crate::Span;

/// A change, with what is told of it.
pub(super) struct Change {
    pub(super) span: Span,
    pub(super) text: String,
    pub(super) kind: Kind,
    pub(super) what: String,
}

/// One stage of the normal form.
type Stage = fn(&str) -> Vec<Change>;

const STAGES: [Stage; 5] = [invisible, forms, scripts, marks, lines::normal];

/// How often the stages are gone through at most: what one stage leaves for an earlier one is gone the next time.
const ROUNDS: usize = 8;

/// Brings a text to its normal form, and tells of every change.
pub(super) fn normalise(traced: &mut Traced, findings: &mut Vec<Finding>) {
    run(&STAGES, traced, findings);
}

/// The same within a line, for what a wording brought.
pub(super) fn normalise_line(traced: &mut Traced) {
    run(&[invisible, forms, scripts, marks, lines::single], traced, &mut Vec::new());
}

fn run(stages: &[Stage], traced: &mut Traced, findings: &mut Vec<Finding>) {
    for _ in 0..ROUNDS {
        let mut changed = false;
        for stage in stages {
            let changes = stage(traced.text());
            changed |= !changes.is_empty();
            for change in &changes {
                let done = if change.text.is_empty() { Done::Removed } else { Done::Replaced(change.text.clone()) };
                let span = traced.source(&change.span);
                findings.push(Finding { span, kind: change.kind, what: change.what.clone(), done });
            }
            traced.apply(changes.into_iter().map(|change| Edit { span: change.span, text: change.text }).collect());
        }
        if !changed {
            return;
        }
    }
}

/// Drops what can't be seen; every line break becomes a line feed, every other white space a space.
fn invisible(text: &str) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    for found in traits(text) {
        let Some(c) = text[found.span.clone()].chars().next() else { continue };
        match found.kind {
            TraitKind::Invisible => {
                changes.push(Change { span: found.span, text: String::new(), kind: Kind::Invisible, what: name(c) });
            }
            TraitKind::Space => {
                let (text, kind) = if is_line_end(c) { ("\n", Kind::Lines) } else { (" ", Kind::Spacing) };
                changes.push(Change { span: found.span, text: text.to_owned(), kind, what: name(c) });
            }
            _ => {}
        }
    }
    for (at, c) in text.char_indices() {
        let plain = match c {
            '\t' => " ",
            '\r' if text[at + 1..].starts_with('\n') => "",
            '\r' | '\u{b}' | '\u{c}' => "\n",
            _ => continue,
        };
        let kind = if c == '\t' { Kind::Spacing } else { Kind::Lines };
        changes.push(Change { span: at..at + 1, text: plain.to_owned(), kind, what: name(c) });
    }
    in_order(changes)
}

/// In order of place, of two at one place the first.
fn in_order(mut changes: Vec<Change>) -> Vec<Change> {
    changes.sort_by_key(|change| change.span.start);
    changes.dedup_by_key(|change| change.span.start);
    changes
}

fn is_line_end(c: char) -> bool {
    matches!(c, '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Ligatures, full width and mathematical letters as plain ones; composed forms where there are any (NFC).
fn forms(text: &str) -> Vec<Change> {
    if text.is_ascii() {
        return Vec::new();
    }
    let mut changes = Vec::new();
    let mut start = 0;
    let mut push = |span: Span| {
        let cluster = &text[span.clone()];
        let plain: String = cluster.chars().flat_map(plain_form).nfc().collect();
        if plain != cluster {
            let what = format!("{} in another form", shown(cluster));
            changes.push(Change { span, text: plain, kind: Kind::Form, what });
        }
    };
    // What composes with what stands before it: combining marks, and the vowels and finals of Hangul.
    let joins = |c: char| is_combining_mark(c) || matches!(c, '\u{1161}'..='\u{11ff}' | '\u{a7}'..='\u{a7}');
    for (at, c) in text.char_indices() {
        if at > start && !joins(c) {
            push(start..at);
            start = at;
        }
    }
    push(start..text.len());
    changes
}

fn plain_form(c: char) -> Vec<char> {
    let other = matches!(c, '\u{fb00}'..='\u{fb06}' | '\u{ff01}'..='\u{ff5e}' | '\u{1d400}'..='\u{1d7ff}' | '\u{2100}'..='\u{214f}' | '\u{24b6}'..='\u{24e9}')
        && !matches!(c, '\u{2116}' | '\u{2122}');
    if other { c.nfkc().collect() } else { vec![c] }
}

/// A script of letters that look like others'.
#[derive(Clone, Copy, PartialEq)]
enum Script {
    Latin,
    Greek,
    Cyrillic,
}

fn script(c: char) -> Option<Script> {
    match c {
        c if !c.is_alphabetic() => None,
        '\u{370}'..='\u{3ff}' => Some(Script::Greek),
        '\u{400}'..='\u{52f}' => Some(Script::Cyrillic),
        c if c < '\u{250}' => Some(Script::Latin),
        _ => None,
    }
}

/// Letters that stand in a word of another script, and whole words of look-alikes in a text that has no other word of
/// their script.
fn scripts(text: &str) -> Vec<Change> {
    if text.is_ascii() {
        return Vec::new();
    }
    let words = words(text);
    let own = |wanted: Script| {
        let genuine = |word: &&Span| {
            let mut letters = text[(*word).clone()].chars();
            letters.any(|c| script(c) == Some(wanted) && latin(c).is_none())
        };
        words.iter().any(|word| genuine(&word))
    };
    let genuine = [(Script::Greek, own(Script::Greek)), (Script::Cyrillic, own(Script::Cyrillic))];
    let mut changes = Vec::new();
    for word in words {
        let here = &text[word.clone()];
        if here.is_ascii() {
            continue;
        }
        let wanted = word_script(here, &genuine);
        for (at, c) in here.char_indices() {
            let folded = if wanted == Script::Latin { latin(c) } else { back(c, wanted) };
            if let Some(letter) = folded {
                let span = word.start + at..word.start + at + c.len_utf8();
                let what = format!("{} in a word of another script", name(c));
                changes.push(Change { span, text: letter.to_string(), kind: Kind::LookAlike, what });
            }
        }
    }
    changes
}

/// The runs of letters.
fn words(text: &str) -> Vec<Span> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices() {
        match (c.is_alphabetic() || is_combining_mark(c), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                words.push(from..at);
                start = None;
            }
            _ => {}
        }
    }
    words.extend(start.map(|from| from..text.len()));
    words
}

/// The script of a word: that of the letters that look like no other's; else, where the text has no genuine word of the
/// other script, Latin; else that of most letters.
fn word_script(word: &str, genuine: &[(Script, bool)]) -> Script {
    let count = |wanted| word.chars().filter(|c| script(*c) == Some(wanted)).count();
    let latin_alone = |c: char| {
        script(c) == Some(Script::Latin) && back(c, Script::Cyrillic).is_none() && back(c, Script::Greek).is_none()
    };
    let other = if count(Script::Greek) > count(Script::Cyrillic) { Script::Greek } else { Script::Cyrillic };
    if word.chars().any(latin_alone) {
        return Script::Latin;
    }
    if word.chars().any(|c| script(c) == Some(other) && latin(c).is_none()) {
        return other;
    }
    let spoken = genuine.iter().any(|(script, spoken)| *script == other && *spoken);
    if spoken && count(other) > count(Script::Latin) { other } else { Script::Latin }
}

/// The letter of a script that a Latin letter looks like, to the eye and not only in the other case.
fn back(c: char, wanted: Script) -> Option<char> {
    let (from, to) = match wanted {
        Script::Latin => return None,
        Script::Cyrillic => ("ABCEHIJKMOPSTXYaceijopsxy", "АВСЕНІЈКМОРЅТХУасеіјорѕху"),
        Script::Greek => ("ABEHIKMNOPTXYZov", "ΑΒΕΗΙΚΜΝΟΡΤΧΥΖον"),
    };
    from.chars().zip(to.chars()).find(|(latin, _)| *latin == c).map(|(_, other)| other)
}

/// Quotation marks, apostrophes, dashes and dots as a typewriter has them.
fn marks(text: &str) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut push = |span: Span, plain: &str| {
        let what = format!("{} for {}", name(text[span.clone()].chars().next().unwrap_or(' ')), shown(plain));
        if text[span.clone()] != *plain {
            changes.push(Change { span, text: plain.to_owned(), kind: Kind::Typography, what });
        }
    };
    let mut done = 0;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        if at < done {
            continue;
        }
        match c {
            '\u{2018}'..='\u{201b}'
            | '\u{2032}'
            | '\u{2035}'
            | '`'
            | '\u{b4}'
            | '\u{2b9}'
            | '\u{2bb}'..='\u{2bd}'
            | '\u{2039}'
            | '\u{203a}' => push(at..end, "'"),
            '\u{ab}'
            | '\u{bb}'
            | '\u{201c}'..='\u{201f}'
            | '\u{2033}'
            | '\u{2036}'
            | '\u{275d}'
            | '\u{275e}'
            | '\u{301d}'..='\u{301f}' => push(at..end, "\""),
            '\u{2026}' => push(at..end, "..."),
            '\u{2010}'..='\u{2012}' | '\u{2212}' | '\u{2043}' => push(at..end, "-"),
            '\u{2013}' if within_word(text, at, end) => push(at..end, "-"),
            '\u{2013}'..='\u{2015}' | '\u{2e3a}' | '\u{2e3b}' => {
                done = dash(text, at..end, done, &mut push);
            }
            '-' if hyphens(text, at) => {
                let run = text[at..].bytes().take_while(|b| *b == b'-').count();
                done = dash(text, at..at + run, done, &mut push);
            }
            _ => {}
        }
    }
    changes
}

/// Whether letters or digits stand on both sides.
fn within_word(text: &str, start: usize, end: usize) -> bool {
    text[..start].chars().next_back().is_some_and(char::is_alphanumeric)
        && text[end..].chars().next().is_some_and(char::is_alphanumeric)
}

/// Whether two or three hyphens that stand for a dash begin here.
fn hyphens(text: &str, at: usize) -> bool {
    let count = text[at..].bytes().take_while(|b| *b == b'-').count();
    if !(2..=3).contains(&count) || text[..at].ends_with('-') {
        return false;
    }
    let space = |c: Option<char>| c.is_none_or(char::is_whitespace);
    let (before, after) = (text[..at].chars().next_back(), text[at + count..].chars().next());
    let line = before.is_none_or(|c| c == '\n') && after.is_none_or(|c| c == '\n');
    !line && space(before) == space(after)
}

/// A dash that parts: a hyphen with a space on each side where words stand. Gives where it ends.
fn dash(text: &str, span: Span, done: usize, push: &mut impl FnMut(Span, &str)) -> usize {
    let blank = |c: char| c == ' ';
    let from = text[..span.start].trim_end_matches(blank).len().max(done);
    let to = text.len() - text[span.end..].trim_start_matches(blank).len();
    let open = |c: Option<char>| c.is_some_and(|c| c != '\n');
    let before = if open(text[..from].chars().next_back()) { " " } else { "" };
    let after = if open(text[to..].chars().next()) { " " } else { "" };
    push(from..to, &format!("{before}-{after}"));
    to
}

/// A text for the eye: what can't be seen by its code.
fn shown(text: &str) -> String {
    if text.chars().all(|c| c.is_ascii_graphic() || c.is_alphanumeric()) && !text.is_empty() {
        return text.to_owned();
    }
    format!("{text:?}")
}

/// A character by name, where it has a common one, and code.
pub(super) fn name(c: char) -> String {
    let known = match c {
        '\t' => "tab",
        '\r' => "carriage return",
        '\u{a0}' => "no-break space",
        '\u{ad}' => "soft hyphen",
        '\u{200b}' => "zero width space",
        '\u{200c}' => "zero width non-joiner",
        '\u{200d}' => "zero width joiner",
        '\u{200e}' | '\u{200f}' | '\u{61c}' => "direction mark",
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => "direction control",
        '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' => "space of another width",
        '\u{2028}' | '\u{2029}' | '\u{85}' => "line separator",
        '\u{2060}' => "word joiner",
        '\u{feff}' => "byte order mark",
        '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => "variation selector",
        '\u{e0000}'..='\u{e007f}' => "tag character",
        '\u{2018}'..='\u{201f}' | '\u{ab}' | '\u{bb}' => "typographic quotation mark",
        '\u{2013}' => "en dash",
        '\u{2014}' => "em dash",
        '\u{2026}' => "ellipsis",
        '\u{400}'..='\u{52f}' => "Cyrillic letter",
        '\u{370}'..='\u{3ff}' => "Greek letter",
        c if c.is_control() => "control character",
        _ => "character",
    };
    format!("{known} U+{:04X}", u32::from(c))
}
