//! The use cases: seal, hand over, trace, prove. One module each; no HTTP, no terminal, no path but those handed in.
//!
//! An [`Office`] joins an open vault, its log and its journal of looks. Time comes from a clock that is handed in,
//! randomness from the vault's source.

#![cfg_attr(test, allow(clippy::unwrap_used))] // a test may stop where it stands

mod approver;
mod archive;
mod audit;
mod case;
mod draft;
mod error;
mod expiry;
mod history;
mod identity;
mod intake;
mod known;
mod ledger;
mod lists;
mod member;
mod memo;
mod messages;
mod office;
mod outside;
mod people;
mod preferences;
mod provable;
mod prove;
mod publication;
mod record;
mod rhythm;
mod row;
mod seal;
mod stamp;
mod standing;
mod statement;
mod take;
mod trace;
mod trail;
mod watcher;

pub use audit::{LogAudit, audit_by, audit_directory};
pub use case::{
    Addressed, Beginning, Brief, Captured, Case, CaseSummary, Evidence, HandedOver, Hearing, KnownSince, Later,
    MOST_CAPTURE, MOST_DAYS, Naming, Nearest, Note, OFF_PICTURE, Origin, PartState, Piece, Quotation, Reply, Searched,
    Section, Shown, Sight, SiteSeen, Telling, Touched, Weight, counted, grouped,
};
pub use draft::{Draft, DraftChange, DraftLine, DraftSteps, MOST_DRAFT_STEPS, MOST_TITLE};
pub use error::Error;
pub use expiry::{CodebookState, Expired, Unasked, until_ms};
pub use history::Published;
pub use identity::{IdentityFile, Person};
pub use intake::{Alarm, Matched, Standing, TakenIn};
pub use lists::{MessageLine, MessageList, SoFar};
pub use member::{BegunCodes, Door, DoorAsks, Member, Role, Roles};
pub use messages::{CopyText, Handed, Message, SentCheck, Summary};
pub use office::{Clock, Founding, Office};
pub use outside::{MAX_CLOCKS, StampTask, Timestamper, Witness, WitnessTask};
pub use preferences::MOST_REFUSALS;
pub use prove::{Capture, ProveRequest, Proved, Shows};
pub use publication::{ClockDoubt, Publication};
pub use record::PersonRecord;
pub use rhythm::{MAX_EVERY, MAX_GAP, MAX_LEAVES, MIN_EVERY, Rate};
pub use seal::{MARKED_LINE, Plan, SealRequest, Sealed, To};
pub use statement::{
    About, Caution, Draft as StatementDraft, Invitation, Issued, MOST_REPLY_DAYS, PartChoice, PressReport, Preview,
    Public, SiteSettings, SlipState, SlipView, SlipsOf, SlipsTaken, StatementSummary, StatementView, VersionLine,
    WaitingComments,
};
pub use take::{
    Correspondent, Dkim, Import, Item, Removed, Source, TakenCount, TakenFinding, TakenMessage, TakenSummary, Taking,
    Took,
};
pub use trace::{Finding, MessageFinding, Search};
pub use trail::Trail;
