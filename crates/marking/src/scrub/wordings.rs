//! One wording of those that the packs hold equal, place by place.
//!
//! A line is reworded from its left, one place at a time, until nothing is left to change. Rules can send a place round in a
//! circle (one puts a word in, another leaves it out). A text that comes again shows it; then the least of the circle's
//! texts is taken and the place is left alone. So the outcome does not depend on where in the circle it began.

use std::collections::HashMap;

use super::characters::normalise_line;
use super::finding::{Done, Finding, Kind};
use super::traced::{Edit, Traced};
use crate::rules::{Neutral, Spot};
use crate::{Class, Span};

/// The most changes of one line, beside one for each word of it: a line that is not settled then keeps its wordings.
const PATIENCE: usize = 200;

/// How often a line is walked through at most.
const WALKS: usize = 16;

/// Brings a line to the neutral wordings, and tells of each place.
pub(super) fn settle(line: Traced, neutral: &Neutral<'_>, findings: &mut Vec<Finding>) -> Traced {
    let spots = neutral.spots(line.text());
    if spots.is_empty() {
        return line;
    }
    let mut changed = Vec::new();
    // A walk that begins where the last one ended forgets which places were left alone: walked until nothing is new.
    let mut walked = vec![line.clone()];
    while walked.len() < WALKS {
        let Some(next) = walked.last().and_then(|last| walk(last, neutral, &mut changed)) else { break };
        if let Some(first) = walked.iter().position(|before| before.text() == next.text()) {
            let least = walked.drain(first..).min_by(|a, b| a.text().cmp(b.text())).unwrap_or(next);
            findings.append(&mut findings_of(&line, &least, &spots, changed));
            return least;
        }
        walked.push(next);
    }
    // Rules that send each other on and on: the line keeps its wordings, and says so.
    findings.extend(spots.iter().map(|spot| told(&line, spot)).map(|told| Finding {
        span: told.span,
        kind: Kind::Wording,
        what: told.what,
        done: Done::Left,
    }));
    line
}

/// Rewords a line from its left until nothing is left to change; nothing when that does not end.
fn walk(line: &Traced, neutral: &Neutral<'_>, changed: &mut Vec<Told>) -> Option<Traced> {
    let mut locked: Vec<Span> = Vec::new();
    let mut passed: Vec<Traced> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut now = line.clone();
    let longest = 2 * line.text().len() + 256;
    for _ in 0..PATIENCE + line.text().split(' ').count() {
        let spots = neutral.spots(now.text());
        let Some(spot) = next(now.text(), &spots, &locked) else { return Some(now) };
        changed.push(told(&now, spot));
        known.insert(now.text().to_owned(), passed.len());
        passed.push(now.clone());
        let edit = Edit { span: spot.span.clone(), text: spot.neutral().to_owned() };
        let delta = edit.text.len() as isize - edit.span.len() as isize;
        shift(&mut locked, edit.span.end, delta);
        now.apply(vec![edit]);
        normalise_line(&mut now);
        if now.text().len() > longest {
            return None;
        }
        if let Some(first) = known.get(now.text()).copied() {
            let circle = passed.split_off(first);
            let region = region(&circle);
            known.clear();
            passed.clear();
            if let Some(least) = circle.into_iter().min_by(|a, b| a.text().cmp(b.text())) {
                locked.push(region.0..least.text().len().saturating_sub(region.1).max(region.0));
                now = least;
            }
        }
    }
    None
}

/// The first change that is allowed; of several at one place the one that covers more.
fn next<'s>(text: &str, spots: &'s [Spot], locked: &[Span]) -> Option<&'s Spot> {
    // A comma within a known phrase is the phrase's own: "by and large" is no list.
    let within = |spot: &Spot| {
        spot.class == Class::Punctuation
            && spots.iter().any(|other| {
                stands(text, other) && other.span.start < spot.span.start && spot.span.end < other.span.end
            })
    };
    let closed = |spot: &Spot| {
        locked.iter().any(|lock| {
            let inside = spot.span.start < lock.end && lock.start < spot.span.end;
            inside
                || (lock.is_empty() || spot.span.is_empty())
                    && spot.span.start <= lock.end
                    && lock.start <= spot.span.end
        })
    };
    let allowed = |spot: &&Spot| !stands(text, spot) && !closed(spot) && !within(spot);
    spots.iter().filter(allowed).min_by_key(|spot| (spot.span.start, spot.precedence()))
}

fn stands(text: &str, spot: &Spot) -> bool {
    text.get(spot.span.clone()) == Some(spot.neutral())
}

/// Moves what lies behind a change.
fn shift(locked: &mut [Span], end: usize, delta: isize) {
    for lock in locked.iter_mut().filter(|lock| lock.start >= end) {
        let moved = |at: usize| at.saturating_add_signed(delta);
        *lock = moved(lock.start)..moved(lock.end);
    }
}

/// How many bytes all texts of a circle share at their beginning, and at their end.
fn region(circle: &[Traced]) -> (usize, usize) {
    let Some(first) = circle.first().map(Traced::text) else { return (0, 0) };
    let (mut before, mut after) = (first.len(), first.len());
    for text in circle.iter().map(Traced::text) {
        before = before.min(first.bytes().zip(text.bytes()).take_while(|(a, b)| a == b).count());
        after = after.min(first.bytes().rev().zip(text.bytes().rev()).take_while(|(a, b)| a == b).count());
    }
    let shortest = circle.iter().map(|text| text.text().len()).min().unwrap_or(0);
    (before, after.min(shortest - before))
}

/// A place, or several that overlap, as it is told: by the first rule that spoke there.
struct Told {
    span: Span,
    what: String,
}

fn told(traced: &Traced, spot: &Spot) -> Told {
    let what = format!("one of {} wordings known to the pack: {}, rule {}", spot.wordings.len(), spot.class, spot.rule);
    Told { span: traced.source(&spot.span), what }
}

/// The findings of a line: the places that were changed, and those that are known and stand as they stood.
fn findings_of(line: &Traced, now: &Traced, spots: &[Spot], changed: Vec<Told>) -> Vec<Finding> {
    let known = spots.iter().filter(|spot| spot.class.survives_retyping()).map(|spot| told(line, spot));
    let mut all: Vec<(bool, Told)> = changed.into_iter().map(|told| (true, told)).collect();
    all.extend(known.map(|told| (false, told)));
    all.sort_by_key(|(changed, told)| (told.span.start, !changed, told.span.end));
    let mut merged: Vec<Told> = Vec::new();
    for (_, told) in all {
        match merged.last_mut() {
            Some(last)
                if told.span.start < last.span.end || told.span == last.span || touches(&told.span, &last.span) =>
            {
                last.span.end = last.span.end.max(told.span.end);
            }
            _ => merged.push(told),
        }
    }
    let done = |span: &Span| {
        let text = now.now(span);
        match text {
            text if text == line.now(span) => Done::Kept,
            "" => Done::Removed,
            text => Done::Replaced(text.to_owned()),
        }
    };
    merged
        .into_iter()
        .map(|told| Finding { done: done(&told.span), span: told.span, kind: Kind::Wording, what: told.what })
        .collect()
}

/// Whether something was put in right behind a place.
fn touches(span: &Span, last: &Span) -> bool {
    span.is_empty() && span.start == last.end
}
