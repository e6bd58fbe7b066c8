//! The audit trail as it is read at the desk.

use std::sync::Arc;

use countermark_tlog::directory::Disk;
use countermark_vault::{Entry, ReadTx};

use crate::record::AuditLeafRecord;
use crate::{Error, Office};

/// The whole trail, verified.
#[derive(Debug, Clone)]
pub struct Trail {
    /// Its entries, the oldest first.
    pub entries: Vec<Entry>,
    /// Up to which entry the log holds the trail's head, and at which leaf; none while no head is logged. A log whose head the trail does not
    /// have any more is [`Error::TrailCut`].
    pub logged: Option<(u64, u64)>,
    /// When every entry was opened and verified last, milliseconds since 1970; those that came after it were as they came.
    pub whole_ms: u64,
}

/// After so long every entry is opened again.
const WHOLE_MS: u64 = 3_600_000;

impl<D: Disk + Clone> Office<D> {
    /// Reads the trail, each entry verified against those before it, and the heads in the log against the entries. What was verified
    /// within the last hour is not opened again.
    ///
    /// # Errors
    /// The vault's, where an entry is missing or changed; [`Error::TrailCut`] where the log has a head that is none of this trail.
    pub fn trail(&self) -> Result<Arc<Trail>, Error> {
        let now_ms = self.now_ms();
        self.trail_as_it_is(|tx, known| Trail::read(tx, known, now_ms))
    }
}

impl Trail {
    fn read(tx: &ReadTx<'_>, known: Option<Arc<Self>>, now_ms: u64) -> Result<Self, Error> {
        let leaves = tx.list::<AuditLeafRecord>()?;
        let fresh = known.filter(|known| now_ms.checked_sub(known.whole_ms).is_some_and(|since| since < WHOLE_MS));
        let (entries, whole_ms) = match fresh.map(Arc::unwrap_or_clone) {
            Some(known) => (tx.audit_entries_after(known.entries)?, known.whole_ms),
            None => (tx.audit_entries()?, now_ms),
        };
        let mut logged = None;
        for (_, leaf) in leaves {
            let known = leaf.entries.checked_sub(1).and_then(|at| entries.get(usize::try_from(at).ok()?));
            if leaf.entries > 0 && known.is_none_or(|entry| entry.hash != leaf.head) {
                return Err(Error::TrailCut { entry: leaf.entries });
            }
            if let Some(index) = leaf.index {
                logged = logged.max(Some((leaf.entries, index)));
            }
        }
        Ok(Self { entries, logged, whole_ms })
    }
}
