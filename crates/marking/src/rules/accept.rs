//! Taking proposals into a master.

use super::{Place, Proposal};
use crate::Class;
use std::collections::{BTreeSet, HashMap};
use std::fmt::Write;

/// The master's source with the chosen proposals as sites. Proposals must come from
/// [`propose`](super::propose) on the same source; their order does not matter, and one that overlaps an
/// earlier one or lies outside the text is left out.
///
/// Ties are numbered from the first number that the source does not use. A class is written only where the
/// syntax asks for it: typography, punctuation, layout.
pub fn accept(source: &str, chosen: &[Proposal]) -> String {
    accept_at(source, chosen).0
}

/// The same with every site's class written, for whoever counts sites by class: sites and parts are the same ones.
pub fn accept_classed(source: &str, chosen: &[Proposal]) -> String {
    written(source, chosen, Some).0
}

/// As [`accept`], with where each place begins in the outcome and whose it is in `chosen`, in order of place.
pub(super) fn accept_at(source: &str, chosen: &[Proposal]) -> (String, Vec<(usize, usize)>) {
    written(source, chosen, |class| match class {
        Class::Typography | Class::Punctuation | Class::Layout => Some(class),
        _ => None,
    })
}

fn written(source: &str, chosen: &[Proposal], shown: fn(Class) -> Option<Class>) -> (String, Vec<(usize, usize)>) {
    let mut begun = Vec::with_capacity(chosen.len());
    let mut ties = Ties { used: tie_numbers(source), next: 1, names: HashMap::new(), moves: HashMap::new() };
    let mut out = String::with_capacity(source.len() + 32 * chosen.len());
    let mut kept = 0;
    for (owner, place) in places(source, chosen) {
        out.push_str(source.get(kept..place.span.start).unwrap_or_default());
        kept = place.span.end;
        let tie = ties.number(&chosen[owner], owner);
        begun.push((out.len(), owner));
        write_site(&mut out, shown(chosen[owner].class), place, tie);
    }
    out.push_str(source.get(kept..).unwrap_or_default());
    (out, begun)
}

/// The places of the chosen, in order, each with the number of its proposal. What overlaps an earlier proposal or lies
/// outside the text is left out, a move as a whole.
fn places<'p>(source: &str, chosen: &'p [Proposal]) -> Vec<(usize, &'p Place)> {
    let of =
        |owner: usize| chosen.iter().skip(owner).take(1).flat_map(move |p| p.places.iter().map(move |at| (owner, at)));
    let mut all: Vec<(usize, &Place)> = (0..chosen.len()).flat_map(of).collect();
    all.sort_by_key(|(owner, place)| (place.span.start, place.span.end, *owner));
    let mut left_out = BTreeSet::new();
    loop {
        let before = left_out.len();
        let mut end = 0;
        for (owner, place) in &all {
            if left_out.contains(owner) {
                continue;
            }
            if place.span.start < end || source.get(place.span.clone()).is_none() {
                left_out.insert(*owner);
            } else {
                end = place.span.end;
            }
        }
        if left_out.len() == before {
            all.retain(|(owner, _)| !left_out.contains(owner));
            return all;
        }
    }
}

/// The numbers given to ties: one a name, one a move.
struct Ties<'p> {
    used: BTreeSet<u32>,
    next: u32,
    names: HashMap<&'p str, u32>,
    moves: HashMap<usize, u32>,
}

impl<'p> Ties<'p> {
    fn number(&mut self, proposal: &'p Proposal, owner: usize) -> Option<u32> {
        let known = match &proposal.tie {
            Some(name) => self.names.get(name.as_str()),
            None if proposal.places.len() > 1 => self.moves.get(&owner),
            None => return None,
        };
        if known.is_some() {
            return known.copied();
        }
        while self.used.contains(&self.next) {
            self.next += 1;
        }
        let number = self.next;
        self.next += 1;
        match &proposal.tie {
            Some(name) => self.names.insert(name, number),
            None => self.moves.insert(owner, number),
        };
        Some(number)
    }
}

fn write_site(out: &mut String, class: Option<Class>, place: &Place, tie: Option<u32>) {
    out.push('{');
    // Writing into a string can't fail.
    let _ = match (tie, class) {
        (Some(n), Some(class)) => write!(out, "#{n}@{class}:"),
        (Some(n), None) => write!(out, "#{n}:"),
        (None, Some(class)) => write!(out, "@{class}:"),
        (None, None) => Ok(()),
    };
    for (number, alternative) in place.alternatives.iter().enumerate() {
        if number > 0 {
            out.push('|');
        }
        for c in alternative.chars() {
            if matches!(c, '{' | '|' | '}' | '\\') {
                out.push('\\');
            }
            out.push(c);
        }
    }
    out.push('}');
}

/// The tie numbers that may be in use: every `{#n`, escaped ones included.
fn tie_numbers(source: &str) -> BTreeSet<u32> {
    let digits = |rest: &str| {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        rest[..end].parse().ok()
    };
    source.match_indices("{#").filter_map(|(at, _)| digits(&source[at + 2..])).collect()
}
