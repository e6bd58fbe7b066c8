//! Where posts come from, a module a service.

#![cfg_attr(test, allow(clippy::unwrap_used))] // a test may stop where it stands

mod backoff;
mod bytes;
pub mod feed;
pub mod folder;
mod html;
mod net;
pub mod page;
mod post;
mod secret;
mod seen;
mod source;
mod spec;
pub mod telegram_bot;
pub mod telegram_web;
mod when;

pub use backoff::Backoff;
pub use net::{Accept, Answer, Event, Fetched, Limits, Net, Reach, Request, Stream, Validators, Wire};
pub use post::{Batch, Cursor, Exchange, Kind, Passage, Picture, Post, Role};
pub use secret::Secret;
pub use source::{Fault, Source};
pub use spec::{KINDS, Options, Spec, SpecError};
