//! The vault's header: what stands unencrypted, and the root key wrapped once for each way in.

use std::fmt;

use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use crate::{
    Error, Identity, Kdf, Key, Table, Unlock, VaultId,
    cipher::{self, CipherError, KeyName, Place},
    hex,
    store::Rows,
    unlock,
};

/// The schema that this program writes. In the first one the codebooks' key lay among the rows.
pub const SCHEMA: u32 = 2;

/// The most ways in. A header is read before anything is verified, so it is bounded.
pub const MOST_SLOTS: usize = 64;

const FORMAT: &str = "countermark-vault";
const ROW: &[u8] = b"header";
const MOST_BYTES: usize = 256 << 10;
/// The name of what wraps a key and is no data key itself.
pub(crate) const WRAPPING: KeyName = KeyName { domain: 0, generation: 0 };

/// What can be read of a vault without its key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    format: String,
    schema: u32,
    #[serde(with = "hex::fixed")]
    vault: [u8; 16],
    slots: Vec<Wrapped>,
    /// Over the header with zeros here, under a key of the root's: nobody without the root key can add or exchange a slot.
    #[serde(with = "hex::fixed")]
    mac: [u8; 32],
}

/// The root key, wrapped for one way in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
enum Wrapped {
    Passphrase {
        #[serde(with = "hex::fixed")]
        id: [u8; 8],
        kdf: Kdf,
        #[serde(with = "hex::fixed")]
        salt: [u8; 32],
        #[serde(with = "hex::bytes")]
        wrapped: Vec<u8>,
    },
    Age {
        #[serde(with = "hex::fixed")]
        id: [u8; 8],
        #[serde(with = "hex::bytes")]
        wrapped: Vec<u8>,
        /// The recipient, encrypted under the root: who can open a vault is nobody's business.
        #[serde(with = "hex::bytes")]
        recipient: Vec<u8>,
    },
}

/// The name of a slot, random.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SlotId([u8; 8]);

impl SlotId {
    /// Reads the sixteen hexadecimal digits that [`Display`](fmt::Display) writes.
    pub fn parse(text: &str) -> Option<Self> {
        hex::array(text).map(Self)
    }
}

impl fmt::Display for SlotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl fmt::Debug for SlotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SlotId({self})")
    }
}

/// A way in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Its name.
    pub id: SlotId,
    /// What opens it.
    pub way: Way,
}

/// What opens a slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// A passphrase, through this key derivation.
    Passphrase(Kdf),
    /// An age identity; its recipient where the vault is open, `None` in a header read without a key.
    Identity(Option<String>),
}

impl Header {
    /// Reads the header, without any key.
    ///
    /// # Errors
    /// [`Error::NoHeader`], [`Error::NewerSchema`], [`Error::Header`] and those of the store.
    pub fn read(rows: &dyn Rows) -> Result<Self, Error> {
        Ok(Self::read_row(rows)?.0)
    }

    /// Reads the bytes of a header.
    ///
    /// # Errors
    /// [`Error::NewerSchema`] and [`Error::Header`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        /// The part that every schema has.
        #[derive(Deserialize)]
        struct Start {
            format: String,
            schema: u32,
        }
        if bytes.len() > MOST_BYTES {
            return Err(Error::Header { what: "it is too long" });
        }
        let start: Start = serde_json::from_slice(bytes).map_err(|_| Error::Header { what: "it is not a header" })?;
        if start.format != FORMAT {
            return Err(Error::Header { what: "it is of another format" });
        }
        if start.schema > SCHEMA {
            return Err(Error::NewerSchema { found: start.schema, known: SCHEMA });
        }
        let header: Self = serde_json::from_slice(bytes).map_err(|_| Error::Header { what: "a field is malformed" })?;
        if header.slots.len() > MOST_SLOTS {
            return Err(Error::Header { what: "it has too many slots" });
        }
        Ok(header)
    }

    /// The vault's id.
    pub fn vault(&self) -> VaultId {
        VaultId::from_bytes(self.vault)
    }

    /// The schema's version.
    pub fn schema(&self) -> u32 {
        self.schema
    }

    /// The ways in; recipients stay hidden.
    pub fn slots(&self) -> Vec<Slot> {
        self.view(|_, _| None)
    }

    /// Whether this is the vault's passphrase. It derives a key, which is slow on purpose: nothing should be held meanwhile.
    ///
    /// # Errors
    /// [`Error::NoPassphrase`] where the vault has none; [`Error::Header`] for a damaged one.
    pub fn knows(&self, passphrase: &str) -> Result<bool, Error> {
        match self.open(Unlock::Passphrase(passphrase)) {
            Ok(_) => Ok(true),
            Err(Error::WrongPassphrase) => Ok(false),
            Err(other) => Err(other),
        }
    }

    /// States another schema; the caller writes the row.
    pub(crate) fn set_schema(&mut self, schema: u32) {
        self.schema = schema;
    }

    /// A header without slots.
    pub(crate) fn new(vault: VaultId) -> Self {
        Self { format: FORMAT.to_owned(), schema: SCHEMA, vault: *vault.as_bytes(), slots: Vec::new(), mac: [0; 32] }
    }

    /// The header and its row's version.
    pub(crate) fn read_row(rows: &dyn Rows) -> Result<(Self, u64), Error> {
        let row = rows.get(Table::META, ROW)?.ok_or(Error::NoHeader)?;
        Ok((Self::parse(&row.blob)?, row.version))
    }

    /// Writes the header over the one of version `expected`.
    pub(crate) fn write_row(
        &mut self,
        rows: &mut dyn crate::store::RowsMut,
        expected: Option<u64>,
        root: &Key,
    ) -> Result<(), Error> {
        self.mac = self.authenticate(root);
        rows.put(Table::META, ROW, expected, &self.bytes())?;
        Ok(())
    }

    /// The root key.
    pub(crate) fn open(&self, unlock: Unlock<'_>) -> Result<Key, Error> {
        let root = match unlock {
            Unlock::Passphrase(passphrase) => self.open_passphrase(passphrase)?,
            Unlock::Identity(text) => {
                let identity = Identity::parse(text)?;
                self.slots
                    .iter()
                    .find_map(|slot| match slot {
                        Wrapped::Age { wrapped, .. } => identity.unwrap(wrapped),
                        Wrapped::Passphrase { .. } => None,
                    })
                    .ok_or(Error::WrongIdentity)?
            }
        };
        self.verify(&root)?;
        Ok(root)
    }

    /// Checks that the header is what a holder of the root key wrote.
    pub(crate) fn verify(&self, root: &Key) -> Result<(), Error> {
        if bool::from(self.authenticate(root).ct_eq(&self.mac)) {
            Ok(())
        } else {
            Err(Error::Header { what: "its authentication code does not match" })
        }
    }

    /// The ways in, with their recipients.
    pub(crate) fn slots_under(&self, root: &Key) -> Vec<Slot> {
        let key = about_key(root);
        self.view(|id, blob| {
            let content = cipher::decrypt(&key, self.place(id), blob).ok()?;
            String::from_utf8(content.to_vec()).ok()
        })
    }

    /// Puts one passphrase slot in the place of all that there are.
    pub(crate) fn set_passphrase(
        &mut self,
        root: &Key,
        passphrase: &str,
        kdf: Kdf,
        rng: &mut dyn CryptoRng,
    ) -> Result<(), Error> {
        let mut id = [0; 8];
        let mut salt = [0; 32];
        rng.fill_bytes(&mut id);
        rng.fill_bytes(&mut salt);
        let key = kdf.derive(passphrase, &salt)?;
        let wrapped = cipher::encrypt(&key, WRAPPING, self.place(&id), root.as_bytes(), rng);
        self.slots.retain(|slot| !matches!(slot, Wrapped::Passphrase { .. }));
        self.slots.insert(0, Wrapped::Passphrase { id, kdf, salt, wrapped });
        Ok(())
    }

    /// Adds a slot for a recipient, or finds the one that there is.
    pub(crate) fn add_identity(
        &mut self,
        root: &Key,
        recipient: &str,
        rng: &mut dyn CryptoRng,
    ) -> Result<SlotId, Error> {
        let recipient = recipient.trim();
        let same = |slot: &Slot| matches!(&slot.way, Way::Identity(Some(known)) if known == recipient);
        if let Some(slot) = self.slots_under(root).iter().find(|slot| same(slot)) {
            return Ok(slot.id);
        }
        if self.slots.len() >= MOST_SLOTS {
            return Err(Error::ManySlots(self.slots.len()));
        }
        let wrapped = unlock::wrap(root, recipient)?;
        let mut id = [0; 8];
        rng.fill_bytes(&mut id);
        let recipient = cipher::encrypt(&about_key(root), WRAPPING, self.place(&id), recipient.as_bytes(), rng);
        self.slots.push(Wrapped::Age { id, wrapped, recipient });
        Ok(SlotId(id))
    }

    /// Takes a slot away, but never the last one.
    pub(crate) fn remove_slot(&mut self, id: SlotId) -> Result<(), Error> {
        let at = self.slots.iter().position(|slot| *slot.id() == id.0).ok_or_else(|| Error::NoSlot(id.to_string()))?;
        if self.slots.len() == 1 {
            return Err(Error::LastSlot);
        }
        self.slots.remove(at);
        Ok(())
    }

    fn open_passphrase(&self, passphrase: &str) -> Result<Key, Error> {
        let mut outcome = Error::NoPassphrase;
        for slot in &self.slots {
            let Wrapped::Passphrase { id, kdf, salt, wrapped } = slot else { continue };
            let key = kdf.derive(passphrase, salt)?;
            match cipher::decrypt(&key, self.place(id), wrapped) {
                Ok(root) => {
                    return Key::from_slice(&root).ok_or(Error::Header { what: "a wrapped key has a wrong length" });
                }
                Err(CipherError::Key) => outcome = Error::WrongPassphrase,
                // The commitment matched, so the passphrase is right and the rest is not what was written.
                Err(_) => return Err(Error::Header { what: "a wrapped key is damaged" }),
            }
        }
        Err(outcome)
    }

    fn view(&self, recipient: impl Fn(&[u8; 8], &[u8]) -> Option<String>) -> Vec<Slot> {
        let way = |slot: &Wrapped| match slot {
            Wrapped::Passphrase { kdf, .. } => Way::Passphrase(*kdf),
            Wrapped::Age { id, recipient: blob, .. } => Way::Identity(recipient(id, blob)),
        };
        self.slots.iter().map(|slot| Slot { id: SlotId(*slot.id()), way: way(slot) }).collect()
    }

    fn place<'a>(&self, id: &'a [u8; 8]) -> Place<'a> {
        Place { vault: self.vault(), table: Table::META, id, version: 1 }
    }

    fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a header is strings and numbers")
    }

    fn authenticate(&self, root: &Key) -> [u8; 32] {
        let unsigned = Self { mac: [0; 32], ..self.clone() };
        root.derive("countermark/vault/1/header").hash(&[&unsigned.bytes()])
    }
}

impl Wrapped {
    fn id(&self) -> &[u8; 8] {
        match self {
            Self::Passphrase { id, .. } | Self::Age { id, .. } => id,
        }
    }
}

fn about_key(root: &Key) -> Key {
    root.derive("countermark/vault/1/recipient")
}
