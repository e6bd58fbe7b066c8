//! What may be said in public of the differences between a post and a message of which parts stay closed.
//!
//! A difference is shown where everything that was sent there lies in open parts, and only there: what a post puts in, changes or leaves out
//! in a closed part would say something about that part. What was sent is quoted in the first file copy's wording, as the bundle has it:
//! where the copies differ, and how, is nobody's business.

use std::ops::Range;

use countermark_marking::{Master, Part, Piece};
use countermark_statement::{Change, ChangeKind, clean};
use countermark_tracing::{Change as Traced, ChangeKind as TracedKind, Trace};

use crate::messages::Opened;
use crate::seal::first;
use crate::standing::{stands, words};

/// A message's parts in two renderings: the one that differences are counted in, and the one that is opened.
pub(super) struct Quotes<'a> {
    opened: &'a Opened,
    parts: Vec<Part>,
    /// Where each part stands in the rendering that takes every first alternative.
    ranges: Vec<Range<usize>>,
    zeros: Vec<u8>,
    /// The codeword of the texts that are opened; none where they are not read back.
    codeword: Option<Vec<u8>>,
    open: &'a [usize],
    /// The post's canonical words.
    published: Vec<String>,
}

impl<'a> Quotes<'a> {
    pub(super) fn new(opened: &'a Opened, open: &'a [usize], published: &str) -> Self {
        let (master, parts) = (&opened.master, opened.master.parts());
        let zeros = first(master);
        let mut at = 0;
        let ranges = parts.iter().map(|part| {
            let start = at;
            at += master.part_text(part, &zeros).len();
            start..at
        });
        let ranges = ranges.collect();
        let text: String = opened.record.text.parts.iter().map(|part| part.text.as_str()).collect();
        let codeword = master.read_copy(&text, &|field| Some(format!("[{field}]")));
        Self { opened, parts, ranges, zeros, codeword, open, published: words(published) }
    }

    /// The differences as the public sees them, in the message's order; without the post's own words where its text is kept back.
    pub(super) fn changes(&self, trace: &Trace, post: Option<&str>) -> Vec<Change> {
        // Also what is a letter or two away: "ninety" for "nine" may be a slip, and changes everything.
        let traced =
            trace.changes.iter().filter(|change| change.kind != TracedKind::Moved || self.moved(change, trace));
        traced.flat_map(|change| self.change(change, post)).collect()
    }

    /// Whether a passage changed places with one of open parts. That it stands before or behind words of a closed one says that those words
    /// are in the post.
    fn moved(&self, change: &Traced, trace: &Trace) -> bool {
        let open = trace
            .passages
            .iter()
            .filter(|passage| !passage.repeated && self.touched(&passage.sent).iter().all(|part| self.is_open(*part)));
        let turned = |passage: &countermark_tracing::Passage| {
            (passage.sent.start < change.sent_at.start) != (passage.published.start < change.published_at.start)
        };
        let other = |passage: &&countermark_tracing::Passage| passage.sent != change.sent_at;
        open.filter(other).any(turned)
    }

    fn change(&self, change: &Traced, post: Option<&str>) -> Vec<Change> {
        let kind = match change.kind {
            TracedKind::Added => ChangeKind::Added,
            TracedKind::Changed => ChangeKind::Changed,
            TracedKind::Moved => ChangeKind::Moved,
            TracedKind::Omitted => ChangeKind::Omitted,
        };
        let touched = self.touched(&change.sent_at);
        // What was left out of open parts was left out, whatever became of the closed ones beside them.
        if kind == ChangeKind::Omitted {
            let stands =
                |part: usize| self.parts.get(part - 1).is_some_and(|part| stands(part, &self.published).is_some());
            let open = touched.into_iter().filter(|part| self.is_open(*part) && !stands(*part));
            return open.filter_map(|part| self.omitted(part, &change.sent_at)).collect();
        }
        let Some(number) = touched.first().copied().filter(|_| touched.iter().all(|part| self.is_open(*part))) else {
            return Vec::new();
        };
        let sent: Option<String> = match kind {
            ChangeKind::Added => None,
            _ => touched.iter().map(|part| self.sent(*part, &change.sent_at)).collect(),
        };
        if sent.is_none() && kind != ChangeKind::Added {
            return Vec::new();
        }
        let at = post.and(Some(change.published_at.clone())).filter(|at| !at.is_empty());
        let published = at.clone().and_then(|at| post?.get(at)).map(clean);
        if kind == ChangeKind::Added && published.is_none() {
            return Vec::new();
        }
        vec![Change {
            kind,
            part: u32::try_from(number).ok(),
            sent: sent.map(|sent| clean(&sent)),
            at: at.filter(|_| published.is_some()).map(|at| (at.start, at.end)),
            published,
        }]
    }

    /// The parts, from 1, that a stretch of the message touches; of an empty one, those on both sides of it.
    fn touched(&self, span: &Range<usize>) -> Vec<usize> {
        let beside = |part: &Range<usize>| match span.is_empty() {
            true => part.start <= span.start && span.start <= part.end,
            false => part.start < span.end && span.start < part.end,
        };
        (1..).zip(&self.ranges).filter(|(_, part)| beside(part)).map(|(number, _)| number).collect()
    }

    fn is_open(&self, part: usize) -> bool {
        self.open.binary_search(&part).is_ok()
    }

    fn omitted(&self, part: usize, span: &Range<usize>) -> Option<Change> {
        let sent = self.sent(part, span).filter(|sent| sent.chars().any(char::is_alphanumeric))?;
        let part = u32::try_from(part).ok()?;
        Some(Change {
            kind: ChangeKind::Omitted,
            part: Some(part),
            sent: Some(clean(sent.trim())),
            published: None,
            at: None,
        })
    }

    /// What of a part was sent in a stretch of the message, in the wording that is opened. A stretch that begins or ends within a site takes
    /// all of it.
    fn sent(&self, number: usize, span: &Range<usize>) -> Option<String> {
        let (part, range) = (self.parts.get(number - 1)?, self.ranges.get(number - 1)?);
        let codeword = self.codeword.as_ref()?;
        let (mut counted, mut words) = (range.start, String::new());
        for piece in &part.pieces {
            let length = shown(&self.opened.master, piece, &self.zeros).len();
            let within = counted.max(span.start)..(counted + length).min(span.end);
            let text = shown(&self.opened.master, piece, codeword);
            match piece {
                Piece::Text(_) if within.start < within.end => {
                    words.push_str(text.get(within.start - counted..within.end - counted)?);
                }
                // Of an alternative that is empty in one of the two renderings, nothing is counted there.
                Piece::Site { .. } | Piece::Field(_)
                    if within.start < within.end || (length == 0 && span.start < counted && counted < span.end) =>
                {
                    words.push_str(&text);
                }
                _ => {}
            }
            counted += length;
        }
        // It stands in the part that is opened, word for word, or it is not said.
        let text = &self.opened.record.text.parts.get(number - 1)?.text;
        text.contains(&words).then_some(words)
    }
}

/// What a piece shows under a codeword, fields as their names in square brackets.
fn shown(master: &Master, piece: &Piece, codeword: &[u8]) -> String {
    let part = Part {
        index: 0,
        source: 0..0,
        pieces: vec![piece.clone()],
        sites: vec![],
        length_class: countermark_marking::LengthClass::UpTo5,
    };
    master.part_text(&part, codeword)
}
