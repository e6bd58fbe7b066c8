//! Seeds that lie behind each other in leak and master, put together into candidates for passages.

use crate::lattice::{Lattice, Segment};
use crate::seeds::Seed;

/// How many words may stand between two seeds of one passage, in the leak and in the master. What is further
/// apart becomes two passages, which costs nothing: the comparison sees them as neighbours.
const GAP: usize = 30;

/// How many seeds back a seed looks for the one before it. Bounds the time; within 30 words of text there
/// are rarely more.
const LOOK_BACK: usize = 64;

/// Words of the leak matched, in order, with nodes of the master.
#[derive(Clone, Debug)]
pub(crate) struct Chain {
    /// (word of the leak, node of the master), both rising.
    pub(crate) links: Vec<(usize, u32)>,
    /// The longest run of words one after another in both.
    pub(crate) run: usize,
    /// Another chain of equal worth explains the same words of the leak by other nodes: the place in the
    /// master is not known, so nothing may be observed.
    pub(crate) ambiguous: bool,
}

/// Chains the seeds and takes the best chains that do not overlap in the leak, in the leak's order.
pub(crate) fn chains(lattice: &Lattice, mut seeds: Vec<Seed>) -> Vec<Chain> {
    seeds.sort_by(|a, b| (a.leak, &a.nodes).cmp(&(b.leak, &b.nodes)));
    let linked = link(lattice, &seeds);
    select(lattice, gather(&seeds, &linked))
}

/// The best chain that ends with a seed.
#[derive(Clone, Copy, Debug)]
struct Best {
    /// In hundredths of a word.
    score: i64,
    before: Option<usize>,
    /// How many of the seed's first words the seed before it takes.
    trimmed: usize,
}

/// For each seed the best chain that ends there.
fn link(lattice: &Lattice, seeds: &[Seed]) -> Vec<Best> {
    let mut all: Vec<Best> = Vec::with_capacity(seeds.len());
    for (i, seed) in seeds.iter().enumerate() {
        let mut best = Best { score: words(seed.nodes.len()), before: None, trimmed: 0 };
        for j in (i.saturating_sub(LOOK_BACK)..i).rev() {
            if let Some((gain, trimmed)) = joins(lattice, &seeds[j], seed) {
                let score = all[j].score + gain;
                if score > best.score {
                    best = Best { score, before: Some(j), trimmed };
                }
            }
        }
        all.push(best);
    }
    all
}

fn words(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX / 200).saturating_mul(100)
}

/// What `seed` adds behind `before`, and how many of its first words have to go.
fn joins(lattice: &Lattice, before: &Seed, seed: &Seed) -> Option<(i64, usize)> {
    let last = *before.nodes.last()?;
    let end = before.leak + before.nodes.len();
    let trimmed = end.saturating_sub(seed.leak).max(seed.nodes.partition_point(|&n| n <= last));
    let first = *seed.nodes.get(trimmed)?;
    let (a, b) = (&lattice.nodes[last as usize], &lattice.nodes[first as usize]);
    if a.segment == b.segment
        && a.variant != b.variant
        && matches!(lattice.segments[a.segment as usize], Segment::Fork(_))
    {
        return None;
    }
    let in_leak = seed.leak + trimmed - end;
    let in_master = (b.depth as usize).saturating_sub(a.depth as usize + 1);
    if in_leak > GAP || in_master > GAP {
        return None;
    }
    // A quarter of a word for each word that only one side has, a twentieth for each that both lack: a short
    // seed far off is not worth the way, one on the diagonal is.
    let cost = 25 * in_leak.abs_diff(in_master) + 5 * in_leak.min(in_master);
    let gain = words(seed.nodes.len() - trimmed) - i64::try_from(cost).ok()?;
    (gain > 0).then_some((gain, trimmed))
}

/// Follows the chains from the best end on; each seed is used once.
fn gather(seeds: &[Seed], linked: &[Best]) -> Vec<Chain> {
    let mut order: Vec<usize> = (0..seeds.len()).collect();
    order.sort_by_key(|&i| (std::cmp::Reverse(linked[i].score), i));
    let mut used = vec![false; seeds.len()];
    let mut chains = Vec::new();
    for end in order {
        if used[end] {
            continue;
        }
        let mut members = Vec::new();
        let mut at = Some(end);
        while let Some(i) = at.filter(|&i| !used[i]) {
            used[i] = true;
            members.push(i);
            at = linked[i].before;
        }
        members.reverse();
        let mut links: Vec<(usize, u32)> = Vec::new();
        for (k, &i) in members.iter().enumerate() {
            let trimmed = if k == 0 { 0 } else { linked[i].trimmed };
            links.extend((seeds[i].leak..).zip(seeds[i].nodes.iter().copied()).skip(trimmed));
        }
        let run = members.iter().map(|&i| seeds[i].nodes.len()).max().unwrap_or(0);
        chains.push(Chain { links, run, ambiguous: false });
    }
    chains
}

/// The best chains that share no word of the leak; what is left of a chain beside better ones counts too.
///
/// A run that makes a passage for certain comes before any number of strewn words, which may come to nothing in the end and would
/// take it along (G3).
fn select(lattice: &Lattice, mut chains: Vec<Chain>) -> Vec<Chain> {
    chains
        .sort_by_key(|chain| std::cmp::Reverse((longest_run(&chain.links).min(crate::trace::RUN), chain.links.len())));
    let mut taken: std::collections::BTreeMap<usize, (usize, usize)> = std::collections::BTreeMap::new();
    let mut chosen: Vec<Chain> = Vec::new();
    for mut chain in chains {
        let whole = chain.links.len();
        let mut rival = None;
        let mut free: Vec<(usize, u32)> = Vec::with_capacity(whole);
        for &(word, node) in &chain.links {
            match taken.range(..=word).next_back().filter(|(_, (end, _))| word < *end) {
                Some((_, (_, owner))) => rival = Some(*owner),
                None => free.push((word, node)),
            }
        }
        if let Some(owner) = rival {
            // As good as the chosen one, and somewhere else in the master.
            if free.is_empty() && elsewhere(lattice, &chain.links, &chosen[owner].links) {
                chosen[owner].ambiguous = true;
            }
            chain.links = widest(free);
            chain.run = longest_run(&chain.links).min(chain.run);
        }
        let (Some(&(first, _)), Some(&(last, _))) = (chain.links.first(), chain.links.last()) else { continue };
        if let Some((_, (end, _))) = taken.range(..=last).next_back()
            && *end > first
        {
            continue;
        }
        taken.insert(first, (last + 1, chosen.len()));
        chosen.push(chain);
    }
    chosen.sort_by_key(|chain| chain.links.first().map(|link| link.0));
    chosen
}

/// Whether links of the same number stand at another place in the master: not just in another alternative of the same site, as
/// where a letter ends with the first word of two closings.
fn elsewhere(lattice: &Lattice, links: &[(usize, u32)], others: &[(usize, u32)]) -> bool {
    let segment = |node: u32| lattice.nodes[node as usize].segment;
    let moved = |(a, b): (&(usize, u32), &(usize, u32))| a.0 != b.0 || segment(a.1) != segment(b.1);
    links.len() == others.len() && links.iter().zip(others).any(moved)
}

/// The largest group of links without a gap too wide for one passage.
fn widest(links: Vec<(usize, u32)>) -> Vec<(usize, u32)> {
    let mut best = 0..0;
    let mut from = 0;
    for i in 1..=links.len() {
        if i == links.len() || links[i].0 - links[i - 1].0 > GAP {
            if i - from > best.len() {
                best = from..i;
            }
            from = i;
        }
    }
    links[best].to_vec()
}

fn longest_run(links: &[(usize, u32)]) -> usize {
    let mut best = 0;
    let mut run = 0;
    for (i, link) in links.iter().enumerate() {
        run = if i > 0 && links[i - 1].0 + 1 == link.0 { run + 1 } else { 1 };
        best = best.max(run);
    }
    best
}
