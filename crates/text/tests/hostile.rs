//! Input that nobody writes: it must be taken without panic, and in time that grows with its length.

use std::hint::black_box;

use countermark_text::{normalise, parts, same, sentences, tokens, traits, word_count};

/// Thirty kilobytes each. An algorithm that is quadratic in any of them would take minutes over all of them.
#[test]
fn walls_of_one_thing() {
    let pieces = [
        "a",
        "а",
        "A",
        " ",
        "\n",
        "\0",
        "\u{200b}",
        "\u{301}",
        "a\u{301}",
        "\u{202e}",
        "-",
        "—",
        ".",
        ". ",
        "…",
        "'",
        "\"",
        "’",
        "a-\n",
        "a-\n\n",
        " \u{301}",
        " \u{200b}",
        "¨",
        "½",
        "ﷺ",
        "漢",
        "漢.",
        "ก",
        "👍",
        "🇫🇷",
        "_",
        "a_",
        "1,",
        "a.",
        "a'",
        "A. ",
        "Mr. ",
        "1. ",
        "{",
        "\u{feff}a",
        "\u{1100}",
        "\u{1160}\u{11a8}",
        "Ν",
        "aΝ",
        "e.g. ",
        "\r",
        "\u{2028}",
        "a\u{ad}-\u{ad}\n",
    ];
    for piece in pieces {
        for suffix in ["", "é", " x"] {
            let text = format!("{}{suffix}", piece.repeat(30_000 / piece.len()));
            let count = tokens(&text).inspect(|token| assert!(text.is_char_boundary(token.span.end))).count();
            assert!(count <= text.len() * 3);
            black_box((parts(&text).len(), sentences(&text).len(), traits(&text).len()));
        }
    }
}

#[test]
fn one_long_line() {
    let text = "word ".repeat(400_000);
    assert_eq!(word_count(&text), 400_000);
    assert_eq!(parts(&text).len(), 1);
    let text = "слово".repeat(200_000);
    assert_eq!(word_count(&text), 1);
}

#[test]
fn a_stretch_without_spaces_is_read_in_bounded_pieces() {
    let text = "漢字かな。".repeat(20_000);
    assert_eq!(word_count(&text), 80_000);
    assert!(same(&text, &normalise(&text)));
}
