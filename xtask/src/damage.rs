//! What happens to a text between its sending and its finding, piece by piece: shared by all benches.

use countermark_text::Span;
use unicode_normalization::UnicodeNormalization as _;

use crate::chance::Chance;

/// Without what nobody sees: zero-width characters, soft hyphens, direction marks, variation selectors, tags.
pub(crate) fn without_invisible(text: &str) -> String {
    let invisible = |c: char| {
        matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
    };
    text.chars().filter(|&c| !invisible(c)).collect()
}

/// Unicode's compatibility composition.
pub(crate) fn nfkc(text: &str) -> String {
    text.nfkc().collect()
}

/// All white space a single blank.
pub(crate) fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Marks as a typewriter has them.
pub(crate) fn ascii_marks(text: &str) -> String {
    text.replace(['’', '‘', '‚', '′'], "'")
        .replace(['“', '”', '„', '″', '«', '»'], "\"")
        .replace('—', "--")
        .replace(['–', '‐', '‑', '−'], "-")
        .replace('…', "...")
        .replace('•', "*")
        .replace(['\u{a0}', '\u{202f}', '\u{2009}'], " ")
}

/// All of the above, in lower case: what is left when somebody types the text anew.
pub(crate) fn retyped(text: &str) -> String {
    on_one_line(&ascii_marks(&nfkc(&without_invisible(text)))).to_lowercase()
}

/// So many per cent of the words, in a row, from a random one on.
pub(crate) fn window(text: &str, percent: usize, chance: &mut Chance) -> Span {
    let base = text.as_ptr() as usize;
    let words: Vec<&str> = text.split_whitespace().collect();
    let many = (words.len() * percent / 100).clamp(1, words.len().max(1));
    let first = chance.below(words.len() + 1 - many.min(words.len()));
    let (Some(from), Some(to)) = (words.get(first), words.get(first + many - 1)) else { return 0..text.len() };
    from.as_ptr() as usize - base..to.as_ptr() as usize - base + to.len()
}

/// One of the sentences of at least 8 words; the whole where there is none.
pub(crate) fn sentence(text: &str, chance: &mut Chance) -> Span {
    let long: Vec<Span> = countermark_text::sentences(text)
        .into_iter()
        .filter(|span| text[span.clone()].split_whitespace().count() >= 8)
        .collect();
    if long.is_empty() { 0..text.len() } else { long[chance.below(long.len())].clone() }
}

/// A letter swapped, doubled, dropped or replaced.
pub(crate) fn slip(word: &str, chance: &mut Chance) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    if letters.len() < 2 {
        return word.to_owned();
    }
    let at = chance.below(letters.len() - 1);
    match chance.below(4) {
        0 => letters.swap(at, at + 1),
        1 => letters.insert(at, letters[at]),
        2 => {
            letters.remove(at);
        }
        _ => letters[at] = char::from(b'a' + u8::try_from(chance.below(26)).unwrap_or(0)),
    }
    letters.into_iter().collect()
}

/// The text with every word, a run of letters and digits, rewritten.
pub(crate) fn each_word(text: &str, mut change: impl FnMut(&str, &mut String)) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    let mut rest = text;
    while !rest.is_empty() {
        let word = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
        if word > 0 {
            change(&rest[..word], &mut out);
        }
        let behind = &rest[word..];
        let gap = behind.find(char::is_alphanumeric).unwrap_or(behind.len());
        out.push_str(&behind[..gap]);
        rest = &behind[gap..];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cleaned_step_by_step() {
        let text = "“The\u{200b} ﬁsh\u{ad}ing —\u{a0}Orvanne’s…”\n\n\tNo";
        assert_eq!(without_invisible(text), "“The ﬁshing —\u{a0}Orvanne’s…”\n\n\tNo");
        assert_eq!(nfkc("ﬁsh ½…"), "fish 1⁄2...");
        assert_eq!(on_one_line(" a\n\n\tb  c "), "a b c");
        assert_eq!(ascii_marks("“a’s” – b—c…"), "\"a's\" - b--c...");
        assert_eq!(retyped(text), "\"the fishing -- orvanne's...\" no");
    }

    #[test]
    fn windows_and_sentences_are_spans_of_the_text() {
        let text = "One two three four. Five six seven eight nine ten eleven twelve. End.";
        let mut chance = Chance::new(1, 1);
        for _ in 0..20 {
            let span = window(text, 50, &mut chance);
            assert_eq!(text[span].split_whitespace().count(), 6);
            assert_eq!(&text[sentence(text, &mut chance)], "Five six seven eight nine ten eleven twelve.");
        }
        assert_eq!(window("", 50, &mut chance), 0..0);
        assert_eq!(sentence("Too short.", &mut chance), 0..10);
    }
}
