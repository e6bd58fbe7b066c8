//! The data keys and what is derived from the root key.
//!
//! ```text
//! passphrase --Argon2id--> wraps --+
//! age identity ----------> wraps --+--> root key --HKDF--> wrapping key --> data keys of the main domain, by generation
//!                                           |---HKDF--> key of the key file --> file key --> data keys, one a codebook
//!                                           |---HKDF--> names, looks, journal, header
//! ```
//!
//! They are read anew in every transaction: what another process did to them holds at once, and keys live shortly in memory. The
//! key file is read when a codebook is asked for: a piece of it for a few, the whole for many.

use std::{
    cell::{Cell, RefCell},
    sync::Arc,
};

use rand_core::CryptoRng;

use crate::{
    Domain, Error, Key, KeyFile, KeysError, Table, VaultId,
    cipher::{self, KeyName, Place},
    header::WRAPPING,
    keyfile::{self, KeySet},
    record::short,
    store::{Rows, RowsMut, StoreError},
};

/// The keys of one transaction.
pub(crate) struct Ring {
    pub(crate) vault: VaultId,
    pub(crate) names: Key,
    /// What lies in the rows: the main domain's; in a vault of the first schema the codebooks' too.
    keys: Vec<(KeyName, Key)>,
    root: Key,
    file: Arc<dyn KeyFile>,
    codebooks: RefCell<Codebooks>,
    /// How many keys were looked up one by one.
    glances: Cell<usize>,
}

/// So many keys a transaction are looked up one by one; whoever wants more reads the file once.
const GLANCES: usize = 4;

/// What is known of the key file.
enum Codebooks {
    Unread,
    Missing,
    Read(KeySet),
}

impl Ring {
    /// Makes the first data key of the main domain.
    pub(crate) fn create(
        rows: &mut dyn RowsMut,
        vault: VaultId,
        root: &Key,
        rng: &mut dyn CryptoRng,
    ) -> Result<(), Error> {
        add(rows, vault, root, KeyName { domain: Domain::Main.number(), generation: 1 }, rng)
    }

    /// Reads the data keys of the rows.
    pub(crate) fn load(rows: &dyn Rows, vault: VaultId, root: &Key, file: &Arc<dyn KeyFile>) -> Result<Self, Error> {
        let wrapping = wrapping_key(root);
        let mut keys = Vec::new();
        let mut outcome = Ok(());
        let listed = rows.list(Table::KEYS, &mut |id, row| {
            let place = Place { vault, table: Table::KEYS, id, version: row.version };
            let opened = cipher::decrypt(&wrapping, place, &row.blob)
                .map_err(|source| Error::Record { table: Table::KEYS, row: short(id), source })
                .and_then(|bytes| name_and_key(id, &bytes));
            match opened {
                Ok(named) => {
                    keys.push(named);
                    Ok(())
                }
                Err(error) => {
                    outcome = Err(error);
                    Err(StoreError::Abandoned)
                }
            }
        });
        outcome?;
        listed?;
        Ok(Self {
            vault,
            names: root.derive("countermark/vault/1/names"),
            keys,
            root: root.clone(),
            file: Arc::clone(file),
            codebooks: RefCell::new(Codebooks::Unread),
            glances: Cell::new(0),
        })
    }

    /// The key that a record was encrypted with; `None` when it is gone.
    pub(crate) fn named(&self, name: KeyName) -> Result<Option<Key>, Error> {
        if let Some((_, key)) = self.keys.iter().find(|(known, _)| *known == name) {
            return Ok(Some(key.clone()));
        }
        if name.domain != Domain::Codebook.number() {
            return Ok(None);
        }
        let seen = self.glance(name.generation)?;
        if seen.is_some() {
            return Ok(seen);
        }
        self.read_file()?;
        Ok(match &*self.codebooks.borrow() {
            Codebooks::Read(set) => set.key(self.vault, name.generation),
            Codebooks::Unread | Codebooks::Missing => None,
        })
    }

    /// All keys of a domain that lie in the rows.
    pub(crate) fn names_of(&self, domain: Domain) -> impl Iterator<Item = KeyName> {
        self.keys.iter().map(|(name, _)| *name).filter(move |name| name.domain == domain.number())
    }

    /// The key that new records of the main domain are encrypted with: the latest.
    pub(crate) fn current(&self) -> Result<(KeyName, Key), Error> {
        self.keys
            .iter()
            .filter(|(name, _)| name.domain == Domain::Main.number())
            .max_by_key(|(name, _)| name.generation)
            .map(|(name, key)| (*name, key.clone()))
            .ok_or(Error::Header { what: "a data key is missing" })
    }

    /// Draws keys for `count` codebooks and makes them durable in the key file, of generations from `least` on. `made` says that the vault
    /// has had a key file before: then a missing one is not made anew, since the old one may still turn up.
    pub(crate) fn fresh(
        &self,
        count: usize,
        least: u32,
        made: bool,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<(KeyName, Key)>, Error> {
        self.read_file()?;
        let mut codebooks = self.codebooks.borrow_mut();
        let (mut set, there) = match std::mem::replace(&mut *codebooks, Codebooks::Unread) {
            Codebooks::Read(set) => (set, true),
            Codebooks::Unread | Codebooks::Missing if made => return Err(Error::Keys(KeysError::Missing)),
            Codebooks::Unread | Codebooks::Missing => (KeySet::new(rng), false),
        };
        let first = least.max(set.highest().saturating_add(1));
        let at = set.end();
        let (mut drawn, mut entries) = (Vec::with_capacity(count), Vec::new());
        for generation in (first..=u32::MAX).take(count) {
            let key = Key::random(rng);
            entries.extend_from_slice(&set.add(self.vault, generation, &key, rng));
            drawn.push((KeyName { domain: Domain::Codebook.number(), generation }, key));
        }
        // Durable before anything is encrypted under them. When the transaction fails afterwards, they stay and open nothing.
        if there {
            self.file.append(at, &entries)?;
        } else {
            self.file.create(&set.to_bytes(self.vault, &self.root, rng))?;
        }
        *codebooks = Codebooks::Read(set);
        Ok(drawn)
    }

    /// Whether the key file lists a codebook's key.
    pub(crate) fn lists(&self, generation: u32) -> Result<bool, Error> {
        if self.glance(generation)?.is_some() {
            return Ok(true);
        }
        self.read_file()?;
        Ok(matches!(&*self.codebooks.borrow(), Codebooks::Read(set) if set.lists(generation)))
    }

    /// Writes the key file anew without some keys; what they were can't be read from it any more.
    pub(crate) fn destroy(&self, gone: &[u32], rng: &mut dyn CryptoRng) -> Result<(), Error> {
        self.read_file()?;
        let mut codebooks = self.codebooks.borrow_mut();
        if let Codebooks::Read(set) = &*codebooks {
            let fresh = set.rewrapped(self.vault, gone, rng);
            let bytes = fresh.to_bytes(self.vault, &self.root, rng);
            *codebooks = Codebooks::Unread;
            self.file.replace(&bytes, rng)?;
        }
        Ok(())
    }

    /// Makes an empty key file where there is none, and says whether it did.
    pub(crate) fn make_file(&self, rng: &mut dyn CryptoRng) -> Result<bool, Error> {
        self.read_file()?;
        let missing = matches!(&*self.codebooks.borrow(), Codebooks::Missing);
        if missing {
            self.file.create(&KeySet::new(rng).to_bytes(self.vault, &self.root, rng))?;
            *self.codebooks.borrow_mut() = Codebooks::Unread;
        }
        Ok(missing)
    }

    /// The key file's content under a fresh file key, for a copy.
    pub(crate) fn file_copy(&self, rng: &mut dyn CryptoRng) -> Result<Option<Vec<u8>>, Error> {
        self.read_file()?;
        Ok(match &*self.codebooks.borrow() {
            Codebooks::Read(set) => Some(set.rewrapped(self.vault, &[], rng).to_bytes(self.vault, &self.root, rng)),
            Codebooks::Unread | Codebooks::Missing => None,
        })
    }

    /// A codebook's key out of the file while that was not read as a whole, and is not asked for often.
    fn glance(&self, generation: u32) -> Result<Option<Key>, Error> {
        if self.glances.get() == GLANCES || !matches!(&*self.codebooks.borrow(), Codebooks::Unread) {
            return Ok(None);
        }
        self.glances.set(self.glances.get() + 1);
        Ok(keyfile::glance(self.file.as_ref(), self.vault, &self.root, generation)?)
    }

    fn read_file(&self) -> Result<(), Error> {
        let mut codebooks = self.codebooks.borrow_mut();
        if matches!(&*codebooks, Codebooks::Unread) {
            *codebooks = match self.file.read()? {
                Some(bytes) => Codebooks::Read(KeySet::parse(&bytes, self.vault, &self.root)?),
                None => Codebooks::Missing,
            };
        }
        Ok(())
    }
}

/// Adds a data key of this name to the rows.
pub(crate) fn add(
    rows: &mut dyn RowsMut,
    vault: VaultId,
    root: &Key,
    name: KeyName,
    rng: &mut dyn CryptoRng,
) -> Result<(), Error> {
    let id = row_id(name);
    let key = Key::random(rng);
    let place = Place { vault, table: Table::KEYS, id: &id, version: 1 };
    let blob = cipher::encrypt(&wrapping_key(root), WRAPPING, place, key.as_bytes(), rng);
    rows.put(Table::KEYS, &id, None, &blob)?;
    Ok(())
}

/// The row of a data key.
pub(crate) fn row_id(name: KeyName) -> [u8; 5] {
    let [a, b, c, d] = name.generation.to_be_bytes();
    [name.domain, a, b, c, d]
}

fn name_and_key(id: &[u8], bytes: &[u8]) -> Result<(KeyName, Key), Error> {
    let damaged = Error::Header { what: "a data key is malformed" };
    match (id, Key::from_slice(bytes)) {
        ([domain, a, b, c, d], Some(key)) => {
            Ok((KeyName { domain: *domain, generation: u32::from_be_bytes([*a, *b, *c, *d]) }, key))
        }
        _ => Err(damaged),
    }
}

fn wrapping_key(root: &Key) -> Key {
    root.derive("countermark/vault/1/wrap")
}
