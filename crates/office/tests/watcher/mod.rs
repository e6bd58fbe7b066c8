//! Whoever watches a log: what he sees, and how he tries to tell two offices apart.
//!
//! Everything is computed at a significance of [`ALPHA`] for each family of tests, divided among its members (Bonferroni). The bytes are
//! drawn from seeds, so the outcome is the same in every run; in one run of ten thousand other seeds it would be a false alarm.

use std::collections::BTreeMap;

use countermark_testkit::MemoryDisk;

/// The chance that a family of tests raises a false alarm.
pub const ALPHA: f64 = 1e-4;

/// One look at a log's directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glance {
    pub at_ms: u64,
    pub size: u64,
    pub files: BTreeMap<String, usize>,
}

/// All that was seen of one log.
#[derive(Clone, Debug, Default)]
pub struct Watched {
    pub glances: Vec<Glance>,
    /// Every leaf but the table's, in order.
    pub leaves: Vec<[u8; 64]>,
}

/// The leaves behind the table's, read from the entry bundles as anybody reads them. A bundle's entries have two bytes of length.
pub fn leaves(disk: &MemoryDisk, size: u64) -> Vec<[u8; 64]> {
    let files = disk.files();
    let mut found = Vec::new();
    for index in 0..size.div_ceil(256) {
        let name = format!("tile/entries/{index:03}");
        let partial = format!("{name}.p/{}", size % 256);
        let bytes = files.get(&name).or_else(|| files.get(&partial)).unwrap();
        for entry in bytes.chunks_exact(66) {
            assert_eq!(entry[..2], [0, 64], "a leaf of another size");
            found.push(entry[2..].try_into().unwrap());
        }
    }
    assert_eq!(found.len() as u64, size);
    found.split_off(1)
}

/// By what two logs differ: nothing, if one can't be told from the other.
pub fn tell_apart(one: &Watched, other: &Watched) -> Vec<String> {
    let mut reasons = Vec::new();
    let differs = |what: &dyn Fn(&Glance) -> u64| {
        let pick = |watched: &Watched| watched.glances.iter().map(what).collect::<Vec<_>>();
        pick(one) != pick(other)
    };
    if differs(&|glance| glance.at_ms) {
        reasons.push("the times of publications".to_owned());
    }
    if differs(&|glance| glance.size) {
        reasons.push("the numbers of leaves".to_owned());
    }
    let files = |watched: &Watched| watched.glances.iter().map(|glance| glance.files.clone()).collect::<Vec<_>>();
    if files(one) != files(other) {
        reasons.push("the names or sizes of files".to_owned());
    }
    if let Some(accuracy) = learns(&one.leaves, &other.leaves) {
        reasons.push(format!("the leaves' bytes: a classifier is right in {:.1} of 100", accuracy * 100.0));
    }
    let both: Vec<f64> = (0..64).map(|at| two_samples(&counts(&one.leaves, at), &counts(&other.leaves, at))).collect();
    alarm("the bytes at a position, of one log against the other", &both, &mut reasons);
    reasons
}

/// By what these leaves differ from random bytes.
pub fn tell_from_random(leaves: &[[u8; 64]]) -> Vec<String> {
    let mut reasons = Vec::new();
    let positions: Vec<f64> = (0..64).map(|at| uniform(&counts(leaves, at))).collect();
    alarm("the bytes at a position", &positions, &mut reasons);
    let bits: Vec<f64> = (0..512).map(|bit| monobit(leaves, bit)).collect();
    alarm("a bit's share of ones", &bits, &mut reasons);
    let ones: u64 = leaves.iter().flatten().map(|byte| u64::from(byte.count_ones())).sum();
    alarm("the share of ones", &[share(ones, leaves.len() as u64 * 512)], &mut reasons);
    let within: Vec<f64> = (0..63).map(|at| equal(leaves.iter().map(|leaf| leaf[at] == leaf[at + 1]))).collect();
    alarm("a byte and the next", &within, &mut reasons);
    let after: Vec<f64> = (0..64).map(|at| equal(leaves.windows(2).map(|pair| pair[0][at] == pair[1][at]))).collect();
    alarm("a byte and that of the leaf before", &after, &mut reasons);
    reasons
}

/// Whether a naive Bayes classifier over the bytes at each position, trained on the first halves, tells the second halves apart better
/// or worse than chance; its accuracy if so. (Worse counts: who is always wrong has learnt as well.)
pub fn learns(one: &[[u8; 64]], other: &[[u8; 64]]) -> Option<f64> {
    let (train_one, test_one) = one.split_at(one.len() / 2);
    let (train_other, test_other) = other.split_at(other.len() / 2);
    let model = |leaves: &[[u8; 64]]| -> Vec<Vec<f64>> {
        let total = leaves.len() as f64 + 256.0;
        (0..64).map(|at| counts(leaves, at).iter().map(|n| ((*n as f64 + 1.0) / total).ln()).collect()).collect()
    };
    let (first, second) = (model(train_one), model(train_other));
    let says_one = |leaf: &[u8; 64]| {
        let score =
            leaf.iter().enumerate().map(|(at, byte)| first[at][usize::from(*byte)] - second[at][usize::from(*byte)]);
        score.sum::<f64>() > 0.0
    };
    // Each side counts the same, however many leaves it has.
    let right =
        |leaves: &[[u8; 64]], wanted: bool| leaves.iter().filter(|leaf| says_one(leaf) == wanted).count() as f64;
    let (a, b) = (test_one.len() as f64, test_other.len() as f64);
    let (hit_one, hit_other) = (right(test_one, true) / a, right(test_other, false) / b);
    // Under "no difference" both say "one" with one probability q, and the sum of the two hit rates is 1 on average.
    let q = (hit_one * a + (1.0 - hit_other) * b) / (a + b);
    let deviation = (q * (1.0 - q) * (1.0 / a + 1.0 / b)).sqrt();
    let z = (hit_one + hit_other - 1.0) / deviation;
    (normal(z) < ALPHA).then_some((hit_one + hit_other) / 2.0)
}

fn alarm(what: &str, chances: &[f64], reasons: &mut Vec<String>) {
    let least = chances.iter().copied().fold(1.0, f64::min);
    if least * (chances.len() as f64) < ALPHA {
        reasons.push(format!("{what} (p = {least:.1e}, {} tests)", chances.len()));
    }
}

fn counts(leaves: &[[u8; 64]], at: usize) -> [u64; 256] {
    let mut counts = [0; 256];
    leaves.iter().for_each(|leaf| counts[usize::from(leaf[at])] += 1);
    counts
}

fn uniform(counts: &[u64; 256]) -> f64 {
    let expected = counts.iter().sum::<u64>() as f64 / 256.0;
    let statistic = counts.iter().map(|n| (*n as f64 - expected).powi(2) / expected).sum();
    chi_square(statistic, 255.0)
}

fn two_samples(one: &[u64; 256], other: &[u64; 256]) -> f64 {
    let (a, b) = (one.iter().sum::<u64>() as f64, other.iter().sum::<u64>() as f64);
    let terms = one.iter().zip(other).filter(|(x, y)| **x + **y > 0).map(|(x, y)| {
        let (x, y) = (*x as f64, *y as f64);
        ((b / a).sqrt() * x - (a / b).sqrt() * y).powi(2) / (x + y)
    });
    chi_square(terms.sum(), 255.0)
}

fn monobit(leaves: &[[u8; 64]], bit: usize) -> f64 {
    let ones = leaves.iter().filter(|leaf| leaf[bit / 8] >> (bit % 8) & 1 == 1).count();
    share(ones as u64, leaves.len() as u64)
}

fn share(ones: u64, of: u64) -> f64 {
    normal((ones as f64 - of as f64 / 2.0) / (of as f64 / 4.0).sqrt())
}

/// Two bytes are equal in one of 256 pairs; the normal approximation is good for the thousands of pairs that there are.
fn equal(pairs: impl Iterator<Item = bool>) -> f64 {
    let (mut hits, mut of) = (0.0, 0.0);
    pairs.for_each(|same| {
        hits += f64::from(u8::from(same));
        of += 1.0;
    });
    let p = 1.0 / 256.0;
    normal((hits - of * p) / (of * p * (1.0 - p)).sqrt())
}

/// The two-sided chance of so large a standard deviate (Abramowitz and Stegun 7.1.26 is too coarse in the tail: a continued fraction).
fn normal(z: f64) -> f64 {
    let x = z.abs() / std::f64::consts::SQRT_2;
    if x < 2.0 {
        // erfc by its series.
        let (mut term, mut sum) = (x, x);
        for n in 1..200 {
            term *= -x * x / f64::from(n);
            sum += term / f64::from(2 * n + 1);
        }
        return 1.0 - 2.0 / std::f64::consts::PI.sqrt() * sum;
    }
    let fraction = (1..=60).rev().fold(x, |tail, n| x + f64::from(n) / 2.0 / tail);
    (-x * x).exp() / (fraction * std::f64::consts::PI.sqrt())
}

/// The chance of so large a chi-square statistic, by Wilson and Hilferty's cube root, which at 255 degrees is right to some percent
/// of the chance. Only the upper tail: counts that are too even are no pattern that anybody could have left.
fn chi_square(statistic: f64, degrees: f64) -> f64 {
    let c = 2.0 / (9.0 * degrees);
    let z = ((statistic / degrees).cbrt() - (1.0 - c)) / c.sqrt();
    if z < 0.0 { 1.0 } else { normal(z) / 2.0 }
}
