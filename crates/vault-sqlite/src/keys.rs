//! The key file on the disk: `X.keys` beside `X.db`.
//!
//! | step of a replacement | what a process that dies after it leaves |
//! |---|---|
//! | `X.keys.new` written and synced | the old file, and a new one that is overwritten and removed by the next replacement |
//! | `X.keys` named `X.keys.old` | readers take `.old`; the next replacement names it back |
//! | `X.keys.new` named `X.keys`, the folder synced | the new file; the old one's bytes are still there |
//! | `.old`'s first block overwritten and synced | the file key of the old file is gone, and with it all that it wrapped |
//! | the rest overwritten and synced, `.old` removed, the folder synced | the new file alone |
//!
//! Overwriting reaches the blocks of a file system that writes in place (ext4, XFS without reflinks, FAT). One that copies on write
//! (Btrfs, ZFS), a snapshot, and the spare blocks of a flash disk keep the old ones until they are used again.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use countermark_vault::{
    KeyFile, StoreError,
    keyfile::{HEADER, MAGIC},
};
use rand_core::CryptoRng;

use crate::{error::file_error, file};

/// How often a reader tries again that came upon a file while it was overwritten.
const TRIES: usize = 5;

/// The key file that belongs to a vault's file.
#[derive(Debug)]
pub(crate) struct DiskKeys {
    path: PathBuf,
}

impl DiskKeys {
    /// The one beside the vault at this path.
    pub(crate) fn beside(vault: &Path) -> Self {
        Self { path: keys_path(vault) }
    }

    fn named(&self, ending: &str) -> PathBuf {
        let mut name = self.path.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    }

    /// Writes the new file beside the old one.
    fn write_new(&self, bytes: &[u8]) -> Result<PathBuf, StoreError> {
        let new = self.named(".new");
        let failed = |error| file_error("writing", &new, error);
        let mut file = file::create_private(&new)?;
        file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed)?;
        Ok(new)
    }
}

impl KeyFile for DiskKeys {
    fn read(&self) -> Result<Option<Vec<u8>>, StoreError> {
        let mut found = None;
        for _ in 0..TRIES {
            // Between two names of a replacement the old file is the one that there is.
            found = match read(&self.path)? {
                None => read(&self.named(".old"))?,
                found => found,
            };
            match &found {
                Some(bytes) if bytes.starts_with(MAGIC) => break,
                // It was being overwritten, or named: the next one is there by now. A damaged file stays as it is.
                _ => {}
            }
        }
        Ok(found)
    }

    fn piece(&self, at: u64, length: usize) -> Result<Vec<u8>, StoreError> {
        let failed = |error| file_error("reading", &self.path, error);
        let Some(mut file) = open_shared(&self.path)? else { return Ok(Vec::new()) };
        let mut bytes = Vec::with_capacity(length);
        file.seek(SeekFrom::Start(at)).map_err(failed)?;
        file.take(length as u64).read_to_end(&mut bytes).map_err(failed)?;
        Ok(bytes)
    }

    fn create(&self, bytes: &[u8]) -> Result<(), StoreError> {
        // What a first try left holds a key that nothing was encrypted with.
        remove(&self.named(".new"))?;
        let new = self.write_new(bytes)?;
        fs::rename(&new, &self.path).map_err(|error| file_error("naming", &self.path, error))?;
        file::sync_folder(&self.path)
    }

    fn append(&self, at: u64, bytes: &[u8]) -> Result<(), StoreError> {
        let failed = |error| file_error("writing to", &self.path, error);
        // One that a replacement was cut off from is named back first.
        name_back(&self.path, &self.named(".old"))?;
        let mut file = OpenOptions::new().write(true).open(&self.path).map_err(failed)?;
        file.lock().map_err(failed)?;
        file.seek(SeekFrom::Start(at)).and_then(|_| file.write_all(bytes)).map_err(failed)?;
        file.sync_all().map_err(failed)
    }

    fn replace(&self, bytes: &[u8], noise: &mut dyn CryptoRng) -> Result<(), StoreError> {
        let (new, old) = (self.named(".new"), self.named(".old"));
        name_back(&self.path, &old)?;
        // Both hold keys, and perhaps such as were to be destroyed.
        overwrite(&old, noise)?;
        overwrite(&new, noise)?;
        self.write_new(bytes)?;
        fs::rename(&self.path, &old).map_err(|error| file_error("naming", &old, error))?;
        fs::rename(&new, &self.path).map_err(|error| file_error("naming", &self.path, error))?;
        file::sync_folder(&self.path)?;
        overwrite(&old, noise)
    }
}

/// `X.keys` of `X.db`; a vault that is itself called so has `X.keys.keys`.
pub fn keys_path(vault: &Path) -> PathBuf {
    if vault.extension().is_some_and(|extension| extension == "keys") {
        let mut name = vault.as_os_str().to_owned();
        name.push(".keys");
        return PathBuf::from(name);
    }
    vault.with_extension("keys")
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, StoreError> {
    let Some(mut file) = open_shared(path)? else { return Ok(None) };
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(|error| file_error("reading", path, error))?;
    Ok(Some(bytes))
}

/// Opens a file, if there is one, while nobody changes it: whoever appends or overwrites holds it alone.
fn open_shared(path: &Path) -> Result<Option<File>, StoreError> {
    let failed = |error| file_error("reading", path, error);
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    file.lock_shared().map_err(failed)?;
    Ok(Some(file))
}

/// Gives a file its name back that a replacement took from it and could not give to the new one.
fn name_back(path: &Path, old: &Path) -> Result<(), StoreError> {
    if path.exists() || !old.exists() {
        return Ok(());
    }
    fs::rename(old, path).map_err(|error| file_error("naming", path, error))?;
    file::sync_folder(path)
}

/// Overwrites a file where it lies and removes it: its first block first, since nothing in the rest opens without it.
fn overwrite(path: &Path, noise: &mut dyn CryptoRng) -> Result<(), StoreError> {
    let failed = |error| file_error("overwriting", path, error);
    let mut file = match OpenOptions::new().write(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(error)),
    };
    file.lock().map_err(failed)?;
    let mut left = file.metadata().map_err(failed)?.len();
    let mut block = [0; HEADER];
    let mut first = true;
    while left > 0 {
        // Noise and not zeros: a file system may keep zeros by freeing the block, with what was in it.
        noise.fill_bytes(&mut block);
        let part = &block[..usize::try_from(left).map_or(HEADER, |left| left.min(HEADER))];
        file.write_all(part).map_err(failed)?;
        left -= part.len() as u64;
        if std::mem::take(&mut first) {
            file.sync_data().map_err(failed)?;
        }
    }
    file.sync_data().map_err(failed)?;
    remove(path)?;
    file::sync_folder(path)
}

fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(file_error("removing", path, error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

    use super::*;

    fn content(fill: u8) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.resize(2 * HEADER + 100, fill);
        bytes
    }

    #[test]
    fn replaced_and_overwritten_where_it_lay() {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = DiskKeys::beside(&folder.path().join("v.db"));
        assert_eq!(keys.read().expect("a read"), None);
        keys.create(&content(1)).expect("a new file");
        // A second name of the old file's blocks, as whoever reads the disk has it.
        let blocks = folder.path().join("blocks");
        fs::hard_link(folder.path().join("v.keys"), &blocks).expect("a link");
        keys.replace(&content(2), &mut ChaCha20Rng::seed_from_u64(1)).expect("a replacement");
        assert_eq!(keys.read().expect("a read"), Some(content(2)));
        let left = fs::read(&blocks).expect("the blocks");
        assert_eq!(left.len(), content(1).len());
        assert!(!left.windows(16).any(|window| window == [1; 16]) && !left.starts_with(MAGIC));
        let mut names: Vec<_> =
            fs::read_dir(folder.path()).expect("a folder").map(|entry| entry.expect("a name").file_name()).collect();
        names.sort();
        assert_eq!(names, ["blocks", "v.keys"]);
    }

    #[test]
    fn what_a_replacement_left_is_taken_up() {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = DiskKeys::beside(&folder.path().join("v.db"));
        let at = |ending| folder.path().join(format!("v.keys{ending}"));
        let mut noise = ChaCha20Rng::seed_from_u64(1);
        // Dead after the first name: readers and the next append find the old one.
        fs::write(at(".old"), content(1)).expect("a file");
        fs::write(at(".new"), content(2)).expect("a file");
        assert_eq!(keys.read().expect("a read"), Some(content(1)));
        keys.append(content(1).len() as u64, b"more").expect("an append");
        assert!(keys.read().expect("a read").is_some_and(|bytes| bytes.ends_with(b"more")));
        // Dead after the second name: the old one is still to be overwritten.
        fs::write(at(".old"), content(3)).expect("a file");
        keys.replace(&content(4), &mut noise).expect("a replacement");
        assert_eq!(keys.read().expect("a read"), Some(content(4)));
        assert!(!at(".old").exists() && !at(".new").exists());
    }

    #[test]
    fn born_right_and_never_the_vault_itself() {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = DiskKeys::beside(&folder.path().join("v.db"));
        keys.create(&content(1)).expect("a new file");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(folder.path().join("v.keys")).expect("a file").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        assert_eq!(keys_path(Path::new("a/v.keys")), Path::new("a/v.keys.keys"));
    }
}
