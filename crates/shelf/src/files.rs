//! Files: written whole, durable before they are named.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::Error;

/// The manifest's name.
pub(crate) const MANIFEST: &str = "manifest";

/// The writer's lock.
pub(crate) const LOCK: &str = "lock";

/// How segments' names end.
pub(crate) const SEGMENT: &str = "segment";

pub(crate) fn segment_path(dir: &Path, name: u64) -> PathBuf {
    dir.join(format!("{name}.{SEGMENT}"))
}

/// The name of a segment's file.
pub(crate) fn segment_name(path: &Path) -> Option<u64> {
    if path.extension()? != SEGMENT {
        return None;
    }
    path.file_stem()?.to_str()?.parse().ok()
}

pub(crate) fn io_error(path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::Io { path, source }
}

/// Writes a file beside its place, makes it durable, and puts it there: who opens `path` sees the old bytes or the new ones.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let fresh = path.with_extension("new");
    let write = || -> io::Result<()> {
        let mut file = open_private(&fresh)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&fresh, path)
    };
    write().map_err(io_error(path))?;
    sync_dir(path.parent().unwrap_or(Path::new(".")))
}

/// Creates a file for its owner alone, or empties it.
pub(crate) fn open_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

pub(crate) fn sync_dir(dir: &Path) -> Result<(), Error> {
    File::open(dir).and_then(|file| file.sync_all()).map_err(io_error(dir))
}
