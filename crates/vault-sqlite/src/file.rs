//! The platform's part: files that are born right, and what is durable.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::Path,
};

use countermark_vault::StoreError;

use crate::error::file_error;

/// Makes an empty file that did not exist, readable and writable by its owner alone.
pub(crate) fn create_private(path: &Path) -> Result<File, StoreError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => StoreError::Exists { path: path.to_owned() },
        _ => file_error("making", path, error),
    })
}

/// Takes from everybody but the owner what a copied file's mode may have given him.
pub(crate) fn make_private(path: &Path) -> Result<(), StoreError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600))
            .map_err(|error| file_error("setting the mode of", path, error))?;
    }
    Ok(())
}

/// Makes a file's content and its name durable.
pub(crate) fn sync(path: &Path) -> Result<(), StoreError> {
    File::open(path).and_then(|file| file.sync_all()).map_err(|error| file_error("syncing", path, error))?;
    sync_folder(path)
}

/// Makes the names in a file's folder durable.
pub(crate) fn sync_folder(path: &Path) -> Result<(), StoreError> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    File::open(folder).and_then(|file| file.sync_all()).map_err(|error| file_error("syncing the folder", folder, error))
}

/// Removes a file that this program made and nobody needs, as far as that can be done.
pub(crate) fn discard(path: &Path) {
    // The failure that led here is what the caller hears of; a leftover is never taken for a vault.
    let _ = fs::remove_file(path);
}
