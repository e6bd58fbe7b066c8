//! The table of slots: what lets one reference stand for one sealing.
//!
//! A vault fixes, as the first leaf of its log, a table of 2^20 slots before anything is sealed. Every slot has a
//! nonce that only the vault can compute; a sealing takes a free slot, and its leaf in the log begins with that
//! slot's tag. Until the slot is opened nobody can connect a reference with a leaf; once it is opened, everybody
//! can compute the tag and see that the log holds it once.

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::error::TableError;
use crate::hash::{Digest, encode, hash, leaf_hash, node_hash};

/// The slots of one cached subtree, as a power of two: small enough that a path is answered at once, large enough
/// that the cache of a full table is 128 KiB.
const CACHED_SUBTREE: u8 = 8;

/// The number of slots of a table, as a power of two from 8 to 20.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TableSize(u8);

impl TableSize {
    /// 2^20 slots, what every real table has. A reference has 20 bits for the slot.
    pub const FULL: Self = Self(20);
    /// 2^8 slots, for tests; verifiers refuse it unless told.
    pub const SMALL: Self = Self(8);

    /// A table of `2^exponent` slots.
    ///
    /// # Errors
    /// [`TableError::Size`] unless `exponent` is 8 to 20.
    pub fn new(exponent: u8) -> Result<Self, TableError> {
        if (Self::SMALL.0..=Self::FULL.0).contains(&exponent) {
            Ok(Self(exponent))
        } else {
            Err(TableError::Size { exponent })
        }
    }

    /// The power of two, 8 to 20.
    #[must_use]
    pub fn exponent(self) -> u8 {
        self.0
    }

    /// The number of slots, 256 to 1,048,576.
    #[must_use]
    pub fn slots(self) -> u32 {
        1 << self.0
    }
}

/// A table and the vault's secret that its slots' nonces are derived from.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct TableSecret {
    #[zeroize(skip)]
    table: Digest,
    secret: [u8; 32],
    #[zeroize(skip)]
    size: TableSize,
}

impl std::fmt::Debug for TableSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TableSecret").field("size", &self.size).finish_non_exhaustive()
    }
}

impl TableSecret {
    /// A table of `size` slots. `table` is its public id, `secret` what only the vault knows: both 256 random bits.
    #[must_use]
    pub fn new(table: Digest, secret: [u8; 32], size: TableSize) -> Self {
        Self { table, secret, size }
    }

    /// The table's public id.
    #[must_use]
    pub fn table(&self) -> &Digest {
        &self.table
    }

    /// The number of slots.
    #[must_use]
    pub fn size(&self) -> TableSize {
        self.size
    }

    /// Slot `index` with its nonce.
    ///
    /// # Errors
    /// [`TableError::Slot`] when the table has no such slot.
    pub fn slot(&self, index: u32) -> Result<Slot, TableError> {
        if index >= self.size.slots() {
            return Err(TableError::Slot { index, slots: self.size.slots() });
        }
        Ok(Nonces::new(self).slot(index))
    }
}

/// One slot, opened: its number and nonce. Public only once a message of that slot is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// The slot's number, 0-based.
    pub index: u32,
    /// `HKDF-SHA256(ikm = secret, salt = table, info = enc("countermark/nonce/1", index as 8 bytes))`, 32 bytes.
    pub nonce: Digest,
}

impl Slot {
    /// `H("countermark/tag/1", table, i, nonce_i)`: what the log's leaf of the sealing in this slot begins with.
    #[must_use]
    pub fn tag(&self, table: &Digest) -> Digest {
        hash("countermark/tag/1", &[table, &u64::from(self.index).to_be_bytes(), &self.nonce])
    }

    /// `H("countermark/slot/1", table, i, nonce_i)`: the slot as it stands in the table's tree.
    #[must_use]
    pub fn value(&self, table: &Digest) -> Digest {
        hash("countermark/slot/1", &[table, &u64::from(self.index).to_be_bytes(), &self.nonce])
    }
}

/// The table's leaf in the log, always its first: `table || H("countermark/table/1", number of slots, root)`.
///
/// The number of slots is inside the hash, so this leaf looks like every other: 64 bytes.
#[must_use]
pub fn table_leaf(table: &Digest, size: TableSize, root: &Digest) -> [u8; 64] {
    let head = hash("countermark/table/1", &[&u64::from(size.slots()).to_be_bytes(), root]);
    join(table, &head)
}

/// Any leaf of the log: `tag || commitment`.
#[must_use]
pub fn leaf(tag: &Digest, commitment: &Digest) -> [u8; 64] {
    join(tag, commitment)
}

/// The root that `slot` and its `path` (the slot's neighbour first) lead to, or nothing when the path's length or
/// the slot's number doesn't fit the size.
#[must_use]
pub fn root_from_path(table: &Digest, size: TableSize, slot: &Slot, path: &[Digest]) -> Option<Digest> {
    if path.len() != usize::from(size.exponent()) || slot.index >= size.slots() {
        return None;
    }
    let mut at = slot.index;
    let mut value = leaf_hash(&slot.value(table));
    for neighbour in path {
        value = if at & 1 == 0 { node_hash(&value, neighbour) } else { node_hash(neighbour, &value) };
        at >>= 1;
    }
    Some(value)
}

/// The upper levels of a table's tree, which answer paths without hashing the whole table again.
#[derive(Clone, PartialEq, Eq)]
pub struct TableTree {
    size: TableSize,
    /// `levels[0]`: the roots of the subtrees of 2^8 slots, left to right; every next one half as long; the last is
    /// the root alone.
    levels: Vec<Vec<Digest>>,
}

impl std::fmt::Debug for TableTree {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TableTree").field("size", &self.size).finish_non_exhaustive()
    }
}

impl TableTree {
    /// Hashes the whole table: 2^20 slots take about half a second.
    #[must_use]
    pub fn build(secret: &TableSecret) -> Self {
        let nonces = Nonces::new(secret);
        let subtrees = 0..secret.size.slots() >> CACHED_SUBTREE;
        let lowest = subtrees.map(|subtree| nonces.subtree(subtree).last_value()).collect();
        Self::above(secret.size, lowest)
    }

    /// The table's root.
    #[must_use]
    pub fn root(&self) -> Digest {
        // `above` ends with a level of one value; an empty lowest level can't come from a size of 2^8 or more.
        self.levels.last().and_then(|level| level.first()).copied().unwrap_or_default()
    }

    /// The table's leaf for the log.
    #[must_use]
    pub fn leaf(&self, secret: &TableSecret) -> [u8; 64] {
        table_leaf(&secret.table, self.size, &self.root())
    }

    /// The hashes beside slot `index` from the slot's own neighbour up to the root's child.
    ///
    /// # Errors
    /// [`TableError::Slot`] when the table has no such slot, [`TableError::Mismatch`] when tree and secret differ
    /// in size or the secret isn't the one that the tree was built from.
    pub fn path(&self, secret: &TableSecret, index: u32) -> Result<Vec<Digest>, TableError> {
        if secret.size != self.size {
            return Err(TableError::Mismatch);
        }
        if index >= self.size.slots() {
            return Err(TableError::Slot { index, slots: self.size.slots() });
        }
        let within = Nonces::new(secret).subtree(index >> CACHED_SUBTREE);
        if self.levels[0][(index >> CACHED_SUBTREE) as usize] != within.last_value() {
            return Err(TableError::Mismatch);
        }
        let mut path = within.path(index & ((1 << CACHED_SUBTREE) - 1));
        let mut at = index >> CACHED_SUBTREE;
        for level in self.levels.iter().take(self.levels.len() - 1) {
            path.push(level[(at ^ 1) as usize]);
            at >>= 1;
        }
        Ok(path)
    }

    /// The part worth keeping: the roots of the subtrees of 2^8 slots, 32 bytes each (128 KiB for a full table).
    /// They hide the nonces, so they may lie in the clear.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.levels[0].concat()
    }

    /// The tree from [`to_bytes`](Self::to_bytes), without hashing the slots.
    ///
    /// # Errors
    /// [`TableError::Cache`] when the length doesn't fit the size.
    pub fn from_bytes(size: TableSize, bytes: &[u8]) -> Result<Self, TableError> {
        let expected = (size.slots() as usize >> CACHED_SUBTREE) * 32;
        if bytes.len() != expected {
            return Err(TableError::Cache { found: bytes.len(), expected });
        }
        let mut lowest = Vec::with_capacity(expected / 32);
        for chunk in bytes.chunks_exact(32) {
            let mut digest = [0; 32];
            digest.copy_from_slice(chunk);
            lowest.push(digest);
        }
        Ok(Self::above(size, lowest))
    }

    fn above(size: TableSize, lowest: Vec<Digest>) -> Self {
        Self { size, levels: levels(lowest) }
    }
}

/// All levels of a perfect tree, the given one first.
fn levels(lowest: Vec<Digest>) -> Vec<Vec<Digest>> {
    let mut levels = vec![lowest];
    while let Some(level) = levels.last().filter(|level| level.len() > 1) {
        let next = level.chunks_exact(2).map(|pair| node_hash(&pair[0], &pair[1])).collect();
        levels.push(next);
    }
    levels
}

/// One subtree of 2^8 slots with all its levels.
struct Subtree(Vec<Vec<Digest>>);

impl Subtree {
    fn last_value(&self) -> Digest {
        self.0.last().and_then(|level| level.first()).copied().unwrap_or_default()
    }

    fn path(&self, index: u32) -> Vec<Digest> {
        let below_root = &self.0[..self.0.len() - 1];
        below_root.iter().enumerate().map(|(height, level)| level[((index >> height) ^ 1) as usize]).collect()
    }
}

/// The key schedule of the nonces, computed once for a table.
struct Nonces<'a> {
    table: &'a Digest,
    expand: Hkdf<Sha256>,
}

impl<'a> Nonces<'a> {
    fn new(secret: &'a TableSecret) -> Self {
        Self { table: &secret.table, expand: Hkdf::new(Some(&secret.table), &secret.secret) }
    }

    fn slot(&self, index: u32) -> Slot {
        let info = encode(&[b"countermark/nonce/1", &u64::from(index).to_be_bytes()]);
        let mut nonce = [0; 32];
        self.expand.expand(&info, &mut nonce).expect("32 bytes are fewer than the 8,160 that HKDF-SHA256 can give");
        Slot { index, nonce }
    }

    fn subtree(&self, subtree: u32) -> Subtree {
        let first = subtree << CACHED_SUBTREE;
        let slots = first..first + (1 << CACHED_SUBTREE);
        Subtree(levels(slots.map(|index| leaf_hash(&self.slot(index).value(self.table))).collect()))
    }
}

fn join(left: &Digest, right: &Digest) -> [u8; 64] {
    let mut leaf = [0; 64];
    leaf[..32].copy_from_slice(left);
    leaf[32..].copy_from_slice(right);
    leaf
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(exponent: u8) -> TableSecret {
        TableSecret::new([7; 32], [9; 32], TableSize::new(exponent).expect("8 to 20"))
    }

    /// RFC 6962's own recursive definition over all slots.
    fn plain_root(secret: &TableSecret) -> Digest {
        fn root(leaves: &[Digest]) -> Digest {
            if let [leaf] = leaves {
                return *leaf;
            }
            let (left, right) = leaves.split_at(leaves.len() / 2);
            node_hash(&root(left), &root(right))
        }
        let slots = 0..secret.size().slots();
        let leaves: Vec<_> = slots.map(|i| leaf_hash(&secret.slot(i).expect("inside").value(secret.table()))).collect();
        root(&leaves)
    }

    #[test]
    fn every_path_leads_to_the_plain_root() {
        for exponent in [8, 9, 11] {
            let secret = secret(exponent);
            let tree = TableTree::build(&secret);
            assert_eq!(tree.root(), plain_root(&secret));
            for index in (0..secret.size().slots()).step_by(37).chain([secret.size().slots() - 1]) {
                let slot = secret.slot(index).expect("inside");
                let path = tree.path(&secret, index).expect("inside");
                assert_eq!(root_from_path(secret.table(), secret.size(), &slot, &path), Some(tree.root()));
                let wrong = Slot { index: index ^ 1, ..slot };
                assert_ne!(root_from_path(secret.table(), secret.size(), &wrong, &path), Some(tree.root()));
            }
        }
    }

    #[test]
    fn the_cache_gives_the_same_tree() {
        let secret = secret(11);
        let tree = TableTree::build(&secret);
        let cached = TableTree::from_bytes(secret.size(), &tree.to_bytes()).expect("its own bytes");
        assert_eq!(cached, tree);
        assert!(matches!(TableTree::from_bytes(secret.size(), &[0; 31]), Err(TableError::Cache { .. })));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert!(matches!(TableSize::new(7), Err(TableError::Size { exponent: 7 })));
        assert!(matches!(TableSize::new(21), Err(TableError::Size { exponent: 21 })));
        let small = secret(8);
        let tree = TableTree::build(&small);
        assert!(matches!(small.slot(256), Err(TableError::Slot { index: 256, slots: 256 })));
        assert!(matches!(tree.path(&small, 256), Err(TableError::Slot { .. })));
        assert!(matches!(tree.path(&secret(9), 1), Err(TableError::Mismatch)));
        let other = TableSecret::new([7; 32], [8; 32], TableSize::SMALL);
        assert!(matches!(tree.path(&other, 1), Err(TableError::Mismatch)));
        let slot = small.slot(3).expect("inside");
        assert_eq!(root_from_path(small.table(), small.size(), &slot, &[[0; 32]; 7]), None);
    }

    #[test]
    fn secrets_do_not_print() {
        let shown = format!("{:?}", TableSecret::new([1; 32], [0xAB; 32], TableSize::FULL));
        assert!(!shown.contains("171"), "{shown}");
    }

    #[test]
    fn size_table_and_slot_change_tag_and_leaf() {
        let secret = secret(8);
        let slot = secret.slot(5).expect("inside");
        assert_ne!(slot.tag(&[1; 32]), slot.tag(&[2; 32]));
        assert_ne!(slot.tag(secret.table()), slot.value(secret.table()));
        assert_ne!(table_leaf(&[1; 32], TableSize::SMALL, &[3; 32]), table_leaf(&[1; 32], TableSize::FULL, &[3; 32]));
        assert_eq!(leaf(&[1; 32], &[2; 32])[32..], [2; 32]);
    }
}
