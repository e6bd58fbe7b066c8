//! The index of registered messages as files: one writer, readers in other processes.
//!
//! A folder holds a `manifest` and the segments it lists, `N.segment`. The writer ([`Shelf`], the desk's) makes a new segment, durable
//! first, then a new manifest, renamed over the old one, and only then removes what is listed no more. So whatever moment a process
//! dies at, the folder holds the index as it was or as it is. A reader ([`Reader`], the watcher's) opens the
//! manifest and maps its segments; where one is gone because the writer was quicker, it begins anew. What it has mapped stays
//! readable to it.
//!
//! What somebody who can write to the folder could do: make the watcher blind. Who can read it learns how many messages there
//! are, about how long each is, and when they came; `docs/guide/screening.md` says what he learns with the key.

mod error;
mod files;
mod reader;
mod writer;

pub use error::Error;
pub use reader::Reader;
pub use writer::Shelf;
