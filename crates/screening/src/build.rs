//! Making segments: from messages, or from other segments.

use countermark_marking::Master;

use crate::cells::{Cell, cells, hashes};
use crate::checks::{BLOCK, checksum};
use crate::layout::{Layout, MESSAGES, PRINT};
use crate::prefilter::{FILTER_BITS, filter_mask, filter_word, print, set_insert, set_words};
use crate::rarity::Common;
use crate::segment::{LOOSE, Segment};
use crate::select::{Selected, select};
use crate::{Error, Key};

/// Entries a bucket, about.
const BUCKET: u64 = 8;

/// Where a message's number stands below its print.
const NUMBER: u32 = 64 - PRINT;

/// Collects messages for a segment.
#[derive(Debug)]
pub struct Builder<'k> {
    key: &'k Key,
    common: Common,
    draft: Draft,
}

/// A segment before it is written.
#[derive(Debug, Default)]
struct Draft {
    /// A print, then the message's number.
    entries: Vec<u64>,
    handles: Vec<u64>,
    ends: Vec<u32>,
    sets: Vec<u64>,
    short: u8,
}

impl<'k> Builder<'k> {
    /// An empty one.
    pub fn new(key: &'k Key) -> Self {
        Self { key, common: Common::new(key), draft: Draft::default() }
    }

    /// Takes a message under a handle: a random number of the caller's choice that says nothing about it. `values` gives
    /// the values that a field has in the copies; of a field without any the words around are indexed, those across it not.
    ///
    /// # Errors
    /// When sites that touch have too many wordings together, or the segment is full. Then the message is not in it.
    pub fn add(&mut self, handle: u64, master: &Master, values: &dyn Fn(&str) -> Vec<String>) -> Result<(), Error> {
        let cells = cells(self.key, master, values)?;
        let selected = select(self.key, &cells, &|word| self.common.cost(word));
        self.draft.add(handle, selected)
    }

    /// Takes a text without sites and fields.
    ///
    /// # Errors
    /// When the segment is full.
    pub fn add_text(&mut self, handle: u64, text: &str) -> Result<(), Error> {
        let words = hashes(self.key, text);
        let selected = select(self.key, &[Cell::Words(words)], &|word| self.common.cost(word));
        self.draft.add(handle, selected)
    }

    /// The number of messages taken.
    pub fn len(&self) -> usize {
        self.draft.handles.len()
    }

    /// Whether none was.
    pub fn is_empty(&self) -> bool {
        self.draft.handles.is_empty()
    }

    /// The bytes of the segment.
    pub fn finish(self) -> Vec<u8> {
        self.draft.write(self.key.check())
    }
}

/// One segment from several: the messages for which `keep` holds, asked with the segment's place and the handle.
///
/// # Errors
/// When a segment is damaged or made with another key, or all are too many for one.
pub fn merge<B: AsRef<[u8]>>(
    key: &Key,
    segments: &[&Segment<B>],
    keep: &dyn Fn(usize, u64) -> bool,
) -> Result<Vec<u8>, Error> {
    let mut draft = Draft::default();
    for (place, segment) in segments.iter().enumerate() {
        segment.check_key(key)?;
        let mut numbers: Vec<Option<u32>> = Vec::with_capacity(segment.len());
        for (number, handle) in (0u32..).zip(segment.handles()?) {
            if !keep(place, handle) {
                numbers.push(None);
                continue;
            }
            let (set, loose) = segment.set(number)?;
            let words = set.iter().map(|word| u64::from_le_bytes(*word));
            numbers.push(Some(draft.message(handle, words, loose)?));
        }
        draft.short |= segment.layout().short;
        let entries = &mut draft.entries;
        segment.walk(|print, number| {
            if let Some(Some(number)) = numbers.get(number as usize) {
                entries.push(print << NUMBER | u64::from(*number));
            }
        })?;
    }
    Ok(draft.write(key.check()))
}

impl Draft {
    /// Takes a message's set; gives its number.
    fn message(&mut self, handle: u64, set: impl Iterator<Item = u64>, loose: bool) -> Result<u32, Error> {
        let number = self.handles.len() as u64;
        if number >= MESSAGES {
            return Err(Error::TooMany { limit: MESSAGES });
        }
        let before = self.sets.len();
        self.sets.extend(set);
        if self.sets.len() as u64 >= u64::from(LOOSE) {
            self.sets.truncate(before);
            return Err(Error::TooMany { limit: number });
        }
        self.handles.push(handle);
        self.ends.push(self.sets.len() as u32 | if loose { LOOSE } else { 0 });
        Ok(number as u32)
    }

    fn add(&mut self, handle: u64, selected: Selected) -> Result<(), Error> {
        if self.entries.len() + selected.table.len() > i32::MAX as usize {
            return Err(Error::TooMany { limit: self.handles.len() as u64 });
        }
        let before = self.sets.len();
        let number = self.message(handle, std::iter::repeat_n(0, set_words(selected.all.len())), selected.loose)?;
        let set = &mut self.sets[before..];
        selected.all.iter().for_each(|&fingerprint| set_insert(set, fingerprint));
        self.short |= selected.short;
        self.entries.extend(selected.table.iter().map(|&full| print(full) << NUMBER | u64::from(number)));
        Ok(())
    }

    fn write(mut self, key_check: u64) -> Vec<u8> {
        sort(&mut self.entries);
        self.entries.dedup();
        let prints = self.entries.chunk_by(|a, b| a >> NUMBER == b >> NUMBER).count() as u64;
        let number_bits = (self.handles.len() as u64).max(1).next_power_of_two().ilog2();
        let layout = Layout {
            messages: self.handles.len() as u64,
            entries: self.entries.len() as u64,
            filter: (prints * FILTER_BITS).div_ceil(64).max(1),
            sets: self.sets.len() as u64,
            key_check,
            // With few entries and many messages an entry must still be read as one number.
            bucket_bits: (self.entries.len() as u64 / BUCKET).max(2).ilog2().max(number_bits.saturating_sub(8)),
            number_bits,
            short: self.short,
        };
        let places = layout.places().expect("a draft stays within the limits");
        let mut out = vec![0; places.base + places.body];
        let (front, body) = out.split_at_mut(places.base);
        self.write_filter(&layout, &mut body[places.filter.at..]);
        self.write_buckets(&layout, &mut body[places.buckets.at..]);
        self.write_entries(&layout, &mut body[places.entries.at..]);
        put(&mut body[places.handles.at..], self.handles.iter().map(|n| n.to_le_bytes()));
        put(&mut body[places.ends.at..], self.ends.iter().map(|n| n.to_le_bytes()));
        put(&mut body[places.sets.at..], self.sets.iter().map(|n| n.to_le_bytes()));
        let (head, sums) = front.split_at_mut(crate::layout::HEAD);
        head.copy_from_slice(&layout.write());
        let (list, last) = sums.split_at_mut(sums.len() - 8);
        put(list, body.chunks(BLOCK).map(|block| checksum(block).to_le_bytes()));
        last.copy_from_slice(&checksum(list).to_le_bytes());
        out
    }

    fn write_filter(&self, layout: &Layout, out: &mut [u8]) {
        let words = out.as_chunks_mut::<8>().0;
        for entry in &self.entries {
            let print = entry >> NUMBER;
            let word = &mut words[filter_word(print, layout.filter)];
            *word = (u64::from_le_bytes(*word) | filter_mask(print)).to_le_bytes();
        }
    }

    fn write_buckets(&self, layout: &Layout, out: &mut [u8]) {
        let starts = out.as_chunks_mut::<4>().0;
        let mut next = 0;
        for (index, entry) in self.entries.iter().enumerate() {
            let bucket = (u128::from(*entry) >> (64 - layout.bucket_bits)) as usize;
            while next <= bucket {
                starts[next] = (index as u32).to_le_bytes();
                next += 1;
            }
        }
        for start in &mut starts[next..=1 << layout.bucket_bits] {
            *start = (self.entries.len() as u32).to_le_bytes();
        }
    }

    fn write_entries(&self, layout: &Layout, out: &mut [u8]) {
        let bits = layout.entry_bits() as usize;
        let tag_bits = PRINT - layout.bucket_bits;
        for (index, entry) in self.entries.iter().enumerate() {
            let tag = entry >> NUMBER & ((1 << tag_bits) - 1);
            let number = entry & ((1 << NUMBER) - 1);
            let bit = index * bits;
            let word = (tag << layout.number_bits | number) << (bit % 8);
            if let Some(place) = out[bit / 8..].first_chunk_mut::<8>() {
                *place = (u64::from_le_bytes(*place) | word).to_le_bytes();
            }
        }
    }
}

/// Bits of a print that one pass of sorting looks at.
const DIGIT: u32 = 10;

/// So few entries are sorted otherwise.
const FEW: usize = 1 << 15;

/// Sorts entries that are in order of their messages' numbers where their prints are the same: by the prints' digits, lowest first.
fn sort(entries: &mut Vec<u64>) {
    if entries.len() < FEW {
        return entries.sort_unstable();
    }
    let mut other = vec![0; entries.len()];
    for shift in (NUMBER..64).step_by(DIGIT as usize) {
        let digit = |entry: u64| (entry >> shift) as usize & ((1 << DIGIT) - 1);
        let mut starts = [0; 1 << DIGIT];
        entries.iter().for_each(|&entry| starts[digit(entry)] += 1);
        let mut sum = 0;
        for start in &mut starts {
            sum += std::mem::replace(start, sum);
        }
        for &entry in entries.iter() {
            let place = &mut starts[digit(entry)];
            other[*place] = entry;
            *place += 1;
        }
        std::mem::swap(entries, &mut other);
    }
}

fn put<const N: usize>(out: &mut [u8], values: impl Iterator<Item = [u8; N]>) {
    for (place, value) in out.as_chunks_mut::<N>().0.iter_mut().zip(values) {
        *place = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_entries_are_sorted_as_few_are() {
        for (count, prints) in [(FEW, 1 << 40), (FEW + 1, 100), (3 * FEW, 1u64 << 33)] {
            let print = |i: u64| (i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 24) % prints;
            let entries: Vec<u64> = (0..count as u64).map(|i| print(i) << NUMBER | (i / 3)).collect();
            let (mut judge, mut sorted) = (entries.clone(), entries);
            judge.sort_unstable();
            sort(&mut sorted);
            assert_eq!(sorted, judge);
        }
    }
}
