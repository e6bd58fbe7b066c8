//! Types that the vault keeps.

use serde::{Serialize, de::DeserializeOwned};

use crate::{Id, Table, hex};

/// A type whose values are kept as encrypted rows, written as JSON.
///
/// Old records meet new code: a field that is added carries `#[serde(default)]`.
pub trait Record: Serialize + DeserializeOwned {
    /// The table; every type has its own.
    const TABLE: Table;
    /// Whose data key encrypts it.
    const DOMAIN: Domain;
}

/// Under whose data keys a record stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Domain {
    /// Everything but codebooks.
    Main,
    /// Codebooks: each has a data key of its own, in the key file, that can be destroyed; what proves the texts stays.
    Codebook,
}

impl Domain {
    /// The domain's number in the formats.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Main => 1,
            Self::Codebook => 2,
        }
    }
}

/// A row's version: one more with each change. What was read at a version can be replaced only while it still stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pub(crate) u64);

/// A row's id as errors show it: eight hexadecimal digits of what is random or a keyed hash.
pub(crate) fn short(id: &[u8]) -> String {
    hex::encode(&id[..id.len().min(4)])
}

/// A row of a listing.
pub type Listed<R> = (Id, R);
