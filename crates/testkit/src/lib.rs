//! For tests only: clock, seeded randomness, failing disks and stores, a time-stamper, a server on the loopback, services that posts come from.
//!
//! Every failure has two [halves](Half): it was reported and nothing was done, or it was done and reported as failed all the same. A test runs
//! its work once with [`Fault::never`], learns how many operations there are, and then once for each of them and each half;
//! after each run it opens everything again, without a fault, and checks what must hold.
//!
//! ```
//! use countermark_testkit::{FailingStore, Fault, Half, rng};
//! use countermark_vault::{Kdf, MemoryStore, Unlock, Vault};
//!
//! let make = |store: MemoryStore, fault: &Fault| {
//!     let store = FailingStore::new(store, fault.clone());
//!     Vault::create(Box::new(store), Unlock::Passphrase("p"), Kdf::CHEAP, Box::new(rng(1)))
//! };
//! let counting = Fault::never();
//! make(MemoryStore::new(), &counting).expect("nothing fails");
//! for n in 1..=counting.operations() {
//!     let store = MemoryStore::new();
//!     assert!(make(store.clone(), &Fault::at(n, Half::NotDone)).is_err());
//!     make(store, &Fault::never()).expect("the store is as it was");
//! }
//! ```

mod authority;
mod clock;
mod disk;
mod failing;
mod firehose;
mod jetstream;
mod loopback;
mod mastodon;
mod memory;
mod rng;
mod served;
mod vk;

pub use authority::{Authority, KeyKind, USAGE};
pub use clock::FakeClock;
pub use disk::FailingDisk;
pub use failing::{FailingStore, Fault, Half};
pub use firehose::Firehose;
pub use jetstream::{Jetstream, Mishap};
pub use loopback::{Loopback, Reply, Request};
pub use mastodon::MastodonServer;
pub use memory::{MemoryDisk, MemoryLock};
pub use rng::{SeededRng, rng};
pub use served::{Served, Trouble};
pub use vk::VkApi;
