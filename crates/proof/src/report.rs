//! What a verifier says: the reason, what is shown, and the fixed texts of what it does and does not mean.

use serde::{Serialize, Serializer};

use crate::json::Fault;

/// Why a bundle is valid, or is not. [`code`](Reason::code) is stable; the text is for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The capture's log proof does not hold.
    Capture,
    /// The checkpoint is not one that the log signed, or is of another log.
    Checkpoint,
    /// What is shown does not give the commitment: a part, a number, a time or a salt was changed, added, left out
    /// or moved.
    Commitment,
    /// Explanations of a version that this verifier doesn't know.
    Explanations,
    /// A field is missing, of another kind, or beyond its limit.
    Field {
        /// Which field.
        field: &'static str,
    },
    /// Not a bundle, or one of a version that this verifier doesn't know.
    Format,
    /// The last field is not the hash of what stands before it.
    Hash,
    /// Not the JSON that a bundle is made of.
    Json {
        /// What is wrong with it.
        fault: Fault,
        /// The byte at which it shows.
        at: usize,
    },
    /// The log's key is no Ed25519 verifier key in its one form.
    LogKey,
    /// JSON, but not in the one form that a bundle has.
    NotCanonical,
    /// The log doesn't hold the message's leaf where the proof says: another slot, another commitment, another place.
    NotLogged,
    /// A name without two approvers' valid signatures.
    Name,
    /// A row whose pieces don't fit one another, or its message's settings.
    Row,
    /// A row with which too little of the published text agrees.
    RowBelowLine,
    /// A row that shows more than a verifier looks at.
    RowLimits,
    /// A setting or time out of its range.
    Settings,
    /// The table has no slot of this number, or the path has another length than the table's tree.
    Slot,
    /// The log's first entry is not a table with this slot.
    Table,
    /// The table is smaller than 2^20 slots, or of no size that a table has.
    TableSize {
        /// The slots that the bundle states.
        slots: u64,
    },
    /// The time-stamp is not one on this checkpoint, or is broken.
    Token,
    /// More bytes than a bundle may have.
    TooLarge {
        /// Bytes found.
        bytes: usize,
    },
    /// A field that this version doesn't know.
    UnknownField {
        /// The object that it stands in.
        within: &'static str,
    },
    /// Everything holds.
    Valid,
    /// The bundle is of another log than the one whose key was given.
    WrongLog,
}

impl Reason {
    /// The reason's stable name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Capture => "capture",
            Self::Checkpoint => "checkpoint",
            Self::Commitment => "commitment",
            Self::Explanations => "explanations",
            Self::Field { .. } => "field",
            Self::Format => "format",
            Self::Hash => "hash",
            Self::Json { fault, .. } => fault.code(),
            Self::LogKey => "log-key",
            Self::Name => "name",
            Self::NotCanonical => "not-canonical",
            Self::NotLogged => "not-logged",
            Self::Row => "row",
            Self::RowBelowLine => "row-below-line",
            Self::RowLimits => "row-limits",
            Self::Settings => "settings",
            Self::Slot => "slot",
            Self::Table => "table",
            Self::TableSize { .. } => "table-size",
            Self::Token => "token",
            Self::TooLarge { .. } => "too-large",
            Self::UnknownField { .. } => "unknown-field",
            Self::Valid => "valid",
            Self::WrongLog => "wrong-log",
        }
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Capture => f.write_str("the log does not hold the capture as the bundle says"),
            Self::Checkpoint => f.write_str("the checkpoint is not signed by the log"),
            Self::Commitment => f.write_str("what is shown is not what was sealed"),
            Self::Explanations => f.write_str("the explanations are of a version that this verifier does not know"),
            Self::Field { field } => write!(f, "field {field} is missing, of another kind or beyond its limit"),
            Self::Format => f.write_str("this is no bundle, or one of a version that this verifier does not know"),
            Self::Hash => f.write_str("the file was changed: its hash is not that of what stands before it"),
            Self::Json { fault, at } => write!(f, "the file {fault} (byte {at})"),
            Self::LogKey => f.write_str("the log's key is no Ed25519 verifier key"),
            Self::Name => f.write_str("the name is not signed by two different approvers of this message"),
            Self::NotCanonical => f.write_str("the file is not in the one form that a bundle has"),
            Self::NotLogged => f.write_str("the log does not hold this sealing where the proof says"),
            Self::Row => f.write_str("the copy's row does not fit the message that it is shown of"),
            Self::RowBelowLine => f.write_str("the published text agrees too little with the copy's row to name it"),
            Self::RowLimits => f.write_str("the copy's row shows more than a verifier looks at"),
            Self::Settings => f.write_str("a setting is out of its range"),
            Self::Slot => f.write_str("the table has no such slot"),
            Self::Table => f.write_str("the log's first entry is not this table with this slot"),
            Self::TableSize { slots } => write!(f, "the table has {slots} slots, expected {}", 1 << 20),
            Self::Token => f.write_str("the time-stamp is not one on this checkpoint"),
            Self::TooLarge { bytes } => {
                write!(f, "the file has {bytes} bytes, expected at most {}", crate::limits::BUNDLE_BYTES)
            }
            Self::UnknownField { within } => write!(f, "a field in {within} is none that this version knows"),
            Self::Valid => f.write_str("everything holds"),
            Self::WrongLog => f.write_str("the bundle is of another log than the key that was given"),
        }
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

/// Which key the log's signature was checked under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum KeySource {
    /// The one that the bundle carries: the bundle is consistent, whose it is stays open.
    Carried,
    /// The one that the reader gave.
    Given,
}

/// A part that is shown.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct OpenedPart {
    /// The part's number, from 1.
    pub part: usize,
    /// Its text, as sealed, with its white space.
    pub text: String,
}

impl std::fmt::Debug for OpenedPart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenedPart").field("part", &self.part).finish_non_exhaustive()
    }
}

/// A part that stays closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClosedPart {
    /// The part's number, from 1.
    pub part: usize,
    /// How many words it has, `11-20`, as the writer sealed it.
    pub words: &'static str,
}

/// A capture that the bundle answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaptureReport {
    /// SHA-256 of the capture, in hexadecimal.
    pub sha256: String,
    /// When it was captured, by the owner's word: seconds since 1970 (UTC).
    pub at: u64,
    /// Whether the log holds it, too.
    pub logged: bool,
}

/// What an independent clock is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClockKind {
    /// A witness's cosignature on the checkpoint.
    Cosignature,
    /// An RFC 3161 time-stamp on it.
    TimeStamp,
}

/// What an independent clock's word is worth to this reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum ClockState {
    /// Of a kind that is not checked here.
    #[serde(rename = "not checked")]
    NotChecked,
    /// Valid, and by somebody whom the reader trusts.
    #[serde(rename = "trusted")]
    Trusted,
    /// By nobody whom the reader trusts.
    #[serde(rename = "unknown")]
    Unknown,
}

/// One independent clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Clock {
    /// Time-stamp or cosignature.
    pub kind: ClockKind,
    /// The witness's name; none of a time-stamp.
    pub name: Option<String>,
    /// What its word is worth.
    pub state: ClockState,
    /// Its time when it is trusted: seconds since 1970 (UTC).
    pub time: Option<u64>,
}

/// Which copy a published text came from.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct RowReport {
    /// The copy's number in the codebook's order, from 1.
    pub copy: u32,
    /// Whether it is one of the office's own.
    pub file_copy: bool,
    /// Whether the published text is the capture itself; else it is the owner's word.
    pub is_capture: bool,
    /// The look that named it, by the owner's word.
    pub look: crate::row::Look,
    /// What the row loses on the seen sites, in units of 2^-10 bit.
    pub loss: u64,
    /// How many codewords over the seen sites lose no more, in decimal digits.
    pub count: String,
    /// All codewords over them.
    pub of: String,
    /// The seen sites.
    pub seen: Vec<SeenSite>,
    /// The open sites that are not seen, by number from 1.
    pub unseen: Vec<u32>,
    /// The copy's wording of the open parts, fields as `[name]`.
    pub texts: Vec<WordedPart>,
    /// The open parts as they stand in the master.
    pub sources: Vec<WordedPart>,
    /// The published text.
    pub published: String,
    /// Who the copy was for, under two approvers' signatures.
    pub name: Option<NameReport>,
}

impl std::fmt::Debug for RowReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RowReport").field("copy", &self.copy).field("seen", &self.seen).finish_non_exhaustive()
    }
}

/// A site of which the published text shows one alternative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SeenSite {
    /// The site's number, from 1.
    pub site: u32,
    /// The alternative that stands there, from 1.
    pub alternative: u8,
    /// Where in the published text: the number, from 1, of the word with which the earliest place begins.
    pub at: usize,
    /// Whether the copy has it, too.
    pub agrees: bool,
}

/// A part in one of its wordings.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct WordedPart {
    /// The part's number, from 1.
    pub part: usize,
    /// The wording.
    pub text: String,
}

impl std::fmt::Debug for WordedPart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WordedPart").field("part", &self.part).finish_non_exhaustive()
    }
}

/// A name under two approvers' signatures.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct NameReport {
    /// Who the copy was for, as sealed.
    pub recipient: String,
    /// What the office says, signed.
    pub statement: String,
    /// Why it is made public, signed.
    pub reason: String,
    /// The case, in hexadecimal.
    pub case: String,
    /// The approvers who signed, by number from 1.
    pub approvers: Vec<u8>,
}

impl std::fmt::Debug for NameReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NameReport").field("approvers", &self.approvers).finish_non_exhaustive()
    }
}

/// What a verifier found. Of a bundle that is not valid nothing but the reason is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether everything holds.
    pub valid: bool,
    /// Why, or why not; in JSON its stable name.
    pub reason: Reason,
    /// The reason in words.
    pub reason_text: String,
    /// Which key the log's signature was checked under; none when it never came to that.
    pub key: Option<KeySource>,
    /// The log's verifier key.
    pub log: Option<String>,
    /// SHA-256 of the log's public key, in hexadecimal: what to compare with what the owner publishes.
    pub fingerprint: Option<String>,
    /// By when a time-stamper or witness that the reader trusts knew the sealing: seconds since 1970 (UTC).
    pub sealed_before: Option<u64>,
    /// When a witness that the reader trusts cosigned the checkpoint that the sealing came after: seconds since 1970
    /// (UTC).
    pub sealed_after: Option<u64>,
    /// That checkpoint, a signed note, whoever cosigned it.
    pub checkpoint_before: Option<String>,
    /// The writer's own time: seconds since 1970 (UTC).
    pub written_at: Option<u64>,
    /// The reference of the message, `7F3K-92QD`.
    pub reference: Option<String>,
    /// The message's leaf begins with this (hexadecimal): whoever reads the log sees that no second leaf does.
    pub tag: Option<String>,
    /// The commitment, in hexadecimal.
    pub commitment: Option<String>,
    /// The number of copies, file copies included.
    pub copies: Option<u32>,
    /// Whether what is shown is the writer's own copy's, and other copies may have other wordings.
    #[serde(skip)]
    pub own_copy: bool,
    /// Whether the copies carry the line that they are individually marked.
    pub marked_line: Option<bool>,
    /// The parts that are shown.
    pub opened: Vec<OpenedPart>,
    /// The parts that stay closed.
    pub closed: Vec<ClosedPart>,
    /// The publication that the bundle answers.
    pub capture: Option<CaptureReport>,
    /// Who vouches for the time: the time-stamp, then the cosignatures of the reader's witnesses.
    pub clocks: Vec<Clock>,
    /// Which copy the capture came from.
    pub row: Option<RowReport>,
    /// Whether the bundle can't show that it was sealed before the capture.
    pub after_publication: bool,
    /// The writer's words: proved by nothing.
    pub words: Option<String>,
    /// What a reader has to know about this bundle, most important first.
    pub notes: Vec<&'static str>,
    /// What no bundle shows.
    pub not_shown: &'static [&'static str],
}

impl Report {
    pub(crate) fn refused(reason: Reason) -> Self {
        Self {
            valid: false,
            reason_text: reason.to_string(),
            reason,
            key: None,
            log: None,
            fingerprint: None,
            sealed_before: None,
            sealed_after: None,
            checkpoint_before: None,
            written_at: None,
            reference: None,
            tag: None,
            commitment: None,
            copies: None,
            own_copy: false,
            marked_line: None,
            opened: Vec::new(),
            closed: Vec::new(),
            capture: None,
            clocks: Vec::new(),
            row: None,
            after_publication: false,
            words: None,
            notes: Vec::new(),
            not_shown: &[],
        }
    }

    /// Whether two valid reports show that the owner of one log sealed twice under one reference.
    #[must_use]
    pub fn contradicts(&self, other: &Self) -> bool {
        self.valid
            && other.valid
            && self.log == other.log
            && self.reference == other.reference
            && (&self.tag, &self.commitment) != (&other.tag, &other.commitment)
    }
}

/// The first note when the sealing is not shown to be older than the capture.
pub const AFTER_PUBLICATION: &str =
    "sealed AFTER publication: the bundle does not show that the text was fixed before it was published";
/// The note without a trusted time-stamp.
pub const NO_CLOCK: &str = "no independent clock: the time is the owner's word";
/// The note when the bundle holds a time-stamp by nobody whom the reader trusts.
pub const UNTRUSTED_CLOCK: &str = "the bundle holds a time-stamp, but by no time-stamper that you trust";
/// The note when only the carried key was used.
pub const CARRIED_KEY: &str =
    "consistent under the key it carries: compare its fingerprint with the owner's published key";
/// The note on the writer's words.
pub const WORDS: &str =
    "the writer's words were not sealed and nothing proves them: whoever passed this file on could have changed them";
/// The note when the writer's time is later than the time-stamp or cosignature.
pub const LATE_TIME: &str = "the writer's own time is later than that of the independent clock";
/// The note on the capture.
pub const CAPTURE: &str = "the capture and its time are the owner's word";
/// The note on a row.
pub const ROW: &str = "the wordings of one copy stand in the published text; if its owner drew the copies' wordings at random before it was published, which nothing here proves, the chance that a copy is named so of which nothing was used is at most the bound fixed at sealing, and that is not the chance that this copy was used";
/// The note on the published text of a row.
pub const ROW_PUBLISHED: &str = "the published text is what the owner says was published: compare it with the whole publication, for an excerpt can be cut so that it fits any copy";
/// The note on the look.
pub const ROW_LOOK: &str =
    "how many looks there were, and how many messages the text could have named, is the owner's word";
/// The note on a name.
pub const NAME: &str = "two approvers of the office signed the name: that they agree is all that it shows, and it is no evidence against a person";
/// The note on closed parts.
pub const CLOSED: &str = "parts stay closed: what they say is not shown; that they are there is, and how long they are is what the owner sealed";

/// What no bundle shows.
pub const NOT_SHOWN: &[&str] = &[
    "not that the message was sent, received or read",
    "not who let it out: the writer knew every copy and could have published one himself, and so could whoever held a device",
    "not that no other text was sealed, but for a reference that you saw on a copy: whoever reads the log sees that no second entry begins with the same tag",
];
