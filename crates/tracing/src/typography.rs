//! Variants with the same canonical tokens: their raw characters decide, as far as the leak keeps such things.

use std::collections::HashMap;

use crate::align::Op;
use crate::lattice::{Fork, Lattice, Segment};
use crate::leak::Leak;
use crate::observe::Reading;
use crate::rates::Rates;
use crate::raw::{self, Feature, KINDS};

/// A raw text that fits nowhere is no stronger evidence than this against a variant (a logarithm).
const FLOOR: f64 = -6.0;

/// Adds to each reading the probability of the raw characters seen, for variants that nothing else tells apart.
pub(crate) fn weigh(
    lattice: &Lattice,
    leak: &Leak<'_>,
    from: usize,
    fork: &Fork,
    rates: &Rates,
    readings: &mut [Option<Reading>],
) {
    let mut groups: HashMap<Vec<u64>, Vec<usize>> = HashMap::new();
    for (v, variant) in fork.variants.iter().enumerate() {
        let tokens = variant.nodes.clone().map(|n| lattice.nodes[n].hash).collect();
        groups.entry(tokens).or_default().push(v);
    }
    for group in groups.into_values().filter(|group| group.len() > 1) {
        let Some(reading) = &readings[group[0]] else { continue };
        let Some((copies, seen)) = compare(lattice, leak, from, fork, &group, &reading.ops) else { continue };
        for kind in 0..KINDS {
            if copies.iter().all(|copy| copy[kind] == copies[0][kind]) {
                continue;
            }
            for (&v, copy) in group.iter().zip(&copies) {
                if let Some(reading) = &mut readings[v] {
                    reading.log += rates.raw(kind, &copy[kind], &seen[kind]).ln().max(FLOOR);
                }
            }
        }
    }
}

type Features = [Feature; KINDS];

/// The raw features of each variant of a group, and of the leak at that place, from the token before the fork
/// to the token behind it; nothing when the leak does not show all tokens one after another.
fn compare(
    lattice: &Lattice,
    leak: &Leak<'_>,
    from: usize,
    fork: &Fork,
    group: &[usize],
    ops: &[Op],
) -> Option<(Vec<Features>, Features)> {
    let inside = &fork.variants[group[0]].nodes;
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for op in ops {
        match *op {
            Op::Pair { node, token, distance: 0 } => pairs.push((node as usize, from + token)),
            Op::Pair { node, .. } | Op::Omit { node } if inside.contains(&(node as usize)) => return None,
            _ => {}
        }
    }
    let left = *pairs.iter().rfind(|(n, _)| *n < fork.open)?;
    let right = *pairs.iter().find(|(n, _)| *n > fork.close)?;
    // All tokens between the two are the group's, none missing and none put in.
    if right.1 != left.1 + inside.len() + 1 || !touch(lattice, fork, left.0, right.0) {
        return None;
    }
    let seen = leak.text().get(leak.span(left.1).end..leak.span(right.1).start)?;
    let before = tail(lattice, left.0, fork.open);
    let behind = head(lattice, fork.close, right.0);
    let copies = group.iter().map(|&v| raw::features(&format!("{before}{}{behind}", fork.variants[v].raw))).collect();
    Some((copies, raw::features(seen)))
}

/// Whether no token stands between these nodes and the fork.
fn touch(lattice: &Lattice, fork: &Fork, left: usize, right: usize) -> bool {
    use crate::lattice::Kind::Join;
    let free = |n: usize| lattice.nodes[n].kind == Join;
    // Between forks there are only joins; the variants of a fork passed empty lie in between too.
    let empty = |n: usize| !lattice.is_fixed(&lattice.nodes[n]);
    (left + 1..fork.open).all(|n| free(n) || (empty(n) && lattice.nodes[n].segment != lattice.nodes[left].segment))
        && (fork.close + 1..right)
            .all(|n| free(n) || (empty(n) && lattice.nodes[n].segment != lattice.nodes[right].segment))
}

/// Raw text from behind node `node` to the fork that opens at `open`.
fn tail(lattice: &Lattice, node: usize, open: usize) -> String {
    let found = &lattice.nodes[node];
    let mut out = lattice.raw_of(found).get(found.raw.end..).unwrap_or("").to_owned();
    out.push_str(&blank(lattice, found.segment as usize + 1, lattice.nodes[open].segment as usize));
    out
}

/// Raw text from the fork that closes at `close` to node `node`.
fn head(lattice: &Lattice, close: usize, node: usize) -> String {
    let found = &lattice.nodes[node];
    let mut out = blank(lattice, lattice.nodes[close].segment as usize + 1, found.segment as usize);
    out.push_str(lattice.raw_of(found).get(..found.raw.start).unwrap_or(""));
    out
}

/// The raw text of segments that hold no token on the way taken: white space.
fn blank(lattice: &Lattice, from: usize, to: usize) -> String {
    let mut out = String::new();
    for segment in lattice.segments.get(from..to).unwrap_or(&[]) {
        match segment {
            Segment::Fixed { raw, .. } => out.push_str(raw),
            Segment::Fork(fork) => {
                out.push_str(fork.variants.iter().find(|v| v.nodes.is_empty()).map_or("", |v| &v.raw));
            }
            Segment::Field => {}
        }
    }
    out
}
