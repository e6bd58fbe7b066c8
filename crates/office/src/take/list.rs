//! The taken messages: listing, showing, removing.

use countermark_proof::MessageId;
use countermark_reading::exports::Direction;
use countermark_tlog::directory::Disk;

use super::record::{CorrespondentRecord, ImportRecord, TakenRecord};
use crate::ledger::hex;
use crate::record::PendingRecord;
use crate::{Error, Office};

/// A line of the list.
#[derive(Clone, PartialEq, Eq)]
pub struct TakenSummary {
    /// The id.
    pub message: MessageId,
    /// When it was written, seconds since 1970.
    pub at: u64,
    /// Whether the zone of that time is known; else it was read as UTC.
    pub zoned: bool,
    /// Which way it went.
    pub direction: Direction,
    /// Who wrote it.
    pub author: Correspondent,
    /// To whom.
    pub recipients: Vec<Correspondent>,
    /// The chat or the subject.
    pub thread: String,
}

impl std::fmt::Debug for TakenSummary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TakenSummary").field("message", &self.message).finish_non_exhaustive()
    }
}

/// A person as the source names him.
#[derive(Clone, PartialEq, Eq)]
pub struct Correspondent {
    /// His name there; may be empty.
    pub name: String,
    /// His address there; may be empty.
    pub address: String,
    /// His handle, where the address book has just one person of this name or address.
    pub handle: Option<String>,
}

impl std::fmt::Debug for Correspondent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Correspondent").finish_non_exhaustive()
    }
}

impl Correspondent {
    /// How he is shown: his name, or his address.
    #[must_use]
    pub fn shown(&self) -> &str {
        if self.name.is_empty() { &self.address } else { &self.name }
    }
}

/// What came of a signature when the mail was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dkim {
    /// The domain that signed.
    pub domain: String,
    /// Its key's name.
    pub selector: String,
    /// `verifies`, `expired`, `no-key`, `fails`, `refused`.
    pub outcome: String,
    /// Why.
    pub reason: String,
    /// When it was checked, milliseconds since 1970.
    pub checked_ms: u64,
}

/// A file out of which messages were taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The id.
    pub id: [u8; 16],
    /// When, milliseconds since 1970.
    pub taken_ms: u64,
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub file: String,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
    /// Whether its leaf is in the log.
    pub logged: bool,
}

/// A taken message, whole.
#[derive(Clone)]
pub struct TakenMessage {
    /// What the list says of it.
    pub summary: TakenSummary,
    /// A mail's subject.
    pub subject: Option<String>,
    /// The writer's own words.
    pub text: String,
    /// Earlier text quoted in it.
    pub quoted: String,
    /// What stood below it.
    pub signature: String,
    /// Whether it was changed afterwards: when, seconds since 1970, where that is known.
    pub edited: Option<Option<u64>>,
    /// Pictures and files that came with it and were not read.
    pub attachments: usize,
    /// What the source calls it.
    pub source_id: String,
    /// Where it stands in the source.
    pub place: String,
    /// Hash of the source's item, in hexadecimal.
    pub item: String,
    /// What came of its signatures.
    pub dkim: Vec<Dkim>,
    /// The file that it came out of first.
    pub import: Option<Import>,
}

impl std::fmt::Debug for TakenMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TakenMessage").field("summary", &self.summary).finish_non_exhaustive()
    }
}

/// How many there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TakenCount {
    /// Sent ones.
    pub sent: usize,
    /// Received ones.
    pub received: usize,
}

/// What was removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removed {
    /// The messages.
    pub messages: usize,
    /// The import, where one was meant: its own record stays as long as its leaf is in the log.
    pub import: Option<Import>,
}

impl<D: Disk + Clone> Office<D> {
    /// All taken messages, the newest first.
    ///
    /// # Errors
    /// The vault's.
    pub fn taken(&self) -> Result<Vec<TakenSummary>, Error> {
        let records = self.vault.read::<_, Error>(|tx| Ok(tx.list::<TakenRecord>()?))?;
        let mut taken: Vec<_> = records.iter().filter_map(|(id, r)| Some(summary(message_id(id)?, r))).collect();
        taken.sort_by_key(|one| (std::cmp::Reverse(one.at), one.message));
        Ok(taken)
    }

    /// How many there are.
    ///
    /// # Errors
    /// The vault's.
    pub fn count_taken(&self) -> Result<TakenCount, Error> {
        let mut count = TakenCount::default();
        self.vault.read::<_, Error>(|tx| {
            Ok(tx.visit::<TakenRecord>(|_, record| {
                *(if record.sent { &mut count.sent } else { &mut count.received }) += 1;
                Ok(())
            })?)
        })?;
        Ok(count)
    }

    /// The taken message that is meant, if one is: an id or its first characters.
    ///
    /// # Errors
    /// [`Error::ManyMessages`]; the vault's.
    pub fn taken_message(&self, given: &str) -> Result<Option<TakenMessage>, Error> {
        let Some((id, record)) = self.find_taken(given)? else { return Ok(None) };
        let import = self.vault.read::<_, Error>(|tx| Ok(tx.get::<ImportRecord>(record.import)?))?;
        let import = import.map(|found| self::import(record.import, &found));
        let dkim = record.dkim.iter().map(|one| Dkim {
            domain: one.domain.clone(),
            selector: one.selector.clone(),
            outcome: one.outcome.clone(),
            reason: one.reason.clone(),
            checked_ms: one.checked_ms,
        });
        Ok(Some(TakenMessage {
            summary: summary(id, &record),
            dkim: dkim.collect(),
            import,
            edited: record.edited.map(|at| Some(at).filter(|at| *at > 0)),
            subject: record.subject,
            text: record.text,
            quoted: record.quoted,
            signature: record.signature,
            attachments: record.attachments,
            source_id: record.source_id,
            place: record.place,
            item: record.item,
        }))
    }

    /// The files out of which messages were taken, the newest first.
    ///
    /// # Errors
    /// The vault's.
    pub fn imports(&self) -> Result<Vec<Import>, Error> {
        let records = self.vault.read::<_, Error>(|tx| Ok(tx.list::<ImportRecord>()?))?;
        let known = records.iter().filter_map(|(id, record)| Some(import(message_id(id)?.0, record)));
        let mut imports: Vec<_> = known.collect();
        imports.sort_by_key(|import| (std::cmp::Reverse(import.taken_ms), import.id));
        Ok(imports)
    }

    /// Removes a taken message, or all that came out of one import first. What the log says of the file stays there: it names nobody and
    /// holds no text. Sealed messages are never removed.
    ///
    /// # Errors
    /// [`Error::UnknownMessage`], [`Error::ManyMessages`]; the vault's.
    pub fn remove_taken(&mut self, given: &str) -> Result<Removed, Error> {
        if let Some((id, _)) = self.find_taken(given)? {
            self.remove(&[id], None)?;
            return Ok(Removed { messages: 1, import: None });
        }
        let wanted = given.trim().to_lowercase();
        let mut meant = self.imports()?;
        meant.retain(|import| !wanted.is_empty() && hex(&import.id).starts_with(&wanted));
        let import = match meant.len() {
            0 => return Err(Error::UnknownMessage { given: given.to_owned() }),
            1 => meant.remove(0),
            _ => return Err(Error::ManyMessages { prefix: given.to_owned() }),
        };
        let mut ids = Vec::new();
        self.vault.read::<_, Error>(|tx| {
            Ok(tx.visit::<TakenRecord>(|id, record| {
                ids.extend(message_id(&id).filter(|_| record.import == import.id));
                Ok(())
            })?)
        })?;
        self.remove(&ids, Some(&import))?;
        Ok(Removed { messages: ids.len(), import: Some(import) })
    }

    fn remove(&mut self, ids: &[MessageId], import: Option<&Import>) -> Result<(), Error> {
        let subject = import.map_or_else(|| ids.first().map_or_else(String::new, |id| hex(&id.0)), |one| hex(&one.id));
        let act = self.act("messages remove", &subject);
        self.vault.write::<_, Error>(|tx| {
            for id in ids {
                tx.remove::<TakenRecord>(id.0)?;
            }
            // A leaf that still waits goes with it; one that is logged keeps its record, or the log would hold what nobody knows.
            if let Some(import) = import
                && let Some(record) = tx.get::<ImportRecord>(import.id)?
                && record.index.is_none()
            {
                tx.remove::<PendingRecord>(record.tag)?;
                tx.remove::<ImportRecord>(import.id)?;
            }
            tx.audit(&act)?;
            Ok(())
        })?;
        self.forget_indexed(ids)
    }

    /// What the list says of one, if it is there.
    pub(crate) fn taken_summary(&self, id: [u8; 16]) -> Result<Option<TakenSummary>, Error> {
        let record = self.vault.read::<_, Error>(|tx| Ok(tx.get::<TakenRecord>(id)?))?;
        Ok(record.map(|record| summary(MessageId(id), &record)))
    }

    pub(super) fn find_taken(&self, given: &str) -> Result<Option<(MessageId, TakenRecord)>, Error> {
        let wanted = given.trim().to_lowercase();
        let mut found = Vec::new();
        self.vault.read::<_, Error>(|tx| {
            Ok(tx.visit::<TakenRecord>(|id, record| {
                if !wanted.is_empty() && hex(&id).starts_with(&wanted) && found.len() < 2 {
                    found.extend(message_id(&id).map(|id| (id, record)));
                }
                Ok(())
            })?)
        })?;
        if found.len() > 1 {
            return Err(Error::ManyMessages { prefix: given.to_owned() });
        }
        Ok(found.pop())
    }
}

pub(super) fn message_id(id: &[u8]) -> Option<MessageId> {
    id.try_into().ok().map(MessageId)
}

pub(super) fn summary(message: MessageId, record: &TakenRecord) -> TakenSummary {
    let correspondent = |one: &CorrespondentRecord| Correspondent {
        name: one.name.clone(),
        address: one.address.clone(),
        handle: one.handle.clone(),
    };
    TakenSummary {
        message,
        at: record.at,
        zoned: record.zoned,
        direction: if record.sent { Direction::Sent } else { Direction::Received },
        author: correspondent(&record.author),
        recipients: record.recipients.iter().map(correspondent).collect(),
        thread: record.thread.clone(),
    }
}

fn import(id: [u8; 16], record: &ImportRecord) -> Import {
    Import {
        id,
        taken_ms: record.taken_ms,
        kind: record.kind.clone(),
        file: record.file.clone(),
        sha256: record.sha256.clone(),
        logged: record.index.is_some(),
    }
}
