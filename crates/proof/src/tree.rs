//! The tree over the pieces: RFC 6962, with one proof for many leaves.
//!
//! The proof is what a reader needs beside the leaves that he has: the hashes of the largest subtrees that hold none
//! of them, left to right. The pieces of the text stand first in the tree, so a bundle that shows all parts (open or
//! closed) needs only about `log2(pieces)` hashes.

use countermark_tlog::merkle::root;

use crate::hash::{Digest, node_hash};

/// The proof for the leaves at `shown` (ascending) in a tree of `count` leaves, of which `first` are the first ones
/// and `rest` is the proof for exactly those.
///
/// Nothing when `rest` doesn't have the right length, or `shown` reaches beyond `first`.
pub(crate) fn prove(count: u64, first: &[Digest], rest: &[Digest], shown: &[u64]) -> Option<Vec<Digest>> {
    if shown.last().is_some_and(|last| *last >= first.len() as u64) || first.len() as u64 > count {
        return None;
    }
    let mut prover = Prover { first, rest: rest.iter(), hashes: Vec::new() };
    prover.walk(0, count, shown)?;
    prover.rest.next().is_none().then_some(prover.hashes)
}

/// The root that the known leaves (ascending by place) and the proof's `hashes` give in a tree of `count` leaves, or
/// nothing when there are too few or too many hashes.
pub(crate) fn rebuild(count: u64, known: &[(u64, Digest)], hashes: &[Digest]) -> Option<Digest> {
    let ascending = known.windows(2).all(|pair| pair[0].0 < pair[1].0);
    if count == 0 || !ascending || known.last().is_some_and(|(place, _)| *place >= count) {
        return None;
    }
    let mut hashes = hashes.iter();
    let root = rebuild_subtree(0, count, known, &mut hashes)?;
    hashes.next().is_none().then_some(root)
}

fn rebuild_subtree(
    start: u64,
    count: u64,
    known: &[(u64, Digest)],
    hashes: &mut std::slice::Iter<'_, Digest>,
) -> Option<Digest> {
    match known {
        [] => hashes.next().copied(),
        [(_, leaf)] if count == 1 => Some(*leaf),
        _ => {
            let half = split(count);
            let (left, right) = known.split_at(known.partition_point(|(place, _)| *place < start + half));
            let left = rebuild_subtree(start, half, left, hashes)?;
            let right = rebuild_subtree(start + half, count - half, right, hashes)?;
            Some(node_hash(&left, &right))
        }
    }
}

struct Prover<'a> {
    first: &'a [Digest],
    rest: std::slice::Iter<'a, Digest>,
    hashes: Vec<Digest>,
}

impl Prover<'_> {
    fn walk(&mut self, start: u64, count: u64, shown: &[u64]) -> Option<()> {
        if shown.is_empty() {
            let hash = self.subtree(start, count)?;
            self.hashes.push(hash);
            return Some(());
        }
        if count == 1 {
            return Some(());
        }
        let half = split(count);
        let (left, right) = shown.split_at(shown.partition_point(|place| *place < start + half));
        self.walk(start, half, left)?;
        self.walk(start + half, count - half, right)
    }

    fn subtree(&mut self, start: u64, count: u64) -> Option<Digest> {
        let first = self.first;
        match first.get(start as usize..) {
            None | Some([]) => self.rest.next().copied(),
            Some(leaves) if leaves.len() as u64 >= count => Some(root(&leaves[..count as usize])),
            Some(_) => {
                let half = split(count);
                let left = self.subtree(start, half)?;
                let right = self.subtree(start + half, count - half)?;
                Some(node_hash(&left, &right))
            }
        }
    }
}

/// The largest power of two below `count`, which is at least 2.
fn split(count: u64) -> u64 {
    1 << (count - 1).ilog2()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::leaf_hash;
    use proptest::prelude::*;

    fn leaves(count: u64) -> Vec<Digest> {
        (0..count).map(|i| leaf_hash(&i.to_be_bytes())).collect()
    }

    proptest! {
        #[test]
        fn what_is_proved_rebuilds_and_nothing_else(
            count in 1_u64..70, first in 0_u64..70, picks in prop::collection::btree_set(0_u64..70, 0..20)
        ) {
            let first = first.min(count);
            let leaves = leaves(count);
            let shown: Vec<u64> = picks.into_iter().filter(|place| *place < first).collect();
            // The slow way to `rest`: the proof for all of the first leaves, with everything known.
            let all: Vec<u64> = (0..first).collect();
            let rest = prove(count, &leaves, &[], &all).expect("whole tree");
            let hashes = prove(count, &leaves[..first as usize], &rest, &shown).expect("fits");
            prop_assert_eq!(&hashes, &prove(count, &leaves, &[], &shown).expect("whole tree"));
            let known: Vec<_> = shown.iter().map(|place| (*place, leaves[*place as usize])).collect();
            prop_assert_eq!(rebuild(count, &known, &hashes), Some(root(&leaves)));

            let mut more = hashes.clone();
            more.push([0; 32]);
            prop_assert_eq!(rebuild(count, &known, &more), None);
            if let Some((_, fewer)) = hashes.split_last() {
                prop_assert_eq!(rebuild(count, &known, fewer), None);
            }
            for place in 0..known.len() {
                let mut changed = known.clone();
                changed[place].1[5] ^= 1;
                prop_assert_ne!(rebuild(count, &changed, &hashes), Some(root(&leaves)));
            }
        }
    }

    #[test]
    fn unordered_and_outlying_leaves_are_refused() {
        let leaves = leaves(5);
        assert_eq!(rebuild(5, &[(1, leaves[1]), (0, leaves[0])], &[]), None);
        assert_eq!(rebuild(5, &[(1, leaves[1]), (1, leaves[1])], &[]), None);
        assert_eq!(rebuild(5, &[(5, leaves[1])], &[]), None);
        assert_eq!(rebuild(0, &[], &[]), None);
        assert_eq!(prove(5, &leaves[..2], &[], &[3]), None);
    }
}
