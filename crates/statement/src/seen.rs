//! What a directory's files looked like when they were read, so that a change is seen without reading anything.
//!
//! A file that comes by a rename changes its folder's times; one that is written in place changes its own alone. Looking at every file of
//! every statement would cost more the more there is, so a look goes over all folders and a stretch of the files, and the next one goes on
//! where it ended.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use crate::limits::VERSIONS;
use crate::press::{self, bundle_file, version_file};
use crate::root::{Root, Stamp};

/// What changed so shortly before it was read may have changed again within the clock's step, unseen.
pub(crate) const STEP: Duration = Duration::from_secs(2);

/// Files that one look goes over, at most.
const LOOKED: usize = 2_048;

/// A statement's folder and its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    folder: Option<Stamp>,
    /// The state, then each version and its bundle.
    files: Vec<Option<Stamp>>,
}

impl Seen {
    /// What there is of a statement, before anything of it is read.
    pub(crate) fn now(statements: &Root, id: &str) -> Self {
        let folder = statements.stamp(id);
        let names = statements.dir(id).ok().flatten().and_then(|dir| dir.names(8 * VERSIONS).ok()).unwrap_or_default();
        let versions = names.iter().filter(|name| press::number(name).is_some()).count().min(VERSIONS);
        let files = (0..=2 * versions).map(|at| statements.stamp(&file(id, at))).collect();
        Self { folder, files }
    }

    /// Whether all of it is as it was.
    pub(crate) fn is_same(&self, statements: &Root, id: &str) -> bool {
        self.folder.is_some()
            && self.folder == statements.stamp(id)
            && (0..self.files.len()).all(|at| self.files[at] == statements.stamp(&file(id, at)))
    }

    pub(crate) fn is_young(&self, begun: SystemTime) -> bool {
        young(std::iter::once(&self.folder).chain(&self.files), begun)
    }
}

/// Whether the newest of them is so young that it may have changed again unseen.
pub(crate) fn young<'a>(stamps: impl Iterator<Item = &'a Option<Stamp>>, begun: SystemTime) -> bool {
    stamps.flatten().any(|stamp| stamp.time() + STEP > begun)
}

/// A statement's file by its place in [`Seen::files`].
fn file(id: &str, at: usize) -> String {
    let number = u32::try_from(at.div_ceil(2)).unwrap_or(u32::MAX);
    let name = match at {
        0 => press::STATE.to_owned(),
        _ if at % 2 == 1 => version_file(number),
        _ => bundle_file(number),
    };
    format!("{id}/{name}")
}

/// How far the looks at files have come; clones go on together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Round(Arc<AtomicUsize>);

impl Round {
    /// Whether a folder has changed, or a file of the next stretch.
    pub(crate) fn finds_change<'a>(
        &self,
        statements: &Root,
        all: impl Iterator<Item = (&'a str, &'a Seen)> + Clone,
    ) -> bool {
        if all.clone().any(|(id, seen)| seen.folder != statements.stamp(id)) {
            return true;
        }
        let count: usize = all.clone().map(|(_, seen)| seen.files.len()).sum();
        if count == 0 {
            return false;
        }
        let from = self.0.fetch_add(LOOKED, Ordering::Relaxed) % count;
        let files = all.flat_map(|(id, seen)| seen.files.iter().enumerate().map(move |(at, stamp)| (id, at, stamp)));
        let mut stretch = files.clone().skip(from).chain(files).take(LOOKED.min(count));
        stretch.any(|(id, at, stamp)| *stamp != statements.stamp(&file(id, at)))
    }
}
