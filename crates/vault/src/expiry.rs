//! Codebooks that go: each stands under a key of its own, and with the key it is destroyed.
//!
//! The order of things: the transaction that removes the records also notes whose keys are to go, durably; then the key file is
//! written anew without them and the old one is overwritten; then the note is cleared. Whatever dies when, the note is there until the
//! keys are not.

use serde::{Deserialize, Serialize};

use crate::{
    Domain, Error, Record, Table, Vault, WriteTx,
    cipher::{self, KeyName},
    keyring::Ring,
    vault::write_rows,
};

/// What the vault knows of its key file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct KeyState {
    /// The next generation; none below it is given again, whichever key file stands there.
    pub(crate) next: u32,
    /// Generations whose keys are to be destroyed and may still be in the file.
    pub(crate) destroying: Vec<u32>,
}

impl Record for KeyState {
    const TABLE: Table = Table::STATE;
    const DOMAIN: Domain = Domain::Main;
}

pub(crate) const KEYS: &[u8] = b"keys";

impl WriteTx<'_> {
    /// Removes a record of the codebooks' domain and notes that its key is to be destroyed, which [`Vault::finish_destroying`] does once this
    /// transaction is durable. Answers with the key's generation; `None` when there is no such record.
    ///
    /// Other records under the same key ([`insert_beside`](Self::insert_beside)) are unreadable then, and are to be removed too.
    ///
    /// # Errors
    /// Those of the store.
    pub fn destroy<R: Record>(&mut self, id: impl AsRef<[u8]>) -> Result<Option<u32>, Error> {
        let Some(row) = self.row::<R>(id.as_ref())? else { return Ok(None) };
        self.remove::<R>(id)?;
        let name = cipher::key_name(&row.blob).ok().filter(|name| name.domain == Domain::Codebook.number());
        let Some(KeyName { generation, .. }) = name else { return Ok(Some(0)) };
        self.note_destroying(generation)?;
        Ok(Some(generation))
    }

    /// Notes that the key of a generation that was destroyed before is to be destroyed, where the key file has it again: an older copy of the
    /// file was put back. Says whether it has.
    ///
    /// # Errors
    /// Those of the store and of the key file.
    pub fn destroy_again(&mut self, generation: u32) -> Result<bool, Error> {
        let back = self.ring().lists(generation)?;
        if back {
            self.note_destroying(generation)?;
        }
        Ok(back)
    }

    fn note_destroying(&mut self, generation: u32) -> Result<(), Error> {
        let mut state = self.get::<KeyState>(KEYS)?.unwrap_or_default();
        if !state.destroying.contains(&generation) {
            state.destroying.push(generation);
        }
        self.put(KEYS, &state)
    }
}

impl Vault {
    /// Destroys the keys that were noted for it: afterwards they are in no file of this vault, as far as a program can see to that. Answers
    /// with their number. It is safe to call at any time, and to call again after an error.
    ///
    /// # Errors
    /// Those of the store and of the key file; then the keys may still be there, and the note is.
    pub fn finish_destroying(&mut self) -> Result<usize, Error> {
        if self.read(|tx| tx.get::<KeyState>(KEYS))?.is_none_or(|state| state.destroying.is_empty()) {
            return Ok(0);
        }
        self.with_ring(|ring, tx| {
            // Read again: another process may have been faster.
            let state = tx.get::<KeyState>(KEYS)?.unwrap_or_default();
            if state.destroying.is_empty() {
                return Ok(0);
            }
            ring.destroy(&state.destroying, tx.rng())?;
            tx.put(KEYS, &KeyState { destroying: Vec::new(), ..state })?;
            Ok(state.destroying.len())
        })
    }

    /// Makes an empty key file where there is none any more, so that sealing works again, and says whether it did. What stood under the lost
    /// keys is given up by that.
    ///
    /// # Errors
    /// Those of the store and of the key file; a file that is there and is not this vault's is left alone.
    pub fn make_key_file(&mut self) -> Result<bool, Error> {
        self.with_ring(|ring, tx| ring.make_file(tx.rng()))
    }

    /// The key file's content for a copy, wrapped anew; `None` when there is no key file. Whoever has it, a passphrase and a backup of its time
    /// opens the codebooks in it, whatever is destroyed here later.
    ///
    /// # Errors
    /// Those of the store and of the key file.
    pub fn key_file_copy(&mut self) -> Result<Option<Vec<u8>>, Error> {
        self.with_ring(|ring, tx| ring.file_copy(tx.rng()))
    }

    /// Runs work on keys and rows while nobody else writes.
    fn with_ring<T>(&mut self, work: impl FnOnce(&Ring, &mut WriteTx<'_>) -> Result<T, Error>) -> Result<T, Error> {
        let keys = self.keys();
        let (store, root, id, rng) = self.parts();
        write_rows(store, |rows| {
            let ring = Ring::load(rows, id, root, &keys)?;
            work(&ring, &mut WriteTx::new(rows, &ring, rng))
        })
    }
}
