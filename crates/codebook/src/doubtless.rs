//! Evidence without doubt: every seen site shows exactly one alternative. It is what a stranger can check.

use std::collections::BTreeMap;

use num_bigint::BigUint;
use num_traits::One;

use crate::grid::site_scores;
use crate::tail::{self, Group};

/// A row beside sites that were each seen with one alternative, symbols uniform.
///
/// A site with q alternatives is worth `floor(1024 log2((19 q + 1) / 20))` units where the row has what was seen, and
/// `floor(1024 log2(1 / 20))` where not; the difference is its loss. The tail counts the codewords over the seen
/// sites whose losses add up to no more than the row's. Sites of one q lose alike, so there is no grain to choose.
///
/// ```
/// use countermark_codebook::recompute::Doubtless;
///
/// // Three sites of two alternatives and one of three; the row agrees everywhere but at one of the former.
/// let row = Doubtless::of([(2, true), (2, false), (2, true), (3, true)]);
/// assert_eq!(row.loss, 5412);
/// assert_eq!(row.count(), 4u8.into()); // itself, one with no loss, and the two that lose another of the three
/// assert_eq!(row.of_all(), 24u8.into());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubtless {
    /// How many seen sites have so many alternatives.
    sites: BTreeMap<u8, u64>,
    /// The row's loss, in units of 2^-10 bit.
    pub loss: u64,
}

impl Doubtless {
    /// From each seen site's number of alternatives, at least 2, and whether the row has what was seen there.
    pub fn of(seen: impl IntoIterator<Item = (u8, bool)>) -> Self {
        let mut found = Self { sites: BTreeMap::new(), loss: 0 };
        for (alternatives, agrees) in seen {
            *found.sites.entry(alternatives).or_default() += 1;
            if !agrees {
                found.loss += loss(alternatives);
            }
        }
        found
    }

    /// The codewords over the seen sites that lose no more than the row.
    pub fn count(&self) -> BigUint {
        let groups: Vec<Group> = self.sites.iter().map(|(&q, &sites)| group(q, sites)).collect();
        tail::count_within(&groups, 1, self.loss)
    }

    /// All codewords over the seen sites.
    pub fn of_all(&self) -> BigUint {
        self.sites.iter().fold(BigUint::one(), |product, (&q, &sites)| {
            product * BigUint::from(q).pow(u32::try_from(sites).unwrap_or(u32::MAX))
        })
    }
}

/// In how many ways `chosen` of `all` can be chosen: the binomial coefficient.
fn choices(all: u64, chosen: u64) -> BigUint {
    if chosen > all {
        return BigUint::ZERO;
    }
    let fewer = chosen.min(all - chosen);
    (0..fewer).fold(BigUint::one(), |product, i| product * (all - i) / (i + 1))
}

/// What an owner who knows every row pays for the choice of which parts he opens: the chance is multiplied by it.
///
/// It is one over a weight of that choice: half for all parts, `1 / (2 P C(P, o))` for each set of `o < P` of them. The
/// weights of all choices add up to at most one, so the bound holds whichever he takes (Bonferroni with weights).
pub fn price(parts: u64, open: u64) -> BigUint {
    if open == parts { BigUint::from(2u8) } else { choices(parts, open) * parts * 2u8 }
}

fn group(q: u8, sites: u64) -> Group {
    Group { losses: vec![(0, 1), (loss(q), u64::from(q.max(1)) - 1)], sites }
}

/// What another alternative than the seen one costs at a site of `q`, in units of 2^-10 bit.
fn loss(q: u8) -> u64 {
    let mut likelihoods = vec![0; usize::from(q.max(2))];
    likelihoods[0] = crate::observations::LIKELIEST;
    let scores = site_scores(&likelihoods, &vec![1; likelihoods.len()]);
    scores.map_or(0, |scores| scores[0].abs_diff(scores[1]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recompute::{score, tail};
    use crate::{Observations, recompute};
    use proptest::prelude::*;

    #[test]
    fn losses_are_those_of_the_page() {
        let hits: Vec<i64> = (2..=64).map(|q| recompute::log2_units(19 * q + 1, 20)).collect();
        assert_eq!(hits[..3], [986, 1572, 1991]);
        for (q, hit) in (2..).zip(hits) {
            assert_eq!(loss(q), hit.abs_diff(-4426), "{q}");
        }
    }

    #[test]
    fn choices_are_binomial() {
        assert_eq!(choices(5, 0), 1u8.into());
        assert_eq!(choices(5, 5), 1u8.into());
        assert_eq!(choices(5, 2), 10u8.into());
        assert_eq!(choices(2, 3), 0u8.into());
        assert_eq!(choices(60, 30), "118264581564861424".parse().expect("a number"));
    }

    #[test]
    fn the_weights_of_all_choices_add_up_to_at_most_one() {
        for parts in 1..=12 {
            let of = |open| price(parts, open).to_string().parse::<f64>().expect("small");
            let each = |open: u64| choices(parts, open).to_string().parse::<f64>().expect("small") / of(open);
            let sum: f64 = (0..=parts).map(each).sum();
            assert!(sum <= 1.0 + 1e-12, "{parts} parts: {sum}");
        }
    }

    proptest! {
        /// Where the desk's evidence needs no coarser grain, both count the same codewords.
        #[test]
        fn it_counts_as_the_desk_does(sites in proptest::collection::vec((2u8..6, any::<bool>()), 1..24)) {
            let alternatives: Vec<u8> = sites.iter().map(|(q, _)| *q).collect();
            let row: Vec<u8> = sites.iter().map(|(_, agrees)| u8::from(!agrees)).collect();
            let mut seen = Observations::nothing(sites.len());
            for (site, q) in alternatives.iter().enumerate() {
                let mut likelihoods = vec![0; usize::from(*q)];
                likelihoods[0] = 1;
                seen.sight(site, &likelihoods);
            }
            let desk = score(&row, &alternatives, &seen, &[]).expect("fits");
            let desk = tail(&alternatives, &seen, &[], desk);
            let own = Doubtless::of(sites);
            prop_assert_eq!(own.count(), desk.count);
            prop_assert_eq!(own.of_all(), desk.of);
        }
    }
}
