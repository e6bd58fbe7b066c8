//! A vault in memory and its journal of looks, for tests.
#![allow(dead_code, missing_docs)] // each test file uses a part of it

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicUsize, Ordering},
    },
};

use countermark_vault::{Error, Journal, JournalFile, Kdf, Look, MemoryStore, NotNameable, Unlock, Vault};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use tempfile::TempDir;

pub fn rng(seed: u64) -> Box<ChaCha20Rng> {
    Box::new(ChaCha20Rng::seed_from_u64(seed))
}

pub fn create(store: &MemoryStore) -> Vault {
    Vault::create(Box::new(store.clone()), Unlock::Passphrase("p"), Kdf::CHEAP, rng(1)).expect("a new vault")
}

pub fn open(store: &MemoryStore, seed: u64) -> Vault {
    Vault::open(Box::new(store.clone()), Unlock::Passphrase("p"), rng(seed)).expect("the vault opens")
}

pub fn fresh() -> (TempDir, PathBuf, MemoryStore, Vault, Journal) {
    // In memory where the machine has such a folder: hundreds of syncs of a real disk take long, and none is tested here.
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a folder");
    let path = folder.path().join("v.looks");
    let store = MemoryStore::new();
    let mut vault = create(&store);
    let journal = vault.create_journal(&path).expect("a journal");
    (folder, path, store, vault, journal)
}

pub const M: [u8; 16] = [1; 16];
pub const OTHER: [u8; 16] = [2; 16];

pub fn observation(n: u8) -> [u8; 32] {
    [n; 32]
}

pub fn k(look: Look) -> (u64, bool) {
    (look.k, look.fresh)
}

pub fn spend(vault: &mut Vault, journal: &mut Journal, message: &[u8; 16], n: u8) -> (u64, bool) {
    k(vault.spend(journal, message, &observation(n)).expect("a look"))
}

pub fn reason<T: std::fmt::Debug>(result: Result<T, Error>) -> NotNameable {
    match result {
        Err(Error::NotNameable(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

/// A journal's file in memory that is cut off: after so many bytes nothing more is written, or syncing fails.
#[derive(Clone, Default)]
pub struct Tape {
    pub bytes: Arc<Mutex<Vec<u8>>>,
    pub room: Arc<AtomicUsize>,
    pub syncs_fail: bool,
}

impl Tape {
    pub fn of(path: &Path) -> Self {
        let tape = Self::default();
        *tape.lock_bytes() = fs::read(path).expect("a journal");
        tape.room.store(usize::MAX, Ordering::SeqCst);
        tape
    }

    /// Lets so many more bytes be written.
    pub fn with_room(&self, room: usize) -> Box<Self> {
        Box::new(Self { room: Arc::new(AtomicUsize::new(room)), ..self.clone() })
    }

    pub fn lock_bytes(&self) -> MutexGuard<'_, Vec<u8>> {
        self.bytes.lock().expect("no test panics while it writes")
    }
}

impl JournalFile for Tape {
    fn lock(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn unlock(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn size(&mut self) -> io::Result<u64> {
        Ok(self.lock_bytes().len() as u64)
    }

    fn read_from(&mut self, offset: u64) -> io::Result<Vec<u8>> {
        Ok(self.lock_bytes()[offset as usize..].to_vec())
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let room = self.room.load(Ordering::SeqCst);
        let kept = bytes.len().min(room);
        self.lock_bytes().extend_from_slice(&bytes[..kept]);
        self.room.store(room - kept, Ordering::SeqCst);
        if kept < bytes.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn sync(&mut self) -> io::Result<()> {
        if self.syncs_fail { Err(io::Error::other("as the test wants it")) } else { Ok(()) }
    }
}
