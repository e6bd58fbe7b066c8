//! A master's source made ready for the rules: sites and fields masked, tokens with their sentences,
//! and what no rule may touch marked.

use super::protect::protected;
use crate::{Master, Piece, Span};
use countermark_text::{TokenKind, sentences, tokens};
use std::borrow::Cow;
use std::ops::Range;

/// How a token is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    /// No upper-case letter, or no letter at all.
    Lower,
    /// The first letter alone, or a single letter.
    Capital,
    /// An upper-case letter further on: US, NATO, McNamara.
    Upper,
}

impl Case {
    pub(super) fn of(raw: &str) -> Case {
        let mut case = Case::Lower;
        for (n, c) in raw.chars().filter(|c| c.is_alphabetic()).enumerate() {
            if c.is_uppercase() {
                if n > 0 {
                    return Case::Upper;
                }
                case = Case::Capital;
            }
        }
        case
    }
}

/// A token of the page.
#[derive(Debug)]
pub(super) struct PageToken<'t> {
    pub(super) kind: TokenKind,
    pub(super) span: Span,
    pub(super) canon: Cow<'t, str>,
    pub(super) case: Case,
    /// A single letter, or one with an apostrophe ("I", "I'm"): capital by rule, no name.
    short: bool,
    pub(super) sentence: usize,
    /// Lies in what no rule may touch.
    pub(super) closed: bool,
}

impl PageToken<'_> {
    /// Written with a capital as a name is.
    pub(super) fn is_name(&self) -> bool {
        self.kind == TokenKind::Word && self.case != Case::Lower && !self.short
    }

    /// A single letter, or one with an apostrophe: its capital says nothing.
    pub(super) fn is_short(&self) -> bool {
        self.short
    }

    pub(super) fn ends_sentence(&self) -> bool {
        matches!(self.canon.as_ref(), "." | "!" | "?" | "..." | ")" | "\"" | ":")
    }
}

/// A masked source with all that the rules ask about it.
#[derive(Debug)]
pub(super) struct Page<'t> {
    /// The masked source; offsets are those of the source.
    pub(super) text: &'t str,
    pub(super) tokens: Vec<PageToken<'t>>,
    /// Token ranges of the sentences.
    sentences: Vec<Range<usize>>,
    closed: Vec<Span>,
    /// The writer's apostrophes are curly, so those that are offered must be.
    pub(super) curly: bool,
    /// The writer contracts ("I'm", "don't"): what he writes is no formal letter.
    pub(super) casual: bool,
}

impl<'t> Page<'t> {
    /// Reads a masked source (see [`mask`]) whose masked bytes are `opaque`, in order.
    pub(super) fn new(text: &'t str, opaque: &[Span]) -> Page<'t> {
        let closed = union(protected(text), opaque);
        let cuts = sentences(text);
        let mut all = Vec::new();
        let mut ranges: Vec<Range<usize>> = vec![0..0; cuts.len()];
        let (mut cut, mut guard) = (0, 0);
        for token in tokens(text) {
            while cut + 1 < cuts.len() && token.span.start >= cuts[cut].end {
                cut += 1;
                ranges[cut] = all.len()..all.len();
            }
            while guard < closed.len() && closed[guard].end <= token.span.start {
                guard += 1;
            }
            let raw = &text[token.span.clone()];
            let mut letters = raw.chars();
            letters.next();
            let short = letters.next().is_none_or(|c| matches!(c, '\'' | '’'));
            all.push(PageToken {
                kind: token.kind,
                case: Case::of(raw),
                short,
                sentence: cut,
                closed: closed.get(guard).is_some_and(|c| c.start < token.span.end),
                span: token.span,
                canon: token.canon,
            });
            if let Some(range) = ranges.get_mut(cut) {
                range.end = all.len();
            }
        }
        let curly = text.contains('’') && !text.contains('\'');
        let casual = all.iter().any(|t| !t.closed && contracted(&t.canon));
        Page { text, tokens: all, sentences: ranges, closed, curly, casual }
    }

    /// The token ranges of the sentences, in order.
    pub(super) fn sentences(&self) -> &[Range<usize>] {
        &self.sentences
    }

    /// The token range of the sentence in which a token stands.
    pub(super) fn sentence(&self, token: usize) -> Range<usize> {
        self.tokens.get(token).and_then(|t| self.sentences.get(t.sentence)).cloned().unwrap_or(0..0)
    }

    /// The tokens of the sentences before and behind the one in which a span begins.
    pub(super) fn beside(&self, span: &Span) -> impl Iterator<Item = &PageToken<'t>> + Clone {
        let at = self.tokens.partition_point(|t| t.span.end <= span.start);
        let here = self.tokens.get(at).map_or(self.sentences.len(), |t| t.sentence);
        let tokens = |sentence: Option<usize>| {
            let range = sentence.and_then(|s| self.sentences.get(s)).cloned().unwrap_or(0..0);
            self.tokens[range].iter()
        };
        tokens(here.checked_sub(1)).chain(tokens(Some(here + 1)))
    }

    /// Whether a token opens its sentence, or what stands before it is a colon, a number or a mark.
    pub(super) fn opens(&self, token: usize) -> bool {
        let before = &self.tokens[self.sentence(token).start..token];
        before.last().is_some_and(|t| t.canon == ":") || before.iter().all(not_a_word)
    }

    /// Whether a span touches something closed.
    pub(super) fn is_closed(&self, span: &Span) -> bool {
        let at = self.closed.partition_point(|c| c.end <= span.start);
        self.closed.get(at).is_some_and(|c| c.start < span.end || (span.is_empty() && c.start < span.start))
    }
}

/// A word with a verb or "not" drawn into it; a possessive is none.
fn contracted(word: &str) -> bool {
    let ends = ["n't", "'m", "'re", "'ve", "'ll", "'d"];
    ends.iter().any(|end| word.strip_suffix(end).is_some_and(|start| !start.is_empty()))
        || matches!(word, "it's" | "that's" | "there's" | "what's" | "let's" | "he's" | "she's" | "here's")
}

/// A list mark ("1.", "(2)") or punctuation.
fn not_a_word(token: &PageToken<'_>) -> bool {
    token.kind == TokenKind::Punct || token.canon.chars().all(|c| c.is_ascii_digit())
}

/// The master's source with sites, fields and escapes masked by as many bytes of a word that no rule knows,
/// and the masked spans, in order.
pub(super) fn mask(master: &Master) -> (String, Vec<Span>) {
    let source = master.source();
    let mut spans = Vec::new();
    for (piece, span) in master.pieces().iter().zip(master.spans()) {
        if let Piece::Text(_) = piece {
            escapes(source, span, &mut spans);
        } else {
            spans.push(span.clone());
        }
    }
    let mut masked = String::with_capacity(source.len());
    let mut kept = 0;
    for span in &spans {
        masked.push_str(&source[kept..span.start]);
        masked.extend(std::iter::repeat_n('x', span.len()));
        kept = span.end;
    }
    masked.push_str(&source[kept..]);
    (masked, spans)
}

fn escapes(source: &str, within: &Span, spans: &mut Vec<Span>) {
    let bytes = source.as_bytes();
    let mut at = within.start;
    while at < within.end {
        let escape = bytes[at] == b'\\' && matches!(bytes.get(at + 1), Some(b'{' | b'|' | b'}' | b'\\'));
        if escape {
            spans.push(at..at + 2);
        }
        at += if escape { 2 } else { 1 };
    }
}

fn union(mut spans: Vec<Span>, more: &[Span]) -> Vec<Span> {
    spans.extend(more.iter().cloned());
    spans.sort_by_key(|s| (s.start, s.end));
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_keep_every_offset() {
        let source = r"A {b|c\}d} e {=name} \{f\} g\h";
        let (masked, spans) = mask(&Master::parse(source).unwrap());
        assert_eq!(masked.len(), source.len());
        assert_eq!(masked, r"A xxxxxxxx e xxxxxxx xxfxx g\h");
        assert_eq!(spans.len(), 4);
    }

    #[test]
    fn cases() {
        for (raw, case) in [
            ("in", Case::Lower),
            ("In", Case::Capital),
            ("I", Case::Capital),
            ("US", Case::Upper),
            ("5", Case::Lower),
            ("U.S.", Case::Upper),
        ] {
            assert_eq!(Case::of(raw), case, "{raw}");
        }
    }
}
