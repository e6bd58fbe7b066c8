//! Cases: a publication, its capture, what was found, decided and shown.

use serde::{Deserialize, Serialize};

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
    /// The message that it shares scattered words with, too altered to be traced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub touched: Option<TouchedRecord>,
    /// The version of a statement that had opened all that it shows, before it was captured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<KnownRecord>,
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

/// A version of a statement.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub struct KnownRecord {
    /// The statement.
    pub statement: [u8; 16],
    /// The version, from 1.
    pub version: u32,
}

/// Words that a text shares with a message, by the desk's own look into the index.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub struct TouchedRecord {
    /// The message.
    pub message: [u8; 16],
    /// The most of them in a row.
    pub words: u32,
    /// In so many places.
    pub places: u32,
    /// How rare they are, in thousandths of a bit.
    pub millibits: u64,
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
