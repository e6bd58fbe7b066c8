//! What a published text shows of the open sites: a function of that text and the sources, and of nothing else.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::fold::{Folded, fold, fold_char, spaces, word_spans, words};
use super::read::ReadPart;
use super::source::Item;
use crate::limits;

/// Words of the literal text that are kept on each side of a site.
const CONTEXT: usize = 2;
/// The fewest words of a pattern.
const PATTERN: usize = 3;

/// What stands in the text at one site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sighting {
    /// The alternative that was seen, from 0.
    pub(crate) alternative: u8,
    /// The number of the word, from 1, with which the earliest place begins.
    pub(crate) at: usize,
}

/// The sites that are seen, by number.
pub(crate) fn seen(parts: &[ReadPart<'_>], published: &str) -> BTreeMap<u32, Sighting> {
    let published = fold(published);
    let mut sighted: BTreeMap<u32, BTreeMap<u8, usize>> = BTreeMap::new();
    for (site, patterns) in used(parts) {
        for (alternative, pattern) in (0..).zip(patterns) {
            if let Some(found) = published.find(&pattern) {
                let at = spaces(&published[..=found]);
                let sightings = sighted.entry(site).or_default();
                sightings.entry(alternative).and_modify(|first| *first = at.min(*first)).or_insert(at);
            }
        }
    }
    let single = sighted.into_iter().filter(|(_, found)| found.len() == 1);
    single
        .filter_map(|(site, found)| {
            found.first_key_value().map(|(&alternative, &at)| (site, Sighting { alternative, at }))
        })
        .collect()
}

/// The used occurrences: each one's site, and the pattern of each of its alternatives.
fn used(parts: &[ReadPart<'_>]) -> Vec<(u32, Vec<String>)> {
    let runs = parts.chunk_by(|one, next| one.shown.part + 1 == next.shown.part);
    let found: Vec<(u32, Vec<String>)> = runs
        .flat_map(|run| {
            occurrences(run).into_iter().filter_map(|one| Some((one.site, one.patterns()?))).collect::<Vec<_>>()
        })
        .collect();
    // A pattern that two sites have tells neither: one place in the text would count for both.
    let mut owner: HashMap<&str, Option<u32>> = HashMap::new();
    for (site, patterns) in &found {
        for pattern in patterns {
            owner.entry(pattern).and_modify(|of| *of = of.filter(|of| of == site)).or_insert(Some(*site));
        }
    }
    let alone: Vec<bool> = found
        .iter()
        .map(|(_, patterns)| patterns.iter().all(|pattern| owner.get(pattern.as_str()).is_some_and(Option::is_some)))
        .collect();
    found.into_iter().zip(alone).filter(|(_, alone)| *alone).map(|(one, _)| one).collect()
}

/// One place of a site, with the literal texts beside it.
struct Occurrence<'a> {
    site: u32,
    alternatives: &'a [String],
    /// Nothing where the site touches another, or a field, without a separator between.
    left: Option<String>,
    right: Option<String>,
}

/// What stands in a run of parts: literal texts that touch are one.
enum Token<'a> {
    Text(String),
    Site(u32, &'a [String]),
    Field,
}

fn occurrences<'a>(run: &'a [ReadPart<'_>]) -> Vec<Occurrence<'a>> {
    let tokens = tokens(run);
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let Token::Site(site, alternatives) = token else { continue };
        // A literal text is never beside another, so what is beyond it is a site, a field or the run's end.
        let (left, beyond_left) = match at.checked_sub(1).map(|before| &tokens[before]) {
            Some(Token::Text(text)) => (text.as_str(), at > 1),
            other => ("", other.is_some()),
        };
        let (right, beyond_right) = match tokens.get(at + 1) {
            Some(Token::Text(text)) => (text.as_str(), tokens.len() > at + 2),
            other => ("", other.is_some()),
        };
        found.push(Occurrence {
            site: *site,
            alternatives,
            left: left_context(left, beyond_left),
            right: right_context(right, beyond_right),
        });
    }
    found
}

fn tokens<'a>(run: &'a [ReadPart<'_>]) -> Vec<Token<'a>> {
    let mut tokens: Vec<Token<'a>> = Vec::new();
    for part in run {
        for item in &part.source.items {
            match (item, tokens.last_mut()) {
                (Item::Text(text), Some(Token::Text(before))) => before.push_str(text),
                (Item::Text(text), _) => tokens.push(Token::Text(text.clone())),
                (Item::Site { site, alternatives }, _) => {
                    tokens.push(Token::Site(part.shown.sites[*site], alternatives));
                }
                (Item::Field(_), _) => tokens.push(Token::Field),
            }
        }
    }
    tokens
}

/// The end of the literal text before a site; what touches the site beyond it may continue a word, and is cut off.
fn left_context(text: &str, beyond: bool) -> Option<String> {
    let mut text = text;
    if beyond {
        let (at, c) = text.char_indices().find(|(_, c)| fold_char(*c) == Folded::Separator)?;
        text = &text[at + c.len_utf8()..];
    }
    let spans = word_spans(text);
    let start = spans.len().checked_sub(CONTEXT).map_or(0, |word| spans[word].start);
    short(&text[start..])
}

/// The beginning of the literal text behind a site.
fn right_context(text: &str, beyond: bool) -> Option<String> {
    let mut text = text;
    if beyond {
        let (at, _) = text.char_indices().rfind(|(_, c)| fold_char(*c) == Folded::Separator)?;
        text = &text[..at];
    }
    let end = word_spans(text).get(CONTEXT - 1).map_or(text.len(), |word| word.end);
    short(&text[..end])
}

/// A context, where it is short enough to be searched.
fn short(text: &str) -> Option<String> {
    (text.len() <= limits::ROW_CONTEXT).then(|| text.to_owned())
}

impl Occurrence<'_> {
    /// The pattern of each alternative, where the occurrence is used.
    fn patterns(&self) -> Option<Vec<String>> {
        let (left, right) = (self.left.as_deref()?, self.right.as_deref()?);
        let patterns: Vec<String> = self.alternatives.iter().map(|own| fold(&format!("{left}{own}{right}"))).collect();
        let different = patterns.iter().collect::<BTreeSet<_>>().len() == patterns.len();
        (different && patterns.iter().all(|pattern| words(pattern) >= PATTERN)).then_some(patterns)
    }
}

#[cfg(test)]
mod tests {
    use super::super::RowPart;
    use super::*;

    /// What is seen in `published` of parts with these numbers and sources, sites numbered through.
    fn look(sources: &[(usize, &str)], published: &str) -> Vec<(u32, u8, usize)> {
        let mut first = 0;
        let shown: Vec<RowPart> = sources
            .iter()
            .map(|(part, source)| {
                let count = super::super::source::Source::read(source).expect("reads").sites.len() as u32;
                let sites = (first..first + count).collect();
                first += count;
                RowPart {
                    part: *part,
                    source: (*source).to_owned(),
                    source_salt: [0; 32],
                    sites,
                    sites_salt: [0; 32],
                    symbols: vec![0; count as usize],
                    symbols_salt: [0; 32],
                }
            })
            .collect();
        let parts: Vec<_> = shown.iter().map(|part| ReadPart::of(part).expect("reads")).collect();
        seen(&parts, published).into_iter().map(|(site, found)| (site, found.alternative, found.at)).collect()
    }

    #[test]
    fn a_wording_is_seen_between_its_neighbours() {
        let source = [(1, "We would like a quick word {ahead of|before} our meeting on Monday.")];
        assert_eq!(look(&source, "He wrote: \u{201c}a Quick word, BEFORE our meeting\u{201d}."), [(0, 1, 4)]);
        assert_eq!(look(&source, "a quick word ahead of our meeting"), [(0, 0, 2)]);
        // The neighbours are another's, or changed, or cut off.
        assert_eq!(look(&source, "before our meeting"), []);
        assert_eq!(look(&source, "a long word before our meeting"), []);
        assert_eq!(look(&source, "a quick wordbefore our meeting"), []);
        // Both stand there.
        assert_eq!(look(&source, "quick word before our meeting, quick word ahead of our meeting"), []);
    }

    #[test]
    fn what_touches_a_site_is_no_context() {
        // No separator stands between the sites, or between site and field.
        assert_eq!(look(&[(1, "one two {a|b}{c|d} three four")], "one two ac three four"), []);
        assert_eq!(look(&[(1, "one two {a|b}{=name} three")], "one two a three"), []);
        // One stands there: the rest of the word that touches the other site is left out.
        let source = [(1, "one two {a|b}x y {c|d} three four")];
        assert_eq!(look(&source, "one two bx y d three four"), [(0, 1, 1), (1, 1, 4)]);
        // A part of a word is the site: its neighbours in the word belong to it.
        assert_eq!(look(&[(1, "the fine colo{u|}r of it")], "the fine color of it"), [(0, 1, 2)]);
    }

    #[test]
    fn parts_that_follow_one_another_give_each_other_context() {
        let (first, second) = ("We met in Lenz. ", "{Soon|Shortly} we shall");
        assert_eq!(look(&[(1, first), (2, second)], "met in Lenz. Shortly we shall"), [(0, 1, 2)]);
        // With the part between closed only the words behind are left, and three do.
        assert_eq!(look(&[(1, first), (3, second)], "in Lenz. Shortly we shall"), [(0, 1, 3)]);
        assert_eq!(look(&[(1, first), (3, "{Soon|Shortly} we")], "in Lenz. Shortly we"), []);
    }

    #[test]
    fn what_only_looks_different_is_not_seen() {
        assert_eq!(look(&[(1, "in the house{,|} we met again")], "in the house, we met again"), []);
        assert_eq!(look(&[(1, "we {don't|don\u{2019}t|do not} know yet")], "we do not know yet"), []);
        assert_eq!(look(&[(1, "we met the {very |}large house there")], "met the large house there"), [(0, 1, 1)]);
    }

    #[test]
    fn a_tied_site_is_seen_at_any_of_its_places() {
        let source = [(1, "the red {#1:colour|color} of wine and the blue {#1:colours|colors} of rain")];
        assert_eq!(look(&source, "so the blue colors of rain"), [(0, 1, 2)]);
        assert_eq!(look(&source, "red colour of wine, blue colors of rain"), []);
    }

    #[test]
    fn one_place_never_counts_for_two_sites() {
        let source = [(1, "We met {early|late} in May. "), (2, "They ate. "), (3, "We met {early|late} in May. ")];
        assert_eq!(look(&source, "We met late in May."), []);
        // A neighbour tells them apart.
        let source = [(1, "One day we met {early|late} in May. "), (2, "Now they met {early|late} in May. ")];
        assert_eq!(look(&source, "One day we met late in May."), [(0, 1, 3)]);
    }

    #[test]
    fn a_context_of_enormous_words_is_not_searched() {
        let long = "a".repeat(200);
        assert_eq!(
            look(&[(1, &format!("{long} {long} {{early|late}} in May"))], &format!("{long} {long} late in may")),
            []
        );
    }
}
