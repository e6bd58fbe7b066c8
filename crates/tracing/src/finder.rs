//! Which of many masters a text shares a passage with: exact, for some ten thousand masters.
//!
//! Shingles of [`GRAM`] words are selected by winnowing (Schleimer, Wilkerson, Aiken 2003) with windows of
//! [`WINDOW`] shingles, `GRAM + WINDOW - 1 = 8`: of every 8 words in a row at least one shingle is selected, and the same
//! one in master and leak. Where a run can pass a fork every shingle of every path is indexed instead, so
//! the guarantee holds for all copies. What a look-up gives is only a place to look at: the run is then
//! measured word by word through the master's graph.

use std::collections::HashMap;

use countermark_marking::Master;

use crate::lattice::{Kind, Lattice, narrow};
use crate::leak::Leak;
use crate::seeds::{Passing, Words};
use crate::trace::{RUN, lattice_of, needed};

/// Words a shingle.
const GRAM: usize = 4;

/// Shingles a window.
const WINDOW: usize = RUN + 1 - GRAM;

/// So many steps may be taken for the paths of four words that begin at one word; a master with a denser thicket of alternatives is searched
/// word by word at every search.
const PATHS: usize = 4096;

/// So many words are compared before repeated windows are left out.
const LAVISH: usize = 50_000_000;

/// A master that shares a run of words with the leak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The number under which the master was added.
    pub id: usize,
    /// The longest run of canonical words of any of its copies that stands in the leak.
    pub words: usize,
    /// The master's words, every first alternative taken.
    pub total: usize,
}

/// An index of masters.
///
/// Takes about 6 kB for a master of 300 words and adds it in about 0.1 ms; see the benches.
#[derive(Default)]
pub struct Finder {
    /// Numbers of the words that stand in any master.
    vocabulary: HashMap<u64, u32, Passing>,
    masters: Vec<Entry>,
    /// Sorted runs of selected shingles, each at most half as long as the one before.
    index: Vec<Vec<Posting>>,
    /// The same for messages shorter than [`RUN`], with all their shingles.
    short: Vec<Vec<Posting>>,
    /// Which lengths shingles of short messages have.
    short_grams: [bool; GRAM + 1],
    /// Masters with a thicket.
    dense: Vec<(u32, Lattice, Words)>,
}

impl std::fmt::Debug for Finder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Finder").field("masters", &self.masters.len()).finish_non_exhaustive()
    }
}

/// A shingle and where it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Posting {
    gram: u32,
    master: u32,
    word: u32,
}

/// The graph of a master's words, kept small: most words have one before and one behind them.
#[derive(Debug)]
struct Entry {
    id: usize,
    total: u32,
    needed: u32,
    words: Box<[u32]>,
    /// Words whose neighbours are not just the numbers beside theirs, rising.
    branches: Box<[Branch]>,
}

#[derive(Debug)]
struct Branch {
    word: u32,
    before: Box<[u32]>,
    behind: Box<[u32]>,
}

impl Finder {
    /// An empty index.
    pub fn new() -> Self {
        Self::default()
    }

    /// The number of masters added.
    pub fn len(&self) -> usize {
        self.masters.len()
    }

    /// Whether no master was added.
    pub fn is_empty(&self) -> bool {
        self.masters.is_empty()
    }

    /// Adds a master under a number of the caller's choice.
    pub fn add(&mut self, id: usize, master: &Master) {
        let lattice = lattice_of(master);
        let words = Words::new(&lattice);
        let needed = needed(&lattice);
        let number = narrow(self.masters.len());
        let entry = self.entry(id, &lattice, &words, needed);
        let mut found = Vec::new();
        let complete = match needed {
            0 => true,
            n if n < RUN => {
                let gram = n.min(GRAM);
                self.short_grams[gram] = true;
                (0..entry.words.len()).all(|w| paths(&entry, w, gram, &mut |hash| found.push((hash, narrow(w)))))
            }
            _ => select_all(&entry, &mut found),
        };
        self.masters.push(entry);
        if !complete {
            self.dense.push((number, lattice, words));
            return;
        }
        let mut postings: Vec<Posting> =
            found.into_iter().map(|(gram, word)| Posting { gram, master: number, word }).collect();
        postings.sort_unstable();
        postings.dedup();
        insert(if needed < RUN { &mut self.short } else { &mut self.index }, postings);
    }

    /// The masters that share a run of at least [`RUN`] canonical words with the leak, or all words of a shorter
    /// message; the longest run first. A message of three words or fewer is found only in a text that holds hardly
    /// more.
    pub fn search(&self, leak: &Leak<'_>) -> Vec<Hit> {
        let numbers: Vec<u32> =
            (0..leak.words()).map(|w| self.vocabulary.get(&leak.word_hash(w)).copied().unwrap_or(u32::MAX)).collect();
        let mut found = Found { finder: self, numbers: &numbers, best: HashMap::new(), work: 0 };
        self.windows(&numbers, &mut found);
        for gram in (1..=GRAM).filter(|&gram| self.short_grams[gram]) {
            for (at, words) in numbers.windows(gram).enumerate() {
                if !words.contains(&u32::MAX) {
                    found.look(&self.short, hash(words), at);
                }
            }
        }
        for (number, lattice, words) in &self.dense {
            let least = self.masters[*number as usize].needed as usize;
            let run = words.seeds(lattice, leak, least).iter().map(|s| s.nodes.len()).max().unwrap_or(0);
            found.note(*number, Run { run, word: 0, at: 0, end: 0 });
        }
        let mut hits: Vec<Hit> = found.best.iter().filter_map(|(&n, best)| self.hit(n, best.run, leak)).collect();
        hits.sort_by(|a, b| b.words.cmp(&a.words).then(a.id.cmp(&b.id)));
        hits.dedup_by_key(|hit| hit.id);
        hits
    }

    fn hit(&self, number: u32, run: usize, leak: &Leak<'_>) -> Option<Hit> {
        let entry = &self.masters[number as usize];
        let needed = entry.needed as usize;
        let enough = run >= needed && (needed >= GRAM || leak.words() <= needed + 2);
        enough.then_some(Hit { id: entry.id, words: run, total: entry.total as usize })
    }

    /// Looks up the selected shingles of every stretch of known words.
    fn windows(&self, numbers: &[u32], found: &mut Found<'_>) {
        // Where master and leak both repeat themselves without end, a window seen before is not followed again: what is
        // found stays certain, how long its longest run is becomes a lower bound.
        let mut recent = vec![0u64; 1 << 12];
        for (start, stretch) in known(numbers) {
            if stretch.len() < RUN {
                continue;
            }
            let grams: Vec<u32> = stretch.windows(GRAM).map(hash).collect();
            let mut chosen = usize::MAX;
            for (at, window) in grams.windows(WINDOW).enumerate() {
                let pick = at + smallest(window);
                if pick == chosen {
                    continue;
                }
                chosen = pick;
                let whole = window.iter().fold(1u64, |h, &g| mix(h ^ u64::from(g)));
                let slot = &mut recent[(whole >> 40) as usize & 0xfff];
                let place = whole.rotate_left(8) ^ (pick - at) as u64;
                let seen = std::mem::replace(slot, place) == place;
                if seen && found.work > LAVISH {
                    continue;
                }
                found.look(&self.index, grams[pick], start + pick);
            }
        }
    }

    fn entry(&mut self, id: usize, lattice: &Lattice, words: &Words, needed: usize) -> Entry {
        let mut number_of = vec![u32::MAX; lattice.nodes.len()];
        let mut list = Vec::new();
        for (n, node) in lattice.nodes.iter().enumerate().filter(|(_, node)| node.kind == Kind::Word) {
            let fresh = narrow(self.vocabulary.len());
            number_of[n] = narrow(list.len());
            list.push(*self.vocabulary.entry(node.hash).or_insert(fresh));
        }
        let mut before: Vec<Vec<u32>> = Vec::with_capacity(list.len());
        let mut behind: Vec<Vec<u32>> = vec![Vec::new(); list.len()];
        for (n, _) in lattice.nodes.iter().enumerate().filter(|(_, node)| node.kind == Kind::Word) {
            let here: Vec<u32> = words.before(narrow(n)).iter().map(|&m| number_of[m as usize]).collect();
            for &m in &here {
                behind[m as usize].push(narrow(before.len()));
            }
            before.push(here);
        }
        let last = list.len().saturating_sub(1);
        let branches = before
            .into_iter()
            .zip(behind)
            .enumerate()
            .filter(|(w, (before, behind))| {
                let plain_before = *w > 0 && before[..] == [narrow(w - 1)];
                let plain_behind = *w < last && behind[..] == [narrow(w + 1)];
                !(plain_before && plain_behind)
            })
            .map(|(w, (before, behind))| Branch { word: narrow(w), before: before.into(), behind: behind.into() })
            .collect();
        Entry { id, total: narrow(lattice.words), needed: narrow(needed), words: list.into(), branches }
    }
}

/// Stretches of words that some master has, with the place where each begins.
fn known(numbers: &[u32]) -> impl Iterator<Item = (usize, &[u32])> {
    let mut at = 0;
    numbers.split(|&n| n == u32::MAX).map(move |stretch| {
        let start = at;
        at += stretch.len() + 1;
        (start, stretch)
    })
}

/// The last of the smallest values of a window.
fn smallest(window: &[u32]) -> usize {
    let mut best = 0;
    for (i, value) in window.iter().enumerate() {
        if *value <= window[best] {
            best = i;
        }
    }
    best
}

/// The finaliser of MurmurHash3 (Appleby, public domain): spreads 64 bits.
fn mix(mut h: u64) -> u64 {
    h ^= h >> 33;
    h = h.wrapping_mul(0xff51_afd7_ed55_8ccd);
    h ^= h >> 33;
    h = h.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    h ^ (h >> 33)
}

/// A shingle's value. Two shingles of one value cost a look, never a wrong answer.
fn hash(words: &[u32]) -> u32 {
    let h = words.iter().fold(words.len() as u64, |h, &w| mix(h ^ u64::from(w)).rotate_left(17));
    (mix(h) >> 32) as u32
}

impl Entry {
    fn branch(&self, word: usize) -> Option<&Branch> {
        self.branches.binary_search_by_key(&narrow(word), |b| b.word).ok().map(|i| &self.branches[i])
    }

    /// Calls `visit` with each word that may stand directly behind `word`.
    fn behind(&self, word: usize, mut visit: impl FnMut(usize)) {
        match self.branch(word) {
            Some(branch) => branch.behind.iter().for_each(|&w| visit(w as usize)),
            None => visit(word + 1),
        }
    }

    fn before(&self, word: usize, mut visit: impl FnMut(usize)) {
        match self.branch(word) {
            Some(branch) => branch.before.iter().for_each(|&w| visit(w as usize)),
            None => visit(word - 1),
        }
    }

    /// How many words from `word` on stand in `leak` one after another, along the best path.
    fn forward(&self, word: usize, leak: &[u32]) -> usize {
        self.walk(word, leak.iter().copied(), |w, visit| self.behind(w, visit))
    }

    /// The same backwards; `leak` ends with the word at `word`.
    fn backward(&self, word: usize, leak: &[u32]) -> usize {
        self.walk(word, leak.iter().rev().copied(), |w, visit| self.before(w, visit))
    }

    fn walk(&self, word: usize, leak: impl Iterator<Item = u32>, step: impl Fn(usize, &mut dyn FnMut(usize))) -> usize {
        let mut here = vec![word];
        let mut next = Vec::new();
        let mut run = 0;
        for seen in leak {
            here.retain(|&w| self.words[w] == seen);
            if here.is_empty() {
                break;
            }
            run += 1;
            next.clear();
            for &w in &here {
                step(w, &mut |n| next.push(n));
            }
            if next.len() > 1 {
                next.sort_unstable();
                next.dedup();
            }
            std::mem::swap(&mut here, &mut next);
        }
        run
    }
}

/// Calls `visit` with the value of each path of `gram` words that begins at `word`; false when there are too many.
fn paths(entry: &Entry, word: usize, gram: usize, visit: &mut dyn FnMut(u32)) -> bool {
    let mut budget = PATHS;
    let mut path = [0; GRAM];
    extend(entry, word, &mut path[..gram], 0, &mut budget, visit);
    budget > 0
}

fn extend(entry: &Entry, word: usize, path: &mut [u32], at: usize, budget: &mut usize, visit: &mut dyn FnMut(u32)) {
    *budget = budget.saturating_sub(1);
    if *budget == 0 {
        return;
    }
    path[at] = entry.words[word];
    if at + 1 == path.len() {
        visit(hash(path));
    } else {
        entry.behind(word, |next| extend(entry, next, path, at + 1, budget, visit));
    }
}

/// Selects the shingles of a master; false when it has a thicket.
fn select_all(entry: &Entry, found: &mut Vec<(u32, u32)>) -> bool {
    let words = entry.words.len();
    let mut start = 0;
    while start < words {
        // A chain: words of which each has only its neighbours beside it.
        let mut end = start + 1;
        while end < words && follows(entry, end) {
            end += 1;
        }
        if !select_chain(entry, start, end, found) {
            return false;
        }
        start = end;
    }
    true
}

/// Whether `word` and the one numbered before it have nothing but each other on these sides.
fn follows(entry: &Entry, word: usize) -> bool {
    let alone_before = entry.branch(word).is_none_or(|b| b.before[..] == [narrow(word - 1)]);
    alone_before && entry.branch(word - 1).is_none_or(|b| b.behind[..] == [narrow(word)])
}

fn select_chain(entry: &Entry, start: usize, end: usize, found: &mut Vec<(u32, u32)>) -> bool {
    let open_left = entry.branch(start).is_none_or(|b| !b.before.is_empty());
    let open_right = entry.branch(end - 1).is_none_or(|b| !b.behind.is_empty());
    let chain = &entry.words[start..end];
    let grams: Vec<u32> = chain.windows(GRAM).map(hash).collect();
    let mut chosen = vec![false; chain.len()];
    for (at, window) in grams.windows(WINDOW).enumerate() {
        chosen[at + smallest(window)] = true;
    }
    for (i, chosen) in chosen.iter().enumerate() {
        if i + GRAM > chain.len() {
            let complete = paths(entry, start + i, GRAM, &mut |hash| found.push((hash, narrow(start + i))));
            if !complete {
                return false;
            }
        } else if *chosen || (open_left && i + GRAM < RUN) || (open_right && i + RUN > chain.len()) {
            found.push((grams[i], narrow(start + i)));
        }
    }
    true
}

/// Adds sorted postings, merging runs so that each is at most half as long as the one before: few runs to search, and
/// every posting is moved a logarithmic number of times.
fn insert(runs: &mut Vec<Vec<Posting>>, fresh: Vec<Posting>) {
    if fresh.is_empty() {
        return;
    }
    runs.push(fresh);
    while let [.., a, b] = runs.as_slice()
        && a.len() < 2 * b.len()
    {
        let b = runs.pop().unwrap_or_default();
        let a = runs.pop().unwrap_or_default();
        runs.push(merge(&a, &b));
    }
}

fn merge(a: &[Posting], b: &[Posting]) -> Vec<Posting> {
    let mut out = Vec::with_capacity(a.len() + b.len());
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        if a[i] <= b[j] {
            out.push(a[i]);
            i += 1;
        } else {
            out.push(b[j]);
            j += 1;
        }
    }
    out.extend_from_slice(&a[i..]);
    out.extend_from_slice(&b[j..]);
    out
}

/// The best run of a master so far, and where the last one was met and ended.
#[derive(Clone, Copy, Debug)]
struct Run {
    run: usize,
    word: usize,
    at: usize,
    end: usize,
}

/// What a search has found.
struct Found<'a> {
    finder: &'a Finder,
    numbers: &'a [u32],
    best: HashMap<u32, Run>,
    /// Words compared.
    work: usize,
}

impl Found<'_> {
    /// Measures the runs through every place of a shingle.
    fn look(&mut self, index: &[Vec<Posting>], gram: u32, at: usize) {
        for run in index {
            let from = run.partition_point(|p| p.gram < gram);
            for posting in run[from..].iter().take_while(|p| p.gram == gram) {
                let entry = &self.finder.masters[posting.master as usize];
                let word = posting.word as usize;
                if self.best.get(&posting.master).is_some_and(|last| last.passed(entry, word, at)) {
                    continue;
                }
                let forward = entry.forward(word, &self.numbers[at..]);
                self.work += forward;
                if forward > 0 {
                    let backward = entry.backward(word, &self.numbers[..=at]);
                    self.work += backward;
                    self.note(posting.master, Run { run: forward + backward - 1, word, at, end: at + forward });
                }
            }
        }
    }

    fn note(&mut self, master: u32, found: Run) {
        let best = self.best.entry(master).or_insert(found);
        *best = Run { run: found.run.max(best.run), ..found };
    }
}

impl Run {
    /// Whether this run went through `word` with the leak's word `at` for certain: no fork lies between.
    fn passed(&self, entry: &Entry, word: usize, at: usize) -> bool {
        if at < self.at || at >= self.end || word.checked_sub(self.word) != Some(at - self.at) {
            return false;
        }
        let branches = &entry.branches;
        let next = branches.partition_point(|b| (b.word as usize) < self.word);
        branches.get(next).is_none_or(|b| b.word as usize > word)
    }
}
