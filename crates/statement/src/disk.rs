//! The published directory as the desk writes it.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use countermark_tlog::directory::Disk;

/// A folder that the public may read: what is made in it has mode 0755 and 0644, less the process's umask.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// The folder, made durably where it does not exist; its parent does.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn create(path: &Path) -> io::Result<Self> {
        make_dir(path)?;
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        File::open(parent.unwrap_or(Path::new(".")))?.sync_all()?;
        Ok(Self(path.to_owned()))
    }

    fn at(&self, path: &str) -> PathBuf {
        self.0.join(path)
    }
}

impl Disk for Folder {
    type File = File;
    type Lock = File;

    fn create(&self, path: &str) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).mode(0o644).open(self.at(path))
    }

    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        file.write_all(bytes)
    }

    fn sync(&self, file: &mut File) -> io::Result<()> {
        file.sync_all()
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.at(from), self.at(to))
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        fs::remove_file(self.at(path))
    }

    fn create_dir(&self, path: &str) -> io::Result<()> {
        make_dir(&self.at(path))
    }

    fn remove_dir(&self, path: &str) -> io::Result<()> {
        fs::remove_dir(self.at(path))
    }

    fn sync_dir(&self, path: &str) -> io::Result<()> {
        File::open(self.at(path))?.sync_all()
    }

    fn read(&self, path: &str, limit: usize) -> io::Result<Option<Vec<u8>>> {
        let file = match File::open(self.at(path)) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut bytes = Vec::new();
        file.take(limit as u64 + 1).read_to_end(&mut bytes)?;
        if bytes.len() > limit { Err(ErrorKind::FileTooLarge.into()) } else { Ok(Some(bytes)) }
    }

    fn list(&self, path: &str) -> io::Result<Vec<String>> {
        let found = match fs::read_dir(self.at(path)) {
            Ok(found) => found,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let name = |entry: fs::DirEntry| {
            let slash = if entry.file_type()?.is_dir() { "/" } else { "" };
            Ok(format!("{}{slash}", entry.file_name().to_string_lossy()))
        };
        found.map(|entry| name(entry?)).collect()
    }

    fn lock(&self, path: &str) -> io::Result<Option<File>> {
        let mut options = OpenOptions::new();
        let file = options.write(true).create(true).truncate(false).mode(0o600).open(self.at(path))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

fn make_dir(path: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(0o755).create(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        made => made,
    }
}
