//! Appending: the order of durable steps, and how opening makes good what was interrupted.

use super::edge::Edge;
use super::view::{View, checked, read_checkpoint};
use super::{CHECKPOINT, Disk, LOCK, UNFINISHED};
use crate::checkpoint::{Checkpoint, SignedCheckpoint};
use crate::error::{LogError, TileError};
use crate::merkle::{Hash, MAX_SIZE, empty_root};
use crate::note::{Signature, Signer, VerifierKey};
use crate::proof::Proof;
use crate::tile::{Kind, MAX_ENTRY, MAX_LEVEL, Tile, WIDTH};
use std::collections::{BTreeSet, HashSet};
use std::error::Error;
use std::io::{self, ErrorKind};
use std::ops::Range;

/// The most entries of one append.
pub const MAX_BATCH: usize = 65_536;

/// The most bytes of all entries of one append.
pub const MAX_BATCH_BYTES: usize = 64 * 1024 * 1024;

/// What opening found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// The directory's checkpoint was newer than the recorded one, or none was recorded: it has been checked and
    /// adopted. The caller should record it now.
    Adopted,
    /// Record and directory agree.
    Clean,
    /// An append had died between record and rename: the recorded checkpoint has been put in place.
    Completed,
}

/// A log that is open for appending, under its lock.
#[derive(Debug)]
pub struct Log<D: Disk> {
    view: View<D>,
    edge: Edge,
    opening: Opening,
    /// Directories whose own name is known to be durable.
    durable: HashSet<String>,
    /// An append failed where it is not known what became of it.
    broken: bool,
    _lock: D::Lock,
}

impl<D: Disk> Log<D> {
    /// Makes a new log: signs the checkpoint of no entries, has it recorded, and writes it.
    ///
    /// The log's origin is the signer's name. For `commit` see [`Log::append`].
    ///
    /// # Errors
    /// [`LogError::NotEmpty`] when there is a checkpoint or a tile already: signing anew would fork that log.
    pub fn create<E>(disk: D, signer: &Signer, commit: impl FnOnce(&[u8]) -> Result<(), E>) -> Result<Log<D>, LogError>
    where
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        let lock = lock(&disk)?;
        let names = disk.list("").map_err(failed("list", ""))?;
        if let Some(file) = names.into_iter().find(|name| name == CHECKPOINT || name == "tile/") {
            return Err(LogError::NotEmpty { file });
        }
        let signed = sign(signer, 0, empty_root())?;
        let view = View { disk, key: signer.verifier().clone(), signed };
        let edge = Edge::default();
        let mut log = Log { view, edge, opening: Opening::Clean, durable: HashSet::new(), broken: false, _lock: lock };
        let text = log.view.signed.to_text();
        commit(text.as_bytes()).map_err(|error| LogError::Commit(error.into()))?;
        log.put_checkpoint(&text)?;
        Ok(log)
    }

    /// Opens a log for appending, and makes good what an interrupted append left.
    ///
    /// `recorded` is the newest checkpoint that a `commit` was given; `None` only if there is no record at all.
    /// What is opened is the newer of it and the directory's, after a check that the older is a prefix of it and
    /// that the tiles at the right edge lead to its root.
    ///
    /// # Errors
    /// [`LogError::Locked`] when another process appends; [`LogError::Fork`] when record and directory contradict each
    /// other; otherwise what is wrong with the directory.
    pub fn open(disk: D, key: VerifierKey, recorded: Option<&[u8]>) -> Result<Log<D>, LogError> {
        let lock = lock(&disk)?;
        let found = read_checkpoint(&disk, &key)?;
        let recorded = recorded.map(|bytes| checked("recorded", bytes, &key)).transpose()?;
        let size = |signed: &SignedCheckpoint| signed.checkpoint().size;
        let (signed, older, opening) = match (found, recorded) {
            (None, None) => return Err(LogError::NotFound),
            (None, Some(recorded)) => (recorded, None, Opening::Completed),
            (Some(found), None) => (found, None, Opening::Adopted),
            (Some(found), Some(recorded)) if size(&found) < size(&recorded) => {
                (recorded, Some(found), Opening::Completed)
            }
            (Some(found), Some(recorded)) if size(&found) > size(&recorded) => {
                (found, Some(recorded), Opening::Adopted)
            }
            (Some(found), Some(recorded)) => (found, Some(recorded), Opening::Clean),
        };
        let view = View { disk, key, signed };
        let edge = Edge::load(&view)?;
        if let Some(older) = older.map(|signed| signed.checkpoint().clone()) {
            view.check_prefix(older.size, &older.root).map_err(|error| match error {
                LogError::Fork { .. } if opening == Opening::Completed => {
                    LogError::Fork { recorded: view.size(), found: older.size }
                }
                error => error,
            })?;
        }
        let mut log = Log { view, edge, opening, durable: HashSet::new(), broken: false, _lock: lock };
        if opening == Opening::Completed {
            let text = log.view.signed.to_text();
            log.put_checkpoint(&text)?;
        } else {
            // The rename may have been done by a process that died before it made it durable.
            log.view.disk.sync_dir("").map_err(failed("sync", ""))?;
        }
        // The append that filled these may have died before it tidied up.
        log.tidy(log.size(), |place| place.checked_sub(1));
        Ok(log)
    }

    /// What opening found.
    pub fn opening(&self) -> Opening {
        self.opening
    }

    /// The log to read from.
    pub fn view(&self) -> &View<D> {
        &self.view
    }

    /// How many entries it has.
    pub fn size(&self) -> u64 {
        self.view.size()
    }

    /// The newest checkpoint.
    pub fn checkpoint(&self) -> &SignedCheckpoint {
        self.view.checkpoint()
    }

    /// As [`View::entry`].
    ///
    /// # Errors
    /// As there.
    pub fn entry(&self, index: u64) -> Result<Vec<u8>, LogError> {
        self.view.entry(index)
    }

    /// As [`View::inclusion`].
    ///
    /// # Errors
    /// As there.
    pub fn inclusion(&self, index: u64) -> Result<Vec<Hash>, LogError> {
        self.view.inclusion(index)
    }

    /// As [`View::consistency`].
    ///
    /// # Errors
    /// As there.
    pub fn consistency(&self, old: u64) -> Result<Vec<Hash>, LogError> {
        self.view.consistency(old)
    }

    /// As [`View::proof`].
    ///
    /// # Errors
    /// As there.
    pub fn proof(&self, index: u64) -> Result<Proof, LogError> {
        self.view.proof(index)
    }

    /// Appends entries, all or none, and returns their indices. No entries: nothing is signed.
    ///
    /// The caller's `commit` is given the new signed checkpoint when entries and tiles are durable. It must record it
    /// durably, in the place from which [`Log::open`]'s `recorded` comes, before it returns without error; only then
    /// is the checkpoint published in the directory. If `commit` errs, it may have recorded or not.
    ///
    /// # Errors
    /// After [`LogError::Commit`], or any error once the record stands, every append gives [`LogError::Reopen`] until
    /// the log has been opened again with the record. After other errors nothing has happened.
    pub fn append<E>(
        &mut self,
        signer: &Signer,
        entries: &[&[u8]],
        commit: impl FnOnce(&[u8]) -> Result<(), E>,
    ) -> Result<Range<u64>, LogError>
    where
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        if self.broken {
            return Err(LogError::Reopen);
        }
        if signer.verifier() != self.view.key() {
            return Err(LogError::Signer);
        }
        check_batch(entries, self.size())?;
        let first = self.size();
        if entries.is_empty() {
            return Ok(first..first);
        }
        let mut edge = self.edge.clone();
        let files = edge.append(entries).map_err(LogError::Entry)?;
        // No signed checkpoint refers to any of these names: widths only grow. Dying here loses nothing.
        self.write_all(&files)?;
        let signed = sign(signer, edge.size(), edge.root())?;
        let text = signed.to_text();
        // From here on a checkpoint may exist outside. Until it is known to stand in the directory, another one of
        // the same size must not be signed.
        self.broken = true;
        commit(text.as_bytes()).map_err(|error| LogError::Commit(error.into()))?;
        self.put_checkpoint(&text)?;
        self.broken = false;
        self.view.signed = signed;
        self.edge = edge;
        self.tidy(first, Some);
        Ok(first..self.size())
    }

    /// Adds cosignatures to the directory's checkpoint. Its text stays the same, so nothing needs to be recorded.
    ///
    /// # Errors
    /// [`LogError::Checkpoint`] when it has too many signatures; otherwise what is wrong with the directory.
    pub fn add_cosignatures(&mut self, cosignatures: &[Signature]) -> Result<(), LogError> {
        if self.broken {
            return Err(LogError::Reopen);
        }
        let mut signed = self.view.signed.clone();
        for cosignature in cosignatures {
            signed
                .add(cosignature.clone())
                .map_err(|error| LogError::Checkpoint { whose: "directory's", source: error.into() })?;
        }
        // Either note may be in place after a failure; both say the same.
        self.put_checkpoint(&signed.to_text())?;
        self.view.signed = signed;
        Ok(())
    }

    /// Puts the checkpoint in place, atomically and durably.
    fn put_checkpoint(&mut self, text: &str) -> Result<(), LogError> {
        self.put(CHECKPOINT, text.as_bytes())?;
        self.view.disk.sync_dir("").map_err(failed("sync", ""))
    }

    /// Writes files durably: their bytes, their names, and the names of the directories on the way.
    fn write_all(&mut self, files: &[(Tile, Vec<u8>)]) -> Result<(), LogError> {
        let mut touched = BTreeSet::new();
        for (tile, bytes) in files {
            let path = tile.to_string();
            for (slash, _) in path.match_indices('/') {
                let dir = &path[..slash];
                if !self.durable.contains(dir) {
                    self.view.disk.create_dir(dir).map_err(failed("create", dir))?;
                    touched.insert(parent(dir).to_owned());
                }
            }
            self.put(&path, bytes)?;
            touched.insert(parent(&path).to_owned());
        }
        for dir in &touched {
            self.view.disk.sync_dir(dir).map_err(failed("sync", dir))?;
        }
        // Only now: a directory that was found may have been made by a process that died before it was durable.
        for (tile, _) in files {
            let path = tile.to_string();
            self.durable.extend(path.match_indices('/').map(|(slash, _)| path[..slash].to_owned()));
        }
        Ok(())
    }

    /// Writes one file under its unfinished name, makes its bytes durable, and renames it. The rename is durable
    /// when the directory has been synced.
    fn put(&self, path: &str, bytes: &[u8]) -> Result<(), LogError> {
        let disk = &self.view.disk;
        let unfinished = format!("{path}{UNFINISHED}");
        let mut file = match disk.create(&unfinished) {
            // Left by an append that was interrupted.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                disk.remove(&unfinished).map_err(failed("remove", &unfinished))?;
                disk.create(&unfinished)
            }
            created => created,
        }
        .map_err(failed("create", &unfinished))?;
        disk.write(&mut file, bytes).map_err(failed("write", &unfinished))?;
        disk.sync(&mut file).map_err(failed("sync", &unfinished))?;
        drop(file);
        disk.rename(&unfinished, path).map_err(failed("rename", &unfinished))
    }

    /// Removes the partial tiles of full places: on each level the one that `place` chooses, given the place where a
    /// tree of `size` entries ends. C2SP lets a log delete them. Nothing depends on it, so failures are left be.
    fn tidy(&self, size: u64, place: impl Fn(u64) -> Option<u64>) {
        for level in 0..=MAX_LEVEL {
            let Some(index) = place((size >> (8 * u32::from(level))) / WIDTH) else { return };
            let kinds = if level == 0 { vec![Kind::Entries, Kind::Hashes(0)] } else { vec![Kind::Hashes(level)] };
            for tile in kinds.into_iter().filter_map(|kind| Tile::at(kind, index, self.size())) {
                if tile.is_full() {
                    self.remove_partials(&tile.partials());
                }
            }
        }
    }

    fn remove_partials(&self, dir: &str) {
        let disk = &self.view.disk;
        let Ok(names) = disk.list(dir) else { return };
        if !names.is_empty() && names.iter().all(|name| disk.remove(&format!("{dir}/{name}")).is_ok()) {
            // Not synced: a directory that comes back empty after a crash does no harm.
            let _ = disk.remove_dir(dir);
        }
    }
}

fn lock<D: Disk>(disk: &D) -> Result<D::Lock, LogError> {
    disk.lock(LOCK).map_err(failed("lock", LOCK))?.ok_or(LogError::Locked)
}

fn sign(signer: &Signer, size: u64, root: Hash) -> Result<SignedCheckpoint, LogError> {
    let origin = signer.verifier().name().to_string();
    Checkpoint { origin, size, root, extensions: Vec::new() }
        .sign(signer)
        .map_err(|source| LogError::Checkpoint { whose: "new", source })
}

/// The limits of one append.
fn check_batch(entries: &[&[u8]], size: u64) -> Result<(), LogError> {
    let bytes = entries.iter().map(|entry| entry.len()).sum();
    if let Some((entry, found)) = entries.iter().enumerate().find(|(_, entry)| entry.len() > MAX_ENTRY) {
        return Err(LogError::Entry(TileError::EntrySize { entry, size: found.len() }));
    }
    if entries.len() > MAX_BATCH || bytes > MAX_BATCH_BYTES || entries.len() as u64 > MAX_SIZE - size {
        return Err(LogError::Batch { entries: entries.len(), bytes });
    }
    Ok(())
}

fn failed(action: &'static str, file: &str) -> impl FnOnce(io::Error) -> LogError {
    let file = file.to_owned();
    move |source| LogError::Io { action, file, source }
}

/// The directory that a path stands in; empty for the log's own.
fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(dir, _)| dir)
}
