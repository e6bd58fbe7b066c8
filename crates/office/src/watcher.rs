//! The desk's side of the watcher: the keys that it works with, and the index of what is registered.
//!
//! The watcher's folder holds no message, no name and no id: the index calls messages by handles, keyed hashes of their ids, and which
//! message a handle means stands in the vault alone.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use age::secrecy::ExposeSecret;
use countermark_marking::Master;
use countermark_proof::MessageId;
use countermark_screening::{Builder, Key, Match};
use countermark_shelf::{Error as IndexError, Reader, Shelf};
use countermark_tlog::directory::Disk;

use crate::ledger::hex;
use crate::messages::opened;
use crate::office::ONLY;
use crate::record::{DeskRecord, HandleRecord, MessageRecord, RecipientRecord, TouchedRecord, UnindexedRecord};
use crate::{Error, Office};

/// The file with the key that the watcher seals to.
const RECIPIENT: &str = "desk.pub";

/// The file with the index's key, 64 hexadecimal digits.
const INDEX_KEY: &str = "index.key";

/// The folder of the index.
const INDEX: &str = "index";

/// So often, so long apart, the index's lock is tried.
const WAITS: usize = 100;
const WAIT: Duration = Duration::from_millis(20);

/// Messages that go into the index in one go.
const STRETCH: usize = 512;

/// The watcher's folder, joined.
pub(crate) struct Joined {
    pub(crate) dir: PathBuf,
    key: Key,
    /// The index as it was last looked into.
    reader: Option<Reader>,
}

/// A message that goes into the index.
struct Entry {
    id: [u8; 16],
    handle: u64,
    master: Master,
    recipients: Vec<RecipientRecord>,
}

impl Entry {
    /// What stands in a field's place in the copies.
    fn values(&self, field: &str) -> Vec<String> {
        self.recipients.iter().filter_map(|recipient| recipient.fields.get(field).cloned()).collect()
    }
}

impl<D: Disk + Clone> Office<D> {
    /// Joins the watcher's folder: makes its keys and its index where there are none, and adds what is missing. From then on what is sealed
    /// goes into the index as well, and what lies in the inbox can be taken in.
    ///
    /// # Errors
    /// Those of the folder and the vault. Everything but watching works without it.
    pub fn join_watcher(&mut self, dir: &Path) -> Result<(), Error> {
        let desk = self.desk_or_new()?;
        let folder = || -> std::io::Result<()> { DirBuilder::new().recursive(true).mode(0o700).create(dir) };
        folder().map_err(|source| Error::WatchFolder { file: "folder", source })?;
        write_private(dir, RECIPIENT, &identity(&desk)?.to_public().to_string())?;
        write_private(dir, INDEX_KEY, &hex(&desk.index_key))?;
        let key = Key::new(&desk.index_key);
        let held = Reader::open(&dir.join(INDEX), key.clone()).map(|reader| reader.screener().messages());
        // An index that is damaged, or lacks what it should hold, was lost or is an older one: it is filled again.
        if held.unwrap_or_default() < desk.indexed {
            self.forget_index(&dir.join(INDEX), &key)?;
        }
        self.joined = Some(Joined { dir: dir.to_owned(), key, reader: None });
        self.index_new()
    }

    /// Adds to the index what is registered and not there yet.
    ///
    /// # Errors
    /// Those of the folder and the vault.
    pub(crate) fn index_new(&mut self) -> Result<(), Error> {
        let Some(joined) = &self.joined else { return Ok(()) };
        let (index, key) = (joined.dir.join(INDEX), joined.key.clone());
        let waiting = self.vault.read::<_, Error>(|tx| Ok(tx.list::<UnindexedRecord>()?))?;
        if waiting.is_empty() && index.is_dir() {
            return Ok(());
        }
        let mut shelf = lock(&index, &key)?;
        for stretch in waiting.chunks(STRETCH) {
            let mut entries = Vec::with_capacity(stretch.len());
            for (id, _) in stretch {
                entries.extend(self.entry(id)?);
            }
            put(&mut shelf, &key, &entries)?;
            let indexed = shelf.messages();
            self.vault.write::<_, Error>(|tx| {
                for entry in &entries {
                    tx.put(entry.handle.to_be_bytes(), &HandleRecord { message: entry.id })?;
                    tx.remove::<UnindexedRecord>(entry.id)?;
                }
                if let Some(mut desk) = tx.get::<DeskRecord>(ONLY)? {
                    desk.indexed = indexed;
                    tx.put(ONLY, &desk)?;
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// A message as the index takes it. A damaged one is left waiting; the audit names it.
    fn entry(&self, id: &[u8]) -> Result<Option<Entry>, Error> {
        let record = self.vault.read::<_, Error>(|tx| Ok(tx.get::<MessageRecord>(id)?))?;
        let Some(opened) = record.and_then(|record| opened(id, record).ok()) else {
            let taken = self.taken_master(id)?;
            return Ok(taken.map(|(id, master)| Entry { id, handle: self.handle_of(&id), master, recipients: vec![] }));
        };
        Ok(Some(Entry {
            id: opened.id.0,
            handle: self.handle_of(&opened.id.0),
            master: opened.master,
            recipients: opened.record.recipients,
        }))
    }

    /// What the index calls a message by.
    fn handle_of(&self, message: &[u8; 16]) -> u64 {
        let id = self.vault.name_id("handle", &hex(message));
        id.iter().take(8).fold(0, |handle, byte| handle << 8 | u64::from(*byte))
    }

    /// The handles of registered messages that share words with a text.
    ///
    /// # Errors
    /// When the index can't be read; what the watcher found holds all the same.
    pub(crate) fn handles_in(&mut self, text: &str) -> Result<Vec<u64>, Error> {
        Ok(self.screened(text)?.iter().map(|found| found.handle).collect())
    }

    /// The message that shares the rarest words with a text, rare enough to ring; nothing where none does, or there is no index.
    ///
    /// # Errors
    /// The vault's.
    pub(crate) fn touched(&mut self, text: &str) -> Result<Option<TouchedRecord>, Error> {
        let matches = self.screened(text).unwrap_or_default();
        let Some(best) = matches.into_iter().find(|found| found.alarm) else { return Ok(None) };
        let handle = best.handle.to_be_bytes();
        let record = self.vault.read::<_, Error>(|tx| Ok(tx.get::<HandleRecord>(handle)?))?;
        Ok(record.map(|record| TouchedRecord {
            message: record.message,
            words: best.words,
            places: u32::try_from(best.spans.len()).unwrap_or(u32::MAX),
            millibits: (best.bits.max(0.0) * 1000.0).round() as u64,
        }))
    }

    fn screened(&mut self, text: &str) -> Result<Vec<Match>, Error> {
        let Some(joined) = &mut self.joined else { return Ok(Vec::new()) };
        match &mut joined.reader {
            Some(reader) => _ = reader.refresh()?,
            empty => *empty = Some(Reader::open(&joined.dir.join(INDEX), joined.key.clone())?),
        }
        Ok(joined.reader.as_ref().map(|reader| reader.screener().screen(text).matches).unwrap_or_default())
    }

    /// The joined folder, and what the desk holds for it.
    pub(crate) fn desk(&self) -> Result<Option<(PathBuf, DeskRecord)>, Error> {
        let Some(joined) = &self.joined else { return Ok(None) };
        let desk = self.vault.read::<_, Error>(|tx| Ok(tx.get::<DeskRecord>(ONLY)?))?;
        Ok(desk.map(|desk| (joined.dir.clone(), desk)))
    }

    /// What the desk holds for the watcher; made, with every message waiting for the index, the first time.
    fn desk_or_new(&mut self) -> Result<DeskRecord, Error> {
        if let Some(desk) = self.vault.read::<_, Error>(|tx| Ok(tx.get::<DeskRecord>(ONLY)?))? {
            return Ok(desk);
        }
        let identity = age::x25519::Identity::generate().to_string().expose_secret().to_owned();
        let mut index_key = [0; 32];
        self.vault.rng().fill_bytes(&mut index_key);
        let desk = DeskRecord { identity, index_key, indexed: 0, taken: String::new() };
        let messages = self.message_ids()?;
        self.vault.write::<_, Error>(|tx| {
            // Another process may have been here meanwhile.
            if let Some(desk) = tx.get::<DeskRecord>(ONLY)? {
                return Ok(desk);
            }
            tx.put(ONLY, &desk)?;
            for id in &messages {
                tx.put(id.0, &UnindexedRecord {})?;
            }
            Ok(desk)
        })
    }

    /// Every message waits for the index again.
    fn forget_index(&mut self, index: &Path, key: &Key) -> Result<(), Error> {
        let messages = self.message_ids()?;
        self.vault.write::<_, Error>(|tx| {
            for id in &messages {
                tx.put(id.0, &UnindexedRecord {})?;
            }
            Ok(())
        })?;
        if index.is_dir() {
            match lock(index, key) {
                Ok(mut shelf) => shelf.replace_all(Builder::new(key))?,
                // What can't be read is of no use to anybody: everything in it stands in the vault.
                Err(_) => {
                    std::fs::remove_dir_all(index).map_err(|source| Error::WatchFolder { file: INDEX, source })?
                }
            }
        }
        Ok(())
    }

    fn message_ids(&self) -> Result<Vec<MessageId>, Error> {
        let mut ids = Vec::new();
        self.vault.read::<_, Error>(|tx| {
            Ok(tx.visit::<MessageRecord>(|id, _| {
                ids.extend(<[u8; 16]>::try_from(&id[..]).map(MessageId));
                Ok(())
            })?)
        })?;
        ids.extend(self.taken_ids()?);
        Ok(ids)
    }

    /// Takes messages out of the index. One that is not there any more, and still in the index, is found by nobody: the desk looks for what
    /// a handle means in the vault.
    pub(crate) fn forget_indexed(&mut self, messages: &[MessageId]) -> Result<(), Error> {
        let handles: Vec<_> = messages.iter().map(|message| self.handle_of(&message.0)).collect();
        self.vault.write::<_, Error>(|tx| {
            for (message, handle) in messages.iter().zip(&handles) {
                tx.remove::<UnindexedRecord>(message.0)?;
                tx.remove::<HandleRecord>(handle.to_be_bytes())?;
            }
            Ok(())
        })?;
        let Some(joined) = &self.joined else { return Ok(()) };
        let mut shelf = lock(&joined.dir.join(INDEX), &joined.key)?;
        for handle in handles {
            shelf.remove(handle)?;
        }
        let indexed = shelf.messages();
        self.vault.write::<_, Error>(|tx| {
            if let Some(mut desk) = tx.get::<DeskRecord>(ONLY)? {
                desk.indexed = indexed;
                tx.put(ONLY, &desk)?;
            }
            Ok(())
        })
    }
}

/// Puts entries into the index: one at a time where they are few, since each takes the place of one with its handle.
fn put(shelf: &mut Shelf, key: &Key, entries: &[Entry]) -> Result<(), Error> {
    if shelf.messages() > 0 && entries.len() < 16 {
        for entry in entries {
            shelf.add(entry.handle, &entry.master, &|field| entry.values(field))?;
        }
        return Ok(());
    }
    let mut builder = Builder::new(key);
    for entry in entries {
        // One that stands there already was added just before this process ended the last time.
        shelf.remove(entry.handle)?;
        builder.add(entry.handle, &entry.master, &|field| entry.values(field)).map_err(IndexError::Message)?;
    }
    Ok(shelf.add_all(builder)?)
}

/// Opens the index to write, waiting a little for another process that does.
fn lock(index: &Path, key: &Key) -> Result<Shelf, Error> {
    for _ in 0..WAITS {
        match Shelf::open(index, key.clone()) {
            Err(IndexError::Busy { .. }) => std::thread::sleep(WAIT),
            other => return Ok(other?),
        }
    }
    Ok(Shelf::open(index, key.clone())?)
}

/// Puts a line where the watcher finds it.
fn write_private(dir: &Path, name: &'static str, line: &str) -> Result<(), Error> {
    let (path, text) = (dir.join(name), format!("{line}\n"));
    if std::fs::read_to_string(&path).is_ok_and(|found| found == text) {
        return Ok(());
    }
    let write = || -> std::io::Result<()> {
        let part = dir.join(format!("{name}.{}.part", std::process::id()));
        // Whatever stands in its place, a link that leads out of the folder among them, is not written through.
        match std::fs::remove_file(&part) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&part, &path)?;
        File::open(dir)?.sync_all()
    };
    write().map_err(|source| Error::WatchFolder { file: name, source })
}

/// What opens the inbox.
pub(crate) fn identity(desk: &DeskRecord) -> Result<age::x25519::Identity, Error> {
    desk.identity.parse().map_err(|_| Error::Desk { what: "its key is damaged" })
}
