//! The right edge of a tree: all that an append needs to know of what is there.

use super::Disk;
use super::view::{View, decode_bundle};
use crate::error::{LogError, TileError};
use crate::merkle::{Hash, Range, empty_root, leaf_hash, node_hash};
use crate::tile::{self, Kind, Tile, WIDTH};

/// The partial tile of each level, and the partial entry bundle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Edge {
    size: u64,
    /// By level; below 256 hashes each, the highest may be empty.
    levels: Vec<Vec<Hash>>,
    bundle: Vec<u8>,
}

impl Edge {
    /// The edge of a view's tree. It is checked that it leads to the signed root, and that the entries at the edge
    /// are those that the tiles say.
    pub(super) fn load<D: Disk>(view: &View<D>) -> Result<Edge, LogError> {
        let mut edge = Edge { size: view.size(), ..Edge::default() };
        let mut hashes = view.size();
        for level in 0.. {
            if hashes == 0 {
                break;
            }
            let index = hashes / WIDTH;
            edge.levels.push(if hashes.is_multiple_of(WIDTH) { Vec::new() } else { view.hashes(level, index)? });
            hashes = index;
        }
        if edge.root() != view.checkpoint().checkpoint().root {
            return Err(view.damage());
        }
        if let Some(leaves) = edge.levels.first().filter(|leaves| !leaves.is_empty())
            && let Some((tile, bytes)) = view.bundle(view.size() / WIDTH)?
        {
            let entries = decode_bundle(tile, &bytes)?;
            if !entries.iter().zip(leaves).all(|(entry, leaf)| leaf_hash(entry) == *leaf) {
                return Err(view.damage());
            }
            let length = entries.iter().take(leaves.len()).map(|entry| entry.len() + 2).sum();
            edge.bundle = bytes;
            edge.bundle.truncate(length);
        }
        Ok(edge)
    }

    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// The root over everything up to the edge.
    pub(super) fn root(&self) -> Hash {
        let mut root = None;
        for level in &self.levels {
            let mut range = Range::new();
            level.iter().for_each(|hash| range.push(*hash));
            for peak in range.peaks().iter().rev() {
                root = Some(root.map_or(*peak, |right| node_hash(peak, &right)));
            }
        }
        root.unwrap_or_else(empty_root)
    }

    /// Moves the edge on by these entries; returns the files that the new tree has and the old one had not.
    pub(super) fn append(&mut self, entries: &[&[u8]]) -> Result<Vec<(Tile, Vec<u8>)>, TileError> {
        let before = self.size;
        let mut files = Vec::new();
        for (at, entry) in entries.iter().enumerate() {
            tile::push_entry(&mut self.bundle, entry)
                .map_err(|_| TileError::EntrySize { entry: at, size: entry.len() })?;
            if self.size % WIDTH == WIDTH - 1 {
                let full = Tile { kind: Kind::Entries, index: self.size / WIDTH, width: WIDTH as u16 };
                files.push((full, std::mem::take(&mut self.bundle)));
            }
            self.push(0, self.size, leaf_hash(entry), &mut files);
            self.size += 1;
        }
        if let Some(partial) = self.partial(Kind::Entries, 0, before) {
            files.push((partial, self.bundle.clone()));
        }
        for (level, hashes) in self.levels.iter().enumerate() {
            if let Some(partial) = self.partial(Kind::Hashes(level as u8), level, before) {
                files.push((partial, tile::encode_hashes(hashes)));
            }
        }
        Ok(files)
    }

    /// Adds hash number `number` of a level; a tile that it fills becomes a file and a hash of the next level.
    fn push(&mut self, level: u8, number: u64, hash: Hash, files: &mut Vec<(Tile, Vec<u8>)>) {
        let at = usize::from(level);
        if self.levels.len() == at {
            self.levels.push(Vec::new());
        }
        self.levels[at].push(hash);
        if self.levels[at].len() as u64 == WIDTH {
            let hashes = std::mem::take(&mut self.levels[at]);
            let index = number / WIDTH;
            files.push((Tile { kind: Kind::Hashes(level), index, width: WIDTH as u16 }, tile::encode_hashes(&hashes)));
            self.push(level + 1, index, crate::merkle::root(&hashes), files);
        }
    }

    /// The partial tile at the edge of a level, if it has changed since the tree had `before` entries.
    fn partial(&self, kind: Kind, level: usize, before: u64) -> Option<Tile> {
        let hashes = |size: u64| size >> (8 * level);
        let (now, then) = (hashes(self.size), hashes(before));
        if now == then { None } else { Tile::at(kind, now / WIDTH, self.size) }
    }
}
