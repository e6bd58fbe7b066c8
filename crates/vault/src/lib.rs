//! The encrypted store of everything private: store trait, record encryption, identities, audit trail.
//!
//! A [`Vault`] keeps typed [`Record`]s in a [`Store`], which sees ciphertext only. A passphrase or an age identity opens it; every
//! record is encrypted under a key of its own and bound to the place where it stands. What is written in one [`Vault::write`] is
//! durable as a whole, or did not happen.
//!
//! ```
//! use countermark_vault::{Act, Domain, Error, Kdf, MemoryStore, Record, Table, Unlock, Vault};
//! use serde::{Deserialize, Serialize};
//! # use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
//!
//! #[derive(Serialize, Deserialize)]
//! struct Person {
//!     name: String,
//! }
//!
//! impl Record for Person {
//!     const TABLE: Table = Table::new(16);
//!     const DOMAIN: Domain = Domain::Main;
//! }
//!
//! let chance = Box::new(ChaCha20Rng::from_seed([7; 32])); // a program takes the system's randomness
//! let store = MemoryStore::new();
//! let mut vault = Vault::create(Box::new(store), Unlock::Passphrase("correct horse"), Kdf::CHEAP, chance)?;
//! let id = vault.name_id("people", "ines");
//! vault.write(|tx| {
//!     tx.insert(&id, &Person { name: "Ines Valdemar".into() })?;
//!     tx.audit(&Act { at: 0, who: "owner".into(), act: "people add".into(), subject: "ines".into(), reason: None })
//! })?;
//! let person = vault.read(|tx| tx.get::<Person>(&id))?.expect("it was just written");
//! assert_eq!(person.name, "Ines Valdemar");
//! assert_eq!(vault.verify_audit(None)?.entries, 1);
//! # Ok::<(), Error>(())
//! ```
//!
//! A work that has errors of its own says so where the compiler can't tell: `vault.write(|tx| -> Result<_, MyError> { ... })`; they
//! need only a `From<Error>`.
//!
//! | module | what it holds |
//! |---|---|
//! | [`store`] | what a database must do, and its contract; [`MemoryStore`]; the suite for backends (feature `suite`) |
//! | [`cipher`] | one record, encrypted |
//! | [`header`] | what stands unencrypted, and the ways in |
//! | [`audit`] | the append-only trail |
//! | [`keyfile`] | the codebooks' keys, one each, in a file of their own that backups leave out |
//! | [`looks`], [`journal`] | how often a message's copies were scored, known before a score exists |
//!
//! The formats stand in `docs/formats/vault.md`, with what somebody who can write to each file could achieve.
//!
//! # Left to others
//!
//! Which records there are, and what is written into the trail: the office. A file on disk: `countermark-vault-sqlite`. Clock and
//! randomness: the caller; the one exception are age files, whose crate takes the system's randomness itself. Keys are wiped when they are dropped, but
//! the hash functions' inner states on the stack are not, nor what the caller decodes out of a record.

pub mod audit;
mod check;
pub mod cipher;
mod error;
mod expiry;
pub mod header;
mod hex;
mod id;
pub mod journal;
mod journal_file;
pub mod keyfile;
mod keyring;
pub mod looks;
mod memory;
mod migrate;
mod padding;
mod record;
mod renew;
mod secret;
mod shown;
pub mod store;
#[cfg(feature = "suite")]
pub mod suite;
mod tx;
mod unlock;
mod vault;

pub use audit::{Act, Entry, Head};
pub use check::Report;
pub use error::{Error, KeysError, NotNameable};
pub use header::{Header, Slot, SlotId, Way};
pub use id::{Id, Table, VaultId};
pub use journal::Journal;
pub use journal_file::JournalFile;
pub use keyfile::KeyFile;
pub use looks::Look;
pub use memory::MemoryStore;
pub use record::{Domain, Listed, Record, Version};
pub use secret::Key;
pub use store::{ExtraFile, State, Store, StoreError};
pub use tx::{ReadTx, WriteTx};
pub use unlock::{Identity, Kdf, Unlock};
pub use vault::{Vault, header as read_header, mark_restored};
