//! How rare words are in the language.
//!
//! A small model of what is common in diplomatic, business and general English: what a word costs in bits by itself, behind the word before
//! it, behind the two before it; the least of these counts (a back-off after Katz 1987, without his smoothing). What the table
//! does not hold is rare. `data/README.md` says what it was counted on.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;
use std::sync::LazyLock;

use crate::Key;

/// The table: a line each, bits and then one, two or three canonical words.
const TABLE: &str = include_str!("../data/english.txt");

/// What a word costs that the table does not hold.
const UNKNOWN: u8 = 15;

static ENGLISH: LazyLock<HashMap<&'static str, u8, BuildHasherDefault<Quick>>> = LazyLock::new(|| {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| line.split_once(' '))
        .filter_map(|(bits, words)| Some((words, bits.parse().ok()?)))
        .collect()
});

/// A quick hash for a table whose keys are fixed: the texts that are looked up can't make it slow, since they are not put in.
#[derive(Clone, Copy, Debug, Default)]
struct Quick(u64);

impl Hasher for Quick {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.0 = (self.0.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
    }

    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }
}

/// The table under a key: what stands behind the hash of one, two or three words. Whatever was hashed once for screening is
/// weighed without its letters.
#[derive(Debug)]
pub(crate) struct Model {
    /// A hash's bits but the lowest eight, and in those the bits that the last word costs; zero where there is none.
    slots: Vec<u64>,
}

/// Of a slot, what is the hash's.
const TAG: u64 = !0xff;

impl Model {
    pub(crate) fn new(key: &Key) -> Self {
        let mut model = Self { slots: vec![0; (2 * ENGLISH.len()).next_power_of_two()] };
        for (words, &bits) in ENGLISH.iter() {
            let length = words.split(' ').count();
            let tag = Self::tag(key.run(words.split(' ').map(|word| key.word(word.as_bytes()))), length);
            let mut at = model.home(tag);
            while model.slots[at] != 0 {
                at = (at + 1) & (model.slots.len() - 1);
            }
            model.slots[at] = tag | u64::from(bits);
        }
        model
    }

    /// A run's hash spread over 64 bits, without the lowest ones; never zero but with a chance of one in 2^56.
    #[inline]
    fn tag(run: u64, length: usize) -> u64 {
        let mixed = (run | (length as u64) << 61).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed ^ mixed >> 32).wrapping_mul(0xd6e8_feb8_6659_fd93) & TAG
    }

    #[inline]
    fn home(&self, tag: u64) -> usize {
        (tag >> 40) as usize & (self.slots.len() - 1)
    }

    #[inline]
    fn get(&self, run: u64, length: usize) -> u8 {
        let tag = Self::tag(run, length);
        let mut at = self.home(tag);
        loop {
            match self.slots[at] {
                0 => return UNKNOWN,
                slot if slot & TAG == tag => return slot as u8,
                _ => at = (at + 1) & (self.slots.len() - 1),
            }
        }
    }
}

/// The bits of the words of a text.
#[derive(Debug)]
pub(crate) struct Rarity {
    /// Each word by itself.
    alone: Vec<u8>,
    /// At most behind the word before it.
    second: Vec<u8>,
    /// The sum, over all words before each, of the bits behind whatever is before it.
    sums: Vec<u32>,
}

impl Rarity {
    /// That of words given by their hashes.
    pub(crate) fn new(key: &Key, model: &Model, words: impl ExactSizeIterator<Item = u64>) -> Self {
        let count = words.len();
        let mut rarity = Self {
            alone: Vec::with_capacity(count),
            second: Vec::with_capacity(count),
            sums: Vec::with_capacity(count + 1),
        };
        rarity.sums.push(0);
        let mut last = [0; 2];
        let mut sum = 0;
        for (at, word) in words.enumerate() {
            let one = model.get(word, 1);
            let two = if at > 0 { model.get(key.run([last[1], word]), 2) } else { UNKNOWN };
            let three = if at > 1 { model.get(key.run([last[0], last[1], word]), 3) } else { UNKNOWN };
            rarity.alone.push(one);
            rarity.second.push(one.min(two));
            sum += u32::from(one.min(two).min(three));
            rarity.sums.push(sum);
            last = [last[1], word];
        }
        rarity
    }

    /// The bits of a run of words by itself: its first word follows nothing.
    pub(crate) fn bits(&self, run: Range<usize>) -> f64 {
        let of = |list: &[u8], at: usize| list.get(at).copied().map_or(0, u32::from);
        let upto = |at: usize| self.sums.get(at).or(self.sums.last()).copied().unwrap_or(0);
        let first = if run.is_empty() { 0 } else { of(&self.alone, run.start) };
        let second = if run.len() > 1 { of(&self.second, run.start + 1) } else { 0 };
        let rest = upto(run.end).saturating_sub(upto((run.start + 2).min(run.end)));
        f64::from(first + second + rest)
    }
}

/// Which words are common, by their hashes: for choosing what is indexed.
#[derive(Debug)]
pub(crate) struct Common {
    /// A hash, and in two bits below it what the word costs.
    slots: Vec<u64>,
}

/// So many words are common.
const COMMON: usize = 1 << 10;

/// Slots of the table of common words, a power of two: most stay empty, so that one look is enough.
const SLOTS: usize = 1 << 12;

/// An empty slot: no hash, which is below 2^61, leaves it.
const EMPTY: u64 = u64::MAX;

impl Common {
    pub(crate) fn new(key: &Key) -> Self {
        let mut common = Self { slots: vec![EMPTY; SLOTS] };
        let single = ENGLISH.iter().filter(|(word, bits)| !word.contains(' ') && **bits <= 11);
        let mut words: Vec<_> = single.collect();
        words.sort_unstable_by_key(|&(word, bits)| (bits, word));
        for (word, &bits) in words.into_iter().take(COMMON) {
            let hash = key.word(word.as_bytes());
            let mut slot = Self::slot(hash);
            while common.slots[slot] != EMPTY {
                slot = (slot + 1) % SLOTS;
            }
            common.slots[slot] = hash << 2 | (1 + u64::from(bits < 9));
        }
        common
    }

    #[inline]
    fn slot(hash: u64) -> usize {
        (hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 52) as usize % SLOTS
    }

    /// 0 for a rare word, 2 for a very common one.
    #[inline]
    pub(crate) fn cost(&self, word: u64) -> u32 {
        let mut slot = Self::slot(word);
        loop {
            match self.slots[slot] {
                EMPTY => return 0,
                found if found >> 2 == word => return (found & 3) as u32,
                _ => slot = (slot + 1) % SLOTS,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rarity(words: &[&str]) -> Rarity {
        let key = Key::new(&[4; 32]);
        let hashes: Vec<u64> = words.iter().map(|word| key.word(word.as_bytes())).collect();
        Rarity::new(&key, &Model::new(&key), hashes.into_iter())
    }

    fn bits(text: &str) -> f64 {
        let words: Vec<&str> = text.split(' ').collect();
        rarity(&words).bits(0..words.len())
    }

    #[test]
    fn every_line_of_the_table_is_found() {
        let key = Key::new(&[4; 32]);
        let model = Model::new(&key);
        for (words, &bits) in ENGLISH.iter() {
            let hashes: Vec<u64> = words.split(' ').map(|word| key.word(word.as_bytes())).collect();
            assert_eq!(model.get(key.run(hashes.iter().copied()), hashes.len()), bits, "{words}");
            assert_eq!(model.get(key.run(hashes.iter().copied()), hashes.len() + 3), UNKNOWN, "{words}");
        }
    }

    #[test]
    fn stock_phrases_cost_little() {
        let stock = [
            "i have the honour to inform you that",
            "the assurances of my highest consideration",
            "as soon as possible after the",
        ];
        let rare = ["the ferry carries nine turbines to ostrava", "her cousin paid the harbour master twice in june"];
        for stock in stock {
            for rare in rare {
                assert!(bits(stock) + 20.0 < bits(rare), "{stock}: {}, {rare}: {}", bits(stock), bits(rare));
            }
        }
    }

    #[test]
    fn a_run_is_measured_by_itself() {
        let words: Vec<&str> = "xyzzy i have the honour to inform you that plugh".split(' ').collect();
        let rarity_of = |words: &[&str]| rarity(words);
        let rarity = rarity(&words);
        for (from, to) in [(0, 10), (1, 9), (2, 9), (3, 4), (3, 5), (4, 4), (9, 10)] {
            let alone = rarity_of(&words[from..to]).bits(0..to - from);
            assert_eq!(rarity.bits(from..to), alone, "{from} {to}");
        }
        assert_eq!(rarity.bits(20..30), 0.0);
    }
}
