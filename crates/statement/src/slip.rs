//! What readers send back.

use serde::{Deserialize, Serialize};

/// Something that the pressroom took for the desk.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Slip {
    /// A reader's comment.
    Comment {
        /// The statement's id.
        statement: String,
        /// As he calls himself.
        name: String,
        /// His words.
        text: String,
        /// When it came, seconds since 1970.
        at: u64,
    },
    /// The answer of somebody concerned.
    Reply {
        /// The statement's id.
        statement: String,
        /// What came with it: the token of his personal link.
        token: String,
        /// His words.
        text: String,
        /// When it came, seconds since 1970.
        at: u64,
    },
}

impl std::fmt::Debug for Slip {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Comment { .. } => "Comment(..)",
            Self::Reply { .. } => "Reply(..)",
        })
    }
}
