//! Observations: what a leak shows at each site, as a likelihood for each alternative.
//!
//! At every sighting of a fork each of its variants is forced in turn, in a window that reaches to words on
//! both sides that are surely the same; the rest of the window may align as it likes. The probability of
//! what is seen under a variant is the product over the alignment's steps, with the leak's own rates: a
//! word that stands unaltered 1, a slip its rate times a factor that falls with the distance, a word left out
//! or replaced the rate of lost words, a word put in its rate times a word's frequency, a mark kept or
//! dropped the share of such marks that the leak keeps. Symbols whose probability is less than 1/256 of the
//! best are set to nothing; those above 1/3 of it count as the best: they cannot be told apart.
//!
//! No symbol of any copy is known here: only the leak and the master.

use std::ops::Range;

use countermark_codebook::Observations;

use crate::align::{self, End, Op, Seen, Window};
use crate::cost::SLIP;
use crate::lattice::{Fork, Kind, Lattice, Segment};
use crate::leak::{Leak, SURE};
use crate::passage::Aligned;
use crate::rates::Rates;
use crate::{edge, typography};

/// The value of the likeliest symbol.
const BEST: f64 = 240.0;

/// Windows with more cells than this are not looked into: a fork in a wilderness of changes.
const CELLS: usize = 2_000_000;

/// The logarithm of how frequent a word is that stands where another was expected.
const ANY_WORD: f64 = -5.0;

/// What one variant makes of a window.
#[derive(Debug)]
pub(crate) struct Reading {
    /// The logarithm of the probability of what is seen.
    pub(crate) log: f64,
    /// Steps; tokens are numbered within the window.
    pub(crate) ops: Vec<Op>,
}

/// Looks at every site that the passages show.
pub(crate) fn observe(lattice: &Lattice, leak: &Leak<'_>, passages: &[Aligned], rates: &Rates) -> Observations {
    let mut seen = Observations::nothing(lattice.alternatives.len());
    for passage in passages.iter().filter(|p| !p.ambiguous) {
        let first = lattice.nodes[passage.nodes.0 as usize].segment as usize;
        let last = lattice.nodes[passage.nodes.1 as usize].segment as usize;
        for segment in first..=last {
            let Segment::Fork(fork) = &lattice.segments[segment] else { continue };
            let sighted = match segment > first && segment < last {
                true => inside(lattice, leak, passage, fork, rates),
                false => edge::sight(lattice, leak, passage, fork),
            };
            for (local, vector) in sighted {
                seen.sight(fork.sites[local], &vector);
            }
        }
    }
    seen
}

/// Sightings of a fork's sites, by their number within the fork.
pub(crate) type Sighted = Vec<(usize, Vec<u16>)>;

/// A fork with passage on both sides.
fn inside(lattice: &Lattice, leak: &Leak<'_>, passage: &Aligned, fork: &Fork, rates: &Rates) -> Sighted {
    let Some((nodes, tokens)) = window(lattice, passage, fork) else { return Vec::new() };
    if nodes.len().saturating_mul(tokens.len() + 1) > CELLS {
        return Vec::new();
    }
    let from = tokens.start;
    let seen = align::seen(leak, tokens);
    let band = (0, seen.len());
    let mut readings: Vec<Option<Reading>> = Vec::with_capacity(fork.variants.len());
    for variant in 0..fork.variants.len() {
        let window = Window {
            lattice,
            nodes: nodes.clone(),
            tokens: &seen,
            band: &|_| band,
            start: End::Pinned,
            end: End::Pinned,
            force: Some((fork, variant)),
        };
        readings.push(align::align(&window).map(|ops| read(lattice, &seen, ops, rates)));
    }
    typography::weigh(lattice, leak, from, fork, rates, &mut readings);
    let best = readings.iter().enumerate().filter_map(|(v, r)| r.as_ref().map(|r| (v, r.log)));
    let Some((best, top)) = best.reduce(|a, b| if b.1 > a.1 { b } else { a }) else { return Vec::new() };
    let mut out = Vec::new();
    for local in 0..fork.sites.len() {
        let Some(reading) = &readings[best] else { continue };
        if fits(lattice, &seen, fork, best, local, reading) {
            let symbols = lattice.alternatives[fork.sites[local]];
            let mut logs = vec![f64::NEG_INFINITY; symbols];
            for (variant, reading) in fork.variants.iter().zip(&readings) {
                let symbol = usize::from(variant.symbols[local]);
                if let (Some(reading), Some(log)) = (reading, logs.get_mut(symbol)) {
                    *log = log.max(reading.log);
                }
            }
            let sure = confidence(lattice, leak, from, fork, (best, local), &reading.ops);
            out.push((local, flattened(&vector(&logs, top), sure)));
        }
    }
    out
}

/// How surely those words of the leak were read that show a site: the least sure of its own; of a site that shows none, of those from the
/// word before the fork to the word behind it.
fn confidence(
    lattice: &Lattice,
    leak: &Leak<'_>,
    from: usize,
    fork: &Fork,
    (variant, local): (usize, usize),
    ops: &[Op],
) -> u8 {
    if !leak.was_read() {
        return SURE;
    }
    let own =
        |node: usize| fork.variants[variant].nodes.contains(&node) && lattice.nodes[node].own & (1u32 << local) != 0;
    let near = |op: &Op| nodes(op).is_some_and(|(first, last)| own(first) || own(last));
    let shown = ops.iter().filter(|op| near(op)).flat_map(tokens).map(|t| leak.confidence(from + t)).min();
    shown.unwrap_or_else(|| {
        let before =
            ops.iter().rposition(|op| tokens(op).next().is_some() && nodes(op).is_some_and(|n| n.1 < fork.open));
        let behind =
            ops.iter().position(|op| tokens(op).next().is_some() && nodes(op).is_some_and(|n| n.0 > fork.close));
        let around = before.unwrap_or(0)..behind.map_or(ops.len(), |at| at + 1);
        let around = ops.get(around).unwrap_or(ops);
        around.iter().flat_map(tokens).map(|t| leak.confidence(from + t)).min().unwrap_or(SURE)
    })
}

/// The nodes of a step.
fn nodes(op: &Op) -> Option<(usize, usize)> {
    match *op {
        Op::Pair { node, .. } | Op::Split { node, .. } | Op::Omit { node } | Op::Fill { node, .. } => {
            Some((node as usize, node as usize))
        }
        Op::Joined { first, node, .. } => Some((first as usize, node as usize)),
        Op::Insert { .. } => None,
    }
}

/// The tokens of a step, numbered within the window. `token` of a split is its first one.
fn tokens(op: &Op) -> Range<usize> {
    match *op {
        Op::Pair { token, .. } | Op::Joined { token, .. } | Op::Insert { token } => token..token + 1,
        Op::Split { token, .. } => token..token + 2,
        Op::Omit { .. } => 0..0,
        Op::Fill { from, to, .. } => from..to,
    }
}

/// A vector as a word shows it that was read so surely: `w v + (1 - w) mean(v)` with `w = (c / 90)^2`, 1 from 90 on.
///
/// As eta in the score, it gives every alternative a share of the chance that the word is not what was read; the weight was
/// measured. At `w = 0` all are equal, which is no observation. Likelihoods only come closer to each other.
pub(crate) fn flattened(vector: &[u16], confidence: u8) -> Vec<u16> {
    if confidence >= SURE || vector.is_empty() {
        return vector.to_vec();
    }
    let weight = (f64::from(confidence) / f64::from(SURE)).powi(2);
    let mean = vector.iter().map(|&v| f64::from(v)).sum::<f64>() / vector.len() as f64;
    vector.iter().map(|&v| (weight * f64::from(v) + (1.0 - weight) * mean).round() as u16).collect()
}

/// Likelihoods on the scale of the observations.
pub(crate) fn vector(logs: &[f64], top: f64) -> Vec<u16> {
    logs.iter()
        .map(|log| {
            let likelihood = (log - top).exp();
            let scaled = if likelihood > 1.0 / 3.0 { BEST } else { BEST * likelihood };
            // Below 1/256 the score's share for error outweighs it a hundredfold.
            if likelihood < 1.0 / 256.0 { 0 } else { scaled.round().max(1.0) as u16 }
        })
        .collect()
}

/// How many unaltered fixed words a window takes in on each side, before the one that holds it.
const CONTEXT: usize = 2;

/// How many steps a window may go without fixed words before it makes do with an alternative's.
const PATIENCE: usize = 16;

/// The nodes and tokens around a fork, between steps where both texts are surely in step.
fn window(lattice: &Lattice, passage: &Aligned, fork: &Fork) -> Option<(Range<usize>, Range<usize>)> {
    let ops = &passage.ops;
    let node = |op: &Op| match *op {
        Op::Pair { node, .. } | Op::Split { node, .. } | Op::Omit { node } | Op::Fill { node, .. } => {
            Some(node as usize)
        }
        Op::Joined { first, .. } => Some(first as usize),
        Op::Insert { .. } => None,
    };
    let left = ops.iter().rposition(|op| node(op).is_some_and(|n| n < fork.open))?;
    let right = ops.iter().position(|op| node(op).is_some_and(|n| n > fork.close))?;
    let mut from = None;
    let mut holds = Holds::default();
    for k in (0..=left).rev() {
        if let Some((n, token)) = holds.step(lattice, &ops[k]) {
            let start = match &lattice.segments[lattice.nodes[n].segment as usize] {
                Segment::Fork(other) => other.close,
                _ => n + 1,
            };
            from = Some((start, token + 1));
            break;
        }
    }
    let mut to = None;
    holds = Holds::default();
    for op in &ops[right..] {
        if let Some((n, token)) = holds.step(lattice, op) {
            let end = match &lattice.segments[lattice.nodes[n].segment as usize] {
                Segment::Fork(other) => other.open + 1,
                _ => n,
            };
            to = Some((end, token));
            break;
        }
    }
    let (first, last) = (passage.nodes.0 as usize, passage.nodes.1 as usize);
    let (node_from, token_from) = from.unwrap_or((
        match &lattice.segments[lattice.nodes[first].segment as usize] {
            Segment::Fork(other) => other.open,
            _ => first,
        },
        passage.tokens.start,
    ));
    let (node_to, token_to) = to.unwrap_or((
        match &lattice.segments[lattice.nodes[last].segment as usize] {
            Segment::Fork(other) => other.close + 1,
            _ => last + 1,
        },
        passage.tokens.end,
    ));
    let whole = node_from <= fork.open && node_to > fork.close && token_from <= token_to;
    whole.then_some((node_from..node_to, token_from..token_to))
}

/// Looks for the step that holds a window's end.
#[derive(Default)]
struct Holds {
    fixed: usize,
    steps: usize,
    segment: Option<u32>,
}

impl Holds {
    fn step(&mut self, lattice: &Lattice, op: &Op) -> Option<(usize, usize)> {
        self.steps += 1;
        let Op::Pair { node, token, distance: 0 } = *op else { return None };
        let found = &lattice.nodes[node as usize];
        let fresh = self.segment.replace(found.segment) != Some(found.segment);
        if found.kind != Kind::Word {
            return None;
        }
        let fixed = lattice.is_fixed(found);
        self.fixed += usize::from(fixed);
        // An alternative's word may hold a window only where its fork is entered.
        let holds = if fixed { self.fixed > CONTEXT } else { fresh && self.steps > PATIENCE };
        holds.then_some((node as usize, token))
    }
}

/// The probability of a window's steps.
fn read(lattice: &Lattice, seen: &[Seen], ops: Vec<Op>, rates: &Rates) -> Reading {
    let mut log = 0.0;
    for op in &ops {
        log += match *op {
            Op::Pair { token, distance, .. } if seen[token].word => match distance {
                0 => 0.0,
                d if d <= SLIP => rates.slip.ln() - 2.0 - 0.06 * f64::from(d),
                _ => rates.lost.ln() + ANY_WORD,
            },
            Op::Pair { node, distance, .. } => {
                let kept = rates.kept(lattice.nodes[node as usize].hash);
                if distance == 0 { kept.ln() } else { ((1.0 - kept) * 0.3).ln() }
            }
            Op::Split { .. } | Op::Joined { .. } => rates.slip.ln() - 2.0,
            Op::Omit { node } => {
                let found = &lattice.nodes[node as usize];
                match found.kind {
                    Kind::Punct => (1.0 - rates.kept(found.hash)).ln(),
                    _ => rates.lost.ln(),
                }
            }
            Op::Insert { token } if seen[token].word => rates.added.ln() + ANY_WORD,
            Op::Insert { .. } => rates.mark_added.ln(),
            Op::Fill { .. } => 0.0,
        };
    }
    Reading { log, ops }
}

/// Whether the leak shows this site intact enough to say anything.
///
/// What the best variant says there must stand in the leak to two thirds; where it is not all there, and where the
/// alternative is empty or the site changes no word, the words on both sides must be there too and nothing in between.
fn fits(lattice: &Lattice, seen: &[Seen], fork: &Fork, variant: usize, local: usize, reading: &Reading) -> bool {
    let bit = 1u32 << local;
    let chosen = &fork.variants[variant];
    let own: Vec<usize> = chosen
        .nodes
        .clone()
        .filter(|&n| lattice.nodes[n].kind == Kind::Word && lattice.nodes[n].own & bit != 0)
        .collect();
    let words: Vec<WordStep> = word_steps(lattice, seen, &reading.ops);
    let is_own = |step: &WordStep| matches!(step, WordStep::Of { node, .. } if own.contains(&(*node as usize)));
    let range = match (words.iter().position(is_own), words.iter().rposition(is_own)) {
        (Some(a), Some(b)) => a..b + 1,
        // Nothing of its own: the place between the words before and behind it.
        _ => {
            let place = words.iter().position(
                |step| matches!(step, WordStep::Of { node, .. } if behind(*node, fork, chosen, local, lattice)),
            );
            let at = place.unwrap_or(words.len());
            at..at
        }
    };
    let inner = &words[range.clone()];
    let found: f64 = inner.iter().map(|step| if is_own(step) { step.quality() } else { 0.0 }).sum();
    let strangers = inner.iter().filter(|step| matches!(step, WordStep::Added)).count();
    let left = range.start.checked_sub(1).map(|i| &words[i]);
    let right = words.get(range.end);
    let held = |step: Option<&WordStep>| step.is_none_or(|step| step.quality() > 0.0);
    let whole = own.len();
    if whole > 0 && differs_in_words(lattice, fork, variant, local) {
        let share = found / whole as f64;
        if share < 0.65 || strangers * 3 > whole {
            return false;
        }
        let intact = share >= 0.999 && strangers == 0;
        let sides = (held(left), held(right));
        if intact { sides.0 || sides.1 } else { sides.0 && sides.1 }
    } else {
        strangers == 0 && found >= 0.65 * whole as f64 && held(left) && held(right)
    }
}

/// Whether a node stands behind the place of an alternative without words.
fn behind(node: u32, fork: &Fork, chosen: &crate::lattice::Variant, local: usize, lattice: &Lattice) -> bool {
    let n = node as usize;
    if n >= fork.close {
        return true;
    }
    // Within the fork: behind, if it holds text of a site that comes later and none of an earlier one.
    chosen.nodes.contains(&n) && lattice.nodes[n].own.trailing_zeros() as usize > local && lattice.nodes[n].own != 0
}

/// Whether another symbol at this site, all else equal, would change a word.
pub(crate) fn differs_in_words(lattice: &Lattice, fork: &Fork, variant: usize, local: usize) -> bool {
    let chosen = &fork.variants[variant];
    let words = |v: &crate::lattice::Variant| -> Vec<u64> {
        v.nodes.clone().filter(|&n| lattice.nodes[n].kind == Kind::Word).map(|n| lattice.nodes[n].hash).collect()
    };
    let mine = words(chosen);
    fork.variants.iter().any(|v| {
        let only_here = (0..fork.sites.len()).all(|s| (s == local) != (v.symbols[s] == chosen.symbols[s]));
        only_here && words(v) != mine
    })
}

/// A step that concerns a word.
#[derive(Clone, Copy, Debug)]
enum WordStep {
    Of { node: u32, quality: f64 },
    Added,
}

impl WordStep {
    /// From 0, not there, to 1, unaltered.
    fn quality(&self) -> f64 {
        match self {
            Self::Of { quality, .. } => *quality,
            Self::Added => 0.0,
        }
    }
}

fn word_steps(lattice: &Lattice, seen: &[Seen], ops: &[Op]) -> Vec<WordStep> {
    let mut out = Vec::with_capacity(ops.len());
    for op in ops {
        match *op {
            Op::Pair { node, distance, .. } if lattice.nodes[node as usize].kind == Kind::Word => {
                let quality = if distance <= SLIP { 1.0 - f64::from(distance) / 100.0 } else { 0.0 };
                out.push(WordStep::Of { node, quality });
            }
            Op::Split { node, .. } => out.push(WordStep::Of { node, quality: 0.9 }),
            Op::Joined { first, node, .. } => {
                out.push(WordStep::Of { node: first, quality: 0.9 });
                out.push(WordStep::Of { node, quality: 0.9 });
            }
            Op::Omit { node } if lattice.nodes[node as usize].kind == Kind::Word => {
                out.push(WordStep::Of { node, quality: 0.0 });
            }
            Op::Insert { token } if seen[token].word => out.push(WordStep::Added),
            Op::Fill { node, from, to } => {
                // A field holds its place when it is filled; what it is filled with is never looked at.
                out.push(WordStep::Of { node, quality: if from < to { 1.0 } else { 0.0 } });
            }
            _ => {}
        }
    }
    out
}
