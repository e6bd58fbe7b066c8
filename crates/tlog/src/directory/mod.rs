//! An append-only log in a plain directory, laid out as C2SP tlog-tiles serves it.
//!
//! ```text
//! checkpoint               the newest signed checkpoint
//! tile/0/000.p/5           hashes of a level
//! tile/entries/000.p/5     entries
//! lock                     empty; held by whoever appends
//! ```
//!
//! [`View`] reads and proves and needs no lock. [`Log`] appends. Both trust the log's public key alone; every proof
//! is checked against the signed root before it is given out, so a damaged directory gives an error that names the
//! file, and never a wrong proof.
//!
//! # Who is trusted with what
//!
//! Who can write to the directory can destroy the log, and can set it back to an older checkpoint; the record that
//! the caller keeps elsewhere shows the latter. He can't make entries that verify: he has no key.
//!
//! # What survives what
//!
//! An append writes entries and tiles under names that no signed checkpoint refers to, and makes them durable; then
//! signs; then hands the checkpoint to the caller, who records it durably; then puts it in place by an atomic rename.
//!
//! | it dies | then |
//! |---|---|
//! | before the record | the old checkpoint stands; what was written is overwritten by the next append |
//! | after the record, before the rename | the record is newer: opening checks it against the tiles and writes the file |
//! | after the rename | nothing is missing |
//!
//! So no size is ever signed with two roots, as long as the caller gives his newest record to [`Log::open`]. If
//! he has lost it (an older copy of it was put back), a newer checkpoint in the directory under the log's own key is
//! adopted after a consistency check. One hole remains: a process that died between record and rename, and
//! then the loss of the record before the log was opened again.

mod audit;
mod disk;
mod edge;
mod log;
#[cfg(test)]
mod tests;
mod view;

pub use audit::{Audit, Culprit, Finding};
pub use disk::{Disk, Folder};
pub use log::{Log, MAX_BATCH, MAX_BATCH_BYTES, Opening};
pub use view::View;

/// The name of the checkpoint's file.
pub const CHECKPOINT: &str = "checkpoint";

/// The name of the lock's file.
pub const LOCK: &str = "lock";

/// What ends the name of a file that is being written.
pub const UNFINISHED: &str = ".new";
