//! Asking an index about a post.

use std::cell::OnceCell;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::OnceLock;

use crate::chunk::{Chunk, chunks};
use crate::held::{Candidate, Held, Hit};
use crate::layout::PRINT;
use crate::prefilter::{SET_BITS, SET_EVIDENCE};
use crate::rarity::{Model, Rarity};
use crate::select::{RUN, SHINGLE};
use crate::{Error, Key, Manifest, Segment};

/// So many messages of a chunk are looked at for scattered words, those with most hits first.
const SCATTERED: usize = 8;

/// A match from this many bits on is an alarm.
const ALARM: f64 = 17.0;

/// Scattered words that reach this many bits are a match.
const LIGHT: f64 = 14.0;

/// Fingerprints that agree by chance are not what [`ALARM`] leaves room for: so many bits less are enough against them.
const SLACK: f64 = 5.0;

/// What a run shorter than [`RUN`] words must have beyond the bits of its places before it counts.
const SCRAP: f64 = 3.0;

/// What an index says about a post.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Screening {
    /// The messages that share words with it, the rarest first.
    pub matches: Vec<Match>,
    /// Words that so many messages share that these are not listed; [`Screener::holders`] lists them.
    pub stock: Vec<Stock>,
    /// What could not be looked at. Where this is not empty, something may have been missed.
    pub faults: Vec<Error>,
    /// Entries of the index that were read.
    pub work: u64,
}

/// A message that shares words with a post.
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    /// The message's handle.
    pub handle: u64,
    /// Where the shared words stand in the post, in bytes, rising.
    pub spans: Vec<Range<usize>>,
    /// The words of the longest run.
    pub words: u32,
    /// How much rarer the shared words are than what posts and messages share by chance, as the logarithm to base 2 of the
    /// number of posts in which one such message would be expected.
    pub bits: f64,
    /// Whether they are rare enough to tell somebody.
    pub alarm: bool,
}

/// Words that many messages share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stock {
    /// Where they stand, in bytes.
    pub span: Range<usize>,
    /// How many messages share a part of them.
    pub messages: u64,
}

/// A message that has something of a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Near {
    /// The message's handle.
    pub handle: u64,
    /// Words of the text that it shares.
    pub words: u32,
    /// Where they stand, in bytes.
    pub spans: Vec<Range<usize>>,
    /// As in [`Match`]; below 0 for what many unrelated texts share.
    pub bits: f64,
}

/// An index, open under its key.
#[derive(Debug)]
pub struct Screener<B> {
    key: Key,
    held: Vec<Held<B>>,
    messages: u64,
    /// What is common, under the key; made when first a message shares enough with a post.
    model: OnceLock<Model>,
}

impl<B: AsRef<[u8]>> Screener<B> {
    /// Opens an index: `segments` are those of the manifest, in its order.
    ///
    /// # Errors
    /// When a segment is another one than the manifest lists, made with another key, or the list of its handles is
    /// needed and damaged.
    pub fn new(key: Key, manifest: &Manifest, segments: Vec<Segment<B>>) -> Result<Self, Error> {
        manifest.check_key(&key)?;
        let expected = manifest.segments.len() as u64;
        if segments.len() as u64 != expected {
            return Err(Error::Length { expected, found: segments.len() as u64 });
        }
        let mut held = Vec::with_capacity(segments.len());
        for (segment, listed) in segments.into_iter().zip(&manifest.segments) {
            segment.check_key(&key)?;
            if segment.sum() != listed.sum {
                return Err(Error::Damaged { at: 0 });
            }
            let handles = manifest.gone(listed.name);
            let mut gone = Vec::new();
            if !handles.is_empty() {
                gone = vec![0; segment.len().div_ceil(64)];
                for (number, handle) in segment.handles()?.into_iter().enumerate() {
                    if handles.contains(&handle) {
                        gone[number / 64] |= 1 << (number % 64);
                    }
                }
            }
            held.push(Held { segment, gone });
        }
        Ok(Self { key, held, messages: manifest.messages(), model: OnceLock::new() })
    }

    /// The number of messages.
    pub fn messages(&self) -> u64 {
        self.messages
    }

    /// What the index says about a post. The work is linear in the text's length, whatever it says.
    pub fn screen(&self, text: &str) -> Screening {
        let mut gathered = Gathered::default();
        chunks(&self.key, text, |chunk| self.chunk(chunk, false, &mut gathered));
        let mut out = Screening { faults: gathered.faults, work: gathered.work, ..Screening::default() };
        for (_, found) in gathered.found {
            let matched = found.whole || found.bits >= LIGHT;
            if matched {
                let (spans, words, bits) = (joined(found.spans), found.longest, found.bits);
                out.matches.push(Match { handle: found.handle, spans, words, bits, alarm: bits >= ALARM });
            }
        }
        out.matches.sort_by(|a, b| b.bits.total_cmp(&a.bits).then(a.handle.cmp(&b.handle)));
        out.stock = stock(gathered.stock);
        out
    }

    /// The messages that have most of a text, the best first, at most `most`: also those that share too little for a match.
    pub fn nearest(&self, text: &str, most: usize) -> Vec<Near> {
        let mut gathered = Gathered::default();
        chunks(&self.key, text, |chunk| self.chunk(chunk, true, &mut gathered));
        let mut near: Vec<Near> = gathered
            .found
            .into_values()
            .map(|found| Near {
                handle: found.handle,
                words: found.words,
                spans: joined(found.spans),
                bits: found.bits,
            })
            .collect();
        near.sort_by(|a, b| b.bits.total_cmp(&a.bits).then(b.words.cmp(&a.words)).then(a.handle.cmp(&b.handle)));
        near.truncate(most);
        near
    }

    /// All messages that have a run of [`RUN`] words of a text, stock phrases too: the work grows with their number.
    ///
    /// # Errors
    /// When something can't be looked at.
    pub fn holders(&self, text: &str) -> Result<Vec<u64>, Error> {
        let mut handles = Vec::new();
        let mut fault = None;
        chunks(&self.key, text, |chunk| {
            for held in &self.held {
                if let Err(error) = held.holders(&self.key, chunk, &mut handles) {
                    fault.get_or_insert(error);
                }
            }
        });
        handles.sort_unstable();
        handles.dedup();
        fault.map_or(Ok(handles), Err)
    }

    fn chunk(&self, chunk: &Chunk, near: bool, out: &mut Gathered) {
        let mut hits = Vec::new();
        let mut candidates = Vec::new();
        for (place, held) in self.held.iter().enumerate() {
            let before = hits.len();
            let stock = |span, messages| out.stock.push((span, messages));
            if let Err(fault) = held.hits(&self.key, chunk, &mut hits, &mut out.work, stock) {
                out.fault(fault);
            }
            if let Err(fault) = held.candidates(place, chunk, &hits, before, near, &mut candidates) {
                out.fault(fault);
            }
        }
        if candidates.is_empty() {
            return;
        }
        candidates.sort_unstable_by_key(|c: &Candidate<'_>| (Reverse(c.hits.len()), c.place, c.number));
        let view = View { chunk, hits: &hits, rarity: OnceCell::new(), repeats: OnceCell::new() };
        for (rank, candidate) in candidates.iter().enumerate() {
            if let Err(fault) = self.weigh(&view, candidate, rank < SCATTERED || near, near, out) {
                out.fault(fault);
            }
        }
    }

    /// Looks at what a message has of a chunk.
    fn weigh(
        &self,
        view: &View<'_>,
        candidate: &Candidate<'_>,
        scattered: bool,
        near: bool,
        out: &mut Gathered,
    ) -> Result<(), Error> {
        let chunk = view.chunk;
        let held = &self.held[candidate.place];
        let holds = |&at: &usize| chunk.holds(candidate.set, at);
        let hits = &view.hits[candidate.hits.clone()];
        let mut runs: Vec<Run> = Vec::with_capacity(hits.len());
        for hit in hits {
            let (at, length) = (hit.at as usize, hit.length as usize);
            if length < SHINGLE {
                runs.push(Run { from: at, to: at + length, exact: true });
                continue;
            }
            if runs.last().is_some_and(|run| run.shingles().contains(&at)) {
                continue;
            }
            let from = (0..at).rev().take_while(holds).last().unwrap_or(at);
            let last = (at + 1..chunk.prints.len()).take_while(holds).last().unwrap_or(at);
            runs.push(Run { from, to: last + SHINGLE, exact: true });
        }
        let whole = candidate.loose || runs.iter().any(|run| run.to - run.from >= RUN);
        if scattered && (hits.len() > 1 || near) {
            scatter(chunk, candidate.set, &mut runs);
        }
        if !whole && runs.len() < 2 && !near {
            return Ok(());
        }
        let size = (64 * candidate.set.len() as u64 / SET_BITS).max(RUN as u64);
        let bits = self.bits(view, &runs, size);
        out.note(
            (candidate.place, candidate.number),
            held.segment.handle(candidate.number)?,
            chunk,
            &runs,
            whole,
            bits,
        );
        Ok(())
    }

    /// See [`Match::bits`]: as the expectation of Karlin and Altschul (1990) for local alignments, the bits of each run less those
    /// of all places where it could lie, and less the number of messages.
    fn bits(&self, view: &View<'_>, runs: &[Run], size: u64) -> f64 {
        let rarity = view.rarity.get_or_init(|| {
            let model = self.model.get_or_init(|| Model::new(&self.key));
            Rarity::new(&self.key, model, view.chunk.hashes())
        });
        let places = (view.chunk.len() as f64 * size as f64).log2();
        // What a post repeats counts once, where it stands longest.
        let mut order: Vec<&Run> = runs.iter().collect();
        order.sort_by_key(|run| std::cmp::Reverse(run.to - run.from));
        let first = if runs.len() > 1 { view.repeats.get_or_init(|| repeats(&view.chunk.prints)) } else { &Vec::new() };
        let mut seen = vec![false; first.len()];
        let mut sum = 0.0;
        for run in order {
            let shingles = first.get(run.shingles()).unwrap_or(&[]);
            if shingles.iter().filter(|&&first| std::mem::replace(&mut seen[first as usize], true)).count() > 0 {
                continue;
            }
            let shingles = (run.to - run.from).saturating_sub(SHINGLE) as f64;
            let certain = SLACK + SET_EVIDENCE * shingles + if run.exact { f64::from(PRINT) } else { SET_EVIDENCE };
            let scrap = if run.to - run.from < RUN { SCRAP } else { 0.0 };
            sum += (rarity.bits(run.from..run.to).min(certain) - places - scrap).max(0.0);
        }
        sum - (self.messages.max(1) as f64).log2()
    }
}

/// A chunk with its hits, and how rare its words are once somebody asked.
struct View<'v> {
    chunk: &'v Chunk,
    hits: &'v [Hit],
    rarity: OnceCell<Rarity>,
    repeats: OnceCell<Vec<u32>>,
}

/// Where each shingle stands first; nothing when none is there twice.
fn repeats(prints: &[u64]) -> Vec<u32> {
    let mut sorted: Vec<(u64, u32)> = prints.iter().copied().zip(0..).collect();
    sorted.sort_unstable();
    if sorted.windows(2).all(|two| two[0].0 != two[1].0) {
        return Vec::new();
    }
    let mut first = vec![0; prints.len()];
    for same in sorted.chunk_by(|a, b| a.0 == b.0) {
        same.iter().for_each(|&(_, at)| first[at as usize] = same[0].1);
    }
    first
}

/// Words of a chunk that a message has, from one to before another.
#[derive(Clone, Copy, Debug)]
struct Run {
    from: usize,
    to: usize,
    /// Whether the table has a shingle of it.
    exact: bool,
}

impl Run {
    fn shingles(&self) -> Range<usize> {
        // None in a run of a shorter shingle.
        self.from..(self.to + 1).saturating_sub(SHINGLE).max(self.from)
    }
}

/// Adds the runs of two shingles or more that no hit lies in. The runs are in order.
fn scatter(chunk: &Chunk, set: &[[u8; 8]], runs: &mut Vec<Run>) {
    let known: Vec<Range<usize>> = runs.iter().map(Run::shingles).collect();
    let mut known = known.into_iter().peekable();
    let mut at = 0;
    while at < chunk.prints.len() {
        while known.next_if(|run| run.end <= at).is_some() {}
        if let Some(run) = known.next_if(|run| run.start <= at) {
            at = run.end;
            continue;
        }
        let start = at;
        while at < chunk.prints.len() && chunk.holds(set, at) {
            at += 1;
        }
        if at - start >= 2 {
            runs.push(Run { from: start, to: at - 1 + SHINGLE, exact: false });
        }
        at = at.max(start + 1);
    }
    runs.sort_by_key(|run| run.from);
}

/// What the chunks of a text have shown.
#[derive(Debug, Default)]
struct Gathered {
    found: BTreeMap<(usize, u32), Found>,
    stock: Vec<(Range<usize>, u64)>,
    faults: Vec<Error>,
    work: u64,
}

#[derive(Debug)]
struct Found {
    handle: u64,
    spans: Vec<Range<usize>>,
    longest: u32,
    words: u32,
    bits: f64,
    whole: bool,
}

impl Gathered {
    /// Keeps a few of them: one damaged block fails at every look.
    fn fault(&mut self, fault: Error) {
        if self.faults.len() < 16 && !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }

    fn note(&mut self, id: (usize, u32), handle: u64, chunk: &Chunk, runs: &[Run], whole: bool, bits: f64) {
        let fresh = Found { handle, spans: Vec::new(), longest: 0, words: 0, bits: f64::NEG_INFINITY, whole: false };
        let found = self.found.entry(id).or_insert(fresh);
        for run in runs {
            found.spans.push(chunk.span(run.from, run.to - 1));
            found.longest = found.longest.max((run.to - run.from) as u32);
            found.words += (run.to - run.from) as u32;
        }
        found.bits = found.bits.max(bits);
        found.whole |= whole;
    }
}

/// Spans in order, those that overlap joined.
fn joined(mut spans: Vec<Range<usize>>) -> Vec<Range<usize>> {
    spans.sort_unstable_by_key(|span| (span.start, span.end));
    let mut out: Vec<Range<usize>> = Vec::with_capacity(spans.len());
    for span in spans {
        match out.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => out.push(span),
        }
    }
    out
}

fn stock(mut spans: Vec<(Range<usize>, u64)>) -> Vec<Stock> {
    spans.sort_unstable_by_key(|(span, _)| (span.start, span.end));
    let mut out: Vec<Stock> = Vec::new();
    for (span, messages) in spans {
        match out.last_mut() {
            Some(last) if span.start <= last.span.end => {
                last.span.end = last.span.end.max(span.end);
                last.messages = last.messages.max(messages);
            }
            _ => out.push(Stock { span, messages }),
        }
    }
    out
}
