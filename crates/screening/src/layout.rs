//! Where what stands in a segment's file; `docs/formats/index.md` describes it.

use crate::Error;
use crate::checks::{BLOCK, checksum};

/// What every segment begins with.
pub(crate) const MAGIC: &[u8; 8] = b"CMSEGMT\0";

/// The format's version.
pub(crate) const VERSION: u32 = 1;

/// Bytes of the head, its checksum included.
pub(crate) const HEAD: usize = 72;

/// Bits of a fingerprint that the table knows: the highest ones.
pub(crate) const PRINT: u32 = 40;

/// The most messages of a segment.
pub(crate) const MESSAGES: u64 = 1 << 22;

/// The most entries of a table.
const ENTRIES: u64 = 1 << 31;

/// The numbers that a head holds, and what follows from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) messages: u64,
    pub(crate) entries: u64,
    /// 64-bit words of the prefilter, at least one.
    pub(crate) filter: u64,
    /// 64-bit words of all messages' sets.
    pub(crate) sets: u64,
    pub(crate) key_check: u64,
    /// Bits of a fingerprint that say its bucket.
    pub(crate) bucket_bits: u32,
    /// Bits of a message's number.
    pub(crate) number_bits: u32,
    /// Lengths of shingles shorter than the usual ones.
    pub(crate) short: u8,
}

/// A part of the body: where it begins, how long it is, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) at: usize,
    pub(crate) len: usize,
}

/// The parts of the body, in order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Places {
    pub(crate) filter: Place,
    pub(crate) buckets: Place,
    pub(crate) entries: Place,
    pub(crate) handles: Place,
    pub(crate) ends: Place,
    pub(crate) sets: Place,
    /// Bytes of the body.
    pub(crate) body: usize,
    /// Where the body begins in the file: behind head and checksums.
    pub(crate) base: usize,
}

impl Layout {
    /// Bits of an entry.
    pub(crate) fn entry_bits(&self) -> u32 {
        PRINT - self.bucket_bits + self.number_bits
    }

    /// Where everything stands; nothing when the numbers are beyond the limits.
    pub(crate) fn places(&self) -> Option<Places> {
        let sane = self.messages <= MESSAGES
            && self.entries <= ENTRIES
            && (1..=ENTRIES).contains(&self.filter)
            && self.sets < 1 << 31
            && (1..=31).contains(&self.bucket_bits)
            && self.number_bits <= 22
            && self.messages <= 1 << self.number_bits
            && self.entry_bits() <= 57;
        if !sane {
            return None;
        }
        let mut at = 0;
        let mut place = |len: u64| -> Option<Place> {
            let len = usize::try_from(len).ok()?;
            let place = Place { at, len };
            at += len.next_multiple_of(8);
            Some(place)
        };
        let filter = place(self.filter * 8)?;
        let buckets = place(((1 << self.bucket_bits) + 1) * 4)?;
        // Eight bytes more, so that an entry can be read as one number.
        let entries = place((self.entries * u64::from(self.entry_bits())).div_ceil(8) + 8)?;
        let handles = place(self.messages * 8)?;
        let ends = place(self.messages * 4)?;
        let sets = place(self.sets * 8)?;
        let body = at;
        let base = HEAD + 8 * body.div_ceil(BLOCK) + 8;
        Some(Places { filter, buckets, entries, handles, ends, sets, body, base })
    }

    pub(crate) fn write(&self) -> [u8; HEAD] {
        let mut head = [0; HEAD];
        head[..8].copy_from_slice(MAGIC);
        head[8..12].copy_from_slice(&VERSION.to_le_bytes());
        head[12] = crate::select::SHINGLE as u8;
        head[13] = self.bucket_bits as u8;
        head[14] = self.number_bits as u8;
        head[15] = self.short;
        for (i, number) in
            [self.messages, self.entries, self.filter, self.sets, self.key_check, 0].into_iter().enumerate()
        {
            head[16 + 8 * i..24 + 8 * i].copy_from_slice(&number.to_le_bytes());
        }
        let sum = checksum(&head[..HEAD - 8]);
        head[HEAD - 8..].copy_from_slice(&sum.to_le_bytes());
        head
    }

    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Error> {
        let too_short = Error::Length { expected: HEAD as u64, found: bytes.len() as u64 };
        let head = bytes.first_chunk::<HEAD>().ok_or(too_short)?;
        if head[..8] != MAGIC[..] {
            return Err(Error::Magic);
        }
        let numbers = head.as_chunks::<8>().0;
        let number = |i: usize| u64::from_le_bytes(numbers[i]);
        if checksum(&head[..HEAD - 8]) != number(HEAD / 8 - 1) {
            return Err(Error::Damaged { at: 0 });
        }
        let version = number(1) as u32;
        if version != VERSION || usize::from(head[12]) != crate::select::SHINGLE || number(7) != 0 {
            return Err(Error::Version { found: version });
        }
        Ok(Self {
            messages: number(2),
            entries: number(3),
            filter: number(4),
            sets: number(5),
            key_check: number(6),
            bucket_bits: u32::from(head[13]),
            number_bits: u32::from(head[14]),
            short: head[15],
        })
    }
}
