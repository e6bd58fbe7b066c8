//! Mastodon and its kind.

mod cursor;
mod events;
mod parse;
