//! From the first schema to the second: the codebooks' keys leave the rows.
//!
//! In the first schema one data key, a row beside the main one, encrypted all codebooks. Each gets a key of its own in the key
//! file and is encrypted anew under it; the old key's row is deleted. The key file is durable before the transaction commits: whatever
//! dies when, either the old vault stands, and keys in the file that open nothing, or the new one stands whole.

use std::sync::Arc;

use rand_core::CryptoRng;

use crate::{
    Domain, Error, Header, Key, KeyFile, Table, WriteTx,
    cipher::{self, Place},
    expiry::{KEYS, KeyState},
    header::SCHEMA,
    keyring::{self, Ring},
    renew::of_domain,
    store::{Row, RowsMut},
    tx::decrypt,
};
use zeroize::Zeroizing;

/// A codebook of the first schema: where it stands, and what is in it.
type Found = (u8, Vec<u8>, Row, Zeroizing<Vec<u8>>);

/// Brings a vault to the present schema; answers with the number of codebooks that got a key of their own.
pub(crate) fn migrate(
    rows: &mut dyn RowsMut,
    root: &Key,
    keys: &Arc<dyn KeyFile>,
    rng: &mut dyn CryptoRng,
) -> Result<usize, Error> {
    let (mut header, version) = Header::read_row(rows)?;
    header.verify(root)?;
    // Another process may have been faster.
    if header.schema() >= SCHEMA {
        return Ok(0);
    }
    let vault = header.vault();
    let ring = Ring::load(rows, vault, root, keys)?;
    let codebooks = codebooks(rows, &ring)?;
    let old: Vec<_> = ring.names_of(Domain::Codebook).collect();
    let least = old.iter().map(|name| name.generation).max().unwrap_or(0).saturating_add(1);
    let mut next = least;
    if !codebooks.is_empty() {
        let drawn = ring.fresh(codebooks.len(), least, false, rng)?;
        for ((table, id, row, content), (name, key)) in codebooks.iter().zip(&drawn) {
            let place = Place { vault, table: *table, id, version: row.version + 1 };
            let blob = cipher::encrypt(key, *name, place, content, rng);
            rows.put(*table, id, Some(row.version), &blob)?;
            next = name.generation.saturating_add(1);
        }
        WriteTx::new(rows, &ring, rng).put(KEYS, &KeyState { next, destroying: Vec::new() })?;
    }
    for name in old {
        rows.delete(Table::KEYS, &keyring::row_id(name), 1)?;
    }
    header.set_schema(SCHEMA);
    header.write_row(rows, Some(version), root)?;
    Ok(codebooks.len())
}

/// All codebooks that open. What does not stays as it is: it is damaged, and keeps nobody from the others.
fn codebooks(rows: &dyn RowsMut, ring: &Ring) -> Result<Vec<Found>, Error> {
    let mut found = Vec::new();
    for table in Table::STATE.number()..=u8::MAX {
        for (id, row) in of_domain(rows, table, Domain::Codebook)? {
            if let Ok(content) = decrypt(ring, table, &id, &row) {
                found.push((table, id, row, content));
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

    use super::*;
    use crate::{Kdf, MemoryStore, Record, Store, Unlock, Vault, VaultId, cipher::KeyName, vault::write_rows};

    #[derive(serde::Serialize, serde::Deserialize, Debug, PartialEq)]
    struct Choices(u8);

    impl Record for Choices {
        const TABLE: Table = Table::new(17);
        const DOMAIN: Domain = Domain::Codebook;
    }

    const OLD: KeyName = KeyName { domain: 2, generation: 1 };

    /// A vault as the first schema left it, with so many codebooks.
    pub(super) fn first_schema(codebooks: u8) -> MemoryStore {
        let mut store = MemoryStore::new();
        let mut rng = ChaCha20Rng::seed_from_u64(4);
        let (root, vault) = (Key::random(&mut rng), VaultId::from_bytes([7; 16]));
        let mut header = Header::new(vault);
        header.set_passphrase(&root, "p", Kdf::CHEAP, &mut rng).expect("a passphrase");
        header.set_schema(1);
        let keys = store.keys();
        write_rows(&mut store, |rows| {
            header.write_row(rows, None, &root)?;
            Ring::create(rows, vault, &root, &mut rng)?;
            keyring::add(rows, vault, &root, OLD, &mut rng)?;
            let ring = Ring::load(rows, vault, &root, &keys)?;
            let key = ring.named(OLD)?.expect("it was just added");
            for number in 0..codebooks {
                let place = Place { vault, table: 17, id: &[number], version: 1 };
                let content = serde_json::to_vec(&Choices(number)).expect("a number");
                rows.put(17, &[number], None, &cipher::encrypt(&key, OLD, place, &content, &mut rng))?;
            }
            Ok::<_, Error>(())
        })
        .expect("a store in memory takes everything");
        store
    }

    fn open(store: MemoryStore) -> Vault {
        Vault::open(Box::new(store), Unlock::Passphrase("p"), Box::new(ChaCha20Rng::seed_from_u64(5)))
            .expect("it opens")
    }

    #[test]
    fn every_codebook_gets_its_own_key_and_the_old_one_goes() {
        let store = first_schema(3);
        let mut vault = open(store.clone());
        assert_eq!((vault.moved_codebooks(), vault.header().expect("a header").schema()), (3, SCHEMA));
        assert_eq!(open(store.clone()).moved_codebooks(), 0);
        for number in 0..3 {
            assert_eq!(vault.read(|tx| tx.get::<Choices>([number])).expect("a read"), Some(Choices(number)));
        }
        let mut rows_of_keys = Vec::new();
        store
            .read(&mut |rows| {
                rows.list(Table::KEYS, &mut |id, _| {
                    rows_of_keys.push(id.to_vec());
                    Ok(())
                })
            })
            .expect("a list");
        assert_eq!(rows_of_keys, [[1, 0, 0, 0, 1]]);
        let gone = vault.write(|tx| tx.destroy::<Choices>([1])).expect("it goes");
        assert_eq!(vault.finish_destroying().expect("it goes"), 1);
        assert!(gone.is_some_and(|generation| generation > OLD.generation));
        assert_eq!(vault.read(|tx| tx.get::<Choices>([2])).expect("a read"), Some(Choices(2)));
        assert!(vault.check(None).expect("a check").is_well());
    }

    #[test]
    fn a_key_file_that_is_there_is_added_to() {
        // A first try died before its transaction, or a newer key file stands beside an old backup.
        let store = first_schema(2);
        let other = first_schema(2);
        drop(open(other.clone()));
        store.set_key_file(other.key_file());
        let vault = open(store.clone());
        assert_eq!(vault.read(|tx| tx.get::<Choices>([1])).expect("a read"), Some(Choices(1)));
        // The other one's codebooks still open with the file as it is now.
        other.set_key_file(store.key_file());
        assert_eq!(open(other).read(|tx| tx.get::<Choices>([1])).expect("a read"), Some(Choices(1)));
    }

    #[test]
    fn an_old_vault_without_codebooks_has_no_key_file() {
        let store = first_schema(0);
        let mut vault = open(store.clone());
        assert_eq!((vault.moved_codebooks(), store.key_file()), (0, None));
        vault.write(|tx| tx.insert([1], &Choices(1))).expect("the first one makes it");
        assert!(store.key_file().is_some());
    }
}
