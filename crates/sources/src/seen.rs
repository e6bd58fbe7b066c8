//! What a source has given already: a short hash of each item's text, so that an edit shows, for a bounded number of items.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Kind, Post};

/// Items by their keys, the most recently given last. Beyond the bound the oldest go.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Seen(Vec<(String, String)>);

/// What is known of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    New,
    Changed,
    Same,
}

impl Seen {
    /// Takes an item in, and says what it was.
    pub fn take(&mut self, key: &str, hash: String) -> Known {
        match self.0.iter_mut().find(|(known, _)| known == key) {
            Some((_, known)) if *known == hash => Known::Same,
            Some((_, known)) => {
                *known = hash;
                Known::Changed
            }
            None => {
                self.0.push((key.to_owned(), hash));
                Known::New
            }
        }
    }

    /// Takes a post in by its id and words: `None` when it was given so already; changed since, it is edited.
    pub fn post(&mut self, mut post: Post) -> Option<Post> {
        match self.take(&short(&[post.id.as_bytes()]), hash(&post)) {
            Known::Same => None,
            Known::New => Some(post),
            Known::Changed => {
                post.kind = Kind::Edited;
                Some(post)
            }
        }
    }

    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(key, _)| key.as_str())
    }

    pub fn forget(&mut self, key: &str) {
        self.0.retain(|(known, _)| known != key);
    }

    pub fn bound(&mut self, most: usize) {
        self.0.drain(..self.0.len().saturating_sub(most));
    }
}

/// A hash of a post's words and the number of its pictures. Their addresses change from day to day.
pub(crate) fn hash(post: &Post) -> String {
    let mut parts: Vec<Vec<u8>> = Vec::new();
    for passage in &post.passages {
        let author = passage.author.clone().unwrap_or_default();
        parts.extend([vec![passage.role as u8], author.into_bytes(), passage.text.clone().into_bytes()]);
    }
    parts.push(post.pictures.len().to_le_bytes().to_vec());
    let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    short(&parts)
}

/// 96 bits of SHA-256 over length-prefixed parts, in hexadecimal.
pub(crate) fn short(parts: &[&[u8]]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize()[..12].iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_version_is_new_once_and_the_oldest_go_first() {
        let mut seen = Seen::default();
        assert_eq!(seen.take("a", "1".into()), Known::New);
        assert_eq!(seen.take("a", "1".into()), Known::Same);
        assert_eq!(seen.take("a", "2".into()), Known::Changed);
        assert_eq!(seen.take("a", "2".into()), Known::Same);
        seen.take("b", "1".into());
        seen.take("c", "1".into());
        seen.bound(2);
        assert_eq!(seen.keys().collect::<Vec<_>>(), ["b", "c"]);
        seen.forget("b");
        let kept: Seen = serde_json::from_str(&serde_json::to_string(&seen).unwrap()).unwrap();
        assert_eq!(kept, seen);
    }

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(short(&[b"ab", b"c"]), short(&[b"a", b"bc"]));
        assert_eq!(short(&[b"ab"]).len(), 24);
    }
}
