//! Which chains become passages: the best ones that share no word of the leak, each cut where another stands inside it.
//!
//! A chain skips what it lacks, up to [`GAP`] words of the leak and of the master. A passage that changed places may stand in such a
//! gap of the leak, or be missing from such a gap of the master because it stands elsewhere. There the chain is cut, so that
//! every passage lies in one piece in both texts. What stands in a gap counts by itself: it must be beyond doubt without the
//! chain around it, and of words that no better chain has found already.

use std::collections::BTreeMap;

use crate::chain::{Chain, GAP};
use crate::lattice::Lattice;
use crate::trace::{DAMAGED, RUN, SEED};

/// So many refused neighbours are asked whether they explain the same words; they hardly overlap each other.
const OVERLAPPING: usize = 8;

/// A word of the leak and a node of the master.
type Link = (usize, u32);

/// The best chains that share no word of the leak, in the leak's order; what is left of a chain beside better ones counts too.
/// `run` words in a row make a passage.
///
/// A run that makes a passage for certain comes before any number of strewn words, which may come to nothing in the end and would
/// take it along (G3).
pub(crate) fn select(lattice: &Lattice, mut chains: Vec<Chain>, run: usize) -> Vec<Chain> {
    chains.sort_by_key(|chain| std::cmp::Reverse((longest_run(&chain.links).min(RUN), chain.links.len())));
    let mut selection = Selection {
        lattice,
        run,
        taken: BTreeMap::new(),
        chosen: Vec::new(),
        held: vec![false; lattice.nodes.len()],
        refused: BTreeMap::new(),
    };
    for chain in chains {
        selection.consider(chain);
    }
    selection.finish()
}

struct Selection<'a> {
    lattice: &'a Lattice,
    run: usize,
    /// Stretches of the leak by their first word: the word behind the last, and the chain that has it.
    taken: BTreeMap<usize, (usize, usize)>,
    chosen: Vec<Chain>,
    /// The nodes that chosen chains have.
    held: Vec<bool>,
    /// What would have stood in a gap, by its first word, but that better chains have those words of the master: a repeat.
    refused: BTreeMap<usize, Vec<Link>>,
}

/// Links of one chain in one gap of another one.
struct Inner {
    owner: usize,
    /// The gap lies before this link.
    before: usize,
    links: Vec<Link>,
}

impl Selection<'_> {
    fn consider(&mut self, mut chain: Chain) {
        let whole = chain.links.len();
        let mut rival = None;
        let mut free: Vec<Link> = Vec::with_capacity(whole);
        let mut inner: Vec<Inner> = Vec::new();
        for &(word, node) in &chain.links {
            match self.taken.range(..=word).next_back().filter(|(_, (end, _))| word < *end) {
                Some((_, &(_, owner))) => {
                    rival = Some(owner);
                    if whole >= self.run {
                        self.in_gap(owner, (word, node), &mut inner);
                    }
                }
                None => free.push((word, node)),
            }
        }
        let run = chain.run;
        let mut others = Vec::new();
        if let Some(owner) = rival {
            // As good as the chosen one, and somewhere else in the master.
            let beside: usize = inner.iter().map(|inner| inner.links.len()).sum();
            let same_words = free.is_empty() && beside * 2 < whole;
            if same_words && elsewhere(self.lattice, &chain.links, &self.chosen[owner].links) {
                self.chosen[owner].ambiguous = true;
            }
            (chain.links, others) = widest(&free);
            chain.run = longest_run(&chain.links).min(chain.run);
        }
        self.enter(chain);
        for links in others {
            let run = longest_run(&links).min(run);
            if self.beyond_doubt(links.len(), run, stretch(&links)) && !self.mostly_held(&links) {
                self.enter(Chain { links, run, ambiguous: false, within: false });
            }
        }
        for inner in inner {
            self.nest(inner, run);
        }
    }

    /// Notes a link that lies within a chosen chain's stretch, if the chain skips that word.
    fn in_gap(&self, owner: usize, link: Link, inner: &mut Vec<Inner>) {
        let Err(before) = self.chosen[owner].links.binary_search_by_key(&link.0, |link| link.0) else { return };
        match inner.last_mut().filter(|last| (last.owner, last.before) == (owner, before)) {
            Some(last) => last.links.push(link),
            None => inner.push(Inner { owner, before, links: vec![link] }),
        }
    }

    /// Takes a chain none of whose words is taken; cut where chains stand inside it, when it is one beyond doubt.
    fn enter(&mut self, mut chain: Chain) {
        let (Some(&(first, _)), Some(&(last, _))) = (chain.links.first(), chain.links.last()) else { return };
        if self.taken.range(first..=last).next().is_none() {
            self.taken.insert(first, (last + 1, self.chosen.len()));
            return self.choose(chain);
        }
        let whole: Vec<Link> = std::mem::take(&mut chain.links);
        let pieces = whole.chunk_by(|a, b| self.taken.range(a.0..=b.0).next().is_none());
        let new = |piece: &&[Link]| piece.len() >= SEED.min(self.run) && !self.mostly_held(piece);
        let pieces: Vec<&[Link]> = pieces.filter(new).collect();
        let words = pieces.iter().map(|piece| stretch(piece)).sum();
        let links = pieces.concat();
        let run = longest_run(&links).min(chain.run);
        if !self.beyond_doubt(links.len(), run, words) {
            return;
        }
        for piece in pieces {
            if let (Some(first), Some(last)) = (piece.first(), piece.last()) {
                self.taken.insert(first.0, (last.0 + 1, self.chosen.len()));
            }
        }
        self.choose(Chain { links, run, ..chain });
    }

    /// Takes what stands in a chain's gap, if it is a passage by itself and new.
    fn nest(&mut self, inner: Inner, run: usize) {
        let Inner { owner, before, links } = inner;
        let run = longest_run(&links).min(run);
        let around = before.checked_sub(1).and_then(|left| self.chosen[owner].links.get(left..=before));
        let (Some(&[left, right]), Some(&first), Some(&last)) = (around, links.first(), links.last()) else { return };
        // A few words that stand in many texts are none that moved, unless they are what was put there.
        let fills = run >= RUN || links.len() * 2 >= right.0 - left.0 - 1;
        if !fills || !self.beyond_doubt(links.len(), run, stretch(&links)) {
            return;
        }
        if self.mostly_held(&links) {
            self.refused.insert(first.0, links);
            return;
        }
        let overlapping = self.refused.range(..=last.0).rev().take(OVERLAPPING);
        let refused = overlapping.map(|(_, other)| other).find(|other| other.last().is_some_and(|l| l.0 >= first.0));
        if refused.is_some_and(|other| other.len() > links.len()) {
            return;
        }
        let ambiguous = refused.is_some_and(|other| elsewhere(self.lattice, other, &links));
        let Some((&start, &(end, _))) = self.taken.range(..=left.0).next_back() else { return };
        self.taken.insert(start, (left.0 + 1, owner));
        self.taken.insert(right.0, (end, owner));
        self.taken.insert(first.0, (last.0 + 1, self.chosen.len()));
        self.choose(Chain { links, run, ambiguous, within: true });
    }

    fn choose(&mut self, chain: Chain) {
        for &(_, node) in &chain.links {
            self.held[node as usize] = true;
        }
        self.chosen.push(chain);
    }

    /// Whether so many links, the longest run among them so long, make a passage of so many words of the leak.
    fn beyond_doubt(&self, links: usize, run: usize, words: usize) -> bool {
        run >= self.run || (links >= DAMAGED && links * 10 >= words * 7)
    }

    /// Whether better chains have half or more of the words of the master.
    fn mostly_held(&self, links: &[Link]) -> bool {
        links.iter().filter(|link| self.held[link.1 as usize]).count() * 2 >= links.len()
    }

    /// The chosen chains in the leak's order, cut.
    fn finish(mut self) -> Vec<Chain> {
        let mut words = vec![0; self.chosen.len()];
        for (start, (end, owner)) in &self.taken {
            words[*owner] += end - start;
        }
        let sure: Vec<bool> = (self.chosen.iter().zip(&words))
            .map(|(chain, words)| self.beyond_doubt(chain.links.len(), chain.run, *words))
            .collect();
        let found = Found::new(self.lattice, &self.chosen, &sure, self.run);
        let taken = std::mem::take(&mut self.taken);
        let mut out = Vec::with_capacity(taken.len());
        let mut reach = 0;
        for (start, (end, owner)) in taken {
            let chain = &mut self.chosen[owner];
            let within = start < reach;
            reach = reach.max(chain.links.last().map_or(0, |link| link.0 + 1));
            let from = chain.links.partition_point(|link| link.0 < start);
            let to = chain.links.partition_point(|link| link.0 < end);
            let stretch = &chain.links[from..to];
            let cuts: Vec<usize> = match sure[owner] {
                true => found.cuts(self.lattice, stretch),
                false => Vec::new(),
            };
            if to - from == chain.links.len() && cuts.is_empty() {
                out.push(Chain { links: std::mem::take(&mut chain.links), within, ..*chain });
                continue;
            }
            let run = if sure[owner] { chain.run.max(self.run) } else { chain.run };
            let mut at = 0;
            for cut in cuts.into_iter().chain([stretch.len()]) {
                let links = stretch[at..cut].to_vec();
                out.push(Chain { links, run, ambiguous: chain.ambiguous, within: within || at > 0 });
                at = cut;
            }
        }
        out
    }
}

/// How many words of the master before each node are found for certain; nothing when no chain skips any.
struct Found {
    before: Vec<usize>,
    run: usize,
}

impl Found {
    fn new(lattice: &Lattice, chosen: &[Chain], sure: &[bool], run: usize) -> Self {
        let chains = || chosen.iter().zip(sure).filter(|(_, sure)| **sure).map(|(chain, _)| chain);
        if !chains().any(|chain| chain.links.windows(2).any(|pair| skipped(lattice, pair) >= run)) {
            return Self { before: Vec::new(), run };
        }
        let mut found = vec![false; lattice.nodes.len()];
        for &(_, node) in chains().flat_map(|chain| &chain.links) {
            found[node as usize] = true;
        }
        let mut before = Vec::with_capacity(found.len() + 1);
        let mut count = 0;
        for found in found {
            before.push(count);
            count += usize::from(found);
        }
        before.push(count);
        Self { before, run }
    }

    /// Before which links a chain has to be cut: what it skips there stands elsewhere in the leak.
    fn cuts(&self, lattice: &Lattice, links: &[Link]) -> Vec<usize> {
        if self.before.is_empty() {
            return Vec::new();
        }
        let elsewhere = |pair: &[Link]| {
            let missing = skipped(lattice, pair);
            // The chain has none of them itself.
            let found = self.before[pair[1].1 as usize] - self.before[pair[0].1 as usize + 1];
            missing >= self.run && found >= self.run && (found >= RUN || found * 2 >= missing)
        };
        links.windows(2).enumerate().filter(|(_, pair)| elsewhere(pair)).map(|(i, _)| i + 1).collect()
    }
}

/// How many words of the master stand between two links.
fn skipped(lattice: &Lattice, pair: &[Link]) -> usize {
    let depth = |link: &Link| lattice.nodes[link.1 as usize].depth as usize;
    match pair {
        [a, b] => depth(b).saturating_sub(depth(a) + 1),
        _ => 0,
    }
}

/// How many words of the leak links reach over.
fn stretch(links: &[Link]) -> usize {
    links.first().zip(links.last()).map_or(0, |(first, last)| last.0 + 1 - first.0)
}

/// Whether links of the same number stand at another place in the master: not just in another alternative of the same site, as
/// where a letter ends with the first word of two closings.
fn elsewhere(lattice: &Lattice, links: &[(usize, u32)], others: &[(usize, u32)]) -> bool {
    let segment = |node: u32| lattice.nodes[node as usize].segment;
    let moved = |(a, b): (&(usize, u32), &(usize, u32))| a.0 != b.0 || segment(a.1) != segment(b.1);
    links.len() == others.len() && links.iter().zip(others).any(moved)
}

/// The largest group of links without a gap too wide for one passage, and the other groups.
fn widest(links: &[Link]) -> (Vec<Link>, Vec<Vec<Link>>) {
    let mut groups: Vec<Vec<Link>> = links.chunk_by(|a, b| b.0 - a.0 <= GAP + 1).map(<[Link]>::to_vec).collect();
    let most = (0..groups.len()).rev().max_by_key(|&i| groups[i].len());
    (most.map_or(Vec::new(), |most| groups.remove(most)), groups)
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
