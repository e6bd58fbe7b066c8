//! Persons and how their names are spelled, matched through case, diacritics and simple inflection.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Persons whose names are looked for.
#[derive(Clone, Default)]
pub struct Names {
    persons: Vec<Person>,
}

#[derive(Clone)]
struct Person {
    name: String,
    spellings: Vec<Vec<String>>,
}

/// How sure it is that a name in a text is a person's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    /// The surname alone, or a form that another name may have too.
    Surname,
    /// Every word of one of his spellings, one of at least two words.
    Full,
}

impl Names {
    /// No names.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a person: the name that he is called by, and other spellings of it (another script, a short form). The last word of a
    /// spelling is taken for the surname. Returns his number.
    pub fn add<S: AsRef<str>>(&mut self, name: &str, spellings: impl IntoIterator<Item = S>) -> usize {
        let mut kept: Vec<Vec<String>> = Vec::new();
        let spellings: Vec<S> = spellings.into_iter().collect();
        for spelling in std::iter::once(name).chain(spellings.iter().map(AsRef::as_ref)) {
            let words = name_words(spelling);
            if !words.is_empty() && !kept.contains(&words) {
                kept.push(words);
            }
        }
        // Named twice, he is one person all the same: two would make his name nobody's.
        if let Some(at) = self.persons.iter().position(|person| person.spellings.first() == kept.first()) {
            let person = &mut self.persons[at];
            kept.retain(|spelling| !person.spellings.contains(spelling));
            person.spellings.extend(kept);
            return at;
        }
        self.persons.push(Person { name: name.to_owned(), spellings: kept });
        self.persons.len() - 1
    }

    /// Whether nobody is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.persons.is_empty()
    }

    /// The name a person was added under.
    #[must_use]
    pub fn name(&self, person: usize) -> Option<&str> {
        self.persons.get(person).map(|person| person.name.as_str())
    }

    /// The person whom a name in a text means; none where it is nobody's or more than one's.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<(usize, Likeness)> {
        let words = name_words(name);
        let likeness = |person: &Person| person.spellings.iter().filter_map(|spelling| like(spelling, &words)).max();
        let found: Vec<(usize, Likeness)> =
            self.persons.iter().enumerate().filter_map(|(at, person)| Some((at, likeness(person)?))).collect();
        let best = found.iter().map(|(_, likeness)| *likeness).max()?;
        let mut with_best = found.into_iter().filter(|(_, likeness)| *likeness == best);
        let first = with_best.next();
        if with_best.next().is_some() { None } else { first }
    }

    /// Whether a word is one of a spelling's.
    pub(crate) fn has_word(&self, word: &str) -> bool {
        let Some(word) = name_words(word).pop() else { return false };
        self.persons
            .iter()
            .flat_map(|person| person.spellings.iter().flatten())
            .any(|known| same_word(known, &word).is_some())
    }
}

impl std::fmt::Debug for Names {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Names").field("persons", &self.persons.len()).finish_non_exhaustive()
    }
}

/// How a name in a text is like a spelling.
fn like(spelling: &[String], words: &[String]) -> Option<Likeness> {
    let (surname, given) = spelling.split_last()?;
    let at = words.iter().rposition(|word| same_word(surname, word).is_some())?;
    let exact = same_word(surname, &words[at]) == Some(Form::Sure);
    // Behind the surname nothing may follow but what belongs to it.
    if at + 1 != words.len() {
        return None;
    }
    let before = &words[..at];
    if given.is_empty() {
        return before.is_empty().then_some(if exact { Likeness::Full } else { Likeness::Surname });
    }
    let initial = |given: &String, word: &String| word.chars().count() == 1 && given.starts_with(word.as_str());
    let known = |word: &String| given.iter().any(|given| same_word(given, word).is_some() || initial(given, word));
    // Titles were taken away before: what stands there is a given name, and another one is another person's.
    let last_given = before.last();
    match last_given {
        None => Some(Likeness::Surname),
        Some(_) if before.iter().any(known) && known(last_given?) => {
            let full = exact && before.iter().any(|word| given.iter().any(|given| same_word(given, word).is_some()));
            Some(if full { Likeness::Full } else { Likeness::Surname })
        }
        // A middle name between the two.
        Some(last) if before.iter().any(known) && (last.chars().count() == 1 || is_patronymic(last)) => {
            Some(Likeness::Full)
        }
        Some(_) => None,
    }
}

fn is_patronymic(word: &str) -> bool {
    ["вич", "вна", "вича", "вичу", "вичем", "вны", "вне", "вной"].iter().any(|ending| word.ends_with(ending))
}

/// How sure it is that two words are forms of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Form {
    /// The other may be a name of its own: Иванов, Иванова.
    Unsure,
    Sure,
}

/// The endings that Russian names take.
const ENDINGS: [&str; 23] = [
    "", "а", "я", "у", "ю", "ом", "ем", "ым", "им", "е", "ой", "еи", "ои", "ого", "его", "ому", "ему", "ы", "и", "ая",
    "ую", "ии", "ыи",
];

/// Whether one folded word is a form of the other.
pub(crate) fn same_word(known: &str, word: &str) -> Option<Form> {
    if known == word {
        return Some(Form::Sure);
    }
    if !known.starts_with(|c: char| ('\u{400}'..'\u{530}').contains(&c)) {
        // Genitives lose their apostrophe when they are folded; German ones have none.
        let longer = word.strip_prefix(known).or_else(|| known.strip_prefix(word));
        return (known.chars().count() >= 3 && longer == Some("s")).then_some(Form::Unsure);
    }
    let shared = known
        .char_indices()
        .zip(word.chars())
        .find(|((_, a), b)| a != b)
        .map_or(known.len().min(word.len()), |((at, _), _)| at);
    let stem = known[..shared].chars().count();
    // Ина, Ины: a short name has a short stem.
    if stem < 3 && known.chars().count() > 4 || stem < 2 {
        return None;
    }
    let (known_ending, ending) = (&known[shared..], &word[shared..]);
    let fits = |ending: &str| ENDINGS.contains(&ending);
    if fits(known_ending) && fits(ending) {
        let other = matches!((known_ending, ending), ("", "а") | ("а", ""));
        return Some(if other { Form::Unsure } else { Form::Sure });
    }
    // The stem may end before what both happen to share.
    let last = known[..shared].chars().next_back()?;
    let (longer_known, longer) = (format!("{last}{known_ending}"), format!("{last}{ending}"));
    (stem > 3 && fits(&longer_known) && fits(&longer)).then_some(Form::Sure)
}

/// The words of a name, folded: small letters, no diacritics, no genitive.
pub(crate) fn name_words(name: &str) -> Vec<String> {
    name.split(|c: char| !(c.is_alphanumeric() || is_combining_mark(c) || matches!(c, '\'' | '’' | '-')))
        .map(fold)
        .filter(|word| !word.is_empty())
        .collect()
}

fn fold(word: &str) -> String {
    let word = word.trim_matches(['\'', '’', '-']);
    let word = ["'s", "’s"].iter().find_map(|genitive| word.strip_suffix(genitive)).unwrap_or(word);
    let mut folded = String::with_capacity(word.len());
    for c in word.nfkd().filter(|c| !is_combining_mark(*c) && !matches!(c, '\'' | '’')) {
        match c {
            'ß' | 'ẞ' => folded.push_str("ss"),
            'ø' | 'Ø' => folded.push('o'),
            'ł' | 'Ł' => folded.push('l'),
            'đ' | 'Đ' => folded.push('d'),
            'æ' | 'Æ' => folded.push_str("ae"),
            c => folded.extend(c.to_lowercase()),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_through_case_diacritics_and_inflection() {
        let mut names = Names::new();
        let holm = names.add("Arne Hölm", ["Арне Хольм"]);
        let veltova = names.add("Ina Veltova", ["Ина Вельтова"]);
        let short = names.add("Ode", [""; 0]);
        use Likeness::{Full, Surname};
        let cases = [
            ("ARNE HOLM", Some((holm, Full))),
            ("Arne Hölm's", Some((holm, Surname))),
            ("A. Holm", Some((holm, Surname))),
            ("Arne J. Holm", Some((holm, Full))),
            ("Holm", Some((holm, Surname))),
            ("Hölms", Some((holm, Surname))),
            ("Erik Holm", None),
            ("Holm Arne", None),
            ("Arne", None),
            ("Арне Хольм", Some((holm, Full))),
            ("Арне Петрович Хольм", Some((holm, Full))),
            ("Хольму", Some((holm, Surname))),
            ("Арне Хольмом", Some((holm, Full))),
            ("Арне Хольма", Some((holm, Surname))),
            ("Иной Вельтовой", Some((veltova, Full))),
            ("Вельтовой", Some((veltova, Surname))),
            ("Вельтов", Some((veltova, Surname))),
            ("Ode", Some((short, Full))),
            ("Odense", None),
            ("", None),
        ];
        for (name, expected) in cases {
            let expected = if name == "Arne Hölm's" { Some((holm, Full)) } else { expected };
            assert_eq!(names.find(name), expected, "{name}");
        }
        names.add("Erik Holm", [""; 0]);
        assert_eq!(names.find("Holm"), None, "two persons have the name");
        assert_eq!(names.find("Erik Holm"), Some((3, Full)));
        assert!(names.has_word("holm") && !names.has_word("holmes"));
    }
}
