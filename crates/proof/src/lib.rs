//! Commitments, openings and bundles: what a stranger can check.
//!
//! Before a message is handed over its writer *seals* it: everything that it is (settings, time, the text of every
//! part, every copy's symbols, the recipients) becomes one hash, the commitment, and that hash a leaf of a public,
//! append-only log. Later the writer *opens* the parts that he wants to show; the others stay visible as numbered
//! holes. A *bundle* holds the opening with everything that proves it, in one file that anybody verifies offline.
//!
//! The formats are `docs/formats/commitment.md` and `docs/formats/bundle.md`.
//!
//! What is here, in the order of a message's life:
//! - [`TableSecret`], [`TableTree`], [`Slot`]: the table of slots, so that one reference has one sealing in a log;
//!   [`Reference`]: the code that a message may carry, `7F3K-92QD`.
//! - [`Sealing`]: all that a message commits to; [`Sealing::commit`] gives the commitment, and the approvers' shares
//!   of the salts that hide the recipients ([`shamir`]).
//! - [`SealedText::open`] and [`SlotOpening`]: what is shown of it later; [`Bundle`]: that with its proofs, in bytes.
//! - [`Sealing::open_row`]: one copy's row beside the open parts, where it is to be shown which copy a text came from.
//! - [`verify`]: what a reader learns from the bytes, with nothing but the keys that he trusts.
//!
//! What is left to the caller: where seeds and random bytes come from and where they are kept, the log, clocks, files.
//! An owner who logs one tag twice cheats in a way that only readers of the whole log, or of two bundles
//! ([`Report::contradicts`]), can see.
//!
//! ```
//! use countermark_proof::*;
//! use countermark_tlog::{checkpoint::Checkpoint, merkle::{Tree, leaf_hash}, note::Signer, proof::Proof};
//!
//! // Once: a log, whose first entry is the table (random bytes and 2^20 slots in earnest).
//! let origin = "countermark.example/log";
//! let signer = Signer::new(origin.parse()?, &[4; 32]);
//! let table = TableSecret::new([1; 32], [2; 32], TableSize::SMALL);
//! let tree = TableTree::build(&table);
//! let mut entries = vec![tree.leaf(&table)];
//!
//! // At sealing: a free slot, and everything that the message is.
//! let slot = table.slot(77)?;
//! let sealing = Sealing {
//!     text: SealedText {
//!         message: MessageId([3; 16]),
//!         settings: Settings {
//!             log: LogId { origin: origin.into(), key: signer.verifier().public().try_into()? },
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
//! let text_seed = TextSeed::from_bytes([7; 32]);
//! let sealed = sealing.commit(&text_seed, &CodebookSeed::from_bytes([8; 32]), &random)?;
//! assert!(sealed.shares.is_empty()); // fewer than two approvers: this recipient can never be named in public
//! entries.push(leaf(&slot.tag(table.table()), &sealed.commitment)); // the log's next entry
//!
//! // Months later: the log's tree and signed checkpoint, the opened part, the bundle.
//! let log = Tree::new(entries.iter().map(|entry| leaf_hash(entry)).collect());
//! let head = Checkpoint { origin: origin.into(), size: 2, root: log.root(), extensions: vec![] };
//! let bundle = Bundle {
//!     log: signer.verifier().clone(),
//!     row: None,
//!     opening: sealing.text.open(&text_seed, &sealed.rest, &sealed.commitment, &[1])?,
//!     commitment: sealed.commitment,
//!     slot: SlotOpening::new(&table, &tree, 77, log.inclusion(0)?)?,
//!     proof: Proof { extra: None, index: 1, hashes: log.inclusion(1)?, checkpoint: head.sign(&signer)? },
//!     token: None,
//!     capture: None,
//!     words: None,
//! };
//! let options = VerifyOptions { tables: Tables::AlsoSmall, ..VerifyOptions::default() };
//! let report = verify(&bundle.to_bytes(), &options);
//! assert!(report.valid);
//! assert_eq!(report.opened[0].text, "We meet on the bridge.");
//! assert_eq!(report.notes, [CARRIED_KEY, NO_CLOCK]);
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
mod row;
mod sealing;
mod seeds;
mod settings;
pub mod shamir;
mod shape;
mod stamper;
mod table;
mod tree;
mod verify;

pub use bundle::{Bundle, Capture, FORMAT, FORMAT_WITH_ROW, LoggedCapture, stamped};
pub use error::{OpeningError, ReferenceError, SealingError, TableError};
pub use hash::Digest;
pub use json::Fault;
pub use opening::{Opening, PartOpening, SlotOpening};
pub use reference::Reference;
pub use report::{
    AFTER_PUBLICATION, CAPTURE, CARRIED_KEY, CLOSED, CaptureReport, Clock, ClockKind, ClockState, ClosedPart,
    KeySource, LATE_TIME, NAME, NO_CLOCK, NOT_SHOWN, NameReport, OpenedPart, ROW, ROW_LOOK, ROW_PUBLISHED, Reason,
    Report, RowReport, SeenSite, UNTRUSTED_CLOCK, WORDS, WordedPart,
};
pub use row::{Approval, Approved, Look, Name, NameOpening, Row, RowOpening, RowPart, seen_sites};
pub use sealing::{
    ApproverShares, LengthClass, MessageId, PartText, Recipient, RecipientRandomness, Sealed, SealedCopy, SealedSite,
    SealedText, Sealing,
};
pub use seeds::{CodebookSeed, TextSeed};
pub use settings::{APPROVALS, LogId, Rules, Settings, Written};
pub use stamper::{Stamp, Stampers, TimestampVerifier};
pub use table::{Slot, TableSecret, TableSize, TableTree, leaf, root_from_path, table_leaf};
pub use verify::{Tables, VerifyOptions, fingerprint, verify};
