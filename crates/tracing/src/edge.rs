//! A fork at a passage's edge: only one side is held.

use crate::align::Op;
use crate::lattice::{Fork, Kind, Lattice};
use crate::leak::Leak;
use crate::observe::{Sighted, differs_in_words, flattened, vector};
use crate::passage::Aligned;

/// Looks at a fork in which a passage begins or ends.
///
/// An alternative counts as seen only when all its words stand there unaltered, next to an unaltered word of
/// the passage; alternatives that go on (or began earlier) with the same words are as likely, since the
/// passage may have been cut there. When none is seen whole, nothing is said; an empty alternative is never
/// seen here.
pub(crate) fn sight(lattice: &Lattice, leak: &Leak<'_>, passage: &Aligned, fork: &Fork) -> Sighted {
    let ends_here = passage.nodes.1 as usize > fork.open && (passage.nodes.1 as usize) < fork.close;
    let starts_here = passage.nodes.0 as usize > fork.open && (passage.nodes.0 as usize) < fork.close;
    if ends_here == starts_here {
        return Vec::new();
    }
    let Some(token) = anchor(lattice, leak, passage, fork, ends_here) else { return Vec::new() };
    let at = leak.words_before(token);
    let seen = |k: usize| {
        match ends_here {
            true => Some(at + 1 + k),
            false => at.checked_sub(1 + k),
        }
        .filter(|&w| w < leak.words())
        .map(|w| leak.word_hash(w))
    };
    let spelled: Vec<Vec<u64>> = fork
        .variants
        .iter()
        .map(|variant| {
            let words = variant.nodes.clone().filter(|&n| lattice.nodes[n].kind == Kind::Word);
            let mut words: Vec<u64> = words.map(|n| lattice.nodes[n].hash).collect();
            if !ends_here {
                words.reverse();
            }
            words
        })
        .collect();
    let whole = |words: &[u64]| !words.is_empty() && words.iter().enumerate().all(|(k, h)| seen(k) == Some(*h));
    let Some(longest) = spelled.iter().enumerate().filter(|(_, w)| whole(w)).max_by_key(|(_, w)| w.len()) else {
        return Vec::new();
    };
    let word = |k: usize| if ends_here { at + 1 + k } else { at.saturating_sub(1 + k) };
    let sure = (0..longest.1.len()).filter_map(|k| leak.word_tokens().get(word(k)));
    let sure = sure.map(|&token| leak.confidence(token as usize)).min().unwrap_or(u8::MAX);
    // A shorter alternative that is seen whole too may be all that came from the copy.
    let possible = |words: &[u64]| {
        let shared = words.len().min(longest.1.len());
        !words.is_empty() && words[..shared] == longest.1[..shared]
    };
    let logs: Vec<f64> = spelled.iter().map(|words| if possible(words) { 0.0 } else { f64::NEG_INFINITY }).collect();
    (0..fork.sites.len())
        .filter(|&local| differs_in_words(lattice, fork, longest.0, local))
        .map(|local| {
            let mut by_symbol = vec![f64::NEG_INFINITY; lattice.alternatives[fork.sites[local]]];
            for (variant, log) in fork.variants.iter().zip(&logs) {
                if let Some(best) = by_symbol.get_mut(usize::from(variant.symbols[local])) {
                    *best = best.max(*log);
                }
            }
            (local, flattened(&vector(&by_symbol, 0.0), sure))
        })
        .collect()
}

/// The token of the word directly before (or behind) the fork, if it stands unaltered in the leak.
fn anchor(lattice: &Lattice, leak: &Leak<'_>, passage: &Aligned, fork: &Fork, before: bool) -> Option<usize> {
    let held = |op: &Op| match *op {
        Op::Pair { node, token, distance } if lattice.nodes[node as usize].kind == Kind::Word => {
            Some((distance == 0).then_some(token))
        }
        Op::Omit { node } | Op::Pair { node, .. } if lattice.nodes[node as usize].kind == Kind::Punct => None,
        Op::Insert { token } if !leak.is_word(token) => None,
        _ => Some(None),
    };
    let inside = |op: &Op| match *op {
        Op::Pair { node, .. } | Op::Omit { node } | Op::Split { node, .. } | Op::Joined { node, .. } => {
            (node as usize) > fork.open && (node as usize) < fork.close
        }
        _ => false,
    };
    let ops = &passage.ops;
    match before {
        true => ops[..ops.iter().position(inside)?].iter().rev().find_map(held)?,
        false => ops[ops.iter().rposition(inside)? + 1..].iter().find_map(held)?,
    }
}
