//! The brief: what is out, what differs, what may be said, what is not proved; for somebody who has a telephone and two minutes.

use std::ops::Range;

use countermark_tlog::directory::Disk;
use countermark_tracing::{Change, ChangeKind, Trace};

use super::Case;
use super::addressed::{Addressed, addressed};
use super::around::{self, Around};
use crate::messages::{Opened, opened};
use crate::record::MessageRecord;
use crate::seal::first;
use crate::standing::{Sentences, words};
use crate::take::TakenFinding;
use crate::trace::MessageFinding;
use crate::{Error, Office};

/// What became of a part of the message in the published text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartState {
    /// It stands there word for word, in some copy's wording.
    Whole,
    /// Words of it stand there, and others don't.
    Altered,
    /// It is not there.
    LeftOut,
    /// It is not there, and nothing was left out with it: a salutation, a signature, or a line that copies carry below the text.
    Around,
}

/// The facts of a case that the words to be said are made of.
#[derive(Debug)]
pub struct Brief {
    /// The case.
    pub case: Case,
    /// What the text shows of the message, compared again; no copy was looked for.
    pub finding: Option<MessageFinding>,
    /// The same of a taken message, where no sealed one was found.
    pub taken: Option<TakenFinding>,
    /// What became of each part; part 1 is the first.
    pub parts: Vec<PartState>,
    /// A line around the letter that copies have each in their own way, as the text has it. No evidence, and for no public page.
    pub addressed: Option<Addressed>,
    /// The parts, from 1, in which copies may differ.
    pub sites: Vec<usize>,
    /// When the message was sealed, or registered as sent, seconds since 1970.
    pub sealed_at: Option<u64>,
    /// Registered after it had been sent.
    pub as_sent: bool,
    /// Whether its leaf is in the log: it can be proved.
    pub logged: bool,
    /// When its copies were handed over.
    pub handed: Option<HandedOver>,
    /// Before when it was sealed by an independent clock's word, seconds since 1970.
    pub clock: Option<u64>,
}

/// That copies of a message were handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HandedOver {
    /// How many times.
    pub times: usize,
    /// The first time, milliseconds since 1970.
    pub first_ms: u64,
    /// The last time.
    pub last_ms: u64,
}

impl<D: Disk + Clone> Office<D> {
    /// The facts of a case in short.
    ///
    /// # Errors
    /// [`Error::UnknownCase`]; the vault's.
    pub fn brief(&mut self, given: &str) -> Result<Brief, Error> {
        let case = self.case(given)?;
        let mut finding = self.case_finding(given)?;
        let taken = self.case_taken(given)?;
        let message = match finding.as_ref().map(|finding| finding.message) {
            Some(id) => {
                let record = self.vault.read::<_, Error>(|tx| Ok(tx.get::<MessageRecord>(id.0)?))?;
                record.map(|record| opened(&id.0, record)).transpose()?
            }
            None => None,
        };
        let around = message.as_ref().map(Around::of);
        let (mut parts, mut line) = (Vec::new(), None);
        if let (Some(message), Some(around), Some(finding)) = (&message, &around, &mut finding) {
            let settled = around.settle(finding.trace.clone(), &case.published);
            parts = states(message, &finding.trace, &settled, &case.published, around);
            finding.trace = settled;
            let passages = finding.trace.passages.iter().filter(|passage| passage.longest_run > 0);
            let letter = passages.map(|passage| passage.published.start).min().unwrap_or_default();
            line = addressed(message, around, &case.published, letter, &case.named);
        }
        let index = message.as_ref().and_then(|message| message.record.index);
        let clock = match index {
            Some(index) => self.stamped(index)?,
            None => None,
        };
        let handed = match &message {
            Some(message) => self.handed_over(&message.id)?,
            None => None,
        };
        let handed = handed.map(|(times, first_ms, last_ms)| HandedOver { times, first_ms, last_ms });
        let sites = message.as_ref().map(|message| (1..).zip(message.master.sites_by_part()));
        let sites = sites.into_iter().flatten().filter(|(_, sites)| !sites.is_empty()).map(|(part, _)| part);
        Ok(Brief {
            sites: sites.collect(),
            parts,
            addressed: line,
            sealed_at: message.as_ref().map(|m| m.record.as_sent.unwrap_or(m.record.sealed_ms / 1000)),
            as_sent: message.as_ref().is_some_and(|m| m.record.as_sent.is_some()),
            logged: index.is_some(),
            handed,
            clock,
            case,
            finding,
            taken,
        })
    }
}

/// What became of each part, by the passages and the changes. Both count in the rendering that takes every first alternative. Of what
/// stands around the letter no more is said than was found: `trace` is the comparison before such lines were taken out of it.
fn states(message: &Opened, trace: &Trace, settled: &Trace, published: &str, around: &Around) -> Vec<PartState> {
    let zeros = first(&message.master);
    let mut at = 0;
    let parts = message.master.parts();
    // White space and marks between two parts belong to neither.
    let texts: Vec<String> = parts.iter().map(|part| message.master.part_text(part, &zeros)).collect();
    let base = texts.concat();
    let ranges = texts.iter().map(|text| around::trimmed(&mut at, text));
    let said = Sentences::of(published);
    let line = |range: &Range<usize>| settled.passages.iter().any(|p| p.longest_run == 0 && p.sent == *range);
    let found = ranges.enumerate().map(|(number, range)| {
        let state = match around.holds(number) {
            false => state(number + 1, &base, &range, settled),
            true if line(&range) => PartState::Whole,
            true => state(number + 1, &base, &range, trace),
        };
        (number, state)
    });
    // A sentence that changed places may not have been found as moved: it was not left out. Of several that read the same each has a place
    // of its own. What was altered stays so, whatever is quoted of it beside.
    let read: Vec<Vec<String>> = texts.iter().map(|text| words(text)).collect();
    let alike = |number: usize| read.iter().filter(|other| Some(*other) == read.get(number)).count();
    let there = |number: usize| {
        let places = parts.get(number).and_then(|part| said.sentences_of(part));
        places.is_some_and(|places| places >= alike(number))
    };
    found
        .map(|(number, state)| match state {
            PartState::LeftOut if there(number) => PartState::Whole,
            PartState::LeftOut | PartState::Altered if around.holds(number) => PartState::Around,
            other => other,
        })
        .collect()
}

fn state(number: usize, base: &str, part: &Range<usize>, trace: &Trace) -> PartState {
    let within = |a: &Range<usize>, b: &Range<usize>| a.start.max(b.start)..a.end.min(b.end).max(a.start.max(b.start));
    // A passage may run over a sentence that was left out of its middle; what is left out beside it takes nothing from it.
    let omitted = |seen: &Range<usize>| -> usize {
        let omitted = trace.changes.iter().filter(|change| change.kind == ChangeKind::Omitted);
        omitted.map(|change| within(&change.sent_at, seen).len()).sum()
    };
    let places: Vec<_> = trace.passages.iter().map(|passage| within(&passage.sent, part)).collect();
    let seen = places.iter().map(ExactSizeIterator::len).max().unwrap_or_default();
    let left = places.iter().map(|place| place.len().saturating_sub(omitted(place))).max().unwrap_or_default();
    // What only changed places reads as it was written, and so does what has others' words before or behind it.
    let worded = |range: Range<usize>| base.get(range).is_some_and(|text| text.contains(char::is_alphanumeric));
    let touches = |change: &&Change| match change.kind {
        ChangeKind::Moved => false,
        ChangeKind::Added => worded(part.start..change.sent_at.start) && worded(change.sent_at.end..part.end),
        ChangeKind::Changed | ChangeKind::Omitted => true,
    };
    let touched = trace.changes.iter().filter(|change| change.parts.contains(&number)).any(|change| touches(&change));
    match left {
        left if left * 20 <= part.len() => PartState::LeftOut,
        _ if seen == part.len() && !touched => PartState::Whole,
        _ => PartState::Altered,
    }
}
