//! Exact shared runs: where leak and master have the same canonical words one after another.
//!
//! The words of the leak are run through the graph of the master's words, all paths at once: for each node
//! that carries the present word, the longest run that ends there is one more than the longest run that
//! ended, one word before, at a node that may precede it. So every run of every possible copy is found,
//! whatever combination of alternatives it holds, and no combination is ever written out. The time is the
//! leak's length times the number of places where a word of it stands in the master.

use std::collections::HashMap;

use crate::lattice::{Kind, Lattice, narrow};
use crate::leak::Leak;

/// How many words may precede one word. Only many empty alternatives in a row come near it.
const LINKS: usize = 1024;

/// The words of all runs together are at most so many times those of both texts.
const RUNS_PER_WORD: usize = 64;

/// The words of a master and what may stand before each, punctuation aside.
#[derive(Debug)]
pub(crate) struct Words {
    /// The nodes of the lattice that are words.
    places: HashMap<u64, Vec<u32>, Passing>,
    /// For each node of the lattice, where the word nodes that may stand directly before it are listed.
    before: Vec<(u32, u32)>,
    listed: Vec<u32>,
}

/// The map's keys are hashes already.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Passing;

/// The hasher of [`Passing`].
#[derive(Debug, Default)]
pub(crate) struct Pass(u64);

impl std::hash::BuildHasher for Passing {
    type Hasher = Pass;
    fn build_hasher(&self) -> Pass {
        Pass::default()
    }
}

impl std::hash::Hasher for Pass {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for &b in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(b);
        }
    }
    fn write_u64(&mut self, n: u64) {
        self.0 = n;
    }
}

/// A longest run of words shared by leak and master.
#[derive(Clone, Debug)]
pub(crate) struct Seed {
    /// The number of the leak's word at which it begins.
    pub(crate) leak: usize,
    /// The nodes, one a word.
    pub(crate) nodes: Vec<u32>,
}

impl Words {
    pub(crate) fn new(lattice: &Lattice) -> Self {
        let mut places: HashMap<u64, Vec<u32>, Passing> = HashMap::default();
        let mut before: Vec<(u32, u32)> = Vec::with_capacity(lattice.nodes.len());
        let mut listed: Vec<u32> = Vec::with_capacity(lattice.nodes.len() * 2);
        // For each node the words that may be the last ones once it is passed, as a stretch of the list.
        let mut last: Vec<(u32, u32)> = Vec::with_capacity(lattice.nodes.len());
        for (n, node) in (0u32..).zip(&lattice.nodes) {
            let links = match lattice.preds(node) {
                [] => (0, 0),
                [pred] => last[*pred as usize],
                preds => {
                    let mut all: Vec<u32> = Vec::new();
                    for &pred in preds {
                        let (from, to) = last[pred as usize];
                        all.extend_from_slice(&listed[from as usize..to as usize]);
                    }
                    all.sort_unstable();
                    all.dedup();
                    all.truncate(LINKS);
                    append(&mut listed, &all)
                }
            };
            before.push(links);
            last.push(match node.kind {
                Kind::Word => {
                    places.entry(node.hash).or_default().push(n);
                    append(&mut listed, &[n])
                }
                Kind::Field => (0, 0),
                Kind::Punct | Kind::Join => links,
            });
        }
        Self { places, before, listed }
    }

    /// The words that may stand directly before node `node`.
    pub(crate) fn before(&self, node: u32) -> &[u32] {
        let (from, to) = self.before[node as usize];
        &self.listed[from as usize..to as usize]
    }

    /// All longest shared runs of at least `least` words, in the order in which they end in the leak.
    pub(crate) fn seeds(&self, lattice: &Lattice, leak: &Leak<'_>, least: usize) -> Vec<Seed> {
        let mut out = Vec::new();
        let nodes = lattice.nodes.len();
        // Two generations, by the parity of the word: a node may end a run at two words in a row. The stamp is the
        // word, counted from 1, at which the length was set.
        let mut length = [vec![0u32; nodes], vec![0u32; nodes]];
        let mut stamp = [vec![0usize; nodes], vec![0usize; nodes]];
        let mut went_on = vec![0usize; nodes];
        // Where the last run that ended at a node ended in the leak. Texts that repeat one word for ever would give a run
        // for every place; a run that overlaps by more than half one as long, to the same node, is left out.
        let mut ended = vec![(0usize, 0usize); nodes];
        // Texts that repeat themselves would still give runs without end; no others come near this.
        let mut room = RUNS_PER_WORD * (leak.words() + nodes) + 100_000;
        let mut live: &[u32] = &[];
        for w in 0..=leak.words() {
            let (now, old) = (w & 1, (w & 1) ^ 1);
            let here = match w < leak.words() {
                true => self.places.get(&leak.word_hash(w)).map_or(&[][..], Vec::as_slice),
                false => &[],
            };
            for &n in here {
                let mut best = 0;
                for &m in self.before(n) {
                    let m = m as usize;
                    if stamp[old][m] == w && w > 0 {
                        best = best.max(length[old][m]);
                        went_on[m] = w;
                    }
                }
                length[now][n as usize] = best + 1;
                stamp[now][n as usize] = w + 1;
            }
            for &m in live {
                let run = length[old][m as usize] as usize;
                let (last, as_long) = ended[m as usize];
                let again = run <= as_long && (w - last) * 2 < run;
                if went_on[m as usize] != w && run >= least && !again && run <= room {
                    room -= run;
                    ended[m as usize] = (w, run);
                    out.push(self.trace_back(lattice, leak, m, w, run));
                }
            }
            live = here;
        }
        out
    }

    /// The nodes of the run of `run` words that ends at `end` with the leak's word `until - 1`.
    fn trace_back(&self, lattice: &Lattice, leak: &Leak<'_>, end: u32, until: usize, run: usize) -> Seed {
        let mut levels: Vec<Vec<u32>> = vec![vec![end]];
        for back in 1..run {
            let hash = leak.word_hash(until - 1 - back);
            let mut level: Vec<u32> = Vec::new();
            for &n in &levels[back - 1] {
                level.extend(self.before(n).iter().filter(|&&m| lattice.nodes[m as usize].hash == hash));
            }
            level.sort_unstable();
            level.dedup();
            levels.push(level);
        }
        let mut nodes: Vec<u32> = Vec::with_capacity(run);
        for level in levels.iter().rev() {
            let next = match nodes.last() {
                None => level.first(),
                Some(m) => level.iter().find(|&&n| self.before(n).contains(m)),
            };
            nodes.extend(next);
        }
        Seed { leak: until - nodes.len(), nodes }
    }
}

/// Adds to a list and says where it stands there.
fn append(list: &mut Vec<u32>, items: &[u32]) -> (u32, u32) {
    let from = narrow(list.len());
    list.extend_from_slice(items);
    (from, narrow(list.len()))
}
