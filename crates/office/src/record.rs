//! What the office keeps in the vault. Every type is a record of its own table; all of it is encrypted.

use std::collections::BTreeMap;

use countermark_proof::{Digest, SealedText};
use countermark_review::Refusal;
use countermark_vault::{Domain, Record, Table};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

macro_rules! record {
    ($type:ty, $table:literal) => {
        record!($type, $table, Domain::Main);
    };
    ($type:ty, $table:literal, $domain:expr) => {
        impl Record for $type {
            const TABLE: Table = Table::new($table);
            const DOMAIN: Domain = $domain;
        }
    };
}

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
}
record!(IdentityRecord, 23);

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
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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

/// A case: what is known of one publication, and what was decided.
#[derive(Clone, Serialize, Deserialize)]
pub struct CaseRecord {
    /// When it was opened, milliseconds since 1970.
    pub opened_ms: u64,
    /// The published text, as it was traced.
    pub published: String,
    /// Why a copy was looked for; none when none was.
    pub reason: Option<String>,
    /// What was found; none where nothing of ours was.
    pub finding: Option<FindingRecord>,
    /// The taken message that it shows, where no sealed one was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<FoundTakenRecord>,
    /// What persons of the office wrote down.
    #[serde(default)]
    pub notes: Vec<NoteRecord>,
    /// How the person concerned was heard, before his name may be said.
    #[serde(default)]
    pub hearing: Option<HearingRecord>,
    /// The name that is to be said, and who approved it.
    #[serde(default)]
    pub naming: Option<NamingRecord>,
    /// What was made public of it, or handed out.
    #[serde(default)]
    pub shown: Vec<ShownRecord>,
    /// Where the post came from; none for a text that was given by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<OriginRecord>,
    /// The published text's pieces; none of an older case: then it is one, the author's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pieces: Vec<PieceRecord>,
    /// The direct quotations in it that are attributed to the writer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quotations: Vec<QuotationRecord>,
    /// What was searched, where a quotation of the writer was found nowhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub searched: Option<SearchedRecord>,
    /// What became of the post later, the oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub later: Vec<LaterRecord>,
}
record!(CaseRecord, 34);

/// A taken message that a case's text showed.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub struct FoundTakenRecord {
    /// The message.
    pub message: [u8; 16],
    /// Whether it was sent; one that was received is not ours.
    pub sent: bool,
}

/// Where a post came from.
#[derive(Clone, Serialize, Deserialize)]
pub struct OriginRecord {
    /// The source's name with the watcher; empty for an address that was given by hand.
    pub source: String,
    /// The service's id of the post.
    pub post: String,
    /// Where a reader finds it.
    pub url: Option<String>,
    /// The author as shown.
    pub author: Option<String>,
    /// When the service says that it was published, seconds since 1970.
    pub published_at: Option<u64>,
    /// What the first alarm called it by: 16 random bytes in hexadecimal.
    pub handle: String,
}

/// A piece of a published text.
#[derive(Clone, Serialize, Deserialize)]
pub struct PieceRecord {
    /// Whose words: `own`, `forwarded`, `replied-to`, `quoted`, `card`, `caption`, `poll`, `picture`.
    pub role: String,
    /// Who is named as their author.
    pub author: Option<String>,
    /// Its bytes in the published text.
    pub start: usize,
    /// Behind its last byte.
    pub end: usize,
    /// Of a picture: byte ranges in the published text, and how sure the reader was of each word, 0 to 100.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub confidences: Vec<(usize, usize, u8)>,
}

/// A direct quotation that a published text attributes to the writer.
#[derive(Clone, Serialize, Deserialize)]
pub struct QuotationRecord {
    /// Its bytes in the published text.
    pub start: usize,
    /// Behind its last byte.
    pub end: usize,
    /// Whether it is certain that the text attributes it to the writer.
    pub certain: bool,
    /// Whether a registered message holds words of it.
    pub ours: bool,
    /// Whether one holds all of it, word for word but for what its own marks leave out.
    #[serde(default)]
    pub exact: bool,
    /// Its words; 0 where that was not counted yet.
    #[serde(default)]
    pub words: usize,
    /// Those of them that stand in a message unaltered.
    #[serde(default)]
    pub held: usize,
    /// The message, where the quotation is too short or too much cut to be traced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<[u8; 16]>,
}

/// What was searched without finding anything.
#[derive(Clone, Serialize, Deserialize)]
pub struct SearchedRecord {
    /// Registered messages.
    pub messages: u64,
    /// When the oldest of them was written, seconds since 1970.
    pub from: u64,
    /// When the newest was.
    pub to: u64,
    /// The part that comes nearest.
    pub nearest: Option<NearestRecord>,
}

/// A part that shares the most with words that nobody wrote.
#[derive(Clone, Serialize, Deserialize)]
pub struct NearestRecord {
    /// The message.
    pub message: [u8; 16],
    /// The part, from 1.
    pub part: usize,
    /// The quotation that it comes near to, from 0.
    pub quotation: usize,
    /// The quotation's words that stand in it.
    pub words: usize,
    /// Of so many.
    pub of: usize,
}

/// A later state of a post.
#[derive(Clone, Serialize, Deserialize)]
pub struct LaterRecord {
    /// When it was captured, seconds since 1970.
    pub at: u64,
    /// The text; none of a post that has been deleted.
    pub published: Option<String>,
    /// The row of its capture.
    pub capture: [u8; 16],
}

/// What a case's text showed of the message that it matches best.
#[derive(Clone, Serialize, Deserialize)]
pub struct FindingRecord {
    /// The message.
    pub message: [u8; 16],
    /// The copies that were named, from 0 in the codebook's order.
    pub named: Vec<usize>,
    /// The look's number, and how many messages the text could have named; none where no look was taken.
    pub look: Option<(u64, u64)>,
    /// Sites that had been disclosed by then, by number: they count for nothing in this case.
    pub disclosed: Vec<usize>,
}

/// A note.
#[derive(Clone, Serialize, Deserialize)]
pub struct NoteRecord {
    /// When, milliseconds since 1970.
    pub at_ms: u64,
    /// What.
    pub text: String,
}

/// The evidence that the person concerned was sent, and the slot for his reply.
#[derive(Clone, Serialize, Deserialize)]
pub struct HearingRecord {
    /// When the evidence was made, milliseconds since 1970.
    pub at_ms: u64,
    /// Until when a reply is waited for, milliseconds since 1970.
    pub until_ms: u64,
    /// What he gives with his reply: 16 random bytes in hexadecimal.
    pub slot: String,
    /// His reply.
    pub reply: Option<ReplyRecord>,
}

/// The reply of the person concerned.
#[derive(Clone, Serialize, Deserialize)]
pub struct ReplyRecord {
    /// When it was kept, milliseconds since 1970.
    pub at_ms: u64,
    /// What he says.
    pub text: String,
    /// Whether the slot came with it, which he alone was given. Without it, that it is his is the office's word.
    pub slot: bool,
}

/// A name that is to be said.
#[derive(Clone, Serialize, Deserialize)]
pub struct NamingRecord {
    /// The copy, from 0.
    pub copy: usize,
    /// What the office says of it.
    pub statement: String,
    /// Why it is made public.
    pub reason: String,
    /// Who approved it.
    pub approvals: Vec<ApprovalRecord>,
    /// The salt of the recipient's piece, from the moment when two have signed.
    pub salt: Option<[u8; 32]>,
}

/// One approver's agreement: his signature, and, until a second has signed, his share of the recipient's salt.
#[derive(Clone, Serialize, Deserialize)]
pub struct ApprovalRecord {
    /// His Ed25519 public key.
    pub key: [u8; 32],
    /// His signature, in hexadecimal.
    pub signature: String,
    /// His place among the message's approvers, from 1.
    pub place: u8,
    /// His share, encrypted to the message's other approvers: an age file in hexadecimal. Whoever of them signs next opens it;
    /// what lies in the vault alone gives no salt, however many cases hold a share of it.
    pub share: Option<String>,
    /// When, milliseconds since 1970.
    pub at_ms: u64,
}

/// A bundle that was made of a case.
#[derive(Clone, Serialize, Deserialize)]
pub struct ShownRecord {
    /// When, milliseconds since 1970.
    pub at_ms: u64,
    /// SHA-256 of the bundle, in hexadecimal.
    pub sha256: String,
    /// The parts that it opens, from 1.
    pub parts: Vec<usize>,
    /// Whether it shows a copy's row, and a name.
    pub shows: String,
}

/// A capture as it is kept, and its leaf. The row's id is its case's; of a later state of the post, an id of its own.
#[derive(Clone, Serialize, Deserialize)]
pub struct CaptureRecord {
    /// When it was captured, seconds since 1970.
    pub at: u64,
    /// Its bytes, in hexadecimal.
    pub bytes: String,
    /// The leaf's random tag.
    pub tag: [u8; 32],
    /// The leaf's random salt.
    pub salt: [u8; 32],
    /// The leaf's index in the log, once it is there.
    pub index: Option<u64>,
}
record!(CaptureRecord, 35);

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

/// What the desk holds for the watcher. One row.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct DeskRecord {
    /// The age identity that opens the inbox.
    pub identity: String,
    /// The key of the index.
    pub index_key: [u8; 32],
    /// Messages that stand in the index.
    pub indexed: u64,
    /// Up to where the inbox has been taken in.
    pub taken: String,
}
record!(DeskRecord, 44);

/// Which message the index calls by a handle. The row's id is the handle (u64, big-endian).
#[derive(Serialize, Deserialize)]
pub struct HandleRecord {
    /// The message.
    pub message: [u8; 16],
}
record!(HandleRecord, 45);

/// A message that is not in the index yet. The row's id is the message's.
#[derive(Serialize, Deserialize)]
pub struct UnindexedRecord {}
record!(UnindexedRecord, 46);

/// A post that came through the inbox. The row's id is a keyed hash of its source and the service's id.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PostRecord {
    /// Its case.
    pub case: Option<[u8; 16]>,
    /// The key of each item that was taken in of it: SHA-256, in hexadecimal.
    pub seen: Vec<String>,
}
record!(PostRecord, 47);

/// A post that shares words with a registered message, too common ones to open a case. The row's id is its random handle.
#[derive(Serialize, Deserialize)]
pub struct MatchRecord {
    /// What the watcher left.
    pub item: countermark_inbox::Item,
    /// The capture, in hexadecimal.
    pub capture: String,
}
record!(MatchRecord, 48);
