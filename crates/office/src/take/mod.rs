//! Take: what was sent and received before it was registered, out of chat exports and mail.
//!
//! A taken message has one text, no sites and no codebook: it can be found and compared, and nobody can be named by it. The whole file is
//! fixed by one leaf of the log, so ten thousand messages wait for one place in a batch and not for ten thousand.
//!
//! *What is durable when.* The first messages of a file, the file's own record, its leaf and the word in the audit trail are one
//! transaction; the messages that follow come in further ones. A process that dies between two of them leaves some of the messages, and
//! the leaf that fixes all of them; taking the file in again adds the others and doubles none.

mod book;
mod list;
pub(crate) mod record;
mod trace;

pub use list::{Correspondent, Dkim, Import, Removed, TakenCount, TakenMessage, TakenSummary};
pub use trace::TakenFinding;
pub(crate) use trace::{OpenTaken, sort};

use countermark_proof::{Capture, MessageId};
use countermark_reading::exports::{Direction, Edited, Kind, Letter, Party};
use countermark_reading::mail::dkim::DkimResult;
use countermark_tlog::directory::Disk;
use countermark_vault::Id;

use crate::ledger::hex;
use crate::record::{LeafOf, PendingRecord, UnindexedRecord};
use crate::{Error, Office};
use book::Book;
use record::{CorrespondentRecord, DkimRecord, ImportRecord, TakenRecord};

/// The file that messages are taken out of.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its name, without its folder.
    pub file: String,
    /// Its kind.
    pub kind: Kind,
    /// Its SHA-256.
    pub sha256: [u8; 32],
}

/// A message that is to be taken in.
#[derive(Debug, Clone)]
pub struct Item {
    /// The letter.
    pub letter: Letter,
    /// Which way it went.
    pub direction: Direction,
    /// What came of its signatures.
    pub dkim: Vec<DkimResult>,
}

/// An import that is under way.
#[derive(Debug)]
pub struct Taking {
    import: [u8; 16],
    record: ImportRecord,
    begun: bool,
    book: Book,
    /// Counts of this run.
    taken: u64,
    known: u64,
}

impl std::fmt::Debug for ImportRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ImportRecord").finish_non_exhaustive()
    }
}

/// What a run took in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Took {
    /// The import's id; none where nothing was new and the file is not known.
    pub import: Option<[u8; 16]>,
    /// Messages that were new.
    pub taken: u64,
    /// Messages that stood there already.
    pub known: u64,
    /// Whether the file's leaf waits for the log's next batch.
    pub waits: bool,
    /// Whether the watcher's index has them, where there is one; if not, they are added the next time.
    pub watched: bool,
}

impl<D: Disk + Clone> Office<D> {
    /// Begins to take a file in. Nothing is written yet.
    ///
    /// # Errors
    /// The vault's.
    pub fn begin_taking(&mut self, source: &Source) -> Result<Taking, Error> {
        let import = short(&self.vault.name_id("import", &hex(&source.sha256)));
        let found = self.vault.read::<_, Error>(|tx| Ok(tx.get::<ImportRecord>(import)?))?;
        let begun = found.is_some();
        let mut secret = [[0; 32]; 2];
        secret.iter_mut().for_each(|bytes| self.vault.rng().fill_bytes(bytes));
        let [tag, salt] = secret;
        let record = found.unwrap_or_else(|| ImportRecord {
            taken_ms: self.now_ms(),
            kind: source.kind.name().to_owned(),
            file: source.file.clone(),
            sha256: hex(&source.sha256),
            taken: 0,
            known: 0,
            skipped: 0,
            tag,
            salt,
            index: None,
        });
        Ok(Taking { import, record, begun, book: Book::of(&self.people()?), taken: 0, known: 0 })
    }

    /// Takes messages in, some hundred at best: all of them or none. What stands there already is left as it is.
    ///
    /// # Errors
    /// The vault's.
    pub fn take(&mut self, taking: &mut Taking, items: &[Item]) -> Result<(), Error> {
        let (now, import) = (self.now_ms(), taking.import);
        let records: Vec<_> = items
            .iter()
            .map(|item| {
                let record = record(item, import, &taking.book, now);
                (self.taken_id(&item.letter.item), record)
            })
            .collect();
        let (begun, source) = (taking.begun, taking.record.clone());
        let pending = self.import_leaf(&source)?;
        let act = self.act("take", &hex(&import));
        let added = self.vault.write::<_, Error>(|tx| {
            let mut added = Vec::new();
            for (id, record) in &records {
                if !tx.contains::<TakenRecord>(id.0)? {
                    tx.insert(id.0, record)?;
                    tx.put(id.0, &UnindexedRecord {})?;
                    added.push(*id);
                }
            }
            if !begun && !added.is_empty() {
                tx.insert(import, &source)?;
                tx.insert(source.tag, &pending)?;
                tx.audit(&act)?;
            }
            Ok(added)
        })?;
        taking.begun |= !added.is_empty();
        taking.taken += added.len() as u64;
        taking.known += (records.len() - added.len()) as u64;
        Ok(())
    }

    /// Ends the import: how much it was stands with the file from now on. `skipped` are the items that were not taken.
    ///
    /// # Errors
    /// The vault's.
    pub fn end_taking(&mut self, taking: Taking, skipped: u64) -> Result<Took, Error> {
        let Taking { import, begun, taken, known, .. } = taking;
        if !begun {
            return Ok(Took { import: None, taken, known, waits: false, watched: true });
        }
        let index = self.vault.write::<_, Error>(|tx| {
            // Read anew: its leaf may have been logged meanwhile.
            let Some(mut record) = tx.get::<ImportRecord>(import)? else { return Ok(None) };
            if taken > 0 || record.skipped != skipped {
                record.taken += taken;
                (record.known, record.skipped) = (known, skipped);
                tx.put(import, &record)?;
            }
            Ok(record.index)
        })?;
        // They are taken in, whatever becomes of the index: what waits for it is added the next time.
        let watched = self.index_new().is_ok();
        Ok(Took { import: Some(import), taken, known, waits: index.is_none(), watched })
    }

    fn import_leaf(&self, record: &ImportRecord) -> Result<PendingRecord, Error> {
        let of = LeafOf::Import(short(&self.vault.name_id("import", &record.sha256)));
        let leaf = record.capture()?.leaf(&record.tag, &record.salt);
        Ok(PendingRecord { leaf: hex(&leaf), of, since: record.taken_ms })
    }

    fn taken_id(&self, item: &[u8; 32]) -> MessageId {
        MessageId(short(&self.vault.name_id("taken", &hex(item))))
    }
}

impl ImportRecord {
    /// The file as a leaf commits to it: in the form of a capture, at the time when it was taken in.
    pub(crate) fn capture(&self) -> Result<Capture, Error> {
        let damaged = Error::Case { case: String::new(), what: "the record of an import is damaged" };
        let sha256 = crate::ledger::unhex(&self.sha256).and_then(|bytes| bytes.try_into().ok()).ok_or(damaged)?;
        Ok(Capture { sha256, at: self.taken_ms / 1000, logged: None })
    }
}

/// The first 16 bytes of a keyed hash.
fn short(id: &Id) -> [u8; 16] {
    let mut short = [0; 16];
    short.copy_from_slice(&id[..16]);
    short
}

fn record(item: &Item, import: [u8; 16], book: &Book, now_ms: u64) -> TakenRecord {
    let letter = &item.letter;
    let correspondent = |party: &Party| CorrespondentRecord {
        name: party.name.clone(),
        address: party.address.clone(),
        handle: book.handle(party),
    };
    let dkim = item.dkim.iter().map(|result| DkimRecord {
        domain: result.domain.clone(),
        selector: result.selector.clone(),
        outcome: result.outcome.name().to_owned(),
        reason: result.outcome.reason(),
        checked_ms: now_ms,
    });
    TakenRecord {
        import,
        at: letter.at.seconds,
        zoned: letter.at.zoned,
        sent: item.direction == Direction::Sent,
        author: correspondent(&letter.author),
        recipients: letter.recipients.iter().map(correspondent).collect(),
        thread: letter.thread.clone(),
        subject: letter.subject.clone(),
        text: letter.text.clone(),
        quoted: letter.quoted.clone(),
        signature: letter.signature.clone(),
        edited: match letter.edited {
            Edited::No => None,
            Edited::Yes => Some(0),
            Edited::At(at) => Some(at.seconds),
        },
        attachments: letter.attachments,
        source_id: letter.id.clone(),
        place: letter.place.to_string(),
        item: hex(&letter.item),
        dkim: dkim.collect(),
    }
}
