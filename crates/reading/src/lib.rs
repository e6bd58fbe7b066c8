//! Reads reports and archives: article text, quotations, attributions, update notes, chat and mail exports.
//!
//! - [`decode()`] makes text of bytes in whatever character set, [`plain()`] of a fragment of HTML, [`article()`] of a web page.
//!
//! Pure: bytes and texts come in as arguments. All of it takes any input in about linear time, never descends by recursion, and
//! cuts what goes beyond its stated limits.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod article;
mod decode;
mod html;
mod plain;
mod tree;

pub use article::{Article, article};
pub use decode::{charset_name, decode};
pub use html::LONGEST_PAGE;
pub use plain::plain;
pub use tree::{DEEPEST, MOST_NODES};
