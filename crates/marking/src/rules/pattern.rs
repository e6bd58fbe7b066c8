//! Contexts: small patterns over the tokens beside a match, anchored to whole tokens.
//!
//! A pattern is read from left to right and touches the match: its end when it stands before, its start
//! when it stands after. Elements are separated by spaces:
//!
//! | element | stands for |
//! |---|---|
//! | `word`, `peace-loving`, `,` | these tokens, whatever their case |
//! | `the/this/our` | one of them |
//! | `@name` | one entry of a set |
//! | `re*`, `*ing` | one word that starts / ends so |
//! | `_` | any one word |
//! | `#` | a token that starts with a digit |
//! | `<capital>` | a capitalised word, "I" apart |
//! | `^`, `$` | the sentence's start; its end, closing punctuation left aside |
//! | `...` | any tokens of the sentence, at most 16, or none |
//! | element followed by `?` | the same, or nothing |

use super::page::PageToken;
use countermark_text::{TokenKind, tokens};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How far `...` looks: the length of a long clause. Beyond it a link between two words is chance.
const GAP: usize = 16;

/// Sets of words by name, shared by all patterns that use them.
pub(super) type Sets = BTreeMap<String, Arc<Choices>>;

/// Token sequences of which one may stand.
#[derive(Debug, Default)]
pub(super) struct Choices {
    /// Those of one token, sorted.
    single: Vec<String>,
    /// The others.
    longer: Vec<Vec<String>>,
}

impl Choices {
    pub(super) fn of(entries: impl Iterator<Item = Vec<String>>) -> Choices {
        let mut made = Choices::default();
        for mut words in entries {
            match words.len() {
                0 => {}
                1 => made.single.extend(words.pop()),
                _ => made.longer.push(words),
            }
        }
        made.single.sort_unstable();
        made
    }

    fn holds(&self, word: &str) -> bool {
        self.single.binary_search_by(|w| w.as_str().cmp(word)).is_ok()
    }
}

/// Why a pattern can't be read.
#[derive(Debug)]
pub(super) enum PatternFault {
    Unreadable,
    UnknownSet(String),
}

/// Which side of a match a pattern stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

#[derive(Debug, Clone)]
enum Element {
    /// One of these.
    Words(Vec<Arc<Choices>>),
    Prefix(String),
    Suffix(String),
    Any,
    Digit,
    Capital,
    Edge,
    Gap,
}

/// One pattern; elements in the direction away from the match.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    elements: Vec<(Element, bool)>,
    side: Side,
}

/// Canonical tokens of a phrase.
pub(super) fn canon(text: &str) -> Vec<String> {
    // Nearly every entry is one plain word, and a pack has tens of thousands of them.
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphabetic()) {
        return vec![text.to_ascii_lowercase()];
    }
    tokens(text).map(|t| t.canon.into_owned()).collect()
}

impl Pattern {
    pub(super) fn parse(text: &str, side: Side, sets: &Sets) -> Result<Pattern, PatternFault> {
        let mut elements = Vec::new();
        for word in text.split_whitespace() {
            let (word, optional) = match word.strip_suffix('?') {
                Some(rest) if !rest.is_empty() => (rest, true),
                _ => (word, false),
            };
            elements.push((element(word, side, sets)?, optional));
        }
        if elements.is_empty() {
            return Err(PatternFault::Unreadable);
        }
        if side == Side::Left {
            elements.reverse();
        }
        Ok(Pattern { elements, side })
    }

    /// Whether the pattern stands beside a match: `beside` are the sentence's tokens on that side,
    /// in reading order.
    pub(super) fn stands(&self, beside: &[PageToken<'_>]) -> bool {
        follow(&self.elements, beside, self.side)
    }
}

impl Pattern {
    /// How many of the tokens on the right the pattern can take, every way in which it stands.
    pub(super) fn lengths(&self, right: &[PageToken<'_>], all: &mut Vec<usize>) {
        follow_to(&self.elements, right, right.len(), all);
    }

    /// The words that the pattern can begin with; nothing when it can begin with anything.
    pub(super) fn beginnings(&self) -> Option<Vec<&str>> {
        match self.elements.first() {
            Some((Element::Words(choices), false)) => {
                let words =
                    choices.iter().flat_map(|c| c.single.iter().chain(c.longer.iter().filter_map(|w| w.first())));
                Some(words.map(String::as_str).collect())
            }
            _ => None,
        }
    }
}

fn element(word: &str, side: Side, sets: &Sets) -> Result<Element, PatternFault> {
    Ok(match word {
        "_" => Element::Any,
        "#" => Element::Digit,
        "<capital>" => Element::Capital,
        "..." => Element::Gap,
        "^" if side == Side::Left => Element::Edge,
        "$" if side == Side::Right => Element::Edge,
        "^" | "$" => return Err(PatternFault::Unreadable),
        _ => {
            if let Some(start) = word.strip_suffix('*').filter(|s| !s.is_empty()) {
                return Ok(Element::Prefix(start.to_lowercase()));
            }
            if let Some(end) = word.strip_prefix('*').filter(|s| !s.is_empty()) {
                return Ok(Element::Suffix(end.to_lowercase()));
            }
            Element::Words(choices(word, sets)?)
        }
    })
}

fn choices(word: &str, sets: &Sets) -> Result<Vec<Arc<Choices>>, PatternFault> {
    let mut all = Vec::new();
    let mut own = Vec::new();
    // A lone slash is punctuation, not a choice.
    let list: Vec<&str> = if word == "/" { vec![word] } else { word.split('/').collect() };
    for choice in list {
        if let Some(name) = choice.strip_prefix('@') {
            all.push(sets.get(name).ok_or_else(|| PatternFault::UnknownSet(name.to_owned()))?.clone());
        } else {
            let words = canon(choice);
            if words.is_empty() {
                return Err(PatternFault::Unreadable);
            }
            own.push(words);
        }
    }
    if !own.is_empty() {
        all.push(Arc::new(Choices::of(own.into_iter())));
    }
    Ok(all)
}

/// Matches the elements against what is left of the sentence, the nearest token first. Depth is bounded by
/// the pattern's length, breadth by `GAP` and the sets' entries.
fn follow(elements: &[(Element, bool)], beside: &[PageToken<'_>], side: Side) -> bool {
    let Some(((element, optional), rest)) = elements.split_first() else { return true };
    if *optional && follow(rest, beside, side) {
        return true;
    }
    match element {
        Element::Edge => edge(beside, side) && follow(rest, beside, side),
        Element::Gap => {
            let mut left = beside;
            for _ in 0..=GAP {
                if follow(rest, left, side) {
                    return true;
                }
                match step(left, side) {
                    Some((_, further)) => left = further,
                    None => return false,
                }
            }
            false
        }
        Element::Words(choices) => {
            let single = step(beside, side).is_some_and(|(token, further)| {
                choices.iter().any(|c| c.holds(&token.canon)) && follow(rest, further, side)
            });
            single
                || choices
                    .iter()
                    .flat_map(|c| &c.longer)
                    .any(|words| after(words, beside, side).is_some_and(|further| follow(rest, further, side)))
        }
        _ => match step(beside, side) {
            Some((token, further)) => one(element, token) && follow(rest, further, side),
            None => false,
        },
    }
}

/// As [`follow`] to the right, but in every way: `all` takes how many of `whole` tokens each of them uses.
fn follow_to(elements: &[(Element, bool)], beside: &[PageToken<'_>], whole: usize, all: &mut Vec<usize>) {
    let Some(((element, optional), rest)) = elements.split_first() else {
        all.push(whole - beside.len());
        return;
    };
    if *optional {
        follow_to(rest, beside, whole, all);
    }
    match element {
        Element::Edge => {
            if edge(beside, Side::Right) {
                follow_to(rest, beside, whole, all);
            }
        }
        Element::Gap => {
            for skipped in 0..=GAP.min(beside.len()) {
                follow_to(rest, &beside[skipped..], whole, all);
            }
        }
        Element::Words(choices) => {
            if let Some((token, further)) = beside.split_first()
                && choices.iter().any(|c| c.holds(&token.canon))
            {
                follow_to(rest, further, whole, all);
            }
            for words in choices.iter().flat_map(|c| &c.longer) {
                if let Some(further) = after(words, beside, Side::Right) {
                    follow_to(rest, further, whole, all);
                }
            }
        }
        _ => {
            if let Some((token, further)) = beside.split_first()
                && one(element, token)
            {
                follow_to(rest, further, whole, all);
            }
        }
    }
}

fn one(element: &Element, token: &PageToken<'_>) -> bool {
    match element {
        Element::Prefix(start) => token.kind == TokenKind::Word && token.canon.starts_with(start.as_str()),
        Element::Suffix(end) => token.kind == TokenKind::Word && token.canon.ends_with(end.as_str()),
        Element::Any => token.kind == TokenKind::Word,
        Element::Digit => token.canon.starts_with(|c: char| c.is_ascii_digit()),
        Element::Capital => token.is_name(),
        Element::Words(_) | Element::Edge | Element::Gap => false,
    }
}

fn edge(beside: &[PageToken<'_>], side: Side) -> bool {
    match side {
        Side::Left => beside.is_empty(),
        Side::Right => beside.iter().all(|t| t.kind == TokenKind::Punct && t.ends_sentence()),
    }
}

/// What is left beyond these words, if they stand here.
fn after<'p, 't>(words: &[String], beside: &'p [PageToken<'t>], side: Side) -> Option<&'p [PageToken<'t>]> {
    let (here, further) = match side {
        Side::Right => beside.split_at_checked(words.len())?,
        Side::Left => {
            let (further, here) = beside.split_at_checked(beside.len().checked_sub(words.len())?)?;
            (here, further)
        }
    };
    words.iter().zip(here).all(|(word, token)| token.canon == word.as_str()).then_some(further)
}

fn step<'p, 't>(beside: &'p [PageToken<'t>], side: Side) -> Option<(&'p PageToken<'t>, &'p [PageToken<'t>])> {
    match side {
        Side::Left => beside.split_last(),
        Side::Right => beside.split_first(),
    }
}
