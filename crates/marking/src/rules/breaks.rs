//! Breaks between sentences of short messages: one line, a new line, a new paragraph.
//!
//! Only a message without any layout of its own is asked: a greeting, a list, a heading or a signature stands on a line
//! that does not end as sentences do, and whoever writes such lines has laid his text out.

use super::find::Candidate;
use super::pack::Pack;
use super::page::Page;
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

/// Whether every line of the text ends as a sentence does.
fn plain(page: &Page<'_>) -> bool {
    let mut lines = page.text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.all(|line| line.ends_with(['.', '!', '?', '…']))
}
