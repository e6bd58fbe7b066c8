//! One attribution: who says or writes what stands before or behind it.

use std::ops::Range;

use super::Manner;
use super::actor::{Actor, Cast, Sort};
use super::lexicon::Lexicon;
use super::token::{Kind, Token};

/// A report's words, with who is among them.
pub(super) struct Scene<'t> {
    pub tokens: &'t [Token],
    pub cast: &'t Cast,
    pub words: &'static Lexicon,
}

/// What a clause says of a quotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Said {
    /// Which actor, none where the clause has a verb and nobody who can be its subject.
    pub who: Option<usize>,
    pub manner: Manner,
    /// Whether it goes on with what was begun: "added".
    pub more: bool,
    /// Whether it has no verb that is known, and names one person before a colon.
    pub near: bool,
    /// The verb's token.
    pub verb: Option<usize>,
}

/// How far from a quotation its verb may stand behind it and before it, in tokens, and its subject from the verb.
const VERB_BEHIND: usize = 12;
const VERB_BEFORE: usize = 30;
const SUBJECT: usize = 14;

impl Scene<'_> {
    /// An attribution right behind a quotation, among these tokens.
    pub fn behind(&self, window: Range<usize>) -> Option<Said> {
        let start =
            window.start + self.tokens[window.clone()].iter().take_while(|t| !t.is_word() && !is_quote(t)).count();
        if let Some(who) = self.according(start, window.end.min(start + 4)) {
            return Some(Said {
                who: Some(who),
                manner: self.manner(None, &window),
                more: false,
                verb: None,
                near: false,
            });
        }
        if start < window.end && self.words.after.contains(&self.tokens[start].lower) {
            let who = self.first_subject(start + 1..window.end.min(start + 7))?;
            return Some(Said {
                who: Some(who),
                manner: self.manner(None, &window),
                more: false,
                verb: Some(start),
                near: false,
            });
        }
        let verb = (start..window.end.min(start + VERB_BEHIND)).find(|at| self.is_verb(*at))?;
        let mut who = self.subject_before(start, verb);
        if who.is_none() {
            who = self.first_subject(verb + 1..window.end.min(verb + 10));
        }
        Some(self.said(who, verb, &window))
    }

    /// An attribution before a quotation, among these tokens of its sentence.
    pub fn before(&self, window: Range<usize>) -> Option<Said> {
        let end = window.end;
        let from = window.start.max(end.saturating_sub(VERB_BEFORE));
        let verb = (from..end).rev().find(|at| self.is_verb(*at) && !self.is_passive(*at));
        let according = (window.start..end).rev().find_map(|at| self.according(at, at + 1));
        let Some(verb) = verb else {
            let alone = || self.named_alone(&window).map(|who| (who, false));
            let (who, near) = according.map(|who| (who, false)).or_else(alone).or_else(|| self.near(&window))?;
            return Some(Said { who: Some(who), manner: self.manner(None, &window), more: false, verb: None, near });
        };
        let mut who = self.subject_before(window.start, verb);
        let told = self.words.told.contains(&self.tokens[verb].lower);
        if who.is_none() && !told {
            who = self.first_subject(verb + 1..end);
        }
        who = who.or(according);
        Some(self.said(who, verb, &window))
    }

    fn said(&self, who: Option<usize>, verb: usize, window: &Range<usize>) -> Said {
        let more = self.words.more.contains(&self.tokens[verb].lower);
        let who = self.shown(verb, window).unwrap_or(who);
        Said { who, manner: self.manner(Some(verb), window), more, verb: Some(verb), near: false }
    }

    pub fn is_verb(&self, at: usize) -> bool {
        let token = &self.tokens[at];
        if !token.is_word() || !(self.words.said.contains(&token.lower) || self.words.written.contains(&token.lower)) {
            return false;
        }
        // `a called meeting`, `the published letter`: no verb behind an article.
        let article = at.checked_sub(1).is_some_and(|before| self.words.articles.contains(&self.tokens[before].lower));
        !article
    }

    /// `was told`, `was asked`: its subject is the one who hears.
    fn is_passive(&self, verb: usize) -> bool {
        let told = self.words.told.contains(&self.tokens[verb].lower);
        let before = |back: usize| verb.checked_sub(back).map(|at| self.tokens[at].lower.as_str()).unwrap_or_default();
        told && (1..=2).any(|back| self.words.passive.contains(before(back)))
    }

    fn manner(&self, verb: Option<usize>, window: &Range<usize>) -> Manner {
        if verb.is_some_and(|verb| self.words.written.contains(&self.tokens[verb].lower)) {
            return Manner::Written;
        }
        let letter = self.actors(window.clone()).any(|(_, actor)| actor.sort == Sort::Letter);
        match (letter, verb) {
            (true, _) => Manner::Written,
            (false, Some(_)) => Manner::Said,
            (false, None) => Manner::Unknown,
        }
    }

    /// The actors whose tokens lie in a window, in order.
    pub fn actors(&self, window: Range<usize>) -> impl DoubleEndedIterator<Item = (usize, &Actor)> {
        let actors = &self.cast.actors;
        let from = actors.partition_point(|actor| actor.from < window.start);
        let to = actors.partition_point(|actor| actor.from < window.end);
        (from..to.max(from)).map(|at| (at, &actors[at]))
    }

    /// The subject of a verb that follows it: the nearest that can be one, and of `Arne Holm, the president, ` the name.
    fn subject_before(&self, start: usize, verb: usize) -> Option<usize> {
        let from = start.max(verb.saturating_sub(SUBJECT));
        let subjects: Vec<usize> =
            self.actors(from..verb).filter(|(_, actor)| actor.is_subject()).map(|(at, _)| at).collect();
        let nearest = *subjects.last()?;
        let before = subjects.len().checked_sub(2).map(|at| subjects[at]);
        if let Some(before) = before
            && self.is_apposition(before, nearest)
        {
            return Some(before);
        }
        Some(nearest)
    }

    fn is_apposition(&self, name: usize, office: usize) -> bool {
        let (name, office) = (&self.cast.actors[name], &self.cast.actors[office]);
        let comma = (name.to..office.from).next().is_some_and(|at| self.tokens[at].kind == Kind::Comma);
        matches!(name.sort, Sort::Person(_)) && office.sort == Sort::Role && comma && office.from - name.to <= 5
    }

    /// The subject of a verb that stands before it: the first that can be one, and of `the president, Arne Holm` the name.
    fn first_subject(&self, window: Range<usize>) -> Option<usize> {
        let subjects: Vec<usize> = self
            .actors(window)
            .filter(|(_, actor)| actor.is_subject() && actor.sort != Sort::Letter)
            .map(|(at, _)| at)
            .take(2)
            .collect();
        let first = *subjects.first()?;
        let second = subjects.get(1).filter(|second| {
            let (office, name) = (&self.cast.actors[first], &self.cast.actors[**second]);
            office.sort == Sort::Role && matches!(name.sort, Sort::Person(_)) && name.from - office.to <= 4
        });
        Some(second.copied().unwrap_or(first))
    }

    /// `according to Holm`: whom it names, where the phrase begins between two tokens.
    fn according(&self, from: usize, to: usize) -> Option<usize> {
        (from..to.min(self.tokens.len())).find_map(|at| {
            let phrase = self.words.according.iter().find(|phrase| self.stands(at, phrase))?;
            let behind = at + phrase.split(' ').count();
            let apart =
                |at: usize| self.tokens.get(at).is_none_or(|token| !token.is_word() && token.kind != Kind::Other);
            self.actors(behind..behind + 6)
                .find(|(_, actor)| actor.sort != Sort::Letter && !apart(behind))
                .map(|(at, _)| at)
        })
    }

    fn stands(&self, at: usize, phrase: &str) -> bool {
        phrase.split(' ').enumerate().all(|(n, word)| self.tokens.get(at + n).is_some_and(|token| token.lower == word))
    }

    /// `Holm: “…”`, `Holm's letter: “…”`, and what a letter's own words are called: `from Holm's letter: “…”`.
    fn named_alone(&self, window: &Range<usize>) -> Option<usize> {
        let colon =
            window.end.checked_sub(1).filter(|at| *at >= window.start && self.tokens[*at].kind == Kind::Colon)?;
        let (at, last) = self.actors(window.start..colon).next_back()?;
        if last.to == colon && last.is_subject() && last.sort != Sort::Letter {
            return Some(at);
        }
        self.actors(window.start..colon).rev().find(|(_, actor)| actor.sort == Sort::Letter).map(|(at, _)| at)
    }

    /// `Brand spottete: „…“`, the verb in no table: the only one whom a clause before a colon names.
    fn near(&self, window: &Range<usize>) -> Option<(usize, bool)> {
        self.tokens.get(window.end.checked_sub(1)?).filter(|token| token.kind == Kind::Colon)?;
        if window.clone().any(|at| self.is_passive(at)) {
            return None;
        }
        let mut persons = self.actors(window.clone()).filter(|(_, actor)| matches!(actor.sort, Sort::Person(_)));
        let (at, actor) = persons.next()?;
        (persons.next().is_none() && actor.is_subject()).then_some((at, true))
    }

    /// Whose words are shown, where a verb says that somebody published a letter: its writer's, if he is named; nobody's that can
    /// be told, if he is not.
    fn shown(&self, verb: usize, window: &Range<usize>) -> Option<Option<usize>> {
        if !self.words.shows.contains(&self.tokens[verb].lower) {
            return None;
        }
        let letter = self.actors(verb..window.end).find(|(_, actor)| actor.sort == Sort::Letter).map(|(at, _)| at)?;
        Some(self.writer_of(letter))
    }

    /// The letter that a clause without a subject speaks of: `heißt es in einem Brief von Holm`.
    pub fn letter_in(&self, window: Range<usize>) -> Option<usize> {
        self.actors(window).find(|(_, actor)| actor.sort == Sort::Letter).map(|(at, _)| at)
    }

    /// Who wrote a letter, as the words around it say: Holm's letter, the letter from Holm, письмо Хольма.
    pub fn writer_of(&self, letter: usize) -> Option<usize> {
        let actor = &self.cast.actors[letter];
        let before = letter.checked_sub(1).filter(|at| {
            let owner = &self.cast.actors[*at];
            owner.genitive && actor.from - owner.to <= 3
        });
        if before.is_some() {
            return before;
        }
        self.actors(actor.to..actor.to + 8).find_map(|(at, other)| {
            let by = other.after.is_some_and(|at| self.words.from.contains(&self.tokens[at].lower));
            let genitive = other.object && other.after.is_none() && !self.is_dative(other) && other.from == actor.to;
            (matches!(other.sort, Sort::Person(_) | Sort::He | Sort::She) && (by || genitive)).then_some(at)
        })
    }

    /// Whether a Russian name's form is that of the one to whom something is given.
    fn is_dative(&self, actor: &Actor) -> bool {
        let last = &self.tokens[actor.to - 1].lower;
        let given = &self.tokens[actor.from].lower;
        actor.object
            && (last.ends_with(['у', 'ю'])
                || last.ends_with("ой")
                || (actor.to - actor.from >= 2 && given.ends_with('е')))
    }

    /// To whom something was said or written, as a sentence says.
    pub fn addressee(&self, window: Range<usize>, speaker: Option<usize>) -> Option<usize> {
        let to = |actor: &Actor| actor.after.is_some_and(|at| self.words.to.contains(&self.tokens[at].lower));
        let person = |actor: &Actor| !matches!(actor.sort, Sort::Letter | Sort::He | Sort::She);
        self.actors(window.clone()).find_map(|(at, actor)| {
            if Some(at) == speaker || !person(actor) {
                return None;
            }
            let reach = window.start.max(actor.from.saturating_sub(9))..actor.from;
            let near_letter = || {
                let letter = self.actors(reach.clone()).any(|(_, a)| a.sort == Sort::Letter);
                let verb = reach.clone().any(|at| self.words.written.contains(&self.tokens[at].lower));
                // `dit à Velt`, and not `dit lundi à Vell`.
                let said = actor
                    .after
                    .and_then(|at| at.checked_sub(1))
                    .is_some_and(|at| self.words.said.contains(&self.tokens[at].lower));
                letter || verb || said
            };
            let told = self.told(actor, &window, speaker);
            let dative = self.is_dative(actor) && actor.after.is_none() && near_letter();
            ((to(actor) && near_letter()) || told || dative).then_some(at)
        })
    }

    /// Whether somebody is the object of a verb of telling: `Holm told Velt`, and not `asked Velt` behind what Velt said.
    fn told(&self, actor: &Actor, window: &Range<usize>, speaker: Option<usize>) -> bool {
        let reach = window.start.max(actor.from.saturating_sub(4))..actor.from;
        let Some(verb) = reach.clone().rev().find(|at| self.words.told.contains(&self.tokens[*at].lower)) else {
            return false;
        };
        let first = self.actors(verb..actor.from).next().is_none();
        let inverted = speaker.is_some_and(|speaker| self.cast.actors[speaker].from > verb);
        actor.after.is_none() && !actor.genitive && first && !inverted
    }
}

pub(super) fn is_quote(token: &Token) -> bool {
    matches!(token.kind, Kind::Quote(_))
}
