//! What differs between two versions of a text, paragraph by paragraph: the facts that a note is made of.

use countermark_text::{Span, words};

use super::subject::subject;
use super::write::{Origin, origins};
use crate::paragraph::{body, paragraphs};

/// What was done in one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Deed {
    /// What somebody said was added: "the ministry's response".
    Said(String),
    Paragraph,
    Sentence,
    Words,
    Date,
    Figure,
    Name,
    Spelling,
    Wording,
    SentenceGone,
    WordsGone,
}

/// The difference of two texts.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Difference {
    /// What was done in which paragraph of the new text, from 0, in its order.
    pub deeds: Vec<(usize, Deed)>,
    /// Paragraphs of the old text, from 0, that are gone.
    pub gone: Vec<usize>,
    /// Whether paragraphs that stayed stand in another order.
    pub order: bool,
    /// Whether the same words are cut into other paragraphs, and nothing else is to be said.
    pub breaks: bool,
    /// Whether words that stayed have other marks or capitals.
    pub marks: bool,
    /// Whether what stands above the first paragraph differs.
    pub heading: bool,
    /// Paragraphs of the old text and of the new one.
    pub before: usize,
    pub after: usize,
    /// Paragraphs that are there in both, word for word.
    pub same: usize,
}

/// The most word pairs that are compared in one difference; what goes beyond is called other wording.
const MOST_PAIRS: usize = 4_000_000;

/// From so many words in a row on, a sentence is what was added or taken out.
const SENTENCE: usize = 4;

/// A paragraph, as written and as its canonical words.
struct Paragraph<'t> {
    text: &'t str,
    canon: String,
}

pub(super) fn difference(old: &str, new: &str) -> Difference {
    let (before, old_heading) = read(old);
    let (after, new_heading) = read(new);
    let mut found = Difference {
        before: before.len(),
        after: after.len(),
        heading: old_heading != new_heading,
        ..Difference::default()
    };
    if before.iter().map(|p| p.canon.as_str()).filter(|canon| !canon.is_empty()).collect::<Vec<_>>().join(" ")
        == after.iter().map(|p| p.canon.as_str()).filter(|canon| !canon.is_empty()).collect::<Vec<_>>().join(" ")
        && before.len() != after.len()
    {
        found.breaks = true;
        return found;
    }
    let canon = |all: &[Paragraph]| all.iter().map(|p| p.canon.clone()).collect::<Vec<_>>();
    let origins = origins(&canon(&before), &canon(&after));
    let mut pairs = MOST_PAIRS;
    let mut kept = Vec::new();
    for (at, origin) in origins.iter().enumerate() {
        let now = &after[at];
        match *origin {
            Origin::Same(was) => {
                kept.push(was);
                found.same += 1;
                found.marks |= squeezed(before[was].text) != squeezed(now.text);
            }
            Origin::Changed(was) => {
                kept.push(was);
                found.deeds.extend(within(before[was].text, now.text, &mut pairs).into_iter().map(|deed| (at, deed)));
            }
            Origin::New => {
                found.deeds.push((at, subject(now.text).map_or(Deed::Paragraph, Deed::Said)));
            }
        }
    }
    found.order = kept.windows(2).any(|pair| pair[0] > pair[1]);
    found.gone = (0..before.len()).filter(|at| !kept.contains(at)).collect();
    found
}

/// The paragraphs that a note counts, and what stands above them.
fn read(text: &str) -> (Vec<Paragraph<'_>>, Vec<String>) {
    let notes: Vec<Span> = super::notes(text).into_iter().map(|note| note.at).collect();
    let body = body(text, &super::check::whole_paragraphs(text, &notes));
    let first = body.first().map_or(text.len(), |paragraph| paragraph.start);
    let above = paragraphs(text).into_iter().take_while(|paragraph| paragraph.start < first);
    let heading = above.map(|paragraph| squeezed(&text[paragraph])).collect();
    let paragraph = |span: Span| {
        let text = &text[span];
        Paragraph { text, canon: words(text).map(|word| word.canon).collect::<Vec<_>>().join(" ") }
    };
    (body.into_iter().take(super::write::MOST).map(paragraph).collect(), heading)
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A word as it stands, and as it is compared.
struct Word<'t> {
    shown: &'t str,
    canon: String,
    span: Span,
}

fn cut(text: &str) -> Vec<Word<'_>> {
    words(text)
        .map(|word| Word { shown: &text[word.span.clone()], canon: word.canon.into_owned(), span: word.span })
        .collect()
}

/// A place where two paragraphs differ: words of the old one, words of the new one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Hunk {
    old: std::ops::Range<usize>,
    new: std::ops::Range<usize>,
}

/// What was done within a paragraph: one deed for all of it where that is clear, else other wording.
fn within(old: &str, new: &str, pairs: &mut usize) -> Vec<Deed> {
    let (was, now) = (cut(old), cut(new));
    let cost = was.len().saturating_mul(now.len());
    if cost > *pairs {
        return vec![Deed::Wording];
    }
    *pairs -= cost;
    let mut deeds: Vec<Deed> = Vec::new();
    for hunk in hunks(&was, &now) {
        let deed = deed(&was, &now, &hunk, new);
        if !deeds.contains(&deed) {
            deeds.push(deed);
        }
    }
    // Small additions beside other wording are part of it.
    if deeds.contains(&Deed::Wording) || deeds.len() > 2 {
        deeds.retain(|deed| matches!(deed, Deed::Said(_) | Deed::Sentence));
        deeds.truncate(1);
        deeds.push(Deed::Wording);
    }
    if deeds.is_empty() {
        deeds.push(Deed::Wording);
    }
    deeds
}

fn deed(was: &[Word], now: &[Word], hunk: &Hunk, new: &str) -> Deed {
    let (old, fresh) = (&was[hunk.old.clone()], &now[hunk.new.clone()]);
    match (old.len(), fresh.len()) {
        (0, n) if n >= SENTENCE => {
            let from = fresh[0].span.start;
            let to = fresh[n - 1].span.end;
            // With the marks around, which say where a clause ends.
            let to = to + new[to..].find(|c: char| c.is_whitespace()).unwrap_or(new.len() - to);
            let whole =
                is_sentence(&new[..from]) && new[..to].ends_with(['.', '!', '?', '”', '"', '»', '。', '！', '？']);
            match subject(&new[from..to]).filter(|_| whole) {
                Some(said) => Deed::Said(said),
                None if whole => Deed::Sentence,
                None => Deed::Words,
            }
        }
        (0, _) => Deed::Words,
        (n, 0) if n >= SENTENCE && is_capital(old[0].shown) => Deed::SentenceGone,
        (_, 0) => Deed::WordsGone,
        _ if both(old, fresh, is_date) => Deed::Date,
        _ if both(old, fresh, |word| word.shown.chars().any(char::is_numeric)) => {
            if beside_date(was, &hunk.old) && beside_date(now, &hunk.new) { Deed::Date } else { Deed::Figure }
        }
        (1, 1) if slip(&old[0].canon, &fresh[0].canon) => Deed::Spelling,
        _ if both(old, fresh, |word| is_capital(word.shown))
            && hunk.new.start > 0
            && !is_sentence(&new[..fresh[0].span.start]) =>
        {
            Deed::Name
        }
        _ => Deed::Wording,
    }
}

/// Whether what stands here ends a sentence, so that another may begin.
fn is_sentence(before: &str) -> bool {
    let before = before.trim_end().trim_end_matches(['“', '"', '«', '„', '(', '「']).trim_end();
    before.is_empty() || before.ends_with(['.', '!', '?', '”', '"', '»', '。', '！', '？', '…', ')'])
}

fn both(old: &[Word], new: &[Word], holds: impl Fn(&Word) -> bool) -> bool {
    old.len() <= 4 && new.len() <= 4 && old.iter().chain(new).all(holds)
}

fn is_capital(word: &str) -> bool {
    word.chars().next().is_some_and(char::is_uppercase)
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// A month, a day of the week, or a year.
fn is_date(word: &Word) -> bool {
    let canon = word.canon.as_str();
    // "may" is a month with a capital only.
    let named = MONTHS.contains(&canon) || DAYS.contains(&canon);
    let year = canon.len() == 4 && (1000..2200).contains(&canon.parse::<u32>().unwrap_or_default());
    (named && is_capital(word.shown)) || year
}

/// Whether a month stands beside a number that changed, so that it is a day.
fn beside_date(words: &[Word], at: &std::ops::Range<usize>) -> bool {
    let month = |at: usize| words.get(at).is_some_and(|w| is_capital(w.shown) && MONTHS.contains(&w.canon.as_str()));
    at.start.checked_sub(1).is_some_and(month) || month(at.end) || words[at.clone()].iter().any(is_date)
}

/// Whether two words are one word with a slip: at least four letters, and one letter wrong, missing, doubled or swapped. What changes
/// a number or a capitalised word is more than a slip.
fn slip(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().min(b.len()) < 4 || a.iter().chain(&b).any(|c| !c.is_alphabetic()) {
        return false;
    }
    let lead = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[lead..], &b[lead..]);
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[..a.len() - tail], &b[..b.len() - tail]);
    // An ending that comes or goes makes another word: "letter", "letters".
    match (a, b) {
        ([x], [y]) => x != y && tail > 0 && lead > 0,
        ([_], []) | ([], [_]) => tail > 0 && lead > 0,
        ([w, x], [y, z]) => w == z && x == y,
        _ => false,
    }
}

/// Where two rows of words differ, by their longest common subsequence (the table of Wagner and Fischer 1974, read from its end).
fn hunks(was: &[Word], now: &[Word]) -> Vec<Hunk> {
    let lead = was.iter().zip(now).take_while(|(a, b)| a.canon == b.canon).count();
    let most = was.len().min(now.len()) - lead;
    let tail = was.iter().rev().zip(now.iter().rev()).take(most).take_while(|(a, b)| a.canon == b.canon).count();
    let (old, new) = (&was[lead..was.len() - tail], &now[lead..now.len() - tail]);
    let wide = new.len() + 1;
    let mut longest = vec![0_u32; (old.len() + 1) * wide];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            longest[i * wide + j] = if old[i].canon == new[j].canon {
                longest[(i + 1) * wide + j + 1] + 1
            } else {
                longest[(i + 1) * wide + j].max(longest[i * wide + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut found: Vec<Hunk> = Vec::new();
    let mut open: Option<Hunk> = None;
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i].canon == new[j].canon {
            found.extend(open.take());
            (i, j) = (i + 1, j + 1);
            continue;
        }
        let hunk = open.get_or_insert(Hunk { old: lead + i..lead + i, new: lead + j..lead + j });
        if j == new.len() || (i < old.len() && longest[(i + 1) * wide + j] >= longest[i * wide + j + 1]) {
            i += 1;
            hunk.old.end += 1;
        } else {
            j += 1;
            hunk.new.end += 1;
        }
    }
    found.extend(open);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_within_a_paragraph() {
        let cases: [(&str, &str, &[Deed]); 14] = [
            ("The talks began on 3 May.", "The talks began on 4 May.", &[Deed::Date]),
            ("The talks began on Monday.", "The talks began on Tuesday.", &[Deed::Date]),
            ("It was written in 2029.", "It was written in 2030.", &[Deed::Date]),
            ("It has 12 parts.", "It has 14 parts.", &[Deed::Figure]),
            ("It was sent to Ina Velt.", "It was sent to Ina Holm.", &[Deed::Name]),
            ("The harbuor is shut.", "The harbour is shut.", &[Deed::Spelling]),
            ("The goverment spoke.", "The government spoke.", &[Deed::Spelling]),
            ("The letter is ours.", "The letters are ours.", &[Deed::Wording]),
            ("He may go.", "He must go.", &[Deed::Wording]),
            ("The harbour is shut.", "The old harbour is shut.", &[Deed::Words]),
            ("The harbour is shut.", "The harbour is shut. Nobody knows how long.", &[Deed::Sentence]),
            (
                "The harbour is shut.",
                "The harbour is shut. The ministry said it knew nothing.",
                &[Deed::Said("the ministry's response".to_owned())],
            ),
            ("The harbour is shut. Nobody knows how long.", "The harbour is shut.", &[Deed::SentenceGone]),
            ("The very old harbour is shut.", "The harbour is shut.", &[Deed::WordsGone]),
        ];
        for (old, new, expected) in cases {
            assert_eq!(within(old, new, &mut MOST_PAIRS.clone()), expected, "{old} -> {new}");
        }
        assert_eq!(within("a b", "a c", &mut 1), [Deed::Wording], "beyond the limit nothing is compared");
    }

    #[test]
    fn the_whole_difference() {
        let old = "Above\n\nOne is one.\n\nTwo is two.\n\nThree is three.";
        let cases = [
            ("Beyond\n\nOne is one.\n\nTwo is two.\n\nThree is three.", "heading"),
            ("Above\n\nOne is one! \n\nTwo is two.\n\nThree is three.", "marks"),
            ("Above\n\nOne is one. Two is two.\n\nThree is three.", "breaks"),
            ("Above\n\nTwo is two.\n\nOne is one.\n\nThree is three.", "order"),
            ("Above\n\nOne is one.\n\nThree is three.", "gone"),
            (old, ""),
        ];
        for (new, what) in cases {
            let found = difference(old, new);
            let mut said = Vec::new();
            for (name, holds) in [
                ("heading", found.heading),
                ("marks", found.marks),
                ("breaks", found.breaks),
                ("order", found.order),
                ("gone", found.gone == [1]),
            ] {
                said.extend(holds.then_some(name));
            }
            assert_eq!(said.join(" "), what, "{new}");
            assert!(found.deeds.is_empty(), "{new}: {found:?}");
        }
    }
}
