//! SQLite's answers in the store's words.

use std::{io, path::Path};

use countermark_vault::StoreError;
use rusqlite::{Error, ErrorCode, ffi};

use crate::BUSY_SECONDS;

/// Puts what SQLite says into the store's words. `action` is what was being done.
pub(crate) fn store_error(action: &'static str, error: Error) -> StoreError {
    let Error::SqliteFailure(failure, ref text) = error else {
        return StoreError::Other { action, source: Box::new(error) };
    };
    match failure.code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::Busy { seconds: BUSY_SECONDS },
        ErrorCode::DiskFull => StoreError::Full,
        // Beyond a limit of the file's size the write fails like on a full disk, and is one to whoever has set the limit.
        ErrorCode::SystemIoFailure if is_full(&failure) => StoreError::Full,
        ErrorCode::DatabaseCorrupt => StoreError::Corrupt { what: text.clone().unwrap_or_else(|| failure.to_string()) },
        ErrorCode::NotADatabase => StoreError::Corrupt { what: "it is not a database of this kind".to_owned() },
        ErrorCode::SystemIoFailure | ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied => {
            StoreError::Io { action: action.to_owned(), source: io::Error::other(error) }
        }
        _ => StoreError::Other { action, source: Box::new(error) },
    }
}

/// Wraps the operating system's answer about a file.
pub(crate) fn file_error(action: &str, path: &Path, source: io::Error) -> StoreError {
    StoreError::io(format!("{action} {}", path.display()), source)
}

fn is_full(failure: &ffi::Error) -> bool {
    // SQLite turns ENOSPC into SQLITE_FULL itself; a file size limit (EFBIG) and a quota (EDQUOT) come as a failed write.
    failure.extended_code == ffi::SQLITE_IOERR_WRITE
}
