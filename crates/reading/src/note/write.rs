//! The update note, written from the difference of two versions.

use std::collections::HashMap;

use countermark_text::words;

use crate::paragraph::body;

/// How a paragraph of the new version came from the old one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// It stood there, word for word.
    Same(usize),
    /// It stood there in other words.
    Changed(usize),
    New,
}

/// How many paragraphs of a version are compared: what is longer is no report.
pub(super) const MOST: usize = 2000;

/// Paragraphs that share this part of their words are one, changed.
const SHARED: f64 = 0.5;

/// Where each paragraph comes from. Both are normalised paragraphs.
pub(super) fn origins(old: &[String], new: &[String]) -> Vec<Origin> {
    let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, paragraph) in old.iter().enumerate().rev() {
        places.entry(paragraph).or_default().push(at);
    }
    let mut taken = vec![false; old.len()];
    let mut origins: Vec<Origin> = new
        .iter()
        .map(|paragraph| match places.get_mut(paragraph.as_str()).and_then(Vec::pop) {
            Some(at) => {
                taken[at] = true;
                Origin::Same(at)
            }
            None => Origin::New,
        })
        .collect();
    for at in 0..new.len() {
        if origins[at] != Origin::New {
            continue;
        }
        // Changed paragraphs stand where they stood: between the same neighbours.
        let known = |origin: &Origin| match origin {
            Origin::Same(at) | Origin::Changed(at) => Some(*at),
            Origin::New => None,
        };
        let from = origins[..at].iter().rev().find_map(known).map_or(0, |at| at + 1);
        let to = origins[at..].iter().find_map(known).unwrap_or(old.len());
        let candidates = (from..to.max(from)).take(20).filter(|at| !taken[*at]);
        let best = candidates.map(|place| (shared(&old[place], &new[at]), place)).max_by(|a, b| a.0.total_cmp(&b.0));
        if let Some((_, place)) = best.filter(|(shared, _)| *shared >= SHARED) {
            taken[place] = true;
            origins[at] = Origin::Changed(place);
        }
    }
    origins
}

/// The part of the words of two paragraphs that they share, by the shorter one.
fn shared(a: &str, b: &str) -> f64 {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for word in a.split(' ') {
        *counts.entry(word).or_default() += 1;
    }
    let (mut both, mut all) = (0_usize, 0_usize);
    for word in b.split(' ') {
        all += 1;
        if let Some(count) = counts.get_mut(word).filter(|count| **count > 0) {
            *count -= 1;
            both += 1;
        }
    }
    let shorter = all.min(a.split(' ').count()).max(1);
    both as f64 / shorter as f64
}

/// A text's body, each paragraph as its canonical words: a change of marks or typography is none.
pub(super) fn normalised(text: &str) -> Vec<String> {
    let notes: Vec<_> = super::notes(text).into_iter().map(|note| note.at).collect();
    let body = body(text, &super::check::whole_paragraphs(text, &notes));
    body.into_iter()
        .take(MOST)
        .map(|paragraph| words(&text[paragraph]).map(|word| word.canon).collect::<Vec<_>>().join(" "))
        .collect()
}

/// The note that says what changed between two versions, from their paragraphs and nothing else: `Adds paragraphs 5 and 9 (last);
/// changes paragraph 2`. Empty where no paragraph changed a word; a headline is not counted.
pub fn write_note(old: &str, new: &str) -> String {
    let (before, after) = (normalised(old), normalised(new));
    let origins = origins(&before, &after);
    let number = |at: usize| {
        if at + 1 == after.len() && after.len() > 1 { format!("{} (last)", at + 1) } else { (at + 1).to_string() }
    };
    let of = |wanted: &dyn Fn(&Origin) -> bool| -> Vec<String> {
        origins.iter().enumerate().filter(|(_, origin)| wanted(origin)).map(|(at, _)| number(at)).collect()
    };
    let added = of(&|origin| *origin == Origin::New);
    let changed = of(&|origin| matches!(origin, Origin::Changed(_)));
    let kept: Vec<usize> = origins
        .iter()
        .filter_map(|origin| match origin {
            Origin::Same(at) | Origin::Changed(at) => Some(*at),
            Origin::New => None,
        })
        .collect();
    let gone: Vec<String> = (0..before.len()).filter(|at| !kept.contains(at)).map(|at| (at + 1).to_string()).collect();
    let mut clauses = Vec::new();
    for (verb, places, of) in
        [("adds", added, ""), ("changes", changed, ""), ("removes", gone, " of the earlier version")]
    {
        if !places.is_empty() {
            let noun = if places.len() == 1 { "paragraph" } else { "paragraphs" };
            clauses.push(format!("{verb} {noun} {}{of}", listed(&places)));
        }
    }
    // `Same` paragraphs in another order.
    if kept.windows(2).any(|pair| pair[0] > pair[1]) {
        clauses.push("changes the order".to_owned());
    }
    let note = clauses.join("; ");
    note.chars().take(1).flat_map(char::to_uppercase).chain(note.chars().skip(1)).collect()
}

/// `5`, `5 and 9`, `2, 5 and 9`; three in a row and more as `2 to 4`.
fn listed(places: &[String]) -> String {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    let value = |at: usize| places[at].split(' ').next().and_then(|n| n.parse::<usize>().ok());
    for at in 0..places.len() {
        match runs.last_mut() {
            Some((_, end)) if value(*end).map(|n| n + 1) == value(at) => *end = at,
            _ => runs.push((at, at)),
        }
    }
    let mut shown: Vec<String> = Vec::new();
    for (from, to) in runs {
        match to - from {
            0 => shown.push(places[from].clone()),
            1 => shown.extend([places[from].clone(), places[to].clone()]),
            _ => shown.push(format!("{} to {}", places[from], places[to])),
        }
    }
    match &shown[..] {
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
        [] => String::new(),
    }
}
