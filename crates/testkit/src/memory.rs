//! A log's disk in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, ErrorKind};
use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use countermark_tlog::directory::Disk;

/// A disk in memory, on which everything is durable at once. Clones share what they hold.
#[derive(Clone, Debug, Default)]
pub struct MemoryDisk {
    held: Arc<Mutex<Held>>,
    locked: Arc<AtomicBool>,
}

#[derive(Debug, Default)]
struct Held {
    files: BTreeMap<String, Vec<u8>>,
    dirs: BTreeSet<String>,
}

/// Gives the lock back when dropped.
#[derive(Debug)]
pub struct MemoryLock(Arc<AtomicBool>);

impl Drop for MemoryLock {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

impl MemoryDisk {
    /// An empty disk.
    pub fn new() -> Self {
        Self::default()
    }

    /// Every file, its path and its bytes.
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        self.held().files.clone()
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Disk for MemoryDisk {
    type File = String;
    type Lock = MemoryLock;

    fn create(&self, path: &str) -> io::Result<String> {
        let mut held = self.held();
        if held.files.contains_key(path) {
            return Err(ErrorKind::AlreadyExists.into());
        }
        held.files.insert(path.to_owned(), Vec::new());
        Ok(path.to_owned())
    }

    fn write(&self, file: &mut String, bytes: &[u8]) -> io::Result<()> {
        self.held().files.entry(file.clone()).or_default().extend_from_slice(bytes);
        Ok(())
    }

    fn sync(&self, _: &mut String) -> io::Result<()> {
        Ok(())
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut held = self.held();
        let bytes = held.files.remove(from).ok_or(ErrorKind::NotFound)?;
        held.files.insert(to.to_owned(), bytes);
        Ok(())
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        self.held().files.remove(path).map(|_| ()).ok_or(ErrorKind::NotFound.into())
    }

    fn create_dir(&self, path: &str) -> io::Result<()> {
        self.held().dirs.insert(path.to_owned());
        Ok(())
    }

    fn remove_dir(&self, path: &str) -> io::Result<()> {
        if self.held().dirs.remove(path) { Ok(()) } else { Err(ErrorKind::NotFound.into()) }
    }

    fn sync_dir(&self, _: &str) -> io::Result<()> {
        Ok(())
    }

    fn read(&self, path: &str, limit: usize) -> io::Result<Option<Vec<u8>>> {
        match self.held().files.get(path) {
            Some(bytes) if bytes.len() > limit => Err(ErrorKind::FileTooLarge.into()),
            found => Ok(found.cloned()),
        }
    }

    fn list(&self, path: &str) -> io::Result<Vec<String>> {
        let prefix = if path.is_empty() || path.ends_with('/') { path.to_owned() } else { format!("{path}/") };
        let held = self.held();
        let inside = |name: &String| name.strip_prefix(&prefix).filter(|rest| !rest.contains('/')).map(str::to_owned);
        let files = held.files.keys().filter_map(inside);
        let dirs = held.dirs.iter().filter_map(inside).map(|name| format!("{name}/"));
        Ok(files.chain(dirs).filter(|name| !name.is_empty()).collect())
    }

    fn lock(&self, _: &str) -> io::Result<Option<MemoryLock>> {
        Ok((!self.locked.swap(true, Ordering::SeqCst)).then(|| MemoryLock(self.locked.clone())))
    }
}
