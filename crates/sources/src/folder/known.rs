//! Which versions of which files were given, in 24 characters a file.

use std::collections::BTreeMap;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

/// A file's name and one version of it, by hashes of 48 bits: among 100,000 files two names meet once in 56,000 folders, and
/// then a change of the one is seen as an edit of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Version {
    name: u64,
    state: u64,
}

/// The versions given last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Known(BTreeMap<u64, u64>);

impl Version {
    /// By modification time, size, and inode: a file renamed over another is another version.
    pub fn new(name: &[u8], meta: &Metadata) -> Version {
        let state = [meta.mtime().to_le_bytes(), meta.mtime_nsec().to_le_bytes(), meta.len().to_le_bytes()].concat();
        Version { name: hash(name), state: hash(&[&state, &meta.ino().to_le_bytes()[..]].concat()) }
    }
}

impl Known {
    pub fn holds(&self, version: Version) -> bool {
        self.0.get(&version.name) == Some(&version.state)
    }

    /// Whether a version of this name was given.
    pub fn name(&self, version: Version) -> bool {
        self.0.contains_key(&version.name)
    }

    pub fn take(&mut self, version: Version) {
        self.0.insert(version.name, version.state);
    }

    /// Forgets the files that are gone.
    pub fn keep(&mut self, present: &[Version]) {
        let present: std::collections::HashSet<u64> = present.iter().map(|version| version.name).collect();
        self.0.retain(|name, _| present.contains(name));
    }
}

fn hash(bytes: &[u8]) -> u64 {
    let digest = Sha256::digest(bytes);
    digest[..6].iter().fold(0, |hash, byte| (hash << 8) | u64::from(*byte))
}

impl Serialize for Known {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = String::with_capacity(self.0.len() * 24);
        for (name, state) in &self.0 {
            text.push_str(&format!("{name:012x}{state:012x}"));
        }
        serializer.serialize_str(&text)
    }
}

impl<'de> Deserialize<'de> for Known {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Known, D::Error> {
        let text = String::deserialize(deserializer)?;
        if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) || text.len() % 24 != 0 {
            return Err(serde::de::Error::custom("not a list of files"));
        }
        let number = |part: &str| u64::from_str_radix(part, 16).map_err(serde::de::Error::custom);
        let files =
            (0..text.len()).step_by(24).map(|at| Ok((number(&text[at..at + 12])?, number(&text[at + 12..at + 24])?)));
        Ok(Known(files.collect::<Result<_, _>>()?))
    }
}
