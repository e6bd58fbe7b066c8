//! The vault's store in one SQLite file.
//!
//! [`SqliteStore`] keeps the rows of [`countermark_vault::Store`] in one table and knows nothing of what is in them: they are
//! encrypted above. A [backup](countermark_vault::Store::backup) is one file too, and [`restore`] makes a vault of it.
//!
//! ```
//! use countermark_vault::{Kdf, Unlock, Vault};
//! use countermark_vault_sqlite::SqliteStore;
//! # use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
//!
//! # let folder = tempfile::tempdir()?;
//! let path = folder.path().join("vault.db");
//! let chance = Box::new(ChaCha20Rng::from_seed([7; 32])); // a program takes the system's randomness
//! let store = SqliteStore::create(&path)?;
//! let vault = Vault::create(Box::new(store), Unlock::Passphrase("correct horse"), Kdf::CHEAP, chance.clone())?;
//! let id = vault.id();
//! drop(vault);
//!
//! let store = SqliteStore::open(&path)?;
//! let vault = Vault::open(Box::new(store), Unlock::Passphrase("correct horse"), chance)?;
//! assert_eq!(vault.id(), id);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Settings, and why
//!
//! | setting | reason |
//! |---|---|
//! | rollback journal, truncated after each transaction, not a write-ahead log | at rest the vault is one file, so that copying it is a copy; reading changes nothing; nothing deleted stays behind in a log. SQLite syncs the truncation, which it does not do for a journal's removal, so an acknowledged transaction can't be rolled back by a power cut just after it. The price is four syncs a transaction instead of one, and that readers wait while a commit is written |
//! | `synchronous = FULL` | what is acknowledged survives a power cut |
//! | `secure_delete = ON` | what is deleted is overwritten with zeros in the file (not on the disk's own spare blocks, nor in earlier copies) |
//! | busy timeout of [`BUSY_SECONDS`], writers begin with `IMMEDIATE` | two processes take turns instead of failing or deadlocking |
//! | `application_id`, `user_version` | a foreign file, a backup and a later schema are told apart, before SQLite touches the file |
//!
//! Beside `X.db` lies the [key file](countermark_vault::keyfile), `X.keys`, which backups leave out.
//!
//! # Left to others
//!
//! Encryption, the meaning of rows, passphrases: [`countermark_vault`]. Where the file lies: the caller.

mod backup;
mod error;
mod file;
mod keys;
mod schema;
mod store;

pub use backup::{Restored, restore};
pub use keys::keys_path;
pub use store::SqliteStore;

/// How long a connection waits for another one, in seconds.
pub const BUSY_SECONDS: u64 = 10;
