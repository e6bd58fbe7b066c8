//! Reads reports and archives: article text, quotations, attributions, update notes, chat and mail exports.
//!
//! - [`decode()`] makes text of bytes in whatever character set, [`plain()`] of a fragment of HTML, [`article()`] of a web page;
//!   [`document()`] does what fits.
//! - [`report()`] reads a report: its quotations with who is said to have said or written each, its update notes, what contradicts
//!   itself; [`attributed_to`] says which quotations it gives to somebody; [`update_note`] writes the note of
//!   two versions as newspapers do, [`write_note`] in figures.
//!
//! Pure: bytes and texts come in as arguments. All of it takes any input in about linear time, never descends by recursion, and
//! cuts what goes beyond its stated limits.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod article;
mod contradiction;
mod decode;
mod document;
pub mod exports;
mod html;
pub mod mail;
pub mod markup;
mod names;
mod note;
mod paragraph;
mod plain;
mod quotation;
mod report;
mod tree;

pub use article::{Article, article};
pub use contradiction::{Contradiction, ContradictionKind};
pub use decode::{charset_name, decode};
pub use document::{Document, document};
pub use html::LONGEST_PAGE;
pub use names::{Likeness, Names};
pub use note::{Edition, Note, NoteKind, Place, update_note, write_note};
pub use plain::plain;
pub use quotation::{How, Manner, Mention, Quotation, Speaker};
pub use report::{Attributed, LONGEST_REPORT, Report, Strength, attributed_to, report, report_after};
pub use tree::{DEEPEST, MOST_NODES};
