//! Where posts come from, a module a service.

#![cfg_attr(test, allow(clippy::unwrap_used))] // a test may stop where it stands

mod backoff;
pub mod bluesky;
mod bytes;
pub mod dns;
pub mod feed;
pub mod folder;
mod html;
mod json;
pub mod mastodon;
mod net;
pub mod page;
mod post;
#[cfg(test)]
mod samples;
mod secret;
mod seen;
mod source;
mod spec;
pub mod telegram_bot;
pub mod telegram_web;
pub mod vk;
mod when;

pub use backoff::Backoff;
pub use net::{Accept, Answer, Event, Fetched, Limits, Net, Reach, Request, Stream, Validators, Wire};
pub use post::{Batch, Cursor, Exchange, Kind, Passage, Picture, Post, Role};
pub use secret::Secret;
pub use source::{Fault, Source};
pub use spec::{KINDS, Options, Spec, SpecError};
