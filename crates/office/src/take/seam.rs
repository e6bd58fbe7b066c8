//! Where the screening index learns of taken messages.

use countermark_proof::MessageId;
use countermark_tlog::directory::Disk;

use super::record::TakenRecord;
use crate::{Error, Office};

impl<D: Disk + Clone> Office<D> {
    /// Calls `each` with every taken message's id and text: what an index is built of.
    ///
    /// # Errors
    /// The vault's, and those of `each`, which end it.
    pub fn taken_texts(&self, mut each: impl FnMut(MessageId, &str) -> Result<(), Error>) -> Result<(), Error> {
        let mut outcome = Ok(());
        self.vault.read::<_, Error>(|tx| {
            tx.visit::<TakenRecord>(|id, record| {
                if outcome.is_ok()
                    && let Ok(id) = id[..].try_into()
                {
                    outcome = each(MessageId(id), &record.text);
                }
                Ok(())
            })?;
            Ok(())
        })?;
        outcome
    }

    /// Called with the messages of a batch that were new, after their transaction: they are durable.
    pub(crate) fn index_taken(&mut self, _added: &[(MessageId, &str)]) -> Result<(), Error> {
        Ok(())
    }

    /// Called with messages that were removed, after their transaction.
    pub(crate) fn forget_taken(&mut self, _removed: &[MessageId]) -> Result<(), Error> {
        Ok(())
    }
}
