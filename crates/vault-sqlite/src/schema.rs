//! What the file looks like, and how a file is recognised before SQLite touches it.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use countermark_vault::StoreError;
use rusqlite::Connection;

use crate::error::{file_error, store_error};

/// `CMVL`, in SQLite's header: this database is a vault.
pub(crate) const VAULT: u32 = 0x434d_564c;
/// `CMBK`: this database is a backup of a vault.
pub(crate) const BACKUP: u32 = 0x434d_424b;

/// Each step leads from the version that is its index to the next one. A step that has shipped is never changed.
const MIGRATIONS: &[&str] = &["CREATE TABLE row (
        tab     INTEGER NOT NULL,
        id      BLOB    NOT NULL,
        version INTEGER NOT NULL,
        blob    BLOB    NOT NULL,
        PRIMARY KEY (tab, id)
    ) STRICT, WITHOUT ROWID;"];

/// The version that this program writes (`PRAGMA user_version`).
pub(crate) const SCHEMA: u32 = MIGRATIONS.len() as u32;

/// What a file is, by its first bytes and its length alone: nothing is opened, locked or changed.
///
/// The offsets are those of SQLite's file format, section 1.3 ("The Database Header").
pub(crate) fn inspect(path: &Path, application: u32, wanted: &'static str) -> Result<(), StoreError> {
    let mut file = File::open(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => StoreError::Missing { path: path.to_owned() },
        _ => file_error("opening", path, error),
    })?;
    let reading = |error| file_error("reading", path, error);
    let meta = file.metadata().map_err(reading)?;
    let not_ours = || StoreError::NotOurs { path: path.to_owned(), wanted };
    if !meta.is_file() {
        return Err(not_ours());
    }
    let mut head = Vec::with_capacity(100);
    (&mut file).take(100).read_to_end(&mut head).map_err(reading)?;
    if interrupted(path) {
        // Its own journal lies beside it: the first bytes may be half of a transaction, and SQLite has to roll it back first.
        return Ok(());
    }
    if !head.starts_with(b"SQLite format 3\0") {
        return Err(not_ours());
    }
    let word = |at: usize| head.get(at..at + 4).and_then(|b| b.try_into().ok()).map(u32::from_be_bytes);
    let (Some(page_count), Some(version), Some(found), Some([high, low])) =
        (word(28), word(60), word(68), head.get(16..18))
    else {
        return Err(StoreError::Truncated { path: path.to_owned(), found: meta.len(), expected: 100 });
    };
    if found != application {
        return Err(not_ours());
    }
    if version > SCHEMA {
        return Err(StoreError::NewerSchema { found: version, known: SCHEMA });
    }
    let page_size = match u64::from(u16::from_be_bytes([*high, *low])) {
        1 => 65_536,
        size => size,
    };
    let expected = u64::from(page_count) * page_size;
    if meta.len() < expected {
        return Err(StoreError::Truncated { path: path.to_owned(), found: meta.len(), expected });
    }
    Ok(())
}

/// Whether a transaction on this file was interrupted and is still to be rolled back.
fn interrupted(path: &Path) -> bool {
    fs::metadata(journal_path(path)).is_ok_and(|meta| meta.len() > 0)
}

/// SQLite's rollback journal of a database.
pub(crate) fn journal_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-journal");
    PathBuf::from(name)
}

/// Brings a database to the latest schema. The caller has begun a transaction.
pub(crate) fn migrate(connection: &Connection, application: u32) -> Result<(), StoreError> {
    let failed = |error| store_error("bringing the file to the present schema", error);
    let found = user_version(connection)?;
    if found > SCHEMA {
        return Err(StoreError::NewerSchema { found, known: SCHEMA });
    }
    for step in MIGRATIONS.iter().skip(found as usize) {
        connection.execute_batch(step).map_err(failed)?;
    }
    connection.pragma_update(None, "user_version", SCHEMA).map_err(failed)?;
    connection.pragma_update(None, "application_id", application).map_err(failed)
}

/// The schema's version.
pub(crate) fn user_version(connection: &Connection) -> Result<u32, StoreError> {
    connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(|error| store_error("reading the schema's version", error))
}
