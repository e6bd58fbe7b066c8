//! The numbers of a wording, whichever way they are written.

use std::collections::BTreeSet;

/// A number as its digits without outer zeros, and how many of them stand behind the point.
type Value = (String, i32);

/// The numbers of a text.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    /// What is said for certain.
    said: BTreeSet<Value>,
    /// What may be meant by a word that often means none: `a`, `first`, `both`, `half`.
    meant: BTreeSet<Value>,
}

impl Numbers {
    /// Reads them.
    pub(super) fn of(text: &str) -> Self {
        let mut out = Self::default();
        let tokens = tokens(text);
        let mut at = 0;
        while at < tokens.len() {
            at += out.read(&tokens[at..]).max(1);
        }
        out
    }

    /// Whether every number here stands in the others too, months counted, or there are no others.
    pub(super) fn agree(&self, other: &Self, months: &BTreeSet<u8>) -> bool {
        if other.said.is_empty() && other.meant.is_empty() {
            return true;
        }
        let month = |value: &Value| months.iter().any(|month| *value == whole(u64::from(*month)));
        self.said.iter().all(|value| other.said.contains(value) || other.meant.contains(value) || month(value))
    }

    /// Whether this number is said.
    pub(super) fn holds(&self, number: u64) -> bool {
        self.said.contains(&whole(number))
    }

    /// Reads one number at the beginning; how many tokens it has.
    fn read(&mut self, tokens: &[Token]) -> usize {
        let Some(first) = tokens.first() else { return 0 };
        if let Some((hours, minutes)) = clock(first) {
            let (hours, used) = match tokens.get(1).map(|token| token.text.as_str()) {
                Some("pm") if hours < 12 => (hours + 12, 2),
                Some("am") if hours == 12 => (0, 2),
                Some("am" | "pm") => (hours, 2),
                _ => (hours, 1),
            };
            // Without a word for the half of the day `15.30` may be no time.
            if first.text.contains(':') || used == 2 {
                self.said.insert(whole(hours));
                self.said.extend((minutes > 0).then(|| whole(minutes)));
                return used;
            }
            self.meant.extend((minutes == 0).then(|| whole(hours)));
        }
        if let Some(value) = digits(&first.text) {
            let (value, used) = scaled(value, &tokens[1..]);
            self.said.insert(value);
            return 1 + used;
        }
        if let Some((value, used)) = spelled(tokens) {
            let (value, more) = scaled(whole(value), &tokens[used..]);
            self.said.insert(value);
            return used + more;
        }
        match first.text.as_str() {
            "a" | "an" | "one" | "once" | "first" | "firstly" | "single" | "1st" => self.meant.insert(whole(1)),
            "both" | "couple" | "pair" | "double" | "second" | "secondly" => self.meant.insert(whole(2)),
            "noon" | "midday" => self.meant.insert(whole(12)),
            "half" => self.meant.insert(("5".to_owned(), 1)),
            _ => false,
        };
        1
    }
}

/// A piece of a text between white space or hyphens, in lower case.
struct Token {
    text: String,
    /// A mark that ends a number stands behind it.
    ends: bool,
}

fn tokens(text: &str) -> Vec<Token> {
    let text: String = text.to_lowercase().chars().map(|c| digit(c).unwrap_or(c)).collect();
    let text = text.replace("p.m.", "pm").replace("a.m.", "am").replace('%', " percent ");
    let mut out: Vec<Token> = Vec::new();
    for piece in text.split(|c: char| c.is_whitespace() || matches!(c, '-' | '\u{2013}' | '\u{2014}' | '/' | '(' | ')'))
    {
        // `3pm`, `2nd`, `5kg`: the number by itself.
        let word = piece.trim_matches(|c: char| !c.is_alphanumeric());
        let ends = !piece.ends_with(char::is_alphanumeric) && !piece.is_empty();
        let cut = word
            .find(|c: char| c.is_alphabetic())
            .filter(|at| *at > 0 && word.starts_with(|c: char| c.is_ascii_digit()));
        match cut {
            Some(at) => {
                out.push(Token {
                    text: word[..at].trim_matches(|c: char| !c.is_alphanumeric()).to_owned(),
                    ends: false,
                });
                out.push(Token { text: word[at..].to_owned(), ends });
            }
            None if !word.is_empty() => out.push(Token { text: word.to_owned(), ends }),
            None => {}
        }
    }
    out
}

/// A digit of another script.
fn digit(c: char) -> Option<char> {
    let zero = [0x660, 0x6f0, 0x966, 0x9e6, 0xe50, 0xff10]
        .into_iter()
        .find(|zero| (*zero..*zero + 10).contains(&(c as u32)))?;
    char::from_digit(c as u32 - zero, 10)
}

/// `15:30`, `3.00`, `3` before `pm`.
fn clock(token: &Token) -> Option<(u64, u64)> {
    let (hours, minutes) = token.text.split_once([':', '.']).unwrap_or((&token.text, "00"));
    let (hours, minutes): (u64, u64) = (hours.parse().ok()?, (minutes.len() == 2).then(|| minutes.parse().ok())??);
    (hours < 25 && minutes < 60).then_some((hours, minutes))
}

fn whole(number: u64) -> Value {
    value(&number.to_string(), 0)
}

/// Digits, so many of them behind the point, without outer zeros.
fn value(digits: &str, behind: i32) -> Value {
    let digits = digits.trim_start_matches('0');
    let short = digits.trim_end_matches('0');
    let zeros = i32::try_from(digits.len() - short.len()).unwrap_or(i32::MAX);
    if short.is_empty() { (String::new(), 0) } else { (short.to_owned(), behind.saturating_sub(zeros)) }
}

/// `1,000`, `1000`, `1.5`: groups of three behind a mark are no fraction unless it is a point that stands once.
fn digits(text: &str) -> Option<Value> {
    if !text.starts_with(|c: char| c.is_ascii_digit())
        || !text.chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | '.' | '\'' | '\u{2019}'))
    {
        return None;
    }
    let plain: String = text.chars().filter(char::is_ascii_digit).collect();
    let mark = text.rfind([',', '.']);
    let grouped = text.split(|c: char| !c.is_ascii_digit()).skip(1).all(|group| group.len() == 3);
    match mark {
        Some(at) if !(grouped && (text[at..].starts_with(',') || text.matches('.').count() > 1)) => {
            Some(value(&plain, i32::try_from(text.len() - at - 1).ok()?))
        }
        _ => Some(value(&plain, 0)),
    }
}

/// A number times the words for a size behind it, `per cent` among them.
fn scaled(number: Value, behind: &[Token]) -> (Value, usize) {
    let (mut found, mut used) = (number, 0);
    while let Some(token) = behind.get(used) {
        let shift = match (token.text.as_str(), behind.get(used + 1).map(|next| next.text.as_str())) {
            ("per", Some("cent")) => (2, 2),
            ("percent" | "pct", _) => (2, 1),
            ("hundred", _) => (-2, 1),
            ("thousand", _) => (-3, 1),
            ("million", _) => (-6, 1),
            ("billion", _) => (-9, 1),
            _ => break,
        };
        found.1 = found.1.saturating_add(shift.0);
        used += shift.1;
    }
    (found, used)
}

/// A number in words, but for `a` and `one` alone: its value, and how many tokens it has.
fn spelled(tokens: &[Token]) -> Option<(u64, usize)> {
    // What was read up to the last `thousand` or `million`, and since.
    let (mut total, mut group, mut last, mut used) = (0u64, 0u64, u64::MAX, 0);
    for (at, token) in tokens.iter().enumerate() {
        let text = token.text.as_str();
        let next = tokens.get(at + 1).map(|next| next.text.as_str()).filter(|_| !token.ends);
        let size = SIZES.iter().find(|(size, _)| *size == text).map(|(_, size)| *size);
        let number = if at == 0 { word(text) } else { inner_word(text) };
        let goes_on = at == 0 || last >= 100 || (last >= 20 && number.is_some_and(|number| number < 10));
        if at == 0 && matches!(text, "a" | "one") {
            // They begin a number where a size stands behind them.
            next.filter(|next| SIZES.iter().any(|(size, _)| size == next))?;
            group = 1;
        } else if text == "and" && last >= 100 && at > 0 && next.and_then(inner_word).is_some() {
            continue;
        } else if let Some(number) = number.filter(|number| *number < last && goes_on) {
            group = group.saturating_add(number);
            last = number;
        } else if let Some(size) = size.filter(|_| group > 0) {
            if size == 100 {
                group = group.saturating_mul(size);
            } else {
                total = total.saturating_add(group.saturating_mul(size));
                group = 0;
            }
            last = size;
        } else {
            break;
        }
        used = at + 1;
        if token.ends {
            break;
        }
    }
    (used > 0).then_some((total.saturating_add(group), used))
}

const SIZES: [(&str, u64); 5] =
    [("dozen", 12), ("hundred", 100), ("thousand", 1_000), ("million", 1_000_000), ("billion", 1_000_000_000)];

/// A number's word, or that of its place in a row, from two on.
pub(super) fn word(text: &str) -> Option<u64> {
    WORDS.iter().position(|words| words.contains(&text)).map(number_at)
}

/// The place in a row that a word stands for.
pub(super) fn ordinal(text: &str) -> Option<u64> {
    WORDS.iter().position(|words| words.iter().skip(1).any(|word| *word == text)).map(number_at)
}

fn number_at(at: usize) -> u64 {
    let at = at as u64;
    if at <= 20 { at } else { (at - 18) * 10 }
}

/// A word of a number that has begun: here `one` and `second` are numbers.
fn inner_word(text: &str) -> Option<u64> {
    match text {
        "one" | "first" => Some(1),
        "second" => Some(2),
        text => word(text),
    }
}

/// 0 to 20, then the tens to 90: the number, and other words for it.
const WORDS: [&[&str]; 28] = [
    &["zero"],
    &[],
    &["two", "twice"],
    &["three", "third", "thirdly", "thrice"],
    &["four", "fourth"],
    &["five", "fifth"],
    &["six", "sixth"],
    &["seven", "seventh"],
    &["eight", "eighth"],
    &["nine", "ninth"],
    &["ten", "tenth"],
    &["eleven", "eleventh"],
    &["twelve", "twelfth"],
    &["thirteen", "thirteenth"],
    &["fourteen", "fourteenth"],
    &["fifteen", "fifteenth"],
    &["sixteen", "sixteenth"],
    &["seventeen", "seventeenth"],
    &["eighteen", "eighteenth"],
    &["nineteen", "nineteenth"],
    &["twenty", "twentieth"],
    &["thirty", "thirtieth"],
    &["forty", "fortieth"],
    &["fifty", "fiftieth"],
    &["sixty", "sixtieth"],
    &["seventy", "seventieth"],
    &["eighty", "eightieth"],
    &["ninety", "ninetieth"],
];
