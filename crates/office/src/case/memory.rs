//! What cases come to, kept in memory: a page of the desk is asked for often, and opening a thousand records for it would be most of its time.
//!
//! Nothing here outlives the process, and nothing can be stale. Rows are kept by their versions, which every process that writes raises;
//! what is kept by an id alone never changes: a capture's bytes, and what a published text shows of a sealed one.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::Arc;

use countermark_proof::MessageId;
use countermark_tlog::directory::Disk;
use countermark_tlog::note::VerifierKey;
use countermark_tracing::{Trace, Tracer};
use countermark_vault::{ReadTx, State};

use super::{CaseSummary, Kept, open, summary};
use crate::history::published;
use crate::intake::Matched;
use crate::ledger::unhex;
use crate::memo::Memo;
use crate::prove::Shows;
use crate::record::{
    CaptureRecord, CaseRecord, HistoryRecord, LeafOf, MatchRecord, PendingRecord, SlipRecord, StampRecord,
};
use crate::trail::Trail;
use crate::{Error, Office};

/// So many captures' facts and comparisons are kept, those that were asked for last.
const MOST: usize = 64;

/// A case's id.
type CaseId = [u8; 16];

/// A comparison, and what its places refer to.
type Compared = (Tracer, Trace);

/// What the office remembers of its cases.
#[derive(Default)]
pub(crate) struct Memory {
    cases: RefCell<Memo<CaseSummary>>,
    matches: RefCell<Memo<Found>>,
    clocks: RefCell<Clocks>,
    captures: RefCell<Recent<CaseId, Fact>>,
    compared: RefCell<Recent<(CaseId, MessageId), Compared>>,
    waiting: RefCell<Memo<(u64, LeafOf)>>,
    shown: RefCell<Memo<([u8; 16], Vec<usize>)>>,
    /// The statement of each reply and comment that waits.
    slips: RefCell<Memo<Option<[u8; 16]>>>,
    trail: RefCell<Option<(State, Arc<Trail>)>>,
}

/// A post that opened no case, and its words as they are searched.
struct Found {
    matched: Matched,
    folded: String,
}

/// Checkpoints, and what outside clocks say of them.
#[derive(Default)]
struct Clocks {
    witnesses: Vec<VerifierKey>,
    history: Memo<(u64, Option<u64>)>,
    stamps: Memo<(u64, u64)>,
}

/// What is known of a capture without its bytes.
#[derive(Clone)]
pub(super) struct Fact {
    /// SHA-256, in hexadecimal.
    pub(super) sha256: String,
    pub(super) at: u64,
    /// Whether its leaf is in the log.
    pub(super) logged: bool,
    tag: [u8; 32],
}

/// The values that were asked for last.
pub(crate) struct Recent<K, V>(VecDeque<(K, V)>);

impl<K, V> Default for Recent<K, V> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<K: PartialEq, V: Clone> Recent<K, V> {
    fn find(&mut self, key: &K) -> Option<V> {
        let at = self.0.iter().position(|(known, _)| known == key)?;
        let found = self.0.remove(at)?;
        let value = found.1.clone();
        self.0.push_front(found);
        Some(value)
    }

    fn keep(&mut self, key: K, value: V) {
        self.0.retain(|(known, _)| *known != key);
        self.0.push_front((key, value));
        self.0.truncate(MOST);
    }
}

impl<D: Disk + Clone> Office<D> {
    /// Every case's line, in the order of the ids.
    pub(super) fn summaries(&self) -> Result<Vec<CaseSummary>, Error> {
        let mut cases = self.memory.cases.borrow_mut();
        self.vault.read::<_, Error>(|tx| {
            cases.refresh::<CaseRecord>(tx, |id, record| {
                let id = <[u8; 16]>::try_from(&id[..]).ok()?;
                Some(summary(&Kept { id, record }))
            })?;
            Ok(())
        })?;
        Ok(cases.values().cloned().collect())
    }

    /// The posts that opened no case and hold these words (all of them for none), the newest first: those from the `from`th on, at most
    /// `most`, and how many there are.
    ///
    /// # Errors
    /// The vault's.
    pub fn matches_holding(&self, words: &str, from: usize, most: usize) -> Result<(Vec<Matched>, usize), Error> {
        let mut matches = self.memory.matches.borrow_mut();
        self.vault.read::<_, Error>(|tx| {
            let found = |record: MatchRecord| {
                let texts: Vec<_> = record.item.texts.iter().map(|text| folded(&text.text)).collect();
                Some(Found { folded: texts.join("\n"), matched: Matched { item: record.item } })
            };
            matches.refresh::<MatchRecord>(tx, |_, record| found(record))?;
            Ok(())
        })?;
        let wanted = folded(words);
        let mut found: Vec<&Found> = matches.values().filter(|found| found.folded.contains(&wanted)).collect();
        found.sort_by_key(|found| std::cmp::Reverse(found.matched.item.captured_at));
        let page = found.iter().skip(from).take(most).map(|found| found.matched.clone());
        Ok((page.collect(), found.len()))
    }

    /// The parts of a message that bundles of its cases show.
    pub(crate) fn shown_parts(&self, message: &[u8; 16]) -> Result<Vec<usize>, Error> {
        let mut shown = self.memory.shown.borrow_mut();
        self.vault.read::<_, Error>(|tx| {
            let parts = |case: CaseRecord| {
                let shown = case.shown.iter().filter(|shown| shown.shows != Shows::Evidence.as_str());
                Some((case.finding?.message, shown.flat_map(|shown| &shown.parts).copied().collect()))
            };
            shown.refresh::<CaseRecord>(tx, |_, case| parts(case))?;
            Ok(())
        })?;
        let of = shown.values().filter(|(of, _)| of == message);
        Ok(of.flat_map(|(_, parts)| parts).copied().collect())
    }

    /// How many replies to and comments on a statement wait for the desk.
    pub(crate) fn slips_waiting(&self, statement: &[u8; 16]) -> Result<usize, Error> {
        let mut slips = self.memory.slips.borrow_mut();
        self.vault.read::<_, Error>(|tx| {
            slips.refresh::<SlipRecord>(tx, |_, slip| Some(slip.public.is_none().then_some(slip.statement)))?;
            Ok(())
        })?;
        Ok(slips.values().filter(|waits| waits.as_ref() == Some(statement)).count())
    }

    /// How many leaves go out before this one; `None` for one that does not wait.
    pub(crate) fn before(&self, of: LeafOf) -> Result<Option<usize>, Error> {
        let mut waiting = self.memory.waiting.borrow_mut();
        self.vault.read::<_, Error>(|tx| {
            waiting.refresh::<PendingRecord>(tx, |_, record| Some((record.since, record.of)))?;
            Ok(())
        })?;
        let mut queue: Vec<_> = waiting.values().copied().collect();
        queue.sort_by_key(first_out);
        Ok(queue.iter().position(|(_, waits)| *waits == of))
    }

    /// The audit trail, read whenever anything in the vault has changed; `read` is given what was read before.
    pub(crate) fn trail_as_it_is(
        &self,
        read: impl FnOnce(&ReadTx<'_>, Option<Arc<Trail>>) -> Result<Trail, Error>,
    ) -> Result<Arc<Trail>, Error> {
        let mut kept = self.memory.trail.borrow_mut();
        self.vault.read(|tx| {
            let state = tx.state()?;
            // What fails is not kept: then everything is read the next time.
            let known = kept.take();
            let trail = match known {
                Some((then, trail)) if state == Some(then) => trail,
                known => Arc::new(read(tx, known.map(|(_, trail)| trail))?),
            };
            *kept = state.map(|state| (state, Arc::clone(&trail)));
            Ok(trail)
        })
    }

    /// The earliest time of an outside clock on a checkpoint that covers a leaf.
    pub(super) fn stamped(&self, index: u64) -> Result<Option<u64>, Error> {
        let witnesses: Vec<VerifierKey> = self.witnesses()?.into_iter().map(|witness| witness.key).collect();
        let mut clocks = self.memory.clocks.borrow_mut();
        let same = |a: &VerifierKey, b: &VerifierKey| a.to_string() == b.to_string();
        if clocks.witnesses.len() != witnesses.len()
            || !clocks.witnesses.iter().zip(&witnesses).all(|(a, b)| same(a, b))
        {
            *clocks = Clocks { witnesses, ..Clocks::default() };
        }
        let Clocks { witnesses, history, stamps } = &mut *clocks;
        self.vault.read::<_, Error>(|tx| Ok(refresh_clocks(tx, witnesses, history, stamps)?))?;
        let cosigned = history.values().filter(|(size, _)| *size > index).filter_map(|(_, time)| *time);
        let stamped = stamps.values().filter(|(size, _)| *size > index).map(|(_, time)| *time);
        Ok(cosigned.chain(stamped).min())
    }

    /// What is known of a case's capture.
    pub(super) fn capture_fact(&self, kept: &Kept) -> Result<Fact, Error> {
        let known = self.memory.captures.borrow_mut().find(&kept.id);
        if let Some(fact) = known {
            // The leaf leaves the waiting ones in the transaction that gives the capture its place in the log.
            let waits = || self.vault.read::<_, Error>(|tx| Ok(tx.contains::<PendingRecord>(fact.tag)?));
            if fact.logged || waits()? {
                return Ok(fact);
            }
        }
        let CaptureRecord { at, bytes, tag, index, .. } = self.capture_of(kept)?;
        let fact = Fact { sha256: crate::ledger::hex(&open::sha256(&bytes)?), at, logged: index.is_some(), tag };
        self.memory.captures.borrow_mut().keep(kept.id, fact.clone());
        Ok(fact)
    }

    /// What a case's text shows of a message: compared once, and kept.
    pub(super) fn compared(
        &self,
        kept: &Kept,
        message: MessageId,
        tracer: impl FnOnce() -> Tracer,
    ) -> Option<Compared> {
        let key = (kept.id, message);
        let known = self.memory.compared.borrow_mut().find(&key);
        if known.is_some() {
            return known;
        }
        let tracer = tracer();
        let trace = tracer.trace(&kept.leak())?;
        self.memory.compared.borrow_mut().keep(key, (tracer.clone(), trace.clone()));
        Some((tracer, trace))
    }
}

/// The order in which leaves go out: the table's before all, then the oldest.
pub(crate) fn first_out((since, of): &(u64, LeafOf)) -> (bool, u64) {
    (*of != LeafOf::Table, *since)
}

fn refresh_clocks(
    tx: &ReadTx<'_>,
    witnesses: &[VerifierKey],
    history: &mut Memo<(u64, Option<u64>)>,
    stamps: &mut Memo<(u64, u64)>,
) -> Result<(), countermark_vault::Error> {
    history.refresh::<HistoryRecord>(tx, |_, record| {
        let one = published(record).ok()?;
        let tokens = one.tokens.iter().map(|(_, time)| *time);
        Some((one.size(), tokens.chain(one.cosigned(witnesses)).min()))
    })?;
    stamps.refresh::<StampRecord>(tx, |_, record| {
        unhex(&record.token)?;
        Some((record.size, record.time))
    })?;
    Ok(())
}

/// Words in lower case, one space between two.
fn folded(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_last_is_kept() {
        let mut recent = Recent::default();
        for number in 0..MOST {
            recent.keep(number, number * 2);
        }
        assert_eq!(recent.find(&0), Some(0));
        recent.keep(MOST, 1);
        assert_eq!((recent.find(&0), recent.find(&1)), (Some(0), None));
        recent.keep(0, 7);
        assert_eq!((recent.find(&0), recent.0.len()), (Some(7), MOST));
    }

    #[test]
    fn words_are_folded() {
        assert_eq!(folded("  Two\n\n WORDS "), "two words");
        assert_eq!(folded(""), "");
    }
}
