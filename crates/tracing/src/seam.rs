//! Where two chains meet in the leak: which of them a word belongs to that both may have.

use crate::chain::Chain;
use crate::lattice::{Lattice, narrow};
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
        (node + 1..end).filter(move |&n| self.words.before(n).contains(&node))
    }
}
