//! The use cases: seal, hand over, trace, prove. One module each; no HTTP, no terminal, no path but those handed in.
//!
//! An [`Office`] joins an open vault, its log and its journal of looks. Time comes from a clock that is handed in,
//! randomness from the vault's source.

mod approver;
mod archive;
mod error;
mod identity;
mod ledger;
mod messages;
mod office;
mod people;
mod preferences;
mod prove;
mod record;
mod seal;
mod stamp;
mod trace;

pub use error::Error;
pub use identity::{IdentityFile, Person};
pub use ledger::LogAudit;
pub use messages::{CopyText, Handed, Message, SentCheck, Summary};
pub use office::{Clock, Founding, Office};
pub use preferences::MOST_REFUSALS;
pub use prove::{Capture, ProveRequest, Proved};
pub use record::PersonRecord;
pub use seal::{MARKED_LINE, Plan, SealRequest, Sealed, To};
pub use trace::{Finding, MessageFinding, Search};
