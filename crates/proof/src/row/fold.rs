//! Folding: the little normalisation that every verifier can do alike, with a table of its own.

/// What becomes of a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Folded {
    /// Nothing is left of it.
    Gone,
    /// It stands between words.
    Separator,
    /// It belongs to a word, as this.
    Letter(char),
}

/// Folds one character by the table of `docs/formats/row.md`: the first line that fits.
pub(crate) fn fold_char(c: char) -> Folded {
    match u32::from(c) {
        0x27 | 0xAD | 0x2BC | 0x2018 | 0x2019 | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0xFEFF => {
            Folded::Gone
        }
        0..=0x2F
        | 0x3A..=0x40
        | 0x5B..=0x60
        | 0x7B..=0xBF
        | 0xD7
        | 0xF7
        | 0x1680
        | 0x2000..=0x206F
        | 0x2E00..=0x2E7F
        | 0x3000..=0x303F => Folded::Separator,
        high @ (0x41..=0x5A | 0xC0..=0xDE | 0x391..=0x3A9 | 0x410..=0x42F) => Folded::Letter(raised(c, high + 32)),
        high @ 0x400..=0x40F => Folded::Letter(raised(c, high + 80)),
        _ => Folded::Letter(c),
    }
}

fn raised(c: char, to: u32) -> char {
    char::from_u32(to).unwrap_or(c)
}

/// The folded text: a space, and each word with a space after it.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len() + 2);
    folded.push(' ');
    for c in text.chars() {
        match fold_char(c) {
            Folded::Gone => {}
            Folded::Separator if folded.ends_with(' ') => {}
            Folded::Separator => folded.push(' '),
            Folded::Letter(letter) => folded.push(letter),
        }
    }
    if !folded.ends_with(' ') {
        folded.push(' ');
    }
    folded
}

/// How many words a folded text has.
pub(crate) fn words(folded: &str) -> usize {
    spaces(folded) - 1
}

/// The spaces of a folded text.
pub(crate) fn spaces(folded: &str) -> usize {
    folded.bytes().filter(|byte| *byte == b' ').count()
}

/// Where the words of a text stand, in bytes: from a word's first character that is left to behind its last one.
pub(crate) fn word_spans(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut spans: Vec<std::ops::Range<usize>> = Vec::new();
    let mut inside = false;
    for (at, c) in text.char_indices() {
        match fold_char(c) {
            Folded::Gone => {}
            Folded::Separator => inside = false,
            Folded::Letter(_) if inside => {
                if let Some(span) = spans.last_mut() {
                    span.end = at + c.len_utf8();
                }
            }
            Folded::Letter(_) => {
                spans.push(at..at + c.len_utf8());
                inside = true;
            }
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_fold_as_the_page_says() {
        let rows = [
            ("", " "),
            (" \u{2014} ", " "),
            ("'", " "),
            ("Dear \u{201c}Friend\u{201d}, don\u{2019}t!", " dear friend dont "),
            ("a\u{200b}b\u{ad}c", " abc "),
            ("Lenz\u{a0}on\nMay-day", " lenz on may day "),
            ("\u{c9}T\u{c9} \u{d7} \u{df}", " \u{e9}t\u{e9} \u{df} "),
            ("\u{418}\u{412}\u{410}\u{41d} \u{401}\u{436}", " \u{438}\u{432}\u{430}\u{43d} \u{451}\u{436} "),
            ("\u{3a3}\u{3a9}", " \u{3c3}\u{3c9} "),
            ("5.000 \u{20ac}", " 5 000 \u{20ac} "),
        ];
        for (text, folded) in rows {
            assert_eq!(fold(text), folded, "{text:?}");
            assert_eq!(words(folded), word_spans(text).len(), "{text:?}");
        }
    }

    #[test]
    fn words_are_found_where_they_stand() {
        let text = "\u{2018}Don\u{2019}t\u{2019} go, \u{201c}there";
        let words: Vec<&str> = word_spans(text).into_iter().map(|span| &text[span]).collect();
        assert_eq!(words, ["Don\u{2019}t", "go", "there"]);
    }
}
