//! Moves: words that change places. A move is a tied site of two places with a stretch between them that stays, so that
//! what stands in the stretch keeps its own sites.

use super::Place;
use super::compile::patterns;
use super::error::Fault;
use super::find::{Candidate, capitalised, free, joins};
use super::format::RawRule;
use super::pack::Pack;
use super::page::{Case, Page, PageToken};
use super::pattern::{Pattern, Sets, Side};
use countermark_text::{Span, TokenKind, tokens};

/// What changes its place, what it changes it with, and where both may stand.
#[derive(Debug, Clone)]
pub(super) struct Move {
    pub(super) rule: u32,
    pub(super) moved: Vec<Pattern>,
    pub(super) over: Vec<Pattern>,
    pub(super) templates: Vec<Template>,
}

impl Move {
    /// What a rule says: patterns and places.
    ///
    /// # Errors
    /// A key too few or too many, or a pattern or place that can't be read.
    pub(super) fn read(raw: &RawRule, rule: u32, sets: &Sets) -> Result<Move, Fault> {
        let moved = raw.moved.as_ref().map(|list| list.get_ref().as_slice()).unwrap_or_default();
        let other = raw.alternatives.is_some() || raw.sets.is_some() || raw.tie.is_some() || raw.forms.is_some();
        if moved.is_empty() || raw.over.is_empty() || raw.places.len() < 2 || other || raw.literal {
            return Err(Fault::Move);
        }
        let read = |list: &[String]| {
            let patterns = patterns(list, Side::Right, sets)?;
            match patterns.iter().position(|p| p.beginnings().is_none()) {
                Some(at) => Err(Fault::OpenMove(list[at].clone())),
                None => Ok(patterns),
            }
        };
        let mut templates: Vec<Template> = Vec::with_capacity(raw.places.len());
        for text in &raw.places {
            let template = Template::parse(text)?;
            if templates.contains(&template) {
                return Err(Fault::EqualAlternatives(text.clone(), text.clone()));
            }
            templates.push(template);
        }
        if templates.iter().all(|t| t.moved_first == templates[0].moved_first) {
            return Err(Fault::Move);
        }
        Ok(Move { rule, moved: read(moved)?, over: read(&raw.over)?, templates })
    }
}

/// `<move>, <over>`: which of the two comes first, and the characters between and behind them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template {
    pub(super) moved_first: bool,
    between: String,
    behind: String,
    /// How many tokens stand in `between` and in `behind`.
    marks: (usize, usize),
}

impl Template {
    /// # Errors
    /// [`Fault::Template`] when the text does not begin with one of `<move>` and `<over>`, or has either not once, or
    /// holds a character of the master's syntax.
    pub(super) fn parse(text: &str) -> Result<Template, Fault> {
        let fault = || Fault::Template(text.to_owned());
        let (moved_first, rest) = match (text.strip_prefix("<move>"), text.strip_prefix("<over>")) {
            (Some(rest), _) => (true, rest),
            (_, Some(rest)) => (false, rest),
            _ => return Err(fault()),
        };
        let (between, behind) = rest.split_once(if moved_first { "<over>" } else { "<move>" }).ok_or_else(fault)?;
        if between.is_empty() || [between, behind].iter().any(|t| t.contains(['<', '>', '{', '|', '}', '\\', '\n'])) {
            return Err(fault());
        }
        let marks = (tokens(between).count(), tokens(behind).count());
        Ok(Template { moved_first, between: between.to_owned(), behind: behind.to_owned(), marks })
    }
}

/// Fills the index of a pack's moves.
pub(super) fn index(pack: &mut Pack) {
    let mut all: std::collections::HashMap<String, Vec<(u32, u32)>> = std::collections::HashMap::new();
    for (number, one) in (0u32..).zip(&pack.moves) {
        for (template, shape) in (0u32..).zip(&one.templates) {
            let patterns = if shape.moved_first { &one.moved } else { &one.over };
            let mut words: Vec<&str> = patterns.iter().filter_map(Pattern::beginnings).flatten().collect();
            words.sort_unstable();
            words.dedup();
            for word in words {
                all.entry(word.to_owned()).or_default().push((number, template));
            }
        }
    }
    pack.move_index = all;
}

/// A template met on a page; token ranges.
struct Met {
    start: usize,
    moved: std::ops::Range<usize>,
    over: std::ops::Range<usize>,
    end: usize,
}

/// Every match of the pack's moves that begins at a token.
pub(super) fn moves(pack: &Pack, page: &Page<'_>, at: usize, found: &mut Vec<Candidate>) {
    let Some(list) = page.tokens.get(at).and_then(|t| pack.move_index.get(t.canon.as_ref())) else { return };
    for &(number, template) in list {
        let Some(rule) = pack.moves.get(number as usize) else { continue };
        found.extend(
            met(pack, page, at, rule, template as usize)
                .and_then(|met| candidate(pack, page, rule, template as usize, &met)),
        );
    }
}

/// The first way in which a template stands at a token, contexts respected.
fn met(pack: &Pack, page: &Page<'_>, at: usize, rule: &Move, template: usize) -> Option<Met> {
    let around = page.sentence(at);
    let left = &page.tokens[around.start..at];
    let shape = rule.templates.get(template)?;
    let (first, second) = if shape.moved_first { (&rule.moved, &rule.over) } else { (&rule.over, &rule.moved) };
    for middle in ends(first, page, at..around.end) {
        let next = middle + shape.marks.0;
        if between(page, middle, next) != Some(shape.between.as_str()) {
            continue;
        }
        for last in ends(second, page, next..around.end) {
            let end = last + shape.marks.1;
            if end > around.end || !behind(page, last, end, &shape.behind) {
                continue;
            }
            let right = &page.tokens[end..around.end];
            if !super::find::allows(pack, page, rule.rule as usize, at, left, right) {
                continue;
            }
            let (one, other) = (at..middle, next..last);
            let (moved, over) = if shape.moved_first { (one, other) } else { (other, one) };
            let met = Met { start: at, moved, over, end };
            if open(page, pack, rule, &met) {
                return Some(met);
            }
        }
    }
    None
}

/// Where the patterns may end that begin at a range's start, each once, the furthest first.
fn ends(patterns: &[Pattern], page: &Page<'_>, range: std::ops::Range<usize>) -> Vec<usize> {
    let Some(right) = page.tokens.get(range.clone()) else { return Vec::new() };
    let mut all: Vec<usize> = Vec::new();
    for pattern in patterns {
        pattern.lengths(right, &mut all);
    }
    all.retain(|&n| n > 0);
    // The longest first: "on Friday" is not met where "on Friday 5 May" stands.
    all.sort_unstable();
    all.dedup();
    all.iter().rev().map(|n| range.start + n).collect()
}

/// The characters between the end of the token before `from` and the start of token `to`.
fn between<'t>(page: &Page<'t>, from: usize, to: usize) -> Option<&'t str> {
    page.text.get(page.tokens.get(from.checked_sub(1)?)?.span.end..page.tokens.get(to)?.span.start)
}

fn behind(page: &Page<'_>, last: usize, end: usize, wanted: &str) -> bool {
    let (Some(from), Some(to)) = (page.tokens.get(last - 1), page.tokens.get(end - 1)) else { return false };
    page.text.get(from.span.end..to.span.end.max(from.span.end)) == Some(wanted)
}

/// Whether nothing in the stretch is closed, forbidden by the rule or glued to what stands around.
fn open(page: &Page<'_>, pack: &Pack, rule: &Move, met: &Met) -> bool {
    let forbidden = &pack.rules[rule.rule as usize].not_with;
    let own = met.moved.clone().chain(met.over.clone());
    let span = page.tokens[met.start].span.start..page.tokens[met.end - 1].span.end;
    let word = |range: &std::ops::Range<usize>| {
        let ends = [range.start, range.end - 1];
        ends.iter().all(|&n| page.tokens[n].kind != TokenKind::Punct)
    };
    word(&met.moved)
        && word(&met.over)
        && own.into_iter().all(|n| !forbidden.iter().any(|w| page.tokens[n].canon == w.as_str()))
        && page.tokens[met.start..met.end].iter().all(|t| !t.closed)
        && !page.is_closed(&span)
        && free(page.text, &span)
        && !page.text[span].contains(['\n', '\r'])
        && !joins(page, met.end)
}

/// The move's two places, with every template that gives both of them another text.
fn candidate(pack: &Pack, page: &Page<'_>, rule: &Move, template: usize, met: &Met) -> Option<Candidate> {
    let span =
        |range: &std::ops::Range<usize>| page.tokens[range.start].span.start..page.tokens[range.end - 1].span.end;
    let (moved, over) = (span(&met.moved), span(&met.over));
    let stretch = page.tokens[met.start].span.start..page.tokens[met.end - 1].span.end;
    let first = &page.tokens[met.over.start];
    let opens = page.opens(met.start);
    // What stays begins behind its first word: that may lose or gain a capital.
    let head = first.span.clone();
    let tail = page.text.get(head.end..over.end)?;
    let mut texts: Vec<(String, String)> = Vec::new();
    let order = std::iter::once(template).chain((0..rule.templates.len()).filter(|&n| n != template));
    for number in order {
        let shape = rule.templates.get(number)?;
        let cased = |token: &PageToken<'_>, text: &str, leads: bool| {
            if opens { with_case(pack, token, text, leads) } else { Some(text.to_owned()) }
        };
        let moved_text = cased(&page.tokens[met.moved.start], page.text.get(moved.clone())?, shape.moved_first)?;
        let head_text = cased(first, page.text.get(head.clone())?, !shape.moved_first)?;
        let (before, after) = if shape.moved_first {
            (format!("{moved_text}{}{head_text}", shape.between), shape.behind.clone())
        } else {
            (head_text, format!("{}{moved_text}{}", shape.between, shape.behind))
        };
        if texts.iter().all(|(b, a)| *b != before && *a != after) {
            texts.push((before, after));
        }
    }
    if texts.len() < 2 {
        return None;
    }
    let (before, after): (Vec<String>, Vec<String>) = texts.iter().cloned().unzip();
    let places = vec![
        Place { span: stretch.start..head.end, alternatives: before },
        Place { span: over.end..stretch.end, alternatives: after },
    ];
    let stands = |place: &Place| page.text.get(place.span.clone()) == place.alternatives.first().map(String::as_str);
    places.iter().all(stands).then(|| Candidate {
        alternatives: texts.into_iter().map(|(before, after)| format!("{before}{tail}{after}")).collect(),
        column: template,
        rule: rule.rule as usize,
        sentence: page.tokens[met.start].sentence,
        length: met.end - met.start,
        span: Span { start: stretch.start, end: stretch.end },
        places,
    })
}

/// A text whose first word is `token`, as it is written at a sentence's start or inside it. Only words that the pack
/// lists lose their capital; one that has none of its own ("I") stays; any other may be a name.
fn with_case(pack: &Pack, token: &PageToken<'_>, text: &str, leads: bool) -> Option<String> {
    match token.case {
        Case::Lower if leads => capitalised(text),
        Case::Lower => Some(text.to_owned()),
        _ if leads => Some(text.to_owned()),
        Case::Capital if pack.small.contains(token.canon.as_ref()) => {
            let mut chars = text.chars();
            let first = chars.next()?;
            Some(first.to_lowercase().chain(chars).collect())
        }
        Case::Capital if token.is_short() => Some(text.to_owned()),
        _ => None,
    }
}
