//! What was counted.

use std::collections::BTreeMap;

use super::apply::Channel;
use super::archive::Group;

/// How the texts were marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Set {
    /// By the English pack alone.
    Plain,
    /// By a writer, after the pack.
    Written,
}

/// Trials that are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) channel: Channel,
    /// The number of codewords.
    pub(crate) copies: u32,
    pub(crate) set: Set,
    pub(crate) group: Group,
    /// More than 80 words.
    pub(crate) long: bool,
    /// The meter calls this text certain for what this channel leaves of it.
    pub(crate) certain: bool,
    /// The meter calls the whole text, retyped, certain.
    pub(crate) whole: bool,
    /// It is the message's first sealing.
    pub(crate) first: bool,
}

/// What became of trials.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    /// The copy, or one of those that were mixed, was named and nobody else.
    pub(crate) right: u64,
    /// Any other copy was named, beside the right one or alone.
    pub(crate) wrong: u64,
    /// None was named, and those among them that could not be sealed, for there were fewer texts than copies.
    pub(crate) undecided: u64,
    pub(crate) unsealed: u64,
}

impl Count {
    pub(crate) fn trials(&self) -> u64 {
        self.right + self.wrong + self.undecided
    }

    pub(crate) fn share(&self) -> f64 {
        self.right as f64 / self.trials().max(1) as f64
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.right += other.right;
        self.wrong += other.wrong;
        self.undecided += other.undecided;
        self.unsealed += other.unsealed;
    }
}

/// All counts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    counts: BTreeMap<Key, Count>,
}

impl Tally {
    pub(crate) fn note(&mut self, key: Key, count: &Count) {
        self.counts.entry(key).or_default().add(count);
    }

    pub(crate) fn add(mut self, other: Self) -> Self {
        for (key, count) in &other.counts {
            self.note(*key, count);
        }
        self
    }

    /// The sum over the keys that a condition picks.
    pub(crate) fn sum(&self, wanted: impl Fn(&Key) -> bool) -> Count {
        let mut sum = Count::default();
        self.counts.iter().filter(|(key, _)| wanted(key)).for_each(|(_, count)| sum.add(count));
        sum
    }
}
