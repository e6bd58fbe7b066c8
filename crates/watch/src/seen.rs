//! What a source has shown already: versions of posts, durable, bounded in number and age.

use std::collections::HashMap;
use std::fs::OpenOptions;
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::files;
use crate::ident::{PostId, Version};

/// Bytes of a line: version, post, minute, level, check.
const LINE: usize = 16 + 8 + 4 + 1 + 3;

/// How much of a post was left for the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Left {
    /// Nothing.
    Nothing,
    /// A match.
    Match,
    /// An alarm, or invented words.
    Alarm,
}

/// One version that was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sight {
    pub(crate) version: Version,
    pub(crate) post: PostId,
    /// Minutes since 1970.
    pub(crate) minute: u32,
    pub(crate) left: Left,
}

/// The set of them.
pub(crate) struct Seen {
    path: PathBuf,
    most: usize,
    oldest: u32,
    sights: HashMap<Version, (PostId, u32, Left)>,
    posts: HashMap<PostId, Left>,
    lines: usize,
}

impl Seen {
    /// Reads the file; what a crash left of a line is passed over, and such a file is written anew.
    pub(crate) fn open(path: &Path, most: usize, oldest: u32) -> io::Result<Self> {
        let bytes = match std::fs::read(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            read => read?,
        };
        let (sights, posts) = (HashMap::new(), HashMap::new());
        let mut seen = Self { path: path.to_owned(), most, oldest, sights, posts, lines: 0 };
        let mut whole = bytes.len().is_multiple_of(LINE);
        for line in bytes.chunks_exact(LINE) {
            match read_line(line) {
                Some(sight) => seen.keep(sight),
                None => whole = false,
            }
        }
        if !whole {
            seen.rewrite(0)?;
        }
        Ok(seen)
    }

    pub(crate) fn contains(&self, version: &Version) -> bool {
        self.sights.contains_key(version)
    }

    /// How much of a post was left for the desk, in any version.
    pub(crate) fn left(&self, post: &PostId) -> Left {
        self.posts.get(post).copied().unwrap_or(Left::Nothing)
    }

    /// Adds versions, durably. After an error they are known for this run only.
    pub(crate) fn add(&mut self, sights: &[Sight], minute: u32) -> io::Result<()> {
        if sights.is_empty() {
            return Ok(());
        }
        let new = self.lines == 0;
        let mut bytes = Vec::with_capacity(sights.len() * LINE);
        for sight in sights {
            bytes.extend_from_slice(&write_line(sight));
            self.keep(*sight);
        }
        if self.lines > 2 * self.most {
            return self.rewrite(minute);
        }
        let mut options = OpenOptions::new();
        let mut file = options.append(true).create(true).mode(0o600).open(&self.path)?;
        let before = file.metadata()?.len();
        if let Err(error) = file.write_all(&bytes) {
            // Half a line would spoil those behind it.
            let _ = file.set_len(before);
            return Err(error);
        }
        file.sync_data()?;
        if new { files::sync_names(self.path.parent().unwrap_or(Path::new("."))) } else { Ok(()) }
    }

    fn keep(&mut self, sight: Sight) {
        self.lines += 1;
        self.sights.insert(sight.version, (sight.post, sight.minute, sight.left));
        if sight.left > Left::Nothing {
            let left = self.posts.entry(sight.post).or_insert(sight.left);
            *left = (*left).max(sight.left);
        }
    }

    /// Writes the file anew with the newest of them; what was left for the desk stays longest.
    fn rewrite(&mut self, minute: u32) -> io::Result<()> {
        let since = minute.saturating_sub(self.oldest);
        let all = self.sights.iter().filter(|(_, (_, at, _))| *at >= since);
        let mut all: Vec<Sight> = all
            .map(|(version, (post, minute, left))| Sight { version: *version, post: *post, minute: *minute, left: *left })
            .collect();
        all.sort_unstable_by_key(|sight| (sight.left > Left::Nothing, sight.minute, sight.version));
        let all = &all[all.len().saturating_sub(self.most)..];
        let bytes: Vec<u8> = all.iter().flat_map(write_line).collect();
        files::replace(&self.path, &bytes)?;
        (self.sights, self.posts, self.lines) = (HashMap::new(), HashMap::new(), 0);
        for sight in all {
            self.keep(*sight);
        }
        Ok(())
    }
}

fn write_line(sight: &Sight) -> [u8; LINE] {
    let mut line = [0; LINE];
    line[..16].copy_from_slice(&sight.version);
    line[16..24].copy_from_slice(&sight.post);
    line[24..28].copy_from_slice(&sight.minute.to_be_bytes());
    line[28] = sight.left as u8;
    let check = check(&line[..29]);
    line[29..].copy_from_slice(&check);
    line
}

fn read_line(line: &[u8]) -> Option<Sight> {
    if line[29..] != check(&line[..29]) {
        return None;
    }
    let left = [Left::Nothing, Left::Match, Left::Alarm].into_iter().find(|left| *left as u8 == line[28])?;
    let minute = u32::from_be_bytes(*line[24..].first_chunk()?);
    Some(Sight { version: *line.first_chunk()?, post: *line[16..].first_chunk()?, minute, left })
}

fn check(bytes: &[u8]) -> [u8; 3] {
    *Sha256::digest(bytes).first_chunk().expect("a hash has 32 bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sight(n: u8, left: Left) -> Sight {
        Sight { version: [n; 16], post: [n; 8], minute: u32::from(n), left }
    }

    #[test]
    fn kept_over_a_restart_and_over_every_torn_end() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("seen");
        let mut seen = Seen::open(&path, 100, 1000).unwrap();
        seen.add(&[sight(1, Left::Nothing), sight(2, Left::Alarm)], 5).unwrap();
        seen.add(&[sight(3, Left::Match)], 5).unwrap();
        let whole = std::fs::read(&path).unwrap();
        for end in 0..=whole.len() {
            std::fs::write(&path, &whole[..end]).unwrap();
            let mut again = Seen::open(&path, 100, 1000).unwrap();
            for n in 1..=3u8 {
                assert_eq!(again.contains(&[n; 16]), end >= usize::from(n) * LINE, "{end}");
            }
            assert_eq!(again.left(&[2; 8]) == Left::Alarm, end >= 2 * LINE);
            again.add(&[sight(9, Left::Nothing)], 5).unwrap();
            assert!(Seen::open(&path, 100, 1000).unwrap().contains(&[9; 16]), "{end}");
        }
    }

    #[test]
    fn bounded_and_what_was_left_stays_longest() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("seen");
        let mut seen = Seen::open(&path, 10, 1000).unwrap();
        for n in 0..=100u8 {
            seen.add(&[sight(n, if n == 4 { Left::Match } else { Left::Nothing })], 100).unwrap();
            assert!(seen.sights.len() <= 21 && seen.lines <= 21);
        }
        assert!(std::fs::metadata(&path).unwrap().len() <= 21 * LINE as u64);
        assert!(seen.contains(&[4; 16]) && seen.contains(&[100; 16]) && !seen.contains(&[50; 16]));
        // Old enough, it goes all the same.
        for n in 101..=140u8 {
            seen.add(&[sight(n, Left::Nothing)], 5000).unwrap();
        }
        assert!(!seen.contains(&[4; 16]));
    }
}
