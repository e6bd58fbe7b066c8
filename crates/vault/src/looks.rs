//! Looks: how often a message's copies were scored, known for certain before a score exists.
//!
//! A look names a copy at odds that shrink with its number `k`, so a number must never be used twice. Each look is therefore
//! written down twice before its number is known to the caller, in the journal and then in the vault, each synced; the higher of
//! both holds. A vault that comes out of a backup knows too few looks; the journal, which no backup holds, knows them all. Without
//! it a message can be compared but nothing can be named, until [`Vault::restore_looks`] states how many looks there may have been.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::{
    Domain, Error, NotNameable, ReadTx, Record, Table, Vault, WriteTx, hex,
    journal::{AllShown, Journal, MessageTag, ObservationTag},
    journal_file::{DiskFile, JournalFile, failed_at},
    shown::Shown,
};

/// The number of a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Counted from 1, by different observations of one message.
    pub k: u64,
    /// Whether this observation was new and took the number now; otherwise it has had it since it was first scored.
    pub fresh: bool,
}

/// What the vault knows of its journal.
#[derive(Serialize, Deserialize)]
pub(crate) struct Known {
    #[serde(with = "hex::fixed")]
    journal: [u8; 16],
    /// Lines that the journal had when the vault last wrote, and the mac of the last of them: it can't have fewer now.
    lines: u64,
    #[serde(with = "hex::fixed")]
    mac: [u8; 16],
    /// The least count of every message.
    floor: u64,
}

impl Record for Known {
    const TABLE: Table = Table::STATE;
    const DOMAIN: Domain = Domain::Main;
}

/// Under a message's tag the highest look, under message and observation the look of that observation.
#[derive(Serialize, Deserialize)]
struct Spent {
    k: u64,
}

impl Record for Spent {
    const TABLE: Table = Table::LOOKS;
    const DOMAIN: Domain = Domain::Main;
}

const KNOWN: &[u8] = b"looks";

impl Vault {
    /// Makes the vault's journal of looks: once, when the vault is made. Called again it opens the journal that there is, and
    /// after a kill in the midst of making it, it goes on.
    ///
    /// # Errors
    /// [`Error::JournalExists`] when another file stands there; those of [`open_journal`](Self::open_journal).
    pub fn create_journal(&mut self, path: &Path) -> Result<Journal, Error> {
        if self.read(|tx| tx.get::<Known>(KNOWN))?.is_some() {
            return self.open_journal(path);
        }
        let existing = match DiskFile::open(path)? {
            Some(file) => Some(
                Journal::open(Box::new(file), self.journal_key(), self.id())
                    .ok()
                    // One of this vault with nothing in it was made by a call that was cut off.
                    .filter(|journal| journal.lines() == 1 && journal.count(&[0; 16]) == 0)
                    .ok_or_else(|| Error::JournalExists { path: path.to_owned() })?,
            ),
            None => None,
        };
        let journal = match existing {
            Some(journal) => journal,
            None => self.new_journal(path, 0, &AllShown::new(), false)?,
        };
        self.write(|tx| note(tx, &journal, 0))?;
        Ok(journal)
    }

    /// Opens the vault's journal of looks.
    ///
    /// # Errors
    /// [`Error::NotNameable`] when it is missing, cut short, damaged or not this vault's; those of the disk.
    pub fn open_journal(&self, path: &Path) -> Result<Journal, Error> {
        let file = DiskFile::open(path)?.ok_or(NotNameable::Missing)?;
        self.open_journal_on(Box::new(file))
    }

    /// As [`open_journal`](Self::open_journal), on a file of another kind.
    ///
    /// # Errors
    /// As there.
    pub fn open_journal_on(&self, file: Box<dyn JournalFile>) -> Result<Journal, Error> {
        let journal = Journal::open(file, self.journal_key(), self.id())?;
        self.read(|tx| agrees(tx, &journal))?;
        Ok(journal)
    }

    /// States that no message has had more looks than `floor`, and makes the vault able to name again. A journal that is whole
    /// is kept and raised; any other file at the path is renamed (`.replaced-` and eight digits behind its name), never removed, and
    /// what it says was shown, as far as it can be read, is taken over.
    ///
    /// `shown` are messages, with their numbers of sites, of which symbols were shown since the vault's state: no site of them scores
    /// again. Whoever states too few looks, or leaves such a message out, breaks the bound on naming an unused copy, so the caller
    /// writes it into the audit trail.
    ///
    /// # Errors
    /// Those of the disk and the store.
    pub fn restore_looks(&mut self, path: &Path, floor: u64, shown: &[([u8; 16], usize)]) -> Result<Journal, Error> {
        let all = |sites: usize| Shown::of(&(0..sites).collect::<Vec<_>>());
        let mut stated = AllShown::new();
        for (message, sites) in shown {
            stated.insert(self.message_tag(message), all(*sites)?);
        }
        let mut journal = match self.open_journal(path) {
            Ok(mut journal) => {
                journal.locked(|journal| {
                    stated.iter().try_for_each(|(message, shown)| journal.append_shown(message, shown))?;
                    journal.append_floor(floor)
                })?;
                journal
            }
            Err(Error::NotNameable(reason)) => {
                let replaces = reason != NotNameable::Missing;
                if replaces {
                    self.take_over(path, &mut stated)?;
                    self.set_aside(path)?;
                }
                self.new_journal(path, floor, &stated, replaces)?
            }
            Err(other) => return Err(other),
        };
        journal.locked(|journal| self.write(|tx| note(tx, journal, floor)))?;
        Ok(journal)
    }

    /// Spends a look on an observation (its canonical hash) of a message, unless this observation was scored before. When this
    /// returns, the look is durable in the journal and in the vault; a process that is killed before may have spent it, never
    /// have kept it.
    ///
    /// # Errors
    /// [`Error::NotNameable`], those of the disk and the store. After an error the look may or may not be spent, and there is no score.
    pub fn spend(&mut self, journal: &mut Journal, message: &[u8; 16], observation: &[u8; 32]) -> Result<Look, Error> {
        let (message, observation) = self.tags(message, observation);
        journal.locked(|journal| {
            let look = self.next(journal, &message, &observation)?;
            if journal.seen(&message, &observation).is_none() {
                journal.append_look(&message, &observation, look.k)?;
            }
            // From here on the look is spent, whatever happens: the journal is never behind the vault.
            self.write(|tx| {
                let seen = row(&message, &observation);
                if !tx.contains::<Spent>(&seen)? {
                    tx.put(&seen, &Spent { k: look.k })?;
                    let k = tx.get::<Spent>(message)?.map_or(look.k, |spent| spent.k.max(look.k));
                    tx.put(message, &Spent { k })?;
                }
                note(tx, journal, 0)
            })?;
            Ok(look)
        })
    }

    /// The look that [`spend`](Self::spend) would give now; nothing is spent.
    ///
    /// # Errors
    /// As there.
    pub fn peek(&self, journal: &mut Journal, message: &[u8; 16], observation: &[u8; 32]) -> Result<Look, Error> {
        let (message, observation) = self.tags(message, observation);
        journal.locked(|journal| self.next(journal, &message, &observation))
    }

    fn next(&self, journal: &Journal, message: &MessageTag, observation: &ObservationTag) -> Result<Look, Error> {
        self.read(|tx| {
            let known = agrees(tx, journal)?;
            let in_vault = tx.get::<Spent>(row(message, observation))?.map(|spent| spent.k);
            if let Some(k) = in_vault.max(journal.seen(message, observation)) {
                return Ok(Look { k, fresh: false });
            }
            let spent = tx.get::<Spent>(message)?.map_or(0, |spent| spent.k);
            let k = spent.max(known.floor).max(journal.count(message)).saturating_add(1);
            Ok(Look { k, fresh: true })
        })
    }

    /// The names of a message and of an observation of it: keyed, so that neither file gives anything to compare with.
    fn tags(&self, message: &[u8; 16], observation: &[u8; 32]) -> (MessageTag, ObservationTag) {
        let tag = self.looks_key().hash(&[b"observation", message, observation]);
        (self.message_tag(message), tag)
    }

    pub(crate) fn message_tag(&self, message: &[u8; 16]) -> MessageTag {
        let tag = self.looks_key().hash(&[b"message", message]);
        *tag.first_chunk().expect("32 bytes begin with 16")
    }

    fn looks_key(&self) -> crate::Key {
        self.root().derive("countermark/vault/1/looks")
    }

    fn new_journal(&mut self, path: &Path, floor: u64, shown: &AllShown, replaces: bool) -> Result<Journal, Error> {
        let mut id = [0; 16];
        self.rng().fill_bytes(&mut id);
        // Written beside its place and named when it is whole, so that a first line is never torn.
        let part = beside(path, &format!(".part-{}", hex::encode(&id[..4])));
        let mut file = DiskFile::create(&part)?;
        let made = Journal::create(&mut file, &self.journal_key(), self.id(), id, floor, shown)
            .and_then(|()| place(&part, path, replaces));
        if made.is_err() {
            // What failed is what the caller hears of; the leftover is never taken for a journal.
            let _ = fs::remove_file(&part);
        }
        made?;
        Journal::open(Box::new(file), self.journal_key(), self.id())
    }

    /// Adds what a journal that can't be used says was shown.
    fn take_over(&self, path: &Path, shown: &mut AllShown) -> Result<(), Error> {
        let Some(mut file) = DiskFile::open(path)? else { return Ok(()) };
        for (message, known) in Journal::shown_in(&mut file, &self.journal_key(), self.id())? {
            shown.entry(message).or_default().merge(0, known.map());
        }
        Ok(())
    }

    /// Gives a file a second name; the first then goes to the one that replaces it, so that no kill leaves neither.
    fn set_aside(&mut self, path: &Path) -> Result<(), Error> {
        let mut digits = [0; 4];
        self.rng().fill_bytes(&mut digits);
        let aside = beside(path, &format!(".replaced-{}", hex::encode(&digits)));
        // Some file systems have no hard links.
        fs::hard_link(path, &aside)
            .or_else(|_| fs::copy(path, &aside).map(|_| ()))
            .map_err(|error| failed_at("keeping", path, error))
    }

    fn journal_key(&self) -> crate::Key {
        self.root().derive("countermark/vault/1/journal")
    }
}

/// Checks that a journal is the one that the vault knows, and not behind it.
pub(crate) fn agrees(tx: &ReadTx<'_>, journal: &Journal) -> Result<Known, Error> {
    let known: Known = tx.get(KNOWN)?.ok_or(NotNameable::Other)?;
    if known.journal != journal.id() {
        return Err(NotNameable::Other.into());
    }
    if journal.mac_of(known.lines) != Some(known.mac) {
        return Err(NotNameable::Behind.into());
    }
    Ok(known)
}

/// Writes down how far the journal has come.
pub(crate) fn note(tx: &mut WriteTx<'_>, journal: &Journal, floor: u64) -> Result<(), Error> {
    let before = tx.get::<Known>(KNOWN)?.map_or(0, |known| known.floor);
    let lines = journal.lines();
    let mac = journal.mac_of(lines).ok_or(NotNameable::Behind)?;
    tx.put(KNOWN, &Known { journal: journal.id(), lines, mac, floor: floor.max(before) })
}

fn row(message: &MessageTag, observation: &ObservationTag) -> Vec<u8> {
    [message.as_slice(), observation.as_slice()].concat()
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Gives a finished file its name, unless that is taken by a file that it does not replace, and makes the name durable.
fn place(part: &Path, path: &Path, replaces: bool) -> Result<(), Error> {
    let failed = |error| failed_at("naming", path, error);
    match if replaces { fs::rename(part, path) } else { fs::hard_link(part, path) } {
        Ok(()) if replaces => {}
        Ok(()) => fs::remove_file(part).map_err(failed)?,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(Error::JournalExists { path: path.to_owned() });
        }
        // Some file systems have no hard links; there the look before and the renaming are two steps.
        Err(_) if !replaces && !path.exists() => fs::rename(part, path).map_err(failed)?,
        Err(error) => return Err(failed(error)),
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    fs::File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| failed_at("syncing the folder", folder, error))
}
