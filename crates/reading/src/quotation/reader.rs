//! From marks and attributions to quotations.

use std::ops::Range;

use countermark_text::{Span, word_count};

use super::actor::{Sort, cast};
use super::clause::{Said, Scene};
use super::incise;
use super::lexicon::{Language, language, lexicon};
use super::marks::marked;
use super::token::{Kind, Token, tokens};
use super::{Found, How, Manner, Mention, Quotation, Speaker};
use crate::Names;

/// How far around a quotation its sentence reaches, in tokens.
const REACH: usize = 60;

/// How far before a pronoun the person is looked for whom it means, in tokens.
const PRONOUN: usize = 160;

/// A piece of text in marks, as one token.
struct Segment {
    /// Which quotation in marks it is of.
    marked: usize,
    pieces: Vec<Span>,
    span: Span,
}

pub(super) fn read(text: &str, names: &Names) -> Found {
    let language = language(text);
    let mut segments = Vec::new();
    for (number, marked) in marked(text).into_iter().enumerate() {
        segment(text, number, &marked, language, &mut segments);
    }
    let spans: Vec<Span> = segments.iter().map(|segment| segment.span.clone()).collect();
    let tokens = tokens(text, &spans, language);
    let cast = cast(text, &tokens, language, names);
    let scene = Scene { tokens: &tokens, cast: &cast, words: lexicon(language) };
    Reader { text, segments, scene, open: Vec::new(), found: Found { quotations: Vec::new(), phrases: Vec::new() } }
        .read()
}

fn segment(text: &str, number: usize, marked: &super::marks::Marked, language: Language, segments: &mut Vec<Segment>) {
    let whole = marked.whole.clone();
    if let [piece] = &marked.pieces[..]
        && let (pieces, Some(attribution)) = incise::split(text, piece, language)
    {
        let (before, behind) = (whole.start..attribution.start, attribution.end..whole.end);
        let (first, second): (Vec<Span>, Vec<Span>) =
            pieces.into_iter().partition(|piece| piece.end <= attribution.start);
        for (span, pieces) in [(before, first), (behind, second)] {
            if !pieces.is_empty() {
                segments.push(Segment { marked: number, pieces, span });
            }
        }
    } else {
        let pieces = marked.pieces.iter().filter(|piece| !piece.is_empty()).cloned().collect();
        segments.push(Segment { marked: number, pieces, span: whole });
    }
}

/// What was made of the quotation before.
struct Last {
    segment: usize,
    token: usize,
    quotation: usize,
    said: Option<Said>,
}

struct Reader<'t> {
    text: &'t str,
    segments: Vec<Segment>,
    scene: Scene<'t>,
    open: Vec<Last>,
    found: Found,
}

impl Reader<'_> {
    fn read(mut self) -> Found {
        let places: Vec<(usize, usize)> = self
            .scene
            .tokens
            .iter()
            .enumerate()
            .filter_map(|(at, token)| if let Kind::Quote(segment) = token.kind { Some((at, segment)) } else { None })
            .collect();
        for (at, segment) in places {
            self.quotation(at, segment);
        }
        self.found
    }

    fn quotation(&mut self, at: usize, number: usize) {
        let (start, end) = self.sentence(at, number);
        let said = self.attribution(at, number, start, end);
        if self.joins(at, number) {
            return;
        }
        let segment = &self.segments[number];
        if !self.is_quotation(at, number, said.is_some()) {
            self.found.phrases.push(segment.span.clone());
            return;
        }
        let mut speaker = said.and_then(|said| self.speaker(&said, at, start..end));
        let mut manner = said.map_or(Manner::Unknown, |said| said.manner);
        if said.is_none()
            && start == at
            && let Some((carried, how)) = self.carried(at)
        {
            (speaker, manner) = (Some(carried), how);
        } else if speaker.is_none()
            && said.is_none()
            && start == at
            && crate::contradiction::greeted(self.inside_first(number)).is_some()
        {
            // A letter that stands alone, behind a sentence that says whose it is.
            speaker = self.letter(None, at);
            manner = Manner::Written;
        }
        let who = said.and_then(|said| said.who);
        let to = self.scene.addressee(start..end, who).map(|actor| self.mention(actor));
        let quotation = Quotation { pieces: segment.pieces.clone(), whole: segment.span.clone(), speaker, manner, to };
        self.found.quotations.push(quotation);
        self.open = vec![Last { segment: number, token: at, quotation: self.found.quotations.len() - 1, said }];
    }

    /// The sentence around a quotation. A quotation that ends with a full stop ends it; a colon at a paragraph's end does not.
    fn sentence(&self, at: usize, number: usize) -> (usize, usize) {
        let tokens = self.scene.tokens;
        let mut start = at;
        while start > 0 && at - start < REACH {
            let before = &tokens[start - 1];
            let ends = match before.kind {
                Kind::Stop => true,
                Kind::Break => start < 2 || tokens[start - 2].kind != Kind::Colon,
                Kind::Quote(other) => {
                    self.ends_whole(other) && self.segments[other].marked != self.segments[number].marked
                }
                _ => false,
            };
            if ends {
                break;
            }
            start -= 1;
        }
        let reach = tokens.len().min(at + 1 + REACH);
        let ends = |token: &Token| matches!(token.kind, Kind::Stop | Kind::Break);
        let end = (at + 1..reach).find(|at| ends(&tokens[*at])).unwrap_or(reach);
        (start, end)
    }

    fn inside(&self, number: usize) -> &str {
        self.segments[number].pieces.last().map_or("", |piece| &self.text[piece.clone()])
    }

    fn inside_first(&self, number: usize) -> &str {
        self.segments[number].pieces.first().map_or("", |piece| &self.text[piece.clone()])
    }

    /// Whether a quotation is a sentence of its own by its last mark.
    fn ends_whole(&self, number: usize) -> bool {
        self.inside(number).ends_with(['.', '!', '?', '…'])
    }

    fn attribution(&self, at: usize, number: usize, start: usize, end: usize) -> Option<Said> {
        let tokens = self.scene.tokens;
        let before = self.scene.before(start..at);
        let close = before
            .is_some_and(|said| said.verb.is_none_or(|verb| at - verb <= 4) || tokens[at - 1].kind == Kind::Colon);
        if close {
            return before;
        }
        let behind =
            if self.may_follow(at, number) { self.scene.behind(at + 1..self.window_behind(at, end)) } else { None };
        behind.or(before)
    }

    /// Up to where the words behind a quotation are about it: to the next one, or beyond where they have no verb before it.
    fn window_behind(&self, at: usize, end: usize) -> usize {
        let tokens = self.scene.tokens;
        let quote = |at: &usize| matches!(tokens[*at].kind, Kind::Quote(_));
        let next = (at + 1..end).find(quote).unwrap_or(end);
        if next == end || (at + 1..next).any(|at| self.scene.is_verb(at)) {
            return next;
        }
        (next + 1..end).find(quote).unwrap_or(end)
    }

    /// Whether what follows a quotation can be its attribution: no new sentence.
    fn may_follow(&self, at: usize, number: usize) -> bool {
        let Some(next) = self.scene.tokens.get(at + 1) else { return false };
        match next.kind {
            Kind::Comma | Kind::Dash => true,
            Kind::Word => !self.inside(number).ends_with('.') || !next.capital,
            // The attribution inside the marks.
            _ => false,
        }
    }

    /// Takes a piece to the quotation before, where only its attribution stands between: "We will", he wrote, "not yield".
    fn joins(&mut self, at: usize, number: usize) -> bool {
        let Some(last) = self.open.last() else { return false };
        let tokens = self.scene.tokens;
        let (before, this) = (&self.segments[last.segment], &self.segments[number]);
        let between = last.token + 1..at;
        let same = before.marked == this.marked;
        let broken = between.len() <= 20
            && last.said.is_some_and(|said| said.verb.is_some_and(|verb| between.contains(&verb)))
            && tokens[between.clone()].iter().all(|token| !matches!(token.kind, Kind::Stop | Kind::Break))
            && matches!(tokens[at - 1].kind, Kind::Comma | Kind::Dash)
            && (matches!(tokens[last.token + 1].kind, Kind::Comma | Kind::Dash)
                || self.inside(last.segment).ends_with([',', '—', '–', '…', '-', '?', '!']));
        if !same && !broken {
            return false;
        }
        let (pieces, end) = (this.pieces.clone(), this.span.end);
        let quotation = &mut self.found.quotations[last.quotation];
        quotation.pieces.extend(pieces);
        quotation.whole.end = end;
        self.open = vec![Last { segment: number, token: at, quotation: last.quotation, said: last.said }];
        true
    }

    /// A quotation, and not a title, a name, or words held at arm's length.
    fn is_quotation(&self, at: usize, number: usize, attributed: bool) -> bool {
        let tokens = self.scene.tokens;
        let inside = self.inside(number);
        let words: usize = self.segments[number].pieces.iter().map(|piece| word_count(&self.text[piece.clone()])).sum();
        let before = at.checked_sub(1).map(|at| &tokens[at]);
        let colon = before.is_some_and(|token| token.kind == Kind::Colon);
        let closed = inside.ends_with(['.', ',', '!', '?', '…', ';']);
        let thing = before.is_some_and(|token| self.scene.words.things.contains(&token.lower));
        let incise = self.segments.get(number + 1).is_some_and(|next| next.marked == self.segments[number].marked);
        if incise || (colon && attributed && words >= 1) {
            return true;
        }
        if (thing && words <= 10 && !closed) || (words <= 7 && !closed && is_title(inside, words)) {
            return self.followed_by_verb(at, number) && !thing;
        }
        match (attributed, words) {
            (true, 1) => closed || self.followed_by_verb(at, number),
            (true, words) => words >= 2,
            (false, words) => words >= 5 || (words >= 3 && (closed || colon)),
        }
    }

    fn followed_by_verb(&self, at: usize, number: usize) -> bool {
        let next = at + 1..(at + 4).min(self.scene.tokens.len());
        self.may_follow(at, number) && next.into_iter().any(|at| self.scene.is_verb(at))
    }

    fn speaker(&self, said: &Said, quote: usize, sentence: Range<usize>) -> Option<Speaker> {
        let Some(who) = said.who else {
            let shows = said.verb.is_some_and(|verb| self.scene.words.shows.contains(&self.scene.tokens[verb].lower));
            let letter = self.scene.letter_in(sentence).filter(|_| !shows)?;
            return self.scene.writer_of(letter).and_then(|writer| self.writer(writer, How::Named));
        };
        let actor = &self.scene.cast.actors[who];
        let at = actor.span.clone();
        match actor.sort {
            Sort::Person(person) => {
                let how = if said.near { How::Near } else { How::Named };
                Some(Speaker { name: self.name(person), at, how })
            }
            Sort::Role => Some(Speaker { name: self.text[at.clone()].to_owned(), at, how: How::Role }),
            Sort::He | Sort::She => {
                let person = self.meant(who, said.more)?;
                Some(Speaker { name: self.name(person), at, how: How::Pronoun })
            }
            Sort::Letter => self.letter(Some(who), quote),
        }
    }

    fn name(&self, person: usize) -> String {
        self.scene.cast.persons[person].name.clone()
    }

    fn mention(&self, actor: usize) -> Mention {
        let actor = &self.scene.cast.actors[actor];
        let name = match actor.sort {
            Sort::Person(person) => self.name(person),
            _ => self.text[actor.span.clone()].to_owned(),
        };
        Mention { name, at: actor.span.clone() }
    }

    /// Who wrote a letter that speaks: as its own words say, else the only writer named before.
    fn letter(&self, letter: Option<usize>, quote: usize) -> Option<Speaker> {
        if let Some(writer) = letter.and_then(|letter| self.scene.writer_of(letter)) {
            return self.writer(writer, How::Named);
        }
        let from = quote.saturating_sub(2 * PRONOUN);
        let letters: Vec<usize> = self
            .scene
            .actors(from..quote)
            .filter(|(at, actor)| Some(*at) != letter && actor.sort == Sort::Letter)
            .map(|(at, _)| at)
            .collect();
        let writers = letters.into_iter().rev().filter_map(|letter| {
            let reach = self.scene.cast.actors[letter].from.saturating_sub(10)..self.scene.cast.actors[letter].from;
            let sender = || {
                let verb = reach.clone().any(|at| self.scene.words.written.contains(&self.scene.tokens[at].lower));
                let sender = self.scene.actors(reach.clone()).rev().find(|(_, actor)| actor.is_subject());
                sender.filter(|_| verb).map(|(at, _)| at)
            };
            self.scene.writer_of(letter).or_else(sender)
        });
        writers.filter_map(|writer| self.writer(writer, How::Letter)).next()
    }

    fn writer(&self, actor: usize, how: How) -> Option<Speaker> {
        let found = &self.scene.cast.actors[actor];
        let (person, how) = match found.sort {
            Sort::Person(person) => (person, how),
            Sort::He | Sort::She => (self.meant(actor, false)?, How::Letter),
            _ => return None,
        };
        Some(Speaker { name: self.name(person), at: found.span.clone(), how })
    }

    /// The person whom a pronoun means: the only one named in the last sentence that names anybody; none where there are more.
    fn meant(&self, pronoun: usize, more: bool) -> Option<usize> {
        let actor = &self.scene.cast.actors[pronoun];
        if more && let Some(last) = self.last_speaker(actor.from) {
            return Some(last);
        }
        let from = actor.from.saturating_sub(PRONOUN);
        let mut end = actor.from;
        while end > from {
            let start = (from..end)
                .rev()
                .find(|at| matches!(self.scene.tokens[*at].kind, Kind::Stop | Kind::Break))
                .unwrap_or(from);
            let own = end == actor.from;
            let mut persons = self.persons(start..end, own, actor.sort == Sort::She);
            persons.dedup();
            match persons[..] {
                [] => end = start,
                [person] => return Some(person),
                _ => return None,
            }
        }
        None
    }

    /// The persons whom a sentence names and a pronoun can mean.
    fn persons(&self, window: Range<usize>, own: bool, she: bool) -> Vec<usize> {
        let words = self.scene.words;
        let mut persons: Vec<usize> = self
            .scene
            .actors(window)
            .filter(|(_, actor)| {
                let after = actor.after.map(|at| self.scene.tokens[at].lower.as_str()).unwrap_or_default();
                // In its own sentence a pronoun is not the one to whom something is written.
                !words.places.contains(after) && !(own && (words.to.contains(after) || actor.object))
            })
            .filter_map(|(_, actor)| if let Sort::Person(person) = actor.sort { Some(person) } else { None })
            .filter(|person| self.scene.cast.persons[*person].she.is_none_or(|known| known == she))
            .collect();
        persons.sort_unstable();
        persons
    }

    /// Whose quotation stood last, in this paragraph or the one before.
    fn last_speaker(&self, at: usize) -> Option<usize> {
        let last = self.open.last()?;
        let breaks = self.scene.tokens[last.token.min(at)..at].iter().filter(|token| token.kind == Kind::Break).count();
        let actor = &self.scene.cast.actors[last.said?.who?];
        match actor.sort {
            Sort::Person(person) if breaks <= 1 => Some(person),
            _ => None,
        }
    }

    /// A quotation that is a sentence of its own goes on with the one before in its paragraph, where nobody else was named since.
    fn carried(&self, at: usize) -> Option<(Speaker, Manner)> {
        let last = self.open.last()?;
        let between = last.token + 1..at;
        if between.is_empty()
            || between.len() > 40
            || self.scene.tokens[between.clone()].iter().any(|t| t.kind == Kind::Break)
        {
            return None;
        }
        let before = &self.found.quotations[last.quotation];
        let speaker = before.speaker.clone()?;
        let others = self.scene.actors(between).any(|(_, actor)| match actor.sort {
            Sort::Person(person) => actor.is_subject() && self.name(person) != speaker.name,
            _ => false,
        });
        (!others && speaker.how != How::Role).then_some((Speaker { how: How::Carried, ..speaker }, before.manner))
    }
}

/// Whether words are written as a title is: every long one with a capital.
fn is_title(inside: &str, words: usize) -> bool {
    let long = |word: &&str| word.chars().filter(|c| c.is_alphabetic()).count() > 3;
    let capital = |word: &str| word.chars().find(|c| c.is_alphabetic()).is_some_and(char::is_uppercase);
    let first = inside.split_whitespace().next().is_some_and(capital);
    first && inside.split_whitespace().filter(long).all(capital) && (words >= 2 || inside.chars().count() > 1)
}
