//! Finds update notes and what they say.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use countermark_text::Span;
use serde::Deserialize;

use super::{Note, NoteKind, Place};
use crate::paragraph::paragraphs;

/// The longest note, in bytes: what is longer is a paragraph in parentheses.
const LONGEST: usize = 600;

/// How many paragraphs a range in a note may have.
const LONGEST_RANGE: usize = 200;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    verbs: HashMap<NoteKind, HashSet<String>>,
    slugs: HashMap<NoteKind, HashSet<String>>,
    editors: Editors,
    paragraphs: Paragraphs,
    numbers: Numbers,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Editors {
    words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Paragraphs {
    words: HashSet<String>,
    last: HashSet<String>,
    penultimate: HashSet<String>,
    all: HashSet<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Numbers {
    words: Vec<String>,
    cardinals: Vec<String>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    toml::from_str(include_str!("../../data/notes.toml"))
        .expect("the table is part of the program, and a test reads it")
});

/// The notes of a text, in order.
pub(crate) fn notes(text: &str) -> Vec<Note> {
    let mut notes = Vec::new();
    for (number, paragraph) in paragraphs(text).into_iter().enumerate() {
        if number == 0 {
            notes.extend(slug(text, &paragraph));
        }
        let inside = &text[paragraph.clone()];
        if let Some(parenthesis) = in_parentheses(inside) {
            let start = paragraph.start + 1;
            clauses(text, start..start + parenthesis.len(), None, &mut notes);
        } else if let Some(rest) = for_editors(inside) {
            let start = paragraph.end - rest.len();
            let end = start + rest.floor_char_boundary(LONGEST);
            clauses(text, start..end, Some(NoteKind::Editors), &mut notes);
        } else if paragraph.len() <= LONGEST && kind_of(inside).is_some() && names_change(inside) {
            // Some services leave the parentheses away.
            clauses(text, paragraph, None, &mut notes);
        }
    }
    notes
}

/// `UPDATE 2-Velland says no`: what stands before a headline.
fn slug(text: &str, paragraph: &Span) -> Option<Note> {
    let line = text[paragraph.clone()].lines().next()?;
    let (before, _) = line.split_once(['-', '–', '—', ':'])?;
    if before.len() > 40 || before.trim() != before.trim().to_uppercase() {
        return None;
    }
    let mut words = before.split_whitespace();
    let word = words.next()?.to_lowercase();
    let number = words.next().map(str::parse);
    if words.next().is_some() || number.as_ref().is_some_and(Result::is_err) {
        return None;
    }
    let kind = *TABLE.slugs.iter().find(|(_, words)| words.contains(&word))?.0;
    let number = number.and_then(Result::ok);
    Some(Note {
        at: paragraph.start..paragraph.start + before.len(),
        kind,
        what: String::new(),
        paragraphs: Vec::new(),
        number,
    })
}

fn in_parentheses(paragraph: &str) -> Option<&str> {
    let inside = paragraph.strip_prefix('(')?;
    let end = inside.find(')').filter(|end| *end <= LONGEST)?;
    let inside = &inside[..end];
    kind_of(inside).is_some().then_some(inside)
}

fn for_editors(paragraph: &str) -> Option<&str> {
    let (before, rest) = paragraph.split_once(':')?;
    let before = before.trim_start_matches('(').to_lowercase().replace('’', "'");
    TABLE.editors.words.contains(&before).then(|| rest.trim_start())
}

/// A word with what follows, as far as it is a number or a name for a paragraph.
fn word(text: &str) -> &str {
    let text = text.trim_start();
    text.split(|c: char| !c.is_alphabetic() && c != '\'').next().unwrap_or_default()
}

fn kind_of(clause: &str) -> Option<NoteKind> {
    let first = word(clause).to_lowercase();
    TABLE.verbs.iter().find(|(_, words)| words.contains(&first)).map(|(kind, _)| *kind)
}

/// Whether words that begin like a note say where something changed.
fn names_change(clause: &str) -> bool {
    !places(clause).is_empty()
        || clause
            .split_whitespace()
            .nth(1)
            .is_some_and(|second| matches!(second, "with" | "to" | "headline" | "throughout"))
}

/// The clauses of a note: each verb makes one.
fn clauses(text: &str, span: Span, otherwise: Option<NoteKind>, notes: &mut Vec<Note>) {
    let inside = &text[span.clone()];
    let mut starts = vec![0];
    // `; corrects`, `, corrects`, `. Corrects`, ` and corrects`: a verb of notes behind a border begins a clause.
    for (at, border) in inside.match_indices([';', ',', '.']) {
        let from = at + border.len();
        let rest = inside[from..].trim_start();
        let rest = rest.strip_prefix("and ").unwrap_or(rest);
        if kind_of(rest).is_some() {
            starts.push(inside.len() - rest.len());
        }
    }
    for (n, &start) in starts.iter().enumerate() {
        let end = starts.get(n + 1).copied().unwrap_or(inside.len());
        let clause = inside[start..end].trim_end().trim_end_matches([';', ',', '.', ')']);
        let clause = clause.strip_suffix(" and").unwrap_or(clause).trim_end_matches([';', ',', ' ']);
        let Some(kind) = kind_of(clause).or(otherwise.filter(|_| n == 0)) else { continue };
        let what =
            if kind_of(clause).is_some() { clause.trim_start()[word(clause).len()..].trim() } else { clause.trim() };
        let at = span.start + start..span.start + start + clause.len();
        notes.push(Note { at, kind, what: crate::tree::squeeze(what), paragraphs: places(clause), number: None });
    }
}

/// The paragraphs that a clause names: `in fifth and last paragraphs`, `paragraphs 3-5 and 7`, `5th para`.
fn places(clause: &str) -> Vec<Place> {
    let words: Vec<String> = clause
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')' | ';'))
        .filter(|word| !word.is_empty())
        .map(|word| word.trim_matches(['.', ':']).to_lowercase())
        .collect();
    let mut places = Vec::new();
    for (at, _) in words.iter().enumerate().filter(|(_, word)| TABLE.paragraphs.words.contains(*word)) {
        let joins = |word: &String| matches!(word.as_str(), "and" | "to" | "through" | "the" | "&");
        let before = words[..at]
            .iter()
            .rev()
            .take_while(|word| joins(word) || !place(word).is_empty() || place_of_kind(word).is_some());
        let mut before: Vec<&String> = before.collect();
        before.reverse();
        // "adds two paragraphs" counts them; "paragraphs two and five" names them.
        before.retain(|word| !is_count(word));
        let behind: Vec<&String> =
            words[at + 1..].iter().take_while(|word| joins(word) || !place(word).is_empty()).collect();
        let behind = if behind.first().is_some_and(|word| joins(word)) { Vec::new() } else { behind };
        for side in [before, behind] {
            range(&side, &mut places);
        }
    }
    places
}

/// A plain number, which before the word for paragraphs says how many they are.
fn is_count(word: &str) -> bool {
    word.parse::<usize>().is_ok() || TABLE.numbers.cardinals.iter().any(|known| known == word)
}

fn place_of_kind(word: &str) -> Option<Place> {
    if TABLE.paragraphs.last.contains(word) {
        Some(Place::Last)
    } else if TABLE.paragraphs.penultimate.contains(word) {
        Some(Place::Penultimate)
    } else {
        None
    }
}

/// The places that a row of words names, `3 to 5` written out.
fn range(words: &[&String], places: &mut Vec<Place>) {
    let mut through = None;
    for word in words {
        if matches!(word.as_str(), "to" | "through") {
            through = places.last().copied();
            continue;
        }
        let found = place_of_kind(word).map_or_else(|| place(word), |place| vec![place]);
        for place in found {
            if let (Some(Place::Number(from)), Place::Number(to)) = (through.take(), place)
                && to > from
                && to - from <= LONGEST_RANGE
            {
                places.extend((from + 1..to).map(Place::Number));
            }
            if !places.contains(&place) {
                places.push(place);
            }
        }
    }
}

/// The numbers in one word: `5`, `5th`, `fifth`, `3-5`, `3/4`.
fn place(word: &str) -> Vec<Place> {
    if TABLE.paragraphs.all.contains(word) {
        return Vec::new();
    }
    let named = |words: &[String]| words.iter().position(|known| known == word);
    if let Some(at) = named(&TABLE.numbers.words).or_else(|| named(&TABLE.numbers.cardinals)) {
        return vec![Place::Number(at + 1)];
    }
    let parts: Vec<&str> = word.split(['-', '–', '/', '&']).collect();
    let number = |part: &&str| {
        let digits = ["st", "nd", "rd", "th"].iter().find_map(|ending| part.strip_suffix(ending)).unwrap_or(part);
        digits.parse::<usize>().ok().filter(|n| (1..=9999).contains(n))
    };
    let Some(numbers) = parts.iter().map(number).collect::<Option<Vec<usize>>>() else { return Vec::new() };
    match numbers[..] {
        [from, to] if word.contains(['-', '–']) && to > from && to - from <= LONGEST_RANGE => {
            (from..=to).map(Place::Number).collect()
        }
        _ => numbers.into_iter().map(Place::Number).collect(),
    }
}
