//! A watched folder: each version of each file in it is a post.
//!
//! Text (`txt`, `md`, `html`, `eml`), posts that another program has written (`json`, `jsonl`), pictures (`png`, `jpg`, `webp`,
//! `gif`). Folders within are not entered, links and special files not followed, names that begin with a dot or end like
//! something unfinished (`~`, `.part`, `.tmp` and the like) left aside.

use std::fs::{self, File, Metadata};
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use crate::net::now_ms;
use crate::{Batch, Cursor, Exchange, Fault, Fetched, Net, Picture, Source};

mod known;
mod name;
mod parse;

use known::{Known, Version};
pub use parse::parse;

/// Files read in one poll.
const FILES: usize = 500;

/// Bytes read in one poll, so that a batch stays small; one file may go beyond.
const BATCH: u64 = 64 << 20;

/// The longest file that is read; of a longer text the beginning, of a longer picture nothing.
const LONGEST: u64 = 32 << 20;

/// A file younger than this may still be written.
const YOUNG: Duration = Duration::from_secs(2);

/// How long a young file is watched before it is taken.
const PAUSE: Duration = Duration::from_millis(120);

/// A folder.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    every: Duration,
    /// What the last listing found beyond what one poll reads, and the state that it belongs to: a large folder is listed once
    /// and not at every poll until it is read.
    rest: Option<(Known, Vec<Candidate>)>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct State {
    known: Known,
}

/// A file that is not known yet.
#[derive(Debug)]
struct Candidate {
    path: PathBuf,
    name: Vec<u8>,
    version: Version,
    meta: Metadata,
}

impl Folder {
    /// A folder by its path.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>, every: Duration) -> Folder {
        Folder { path: path.into(), every, rest: None }
    }

    /// The files that are there, and those of them that are new or changed, the oldest first.
    fn list(&self, known: &mut Known) -> Result<Vec<Candidate>, Fault> {
        let entries = fs::read_dir(&self.path).map_err(|_| Fault::Unreachable("the folder can't be read"))?;
        let mut found = Vec::new();
        let mut present = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|_| Fault::Unreachable("the folder can't be read"))?;
            let name = entry.file_name().as_bytes().to_vec();
            // Of the entry itself: a link is a link here.
            let Ok(meta) = entry.metadata() else { continue };
            if !meta.is_file() || name::kind(&name).is_none() {
                continue;
            }
            let version = Version::new(&name, &meta);
            present.push(version);
            if !known.holds(version) {
                found.push(Candidate { path: entry.path(), name, version, meta });
            }
        }
        known.keep(&present);
        found.sort_by(|a, b| {
            (a.meta.mtime(), a.meta.mtime_nsec(), &a.name).cmp(&(b.meta.mtime(), b.meta.mtime_nsec(), &b.name))
        });
        Ok(found)
    }
}

impl Source for Folder {
    fn poll(&mut self, _: &Net, cursor: &Cursor) -> Result<Batch, Fault> {
        let mut state: State = cursor.state();
        let mut found = match self.rest.take() {
            Some((known, rest)) if known == state.known => rest,
            _ => self.list(&mut state.known)?,
        };
        let mut rest = found.split_off(found.len().min(FILES));
        if found.iter().any(young) {
            std::thread::sleep(PAUSE);
        }
        let (mut posts, mut left, mut bytes) = (Vec::new(), Vec::new(), 0);
        for candidate in found {
            if bytes >= BATCH {
                left.push(candidate);
                continue;
            }
            // One that still changes, or is gone, is left for the next time.
            let Some(content) = read(&candidate) else { continue };
            bytes += content.len() as u64;
            let seen = state.known.name(candidate.version);
            posts.extend(parse(&candidate.path, &candidate.name, exchange(&candidate.path, content), seen));
            state.known.take(candidate.version);
        }
        left.append(&mut rest);
        let more = !left.is_empty();
        let cursor = Cursor::of(&state);
        self.rest = more.then_some((state.known, left));
        Ok(Batch { posts, cursor, more })
    }

    fn every(&self) -> Duration {
        self.every
    }

    /// A picture lies in the folder itself, or is no picture of it.
    fn picture(&mut self, _: &Net, picture: &Picture) -> Result<Fetched, Fault> {
        let path = name::decode(&picture.url);
        let meta = fs::symlink_metadata(&path).map_err(|_| Fault::Unreachable("the file is gone"))?;
        if path.parent() != Some(&self.path) || !meta.is_file() {
            return Err(Fault::Private);
        }
        let (file, _) = open(&path, &meta).ok_or(Fault::Unreachable("the file is gone"))?;
        let mut bytes = Vec::new();
        let read = file.take(LONGEST).read_to_end(&mut bytes);
        read.map_err(|_| Fault::Unreachable("the file can't be read"))?;
        Ok(Fetched { content_type: None, exchange: exchange(&path, bytes.clone()).as_ref().clone(), bytes })
    }
}

fn exchange(path: &Path, response: Vec<u8>) -> Arc<Exchange> {
    let url = format!("file://{}", name::encode(path.as_os_str().as_bytes()));
    Arc::new(Exchange { url, at_ms: now_ms(), request: Vec::new(), response })
}

fn young(candidate: &Candidate) -> bool {
    let Ok(modified) = candidate.meta.modified() else { return true };
    // A time ahead of ours says nothing about how old it is.
    SystemTime::now().duration_since(modified).map_or(true, |age| age < YOUNG)
}

/// The file, if it is the one that was listed and stays the same while it is read.
fn read(candidate: &Candidate) -> Option<Vec<u8>> {
    let (mut file, before) = open(&candidate.path, &candidate.meta)?;
    if Version::new(&candidate.name, &before) != candidate.version {
        return None;
    }
    let mut content = Vec::new();
    Read::by_ref(&mut file).take(LONGEST).read_to_end(&mut content).ok()?;
    let after = file.metadata().ok()?;
    let whole = content.len() as u64 == before.len().min(LONGEST);
    (whole && Version::new(&candidate.name, &after) == candidate.version).then_some(content)
}

/// Opens a file that was looked at before, and not what has been put in its place since.
fn open(path: &Path, listed: &Metadata) -> Option<(File, Metadata)> {
    let file = File::open(path).ok()?;
    let meta = file.metadata().ok()?;
    (meta.is_file() && (meta.dev(), meta.ino()) == (listed.dev(), listed.ino())).then_some((file, meta))
}
