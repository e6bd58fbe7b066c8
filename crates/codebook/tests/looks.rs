//! Looks and the meter against the obvious way.

use countermark_codebook::recompute::{Evidence, texts, threshold_met};
use countermark_codebook::strength::{PartSites, sites_missing, sites_needed, strength};
use countermark_codebook::{Codebook, CodebookError, Epsilon, Key, Observations, Settings, can_name, look};
use proptest::prelude::*;

/// A codebook, and a reading of one of its rows with some sites altered, unclear or not seen.
fn leaks() -> impl Strategy<Value = (Vec<u8>, Codebook, Observations, Vec<bool>)> {
    let site = (2u8..=5, 0u8..10, any::<u16>(), proptest::bool::weighted(0.1));
    let sites = proptest::collection::vec(site, 6..40);
    (sites, 2usize..20, any::<[u8; 32]>()).prop_filter_map("too few texts", |(sites, copies, key)| {
        let alternatives: Vec<u8> = sites.iter().map(|s| s.0).collect();
        let codebook = Codebook::draw(&Key::from_bytes(key), &alternatives, copies).ok()?;
        let mut seen = Observations::nothing(sites.len());
        for (site, (q, what, noise, _)) in sites.iter().enumerate() {
            let mut v = vec![0u16; usize::from(*q)];
            let symbol = codebook.rows()[copies / 2][site];
            match what {
                0 => {}
                1 => v[usize::from((symbol + 1) % q)] = 1,
                2 => v.iter_mut().enumerate().for_each(|(a, v)| *v = noise >> a & 0xff),
                _ => v[usize::from(symbol)] = 1,
            }
            seen.sight(site, &v);
        }
        let disclosed = sites.iter().map(|s| s.3).collect();
        Some((alternatives, codebook, seen, disclosed))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Every row's exact tail against the line, one by one.
    #[test]
    fn a_look_names_what_the_exact_line_names(
        (alternatives, codebook, seen, disclosed) in leaks(), k in 1u64..5, messages in 1u64..4
    ) {
        let copies = u32::try_from(codebook.rows().len()).expect("few");
        let settings = Settings::new(copies, Epsilon::MAX);
        let evidence = Evidence::new(&alternatives, &seen, &disclosed);
        let met = |row: &Vec<u8>| {
            let tail = evidence.tail(evidence.score(row).expect("fits"));
            threshold_met(&tail, &texts(&alternatives), copies, k, messages, Epsilon::MAX)
        };
        let expected: Vec<usize> = (0..codebook.rows().len()).filter(|r| met(&codebook.rows()[*r])).collect();
        let found = look(&codebook, &alternatives, &seen, &disclosed, &settings, k, messages);
        prop_assert_eq!(&found.named, &expected);
        let could = can_name(&alternatives, &seen, &disclosed, &settings, k, messages);
        prop_assert_eq!(found.taken, could);
        // What is disclosed and what was never seen are the same to a look.
        let rest = look(&codebook, &alternatives, &seen.without(&disclosed), &[], &settings, k, messages);
        prop_assert_eq!(&rest.named, &expected);
    }

    /// What the meter promises holds for a codeword drawn afresh.
    #[test]
    fn what_the_meter_promises_holds(
        qs in proptest::collection::vec(2u8..5, 4..40), cut in 1usize..6, key: [u8; 32]
    ) {
        let parts: Vec<PartSites> = (0..qs.len()).collect::<Vec<_>>().chunks(cut)
            .map(|sites| PartSites { words: 3 * sites.len() + 1, sites: sites.to_vec() })
            .collect();
        let meter = strength(&qs, &parts, 3, Epsilon::MAX);
        let codebook = match Codebook::draw(&Key::from_bytes(key), &qs, 3) {
            Ok(codebook) => codebook,
            Err(CodebookError::TooFewTexts { .. }) => return Ok(()),
            Err(other) => panic!("{other}"),
        };
        let settings = Settings::new(3, Epsilon::MAX);
        let named = |sites: &[usize]| {
            let mut seen = Observations::nothing(qs.len());
            for &site in sites {
                let mut v = vec![0; usize::from(qs[site])];
                v[usize::from(codebook.rows()[1][site])] = 1;
                seen.sight(site, &v);
            }
            look(&codebook, &qs, &seen, &[], &settings, 1, 1).named.contains(&1)
        };
        let all: Vec<usize> = (0..qs.len()).collect();
        prop_assert_eq!(meter.certain.whole, named(&all));
        prop_assert_eq!(meter.certain.whole, sites_missing(&qs, 3, Epsilon::MAX) == 0);
        let singles = parts.iter().filter(|p| named(&p.sites)).count();
        prop_assert_eq!(meter.certain.one_part, singles as f64 / parts.len() as f64);

        // Every quotation of half the words, word by word.
        let words: usize = parts.iter().map(|p| p.words).sum();
        let half = words.div_ceil(2);
        let naming = (0..=words - half).filter(|from| {
            let (mut at, mut sites) = (0, Vec::new());
            for part in &parts {
                if at >= *from && at + part.words <= from + half {
                    sites.extend(&part.sites);
                }
                at += part.words;
            }
            named(&sites)
        }).count();
        prop_assert_eq!(meter.certain.half, naming as f64 / (words - half + 1) as f64);
    }

    /// Whatever shapes come in, nothing panics, and what does not fit names nobody.
    #[test]
    fn shapes_that_do_not_fit(
        alternatives in proptest::collection::vec(any::<u8>(), 0..6),
        vectors in proptest::collection::vec(proptest::collection::vec(any::<u16>(), 0..6), 0..6),
        disclosed in proptest::collection::vec(any::<bool>(), 0..6),
        copies: u32, k in prop_oneof![Just(0), Just(u64::MAX), any::<u64>()], messages: u64
    ) {
        let mut seen = Observations::nothing(vectors.len());
        for (site, v) in vectors.iter().enumerate() {
            seen.sight(site, v);
        }
        let codebook = Codebook::from_rows(vec![vec![0; 3], vec![1; 3]], &[2, 3, 4]).expect("two rows");
        let settings = Settings::new(copies, Epsilon::MIN);
        let found = look(&codebook, &alternatives, &seen, &disclosed, &settings, k, messages);
        if alternatives.len() != 3 {
            prop_assert_eq!(found.named, Vec::<usize>::new());
        }
    }
}

#[test]
fn two_copies_can_be_named_at_once() {
    // Rows that agree at all sites but one are both named by a text that leaves that one out.
    let alternatives = [2u8; 40];
    let mut other = vec![0; 40];
    other[7] = 1;
    let rows = vec![vec![1; 40], vec![0; 40], other];
    let codebook = Codebook::from_rows(rows, &alternatives).expect("three rows");
    let mut seen = Observations::nothing(40);
    (0..40).filter(|site| *site != 7).for_each(|site| {
        seen.sight(site, &[1, 0]);
    });
    let settings = Settings::new(3, Epsilon::default());
    let found = look(&codebook, &alternatives, &seen, &[], &settings, 1, 1);
    assert_eq!(found.named, [1, 2]);
}

#[test]
fn the_numbers_that_the_meter_asks_for() {
    // n, epsilon, sites: log2(n / epsilon) + 1, rounded up.
    let rows = [(1, "1e-2", 8), (2, "1e-4", 16), (10, "1e-3", 15), (100, "1e-6", 28), (1000, "1e-12", 51)];
    for (copies, epsilon, expected) in rows {
        let epsilon: Epsilon = epsilon.parse().expect("a bound");
        assert_eq!(sites_needed(copies, epsilon), expected, "n {copies}, epsilon {epsilon}");
        assert_eq!(sites_missing(&[2; 5], copies, epsilon), expected - 5);
        assert_eq!(sites_missing(&[4; 60], copies, epsilon), 0);
    }
    let nothing = strength(&[], &[], 2, Epsilon::default());
    assert_eq!((nothing.bits, nothing.certain.whole, nothing.certain.half), (0.0, false, 0.0));
}

/// A tied site that stands in both parts is worth the same in both and no more in the whole.
#[test]
fn a_tied_site_counts_once() {
    let part = |sites: std::ops::Range<usize>| PartSites { words: 10, sites: sites.collect() };
    let epsilon = Epsilon::default();
    let apart = strength(&[2; 16], &[part(0..8), part(8..16)], 2, epsilon);
    assert!(apart.certain.whole && apart.certain.one_part == 0.0);
    let tied = strength(&[2; 16], &[part(0..16), part(0..16)], 2, epsilon);
    assert!(tied.certain.whole && tied.certain.one_part == 1.0);
    let few = strength(&[2; 15], &[part(0..15), part(0..15)], 2, epsilon);
    assert!(!few.certain.whole && few.certain.one_part == 0.0 && few.bits == 15.0);
}
