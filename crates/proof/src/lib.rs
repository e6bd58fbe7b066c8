//! Commitments, openings and bundles: what a stranger can check.
//!
//! Before a message is handed over its writer *seals* it: everything that it is (settings, time, the text of every
//! part, every copy's symbols, the recipients) becomes one hash, the commitment, and that hash a leaf of a public,
//! append-only log. Later the writer *opens* the parts that he wants to show; the others stay visible as numbered
//! holes. A *bundle* holds the opening with everything that proves it, in one file that anybody verifies offline.
//!
//! The formats are `docs/formats/commitment.md` and `docs/formats/bundle.md`.
//!
//! What is here:
//! - [`Sealing`]: all that a message commits to; [`Sealing::commit`] gives the commitment, and the approvers' shares
//!   of the salts that hide the recipients ([`shamir`]).
//! - [`TableSecret`], [`TableTree`], [`Slot`]: the table of slots, so that one reference has one sealing in a log.
//! - [`Reference`]: the code that a message may carry, `7F3K-92QD`.
//!
//! What is left to the caller: where seeds and random bytes come from, storing them, the log itself, clocks, files.
//!
//! ```
//! use countermark_proof::*;
//!
//! let table = TableSecret::new([1; 32], [2; 32], TableSize::SMALL); // random bytes in earnest
//! let slot = table.slot(77)?;
//! let sealing = Sealing {
//!     text: SealedText {
//!         message: MessageId([3; 16]),
//!         settings: Settings {
//!             log: LogId { origin: "countermark.example/log".into(), key: [4; 32] },
//!             rules: Rules::default(),
//!             epsilon: 100_000_000_000, // 1e-4
//!             copies: 1,
//!             file_copies: 0,
//!             texts: "1".into(),
//!             marked_line: false,
//!         },
//!         approvers: vec![],
//!         written: Written { at: 1_800_000_000, sealed_after: None },
//!         parts: vec![PartText {
//!             class: LengthClass::of_words(5),
//!             text: "We meet on the bridge.".into(),
//!             source: "We meet on the bridge.".into(),
//!         }],
//!     },
//!     sites: vec![],
//!     part_sites: vec![vec![]],
//!     copies: vec![SealedCopy { recipient: Recipient::Named("The Envoy of Ostrava".into()), codeword: vec![] }],
//! };
//! let random = [RecipientRandomness { salt: [5; 32], slope: [6; 32] }];
//! let sealed = sealing.commit(&TextSeed::from_bytes([7; 32]), &CodebookSeed::from_bytes([8; 32]), &random)?;
//! let leaf = leaf(&slot.tag(table.table()), &sealed.commitment);
//! assert_eq!(leaf.len(), 64);
//! assert!(sealed.shares.is_empty()); // fewer than two approvers: this recipient can never be named in public
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bundle;
mod error;
pub mod hash;
mod json;
pub mod limits;
mod opening;
mod piece;
mod reference;
mod report;
mod sealing;
mod seeds;
mod settings;
pub mod shamir;
mod shape;
mod stamper;
mod table;
mod tree;
mod verify;

pub use bundle::{Bundle, Capture, EXPLANATIONS, FORMAT, LoggedCapture, stamped};
pub use error::{OpeningError, ReferenceError, SealingError, TableError};
pub use hash::Digest;
pub use json::Fault;
pub use opening::{Opening, PartOpening, SlotOpening};
pub use reference::Reference;
pub use report::{
    AFTER_PUBLICATION, CAPTURE, CARRIED_KEY, CLOSED, CaptureReport, ClosedPart, KeySource, LATE_TIME, NO_CLOCK,
    NOT_SHOWN, OpenedPart, Reason, Report, UNTRUSTED_CLOCK, WORDS,
};
pub use sealing::{
    ApproverShares, LengthClass, MessageId, PartText, Recipient, RecipientRandomness, Sealed, SealedCopy, SealedSite,
    SealedText, Sealing,
};
pub use seeds::{CodebookSeed, TextSeed};
pub use settings::{APPROVALS, LogId, Rules, Settings, Written};
pub use stamper::{Stamp, Stampers, TimestampVerifier};
pub use table::{Slot, TableSecret, TableSize, TableTree, leaf, root_from_path, table_leaf};
pub use verify::{Tables, VerifyOptions, fingerprint, verify};
