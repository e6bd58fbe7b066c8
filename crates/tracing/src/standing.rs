//! What is told of as left out or put in, read once more: a sentence that stands in the other text word for word is neither.
//!
//! A passage takes the words that lie on its way. A sentence beside it may be a repeat of one that another passage has, or have
//! changed places into a gap too narrow for a passage of its own. Then nothing was put in, and nothing left out.

use countermark_text::Span;

use crate::changes::{Change, ChangeKind, Outline, words_in};
use crate::lattice::{Kind, narrow};
use crate::seam::NEAR;
use crate::seeds::{Seed, Words};

/// Of posts with more words the comparison stays as it is: every sentence is held against every shared run.
pub(crate) const READ: usize = 20_000;

/// Shared runs, and the message that they are of.
pub(crate) struct Standing<'a> {
    pub(crate) outline: &'a Outline<'a>,
    pub(crate) words: &'a Words,
    /// All runs of at least `least` words.
    pub(crate) seeds: &'a [Seed],
    /// Shorter sentences stand in many texts.
    pub(crate) least: usize,
}

impl Standing<'_> {
    /// The changes without what is not so.
    pub(crate) fn settle(&self, changes: Vec<Change>) -> Vec<Change> {
        if self.seeds.is_empty() {
            return changes;
        }
        let mut out = Vec::with_capacity(changes.len());
        for change in changes {
            match change.kind {
                ChangeKind::Omitted => self.omitted(change, &mut out),
                ChangeKind::Added => self.added(change, &mut out),
                ChangeKind::Changed | ChangeKind::Moved => out.push(change),
            }
        }
        out.sort_by_key(|change| (change.sent_at.start, change.published_at.start, change.sent_at.end));
        out
    }

    /// Of what was left out, what stands elsewhere was moved; where a passage has it already nothing is told.
    fn omitted(&self, change: Change, out: &mut Vec<Change>) {
        let Outline { listed, parts, .. } = self.outline;
        let (range, place) = (change.sent_at.clone(), change.published_at.clone());
        let mut from = range.start;
        let first = change.parts.start().saturating_sub(1);
        for (part, &end) in parts.iter().enumerate().take(*change.parts.end()).skip(first) {
            let start = part.checked_sub(1).map_or(0, |before| parts[before]);
            let Some(sentence) = self.outline.trim(start..end).map(|span| self.outline.words_only(span)) else {
                continue;
            };
            if sentence.start < from || sentence.end > range.end {
                continue;
            }
            let Some(seen) = self.stands(&sentence) else { continue };
            self.rest(from..sentence.start, &place, out);
            let known = |span: &Span| span.start < seen.end && seen.start < span.end;
            if !listed.iter().any(|passage| known(&passage.published)) {
                out.extend(self.outline.change(Some(ChangeKind::Moved), sentence.clone(), seen, false));
            }
            from = sentence.end;
        }
        if from == range.start {
            out.push(change);
        } else {
            self.rest(from..range.end, &place, out);
        }
    }

    fn rest(&self, gap: Span, place: &Span, out: &mut Vec<Change>) {
        let left = self.outline.trim(gap);
        out.extend(left.and_then(|left| self.outline.change(Some(ChangeKind::Omitted), left, place.clone(), false)));
    }

    /// Of what was put in, what the message has is a repeat.
    fn added(&self, change: Change, out: &mut Vec<Change>) {
        let (range, place) = (change.published_at.clone(), change.sent_at.clone());
        let Some(text) = self.outline.leak.text().get(range.clone()) else { return out.push(change) };
        let mut from = 0;
        for sentence in countermark_text::parts(text) {
            if self.repeats(range.start + sentence.start..range.start + sentence.end) {
                self.left(&range, from..sentence.start, &place, out);
                from = sentence.end;
            }
        }
        if from == 0 {
            out.push(change);
        } else {
            self.left(&range, from..text.len(), &place, out);
        }
    }

    fn left(&self, range: &Span, within: Span, place: &Span, out: &mut Vec<Change>) {
        let text = self.outline.leak.text().get(range.clone()).unwrap_or_default();
        if let Some(seen) = words_in(text, within) {
            let seen = range.start + seen.start..range.start + seen.end;
            out.extend(self.outline.change(Some(ChangeKind::Added), place.clone(), seen, false));
        }
    }

    /// Whether a stretch of the leak is words of the message, one after another.
    fn repeats(&self, sentence: Span) -> bool {
        let leak = self.outline.leak;
        let words = leak.word_tokens();
        let from = words.partition_point(|&token| leak.span(token as usize).start < sentence.start);
        let to = words.partition_point(|&token| leak.span(token as usize).end <= sentence.end);
        let holds = |seed: &Seed| seed.leak <= from && to <= seed.leak + seed.nodes.len();
        to.saturating_sub(from) >= self.least && self.seeds.iter().any(holds)
    }

    /// Where a sentence of the message stands in the leak, from its first word to its last.
    fn stands(&self, sentence: &Span) -> Option<Span> {
        let (lattice, leak) = (self.outline.lattice, self.outline.leak);
        let sent = |node: u32| &lattice.nodes[node as usize].sent;
        // A word that a copy may lack is not missed.
        let inside =
            |node: u32| !sent(node).is_empty() && sentence.start <= sent(node).start && sent(node).end <= sentence.end;
        self.seeds.iter().find_map(|seed| {
            let from = seed.nodes.partition_point(|&node| sent(node).start < sentence.start);
            let to = seed.nodes.partition_point(|&node| sent(node).end <= sentence.end);
            let run = seed.nodes.get(from..to).filter(|run| run.len() >= self.least)?;
            let (first, last) = (*run.first()?, *run.last()?);
            let behind = last + 1..narrow(lattice.nodes.len()).min(last.saturating_add(NEAR));
            let next = |node: u32| {
                lattice.nodes[node as usize].kind == Kind::Word
                    && self.words.before(node).contains(&last)
                    && inside(node)
            };
            if self.words.before(first).iter().any(|&node| inside(node)) || behind.into_iter().any(next) {
                return None;
            }
            let token = |word: usize| leak.word_tokens().get(word).map(|&token| leak.span(token as usize));
            Some(token(seed.leak + from)?.start..token(seed.leak + to - 1)?.end)
        })
    }
}
