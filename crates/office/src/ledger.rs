//! The log as the office writes it: what waits in the vault goes into it, once.

use std::path::Path;
use std::time::{Duration, Instant};

use countermark_tlog::directory::{CHECKPOINT, Disk, Log, View};
use countermark_tlog::error::LogError;
use countermark_tlog::note::MAX_NOTE;
use countermark_vault::{ExtraFile, WriteTx};

use crate::office::ONLY;
use crate::record::{AuditLeafRecord, CaptureRecord, CheckpointRecord, HistoryRecord, LeafOf, MessageRecord};
use crate::take::record::ImportRecord;
use crate::{Error, Office};

/// How long an append waits for another process that appends.
const PATIENCE: Duration = Duration::from_secs(10);

impl<D: Disk + Clone> Office<D> {
    /// Completes what was interrupted: a log without its first leaf gets it, a checkpoint that was recorded but not put in place is.
    /// What waits for its batch goes on waiting, but for what the log turns out to hold already.
    /// Keys that an interrupted expiry was to destroy are destroyed.
    ///
    /// # Errors
    /// Those of vault and log.
    pub fn recover(&mut self) -> Result<(), Error> {
        let finished = self.finish();
        self.recover_log().and(finished)
    }

    fn recover_log(&mut self) -> Result<(), Error> {
        let waiting = self.waiting()?;
        if waiting.iter().any(|waiting| waiting.of == LeafOf::Table) {
            let mut log = self.open_log()?;
            self.learn(log.view())?;
            return self.publish_table(&mut log);
        }
        let recorded = self.recorded()?;
        let in_place = self.disk.read(CHECKPOINT, MAX_NOTE).unwrap_or_default();
        if recorded.map(String::into_bytes) != in_place {
            drop(self.open_log()?);
        }
        if waiting.is_empty() { Ok(()) } else { self.learn(&self.view()?) }
    }

    /// Writes a backup of the vault with the log's files, which `collect` reads while nobody appends: the vault in it never knows of
    /// more than the log in it holds. What is due is published first.
    ///
    /// # Errors
    /// Those of `collect`, of vault and log.
    pub fn backup<E: From<Error>>(
        &mut self,
        to: &Path,
        collect: impl FnOnce() -> Result<Vec<ExtraFile>, E>,
    ) -> Result<usize, E> {
        let mut log = self.open_log()?;
        self.publish_due_in(&mut log)?;
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

    /// The log, to read from. It is this office's: its checkpoint is checked under the office's key.
    pub(crate) fn view(&self) -> Result<View<D>, Error> {
        Ok(View::open(self.disk.clone(), self.signer().verifier().clone())?)
    }

    /// Opens the log for appending, waiting for another process; makes it when this office has none yet.
    pub(crate) fn open_log(&mut self) -> Result<Log<D>, Error> {
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
                        self.adopt(&note, log.size())?;
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

    /// Takes over what the directory has: a newer checkpoint, or the same one with other cosignatures.
    fn adopt(&mut self, note: &str, size: u64) -> Result<(), Error> {
        let at_ms = self.now_ms();
        self.vault.write::<_, Error>(|tx| {
            tx.put(ONLY, &CheckpointRecord { note: note.to_owned() })?;
            if !tx.contains::<HistoryRecord>(size.to_be_bytes())? {
                tx.put(size.to_be_bytes(), &HistoryRecord { note: note.to_owned(), at_ms, tokens: Vec::new() })?;
            }
            Ok(())
        })
    }
}

/// Notes where a leaf stands with what it commits to.
pub(crate) fn note_index(tx: &mut WriteTx<'_>, of: LeafOf, index: u64) -> Result<(), Error> {
    match of {
        LeafOf::Table => {}
        LeafOf::Message(id) => {
            if let Some(mut record) = tx.get::<MessageRecord>(id)? {
                record.index = Some(index);
                tx.put(id, &record)?;
            }
        }
        LeafOf::Capture(id) => {
            if let Some(mut record) = tx.get::<CaptureRecord>(id)? {
                record.index = Some(index);
                tx.put(id, &record)?;
            }
        }
        LeafOf::Import(id) => {
            if let Some(mut record) = tx.get::<ImportRecord>(id)? {
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
