//! Posts of about 1.1 kB against 2,000 messages, beside their own tokenising pass; adding one message; nothing here is about memory that
//! does not fit the caches: that is `bench/screening`. One core, no I/O.

use countermark_screening::{Builder, Key, Manifest, Screener, Segment};
use divan::counter::ItemsCount;
use divan::{Bencher, black_box};

fn main() {
    divan::main();
}

/// Letters that share a few phrases and little else.
fn letter(number: u64) -> String {
    let mut out = String::from("Dear Mr. President, I have the honour to inform you that ");
    let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    for i in 0..180 {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(number);
        out.push_str(["the ", "of ", "to ", "and ", "in ", "that ", "we ", ""][(state >> 50) as usize % 8]);
        if i % 3 > 0 {
            out.push_str(&format!("w{} ", (state >> 33) % 4000));
        }
    }
    out + "Accept, Excellency, the renewed assurances of my highest consideration."
}

fn screener(messages: u64) -> Screener<Vec<u8>> {
    let key = Key::new(&[1; 32]);
    let mut builder = Builder::new(&key);
    (0..messages).for_each(|number| builder.add_text(number, &letter(number)).expect("room"));
    let segment = Segment::open(builder.finish()).expect("just made");
    let mut manifest = Manifest::new(&key);
    manifest.add(&segment);
    Screener::new(key, &manifest, vec![segment]).expect("just made")
}

fn posts() -> Vec<String> {
    (0..200).map(|number| letter(1 << 40 | number).chars().take(1100).collect()).collect()
}

#[divan::bench]
fn tokenise(bencher: Bencher<'_, '_>) {
    let posts = posts();
    bencher.counter(ItemsCount::new(posts.len())).bench(|| {
        posts
            .iter()
            .map(|post| countermark_text::tokens(black_box(post)).map(|token| token.canon.len()).sum::<usize>())
            .sum::<usize>()
    });
}

#[divan::bench]
fn screen(bencher: Bencher<'_, '_>) {
    let (posts, screener) = (posts(), screener(2000));
    let leak = letter(77);
    assert!(screener.screen(&leak).matches.iter().any(|found| found.handle == 77 && found.alarm));
    assert!(posts.iter().all(|post| screener.screen(post).matches.iter().all(|found| !found.alarm)));
    bencher
        .counter(ItemsCount::new(posts.len()))
        .bench(|| posts.iter().map(|post| screener.screen(black_box(post)).matches.len()).sum::<usize>());
}

#[divan::bench]
fn build_one(bencher: Bencher<'_, '_>) {
    let (key, text) = (Key::new(&[1; 32]), letter(3));
    bencher.bench(|| {
        let mut builder = Builder::new(&key);
        builder.add_text(3, black_box(&text)).expect("room");
        builder.finish().len()
    });
}
