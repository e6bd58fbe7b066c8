//! Whether alternatives of a site say something else: another number, date, negation or name.
//!
//! Copies that differ there are different messages to different people, and a reader who compares two of them finds that he was told
//! something else. To say less is not to say otherwise: a day that one names and the other does not is no difference. It is a warning and
//! refuses nothing: what is meant the same only the writer knows. Digits are read in any script, words in
//! English. What is written differently and equal is no difference: `2` and `two`, `5%` and `five per cent`, `1,000` and `1000`.

mod number;

use std::collections::BTreeSet;
use std::fmt;

use crate::{Master, Piece};

/// In what alternatives differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sense {
    /// They have different numbers.
    Number,
    /// They have different days or months.
    Date,
    /// One denies and another does not.
    Negation,
    /// Each has a name that the other lacks.
    Name,
}

impl Sense {
    /// The word for it: `number`, `date`, `negation`, `name`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Date => "date",
            Self::Negation => "negation",
            Self::Name => "name",
        }
    }
}

impl fmt::Display for Sense {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The sites of a master, from 0, whose alternatives differ so.
pub fn senses(master: &Master) -> Vec<(usize, Vec<Sense>)> {
    let mut out: Vec<(usize, Vec<Sense>)> = Vec::new();
    let mut before = "";
    for piece in master.pieces() {
        match piece {
            Piece::Site { site, alternatives } => {
                let found = differing(before, alternatives);
                if !found.is_empty() && out.iter().all(|(known, _)| known != site) {
                    out.push((*site, found));
                }
                before = alternatives.first().map_or("", String::as_str);
            }
            Piece::Text(text) => before = text,
            Piece::Field(_) => before = "X",
        }
    }
    out
}

/// In what alternatives differ that stand behind `before`; each once, in order.
pub fn differing(before: &str, alternatives: &[String]) -> Vec<Sense> {
    let starts = begins_sentence(before);
    let read: Vec<Reading> = alternatives.iter().map(|text| Reading::of(text, before, starts)).collect();
    let mut found = BTreeSet::new();
    for (i, a) in read.iter().enumerate() {
        read[i + 1..].iter().for_each(|b| a.against(b, &mut found));
    }
    found.into_iter().collect()
}

/// What an alternative says.
struct Reading {
    numbers: number::Numbers,
    weekdays: BTreeSet<&'static str>,
    /// `today` and its like.
    days: BTreeSet<&'static str>,
    /// By their number.
    months: BTreeSet<u8>,
    /// One of the words for it.
    denies: bool,
    /// It denies in other words: `unable`, `fails`.
    weakly: bool,
    /// Capitalised words that nothing else explains, as they stand there.
    names: BTreeSet<String>,
    /// All words in lower case.
    words: BTreeSet<String>,
}

impl Reading {
    fn of(text: &str, before: &str, starts: bool) -> Self {
        let words = words(text);
        let low: Vec<String> = words.iter().map(|word| word.text.to_lowercase()).collect();
        let mut reading = Self {
            numbers: number::Numbers::of(text),
            weekdays: BTreeSet::new(),
            days: low.iter().filter_map(|word| DAYS.iter().find(|day| *day == word)).copied().collect(),
            months: BTreeSet::new(),
            denies: false,
            weakly: low.iter().any(|word| weakly(word)),
            names: BTreeSet::new(),
            words: low.iter().cloned().collect(),
        };
        reading.denies = denies(&low);
        for (i, word) in words.iter().enumerate() {
            let capital = word.text.starts_with(char::is_uppercase);
            let weekday = WEEKDAYS.iter().find(|day| low[i].trim_end_matches('s') == day.trim_end_matches('s'));
            let month = MONTHS.iter().position(|month| low[i] == *month).filter(|_| capital);
            let beside = |at: Option<usize>| at.and_then(|at| low.get(at)).is_some_and(|word| dates(word));
            // `May I` and `March on` are no months.
            let by_itself = i == 0 && (words.len() == 1 || dates(&last_word(before)));
            let month =
                month.filter(|at| ![2, 4].contains(at) || by_itself || beside(i.checked_sub(1)) || beside(Some(i + 1)));
            if let Some(day) = weekday {
                reading.weekdays.insert(day);
            } else if let Some(month) = month {
                reading.months.insert(month as u8 + 1);
            } else if capital && !(word.behind_stop || (word.first && starts)) && !is_common(&low[i]) {
                reading.names.insert(word.text.trim_end_matches("'s").trim_end_matches("\u{2019}s").to_owned());
            }
        }
        reading
    }

    fn against(&self, other: &Self, found: &mut BTreeSet<Sense>) {
        if !self.numbers.agree(&other.numbers, &other.months) || !other.numbers.agree(&self.numbers, &self.months) {
            found.insert(Sense::Number);
        }
        let month =
            |a: &Self, b: &Self| a.months.iter().all(|m| b.months.contains(m) || b.numbers.holds(u64::from(*m)));
        let same = |a: &BTreeSet<&str>, b: &BTreeSet<&str>| a == b || a.is_empty() || b.is_empty();
        let months = self.months.is_empty() || other.months.is_empty() || (month(self, other) && month(other, self));
        if !same(&self.weekdays, &other.weekdays) || !same(&self.days, &other.days) || !months {
            found.insert(Sense::Date);
        }
        let denies = |a: &Self, b: &Self| a.denies && !b.denies && !b.weakly;
        if denies(self, other) || denies(other, self) {
            found.insert(Sense::Negation);
        }
        let lacks = |a: &Self, b: &Self| a.names.iter().any(|name| !b.has(name));
        if lacks(self, other) && lacks(other, self) {
            found.insert(Sense::Name);
        }
    }

    /// Whether a name stands here: as it is, in small letters, or as the first letters of words (`EU`).
    fn has(&self, name: &str) -> bool {
        let initials = || self.names.iter().filter_map(|word| word.chars().next()).collect::<Vec<_>>();
        let short = |name: &str| name.chars().count() > 1 && name.chars().all(char::is_uppercase);
        self.words.contains(&name.to_lowercase())
            || self.names.iter().any(|own| own == name)
            || (short(name) && name.chars().all(|c| initials().contains(&c)))
            || self.names.iter().any(|own| short(own) && name.chars().next().is_some_and(|c| own.contains(c)))
    }
}

/// A word of an alternative.
struct Word<'t> {
    text: &'t str,
    /// The first of all.
    first: bool,
    /// A sentence begins with it.
    behind_stop: bool,
}

fn words(text: &str) -> Vec<Word<'_>> {
    let inner = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '\u{2019}');
    let mut out: Vec<Word<'_>> = Vec::new();
    let mut at = 0;
    while let Some(start) = text.get(at..).and_then(|rest| rest.find(char::is_alphanumeric)).map(|found| at + found) {
        let rest = text.get(start..).unwrap_or_default();
        let word = rest.find(|c: char| !inner(c)).map_or(rest, |end| rest.get(..end).unwrap_or(rest));
        let between = text.get(at..start).unwrap_or_default();
        // Between two words of an alternative a space ends nothing.
        let stop = at > 0 && between.contains(['.', '!', '?', ':', '\u{2026}', '\n']) && begins_sentence(between);
        let word_only = word.trim_end_matches(['\'', '\u{2019}']);
        out.push(Word { text: word_only, first: out.is_empty(), behind_stop: stop });
        at = start + word.len();
    }
    out
}

/// Whether a sentence begins behind a text.
fn begins_sentence(before: &str) -> bool {
    let lead = before
        .trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '(' | '\u{201c}' | '\u{2018}' | '-'));
    lead.is_empty()
        || lead.ends_with(['.', '!', '?', ':', '\u{2026}'])
        || before.trim_end_matches([' ', '\t']).ends_with('\n')
}

fn last_word(text: &str) -> String {
    words(text).last().map(|word| word.text.to_lowercase()).unwrap_or_default()
}

/// Whether a month can stand beside this word.
fn dates(word: &str) -> bool {
    word.starts_with(|c: char| c.is_numeric())
        || number::ordinal(word).is_some()
        || matches!(
            word,
            "in" | "of"
                | "by"
                | "on"
                | "since"
                | "until"
                | "till"
                | "before"
                | "after"
                | "this"
                | "last"
                | "next"
                | "early"
                | "late"
                | "mid"
                | "from"
                | "during"
                | "to"
                | "and"
        )
}

/// Whether words deny. What denies in form alone is taken out first.
fn denies(words: &[String]) -> bool {
    let mut at = 0;
    let mut found = false;
    while at < words.len() {
        let idiom = IDIOMS.iter().find(|idiom| {
            let mut idiom = idiom.split(' ');
            words[at..].iter().zip(idiom.by_ref()).all(|(word, wanted)| plain(word) == wanted) && idiom.next().is_none()
        });
        if let Some(idiom) = idiom {
            at += idiom.split(' ').count();
            continue;
        }
        // `not unreasonable` denies nothing.
        let twice = words.get(at + 1).is_some_and(|next| weakly(next)) && words[at] == "not";
        found |= is_negation(&words[at]) && !twice;
        at += if twice { 2 } else { 1 };
    }
    found
}

fn plain(word: &str) -> String {
    word.replace('\u{2019}', "'")
}

fn is_negation(word: &str) -> bool {
    let word = plain(word);
    word.ends_with("n't") || NEGATIONS.contains(&word.as_str())
}

/// Whether a word denies without one of the words for it.
fn weakly(word: &str) -> bool {
    let begins = |starts: &[&str]| starts.iter().any(|start| word.starts_with(start));
    let long = word.len() > 5;
    (long && begins(&["un", "dis", "non", "ir", "il", "mis"]) && !begins(&NO_DENIALS))
        || (long && word.ends_with("less"))
        || WEAK_WORDS.contains(&word)
        || begins(&WEAK)
}

/// A capitalised word that names nobody by itself.
fn is_common(word: &str) -> bool {
    let word = plain(word);
    COMMON.contains(&word.as_str()) || word.starts_with("i'") || number::word(&word).is_some()
}

const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

const DAYS: [&str; 3] = ["today", "tomorrow", "yesterday"];

pub(crate) const MONTHS: [&str; 12] = [
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

const NEGATIONS: [&str; 11] =
    ["not", "no", "never", "none", "nobody", "nothing", "neither", "nor", "nowhere", "cannot", "without"];

/// Word for word they deny and in sense they don't, or what they deny is said without denying too.
const IDIOMS: [&str; 24] = [
    "no doubt",
    "not only",
    "no less",
    "not least",
    "nothing but",
    "no later than",
    "not later than",
    "no earlier than",
    "no more than",
    "not more than",
    "no fewer than",
    "not less than",
    "no sooner",
    "none other",
    "do not hesitate",
    "don't hesitate",
    "not hesitate",
    "or not",
    "if not",
    "no matter",
    "no wonder",
    "not without",
    "not to mention",
    "no longer ago than",
];

/// Words that deny in sense.
const WEAK_WORDS: [&str; 10] =
    ["against", "few", "free", "hardly", "little", "only", "other", "rather", "scarcely", "unless"];

/// Beginnings of others.
const WEAK: [&str; 26] = [
    "absen",
    "avoid",
    "ceas",
    "decline",
    "deni",
    "deny",
    "except",
    "fail",
    "impermiss",
    "imposs",
    "improb",
    "improp",
    "inab",
    "inaccur",
    "inadequa",
    "inadmiss",
    "inappropr",
    "incapab",
    "incorrect",
    "ineffect",
    "insuffic",
    "lack",
    "prevent",
    "refrain",
    "refus",
    "reject",
];

/// Beginnings that look like those of denials.
const NO_DENIALS: [&str; 16] = [
    "under", "union", "unit", "unique", "univers", "unanim", "discuss", "distan", "distinct", "distrib", "district",
    "dispos", "display", "dispatch", "discover", "illustr",
];

/// Titles, and the words of address.
const COMMON: [&str; 40] = [
    "i",
    "you",
    "your",
    "he",
    "his",
    "she",
    "her",
    "we",
    "our",
    "they",
    "their",
    "it",
    "its",
    "the",
    "mr",
    "mrs",
    "ms",
    "dr",
    "sir",
    "madam",
    "lord",
    "lady",
    "excellency",
    "majesty",
    "highness",
    "honour",
    "honourable",
    "government",
    "governments",
    "president",
    "minister",
    "ministry",
    "ambassador",
    "embassy",
    "prime",
    "state",
    "states",
    "republic",
    "party",
    "parties",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> String {
        let mut out = Vec::new();
        let mut pieces = text.split('{');
        let mut before = pieces.next().unwrap();
        for piece in pieces {
            let (site, behind) = piece.split_once('}').unwrap();
            let alternatives: Vec<String> = site.split('|').map(str::to_owned).collect();
            out.extend(differing(before, &alternatives).into_iter().map(Sense::name));
            before = if behind.trim().is_empty() { "x" } else { behind };
        }
        out.join(" ")
    }

    #[test]
    fn another_message_is_told() {
        for (site, wanted) in [
            ("extended for {a year|two years}.", "number"),
            ("some {12|15} boats", "number"),
            ("at {5%|six per cent}", "number"),
            ("1{2|5} boats", "number"),
            ("{\u{661}\u{662}|13} boats", "number"),
            ("{three hundred and fifty|350|360} men", "number"),
            ("a share of {5|5%}", "number"),
            ("{twenty-one|22} days", "number"),
            ("at {3 pm|14:00}", "number"),
            ("{1.5|2.5} million", "number"),
            ("{1.5 million|1,500,001} tons", "number"),
            ("{twice|three times} a year", "number"),
            ("until {Monday|Tuesday}", "date"),
            ("on 3 {May|June}", "date"),
            ("{today|tomorrow}", "date"),
            ("We {will|will not} come.", "negation"),
            ("We {can|can't} come.", "negation"),
            ("{Nobody|Somebody} was told.", "negation"),
            ("he {always|never} agreed", "negation"),
            ("We meet in {Lisk|Dorn}.", "name"),
            ("I told {Mara Ilves|Olin Ilves} so.", "name"),
            ("in {Lisk on 3 May|Dorn on 4 June}", "number date name"),
        ] {
            assert_eq!(found(site), wanted, "{site}");
        }
    }

    #[test]
    fn the_same_said_otherwise_is_none() {
        for site in [
            "{2|two} boats",
            "{5%|five per cent|5 percent|5 per cent}",
            "{1,000|1000|a thousand|one thousand} men",
            "{1.5 million|1,500,000} tons",
            "{\u{661}\u{662}|12} boats",
            "{twenty-one|21|twenty one} days",
            "{3 pm|15:00|15.00|3 p.m.|3:00 pm}",
            "{twice|two times}, the {2nd|second} time",
            "the {two|pair of} crossings",
            "{half|fifty per cent|50%} of it",
            "for {a|one} year, {one|a single} day, {once|one time}",
            "on {12 May 2026|May 12, 2026|2026-05-12|12 May, 2026}",
            "on {Monday|monday} or {Fridays|Friday}",
            "{May I|Might I|I should like to} ask",
            "It is {impossible|not possible}, {unlikely|not likely} and {without|lacking} sense.",
            "We {are unable to|cannot|can not|can't} come.",
            "{nobody|no one} came, {none of this|nothing in this} holds",
            "{No doubt|Certainly|Doubtless} it will.",
            "{Please do not hesitate to|Please} write.",
            "It was {not unreasonable|reasonable}.",
            "at {the latest by Friday|no later than Friday}",
            "{The President|He} and {Your Excellency|you} agreed. {Perhaps|Maybe} {I|we} should.",
            "the {European Union|EU} and {Sundmar's|the Sundmar} fleet",
            "{Yours sincerely|Yours faithfully|With kind regards},",
            "{last week|on Tuesday}, {at|on 5 March at} {Lisk|noon}, {ten|several} boats",
            "{|very }good, {the first|the opening} year, {at first|initially}",
        ] {
            assert_eq!(found(site), "", "{site}");
        }
    }
}
