//! The vault's store in one SQLite file.

mod backup;
mod error;
mod file;
mod schema;
mod store;

pub use backup::{Restored, restore};
pub use store::SqliteStore;

/// How long a connection waits for another one, in seconds.
pub const BUSY_SECONDS: u64 = 10;
