//! Which shingles of a message are indexed.
//!
//! A post is asked about with every shingle it has, so a message needs no more than one indexed shingle in every [`WINDOW`]
//! that follow each other, and which one is free: the rarest are taken. Where a path can pass a fork, every shingle of every
//! path is. The theorem stands in `docs/guide/screening.md`.

use crate::cells::Cell;
use crate::key::Key;

/// Words a shingle.
pub const SHINGLE: usize = 5;

/// Shingles a window.
pub const WINDOW: usize = 4;

/// Words of a run that is found for certain.
pub const RUN: usize = SHINGLE + WINDOW - 1;

/// So many paths may begin at one word; where there are more, shorter shingles are indexed.
const PATHS: u64 = 1024;

/// What is indexed of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Selected {
    /// Fingerprints of the table; what a message repeats may stand here more than once.
    pub(crate) table: Vec<u64>,
    /// Fingerprints of all shingles of [`SHINGLE`] words, likewise.
    pub(crate) all: Vec<u64>,
    /// Bit `n`: shingles of `n` words are among those of the table, fewer than [`SHINGLE`].
    pub(crate) short: u8,
    /// Whether any hit is a match: the message is short, or has places with more paths than can be written out.
    pub(crate) loose: bool,
}

/// One word of the graph.
struct Node {
    word: u64,
    /// Which chain it belongs to; words of a fork belong to none.
    chain: Option<usize>,
    behind: Vec<usize>,
}

/// Selects; `cost` says how common a word is, 0 for a rare one.
pub(crate) fn select(key: &Key, cells: &[Cell], cost: &impl Fn(u64) -> u32) -> Selected {
    if let [Cell::Words(words)] = cells {
        return plain(key, words, cost);
    }
    let nodes = graph(cells);
    let longest = longest(&nodes);
    let mut out = Selected { loose: longest < RUN, ..Selected::default() };
    // A chain's shingles: from its first word, how many words.
    let mut start = 0;
    while start < nodes.len() {
        let mut end = start + 1;
        while end < nodes.len() && nodes[start].chain.is_some() && nodes[end].chain == nodes[start].chain {
            end += 1;
        }
        if nodes[start].chain.is_some() {
            let words: Vec<u64> = nodes[start..end].iter().map(|node| node.word).collect();
            sample(key, &words, cost, &mut out);
        }
        start = end;
    }
    crossing(key, &nodes, &mut out);
    finish(out)
}

/// A message without sites and fields.
fn plain(key: &Key, words: &[u64], cost: &impl Fn(u64) -> u32) -> Selected {
    let mut out = Selected { loose: words.len() < RUN, ..Selected::default() };
    sample(key, words, cost, &mut out);
    out
}

fn finish(mut out: Selected) -> Selected {
    for list in [&mut out.table, &mut out.all] {
        list.sort_unstable();
        list.dedup();
    }
    out
}

/// Takes all shingles of a chain, and of every window the one that makes the whole cheapest.
fn sample(key: &Key, words: &[u64], cost: &impl Fn(u64) -> u32, out: &mut Selected) {
    if words.len() < SHINGLE {
        return;
    }
    let mut roll = key.roll::<SHINGLE>();
    let mut prints = Vec::with_capacity(words.len());
    for (i, &word) in words.iter().enumerate() {
        let run = roll.push(word);
        if i + 1 >= SHINGLE {
            prints.push(key.fingerprint(run, SHINGLE));
        }
    }
    // A shingle's least cost is that of a choice of which it is the last; `last` has those of the shingles before it, the nearest first,
    // `back` how far it is to the one that is chosen before it, 0 for none.
    let mut last = [0u64; WINDOW];
    let mut back: Vec<u8> = Vec::with_capacity(prints.len());
    let mut costs = [0; SHINGLE];
    for (place, &word) in costs[1..].iter_mut().zip(words) {
        *place = cost(word);
    }
    for (i, &word) in words[SHINGLE - 1..].iter().enumerate() {
        costs.copy_within(1.., 0);
        costs[SHINGLE - 1] = cost(word);
        let common: u32 = costs.iter().sum();
        let (mut least, mut far) = (0, 0);
        if i >= WINDOW {
            (least, far) = (last[0], 1);
            for (whole, distance) in last.into_iter().zip(1..).skip(1) {
                (least, far) = if whole < least { (whole, distance) } else { (least, far) };
            }
        }
        back.push(far);
        last.copy_within(..WINDOW - 1, 1);
        last[0] = least + u64::from(PLAIN + common * common / 2);
    }
    out.table.reserve(prints.len() / 2);
    let ends = last.into_iter().zip((0..prints.len()).rev());
    let mut at = ends.min_by_key(|&(whole, at)| (whole, at)).map_or(0, |(_, at)| at);
    loop {
        out.table.push(prints[at]);
        if back[at] == 0 {
            break;
        }
        at -= usize::from(back[at]);
    }
    if out.all.is_empty() { out.all = prints } else { out.all.extend(prints) }
}

/// What a shingle of rare words costs; each common word adds to it.
const PLAIN: u32 = 24;

fn graph(cells: &[Cell]) -> Vec<Node> {
    let mut nodes: Vec<Node> = Vec::new();
    // The words that may stand before the next cell.
    let mut ends: Vec<usize> = Vec::new();
    let mut chain = 0;
    let mut grow = |words: &[u64], ends: &[usize], chain: Option<usize>| {
        let mut open = ends.to_vec();
        for &word in words {
            let number = nodes.len();
            nodes.push(Node { word, chain, behind: Vec::new() });
            for before in std::mem::replace(&mut open, vec![number]) {
                nodes[before].behind.push(number);
            }
        }
        open
    };
    for cell in cells {
        match cell {
            Cell::Words(words) => {
                ends = grow(words, &ends, Some(chain));
                chain += 1;
            }
            Cell::Fork(forks) => {
                let mut all: Vec<usize> = forks.iter().flat_map(|words| grow(words, &ends, None)).collect();
                all.sort_unstable();
                all.dedup();
                ends = all;
            }
            Cell::Break => ends.clear(),
        }
    }
    nodes
}

fn longest(nodes: &[Node]) -> usize {
    let mut lengths = vec![1usize; nodes.len()];
    for (i, node) in nodes.iter().enumerate().rev() {
        lengths[i] = 1 + node.behind.iter().map(|&next| lengths[next]).max().unwrap_or(0);
    }
    lengths.into_iter().max().unwrap_or(0)
}

/// Takes every shingle that does not lie within one chain; where too many paths begin, shorter ones.
fn crossing(key: &Key, nodes: &[Node], out: &mut Selected) {
    // counts[n][i]: paths of n + 1 words that begin at i.
    let mut counts = vec![vec![1u64; nodes.len()]];
    for n in 1..SHINGLE {
        let counted: Vec<u64> = nodes
            .iter()
            .map(|node| node.behind.iter().fold(0u64, |sum, &next| sum.saturating_add(counts[n - 1][next])))
            .collect();
        counts.push(counted);
    }
    for (i, _) in nodes.iter().enumerate() {
        let length = (1..=SHINGLE).rev().find(|&n| counts[n - 1][i] <= PATHS).unwrap_or(1);
        let whole = length == SHINGLE;
        if !whole {
            out.short |= 1 << length;
            out.loose = true;
        }
        let mut path = vec![i];
        walk(key, nodes, &mut path, length, whole, out);
    }
}

fn walk(key: &Key, nodes: &[Node], path: &mut Vec<usize>, length: usize, whole: bool, out: &mut Selected) {
    if path.len() == length {
        let chain = nodes[path[0]].chain;
        if whole && chain.is_some() && path.iter().all(|&n| nodes[n].chain == chain) {
            return;
        }
        let print = key.fingerprint(key.run(path.iter().map(|&n| nodes[n].word)), length);
        out.table.push(print);
        if whole {
            out.all.push(print);
        }
        return;
    }
    let last = path[path.len() - 1];
    for &next in &nodes[last].behind {
        path.push(next);
        walk(key, nodes, path, length, whole, out);
        path.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_window_has_one() {
        let key = Key::new(&[1; 32]);
        for length in 0..200u64 {
            let words: Vec<u64> = (0..length).map(|i| i * i + 3).collect();
            let cost = |word: u64| (word % 3) as u32;
            let found = plain(&key, &words, &cost);
            assert_eq!(found.loose, words.len() < RUN);
            for run in words.windows(RUN) {
                let has = run
                    .windows(SHINGLE)
                    .any(|shingle| found.table.contains(&key.fingerprint(key.run(shingle.iter().copied()), SHINGLE)));
                assert!(has, "{length}");
            }
            assert!(found.table.len() <= words.len() / 2 + 1);
        }
    }

    #[test]
    fn a_thicket_takes_shorter_shingles() {
        let key = Key::new(&[1; 32]);
        let fork = |base: u64| Cell::Fork((0..64).map(|i| vec![base + i]).collect());
        let cells: Vec<Cell> = (0..9).map(|i| fork(100 * i)).collect();
        let found = select(&key, &cells, &|_| 0);
        assert!(found.loose);
        assert!(found.short & (1 << 2) != 0, "64 x 64 paths of three words begin at each word");
        assert!(found.table.len() <= 9 * 64 * PATHS as usize);
        let path: Vec<u64> = (0..2).map(|i| 100 * i + 7 * i).collect();
        assert!(found.table.binary_search(&key.fingerprint(key.run(path), 2)).is_ok());
    }
}
