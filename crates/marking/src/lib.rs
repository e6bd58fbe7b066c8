//! Masters, sites and fields, rendering, and the rules that propose sites.
//!
//! A *master* is plain text in which a *site* is written `{alternative|alternative}` and a *field* `{=name}`. Rendering it
//! is substitution and nothing else: a *codeword* says which alternative stands at each site. A copy is read back to its
//! codeword exactly, because [`Master::parse`] refuses a master of which two codewords could give the same text.
//!
//! ```
//! use countermark_marking::Master;
//!
//! let master = Master::parse("Dear {=name},\n\nWe {#1:see|view} it as a {major|serious} step{@punctuation:, |; }we {#1:see|view} no other.")?;
//! assert_eq!(master.sites().len(), 3);
//!
//! let fields = |name: &str| (name == "name").then(|| "Ms Arlen".to_owned());
//! let copy = master.render(&[1, 0, 1], &fields).unwrap();
//! assert_eq!(copy, "Dear Ms Arlen,\n\nWe view it as a major step; we view no other.");
//! assert_eq!(master.read_copy(&copy, &fields), Some(vec![1, 0, 1]));
//! # Ok::<(), countermark_marking::SyntaxError>(())
//! ```
//!
//! What is outside: where codewords come from, how a damaged copy is aligned, and how parts are committed to. This crate
//! does no I/O and draws nothing at random.
//!
//! # The syntax
//!
//! | written | means |
//! |---|---|
//! | `{a\|b\|c}` | a site of class `authored`; an alternative may be empty or hold line breaks |
//! | `{@class:a\|b}` | a site of that class |
//! | `{#1:a\|b}` | a tied site: all places with this number take the same choice |
//! | `{#1@class:a\|b}` | both |
//! | `{=name}` | a field; names are `[a-z][a-z0-9_]*` |
//! | `\{` `\|` `\}` `\\` | the character itself; a backslash before anything else is itself |

#![cfg_attr(test, allow(clippy::unwrap_used))] // a test may stop where it stands

mod ambiguity;
mod class;
mod error;
mod master;
mod part;
mod read;
pub mod rules;
pub mod scrub;
mod sense;
mod syntax;

pub use class::{Accept, Class, UnknownClass};
pub use error::{RenderError, SyntaxError, SyntaxErrorKind};
pub use master::{Master, Piece, Site};
pub use part::{LengthClass, Part};
pub use sense::{Sense, differing, senses};

/// Bytes of a text, always on character boundaries.
pub type Span = std::ops::Range<usize>;

/// The most sites a master may have.
pub const MAX_SITES: usize = 4096;
/// The most alternatives a site may have.
pub const MAX_ALTERNATIVES: usize = 64;
/// The most bytes a master's source may have: 1 MiB. More than any letter, and little enough that every check below stays quick.
pub const MAX_SOURCE: usize = 1 << 20;
