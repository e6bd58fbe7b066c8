//! The grid of scores: exact logarithms of rational numbers, in units of 2^-10 bit.

use num_bigint::BigUint;

use crate::settings::ETA_PER_MILLE;

/// How many units of the grid make one bit.
pub const UNITS_PER_BIT: u32 = 1024;

/// Above this distance from a whole number a floating-point logarithm decides its own rounding. It is
/// five orders of magnitude above the error of `f64::log2` at the values of the grid.
const SURE: f64 = 1e-4;

/// `floor(1024 log2(numerator / denominator))`: the largest integer w with
/// `2^w denominator^1024 <= numerator^1024`.
///
/// The rounding rule needs integers alone, so every implementation gets the same number. Both arguments
/// are at least 1; a zero counts as 1.
///
/// ```
/// use countermark_codebook::recompute::log2_units;
///
/// assert_eq!(log2_units(2, 1), 1024);
/// assert_eq!(log2_units(39, 20), 986);     // one of two alternatives, seen without doubt
/// assert_eq!(log2_units(1, 20), -4426);    // the other one
/// ```
pub fn log2_units(numerator: u64, denominator: u64) -> i64 {
    let (numerator, denominator) = (numerator.max(1), denominator.max(1));
    let units = (numerator as f64 / denominator as f64).log2() * f64::from(UNITS_PER_BIT);
    if (units - units.round()).abs() > SURE {
        return units.floor() as i64;
    }
    log2_units_exact(numerator, denominator)
}

/// The rounding rule as it is written, in integers of any length.
fn log2_units_exact(numerator: u64, denominator: u64) -> i64 {
    let power = BigUint::from(numerator).pow(UNITS_PER_BIT);
    let base = BigUint::from(denominator).pow(UNITS_PER_BIT);
    // With a bits and b bits the quotient lies between 2^(a-b-1) and 2^(a-b+1).
    let shift = power.bits() as i64 - base.bits() as i64;
    let reached = if shift >= 0 { power >= base << shift } else { power << -shift >= base };
    if reached { shift } else { shift - 1 }
}

/// The scores of a site's alternatives under a likelihood vector, for symbols drawn with probabilities
/// in the proportions of `weights`.
///
/// With `v' = (1 - eta) v + eta mean(v)` the score of alternative x is
/// `floor(1024 log2(v'(x) / sum_a p(a) v'(a)))`. Nothing when the vectors differ in length, or say
/// nothing (all zero). For uniform symbols give equal weights. Weights add up to less than 2^32.
///
/// ```
/// use countermark_codebook::recompute::site_scores;
///
/// assert_eq!(site_scores(&[240, 0], &[1, 1]), Some(vec![986, -4426]));
/// assert_eq!(site_scores(&[240, 0, 0], &[1, 1, 1]), Some(vec![1572, -4426, -4426]));
/// // What is rare says more.
/// assert_eq!(site_scores(&[240, 0], &[1, 3]), Some(vec![1938, -3474]));
/// ```
pub fn site_scores(likelihoods: &[u16], weights: &[u32]) -> Option<Vec<i64>> {
    let sum: u64 = likelihoods.iter().map(|&v| u64::from(v)).sum();
    let weight: u64 = weights.iter().map(|&p| u64::from(p)).sum();
    if likelihoods.len() != weights.len() || sum == 0 || weight == 0 || weight >> 32 != 0 {
        return None;
    }
    // All terms are multiplied by 20 q, which clears the fractions of eta = 1/20 and of the mean.
    let q = likelihoods.len() as u64;
    let eta = u64::from(ETA_PER_MILLE / 50);
    let mixed = |v: u64| (20 - eta) * q * v + eta * sum;
    let expected: u64 = likelihoods.iter().zip(weights).map(|(&v, &p)| u64::from(p) * mixed(u64::from(v))).sum();
    let score = |&v: &u16| log2_units(mixed(u64::from(v)) * weight, expected);
    Some(likelihoods.iter().map(score).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn powers_of_two_are_exact() {
        for bits in -40i64..=40 {
            let (a, b) = if bits >= 0 { (1u64 << bits, 1) } else { (1, 1u64 << -bits) };
            assert_eq!(log2_units(3 * a, 3 * b), bits * 1024);
        }
        assert_eq!(log2_units((1 << 50) + 1, 1 << 50), 0);
        assert_eq!(log2_units((1 << 50) - 1, 1 << 50), -1);
        assert_eq!(log2_units(0, 0), 0);
    }

    /// Every score that canonical vectors of two and three alternatives can give.
    #[test]
    fn the_quick_way_rounds_as_the_exact_one() {
        for v in 0..=240u64 {
            for sum in (240..=720).step_by(16) {
                for q in [2, 3] {
                    let (a, b) = (19 * q * v + sum, 20 * sum);
                    assert_eq!(log2_units(a, b), log2_units_exact(a, b), "{a}/{b}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn the_rule_holds(a in 1u64..1 << 40, b in 1u64..1 << 40) {
            let w = log2_units(a, b);
            prop_assert_eq!(w, log2_units_exact(a, b));
            let approximate = (a as f64 / b as f64).log2() * 1024.0;
            prop_assert!((approximate - w as f64) > -1e-4 && (approximate - w as f64) < 1.0 + 1e-4);
        }

        /// Different likelihoods have different scores, so the best score is reached by the
        /// likeliest alternatives and by no other.
        #[test]
        fn likelier_scores_higher(mut v in proptest::collection::vec(0u16..=240, 2..8)) {
            v[0] = 240;
            if let Some(scores) = site_scores(&v, &vec![1; v.len()]) {
                for (a, s) in v.iter().zip(&scores) {
                    for (b, t) in v.iter().zip(&scores) {
                        prop_assert_eq!(a.cmp(b), s.cmp(t));
                    }
                }
            }
        }
    }
}
