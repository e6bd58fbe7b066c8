//! A segment that is asked: which of its messages have hits in a chunk.

use std::ops::Range;

use crate::chunk::Chunk;
use crate::prefilter::{print, set_holds};
use crate::select::{SHINGLE, WINDOW};
use crate::{Error, Key, Segment};

/// A shingle that more messages of a segment have is a stock phrase.
const STOCK: usize = 16;

/// So many of a stock phrase's messages, the first ones, are followed all the same: a text that was registered many times over, a
/// circular, is found by them.
const FIRST: usize = 2;

/// A segment, and which of its messages are gone: a bit each, none where all are there.
#[derive(Debug)]
pub(crate) struct Held<B> {
    pub(crate) segment: Segment<B>,
    pub(crate) gone: Vec<u64>,
}

/// A shingle of a chunk that a message has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hit {
    /// The message.
    number: u32,
    /// The shingle's first word.
    pub(crate) at: u32,
    /// Its words.
    pub(crate) length: u32,
}

/// A message with hits in a chunk.
#[derive(Debug)]
pub(crate) struct Candidate<'s> {
    /// Which segment.
    pub(crate) place: usize,
    /// Which message of it.
    pub(crate) number: u32,
    /// Which of the hits are its own; rising.
    pub(crate) hits: Range<usize>,
    /// Its set.
    pub(crate) set: &'s [[u8; 8]],
    /// Whether any hit on it is a match.
    pub(crate) loose: bool,
}

impl<B: AsRef<[u8]>> Held<B> {
    fn is_gone(&self, number: u32) -> bool {
        self.gone.get(number as usize / 64).is_some_and(|word| word >> (number % 64) & 1 == 1)
    }

    /// The places of a chunk whose shingles the prefilter lets pass: print, place, length; sorted.
    fn passing(&self, key: &Key, chunk: &Chunk) -> Result<Vec<(u64, u32, u32)>, Error> {
        let mut passing = Vec::with_capacity(32);
        self.segment.pass(&chunk.prints, |at| passing.push((print(chunk.prints[at]), at as u32, SHINGLE as u32)))?;
        for length in (1..SHINGLE).filter(|&length| self.segment.layout().short >> length & 1 == 1) {
            let prints = chunk.short(key, length);
            self.segment.pass(&prints, |at| passing.push((print(prints[at]), at as u32, length as u32)))?;
        }
        passing.sort_unstable();
        Ok(passing)
    }

    /// Looks up what passes: calls `visit` with the places that share a print, with its messages, the first `most` of them, and with how many
    /// there are.
    fn look_up(
        &self,
        passing: &[(u64, u32, u32)],
        most: usize,
        mut visit: impl FnMut(&[(u64, u32, u32)], &[u32], usize),
    ) -> Result<(), Error> {
        let mut prints: Vec<u64> = passing.iter().map(|passing| passing.0).collect();
        prints.dedup();
        let mut groups = passing.chunk_by(|a, b| a.0 == b.0);
        self.segment.look_up(&prints, most, |_, numbers, found| visit(groups.next().unwrap_or(&[]), numbers, found))
    }

    /// Adds a chunk's hits, in order of the messages. `stock` is called with words that too many share; `work` counts the entries read.
    pub(crate) fn hits(
        &self,
        key: &Key,
        chunk: &Chunk,
        hits: &mut Vec<Hit>,
        work: &mut u64,
        mut stock: impl FnMut(Range<usize>, u64),
    ) -> Result<(), Error> {
        let before = hits.len();
        let looked = self.look_up(&self.passing(key, chunk)?, STOCK, |group, numbers, found| {
            *work += 1 + numbers.len() as u64;
            let followed = if found > STOCK { FIRST } else { STOCK };
            let there = numbers.iter().filter(|&&number| !self.is_gone(number)).take(followed);
            for &number in there {
                hits.extend(group.iter().map(|&(_, at, length)| Hit { number, at, length }));
            }
            if found > STOCK {
                for &(_, at, length) in group {
                    stock(chunk.span(at as usize, (at + length) as usize - 1), found as u64);
                }
            }
        });
        hits[before..].sort_unstable();
        *work += (hits.len() - before) as u64;
        looked
    }

    /// The messages that have the hits from `before` on. Unless `all` are asked for, those are left out that have a single shingle and
    /// neither the one before it nor the one behind: too little for anything.
    pub(crate) fn candidates<'s>(
        &'s self,
        place: usize,
        chunk: &Chunk,
        hits: &[Hit],
        before: usize,
        all: bool,
        candidates: &mut Vec<Candidate<'s>>,
    ) -> Result<(), Error> {
        let mut fault = None;
        let first = candidates.len();
        let mut at = before;
        for group in hits[before..].chunk_by(|a, b| a.number == b.number) {
            let (number, own) = (group[0].number, at..at + group.len());
            at = own.end;
            match self.segment.set(number) {
                Ok((set, loose)) => candidates.push(Candidate { place, number, hits: own, set, loose }),
                Err(error) => fault = Some(error),
            }
        }
        // Where the sets stand is known for all; now a look into each, which waits for memory together with the next.
        let mut kept = first;
        for i in first..candidates.len() {
            let candidate = &candidates[i];
            let hit = hits[candidate.hits.start];
            let (at, set) = (hit.at as usize, candidate.set);
            let lone = candidate.hits.len() == 1 && !candidate.loose && hit.length as usize == SHINGLE;
            let beside = chunk.holds(set, at.wrapping_sub(1)) | chunk.holds(set, at + 1);
            candidates.swap(kept, i);
            kept += usize::from(all | beside | !lone);
        }
        candidates.truncate(kept);
        fault.map_or(Ok(()), Err)
    }

    /// Adds the handles of the messages that have a run of a chunk, stock phrases too.
    pub(crate) fn holders(&self, key: &Key, chunk: &Chunk, handles: &mut Vec<u64>) -> Result<(), Error> {
        let mut hits = Vec::new();
        self.look_up(&self.passing(key, chunk)?, usize::MAX, |group, numbers, _| {
            for &(_, at, length) in group {
                let there = numbers.iter().filter(|&&number| !self.is_gone(number));
                hits.extend(there.map(|&number| Hit { number, at, length }));
            }
        })?;
        for Hit { number, at, length } in hits {
            let (set, loose) = self.segment.set(number)?;
            let at = at as usize;
            let holds = |&at: &usize| chunk.holds(set, at);
            let before = (0..at).rev().take(WINDOW - 1).take_while(holds).count();
            let behind = (at + 1..chunk.prints.len()).take(WINDOW - 1).take_while(holds).count();
            if loose || (length as usize == SHINGLE && before + behind + 1 >= WINDOW) {
                handles.push(self.segment.handle(number)?);
            }
        }
        Ok(())
    }
}

impl Chunk {
    /// Whether a message's set may hold the shingle that begins at a word; false where none does.
    #[inline]
    pub(crate) fn holds(&self, set: &[[u8; 8]], at: usize) -> bool {
        self.prints.get(at).is_some_and(|&full| set_holds(set, full))
    }
}
