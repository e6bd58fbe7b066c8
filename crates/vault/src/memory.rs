//! A store in memory, for tests and for vaults that are thrown away.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rand_core::CryptoRng;

use crate::KeyFile;
use crate::store::{ExtraFile, ReadWork, Row, Rows, RowsMut, Store, StoreError, Visit, WriteWork};

/// Rows in memory. A clone is another connection to the same rows.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore {
    rows: Arc<Mutex<Content>>,
    keys: Arc<MemoryKeys>,
}

/// A key file in memory.
#[derive(Debug, Default)]
struct MemoryKeys(Mutex<Option<Vec<u8>>>);

type Content = BTreeMap<(u8, Vec<u8>), Row>;

impl MemoryStore {
    /// A store without rows.
    pub fn new() -> Self {
        Self::default()
    }

    /// A copy of all rows and keys as they are now, as a store of its own.
    pub fn snapshot(&self) -> Self {
        Self {
            rows: Arc::new(Mutex::new(self.lock().clone())),
            keys: Arc::new(MemoryKeys(Mutex::new(self.key_file()))),
        }
    }

    /// A copy of all rows without the key file: what a backup would hold.
    pub fn without_keys(&self) -> Self {
        Self { keys: Arc::default(), ..self.snapshot() }
    }

    /// The key file's bytes, if there is one.
    pub fn key_file(&self) -> Option<Vec<u8>> {
        self.keys.lock().clone()
    }

    /// Puts other bytes in the key file's place, as whoever has the disk can.
    pub fn set_key_file(&self, bytes: Option<Vec<u8>>) {
        *self.keys.lock() = bytes;
    }

    fn lock(&self) -> MutexGuard<'_, Content> {
        // A work that panicked has left the rows as they were: it worked on a copy.
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for MemoryStore {
    fn read(&self, work: &mut ReadWork<'_>) -> Result<(), StoreError> {
        let state = Changed { base: &self.lock(), changes: BTreeMap::new() };
        work(&state)
    }

    fn write(&mut self, work: &mut WriteWork<'_>) -> Result<(), StoreError> {
        let mut rows = self.lock();
        let mut state = Changed { base: &rows, changes: BTreeMap::new() };
        work(&mut state)?;
        for (key, change) in state.changes {
            match change {
                Some(row) => rows.insert(key, row),
                None => rows.remove(&key),
            };
        }
        Ok(())
    }

    fn check(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn backup(&self, _to: &Path, _files: &[ExtraFile]) -> Result<(), StoreError> {
        Err(StoreError::Unsupported("backup: it has no file"))
    }

    fn keys(&self) -> Arc<dyn KeyFile> {
        Arc::<MemoryKeys>::clone(&self.keys)
    }
}

impl MemoryKeys {
    fn lock(&self) -> MutexGuard<'_, Option<Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl KeyFile for MemoryKeys {
    fn read(&self) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.lock().clone())
    }

    fn create(&self, bytes: &[u8]) -> Result<(), StoreError> {
        *self.lock() = Some(bytes.to_vec());
        Ok(())
    }

    fn append(&self, at: u64, bytes: &[u8]) -> Result<(), StoreError> {
        let mut file = self.lock();
        let file = file.get_or_insert_default();
        file.truncate(usize::try_from(at).unwrap_or(usize::MAX));
        file.extend_from_slice(bytes);
        Ok(())
    }

    fn replace(&self, bytes: &[u8], _noise: &mut dyn CryptoRng) -> Result<(), StoreError> {
        *self.lock() = Some(bytes.to_vec());
        Ok(())
    }
}

/// The rows with a transaction's changes over them; `None` is a deleted row.
struct Changed<'a> {
    base: &'a Content,
    changes: BTreeMap<(u8, Vec<u8>), Option<Row>>,
}

impl Changed<'_> {
    fn replace(&mut self, table: u8, id: &[u8], expected: Option<u64>, row: Option<Row>) -> Result<(), StoreError> {
        let found = self.get(table, id)?.map(|row| row.version);
        if found != expected {
            return Err(StoreError::Conflict { table, expected, found });
        }
        self.changes.insert((table, id.to_vec()), row);
        Ok(())
    }
}

impl Rows for Changed<'_> {
    fn get(&self, table: u8, id: &[u8]) -> Result<Option<Row>, StoreError> {
        let key = (table, id.to_vec());
        Ok(match self.changes.get(&key) {
            Some(change) => change.clone(),
            None => self.base.get(&key).cloned(),
        })
    }

    fn list(&self, table: u8, visit: &mut Visit<'_>) -> Result<(), StoreError> {
        let range = (table, Vec::new())..=(table, vec![0xff; 256]);
        let mut rows: BTreeMap<&[u8], &Row> = BTreeMap::new();
        rows.extend(self.base.range(range.clone()).map(|((_, id), row)| (id.as_slice(), row)));
        for ((_, id), change) in self.changes.range(range) {
            match change {
                Some(row) => rows.insert(id, row),
                None => rows.remove(id.as_slice()),
            };
        }
        rows.into_iter().try_for_each(|(id, row)| visit(id, row.clone()))
    }
}

impl RowsMut for Changed<'_> {
    fn put(&mut self, table: u8, id: &[u8], expected: Option<u64>, blob: &[u8]) -> Result<(), StoreError> {
        let version = expected.map_or(1, |version| version + 1);
        self.replace(table, id, expected, Some(Row { version, blob: blob.to_vec() }))
    }

    fn delete(&mut self, table: u8, id: &[u8], expected: u64) -> Result<(), StoreError> {
        self.replace(table, id, Some(expected), None)
    }
}
