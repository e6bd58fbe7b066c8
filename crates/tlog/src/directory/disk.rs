//! What the log asks of a file system, and the real one.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

/// The file operations of a log directory. Paths are relative to it, with `/` between their elements; the directory
/// itself is the empty path.
///
/// The contract, on which the log's safety rests:
///
/// - Nothing is durable before [`sync`](Disk::sync) (a file's bytes) or [`sync_dir`](Disk::sync_dir) (the names in a
///   directory) has returned without error.
/// - [`rename`](Disk::rename) replaces the target atomically: after a crash either the old or the new file is there.
/// - An operation that errs may have done its work or not; the log supposes neither.
/// - A name that was not found is an answer (`None`, an empty list), not an error.
///
/// One log uses its disk from one thread at a time; a second process is kept out by [`lock`](Disk::lock).
pub trait Disk {
    /// An open file, for writing.
    type File;
    /// Whoever holds one holds the lock; dropping it, or dying, gives it back.
    type Lock;

    /// Creates a file that must not exist; its directory does.
    ///
    /// # Errors
    /// [`ErrorKind::AlreadyExists`] when it exists, or whatever the system says.
    fn create(&self, path: &str) -> io::Result<Self::File>;

    /// Writes all the bytes at the file's end.
    ///
    /// # Errors
    /// Whatever the system says; some of the bytes may have been written.
    fn write(&self, file: &mut Self::File, bytes: &[u8]) -> io::Result<()>;

    /// Makes the file's bytes durable.
    ///
    /// # Errors
    /// Whatever the system says; the file is not to be trusted then.
    fn sync(&self, file: &mut Self::File) -> io::Result<()>;

    /// Gives a file another name, replacing what had it.
    ///
    /// # Errors
    /// Whatever the system says.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Removes a file.
    ///
    /// # Errors
    /// Whatever the system says; [`ErrorKind::NotFound`] when there is none.
    fn remove(&self, path: &str) -> io::Result<()>;

    /// Creates a directory in one that exists; one that is there already is well.
    ///
    /// # Errors
    /// Whatever the system says.
    fn create_dir(&self, path: &str) -> io::Result<()>;

    /// Removes an empty directory.
    ///
    /// # Errors
    /// Whatever the system says.
    fn remove_dir(&self, path: &str) -> io::Result<()>;

    /// Makes durable which names stand in the directory.
    ///
    /// # Errors
    /// Whatever the system says.
    fn sync_dir(&self, path: &str) -> io::Result<()>;

    /// Reads a whole file; `None` when there is none.
    ///
    /// # Errors
    /// [`ErrorKind::FileTooLarge`] when it has more than `limit` bytes, or whatever the system says.
    fn read(&self, path: &str, limit: usize) -> io::Result<Option<Vec<u8>>>;

    /// The names in a directory, a `/` after those of directories, in no order; none when it does not exist.
    ///
    /// # Errors
    /// Whatever the system says.
    fn list(&self, path: &str) -> io::Result<Vec<String>>;

    /// Takes the advisory lock that this file stands for, at once; `None` when another holds it.
    ///
    /// # Errors
    /// Whatever the system says.
    fn lock(&self, path: &str) -> io::Result<Option<Self::Lock>>;
}

/// A plain directory of the system. What is created in it belongs to the owner alone (modes 0700 and 0600), unless the directory is
/// [public](Folder::create_public).
#[derive(Clone, Debug)]
pub struct Folder {
    root: PathBuf,
    modes: Modes,
}

/// The modes of what is created, less the process's umask.
#[derive(Clone, Copy, Debug)]
struct Modes {
    dir: u32,
    file: u32,
}

const OWNER: Modes = Modes { dir: 0o700, file: 0o600 };
const PUBLIC: Modes = Modes { dir: 0o755, file: 0o644 };

impl Folder {
    /// A directory that exists.
    ///
    /// # Errors
    /// Whatever the system says when it does not, or is no directory.
    pub fn open(root: &Path) -> io::Result<Folder> {
        if !fs::metadata(root)?.is_dir() {
            return Err(ErrorKind::NotADirectory.into());
        }
        Ok(Folder { root: root.to_owned(), modes: OWNER })
    }

    /// The directory, created durably if it does not exist; its parent does.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn create(root: &Path) -> io::Result<Folder> {
        Folder::create_as(root, OWNER)
    }

    /// The same for one that everybody may read: what is created has the modes 0755 and 0644, but a lock, which stays the owner's.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn create_public(root: &Path) -> io::Result<Folder> {
        Folder::create_as(root, PUBLIC)
    }

    fn create_as(root: &Path, modes: Modes) -> io::Result<Folder> {
        make_dir(root, modes.dir)?;
        if let Some(parent) = root.parent() {
            let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
            File::open(parent)?.sync_all()?;
        }
        Ok(Folder { modes, ..Folder::open(root)? })
    }

    /// A directory that may be away: nothing is made, there is nothing to read in it, and no lock to take.
    pub fn perhaps(root: &Path) -> Folder {
        Folder { root: root.to_owned(), modes: OWNER }
    }

    fn at(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }
}

impl Disk for Folder {
    type File = File;
    type Lock = File;

    fn create(&self, path: &str) -> io::Result<File> {
        with_mode(OpenOptions::new().write(true).create_new(true), self.modes.file).open(self.at(path))
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
        make_dir(&self.at(path), self.modes.dir)
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
        // One byte more tells a file at the limit from one beyond it, whatever its metadata says.
        file.take(limit as u64 + 1).read_to_end(&mut bytes)?;
        if bytes.len() > limit { Err(ErrorKind::FileTooLarge.into()) } else { Ok(Some(bytes)) }
    }

    fn list(&self, path: &str) -> io::Result<Vec<String>> {
        let found = match fs::read_dir(self.at(path)) {
            Ok(found) => found,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        found
            .map(|entry| {
                let entry = entry?;
                let slash = if entry.file_type()?.is_dir() { "/" } else { "" };
                Ok(format!("{}{slash}", entry.file_name().to_string_lossy()))
            })
            .collect()
    }

    fn lock(&self, path: &str) -> io::Result<Option<File>> {
        let file =
            with_mode(OpenOptions::new().write(true).create(true).truncate(false), OWNER.file).open(self.at(path))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

fn make_dir(path: &Path, mode: u32) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, mode);
    match builder.create(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        result => result,
    }
}

fn with_mode(options: &mut OpenOptions, mode: u32) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, mode);
    options
}
