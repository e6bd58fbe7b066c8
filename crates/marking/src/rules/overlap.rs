//! Which of the proposals that overlap are kept: those that together carry the most bits.
//!
//! Proposals of one place each are intervals, and the best set of intervals that don't overlap is found by dynamic
//! programming over their ends (weighted interval scheduling). What has several places, a tie or a move, is whole or not
//! at all: one after another, such a group is taken when it carries at least what it keeps out.

use super::find::Candidate;
use countermark_text::Span;

/// A millionth of a bit. Whole numbers, so that every machine chooses alike.
pub(super) type Worth = u64;

/// By how much a site that does not survive retyping counts for less.
const FADING: u64 = 64;

/// What a site of so many alternatives is worth.
pub(super) fn worth(alternatives: usize, survives: bool) -> Worth {
    let bits = ((alternatives.max(1) as f64).log2() * 1e6).round() as Worth;
    if survives { bits } else { bits / FADING }
}

/// A candidate under choice; its place in the list given is its priority among equals.
pub(super) struct Entry {
    pub(super) candidate: Candidate,
    pub(super) worth: Worth,
    /// The group that it belongs to: a tie's places. Moves are groups by themselves.
    pub(super) group: Option<usize>,
}

/// More bits, then more characters.
type Score = (Worth, usize);

/// The numbers of the entries that are kept, in no particular order. `groups` is how many there are; of groups the one
/// worth more is asked first, then the one with the lower number.
pub(super) fn chosen(entries: &[Entry], groups: usize) -> Vec<usize> {
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); groups];
    let mut free: Vec<usize> = Vec::new();
    for (number, entry) in entries.iter().enumerate() {
        match entry.group {
            Some(group) => members[group].push(number),
            None if entry.candidate.places.is_empty() => free.push(number),
            None => members.push(vec![number]),
        }
    }
    free.sort_by_key(|&n| (entries[n].candidate.span.start, entries[n].candidate.span.end, n));
    let mut clusters = clusters(entries, &free);
    // Ties before moves: they are what keeps a letter's own style whole.
    let mut order: Vec<usize> = (0..members.len()).filter(|&g| !members[g].is_empty()).collect();
    order.sort_by_key(|&g| (g >= groups, std::cmp::Reverse(entries[members[g][0]].worth), g));
    let mut taken = Taken::default();
    let mut kept = Vec::new();
    for group in order {
        let spans = without_doubles(entries, &mut members[group]);
        if taken.clashes(&spans) {
            continue;
        }
        let gain = entries[members[group][0]].worth;
        let touched = touched(&clusters, &spans);
        let mut loss = 0;
        let mut after = Vec::with_capacity(touched.len());
        for number in touched {
            let cluster = &clusters[number];
            let blocked = |span: &Span| taken.clash(span) || spans.iter().any(|s| overlap(s, span));
            let rest = best(entries, &cluster.entries, &blocked).0.0;
            loss += cluster.worth - rest;
            after.push((number, rest));
        }
        if gain > loss || (gain == loss && group < groups) {
            taken.add(spans);
            kept.append(&mut members[group]);
            for (number, rest) in after {
                clusters[number].worth = rest;
            }
        }
    }
    for cluster in &clusters {
        kept.extend(best(entries, &cluster.entries, &|span| taken.clash(span)).1);
    }
    kept
}

/// Free candidates that hang together by overlaps.
struct Cluster {
    span: Span,
    entries: Vec<usize>,
    worth: Worth,
}

fn clusters(entries: &[Entry], free: &[usize]) -> Vec<Cluster> {
    let mut all: Vec<Cluster> = Vec::new();
    for &number in free {
        let span = &entries[number].candidate.span;
        match all.last_mut() {
            Some(last) if span.start < last.span.end || span.start == last.span.start => {
                last.span.end = last.span.end.max(span.end);
                last.entries.push(number);
            }
            _ => all.push(Cluster { span: span.clone(), entries: vec![number], worth: 0 }),
        }
    }
    for cluster in &mut all {
        cluster.entries.sort_by_key(|&n| {
            let span = &entries[n].candidate.span;
            (span.end, span.start, n)
        });
        cluster.worth = best(entries, &cluster.entries, &|_| false).0.0;
    }
    all
}

/// The clusters that any of the spans touches, each once, ascending. Clusters stand in order of place.
fn touched(clusters: &[Cluster], spans: &[Span]) -> Vec<usize> {
    let mut found = Vec::new();
    for span in spans {
        let from = clusters.partition_point(|c| c.span.end < span.start);
        found.extend((from..clusters.len()).take_while(|&n| clusters[n].span.start <= span.end));
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// The best set of a cluster's entries (sorted by end) that don't overlap each other or what is blocked: its score, and
/// the set.
fn best(entries: &[Entry], cluster: &[usize], blocked: &dyn Fn(&Span) -> bool) -> (Score, Vec<usize>) {
    let open: Vec<usize> = cluster.iter().copied().filter(|&n| !blocked(&entries[n].candidate.span)).collect();
    let span = |n: usize| &entries[open[n]].candidate.span;
    // best[k]: of the first k; take[k]: whether it holds the k-th, and how many before that stay open beside it.
    let mut best: Vec<Score> = vec![(0, 0)];
    let mut take: Vec<Option<usize>> = vec![None];
    for k in 0..open.len() {
        let start = span(k).start;
        let before = open[..k].partition_point(|&n| {
            let other = &entries[n].candidate.span;
            (other.end, other.start) < (start, start)
        });
        let (worth, length) = best[before];
        let with = (worth + entries[open[k]].worth, length + span(k).len());
        let better = with > best[k];
        best.push(if better { with } else { best[k] });
        take.push(better.then_some(before));
    }
    let mut kept = Vec::new();
    let mut k = open.len();
    while k > 0 {
        k = match take[k] {
            Some(before) => {
                kept.push(open[k - 1]);
                before
            }
            None => k - 1,
        };
    }
    (best.last().copied().unwrap_or_default(), kept)
}

/// Drops of a group what overlaps an earlier or longer member; the spans of the rest.
fn without_doubles(entries: &[Entry], members: &mut Vec<usize>) -> Vec<Span> {
    members.sort_by_key(|&n| {
        let span = &entries[n].candidate.span;
        (span.start, usize::MAX - span.len(), n)
    });
    let mut spans: Vec<Span> = Vec::with_capacity(members.len());
    members.retain(|&n| {
        let own: Vec<Span> = entries[n].candidate.spans().cloned().collect();
        let free = own.iter().all(|s| spans.last().is_none_or(|last| !overlap(last, s)));
        if free {
            spans.extend(own);
        }
        free
    });
    spans
}

/// What the groups taken so far occupy, by start; none overlaps another.
#[derive(Default)]
struct Taken(std::collections::BTreeMap<usize, usize>);

impl Taken {
    fn clash(&self, span: &Span) -> bool {
        let before = self.0.range(..=span.start).next_back().is_some_and(|(&s, &e)| overlap(&(s..e), span));
        before || self.0.range(span.start..).next().is_some_and(|(&s, &e)| overlap(&(s..e), span))
    }

    fn clashes(&self, spans: &[Span]) -> bool {
        spans.iter().any(|span| self.clash(span))
    }

    fn add(&mut self, spans: Vec<Span>) {
        self.0.extend(spans.into_iter().map(|s| (s.start, s.end)));
    }
}

/// Whether two places can't both be sites: they share a byte, or begin at one point.
pub(super) fn overlap(one: &Span, other: &Span) -> bool {
    one.start == other.start || (one.start < other.end && other.start < one.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(span: Span, alternatives: usize, group: Option<usize>, places: &[Span]) -> Entry {
        let place = |s: &Span| super::super::Place { span: s.clone(), alternatives: Vec::new() };
        let places = places.iter().map(place).collect();
        let candidate =
            Candidate { span, alternatives: Vec::new(), column: 0, rule: 0, sentence: 0, length: 1, places };
        Entry { candidate, worth: worth(alternatives, true), group }
    }

    fn kept(entries: &[Entry], groups: usize) -> Vec<usize> {
        let mut kept = chosen(entries, groups);
        kept.sort_unstable();
        kept
    }

    #[test]
    fn the_most_bits_win() {
        let table: [(&str, Vec<Entry>, &[usize]); 5] = [
            (
                "two short over one long",
                vec![entry(0..9, 2, None, &[]), entry(0..4, 2, None, &[]), entry(5..9, 2, None, &[])],
                &[1, 2],
            ),
            (
                "one rich over two poor",
                vec![entry(0..9, 8, None, &[]), entry(0..4, 2, None, &[]), entry(5..9, 2, None, &[])],
                &[0],
            ),
            ("of equals the longer", vec![entry(0..4, 2, None, &[]), entry(0..6, 2, None, &[])], &[1]),
            ("then the earlier", vec![entry(0..4, 2, None, &[]), entry(0..4, 2, None, &[])], &[0]),
            (
                "an empty place beside its neighbours",
                vec![entry(4..4, 2, None, &[]), entry(0..4, 2, None, &[]), entry(4..6, 2, None, &[])],
                &[1, 2],
            ),
        ];
        for (what, entries, wanted) in table {
            assert_eq!(kept(&entries, 0), wanted, "{what}");
        }
    }

    #[test]
    fn groups_are_whole_or_not_at_all() {
        let tie = |rich: usize| {
            vec![entry(0..4, 2, Some(0), &[]), entry(20..24, 2, Some(0), &[]), entry(2..9, rich, None, &[])]
        };
        assert_eq!(kept(&tie(2), 1), [0, 1], "equal: the tie");
        assert_eq!(kept(&tie(4), 1), [2], "it keeps out more than it carries");
        let moved = |rich: usize| {
            vec![entry(0..30, 2, None, &[0..4, 25..30]), entry(8..12, 2, None, &[]), entry(2..6, rich, None, &[])]
        };
        assert_eq!(kept(&moved(2), 0), [1, 2], "equal: the single places");
        let inner = vec![entry(0..30, 2, None, &[0..4, 25..30]), entry(8..12, 2, None, &[])];
        assert_eq!(kept(&inner, 0), [0, 1], "what stands between a move's places stays");
    }
}
