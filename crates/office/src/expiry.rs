//! Codebooks go when their time is up: whoever looks afterwards finds that a text is ours, what it was and when, and can prove it; which
//! copy was whose, nobody can tell any more.
//!
//! What goes with a codebook: its record, the hashes of what was handed over (from which a copy's wordings could be searched), the
//! approvers' shares. Their key is destroyed in the key file. What stays: the message's record, to whom it went and when, the trail.

use std::collections::HashSet;

use countermark_proof::MessageId;
use countermark_tlog::directory::Disk;
use countermark_vault::{Error as VaultError, Vault};

use crate::ledger::hex;
use crate::messages::{Opened, damaged};
use crate::office::ONLY;
use crate::record::{
    CodebookRecord, DestroyedRecord, ExpiryRecord, HandoverHashRecord, HandoverRecord, MessageRecord, OfficeRecord,
    SharesRecord,
};
use crate::{Error, Office};

const DAY_MS: u64 = 86_400_000;
/// How long after the last look at the dates a sealing still destroys unasked. A clock that is wrong by years must not cost a codebook.
const UNASKED_MS: u64 = 31 * DAY_MS;
/// The arrangement of the records that this program writes; see [`OfficeRecord::layout`].
pub(crate) const LAYOUT: u32 = 1;

/// What became of a message's codebook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodebookState {
    /// It is there.
    Kept,
    /// Its key is not in the key file: that is missing, older than the message, or newer than a vault that was restored.
    NoKey,
    /// It was destroyed.
    Destroyed {
        /// When, milliseconds since 1970.
        at_ms: u64,
    },
}

/// A codebook whose time is up, or that was destroyed before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expired {
    /// The message.
    pub message: MessageId,
    /// Its reference.
    pub reference: String,
    /// When it was sealed, milliseconds since 1970.
    pub sealed_ms: u64,
}

/// What a sealing did to codebooks whose time is up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unasked {
    /// Nothing was due, or it was looked at less than a day ago.
    Nothing,
    /// These are destroyed.
    Destroyed(Vec<Expired>),
    /// So many are due; nobody has looked at the dates for a month, and a person is to do it, in case the clock is wrong.
    Waiting(usize),
}

/// When a codebook's time is up, milliseconds since 1970; what was registered as sent has no such date: it has no marks.
#[must_use]
pub fn until_ms(sealed_ms: u64, as_sent: Option<u64>, days: u32) -> Option<u64> {
    as_sent.is_none().then(|| sealed_ms.saturating_add(u64::from(days) * DAY_MS))
}

impl<D: Disk + Clone> Office<D> {
    /// The codebooks whose time is up after so many days, the oldest first. Nothing is changed.
    ///
    /// # Errors
    /// The vault's.
    pub fn due(&self, days: u32) -> Result<Vec<Expired>, Error> {
        let now = self.now_ms();
        self.with_codebook(|record| until_ms(record.sealed_ms, record.as_sent, days).is_some_and(|until| until <= now))
    }

    /// Destroys the codebooks whose time is up after so many days, and the keys of earlier ones where an older key file brought them back.
    ///
    /// # Errors
    /// Those of [`destroy_codebook`](Self::destroy_codebook).
    pub fn expire(&mut self, days: u32) -> Result<Vec<Expired>, Error> {
        let due = self.due(days)?;
        self.destroy(&due, "vault expire")?;
        let noted = self.vault.read::<_, Error>(|tx| Ok(tx.list::<DestroyedRecord>()?))?;
        let checked = ExpiryRecord { checked_ms: self.now_ms() };
        self.vault.write::<_, Error>(|tx| {
            for (_, record) in &noted {
                // A key file that can't be read holds up nothing else here; sealing and tracing say so.
                match tx.destroy_again(record.generation) {
                    Err(VaultError::Keys(_)) => break,
                    done => done?,
                };
            }
            Ok(tx.put(ONLY, &checked)?)
        })?;
        self.finish()?;
        Ok(due)
    }

    /// As [`expire`](Self::expire), as a sealing does it unasked: once a day at most.
    ///
    /// # Errors
    /// As there.
    pub fn expire_unasked(&mut self, days: u32) -> Result<Unasked, Error> {
        let now = self.now_ms();
        let checked = self.vault.read::<_, Error>(|tx| Ok(tx.get::<ExpiryRecord>(ONLY)?))?;
        let since = checked.map(|record| now.saturating_sub(record.checked_ms));
        if since.is_some_and(|since| since < DAY_MS) {
            return Ok(Unasked::Nothing);
        }
        let due = self.due(days)?.len();
        if due > 0 && since.is_none_or(|since| since > UNASKED_MS) {
            return Ok(Unasked::Waiting(due));
        }
        let expired = self.expire(days)?;
        Ok(if expired.is_empty() { Unasked::Nothing } else { Unasked::Destroyed(expired) })
    }

    /// Destroys one message's codebook before its time.
    ///
    /// # Errors
    /// No such message; [`Error::CodebookDestroyed`] when that was done before; [`Error::Undestroyed`] when the records are gone and the key
    /// may still be in the key file; the vault's.
    pub fn destroy_codebook(&mut self, given: &str) -> Result<Expired, Error> {
        let opened = self.find(given)?;
        if let CodebookState::Destroyed { at_ms } = self.codebook_state(&opened.id)? {
            return Err(Error::CodebookDestroyed { message: hex(&opened.id.0), at_ms });
        }
        let expired = expired(&opened.id.0, &opened.record)?;
        self.destroy(std::slice::from_ref(&expired), "vault expire MESSAGE")?;
        Ok(expired)
    }

    /// The codebooks whose key is not in the key file.
    ///
    /// # Errors
    /// The vault's.
    pub fn lost(&self) -> Result<Vec<Expired>, Error> {
        let mut lost = self.with_codebook(|_| true)?;
        let mut outcome = Ok(());
        lost.retain(|codebook| match self.codebook_state(&codebook.message) {
            Ok(state) => state == CodebookState::NoKey,
            Err(error) => {
                outcome = Err(error);
                false
            }
        });
        outcome.map(|()| lost)
    }

    /// Gives up the codebooks whose key is lost for good, and makes a new key file where there is none, so that sealing works again.
    ///
    /// # Errors
    /// A key file that is there and is not this vault's; the vault's.
    pub fn give_up_lost(&mut self) -> Result<Vec<Expired>, Error> {
        let lost = self.lost()?;
        self.vault.make_key_file()?;
        self.destroy(&lost, "vault expire --lost")?;
        Ok(lost)
    }

    /// What became of a message's codebook.
    pub(crate) fn codebook_state(&self, id: &MessageId) -> Result<CodebookState, Error> {
        state(self.codes(id).map(|_| ()))
    }

    /// A message's codebook.
    pub(crate) fn codes(&self, id: &MessageId) -> Result<CodebookRecord, Error> {
        self.vault.read(|tx| match tx.get::<CodebookRecord>(id.0) {
            Ok(Some(codes)) => Ok(codes),
            Ok(None) => Err(match tx.get::<DestroyedRecord>(id.0)? {
                Some(record) => Error::CodebookDestroyed { message: hex(&id.0), at_ms: record.at_ms },
                None => damaged(id, "its codebook is missing"),
            }),
            Err(VaultError::RecordKey { .. } | VaultError::Keys(_)) => Err(Error::CodebookKey { message: hex(&id.0) }),
            Err(other) => Err(other.into()),
        })
    }

    /// What became of a message's codebook, and which of its sites are disclosed: by the vault, or by the journal, which knows what an
    /// older vault that was put back does not.
    pub(crate) fn disclosed(&mut self, opened: &Opened) -> Result<(CodebookState, Vec<bool>), Error> {
        let mut disclosed = vec![false; opened.master.sites().len()];
        let codes = self.codes(&opened.id);
        let in_vault = codes.as_ref().map_or(&[][..], |codes| &codes.disclosed);
        for &site in in_vault.iter().chain(&self.shown(&opened.id)?) {
            if let Some(flag) = disclosed.get_mut(site) {
                *flag = true;
            }
        }
        Ok((state(codes.map(|_| ()))?, disclosed))
    }

    /// Completes what a run that was cut off began to destroy.
    pub(crate) fn finish(&mut self) -> Result<(), Error> {
        self.vault.finish_destroying().map_err(|source| Error::Undestroyed { source })?;
        Ok(())
    }

    /// Messages that have a codebook, the oldest first.
    fn with_codebook(&self, wanted: impl Fn(&MessageRecord) -> bool) -> Result<Vec<Expired>, Error> {
        let mut found = Vec::new();
        self.vault.read::<_, Error>(|tx| {
            tx.visit::<MessageRecord>(|id, record| {
                if wanted(&record) && tx.contains::<CodebookRecord>(&id)? {
                    // An id of another length is damaged; the audit says so.
                    found.extend(expired(&id, &record).ok());
                }
                Ok(())
            })?;
            Ok(())
        })?;
        found.sort_by_key(|codebook| (codebook.sealed_ms, codebook.message));
        Ok(found)
    }

    /// First one transaction: the records are gone, the trail and the notes say so; then the keys.
    fn destroy(&mut self, codebooks: &[Expired], act: &str) -> Result<(), Error> {
        if codebooks.is_empty() {
            return self.finish();
        }
        let at_ms = self.now_ms();
        let acts: Vec<_> = codebooks.iter().map(|codebook| self.act(act, &hex(&codebook.message.0))).collect();
        let going: HashSet<[u8; 16]> = codebooks.iter().map(|codebook| codebook.message.0).collect();
        let handed = self.vault.read::<_, Error>(|tx| Ok(tx.list::<HandoverRecord>()?))?;
        self.vault.write::<_, Error>(|tx| {
            for (id, _) in handed.iter().filter(|(_, handover)| going.contains(&handover.message)) {
                tx.remove::<HandoverHashRecord>(id)?;
            }
            for (codebook, act) in codebooks.iter().zip(&acts) {
                let id = codebook.message.0;
                // Another process may have been faster.
                let Some(generation) = tx.destroy::<CodebookRecord>(id)? else { continue };
                tx.remove::<SharesRecord>(id)?;
                tx.put(id, &DestroyedRecord { at_ms, generation })?;
                tx.audit(act)?;
            }
            Ok(())
        })?;
        self.finish()
    }
}

/// An office of an older arrangement: the hashes of what was handed over go under the codebooks' keys.
pub(crate) fn rearrange(vault: &mut Vault, office: &mut OfficeRecord) -> Result<(), Error> {
    if office.layout >= LAYOUT {
        return Ok(());
    }
    office.layout = LAYOUT;
    vault.write::<_, Error>(|tx| {
        for (id, mut handover) in tx.list::<HandoverRecord>()? {
            let Some(sha256) = handover.sha256.take() else { continue };
            match tx.insert_beside::<_, CodebookRecord>(&id, &HandoverHashRecord { sha256 }, handover.message) {
                // Without its codebook the hash has no use, and may not outlive it.
                Err(VaultError::RecordKey { .. } | VaultError::Record { .. } | VaultError::Keys(_)) => {}
                done => done?,
            }
            tx.put(&id, &handover)?;
        }
        Ok(tx.put(ONLY, &*office)?)
    })
}

fn expired(id: &[u8], record: &MessageRecord) -> Result<Expired, Error> {
    let id = id.try_into().map_err(|_| damaged(&MessageId([0; 16]), "its id has the wrong length"))?;
    Ok(Expired { message: MessageId(id), reference: record.reference.clone(), sealed_ms: record.sealed_ms })
}

fn state(codes: Result<(), Error>) -> Result<CodebookState, Error> {
    match codes {
        Ok(()) => Ok(CodebookState::Kept),
        Err(Error::CodebookDestroyed { at_ms, .. }) => Ok(CodebookState::Destroyed { at_ms }),
        Err(Error::CodebookKey { .. }) => Ok(CodebookState::NoKey),
        Err(other) => Err(other),
    }
}
