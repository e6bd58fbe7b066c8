//! The reader's side.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use countermark_mapped::Mapped;
use countermark_screening::{Key, Manifest, Screener, Segment};

use crate::Error;
use crate::files::{MANIFEST, io_error, segment_path};

/// So often a reader begins anew when segments are gone before it has mapped them.
const RETRIES: usize = 20;

/// An index that somebody else may write.
#[derive(Debug)]
pub struct Reader {
    dir: PathBuf,
    key: Key,
    screener: Screener<Mapped>,
    seen: Vec<u8>,
}

impl Reader {
    /// Opens the index in a folder; a folder without one is an empty index.
    ///
    /// # Errors
    /// When a file can't be read, is damaged in what is read at opening, or was made with another key.
    pub fn open(dir: &Path, key: Key) -> Result<Self, Error> {
        let (seen, screener) = load(dir, &key)?;
        Ok(Self { dir: dir.to_owned(), key, screener, seen })
    }

    /// What asks it about posts.
    pub fn screener(&self) -> &Screener<Mapped> {
        &self.screener
    }

    /// Looks whether the index was changed, and opens it anew if so: cheap enough before every batch of posts. When it can't be opened
    /// the old one stays.
    ///
    /// # Errors
    /// As [`Reader::open`].
    pub fn refresh(&mut self) -> Result<bool, Error> {
        if read_manifest(&self.dir)? == self.seen {
            return Ok(false);
        }
        (self.seen, self.screener) = load(&self.dir, &self.key)?;
        Ok(true)
    }
}

/// The manifest's bytes; none where there is no index yet.
pub(crate) fn read_manifest(dir: &Path) -> Result<Vec<u8>, Error> {
    let path = dir.join(MANIFEST);
    match fs::read(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        other => other.map_err(io_error(&path)),
    }
}

pub(crate) fn parse_manifest(dir: &Path, key: &Key, bytes: &[u8]) -> Result<Manifest, Error> {
    if bytes.is_empty() {
        return Ok(Manifest::new(key));
    }
    let wrong = |source| Error::Content { path: dir.join(MANIFEST), source };
    let manifest = Manifest::from_bytes(bytes).map_err(wrong)?;
    manifest.check_key(key).map_err(wrong)?;
    Ok(manifest)
}

fn load(dir: &Path, key: &Key) -> Result<(Vec<u8>, Screener<Mapped>), Error> {
    let mut tries = 0;
    loop {
        let bytes = read_manifest(dir)?;
        let manifest = parse_manifest(dir, key, &bytes)?;
        match open_segments(dir, &manifest) {
            Ok(segments) => {
                let screener = Screener::new(key.clone(), &manifest, segments)
                    .map_err(|source| Error::Content { path: dir.join(MANIFEST), source })?;
                return Ok((bytes, screener));
            }
            // The writer has replaced it in the meantime: then the manifest is another one too.
            Err(Error::Io { source, .. })
                if source.kind() == io::ErrorKind::NotFound && tries < RETRIES && read_manifest(dir)? != bytes => {}
            Err(error) => return Err(error),
        }
        tries += 1;
    }
}

pub(crate) fn open_segments(dir: &Path, manifest: &Manifest) -> Result<Vec<Segment<Mapped>>, Error> {
    let open = |listed: &countermark_screening::Listed| open_segment(dir, listed.name);
    manifest.segments.iter().map(open).collect()
}

pub(crate) fn open_segment(dir: &Path, name: u64) -> Result<Segment<Mapped>, Error> {
    let path = segment_path(dir, name);
    let mapped = Mapped::open(&path).map_err(io_error(&path))?;
    Segment::open(mapped).map_err(|source| Error::Content { path, source })
}
