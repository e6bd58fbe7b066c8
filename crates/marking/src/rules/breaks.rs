//! Breaks between sentences of short messages: one line, a new line, a new paragraph.
//!
//! Only a message without any layout of its own is asked: a greeting, a list, a heading or a signature stands on a line
//! that does not end as sentences do, and whoever writes such lines has laid his text out. Nor is a text
//! whose writer never contracts: it may be a formal note.

use super::error::Fault;
use super::find::Candidate;
use super::format::RawRule;
use super::pack::Pack;
use super::page::Page;
use crate::Class;
use countermark_text::{TokenKind, word_count};

/// A rule of breaks.
#[derive(Debug, Clone)]
pub(super) struct Breaks {
    pub(super) rule: u32,
    /// White space; each is matched.
    pub(super) alternatives: Vec<String>,
    /// How many sites at most.
    pub(super) most: usize,
    /// How many words the message may have.
    pub(super) most_words: usize,
}

impl Breaks {
    /// What a rule says.
    ///
    /// # Errors
    /// A key too few or too many, or a break that is no white space.
    pub(super) fn read(raw: &RawRule, rule: u32, class: Class) -> Result<Breaks, Fault> {
        let alternatives = raw.breaks.as_ref().map(|list| list.get_ref().clone()).unwrap_or_default();
        let patterns = raw.context();
        let other = raw.alternatives.is_some() || raw.sets.is_some() || raw.moved.is_some() || raw.tie.is_some();
        let around = [&patterns.after, &patterns.not_after, &patterns.before, &patterns.not_before, &raw.not_with];
        let (Some(most), Some(most_words)) = (raw.most, raw.most_words) else { return Err(Fault::Breaks) };
        if class != Class::Layout
            || alternatives.len() < 2
            || other
            || raw.literal
            || around.iter().any(|l| !l.is_empty())
        {
            return Err(Fault::Breaks);
        }
        for (number, text) in alternatives.iter().enumerate() {
            let white = !text.is_empty() && text.chars().all(|c| matches!(c, ' ' | '\n'));
            if !white || alternatives[..number].contains(text) {
                return Err(Fault::Break(text.clone()));
            }
        }
        Ok(Breaks { rule, alternatives, most, most_words })
    }
}

/// The sites of the pack's rules of breaks: between every other pair of sentences, so that no copy falls to pieces.
pub(super) fn breaks(pack: &Pack, page: &Page<'_>, found: &mut Vec<Candidate>) {
    let Some(widest) = pack.breaks.iter().map(|b| b.most_words).max() else { return };
    // A text so long has more words than that, or is no prose.
    if page.text.len() / 16 > widest || !plain(page) {
        return;
    }
    let words = word_count(page.text);
    for rule in pack.breaks.iter().filter(|rule| words <= rule.most_words) {
        let places = page.sentences().windows(2).filter_map(|pair| {
            let (before, next) = (page.tokens.get(pair[0].end.checked_sub(1)?)?, page.tokens.get(pair[1].start)?);
            let span = before.span.end..next.span.start;
            let stands = page.text.get(span.clone())?;
            let column = rule.alternatives.iter().position(|a| a == stands)?;
            let open = !before.closed && !next.closed && !page.is_closed(&span) && next.kind == TokenKind::Word;
            open.then_some((span, column, next.sentence))
        });
        for (span, column, sentence) in places.step_by(2).take(rule.most) {
            let mut alternatives = rule.alternatives.clone();
            alternatives.swap(0, column);
            found.push(Candidate {
                span,
                alternatives,
                column,
                rule: rule.rule as usize,
                sentence,
                length: 1,
                places: Vec::new(),
            });
        }
    }
}

/// Whether every line of the text ends as a sentence does, and its writer contracts. That does not hang on how the
/// breaks stand, so every copy is judged alike.
fn plain(page: &Page<'_>) -> bool {
    let mut lines = page.text.lines().map(str::trim).filter(|line| !line.is_empty());
    page.casual && lines.all(|line| line.ends_with(['.', '!', '?', '…']))
}
