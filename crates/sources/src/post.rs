//! A post as a source gave it, and the exchanges it came in.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// One request and its response, as they went over the wire, without what is secret (a token in an address or a header stands as `[secret]`).
#[derive(Clone, PartialEq, Eq)]
pub struct Exchange {
    /// The address that was asked, secrets left out.
    pub url: String,
    /// When the response had come, milliseconds since 1970.
    pub at_ms: u64,
    /// Request line, header fields and body as sent, secrets left out; empty for a file and for a message on a stream.
    pub request: Vec<u8>,
    /// Status line, header fields and body as received, chunked framing and content encodings as they came, or the file's bytes, or the stream's message.
    pub response: Vec<u8>,
}

/// Whose words a passage of a post is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The author's own.
    Own,
    /// Passed on from elsewhere.
    Forwarded,
    /// What the post replies to.
    RepliedTo,
    /// A post that this one quotes, or boosts.
    Quoted,
    /// The card of a link: its title and description.
    Card,
    /// The description of a picture.
    Caption,
    /// The choices of a poll.
    Poll,
}

/// A passage of a post.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// Whose words.
    pub role: Role,
    /// Who is named as their author, where the post says it.
    pub author: Option<String>,
    /// The text, line breaks as `\n`.
    pub text: String,
}

/// A picture of a post, not fetched yet.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// Where it is: an `http(s)` address, or what its source alone knows to fetch ([`Source::picture`](crate::Source::picture)).
    pub url: String,
}

/// What became of a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// New, as far as the source says.
    New,
    /// Edited since.
    Edited,
    /// Deleted: it has no passages.
    Deleted,
}

/// One public item.
#[derive(Clone, PartialEq, Eq)]
pub struct Post {
    /// The service's own id, the same for every version of the post.
    pub id: String,
    /// Where a reader finds it.
    pub url: Option<String>,
    /// The author as shown.
    pub author: Option<String>,
    /// When the service says that it was published, seconds since 1970. Never used as a clock.
    pub at: Option<u64>,
    /// What became of it.
    pub kind: Kind,
    /// Its passages, in order.
    pub passages: Vec<Passage>,
    /// Its pictures.
    pub pictures: Vec<Picture>,
    /// The exchange that it came in.
    pub exchange: Arc<Exchange>,
}

/// What one poll of a source brought.
#[derive(Clone, Default)]
pub struct Batch {
    /// The posts, in the order of the answer. What the cursor has seen already may stand among them: who takes them in drops
    /// what he knows.
    pub posts: Vec<Post>,
    /// Where to go on; kept only after the posts are safe.
    pub cursor: Cursor,
    /// Whether more lies ready, so that the next poll need not wait.
    pub more: bool,
}

/// Where a source stands: opaque to everybody else, kept as JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(pub serde_json::Value);

impl Cursor {
    /// The state that a source left in it. One that it can't read, from another version, is none: then the source begins anew.
    pub(crate) fn state<T: Default + serde::de::DeserializeOwned>(&self) -> T {
        T::deserialize(&self.0).unwrap_or_default()
    }

    pub(crate) fn of(state: &impl Serialize) -> Cursor {
        Cursor(serde_json::to_value(state).unwrap_or_default())
    }
}

impl std::fmt::Debug for Exchange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Exchange").field("response", &self.response.len()).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Passage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Passage").field("role", &self.role).field("bytes", &self.text.len()).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Picture").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Post {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Post").field("kind", &self.kind).field("passages", &self.passages).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Batch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Batch").field("posts", &self.posts.len()).field("more", &self.more).finish_non_exhaustive()
    }
}
