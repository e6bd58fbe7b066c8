//! The data keys and what is derived from the root key.
//!
//! ```text
//! passphrase --Argon2id--> wraps --+
//! age identity ----------> wraps --+--> root key --HKDF--> wrapping key --> data keys (main, codebook; by generation)
//!                                           |---HKDF--> names, looks, journal, header
//! ```
//!
//! They are read anew in every transaction: what another process did to them holds at once, and keys live shortly in memory.

use rand_core::CryptoRng;

use crate::{
    Domain, Error, Key, Table, VaultId,
    cipher::{self, KeyName, Place},
    header::WRAPPING,
    record::short,
    store::{Rows, RowsMut, StoreError},
};

/// The keys of one transaction.
pub(crate) struct Ring {
    pub(crate) vault: VaultId,
    pub(crate) names: Key,
    keys: Vec<(KeyName, Key)>,
}

impl Ring {
    /// Makes the first data key of each domain.
    pub(crate) fn create(
        rows: &mut dyn RowsMut,
        vault: VaultId,
        root: &Key,
        rng: &mut dyn CryptoRng,
    ) -> Result<(), Error> {
        for domain in Domain::ALL {
            add(rows, vault, root, KeyName { domain: domain.number(), generation: 1 }, rng)?;
        }
        Ok(())
    }

    /// Reads all data keys.
    pub(crate) fn load(rows: &dyn Rows, vault: VaultId, root: &Key) -> Result<Self, Error> {
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
        Ok(Self { vault, names: root.derive("countermark/vault/1/names"), keys })
    }

    /// The key that a record was encrypted with.
    pub(crate) fn named(&self, name: KeyName) -> Option<&Key> {
        self.keys.iter().find(|(known, _)| *known == name).map(|(_, key)| key)
    }

    /// All keys of a domain.
    pub(crate) fn names_of(&self, domain: Domain) -> impl Iterator<Item = KeyName> {
        self.keys.iter().map(|(name, _)| *name).filter(move |name| name.domain == domain.number())
    }

    /// The key that new records of a domain are encrypted with: the latest.
    pub(crate) fn current(&self, domain: Domain) -> Result<(KeyName, &Key), Error> {
        self.keys
            .iter()
            .filter(|(name, _)| name.domain == domain.number())
            .max_by_key(|(name, _)| name.generation)
            .map(|(name, key)| (*name, key))
            .ok_or(Error::Header { what: "a data key is missing" })
    }
}

/// Adds a data key of this name.
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
