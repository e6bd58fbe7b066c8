//! What names a vault, a table and a row.

use std::{fmt, ops::Deref};

use crate::hex;

/// A vault's own random name, 128 bits, made with it and kept by its backups. Not secret.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct VaultId([u8; 16]);

impl VaultId {
    /// The id with these bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The id's bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for VaultId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl fmt::Debug for VaultId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VaultId({self})")
    }
}

/// The number of a table of records. Numbers below 16 are the vault's own; each type of record takes another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Table(u8);

impl Table {
    /// The vault's header and its state, unencrypted.
    pub(crate) const META: u8 = 0;
    /// The data keys, wrapped under the root key.
    pub(crate) const KEYS: u8 = 1;
    /// The vault's own encrypted state: the audit trail's head, the looks journal that belongs to it.
    pub(crate) const STATE: Table = Table(2);
    /// The audit trail.
    pub(crate) const AUDIT: Table = Table(3);
    /// Looks spent: a count for each message and a row for each observation.
    pub(crate) const LOOKS: Table = Table(4);
    /// The first number that is free for records.
    pub const FIRST: u8 = 16;

    /// The table with this number, 16 to 255.
    ///
    /// # Panics
    /// When the number is below 16; in a constant, where it belongs, that is an error of the compiler.
    pub const fn new(number: u8) -> Self {
        assert!(number >= Self::FIRST, "tables below 16 belong to the vault itself");
        Self(number)
    }

    /// The table's number.
    pub const fn number(self) -> u8 {
        self.0
    }
}

/// A row's name in its table: 1 to 255 bytes. It stands unencrypted in the store, so it is random or a keyed hash
/// ([`Vault::name_id`](crate::Vault::name_id)), never a name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(Vec<u8>);

impl Id {
    /// The id's bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The id as an array, when it has that length.
    pub fn to_array<const N: usize>(&self) -> Option<[u8; N]> {
        self.0.as_slice().try_into().ok()
    }
}

impl AsRef<[u8]> for Id {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Deref for Id {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for Id {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl From<&[u8]> for Id {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }
}

impl<const N: usize> From<[u8; N]> for Id {
    fn from(bytes: [u8; N]) -> Self {
        Self(bytes.to_vec())
    }
}

/// Lower-case hexadecimal.
impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Id({self})")
    }
}
