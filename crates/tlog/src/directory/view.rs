//! Reading a log directory: entries, tiles, proofs.

use super::{CHECKPOINT, Disk};
use crate::checkpoint::SignedCheckpoint;
use crate::error::{LogError, MerkleError};
use crate::merkle::{self, Hash, HashReader};
use crate::note::{MAX_NOTE, VerifierKey};
use crate::proof::Proof;
use crate::tile::{self, Kind, MAX_BUNDLE, MAX_TILE, Tile, WIDTH};
use std::cell::RefCell;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::Range;

/// A log as of one signed checkpoint. It needs no lock: what the checkpoint calls for does not change any more.
#[derive(Debug)]
pub struct View<D> {
    pub(super) disk: D,
    pub(super) key: VerifierKey,
    pub(super) signed: SignedCheckpoint,
}

impl<D: Disk> View<D> {
    /// The log as of the checkpoint in the directory, whose signature by `key` is checked.
    ///
    /// # Errors
    /// [`LogError::NotFound`] without a checkpoint; [`LogError::Checkpoint`] when it is not this log's.
    pub fn open(disk: D, key: VerifierKey) -> Result<View<D>, LogError> {
        let signed = read_checkpoint(&disk, &key)?.ok_or(LogError::NotFound)?;
        Ok(View { disk, key, signed })
    }

    /// The same log as of an older checkpoint of it, which is checked: the log's signature, and that it is a prefix. Partial tiles of
    /// its size are still there, or the full ones that took their place.
    ///
    /// # Errors
    /// [`LogError::Checkpoint`] when the log did not sign it; [`LogError::Fork`] when it is no prefix; otherwise what is wrong with
    /// the directory.
    pub fn at(self, checkpoint: SignedCheckpoint) -> Result<View<D>, LogError> {
        let verified = checkpoint.verify(&self.key, &[]).map(|_| ());
        verified.map_err(|source| LogError::Checkpoint { whose: "older", source })?;
        self.check_prefix(checkpoint.checkpoint().size, &checkpoint.checkpoint().root)?;
        Ok(View { signed: checkpoint, ..self })
    }

    /// The log's public key.
    pub fn key(&self) -> &VerifierKey {
        &self.key
    }

    /// The checkpoint, with the cosignatures that the directory has.
    pub fn checkpoint(&self) -> &SignedCheckpoint {
        &self.signed
    }

    /// How many entries the checkpoint covers.
    pub fn size(&self) -> u64 {
        self.signed.checkpoint().size
    }

    /// The root of the first `size` entries.
    ///
    /// # Errors
    /// [`LogError::Merkle`] when there are fewer; otherwise what is wrong with the directory.
    pub fn root(&self, size: u64) -> Result<Hash, LogError> {
        if size > self.size() {
            return Err(MerkleError::Sizes { old: size, new: self.size() }.into());
        }
        let root = merkle::root_of(&self.reader(), size)?;
        self.prove_consistency(size, &root)?;
        Ok(root)
    }

    /// The inclusion proof of an entry under the checkpoint.
    ///
    /// # Errors
    /// [`LogError::Merkle`] when there is no such entry; otherwise what is wrong with the directory.
    pub fn inclusion(&self, index: u64) -> Result<Vec<Hash>, LogError> {
        let (reader, head) = (self.reader(), self.signed.checkpoint());
        let proof = merkle::inclusion_proof(&reader, index, head.size)?;
        let leaf = reader.hash(0, index)?;
        match merkle::verify_inclusion(&leaf, index, head.size, &proof, &head.root) {
            Ok(()) => Ok(proof),
            Err(_) => Err(self.damage()),
        }
    }

    /// An entry's tlog-proof under the checkpoint, cosignatures included.
    ///
    /// # Errors
    /// As [`View::inclusion`].
    pub fn proof(&self, index: u64) -> Result<Proof, LogError> {
        Ok(Proof { extra: None, index, hashes: self.inclusion(index)?, checkpoint: self.signed.clone() })
    }

    /// The proof that the first `old` entries were not changed since.
    ///
    /// # Errors
    /// [`LogError::Merkle`] when there are fewer; otherwise what is wrong with the directory.
    pub fn consistency(&self, old: u64) -> Result<Vec<Hash>, LogError> {
        if old > self.size() {
            return Err(MerkleError::Sizes { old, new: self.size() }.into());
        }
        let root = merkle::root_of(&self.reader(), old)?;
        self.prove_consistency(old, &root)
    }

    /// One entry, checked against the checkpoint.
    ///
    /// # Errors
    /// [`LogError::Merkle`] when there is no such entry; otherwise what is wrong with the directory.
    pub fn entry(&self, index: u64) -> Result<Vec<u8>, LogError> {
        let entry = self.entries(index..index.saturating_add(1))?.pop();
        let entry = entry.ok_or(MerkleError::Index { index, size: self.size() })?;
        let (proof, head) = (self.inclusion(index)?, self.signed.checkpoint());
        match merkle::verify_inclusion(&merkle::leaf_hash(&entry), index, head.size, &proof, &head.root) {
            Ok(()) => Ok(entry),
            Err(_) => Err(self.damage()),
        }
    }

    /// The entries of a range, in order, as the bundles hold them; whether they are those that were signed,
    /// [`View::entry`] and [`View::audit`] check. The range is cut at the log's size.
    ///
    /// # Errors
    /// What is wrong with the directory.
    pub fn entries(&self, range: Range<u64>) -> Result<Vec<Vec<u8>>, LogError> {
        let end = range.end.min(self.size());
        let mut found = Vec::new();
        let mut at = range.start;
        while at < end {
            let index = at / WIDTH;
            let Some((tile, bytes)) = self.bundle(index)? else { break };
            let entries = decode_bundle(tile, &bytes)?;
            let stop = end.min((index + 1) * WIDTH);
            found.extend(entries[(at % WIDTH) as usize..].iter().take((stop - at) as usize).map(|e| e.to_vec()));
            at = stop;
        }
        Ok(found)
    }

    /// Checks that this is a prefix of the tree under the checkpoint: the checkpoint that someone else has kept.
    ///
    /// # Errors
    /// [`LogError::Fork`] when it is not; otherwise what is wrong with the directory.
    pub fn check_prefix(&self, size: u64, root: &Hash) -> Result<(), LogError> {
        let head = self.signed.checkpoint();
        let known = if size == head.size { head.root } else { self.root(size)? };
        if known == *root { Ok(()) } else { Err(LogError::Fork { recorded: size, found: self.size() }) }
    }

    /// A reader of hashes that remembers the tiles it has read.
    pub(super) fn reader(&self) -> Reader<'_, D> {
        Reader { view: self, tiles: RefCell::default() }
    }

    /// The hashes of a tile as of the checkpoint.
    pub(super) fn hashes(&self, level: u8, index: u64) -> Result<Vec<Hash>, LogError> {
        let kind = Kind::Hashes(level);
        let tile = Tile::at(kind, index, self.size())
            .ok_or_else(|| MerkleError::Index { index: index.saturating_mul(WIDTH), size: self.size() })?;
        let (read, bytes) = self.read(tile, MAX_TILE)?;
        let malformed = |source| LogError::Malformed { file: read.to_string(), source };
        let mut hashes = tile::decode_hashes(&bytes, read.width).map_err(malformed)?;
        hashes.truncate(usize::from(tile.width));
        Ok(hashes)
    }

    /// The entry bundle as of the checkpoint, and which file it is from; `None` beyond the end.
    pub(super) fn bundle(&self, index: u64) -> Result<Option<(Tile, Vec<u8>)>, LogError> {
        let Some(tile) = Tile::at(Kind::Entries, index, self.size()) else { return Ok(None) };
        self.read(tile, MAX_BUNDLE).map(Some)
    }

    /// A tile's file; for a partial tile that is gone, the full one that has taken its place.
    fn read(&self, tile: Tile, limit: usize) -> Result<(Tile, Vec<u8>), LogError> {
        let file = tile.to_string();
        if let Some(bytes) = read(&self.disk, &file, limit)? {
            return Ok((tile, bytes));
        }
        let full = tile.full();
        let found = if tile.is_full() { None } else { read(&self.disk, &full.to_string(), limit)? };
        found.map(|bytes| (full, bytes)).ok_or(LogError::Missing { file })
    }

    /// The consistency proof from a prefix to the checkpoint, checked.
    fn prove_consistency(&self, old: u64, root: &Hash) -> Result<Vec<Hash>, LogError> {
        let head = self.signed.checkpoint();
        let proof = merkle::consistency_proof(&self.reader(), old, head.size)?;
        match merkle::verify_consistency(old, root, head.size, &head.root, &proof) {
            Ok(()) => Ok(proof),
            Err(_) => Err(self.damage()),
        }
    }

    /// What exactly is wrong, once something is known to be.
    pub(super) fn damage(&self) -> LogError {
        match self.audit() {
            Err(error) => error,
            Ok(audit) => {
                let more = audit.findings.len() > 1;
                let finding = audit.findings.into_iter().next();
                LogError::Damaged { finding: finding.unwrap_or(super::Finding::Root), more }
            }
        }
    }
}

/// Reads the hashes of complete subtrees from a view's tiles.
pub(super) struct Reader<'v, D> {
    view: &'v View<D>,
    tiles: RefCell<HashMap<(u8, u64), Vec<Hash>>>,
}

impl<D: Disk> HashReader for Reader<'_, D> {
    type Error = LogError;

    fn hash(&self, level: u8, index: u64) -> Result<Hash, LogError> {
        let out_of_range = || MerkleError::Index { index, size: self.view.size() };
        let (tile_level, height) = (level / 8, level % 8);
        // A tile of this level holds 256 >> height subtrees of that height.
        let per_tile = WIDTH >> height;
        let place = (tile_level, index / per_tile);
        let mut tiles = self.tiles.borrow_mut();
        let hashes = match tiles.entry(place) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(empty) => empty.insert(self.view.hashes(place.0, place.1)?),
        };
        Ok(tile::subtree(hashes, height, (index % per_tile) as usize).ok_or_else(out_of_range)?)
    }
}

/// The entries in a bundle's file.
pub(super) fn decode_bundle(tile: Tile, bytes: &[u8]) -> Result<Vec<&[u8]>, LogError> {
    tile::decode_entries(bytes, tile.width).map_err(|source| LogError::Malformed { file: tile.to_string(), source })
}

/// The directory's checkpoint, its signature checked; `None` when there is none.
pub(super) fn read_checkpoint<D: Disk>(disk: &D, key: &VerifierKey) -> Result<Option<SignedCheckpoint>, LogError> {
    let Some(bytes) = read(disk, CHECKPOINT, MAX_NOTE)? else { return Ok(None) };
    checked("directory's", &bytes, key).map(Some)
}

/// A checkpoint of this log.
pub(super) fn checked(whose: &'static str, bytes: &[u8], key: &VerifierKey) -> Result<SignedCheckpoint, LogError> {
    let read = || {
        let signed = SignedCheckpoint::parse(bytes)?;
        signed.verify(key, &[])?;
        Ok(signed)
    };
    read().map_err(|source| LogError::Checkpoint { whose, source })
}

/// A file's bytes; `None` when there is none.
pub(super) fn read<D: Disk>(disk: &D, file: &str, limit: usize) -> Result<Option<Vec<u8>>, LogError> {
    disk.read(file, limit).map_err(|source| LogError::Io { action: "read", file: file.to_owned(), source })
}
