//! The example of `docs/guide/bound.md`, number by number.

use countermark_codebook::recompute::{Evidence, site_scores, texts, threshold_met};
use countermark_codebook::{Epsilon, Observations};

#[test]
fn the_example_of_the_page() {
    assert_eq!(site_scores(&[240, 0], &[1; 2]), Some(vec![986, -4426]));
    assert_eq!(site_scores(&[240, 0, 0], &[1; 3]), Some(vec![1572, -4426, -4426]));

    let alternatives = [[2u8; 24].as_slice(), &[3; 8]].concat();
    let mut seen = Observations::nothing(32);
    (0..18).for_each(|site| assert!(seen.sight(site, &[1, 0])));
    (24..29).for_each(|site| assert!(seen.sight(site, &[1, 0, 0])));
    let evidence = Evidence::new(&alternatives, &seen, &[]);
    assert!((evidence.bits() - 25.92).abs() < 0.005);

    let mut row = [0; 32];
    row[4] = 1;
    let score = evidence.score(&row).expect("the row fits");
    assert_eq!(score, 20196);
    let tail = evidence.tail(score);
    assert_eq!((&tail.count, &tail.of), (&19u8.into(), &63_700_992u32.into()));
    let named = |k| threshold_met(&tail, &texts(&alternatives), 9, k, 1, Epsilon::default());
    assert!(named(1) && named(5) && !named(6));
}
