//! Passages: stretches of the leak that come from the master, aligned.

use std::ops::Range;

use crate::align::{self, End, Op, Window};
use crate::chain::Chain;
use crate::lattice::{Kind, Lattice, Segment};
use crate::leak::Leak;
use crate::seam::Seams;

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
    /// What stands before it in the leak is no reporter's: see [`Chain::within`].
    pub(crate) within: bool,
}

/// Aligns a chain, keeping to the words of the leak in `room`.
///
/// Where the leak closes a quotation and opens another one, what stands between is the reporter's: the passage is cut there.
pub(crate) fn align_chain(seams: &Seams<'_>, leak: &Leak<'_>, chain: &Chain, room: Range<usize>) -> Vec<Aligned> {
    let lattice = seams.lattice;
    let Some(mut ops) = steps(lattice, leak, chain, room) else { return Vec::new() };
    let mut pieces = Vec::new();
    while let Some((end, start)) = last_turn(lattice, leak, &ops) {
        pieces.push(ops.split_off(start));
        ops.truncate(end);
    }
    pieces.push(ops);
    pieces.iter_mut().for_each(|ops| seams.trim(ops));
    let mut aligned: Vec<Aligned> =
        pieces.into_iter().rev().filter_map(|ops| measure(lattice, leak, ops, chain.ambiguous)).collect();
    if let Some(first) = aligned.first_mut() {
        first.within = chain.within;
    }
    aligned
}

/// So many unaltered words in a row are no chance meeting with the reporter's words.
pub(crate) const SOLID: usize = 3;

/// The last place where one quotation ends and another begins: the steps up to the one, and from which on the other.
fn last_turn(lattice: &Lattice, leak: &Leak<'_>, ops: &[Op]) -> Option<(usize, usize)> {
    let mut solid: Vec<(usize, usize)> = Vec::new();
    let mut run: Vec<(usize, usize)> = Vec::new();
    for (i, op) in ops.iter().enumerate() {
        match *op {
            Op::Pair { node, token, distance: 0 } if lattice.nodes[node as usize].kind == Kind::Word => {
                run.push((i, token))
            }
            Op::Pair { node, .. } | Op::Omit { node } if lattice.nodes[node as usize].kind == Kind::Punct => {}
            Op::Insert { token } if !leak.is_word(token) => {}
            _ => close_run(&mut run, &mut solid),
        }
    }
    close_run(&mut run, &mut solid);
    solid.windows(2).rev().find_map(|pair| {
        let [(end, token), (start, next)] = *pair else { return None };
        let words = leak.words_before(next).saturating_sub(leak.words_before(token) + 1);
        let between = leak.text().get(leak.span(token).end..leak.span(next).start)?;
        (words > 0 && turns(between)).then_some((end + 1, start))
    })
}

fn close_run(run: &mut Vec<(usize, usize)>, solid: &mut Vec<(usize, usize)>) {
    if run.len() >= SOLID {
        solid.append(run);
    }
    run.clear();
}

/// Whether a text closes a quotation at its beginning and opens one at its end.
pub(crate) fn turns(text: &str) -> bool {
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '.' | ',' | '…' | '!' | '?' | ';'));
    let end = text.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '.' | '…' | '[' | ']' | '('));
    start.len() + end.len() > text.len()
        && start.starts_with(['”', '"', '»', '“', '’'])
        && end.ends_with(['“', '"', '«', '„', '‘', '»'])
}

/// The steps of a chain's alignment.
fn steps(lattice: &Lattice, leak: &Leak<'_>, chain: &Chain, room: Range<usize>) -> Option<Vec<Op>> {
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
    let mut ops = align::align(&window)?;
    for op in &mut ops {
        shift(op, from);
    }
    Some(ops)
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

/// Counts what was found.
fn measure(lattice: &Lattice, leak: &Leak<'_>, ops: Vec<Op>, ambiguous: bool) -> Option<Aligned> {
    let (mut exact, mut slips, mut run, mut longest) = (0, 0, 0, 0);
    let mut span: Option<(usize, usize)> = None;
    let mut ends: Option<(u32, u32)> = None;
    for op in &ops {
        let paired = match *op {
            Op::Pair { node, token, distance } if leak.is_word(token) => {
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
            Op::Insert { token } => leak.is_word(token),
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
    Some(Aligned { ops, tokens: start..end, nodes: ends?, exact, slips, run: longest, ambiguous, within: false })
}

/// Turns the window's token numbers into the leak's.
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
