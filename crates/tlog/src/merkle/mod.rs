//! The Merkle tree of RFC 6962, section 2.1, over SHA-256.
//!
//! A leaf hash is `SHA-256(0x00 || entry)`, an inner hash `SHA-256(0x01 || left || right)`, the root of no
//! entries `SHA-256("")`. The tree of `n > 1` entries splits at the largest power of two below `n`.
//!
//! Three shapes of a tree serve three needs: [`Range`] holds only the peaks, to append and to know the root;
//! [`Tree`] holds everything, to prove; a [`HashReader`] fetches from elsewhere (tiles) what a proof needs.
//! Checking a proof needs none of them.

mod proof;
#[cfg(test)]
mod tests;

pub use proof::{consistency_proof, inclusion_proof, root_of, verify_consistency, verify_inclusion};

use crate::error::MerkleError;
use sha2::{Digest, Sha256};

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// The largest number of entries a tree may have. With it no proof is longer than [`MAX_PROOF`] hashes.
pub const MAX_SIZE: u64 = (1 << 63) - 1;

/// The most hashes a consistency proof may have (C2SP tlog-witness); an inclusion proof has at most as many.
pub const MAX_PROOF: usize = 63;

/// The hash of an entry: `SHA-256(0x00 || entry)`.
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(entry).finalize().into()
}

/// The hash of an inner node: `SHA-256(0x01 || left || right)`.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [1u8; 65];
    bytes[1..33].copy_from_slice(left);
    bytes[33..].copy_from_slice(right);
    Sha256::digest(bytes).into()
}

/// The root of a tree without entries: `SHA-256("")`.
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// The root over leaf hashes, in order.
pub fn root(leaves: &[Hash]) -> Hash {
    let mut range = Range::new();
    for leaf in leaves {
        range.push(*leaf);
    }
    range.root()
}

/// The compact range of the first entries of a log: the roots of its complete subtrees, one for each one bit of
/// its size. It grows in constant amortised time and knows the root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Range {
    size: u64,
    peaks: Vec<Hash>,
}

impl Range {
    /// The range of no entries.
    pub fn new() -> Range {
        Range::default()
    }

    /// The range of `size` entries from its peaks, the largest subtree first.
    ///
    /// # Errors
    /// [`MerkleError::Peaks`] when there are not as many as `size` has one bits.
    pub fn from_peaks(size: u64, peaks: Vec<Hash>) -> Result<Range, MerkleError> {
        if peaks.len() != size.count_ones() as usize {
            return Err(MerkleError::Peaks { size, expected: size.count_ones(), found: peaks.len() });
        }
        Ok(Range { size, peaks })
    }

    /// How many entries it spans.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The roots of the complete subtrees, the largest first.
    pub fn peaks(&self) -> &[Hash] {
        &self.peaks
    }

    /// Appends one leaf hash.
    pub fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        // Every trailing one bit of the size is a peak that the new leaf completes.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                hash = node_hash(&left, &hash);
            }
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The root over what was appended so far.
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let Some(last) = peaks.next() else { return empty_root() };
        peaks.fold(*last, |right, left| node_hash(left, &right))
    }
}

/// Where proofs take their hashes from.
pub trait HashReader {
    /// What can go wrong while reading.
    type Error;

    /// The root of the complete subtree number `index` of height `level`: of the entries from
    /// `index << level` up to `(index + 1) << level`. Only subtrees that are complete are asked for.
    ///
    /// # Errors
    /// Whatever keeps the reader from knowing that hash.
    fn hash(&self, level: u8, index: u64) -> Result<Hash, Self::Error>;
}

impl<R: HashReader + ?Sized> HashReader for &R {
    type Error = R::Error;

    fn hash(&self, level: u8, index: u64) -> Result<Hash, Self::Error> {
        (**self).hash(level, index)
    }
}

/// A whole tree in memory: 64 bytes an entry.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// The roots of the complete subtrees of each height.
    levels: Vec<Vec<Hash>>,
}

impl Tree {
    /// The tree over these leaf hashes.
    pub fn new(leaves: Vec<Hash>) -> Tree {
        let mut levels = vec![leaves];
        while let Some(below) = levels.last().filter(|level| level.len() > 1) {
            let level = below.as_chunks::<2>().0.iter().map(|[left, right]| node_hash(left, right)).collect();
            levels.push(level);
        }
        Tree { levels }
    }

    /// How many entries it has.
    pub fn size(&self) -> u64 {
        self.levels.first().map_or(0, |leaves| leaves.len() as u64)
    }

    /// Its root.
    pub fn root(&self) -> Hash {
        root_of(self, self.size()).unwrap_or_else(|_| empty_root())
    }

    /// The inclusion proof of an entry.
    ///
    /// # Errors
    /// [`MerkleError::Index`] when there is no such entry.
    pub fn inclusion(&self, index: u64) -> Result<Vec<Hash>, MerkleError> {
        inclusion_proof(self, index, self.size())
    }

    /// The proof that the first `old` entries are those of the older tree.
    ///
    /// # Errors
    /// [`MerkleError::Sizes`] when the tree is smaller than that.
    pub fn consistency(&self, old: u64) -> Result<Vec<Hash>, MerkleError> {
        consistency_proof(self, old, self.size())
    }
}

impl HashReader for Tree {
    type Error = MerkleError;

    fn hash(&self, level: u8, index: u64) -> Result<Hash, MerkleError> {
        let found = self.levels.get(level as usize).and_then(|hashes| hashes.get(usize::try_from(index).ok()?));
        found.copied().ok_or(MerkleError::Index { index: index.saturating_mul(1 << level.min(62)), size: self.size() })
    }
}
