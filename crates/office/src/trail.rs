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
}

impl<D: Disk + Clone> Office<D> {
    /// Reads the trail, each entry verified against those before it, and the heads in the log against the entries.
    ///
    /// # Errors
    /// The vault's, where an entry is missing or changed; [`Error::TrailCut`] where the log has a head that is none of this trail.
    pub fn trail(&self) -> Result<Arc<Trail>, Error> {
        self.trail_as_it_is(Trail::read)
    }
}

impl Trail {
    fn read(tx: &ReadTx<'_>) -> Result<Self, Error> {
        let leaves = tx.list::<AuditLeafRecord>()?;
        let entries = tx.audit_entries()?;
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
        Ok(Self { entries, logged })
    }
}
