//! Where posts come from, a module a service.

pub mod dns;

mod net;
mod post;
mod source;

pub use net::Net;
pub use post::{Batch, Cursor, Exchange, Kind, Passage, Picture, Post, Role};
pub use source::{Fault, Source};
