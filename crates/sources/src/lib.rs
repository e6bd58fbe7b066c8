//! Where posts come from, a module a service.

#![cfg_attr(test, allow(clippy::unwrap_used))] // a test may stop where it stands

mod backoff;
mod bluesky;
mod bytes;
pub mod dns;
mod fingerprint;
mod json;
mod mastodon;
mod moment;
mod net;
mod post;
#[cfg(test)]
mod samples;
mod secret;
mod source;
mod vk;

pub use backoff::Backoff;
pub use bluesky::Bluesky;
pub use mastodon::{Mastodon, Timeline};
pub use net::{Accept, Answer, Event, Fetched, Limits, Net, Reach, Request, Stream, Validators, Wire};
pub use post::{Batch, Cursor, Exchange, Kind, Passage, Picture, Post, Role};
pub use secret::Secret;
pub use source::{Fault, Source};
pub use vk::Vk;
