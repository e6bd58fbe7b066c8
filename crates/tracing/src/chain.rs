//! Seeds that lie behind each other in leak and master, put together into candidates for passages.

use crate::lattice::{Lattice, Segment};
use crate::seeds::Seed;
use crate::select;
use crate::trace::RUN;

/// How many words may stand between two seeds of one passage, in the leak and in the master. What is further
/// apart becomes two passages, which costs nothing: the comparison sees them as neighbours.
pub(crate) const GAP: usize = 30;

/// How many seeds back a seed looks for the one before it. Bounds the time; within 30 words of text there
/// are rarely more.
const LOOK_BACK: usize = 64;

/// Words of the leak matched, in order, with nodes of the master.
#[derive(Clone, Debug)]
pub(crate) struct Chain {
    /// (word of the leak, node of the master), both rising.
    pub(crate) links: Vec<(usize, u32)>,
    /// The longest run of words one after another in both; of a chain that was cut, that of all its pieces, which vouch for each
    /// other.
    pub(crate) run: usize,
    /// Another chain of equal worth explains the same words of the leak by other nodes: the place in the
    /// master is not known, so nothing may be observed.
    pub(crate) ambiguous: bool,
    /// It begins before one ends that began earlier: pieces of two stand between each other.
    pub(crate) within: bool,
}

/// Chains the seeds and takes the best chains that do not overlap in the leak, in the leak's order. `run` words in a row make a
/// passage.
pub(crate) fn chains(lattice: &Lattice, mut seeds: Vec<Seed>, run: usize) -> Vec<Chain> {
    seeds.sort_by(|a, b| (a.leak, &a.nodes).cmp(&(b.leak, &b.nodes)));
    drop_strays(&mut seeds);
    let linked = link(lattice, &seeds);
    select::select(lattice, gather(&seeds, &linked), run)
}

/// Leaves out a few words that lie inside a run many times as long: they stand somewhere else in the master too, and as the end
/// of a chain from there they would cut the run.
fn drop_strays(seeds: &mut Vec<Seed>) {
    let long: Vec<(usize, usize)> =
        seeds.iter().filter(|s| s.nodes.len() >= RUN).map(|s| (s.leak, s.leak + s.nodes.len())).collect();
    let mut next = 0;
    let mut reach = (0, 0);
    seeds.retain(|seed| {
        while let Some(&run) = long.get(next).filter(|run| run.0 <= seed.leak) {
            reach = if run.1 > reach.1 { run } else { reach };
            next += 1;
        }
        let words = seed.nodes.len();
        words >= RUN || seed.leak + words > reach.1 || words * 3 > reach.1 - reach.0
    });
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
        let mut best = Best { score: worth(seed.nodes.len()), before: None, trimmed: 0 };
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

fn worth(n: usize) -> i64 {
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
    let gain = worth(seed.nodes.len() - trimmed) - i64::try_from(cost).ok()?;
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
        chains.push(Chain { links, run, ambiguous: false, within: false });
    }
    chains
}
