//! The words that reports are read by: `data/words.toml`.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use serde::Deserialize;

/// A language that reports are read in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Language {
    English,
    German,
    French,
    Russian,
}

impl Language {
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
            Self::Russian => "ru",
        }
    }
}

type Words = HashSet<String>;

/// What a language's table says; the fields are described in the table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lexicon {
    pub common: Words,
    pub said: Words,
    pub written: Words,
    pub told: Words,
    pub more: Words,
    pub shows: Words,
    pub according: Vec<String>,
    pub after: Words,
    pub passive: Words,
    pub prepositions: Words,
    pub places: Words,
    pub to: Words,
    pub from: Words,
    pub letter: Words,
    pub roles: Words,
    pub he: Words,
    pub she: Words,
    pub mister: Words,
    pub madam: Words,
    pub articles: Words,
    pub particles: Words,
    pub things: Words,
    pub dear: Vec<String>,
    pub not: Words,
    pub short: Words,
}

static LEXICONS: LazyLock<HashMap<String, Lexicon>> = LazyLock::new(|| {
    toml::from_str(include_str!("../../data/words.toml"))
        .expect("the table is part of the program, and a test reads it")
});

/// A language's words.
pub(crate) fn lexicon(language: Language) -> &'static Lexicon {
    LEXICONS.get(language.code()).expect("the table has every language, and a test asks for each")
}

/// All languages' words for how a letter begins.
pub(crate) fn greetings() -> impl Iterator<Item = &'static str> {
    LEXICONS.values().flat_map(|lexicon| lexicon.dear.iter().map(String::as_str))
}

/// Whether a folded word is an office, a title or an article in some language, and so no name.
pub(crate) fn is_title_word(word: &str) -> bool {
    LEXICONS.values().any(|words| {
        [&words.roles, &words.mister, &words.madam, &words.short, &words.articles, &words.particles]
            .iter()
            .any(|words| words.contains(word))
    })
}

/// How many words of a text are looked at to tell its language.
const SAMPLE: usize = 3000;

/// The language of a text: Russian where most letters are Cyrillic, else the one whose common words are most frequent.
pub(crate) fn language(text: &str) -> Language {
    let letters = text.chars().filter(|c| c.is_alphabetic()).take(8 * SAMPLE);
    let (all, cyrillic) = letters
        .fold((0, 0), |(all, cyrillic), c| (all + 1, cyrillic + usize::from(('\u{400}'..'\u{530}').contains(&c))));
    if cyrillic * 2 > all {
        return Language::Russian;
    }
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty() && word.len() <= 8)
        .take(SAMPLE)
        .map(str::to_lowercase)
        .collect();
    let count = |language: Language| {
        let known = lexicon(language);
        let tells =
            |word: &&String| [&known.common, &known.said, &known.written].iter().any(|words| words.contains(*word));
        words.iter().filter(tells).count()
    };
    [Language::French, Language::German, Language::English]
        .into_iter()
        .max_by_key(|l| count(*l))
        .unwrap_or(Language::English)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole_and_languages_are_told() {
        let cases = [
            (Language::English, "The minister said that it was not for him to say."),
            (Language::German, "Der Minister sagte, dass es nicht an ihm sei, das zu sagen."),
            (Language::French, "Le ministre a dit que ce n’est pas à lui de le dire."),
            (Language::Russian, "Министр сказал, что это не его дело."),
            (Language::English, ""),
        ];
        for (expected, text) in cases {
            assert_eq!(language(text), expected, "{text}");
            let lexicon = lexicon(expected);
            assert!(lexicon.said.len() > 30 && lexicon.written.len() > 3 && lexicon.roles.len() > 20);
            for word in lexicon.told.iter().chain(&lexicon.more) {
                assert!(lexicon.said.contains(word) || lexicon.written.contains(word), "{word}");
            }
            for word in lexicon.to.iter().chain(&lexicon.from) {
                assert!(lexicon.prepositions.contains(word) || word == "gegenüber", "{word}");
            }
        }
        assert!(greetings().any(|greeting| greeting == "sehr geehrter"));
    }
}
