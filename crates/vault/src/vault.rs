//! A vault, open.

use std::{fmt, path::Path, sync::Arc};

use rand_core::CryptoRng;

use crate::{
    Error, Header, Id, Kdf, Key, KeyFile, ReadTx, Slot, SlotId, Table, Unlock, VaultId, WriteTx,
    header::SCHEMA,
    keyring::Ring,
    migrate::migrate,
    store::{ExtraFile, Rows, RowsMut, Store, StoreError},
};

/// The row that a restore leaves; see [`mark_restored`].
const RESTORED: &[u8] = b"restored";

/// An open vault: the store, the root key, and a source of randomness. `Debug` shows the id alone.
pub struct Vault {
    store: Box<dyn Store + Send>,
    keys: Arc<dyn KeyFile>,
    rng: Box<dyn CryptoRng + Send>,
    root: Key,
    id: VaultId,
    moved: usize,
}

impl Vault {
    /// Makes a vault in an empty store. `rng` is the source of every key, nonce and salt from now on, but those inside age files.
    ///
    /// # Errors
    /// [`Error::AlreadyAVault`]; a passphrase or identity that is none; those of the store.
    pub fn create(
        mut store: Box<dyn Store + Send>,
        unlock: Unlock<'_>,
        kdf: Kdf,
        mut rng: Box<dyn CryptoRng + Send>,
    ) -> Result<Self, Error> {
        let mut id = [0; 16];
        rng.fill_bytes(&mut id);
        let id = VaultId::from_bytes(id);
        let root = Key::random(rng.as_mut());
        let mut header = Header::new(id);
        match unlock {
            Unlock::Passphrase(passphrase) => header.set_passphrase(&root, passphrase, kdf, rng.as_mut())?,
            Unlock::Identity(text) => {
                let recipient = crate::Identity::parse(text)?.recipient();
                header.add_identity(&root, &recipient, rng.as_mut())?;
            }
        }
        write_rows(store.as_mut(), |rows| {
            match Header::read(rows) {
                Err(Error::NoHeader) => {}
                Ok(_) => return Err(Error::AlreadyAVault),
                Err(other) => return Err(other),
            }
            header.write_row(rows, None, &root)?;
            Ring::create(rows, id, &root, rng.as_mut())
        })?;
        let keys = store.keys();
        Ok(Self { store, keys, rng, root, id, moved: 0 })
    }

    /// Opens the vault of a store. One of an older schema is brought to the present one; nothing else in it is changed.
    ///
    /// # Errors
    /// [`Error::WrongPassphrase`], [`Error::WrongIdentity`], [`Error::NoPassphrase`]; [`Error::NoHeader`], [`Error::NewerSchema`],
    /// [`Error::Header`] for a store that holds no vault, a later one or a damaged one; those of the store.
    pub fn open(
        mut store: Box<dyn Store + Send>,
        unlock: Unlock<'_>,
        mut rng: Box<dyn CryptoRng + Send>,
    ) -> Result<Self, Error> {
        let header = header(store.as_ref())?;
        // The key derivation is slow on purpose, so no transaction is open during it.
        let root = header.open(unlock)?;
        let id = header.vault();
        let keys = store.keys();
        let moved = match header.schema() {
            SCHEMA => 0,
            _ => write_rows(store.as_mut(), |rows| migrate(rows, &root, &keys, rng.as_mut()))?,
        };
        read_rows(store.as_ref(), |rows| Ring::load(rows, id, &root, &keys).map(|_| ()))?;
        Ok(Self { store, keys, rng, root, id, moved })
    }

    /// The vault's id.
    pub fn id(&self) -> VaultId {
        self.id
    }

    /// How many codebooks got a key of their own in the key file when this vault, which was of an older schema, was opened.
    pub fn moved_codebooks(&self) -> usize {
        self.moved
    }

    /// Runs `work` on one state of the vault.
    ///
    /// # Errors
    /// Those of the work, and those of the store.
    pub fn read<T, E: From<Error>>(&self, work: impl FnOnce(&ReadTx<'_>) -> Result<T, E>) -> Result<T, E> {
        read_rows(self.store.as_ref(), |rows| {
            let ring = Ring::load(rows, self.id, &self.root, &self.keys)?;
            work(&ReadTx::new(rows, &ring))
        })
    }

    /// Runs `work` in one transaction; when this returns `Ok`, what it wrote is durable. When the work fails, nothing of it stays.
    ///
    /// # Errors
    /// Those of the work, and those of the store: see there what an error of the commit means.
    pub fn write<T, E: From<Error>>(&mut self, work: impl FnOnce(&mut WriteTx<'_>) -> Result<T, E>) -> Result<T, E> {
        let Self { store, keys, rng, root, id, .. } = self;
        write_rows(store.as_mut(), |rows| {
            let ring = Ring::load(rows, *id, root, keys)?;
            work(&mut WriteTx::new(rows, &ring, rng.as_mut()))
        })
    }

    /// The keyed hash under which a record of this kind ("people") is found by a name: HMAC-SHA256 under a key of this vault, so
    /// that whoever has the file alone can't tell whether a name he guesses is in it.
    pub fn name_id(&self, kind: &str, name: &str) -> Id {
        let names = self.root.derive("countermark/vault/1/names");
        Id::from(names.hash(&[kind.as_bytes(), name.as_bytes()]))
    }

    /// The vault's randomness.
    pub fn rng(&mut self) -> &mut dyn CryptoRng {
        self.rng.as_mut()
    }

    /// The header, which needs no key.
    ///
    /// # Errors
    /// As [`header`].
    pub fn header(&self) -> Result<Header, Error> {
        header(self.store.as_ref())
    }

    /// All ways in.
    ///
    /// # Errors
    /// As [`header`].
    pub fn slots(&self) -> Result<Vec<Slot>, Error> {
        Ok(self.checked_header()?.slots_under(&self.root))
    }

    /// The header, which a holder of the root key wrote.
    ///
    /// # Errors
    /// Those of the store; [`Error::Header`] where somebody else wrote it.
    pub fn checked_header(&self) -> Result<Header, Error> {
        let header = self.header()?;
        header.verify(&self.root)?;
        Ok(header)
    }

    /// Sets the passphrase: the old one opens the vault until the new one is durable, and never again after that. The root key
    /// stays, so that whoever holds a copy of the old file and the old passphrase can open that copy and reads with its keys what
    /// is written later.
    ///
    /// # Errors
    /// [`Error::EmptyPassphrase`], [`Error::Kdf`], those of the store.
    pub fn change_passphrase(&mut self, passphrase: &str, kdf: Kdf) -> Result<(), Error> {
        self.change_header(|header, root, rng| header.set_passphrase(root, passphrase, kdf, rng))
    }

    /// Lets an identity open the vault; a recipient that it knows already keeps the slot that he has.
    ///
    /// # Errors
    /// [`Error::RecipientFormat`], [`Error::ManySlots`], those of the store.
    pub fn add_identity(&mut self, recipient: &str) -> Result<SlotId, Error> {
        self.change_header(|header, root, rng| header.add_identity(root, recipient, rng))
    }

    /// Takes a way in away: it does not open the vault as it is from now on. As with a passphrase, it still opens earlier copies.
    ///
    /// # Errors
    /// [`Error::LastSlot`] when nothing else would open the vault, [`Error::NoSlot`], those of the store.
    pub fn remove_slot(&mut self, id: SlotId) -> Result<(), Error> {
        self.change_header(|header, _, _| header.remove_slot(id))
    }

    /// Whether this vault came out of a backup.
    ///
    /// # Errors
    /// Those of the store.
    pub fn is_restored(&self) -> Result<bool, Error> {
        read_rows(self.store.as_ref(), |rows| Ok(rows.get(Table::META, RESTORED)?.is_some()))
    }

    /// Writes a backup, as [`Store::backup`]: one state of the vault, still encrypted, with the files given. The journal of looks
    /// is not to be among them: an old journal would let looks be spent twice. Nor is the key file: no key in a backup opens a codebook.
    ///
    /// # Errors
    /// Those of the store.
    pub fn backup(&self, to: &Path, files: &[ExtraFile]) -> Result<(), Error> {
        Ok(self.store.backup(to, files)?)
    }

    pub(crate) fn store(&self) -> &dyn Store {
        self.store.as_ref()
    }

    pub(crate) fn keys(&self) -> Arc<dyn KeyFile> {
        Arc::clone(&self.keys)
    }

    pub(crate) fn root(&self) -> &Key {
        &self.root
    }

    /// What a change below the records needs, each borrowed by itself.
    pub(crate) fn parts(&mut self) -> (&mut dyn Store, &Key, VaultId, &mut dyn CryptoRng) {
        (self.store.as_mut(), &self.root, self.id, self.rng.as_mut())
    }

    fn change_header<T>(
        &mut self,
        change: impl FnOnce(&mut Header, &Key, &mut dyn CryptoRng) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let Self { store, rng, root, .. } = self;
        // The slow key derivation runs inside the transaction: another process must not change the header in between, and waits.
        write_rows(store.as_mut(), |rows| {
            let (mut header, version) = Header::read_row(rows)?;
            header.verify(root)?;
            let outcome = change(&mut header, root, rng.as_mut())?;
            header.write_row(rows, Some(version), root)?;
            Ok(outcome)
        })
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What can be read of a store's vault without a key: its id, its schema, how its passphrase is derived.
///
/// # Errors
/// [`Error::NoHeader`], [`Error::NewerSchema`], [`Error::Header`], those of the store.
pub fn header(store: &dyn Store) -> Result<Header, Error> {
    read_rows(store, |rows| Header::read(rows))
}

/// Notes in a store's rows that they came out of a backup: for a backend's restore, before anybody opens the vault.
///
/// # Errors
/// Those of the store.
pub fn mark_restored(rows: &mut dyn RowsMut) -> Result<(), StoreError> {
    let version = rows.get(Table::META, RESTORED)?.map(|row| row.version);
    rows.put(Table::META, RESTORED, version, b"1")
}

/// Runs `work` in a reading transaction and hands its answer out of it.
pub(crate) fn read_rows<T, E: From<Error>>(
    store: &dyn Store,
    work: impl FnOnce(&dyn Rows) -> Result<T, E>,
) -> Result<T, E> {
    let mut work = Some(work);
    let mut outcome = None;
    let done = store.read(&mut |rows| run(&mut outcome, work.take(), |work| work(rows)));
    settle(done, outcome)
}

/// Runs `work` in a writing transaction and hands its answer out of it.
pub(crate) fn write_rows<T, E: From<Error>>(
    store: &mut dyn Store,
    work: impl FnOnce(&mut dyn RowsMut) -> Result<T, E>,
) -> Result<T, E> {
    let mut work = Some(work);
    let mut outcome = None;
    let done = store.write(&mut |rows| run(&mut outcome, work.take(), |work| work(rows)));
    settle(done, outcome)
}

fn run<W, T, E>(
    outcome: &mut Option<Result<T, E>>,
    work: Option<W>,
    call: impl FnOnce(W) -> Result<T, E>,
) -> Result<(), StoreError> {
    let Some(work) = work else { return Err(StoreError::Abandoned) };
    let result = call(work);
    let kept = result.is_ok();
    *outcome = Some(result);
    if kept { Ok(()) } else { Err(StoreError::Abandoned) }
}

/// The work's own error comes first; an answer counts only when the transaction did.
fn settle<T, E: From<Error>>(done: Result<(), StoreError>, outcome: Option<Result<T, E>>) -> Result<T, E> {
    match (done, outcome) {
        (Ok(()), Some(result)) | (Err(_), Some(result @ Err(_))) => result,
        (Err(error), _) => Err(E::from(Error::Store(error))),
        (Ok(()), None) => Err(E::from(Error::Store(StoreError::Abandoned))),
    }
}
