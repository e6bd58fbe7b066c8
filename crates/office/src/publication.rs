//! Publication: batches of one size at a constant rate, dummies filling what is missing.
//!
//! A batch is decided on under the log's lock, appended in one piece, and recorded in one transaction of the vault: the checkpoint and
//! its place in the history, where each leaf stands, how many dummies there were, when the next batch is due. So a leaf is logged once
//! and a batch has its size, whatever dies when.

use countermark_proof::{MessageId, leaf};
use countermark_tlog::checkpoint::{Checkpoint, SignedCheckpoint};
use countermark_tlog::directory::{Disk, Log};
use countermark_vault::{Id, WriteTx};
use rand_core::CryptoRng;

use crate::case::first_out;
use crate::ledger::{note_index, unhex};
use crate::office::ONLY;
use crate::record::{AuditLeafRecord, CheckpointRecord, HistoryRecord, LeafOf, PendingRecord, RhythmRecord};
use crate::rhythm::{Due, Rate};
use crate::{Error, Office};

/// What was published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Publication {
    /// Leaves of the log now.
    pub size: u64,
    /// Batches in it; more than one fill a gap.
    pub batches: u64,
    /// Batches that were missed before the gap that was filled, and are left out for ever.
    pub left_out: u64,
    /// Whether the batch was early: it shows that something was wanted in the log just now.
    pub early: bool,
}

/// A leaf that waits.
pub(crate) struct Waiting {
    pub(crate) id: Id,
    pub(crate) leaf: Vec<u8>,
    pub(crate) of: LeafOf,
}

/// A leaf that is about to be appended.
struct Next {
    leaf: Vec<u8>,
    what: What,
}

enum What {
    Waiting(Id, LeafOf),
    Audit(AuditLeafRecord),
    Dummy,
}

/// So long after the last publication a clock may as well be wrong: 31 days.
const LONG_PAUSE_MS: u64 = 31 * 86_400_000;

/// What speaks against a machine's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockDoubt {
    /// It stands before the newest entry of the audit trail.
    Behind {
        /// That entry's time, milliseconds since 1970.
        newest_ms: u64,
    },
    /// It stands more than 31 days after the last publication.
    LongAfter {
        /// That publication's time, milliseconds since 1970.
        published_ms: u64,
    },
}

impl<D: Disk + Clone> Office<D> {
    /// The rate at which the log grows.
    #[must_use]
    pub fn rate(&self) -> Rate {
        self.rate
    }

    /// Sets the rate; it holds from the next batch on.
    pub fn set_rate(&mut self, rate: Rate) {
        self.rate = rate;
    }

    /// Publishes what is due by now, if anything is. What was missed is filled with dummies; what waits goes into the last batch. A log
    /// whose rhythm has not begun begins it: its first batch is due at the next multiple of the rate.
    ///
    /// # Errors
    /// Those of vault and log. Nothing is lost: it is published the next time.
    pub fn publish_due(&mut self) -> Result<Option<Publication>, Error> {
        let (recorded, now) = (self.rhythm()?, self.now_ms() / 1000);
        // Without the lock; whoever waits for it looks again.
        let next = self.rate.next(recorded.next, now);
        if next == recorded.next && self.rate.due(next, now) == Due::default() {
            return Ok(None);
        }
        let mut log = self.open_log()?;
        self.publish_due_in(&mut log)
    }

    /// As [`publish_due`](Self::publish_due), under a lock that is held.
    pub(crate) fn publish_due_in(&mut self, log: &mut Log<D>) -> Result<Option<Publication>, Error> {
        self.learn(log.view())?;
        self.publish_table(log)?;
        let (recorded, now, rate) = (self.rhythm()?, self.now_ms() / 1000, self.rate);
        let due = rate.due(rate.next(recorded.next, now), now);
        if recorded.next == 0 || due.batches == 0 {
            let next = rate.next(recorded.next, now);
            if next != recorded.next {
                self.vault.write::<_, Error>(|tx| Ok(tx.put(ONLY, &RhythmRecord { next, ..recorded })?))?;
            }
            return Ok(None);
        }
        let mut leaves = Vec::new();
        for _ in 1..due.batches {
            (0..rate.leaves()).for_each(|_| leaves.push(self.dummy()));
        }
        leaves.extend(self.batch(None)?);
        self.append(log, leaves, rate.after(now))?;
        Ok(Some(Publication { size: log.size(), batches: due.batches, left_out: due.left_out, early: false }))
    }

    /// Publishes what is due, and one batch early when nothing was, or when `wanted` still waits: that message then comes first. The
    /// rhythm stays: an early batch is one more. `None`: `wanted` waited no longer, and nothing was published.
    ///
    /// # Errors
    /// Those of vault and log.
    pub fn publish_now(&mut self, wanted: Option<&MessageId>) -> Result<Option<Publication>, Error> {
        let mut log = self.open_log()?;
        let due = self.publish_due_in(&mut log)?;
        let waits = match wanted {
            Some(id) => self.waiting()?.iter().any(|waiting| waiting.of == LeafOf::Message(id.0)),
            None => due.is_none(),
        };
        if !waits {
            return Ok(due);
        }
        let leaves = self.batch(wanted)?;
        let next = self.rhythm()?.next;
        self.append(&mut log, leaves, next)?;
        let batches = 1 + due.map_or(0, |due| due.batches);
        Ok(Some(Publication { size: log.size(), batches, left_out: due.map_or(0, |due| due.left_out), early: true }))
    }

    /// What speaks against this machine's clock. It is a reason to look at it, and keeps nobody from anything.
    ///
    /// # Errors
    /// Those of vault and log.
    pub fn clock_doubt(&self) -> Result<Option<ClockDoubt>, Error> {
        let now = self.now_ms();
        let newest = self.vault.read::<_, Error>(|tx| Ok(tx.audit_newest()?))?;
        if let Some(act) = newest.filter(|act| act.at > now) {
            return Ok(Some(ClockDoubt::Behind { newest_ms: act.at }));
        }
        let published = self.history_of(self.log_size()?)?.map(|record| record.at_ms);
        let ahead = published.filter(|at| now.saturating_sub(*at) > LONG_PAUSE_MS);
        Ok(ahead.map(|published_ms| ClockDoubt::LongAfter { published_ms }))
    }

    /// When the next batch is due, seconds since 1970.
    ///
    /// # Errors
    /// The vault's.
    pub fn next_batch(&self) -> Result<u64, Error> {
        Ok(self.rate.next(self.rhythm()?.next, self.now_ms() / 1000))
    }

    /// How many leaves the log has.
    ///
    /// # Errors
    /// Those of the log.
    pub fn log_size(&self) -> Result<u64, Error> {
        Ok(self.view()?.size())
    }

    /// When a message's leaf goes out at the latest, seconds since 1970, while the office publishes when it is due; `None` for one that
    /// does not wait.
    ///
    /// # Errors
    /// The vault's.
    pub fn provable_at(&self, message: &MessageId) -> Result<Option<u64>, Error> {
        let place = self.before(LeafOf::Message(message.0))?;
        let next = self.next_batch()?;
        Ok(place.map(|place| self.rate.time_of(place, next)))
    }

    /// The table's leaf, the log's first, does not wait: without it nothing is provable.
    pub(crate) fn publish_table(&mut self, log: &mut Log<D>) -> Result<(), Error> {
        let table = self.waiting()?.into_iter().find(|waiting| waiting.of == LeafOf::Table);
        let Some(Waiting { id, leaf, of }) = table else { return Ok(()) };
        if log.size() > 0 {
            return Err(Error::ForeignLog { what: "its first leaf is not that of this vault's table" });
        }
        // The rhythm begins with the first publication after this.
        let next = self.rhythm()?.next;
        self.append(log, vec![Next { leaf, what: What::Waiting(id, of) }], next)
    }

    /// The leaves of one batch in a secret order: what waits, the trail's head when the trail has grown, dummies.
    fn batch(&mut self, wanted: Option<&MessageId>) -> Result<Vec<Next>, Error> {
        let size = self.rate.leaves();
        let mut waiting = self.waiting()?;
        // A stable sort: the others stay in their order.
        waiting.sort_by_key(|waiting| wanted.is_none_or(|id| waiting.of != LeafOf::Message(id.0)));
        let head = self.vault.read::<_, Error>(|tx| Ok(tx.audit_head()?))?;
        let grown = head.entries > self.rhythm()?.audited;
        let mut leaves = Vec::with_capacity(size);
        if grown && (size > 1 || waiting.is_empty()) {
            let mut tag = [0; 32];
            self.vault.rng().fill_bytes(&mut tag);
            let record = AuditLeafRecord { head: head.hash, entries: head.entries, tag, index: None };
            leaves.push(Next { leaf: leaf(&tag, &head.hash).to_vec(), what: What::Audit(record) });
        }
        let room = size - leaves.len();
        leaves.extend(waiting.into_iter().take(room).map(|Waiting { id, leaf, of }| {
            Next { leaf, what: What::Waiting(id, of) } //
        }));
        while leaves.len() < size {
            leaves.push(self.dummy());
        }
        shuffle(&mut leaves, self.vault.rng());
        Ok(leaves)
    }

    fn dummy(&mut self) -> Next {
        let mut leaf = vec![0; 64];
        self.vault.rng().fill_bytes(&mut leaf);
        Next { leaf, what: What::Dummy }
    }

    /// Appends leaves, all or none. The vault records everything in one transaction before the checkpoint is put in place.
    fn append(&mut self, log: &mut Log<D>, leaves: Vec<Next>, next: u64) -> Result<(), Error> {
        let (signer, first, opened) = (self.signer(), log.size(), log.checkpoint().checkpoint().clone());
        let at_ms = self.now_ms();
        let bytes: Vec<&[u8]> = leaves.iter().map(|next| next.leaf.as_slice()).collect();
        let vault = &mut self.vault;
        log.append(&signer, &bytes, |checkpoint| {
            let note = String::from_utf8_lossy(checkpoint).into_owned();
            vault.write::<_, Error>(|tx| {
                // What is signed now continues what was recorded last, and nothing else: two checkpoints of one size never leave here.
                if !is_recorded(tx, &opened)? {
                    return Err(Error::ForeignLog { what: "another process appended to it meanwhile" });
                }
                tx.put(ONLY, &CheckpointRecord { note: note.clone() })?;
                let size = first + leaves.len() as u64;
                tx.put(size.to_be_bytes(), &HistoryRecord { note, at_ms, tokens: Vec::new() })?;
                let mut rhythm = tx.get::<RhythmRecord>(ONLY)?.unwrap_or_default();
                for (index, next) in (first..).zip(&leaves) {
                    note_leaf(tx, next, index, &mut rhythm)?;
                }
                if rhythm.known == first {
                    rhythm.known = size;
                }
                rhythm.next = next;
                Ok(tx.put(ONLY, &rhythm)?)
            })
        })?;
        Ok(())
    }

    /// Where the rhythm stands.
    pub(crate) fn rhythm(&self) -> Result<RhythmRecord, Error> {
        Ok(self.vault.read::<_, Error>(|tx| Ok(tx.get::<RhythmRecord>(ONLY)?))?.unwrap_or_default())
    }

    /// What waits, the oldest first; the table's leaf before all.
    pub(crate) fn waiting(&self) -> Result<Vec<Waiting>, Error> {
        let mut waiting = Vec::new();
        for (id, record) in self.vault.read::<_, Error>(|tx| Ok(tx.list::<PendingRecord>()?))? {
            let leaf = unhex(&record.leaf).ok_or(Error::ForeignLog { what: "a leaf that waits is damaged" })?;
            waiting.push((record.since, Waiting { id, leaf, of: record.of }));
        }
        waiting.sort_by_key(|(since, waiting)| first_out(&(*since, waiting.of)));
        Ok(waiting.into_iter().map(|(_, waiting)| waiting).collect())
    }
}

/// Whether this checkpoint is the one that the vault recorded last; cosignatures that one of them has are no difference.
fn is_recorded(tx: &WriteTx<'_>, opened: &Checkpoint) -> Result<bool, Error> {
    let recorded = tx.get::<CheckpointRecord>(ONLY)?;
    let recorded = recorded.and_then(|recorded| SignedCheckpoint::parse(recorded.note.as_bytes()).ok());
    Ok(recorded.is_some_and(|recorded| recorded.checkpoint() == opened))
}

fn note_leaf(tx: &mut WriteTx<'_>, next: &Next, index: u64, rhythm: &mut RhythmRecord) -> Result<(), Error> {
    match &next.what {
        What::Waiting(id, of) => {
            note_index(tx, *of, index)?;
            tx.remove::<PendingRecord>(id)?;
        }
        What::Audit(record) => {
            let mut id = [0; 16];
            tx.rng().fill_bytes(&mut id);
            tx.insert(id, &AuditLeafRecord { index: Some(index), ..record.clone() })?;
            rhythm.audited = record.entries;
        }
        What::Dummy => rhythm.dummies += 1,
    }
    Ok(())
}

/// Every order is as likely as any other (Fisher and Yates; numbers that would favour some are drawn anew).
fn shuffle<T>(items: &mut [T], rng: &mut dyn CryptoRng) {
    for last in (1..items.len()).rev() {
        let count = last as u64 + 1;
        let fair = u64::MAX - u64::MAX % count;
        let drawn = loop {
            let drawn = rng.next_u64();
            if drawn < fair {
                break drawn % count;
            }
        };
        items.swap(last, drawn as usize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A real leaf stands at each place of its batch equally often: 8 x 8 counts, chi-square with 49 degrees of freedom, p = 1e-4.
    #[test]
    fn every_order_is_equally_likely() {
        let mut rng = countermark_testkit::rng(11);
        let mut counts = [[0u32; 8]; 8];
        let rounds = 20_000;
        for _ in 0..rounds {
            let mut items = [0, 1, 2, 3, 4, 5, 6, 7];
            shuffle(&mut items, &mut rng);
            items.iter().enumerate().for_each(|(place, item)| counts[*item][place] += 1);
        }
        let expected = f64::from(rounds) / 8.0;
        let statistic: f64 = counts.iter().flatten().map(|n| (f64::from(*n) - expected).powi(2) / expected).sum();
        assert!(statistic < 97.0, "{statistic}");
    }
}
