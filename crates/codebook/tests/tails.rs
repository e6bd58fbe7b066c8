//! The slow, obvious way, all codewords one by one, judges the exact tails.

use countermark_codebook::recompute::{Evidence, Tail, WORK_LIMIT, texts, threshold_met};
use countermark_codebook::{Epsilon, Observations, Settings, bits_missing, bits_observed, can_name};
use num_bigint::BigUint;
use proptest::prelude::*;

/// Every codeword over sites with these numbers of alternatives.
fn codewords(alternatives: &[u8]) -> Vec<Vec<u8>> {
    alternatives.iter().fold(vec![vec![]], |rows, &q| {
        rows.iter().flat_map(|row| (0..q).map(move |x| [row.as_slice(), &[x]].concat())).collect()
    })
}

/// A small code with observations of every kind and some disclosed sites.
fn small_code() -> impl Strategy<Value = (Vec<u8>, Observations, Vec<bool>)> {
    let site = (2u8..=4).prop_flat_map(|q| {
        let width = usize::from(q);
        let vector = prop_oneof![
            Just(vec![0u16; width]),
            (0..width).prop_map(move |a| (0..width).map(|b| u16::from(a == b)).collect()),
            proptest::collection::vec(0u16..=3, width),
            proptest::collection::vec(0u16..=1000, width),
        ];
        (Just(q), vector, proptest::bool::weighted(0.1))
    });
    proptest::collection::vec(site, 0..=7).prop_map(|sites| {
        let mut seen = Observations::nothing(sites.len());
        for (site, (_, vector, _)) in sites.iter().enumerate() {
            seen.sight(site, vector);
        }
        let alternatives = sites.iter().map(|s| s.0).collect();
        (alternatives, seen, sites.iter().map(|s| s.2).collect())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn tails_count_codewords((alternatives, seen, disclosed) in small_code()) {
        let evidence = Evidence::new(&alternatives, &seen, &disclosed);
        let rows = codewords(&alternatives);
        let scores: Vec<i64> = rows.iter().map(|r| evidence.score(r).expect("fits")).collect();
        let mut asked = scores.clone();
        asked.sort_unstable();
        asked.dedup();
        asked.truncate(200);
        asked.push(evidence.best() + 1);
        for score in asked {
            let Tail { count, of } = evidence.tail(score);
            let as_high = scores.iter().filter(|s| **s >= score).count();
            // The tail is taken over the scored sites; the others multiply both numbers alike.
            prop_assert_eq!(&count * rows.len(), &of * as_high, "score {}", score);
        }
        prop_assert_eq!(evidence.best_tail(), evidence.tail(evidence.best()));
        prop_assert_eq!(scores.iter().max().copied(), Some(evidence.best()));
    }

    /// Over all codewords of one site after the other: what a score costs to reach is what it says.
    #[test]
    fn a_tail_is_at_most_two_to_the_minus_score((alternatives, seen, disclosed) in small_code()) {
        let evidence = Evidence::new(&alternatives, &seen, &disclosed);
        prop_assume!(evidence.grain() == 1);
        for row in codewords(&alternatives).iter().take(200) {
            let score = evidence.score(row).expect("fits");
            let Tail { count, of } = evidence.tail(score);
            // E[2^S] <= 1, so by Markov the tail is at most 2^-S: count^1024 2^score <= of^1024.
            let (count, of) = (count.pow(1024), of.pow(1024));
            if score >= 0 {
                prop_assert!(count << score <= of);
            } else {
                prop_assert!(count <= of << -score);
            }
        }
    }

    #[test]
    fn bits_agree_with_the_exact_line((alternatives, seen, disclosed) in small_code(), k in 1u64..20, n in 1u32..30) {
        let settings = Settings::new(n, Epsilon::MAX);
        let missing = bits_missing(&alternatives, &seen, &disclosed, &settings, k, 1);
        prop_assert_eq!(missing == 0.0, can_name(&alternatives, &seen, &disclosed, &settings, k, 1));
        let by_hand: f64 = alternatives.iter().enumerate()
            .filter(|(s, _)| !disclosed[*s])
            .filter_map(|(s, q)| {
                let vector = seen.get(s)?;
                let best = vector.iter().filter(|v| **v == 240).count();
                Some((f64::from(*q) / best as f64).log2())
            }).sum();
        prop_assert!((bits_observed(&alternatives, &seen, &disclosed) - by_hand).abs() < 1e-9);
    }
}

/// With everything different from everything, a grain keeps the tail computable, and the tail is still
/// exact for the scores on that grain.
#[test]
fn many_different_readings_are_put_on_a_grain() {
    let alternatives = [3u8; 400];
    let mut seen = Observations::nothing(400);
    for site in 0..400u16 {
        seen.sight(usize::from(site), &[1000, 2 * site, 900 - 2 * site]);
    }
    let evidence = Evidence::new(&alternatives, &seen, &[]);
    assert!(evidence.grain() > 1 && evidence.work() <= WORK_LIMIT);
    // One vector of the 400 has two likeliest alternatives at most; the bits stay what they were.
    assert!(evidence.bits() > 398.0 * 3f64.log2());
    let best = evidence.tail(evidence.best());
    assert_eq!(best, evidence.best_tail());
    assert!(evidence.tail(evidence.best() - 20 * 1024).count > best.count);
    assert_eq!(evidence.tail(i64::MIN / 2).count, texts(&alternatives));
}

#[test]
fn thousands_of_sites_are_counted() {
    for (sites, kinds) in [(4096usize, 1u8), (4096, 2), (4096, 4), (4096, 63)] {
        let alternatives: Vec<u8> = (0..sites).map(|s| 2 + (s % usize::from(kinds)) as u8).collect();
        let mut seen = Observations::nothing(sites);
        for (site, &q) in alternatives.iter().enumerate() {
            let mut v = vec![0; usize::from(q)];
            v[site % usize::from(q)] = 1;
            seen.sight(site, &v);
        }
        let evidence = Evidence::new(&alternatives, &seen, &[]);
        assert!(evidence.work() <= WORK_LIMIT, "{kinds} kinds");
        assert_eq!(evidence.best_tail().count, 1u8.into());
        let settings = Settings::new(1000, Epsilon::MIN);
        assert!(can_name(&alternatives, &seen, &[], &settings, 1, 1), "{kinds} kinds");
        let tail = evidence.tail(evidence.best() - 100 * 1024);
        assert!(tail.count > BigUint::from(sites) && tail.count < tail.of);
    }
}

/// A hostile set of readings: each of 4,096 sites ambiguous in its own way.
#[test]
fn what_is_too_much_for_the_coarsest_grain_goes_unscored() {
    let alternatives: Vec<u8> = (0..4096).map(|s| 40 + (s % 25) as u8).collect();
    let mut seen = Observations::nothing(4096);
    for (site, &q) in alternatives.iter().enumerate() {
        let likely = 1 + site / 25 % 39;
        let v: Vec<u16> = (0..usize::from(q)).map(|a| u16::from(a < likely)).collect();
        seen.sight(site, &v);
    }
    let evidence = Evidence::new(&alternatives, &seen, &[]);
    assert!(evidence.work() <= WORK_LIMIT);
    assert!(evidence.scored() < 4096 && evidence.scored() > 100);
    assert_eq!(evidence.best_tail(), evidence.tail(evidence.best()));
    // A row scores the same however it looks at the sites that went unscored.
    assert!(evidence.score(&[0; 4096]).expect("fits") <= evidence.best());
}

#[test]
fn the_line_is_met_in_integers() {
    let epsilon: Epsilon = "1e-3".parse().expect("a bound");
    let tail = |count: u32, of: u32| Tail { count: count.into(), of: of.into() };
    let large = BigUint::from(1u8) << 4000u32;
    // n k (k + 1) M / of against epsilon, with N so large that the last factor is 1.
    let rows = [
        // N / (N - n + 1) is a hair above 1, so the round number just misses.
        (tail(1, 20_000), 10, 1, 1, false),
        (tail(1, 20_001), 10, 1, 1, true),
        (tail(1, 19_999), 10, 1, 1, false),
        (tail(1, 60_001), 10, 2, 1, true),
        (tail(1, 20_001), 10, 1, 2, false),
        (tail(0, 5), 10, 1, 1, true),
        (tail(1, 20_001), 10, 0, 1, false),
        (tail(1, 20_001), 10, 1, 0, false),
        (tail(1, 20_001), 0, 1, 1, false),
    ];
    for (i, (tail, n, k, m, expected)) in rows.into_iter().enumerate() {
        assert_eq!(threshold_met(&tail, &large, n, k, m, epsilon), expected, "row {i}");
    }
    // With hardly more texts than copies the factor counts in full: 11 texts, 10 copies, 11 / 2.
    let few = BigUint::from(11u8);
    assert!(threshold_met(&tail(1, 110_000), &few, 10, 1, 1, epsilon));
    assert!(!threshold_met(&tail(1, 109_999), &few, 10, 1, 1, epsilon));
    assert!(!threshold_met(&tail(0, 1), &BigUint::from(9u8), 10, 1, 1, epsilon));
}
