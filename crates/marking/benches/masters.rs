//! Masters of real size: a page with 40 sites, and the largest that is allowed.

use countermark_marking::Master;
use divan::{Bencher, black_box};

fn main() {
    divan::main();
}

/// So many sites, each in a sentence of some 15 words.
fn source(sites: usize) -> String {
    (0..sites)
        .map(|index| {
            format!(
                "In point {index} we {{see|view}} no reason{{@punctuation:, |; }}whatever others say, to leave the agreed ground. {}",
                if index % 5 == 4 { "\n\n" } else { "" }
            )
        })
        .take(sites.div_ceil(2))
        .collect()
}

#[divan::bench(args = [40, 400, 4096])]
fn parse(bencher: Bencher<'_, '_>, sites: usize) {
    let source = source(sites);
    assert_eq!(Master::parse(&source).map(|master| master.sites().len()), Ok(sites));
    bencher.bench(|| Master::parse(black_box(&source)));
}

#[divan::bench(args = [40, 400, 4096])]
fn render(bencher: Bencher<'_, '_>, sites: usize) {
    let master = Master::parse(&source(sites)).expect("the sample parses");
    let codeword = vec![1; sites];
    bencher.bench(|| master.render(black_box(&codeword), &|_| None));
}

#[divan::bench(args = [40, 400, 4096])]
fn read_copy(bencher: Bencher<'_, '_>, sites: usize) {
    let master = Master::parse(&source(sites)).expect("the sample parses");
    let codeword = vec![1; sites];
    let copy = master.render(&codeword, &|_| None).expect("the codeword fits");
    assert_eq!(master.read_copy(&copy, &|_| None), Some(codeword));
    bencher.bench(|| master.read_copy(black_box(&copy), &|_| None));
}

#[divan::bench(args = [40, 400, 4096])]
fn parts(bencher: Bencher<'_, '_>, sites: usize) {
    let master = Master::parse(&source(sites)).expect("the sample parses");
    assert_eq!(master.parts().len(), sites.div_ceil(2));
    bencher.bench(|| black_box(&master).parts().len());
}
