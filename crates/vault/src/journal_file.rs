//! The file below the journal of looks.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read, Seek, SeekFrom, Write},
    path::Path,
    time::Duration,
};

use crate::{Error, StoreError};

/// The longest that the lock is waited for.
pub(crate) const LOCK_SECONDS: u64 = 10;

/// The file below a [`Journal`](crate::Journal); the trait exists so that tests can fail in its place.
pub trait JournalFile: Send {
    /// Waits until no other process or handle holds the lock, and takes it; `WouldBlock` when that lasts too long.
    ///
    /// # Errors
    /// The operating system's.
    fn lock(&mut self) -> io::Result<()>;
    /// Gives the lock back.
    ///
    /// # Errors
    /// The operating system's.
    fn unlock(&mut self) -> io::Result<()>;
    /// The file's length in bytes.
    ///
    /// # Errors
    /// The operating system's.
    fn size(&mut self) -> io::Result<u64>;
    /// Everything from an offset to the end.
    ///
    /// # Errors
    /// The operating system's.
    fn read_from(&mut self, offset: u64) -> io::Result<Vec<u8>>;
    /// Writes all bytes at the end. After an error any number of them may stand there.
    ///
    /// # Errors
    /// The operating system's.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Makes what was appended durable.
    ///
    /// # Errors
    /// The operating system's.
    fn sync(&mut self) -> io::Result<()>;
}

/// The journal's file on disk.
pub(crate) struct DiskFile(File);

impl DiskFile {
    /// Opens an existing file; `None` when there is none.
    pub(crate) fn open(path: &Path) -> Result<Option<Self>, Error> {
        match OpenOptions::new().read(true).append(true).open(path) {
            Ok(file) => Ok(Some(Self(file))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed_at("opening", path, error)),
        }
    }

    /// Makes a new file, readable and writable by its owner alone.
    pub(crate) fn create(path: &Path) -> Result<Self, Error> {
        let mut options = OpenOptions::new();
        options.read(true).append(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        options.open(path).map(Self).map_err(|error| failed_at("making", path, error))
    }
}

impl JournalFile for DiskFile {
    fn lock(&mut self) -> io::Result<()> {
        const STEP: Duration = Duration::from_millis(10);
        for _ in 0..LOCK_SECONDS * 100 {
            match self.0.try_lock() {
                Ok(()) => return Ok(()),
                Err(TryLockError::WouldBlock) => std::thread::sleep(STEP),
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
        Err(io::ErrorKind::WouldBlock.into())
    }

    fn unlock(&mut self) -> io::Result<()> {
        self.0.unlock()
    }

    fn size(&mut self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn read_from(&mut self, offset: u64) -> io::Result<Vec<u8>> {
        self.0.seek(SeekFrom::Start(offset))?;
        let mut bytes = Vec::new();
        self.0.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.0.sync_all()
    }
}

/// An error of the journal's file.
pub(crate) fn failed(action: &str, source: io::Error) -> Error {
    match StoreError::io(action, source) {
        StoreError::Io { action, source } => Error::Journal { action, source },
        full => Error::Store(full),
    }
}

/// An error of the file at a path.
pub(crate) fn failed_at(action: &str, path: &Path, source: io::Error) -> Error {
    failed(&format!("{action} {}", path.display()), source)
}
