//! From matches to proposals: ties made whole or dropped, overlaps settled, the outcome parsed.

use super::accept::{accept, accept_at};
use super::find::{Candidate, candidates};
use super::overlap::{Entry, chosen, worth};
use super::pack::{Pack, Style};
use super::page::{Page, mask};
use super::{Options, Place, Proposal};
use crate::{Master, SyntaxError};
use std::collections::{HashMap, HashSet};

/// How often a proposal is dropped by itself when the outcome does not parse, before all that touch
/// others are.
const PATIENCE: usize = 64;

/// What the rules of `packs` propose for a master's source, in order of place. Of proposals that overlap those are
/// kept that together carry the most bits that survive retyping; of equals the longer, then the earlier pack, then the
/// earlier rule. A tie is whole or not at all, and so is a move.
///
/// All proposals accepted, the outcome parses as a master; its rendering by first alternatives is the
/// source's.
///
/// # Errors
/// When the source is not a master.
///
/// ```
/// use countermark_marking::rules::{Options, Pack, accept, propose};
///
/// let letter = "I write with regard to the harbour.";
/// let proposals = propose(&[Pack::english()], letter, &Options::default())?;
/// assert!(accept(letter, &proposals).starts_with("I write {with regard to|with respect to"));
/// # Ok::<(), countermark_marking::SyntaxError>(())
/// ```
pub fn propose(packs: &[&Pack], source: &str, options: &Options) -> Result<Vec<Proposal>, SyntaxError> {
    let master = Master::parse(source)?;
    let (chosen, _) = without_overlap(packs, found(packs, &master, options));
    let proposals: Vec<Proposal> = chosen.into_iter().map(|(n, c)| proposal(packs[n], c)).collect();
    Ok(parsing(source, capped(proposals, &master)))
}

/// Every match that is wanted, with its pack's number; they may overlap.
pub(super) fn found(packs: &[&Pack], master: &Master, options: &Options) -> Found {
    let (masked, opaque) = mask(master);
    let page = Page::new(&masked, &opaque);
    let mut found = Found::new();
    for (number, pack) in packs.iter().enumerate() {
        let wanted = candidates(pack, &page).into_iter().filter(|c| takes(pack, &page, c, options));
        found.extend(wanted.map(|c| (number, c)));
    }
    whole_ties(packs, &mut found);
    found
}

/// Whether a rule of this class and style is wanted; formal wordings never are where the writer contracts.
fn takes(pack: &Pack, page: &Page<'_>, candidate: &Candidate, options: &Options) -> bool {
    let rule = &pack.rules[candidate.rule];
    let fits = rule.style != Style::Formal || !page.casual;
    fits && options.accept.takes(rule.class) && options.styles.contains(&rule.style)
}

fn tie<'p>(packs: &[&'p Pack], found: &(usize, Candidate)) -> Option<&'p str> {
    packs[found.0].rules[found.1.rule].tie.as_deref()
}

/// Drops a tie whose places stand at different alternatives: one choice could not give the original. An
/// alternative that a place had to drop counts likewise.
fn whole_ties(packs: &[&Pack], found: &mut Vec<(usize, Candidate)>) {
    let mut kinds: HashMap<&str, (usize, usize)> = HashMap::new();
    let mut mixed: HashSet<&str> = HashSet::new();
    for one in found.iter() {
        if let Some(name) = tie(packs, one) {
            let kind = (one.1.column, one.1.alternatives.len());
            if *kinds.entry(name).or_insert(kind) != kind {
                mixed.insert(name);
            }
        }
    }
    found.retain(|one| tie(packs, one).is_none_or(|name| !mixed.contains(name)));
}

/// Matches with the numbers of their packs.
type Found = Vec<(usize, Candidate)>;

/// Of proposals that overlap those that together carry the most bits, and the others; both in order of place.
pub(super) fn without_overlap(packs: &[&Pack], mut found: Found) -> (Found, Found) {
    found.sort_by_key(|(pack, candidate)| (*pack, candidate.rule, candidate.span.start, candidate.span.end));
    let mut groups: HashMap<&str, usize> = HashMap::new();
    let mut sources = Vec::with_capacity(found.len());
    let mut entries = Vec::with_capacity(found.len());
    for one in found {
        let next = groups.len();
        let group = tie(packs, &one).map(|name| *groups.entry(name).or_insert(next));
        let (pack, candidate) = one;
        let survives = packs[pack].rules[candidate.rule].class.survives_retyping();
        sources.push(pack);
        entries.push(Entry { worth: worth(candidate.alternatives.len(), survives), group, candidate });
    }
    let keep: HashSet<usize> = chosen(&entries, groups.len()).into_iter().collect();
    let (mut kept, mut dropped) = (Found::new(), Found::new());
    for (number, (pack, entry)) in sources.into_iter().zip(entries).enumerate() {
        let list = if keep.contains(&number) { &mut kept } else { &mut dropped };
        list.push((pack, entry.candidate));
    }
    for list in [&mut kept, &mut dropped] {
        list.sort_by_key(|(_, candidate)| (candidate.span.start, candidate.span.end));
    }
    (kept, dropped)
}

fn proposal(pack: &Pack, candidate: Candidate) -> Proposal {
    let rule = &pack.rules[candidate.rule];
    let (first, others) = candidate.alternatives.split_first().map_or(("", [].as_slice()), |(f, o)| (f.as_str(), o));
    let shown = |text: &str| match text.trim() {
        "" => "nothing".to_owned(),
        text => format!("'{}'", text.split_whitespace().collect::<Vec<_>>().join(" ")),
    };
    let others: Vec<String> = others.iter().map(|o| shown(o)).collect();
    let places = match candidate.places.as_slice() {
        [] => vec![Place { span: candidate.span.clone(), alternatives: candidate.alternatives.clone() }],
        _ => candidate.places,
    };
    Proposal {
        text: format!("{} / {}", shown(first), others.join(" / ")),
        places,
        span: candidate.span,
        alternatives: candidate.alternatives,
        class: rule.class,
        rule: rule.id.clone(),
        pack: pack.name.clone(),
        tie: rule.tie.clone(),
        style: rule.style,
    }
}

/// The first proposals, as many as a master still has room for: in sites, and in bytes.
fn capped(proposals: Vec<Proposal>, master: &Master) -> Vec<Proposal> {
    let mut ties: HashSet<String> = HashSet::new();
    let mut room = crate::MAX_SITES.saturating_sub(master.sites().len());
    let mut bytes = crate::MAX_SOURCE.saturating_sub(master.source().len());
    let mut kept = Vec::with_capacity(proposals.len());
    for proposal in proposals {
        // Braces, bars, tie number and class name: at most as much again as this.
        let more = proposal.places.iter().map(written).sum::<usize>();
        if more > bytes {
            break;
        }
        bytes -= more;
        let new = proposal.tie.as_ref().is_none_or(|tie| ties.insert(tie.clone()));
        if new {
            if room == 0 {
                continue;
            }
            room -= 1;
        }
        kept.push(proposal);
    }
    kept
}

/// How many bytes a place takes at most when every character is escaped.
fn written(place: &Place) -> usize {
    place.alternatives.iter().map(|a| 2 * a.len() + 1).sum::<usize>() + 32
}

/// Drops what keeps the outcome from parsing: neighbours of which two choices could give one text.
fn parsing(source: &str, mut proposals: Vec<Proposal>) -> Vec<Proposal> {
    for _ in 0..PATIENCE {
        let (outcome, places) = accept_at(source, &proposals);
        let Err(error) = Master::parse(&outcome) else { return proposals };
        if proposals.is_empty() {
            return proposals;
        }
        // The last place that begins at or before the fault.
        let at = places.partition_point(|&(place, _)| place <= error.offset).saturating_sub(1);
        let Some(&(_, number)) = places.get(at) else { break };
        let dropped = proposals.remove(number);
        if let Some(tie) = dropped.tie {
            proposals.retain(|p| p.tie.as_ref() != Some(&tie));
        }
    }
    // Far more trouble than prose gives: keep what stands well apart, if that helps.
    let ends: Vec<usize> = proposals.iter().map(|p| p.span.end).collect();
    let mut number = 0;
    proposals.retain(|p| {
        let apart = number == 0 || p.span.start > ends[number - 1] + 1;
        number += 1;
        apart && p.tie.is_none() && p.places.len() == 1
    });
    if Master::parse(&accept(source, &proposals)).is_ok() { proposals } else { Vec::new() }
}
