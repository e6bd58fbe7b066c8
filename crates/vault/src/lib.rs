//! The encrypted store of everything private: store trait, record encryption, identities, audit trail.

pub mod audit;
mod check;
pub mod cipher;
mod error;
pub mod header;
mod hex;
mod id;
pub mod journal;
mod keyring;
pub mod looks;
mod memory;
mod padding;
mod record;
mod secret;
pub mod store;
#[cfg(feature = "suite")]
pub mod suite;
mod tx;
mod unlock;
mod vault;

pub use audit::{Act, Entry, Head};
pub use check::Report;
pub use error::{Error, NotNameable};
pub use header::{Header, Slot, SlotId, Way};
pub use id::{Id, Table, VaultId};
pub use journal::{Journal, JournalFile};
pub use looks::Look;
pub use memory::MemoryStore;
pub use record::{Domain, Listed, Record, Version};
pub use secret::Key;
pub use store::{ExtraFile, Store, StoreError};
pub use tx::{ReadTx, WriteTx};
pub use unlock::{Identity, Kdf, Unlock};
pub use vault::{Vault, header as read_header, mark_restored};
