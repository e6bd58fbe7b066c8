//! Drawing codebooks and taking looks.
//!
//! What is measured: whole calls of the public interface, on inputs from a fixed seed; not the reading of
//! a text. Every answer is asserted.

use countermark_codebook::recompute::Evidence;
use countermark_codebook::{Codebook, Epsilon, Key, Observations, Settings, look};
use divan::{Bencher, black_box};

fn main() {
    divan::main();
}

/// Sites with two to four alternatives.
fn alternatives(sites: usize) -> Vec<u8> {
    [2u8, 2, 3, 2, 4].into_iter().cycle().take(sites).collect()
}

fn key() -> Key {
    Key::from_bytes([9; 32])
}

fn shown(row: &[u8], alternatives: &[u8]) -> Observations {
    let mut seen = Observations::nothing(row.len());
    for (site, (&x, &q)) in row.iter().zip(alternatives).enumerate() {
        let mut likelihoods = vec![0; usize::from(q)];
        likelihoods[usize::from(x)] = 1;
        seen.sight(site, &likelihoods);
    }
    seen
}

/// A codeword of which every reading is unclear in its own way.
fn unclear(row: &[u8], alternatives: &[u8]) -> Observations {
    let mut seen = Observations::nothing(row.len());
    for (site, (&x, &q)) in row.iter().zip(alternatives).enumerate() {
        let mut likelihoods: Vec<u16> = (0..u16::from(q)).map(|a| 1 + a * (site % 29) as u16).collect();
        likelihoods[usize::from(x)] = 150;
        seen.sight(site, &likelihoods);
    }
    seen
}

/// Copies by sites.
#[divan::bench(args = [(50, 200), (1000, 400), (1000, 4096)])]
fn draw(bencher: Bencher<'_, '_>, (copies, sites): (usize, usize)) {
    let alternatives = alternatives(sites);
    bencher.bench(|| {
        let codebook = Codebook::draw(&key(), black_box(&alternatives), copies).expect("enough texts");
        assert_eq!(codebook.rows().len(), copies);
        codebook
    });
}

fn bench_look(
    bencher: Bencher<'_, '_>,
    copies: usize,
    sites: usize,
    read: fn(&[u8], &[u8]) -> Observations,
    ours: bool,
) {
    let alternatives = alternatives(sites);
    let codebook = Codebook::draw(&key(), &alternatives, copies).expect("enough texts");
    let settings = Settings::new(u32::try_from(copies).expect("few"), Epsilon::default());
    let foreign = Codebook::draw(&Key::from_bytes([8; 32]), &alternatives, 1).expect("enough texts");
    let row = if ours { &codebook.rows()[copies / 2] } else { &foreign.rows()[0] };
    let seen = read(row, &alternatives);
    let expected: &[usize] = if ours { &[copies / 2] } else { &[] };
    bencher.bench(|| {
        let look = look(&codebook, &alternatives, black_box(&seen), &[], &settings, 1, 1);
        assert_eq!(look.named, expected);
        look
    });
}

/// A leaked copy is named. Copies by sites; 50 by 40 is a leak of 300 words.
#[divan::bench(args = [(50, 40), (10, 40), (1000, 40), (50, 200), (50, 1000), (50, 4096)])]
fn look_named(bencher: Bencher<'_, '_>, (copies, sites): (usize, usize)) {
    bench_look(bencher, copies, sites, shown, true);
}

/// Somebody else's codeword: nobody is named.
#[divan::bench(args = [(50, 40), (10, 40), (1000, 40), (50, 200), (50, 1000), (50, 4096)])]
fn look_foreign(bencher: Bencher<'_, '_>, (copies, sites): (usize, usize)) {
    bench_look(bencher, copies, sites, shown, false);
}

/// A copy that is badly readable throughout.
#[divan::bench(args = [(50, 40), (50, 200), (50, 1000)])]
fn look_unclear(bencher: Bencher<'_, '_>, (copies, sites): (usize, usize)) {
    bench_look(bencher, copies, sites, unclear, true);
}

/// The same of somebody else's codeword.
#[divan::bench(args = [(50, 40), (50, 200), (50, 1000)])]
fn look_unclear_foreign(bencher: Bencher<'_, '_>, (copies, sites): (usize, usize)) {
    bench_look(bencher, copies, sites, unclear, false);
}

/// The exact tail, as a verifier recomputes it, twenty bits below the best score.
#[divan::bench(args = [40, 200, 1000, 4096])]
fn exact_tail(bencher: Bencher<'_, '_>, sites: usize) {
    let alternatives = alternatives(sites);
    let seen = shown(&vec![0; sites], &alternatives);
    bencher.bench(|| {
        let evidence = Evidence::new(&alternatives, black_box(&seen), &[]);
        let tail = evidence.tail(evidence.best() - 20 * 1024);
        assert!(tail.count > evidence.best_tail().count && tail.count < tail.of);
        tail
    });
}
