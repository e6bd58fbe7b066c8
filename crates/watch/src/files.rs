//! The watch folder, and how its files are read and written: durably, for the owner alone.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::{Error, limits};

/// The watch folder, `X.watch/`.
#[derive(Debug, Clone)]
pub struct WatchFolder {
    root: PathBuf,
}

impl WatchFolder {
    /// A folder that may not be there yet.
    #[must_use]
    pub fn at(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// Makes the folder and `state` in it, when they are not there.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn create(&self) -> Result<(), Error> {
        make_dir(&self.root).map_err(file("folder"))?;
        make_dir(&self.state()).map_err(file("state"))
    }

    /// The folder itself.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where the index lies.
    #[must_use]
    pub fn index(&self) -> PathBuf {
        self.root.join("index")
    }

    /// Where the inbox lies.
    #[must_use]
    pub fn inbox(&self) -> PathBuf {
        self.root.join("inbox")
    }

    /// What the watcher keeps for itself.
    #[must_use]
    pub fn state(&self) -> PathBuf {
        self.root.join("state")
    }

    /// The desk's public key, an age recipient.
    ///
    /// # Errors
    /// [`Error::NoDesk`] when it has not been written, or [`Error::File`].
    pub fn desk(&self) -> Result<String, Error> {
        let text = self.read("desk.pub")?.ok_or(Error::NoDesk)?;
        let line = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
        line.map(str::to_owned).ok_or(Error::NoDesk)
    }

    /// The text of a file; `None` when there is none.
    pub(crate) fn read(&self, name: &str) -> Result<Option<String>, Error> {
        read(&self.root.join(name)).map_err(file(name))
    }

    /// Replaces a file.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        replace(&self.root.join(name), bytes).map_err(file(name))
    }

    /// Refuses a file that others may read.
    pub(crate) fn private(&self, name: &'static str) -> Result<(), Error> {
        match fs::metadata(self.root.join(name)) {
            Ok(meta) if meta.permissions().mode() & 0o077 != 0 => {
                Err(Error::Mode { file: name, mode: meta.permissions().mode() & 0o777 })
            }
            Ok(_) => Ok(()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(file(name)(error)),
        }
    }

    /// Takes the watcher's lock.
    pub(crate) fn lock(&self) -> Result<File, Error> {
        let path = self.state().join("lock");
        let mut options = OpenOptions::new();
        let opened =
            options.write(true).create(true).truncate(false).mode(0o600).open(path).map_err(file("state/lock"))?;
        match opened.try_lock() {
            Ok(()) => Ok(opened),
            Err(TryLockError::WouldBlock) => Err(Error::Running),
            Err(TryLockError::Error(error)) => Err(file("state/lock")(error)),
        }
    }
}

/// An I/O error of a file of the watch folder.
pub(crate) fn file(name: &str) -> impl FnOnce(io::Error) -> Error + '_ {
    move |source| Error::File { file: name.to_owned(), source }
}

/// A file's text, within the limit; `None` when there is none.
pub(crate) fn read(path: &Path) -> io::Result<Option<String>> {
    let opened = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    let mut text = String::new();
    opened.take(limits::FILE + 1).read_to_string(&mut text)?;
    if text.len() as u64 > limits::FILE { Err(ErrorKind::FileTooLarge.into()) } else { Ok(Some(text)) }
}

/// Replaces a file, durably and at once.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    put(path, bytes, true)
}

/// As [`replace`], but a power cut may leave the old one: for what only tells.
pub(crate) fn replace_soon(path: &Path, bytes: &[u8]) -> io::Result<()> {
    put(path, bytes, false)
}

fn put(path: &Path, bytes: &[u8], durable: bool) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let new = path.with_file_name(name);
    let mut opened = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    opened.write_all(bytes)?;
    if durable {
        opened.sync_all()?;
    }
    fs::rename(&new, path)?;
    if durable { sync_names(path.parent().unwrap_or(Path::new("."))) } else { Ok(()) }
}

/// Makes durable which names stand in a folder.
pub(crate) fn sync_names(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn make_dir(path: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        made => {
            made?;
            let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
            sync_names(parent.unwrap_or(Path::new(".")))
        }
    }
}
