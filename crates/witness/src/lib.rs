//! A small witness: it cosigns the checkpoints of logs that it knows, after it has made sure that each contains the one before
//! (C2SP tlog-witness), and keeps on disk what it has cosigned.
//!
//! A directory belongs to one witness:
//!
//! | file | what |
//! |---|---|
//! | `key` | its key, mode 0600 |
//! | `logs` | the logs that it knows: a verifier key a line |
//! | `latest/<hash>` | of each log, the newest checkpoint that it cosigned, with log's signature and cosignature |
//! | `lock` | empty; held by the process that serves |
//!
//! [`Witness`] is all of it but the wire, [`serve`] the wire. The new state is durable before a cosignature leaves, so a witness that is
//! killed at any moment has never cosigned two roots of one size and never goes back to a smaller one. What it can't read is never taken
//! for "nothing cosigned yet".
//!
//! What is left to the caller: the clock, a key's randomness, TLS in front, and telling somebody of an [`Event`].
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod error;
mod files;
mod server;
mod state;

pub use error::Error;
pub use files::{KEY_FILE, LOGS_FILE, create_key, read_key, read_logs};
pub use server::{Event, MAX_CONNECTIONS, REQUEST_TIME, serve};
pub use state::{Failure, Witness};
