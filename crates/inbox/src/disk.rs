//! What the writer asks of its folder, and the real one.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// The file operations of an inbox's writer; names are those of files in its folder. An operation that errs may have done its work or a
/// part of it: the writer supposes neither.
pub trait Disk {
    /// Whoever holds one holds the lock; dropping it, or dying, gives it back.
    type Lock;

    /// Takes the writer's lock; `None` when another holds it.
    ///
    /// # Errors
    /// Whatever the system says.
    fn lock(&self) -> io::Result<Option<Self::Lock>>;

    /// The files and their lengths, in no order.
    ///
    /// # Errors
    /// Whatever the system says.
    fn list(&self) -> io::Result<Vec<(String, u64)>>;

    /// A file's bytes.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`], or whatever the system says.
    fn read(&self, name: &str) -> io::Result<Vec<u8>>;

    /// Makes an empty file that is not there yet, and its name durable.
    ///
    /// # Errors
    /// Whatever the system says.
    fn create(&self, name: &str) -> io::Result<()>;

    /// Puts bytes behind a file's last and makes them durable.
    ///
    /// # Errors
    /// Whatever the system says; some of the bytes may stand there.
    fn append(&self, name: &str, bytes: &[u8]) -> io::Result<()>;

    /// Cuts a file, durably.
    ///
    /// # Errors
    /// Whatever the system says.
    fn truncate(&self, name: &str, length: u64) -> io::Result<()>;

    /// Replaces a file by these bytes, durably and at once: a crash leaves the old or the new one.
    ///
    /// # Errors
    /// Whatever the system says.
    fn replace(&self, name: &str, bytes: &[u8]) -> io::Result<()>;

    /// Removes a file.
    ///
    /// # Errors
    /// Whatever the system says.
    fn remove(&self, name: &str) -> io::Result<()>;
}

/// A folder of the system's. What is made in it belongs to the owner alone (modes 0700 and 0600).
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

impl Folder {
    /// The folder, made durably when it is not there; its parent is.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn create(path: &Path) -> io::Result<Self> {
        match DirBuilder::new().mode(0o700).create(path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists && path.is_dir() => {}
            made => {
                made?;
                let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
                File::open(parent.unwrap_or(Path::new(".")))?.sync_all()?;
            }
        }
        Ok(Self(path.to_owned()))
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn sync_names(&self) -> io::Result<()> {
        File::open(&self.0)?.sync_all()
    }
}

impl Disk for Folder {
    type Lock = File;

    fn lock(&self) -> io::Result<Option<File>> {
        let mut options = OpenOptions::new();
        let file = options.write(true).create(true).truncate(false).mode(0o600).open(self.at("lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    fn list(&self) -> io::Result<Vec<(String, u64)>> {
        list(&self.0)
    }

    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        fs::read(self.at(name))
    }

    fn create(&self, name: &str) -> io::Result<()> {
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(self.at(name))?;
        self.sync_names()
    }

    fn append(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut file = OpenOptions::new().append(true).open(self.at(name))?;
        file.write_all(bytes)?;
        file.sync_data()
    }

    fn truncate(&self, name: &str, length: u64) -> io::Result<()> {
        let file = OpenOptions::new().write(true).open(self.at(name))?;
        file.set_len(length)?;
        file.sync_all()
    }

    fn replace(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let new = self.at(&format!("{name}.new"));
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&new, self.at(name))?;
        self.sync_names()
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        match fs::remove_file(self.at(name)) {
            // The desk may have been quicker.
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            done => done,
        }
    }
}

/// The files of a folder and their lengths; one that goes meanwhile is left out.
pub(crate) fn list(path: &Path) -> io::Result<Vec<(String, u64)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        match entry.metadata() {
            Ok(meta) if meta.is_file() => found.push((entry.file_name().to_string_lossy().into_owned(), meta.len())),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}
