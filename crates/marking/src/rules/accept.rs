//! Taking proposals into a master.

use super::Proposal;
use crate::Class;
use std::collections::{BTreeSet, HashMap};
use std::fmt::Write;

/// The master's source with the chosen proposals as sites. Proposals must come from
/// [`propose`](super::propose) on the same source; their order does not matter, and one that overlaps an
/// earlier one or lies outside the text is left out.
///
/// Ties are numbered from the first number that the source does not use. A class is written only where the
/// syntax asks for it: typography, punctuation, layout.
pub fn accept(source: &str, chosen: &[Proposal]) -> String {
    accept_at(source, chosen).0
}

/// The same, with where each site begins in the outcome, in order of place.
pub(super) fn accept_at(source: &str, chosen: &[Proposal]) -> (String, Vec<usize>) {
    let mut places = Vec::with_capacity(chosen.len());
    let mut sorted: Vec<&Proposal> = chosen.iter().collect();
    sorted.sort_by_key(|p| (p.span.start, p.span.end));
    let used = tie_numbers(source);
    let mut next = 1;
    let mut ties: HashMap<&str, u32> = HashMap::new();
    let mut out = String::with_capacity(source.len() + 32 * sorted.len());
    let mut kept = 0;
    for proposal in sorted {
        let Some(before) = source.get(kept..proposal.span.start) else { continue };
        if source.get(proposal.span.clone()).is_none() {
            continue;
        }
        out.push_str(before);
        kept = proposal.span.end;
        let number = proposal.tie.as_deref().map(|tie| {
            *ties.entry(tie).or_insert_with(|| {
                while used.contains(&next) {
                    next += 1;
                }
                next += 1;
                next - 1
            })
        });
        places.push(out.len());
        write_site(&mut out, proposal, number);
    }
    out.push_str(source.get(kept..).unwrap_or_default());
    (out, places)
}

fn write_site(out: &mut String, proposal: &Proposal, tie: Option<u32>) {
    let class = match proposal.class {
        Class::Typography | Class::Punctuation | Class::Layout => Some(proposal.class),
        _ => None,
    };
    out.push('{');
    // Writing into a string can't fail.
    let _ = match (tie, class) {
        (Some(n), Some(class)) => write!(out, "#{n}@{class}:"),
        (Some(n), None) => write!(out, "#{n}:"),
        (None, Some(class)) => write!(out, "@{class}:"),
        (None, None) => Ok(()),
    };
    for (number, alternative) in proposal.alternatives.iter().enumerate() {
        if number > 0 {
            out.push('|');
        }
        for c in alternative.chars() {
            if matches!(c, '{' | '|' | '}' | '\\') {
                out.push('\\');
            }
            out.push(c);
        }
    }
    out.push('}');
}

/// The tie numbers that may be in use: every `{#n`, escaped ones included.
fn tie_numbers(source: &str) -> BTreeSet<u32> {
    let digits = |rest: &str| {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        rest[..end].parse().ok()
    };
    source.match_indices("{#").filter_map(|(at, _)| digits(&source[at + 2..])).collect()
}
