//! Reading everything again, and saying exactly what does not fit.
//!
//! From the bottom up: every entry is hashed and held against its tile, every full tile's root against the hash
//! that the tile above has for it, the right edge against the signed root. If everything fits, every entry is
//! under the signature. Where two neighbours differ, the level above says which of them is wrong.

use super::view::{View, decode_bundle};
use super::{CHECKPOINT, Disk, LOCK};
use crate::error::LogError;
use crate::merkle::{self, Hash, leaf_hash};
use crate::tile::{Kind, MAX_BUNDLE, MAX_TILE, Tile, WIDTH};
use std::fmt;

/// The most findings that an audit lists.
const MAX_FINDINGS: usize = 1000;

/// The most files that an audit looks at beside those of the tree.
const MAX_FILES: usize = 1_000_000;

/// What an audit found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audit {
    /// How many entries were checked: the checkpoint's size.
    pub size: u64,
    /// What does not fit, at most 1,000 of them. None: every entry is under the checkpoint's signature.
    pub findings: Vec<Finding>,
    /// Files that the tree has no use for: left by an interrupted append, superseded, or foreign. They do no harm.
    pub leftovers: Vec<String>,
}

impl Audit {
    /// Whether everything fits.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }

    fn add(&mut self, finding: Finding) {
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(finding);
        }
    }
}

/// Which of two files that differ is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Culprit {
    /// The lower one: the level above confirms the tile.
    Below,
    /// The tile: the level above confirms what is below it.
    Tile,
    /// Nothing confirms either.
    Undecided,
}

/// One thing that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finding {
    /// An entry or a tile's root is not what the tile above it says.
    Mismatch {
        /// The tile.
        tile: Tile,
        /// Zero-based number of the hash in it; it stands at byte 32 times this.
        position: u16,
        /// The bundle or tile below. In a bundle, `position` is the entry's number as well.
        below: Tile,
        /// Which of the two is wrong.
        culprit: Culprit,
    },
    /// A partial tile of an earlier size is not the start of what has taken its place.
    Prefix {
        /// The partial tile or bundle.
        tile: Tile,
    },
    /// The tiles at the right edge do not lead to the checkpoint's root.
    Root,
    /// A file of the tree can't be read or has not the right form.
    Unreadable {
        /// The file.
        file: String,
        /// Where and how.
        reason: String,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Finding::Mismatch { tile, position, below, culprit } => {
                let offset = u32::from(*position) * 32;
                let part = match below.kind {
                    Kind::Entries => format!("entry {position} of {below}"),
                    Kind::Hashes(_) => below.to_string(),
                };
                match culprit {
                    Culprit::Below => write!(f, "{part} is not what was signed (hash {position} of {tile})"),
                    Culprit::Tile => {
                        write!(f, "hash {position} of {tile} (byte {offset}) is not that of {part}")
                    }
                    Culprit::Undecided => {
                        write!(f, "hash {position} of {tile} (byte {offset}) and {part} do not fit together")
                    }
                }
            }
            Finding::Prefix { tile } => write!(f, "{tile} is not the start of what follows it"),
            Finding::Root => write!(f, "the tiles do not lead to the checkpoint's root"),
            Finding::Unreadable { file, reason } => write!(f, "{file}: {reason}"),
        }
    }
}

impl<D: Disk> View<D> {
    /// Reads everything that the checkpoint calls for and checks it, entry by entry.
    ///
    /// # Errors
    /// [`LogError::Io`] when the directory can't be listed. Whatever is wrong within the log is a finding.
    pub fn audit(&self) -> Result<Audit, LogError> {
        self.audit_with(|_, _, _| {})
    }

    /// As [`View::audit`], and shows every entry that can be read on the way, in order: its index, its bytes, its leaf hash. An index that is
    /// left out could not be read, and is among the findings.
    ///
    /// # Errors
    /// As there.
    pub fn audit_with(&self, mut each: impl FnMut(u64, &[u8], &Hash)) -> Result<Audit, LogError> {
        let mut audit = Audit { size: self.size(), ..Audit::default() };
        let root = merkle::root_of(&self.reader(), self.size());
        let edge_fits = root.is_ok_and(|root| root == self.checkpoint().checkpoint().root);
        let mut below: Vec<Option<Hash>> = Vec::new();
        for level in 0.. {
            let count = self.size() >> (8 * u32::from(level)).min(63);
            if level > 0 && (count == 0 || level > crate::tile::MAX_LEVEL) {
                break;
            }
            below = self.audit_level(level, count, &below, edge_fits, &mut audit, &mut each);
        }
        if !edge_fits {
            audit.add(Finding::Root);
        }
        self.audit_names(&mut audit)?;
        Ok(audit)
    }

    /// Checks the tiles of a level, which has `count` hashes, against the roots of the full tiles below; returns the
    /// roots of its own full tiles, as far as they are known.
    fn audit_level(
        &self,
        level: u8,
        count: u64,
        below: &[Option<Hash>],
        edge_fits: bool,
        audit: &mut Audit,
        each: &mut dyn FnMut(u64, &[u8], &Hash),
    ) -> Vec<Option<Hash>> {
        let mut roots = Vec::new();
        let mut above: Option<(u64, Vec<Hash>)> = None;
        for index in 0..count.div_ceil(WIDTH) {
            let stored = self.hashes(level, index).map_err(|error| audit.add(unreadable(&error))).ok();
            let expected = if level == 0 {
                self.leaf_hashes(index, audit, each)
            } else {
                let start = (index * WIDTH) as usize;
                let end = (start + WIDTH as usize).min(count as usize);
                below.get(start..end.min(below.len())).unwrap_or_default().to_vec()
            };
            let full = (index + 1) * WIDTH <= count;
            if full && above.as_ref().is_none_or(|(at, _)| *at != index / WIDTH) {
                above = Some((index / WIDTH, self.hashes(level + 1, index / WIDTH).unwrap_or_default()));
            }
            let parent = above.as_ref().and_then(|(_, hashes)| hashes.get((index % WIDTH) as usize)).copied();
            let claim = if full { Claim::Root(parent) } else { Claim::Edge(edge_fits) };
            let root = judge(level, index, self.size(), stored.as_deref(), &expected, claim, audit);
            if full {
                roots.push(root);
            }
        }
        roots
    }

    /// The leaf hashes of a bundle's entries; none when it can't be read.
    fn leaf_hashes(&self, index: u64, audit: &mut Audit, each: &mut dyn FnMut(u64, &[u8], &Hash)) -> Vec<Option<Hash>> {
        let mut read = || {
            let Some((tile, bytes)) = self.bundle(index)? else { return Ok(Vec::new()) };
            let entries = decode_bundle(tile, &bytes)?;
            let width = Tile::at(Kind::Entries, index, self.size()).map_or(0, |tile| usize::from(tile.width));
            let hashes = (index * WIDTH..).zip(entries.iter().take(width)).map(|(number, entry)| {
                let hash = leaf_hash(entry);
                each(number, entry, &hash);
                Some(hash)
            });
            Ok(hashes.collect())
        };
        read().unwrap_or_else(|error: LogError| {
            audit.add(unreadable(&error));
            Vec::new()
        })
    }

    /// Goes through the names in the directory: earlier partial tiles must be the start of the present ones;
    /// everything else is a leftover.
    fn audit_names(&self, audit: &mut Audit) -> Result<(), LogError> {
        let mut dirs = vec![String::new()];
        let mut seen = 0;
        while let Some(dir) = dirs.pop() {
            let listed = self.disk.list(&dir);
            let mut names = listed.map_err(|source| LogError::Io { action: "list", file: dir.clone(), source })?;
            names.sort_unstable();
            for name in names {
                seen += 1;
                let path = format!("{dir}{name}");
                if seen > MAX_FILES || path.len() > 100 {
                    audit.leftovers.push(path);
                    return Ok(());
                }
                if path.ends_with('/') {
                    dirs.push(path);
                } else {
                    self.audit_name(path, audit)?;
                }
            }
        }
        audit.leftovers.sort_unstable();
        Ok(())
    }

    fn audit_name(&self, path: String, audit: &mut Audit) -> Result<(), LogError> {
        if path == CHECKPOINT || path == LOCK {
            return Ok(());
        }
        let tile = path.parse::<Tile>().ok();
        let now = tile.and_then(|tile| Tile::at(tile.kind, tile.index, self.size()));
        match (tile, now) {
            (Some(tile), Some(now)) if tile == now => {}
            (Some(tile), Some(now)) if tile.width < now.width && !now.is_full() => {
                let limit = if tile.kind == Kind::Entries { MAX_BUNDLE } else { MAX_TILE };
                let read = |tile: Tile| super::view::read(&self.disk, &tile.to_string(), limit).ok().flatten();
                // If the present one can't be read, that is a finding already.
                if let Some(whole) = read(now)
                    && !read(tile).is_some_and(|start| whole.starts_with(&start) && has_width(tile, &start))
                {
                    audit.add(Finding::Prefix { tile });
                }
            }
            _ => audit.leftovers.push(path),
        }
        Ok(())
    }
}

/// What is known about a tile from above.
#[derive(Clone, Copy)]
enum Claim {
    /// A full tile, and its root according to the tile above, if that could be read.
    Root(Option<Hash>),
    /// A tile at the right edge, and whether the edge leads to the signed root.
    Edge(bool),
}

/// Holds a tile against what is below it; returns the root to hold against the level above.
fn judge(
    level: u8,
    index: u64,
    size: u64,
    stored: Option<&[Hash]>,
    expected: &[Option<Hash>],
    claim: Claim,
    audit: &mut Audit,
) -> Option<Hash> {
    let root = |hashes: &[Hash]| (hashes.len() as u64 == WIDTH).then(|| merkle::root(hashes));
    // Hashing a tile is what an audit spends its time on: only where it can differ from what is stored.
    let expected_root = || expected.iter().copied().collect::<Option<Vec<Hash>>>().as_deref().and_then(root);
    let Some(stored) = stored else { return expected_root() };
    let stored_root = root(stored);
    let differs = |position: &usize| expected.get(*position).copied().flatten().is_some_and(|e| e != stored[*position]);
    let mut positions = (0..stored.len()).filter(differs).peekable();
    if positions.peek().is_none() {
        return stored_root;
    }
    let expected_root = expected_root();
    let culprit = match claim {
        Claim::Root(Some(parent)) if stored_root == Some(parent) => Culprit::Below,
        Claim::Root(Some(parent)) if expected_root == Some(parent) => Culprit::Tile,
        Claim::Edge(true) => Culprit::Below,
        _ => Culprit::Undecided,
    };
    let kind = Kind::Hashes(level);
    for position in positions {
        let number = index * WIDTH + position as u64;
        let (below, at) = if level == 0 { (Kind::Entries, index) } else { (Kind::Hashes(level - 1), number) };
        if let (Some(tile), Some(below)) = (Tile::at(kind, index, size), Tile::at(below, at, size)) {
            audit.add(Finding::Mismatch { tile, position: position as u16, below, culprit });
        }
    }
    match culprit {
        Culprit::Below => stored_root,
        Culprit::Tile => expected_root,
        // The level above differs from both; once reported is enough.
        Culprit::Undecided => None,
    }
}

/// Whether the bytes are a whole tile or bundle of its width.
fn has_width(tile: Tile, bytes: &[u8]) -> bool {
    match tile.kind {
        Kind::Entries => crate::tile::decode_entries(bytes, tile.width).is_ok(),
        Kind::Hashes(_) => bytes.len() == usize::from(tile.width) * 32,
    }
}

/// An error about one file, as a finding.
fn unreadable(error: &LogError) -> Finding {
    let (file, reason) = match error {
        LogError::Io { file, source, .. } => (file.clone(), source.kind().to_string()),
        LogError::Missing { file } => (file.clone(), "missing".to_owned()),
        LogError::Malformed { file, source } => (file.clone(), source.to_string()),
        other => (String::new(), other.to_string()),
    };
    Finding::Unreadable { file, reason }
}
