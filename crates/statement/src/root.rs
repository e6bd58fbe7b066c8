//! A directory that somebody else writes: no link in it is followed, nothing that is no regular file is opened, and no more is read than
//! was meant to be there.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::{Duration, SystemTime};

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, fstat, openat, statat};

use crate::{Error, Fault};

/// An open directory.
#[derive(Debug)]
pub(crate) struct Root {
    fd: OwnedFd,
    /// Its path within the outermost one, for what is said of it.
    name: String,
}

/// What changes when a file's bytes change, or the names in a directory. The second time is that of the last change of any kind, which
/// nobody sets back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    device: u64,
    inode: u64,
    size: i64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    /// When it last changed.
    pub(crate) fn time(&self) -> SystemTime {
        let seconds = u64::try_from(self.modified.0.max(self.changed.0)).unwrap_or(0);
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds.min(u64::MAX >> 8))
    }
}

impl Root {
    /// The directory at a path; the path itself may be a link.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let opened = rustix::fs::open(path, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty());
        let fd = opened.map_err(|error| Error::disk(".")(error.into()))?;
        Ok(Self { fd, name: String::new() })
    }

    /// A directory in this one; `None` where there is none of that name.
    pub(crate) fn dir(&self, name: &str) -> Result<Option<Self>, Error> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        match openat(&self.fd, name, flags, Mode::empty()) {
            Ok(fd) => Ok(Some(Self { fd, name: self.path(name) })),
            Err(rustix::io::Errno::NOENT) => Ok(None),
            Err(rustix::io::Errno::LOOP | rustix::io::Errno::NOTDIR) => {
                Err(Error::Form { file: self.path(name), fault: Fault::NotAFile })
            }
            Err(error) => Err(Error::disk(&self.path(name))(error.into())),
        }
    }

    /// A file's bytes; `None` where there is none of that name.
    pub(crate) fn read(&self, name: &str, most: usize) -> Result<Option<Vec<u8>>, Error> {
        let error = |error: io::Error| Error::disk(&self.path(name))(error);
        // Without waiting: a pipe of that name would never open.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let fd = match openat(&self.fd, name, flags, Mode::empty()) {
            Ok(fd) => fd,
            Err(rustix::io::Errno::NOENT) => return Ok(None),
            Err(rustix::io::Errno::LOOP | rustix::io::Errno::NXIO) => {
                return Err(Error::Form { file: self.path(name), fault: Fault::NotAFile });
            }
            Err(failed) => return Err(error(failed.into())),
        };
        let stat = fstat(&fd).map_err(|failed| error(failed.into()))?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Err(Error::Form { file: self.path(name), fault: Fault::NotAFile });
        }
        let mut bytes = Vec::new();
        File::from(fd).take(most as u64 + 1).read_to_end(&mut bytes).map_err(error)?;
        if bytes.len() > most {
            return Err(Error::Form { file: self.path(name), fault: Fault::Long("file") });
        }
        Ok(Some(bytes))
    }

    /// The names in it, at most so many and one more; those that are no UTF-8 are nobody's.
    pub(crate) fn names(&self, most: usize) -> Result<Vec<String>, Error> {
        let error = |error: rustix::io::Errno| Error::disk(&self.path("."))(error.into());
        let mut names = Vec::new();
        for entry in Dir::read_from(&self.fd).map_err(error)? {
            let entry = entry.map_err(error)?;
            match entry.file_name().to_str() {
                Ok("." | "..") | Err(_) => {}
                Ok(name) => names.push(name.to_owned()),
            }
            if names.len() > most {
                break;
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    /// The stamp of what has this name, or of the directory itself for `.`; `None` where there is nothing.
    pub(crate) fn stamp(&self, name: &str) -> Option<Stamp> {
        let stat = statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
        Some(Stamp {
            device: stat.st_dev as u64,
            inode: stat.st_ino,
            size: stat.st_size,
            modified: (stat.st_mtime as i64, stat.st_mtime_nsec as i64),
            changed: (stat.st_ctime as i64, stat.st_ctime_nsec as i64),
        })
    }

    /// A file's length, where it is a regular file.
    pub(crate) fn length(&self, name: &str) -> Option<u64> {
        let stat = statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
        let regular = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile;
        regular.then(|| u64::try_from(stat.st_size).unwrap_or(0))
    }

    /// Removes a name, durably.
    pub(crate) fn remove(&self, name: &str) -> Result<(), Error> {
        let error = |error: rustix::io::Errno| Error::disk(&self.path(name))(error.into());
        match rustix::fs::unlinkat(&self.fd, name, AtFlags::empty()) {
            Err(rustix::io::Errno::NOENT) => Ok(()),
            removed => removed.map_err(error),
        }
    }

    pub(crate) fn path(&self, name: &str) -> String {
        match (self.name.as_str(), name) {
            ("", name) => name.to_owned(),
            (dir, ".") => dir.to_owned(),
            (dir, name) => format!("{dir}/{name}"),
        }
    }
}

/// That there is nothing of a name is an answer here.
pub(crate) fn missing(error: &Error) -> bool {
    matches!(error, Error::Disk { source, .. } if source.kind() == ErrorKind::NotFound)
}
