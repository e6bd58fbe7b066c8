//! The log as the office writes it: what waits in the vault goes into it, once.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::time::{Duration, Instant};

use countermark_proof::Digest;
use countermark_tlog::directory::{Audit, CHECKPOINT, Disk, Log, View};
use countermark_tlog::error::LogError;
use countermark_tlog::note::MAX_NOTE;
use countermark_vault::{ExtraFile, WriteTx};

use crate::office::ONLY;
use crate::record::{AuditLeafRecord, CheckpointRecord, LeafOf, MessageRecord, PendingRecord};
use crate::{Error, Office};

/// How long an append waits for another process that appends.
const PATIENCE: Duration = Duration::from_secs(10);

/// What an audit of log and vault found.
#[derive(Debug)]
pub struct LogAudit {
    /// Entries checked.
    pub size: u64,
    /// What does not fit; empty when everything does.
    pub problems: Vec<String>,
}

impl<D: Disk + Clone> Office<D> {
    /// Appends what waits, all of it or nothing. The vault records checkpoint and indices in one transaction before the
    /// checkpoint is published: whatever dies when, a leaf is logged once.
    pub(crate) fn publish_pending(&mut self) -> Result<(), Error> {
        if self.pending()?.is_empty() {
            return Ok(());
        }
        let mut log = self.open_log()?;
        self.publish_in(&mut log)
    }

    /// As [`publish_pending`](Self::publish_pending), under a lock that is held.
    fn publish_in(&mut self, log: &mut Log<D>) -> Result<(), Error> {
        // Another process may have appended while this one waited for the lock.
        let pending = self.pending()?;
        // A vault out of a backup may take for waiting what its log has long held.
        let logged = if self.vault.is_restored()? { indices(log.view())? } else { HashMap::new() };
        let (known, new): (Vec<_>, Vec<_>) = pending.into_iter().partition(|(_, leaf, _)| logged.contains_key(leaf));
        let leaves: Vec<&[u8]> = new.iter().map(|(_, leaf, _)| leaf.as_slice()).collect();
        let (signer, first, opened) = (self.signer(), log.size(), log.checkpoint().to_text());
        let vault = &mut self.vault;
        let note_known = |tx: &mut WriteTx<'_>| -> Result<(), Error> {
            for (id, leaf, of) in &known {
                note_index(tx, *of, logged[leaf])?;
                tx.remove::<PendingRecord>(id)?;
            }
            Ok(())
        };
        if new.is_empty() {
            return vault.write(note_known);
        }
        log.append(&signer, &leaves, |checkpoint| {
            let note = String::from_utf8_lossy(checkpoint).into_owned();
            vault.write::<_, Error>(|tx| {
                // What is signed now continues what was recorded last, and nothing else: two checkpoints of one size never leave here.
                let recorded = tx.get::<CheckpointRecord>(ONLY)?;
                if recorded.is_none_or(|recorded| recorded.note != opened) {
                    return Err(Error::ForeignLog { what: "another process appended to it meanwhile" });
                }
                tx.put(ONLY, &CheckpointRecord { note })?;
                for (index, (id, _, of)) in (first..).zip(&new) {
                    note_index(tx, *of, index)?;
                    tx.remove::<PendingRecord>(id)?;
                }
                note_known(tx)
            })
        })?;
        Ok(())
    }

    /// Completes what an interrupted sealing left: its leaf is appended, a checkpoint that was recorded but not put in place is.
    ///
    /// # Errors
    /// Those of vault and log.
    pub fn recover(&mut self) -> Result<(), Error> {
        if !self.pending()?.is_empty() {
            return self.publish_pending();
        }
        let recorded = self.recorded()?;
        let in_place = self.disk.read(CHECKPOINT, MAX_NOTE).unwrap_or_default();
        if recorded.map(String::into_bytes) != in_place {
            drop(self.open_log()?);
        }
        Ok(())
    }

    /// Writes a backup of the vault with the log's files, which `collect` reads while nobody appends: the vault in it never knows of
    /// more than the log in it holds.
    ///
    /// # Errors
    /// Those of `collect`, of vault and log.
    pub fn backup<E: From<Error>>(
        &mut self,
        to: &Path,
        collect: impl FnOnce() -> Result<Vec<ExtraFile>, E>,
    ) -> Result<usize, E> {
        let mut log = self.open_log()?;
        self.publish_in(&mut log)?;
        let files = collect()?;
        self.vault.backup(to, &files).map_err(Error::Vault)?;
        drop(log);
        self.note("vault backup", "")?;
        Ok(files.len())
    }

    /// The newest checkpoint, as the directory has it.
    ///
    /// # Errors
    /// Those of the log.
    pub fn checkpoint(&self) -> Result<String, Error> {
        Ok(self.view()?.checkpoint().to_text())
    }

    /// Recomputes the whole log, and compares it with what the vault knows of it.
    ///
    /// # Errors
    /// Those of vault and log, where they can't be read at all.
    pub fn audit_log(&self) -> Result<LogAudit, Error> {
        let view = self.view()?;
        let Audit { size, findings, .. } = view.audit()?;
        let mut problems: Vec<String> = findings.iter().map(ToString::to_string).collect();
        let messages = self.vault.read::<_, Error>(|tx| Ok(tx.list::<MessageRecord>()?))?;
        for (id, record) in messages {
            let name = format!("message {}", &hex(&id)[..8]);
            if crate::messages::opened(&id, record.clone()).is_err() {
                problems.push(format!("{name}: its parts make no master"));
            }
            let tag = self.table.slot(record.slot)?.tag(self.table.table());
            let leaf = countermark_proof::leaf(&tag, &record.commitment);
            compare(&view, record.index, &leaf, &name, &mut problems);
        }
        let entries = self.vault.read::<_, countermark_vault::Error>(|tx| tx.audit_entries())?;
        for (_, record) in self.vault.read::<_, Error>(|tx| Ok(tx.list::<AuditLeafRecord>()?))? {
            let name = format!("the audit trail's head of entry {}", record.entries);
            compare(&view, record.index, &countermark_proof::leaf(&record.tag, &record.head), &name, &mut problems);
            let entry = record.entries.checked_sub(1).and_then(|n| entries.get(usize::try_from(n).ok()?));
            if entry.map(|entry| entry.hash) != Some(record.head) {
                problems.push(format!("{name} is not that of the vault's trail: the vault was rolled back or changed"));
            }
        }
        problems.extend(tags_twice(&view)?);
        problems.extend(self.unknown_leaves(&view)?);
        Ok(LogAudit { size, problems })
    }

    /// Leaves that the vault knows nothing of: it was rolled back. One that was restored says so itself, and they are no problem of it.
    fn unknown_leaves(&self, view: &View<D>) -> Result<Option<String>, Error> {
        if self.vault.is_restored()? {
            return Ok(None);
        }
        let known = self.vault.read::<_, Error>(|tx| {
            let mut known = 1;
            tx.visit::<MessageRecord>(|_, record| {
                known += u64::from(record.index.is_some());
                Ok(())
            })?;
            tx.visit::<AuditLeafRecord>(|_, record| {
                known += u64::from(record.index.is_some());
                Ok(())
            })?;
            Ok(known)
        })?;
        let unknown = view.size().saturating_sub(known);
        let told =
            || format!("the vault knows nothing of {unknown} leaves of its log: an older vault was put in its place");
        Ok((unknown > 0).then(told))
    }

    /// The log, to read from. It is this office's: its checkpoint is checked under the office's key.
    pub(crate) fn view(&self) -> Result<View<D>, Error> {
        Ok(View::open(self.disk.clone(), self.signer().verifier().clone())?)
    }

    /// The tags of all entries.
    pub(crate) fn logged_tags(&self) -> Result<HashSet<Digest>, Error> {
        let view = self.view()?;
        let entries = view.entries(0..view.size())?;
        Ok(entries.iter().filter_map(|entry| entry.first_chunk::<32>().copied()).collect())
    }

    /// Opens the log for appending, waiting for another process; makes it when this office has none yet.
    fn open_log(&mut self) -> Result<Log<D>, Error> {
        let key = self.signer().verifier().clone();
        let until = Instant::now() + PATIENCE;
        loop {
            let recorded = self.recorded()?;
            let Some(recorded) = recorded else { return self.make_log() };
            match Log::open(self.disk.clone(), key.clone(), Some(recorded.as_bytes())) {
                Err(LogError::Locked) if Instant::now() < until => std::thread::sleep(Duration::from_millis(20)),
                opened => {
                    let log = opened?;
                    // Read before the lock was taken, the record may be old by now, and its log would be taken up where it stood then.
                    if self.recorded()?.as_ref() != Some(&recorded) {
                        continue;
                    }
                    let note = log.checkpoint().to_text();
                    if note != recorded {
                        self.vault.write::<_, Error>(|tx| Ok(tx.put(ONLY, &CheckpointRecord { note })?))?;
                    }
                    return Ok(log);
                }
            }
        }
    }

    fn make_log(&mut self) -> Result<Log<D>, Error> {
        let signer = self.signer();
        let vault = &mut self.vault;
        Ok(Log::create(self.disk.clone(), &signer, |checkpoint| {
            let note = String::from_utf8_lossy(checkpoint).into_owned();
            vault.write::<_, Error>(|tx| Ok(tx.put(ONLY, &CheckpointRecord { note })?))
        })?)
    }

    fn recorded(&self) -> Result<Option<String>, Error> {
        let record = self.vault.read::<_, Error>(|tx| Ok(tx.get::<CheckpointRecord>(ONLY)?))?;
        Ok(record.map(|record| record.note))
    }

    /// What waits: its row, the leaf, what it commits to. The table's leaf comes first, the others in the order of their random
    /// tags, so that the log does not show what belongs to whom.
    fn pending(&self) -> Result<Vec<(countermark_vault::Id, Vec<u8>, LeafOf)>, Error> {
        let mut pending = Vec::new();
        for (id, record) in self.vault.read::<_, Error>(|tx| Ok(tx.list::<PendingRecord>()?))? {
            let leaf = unhex(&record.leaf).ok_or(Error::ForeignLog { what: "a leaf that waits is damaged" })?;
            pending.push((id, leaf, record.of));
        }
        pending.sort_by_key(|(_, _, of)| *of != LeafOf::Table);
        Ok(pending)
    }
}

fn note_index(tx: &mut WriteTx<'_>, of: LeafOf, index: u64) -> Result<(), Error> {
    match of {
        LeafOf::Table => {}
        LeafOf::Message(id) => {
            if let Some(mut record) = tx.get::<MessageRecord>(id)? {
                record.index = Some(index);
                tx.put(id, &record)?;
            }
        }
        LeafOf::Audit(id) => {
            if let Some(mut record) = tx.get::<AuditLeafRecord>(id)? {
                record.index = Some(index);
                tx.put(id, &record)?;
            }
        }
    }
    Ok(())
}

fn compare<D: Disk>(view: &View<D>, index: Option<u64>, leaf: &[u8], name: &str, problems: &mut Vec<String>) {
    match index.map(|index| view.entry(index)) {
        None => problems.push(format!("{name} is not in the log yet")),
        Some(Ok(entry)) if entry == leaf => {}
        Some(Ok(_)) => problems.push(format!("{name}: the log holds something else at its place")),
        Some(Err(error)) => problems.push(format!("{name}: {error}")),
    }
}

/// Where each entry stands.
fn indices<D: Disk>(view: &View<D>) -> Result<HashMap<Vec<u8>, u64>, Error> {
    Ok(view.entries(0..view.size())?.into_iter().zip(0..).collect())
}

/// In one log a tag stands once, or one reference would have two sealings.
fn tags_twice<D: Disk>(view: &View<D>) -> Result<Vec<String>, Error> {
    let mut seen = HashSet::new();
    let entries = view.entries(0..view.size())?;
    let twice = entries.iter().enumerate().filter(|(_, entry)| !seen.insert(entry.get(..32).unwrap_or(entry).to_vec()));
    Ok(twice.map(|(index, _)| format!("entry {index} has the tag of an earlier one")).collect())
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

/// Reads what [`hex`] wrote.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let pair = |pair: &[u8]| Some((digit(pair[0])? << 4 | digit(pair[1])?) as u8);
    if text.len() % 2 == 1 {
        return None;
    }
    text.as_bytes().chunks_exact(2).map(pair).collect()
}
