//! Where the watcher leaves what it found: captures, sealed to the desk's key.
//!
//! The watcher appends and can't read back: it holds the desk's public key and nothing else. What [`Inbox::append`] has acknowledged
//! is there after a power cut. The desk takes each [`Item`] once: it keeps the [`Position`] in the same transaction as what it made of
//! the item, and only then lets go of what it took ([`Reader::forget`]).
//!
//! ```
//! use countermark_inbox::{Inbox, Item, Level, Limits, Position, Reader};
//!
//! # let dir = tempfile::tempdir()?;
//! let identity = age::x25519::Identity::generate();
//! let path = dir.path().join("inbox");
//! let mut inbox = Inbox::open(&path, &identity.to_public().to_string(), Limits::default(), [7; 16])?;
//! let item = Item {
//!     handle: "00".repeat(16), source: "gazette".into(), post: "17".into(), url: None, author: None, published_at: None,
//!     captured_at: 1_900_000_000, level: Level::Alarm, texts: vec![], sha256: String::new(), capture: b"as it came".to_vec(),
//! };
//! inbox.append(&[item])?;
//!
//! let mut reader = Reader::open(&path, &identity)?;
//! let (position, item) = reader.next(&Position::default())?.expect("one was appended");
//! assert_eq!(item.capture, b"as it came");
//! assert!(reader.next(&position)?.is_none());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What is outside: where items come from and what they are screened against (`watch`); what becomes of them (`office`). [`warc`] writes
//! and reads the captures themselves. The exact bytes stand in `docs/formats/inbox.md`.

#![cfg_attr(test, allow(clippy::unwrap_used))] // a test may stop where it stands

mod disk;
mod error;
mod frame;
mod item;
mod lane;
mod limits;
mod reader;
mod spool;
pub mod warc;

pub use disk::{Disk, Folder};
pub use error::{Damage, Error, Harm};
pub use item::{Item, Level, Shared, Text};
pub use limits::Limits;
pub use reader::{Position, Reader};
pub use spool::{Appended, Dropped, Inbox};
