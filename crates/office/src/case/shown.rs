//! Cases as they are listed and shown.

use countermark_proof::MessageId;

use super::{Beginning, Origin, Piece};
use crate::prove::Shows;
use crate::record::ShownRecord;
use crate::take::TakenSummary;

/// A line of the list of cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseSummary {
    /// The id: 16 bytes.
    pub id: [u8; 16],
    /// When it was opened, milliseconds since 1970.
    pub opened_ms: u64,
    /// Whether the person concerned has the evidence, whatever came after.
    pub heard: bool,
    /// `open`, `heard` (the person concerned has the evidence), `approved` (two approvers signed), `shown` (a bundle was made).
    pub state: &'static str,
    /// `leak` of a message of ours; `received`: of a letter that was taken in as received, not ours; `reworded`: it shares rare words with a message, and is too altered to be traced; `invented`: nothing of ours, and words that are attributed to the writer; `foreign`: neither.
    pub kind: &'static str,
    /// The message.
    pub message: Option<MessageId>,
    /// Where a reader finds the post, or else the source and the service's id of it.
    pub place: Option<String>,
    /// The source's name with the watcher; none for what was given by hand.
    pub source: Option<String>,
    /// The first words of what was published.
    pub begins: Option<Beginning>,
    /// Whether a copy is named in it.
    pub named: bool,
}

/// A case, whole.
#[derive(Clone)]
pub struct Case {
    /// What the list says of it.
    pub summary: CaseSummary,
    /// The message's reference.
    pub reference: Option<String>,
    /// The taken message that its text shows, where no sealed one was found. One that was received is not ours.
    pub taken: Option<TakenSummary>,
    /// The copies that are named: a recipient's handle, or `None` for a file copy.
    pub named: Vec<Option<String>>,
    /// Why a copy was looked for; none when none was.
    pub reason: Option<String>,
    /// SHA-256 of the capture, in hexadecimal.
    pub sha256: String,
    /// When it was captured, seconds since 1970.
    pub captured_at: u64,
    /// Whether the capture's leaf is in the log.
    pub logged: bool,
    /// The published text.
    pub published: String,
    /// The notes, the oldest first.
    pub notes: Vec<Note>,
    /// How the person concerned was heard.
    pub hearing: Option<Hearing>,
    /// The name that is to be said.
    pub naming: Option<Naming>,
    /// What was made public of it, or handed out, the oldest first.
    pub shown: Vec<Shown>,
    /// Where the post came from; none for a text that was given by hand.
    pub origin: Option<Origin>,
    /// The published text's pieces.
    pub pieces: Vec<Piece>,
    /// The direct quotations in it that are attributed to the writer.
    pub quotations: Vec<Quotation>,
    /// What was searched, where a quotation of the writer was found nowhere.
    pub searched: Option<Searched>,
    /// What became of the post later, the oldest first.
    pub later: Vec<Later>,
    /// What it shares with its message, where it is too altered to be traced.
    pub touched: Option<Touched>,
    /// Since when all that it shows of its message is public, by a statement of the office itself.
    pub known: Option<KnownSince>,
}

/// The first version of a statement that had opened all that a text shows.
#[derive(Clone, PartialEq, Eq)]
pub struct KnownSince {
    /// The statement's id: 16 bytes.
    pub statement: [u8; 16],
    /// The version, from 1.
    pub version: u32,
    /// Its heading.
    pub title: String,
    /// When it was published, seconds since 1970.
    pub at: u64,
}

impl std::fmt::Debug for KnownSince {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KnownSince").field("version", &self.version).field("at", &self.at).finish_non_exhaustive()
    }
}

/// Words that a text shares with a message, too altered to be traced.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Touched {
    /// The most of them in a row.
    pub words: u32,
    /// In so many places.
    pub places: u32,
    /// How rare they are, in bits.
    pub bits: f64,
}

/// A direct quotation that is attributed to the writer.
#[derive(Clone, PartialEq, Eq)]
pub struct Quotation {
    /// The words.
    pub text: String,
    /// Whether it is certain that the text attributes them to the writer.
    pub certain: bool,
    /// Whether a registered message holds words of it.
    pub ours: bool,
    /// Whether one holds all of it, word for word but for what its own marks leave out.
    pub exact: bool,
    /// Its words; 0 where that was not counted.
    pub words: usize,
    /// Those of them that stand in a message unaltered.
    pub held: usize,
}

impl std::fmt::Debug for Quotation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Quotation").field("certain", &self.certain).field("ours", &self.ours).finish_non_exhaustive()
    }
}

/// What was searched without finding a quotation. That nothing was found does not prove that nothing was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Searched {
    /// Registered messages.
    pub messages: u64,
    /// When the oldest of them was written, seconds since 1970.
    pub from: u64,
    /// When the newest was.
    pub to: u64,
    /// The true passage that comes nearest.
    pub nearest: Option<Nearest>,
}

/// The true passage that comes nearest to a quotation.
#[derive(Clone, PartialEq, Eq)]
pub struct Nearest {
    /// The message.
    pub message: MessageId,
    /// The part, from 1.
    pub part: usize,
    /// Its text.
    pub text: String,
    /// The quotation, from 0.
    pub quotation: usize,
    /// The quotation's words that stand in it.
    pub words: usize,
    /// Of so many.
    pub of: usize,
}

impl std::fmt::Debug for Nearest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Nearest").field("part", &self.part).field("words", &self.words).finish_non_exhaustive()
    }
}

/// A later state of a post.
#[derive(Clone, PartialEq, Eq)]
pub struct Later {
    /// When it was captured, seconds since 1970.
    pub at: u64,
    /// The text; none of a post that has been deleted.
    pub published: Option<String>,
}

impl std::fmt::Debug for Later {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Later").field("deleted", &self.published.is_none()).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Case").field("summary", &self.summary).finish_non_exhaustive()
    }
}

/// Something that a person wrote down.
#[derive(Clone, PartialEq, Eq)]
pub struct Note {
    /// When, milliseconds since 1970.
    pub at_ms: u64,
    /// What.
    pub text: String,
}

impl std::fmt::Debug for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Note").field("at_ms", &self.at_ms).finish_non_exhaustive()
    }
}

/// How the person concerned was heard.
#[derive(Debug, Clone)]
pub struct Hearing {
    /// When the evidence was made, milliseconds since 1970.
    pub at_ms: u64,
    /// Until when a reply is waited for, milliseconds since 1970.
    pub until_ms: u64,
    /// His reply.
    pub reply: Option<Reply>,
}

/// The reply of the person concerned.
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    /// When it was kept, milliseconds since 1970.
    pub at_ms: u64,
    /// What he says.
    pub text: String,
    /// Whether the slot came with it; without, that it is his is the office's word.
    pub slot: bool,
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reply").field("at_ms", &self.at_ms).field("slot", &self.slot).finish_non_exhaustive()
    }
}

/// A name that is to be said.
#[derive(Clone)]
pub struct Naming {
    /// What the office says of it.
    pub statement: String,
    /// Why it is made public.
    pub reason: String,
    /// The approvers who signed, by the name that the vault knows them by; none for one who was removed since.
    pub approvers: Vec<Option<String>>,
    /// When each did, milliseconds since 1970.
    pub signed_ms: Vec<u64>,
}

/// A bundle that was made of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// When, milliseconds since 1970.
    pub at_ms: u64,
    /// SHA-256 of the bundle, in hexadecimal.
    pub sha256: String,
    /// The parts that it opens, from 1.
    pub parts: Vec<usize>,
    /// What it shows besides; none for what an earlier or later program wrote.
    pub shows: Option<Shows>,
}

impl Shown {
    pub(super) fn of(record: &ShownRecord) -> Self {
        let all = [Shows::Copy, Shows::Evidence, Shows::Name, Shows::Text];
        Self {
            at_ms: record.at_ms,
            sha256: record.sha256.clone(),
            parts: record.parts.clone(),
            shows: all.into_iter().find(|shows| shows.as_str() == record.shows),
        }
    }
}

impl std::fmt::Debug for Naming {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Naming").field("approvers", &self.approvers.len()).finish_non_exhaustive()
    }
}
