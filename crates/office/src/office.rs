//! The office: an open vault, its log, its journal of looks.

use std::path::{Path, PathBuf};

use countermark_proof::{MessageId, Reference, TableSecret, TableSize, TableTree};
use countermark_tlog::directory::{Disk, Folder};
use countermark_tlog::note::{KeyName, Signer};
use countermark_vault::{Act, Error as VaultError, Id, Journal, Vault};

use crate::Error;
use crate::case::Memory;
use crate::expiry::{LAYOUT, rearrange};
use crate::ledger::{hex, unhex};
use crate::record::{LeafOf, OfficeRecord, PendingRecord, SlotRecord, TableCacheRecord};
use crate::rhythm::Rate;
use crate::watcher::Joined;

/// Gives the time: milliseconds since 1970, UTC.
pub type Clock = Box<dyn Fn() -> u64 + Send>;

/// The row of what there is one of.
pub(crate) const ONLY: &[u8] = b"only";

/// An open office. `D` is what its log lies on: a folder, but for tests.
pub struct Office<D = Folder> {
    pub(crate) vault: Vault,
    pub(crate) office: OfficeRecord,
    pub(crate) table: TableSecret,
    pub(crate) disk: D,
    pub(crate) rate: Rate,
    /// None where the journal of looks is missing or damaged: then nothing can be named.
    journal: Option<Journal>,
    /// The watcher's folder, once it is joined.
    pub(crate) joined: Option<Joined>,
    /// The press's folder, once it is joined.
    pub(crate) press: Option<PathBuf>,
    /// What long lists keep in memory.
    pub(crate) lists: crate::lists::Lists,
    /// What its cases come to, kept in memory.
    pub(crate) memory: Memory,
    clock: Clock,
    who: String,
}

impl<D> std::fmt::Debug for Office<D> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Office").field("vault", &self.vault.id()).finish_non_exhaustive()
    }
}

/// What a new office is made with.
#[derive(Debug, Clone, Copy)]
pub struct Founding<'a> {
    /// The log's origin; a random one when there is none.
    pub origin: Option<&'a str>,
    /// The size of the table of slots: [`TableSize::FULL`], but for tests.
    pub table: TableSize,
}

impl<D: Disk + Clone> Office<D> {
    /// Makes the office of a new vault: its log's key, its table of slots, its log in a new directory, its journal.
    ///
    /// `who` is the person as the audit trail names him.
    ///
    /// # Errors
    /// Those of vault, log and disk.
    pub fn create(
        mut vault: Vault,
        disk: D,
        journal: &Path,
        founding: Founding<'_>,
        who: &str,
        clock: Clock,
    ) -> Result<Self, Error> {
        let mut secret = || {
            let mut bytes = [0; 32];
            vault.rng().fill_bytes(&mut bytes);
            bytes
        };
        let (log_seed, table, table_secret, name) = (secret(), secret(), secret(), secret());
        let origin = founding.origin.map_or_else(|| format!("countermark.invalid/{}", hex(&name[..8])), str::to_owned);
        origin.parse::<KeyName>().map_err(|_| Error::Origin)?;
        let record = OfficeRecord {
            origin,
            log_seed,
            table,
            table_secret,
            table_exponent: founding.table.exponent(),
            layout: LAYOUT,
        };
        let secret = TableSecret::new(table, table_secret, founding.table);
        let tree = TableTree::build(&secret);
        let leaf = PendingRecord { leaf: hex(&tree.leaf(&secret)), of: LeafOf::Table, since: clock() };
        let cache = TableCacheRecord { levels: hex(&tree.to_bytes()) };
        let act = Act {
            at: clock(),
            who: who.to_owned(),
            act: "init".to_owned(),
            subject: record.origin.clone(),
            reason: None,
        };
        vault.write::<_, Error>(|tx| {
            tx.insert(ONLY, &record)?;
            tx.insert(ONLY, &cache)?;
            tx.insert(table, &leaf)?;
            tx.audit(&act)?;
            Ok(())
        })?;
        let mut office = Self::open(vault, disk, journal, who, clock)?;
        office.recover()?;
        Ok(office)
    }

    /// Opens the office of a vault, and completes what an interrupted sealing left.
    ///
    /// # Errors
    /// [`Error::NoOffice`]; those of vault, log and disk. A missing journal is none: then nothing can be named.
    pub fn open(mut vault: Vault, disk: D, journal: &Path, who: &str, clock: Clock) -> Result<Self, Error> {
        let mut record = vault.read::<_, Error>(|tx| Ok(tx.get::<OfficeRecord>(ONLY)?))?.ok_or(Error::NoOffice)?;
        rearrange(&mut vault, &mut record)?;
        let size = TableSize::new(record.table_exponent)?;
        let table = TableSecret::new(record.table, record.table_secret, size);
        // It makes the journal of a vault that never had one, whose making was cut off, and opens the one that there is.
        // Missing, damaged, or on a disk that can't be written: everything but naming works without it.
        let journal = vault.create_journal(journal).ok();
        let who = who.to_owned();
        Ok(Self {
            vault,
            office: record,
            table,
            disk,
            rate: Rate::default(),
            journal,
            joined: None,
            press: None,
            lists: crate::lists::Lists::default(),
            memory: Memory::default(),
            clock,
            who,
        })
    }

    /// The vault, for what concerns it alone: passphrase, backup, check.
    pub fn vault(&mut self) -> &mut Vault {
        &mut self.vault
    }

    /// Who acts from now on, as the audit trail names him.
    pub fn act_as(&mut self, who: &str) {
        if self.who != who {
            who.clone_into(&mut self.who);
        }
    }

    /// The log's origin.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.office.origin
    }

    /// The log's verifier key, as it is published and as `verify --log-key` takes it.
    #[must_use]
    pub fn log_verifier(&self) -> String {
        self.signer().verifier().to_string()
    }

    /// Whether copies can be named: the journal of looks is there.
    #[must_use]
    pub fn has_journal(&self) -> bool {
        self.journal.is_some()
    }

    /// Notes in the audit trail what a person did to the vault itself.
    ///
    /// # Errors
    /// The vault's.
    pub fn note(&mut self, act: &str, subject: &str) -> Result<(), Error> {
        let act = self.act(act, subject);
        self.vault.write::<_, Error>(|tx| {
            tx.audit(&act)?;
            Ok(())
        })
    }

    /// The time by the office's clock, milliseconds since 1970.
    #[must_use]
    pub fn now_ms(&self) -> u64 {
        (self.clock)()
    }

    pub(crate) fn act(&self, act: &str, subject: &str) -> Act {
        Act { at: self.now_ms(), who: self.who.clone(), act: act.to_owned(), subject: subject.to_owned(), reason: None }
    }

    pub(crate) fn signer(&self) -> Signer {
        let name = self.office.origin.parse().expect("the origin was a key name when the office was made");
        Signer::new(name, &self.office.log_seed)
    }

    pub(crate) fn log_key(&self) -> [u8; 32] {
        let signer = self.signer();
        signer.verifier().public().try_into().expect("an Ed25519 public key has 32 bytes")
    }

    pub(crate) fn reference(&self, slot: u32) -> String {
        Reference::of(&self.log_key(), self.table.table(), slot).to_string()
    }

    /// The table's tree, from its cache.
    pub(crate) fn table_tree(&self) -> Result<TableTree, Error> {
        let cache = self.vault.read::<_, Error>(|tx| Ok(tx.get::<TableCacheRecord>(ONLY)?))?;
        let levels = cache.and_then(|cache| unhex(&cache.levels));
        // The cache only saves time: what it holds can be computed again.
        match levels {
            Some(levels) => Ok(TableTree::from_bytes(self.table.size(), &levels)?),
            None => Ok(TableTree::build(&self.table)),
        }
    }

    /// A slot that no sealing has taken, at random: neither one the vault knows of, nor one whose tag stands in the log, which an
    /// older vault that was put back would not know before it has read what it lacks.
    pub(crate) fn free_slot(&mut self) -> Result<u32, Error> {
        let view = self.view()?;
        self.learn(&view)?;
        let slots = self.table.size().slots();
        // With half of the slots taken a draw fails every other time; nobody gets there.
        for _ in 0..256 {
            let mut bytes = [0; 4];
            self.vault.rng().fill_bytes(&mut bytes);
            let slot = u32::from_le_bytes(bytes) % slots;
            let id = self.slot_id(slot);
            let taken = self.vault.read::<_, Error>(|tx| Ok(tx.contains::<SlotRecord>(&id)?))?;
            if !taken {
                return Ok(slot);
            }
        }
        Err(Error::TableFull)
    }

    pub(crate) fn slot_id(&self, slot: u32) -> Id {
        self.vault.name_id("slot", &slot.to_string())
    }

    /// The number that the next look at this observation has; `None` where nothing can be named.
    pub(crate) fn next_look(&mut self, message: &MessageId, observation: &[u8; 32]) -> Result<Option<u64>, Error> {
        let Some(journal) = &mut self.journal else { return Ok(None) };
        nameable(self.vault.peek(journal, &message.0, observation).map(|look| look.k))
    }

    /// Spends a look; when this returns, it is durable in vault and journal.
    pub(crate) fn spend_look(&mut self, message: &MessageId, observation: &[u8; 32]) -> Result<Option<u64>, Error> {
        let Some(journal) = &mut self.journal else { return Ok(None) };
        nameable(self.vault.spend(journal, &message.0, observation).map(|look| look.k))
    }

    /// Writes down in the journal that the symbols of these sites are about to leave the desk, durable on return.
    pub(crate) fn show(&mut self, message: &MessageId, sites: &[usize]) -> Result<(), Error> {
        let journal = self.journal.as_mut().ok_or(Error::Unshowable)?;
        match self.vault.show(journal, &message.0, sites) {
            Err(VaultError::NotNameable(_)) => Err(Error::Unshowable),
            other => Ok(other?),
        }
    }

    /// The sites of a message that were shown, by the journal; none where it is missing, and with it every name.
    pub(crate) fn shown(&mut self, message: &MessageId) -> Result<Vec<usize>, Error> {
        let Some(journal) = &mut self.journal else { return Ok(Vec::new()) };
        Ok(nameable(self.vault.shown(journal, &message.0))?.unwrap_or_default())
    }

    /// States that no message has had more looks than `floor`, and that since the backup no copy's row was shown but of the messages
    /// `shown`, as [`Office::message`] takes them, so that copies can be named again after a restore.
    ///
    /// # Errors
    /// No such message; those of vault and journal.
    pub fn restore_looks(&mut self, journal: &Path, floor: u64, shown: &[String]) -> Result<(), Error> {
        let mut messages = Vec::with_capacity(shown.len());
        for given in shown {
            let opened = self.find(given)?;
            messages.push((opened.id.0, opened.master.sites().len()));
        }
        self.note("vault restore --looks", &floor.to_string())?;
        for (message, _) in &messages {
            self.note("vault restore --shown", &hex(message))?;
        }
        self.journal = Some(self.vault.restore_looks(journal, floor, &messages)?);
        Ok(())
    }

    /// How many looks a message has had; `None` where that is not known.
    pub(crate) fn looks_spent(&mut self, message: &MessageId) -> Result<Option<u64>, Error> {
        // The hash of no observation: whatever is seen, it is not this.
        Ok(self.next_look(message, &[0; 32])?.map(|k| k - 1))
    }
}

/// A journal that went missing while the office was open names nobody either.
fn nameable<T>(answer: Result<T, VaultError>) -> Result<Option<T>, Error> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(VaultError::NotNameable(_)) => Ok(None),
        Err(other) => Err(other.into()),
    }
}
