//! The comparison: what was left out, put in, changed, moved.

use std::ops::{Range, RangeInclusive};

use countermark_text::Span;

use crate::align::Op;
use crate::cost::SLIP;
use crate::lattice::{Kind, Lattice, Node, Segment};
use crate::leak::Leak;
use crate::passage::{Aligned, turns};
use crate::trace::Passage;

/// What was done to a stretch of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// It was sent and not published.
    Omitted,
    /// It was published and not sent.
    Added,
    /// Something else stands in its place.
    Changed,
    /// It stands in another place.
    Moved,
}

impl ChangeKind {
    /// The word for it: `omitted`, `added`, `changed`, `moved`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Omitted => "omitted",
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Moved => "moved",
        }
    }
}

/// A stretch of one of the two texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// Its bytes.
    pub span: Span,
    /// Its text as it stands there.
    pub text: String,
}

/// One difference between what was sent and what was published.
///
/// Spans of what was sent count in the rendering that takes every first alternative, fields as `[name]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What was done.
    pub kind: ChangeKind,
    /// What was sent; nothing for what was added.
    pub sent: Option<Quote>,
    /// What was published; nothing for what was omitted.
    pub published: Option<Quote>,
    /// Where, in what was sent; empty for what was added: the place where it was put in.
    pub sent_at: Span,
    /// Where, in what was published; empty for what was omitted: the place where it is missing.
    pub published_at: Span,
    /// The parts of the message concerned, from 1.
    pub parts: RangeInclusive<usize>,
    /// No more than a slip of the pen or a scanner's error in single words, or a word split or joined.
    pub slip: bool,
}

/// Foreign text between two neighbouring passages belongs to the quotation up to so many words.
const WITHIN: usize = 60;

/// So many words at the end or the beginning of a quotation may stand for others.
const INSTEAD: usize = 12;

/// Passages of one leak against the message's text.
pub(crate) struct Outline<'a> {
    lattice: &'a Lattice,
    leak: &'a Leak<'a>,
    parts: &'a [usize],
    aligned: &'a [Aligned],
    listed: Vec<Passage>,
    /// Whether the leak is the message more than anything else.
    mostly: bool,
}

impl<'a> Outline<'a> {
    pub(crate) fn new(lattice: &'a Lattice, leak: &'a Leak<'a>, parts: &'a [usize], aligned: &'a [Aligned]) -> Self {
        let mut listed: Vec<Passage> = aligned
            .iter()
            .map(|a| Passage {
                sent: lattice.nodes[a.nodes.0 as usize].sent.start..lattice.nodes[a.nodes.1 as usize].sent.end,
                published: leak.span(a.tokens.start).start..leak.span(a.tokens.end - 1).end,
                words: a.exact + a.slips,
                longest_run: a.run,
                repeated: false,
            })
            .collect();
        mark_repeats(&mut listed);
        let matched: usize = listed.iter().map(|p| p.words).sum();
        let mostly = matched * 10 >= leak.words() * 6;
        Self { lattice, leak, parts, aligned, listed, mostly }
    }

    pub(crate) fn passages(&self) -> Vec<Passage> {
        self.listed.clone()
    }

    /// All changes, in the message's order.
    pub(crate) fn changes(&self) -> Vec<Change> {
        let mut out = Vec::new();
        for (aligned, _) in self.aligned.iter().zip(&self.listed).filter(|(_, p)| !p.repeated) {
            self.inside(aligned, &mut out);
        }
        self.moved(&mut out);
        self.between(&mut out);
        self.beside_moved(&mut out);
        out.sort_by_key(|change| (change.sent_at.start, change.published_at.start, change.sent_at.end));
        out
    }

    /// Changes within a passage.
    fn inside(&self, aligned: &Aligned, out: &mut Vec<Change>) {
        let mut edit = Edit::default();
        let mut sent_end = self.lattice.nodes[aligned.nodes.0 as usize].sent.start;
        let mut published_end = self.leak.span(aligned.tokens.start).start;
        for op in &aligned.ops {
            match *op {
                Op::Pair { node, token, distance } => {
                    let found = &self.lattice.nodes[node as usize];
                    if found.kind == Kind::Word && distance > 0 {
                        let slip = distance <= SLIP && found.canon.chars().count() > 3;
                        edit.both(found.sent.clone(), self.leak.span(token), slip);
                    } else if found.kind == Kind::Word {
                        self.settle(&mut edit, sent_end, published_end, out);
                    }
                    // A mark inside an edit is part of it when the edit goes on behind it.
                    sent_end = sent_end.max(found.sent.end);
                    published_end = published_end.max(self.leak.span(token).end);
                }
                Op::Split { node, token } => {
                    let sent = self.lattice.nodes[node as usize].sent.clone();
                    let seen = self.leak.span(token).start..self.leak.span(token + 1).end;
                    sent_end = sent_end.max(sent.end);
                    published_end = published_end.max(seen.end);
                    edit.both(sent, seen, true);
                }
                Op::Joined { first, node, token } => {
                    let sent =
                        self.lattice.nodes[first as usize].sent.start..self.lattice.nodes[node as usize].sent.end;
                    sent_end = sent_end.max(sent.end);
                    published_end = published_end.max(self.leak.span(token).end);
                    edit.both(sent, self.leak.span(token), true);
                }
                Op::Omit { node } => {
                    let found = &self.lattice.nodes[node as usize];
                    if found.kind == Kind::Word {
                        edit.omit(found.sent.clone());
                    }
                    sent_end = sent_end.max(found.sent.end);
                }
                Op::Insert { token } => {
                    if self.leak.is_word(token) {
                        edit.insert(self.leak.span(token));
                    }
                    published_end = published_end.max(self.leak.span(token).end);
                }
                Op::Fill { node, to, .. } => {
                    self.settle(&mut edit, sent_end, published_end, out);
                    sent_end = self.lattice.nodes[node as usize].sent.end;
                    if let Some(last) = to.checked_sub(1).filter(|&t| t < self.leak.len()) {
                        published_end = published_end.max(self.leak.span(last).end);
                    }
                }
            }
        }
        self.settle(&mut edit, sent_end, published_end, out);
    }

    /// Ends an edit.
    fn settle(&self, edit: &mut Edit, sent_end: usize, published_end: usize, out: &mut Vec<Change>) {
        let Edit { sent, seen, slip, any } = std::mem::take(edit);
        if any {
            let sent_at = sent.clone().unwrap_or(sent_end..sent_end);
            let seen_at = seen.clone().unwrap_or(published_end..published_end);
            out.extend(self.change(None, sent_at, seen_at, slip));
        }
    }

    /// Passages that stand in another order: all but the heaviest rising row.
    fn moved(&self, out: &mut Vec<Change>) {
        let row: Vec<usize> = (0..self.listed.len()).filter(|&i| !self.listed[i].repeated).collect();
        let kept =
            heaviest_rise(&row.iter().map(|&i| (self.listed[i].sent.start, self.listed[i].words)).collect::<Vec<_>>());
        for (k, &i) in row.iter().enumerate() {
            if !kept.contains(&k) {
                let passage = &self.listed[i];
                let kind = Some(ChangeKind::Moved);
                out.extend(self.change(kind, passage.sent.clone(), passage.published.clone(), false));
            }
        }
    }

    /// The passages that are no repeats, in the message's order.
    fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.listed.len()).filter(|&i| !self.listed[i].repeated).collect();
        order.sort_by_key(|&i| self.listed[i].sent.start);
        order
    }

    /// What was put in where passages changed places within one stretch of the message: it stands between two that do not follow each
    /// other in the message.
    fn beside_moved(&self, out: &mut Vec<Change>) {
        let within = |i: &usize| self.aligned[*i].within;
        if !(1..self.listed.len()).any(|i| within(&i)) {
            return;
        }
        let order = self.order();
        let mut next = vec![None; self.listed.len()];
        for pair in order.windows(2) {
            next[pair[0]] = Some(pair[1]);
        }
        let told: Vec<Span> =
            out.iter().filter(|c| c.kind != ChangeKind::Moved).map(|c| c.published_at.clone()).collect();
        for after in (1..self.listed.len()).filter(within).filter(|&i| next[i - 1] != Some(i)) {
            let Some(seen) = self.foreign(after - 1, after) else { continue };
            if told.iter().all(|span| span.end <= seen.start || seen.end <= span.start) {
                let place = self.listed[after - 1].sent.end;
                out.extend(self.change(None, place..place, seen, false));
            }
        }
    }

    /// What lies between and around the passages.
    fn between(&self, out: &mut Vec<Change>) {
        let mut covered = 0;
        let mut before: Option<usize> = None;
        for after in self.order().into_iter().map(Some).chain([None]) {
            let next = after.map_or(self.lattice.base.len(), |i| self.listed[i].sent.start);
            let gap = self.trim(covered..next.max(covered));
            let foreign = match (before, after) {
                (Some(a), Some(b)) => self.foreign(a, b),
                _ => None,
            };
            match (gap, foreign) {
                (Some(gap), Some(seen)) => out.extend(self.change(None, gap, seen, false)),
                (Some(gap), None) => self.gap(gap, before, after, out),
                (None, Some(seen)) => out.extend(self.change(None, next..next, seen, false)),
                (None, None) => {}
            }
            if let Some(i) = after {
                covered = covered.max(self.listed[i].sent.end);
                before = Some(i);
            }
        }
    }

    /// A stretch of the message that no passage covers, with nothing of the leak in its place; but a quotation may end or begin with
    /// words of its own where the message's sentence goes on (`for two years."` in the place of `for a year.`).
    fn gap(&self, gap: Span, before: Option<usize>, after: Option<usize>, out: &mut Vec<Change>) {
        let mut left = gap.clone();
        if let Some((sent, seen)) = before.and_then(|a| self.ending(a, &gap)) {
            left.start = sent.end;
            out.extend(self.change(None, sent, seen, false));
        }
        if let Some((sent, seen)) = after.and_then(|b| self.beginning(b, &left)) {
            left.end = sent.start;
            out.extend(self.change(None, sent, seen, false));
        }
        // What was trimmed off already keeps its closing marks; what is left may begin with some.
        let left = if left == gap { Some(gap) } else { self.trim(left) };
        let place = match (before, after) {
            (Some(a), _) => self.listed[a].published.end,
            (None, Some(b)) => self.listed[b].published.start,
            (None, None) => 0,
        };
        out.extend(left.and_then(|left| self.change(None, left, place..place, false)));
    }

    /// The rest of the sentence that a passage breaks off in, and the words with which the leak ends it.
    fn ending(&self, passage: usize, gap: &Span) -> Option<(Span, Span)> {
        let Passage { sent, published, .. } = &self.listed[passage];
        let end = *self.parts.get(self.part_at(sent.end.checked_sub(1)?) - 1)?;
        let rest = self.words_only(self.trim(gap.start..end.min(gap.end))?);
        let free = self.listed.iter().map(|p| p.published.start).filter(|&at| at >= published.end).min();
        let text = self.leak.text().get(published.end..free.unwrap_or(self.leak.text().len()))?;
        let stop = text.find(|c: char| matches!(c, '.' | '!' | '?' | '\u{2026}' | '\n') || is_quote(c))?;
        let closed = text[stop..].trim_start_matches(['.', '!', '?', '\u{2026}']).starts_with(is_quote);
        let seen = words_in(text, 0..stop).filter(|_| closed || self.mostly)?;
        self.stands_for(&rest, &text[seen.clone()])
            .then(|| (rest, published.end + seen.start..published.end + seen.end))
    }

    /// The beginning of the sentence that a passage comes in on, and the words with which the leak begins it.
    fn beginning(&self, passage: usize, gap: &Span) -> Option<(Span, Span)> {
        let Passage { sent, published, .. } = &self.listed[passage];
        let part = self.part_at(sent.start);
        let start = part.checked_sub(2).map_or(0, |before| self.parts[before]);
        let rest = self.words_only(self.trim(start.max(gap.start)..gap.end.max(start))?);
        let free = self.listed.iter().map(|p| p.published.end).filter(|&at| at <= published.start).max();
        let free = free.unwrap_or(0);
        let text = self.leak.text().get(free..published.start)?;
        let stop = text.rfind(|c: char| matches!(c, '.' | '!' | '?' | '\u{2026}' | '\n') || is_quote(c))?;
        let opened = text[stop..].starts_with(is_quote);
        let seen = words_in(text, stop..text.len()).filter(|_| opened || self.mostly)?;
        self.stands_for(&rest, &text[seen.clone()]).then(|| (rest, free + seen.start..free + seen.end))
    }

    /// A stretch of the message without the marks that close it.
    fn words_only(&self, span: Span) -> Span {
        let words = words_in(&self.lattice.base[span.clone()], 0..span.len());
        words.map_or(span.clone(), |words| span.start + words.start..span.start + words.end)
    }

    /// Whether so many words can have come in the place of the others: not a sentence for a word.
    fn stands_for(&self, rest: &Span, seen: &str) -> bool {
        let (was, is) =
            (countermark_text::word_count(&self.lattice.base[rest.clone()]), countermark_text::word_count(seen));
        (1..=INSTEAD).contains(&is) && is <= 2 * was + 3
    }

    /// The words of the message within a stretch of it, from the first to the last; nothing when there is none.
    fn trim(&self, gap: Range<usize>) -> Option<Span> {
        let nodes = &self.lattice.nodes;
        let from = nodes.partition_point(|n| n.sent.start < gap.start);
        let mut found: Option<Span> = None;
        for node in nodes[from..].iter().take_while(|n| n.sent.start < gap.end) {
            let counts = node.kind == Kind::Word && node.sent.end <= gap.end && !node.sent.is_empty();
            // What a copy may lack was perhaps never sent: at the edge of a gap it is no omission.
            if counts && !self.optional(node.segment) {
                found = Some(match found {
                    None => node.sent.clone(),
                    Some(span) => span.start..span.end.max(node.sent.end),
                });
            }
        }
        // Closing marks belong to what they close.
        found.map(|span| {
            let rest = &self.lattice.base[span.end..gap.end];
            let marks =
                rest.len() - rest.trim_start_matches(|c: char| !c.is_whitespace() && !c.is_alphanumeric()).len();
            span.start..span.end + marks
        })
    }

    /// Whether a copy may have no word at all in this place.
    fn optional(&self, segment: u32) -> bool {
        let Some(Segment::Fork(fork)) = self.lattice.segments.get(segment as usize) else { return false };
        let word = |node: &Node| node.kind == Kind::Word;
        fork.variants.iter().any(|variant| !self.lattice.nodes[variant.nodes.clone()].iter().any(word))
    }

    /// Text of the leak between two passages that follow each other in both texts, if it can belong to the quotation.
    fn foreign(&self, before: usize, after: usize) -> Option<Span> {
        if after != before + 1 {
            return None;
        }
        let tokens = self.aligned[before].tokens.end..self.aligned[after].tokens.start;
        let words = self.leak.words_before(tokens.end) - self.leak.words_before(tokens.start);
        if words == 0 || (words > WITHIN && !self.mostly) {
            return None;
        }
        let span = self.listed[before].published.end..self.listed[after].published.start;
        let text = self.leak.text().get(span.clone())?;
        // Quotation closed and opened again: what stands between is the reporter's.
        if turns(text) {
            return None;
        }
        let seen = words_in(text, 0..text.len())?;
        Some(span.start + seen.start..span.start + seen.end)
    }

    /// A change; its kind follows from which side is empty unless it is given.
    fn change(&self, kind: Option<ChangeKind>, sent_at: Span, published_at: Span, slip: bool) -> Option<Change> {
        let quote = |text: &str, span: &Span| {
            let text = text.get(span.clone()).filter(|t| !t.is_empty())?;
            Some(Quote { span: span.clone(), text: text.to_owned() })
        };
        let sent = quote(&self.lattice.base, &sent_at);
        let published = quote(self.leak.text(), &published_at);
        let kind = match (kind, &sent, &published) {
            (Some(kind), _, _) => kind,
            (None, Some(_), Some(_)) => ChangeKind::Changed,
            (None, Some(_), None) => ChangeKind::Omitted,
            (None, None, Some(_)) => ChangeKind::Added,
            (None, None, None) => return None,
        };
        let parts = self.part_at(sent_at.start)..=self.part_at(sent_at.end.max(sent_at.start + 1) - 1);
        Some(Change { kind, sent, published, sent_at, published_at, parts, slip })
    }

    /// The part, from 1, that a byte of the message lies in.
    fn part_at(&self, byte: usize) -> usize {
        (self.parts.partition_point(|&end| end <= byte) + 1).min(self.parts.len().max(1))
    }
}

/// A mark of quotation; an apostrophe is none.
fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{201f}' | '\u{ab}' | '\u{bb}' | '\u{2039}' | '\u{203a}')
}

/// From the first word of a stretch of text to the last one.
fn words_in(text: &str, within: Range<usize>) -> Option<Range<usize>> {
    let inner = &text[within.clone()];
    let from = inner.find(char::is_alphanumeric)?;
    let last = inner.rfind(char::is_alphanumeric)?;
    let to = last + inner[last..].chars().next().map_or(1, char::len_utf8);
    Some(within.start + from..within.start + to)
}

/// A run of differences that is still open.
#[derive(Clone, Debug, Default)]
struct Edit {
    sent: Option<Span>,
    seen: Option<Span>,
    slip: bool,
    any: bool,
}

impl Edit {
    fn both(&mut self, sent: Span, seen: Span, slip: bool) {
        self.slip = slip && (self.slip || !self.any);
        self.any = true;
        grow(&mut self.sent, sent);
        grow(&mut self.seen, seen);
    }

    fn omit(&mut self, sent: Span) {
        self.slip = false;
        self.any = true;
        grow(&mut self.sent, sent);
    }

    fn insert(&mut self, seen: Span) {
        self.slip = false;
        self.any = true;
        grow(&mut self.seen, seen);
    }
}

fn grow(span: &mut Option<Span>, by: Span) {
    *span = Some(match span.take() {
        None => by,
        Some(old) => old.start.min(by.start)..old.end.max(by.end),
    });
}

/// A passage of which half or more of the message's text stands in a larger passage too is a repeat.
fn mark_repeats(listed: &mut [Passage]) {
    let mut order: Vec<usize> = (0..listed.len()).collect();
    order.sort_by_key(|&i| (std::cmp::Reverse(listed[i].words), i));
    let mut taken: Vec<Span> = Vec::new();
    for i in order {
        let span = listed[i].sent.clone();
        let shared = |other: &Span| span.end.min(other.end).saturating_sub(span.start.max(other.start));
        // A leak of many thousand repeats must not cost their square: the largest few tell.
        if taken.iter().take(256).any(|other| shared(other) * 2 >= span.len()) {
            listed[i].repeated = true;
        } else {
            taken.push(span);
        }
    }
}

/// Indices of the heaviest strictly rising row of (place, weight).
fn heaviest_rise(row: &[(usize, usize)]) -> Vec<usize> {
    // Passages that are no repeats cover different text, so there are few.
    let mut best: Vec<(usize, Option<usize>)> = Vec::with_capacity(row.len());
    for (i, &(place, weight)) in row.iter().enumerate() {
        let before = (0..i).filter(|&j| row[j].0 < place).max_by_key(|&j| best[j].0);
        best.push((weight + before.map_or(0, |j| best[j].0), before));
    }
    let mut kept = Vec::new();
    let mut at = (0..row.len()).max_by_key(|&i| best[i].0);
    while let Some(i) = at {
        kept.push(i);
        at = best[i].1;
    }
    kept
}
