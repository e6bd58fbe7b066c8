//! What a database must do for the vault: keep rows of bytes, in transactions that are durable when they return.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::KeyFile;

/// A database of rows, all of them ciphertext but the vault's header.
///
/// # Contract
/// - **Durable.** When [`write`](Store::write) returns `Ok`, everything that its work put or deleted survives a killed process and
///   a power cut at any later moment, as far as the machine keeps what it has synced.
/// - **All or nothing.** When `write` returns an error, either none of the work's changes happened or, where the failure came while
///   committing, all of them: whoever needs to know reads again. No error destroys rows that were there before.
/// - **Isolated.** The work of one `write` sees the store as no other `write` changes it meanwhile, and its own changes; the work of
///   one [`read`](Store::read) sees one state, never half of a transaction. Two connections, in one process or two, may read and
///   write at once: a writer waits for the other one and after some seconds gives [`StoreError::Busy`].
/// - **Once.** The work is called at most once, and not at all when the transaction could not begin.
/// - A work's own error is handed back as it is, and everything it did is undone.
pub trait Store {
    /// Runs `work` on one state of the rows.
    ///
    /// # Errors
    /// Those of the work and of the database.
    fn read(&self, work: &mut ReadWork<'_>) -> Result<(), StoreError>;

    /// Runs `work` in one transaction and makes it durable.
    ///
    /// # Errors
    /// Those of the work and of the database.
    fn write(&mut self, work: &mut WriteWork<'_>) -> Result<(), StoreError>;

    /// Reads the whole database and compares it with its own redundancy (structure, indexes; not the encryption).
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] with what was found first.
    fn check(&self) -> Result<(), StoreError>;

    /// Writes one consistent state of all rows, with the files given, into a new file, durable on return. An existing file is
    /// never overwritten, and a failed backup leaves no file behind.
    ///
    /// # Errors
    /// [`StoreError::Exists`], those of the disk, and [`StoreError::Unsupported`] for a store that has no file.
    fn backup(&self, to: &Path, files: &[ExtraFile]) -> Result<(), StoreError>;

    /// The key file that belongs to these rows and lies apart from them.
    fn keys(&self) -> Arc<dyn KeyFile>;
}

/// What [`Store::read`] runs.
pub type ReadWork<'a> = dyn FnMut(&dyn Rows) -> Result<(), StoreError> + 'a;

/// What [`Store::write`] runs.
pub type WriteWork<'a> = dyn FnMut(&mut dyn RowsMut) -> Result<(), StoreError> + 'a;

/// What [`Rows::versions`] calls for each row, with its id and version.
pub type VisitVersion<'a> = dyn FnMut(&[u8], u64) -> Result<(), StoreError> + 'a;

/// What [`Rows::list`] calls for each row, with its id.
pub type Visit<'a> = dyn FnMut(&[u8], Row) -> Result<(), StoreError> + 'a;

/// Rows to be read, inside a transaction.
pub trait Rows {
    /// The row, if there is one.
    ///
    /// # Errors
    /// Those of the database.
    fn get(&self, table: u8, id: &[u8]) -> Result<Option<Row>, StoreError>;

    /// Visits every row of a table in the order of the ids' bytes; the visitor's error ends it and is handed back.
    ///
    /// # Errors
    /// Those of the database and of the visitor.
    fn list(&self, table: u8, visit: &mut Visit<'_>) -> Result<(), StoreError>;

    /// Visits every row's id and version as [`list`](Rows::list) does. A database that need not read the blobs for it brings its own.
    ///
    /// # Errors
    /// Those of the database and of the visitor.
    fn versions(&self, table: u8, visit: &mut VisitVersion<'_>) -> Result<(), StoreError> {
        self.list(table, &mut |id, row| visit(id, row.version))
    }

    /// Which state of the rows this transaction sees; two transactions of one store with the same state see the same rows. `None` where the
    /// database can't tell, or where the rows are just being changed.
    ///
    /// # Errors
    /// Those of the database.
    fn state(&self) -> Result<Option<State>, StoreError> {
        Ok(None)
    }
}

/// A state of a store's rows, for comparison with another one of the same open store; it means nothing to any other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// Raised by what this store wrote.
    pub own: u64,
    /// Changed by what other connections wrote.
    pub others: i64,
}

/// Rows to be read and written, inside a transaction.
pub trait RowsMut: Rows {
    /// Puts a row. `expected` is the version that stands there now, `None` for no row; otherwise nothing is put. The new version is
    /// `expected + 1`, or 1.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when something else stands there; those of the database.
    fn put(&mut self, table: u8, id: &[u8], expected: Option<u64>, blob: &[u8]) -> Result<(), StoreError>;

    /// Deletes the row of this version.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when something else or nothing stands there; those of the database.
    fn delete(&mut self, table: u8, id: &[u8], expected: u64) -> Result<(), StoreError>;
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Counted from 1, one more with each put.
    pub version: u64,
    /// The bytes.
    pub blob: Vec<u8>,
}

/// A file that a backup takes along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtraFile {
    /// Relative, `/` between its names, without `.` and `..`; see [`ExtraFile::is_safe`].
    pub path: String,
    /// The file's content.
    pub bytes: Vec<u8>,
}

impl ExtraFile {
    /// Whether the path stays inside the folder that it is extracted into.
    pub fn is_safe(&self) -> bool {
        !self.path.is_empty()
            && self.path.split('/').all(|name| !matches!(name, "" | "." | "..") && !name.contains(['\\', '\0']))
    }
}

/// What can go wrong below the encryption.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The work gave up; its caller knows why.
    #[error("the transaction was abandoned")]
    Abandoned,
    /// Another connection held the store for too long.
    #[error("the vault is busy: another program has been writing to it for {seconds} s")]
    Busy {
        /// How long was waited.
        seconds: u64,
    },
    /// A row is not at the version that the caller took it to be.
    #[error("a row of table {table} changed meanwhile: expected {}, found {}", shown(expected), shown(found))]
    Conflict {
        /// The table's number.
        table: u8,
        /// The version that was expected.
        expected: Option<u64>,
        /// The version that stands there.
        found: Option<u64>,
    },
    /// The database contradicts itself.
    #[error("the vault's file is damaged: {what}")]
    Corrupt {
        /// What was found, in the database's words.
        what: String,
    },
    /// A file stands where a new one was to be made.
    #[error("{} exists already", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// No room on the disk; nothing was changed.
    #[error("the disk is full: nothing was changed")]
    Full,
    /// The operating system refused.
    #[error("{action}: {source}")]
    Io {
        /// What was being done, and with which file.
        action: String,
        /// Its answer.
        source: io::Error,
    },
    /// There is no file.
    #[error("there is no vault at {}", path.display())]
    Missing {
        /// The path.
        path: PathBuf,
    },
    /// Written by a later version of the program.
    #[error("the file's schema is version {found}, this program knows up to {known}")]
    NewerSchema {
        /// The file's version.
        found: u32,
        /// The latest that this program knows.
        known: u32,
    },
    /// The file is something else.
    #[error("{} is not {wanted}", path.display())]
    NotOurs {
        /// The file.
        path: PathBuf,
        /// What it should be: "a vault", "a backup of a vault".
        wanted: &'static str,
    },
    /// The database failed in a way of its own.
    #[error("{action}")]
    Other {
        /// What was being done.
        action: &'static str,
        /// The database's error.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The file is shorter than it says of itself.
    #[error("{} is cut short: {found} of {expected} bytes", path.display())]
    Truncated {
        /// The file.
        path: PathBuf,
        /// Its length.
        found: u64,
        /// The length that it should have.
        expected: u64,
    },
    /// This store can't do it.
    #[error("this store has no {0}")]
    Unsupported(&'static str),
}

impl StoreError {
    /// Wraps the operating system's answer: a full disk is told apart from everything else.
    pub fn io(action: impl Into<String>, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => Self::Full,
            _ => Self::Io { action: action.into(), source },
        }
    }
}

fn shown(version: &Option<u64>) -> String {
    version.map_or_else(|| "no row".to_owned(), |version| format!("version {version}"))
}
