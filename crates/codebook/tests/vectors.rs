//! The vectors of a second implementation (see `tests/vectors/README.md`).

use std::str::FromStr;

use countermark_codebook::recompute::{Evidence, site_scores};
use countermark_codebook::{Codebook, Key, Observations};
use num_bigint::BigUint;

fn cases(file: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    assert!(file.lines().count() > 20);
    file.lines().map(|line| line.split(' ').collect())
}

fn numbers<T: FromStr>(list: &str) -> Vec<T>
where
    T::Err: std::fmt::Debug,
{
    list.split(',').map(|n| n.parse().expect("a number")).collect()
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).expect("ascii"), 16);
    digits.map(|pair| byte(pair).expect("two hex digits")).collect()
}

fn observations(text: &str) -> Observations {
    let sites: Vec<&str> = text.split(';').collect();
    let mut seen = Observations::nothing(sites.len());
    for (site, sightings) in sites.into_iter().enumerate() {
        if sightings != "-" {
            for sighting in sightings.split('/') {
                seen.sight(site, &numbers::<u16>(sighting));
            }
        }
    }
    seen
}

#[test]
fn symbols() {
    for case in cases(include_str!("vectors/symbols.txt")) {
        let [key, alternatives, copy, row] = case[..] else { panic!("4 fields") };
        let key = Key::from_bytes(bytes(key).try_into().expect("32 bytes"));
        let copy: usize = copy.parse().expect("a number");
        let codebook = Codebook::draw(&key, &numbers::<u8>(alternatives), copy + 1).expect("enough texts");
        assert_eq!(codebook.rows()[copy], numbers::<u8>(row), "{case:?}");
    }
}

#[test]
fn scores() {
    for case in cases(include_str!("vectors/scores.txt")) {
        let vector = numbers::<u16>(case[0]);
        let found = site_scores(&vector, &vec![1; vector.len()]);
        assert_eq!(found, Some(numbers::<i64>(case[1])), "{case:?}");
    }
}

#[test]
fn hashes_of_observations() {
    for case in cases(include_str!("vectors/observations.txt")) {
        assert_eq!(observations(case[0]).hash().to_vec(), bytes(case[1]), "{case:?}");
    }
}

#[test]
fn tails() {
    for case in cases(include_str!("vectors/tails.txt")) {
        let [alternatives, seen, grain, row, score, count, of] = case[..] else { panic!("7 fields") };
        let evidence = Evidence::new(&numbers::<u8>(alternatives), &observations(seen), &[]);
        assert_eq!(evidence.grain().to_string(), grain, "{case:?}");
        let found = evidence.score(&numbers::<u8>(row)).expect("the row fits");
        assert_eq!(found.to_string(), score, "{case:?}");
        let tail = evidence.tail(found);
        let number = |text: &str| BigUint::from_str(text).expect("a number");
        assert_eq!((tail.count, tail.of), (number(count), number(of)), "{case:?}");
    }
}
