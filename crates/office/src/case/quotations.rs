//! Words that a published text puts into the writer's mouth: which of them he wrote, and what comes nearest to the others.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::ops::Range;

use countermark_proof::MessageId;
use countermark_reading::exports::Direction;
use countermark_reading::{Names, Strength};
use countermark_tlog::directory::Disk;

use super::{Nearest, Quotation, Searched};
use crate::messages::Opened;
use crate::record::{CaseRecord, MessageRecord, NearestRecord, QuotationRecord, SearchedRecord};
use crate::trace::Finding;
use crate::{Error, Office};

/// Words of a quotation that a part must hold before it is said to come near.
const NEAR_WORDS: usize = 3;

/// How alike they must be, from 0 to 1.
const NEAR: f64 = 0.2;

/// The direct quotations in a text that are attributed to the writer, and whether anything of them is registered.
pub(super) fn of(text: &str, names: &Names, finding: &Finding) -> Vec<QuotationRecord> {
    if names.is_empty() {
        return Vec::new();
    }
    let passages = finding.messages.iter().flat_map(|m| m.trace.passages.iter().map(|p| p.published.clone()));
    // What was sent before there was a vault was written as well.
    let sent = finding.taken.iter().filter(|found| found.taken.direction == Direction::Sent);
    let before = sent.flat_map(|found| found.trace.passages.iter().map(|p| p.published.clone()));
    let passages: Vec<_> = passages.chain(before).collect();
    let report = countermark_reading::report(text, names);
    let attributed = countermark_reading::attributed_to(&report, names);
    let quoted = attributed.iter().filter_map(|attributed| {
        let quotation = report.quotations.get(attributed.quotation)?;
        let whole = quotation.whole.clone();
        let within = |piece: &Range<usize>| passages.iter().any(|p| p.start < piece.end && piece.start < p.end);
        Some(QuotationRecord {
            start: whole.start,
            end: whole.end,
            certain: attributed.strength == Strength::Certain,
            ours: quotation.pieces.iter().any(within),
        })
    });
    quoted.collect()
}

impl<D: Disk + Clone> Office<D> {
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
        Some(Quotation { text, certain: q.certain, ours: q.ours })
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
