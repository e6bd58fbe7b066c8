//! Exchanging the main data key, which destroys for good what was encrypted under the old one and is not kept.

use std::sync::Arc;

use rand_core::CryptoRng;

use crate::{
    Domain, Error, Key, KeyFile, Table, Vault, VaultId,
    cipher::{self, KeyName, Place},
    keyring::{self, Ring},
    store::{Row, RowsMut},
    tx::decrypt,
    vault::write_rows,
};

impl Vault {
    /// Encrypts every record of the main domain anew under a fresh data key and destroys the old one, all in one transaction; answers
    /// with the number of records. What was removed before can then be read by nobody, even from remains of it on the
    /// disk. A backup or another copy from before still holds the old key, under its root key: that is out of reach.
    ///
    /// # Errors
    /// A record that does not open, after which everything is as it was; those of the store.
    pub fn renew_key(&mut self) -> Result<u64, Error> {
        let keys = self.keys();
        let (store, root, id, rng) = self.parts();
        write_rows(store, |rows| renew(rows, id, root, &keys, rng))
    }
}

fn renew(
    rows: &mut dyn RowsMut,
    vault: VaultId,
    root: &Key,
    keys: &Arc<dyn KeyFile>,
    rng: &mut dyn CryptoRng,
) -> Result<u64, Error> {
    let old = Ring::load(rows, vault, root, keys)?;
    let (latest, _) = old.current()?;
    let name = KeyName { generation: latest.generation + 1, ..latest };
    keyring::add(rows, vault, root, name, rng)?;
    let (_, key) = Ring::load(rows, vault, root, keys)?.current()?;
    let mut records = 0;
    for table in Table::STATE.number()..=u8::MAX {
        for (id, row) in of_domain(rows, table, Domain::Main)? {
            let content = decrypt(&old, table, &id, &row)?;
            let place = Place { vault, table, id: &id, version: row.version + 1 };
            let blob = cipher::encrypt(&key, name, place, &content, rng);
            rows.put(table, &id, Some(row.version), &blob)?;
            records += 1;
        }
    }
    for name in old.names_of(Domain::Main) {
        rows.delete(Table::KEYS, &keyring::row_id(name), 1)?;
    }
    Ok(records)
}

/// The rows of a table that stand under a domain's keys.
pub(crate) fn of_domain(rows: &dyn RowsMut, table: u8, domain: Domain) -> Result<Vec<(Vec<u8>, Row)>, Error> {
    let mut found = Vec::new();
    rows.list(table, &mut |id, row| {
        if cipher::key_name(&row.blob).is_ok_and(|name| name.domain == domain.number()) {
            found.push((id.to_vec(), row));
        }
        Ok(())
    })?;
    Ok(found)
}
