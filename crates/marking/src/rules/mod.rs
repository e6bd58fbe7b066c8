//! Rules: what proposes sites.
//!
//! A rule says what it matches, which contexts it needs or forbids, its alternatives, its class and its
//! style level, and proves itself by examples. Rules are data: rows of a language pack in TOML
//! (`lang/en/*.toml`; how to write one is the guide's page on packs), read by [`Pack::parse`]. Nothing here
//! knows English.
//!
//! [`propose`] finds the places, [`accept`] writes the chosen ones into the master, [`explain`] says what a
//! proposal rests on, [`Pack::check`] runs a pack's own examples, [`meetings`] says which rules wanted the same words.
//!
//! Rules never touch an existing site or field, a quotation, a name or title, a link or address, a heading
//! in capitals; what a page protects is decided before any rule is asked.

mod accept;
mod breaks;
mod check;
mod choose;
mod compile;
mod error;
mod find;
mod format;
mod meetings;
mod moves;
mod neutral;
mod overlap;
mod pack;
mod page;
mod pattern;
mod protect;

pub use crate::Accept;
pub use accept::{accept, accept_classed};
pub use check::{Explanation, Finding, FindingKind, explain};
pub use choose::propose;
pub use error::{Fault, MAX_BYTES, PackError};
pub use meetings::{Meeting, meetings};
pub use neutral::{Neutral, Spot};
pub use pack::{Pack, Rule, Style};

use crate::Class;
use countermark_text::Span;

/// What is proposed at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The classes.
    pub accept: Accept,
    /// The style levels.
    pub styles: Vec<Style>,
}

impl Default for Options {
    /// Every class and every style level.
    fn default() -> Options {
        Options { accept: Accept::All, styles: vec![Style::Formal, Style::Neutral, Style::Informal] }
    }
}

/// One place of a site: where it stands in the master's source, and what it shows for each symbol.
#[derive(Clone, PartialEq, Eq)]
pub struct Place {
    /// Where, in bytes of the master's source. May be empty: a comma that could stand there.
    pub span: Span,
    /// The alternatives; the first is what stands there.
    pub alternatives: Vec<String>,
}

impl std::fmt::Debug for Place {
    /// Hides the text.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let alternatives = self.alternatives.len();
        f.debug_struct("Place").field("span", &self.span).field("alternatives", &alternatives).finish()
    }
}

/// A site that a rule would put.
#[derive(Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Where, in bytes of the master's source: the place, or for a move the whole stretch from its first place to its
    /// last. Other proposals may stand inside a move's stretch, between its places.
    pub span: Span,
    /// What stands there in each alternative; the first is what stands there now. For the eye, and for who judges: the
    /// site is made of the places.
    pub alternatives: Vec<String>,
    /// The places, in order, at least one. Several are a move: words that stand at one or the other, one tied site.
    pub places: Vec<Place>,
    /// The class of the site.
    pub class: Class,
    /// The rule's id.
    pub rule: String,
    /// The name of the rule's pack.
    pub pack: String,
    /// Proposals with the same string become one tied site. Moves have none: each is a tied site of its own.
    pub tie: Option<String>,
    /// The rule's style level.
    pub style: Style,
    /// The alternatives for the eye: `'toward' / 'towards'`.
    pub text: String,
}

impl std::fmt::Debug for Proposal {
    /// Hides the text.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Proposal")
            .field("span", &self.span)
            .field("alternatives", &self.alternatives.len())
            .field("class", &self.class)
            .field("rule", &self.rule)
            .finish_non_exhaustive()
    }
}
