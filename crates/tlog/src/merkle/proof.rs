//! Building proofs from a [`HashReader`], and verifying them.
//!
//! Proofs are RFC 6962, sections 2.1.1 and 2.1.2; they are verified as RFC 9162, sections 2.1.3.2 and 2.1.4.2,
//! says, with the number of hashes checked before any is used.

use super::{Hash, HashReader, MAX_SIZE, empty_root, node_hash};
use crate::error::MerkleError;

/// The root of the first `size` entries.
///
/// # Errors
/// What the reader errs with.
pub fn root_of<R: HashReader>(reader: &R, size: u64) -> Result<Hash, R::Error> {
    if size == 0 {
        return Ok(empty_root());
    }
    subtree(reader, 0, size)
}

/// The hashes that prove that entry `index` is in the tree of the first `size` entries, from the leaf's sibling
/// up to the root's child.
///
/// # Errors
/// [`MerkleError::Index`] when there is no such entry; what the reader errs with.
pub fn inclusion_proof<R: HashReader>(reader: &R, index: u64, size: u64) -> Result<Vec<Hash>, R::Error>
where
    R::Error: From<MerkleError>,
{
    if index >= size || size > MAX_SIZE {
        return Err(MerkleError::Index { index, size }.into());
    }
    let (mut low, mut high) = (0, size);
    let mut hashes = Vec::new();
    while high - low > 1 {
        let middle = low + split(high - low);
        if index < middle {
            hashes.push(subtree(reader, middle, high)?);
            high = middle;
        } else {
            hashes.push(subtree(reader, low, middle)?);
            low = middle;
        }
    }
    hashes.reverse();
    Ok(hashes)
}

/// The hashes that prove that the tree of the first `old` entries is a prefix of that of the first `new` ones;
/// none when `old` is 0 or equal to `new`.
///
/// # Errors
/// [`MerkleError::Sizes`] when `old` is larger than `new`; what the reader errs with.
pub fn consistency_proof<R: HashReader>(reader: &R, old: u64, new: u64) -> Result<Vec<Hash>, R::Error>
where
    R::Error: From<MerkleError>,
{
    if old > new || new > MAX_SIZE {
        return Err(MerkleError::Sizes { old, new }.into());
    }
    if old == 0 {
        return Ok(Vec::new());
    }
    let (mut low, mut high) = (0, new);
    let mut hashes = Vec::new();
    while old != high {
        let middle = low + split(high - low);
        if old <= middle {
            hashes.push(subtree(reader, middle, high)?);
            high = middle;
        } else {
            hashes.push(subtree(reader, low, middle)?);
            low = middle;
        }
    }
    // The old root itself is known to the verifier; any smaller subtree is not.
    if low > 0 {
        hashes.push(subtree(reader, low, high)?);
    }
    hashes.reverse();
    Ok(hashes)
}

/// Checks that `leaf` (a leaf hash) is entry `index` of the tree of `size` entries with this root.
///
/// # Errors
/// [`MerkleError`] says which of index, length and root does not fit.
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> Result<(), MerkleError> {
    if index >= size || size > MAX_SIZE {
        return Err(MerkleError::Index { index, size });
    }
    // Below `inner` levels the path has siblings on both sides; above, it runs along the right edge, where only
    // a left sibling (a one bit of the index) adds a hash.
    let inner = (u64::BITS - (index ^ (size - 1)).leading_zeros()) as usize;
    let border = index.checked_shr(inner as u32).unwrap_or(0).count_ones() as usize;
    if proof.len() != inner + border {
        return Err(MerkleError::Length { expected: inner + border, found: proof.len() });
    }
    let (below, above) = proof.split_at(inner);
    let mut hash = *leaf;
    for (level, sibling) in below.iter().enumerate() {
        hash = if index >> level & 1 == 0 { node_hash(&hash, sibling) } else { node_hash(sibling, &hash) };
    }
    for sibling in above {
        hash = node_hash(sibling, &hash);
    }
    if hash == *root { Ok(()) } else { Err(MerkleError::Root) }
}

/// Checks that the tree of `old` entries with root `old_root` is a prefix of that of `new` entries with root
/// `new_root`. From an empty tree every tree is reached, with an empty proof.
///
/// # Errors
/// [`MerkleError`] says which of sizes, length and root does not fit.
pub fn verify_consistency(
    old: u64,
    old_root: &Hash,
    new: u64,
    new_root: &Hash,
    proof: &[Hash],
) -> Result<(), MerkleError> {
    if old > new || new > MAX_SIZE {
        return Err(MerkleError::Sizes { old, new });
    }
    if old == 0 || old == new {
        if !proof.is_empty() {
            return Err(MerkleError::Length { expected: 0, found: proof.len() });
        }
        let fits = if old == 0 { *old_root == empty_root() } else { old_root == new_root };
        return if fits { Ok(()) } else { Err(MerkleError::Root) };
    }
    // The path starts at the largest complete subtree that ends where the old tree ends; if that is the whole
    // old tree, its hash is not in the proof.
    let shift = old.trailing_zeros();
    let start = (old - 1) >> shift;
    let inner = (u64::BITS - ((old - 1) ^ (new - 1)).leading_zeros()).saturating_sub(shift) as usize;
    let border = start.checked_shr(inner as u32).unwrap_or(0).count_ones() as usize;
    let given = usize::from(!old.is_power_of_two());
    if proof.len() != given + inner + border {
        return Err(MerkleError::Length { expected: given + inner + border, found: proof.len() });
    }
    let (seed, path) = if given == 1 { (proof[0], &proof[1..]) } else { (*old_root, proof) };
    let (below, above) = path.split_at(inner);
    let (mut old_hash, mut new_hash) = (seed, seed);
    for (level, sibling) in below.iter().enumerate() {
        if start >> level & 1 == 0 {
            new_hash = node_hash(&new_hash, sibling);
        } else {
            old_hash = node_hash(sibling, &old_hash);
            new_hash = node_hash(sibling, &new_hash);
        }
    }
    for sibling in above {
        old_hash = node_hash(sibling, &old_hash);
        new_hash = node_hash(sibling, &new_hash);
    }
    if old_hash == *old_root && new_hash == *new_root { Ok(()) } else { Err(MerkleError::Root) }
}

/// The largest power of two below `n`, for `n > 1`.
fn split(n: u64) -> u64 {
    1 << (u64::BITS - 1 - (n - 1).leading_zeros())
}

/// The hash of the entries from `low` to `high`, a subtree that RFC 6962's splitting produces: read whole where
/// it is complete, else joined from complete ones, right to left.
fn subtree<R: HashReader>(reader: &R, low: u64, high: u64) -> Result<Hash, R::Error> {
    let mut rest = high - low;
    let mut end = high;
    let mut hash = None;
    while rest > 0 {
        let level = rest.trailing_zeros() as u8;
        let left = reader.hash(level, (end >> level) - 1)?;
        hash = Some(match hash {
            None => left,
            Some(right) => node_hash(&left, &right),
        });
        end -= 1 << level;
        rest -= 1 << level;
    }
    Ok(hash.unwrap_or_else(empty_root))
}
