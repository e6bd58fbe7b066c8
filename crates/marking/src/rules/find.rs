//! Where rules match on a page, and what they offer there.

use super::Place;
use super::breaks::breaks;
use super::moves::moves;
use super::pack::{Agreement, Context, Literal, Pack, Phrase, Rule};
use super::page::{Case, Page, PageToken};
use countermark_text::{Span, TokenKind};
use std::collections::HashSet;

/// A match before it is chosen.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) span: Span,
    /// What stands there first.
    pub(super) alternatives: Vec<String>,
    /// Which of the rule's alternatives stands there.
    pub(super) column: usize,
    pub(super) rule: usize,
    pub(super) sentence: usize,
    /// How many tokens were matched, the bracket's with them.
    pub(super) length: usize,
    /// The places of a move, in order, none beside another; empty for what has one place, the span itself.
    pub(super) places: Vec<Place>,
}

impl Candidate {
    /// The spans that the site takes.
    pub(super) fn spans(&self) -> impl Iterator<Item = &Span> {
        let one = self.places.is_empty().then_some(&self.span);
        one.into_iter().chain(self.places.iter().map(|place| &place.span))
    }
}

/// All matches of a pack, contexts respected, in order of place and then of rule. They may overlap.
pub(super) fn candidates(pack: &Pack, page: &Page<'_>) -> Vec<Candidate> {
    let mut found = Vec::new();
    for (at, token) in page.tokens.iter().enumerate() {
        moves(pack, page, at, &mut found);
        let Some(heads) = pack.index.get(token.canon.as_ref()) else { continue };
        let list = heads.before(page.tokens.get(at + 1).map(|t| t.canon.as_ref()));
        let first = found.len();
        for number in list.clone() {
            let phrase = &pack.phrases[number as usize];
            if !stands(page, at, phrase) {
                continue;
            }
            // Longest first: "at present," is not "at present" without its comma.
            let known = |c: &Candidate| c.rule == phrase.rule as usize && c.length > phrase.tokens.len();
            if found[first..].iter().any(known) || shadowed(pack, page, at, list.clone(), phrase) {
                continue;
            }
            found.extend(matched(pack, page, at, phrase));
        }
    }
    for literal in &pack.literals {
        literals(pack, page, literal, &mut found);
    }
    longest_literals(pack, &mut found);
    breaks(pack, page, &mut found);
    found.sort_by_key(|c| (c.span.start, c.rule, usize::MAX - c.length, c.column));
    once_a_sentence(pack, found)
}

/// Whether a longer phrase of the same rule and bracket stands here, whatever its context says.
fn shadowed(pack: &Pack, page: &Page<'_>, at: usize, mut list: impl Iterator<Item = u32>, phrase: &Phrase) -> bool {
    phrase.bracket > 0
        && list.any(|n| {
            let other = &pack.phrases[n as usize];
            other.rule == phrase.rule
                && other.tokens.len() > phrase.tokens.len()
                && other.bracket > 0
                && stands(page, at, other)
        })
}

/// Whether the phrase's tokens stand at a place, spaced as in the phrase and inside one sentence.
pub(super) fn stands(page: &Page<'_>, at: usize, phrase: &Phrase) -> bool {
    let Some(here) = page.tokens.get(at..at + phrase.tokens.len()) else { return false };
    let sentence = here[0].sentence;
    let opens = page.opens(at);
    here.iter().zip(&phrase.tokens).enumerate().all(|(n, (token, wanted))| {
        token.canon == wanted.canon.as_str()
            && token.sentence == sentence
            && !token.closed
            && (token.case == wanted.case
                || (n == 0 && opens && token.case == Case::Capital && wanted.case == Case::Lower))
            && (n == 0 || spaced(page, &here[n - 1], token) == Some(wanted.spaced))
    })
}

/// Whether white space stands between two tokens; nothing if something else does.
fn spaced(page: &Page<'_>, before: &PageToken<'_>, token: &PageToken<'_>) -> Option<bool> {
    let between = page.text.get(before.span.end..token.span.start)?;
    between.chars().all(char::is_whitespace).then_some(!between.is_empty())
}

/// The candidate of a phrase that stands at a token, contexts respected.
fn matched(pack: &Pack, page: &Page<'_>, at: usize, phrase: &Phrase) -> Option<Candidate> {
    let (site, capital) = site(pack, page, at, phrase)?;
    let (end, around) = (at + phrase.tokens.len(), page.sentence(at));
    let (left, right) = (&page.tokens[around.start..at], &page.tokens[end..around.end]);
    let alternatives = texts(pack, page, &site, capital, left, right)?;
    Some(Candidate {
        span: site.span,
        alternatives,
        column: site.column,
        rule: phrase.rule as usize,
        sentence: page.tokens[at].sentence,
        length: phrase.tokens.len(),
        places: Vec::new(),
    })
}

/// The place that a phrase which stands at a token takes, where its rule speaks, and whether its wordings begin with a
/// capital.
pub(super) fn site(pack: &Pack, page: &Page<'_>, at: usize, phrase: &Phrase) -> Option<(Site, bool)> {
    let rule = &pack.rules[phrase.rule as usize];
    let end = at + phrase.tokens.len();
    let around = page.sentence(at);
    let (left, right) = (&page.tokens[around.start..at], &page.tokens[end..around.end]);
    if !allows(pack, page, phrase.rule as usize, at, left, right)
        || phrase.form.as_ref().is_some_and(|form| !fits(form, left, right))
    {
        return None;
    }
    let here = &page.tokens[at..end];
    let start = if phrase.bracket > 0 { here[phrase.bracket - 1].span.end } else { here[0].span.start };
    let span = start..here[here.len() - 1].span.end;
    let matched = here[0].span.start..span.end;
    if page.is_closed(&matched) || !free(page.text, &matched) || titled(left, right) {
        return None;
    }
    let capital = phrase.bracket == 0 && page.opens(at) && here[0].case != Case::Lower;
    let mut site = Site {
        span,
        column: phrase.column as usize,
        texts: rule.choices[phrase.choice as usize].clone(),
        bare: phrase.bracket > 0,
        tied: rule.tie.is_some(),
    };
    if !site.bare {
        agree(&pack.agreements, page, left, &mut site);
    }
    let capital = capital || site.span.start < here[0].span.start && left.len() == 1 && left[0].case != Case::Lower;
    Some((site, capital))
}

/// Whether a rule may speak at a token: its contexts, the sentence before, the words that may not stand beside it.
pub(super) fn allows(
    pack: &Pack,
    page: &Page<'_>,
    rule: usize,
    at: usize,
    left: &[PageToken<'_>],
    right: &[PageToken<'_>],
) -> bool {
    let rule = &pack.rules[rule];
    let start = page.sentence(at).start;
    let follows = || {
        let before = &page.tokens[page.sentence(start.saturating_sub(1)).start..start];
        rule.not_following.iter().any(|p| p.stands(before))
    };
    fits(&rule.context, left, right) && (rule.not_following.is_empty() || !follows()) && !repeats(rule, left, right)
}

/// Whether the token at `end` is glued to the one before it as part of one expression ("3.5", "met/saw").
pub(super) fn joins(page: &Page<'_>, end: usize) -> bool {
    let (Some(before), Some(next)) = (page.tokens.get(end.wrapping_sub(1)), page.tokens.get(end)) else { return false };
    next.kind != TokenKind::Punct && before.span.end == next.span.start
}

/// A place with the rule's wordings for it.
pub(super) struct Site {
    pub(super) span: Span,
    pub(super) column: usize,
    pub(super) texts: Vec<String>,
    /// What follows a bracket: not capitalised, no article before it.
    bare: bool,
    /// Other places of the tie may stand in the sentence: that is no echo.
    tied: bool,
}

fn fits(context: &Context, left: &[PageToken<'_>], right: &[PageToken<'_>]) -> bool {
    // What stands behind begins with words more often than with gaps, so it is asked first.
    (context.before.is_empty() || context.before.iter().any(|p| p.stands(right)))
        && (context.after.is_empty() || context.after.iter().any(|p| p.stands(left)))
        && !context.not_after.iter().any(|p| p.stands(left))
        && !context.not_before.iter().any(|p| p.stands(right))
}

/// Whether nothing is glued to a match: a hyphen, an en dash, a slash, an apostrophe, a site.
pub(super) fn free(text: &str, span: &Span) -> bool {
    let glue = |c: char| {
        c.is_alphanumeric()
            || matches!(c, '-' | '‐' | '‑' | '–' | '/' | '\\' | '_' | '@' | '#' | '\'' | '’' | '{' | '}')
    };
    let before = text[..span.start].chars().next_back();
    let after = text[span.end..].chars().next();
    !before.is_some_and(glue) && !after.is_some_and(glue)
}

/// Whether a match stands inside a title or name: "Agreement concerning Military Bases".
fn titled(left: &[PageToken<'_>], right: &[PageToken<'_>]) -> bool {
    // Every sentence opens with a capital, so there only the next word itself tells.
    let skips = left.len() > 1;
    let next = right.iter().find(|t| !skips || t.kind != TokenKind::Word || t.canon.len() > 3 || t.case != Case::Lower);
    left.last().is_some_and(PageToken::is_name) && next.is_some_and(PageToken::is_name)
}

/// Whether a word that the rule forbids stands elsewhere in the sentence.
fn repeats(rule: &Rule, left: &[PageToken<'_>], right: &[PageToken<'_>]) -> bool {
    !rule.not_with.is_empty() && left.iter().chain(right).any(|t| rule.not_with.iter().any(|w| t.canon == w.as_str()))
}

/// Takes the article before a match into the site where the alternatives ask for different forms.
fn agree(agreements: &[Agreement], page: &Page<'_>, left: &[PageToken<'_>], site: &mut Site) {
    let Some(before) = left.last() else { return };
    for agreement in agreements {
        let Some(form) = agreement.words.iter().position(|w| before.canon == w.as_str()) else { continue };
        let forms: Vec<usize> = site.texts.iter().map(|t| agreement.form(t)).collect();
        if forms[site.column] != form {
            // What stands there does not follow the rule, so nothing can be told of the others.
            site.texts.truncate(1);
            site.column = 0;
        } else if forms.iter().any(|f| *f != form) {
            if before.closed
                || before.case == Case::Upper
                || page.text.get(before.span.end..site.span.start) != Some(" ")
            {
                site.texts.truncate(1);
                site.column = 0;
                return;
            }
            for (text, form) in site.texts.iter_mut().zip(forms) {
                *text = format!("{} {text}", agreement.words[form]);
            }
            site.span.start = before.span.start;
        }
        return;
    }
}

/// The alternatives of a place, what stands there first; nothing when fewer than two remain.
fn texts(
    pack: &Pack,
    page: &Page<'_>,
    site: &Site,
    capital: bool,
    left: &[PageToken<'_>],
    right: &[PageToken<'_>],
) -> Option<Vec<String>> {
    let original = page.text.get(site.span.clone())?;
    let known = site.texts.get(site.column)?.to_lowercase();
    let mut all = vec![original.to_owned()];
    for (number, text) in site.texts.iter().enumerate() {
        // What is offered echoes, or what stands there does, so that the writer's wording would be known by it.
        let other = text.to_lowercase();
        let echoes = || {
            [(&other, &known), (&known, &other)]
                .into_iter()
                .any(|(new, old)| doubles(pack, new, old, left, right) || returns(pack, page, &site.span, new, old))
        };
        if number == site.column || (!site.tied && echoes()) {
            continue;
        }
        let text = if capital { capitalised(text)? } else { text.clone() };
        let text = if page.curly { text.replace('\'', "’") } else { text };
        if !all.contains(&text) {
            all.push(text);
        }
    }
    (all.len() > 1).then_some(all)
}

pub(super) fn capitalised(text: &str) -> Option<String> {
    let mut chars = text.chars();
    let first = chars.next()?;
    Some(first.to_uppercase().chain(chars).collect())
}

/// Whether a wording has a word, in lower case and not in another wording, of which the rest of the sentence has a form
/// already ("the outcome of the results").
fn doubles(pack: &Pack, text: &str, known: &str, left: &[PageToken<'_>], right: &[PageToken<'_>]) -> bool {
    let split = |c: char| !c.is_alphanumeric();
    text.split(split).filter(|w| w.len() > 3 && !pack.repeatable.contains(*w)).any(|word| {
        let echo = |t: &PageToken<'_>| related(word, &t.canon) && !pack.repeatable.contains(t.canon.as_ref());
        !known.split(split).any(|k| k == word) && left.iter().chain(right).any(echo)
    })
}

/// Whether it has one that stands in the sentence before or behind: what returns so soon is heard.
fn returns(pack: &Pack, page: &Page<'_>, span: &Span, text: &str, known: &str) -> bool {
    let beside = page.beside(span);
    let split = |c: char| !c.is_alphanumeric();
    let mut new = text.split(split).filter(|w| w.len() > 3 && !pack.repeatable.contains(*w));
    new.any(|word| !known.split(split).any(|k| k == word) && beside.clone().any(|t| related(word, &t.canon)))
}

/// Whether two words look like forms of one: a common beginning of four letters or more, and at most
/// three more letters in either.
fn related(one: &str, other: &str) -> bool {
    let common = one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    common >= 4 && one.len() <= common + 3 && other.len() <= common + 3
}

fn literals(pack: &Pack, page: &Page<'_>, literal: &Literal, found: &mut Vec<Candidate>) {
    for (site, left, right) in literal_sites(pack, page, literal) {
        let sentence = page.tokens[left.end - 1].sentence;
        let (left, right) = (&page.tokens[left], &page.tokens[right]);
        let Some(alternatives) = texts(pack, page, &site, false, left, right) else { continue };
        found.push(Candidate {
            span: site.span,
            alternatives,
            column: site.column,
            rule: literal.rule as usize,
            sentence,
            length: literal.text.chars().count(),
            places: Vec::new(),
        });
    }
}

/// The places that a literal takes where its rule speaks, each with the tokens of its sentence on both sides.
pub(super) fn literal_sites(
    pack: &Pack,
    page: &Page<'_>,
    literal: &Literal,
) -> Vec<(Site, std::ops::Range<usize>, std::ops::Range<usize>)> {
    let rule = &pack.rules[literal.rule as usize];
    let mut sites = Vec::new();
    for (start, text) in page.text.match_indices(literal.text.as_str()) {
        let span = start..start + text.len();
        let next = page.tokens.partition_point(|t| t.span.start < span.end);
        let Some(before) = page.tokens[..next].iter().rposition(|t| t.span.end <= start) else { continue };
        let around = page.sentence(before);
        let (left, right) = (around.start..before + 1, next.min(around.end)..around.end);
        let (before, behind) = (&page.tokens[left.clone()], &page.tokens[right.clone()]);
        if !fits(&rule.context, before, behind)
            || page.is_closed(&span)
            || cuts_a_word(page.text, &span)
            || repeats(rule, before, behind)
        {
            continue;
        }
        let site = Site {
            span,
            column: literal.column as usize,
            texts: rule.choices[literal.choice as usize].clone(),
            bare: true,
            tied: rule.tie.is_some(),
        };
        sites.push((site, left, right));
    }
    sites
}

/// Whether a span begins or ends inside a word.
fn cuts_a_word(text: &str, span: &Span) -> bool {
    let joined = |at: usize| {
        let before = text[..at].chars().next_back().is_some_and(char::is_alphanumeric);
        before && text[at..].chars().next().is_some_and(char::is_alphanumeric)
    };
    let marks = text[span.clone()].chars().all(|c| !c.is_alphanumeric());
    !marks && (joined(span.start) || joined(span.end))
}

/// Of literal matches of one rule that lie in each other, keeps the longest.
fn longest_literals(pack: &Pack, found: &mut Vec<Candidate>) {
    if pack.literals.is_empty() {
        return;
    }
    found.sort_by_key(|c| (c.rule, c.span.start, usize::MAX - c.span.end));
    let mut last: Option<(usize, usize)> = None;
    let literal: HashSet<u32> = pack.literals.iter().map(|l| l.rule).collect();
    found.retain(|c| {
        if !literal.contains(&(c.rule as u32)) {
            return true;
        }
        let inside = last.is_some_and(|(rule, end)| rule == c.rule && c.span.end <= end && c.span.start < end);
        if !inside {
            last = Some((c.rule, c.span.end));
        }
        !inside
    });
}

/// An untied rule speaks once in a sentence: twice, its alternatives would echo each other. Where several of its lists
/// match one place, the first does.
fn once_a_sentence(pack: &Pack, mut found: Vec<Candidate>) -> Vec<Candidate> {
    let mut seen: HashSet<(usize, usize)> = HashSet::new();
    found.retain(|c| pack.rules[c.rule].tie.is_some() || seen.insert((c.rule, c.sentence)));
    found
}
