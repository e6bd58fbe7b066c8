//! Backups: one state of the vault and some files, in one file; and back.

use std::{
    fs,
    path::{Path, PathBuf},
};

use countermark_vault::{ExtraFile, StoreError, mark_restored};
use rusqlite::{Connection, params};

use crate::{
    error::{file_error, store_error},
    file, schema,
    store::{Writing, begin, check, connect},
};

const FILES: &str = "CREATE TABLE file (path TEXT NOT NULL PRIMARY KEY, bytes BLOB NOT NULL) STRICT, WITHOUT ROWID;";

/// What a restore gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// The files that the backup took along, in the order of their paths.
    pub files: Vec<ExtraFile>,
}

/// Writes a backup into a new file.
pub(crate) fn write(from: &Connection, to: &Path, files: &[ExtraFile]) -> Result<(), StoreError> {
    if let Some(file) = files.iter().find(|file| !file.is_safe()) {
        return Err(StoreError::Corrupt {
            what: format!("a file of the backup would leave its folder: {}", file.path),
        });
    }
    in_place(to, |part| fill(from, part, files))
}

/// Makes a vault from a backup, at a path where nothing stands.
///
/// The whole backup is verified first; the vault has the rows of the backup and a mark that it was restored. The journal of looks
/// was not in it, so that nothing is named until the journal is back beside the vault, or its looks are stated.
///
/// # Errors
/// [`StoreError::Exists`]; [`StoreError::Missing`], [`StoreError::NotOurs`], [`StoreError::Truncated`],
/// [`StoreError::NewerSchema`] and [`StoreError::Corrupt`] for a file that is no whole backup; those of the disk. After an error
/// there is no file at the path.
pub fn restore(backup: &Path, to: &Path) -> Result<Restored, StoreError> {
    schema::inspect(backup, schema::BACKUP, "a backup of a vault")?;
    in_place(to, |part| {
        fs::copy(backup, part).map_err(|error| file_error("copying the backup to", part, error))?;
        file::make_private(part)?;
        empty(part)
    })
}

/// Lets `fill` write beside a new file and puts the result in its place, durable: the name appears with the whole file, or never.
fn in_place<T>(to: &Path, fill: impl FnOnce(&Path) -> Result<T, StoreError>) -> Result<T, StoreError> {
    let free = || if fs::exists(to).unwrap_or(true) { Err(StoreError::Exists { path: to.to_owned() }) } else { Ok(()) };
    free()?;
    let part = part_path(to);
    // One of this name is of a process that died: it had this one's number.
    file::discard(&part);
    drop(file::create_private(&part)?);
    let outcome = fill(&part).and_then(|filled| {
        file::sync(&part)?;
        // Whoever took the name meanwhile keeps it; links, which could not be raced, are unknown to many a USB stick.
        free()?;
        fs::rename(&part, to).map_err(|error| file_error("naming", to, error))?;
        file::sync_folder(to)?;
        Ok(filled)
    });
    file::discard(&schema::journal_path(&part));
    outcome.inspect_err(|_| file::discard(&part))
}

fn fill(from: &Connection, part: &Path, files: &[ExtraFile]) -> Result<(), StoreError> {
    let failed = |error| store_error("writing the backup", error);
    let name = part.to_str().ok_or_else(|| StoreError::Unsupported("backup to a path that is not UTF-8"))?;
    // VACUUM INTO reads one state in one transaction and leaves out free pages, and with them everything that was deleted.
    from.execute("VACUUM INTO ?1", params![name]).map_err(failed)?;
    let mut connection = connect(part)?;
    let transaction = begin(&mut connection)?;
    transaction.pragma_update(None, "application_id", schema::BACKUP).map_err(failed)?;
    transaction.execute_batch(FILES).map_err(failed)?;
    {
        let mut insert = transaction.prepare("INSERT INTO file (path, bytes) VALUES (?1, ?2)").map_err(failed)?;
        for file in files {
            insert.execute(params![file.path, file.bytes]).map_err(failed)?;
        }
    }
    transaction.commit().map_err(failed)?;
    check(&connection)
}

/// Takes the files out of a copy of a backup and makes it a vault.
fn empty(part: &Path) -> Result<Restored, StoreError> {
    let failed = |error| store_error("reading the backup", error);
    let mut connection = connect(part)?;
    check(&connection)?;
    let transaction = begin(&mut connection)?;
    let files = {
        let mut select = transaction.prepare("SELECT path, bytes FROM file ORDER BY path").map_err(failed)?;
        let rows =
            select.query_map([], |row| Ok(ExtraFile { path: row.get(0)?, bytes: row.get(1)? })).map_err(failed)?;
        rows.collect::<Result<Vec<_>, _>>().map_err(failed)?
    };
    if files.iter().any(|file| !file.is_safe()) {
        return Err(StoreError::Corrupt { what: "a file of the backup would leave its folder".to_owned() });
    }
    transaction.execute_batch("DROP TABLE file").map_err(failed)?;
    schema::migrate(&transaction, schema::VAULT)?;
    mark_restored(&mut Writing(&transaction))?;
    transaction.commit().map_err(failed)?;
    connection.execute_batch("VACUUM").map_err(failed)?;
    Ok(Restored { files })
}

fn part_path(to: &Path) -> PathBuf {
    let mut name = to.as_os_str().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    PathBuf::from(name)
}
