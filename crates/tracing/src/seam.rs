//! Where passages end: which of two chains a word belongs to that both may have, and which words are somebody else's.

use crate::align::Op;
use crate::chain::Chain;
use crate::lattice::{Kind, Lattice, narrow};
use crate::passage::SOLID;
use crate::seeds::Words;
use crate::trace::{RUN, SEED};

/// So many nodes may stand between two words of the master that follow each other: alternatives, marks.
const NEAR: u32 = 64;

/// The master's words and parts.
pub(crate) struct Seams<'a> {
    pub(crate) lattice: &'a Lattice,
    pub(crate) words: &'a Words,
    /// Where each part ends in the rendering that takes every first alternative.
    pub(crate) parts: &'a [usize],
}

impl Seams<'_> {
    /// Gives the words where chains meet to the right ones.
    ///
    /// A sentence that moved away may begin with the same words as the one that stands there now (`The`, `We`), or end with the
    /// same: then the longer run has them, and a word of the other is missing. They belong where the master's sentence goes on.
    pub(crate) fn settle(&self, chains: &mut [Chain]) {
        for i in 1..chains.len() {
            let [.., before, behind] = &mut chains[..=i] else { continue };
            let meet = before.links.last().zip(behind.links.first());
            if meet.is_some_and(|(last, first)| last.0 + 1 == first.0) {
                self.beginning(before, behind);
                self.ending(before, behind);
            }
        }
    }

    /// What begins a sentence at the end of `before` may begin that of `behind`.
    fn beginning(&self, before: &mut Chain, behind: &mut Chain) {
        let Some(&(_, mut at)) = behind.links.first() else { return };
        let mut links = Vec::new();
        let mut most = 0;
        for pair in before.links[SEED.min(before.links.len()) - 1..].windows(2).rev().take(RUN) {
            let [(_, last), (word, node)] = *pair else { return };
            let Some(own) = self.words.before(at).iter().copied().find(|&n| self.same(n, node)) else { break };
            links.push((word, own));
            let begins = self.words.before(own).iter().all(|&n| self.part(n) != self.part(own));
            if begins && self.part(last) != self.part(node) {
                most = links.len();
            }
            at = own;
        }
        before.links.truncate(before.links.len() - most);
        links.truncate(most);
        behind.links.splice(..0, links.into_iter().rev());
    }

    /// What ends a sentence at the beginning of `behind` may end that of `before`.
    fn ending(&self, before: &mut Chain, behind: &mut Chain) {
        let Some(&(_, mut at)) = before.links.last() else { return };
        let mut links = Vec::new();
        let mut most = 0;
        for pair in behind.links[..(behind.links.len() + 1).saturating_sub(SEED)].windows(2).take(RUN) {
            let [(word, node), (_, next)] = *pair else { return };
            let Some(own) = self.behind(at).find(|&n| self.same(n, node)) else { break };
            links.push((word, own));
            let ends = self.behind(own).all(|n| self.part(n) != self.part(own));
            if ends && self.part(next) != self.part(node) {
                most = links.len();
            }
            at = own;
        }
        behind.links.drain(..most);
        before.links.extend(links.into_iter().take(most));
    }

    /// Takes the end of a sentence off an alignment's beginning, and the beginning of one off its end, where fewer than [`SOLID`] words in
    /// a row speak for it.
    ///
    /// A reporter's last words before a quotation (`this letter:`) meet by chance with the sentence that was left out before it, and what
    /// he says besides would be told of as altered words of the message.
    pub(crate) fn trim(&self, ops: &mut Vec<Op>) {
        let ends = |op: &Op| node_of(op, false);
        if let Some(node) = ops.iter().find_map(|op| self.paired(op))
            && !self.words.before(node).iter().all(|&n| self.part(n) != self.part(node))
            && let Some(next) = ops.iter().position(|op| ends(op).is_some_and(|n| self.part(n) > self.part(node)))
            && self.run(&ops[..next]) < SOLID
        {
            ops.drain(..next);
        }
        if let Some(node) = ops.iter().rev().find_map(|op| self.paired(op))
            && !self.behind(node).all(|n| self.part(n) != self.part(node))
            && let Some(last) = ops.iter().rposition(|op| ends(op).is_some_and(|n| self.part(n) < self.part(node)))
            && self.run(&ops[last + 1..]) < SOLID
        {
            ops.truncate(last + 1);
        }
    }

    /// The most unaltered words in a row.
    fn run(&self, ops: &[Op]) -> usize {
        let (mut run, mut best) = (0, 0);
        for op in ops {
            let word = node_of(op, true).is_some_and(|node| self.lattice.nodes[node as usize].kind == Kind::Word);
            match op {
                Op::Pair { distance: 0, .. } if word => run += 1,
                Op::Pair { .. } | Op::Omit { .. } if !word => {}
                _ => run = 0,
            }
            best = best.max(run);
        }
        best
    }

    /// The node of a step that stands for words of the leak.
    fn paired(&self, op: &Op) -> Option<u32> {
        let word = |node: &u32| self.lattice.nodes[*node as usize].kind == Kind::Word;
        match op {
            Op::Omit { .. } | Op::Insert { .. } => None,
            op => node_of(op, true).filter(word),
        }
    }

    fn same(&self, a: u32, b: u32) -> bool {
        self.lattice.nodes[a as usize].hash == self.lattice.nodes[b as usize].hash
    }

    /// The part that a node stands in.
    fn part(&self, node: u32) -> usize {
        self.parts.partition_point(|&end| end <= self.lattice.nodes[node as usize].sent.start)
    }

    /// The words of the master that may stand directly behind one.
    fn behind(&self, node: u32) -> impl Iterator<Item = u32> {
        let end = narrow(self.lattice.nodes.len()).min(node.saturating_add(NEAR));
        let word = |n: u32| self.lattice.nodes[n as usize].kind == Kind::Word;
        (node + 1..end).filter(move |&n| word(n) && self.words.before(n).contains(&node))
    }
}

/// The node of a step that has one: its first, or its last.
fn node_of(op: &Op, first: bool) -> Option<u32> {
    match *op {
        Op::Joined { first: node, .. } if first => Some(node),
        Op::Pair { node, .. } | Op::Split { node, .. } | Op::Joined { node, .. } => Some(node),
        Op::Omit { node } | Op::Fill { node, .. } => Some(node),
        Op::Insert { .. } => None,
    }
}
