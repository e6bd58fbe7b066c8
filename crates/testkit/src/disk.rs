//! A log's disk that fails at the n-th thing it is asked to do.

use std::io;

use countermark_tlog::directory::Disk;

use crate::{Fault, Half};

/// A disk that hands everything on to another one and fails when its [`Fault`] says so. A write that is not done leaves half of its
/// bytes behind, as a full disk does. One fault may be shared with a [`FailingStore`](crate::FailingStore), so that
/// one count runs through a whole sealing.
#[derive(Clone, Debug)]
pub struct FailingDisk<D> {
    inner: D,
    fault: Fault,
}

impl<D> FailingDisk<D> {
    /// The disk `inner` with a fault.
    pub fn new(inner: D, fault: Fault) -> Self {
        Self { inner, fault }
    }

    fn attempt<T>(&self, act: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        match self.fault.step() {
            None => act(),
            Some(Half::NotDone) => Err(injected()),
            Some(Half::Done) => act().and_then(|_| Err(injected())),
        }
    }
}

impl<D: Disk> Disk for FailingDisk<D> {
    type File = D::File;
    type Lock = D::Lock;

    fn create(&self, path: &str) -> io::Result<D::File> {
        self.attempt(|| self.inner.create(path))
    }

    fn write(&self, file: &mut D::File, bytes: &[u8]) -> io::Result<()> {
        let fault = self.fault.step();
        let done = if fault == Some(Half::NotDone) { &bytes[..bytes.len() / 2] } else { bytes };
        self.inner.write(file, done)?;
        fault.map_or(Ok(()), |_| Err(injected()))
    }

    fn sync(&self, file: &mut D::File) -> io::Result<()> {
        self.attempt(|| self.inner.sync(file))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.attempt(|| self.inner.rename(from, to))
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        self.attempt(|| self.inner.remove(path))
    }

    fn create_dir(&self, path: &str) -> io::Result<()> {
        self.attempt(|| self.inner.create_dir(path))
    }

    fn remove_dir(&self, path: &str) -> io::Result<()> {
        self.attempt(|| self.inner.remove_dir(path))
    }

    fn sync_dir(&self, path: &str) -> io::Result<()> {
        self.attempt(|| self.inner.sync_dir(path))
    }

    fn read(&self, path: &str, limit: usize) -> io::Result<Option<Vec<u8>>> {
        self.attempt(|| self.inner.read(path, limit))
    }

    fn list(&self, path: &str) -> io::Result<Vec<String>> {
        self.attempt(|| self.inner.list(path))
    }

    fn lock(&self, path: &str) -> io::Result<Option<D::Lock>> {
        self.attempt(|| self.inner.lock(path))
    }
}

fn injected() -> io::Error {
    io::Error::other("an injected fault, as the test wants it")
}

#[cfg(test)]
mod tests {
    use countermark_tlog::directory::Folder;

    use super::*;

    #[test]
    fn both_halves() {
        for (half, there) in [(Half::NotDone, &b"ab"[..]), (Half::Done, b"abcd")] {
            let folder = tempfile::tempdir().expect("a folder");
            let disk = FailingDisk::new(Folder::open(folder.path()).expect("it exists"), Fault::at(2, half));
            let mut file = disk.create("x").expect("the first operation");
            assert!(disk.write(&mut file, b"abcd").is_err());
            assert_eq!(disk.read("x", 10).expect("later ones succeed").as_deref(), Some(there));
        }
    }
}
