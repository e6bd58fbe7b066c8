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
pub(crate) struct Quick(u64);

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
    pub(crate) fn new<W: AsRef<str>>(words: impl Iterator<Item = W>) -> Self {
        let mut rarity = Self { alone: Vec::new(), second: Vec::new(), sums: vec![0] };
        // The last three words with a space between them, and where each begins.
        let mut last = String::new();
        let mut starts = [0; 3];
        let mut sum = 0;
        for word in words {
            last.drain(..starts[1]);
            starts = [0, starts[2] - starts[1], 0];
            if !last.is_empty() {
                last.push(' ');
            }
            starts[2] = last.len();
            last.push_str(word.as_ref());
            let [three, two, one] = starts.map(|start| ENGLISH.get(&last[start..]).copied().unwrap_or(UNKNOWN));
            rarity.alone.push(one);
            rarity.second.push(one.min(two));
            sum += u32::from(one.min(two).min(three));
            rarity.sums.push(sum);
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
    slots: Vec<(u64, u32)>,
}

/// Slots of the table of common words, a power of two: half of them stay empty.
const SLOTS: usize = 1 << 11;

impl Common {
    pub(crate) fn new(key: &Key) -> Self {
        let mut common = Self { slots: vec![(u64::MAX, 0); SLOTS] };
        let single = ENGLISH.iter().filter(|(word, bits)| !word.contains(' ') && **bits <= 11);
        let mut words: Vec<_> = single.collect();
        words.sort_unstable_by_key(|&(word, bits)| (bits, word));
        for (word, &bits) in words.into_iter().take(SLOTS / 2) {
            let hash = key.word(word.as_bytes());
            let mut slot = Self::slot(hash);
            while common.slots[slot].0 != u64::MAX {
                slot = (slot + 1) % SLOTS;
            }
            common.slots[slot] = (hash, 1 + u32::from(bits < 9));
        }
        common
    }

    fn slot(hash: u64) -> usize {
        (hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 53) as usize % SLOTS
    }

    /// 0 for a rare word, 2 for a very common one.
    #[inline]
    pub(crate) fn cost(&self, word: u64) -> u32 {
        let mut slot = Self::slot(word);
        loop {
            match self.slots[slot] {
                (hash, cost) if hash == word => return cost,
                (u64::MAX, _) => return 0,
                _ => slot = (slot + 1) % SLOTS,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bits(text: &str) -> f64 {
        let words: Vec<&str> = text.split(' ').collect();
        Rarity::new(words.iter()).bits(0..words.len())
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
        let rarity = Rarity::new(words.iter());
        for (from, to) in [(0, 10), (1, 9), (2, 9), (3, 4), (3, 5), (4, 4), (9, 10)] {
            let alone = Rarity::new(words[from..to].iter()).bits(0..to - from);
            assert_eq!(rarity.bits(from..to), alone, "{from} {to}");
        }
        assert_eq!(rarity.bits(20..30), 0.0);
    }
}
