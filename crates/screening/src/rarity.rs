//! How rare words are in the language.
//!
//! A small model of what is common in diplomatic, business and general English: what a word costs in bits by itself, behind the word before
//! it, behind the two before it; the least of these counts (a back-off after Katz 1987, without his smoothing). What the table
//! does not hold is rare. `data/README.md` says what it was counted on.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::Key;

/// The table: a line each, bits and then one, two or three canonical words.
const TABLE: &str = include_str!("../data/english.txt");

/// What a word costs that the table does not hold.
const UNKNOWN: f64 = 15.0;

static ENGLISH: LazyLock<HashMap<&'static str, u8>> = LazyLock::new(|| {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| line.split_once(' '))
        .filter_map(|(bits, words)| Some((words, bits.parse().ok()?)))
        .collect()
});

/// The bits of each of some words that follow each other.
pub(crate) fn bits(words: &[&str]) -> Vec<f64> {
    let known = |words: &[&str]| match words {
        [one] => ENGLISH.get(one).copied(),
        _ => ENGLISH.get(words.join(" ").as_str()).copied(),
    };
    (0..words.len())
        .map(|i| {
            let costs = (1..=3.min(i + 1)).filter_map(|n| known(&words[i + 1 - n..=i]));
            costs.map(f64::from).fold(UNKNOWN, f64::min)
        })
        .collect()
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
