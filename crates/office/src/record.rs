//! What the office keeps in the vault. Every type is a record of its own table; all of it is encrypted.

use std::collections::BTreeMap;

use countermark_proof::{Digest, SealedText};
use countermark_review::Refusal;
use countermark_vault::Domain;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::member::{Role, Roles};

macro_rules! record {
    ($type:ty, $table:literal) => {
        record!($type, $table, countermark_vault::Domain::Main);
    };
    ($type:ty, $table:literal, $domain:expr) => {
        impl countermark_vault::Record for $type {
            const TABLE: countermark_vault::Table = countermark_vault::Table::new($table);
            const DOMAIN: countermark_vault::Domain = $domain;
        }
    };
}

mod case;
mod draft;
mod member;
mod statement;
mod watcher;

pub use case::*;
pub use draft::*;
pub use member::*;
pub use statement::*;
pub use watcher::*;

/// The office's own: its log's name and key, its table of slots. One row.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct OfficeRecord {
    /// The log's origin, the first line of its checkpoints.
    pub origin: String,
    /// The Ed25519 seed of the log's key.
    pub log_seed: [u8; 32],
    /// The table's public id.
    pub table: [u8; 32],
    /// What its slots' nonces are derived from.
    pub table_secret: [u8; 32],
    /// Its size as a power of two.
    pub table_exponent: u8,
    /// How the records below are arranged: since 1 the hashes of what was handed over stand under the codebooks' keys.
    #[serde(default)]
    pub layout: u32,
}
record!(OfficeRecord, 16);

/// The upper levels of the table's tree in hexadecimal, so that a path is answered without hashing 2^20 slots. One row.
#[derive(Serialize, Deserialize)]
pub struct TableCacheRecord {
    /// The tree's cache.
    pub levels: String,
}
record!(TableCacheRecord, 17);

/// A sealed message: all that opens its text, whatever becomes of its codebook.
#[derive(Clone, Serialize, Deserialize)]
pub struct MessageRecord {
    /// When it was sealed, milliseconds since 1970.
    pub sealed_ms: u64,
    /// What was committed, the parts' texts and sources included: one after the other they are the master.
    pub text: SealedText,
    /// The salts of the text's pieces.
    pub text_seed: [u8; 32],
    /// The hashes that stand for everything after the text's pieces.
    pub rest: Vec<Digest>,
    /// To whom, in the codebook's order; the file copies follow.
    pub recipients: Vec<RecipientRecord>,
    /// Its slot in the table.
    pub slot: u32,
    /// The reference.
    pub reference: String,
    /// The commitment.
    pub commitment: Digest,
    /// Registered as already sent on this day, seconds since 1970.
    pub as_sent: Option<u64>,
    /// Whether the reference stands on the copies.
    pub reference_printed: bool,
    /// Its leaf's index in the log, once it is there.
    pub index: Option<u64>,
}
record!(MessageRecord, 18);

/// A recipient as he was when the message was sealed.
#[derive(Clone, Serialize, Deserialize)]
pub struct RecipientRecord {
    /// His handle, or his number.
    pub handle: String,
    /// What fills the fields of his copy.
    pub fields: BTreeMap<String, String>,
}

/// A message's codebook: under the key that can be destroyed.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct CodebookRecord {
    /// The sealing key, of which the symbols come.
    pub key: [u8; 32],
    /// The salts of the symbols' pieces.
    pub seed: [u8; 32],
    /// The leaf hashes of the recipients' pieces.
    pub recipients: Vec<Digest>,
    /// Sites that are disclosed, by number: they never score again.
    #[serde(default)]
    pub disclosed: Vec<usize>,
}
record!(CodebookRecord, 19, Domain::Codebook);

/// The shares of a message's recipients' salts, each sealed to one approver.
#[derive(Serialize, Deserialize)]
pub struct SharesRecord {
    /// One for each approver.
    pub sealed: Vec<SealedShares>,
}
record!(SharesRecord, 20);

/// One approver's shares, for his age key alone.
#[derive(Serialize, Deserialize)]
pub struct SealedShares {
    /// The approver's Ed25519 public key.
    pub approver: [u8; 32],
    /// An age file in hexadecimal.
    pub file: String,
}

/// A copy left the house.
#[derive(Clone, Serialize, Deserialize)]
pub struct HandoverRecord {
    /// The message.
    pub message: [u8; 16],
    /// Which copy.
    pub copy: usize,
    /// By which way.
    pub way: String,
    /// When, milliseconds since 1970.
    pub at_ms: u64,
    /// In older records the hash that stands in a record of its own now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}
record!(HandoverRecord, 21);

/// What really went out, under the key of the message's codebook: whoever has master and hash can search for the copy's wordings. The
/// row's id is the handover's.
#[derive(Serialize, Deserialize)]
pub struct HandoverHashRecord {
    /// SHA-256 of what went out, in hexadecimal; of the copy itself when nothing else was shown.
    pub sha256: String,
}
record!(HandoverHashRecord, 42, Domain::Codebook);

/// A person of the address book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRecord {
    /// What `--to` takes.
    pub handle: String,
    /// The person's name.
    pub name: String,
    /// What fills his fields.
    pub fields: BTreeMap<String, String>,
}
record!(PersonRecord, 22);

/// A person of the office.
#[derive(Clone, Serialize, Deserialize)]
pub struct IdentityRecord {
    /// His name in the vault.
    pub name: String,
    /// His age recipient, to which the vault's key is wrapped.
    pub age: String,
    /// His Ed25519 public key.
    pub key: [u8; 32],
    /// Whether his signature counts towards naming a recipient.
    pub approver: bool,
    /// What he may do at the desk; none in records that were made before there was one, or by the command line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<Roles>,
}
record!(IdentityRecord, 23);

impl IdentityRecord {
    /// What he may do at the desk. Where nobody said it, an approver sees the cases that he signs for, and any other person does
    /// what does not need a second one.
    #[must_use]
    pub fn roles(&self) -> Roles {
        match &self.roles {
            Some(roles) => roles.clone(),
            None if self.approver => Roles::from([Role::Approver, Role::Analyst]),
            None => Roles::from([Role::Writer, Role::Analyst, Role::Press]),
        }
    }
}

/// The newest checkpoint that the log's key signed. One row.
#[derive(Clone, Serialize, Deserialize)]
pub struct CheckpointRecord {
    /// The signed note.
    pub note: String,
}
record!(CheckpointRecord, 24);

/// A checkpoint with an outside clock's word on it.
#[derive(Clone, Serialize, Deserialize)]
pub struct StampRecord {
    /// The signed note that was stamped.
    pub note: String,
    /// How many leaves it covers.
    pub size: u64,
    /// The RFC 3161 token, in hexadecimal.
    pub token: String,
    /// The time in it, seconds since 1970.
    pub time: u64,
}
record!(StampRecord, 25);

/// A leaf that commits to the audit trail's head.
#[derive(Clone, Serialize, Deserialize)]
pub struct AuditLeafRecord {
    /// The trail's head.
    pub head: Digest,
    /// Entries up to that head.
    pub entries: u64,
    /// The leaf's random tag.
    pub tag: [u8; 32],
    /// The leaf's index in the log, once it is there.
    pub index: Option<u64>,
}
record!(AuditLeafRecord, 26);

/// A leaf that is not in the log yet: the row's id is its tag. Written in the transaction that makes the leaf, gone with the one that notes its index.
#[derive(Serialize, Deserialize)]
pub struct PendingRecord {
    /// The leaf, in hexadecimal.
    pub leaf: String,
    /// What it commits to.
    pub of: LeafOf,
    /// Since when it waits, milliseconds since 1970: the oldest goes first.
    #[serde(default)]
    pub since: u64,
}
record!(PendingRecord, 27);

/// What a leaf commits to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum LeafOf {
    /// The table; always the first.
    Table,
    /// A message.
    Message([u8; 16]),
    /// The audit trail's head: the row of this id.
    Audit([u8; 16]),
    /// A capture: the row of this id.
    Capture([u8; 16]),
    /// A file out of which messages were taken: the row of this id.
    Import([u8; 16]),
}

/// A slot of the table that a sealing has taken. The row's id is a keyed hash of its number.
#[derive(Serialize, Deserialize)]
pub struct SlotRecord {}
record!(SlotRecord, 28);

/// What was asked of a time-stamper and not answered yet. The row's id is the nonce.
#[derive(Clone, Serialize, Deserialize)]
pub struct StampRequestRecord {
    /// The signed note that is to be stamped.
    pub note: String,
    /// What the answer must repeat.
    pub nonce: u64,
}
record!(StampRequestRecord, 29);

/// Proposals of rules that a person, or the house, does not want: what `suggest` brings refused already. The row's id is a keyed hash
/// of the handle.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct RefusalsRecord {
    /// Each once, the oldest first.
    pub refused: Vec<Refusal>,
}
record!(RefusalsRecord, 30);

/// Where the log's rhythm stands, and what of the log the vault knows. One row.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct RhythmRecord {
    /// When the next batch is due, seconds since 1970; 0 while the rhythm has not begun.
    pub next: u64,
    /// Dummies that this vault has published.
    pub dummies: u64,
    /// Up to this size every leaf of the log is known: published from here, or read.
    pub known: u64,
    /// The trail's entries that the newest leaf with its head covers.
    pub audited: u64,
}
record!(RhythmRecord, 31);

/// A checkpoint that was published, with the words of outside clocks on it. The row's id is its size (u64, big-endian).
#[derive(Clone, Serialize, Deserialize)]
pub struct HistoryRecord {
    /// The signed note, cosignatures merged in.
    pub note: String,
    /// When it was published, or taken over from the directory, by this office's clock: milliseconds since 1970.
    pub at_ms: u64,
    /// RFC 3161 tokens on it.
    #[serde(default)]
    pub tokens: Vec<TokenRecord>,
}
record!(HistoryRecord, 32);

/// A time-stamper's token.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRecord {
    /// The token, in hexadecimal.
    pub token: String,
    /// The latest time that it says, seconds since 1970.
    pub time: u64,
    /// Where it was asked; empty for one that came by a file.
    #[serde(default)]
    pub by: String,
}

/// An outside clock that is asked about every checkpoint. The row's id is a keyed hash of its kind and name.
#[derive(Clone, Serialize, Deserialize)]
pub enum ClockRecord {
    /// A witness, known by its cosignature key.
    Witness {
        /// The key as notes name it.
        key: String,
        /// Where it is asked.
        url: String,
        /// The size of the last checkpoint that it cosigned here.
        cosigned: u64,
    },
    /// A time-stamper, known by where it is asked.
    Timestamper {
        /// Where it is asked.
        url: String,
        /// The certificates (PEM) under which its answers are checked.
        anchors: String,
    },
}
record!(ClockRecord, 33);

/// A message's codebook was destroyed. The row's id is the message's.
#[derive(Clone, Serialize, Deserialize)]
pub struct DestroyedRecord {
    /// When, milliseconds since 1970.
    pub at_ms: u64,
    /// Which data key it stood under, so that an older key file that is put back does not bring it back.
    pub generation: u32,
}
record!(DestroyedRecord, 41);

/// When it was last looked which codebooks' time is up. One row.
#[derive(Clone, Serialize, Deserialize)]
pub struct ExpiryRecord {
    /// Milliseconds since 1970.
    pub checked_ms: u64,
}
record!(ExpiryRecord, 43);
