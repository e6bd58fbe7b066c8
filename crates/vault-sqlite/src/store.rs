//! The store itself.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use countermark_vault::{
    ExtraFile, KeyFile, Store, StoreError,
    store::{ReadWork, Row, Rows, RowsMut, State, Visit, VisitVersion, WriteWork},
};
use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction, TransactionBehavior, params};

use crate::{BUSY_SECONDS, backup, error::store_error, file, keys::DiskKeys, schema};

/// A vault's rows in one SQLite file.
#[derive(Debug)]
pub struct SqliteStore {
    connection: Connection,
    path: PathBuf,
    /// Counts the transactions that this connection began to write in.
    wrote: u64,
}

impl SqliteStore {
    /// Makes a new file, with mode 0600. An existing one is left alone.
    ///
    /// # Errors
    /// [`StoreError::Exists`], and those of the disk, after which there is no file.
    pub fn create(path: &Path) -> Result<Self, StoreError> {
        drop(file::create_private(path)?);
        Self::fill_new(path).inspect_err(|_| {
            file::discard(&schema::journal_path(path));
            file::discard(path);
        })
    }

    /// Opens a file that [`create`](Self::create) made, and brings an older schema to the present one. A file that is something else, cut
    /// short or written by a later program is refused before it is touched.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::NotOurs`], [`StoreError::Truncated`], [`StoreError::NewerSchema`],
    /// [`StoreError::Corrupt`], and those of the disk.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        schema::inspect(path, schema::VAULT, "a vault")?;
        let mut store = Self { connection: connect(path)?, path: path.to_owned(), wrote: 0 };
        // Asked of SQLite now, which has rolled an interrupted transaction back.
        let application: u32 = store
            .connection
            .pragma_query_value(None, "application_id", |row| row.get(0))
            .map_err(|error| store_error("opening the vault", error))?;
        if application != schema::VAULT {
            return Err(StoreError::NotOurs { path: path.to_owned(), wanted: "a vault" });
        }
        if schema::user_version(&store.connection)? != schema::SCHEMA {
            store.migrate()?;
        }
        Ok(store)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Lets the file grow to this many pages of 4,096 bytes and no further, on this connection: then it is full.
    ///
    /// # Errors
    /// Those of the database.
    pub fn limit_pages(&self, pages: u32) -> Result<(), StoreError> {
        self.connection
            .pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))
            .map_err(|error| store_error("limiting the file's size", error))
    }

    fn fill_new(path: &Path) -> Result<Self, StoreError> {
        let mut store = Self { connection: connect(path)?, path: path.to_owned(), wrote: 0 };
        store.migrate()?;
        file::sync(path)?;
        Ok(store)
    }

    fn migrate(&mut self) -> Result<(), StoreError> {
        let transaction = begin(&mut self.connection)?;
        schema::migrate(&transaction, schema::VAULT)?;
        transaction.commit().map_err(|error| store_error("bringing the file to the present schema", error))
    }
}

impl Store for SqliteStore {
    fn read(&self, work: &mut ReadWork<'_>) -> Result<(), StoreError> {
        let failed = |error| store_error("reading the vault", error);
        // Deferred: the state is the one at the first row that is read. `unchecked` only says that the compiler does not see that
        // no other transaction is open on this connection; a nested one is an error of SQLite.
        let transaction = self.connection.unchecked_transaction().map_err(failed)?;
        work(&Reading { connection: &transaction, wrote: self.wrote })?;
        transaction.finish().map_err(failed)
    }

    fn write(&mut self, work: &mut WriteWork<'_>) -> Result<(), StoreError> {
        // Whatever comes of it.
        self.wrote += 1;
        let transaction = begin(&mut self.connection)?;
        // Dropped without a commit, the transaction is rolled back.
        work(&mut Writing(&transaction))?;
        transaction.commit().map_err(|error| store_error("writing to the vault", error))
    }

    fn check(&self) -> Result<(), StoreError> {
        check(&self.connection)
    }

    fn backup(&self, to: &Path, files: &[ExtraFile]) -> Result<(), StoreError> {
        backup::write(&self.connection, to, files)
    }

    fn keys(&self) -> Arc<dyn KeyFile> {
        Arc::new(DiskKeys::beside(&self.path))
    }
}

/// Opens a connection, with the settings that durability needs.
pub(crate) fn connect(path: &Path) -> Result<Connection, StoreError> {
    let failed = |error| store_error("opening the vault", error);
    // Without CREATE: a missing file is an error and not an empty vault. Without URI: a path is a path.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    connection.busy_timeout(Duration::from_secs(BUSY_SECONDS)).map_err(failed)?;
    connection.pragma_update_and_check(None, "journal_mode", "TRUNCATE", |_| Ok(())).map_err(failed)?;
    for (pragma, value) in
        [("synchronous", "FULL"), ("secure_delete", "ON"), ("trusted_schema", "OFF"), ("cell_size_check", "ON")]
    {
        connection.pragma_update(None, pragma, value).map_err(failed)?;
    }
    Ok(connection)
}

/// SQLite's own check of a whole file.
pub(crate) fn check(connection: &Connection) -> Result<(), StoreError> {
    let first: String = connection
        .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
        .map_err(|error| store_error("checking the file", error))?;
    if first == "ok" { Ok(()) } else { Err(StoreError::Corrupt { what: first }) }
}

/// Begins a transaction that will write: it waits for other writers now, so that it can't fail for them later.
pub(crate) fn begin(connection: &mut Connection) -> Result<Transaction<'_>, StoreError> {
    connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(|error| store_error("beginning to write to the vault", error))
}

struct Reading<'a> {
    connection: &'a Connection,
    wrote: u64,
}

/// Rows of an open transaction.
pub(crate) struct Writing<'a>(pub(crate) &'a Connection);

impl Rows for Reading<'_> {
    fn get(&self, table: u8, id: &[u8]) -> Result<Option<Row>, StoreError> {
        get(self.connection, table, id)
    }

    fn list(&self, table: u8, visit: &mut Visit<'_>) -> Result<(), StoreError> {
        list(self.connection, table, visit)
    }

    fn versions(&self, table: u8, visit: &mut VisitVersion<'_>) -> Result<(), StoreError> {
        versions(self.connection, table, visit)
    }

    fn state(&self) -> Result<Option<State>, StoreError> {
        // It begins the transaction where nothing was read yet, so it speaks of the state that is read.
        let others = self
            .connection
            .prepare_cached("PRAGMA data_version")
            .and_then(|mut statement| statement.query_row([], |row| row.get(0)))
            .map_err(|error| store_error("reading the vault", error))?;
        Ok(Some(State { own: self.wrote, others }))
    }
}

impl Rows for Writing<'_> {
    fn get(&self, table: u8, id: &[u8]) -> Result<Option<Row>, StoreError> {
        get(self.0, table, id)
    }

    fn list(&self, table: u8, visit: &mut Visit<'_>) -> Result<(), StoreError> {
        list(self.0, table, visit)
    }

    fn versions(&self, table: u8, visit: &mut VisitVersion<'_>) -> Result<(), StoreError> {
        versions(self.0, table, visit)
    }
}

impl RowsMut for Writing<'_> {
    fn put(&mut self, table: u8, id: &[u8], expected: Option<u64>, blob: &[u8]) -> Result<(), StoreError> {
        let changed = match expected {
            None => self.execute(
                "INSERT INTO row (tab, id, version, blob) VALUES (?1, ?2, 1, ?3) ON CONFLICT DO NOTHING",
                params![table, id, blob],
            )?,
            Some(version) => self.execute(
                "UPDATE row SET version = version + 1, blob = ?4 WHERE tab = ?1 AND id = ?2 AND version = ?3",
                params![table, id, number(version)?, blob],
            )?,
        };
        self.one(changed, table, id, expected)
    }

    fn delete(&mut self, table: u8, id: &[u8], expected: u64) -> Result<(), StoreError> {
        let changed = self.execute(
            "DELETE FROM row WHERE tab = ?1 AND id = ?2 AND version = ?3",
            params![table, id, number(expected)?],
        )?;
        self.one(changed, table, id, Some(expected))
    }
}

impl Writing<'_> {
    fn execute(&self, sql: &str, values: impl rusqlite::Params) -> Result<usize, StoreError> {
        self.0
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute(values))
            .map_err(|error| store_error("writing to the vault", error))
    }

    /// Every statement changes one row; none changed means that something else stands there.
    fn one(&self, changed: usize, table: u8, id: &[u8], expected: Option<u64>) -> Result<(), StoreError> {
        match changed {
            1 => Ok(()),
            0 => {
                let found = get(self.0, table, id)?.map(|row| row.version);
                Err(StoreError::Conflict { table, expected, found })
            }
            more => Err(StoreError::Corrupt { what: format!("{more} rows of table {table} have one id") }),
        }
    }
}

fn get(connection: &Connection, table: u8, id: &[u8]) -> Result<Option<Row>, StoreError> {
    let row = connection
        .prepare_cached("SELECT version, blob FROM row WHERE tab = ?1 AND id = ?2")
        .and_then(|mut statement| {
            statement.query_row(params![table, id], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?))).optional()
        })
        .map_err(|error| store_error("reading the vault", error))?;
    row.map(|(version, blob)| Ok(Row { version: version_of(version, table)?, blob })).transpose()
}

fn list(connection: &Connection, table: u8, visit: &mut Visit<'_>) -> Result<(), StoreError> {
    let failed = |error| store_error("reading the vault", error);
    let mut statement =
        connection.prepare_cached("SELECT id, version, blob FROM row WHERE tab = ?1 ORDER BY id").map_err(failed)?;
    let mut rows = statement.query(params![table]).map_err(failed)?;
    while let Some(row) = rows.next().map_err(failed)? {
        let id = row.get_ref(0).and_then(|value| Ok(value.as_blob()?)).map_err(failed)?;
        let version = version_of(row.get(1).map_err(failed)?, table)?;
        let blob = row.get(2).map_err(failed)?;
        visit(id, Row { version, blob })?;
    }
    Ok(())
}

fn versions(connection: &Connection, table: u8, visit: &mut VisitVersion<'_>) -> Result<(), StoreError> {
    let failed = |error| store_error("reading the vault", error);
    let mut statement =
        connection.prepare_cached("SELECT id, version FROM row WHERE tab = ?1 ORDER BY id").map_err(failed)?;
    let mut rows = statement.query(params![table]).map_err(failed)?;
    while let Some(row) = rows.next().map_err(failed)? {
        let id = row.get_ref(0).and_then(|value| Ok(value.as_blob()?)).map_err(failed)?;
        visit(id, version_of(row.get(1).map_err(failed)?, table)?)?;
    }
    Ok(())
}

fn number(version: u64) -> Result<i64, StoreError> {
    i64::try_from(version).map_err(|_| StoreError::Corrupt { what: "a row's version is beyond 2^63".to_owned() })
}

fn version_of(stored: i64, table: u8) -> Result<u64, StoreError> {
    u64::try_from(stored)
        .ok()
        .filter(|version| *version > 0)
        .ok_or_else(|| StoreError::Corrupt { what: format!("a row of table {table} has version {stored}") })
}
