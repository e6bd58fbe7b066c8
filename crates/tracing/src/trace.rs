//! From a master and a leak to passages, observations and changes.

use std::collections::HashMap;

use countermark_codebook::Observations;
use countermark_marking::{Master, Piece};
use countermark_text::Span;

use crate::chain;
use crate::changes::{self, Change};
use crate::lattice::{Element, Kind, Lattice, Segment};
use crate::leak::Leak;
use crate::observe;
use crate::passage::{self, Aligned};
use crate::rates::Rates;
use crate::seam::Seams;
use crate::seeds::Words;

/// So many canonical words one after another make a match, as in guarantee G3.
pub const RUN: usize = 8;

/// A passage damaged so much that no [`RUN`] words stand together is one all the same when it holds so many words
/// of the message unaltered, and they are seven tenths of what stands there.
pub(crate) const DAMAGED: usize = 16;

/// The same stretch of the message is aligned so many times in one leak; further repeats are the same evidence again.
const REPEATS: usize = 8;

/// Shared runs shorter than this start nothing.
pub(crate) const SEED: usize = 3;

/// What tracing a leak to one message gives.
#[derive(Clone, Debug)]
pub struct Trace {
    /// What the leak shows at each site of the master.
    pub observations: Observations,
    /// The passages that come from the message, in the leak's order.
    pub passages: Vec<Passage>,
    /// What differs, in the message's order.
    pub changes: Vec<Change>,
    /// Words of the message found, repeats counted once.
    pub words_matched: usize,
    /// The most words one after another that stand unaltered in both.
    pub longest_run: usize,
    /// Words of the message, every first alternative taken, fields not counted.
    pub message_words: usize,
    /// Words of the leak.
    pub leak_words: usize,
}

impl Trace {
    /// The share of the message that the leak holds, from 0 to 1.
    pub fn share_of_message(&self) -> f64 {
        share(self.words_matched, self.message_words)
    }

    /// The share of the leak that comes from the message, from 0 to 1.
    pub fn share_of_leak(&self) -> f64 {
        share(self.passages.iter().map(|p| p.words).sum(), self.leak_words)
    }

    /// The number of sites that the leak shows.
    pub fn sites_observed(&self) -> usize {
        self.observations.observed()
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { (part as f64 / whole as f64).min(1.0) }
}

/// A stretch of the leak that comes from the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// Bytes of the rendering that takes every first alternative, fields as `[name]`.
    pub sent: Span,
    /// Bytes of the leak.
    pub published: Span,
    /// Words found there, unaltered or with a slip.
    pub words: usize,
    /// The most words one after another that are unaltered.
    pub longest_run: usize,
    /// The same passage of the message stands elsewhere in the leak as well.
    pub repeated: bool,
}

/// Traces a leak to one message; nothing when they share no passage.
///
/// A passage is at least [`RUN`] canonical words one after another, of any copy, or as good as all of a message that
/// has fewer; or a longer stretch that is damaged but beyond doubt. See [`Trace`] for how much it was, since
/// a stock phrase may well have eight words.
pub fn trace(master: &Master, leak: &Leak<'_>) -> Option<Trace> {
    Tracer::new(master).trace(leak)
}

/// A master made ready to trace several leaks.
#[derive(Clone)]
pub struct Tracer {
    // Shared: a clone costs nothing.
    lattice: std::sync::Arc<Lattice>,
    words: std::sync::Arc<Words>,
    /// Where each part ends in the rendering that takes every first alternative.
    parts: Vec<usize>,
    limits: Limits,
}

impl std::fmt::Debug for Tracer {
    /// Shows sizes, never text.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tracer").field("nodes", &self.lattice.nodes.len()).finish_non_exhaustive()
    }
}

/// What makes a passage.
#[derive(Clone, Copy, Debug)]
struct Limits {
    /// Words in a row.
    run: usize,
    /// The leak may have no more words than this.
    leak: usize,
}

impl Tracer {
    /// Makes a master ready.
    pub fn new(master: &Master) -> Self {
        let lattice = lattice_of(master);
        let zeros = vec![0; master.sites().len()];
        let mut end = 0;
        let mut parts = Vec::new();
        for part in master.parts() {
            end += master.part_text(&part, &zeros).len();
            parts.push(end);
        }
        let run = needed(&lattice);
        // Three words or fewer stand in too many texts: then the leak must be nothing else.
        let leak = if run < 4 { run + 2 } else { usize::MAX };
        Self::with(lattice, parts, Limits { run, leak })
    }

    /// A plain text whose smallest shared stretches count.
    pub(crate) fn plain(text: &str) -> Self {
        let lattice = Lattice::build(&[Element::Text(text)], Vec::new());
        let parts = countermark_text::parts(text).iter().map(|part| part.end).collect();
        let run = needed(&lattice).min(SEED);
        Self::with(lattice, parts, Limits { run, leak: usize::MAX })
    }

    fn with(lattice: Lattice, parts: Vec<usize>, limits: Limits) -> Self {
        let words = std::sync::Arc::new(Words::new(&lattice));
        Self { lattice: std::sync::Arc::new(lattice), words, parts, limits }
    }

    /// Traces a leak; see [`trace`].
    pub fn trace(&self, leak: &Leak<'_>) -> Option<Trace> {
        if self.limits.run == 0 || leak.words() > self.limits.leak {
            return None;
        }
        let passages = self.passages(leak);
        if passages.is_empty() {
            return None;
        }
        let rates = Rates::estimate(&self.lattice, leak, &passages);
        let observations = observe::observe(&self.lattice, leak, &passages, &rates);
        let outline = changes::Outline::new(&self.lattice, leak, &self.parts, &passages);
        let listed = outline.passages();
        Some(Trace {
            observations,
            changes: outline.changes(),
            words_matched: listed
                .iter()
                .filter(|p| !p.repeated)
                .map(|p| p.words)
                .sum::<usize>()
                .min(self.lattice.words),
            longest_run: listed.iter().map(|p| p.longest_run).max().unwrap_or(0).min(self.lattice.words),
            passages: listed,
            message_words: self.lattice.words,
            leak_words: leak.words(),
        })
    }

    /// The text that spans of `sent` count in: every first alternative, fields as `[name]`.
    pub fn sent(&self) -> &str {
        &self.lattice.base
    }

    fn passages(&self, leak: &Leak<'_>) -> Vec<Aligned> {
        let seeds = self.words.seeds(&self.lattice, leak, SEED.min(self.limits.run));
        let mut chains = chain::chains(&self.lattice, seeds, self.limits.run);
        let seams = Seams { lattice: &self.lattice, words: &self.words, parts: &self.parts };
        seams.settle(&mut chains);
        let least = self.limits.run.min(RUN);
        chains.retain(|chain| chain.run >= self.limits.run || chain.links.len() >= least);
        let mut times: HashMap<(u32, u32, usize), usize> = HashMap::new();
        chains.retain(|chain| {
            let (Some(first), Some(last)) = (chain.links.first(), chain.links.last()) else { return false };
            let times = times.entry((first.1, last.1, chain.links.len())).or_default();
            *times += 1;
            *times <= REPEATS
        });
        let mut out = Vec::new();
        let mut free_from = 0;
        for (i, chain) in chains.iter().enumerate() {
            let next = chains.get(i + 1).and_then(|c| c.links.first()).map_or(leak.words(), |link| link.0);
            let pieces = passage::align_chain(&seams, leak, chain, free_from..next);
            // Pieces of one alignment vouch for each other.
            if chain.run >= self.limits.run || pieces.iter().any(|piece| self.accepts(leak, piece)) {
                free_from = pieces.last().map_or(free_from, |piece| leak.words_before(piece.tokens.end));
                out.extend(pieces);
            }
        }
        out
    }

    fn accepts(&self, leak: &Leak<'_>, passage: &Aligned) -> bool {
        let there = leak.words_before(passage.tokens.end) - leak.words_before(passage.tokens.start);
        passage.run >= self.limits.run
            || (passage.exact >= DAMAGED && (passage.exact + passage.slips) * 10 >= there * 7)
    }
}

/// The lattice of a master.
pub(crate) fn lattice_of(master: &Master) -> Lattice {
    let elements: Vec<Element<'_>> = master
        .pieces()
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => Element::Text(text),
            Piece::Site { site, alternatives } => Element::Site { site: *site, alternatives },
            Piece::Field(name) => Element::Field(name),
        })
        .collect();
    Lattice::build(&elements, master.sites().iter().map(|site| site.alternatives).collect())
}

/// How many words in a row make a match: [`RUN`], or all that the message's longest stretch between fields has for
/// certain. 0 for a message without words.
pub(crate) fn needed(lattice: &Lattice) -> usize {
    let words = |nodes: std::ops::Range<usize>| nodes.filter(|&n| lattice.nodes[n].kind == Kind::Word).count();
    let mut longest = 0;
    let mut stretch = 0;
    for segment in &lattice.segments {
        stretch += match segment {
            Segment::Fixed { nodes, .. } => words(nodes.clone()),
            Segment::Fork(fork) => fork.variants.iter().map(|v| words(v.nodes.clone())).min().unwrap_or(0),
            Segment::Field => {
                stretch = 0;
                0
            }
        };
        longest = longest.max(stretch);
    }
    longest.min(RUN)
}
