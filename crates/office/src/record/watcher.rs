//! What the desk holds for the watcher, and what came of its inbox.

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// What the desk holds for the watcher. One row.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct DeskRecord {
    /// The age identity that opens the inbox.
    pub identity: String,
    /// The key of the index.
    pub index_key: [u8; 32],
    /// Messages that stand in the index.
    pub indexed: u64,
    /// Up to where the inbox has been taken in.
    pub taken: String,
}
record!(DeskRecord, 44);

/// Which message the index calls by a handle. The row's id is the handle (u64, big-endian).
#[derive(Serialize, Deserialize)]
pub struct HandleRecord {
    /// The message.
    pub message: [u8; 16],
}
record!(HandleRecord, 45);

/// A message that is not in the index yet. The row's id is the message's.
#[derive(Serialize, Deserialize)]
pub struct UnindexedRecord {}
record!(UnindexedRecord, 46);

/// A post that came through the inbox. The row's id is a keyed hash of its source and the service's id.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostRecord {
    /// Its case.
    pub case: Option<[u8; 16]>,
    /// The key of each item that was taken in of it: SHA-256, in hexadecimal.
    pub seen: Vec<String>,
}
record!(PostRecord, 47);

/// A post that shares words with a registered message, too common ones to open a case. The row's id is its random handle.
#[derive(Serialize, Deserialize)]
pub struct MatchRecord {
    /// What the watcher left.
    pub item: countermark_inbox::Item,
    /// The capture, in hexadecimal.
    pub capture: String,
}
record!(MatchRecord, 48);

/// A case whose second alarm was not told yet. The row's id is the case's.
#[derive(Serialize, Deserialize)]
pub struct UntoldRecord {
    /// What the first alarm called the post by.
    pub handle: String,
    /// Words of the best match that were found.
    pub words: usize,
    /// How many things were changed, left out, added or moved.
    pub changes: usize,
    /// When the post was captured, seconds since 1970.
    pub captured_at: u64,
}
record!(UntoldRecord, 49);
