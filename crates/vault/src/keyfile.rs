//! The key file: the codebooks' data keys, apart from the rows, so that no backup of the rows holds them and each can be destroyed.
//!
//! ```text
//! file  = header (4096) || entry (384)*
//! header = "countermark-keys" || version (u32, now 1) || vault (16) || the file key, wrapped under a key of the root's || zeros
//! entry  = generation (u32, never 0) || the data key of that generation, wrapped under the file key || zeros
//! ```
//!
//! One codebook, one key: destroying it touches no other one. Adding a key appends, in one place and with one sync, and leaves no
//! older file behind; destroying some writes a new file under a fresh file key and overwrites the old one, its header first,
//! without which nothing in the rest of it opens.

use std::collections::{BTreeMap, HashSet};

use rand_core::CryptoRng;

use crate::{
    Error, KeysError, StoreError, Table, VaultId,
    cipher::{self, Place},
    header::WRAPPING,
    record::Domain,
    secret::Key,
};

/// Where the codebooks' keys lie: one file beside the rows, which backups leave out.
///
/// # Contract
/// Whoever writes holds the store's own writing transaction, so that two never write at once; readers come at any time and see the bytes
/// before a [`replace`](KeyFile::replace) or after it. What has returned `Ok` is durable.
pub trait KeyFile: Send + Sync {
    /// The whole file; `None` when there is none.
    ///
    /// # Errors
    /// The operating system's.
    fn read(&self) -> Result<Option<Vec<u8>>, StoreError>;

    /// At most `length` bytes of the file from an offset on, fewer or none past its end or where there is no file. What is read by several
    /// calls may be of two files, one put in the other's place.
    ///
    /// # Errors
    /// The operating system's.
    fn piece(&self, at: u64, length: usize) -> Result<Vec<u8>, StoreError> {
        let bytes = self.read()?.unwrap_or_default();
        let rest = usize::try_from(at).ok().and_then(|at| bytes.get(at..)).unwrap_or_default();
        Ok(rest[..length.min(rest.len())].to_vec())
    }

    /// Makes the file where none is. After an error there is none, or this one.
    ///
    /// # Errors
    /// The operating system's.
    fn create(&self, bytes: &[u8]) -> Result<(), StoreError>;

    /// Writes bytes at an offset, which is the end of what is kept. After an error any number of them may stand there.
    ///
    /// # Errors
    /// The operating system's.
    fn append(&self, at: u64, bytes: &[u8]) -> Result<(), StoreError>;

    /// Puts other bytes in the file's place, whole or not at all, and then overwrites what stood there, and what an earlier call that was cut
    /// off left, so that this program finds it in no file any more. After an error it is to be called again.
    ///
    /// # Errors
    /// The operating system's.
    fn replace(&self, bytes: &[u8], noise: &mut dyn CryptoRng) -> Result<(), StoreError>;
}

/// What the first bytes of a key file are.
pub const MAGIC: &[u8; 16] = b"countermark-keys";
/// The header's length: a block of its own, so that overwriting one block makes the rest useless.
pub const HEADER: usize = 4096;
/// An entry's length.
pub const ENTRY: usize = 384;

const VERSION: u32 = 1;
/// A blob around 32 bytes: the smallest one there is.
const BLOB: usize = 366;

/// The keys of a file.
pub(crate) struct KeySet {
    file_key: Key,
    /// The wrapped keys by generation.
    entries: BTreeMap<u32, [u8; BLOB]>,
    /// Places for entries in the file, those included that hold none.
    slots: u64,
}

impl KeySet {
    /// Without a key, under a fresh file key.
    pub(crate) fn new(rng: &mut dyn CryptoRng) -> Self {
        Self { file_key: Key::random(rng), entries: BTreeMap::new(), slots: 0 }
    }

    /// Reads a file. A tail that is no whole entry is an append that was cut off, whose key nothing was ever encrypted with.
    pub(crate) fn parse(bytes: &[u8], vault: VaultId, root: &Key) -> Result<Self, Error> {
        let damaged = || Error::Keys(KeysError::Damaged);
        let (header, rest) = bytes.split_at_checked(HEADER).ok_or_else(damaged)?;
        let rest_of_header = header.strip_prefix(MAGIC).ok_or_else(damaged)?;
        let (version, rest_of_header) = rest_of_header.split_first_chunk::<4>().ok_or_else(damaged)?;
        match u32::from_be_bytes(*version) {
            VERSION => {}
            found if found > VERSION => return Err(Error::Keys(KeysError::Newer { found })),
            _ => return Err(damaged()),
        }
        let (found, rest_of_header) = rest_of_header.split_first_chunk::<16>().ok_or_else(damaged)?;
        if VaultId::from_bytes(*found) != vault {
            return Err(Error::Keys(KeysError::Other));
        }
        let file_key = cipher::decrypt(&wrapping(root), header_place(vault), &rest_of_header[..BLOB])
            .ok()
            .and_then(|key| Key::from_slice(&key))
            .ok_or_else(damaged)?;
        let (entries, _) = rest.as_chunks::<ENTRY>();
        let listed = entries.iter().filter_map(|entry| {
            let (generation, blob) = entry.split_first_chunk::<4>()?;
            let generation = u32::from_be_bytes(*generation);
            Some((generation, *blob.first_chunk::<BLOB>()?)).filter(|_| generation > 0)
        });
        Ok(Self { file_key, entries: listed.collect(), slots: entries.len() as u64 })
    }

    /// The whole file.
    pub(crate) fn to_bytes(&self, vault: VaultId, root: &Key, rng: &mut dyn CryptoRng) -> Vec<u8> {
        let wrapped = cipher::encrypt(&wrapping(root), WRAPPING, header_place(vault), self.file_key.as_bytes(), rng);
        let mut bytes = Vec::with_capacity(HEADER + self.entries.len() * ENTRY);
        for piece in [&MAGIC[..], &VERSION.to_be_bytes(), vault.as_bytes(), &wrapped] {
            bytes.extend_from_slice(piece);
        }
        bytes.resize(HEADER, 0);
        for (generation, blob) in &self.entries {
            bytes.extend_from_slice(&entry(*generation, blob));
        }
        bytes
    }

    /// The key of a generation; `None` when it is not here or its entry is damaged.
    pub(crate) fn key(&self, vault: VaultId, generation: u32) -> Option<Key> {
        let blob = self.entries.get(&generation)?;
        let key = cipher::decrypt(&self.file_key, place(vault, &id(generation)), blob).ok()?;
        Key::from_slice(&key)
    }

    /// Whether a generation is listed.
    pub(crate) fn lists(&self, generation: u32) -> bool {
        self.entries.contains_key(&generation)
    }

    /// The highest generation, 0 for none.
    pub(crate) fn highest(&self) -> u32 {
        self.entries.last_key_value().map_or(0, |(generation, _)| *generation)
    }

    /// Where the next entry belongs in the file.
    pub(crate) fn end(&self) -> u64 {
        HEADER as u64 + self.slots * ENTRY as u64
    }

    /// Adds a key and answers with its entry, which is to be appended.
    pub(crate) fn add(&mut self, vault: VaultId, generation: u32, key: &Key, rng: &mut dyn CryptoRng) -> [u8; ENTRY] {
        let id = id(generation);
        let blob = cipher::encrypt(&self.file_key, WRAPPING, place(vault, &id), key.as_bytes(), rng);
        let blob = blob.try_into().expect("a blob around 32 bytes has the least length that there is");
        let entry = entry(generation, &blob);
        self.entries.insert(generation, blob);
        self.slots += 1;
        entry
    }

    /// The same keys under a fresh file key, without some and without what does not open.
    pub(crate) fn rewrapped(&self, vault: VaultId, gone: &[u32], rng: &mut dyn CryptoRng) -> Self {
        let mut fresh = Self::new(rng);
        let gone: HashSet<u32> = gone.iter().copied().collect();
        for generation in self.entries.keys().filter(|generation| !gone.contains(generation)) {
            if let Some(key) = self.key(vault, *generation) {
                fresh.add(vault, *generation, &key, rng);
            }
        }
        fresh
    }
}

/// Whether a generation is listed, and its key where it opens, by a few pieces of the file instead of all of it. Generations rise in
/// it, so a place is never behind the distance of its generation from the first one, and mostly there. What is not found
/// so may still be in the file: one that is damaged is no longer in order, and says so when it is read as a whole.
pub(crate) fn glance(
    file: &dyn KeyFile,
    vault: VaultId,
    root: &Key,
    generation: u32,
) -> Result<Option<Key>, StoreError> {
    let begin = file.piece(0, HEADER + 4)?;
    let Some((header, first)) = begin.split_at_checked(HEADER) else { return Ok(None) };
    // An empty set of the same header: what a header must be is said in one place.
    let (Ok(set), Ok(first)) = (KeySet::parse(header, vault, root), first.try_into().map(u32::from_be_bytes)) else {
        return Ok(None);
    };
    let Some(mut guess) = generation.checked_sub(first) else { return Ok(None) };
    let (mut low, mut high) = (0, guess);
    loop {
        let entry = file.piece(HEADER as u64 + u64::from(guess) * ENTRY as u64, ENTRY)?;
        let found = entry.first_chunk::<4>().map(|bytes| u32::from_be_bytes(*bytes));
        match found.filter(|_| entry.len() == ENTRY) {
            Some(found) if found == generation => {
                let key = cipher::decrypt(&set.file_key, place(vault, &id(generation)), &entry[4..4 + BLOB]);
                return Ok(key.ok().and_then(|key| Key::from_slice(&key)));
            }
            Some(found) if found < generation && guess < high => low = guess + 1,
            Some(found) if found < generation => return Ok(None),
            _ if guess > low => high = guess - 1,
            _ => return Ok(None),
        }
        if low > high {
            return Ok(None);
        }
        guess = low + (high - low) / 2;
    }
}

fn entry(generation: u32, blob: &[u8; BLOB]) -> [u8; ENTRY] {
    let mut entry = [0; ENTRY];
    entry[..4].copy_from_slice(&generation.to_be_bytes());
    entry[4..4 + BLOB].copy_from_slice(blob);
    entry
}

fn id(generation: u32) -> [u8; 5] {
    let [a, b, c, d] = generation.to_be_bytes();
    [Domain::Codebook.number(), a, b, c, d]
}

fn place(vault: VaultId, id: &[u8; 5]) -> Place<'_> {
    Place { vault, table: Table::KEYS, id, version: 1 }
}

fn header_place(vault: VaultId) -> Place<'static> {
    Place { vault, table: Table::KEYS, id: b"file", version: 1 }
}

fn wrapping(root: &Key) -> Key {
    root.derive("countermark/vault/1/keys")
}

#[cfg(test)]
mod tests {
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

    use super::*;

    const VAULT: VaultId = VaultId::from_bytes([1; 16]);

    fn file(generations: &[u32]) -> (Key, Vec<u8>) {
        let mut rng = ChaCha20Rng::seed_from_u64(3);
        let root = Key::random(&mut rng);
        let mut set = KeySet::new(&mut rng);
        for generation in generations {
            set.add(VAULT, *generation, &Key::from_bytes([*generation as u8; 32]), &mut rng);
        }
        (root.clone(), set.to_bytes(VAULT, &root, &mut rng))
    }

    #[test]
    fn reads_back_and_ignores_a_torn_tail() {
        let (root, mut bytes) = file(&[1, 2, 5]);
        assert_eq!(bytes.len(), HEADER + 3 * ENTRY);
        for tail in [0, 1, ENTRY - 1] {
            bytes.resize(HEADER + 3 * ENTRY + tail, 7);
            let set = KeySet::parse(&bytes, VAULT, &root).expect("a file");
            assert_eq!((set.highest(), set.end()), (5, (HEADER + 3 * ENTRY) as u64));
            assert_eq!(set.key(VAULT, 2).expect("its key").as_bytes(), &[2; 32]);
            assert!(set.key(VAULT, 3).is_none());
        }
    }

    #[test]
    fn a_glance_finds_what_the_whole_file_has() {
        let store = crate::MemoryStore::new();
        let keys = crate::Store::keys(&store);
        for generations in [&[][..], &[4], &[1, 2, 3], &[3, 7, 8, 9, 20, 21, 300], &[2, 4, 6, 8, 10, 12, 14, 16]] {
            let (root, bytes) = file(generations);
            let set = KeySet::parse(&bytes, VAULT, &root).expect("a file");
            for tail in [0, ENTRY - 1] {
                store.set_key_file(Some([&bytes[..], &vec![0; tail]].concat()));
                for generation in (0..=25).chain([299, 300, 301, u32::MAX]) {
                    let found = glance(keys.as_ref(), VAULT, &root, generation).expect("a glance");
                    let known = set.key(VAULT, generation);
                    assert_eq!(found.map(|key| *key.as_bytes()), known.map(|key| *key.as_bytes()), "{generation}");
                }
            }
            // One that is damaged is not found; nor is any in no file, a torn one, one of another vault.
            if let Some(last) = generations.last() {
                let mut damaged = bytes.clone();
                damaged[HEADER + (generations.len() - 1) * ENTRY + 50] ^= 1;
                for content in [None, Some(damaged), Some(bytes[..HEADER - 1].to_vec()), Some(Vec::new())] {
                    store.set_key_file(content);
                    assert!(glance(keys.as_ref(), VAULT, &root, *last).expect("a glance").is_none());
                }
                store.set_key_file(Some(bytes));
                assert!(glance(keys.as_ref(), VaultId::from_bytes([2; 16]), &root, *last).expect("a glance").is_none());
            }
        }
    }

    #[test]
    fn a_new_file_without_some_is_under_another_key() {
        let (root, bytes) = file(&[1, 2, 3]);
        let mut rng = ChaCha20Rng::seed_from_u64(9);
        let set = KeySet::parse(&bytes, VAULT, &root).expect("a file");
        let fresh = set.rewrapped(VAULT, &[2], &mut rng).to_bytes(VAULT, &root, &mut rng);
        let read = KeySet::parse(&fresh, VAULT, &root).expect("a file");
        assert_eq!(read.key(VAULT, 3).expect("its key").as_bytes(), &[3; 32]);
        assert!(!read.lists(2));
        // An entry of the old file does not open under the new file's key.
        let mut mixed = fresh;
        mixed.extend_from_slice(&bytes[HEADER + ENTRY..HEADER + 2 * ENTRY]);
        let read = KeySet::parse(&mixed, VAULT, &root).expect("a file");
        assert!(read.lists(2) && read.key(VAULT, 2).is_none());
    }

    #[test]
    fn no_bytes_panic_and_none_of_a_foreign_file_open() {
        let (root, bytes) = file(&[1, 2]);
        for len in [0, 15, 16, 40, HEADER - 1] {
            let read = KeySet::parse(&bytes[..len], VAULT, &root);
            assert!(matches!(read, Err(Error::Keys(KeysError::Damaged))), "{len}");
        }
        let other = VaultId::from_bytes([2; 16]);
        assert!(matches!(KeySet::parse(&bytes, other, &root), Err(Error::Keys(KeysError::Other))));
        assert!(matches!(
            KeySet::parse(&bytes, VAULT, &Key::from_bytes([0; 32])),
            Err(Error::Keys(KeysError::Damaged))
        ));
        let mut newer = bytes.clone();
        newer[19] = 2;
        assert!(matches!(KeySet::parse(&newer, VAULT, &root), Err(Error::Keys(KeysError::Newer { found: 2 }))));
        for bit in (0..402 * 8).step_by(5) {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(KeySet::parse(&changed, VAULT, &root).is_err(), "bit {bit}");
        }
        for bit in (HEADER * 8..(HEADER + 370) * 8).step_by(5) {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let set = KeySet::parse(&changed, VAULT, &root).expect("the header is whole");
            assert!(set.key(VAULT, 1).is_none(), "bit {bit}");
            assert_eq!(set.key(VAULT, 2).expect("the other one").as_bytes(), &[2; 32]);
        }
    }
}
