//! What is durable of a source: its cursor, the pictures still to be read, its counts. And the watcher's own key.

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};

use countermark_sources::Cursor;
use serde::{Deserialize, Serialize};

use crate::files;
use crate::limits;
use crate::seen::Seen;
use crate::{Error, WatchFolder, capture};

/// A picture that is still to be read. Nothing of the post's text stands here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pending {
    /// The service's id of the post.
    pub(crate) post: String,
    /// Where a reader finds the post.
    pub(crate) url: Option<String>,
    /// When the service says that it was published.
    pub(crate) published_at: Option<u64>,
    /// Where the picture is.
    pub(crate) picture: String,
    /// How often it was fetched in vain.
    #[serde(default)]
    pub(crate) attempts: u32,
}

/// What a source has brought since it was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Versions of posts that were looked at.
    pub posts: u64,
    /// Those that came again and were dropped.
    pub repeats: u64,
    /// Matches left.
    pub matches: u64,
    /// Alarms left.
    pub alarms: u64,
    /// Invented words left.
    pub invented: u64,
    /// Deletions left.
    pub deleted: u64,
    /// Pictures read.
    pub pictures: u64,
    /// Pictures that could not be read.
    pub unread: u64,
    /// Posts of which only the beginning was looked at, or too many pictures stood in.
    pub clipped: u64,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    version: u32,
    cursor: Cursor,
    #[serde(default)]
    pending: VecDeque<Pending>,
    #[serde(default)]
    counts: Counts,
}

/// The durable state of one source.
pub(crate) struct SourceState {
    path: PathBuf,
    pub(crate) cursor: Cursor,
    pub(crate) pending: VecDeque<Pending>,
    pub(crate) counts: Counts,
    pub(crate) seen: Seen,
}

impl SourceState {
    /// Reads a source's state; without one it begins anew.
    pub(crate) fn open(folder: &WatchFolder, name: &str) -> Result<Self, Error> {
        let (file, seen) = (format!("state/{name}.json"), format!("state/{name}.seen"));
        let kept = match folder.read(&file)? {
            Some(text) => serde_json::from_str(&text).ok().filter(|kept: &Kept| kept.version == 1).ok_or(()),
            None => Ok(Kept { version: 1, cursor: Cursor::default(), pending: VecDeque::new(), counts: Counts::default() }),
        };
        let kept = kept.map_err(|()| Error::Content { file: file.clone(), what: "it holds no state".into() })?;
        let path = folder.root().join(&file);
        let seen = Seen::open(&folder.root().join(&seen), limits::SEEN, limits::SEEN_MINUTES);
        let seen = seen.map_err(|source| Error::File { file: format!("state/{name}.seen"), source })?;
        Ok(Self { path, cursor: kept.cursor, pending: kept.pending, counts: kept.counts, seen })
    }

    /// Keeps it, durably.
    pub(crate) fn save(&self) -> io::Result<()> {
        let (cursor, pending, counts) = (self.cursor.clone(), self.pending.clone(), self.counts);
        let bytes = serde_json::to_vec(&Kept { version: 1, cursor, pending, counts })?;
        files::replace(&self.path, &bytes)
    }
}

/// Removes what is kept of a source.
///
/// # Errors
/// [`Error::File`].
pub fn forget_source(folder: &WatchFolder, name: &str) -> Result<(), Error> {
    for file in [format!("state/{name}.json"), format!("state/{name}.seen")] {
        match std::fs::remove_file(folder.root().join(&file)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(files::file(&file)(error)),
            _ => {}
        }
    }
    Ok(())
}

/// The watcher's own key, from which handles are derived; made when there is none.
pub(crate) fn own_key(folder: &WatchFolder) -> Result<[u8; 32], Error> {
    let path: &Path = &folder.state().join("key");
    let wrong = || Error::Content { file: "state/key".into(), what: "it is not 32 bytes".into() };
    match std::fs::read(path) {
        Ok(bytes) => bytes.try_into().map_err(|_| wrong()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let key = capture::random();
            files::replace(path, &key).map_err(files::file("state/key"))?;
            Ok(key)
        }
        Err(error) => Err(files::file("state/key")(error)),
    }
}
