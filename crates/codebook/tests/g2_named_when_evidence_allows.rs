//! Guarantee G2: a copy is named as soon as its intact sites are worth enough bits.
//!
//! `cargo xtask g2` draws the whole curve.

use countermark_codebook::{Codebook, Epsilon, Key, Observations, Settings, bits_missing, look};

/// Publishes copy 0 with its first sites altered, at the first `intact + altered` of `sites` sites.
fn named(settings: &Settings, sites: usize, intact: usize, altered: usize, k: u64) -> Vec<usize> {
    let alternatives = vec![2; sites];
    let copies = settings.copies() as usize;
    let codebook = Codebook::draw(&Key::from_bytes([3; 32]), &alternatives, copies).expect("enough");
    let seen = leak(&codebook, sites, intact, altered);
    look(&codebook, &alternatives, &seen, &[], settings, k, 1).named
}

fn leak(codebook: &Codebook, sites: usize, intact: usize, altered: usize) -> Observations {
    let mut seen = Observations::nothing(sites);
    for site in 0..intact + altered {
        let symbol = codebook.rows()[0][site] ^ u8::from(site < altered);
        seen.sight(site, if symbol == 0 { &[1, 0] } else { &[0, 1] });
    }
    seen
}

/// `log2(n / epsilon)`.
fn bits(settings: &Settings) -> f64 {
    (f64::from(settings.copies()) / settings.epsilon().value()).log2()
}

fn all_settings() -> impl Iterator<Item = Settings> {
    let epsilons = ["1e-2", "1e-3", "1e-4", "1e-6", "1e-12"];
    epsilons.into_iter().flat_map(|epsilon| {
        let epsilon: Epsilon = epsilon.parse().expect("a bound");
        [2, 10, 50, 300].map(|copies| Settings::new(copies, epsilon))
    })
}

#[test]
fn one_bit_more_than_log2_of_n_over_epsilon() {
    for settings in all_settings() {
        let needed = (bits(&settings) + 1.0).ceil() as usize;
        assert_eq!(named(&settings, 90, needed, 0, 1), [0], "{settings:?}");
        assert!(named(&settings, 90, needed - 1, 0, 1).is_empty(), "{settings:?}");
    }
}

/// Looks cost `log2(k (k + 1))` bits instead of the 1 of the first.
#[test]
fn later_looks_cost_more() {
    let settings = Settings::new(10, Epsilon::default());
    for k in [1u64, 2, 3, 10, 100, 10_000] {
        let needed = (bits(&settings) + ((k * (k + 1)) as f64).log2()).ceil() as usize;
        assert_eq!(named(&settings, 90, needed, 0, k), [0], "look {k}");
        assert!(named(&settings, 90, needed - 1, 0, k).is_empty(), "look {k}");
    }
}

/// One, two, three altered sites raise the 1 to about 5, 9, 11: over the usual range to between 4 and 6.5,
/// 6.3 and 10.5, 8.3 and 14.2 bits, more where the bound is small, since more sites are in play.
#[test]
fn altered_sites_cost_a_few_bits_each() {
    for settings in all_settings() {
        for (altered, least, most) in [(1, 4.0, 6.6), (2, 6.3, 10.6), (3, 8.3, 14.3)] {
            // So many looks at the price of a first one will name others now and then: copy 0 counts.
            let names_it = |intact: &usize| named(&settings, 110, *intact, altered, 1).contains(&0);
            let needed = (1..100).find(names_it).expect("100 bits always do");
            let extra = needed as f64 - bits(&settings);
            assert!(least <= extra && extra <= most, "{altered} altered, {settings:?}: {extra}");
        }
    }
}

/// What is said to be missing is what is missing.
#[test]
fn bits_missing_count_down_to_naming() {
    let settings = Settings::new(20, Epsilon::default());
    let alternatives = [2; 40];
    let codebook = Codebook::draw(&Key::from_bytes([3; 32]), &alternatives, 20).expect("enough");
    for intact in 0..40 {
        let seen = leak(&codebook, 40, intact, 0);
        let missing = bits_missing(&alternatives, &seen, &[], &settings, 1, 1);
        assert!((missing - (bits(&settings) + 1.0 - intact as f64).max(0.0)).abs() < 1e-6);
        let look = look(&codebook, &alternatives, &seen, &[], &settings, 1, 1);
        assert_eq!(look.named.is_empty(), missing > 0.0);
        assert_eq!(look.taken, missing == 0.0);
    }
}

/// A copy that was disclosed at some sites is named on the others alone.
#[test]
fn disclosed_sites_never_count() {
    let settings = Settings::new(4, Epsilon::default());
    let alternatives = [2; 40];
    let codebook = Codebook::draw(&Key::from_bytes([3; 32]), &alternatives, 4).expect("enough");
    let seen = leak(&codebook, 40, 40, 0);
    for disclosed in [0usize, 20, 22, 23, 24, 25, 40] {
        let hidden: Vec<bool> = (0..40).map(|site| site < disclosed).collect();
        let named = look(&codebook, &alternatives, &seen, &hidden, &settings, 1, 1).named;
        // log2(4 * 2 / 1e-4) is 16.3: seventeen sites are needed.
        assert_eq!(!named.is_empty(), 40 - disclosed >= 17, "{disclosed} disclosed");
    }
}
