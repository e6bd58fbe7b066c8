//! Mastodon and its kind.

mod cursor;
mod parse;
