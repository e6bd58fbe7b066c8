//! One place of the letter and what was decided about it.

use std::fmt;

use countermark_marking::Class;
use serde::{Deserialize, Serialize};

use crate::{Span, Who};

/// An entry's number, the same for as long as the review lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(pub(crate) usize);

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// A site of the master.
    Accepted,
    /// Nothing yet.
    Open,
    /// No site: the letter's own words stand there.
    Refused,
}

/// Where an entry comes from.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// It stood in the file.
    Existing,
    /// Somebody else's proposal, such as a model's; never remembered.
    Offered {
        /// By whom, for the eye.
        by: String,
    },
    /// The writer added it.
    Own,
    /// A rule proposed it.
    Rule(Why),
}

/// What a rule's proposal rests on.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    /// The pack's name.
    pub pack: String,
    /// The rule's id.
    pub rule: String,
    /// The rule's style level: `formal`, `neutral` or `informal`.
    pub style: String,
    /// The rule's first example, as a master; empty when the pack has none.
    pub example: String,
    /// A sentence in which the rule does not speak.
    pub counterexample: String,
    /// What the rule offered, before the writer changed anything; the first is what stands there.
    pub offered: Vec<String>,
}

/// What joins several places into one site: one choice for all of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tie {
    /// The number that it has in the file.
    Number(u32),
    /// The name that the rules give it.
    Rule(String),
}

/// A place of the letter that is a site, could be one, or was refused.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where, in bytes of the letter. May be empty.
    pub span: Span,
    /// The alternatives; the first is what stands there, and is never changed.
    pub alternatives: Vec<String>,
    /// The class.
    pub class: Class,
    /// What it is tied to.
    pub tie: Option<Tie>,
    /// Where it comes from.
    pub origin: Origin,
    /// What was decided.
    pub state: State,
    /// For whom the refusal is remembered; empty unless refused.
    pub refused_for: Vec<Who>,
    /// Whether it came refused, because it was refused in an earlier letter.
    pub recalled: bool,
}

impl Entry {
    /// What stands there.
    pub fn first(&self) -> &str {
        self.alternatives.first().map_or("", String::as_str)
    }

    /// The other wordings.
    pub fn others(&self) -> &[String] {
        self.alternatives.get(1..).unwrap_or_default()
    }

    /// The rule that proposed it, if one did.
    pub fn why(&self) -> Option<&Why> {
        match &self.origin {
            Origin::Rule(why) => Some(why),
            _ => None,
        }
    }

    /// Whether the writer changed what a rule offered.
    pub fn is_reworded(&self) -> bool {
        self.why().is_some_and(|why| why.offered != self.alternatives)
    }

    /// Whether the two want the same words, or the same empty place.
    pub(crate) fn clashes(&self, other: &Entry) -> bool {
        let (a, b) = (&self.span, &other.span);
        if a.is_empty() && b.is_empty() { a.start == b.start } else { a.start < b.end && b.start < a.end }
    }
}

impl fmt::Debug for Entry {
    /// Shows no text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("span", &self.span)
            .field("alternatives", &self.alternatives.len())
            .field("class", &self.class)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Why {
    /// Shows no text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Why").field("pack", &self.pack).field("rule", &self.rule).finish_non_exhaustive()
    }
}

impl fmt::Debug for Origin {
    /// Shows no text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Existing => f.write_str("Existing"),
            Origin::Offered { .. } => f.write_str("Offered"),
            Origin::Own => f.write_str("Own"),
            Origin::Rule(why) => why.fmt(f),
        }
    }
}
