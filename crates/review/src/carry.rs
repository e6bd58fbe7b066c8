//! Decisions carried over to a text that was changed since.

use std::sync::Arc;

use countermark_marking::Master;

use crate::{Entry, Id, Letter, Origin, Review, Saved, SavedEntry, Span, State, Tie, write};

/// How many bytes before and after tell one place from another, the best first.
const CONTEXTS: [(usize, usize); 5] = [(32, 32), (16, 16), (8, 8), (32, 0), (0, 32)];
/// Fewer bytes of neighbours than this say nothing.
const LEAST: usize = 8;

/// What became of the decisions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// Decisions that hold in the new text.
    pub kept: usize,
    /// Accepted sites that do not: their words are gone, stand twice, or are one choice for several places, which has to be seen anew.
    pub lost: usize,
}

impl Review {
    /// Takes over, into a freshly opened text, what was decided about an earlier version of it, wherever the same words stand between
    /// the same neighbours, once. No step: it can't be undone.
    pub fn carry_over(&mut self, saved: &Saved) -> Carried {
        let mut carried = Carried::default();
        let Ok(old) = Master::parse(&saved.source) else { return carried };
        let old = Letter::of(&old);
        for entry in &saved.entries {
            if entry.state == State::Open || (entry.origin == Origin::Existing && entry.state == State::Accepted) {
                continue;
            }
            let place = found(old.text(), &(entry.at.0..entry.at.1), self.letter.text());
            let done = place.is_some_and(|span| self.carry(entry, &span));
            if done {
                carried.kept += 1;
            } else if entry.state == State::Accepted {
                carried.lost += 1;
            }
        }
        carried
    }

    /// One decision, at its place in this text. Whether it holds here.
    fn carry(&mut self, old: &SavedEntry, span: &Span) -> bool {
        let same = |entry: &Arc<Entry>| {
            entry.span == *span
                && entry.alternatives.first() == old.alternatives.first()
                && same_origin(&entry.origin, &old.origin)
        };
        let known = self.now.iter().position(same).map(Id);
        let mut entries = self.now.clone();
        match (known, old.state) {
            (Some(id), State::Refused) => {
                for id in self.together(id) {
                    if let Some(entry) = entries.get_mut(id.0).map(Arc::make_mut) {
                        entry.state = State::Refused;
                        entry.refused_for = old.refused_for.clone();
                        entry.recalled = old.recalled;
                    }
                }
            }
            (None, State::Refused) => return true,
            // One choice for several places may have places now that nobody saw.
            (_, _) if old.tie.is_some() => return false,
            (Some(id), _) => {
                if let Some(entry) = entries.get_mut(id.0).map(Arc::make_mut) {
                    entry.alternatives = old.alternatives.clone();
                    entry.class = old.class;
                    entry.state = State::Accepted;
                }
            }
            (None, _) => entries.push(Arc::new(Entry {
                span: span.clone(),
                alternatives: old.alternatives.clone(),
                class: old.class,
                tie: None::<Tie>,
                origin: old.origin.clone(),
                state: State::Accepted,
                refused_for: Vec::new(),
                recalled: false,
            })),
        }
        write::master(&self.letter, &entries).is_ok() && self.replace(entries).is_ok()
    }
}

/// The same rule, or the same kind of hand.
fn same_origin(a: &Origin, b: &Origin) -> bool {
    match (a, b) {
        (Origin::Rule(a), Origin::Rule(b)) => a.pack == b.pack && a.rule == b.rule,
        (Origin::Existing, Origin::Existing) => true,
        _ => false,
    }
}

/// Where the words of `old` stand in `new`: between the same neighbours on both sides, as many as agree, else on one side; only when
/// that is one place.
fn found(old: &str, span: &Span, new: &str) -> Option<Span> {
    let words = old.get(span.clone())?;
    CONTEXTS.iter().find_map(|&(before, after)| {
        let from = (0..=span.start.saturating_sub(before)).rev().find(|&at| old.is_char_boundary(at))?;
        let to = (span.end.saturating_add(after).min(old.len())..=old.len()).find(|&at| old.is_char_boundary(at))?;
        let wanted = &old[from..to];
        if wanted.len() < words.len() + LEAST {
            return None;
        }
        let mut places = new.match_indices(wanted);
        let start = places.next()?.0 + span.start - from;
        places.next().is_none().then_some(start..start + words.len())
    })
}
