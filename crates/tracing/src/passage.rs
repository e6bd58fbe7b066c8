//! Passages: stretches of the leak that come from the master, aligned.

use std::ops::Range;

use crate::align::{self, End, Op, Seen, Window};
use crate::chain::Chain;
use crate::lattice::{Kind, Lattice, Segment};
use crate::leak::Leak;

/// How far, in words, an alignment may reach beyond its outermost seeds. Beyond that lies either foreign text or
/// another seed.
const MARGIN: usize = 24;

/// How many tokens an alignment may stray from its seeds.
const SLACK: usize = 4;

/// An aligned passage.
#[derive(Clone, Debug)]
pub(crate) struct Aligned {
    /// The steps; tokens are the leak's numbers.
    pub(crate) ops: Vec<Op>,
    /// Tokens of the leak from the first pair to the last.
    pub(crate) tokens: Range<usize>,
    /// First and last node paired.
    pub(crate) nodes: (u32, u32),
    /// Words of the master found unaltered.
    pub(crate) exact: usize,
    /// Words paired with a slip of theirs.
    pub(crate) slips: usize,
    /// The longest run of unaltered words.
    pub(crate) run: usize,
    pub(crate) ambiguous: bool,
}

/// Aligns a chain, keeping to the words of the leak in `room`.
pub(crate) fn align_chain(lattice: &Lattice, leak: &Leak<'_>, chain: &Chain, room: Range<usize>) -> Option<Aligned> {
    let (first, last) = (*chain.links.first()?, *chain.links.last()?);
    let words = leak.word_tokens();
    let word_from = first.0.saturating_sub(MARGIN).max(room.start);
    let word_to = (last.0 + MARGIN + 1).min(room.end).min(words.len());
    let from = words[word_from] as usize;
    let to = words[word_to.checked_sub(1)?] as usize + 1;
    let nodes = widen(lattice, first.1 as usize, last.1 as usize);
    let tokens = align::seen(leak, from..to);
    let anchors: Vec<(usize, usize)> =
        chain.links.iter().map(|&(w, n)| (n as usize, words[w] as usize - from + 1)).collect();
    let band = bands(lattice, nodes.clone(), &anchors, tokens.len());
    let window = Window {
        lattice,
        nodes: nodes.clone(),
        tokens: &tokens,
        band: &|n| band[n - nodes.start],
        start: End::Free(first.1 as usize),
        end: End::Free(last.1 as usize),
        force: None,
    };
    let ops = align::align(&window)?;
    measure(lattice, &tokens, ops, from, chain)
}

/// The nodes within the margin around two nodes, forks whole.
fn widen(lattice: &Lattice, first: usize, last: usize) -> Range<usize> {
    let nodes = &lattice.nodes;
    let low = (nodes[first].depth as usize).saturating_sub(MARGIN);
    let high = nodes[last].depth as usize + MARGIN;
    let mut from = first;
    while from > 0 && nodes[from - 1].depth as usize >= low {
        from -= 1;
    }
    let mut to = last;
    while to + 1 < nodes.len() && nodes[to + 1].depth as usize <= high {
        to += 1;
    }
    if let Segment::Fork(fork) = &lattice.segments[nodes[from].segment as usize] {
        from = fork.open;
    }
    if let Segment::Fork(fork) = &lattice.segments[nodes[to].segment as usize] {
        to = fork.close;
    }
    from..to + 1
}

/// For each node of the window how many tokens may be used up behind it: between the anchors around it. Anchors
/// within a fork count outside it only, so that no variant is shut out by another's.
fn bands(lattice: &Lattice, nodes: Range<usize>, anchors: &[(usize, usize)], tokens: usize) -> Vec<(usize, usize)> {
    nodes
        .map(|n| {
            let segment = lattice.nodes[n].segment as usize;
            let (low, high) = match &lattice.segments[segment] {
                Segment::Fork(fork) => (fork.open, fork.close),
                _ => (n, n),
            };
            let before = anchors.partition_point(|a| a.0 < low);
            let after = anchors.partition_point(|a| if low == high { a.0 < n } else { a.0 <= high });
            let lo = before.checked_sub(1).map_or(0, |i| anchors[i].1.saturating_sub(SLACK));
            let hi = anchors.get(after).map_or(tokens, |a| a.1 + SLACK);
            (lo, hi.min(tokens))
        })
        .collect()
}

/// Counts what was found, and turns the window's token numbers into the leak's.
fn measure(lattice: &Lattice, tokens: &[Seen], mut ops: Vec<Op>, from: usize, chain: &Chain) -> Option<Aligned> {
    let (mut exact, mut slips, mut run, mut longest) = (0, 0, 0, 0);
    let mut span: Option<(usize, usize)> = None;
    let mut ends: Option<(u32, u32)> = None;
    for op in &ops {
        let paired = match *op {
            Op::Pair { node, token, distance } if tokens[token].word => {
                if distance == 0 {
                    exact += 1;
                    run += 1;
                    longest = longest.max(run);
                } else {
                    run = 0;
                    slips += usize::from(distance <= crate::cost::SLIP);
                }
                Some((node, node, token, token + 1))
            }
            Op::Split { node, token } => {
                slips += 1;
                Some((node, node, token, token + 2))
            }
            Op::Joined { first, node, token } => {
                slips += 2;
                Some((first, node, token, token + 1))
            }
            _ => None,
        };
        let breaks = match *op {
            Op::Split { .. } | Op::Joined { .. } => true,
            Op::Omit { node } => lattice.nodes[node as usize].kind == Kind::Word,
            Op::Insert { token } => tokens[token].word,
            Op::Fill { from, to, .. } => from < to,
            Op::Pair { .. } => false,
        };
        if breaks {
            run = 0;
        }
        if let Some((a, b, s, t)) = paired {
            span = Some((span.map_or(s, |x| x.0), t));
            ends = Some((ends.map_or(a, |x| x.0), b));
        }
    }
    let (start, end) = span?;
    for op in &mut ops {
        shift(op, from);
    }
    Some(Aligned {
        ops,
        tokens: from + start..from + end,
        nodes: ends?,
        exact,
        slips,
        run: longest.max(chain.run.min(exact)),
        ambiguous: chain.ambiguous,
    })
}

fn shift(op: &mut Op, by: usize) {
    match op {
        Op::Pair { token, .. } | Op::Split { token, .. } | Op::Joined { token, .. } | Op::Insert { token } => {
            *token += by
        }
        Op::Fill { from, to, .. } => {
            *from += by;
            *to += by;
        }
        Op::Omit { .. } => {}
    }
}
