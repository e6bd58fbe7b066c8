//! What in a text could tell whose copy it is, and the text without it.
//!
//! For a newsroom that holds a confidential text and wants to protect who gave it. [`scrub`] lists every place that could carry a
//! mark and writes the *neutral form*: nothing invisible, one script a word, plain spaces, line breaks, quotation
//! marks and hyphens, and at each place where a pack knows several wordings one of them, chosen whatever stood there.
//! Two copies of one message that differ in nothing but such places have the same neutral form.
//!
//! It can't remove what no pack knows: a wording that the writer found himself, the order of sentences, a fact that one
//! person alone was told, what was left out. [`LEFT`] says so, for whoever prints the result. It never calls a text clean.
//!
//! ```
//! use countermark_marking::{rules::Pack, scrub::scrub};
//!
//! let one = scrub("We write with regard to the\u{200b} “harbour”—again.", &[Pack::english()]);
//! let other = scrub("We write with respect to the \"harbour\" – аgain.", &[Pack::english()]);
//! assert_eq!(one.text, other.text);
//! assert!(one.text.contains("the \"harbour\" - again."));
//! ```

mod characters;
mod finding;
mod lines;
mod references;
mod traced;
mod wordings;

use crate::rules::{Neutral, Pack};
use traced::Traced;

pub use finding::{Done, Finding, Kind};

/// What no tool removes, in sentences of their own.
pub const LEFT: [&str; 6] = [
    "wordings that no pack knows: a writer can make his own, and those stand as they are",
    "the order of sentences and paragraphs",
    "facts, figures, names and dates that one reader alone was told",
    "what was left out for one reader, or put in",
    "slips and misspellings: there is no dictionary here to tell them",
    "style: who wrote it can show, whoever held it",
];

/// The sharpest test, and the only one that finds what no pack knows.
pub const COMPARE: &str = "two copies compared show more than any tool: where they differ, that is the mark";

/// A text's findings, and its neutral form.
#[derive(Clone, PartialEq, Eq)]
pub struct Scrubbed {
    /// The neutral form: one line end after the last line, nothing when the text holds nothing to see.
    pub text: String,
    /// Everything that was found, in order of place.
    pub findings: Vec<Finding>,
}

impl std::fmt::Debug for Scrubbed {
    /// Hides the text.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scrubbed").field("bytes", &self.text.len()).field("findings", &self.findings.len()).finish()
    }
}

/// Finds what could tell a copy from others, and writes the neutral form.
///
/// The text is plain: braces are braces. It takes any text; scrubbing a neutral form changes nothing.
pub fn scrub(text: &str, packs: &[&Pack]) -> Scrubbed {
    scrub_with(text, &Neutral::new(packs))
}

/// The same for who scrubs many texts with the same packs.
pub fn scrub_with(text: &str, neutral: &Neutral<'_>) -> Scrubbed {
    let mut findings = Vec::new();
    let mut traced = Traced::new(text);
    characters::normalise(&mut traced, &mut findings);
    references::find(&traced, &mut findings);
    references::remove(&mut traced, &mut findings);
    characters::normalise(&mut traced, &mut findings);
    let lines = traced.lines().into_iter().map(|line| wordings::settle(line, neutral, &mut findings));
    let traced = Traced::join(lines.collect());
    findings.sort_by_key(|finding| (finding.span.start, finding.span.end));
    Scrubbed { text: traced.text().to_owned(), findings }
}
