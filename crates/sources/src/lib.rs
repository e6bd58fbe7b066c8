//! Where posts come from, a module a service.

mod bluesky;
mod fingerprint;
mod json;
mod mastodon;
mod moment;
mod net;
mod post;
#[cfg(test)]
mod samples;
mod source;
mod vk;

pub use net::Net;
pub use post::{Batch, Cursor, Exchange, Kind, Passage, Picture, Post, Role};
pub use source::{Fault, Source};
