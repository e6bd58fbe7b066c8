//! Full stops that do not end a sentence.
//!
//! The sentence rules of UAX #29 see a full stop, a space and a capital, and break. These lists say where not to.

/// Always followed by more of the sentence.
const OPEN: &[&str] = &[
    "adm", "amb", "attn", "brig", "capt", "cdr", "cf", "cmdr", "col", "cpl", "dr", "drs", "e.g", "fr", "ft", "gen",
    "gov", "hon", "hr", "i.e", "incl", "lt", "maj", "messrs", "mlle", "mme", "mr", "mrs", "ms", "mt", "pres", "prof",
    "ref", "rep", "resp", "rev", "rt", "sen", "sgt", "st", "ste", "viz", "vs", "г-н", "им", "т.е", "ул", "проф", "ген",
];

/// Followed by a number when they abbreviate; else they are words of their own, or the sentence ends.
const BEFORE_NUMBER: &[&str] = &[
    "abs", "app", "apr", "approx", "art", "arts", "aug", "c", "ca", "ch", "chap", "cl", "dec", "ed", "ext", "feb",
    "fig", "figs", "jan", "jul", "jun", "lit", "mar", "no", "nos", "nov", "nr", "oct", "p", "para", "paras", "pp",
    "pt", "res", "sec", "sect", "sep", "sept", "tel", "vol", "vols", "ст", "стр", "п", "см",
];

/// May end a sentence: it goes on unless the next word is one that begins sentences.
const EITHER: &[&str] = &[
    "a.d", "a.m", "al", "b.c", "bros", "co", "corp", "d.c", "dept", "e.u", "esq", "est", "etc", "ext", "inc", "jr",
    "ltd", "ph.d", "p.m", "p.s", "sr", "u.k", "u.n", "u.s", "u.s.a", "univ",
];

/// Words that begin a sentence far more often than they follow an abbreviation within one.
const STARTERS: &[&str] = &[
    "a",
    "after",
    "all",
    "although",
    "an",
    "and",
    "any",
    "as",
    "at",
    "before",
    "both",
    "but",
    "by",
    "each",
    "even",
    "every",
    "first",
    "for",
    "from",
    "he",
    "her",
    "here",
    "his",
    "how",
    "however",
    "i",
    "if",
    "in",
    "indeed",
    "it",
    "its",
    "last",
    "let",
    "many",
    "may",
    "moreover",
    "most",
    "my",
    "neither",
    "no",
    "nobody",
    "none",
    "nor",
    "not",
    "nothing",
    "now",
    "of",
    "on",
    "once",
    "one",
    "only",
    "or",
    "our",
    "perhaps",
    "please",
    "she",
    "should",
    "since",
    "so",
    "some",
    "still",
    "such",
    "thank",
    "thanks",
    "that",
    "the",
    "their",
    "then",
    "there",
    "therefore",
    "these",
    "they",
    "this",
    "those",
    "thus",
    "to",
    "today",
    "tomorrow",
    "under",
    "until",
    "we",
    "what",
    "when",
    "where",
    "whether",
    "which",
    "while",
    "who",
    "why",
    "will",
    "with",
    "without",
    "yes",
    "yesterday",
    "yet",
    "you",
    "your",
];

/// Whether a full stop after `before` (the text of its line up to the full stop, which is not part of it) does not end the
/// sentence, when `after` follows it across white space.
pub(crate) fn continues(before: &str, after: &str) -> bool {
    let word = last_word(before);
    if word.is_empty() {
        return false;
    }
    let lower = word.to_lowercase();
    let lower = lower.trim_start_matches(|c: char| !c.is_alphanumeric());
    if numbers_item(before) || OPEN.contains(&lower) {
        return true;
    }
    if BEFORE_NUMBER.contains(&lower) && after.starts_with(|c: char| c.is_numeric() || c == '#') {
        return true;
    }
    let dotted = initials(lower);
    if (EITHER.contains(&lower) || dotted) && !is_starter(after) {
        // Only a capital shows an initial; "plan b." ends.
        return !dotted || word.chars().any(char::is_uppercase) || lower.contains('.');
    }
    false
}

/// The characters before the full stop up to white space or an opening mark; of a long run only its end.
fn last_word(before: &str) -> &str {
    let start = before
        .char_indices()
        .rev()
        .take(16)
        .take_while(|&(_, c)| {
            !c.is_whitespace() && !matches!(c, '(' | '[' | '"' | '“' | '‘' | '«' | '-' | '—' | '–' | '/')
        })
        .last()
        .map_or(before.len(), |(at, _)| at);
    &before[start..]
}

/// `J`, `J.F`, `u.s.s.r`: single letters with full stops between.
fn initials(lower: &str) -> bool {
    lower.split('.').all(|piece| {
        let mut chars = piece.chars();
        chars.next().is_some_and(char::is_alphabetic) && chars.next().is_none()
    })
}

/// `1`, `12`, `2.1`, `iv`, `b` alone at the start of its line: the number of an item.
fn numbers_item(line: &str) -> bool {
    let line = line.trim();
    if line.len() > 8 || line.is_empty() {
        return false;
    }
    let digits =
        line.split('.').all(|piece| (1..=3).contains(&piece.len()) && piece.bytes().all(|b| b.is_ascii_digit()));
    let roman = line.len() <= 5 && line.bytes().all(|b| b"ivxIVX".contains(&b));
    let letter = line.chars().count() == 1 && line.chars().all(char::is_alphabetic);
    digits || roman || letter
}

fn is_starter(after: &str) -> bool {
    let after = after.trim_start_matches(|c: char| !c.is_alphanumeric());
    let word: String = after.chars().take(12).take_while(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect();
    STARTERS.binary_search(&word.as_str()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starters_are_sorted() {
        assert!(STARTERS.is_sorted());
    }
}
