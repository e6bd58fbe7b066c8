//! Words changed, and copies mixed.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::chance::Chance;

/// British spellings and their American ones, in two columns.
const SPELLING: &str = include_str!("../../../bench/channels/spelling.tsv");

/// Words and what is put for them, in two columns.
const SYNONYMS: &str = include_str!("../../../bench/channels/synonyms.tsv");

/// What else is put for a word.
const FUNCTION: [&str; 24] = [
    "the", "a", "of", "in", "to", "and", "that", "for", "with", "on", "by", "this", "which", "but", "from", "or",
    "also", "such", "at", "as", "any", "its", "so", "then",
];

type Table = HashMap<&'static str, &'static str>;

static TO_AMERICAN: LazyLock<Table> = LazyLock::new(|| rows(SPELLING).collect());
static TO_BRITISH: LazyLock<Table> =
    LazyLock::new(|| rows(SPELLING).map(|(british, american)| (american, british)).collect());
static TO_SYNONYM: LazyLock<Table> = LazyLock::new(|| rows(SYNONYMS).collect());

fn rows(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    table.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'))
}

/// The text in American spelling.
pub(crate) fn american(text: &str) -> String {
    replaced(text, &TO_AMERICAN)
}

/// The text in British spelling.
pub(crate) fn british(text: &str) -> String {
    replaced(text, &TO_BRITISH)
}

fn replaced(text: &str, table: &Table) -> String {
    crate::damage::each_word(text, |word, out| {
        let other = table.get(word.to_lowercase().as_str());
        out.push_str(&other.map_or_else(|| word.to_owned(), |other| cased(other, word)));
    })
}

/// A word in the case of another: all capitals, a capital first, or as it stands.
fn cased(word: &str, model: &str) -> String {
    let capital = |c: char| c.is_uppercase();
    if model.chars().count() > 1 && model.chars().all(capital) {
        return word.to_uppercase();
    }
    let mut letters = word.chars();
    match letters.next() {
        Some(first) if model.starts_with(capital) => first.to_uppercase().chain(letters).collect(),
        _ => word.to_owned(),
    }
}

/// So many per cent of the words replaced: by what the table has for them, or by any word that holds sentences together.
pub(crate) fn synonyms(text: &str, percent: usize, chance: &mut Chance) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for piece in split(text) {
        let word = piece.trim_matches(|c: char| !c.is_alphanumeric());
        if word.is_empty() || !chance.percent(percent) {
            out.push_str(piece);
            continue;
        }
        let random = FUNCTION[chance.below(FUNCTION.len())];
        let other = TO_SYNONYM.get(word.to_lowercase().as_str()).copied().unwrap_or(random);
        out.push_str(&piece.replacen(word, &cased(other, word), 1));
    }
    out
}

/// The words of a text, each with the white space behind it; together they are the text.
pub(crate) fn split(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let blank = rest.find(|c: char| !c.is_whitespace()).unwrap_or(rest.len());
        let word = rest[blank..].find(char::is_whitespace).map_or(rest.len(), |at| blank + at);
        let end = rest[word..].find(|c: char| !c.is_whitespace()).map_or(rest.len(), |at| word + at);
        let (piece, behind) = rest.split_at(end);
        pieces.push(piece);
        rest = behind;
    }
    pieces
}

/// Two copies mixed word by word: where they differ, the second's words with a chance of one in `number`.
pub(crate) fn mixed(first: &str, second: &str, number: usize, chance: &mut Chance) -> String {
    let (a, b) = (split(first), split(second));
    let mut out = String::with_capacity(first.len().max(second.len()));
    let (mut at_a, mut at_b) = (0, 0);
    let mut stretch = |out: &mut String, a: &[&str], b: &[&str]| {
        if a.len() == b.len() {
            for (one, other) in a.iter().zip(b) {
                out.push_str(if chance.below(number) == 0 { other } else { one });
            }
        } else {
            out.push_str(&if chance.below(number) == 0 { b } else { a }.concat());
        }
    };
    for (in_a, in_b) in common(&a, &b) {
        stretch(&mut out, &a[at_a..in_a], &b[at_b..in_b]);
        stretch(&mut out, &a[in_a..=in_a], &b[in_b..=in_b]);
        (at_a, at_b) = (in_a + 1, in_b + 1);
    }
    stretch(&mut out, &a[at_a..], &b[at_b..]);
    out
}

/// A longest common subsequence of words, white space and what nobody sees apart: pairs of places, rising.
pub(crate) fn common(a: &[&str], b: &[&str]) -> Vec<(usize, usize)> {
    let clean = |pieces: &[&str]| -> Vec<String> {
        pieces.iter().map(|piece| crate::damage::without_invisible(piece).trim().to_owned()).collect()
    };
    let (clean_a, clean_b) = (clean(a), clean(b));
    let width = b.len() + 1;
    let mut longest = vec![0u32; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            longest[i * width + j] = if clean_a[i] == clean_b[j] {
                longest[(i + 1) * width + j + 1] + 1
            } else {
                longest[(i + 1) * width + j].max(longest[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j, mut pairs) = (0, 0, Vec::new());
    while i < a.len() && j < b.len() {
        if clean_a[i] == clean_b[j] {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if longest[(i + 1) * width + j] >= longest[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_go_both_ways_and_keep_their_case() {
        assert_eq!(american("Labour’s HARBOUR, towards the centre."), "Labor’s HARBOR, toward the center.");
        assert_eq!(british("The Defense organization traveled."), "The Defence organisation travelled.");
        assert!(TO_AMERICAN.len() > 200 && TO_AMERICAN.len() == TO_BRITISH.len());
    }

    #[test]
    fn words_are_split_without_loss() {
        for text in ["", "one", " one  two\n\nthree ", "\n"] {
            assert_eq!(split(text).concat(), text);
        }
        assert_eq!(split(" one  two\n"), [" one  ", "two\n"]);
    }

    #[test]
    fn a_mixture_takes_each_difference_from_one_of_the_copies() {
        let (a, b) = ("We hope that you agree with us now.", "We trust you agree with us at once.");
        let mut seen = std::collections::BTreeSet::new();
        for trial in 0..100 {
            seen.insert(mixed(a, b, 2, &mut Chance::new(1, trial)));
        }
        let all = ["hope that", "trust"].iter().flat_map(|first| {
            ["now.", "at once."].iter().map(move |last| format!("We {first} you agree with us {last}"))
        });
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), {
            let mut all: Vec<String> = all.collect();
            all.sort();
            all
        });
        assert_eq!(mixed(a, a, 2, &mut Chance::new(1, 1)), a);
    }

    #[test]
    fn replaced_words_keep_marks_and_case() {
        let out = synonyms("Problem, problem. (PROBLEM)", 100, &mut Chance::new(1, 1));
        assert_eq!(out, "Question, question. (QUESTION)");
    }
}
