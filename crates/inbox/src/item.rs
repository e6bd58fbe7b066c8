//! What the watcher leaves for the desk.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Why something was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// It shares words with a registered message, too common ones to tell anybody.
    Match,
    /// It shares words rare enough to tell somebody.
    Alarm,
    /// It attributes words to the writer of which nothing is registered.
    Invented,
    /// A post that was left before has been deleted.
    Deleted,
}

/// One registered message that shares words with a text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shared {
    /// The message's random handle in the index.
    pub handle: u64,
    /// Words shared.
    pub words: u32,
    /// How rare they are, in bits.
    pub bits: f64,
}

/// A text of a post: a passage, or what was read of a picture.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Text {
    /// Whose words: `own`, `forwarded`, `replied-to`, `quoted`, `card`, `caption`, `poll`; `picture` for what was read of one.
    pub role: String,
    /// Who is named as their author.
    pub author: Option<String>,
    /// The text.
    pub text: String,
    /// Of a picture: each word's byte range in the text and how sure the reader is of it, 0 to 100.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub confidences: Vec<(usize, usize, u8)>,
    /// What it shares with registered messages, the rarest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shared: Vec<Shared>,
}

/// One post, as it is left for the desk.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Random, 16 bytes in hexadecimal: what the first alarm calls it by.
    pub handle: String,
    /// The source's name in `watch.toml`.
    pub source: String,
    /// The service's id of the post.
    pub post: String,
    /// Where a reader finds it.
    pub url: Option<String>,
    /// The author as shown.
    pub author: Option<String>,
    /// When the service says that it was published, seconds since 1970.
    pub published_at: Option<u64>,
    /// When the response that holds it had come, seconds since 1970.
    pub captured_at: u64,
    /// Why it was left: the highest level of its texts.
    pub level: Level,
    /// Its texts.
    pub texts: Vec<Text>,
    /// SHA-256 of the capture, in hexadecimal.
    pub sha256: String,
    /// The capture: WARC records (ISO 28500) of each request and response, pictures included. In the spool it stands beside the
    /// rest, as it is.
    #[serde(skip)]
    pub capture: Vec<u8>,
}

impl Item {
    /// What this item is, whenever and however often it was taken: SHA-256, in hexadecimal, of source, post, level and texts. A
    /// watcher that was killed between leaving an item and noting that it did so leaves it again; two items with one key are one.
    #[must_use]
    pub fn key(&self) -> String {
        let level = match self.level {
            Level::Match => "match",
            Level::Alarm => "alarm",
            Level::Invented => "invented",
            Level::Deleted => "deleted",
        };
        let mut hash = Sha256::new();
        let mut put = |piece: &str| {
            hash.update((piece.len() as u64).to_be_bytes());
            hash.update(piece);
        };
        put("countermark/item/1");
        put(&self.source);
        put(&self.post);
        put(level);
        for text in &self.texts {
            put(&text.role);
            put(text.author.as_deref().unwrap_or_default());
            put(&text.text);
        }
        crate::frame::hex(&hash.finalize())
    }
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Text").field("role", &self.role).field("bytes", &self.text.len()).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Item {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Item").field("handle", &self.handle).field("level", &self.level).finish_non_exhaustive()
    }
}
