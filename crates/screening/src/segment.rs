//! A segment: an index of some messages, in one stretch of bytes.

use crate::checks::{BLOCK, Checked, checksum};
use crate::layout::{HEAD, Layout, PRINT, Place, Places};
use crate::prefilter;
use crate::{Error, Key};

/// The highest bit of a message's end: any hit is a match.
pub(crate) const LOOSE: u32 = 1 << 31;

/// Look-ups made together.
const BATCH: usize = 32;

/// An index of some messages over the bytes of a file, which may be mapped. Opening looks at the head and the list of checksums; every
/// block of the rest is checked when it is first looked at.
#[derive(Debug)]
pub struct Segment<B> {
    bytes: B,
    layout: Layout,
    places: Places,
    checked: Checked,
}

impl<B: AsRef<[u8]>> Segment<B> {
    /// Opens a segment.
    ///
    /// # Errors
    /// When the bytes are none, have another length than their head says, or head or checksums are damaged. What is damaged
    /// behind them shows when it is looked at.
    pub fn open(bytes: B) -> Result<Self, Error> {
        let all = bytes.as_ref();
        let layout = Layout::read(all)?;
        let places = layout.places().ok_or(Error::Contradiction { at: 16 })?;
        let expected = (places.base + places.body) as u64;
        if all.len() as u64 != expected {
            return Err(Error::Length { expected, found: all.len() as u64 });
        }
        let sums = &all[HEAD..places.base - 8];
        let sum = u64::from_le_bytes(*all[..places.base].last_chunk().ok_or(Error::Magic)?);
        if checksum(sums) != sum {
            return Err(Error::Damaged { at: HEAD as u64 });
        }
        let checked = Checked::new(places.body.div_ceil(BLOCK));
        Ok(Self { bytes, layout, places, checked })
    }

    /// The number of messages.
    pub fn len(&self) -> usize {
        self.layout.messages as usize
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.layout.messages == 0
    }

    /// The handles of its messages, in the order of their numbers.
    ///
    /// # Errors
    /// When their list is damaged.
    pub fn handles(&self) -> Result<Vec<u64>, Error> {
        let place = self.places.handles;
        let list = self.part(place, 0, place.len)?;
        Ok(list.as_chunks::<8>().0.iter().map(|handle| u64::from_le_bytes(*handle)).collect())
    }

    /// Looks at every block.
    ///
    /// # Errors
    /// The first damage.
    pub fn verify(&self) -> Result<(), Error> {
        self.whole(0, self.places.body)
    }

    /// Whether it was made with this key.
    ///
    /// # Errors
    /// [`Error::Key`] if not.
    pub fn check_key(&self, key: &Key) -> Result<(), Error> {
        if self.layout.key_check == key.check() { Ok(()) } else { Err(Error::Key) }
    }

    /// A checksum of head and list of checksums, and so of everything.
    pub(crate) fn sum(&self) -> u64 {
        checksum(&self.bytes.as_ref()[..self.places.base])
    }

    pub(crate) fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The bytes, all of them.
    pub fn bytes(&self) -> &[u8] {
        self.bytes.as_ref()
    }

    fn body(&self) -> &[u8] {
        &self.bytes.as_ref()[self.places.base..]
    }

    /// Checks the blocks between two places of the body.
    #[inline]
    fn whole(&self, from: usize, to: usize) -> Result<(), Error> {
        let mut block = from / BLOCK;
        while block * BLOCK < to {
            if !self.checked.knows(block) {
                let sums = &self.bytes.as_ref()[HEAD..self.places.base - 8];
                self.checked.check(block, self.body(), self.places.base, sums)?;
            }
            block += 1;
        }
        Ok(())
    }

    /// Bytes of a part, checked.
    #[inline]
    fn part(&self, place: Place, from: usize, len: usize) -> Result<&[u8], Error> {
        let at = place.at + from;
        let end = at + len;
        if from + len > place.len {
            return Err(Error::Contradiction { at: (self.places.base + at) as u64 });
        }
        self.whole(at, end)?;
        self.body().get(at..end).ok_or(Error::Contradiction { at: (self.places.base + at) as u64 })
    }

    #[inline]
    fn u32_at(&self, place: Place, index: usize) -> Result<u32, Error> {
        let bytes = self.part(place, 4 * index, 4)?;
        Ok(bytes.first_chunk().map_or(0, |four| u32::from_le_bytes(*four)))
    }

    /// Calls `visit` with the places of those fingerprints that the table may hold. Of a batch all words are read before any is
    /// looked at, so that the waits for memory overlap.
    pub(crate) fn pass(&self, fingerprints: &[u64], mut visit: impl FnMut(usize)) -> Result<(), Error> {
        let place = self.places.filter;
        let filter = self.body().get(place.at..place.at + place.len).unwrap_or(&[]).as_chunks::<8>().0;
        let mut words = [0; BATCH];
        for (batch, fingerprints) in fingerprints.chunks(BATCH).enumerate() {
            for (word, &fingerprint) in words.iter_mut().zip(fingerprints) {
                let at = prefilter::filter_word(prefilter::print(fingerprint), filter.len() as u64);
                // A word lies in one block: the filter begins with the body.
                let byte = place.at + 8 * at;
                if !self.checked.knows(byte / BLOCK) {
                    self.whole(byte, byte + 8)?;
                }
                *word = filter.get(at).map_or(0, |eight| u64::from_le_bytes(*eight));
            }
            for (at, (word, &fingerprint)) in words.iter().zip(fingerprints).enumerate() {
                let mask = prefilter::filter_mask(prefilter::print(fingerprint));
                if word & mask == mask {
                    visit(batch * BATCH + at);
                }
            }
        }
        Ok(())
    }

    /// The entries of a bucket: from which on, how many.
    fn bucket(&self, bucket: usize) -> Result<(usize, usize), Error> {
        let from = self.u32_at(self.places.buckets, bucket)?;
        let to = self.u32_at(self.places.buckets, bucket + 1)?;
        if from > to || u64::from(to) > self.layout.entries {
            return Err(Error::Contradiction { at: (self.places.base + self.places.buckets.at + 4 * bucket) as u64 });
        }
        Ok((from as usize, (to - from) as usize))
    }

    /// An entry: its tag and the message's number.
    #[inline]
    fn entry(&self, index: usize) -> Result<(u64, u32), Error> {
        let bits = self.layout.entry_bits() as usize;
        let bit = index * bits;
        let bytes = self.part(self.places.entries, bit / 8, 8)?;
        let word = bytes.first_chunk().map_or(0, |eight| u64::from_le_bytes(*eight)) >> (bit % 8);
        let number = word & ((1 << self.layout.number_bits) - 1);
        let tag = word >> self.layout.number_bits & ((1 << (PRINT - self.layout.bucket_bits)) - 1);
        if number >= self.layout.messages {
            return Err(Error::Contradiction { at: (self.places.base + self.places.entries.at + bit / 8) as u64 });
        }
        Ok((tag, number as u32))
    }

    /// The messages that have each of some prints: calls `visit` with a print's place among them, the first `most` of its messages, and
    /// how many there are.
    pub(crate) fn look_up(
        &self,
        prints: &[u64],
        most: usize,
        mut visit: impl FnMut(usize, &[u32], usize),
    ) -> Result<(), Error> {
        let tag_bits = PRINT - self.layout.bucket_bits;
        let mut buckets = [(0, 0); BATCH];
        let mut ends = [(0, 0); BATCH];
        let mut numbers = Vec::new();
        for (batch, prints) in prints.chunks(BATCH).enumerate() {
            // A step for all, then the next: so that the waits for memory overlap.
            for (bucket, print) in buckets.iter_mut().zip(prints) {
                *bucket = self.bucket((print >> tag_bits) as usize)?;
            }
            for (ends, &(from, count)) in ends.iter_mut().zip(&buckets[..prints.len()]) {
                *ends = if count == 0 { (1, 0) } else { (self.entry(from)?.0, self.entry(from + count - 1)?.0) };
            }
            for (at, print) in prints.iter().enumerate() {
                let tag = print & ((1 << tag_bits) - 1);
                numbers.clear();
                let mut found = 0;
                if (ends[at].0..=ends[at].1).contains(&tag) {
                    found = self.tagged(buckets[at], tag, most, &mut numbers)?;
                }
                visit(batch * BATCH + at, &numbers, found);
            }
        }
        Ok(())
    }

    /// The messages of a bucket's entries that have a tag: the first `most` of them, and how many there are.
    fn tagged(
        &self,
        (from, count): (usize, usize),
        tag: u64,
        most: usize,
        numbers: &mut Vec<u32>,
    ) -> Result<usize, Error> {
        // A bucket is sorted; a long one holds stock phrases, and is searched by halves.
        let (mut low, mut high) = (0, count);
        while high - low > 16 {
            let middle = low.midpoint(high);
            if self.entry(from + middle)?.0 < tag { low = middle } else { high = middle }
        }
        let mut first = low;
        while first < count && self.entry(from + first)?.0 < tag {
            first += 1;
        }
        let mut found = 0;
        while first + found < count {
            let (here, number) = self.entry(from + first + found)?;
            if here != tag {
                break;
            }
            if found == most {
                return Ok(found + self.rest(from + first + found, from + count, tag)?);
            }
            numbers.push(number);
            found += 1;
        }
        Ok(found)
    }

    /// How many entries from `start` on have a tag.
    fn rest(&self, start: usize, end: usize, tag: u64) -> Result<usize, Error> {
        let (mut low, mut high) = (start, end);
        while low < high {
            let middle = low.midpoint(high);
            if self.entry(middle)?.0 <= tag { low = middle + 1 } else { high = middle }
        }
        Ok(low - start)
    }

    /// Calls `visit` with every print of the table and its message's number, in order.
    pub(crate) fn walk(&self, mut visit: impl FnMut(u64, u32)) -> Result<(), Error> {
        for bucket in 0..1usize << self.layout.bucket_bits {
            let (from, count) = self.bucket(bucket)?;
            for index in from..from + count {
                let (tag, number) = self.entry(index)?;
                visit((bucket as u64) << (PRINT - self.layout.bucket_bits) | tag, number);
            }
        }
        Ok(())
    }

    /// A message's handle.
    pub(crate) fn handle(&self, number: u32) -> Result<u64, Error> {
        let bytes = self.part(self.places.handles, 8 * number as usize, 8)?;
        Ok(bytes.first_chunk().map_or(0, |eight| u64::from_le_bytes(*eight)))
    }

    /// A message's set, and whether any hit on it is a match.
    pub(crate) fn set(&self, number: u32) -> Result<(&[[u8; 8]], bool), Error> {
        let number = number as usize;
        let end = self.u32_at(self.places.ends, number)?;
        let start = if number == 0 { 0 } else { self.u32_at(self.places.ends, number - 1)? & !LOOSE };
        let loose = end & LOOSE != 0;
        let end = end & !LOOSE;
        if start > end {
            return Err(Error::Contradiction { at: (self.places.base + self.places.ends.at + 4 * number) as u64 });
        }
        let bytes = self.part(self.places.sets, 8 * start as usize, 8 * (end - start) as usize)?;
        Ok((bytes.as_chunks::<8>().0, loose))
    }
}
