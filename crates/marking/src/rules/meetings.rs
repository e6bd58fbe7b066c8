//! Where two rules want the same words: what was chosen there, and what had to go.

use super::Options;
use super::choose::{found, without_overlap};
use super::find::Candidate;
use super::overlap::overlap;
use super::pack::{Pack, Rule};
use crate::{Master, Span, SyntaxError};

/// Two rules that met: both match, and only one can have the words. Holds no text.
#[derive(Debug, Clone)]
pub struct Meeting<'p> {
    /// What the rule that lost would have taken, in bytes of the source; for a move the whole stretch.
    pub span: Span,
    /// The rule whose proposal is kept, and the number of its pack in the list given.
    pub kept: (usize, &'p Rule),
    /// The same of the one whose proposal is dropped.
    pub dropped: (usize, &'p Rule),
    /// Both match exactly the same words; else they share some.
    pub same: bool,
}

/// The pairs of different rules that met in a master's source, in order of place: each proposal that was dropped with each
/// that is kept and overlaps it. The choice is that of [`propose`](super::propose()) with every class and style; a
/// proposal that it drops later, because the outcome would not parse, counts as kept here.
///
/// # Errors
/// When the source is not a master.
pub fn meetings<'p>(packs: &[&'p Pack], source: &str) -> Result<Vec<Meeting<'p>>, SyntaxError> {
    let master = Master::parse(source)?;
    let (kept, dropped) = without_overlap(packs, found(packs, &master, &Options::default()));
    let mut met = Vec::new();
    for lost in &dropped {
        for won in kept.iter().take_while(|(_, won)| won.span.start <= lost.1.span.end) {
            let rules_differ = (lost.0, lost.1.rule) != (won.0, won.1.rule);
            if rules_differ && touch(&lost.1, &won.1) {
                let same = lost.1.spans().eq(won.1.spans());
                let span = lost.1.span.clone();
                met.push(Meeting { span, kept: rule(packs, won), dropped: rule(packs, lost), same });
            }
        }
    }
    Ok(met)
}

fn touch(one: &Candidate, other: &Candidate) -> bool {
    one.span.start <= other.span.end
        && other.span.start <= one.span.end
        && one.spans().any(|span| other.spans().any(|own| overlap(span, own)))
}

fn rule<'p>(packs: &[&'p Pack], (pack, candidate): &(usize, Candidate)) -> (usize, &'p Rule) {
    let found: &'p Pack = packs[*pack];
    (*pack, &found.rules[candidate.rule])
}
