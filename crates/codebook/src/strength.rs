//! The strength of a message before it is sealed: only what holds for every codeword.
//!
//! [`strength`] answers for all sites. [`Reach`] answers for some of them (those that survive retyping, say), and says how
//! many suffice and how many altered ones the text still bears; [`steps`] says what to add for more.

mod reach;
mod steps;

use std::collections::BTreeMap;

use crate::settings::{Epsilon, Settings};

pub use reach::{Enough, Reach, intact_needed};
pub use steps::{Goal, Step, WORDS_A_SITE, steps};

/// One part as the meter sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartSites {
    /// The part's number of words.
    pub words: usize,
    /// The sites that stand in the part. A tied site stands in several parts and counts once in whatever
    /// is quoted.
    pub sites: Vec<usize>,
}

/// What can be promised of a message before it is sealed.
#[derive(Clone, Debug, PartialEq)]
pub struct Strength {
    /// The bits of the whole message: `log2 N`.
    pub bits: f64,
    /// How many intact sites of two alternatives name a copy at the first look, with no altered site.
    pub sites_needed: u32,
    /// What is certain.
    pub certain: Certain,
}

/// What names a copy at the first look whatever its codeword, every site of it shown intact.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Certain {
    /// The whole text does.
    pub whole: bool,
    /// The share, from 0 to 1, of the quotations of half the message's words (rounded up, at every word
    /// where they can begin) that do. Only the parts that lie wholly within such a quotation count.
    pub half: f64,
    /// The share, from 0 to 1, of the single parts that do.
    pub one_part: f64,
}

/// The strength of a message with these numbers of alternatives, cut into these parts.
///
/// ```
/// use countermark_codebook::{Epsilon, strength::{PartSites, strength}};
///
/// let parts: Vec<PartSites> = (0..4)
///     .map(|part| PartSites { words: 10, sites: (part * 9..(part + 1) * 9).collect() })
///     .collect();
/// let strength = strength(&[2; 36], &parts, 10, Epsilon::default());
/// assert_eq!(strength.bits, 36.0);
/// assert_eq!(strength.sites_needed, 18);
/// assert!(strength.certain.whole);
/// // 20 words in a row hold two whole parts only when they begin with a part.
/// assert_eq!(strength.certain.half, 3.0 / 21.0);
/// assert_eq!(strength.certain.one_part, 0.0);
/// ```
pub fn strength(alternatives: &[u8], parts: &[PartSites], copies: u32, epsilon: Epsilon) -> Strength {
    let every = vec![true; alternatives.len()];
    Strength {
        bits: alternatives.iter().map(|&q| f64::from(q.max(1)).log2()).sum::<f64>() + 0.0,
        sites_needed: sites_needed(copies, epsilon),
        certain: Reach::new(alternatives, &every, Settings::new(copies, epsilon)).certain(parts),
    }
}

/// How many sites of two alternatives, all intact, name a copy at the first look of a message that has
/// no other: the smallest m with `n 2 N / (N - n + 1) <= epsilon 2^m`, where `N = 2^m`.
///
/// ```
/// use countermark_codebook::{Epsilon, strength::sites_needed};
///
/// assert_eq!(sites_needed(10, "1e-3".parse::<Epsilon>()?), 15);
/// assert_eq!(sites_needed(100, "1e-6".parse::<Epsilon>()?), 28);
/// # Ok::<(), countermark_codebook::EpsilonError>(())
/// ```
pub fn sites_needed(copies: u32, epsilon: Epsilon) -> u32 {
    sites_missing(&[], copies, epsilon)
}

/// How many more sites of two alternatives a message needs before its whole text certainly names a copy.
pub fn sites_missing(alternatives: &[u8], copies: u32, epsilon: Epsilon) -> u32 {
    let settings = Settings::new(copies.max(1), epsilon);
    let every = vec![true; alternatives.len()];
    Reach::new(alternatives, &every, settings).missing(Reach::whole)
}

/// Quotations of half a message's words that hold the same parts whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quotations {
    /// The parts, counted from 0; none where the quotation cuts every part that it touches.
    pub parts: std::ops::Range<usize>,
    /// How many there are: at so many words in a row such a quotation can begin.
    pub count: usize,
}

/// All quotations of half the words (rounded up), in the order of the words where they begin.
pub fn quotations(parts: &[PartSites]) -> Vec<Quotations> {
    // Later beginnings never hold earlier parts, so the map's order is that of the words.
    half_windows(parts).into_iter().map(|((first, end), count)| Quotations { parts: first..end, count }).collect()
}

/// For each run of parts, the number of quotations of half the words that hold exactly these whole.
fn half_windows(parts: &[PartSites]) -> BTreeMap<(usize, usize), usize> {
    let words: usize = parts.iter().map(|part| part.words).sum();
    let half = words.div_ceil(2);
    let mut windows = BTreeMap::new();
    if words == 0 {
        return windows;
    }
    let mut starts = Vec::with_capacity(parts.len() + 1);
    let mut at = 0;
    for part in parts {
        starts.push(at);
        at += part.words;
    }
    starts.push(at);
    for from in 0..=words - half {
        let first = starts[..parts.len()].partition_point(|start| *start < from);
        let end = starts.partition_point(|start| *start <= from + half) - 1;
        *windows.entry((first, end.max(first))).or_insert(0) += 1;
    }
    windows
}

fn share(some: usize, all: usize) -> f64 {
    if all == 0 { 0.0 } else { some as f64 / all as f64 }
}
