//! Reads a copy back to its codeword.

use crate::master::{Piece, Site};

/// A place in the text that can be reached through the pieces so far.
#[derive(Clone, Copy)]
struct Reached {
    at: usize,
    /// The alternative taken last, and the index of the place before it.
    alternative: u8,
    before: usize,
    /// Whether more than one way leads here.
    twice: bool,
}

/// The most places kept: bounds memory and time for a master that repeats itself.
const LIMIT: usize = 1 << 20;

/// Finds the one way through the pieces that gives `text`. Tied occurrences are read each by itself, which is unambiguous
/// too, and compared in the end.
pub(crate) fn read(
    pieces: &[Piece],
    sites: &[Site],
    text: &str,
    fields: &dyn Fn(&str) -> Option<String>,
) -> Option<Vec<u8>> {
    let mut layers = vec![vec![Reached { at: 0, alternative: 0, before: 0, twice: false }]];
    let mut kept = 0;
    for piece in pieces {
        let last = layers.last()?;
        let next = match piece {
            Piece::Text(part) => step(text, last, std::slice::from_ref(part)),
            Piece::Site { alternatives, .. } => step(text, last, alternatives),
            Piece::Field(name) => step(text, last, &[fields(name)?]),
        };
        kept += next.len();
        if next.is_empty() || kept > LIMIT {
            return None;
        }
        layers.push(next);
    }
    trace_back(pieces, sites, text, &layers)
}

/// All places reached from `last` through one of `wordings`, ascending and each once.
fn step(text: &str, last: &[Reached], wordings: &[String]) -> Vec<Reached> {
    let mut next = Vec::new();
    for (before, from) in last.iter().enumerate() {
        for (alternative, wording) in (0u8..).zip(wordings) {
            if text.as_bytes()[from.at..].starts_with(wording.as_bytes()) {
                next.push(Reached { at: from.at + wording.len(), alternative, before, twice: from.twice });
            }
        }
    }
    next.sort_by_key(|reached| reached.at);
    next.dedup_by(|later, earlier| {
        let same = later.at == earlier.at;
        earlier.twice |= same;
        same
    });
    next
}

fn trace_back(pieces: &[Piece], sites: &[Site], text: &str, layers: &[Vec<Reached>]) -> Option<Vec<u8>> {
    let mut codeword: Vec<Option<u8>> = vec![None; sites.len()];
    let mut index = layers.last()?.iter().position(|reached| reached.at == text.len())?;
    for (piece, layer) in pieces.iter().zip(layers.iter().skip(1)).rev() {
        let reached = layer.get(index)?;
        if reached.twice {
            return None;
        }
        if let Piece::Site { site, .. } = piece {
            let symbol = codeword.get_mut(*site)?;
            if symbol.is_some_and(|known| known != reached.alternative) {
                return None;
            }
            *symbol = Some(reached.alternative);
        }
        index = reached.before;
    }
    codeword.into_iter().collect()
}
