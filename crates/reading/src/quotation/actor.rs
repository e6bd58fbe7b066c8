//! Who is there to speak: names, offices, pronouns and letters among the words of a report.

use countermark_text::Span;

use super::lexicon::{Language, Lexicon, lexicon};
use super::token::{Kind, Token, is_initial};
use crate::names::{Names, name_words, same_word};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// Somebody with a name: his number among the persons.
    Person(usize),
    He,
    She,
    /// An office or a body without a name: the minister, the embassy.
    Role,
    /// A letter, which speaks for its writer.
    Letter,
}

/// Somebody or something that could be speaking, as a run of tokens.
#[derive(Debug, Clone)]
pub(super) struct Actor {
    pub sort: Sort,
    /// Its tokens.
    pub from: usize,
    pub to: usize,
    pub span: Span,
    /// The preposition before it, as its token.
    pub after: Option<usize>,
    /// Whether it is a genitive: Holm's.
    pub genitive: bool,
    /// Whether its form is that of an object: Хольму.
    pub object: bool,
}

impl Actor {
    /// Whether it can be the one who does what a verb says.
    pub fn is_subject(&self) -> bool {
        self.after.is_none() && !self.genitive && !self.object
    }
}

/// A person of a report, under the name he is first called by in full.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub name: String,
    words: Vec<String>,
    pub she: Option<bool>,
}

/// The actors of a text and the persons among them.
pub(super) struct Cast {
    pub actors: Vec<Actor>,
    pub persons: Vec<Person>,
}

/// How many persons of a report are told apart: longer lists are no report's.
const MOST_PERSONS: usize = 300;

/// A run of capitals as it was found, before it is known whom it means.
struct Run {
    /// Where it begins with its titles and offices.
    outer: usize,
    from: usize,
    to: usize,
    /// Whether an office or a title stands before the name.
    titled: bool,
    she: Option<bool>,
}

pub(super) fn cast(text: &str, tokens: &[Token], language: Language, names: &Names) -> Cast {
    let finder = Finder { text, tokens, language, words: lexicon(language), names };
    let runs = finder.runs();
    let mut persons: Vec<Person> = Vec::new();
    // Full names first: a surname alone may stand before them, in a headline.
    for run in &runs {
        let words = finder.name(run);
        if words.len() >= 2 && persons.len() < MOST_PERSONS && find(&persons, &words).is_none() {
            persons.push(Person { name: finder.shown(run), words, she: run.she });
        }
    }
    let mut actors = finder.others();
    for run in runs {
        let words = finder.name(&run);
        let Some(last) = words.last() else { continue };
        let known = find(&persons, &words);
        if known.is_none() && (persons.len() >= MOST_PERSONS || !finder.is_name(&run)) {
            continue;
        }
        let object = finder.follows_letter(&run) || finder.is_object(&persons, known, last);
        let number = known.unwrap_or_else(|| {
            persons.push(Person { name: finder.shown(&run), words: words.clone(), she: None });
            persons.len() - 1
        });
        persons[number].she = persons[number].she.or(run.she);
        actors.push(finder.actor(Sort::Person(number), run.outer, run.from, run.to, object));
    }
    actors.sort_by_key(|actor| actor.from);
    inherit(&mut actors, tokens);
    Cast { actors, persons }
}

/// The person whom a name means: all its words, or his surname alone.
fn find(persons: &[Person], words: &[String]) -> Option<usize> {
    let (surname, given) = words.split_last()?;
    let fits = |person: &Person| {
        let Some((known, known_given)) = person.words.split_last() else { return false };
        same_word(known, surname).is_some()
            && (given.is_empty()
                || known_given.is_empty()
                || given.iter().any(|g| known_given.iter().any(|k| same_word(k, g).is_some())))
    };
    persons.iter().position(fits)
}

/// In `the president, Arne Holm, ` the name stands under the same preposition as the office.
fn inherit(actors: &mut [Actor], tokens: &[Token]) {
    for at in 1..actors.len() {
        let (before, this) = (&actors[at - 1], &actors[at]);
        let apposed = before.sort == Sort::Role
            && before.to + 1 == this.from
            && tokens.get(before.to).is_some_and(|token| token.kind == Kind::Comma)
            && tokens.get(this.to).is_some_and(|token| matches!(token.kind, Kind::Comma | Kind::Stop));
        if apposed && actors[at].after.is_none() {
            actors[at].after = actors[at - 1].after;
        }
    }
}

struct Finder<'t> {
    text: &'t str,
    tokens: &'t [Token],
    language: Language,
    words: &'static Lexicon,
    names: &'t Names,
}

impl Finder<'_> {
    fn runs(&self) -> Vec<Run> {
        let mut runs = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            if !self.begins(at) {
                at += 1;
                continue;
            }
            let from = at;
            at += 1;
            while at < self.tokens.len() && !self.tokens[at - 1].lower.ends_with("'s") {
                if self.is_two_names(from, at) {
                    break;
                }
                if self.goes_on(at) {
                    at += 1;
                } else if at + 1 < self.tokens.len() && self.links(at) && self.goes_on(at + 1) {
                    at += 2;
                } else {
                    break;
                }
            }
            // `Velland President Arne Holm`: a land before an office.
            if self.tokens.get(at).is_some_and(|next| self.words.roles.contains(&next.lower)) {
                continue;
            }
            let (outer, titled, she) = self.before(from);
            runs.push(Run { outer, from, to: at, titled, she });
        }
        runs
    }

    fn begins(&self, at: usize) -> bool {
        let token = &self.tokens[at];
        token.is_word()
            && !self.words.roles.contains(&token.lower)
            && !self.words.letter.contains(bare(&token.lower))
            && ((token.capital
                && !self.words.not.contains(&token.lower)
                && !self.words.said.contains(&token.lower)
                && token.lower.chars().any(char::is_alphabetic)
                && !token.lower.ends_with('\'')
                && !self.words.mister.contains(&token.lower)
                && !self.words.madam.contains(&token.lower))
                || (!self.names.is_empty()
                    && token.lower.chars().count() > 3
                    && self.names.has_word(&token.lower)
                    && token.capital))
    }

    /// `Ине Вельтовой Арне Хольм`: a name in the dative, and whoever writes to her.
    fn is_two_names(&self, from: usize, at: usize) -> bool {
        let object = |token: &Token| ["ой", "у", "ю", "ом", "ым"].iter().any(|ending| token.lower.ends_with(ending));
        self.language == Language::Russian
            && at == from + 2
            && object(&self.tokens[at - 1])
            && self.begins(at)
            && self.tokens.get(at + 1).is_some_and(|next| next.is_word() && next.capital)
    }

    fn goes_on(&self, at: usize) -> bool {
        self.begins(at)
    }

    /// A full stop behind an initial, or a particle.
    fn links(&self, at: usize) -> bool {
        let token = &self.tokens[at];
        (token.kind == Kind::Other && is_initial(&self.tokens[at - 1]) && &self.text[token.span.clone()] == ".")
            || (token.is_word() && !token.capital && self.words.particles.contains(&token.lower) && token.lower != "of")
    }

    /// What stands before a name: offices, titles, articles. Where all that begins, whether there is any, and whether it says he or she.
    fn before(&self, from: usize) -> (usize, bool, Option<bool>) {
        let (mut outer, mut titled, mut she) = (from, false, None);
        while outer > 0 && from - outer < 6 {
            let token = &self.tokens[outer - 1];
            let dot = token.kind == Kind::Other
                && outer >= 2
                && self.words.short.contains(&self.tokens[outer - 2].lower)
                && self.text[token.span.clone()] == *".";
            let office = self.words.roles.contains(&token.lower);
            let (mister, madam) = (self.words.mister.contains(&token.lower), self.words.madam.contains(&token.lower));
            if mister || madam {
                she = she.or(Some(madam));
            }
            // `the foreign minister`, `old friend`: what stands between article and office.
            if office || mister || madam || self.words.short.contains(&token.lower) {
                titled = true;
            } else if !(dot || self.words.articles.contains(&token.lower) && titled) {
                break;
            }
            outer -= 1;
        }
        (outer, titled, she)
    }

    /// Whether a run that nobody in the report is called by in full is a name all the same.
    fn is_name(&self, run: &Run) -> bool {
        let first = &self.tokens[run.from];
        if run.titled || run.to - run.from >= 2 || self.names.has_word(&first.lower) {
            return self.language != Language::German || run.titled || !self.article_before(run.from);
        }
        // In German every noun has a capital: a single one is a name only beside its verb.
        let verb = |at: Option<usize>| {
            at.and_then(|at| self.tokens.get(at)).is_some_and(|token| {
                self.words.said.contains(&token.lower)
                    || self.words.written.contains(&token.lower)
                    || self.words.after.contains(&token.lower)
            })
        };
        !self.article_before(run.from)
            && (self.language != Language::German || verb(run.from.checked_sub(1)) || verb(Some(run.to)))
    }

    fn article_before(&self, at: usize) -> bool {
        at > 0 && self.words.articles.contains(&self.tokens[at - 1].lower)
    }

    fn name(&self, run: &Run) -> Vec<String> {
        let mut words: Vec<String> =
            self.tokens[run.from..run.to].iter().flat_map(|token| name_words(&token.lower)).collect();
        // Президент Веланда Арне Хольм: between office and name stands a land.
        if self.language == Language::Russian
            && run.titled
            && words.len() == 3
            && !words[1].ends_with("вич")
            && !words[1].ends_with("вна")
        {
            words.remove(0);
        }
        words
    }

    fn shown(&self, run: &Run) -> String {
        let from = run.from
            + usize::from(self.name(run).len() < run.to - run.from && self.language == Language::Russian && run.titled);
        let shown = &self.text[self.tokens[from].span.start..self.tokens[run.to - 1].span.end];
        let shown = ["'s", "’s"].iter().find_map(|genitive| shown.strip_suffix(genitive)).unwrap_or(shown);
        crate::tree::squeeze(shown)
    }

    /// `в письме Ине Вельт`: a surname that is not inflected, behind a letter.
    fn follows_letter(&self, run: &Run) -> bool {
        let letter = run.from.checked_sub(1).is_some_and(|at| self.words.letter.contains(&self.tokens[at].lower));
        letter && self.language == Language::Russian && self.tokens[run.from].lower.ends_with('е')
    }

    /// Whether a Russian name stands in a case that no subject has.
    fn is_object(&self, persons: &[Person], known: Option<usize>, last: &str) -> bool {
        if self.language != Language::Russian {
            return false;
        }
        if ["у", "ю", "ом", "ем", "ым", "ои", "еи"].iter().any(|ending| last.ends_with(ending))
            && last.chars().count() > 3
        {
            // Толстой: a name may end so by itself.
            return known
                .and_then(|known| persons[known].words.last())
                .is_none_or(|word| word != last || !last.ends_with("ои"));
        }
        let known = known.and_then(|known| persons[known].words.last());
        known.is_some_and(|known| matches!(last.strip_prefix(known.as_str()), Some("а" | "я" | "ы" | "и" | "е")))
            || self.names.find(last).is_some_and(|(person, _)| {
                let own = self.names.name(person).map(name_words).unwrap_or_default();
                own.last().is_some_and(|own| {
                    last.strip_prefix(own.as_str()).is_some_and(|ending| matches!(ending, "а" | "я"))
                })
            })
    }

    fn actor(&self, sort: Sort, outer: usize, from: usize, to: usize, object: bool) -> Actor {
        let genitive =
            self.tokens[to - 1].lower.ends_with("'s") || self.text[self.tokens[to - 1].span.end..].starts_with("’ ");
        Actor {
            sort,
            from,
            to,
            span: self.tokens[from].span.start..self.tokens[to - 1].span.end,
            after: self.preposition(outer),
            genitive,
            object,
        }
    }

    /// The preposition that stands before a token, with nothing but articles, adjectives and other names between.
    fn preposition(&self, at: usize) -> Option<usize> {
        for back in 1..=4 {
            let before = at.checked_sub(back)?;
            let token = &self.tokens[before];
            if !token.is_word() {
                return None;
            }
            if self.words.prepositions.contains(&token.lower) && !token.capital {
                // `and` joins what stands on both sides: two speakers are nobody in particular. Behind a comma a clause begins.
                let joins = matches!(token.lower.as_str(), "and" | "und" | "et" | "и");
                let name = before.checked_sub(1).is_some_and(|at| self.tokens[at].is_word() && self.tokens[at].capital);
                return (!joins || name).then_some(before);
            }
            // At the beginning of a sentence a preposition has a capital.
            if token.capital && self.words.prepositions.contains(&token.lower) {
                return Some(before);
            }
            let between = self.words.articles.contains(&token.lower)
                || self.words.roles.contains(&token.lower)
                || self.words.mister.contains(&token.lower)
                || self.words.madam.contains(&token.lower)
                || token.lower.ends_with("'s")
                || (back == 1 && self.is_adjective(&token.lower))
                || (token.capital && self.begins(before));
            if !between {
                return None;
            }
        }
        None
    }

    fn is_adjective(&self, word: &str) -> bool {
        !self.words.said.contains(word)
            && !self.words.written.contains(word)
            && !self.words.passive.contains(word)
            && !self.words.letter.contains(word)
            && word.len() > 3
    }

    /// Pronouns, offices without a name, letters.
    fn others(&self) -> Vec<Actor> {
        let mut actors = Vec::new();
        for (at, token) in self.tokens.iter().enumerate().filter(|(_, token)| token.is_word()) {
            let sort = if self.words.he.contains(&token.lower) {
                Sort::He
            } else if self.words.she.contains(&token.lower) {
                Sort::She
            } else if self.words.letter.contains(bare(&token.lower)) {
                Sort::Letter
            } else if self.words.roles.contains(bare(&token.lower)) && !self.names_follow(at) {
                Sort::Role
            } else {
                continue;
            };
            let object = sort == Sort::Letter && self.language == Language::Russian && token.lower.ends_with('е');
            actors.push(self.actor(sort, at, at, at + 1, object));
        }
        actors
    }

    /// Whether an office is said of the name behind it.
    fn names_follow(&self, at: usize) -> bool {
        let next = self.tokens.get(at + 1);
        next.is_some_and(|next| {
            next.is_word() && (next.capital && self.begins(at + 1) || self.words.roles.contains(&next.lower))
        }) && !self.tokens[at].lower.ends_with("'s")
    }
}

/// A word without its genitive.
fn bare(word: &str) -> &str {
    word.strip_suffix("'s").unwrap_or(word)
}
