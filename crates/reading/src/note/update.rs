//! The update note of a statement, as newspapers write theirs: what kind of change, and in which paragraphs. In English it has the forms that
//! [`report`](crate::report()) reads back.

use super::abroad;
use super::difference::{Deed, Difference, difference};

/// A version of a published text, as far as a note speaks of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Edition<'a> {
    /// Its headline.
    pub title: &'a str,
    /// Who speaks.
    pub byline: &'a str,
    /// What it is filed under.
    pub category: &'a str,
    /// The text.
    pub text: &'a str,
    /// How many parts the letter has that it shows; 0 without one.
    pub parts: usize,
    /// Those of them that are open, from 1, ascending.
    pub open: &'a [u32],
    /// Whether the text of the post is shown that it answers.
    pub post: bool,
}

impl std::fmt::Debug for Edition<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Edition").field("parts", &self.parts).field("open", &self.open).finish_non_exhaustive()
    }
}

/// The update note from one version to the next, in the language of the statement where there are words for it (`en`, `fr`, `de`, `ru`,
/// `zh`), else in English: "Adds the ministry's response in the fifth and last paragraphs. Opens parts 3 and 4 of the letter." At most two
/// sentences; empty only where the versions are the same.
#[must_use]
pub fn update_note(before: &Edition<'_>, after: &Edition<'_>, language: &str) -> String {
    if before == after {
        return String::new();
    }
    let difference = difference(before.text, after.text);
    let around = Around::of(before, after);
    let primary = language.split('-').next().unwrap_or_default().to_ascii_lowercase();
    if let Some(note) = abroad::note(&primary, &difference, &around) {
        return note;
    }
    let text = text(&difference);
    let sentences: Vec<String> =
        [text, around.english()].into_iter().filter(|clauses| !clauses.is_empty()).map(|c| sentence(&c)).collect();
    // Spaces, or words between the paragraphs that are counted.
    if sentences.is_empty() { "Refiles to fix the layout.".to_owned() } else { sentences.join(" ") }
}

/// What differs outside the text.
pub(super) struct Around {
    pub opened: Vec<u32>,
    pub closed: Vec<u32>,
    /// Whether every part is open now.
    pub whole: bool,
    pub title: bool,
    pub byline: bool,
    pub category: bool,
    /// Whether the post's text is new on the page, or no longer there.
    pub post: Option<bool>,
}

impl Around {
    fn of(before: &Edition<'_>, after: &Edition<'_>) -> Self {
        let only = |of: &[u32], not: &[u32]| of.iter().copied().filter(|part| !not.contains(part)).collect::<Vec<_>>();
        Self {
            opened: only(after.open, before.open),
            closed: only(before.open, after.open),
            whole: after.parts > 1 && after.open.len() == after.parts,
            title: before.title != after.title,
            byline: before.byline != after.byline,
            category: before.category != after.category,
            post: (before.post != after.post).then_some(after.post),
        }
    }

    fn english(&self) -> Vec<String> {
        let mut clauses = Vec::new();
        if self.whole && !self.opened.is_empty() {
            clauses.push("opens the whole letter".to_owned());
        } else if !self.opened.is_empty() {
            clauses.push(format!("opens {} of the letter", parts(&self.opened)));
        }
        if !self.closed.is_empty() {
            clauses.push(format!("removes {} of the letter from the page", parts(&self.closed)));
        }
        match self.post {
            Some(true) => clauses.push("adds the text of the post".to_owned()),
            Some(false) => clauses.push("removes the text of the post".to_owned()),
            None => {}
        }
        let named = [(self.title, "headline"), (self.byline, "byline"), (self.category, "category")];
        let named: Vec<&str> = named.into_iter().filter(|(holds, _)| *holds).map(|(_, name)| name).collect();
        if !named.is_empty() {
            clauses.push(format!("changes the {}", joined(&named)));
        }
        clauses
    }
}

fn parts(numbers: &[u32]) -> String {
    let numbers: Vec<usize> = numbers.iter().map(|n| *n as usize).collect();
    let noun = if numbers.len() == 1 { "part" } else { "parts" };
    format!("{noun} {}", runs(&numbers).join_with(|n| n.to_string(), "to"))
}

/// The clauses of the text, the longest note cut to counts.
fn text(difference: &Difference) -> Vec<String> {
    if difference.breaks {
        return vec!["changes the breaks between paragraphs".to_owned()];
    }
    let changed = difference.deeds.len() + difference.gone.len();
    if difference.same == 0 && difference.before > 2 && difference.after > 2 && changed > 3 {
        return vec!["recasts throughout".to_owned()];
    }
    let clauses = clauses(difference);
    if clauses.len() <= MOST_CLAUSES && clauses.iter().map(String::len).sum::<usize>() <= LONGEST {
        return clauses;
    }
    counts(difference)
}

/// The most clauses of a sentence, and the most bytes of all of them: what is longer says how many.
const MOST_CLAUSES: usize = 4;
const LONGEST: usize = 320;

fn clauses(difference: &Difference) -> Vec<String> {
    let mut groups: Vec<(&Deed, Vec<usize>)> = Vec::new();
    for (at, deed) in &difference.deeds {
        match groups.iter_mut().find(|(known, _)| *known == deed) {
            Some((_, places)) => places.push(*at),
            None => groups.push((deed, vec![*at])),
        }
    }
    // What was added stands first, then corrections, changes and removals.
    groups.sort_by_key(|(deed, _)| rank(deed));
    let mut clauses: Vec<String> = groups.iter().map(|(deed, places)| clause(deed, places, difference.after)).collect();
    if !difference.gone.is_empty() {
        let places = paragraphs(&difference.gone, difference.before);
        let places = places.unwrap_or_else(|| "the first paragraph".to_owned());
        clauses.push(format!("removes {places} of the earlier version"));
    }
    if difference.marks {
        clauses.push("corrects punctuation or capitals".to_owned());
    }
    if difference.order {
        clauses.push("changes the order of paragraphs".to_owned());
    }
    if difference.heading {
        clauses.push("changes the heading of the text".to_owned());
    }
    clauses
}

fn rank(deed: &Deed) -> u8 {
    match deed {
        Deed::Said(_) => 0,
        Deed::Paragraph | Deed::Sentence | Deed::Words => 1,
        Deed::Date | Deed::Figure | Deed::Name | Deed::Spelling => 2,
        Deed::Wording => 3,
        Deed::SentenceGone | Deed::WordsGone => 4,
    }
}

fn clause(deed: &Deed, places: &[usize], count: usize) -> String {
    let several = places.len() > 1;
    let what = match deed {
        Deed::Paragraph => return added(places, count),
        Deed::Said(what) => format!("adds {what}"),
        Deed::Sentence => if several { "adds sentences" } else { "adds a sentence" }.to_owned(),
        Deed::Words => "adds words".to_owned(),
        Deed::Date => if several { "corrects dates" } else { "corrects the date" }.to_owned(),
        Deed::Figure => if several { "corrects figures" } else { "corrects a figure" }.to_owned(),
        Deed::Name => if several { "corrects names" } else { "corrects a name" }.to_owned(),
        Deed::Spelling => "corrects the spelling".to_owned(),
        Deed::Wording => "changes the wording".to_owned(),
        Deed::SentenceGone => "removes a sentence".to_owned(),
        Deed::WordsGone => "removes words".to_owned(),
    };
    match paragraphs(places, count) {
        Some(places) => format!("{what} in {places}"),
        None => what,
    }
}

/// New paragraphs of which nothing is said.
fn added(places: &[usize], count: usize) -> String {
    let noun = |n: usize| match CARDINALS.get(n) {
        _ if n == 1 => "a paragraph".to_owned(),
        Some(word) => format!("{word} paragraphs"),
        None => format!("{n} paragraphs"),
    };
    let (first, n) = (places[0], places.len());
    let row = places.windows(2).all(|pair| pair[0] + 1 == pair[1]);
    if row && first + n == count {
        format!("adds {} at the end", noun(n))
    } else if row && first == 0 {
        format!("adds {} at the beginning", noun(n))
    } else {
        format!("adds {}", paragraphs(places, count).unwrap_or_else(|| noun(n)))
    }
}

/// How many of what, where a list would be too long to read.
fn counts(difference: &Difference) -> Vec<String> {
    let (mut added, mut changed) = (0, Vec::new());
    for (at, deed) in &difference.deeds {
        match deed {
            Deed::Paragraph => added += 1,
            Deed::Said(_) if !changed.contains(at) => added += 1,
            _ if !changed.contains(at) => changed.push(*at),
            _ => {}
        }
    }
    let noun = |n: usize| if n == 1 { "a paragraph".to_owned() } else { format!("{n} paragraphs") };
    let mut clauses = Vec::new();
    if added > 0 {
        clauses.push(format!("adds {}", noun(added)));
    }
    if !changed.is_empty() {
        clauses.push(format!("changes the wording of {}", noun(changed.len())));
    }
    if !difference.gone.is_empty() {
        clauses.push(format!("removes {}", noun(difference.gone.len())));
    }
    if difference.order || difference.heading || difference.marks {
        clauses.push("changes the order or the form of others".to_owned());
    }
    clauses
}

const CARDINALS: [&str; 11] = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

const ORDINALS: [&str; 10] =
    ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];

/// "the fifth and last paragraphs", "paragraphs 3, 12 and 14"; none where the text has only one.
fn paragraphs(places: &[usize], count: usize) -> Option<String> {
    if count < 2 {
        return None;
    }
    let numbers: Vec<usize> = places.iter().map(|at| at + 1).collect();
    let one = numbers.len() == 1;
    let noun = if one { "paragraph" } else { "paragraphs" };
    let is_last = |n: usize| n == count && count > 2;
    if numbers.iter().all(|n| *n <= ORDINALS.len() || is_last(*n)) {
        let name = |n: usize| if is_last(n) { "last" } else { ORDINALS[n - 1] }.to_owned();
        let mut found = runs(&numbers);
        // "the third to last paragraphs" are another thing.
        found.part(is_last);
        return Some(format!("the {} {noun}", found.join_with(name, "to")));
    }
    Some(format!("{noun} {}", runs(&numbers).join_with(|n| n.to_string(), "to")))
}

/// Numbers, three in a row and more as a range.
pub(super) struct Runs(Vec<(usize, usize)>);

pub(super) fn runs(numbers: &[usize]) -> Runs {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for &n in numbers {
        match runs.last_mut() {
            Some((_, to)) if *to + 1 == n => *to = n,
            _ => runs.push((n, n)),
        }
    }
    Runs(runs)
}

impl Runs {
    /// Takes a number out of the end of its range.
    fn part(&mut self, alone: impl Fn(usize) -> bool) {
        if let Some(last) = self.0.last_mut().filter(|(from, to)| from < to && alone(*to)) {
            let to = last.1;
            last.1 -= 1;
            self.0.push((to, to));
        }
    }

    /// The ranges and numbers, each as its word.
    pub(super) fn pieces(&self, name: impl Fn(usize) -> String, to: &str) -> Vec<String> {
        let mut pieces = Vec::new();
        for &(from, end) in &self.0 {
            match end - from {
                0 => pieces.push(name(from)),
                1 => pieces.extend([name(from), name(end)]),
                _ => pieces.push(format!("{}{to}{}", name(from), name(end))),
            }
        }
        pieces
    }

    fn join_with(&self, name: impl Fn(usize) -> String, to: &str) -> String {
        let pieces = self.pieces(name, &format!(" {to} "));
        joined(&pieces.iter().map(String::as_str).collect::<Vec<_>>())
    }
}

fn joined(pieces: &[&str]) -> String {
    match pieces {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn sentence(clauses: &[String]) -> String {
    let text = clauses.join("; ");
    let mut chars = text.chars();
    let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", chars.as_str())
}
