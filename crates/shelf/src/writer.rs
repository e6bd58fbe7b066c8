//! The writer's side.

use std::collections::HashSet;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use countermark_mapped::Mapped;
use countermark_marking::Master;
use countermark_screening::{Builder, Key, Manifest, Screener, Segment, merge};

use crate::Error;
use crate::files::{LOCK, MANIFEST, io_error, open_private, replace, segment_name, segment_path, sync_dir};
use crate::reader::{open_segments, parse_manifest, read_manifest};

/// So many messages may be written anew when one is added: some milliseconds. What is larger waits for [`Shelf::tidy`].
const QUICK: u64 = 2000;

/// The index as its one writer holds it.
#[derive(Debug)]
pub struct Shelf {
    dir: PathBuf,
    key: Key,
    manifest: Manifest,
    segments: Vec<Segment<Mapped>>,
    /// Held as long as this lives.
    _lock: File,
}

impl Shelf {
    /// Opens the index in a folder, which is made where it is missing, and takes its lock.
    ///
    /// # Errors
    /// When another process writes to it, a file can't be read or is damaged, or the key is another one.
    pub fn open(dir: &Path, key: Key) -> Result<Self, Error> {
        fs::create_dir_all(dir).map_err(io_error(dir))?;
        let path = dir.join(LOCK);
        let lock = open_private(&path).map_err(io_error(&path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(Error::Busy { path }),
            Err(TryLockError::Error(source)) => return Err(Error::Io { path, source }),
        }
        let manifest = parse_manifest(dir, &key, &read_manifest(dir)?)?;
        let segments = open_segments(dir, &manifest)?;
        let shelf = Self { dir: dir.to_owned(), key, manifest, segments, _lock: lock };
        shelf.sweep()?;
        Ok(shelf)
    }

    /// The number of messages.
    pub fn messages(&self) -> u64 {
        self.manifest.messages()
    }

    /// Adds a message, in the place of one with the same handle; durable when it returns. `values` as in [`Builder::add`].
    ///
    /// # Errors
    /// When the message can't be indexed or a file not be written; then the index is as it was.
    pub fn add(&mut self, handle: u64, master: &Master, values: &dyn Fn(&str) -> Vec<String>) -> Result<(), Error> {
        let mut builder = Builder::new(&self.key);
        builder.add(handle, master, values).map_err(Error::Message)?;
        let mut next = self.manifest.clone();
        self.mark_gone(&mut next, handle)?;
        self.put(next, builder.finish())?;
        self.merge_due(QUICK)
    }

    /// Adds many messages at once: a segment with all that the builder took. Their handles must be new.
    ///
    /// # Errors
    /// When a file can't be written; then the index is as it was.
    pub fn add_all(&mut self, builder: Builder<'_>) -> Result<(), Error> {
        self.put(self.manifest.clone(), builder.finish())
    }

    /// Removes a message; false when there is none with this handle. Its bytes are gone when its segment is next written anew,
    /// by [`Shelf::tidy`] at the latest.
    ///
    /// # Errors
    /// When the manifest can't be written.
    pub fn remove(&mut self, handle: u64) -> Result<bool, Error> {
        let mut next = self.manifest.clone();
        let there = self.mark_gone(&mut next, handle)?;
        if there {
            self.settle(next)?;
        }
        Ok(there)
    }

    /// Puts what the builder took in the place of everything.
    ///
    /// # Errors
    /// When a file can't be written; then the index is as it was.
    pub fn replace_all(&mut self, builder: Builder<'_>) -> Result<(), Error> {
        let mut next = self.manifest.clone();
        next.segments.clear();
        next.removed.clear();
        self.put(next, builder.finish())
    }

    /// Merges what is due, however large, and writes segments anew from which messages are gone: for idle hours.
    ///
    /// # Errors
    /// When a segment is damaged or a file can't be written; then the index is as it was.
    pub fn tidy(&mut self) -> Result<(), Error> {
        self.merge_due(u64::MAX)?;
        let holed: HashSet<u64> = self.manifest.removed.iter().map(|(name, _)| *name).collect();
        for name in holed {
            self.merge(&[name])?;
        }
        Ok(())
    }

    /// What asks the index about posts, as it is now.
    ///
    /// # Errors
    /// When a file can't be read.
    pub fn screener(&self) -> Result<Screener<Mapped>, Error> {
        let segments = open_segments(&self.dir, &self.manifest)?;
        Screener::new(self.key.clone(), &self.manifest, segments)
            .map_err(|source| Error::Content { path: self.dir.join(MANIFEST), source })
    }

    /// Marks a handle as gone wherever it stands.
    fn mark_gone(&self, next: &mut Manifest, handle: u64) -> Result<bool, Error> {
        let mut there = false;
        for (listed, segment) in self.manifest.segments.iter().zip(&self.segments) {
            let wrong = |source| Error::Content { path: segment_path(&self.dir, listed.name), source };
            if segment.handles().map_err(wrong)?.contains(&handle) {
                there |= next.remove(listed.name, handle);
            }
        }
        Ok(there)
    }

    /// Writes a segment and the manifest that lists it beside the others.
    fn put(&mut self, mut next: Manifest, bytes: Vec<u8>) -> Result<(), Error> {
        let segment = Segment::open(&bytes).map_err(Error::Message)?;
        let path = segment_path(&self.dir, next.add(&segment));
        replace(&path, &bytes)?;
        self.settle(next)
    }

    fn merge_due(&mut self, most: u64) -> Result<(), Error> {
        loop {
            let due = self.manifest.due(most);
            if due.is_empty() {
                return Ok(());
            }
            self.merge(&due)?;
        }
    }

    fn merge(&mut self, names: &[u64]) -> Result<(), Error> {
        let mut parts = Vec::new();
        let mut gone = Vec::new();
        for (listed, segment) in self.manifest.segments.iter().zip(&self.segments) {
            if names.contains(&listed.name) {
                parts.push(segment);
                gone.push(self.manifest.gone(listed.name));
            }
        }
        let keep = |place: usize, handle: u64| gone.get(place).is_some_and(|gone| !gone.contains(&handle));
        let bytes = merge(&self.key, &parts, &keep).map_err(Error::Message)?;
        let merged = Segment::open(&bytes).map_err(Error::Message)?;
        let mut next = self.manifest.clone();
        let name = next.replace(names, &merged);
        replace(&segment_path(&self.dir, name), &bytes)?;
        self.settle(next)
    }

    /// Puts a manifest in place. From here on readers see it; then what it does not list can go.
    fn settle(&mut self, next: Manifest) -> Result<(), Error> {
        let segments = open_segments(&self.dir, &next)?;
        replace(&self.dir.join(MANIFEST), &next.to_bytes())?;
        self.manifest = next;
        self.segments = segments;
        self.sweep()
    }

    /// Removes segments that the manifest does not list, and files that were not finished.
    fn sweep(&self) -> Result<(), Error> {
        let listed: HashSet<u64> = self.manifest.segments.iter().map(|listed| listed.name).collect();
        let mut swept = false;
        for entry in fs::read_dir(&self.dir).map_err(io_error(&self.dir))? {
            let path = entry.map_err(io_error(&self.dir))?.path();
            let stray = segment_name(&path).is_some_and(|name| !listed.contains(&name))
                || path.extension().is_some_and(|end| end == "new");
            if stray {
                fs::remove_file(&path).map_err(io_error(&path))?;
                swept = true;
            }
        }
        if swept { sync_dir(&self.dir) } else { Ok(()) }
    }
}
