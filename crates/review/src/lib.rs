//! A writer's walk through the proposed sites of a letter: what he takes, refuses, rewords and adds, with undo.
//!
//! A [`Review`] holds a letter and its *entries*: the sites that stood in it, those that the packs propose, those that the
//! writer adds. [`Command`]s change entries; [`Review::master`] is the master that the accepted ones make. It holds
//! always, whatever was done, that the master parses and that its first rendering is the letter, byte for byte: a command
//! that would break this is [`Refused`] and changes nothing.
//!
//! ```
//! use countermark_marking::rules::{Options, Pack};
//! use countermark_review::{Command, Review, State};
//!
//! let mut review = Review::open("I write with regard to the harbour.", &[Pack::english()], &Options::default())?;
//! assert!(review.entries().iter().all(|entry| entry.state == State::Open)); // nothing is taken unseen
//!
//! let first = review.next_open(None).expect("the pack knows `with regard to`");
//! review.apply(Command::Accept(first))?;
//! assert!(review.master().source().starts_with("I write {with regard to|with respect to"));
//! review.undo()?;
//! assert_eq!(review.master().source(), "I write with regard to the harbour.");
//! # Ok::<(), countermark_review::Refused>(())
//! ```
//!
//! Places are bytes of the *letter*: the text with every site at its first alternative and every field as `[name]`.
//!
//! What is outside: the screen, the keys, files, the vault that remembers [`Refusal`]s, and which recipients there are.

#![cfg_attr(test, allow(clippy::unwrap_used))] // a test may stop where it stands

mod apply;
mod carry;
mod command;
mod entry;
mod letter;
pub mod line;
mod meter;
mod refusal;
mod review;
mod saved;
mod walk;
mod write;

pub use carry::Carried;
pub use command::{Command, Keep, Refused, Step};
pub use entry::{Entry, Id, Origin, State, Tie, Why};
pub use letter::Letter;
pub use meter::{Goal, Meter, Readers};
pub use refusal::{Refusal, Who};
pub use review::Review;
pub use saved::{Saved, SavedEntry, SavedError};
pub use walk::PartView;

/// Bytes of the letter, always on character boundaries.
pub type Span = std::ops::Range<usize>;
