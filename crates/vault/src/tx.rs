//! Typed records inside a transaction.

use rand_core::CryptoRng;

use crate::{
    Domain, Error, Id, Key, Record, Version,
    cipher::{self, KeyName, MAX_CONTENT, Place},
    expiry::{KEYS, KeyState},
    keyring::Ring,
    record::{Listed, short},
    store::{Row, Rows, RowsMut, State, StoreError},
};
use zeroize::Zeroizing;

/// A transaction that reads: one state of the vault.
pub struct ReadTx<'a> {
    rows: &'a dyn Rows,
    ring: &'a Ring,
}

/// A transaction that reads and writes; what it wrote is durable once [`Vault::write`](crate::Vault::write) has returned `Ok`.
pub struct WriteTx<'a> {
    rows: &'a mut dyn RowsMut,
    ring: &'a Ring,
    rng: &'a mut dyn CryptoRng,
}

impl<'a> ReadTx<'a> {
    pub(crate) fn new(rows: &'a dyn Rows, ring: &'a Ring) -> Self {
        Self { rows, ring }
    }

    /// The record of this id, if there is one.
    ///
    /// # Errors
    /// A record that does not open, and those of the store.
    pub fn get<R: Record>(&self, id: impl AsRef<[u8]>) -> Result<Option<R>, Error> {
        Ok(self.get_versioned(id)?.map(|(record, _)| record))
    }

    /// The record of this id with its version, for a later [`WriteTx::put_at`].
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn get_versioned<R: Record>(&self, id: impl AsRef<[u8]>) -> Result<Option<(R, Version)>, Error> {
        let id = checked(id.as_ref())?;
        let Some(row) = self.rows.get(R::TABLE.number(), id)? else { return Ok(None) };
        Ok(Some((self.decode(id, &row)?, Version(row.version))))
    }

    /// Whether there is a record of this id; it is not opened.
    ///
    /// # Errors
    /// Those of the store.
    pub fn contains<R: Record>(&self, id: impl AsRef<[u8]>) -> Result<bool, Error> {
        Ok(self.rows.get(R::TABLE.number(), checked(id.as_ref())?)?.is_some())
    }

    /// All records of the type, in the order of their ids' bytes.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn list<R: Record>(&self) -> Result<Vec<Listed<R>>, Error> {
        let mut records = Vec::new();
        self.visit(|id, record| {
            records.push((id, record));
            Ok(())
        })?;
        Ok(records)
    }

    /// Calls `each` for every record of the type, in the order of their ids' bytes, without keeping them all in memory.
    ///
    /// # Errors
    /// As [`get`](Self::get), and those of `each`, which end the visit.
    pub fn visit<R: Record>(&self, mut each: impl FnMut(Id, R) -> Result<(), Error>) -> Result<(), Error> {
        let mut outcome = Ok(());
        let listed = self.rows.list(R::TABLE.number(), &mut |id, row| {
            outcome = self.decode(id, &row).and_then(|record| each(Id::from(id), record));
            if outcome.is_ok() { Ok(()) } else { Err(StoreError::Abandoned) }
        });
        outcome?;
        Ok(listed?)
    }

    /// The ids and versions of all records of the type, in the order of the ids' bytes; none is opened.
    ///
    /// # Errors
    /// Those of the store.
    pub fn versions<R: Record>(&self) -> Result<Vec<(Id, Version)>, Error> {
        let mut found = Vec::new();
        self.rows.versions(R::TABLE.number(), &mut |id, version| {
            found.push((Id::from(id), Version(version)));
            Ok(())
        })?;
        Ok(found)
    }

    /// Which state of the vault this transaction sees, as [`Rows::state`].
    ///
    /// # Errors
    /// Those of the store.
    pub fn state(&self) -> Result<Option<State>, Error> {
        Ok(self.rows.state()?)
    }

    /// The keyed hash under which a record of this kind is found by a name, as [`Vault::name_id`](crate::Vault::name_id).
    pub fn name_id(&self, kind: &str, name: &str) -> Id {
        name_id(self.ring, kind, name)
    }

    fn decode<R: Record>(&self, id: &[u8], row: &Row) -> Result<R, Error> {
        let content = decrypt(self.ring, R::TABLE.number(), id, row)?;
        serde_json::from_slice(&content).map_err(|error| Error::RecordContent {
            table: R::TABLE.number(),
            row: short(id),
            line: error.line(),
            column: error.column(),
        })
    }
}

impl<'a> WriteTx<'a> {
    pub(crate) fn new(rows: &'a mut dyn RowsMut, ring: &'a Ring, rng: &'a mut dyn CryptoRng) -> Self {
        Self { rows, ring, rng }
    }

    /// This transaction for reading, its own changes included.
    pub fn reading(&self) -> ReadTx<'_> {
        ReadTx { rows: self.rows, ring: self.ring }
    }

    /// As [`ReadTx::get`].
    ///
    /// # Errors
    /// As there.
    pub fn get<R: Record>(&self, id: impl AsRef<[u8]>) -> Result<Option<R>, Error> {
        self.reading().get(id)
    }

    /// As [`ReadTx::get_versioned`].
    ///
    /// # Errors
    /// As there.
    pub fn get_versioned<R: Record>(&self, id: impl AsRef<[u8]>) -> Result<Option<(R, Version)>, Error> {
        self.reading().get_versioned(id)
    }

    /// As [`ReadTx::contains`].
    ///
    /// # Errors
    /// As there.
    pub fn contains<R: Record>(&self, id: impl AsRef<[u8]>) -> Result<bool, Error> {
        self.reading().contains::<R>(id)
    }

    /// As [`ReadTx::list`].
    ///
    /// # Errors
    /// As there.
    pub fn list<R: Record>(&self) -> Result<Vec<Listed<R>>, Error> {
        self.reading().list()
    }

    /// As [`ReadTx::name_id`].
    pub fn name_id(&self, kind: &str, name: &str) -> Id {
        name_id(self.ring, kind, name)
    }

    /// The vault's randomness, for ids and salts that are written in this transaction.
    pub fn rng(&mut self) -> &mut dyn CryptoRng {
        self.rng
    }

    /// Puts a record, whether or not one stands there. One of the codebooks' domain keeps the key that it has; a new one gets a key of its
    /// own, which stands in the key file before this returns.
    ///
    /// # Errors
    /// A record that is too large, and those of the store.
    pub fn put<R: Record>(&mut self, id: impl AsRef<[u8]>, record: &R) -> Result<(), Error> {
        let id = checked(id.as_ref())?;
        let found = self.rows.get(R::TABLE.number(), id)?.map(|row| row.version);
        self.put_over(id, record, found)
    }

    /// Puts a record in the place of the one that was read at a version.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it was changed or removed since; those of [`put`](Self::put).
    pub fn put_at<R: Record>(&mut self, id: impl AsRef<[u8]>, version: Version, record: &R) -> Result<(), Error> {
        self.put_over(checked(id.as_ref())?, record, Some(version.0))
    }

    /// Puts a record where none stands.
    ///
    /// # Errors
    /// [`Error::Duplicate`] when one does; those of [`put`](Self::put).
    pub fn insert<R: Record>(&mut self, id: impl AsRef<[u8]>, record: &R) -> Result<(), Error> {
        let id = checked(id.as_ref())?;
        self.put_over(id, record, None).map_err(|error| match error {
            Error::Store(StoreError::Conflict { table, .. }) => Error::Duplicate { table, row: short(id) },
            other => other,
        })
    }

    /// Removes a record and says whether there was one.
    ///
    /// # Errors
    /// Those of the store.
    pub fn remove<R: Record>(&mut self, id: impl AsRef<[u8]>) -> Result<bool, Error> {
        let id = checked(id.as_ref())?;
        let Some(row) = self.rows.get(R::TABLE.number(), id)? else { return Ok(false) };
        self.rows.delete(R::TABLE.number(), id, row.version)?;
        Ok(true)
    }

    fn put_over<R: Record>(&mut self, id: &[u8], record: &R, expected: Option<u64>) -> Result<(), Error> {
        let (name, key) = match (R::DOMAIN, expected) {
            (Domain::Main, _) => self.ring.current()?,
            (Domain::Codebook, None) => self.fresh_key()?,
            (Domain::Codebook, Some(_)) => self.key_of::<R>(id)?,
        };
        self.put_under(id, record, expected, name, &key)
    }

    /// Puts a record of the codebooks' domain under the key of another one, where none stands: they are destroyed together.
    ///
    /// # Errors
    /// [`Error::RecordKey`] when that other one's key is gone, or it is not there; those of [`insert`](Self::insert).
    pub fn insert_beside<R: Record, Of: Record>(
        &mut self,
        id: impl AsRef<[u8]>,
        record: &R,
        of: impl AsRef<[u8]>,
    ) -> Result<(), Error> {
        let (name, key) = self.key_of::<Of>(of.as_ref())?;
        self.put_under(checked(id.as_ref())?, record, None, name, &key)
    }

    fn put_under<R: Record>(
        &mut self,
        id: &[u8],
        record: &R,
        expected: Option<u64>,
        name: KeyName,
        key: &Key,
    ) -> Result<(), Error> {
        let table = R::TABLE.number();
        let content = json(record).ok_or(Error::RecordForm { table })?;
        if content.len() > MAX_CONTENT {
            return Err(Error::RecordSize { table, bytes: content.len(), most: MAX_CONTENT });
        }
        let version = expected.map_or(1, |version| version + 1);
        let place = Place { vault: self.ring.vault, table, id, version };
        let blob = cipher::encrypt(key, name, place, &content, self.rng);
        Ok(self.rows.put(table, id, expected, &blob)?)
    }

    /// The key of a record that stands there.
    fn key_of<R: Record>(&self, id: &[u8]) -> Result<(KeyName, Key), Error> {
        let table = R::TABLE.number();
        let blob = self.row::<R>(id)?.map(|row| row.blob).unwrap_or_default();
        let name = cipher::key_name(&blob).map_err(|source| Error::Record { table, row: short(id), source })?;
        let key = self.ring.named(name)?;
        Ok((name, key.ok_or_else(|| gone(table, id, name))?))
    }

    /// A key for a new codebook, durable in the key file.
    fn fresh_key(&mut self) -> Result<(KeyName, Key), Error> {
        let state = self.get::<KeyState>(KEYS)?;
        let made = state.is_some();
        let state = state.unwrap_or_default();
        let mut drawn = self.ring.fresh(1, state.next.max(1), made, self.rng)?;
        let (name, key) = drawn.pop().ok_or(Error::Header { what: "its key generations are used up" })?;
        self.put(KEYS, &KeyState { next: name.generation.saturating_add(1), ..state })?;
        Ok((name, key))
    }

    /// The row of a record.
    pub(crate) fn row<R: Record>(&self, id: &[u8]) -> Result<Option<Row>, Error> {
        Ok(self.rows.get(R::TABLE.number(), checked(id)?)?)
    }

    /// The keys of this transaction.
    pub(crate) fn ring(&self) -> &Ring {
        self.ring
    }
}

/// The content of a row.
pub(crate) fn decrypt(ring: &Ring, table: u8, id: &[u8], row: &Row) -> Result<Zeroizing<Vec<u8>>, Error> {
    let damaged = |source| Error::Record { table, row: short(id), source };
    let name: KeyName = cipher::key_name(&row.blob).map_err(damaged)?;
    let key = ring.named(name)?.ok_or_else(|| gone(table, id, name))?;
    cipher::decrypt(&key, Place { vault: ring.vault, table, id, version: row.version }, &row.blob).map_err(damaged)
}

fn gone(table: u8, id: &[u8], name: KeyName) -> Error {
    Error::RecordKey { table, row: short(id), domain: name.domain, generation: name.generation }
}

pub(crate) fn name_id(ring: &Ring, kind: &str, name: &str) -> Id {
    Id::from(ring.names.hash(&[kind.as_bytes(), name.as_bytes()]))
}

fn checked(id: &[u8]) -> Result<&[u8], Error> {
    if (1..=255).contains(&id.len()) { Ok(id) } else { Err(Error::IdLength(id.len())) }
}

/// The record as JSON. Growing a buffer leaves unwiped copies behind, so it is written into one of the right size, at the price of
/// writing it twice.
fn json<R: Record>(record: &R) -> Option<Zeroizing<Vec<u8>>> {
    struct Count(usize);
    impl std::io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(0);
    serde_json::to_writer(&mut count, record).ok()?;
    let mut content = Zeroizing::new(Vec::with_capacity(count.0));
    serde_json::to_writer(&mut *content, record).ok()?;
    Some(content)
}
