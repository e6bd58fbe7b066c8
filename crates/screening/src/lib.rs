//! Finds posts that share words with registered messages.
//!
//! Eight canonical words in a row of any copy of a registered message, wherever they stand in a post, are found for certain, under every
//! change that leaves canonical words alone; `docs/guide/screening.md` has the theorem, its proof, and the list of changes. A *match*
//! is that, or a lightly edited text; an *alarm* is a match of words so rare that somebody should be told.
//!
//! - [`Builder`] makes a [`Segment`] of messages, [`merge`] one of several. A segment is a stretch of bytes, as they lie in a file.
//! - A [`Manifest`] says which segments make an index.
//! - [`Screener`] asks an index about posts.
//!
//! There is no text in an index, nor any word's hash: only fingerprints of runs of words under a [`Key`], and random handles.
//! Files, their replacing and mapping, are the crate `shelf`'s.
//!
//! ```
//! use countermark_screening::{Builder, Key, Manifest, Screener, Segment};
//!
//! let key = Key::new(&[7; 32]);
//! let mut builder = Builder::new(&key);
//! builder.add_text(42, "The ferry to Ostrava will carry the turbines on Thursday night, and nobody but us has the timetable.")?;
//! let segment = Segment::open(builder.finish())?;
//! let mut manifest = Manifest::new(&key);
//! manifest.add(&segment);
//! let screener = Screener::new(key, &manifest, vec![segment])?;
//!
//! let post = "Leaked! \"…will carry THE TURBINES — on Thursday night, and nobody but us…\" What do they hide?";
//! let screening = screener.screen(post);
//! assert_eq!(screening.matches[0].handle, 42);
//! assert!(screening.matches[0].alarm);
//! assert_eq!(&post[screening.matches[0].spans[0].clone()], "will carry THE TURBINES — on Thursday night, and nobody but us");
//! # Ok::<(), countermark_screening::Error>(())
//! ```

mod build;
mod cells;
mod checks;
mod chunk;
mod error;
mod held;
mod key;
mod layout;
mod manifest;
mod prefilter;
mod rarity;
mod screen;
mod segment;
mod select;

pub use build::{Builder, merge};
pub use error::Error;
pub use key::Key;
pub use manifest::{Listed, Manifest};
pub use screen::{Match, Near, Screener, Screening, Stock};
pub use segment::Segment;
pub use select::{RUN, SHINGLE, WINDOW};
