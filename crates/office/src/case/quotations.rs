//! Words that a published text puts into the writer's mouth: which of them he wrote, and what comes nearest to the others.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::ops::Range;

use countermark_proof::MessageId;
use countermark_reading::exports::Direction;
use countermark_reading::{Names, Strength};
use countermark_tlog::directory::Disk;

use super::written::{self, Written};
use super::{Nearest, Quotation, Searched};
use crate::messages::Opened;
use crate::record::{CaseRecord, MessageRecord, NearestRecord, QuotationRecord, SearchedRecord};
use crate::seal::first;
use crate::trace::Finding;
use crate::{Error, Office};

/// Words of a quotation that a part must hold before it is said to come near.
const NEAR_WORDS: usize = 3;

/// How alike they must be, from 0 to 1.
const NEAR: f64 = 0.2;

/// What of a published text is registered, by its bytes.
struct Held {
    passages: Vec<Range<usize>>,
    /// What was changed or put in, and the places where something was left out.
    changes: Vec<Range<usize>>,
}

impl Held {
    fn of(finding: &Finding) -> Self {
        let traces = finding.messages.iter().map(|m| &m.trace);
        // What was sent before there was a vault was written as well.
        let sent = finding.taken.iter().filter(|found| found.taken.direction == Direction::Sent);
        let traces: Vec<_> = traces.chain(sent.map(|found| &found.trace)).collect();
        Self {
            passages: traces.iter().flat_map(|t| t.passages.iter().map(|p| p.published.clone())).collect(),
            changes: traces.iter().flat_map(|t| t.changes.iter().map(|c| c.published_at.clone())).collect(),
        }
    }

    /// Whether words of a piece stand in a message.
    fn touches(&self, piece: &Range<usize>) -> bool {
        self.passages.iter().any(|p| p.start < piece.end && piece.start < p.end)
    }

    /// How many words of a piece do, unaltered.
    fn words(&self, text: &str, piece: &Range<usize>) -> usize {
        let Some(quoted) = text.get(piece.clone()) else { return 0 };
        let words = countermark_text::tokens(quoted).filter(|token| token.kind == countermark_text::TokenKind::Word);
        let within = |ranges: &[Range<usize>], at: usize| ranges.iter().any(|range| range.contains(&at));
        let places = words.map(|word| piece.start + word.span.start);
        places.filter(|at| within(&self.passages, *at) && !within(&self.changes, *at)).count()
    }

    /// Whether all of it is word for word what one message says.
    fn exactly(&self, piece: &Range<usize>) -> bool {
        // Where something is left out, the range is empty.
        let inside = |range: &Range<usize>| match range.is_empty() {
            true => piece.start < range.start && range.start < piece.end,
            false => range.start < piece.end && piece.start < range.end,
        };
        let whole = |p: &Range<usize>| p.start <= piece.start && piece.end <= p.end;
        self.passages.iter().any(whole) && !self.changes.iter().any(inside)
    }
}

/// The direct quotations in a text that are attributed to the writer, and what of them is registered.
pub(super) fn of(text: &str, names: &Names, finding: &Finding) -> Vec<Quoted> {
    if names.is_empty() {
        return Vec::new();
    }
    let held = Held::of(finding);
    let report = countermark_reading::report(text, names);
    let attributed = countermark_reading::attributed_to(&report, names);
    let quoted = attributed.iter().filter_map(|attributed| {
        let quotation = report.quotations.get(attributed.quotation)?;
        // A full stop or a mark at the ends of a piece belongs to no passage.
        let pieces = quotation.pieces.iter().map(|piece| trimmed(text, piece)).collect::<Vec<_>>();
        let words = |piece: &Range<usize>| text.get(piece.clone()).map_or(0, written::count);
        let record = QuotationRecord {
            start: quotation.whole.start,
            end: quotation.whole.end,
            certain: attributed.strength == Strength::Certain,
            ours: pieces.iter().any(|piece| held.touches(piece)),
            exact: !pieces.is_empty() && pieces.iter().all(|piece| held.exactly(piece)),
            words: pieces.iter().map(words).sum(),
            held: pieces.iter().map(|piece| held.words(text, piece)).sum(),
            message: None,
        };
        Some(Quoted { record, pieces })
    });
    quoted.collect()
}

/// A quotation, and its pieces' bytes.
pub(super) struct Quoted {
    record: QuotationRecord,
    pieces: Vec<Range<usize>>,
}

fn trimmed(text: &str, piece: &Range<usize>) -> Range<usize> {
    let Some(quoted) = text.get(piece.clone()) else { return piece.clone() };
    let words = quoted.trim_matches(|c: char| !c.is_alphanumeric());
    let start = piece.start + quoted.find(words).unwrap_or_default();
    start..start + words.len()
}

impl<D: Disk + Clone> Office<D> {
    /// Looks for the quotations of which not every word was found yet: what is short, or has words left out, no trace finds.
    pub(super) fn written(&self, text: &str, quoted: Vec<Quoted>) -> Result<Vec<QuotationRecord>, Error> {
        if quoted.iter().all(|quoted| quoted.record.exact) {
            return Ok(quoted.into_iter().map(|quoted| quoted.record).collect());
        }
        let mut texts = Vec::new();
        for message in self.open_all()? {
            // In the copies' words, as far as one wording of every site goes: the first, and the first file copy's.
            let parts: Vec<_> = message.record.text.parts.iter().map(|part| part.text.as_str()).collect();
            let zeros = message.master.render_bracketed(&first(&message.master));
            texts.push((message.id.0, Written::of(&zeros)));
            texts.push((message.id.0, Written::of(&parts.join(" "))));
        }
        for taken in self.open_taken()? {
            if taken.summary.direction == Direction::Sent {
                let text = taken.master.render_bracketed(&first(&taken.master));
                texts.push((taken.summary.message.0, Written::of(&text)));
            }
        }
        let records = quoted.into_iter().map(|Quoted { mut record, pieces }| {
            let pieces: Vec<&str> = pieces.iter().filter_map(|piece| text.get(piece.clone())).collect();
            let holder = texts.iter().find(|(_, written)| !record.exact && written.holds(&pieces));
            if let Some((message, _)) = holder {
                (record.ours, record.exact, record.held) = (true, true, record.words);
                record.message = Some(*message);
            }
            record
        });
        Ok(records.collect())
    }

    /// What was searched, where a quotation is nobody's; nothing where there is none.
    pub(crate) fn searched(&self, text: &str, quotations: &[QuotationRecord]) -> Result<Option<SearchedRecord>, Error> {
        if quotations.iter().all(|quotation| quotation.ours) {
            return Ok(None);
        }
        let messages = self.open_all()?;
        let mut before = Vec::new();
        for taken in self.open_taken()? {
            before.extend((taken.summary.direction == Direction::Sent).then_some(taken.summary.at));
        }
        let sealed = messages.iter().map(|m| m.record.as_sent.unwrap_or(m.record.sealed_ms / 1000));
        let written = sealed.chain(before.iter().copied());
        let (from, to) = written.fold((u64::MAX, 0), |(from, to), at| (from.min(at), to.max(at)));
        let parts = Parts::of(&messages);
        let foreign = quotations.iter().enumerate().filter(|(_, quotation)| !quotation.ours);
        let near = foreign.filter_map(|(number, q)| parts.nearest(number, text.get(q.start..q.end)?));
        let best = near.max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, record)| record);
        Ok(Some(SearchedRecord {
            messages: (messages.len() + before.len()) as u64,
            from: from.min(to),
            to,
            nearest: best,
        }))
    }

    /// The same with the nearest part's words.
    pub(super) fn shown_search(&self, record: &CaseRecord) -> Result<Option<Searched>, Error> {
        let Some(searched) = &record.searched else { return Ok(None) };
        let nearest = match &searched.nearest {
            Some(near) => {
                let message = self.vault.read::<_, Error>(|tx| Ok(tx.get::<MessageRecord>(near.message)?))?;
                message.and_then(|message| {
                    let text = message.text.parts.get(near.part.checked_sub(1)?)?.text.clone();
                    Some(Nearest {
                        message: MessageId(near.message),
                        part: near.part,
                        text,
                        quotation: near.quotation,
                        words: near.words,
                        of: near.of,
                    })
                })
            }
            None => None,
        };
        Ok(Some(Searched { messages: searched.messages, from: searched.from, to: searched.to, nearest }))
    }
}

/// The quotations of a case, with their words.
pub(super) fn quoted(record: &CaseRecord) -> Vec<Quotation> {
    let quoted = record.quotations.iter().filter_map(|q| {
        let text = record.published.get(q.start..q.end)?.to_owned();
        Some(Quotation { text, certain: q.certain, ours: q.ours, exact: q.exact, words: q.words, held: q.held })
    });
    quoted.collect()
}

/// The words of every part of every message, and in how many parts each stands.
struct Parts {
    parts: Vec<([u8; 16], usize, Vec<u64>)>,
    with: HashMap<u64, usize>,
}

impl Parts {
    fn of(messages: &[Opened]) -> Self {
        let mut all = Self { parts: Vec::new(), with: HashMap::new() };
        for message in messages {
            for (number, part) in message.record.text.parts.iter().enumerate() {
                let words = words(&part.text);
                for word in &words {
                    *all.with.entry(*word).or_default() += 1;
                }
                all.parts.push((message.id.0, number + 1, words));
            }
        }
        all
    }

    /// How much a word tells: the inverse document frequency, `ln(1 + N / n)` (Spärck Jones 1972).
    fn weight(&self, word: u64) -> f64 {
        let with = self.with.get(&word).copied().unwrap_or_default();
        (1.0 + self.parts.len() as f64 / (with as f64 + 1.0)).ln()
    }

    /// The part that is most like a quotation, by the cosine between the sets of their words, each weighted.
    fn nearest(&self, quotation: usize, text: &str) -> Option<(f64, NearestRecord)> {
        let wanted = words(text);
        let norm = |words: &[u64]| words.iter().map(|word| self.weight(*word).powi(2)).sum::<f64>().sqrt();
        let whole = norm(&wanted);
        let mut best: Option<(f64, NearestRecord)> = None;
        for (message, part, words) in &self.parts {
            let shared: Vec<u64> = wanted.iter().copied().filter(|word| words.binary_search(word).is_ok()).collect();
            if shared.len() < NEAR_WORDS {
                continue;
            }
            let alike = shared.iter().map(|word| self.weight(*word).powi(2)).sum::<f64>() / (whole * norm(words));
            if alike >= NEAR && best.as_ref().is_none_or(|(so_far, _)| alike > *so_far) {
                let near =
                    NearestRecord { message: *message, part: *part, quotation, words: shared.len(), of: wanted.len() };
                best = Some((alike, near));
            }
        }
        best
    }
}

/// The canonical words of a text, each once, in the order of their hashes.
fn words(text: &str) -> Vec<u64> {
    let tokens = countermark_text::tokens(text);
    let words = tokens.filter(|token| token.kind == countermark_text::TokenKind::Word);
    let mut hashes: Vec<u64> = words
        .map(|token| {
            let mut hasher = DefaultHasher::new();
            token.canon.hash(&mut hasher);
            hasher.finish()
        })
        .collect();
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}
