//! What a source has given already: a short hash of each item's text, so that an edit shows, for a bounded number of items.

use std::collections::HashMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::{Kind, Post};

/// Items by their keys. Beyond the bound those go that were not met for the longest time: what still stands in a feed stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    items: HashMap<String, Item>,
    next: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Item {
    hash: String,
    /// When it was met last, counted in meetings.
    met: u64,
}

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
        self.next += 1;
        let known = self.items.insert(key.to_owned(), Item { hash: hash.clone(), met: self.next });
        match known {
            None => Known::New,
            Some(known) if known.hash == hash => Known::Same,
            Some(_) => Known::Changed,
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

    /// The keys, in rising order.
    pub fn keys(&self) -> Vec<&str> {
        let mut keys: Vec<&str> = self.items.keys().map(String::as_str).collect();
        keys.sort_unstable();
        keys
    }

    pub fn forget(&mut self, key: &str) {
        self.items.remove(key);
    }

    pub fn bound(&mut self, most: usize) {
        if self.items.len() > most {
            let mut met: Vec<u64> = self.items.values().map(|item| item.met).collect();
            met.sort_unstable();
            let first = met[met.len() - most];
            self.items.retain(|_, item| item.met >= first);
        }
    }
}

/// A list of keys and hashes, the one met last at its end.
impl Serialize for Seen {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut items: Vec<(&String, &Item)> = self.items.iter().collect();
        items.sort_unstable_by_key(|(_, item)| item.met);
        serializer.collect_seq(items.into_iter().map(|(key, item)| (key, &item.hash)))
    }
}

impl<'de> Deserialize<'de> for Seen {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Seen, D::Error> {
        let mut seen = Seen::default();
        for (key, hash) in Vec::<(String, String)>::deserialize(deserializer)? {
            seen.take(&key, hash);
        }
        Ok(seen)
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
        assert_eq!(seen.take("a", "2".into()), Known::Same);
        seen.bound(2);
        assert_eq!(seen.keys(), ["a", "c"], "the one that was not met again");
        assert_eq!(serde_json::to_string(&seen).unwrap(), r#"[["c","1"],["a","2"]]"#);
        let mut kept: Seen = serde_json::from_str(&serde_json::to_string(&seen).unwrap()).unwrap();
        kept.bound(1);
        assert_eq!(kept.keys(), ["a"], "the order is kept");
        kept.forget("a");
        assert!(kept.keys().is_empty());
    }

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(short(&[b"ab", b"c"]), short(&[b"a", b"bc"]));
        assert_eq!(short(&[b"ab"]).len(), 24);
    }
}
