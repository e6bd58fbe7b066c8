//! The manifest: which segments make the index, and which of their messages are gone.

use std::collections::HashSet;

use crate::checks::checksum;
use crate::{Error, Key, Segment};

const MAGIC: &[u8; 8] = b"CMINDEX\0";
const VERSION: u32 = 1;
const HEAD: usize = 48;

/// So many small segments are left alone.
const FEW: usize = 4;

/// A segment in a manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name: a number that no other segment of this index ever had.
    pub name: u64,
    /// Its bytes.
    pub length: u64,
    /// Its messages, the removed ones included.
    pub messages: u64,
    /// The checksum of its bytes up to its body, that of the list of checksums among them: so of all its bytes.
    pub sum: u64,
}

/// Which segments make the index, oldest first, and what was removed from them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// Rises by one with every change.
    pub generation: u64,
    /// The name that the next segment gets.
    pub next: u64,
    /// The segments.
    pub segments: Vec<Listed>,
    /// Segments' names and handles of messages that are gone.
    pub removed: Vec<(u64, u64)>,
    key_check: u64,
}

impl Manifest {
    /// An empty index under a key.
    pub fn new(key: &Key) -> Self {
        Self { generation: 0, next: 0, segments: Vec::new(), removed: Vec::new(), key_check: key.check() }
    }

    /// Whether it was made with this key.
    ///
    /// # Errors
    /// [`Error::Key`] if not.
    pub fn check_key(&self, key: &Key) -> Result<(), Error> {
        if self.key_check == key.check() { Ok(()) } else { Err(Error::Key) }
    }

    /// Messages that are there.
    pub fn messages(&self) -> u64 {
        let all: u64 = self.segments.iter().map(|listed| listed.messages).sum();
        all.saturating_sub(self.removed.len() as u64)
    }

    /// Adds a segment as the newest; gives the name it gets.
    pub fn add<B: AsRef<[u8]>>(&mut self, segment: &Segment<B>) -> u64 {
        let name = self.next;
        self.next += 1;
        self.generation += 1;
        self.segments.push(Listed {
            name,
            length: segment.bytes().len() as u64,
            messages: segment.len() as u64,
            sum: segment.sum(),
        });
        name
    }

    /// Marks a message of a segment as gone; false when it was already, or the segment is none of these.
    pub fn remove(&mut self, segment: u64, handle: u64) -> bool {
        let known = self.segments.iter().any(|listed| listed.name == segment);
        if !known || self.removed.contains(&(segment, handle)) {
            return false;
        }
        self.generation += 1;
        self.removed.push((segment, handle));
        true
    }

    /// Puts one segment in the place of others.
    pub fn replace<B: AsRef<[u8]>>(&mut self, names: &[u64], merged: &Segment<B>) -> u64 {
        self.segments.retain(|listed| !names.contains(&listed.name));
        self.removed.retain(|(name, _)| !names.contains(name));
        let name = self.add(merged);
        // What was merged is older than what stands: it goes to the front, where the large ones are.
        self.segments.sort_by_key(|listed| std::cmp::Reverse(listed.messages));
        name
    }

    /// The handles that are gone from a segment.
    pub fn gone(&self, segment: u64) -> HashSet<u64> {
        self.removed.iter().filter(|(name, _)| *name == segment).map(|(_, handle)| *handle).collect()
    }

    /// The segments that are due to be merged into one when none of more than `most` messages is to be written: the smallest
    /// ones, as soon as more than `FEW` of them are of about one size or smaller. So there are few segments, and every message is
    /// rewritten a logarithmic number of times. Empty when all is well.
    pub fn due(&self, most: u64) -> Vec<u64> {
        let mut sizes: Vec<(u64, u64)> = self.segments.iter().map(|listed| (listed.messages, listed.name)).collect();
        sizes.sort_unstable();
        let mut sum = 0;
        let mut due = 0;
        for (i, (messages, _)) in sizes.iter().enumerate() {
            // A segment larger than all before it together begins a new size; what is due ends before it.
            if i > FEW && sum < *messages {
                break;
            }
            sum += messages;
            if sum > most {
                break;
            }
            if i >= FEW {
                due = i + 1;
            }
        }
        sizes.into_iter().take(due).map(|(_, name)| name).collect()
    }

    /// Its bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(HEAD + 32 * self.segments.len() + 16 * self.removed.len() + 8);
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&u64::from(VERSION).to_le_bytes());
        let counts = [self.segments.len() as u64, self.removed.len() as u64];
        for number in [self.generation, self.next, self.key_check] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        out.extend_from_slice(&(counts[0] << 32 | counts[1]).to_le_bytes());
        for listed in &self.segments {
            for number in [listed.name, listed.length, listed.messages, listed.sum] {
                out.extend_from_slice(&number.to_le_bytes());
            }
        }
        for (name, handle) in &self.removed {
            out.extend_from_slice(&name.to_le_bytes());
            out.extend_from_slice(&handle.to_le_bytes());
        }
        let sum = checksum(&out);
        out.extend_from_slice(&sum.to_le_bytes());
        out
    }

    /// Reads one.
    ///
    /// # Errors
    /// When the bytes are no manifest, or a damaged one.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let (numbers, rest) = bytes.as_chunks::<8>();
        let found = bytes.len() as u64;
        if numbers.len() < HEAD / 8 + 1 || !rest.is_empty() {
            return Err(Error::Length { expected: HEAD as u64 + 8, found });
        }
        if numbers[0] != *MAGIC {
            return Err(Error::Magic);
        }
        let (body, sum) = bytes.split_at(bytes.len() - 8);
        let number = |i: usize| u64::from_le_bytes(numbers[i]);
        if checksum(body).to_le_bytes() != *sum {
            return Err(Error::Damaged { at: 0 });
        }
        if number(1) != u64::from(VERSION) {
            return Err(Error::Version { found: number(1) as u32 });
        }
        let (segments, removed) = (number(5) >> 32, number(5) & 0xffff_ffff);
        let expected = HEAD as u64 + 32 * segments + 16 * removed + 8;
        if expected != found {
            return Err(Error::Length { expected, found });
        }
        let (listed, gone) = numbers[HEAD / 8..numbers.len() - 1].split_at(4 * segments as usize);
        let value = |eight: &[u8; 8]| u64::from_le_bytes(*eight);
        Ok(Self {
            generation: number(2),
            next: number(3),
            key_check: number(4),
            segments: listed
                .as_chunks::<4>()
                .0
                .iter()
                .map(|[name, length, messages, sum]| Listed {
                    name: value(name),
                    length: value(length),
                    messages: value(messages),
                    sum: value(sum),
                })
                .collect(),
            removed: gone.as_chunks::<2>().0.iter().map(|[name, handle]| (value(name), value(handle))).collect(),
        })
    }
}
