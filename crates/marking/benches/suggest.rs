//! How fast rules propose, and how long the English pack takes to load.
//!
//! `propose` reads the master, cuts it into sentences and tokens, asks every rule and parses the outcome. The text is
//! a letter repeated, so nearly every sentence has a place for a rule: worse than prose.

use countermark_marking::rules::{Options, Pack, propose};
use divan::counter::BytesCount;
use divan::{Bencher, black_box};

fn main() {
    divan::main();
}

const LETTER: &str = "Dear Ms Arlen,\n\nThank you for your letter of May 5 with regard to the harbour. I am sure you will agree that \
it is essential that our two countries should act together in this matter. At present, we have no further information; we shall of \
course inform you as soon as possible of any step toward a solution of the problem. The ministers met in the spring and found that \
the work had gone well, that the crews were paid, and that nobody had been hurt. The old pier still stands where it stood before the \
storm, and the children of the town swim from it every summer.\n\nWith kind regards,\n\nSincerely yours,\n\n";

#[divan::bench(args = [1, 100, 500])]
fn letters(bencher: Bencher<'_, '_>, copies: usize) {
    let text = LETTER.repeat(copies);
    let packs = [Pack::english()];
    let found = propose(&packs, &text, &Options::default()).expect("plain text").len();
    assert!(found >= 9 * copies, "{found} proposals");
    bencher
        .counter(BytesCount::of_str(&text))
        .bench(|| propose(&packs, black_box(&text), &Options::default()).map(|p| p.len()));
}

#[divan::bench]
fn load(bencher: Bencher<'_, '_>) {
    let files = Pack::english_files();
    let bytes: usize = files.iter().map(|(_, text)| text.len()).sum();
    bencher.counter(BytesCount::new(bytes)).bench(|| {
        let pack = Pack::parse_files("english", black_box(files)).expect("the embedded pack is well formed");
        assert!(pack.rules().len() > 100);
        pack
    });
}
