//! What the vault knows of its log: all of it, as long as nobody puts an older vault in place. Then it reads what it does not know, once.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use countermark_proof::Digest;
use countermark_tlog::directory::{Disk, View};

use crate::ledger::note_index;
use crate::office::ONLY;
use crate::record::{AuditLeafRecord, CaptureRecord, LeafOf, MessageRecord, PendingRecord, RhythmRecord, SlotRecord};
use crate::take::record::ImportRecord;
use crate::{Error, Office};

/// Leaves that are read in one go.
const STRETCH: u64 = 65_536;

/// What stands in a stretch of the log that the vault did not publish, or does not remember to have.
#[derive(Default)]
struct Found {
    /// Leaves that wait in the vault, and where the log has them.
    logged: Vec<(countermark_vault::Id, LeafOf, u64)>,
    /// The tags of all others.
    foreign: HashSet<Digest>,
}

impl<D: Disk + Clone> Office<D> {
    /// Reads the leaves that the vault does not know of. What it takes for waiting and finds there has been logged; a slot whose tag stands
    /// there is taken. After that nothing below this size is read again.
    pub(crate) fn learn(&mut self, view: &View<D>) -> Result<(), Error> {
        let (known, size) = (self.rhythm()?.known, view.size());
        if known >= size {
            return Ok(());
        }
        let found = self.read_unknown(view, known..size)?;
        let slots = self.slots_of(&found.foreign)?;
        let ids: Vec<_> = slots.into_iter().map(|slot| self.slot_id(slot)).collect();
        self.vault.write::<_, Error>(|tx| {
            for (id, of, index) in &found.logged {
                // Another process may have been here meanwhile.
                if tx.remove::<PendingRecord>(id)? {
                    note_index(tx, *of, *index)?;
                }
            }
            for id in &ids {
                tx.put(id, &SlotRecord {})?;
            }
            let rhythm = tx.get::<RhythmRecord>(ONLY)?.unwrap_or_default();
            Ok(tx.put(ONLY, &RhythmRecord { known: rhythm.known.max(size), ..rhythm })?)
        })
    }

    fn read_unknown(&self, view: &View<D>, range: Range<u64>) -> Result<Found, Error> {
        let waiting: HashMap<_, _> = self.waiting()?.into_iter().map(|w| (w.leaf, (w.id, w.of))).collect();
        let own = self.own_indices()?;
        let mut found = Found::default();
        let mut at = range.start;
        while at < range.end {
            let end = range.end.min(at + STRETCH);
            for (index, entry) in (at..end).zip(view.entries(at..end)?) {
                if let Some((id, of)) = waiting.get(&entry) {
                    found.logged.push((id.clone(), *of, index));
                } else if !own.contains(&index) {
                    found.foreign.extend(entry.first_chunk::<32>());
                }
            }
            at = end;
        }
        Ok(found)
    }

    /// Where the leaves stand that the vault has published and can name.
    pub(crate) fn own_indices(&self) -> Result<HashSet<u64>, Error> {
        // The table's.
        let mut own = HashSet::from([0]);
        self.vault.read::<_, Error>(|tx| {
            tx.visit::<MessageRecord>(|_, record| {
                own.extend(record.index);
                Ok(())
            })?;
            tx.visit::<AuditLeafRecord>(|_, record| {
                own.extend(record.index);
                Ok(())
            })?;
            tx.visit::<CaptureRecord>(|_, record| {
                own.extend(record.index);
                Ok(())
            })?;
            tx.visit::<ImportRecord>(|_, record| {
                own.extend(record.index);
                Ok(())
            })?;
            Ok(())
        })?;
        Ok(own)
    }

    /// The slots whose tags these are. It computes every tag of the table, about a second for a whole one: after an older vault was put
    /// in place, and never otherwise.
    fn slots_of(&self, tags: &HashSet<Digest>) -> Result<Vec<u32>, Error> {
        let mut slots = Vec::new();
        if tags.is_empty() {
            return Ok(slots);
        }
        for slot in 0..self.table.size().slots() {
            if tags.contains(&self.table.slot(slot)?.tag(self.table.table())) {
                slots.push(slot);
            }
        }
        Ok(slots)
    }
}
