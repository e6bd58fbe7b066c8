//! Throughput over a letter repeated to a megabyte: canonical tokens beside a bare pass that splits at white space, in one
//! run. What it measures: one core, warm cache, no I/O.

use countermark_text::{parts, same, tokens, word_count};
use divan::counter::BytesCount;
use divan::{Bencher, black_box};

fn main() {
    divan::main();
}

const LETTER: &str = "Dear Mr. President,\n\nThank you for your letter of 12 March. We don't share the view that Article 5, \
    para. 2 leaves no room, and we have said so since 1999; the 1,200.50 crowns per tonne were agreed in St. Avold. \
    Our position is long-standing: the bridge opens first, and the talks follow - not the other way round. \
    Dr. Brandt will call on Monday to hear what your office makes of it.\n\nYours sincerely,\nA. Castellan\n\n";

const CURLY: &str = "“We won’t wait,” she wrote — “not for the committee’s report, and not for the minister…” The café on \
    the corner stays open; naïve as it sounds, that’s where we’ll meet.\n";

const RUSSIAN: &str = "Уважаемый господин президент, благодарим Вас за письмо от 12 марта. Мы не разделяем мнения, что статья 5 не \
    оставляет места для переговоров, и говорим об этом с 1999 года.\n";

/// A megabyte of it.
fn sample(name: &str) -> String {
    let piece = match name {
        "ascii" => LETTER,
        "curly" => CURLY,
        _ => RUSSIAN,
    };
    piece.repeat((1 << 20) / piece.len())
}

#[divan::bench(args = ["ascii", "curly", "russian"])]
fn split_whitespace(bencher: Bencher<'_, '_>, name: &str) {
    let text = sample(name);
    bencher.counter(BytesCount::of_str(&text)).bench(|| black_box(&text).split_whitespace().count());
}

#[divan::bench(args = ["ascii", "curly", "russian"])]
fn canonical_tokens(bencher: Bencher<'_, '_>, name: &str) {
    let text = sample(name);
    let piece = if name == "ascii" {
        LETTER
    } else if name == "curly" {
        CURLY
    } else {
        RUSSIAN
    };
    let expected = word_count(piece) * (text.len() / piece.len());
    assert_eq!(word_count(&text), expected);
    bencher
        .counter(BytesCount::of_str(&text))
        .bench(|| tokens(black_box(&text)).map(|token| token.canon.len()).sum::<usize>());
}

#[divan::bench(args = ["ascii", "curly"])]
fn same_text(bencher: Bencher<'_, '_>, name: &str) {
    let text = sample(name);
    let other = text.to_uppercase();
    assert!(same(&text, &other));
    bencher.counter(BytesCount::of_str(&text)).bench(|| same(black_box(&text), black_box(&other)));
}

#[divan::bench(args = ["ascii", "curly", "russian"])]
fn cut_into_parts(bencher: Bencher<'_, '_>, name: &str) {
    let text = sample(name);
    assert!(parts(&text).len() >= text.len() / 400);
    bencher.counter(BytesCount::of_str(&text)).bench(|| parts(black_box(&text)).len());
}

/// Fifty megabytes, as somebody may paste or post them.
#[divan::bench(args = ["ascii", "curly", "one word", "no spaces"], sample_count = 1)]
fn fifty_megabytes(bencher: Bencher<'_, '_>, name: &str) {
    let piece = match name {
        "ascii" => LETTER,
        "curly" => CURLY,
        "one word" => "wörter",
        _ => "漢字かな。",
    };
    let text = piece.repeat((50 << 20) / piece.len());
    bencher.counter(BytesCount::of_str(&text)).bench(|| tokens(black_box(&text)).count() + parts(&text).len());
}
