//! Cases: one publication, what was found, what was decided, what was shown.

mod approve;
mod brief;
mod hear;
mod open;
mod quotations;
mod written;

pub use brief::{Brief, PartState};
pub use hear::{Evidence, MOST_DAYS};
pub(crate) use open::NewCase;
pub use open::{Captured, MOST_CAPTURE, Origin, Piece};

use countermark_proof::MessageId;
use countermark_tlog::directory::Disk;
use countermark_tracing::Leak;

use crate::ledger::{hex, unhex};
use crate::messages::{Opened, Summary};
use crate::prove::Shows;
use crate::record::{CaptureRecord, CaseRecord, FindingRecord, IdentityRecord, MessageRecord, NoteRecord};
use crate::take::TakenFinding;
use crate::trace::MessageFinding;
use crate::{Error, Office, TakenSummary};

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
}

impl std::fmt::Debug for Naming {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Naming").field("approvers", &self.approvers.len()).finish_non_exhaustive()
    }
}

/// A case with its id.
#[derive(Clone)]
pub(crate) struct Kept {
    pub(crate) id: [u8; 16],
    pub(crate) record: CaseRecord,
}

impl Kept {
    /// What was found of a message of ours.
    pub(crate) fn finding(&self) -> Result<&FindingRecord, Error> {
        let what = match self.record.taken {
            Some(taken) if taken.sent => "its message was taken in and never sealed: there is nothing to prove it by",
            _ => "nothing of ours was found in its text",
        };
        let nothing = || Error::Case { case: self.name(), what };
        self.record.finding.as_ref().ok_or_else(nothing)
    }

    /// The one copy that is named, from 0.
    pub(crate) fn copy(&self) -> Result<usize, Error> {
        let what = match self.finding()?.named.as_slice() {
            [copy] => return Ok(*copy),
            [] => "no copy is named in it",
            _ => "several copies are named in it, and none can be shown alone",
        };
        Err(Error::Case { case: self.name(), what })
    }

    /// The published text, cut into words.
    pub(crate) fn leak(&self) -> Leak<'_> {
        let read = self.record.pieces.iter().flat_map(|piece| &piece.confidences);
        let read: Vec<_> = read.map(|&(start, end, sure)| (start..end, sure)).collect();
        open::leak_of(&self.record.published, &read)
    }

    pub(crate) fn name(&self) -> String {
        hex(&self.id[..4])
    }
}

impl<D: Disk + Clone> Office<D> {
    /// All cases, the newest first.
    ///
    /// # Errors
    /// The vault's.
    pub fn cases(&self) -> Result<Vec<CaseSummary>, Error> {
        let mut cases: Vec<_> = self.all_cases()?.iter().map(summary).collect();
        cases.sort_by_key(|case| (std::cmp::Reverse(case.opened_ms), case.id));
        Ok(cases)
    }

    /// One case by its id or the id's first characters.
    ///
    /// # Errors
    /// [`Error::UnknownCase`]; the vault's.
    pub fn case(&self, given: &str) -> Result<Case, Error> {
        let kept = self.wanted_case(given)?;
        let capture = self.capture_of(&kept)?;
        let message = self.message_of(&kept)?;
        let named = kept.record.finding.iter().flat_map(|finding| &finding.named);
        let handle = |copy: &usize| message.as_ref()?.recipients.get(*copy).map(|recipient| recipient.handle.clone());
        let persons = self.vault.read::<_, Error>(|tx| Ok(tx.list::<IdentityRecord>()?))?;
        let person = |key: &[u8; 32]| persons.iter().find(|(_, p)| p.key == *key).map(|(_, p)| p.name.clone());
        Ok(Case {
            summary: summary(&kept),
            taken: kept.record.taken.map(|taken| self.taken_summary(taken.message)).transpose()?.flatten(),
            reference: message.as_ref().map(|message| message.reference.clone()),
            named: named.map(handle).collect(),
            reason: kept.record.reason.clone(),
            sha256: hex(&open::sha256(&capture.bytes)?),
            captured_at: capture.at,
            logged: capture.index.is_some(),
            published: kept.record.published.clone(),
            notes: kept.record.notes.iter().map(note).collect(),
            hearing: kept.record.hearing.as_ref().map(|hearing| Hearing {
                at_ms: hearing.at_ms,
                until_ms: hearing.until_ms,
                reply: hearing.reply.as_ref().map(|reply| Reply {
                    at_ms: reply.at_ms,
                    text: reply.text.clone(),
                    slot: reply.slot,
                }),
            }),
            naming: kept.record.naming.as_ref().map(|naming| Naming {
                statement: naming.statement.clone(),
                reason: naming.reason.clone(),
                approvers: naming.approvals.iter().map(|approval| person(&approval.key)).collect(),
            }),
            origin: kept.record.origin.as_ref().map(Origin::of),
            pieces: kept.record.pieces.iter().filter_map(|piece| Piece::of(piece, &kept.record.published)).collect(),
            quotations: quotations::quoted(&kept.record),
            searched: self.shown_search(&kept.record)?,
            touched: kept.record.touched.map(|touched| Touched {
                words: touched.words,
                places: touched.places,
                bits: touched.millibits as f64 / 1000.0,
            }),
            later: kept.record.later.iter().map(|l| Later { at: l.at, published: l.published.clone() }).collect(),
        })
    }

    /// What a case's text shows of its message, compared again. No copy is looked for, and no look is spent.
    ///
    /// # Errors
    /// [`Error::UnknownCase`]; the vault's.
    pub fn case_finding(&mut self, given: &str) -> Result<Option<MessageFinding>, Error> {
        let kept = self.wanted_case(given)?;
        let Some(finding) = &kept.record.finding else { return Ok(None) };
        let message = MessageId(finding.message);
        let found = self.search_among(&[message], None)?.trace_leak(&kept.leak(), None)?;
        Ok(found.messages.into_iter().next())
    }

    /// Looks for a copy in a case on which nobody had asked for one: a look by itself, for a reason that stands in the audit trail.
    ///
    /// # Errors
    /// [`Error::UnknownCase`], [`Error::NoReason`]; [`Error::Case`] for one without a message of ours, or whose person was heard; those
    /// of vault and journal.
    pub fn trace_case(&mut self, given: &str, reason: &str) -> Result<Case, Error> {
        let reason = reason.trim();
        if reason.is_empty() {
            return Err(Error::NoReason);
        }
        let mut kept = self.wanted_case(given)?;
        let message = MessageId(kept.finding()?.message);
        if kept.record.hearing.is_some() || kept.record.naming.is_some() {
            return Err(Error::Case {
                case: kept.name(),
                what: "the person concerned was heard by what was found before",
            });
        }
        let finding = self.search_among(&[message], Some(reason))?.trace_leak(&kept.leak(), Some(reason))?;
        kept.record.finding = finding.messages.first().map(open::found);
        kept.record.reason = Some(reason.to_owned());
        self.keep_case(&kept, "case trace", Some(reason))?;
        self.case(given)
    }

    /// The same for a case whose text shows a taken message and no sealed one.
    ///
    /// # Errors
    /// [`Error::UnknownCase`]; the vault's.
    pub fn case_taken(&mut self, given: &str) -> Result<Option<TakenFinding>, Error> {
        let kept = self.wanted_case(given)?;
        let Some(taken) = kept.record.taken else { return Ok(None) };
        let found = self.search_among(&[MessageId(taken.message)], None)?.trace_leak(&kept.leak(), None)?;
        Ok(found.taken.into_iter().next())
    }

    /// Writes a note down.
    ///
    /// # Errors
    /// [`Error::UnknownCase`]; the vault's.
    pub fn note_case(&mut self, given: &str, text: &str) -> Result<(), Error> {
        let mut kept = self.wanted_case(given)?;
        kept.record.notes.push(NoteRecord { at_ms: self.now_ms(), text: text.to_owned() });
        self.keep_case(&kept, "case note", None)
    }

    /// The case that is meant, if it is one: an id or its first characters.
    pub(crate) fn find_case(&self, given: &str) -> Result<Option<Kept>, Error> {
        let wanted = given.trim().to_lowercase();
        if wanted.is_empty() {
            return Ok(None);
        }
        // A whole id needs no look at all the others.
        if let Some(id) = unhex(&wanted).and_then(|bytes| <[u8; 16]>::try_from(bytes).ok()) {
            let record = self.vault.read::<_, Error>(|tx| Ok(tx.get::<CaseRecord>(id)?))?;
            return Ok(record.map(|record| Kept { id, record }));
        }
        let mut found: Vec<_> =
            self.all_cases()?.into_iter().filter(|kept| hex(&kept.id).starts_with(&wanted)).collect();
        match found.len() {
            0 | 1 => Ok(found.pop()),
            _ => Err(Error::ManyCases { prefix: given.to_owned() }),
        }
    }

    /// The message that is meant, or that of a case.
    ///
    /// # Errors
    /// [`Error::UnknownEither`], [`Error::ManyEither`], [`Error::ManyMessages`], [`Error::ManyCases`]; [`Error::Case`] for a case without a message; the vault's.
    pub fn meant(&self, given: &str) -> Result<Summary, Error> {
        Ok(crate::messages::summary(&self.resolve(given)?.1))
    }

    /// A case with its message, or a message. What could be either is nobody's guess.
    pub(crate) fn resolve(&self, given: &str) -> Result<(Option<Kept>, Opened), Error> {
        let message = self.find(given);
        match (self.find_case(given)?, message) {
            (None, Err(Error::UnknownMessage { given })) => Err(Error::UnknownEither { given }),
            (None, message) => Ok((None, message?)),
            (Some(kept), Err(Error::UnknownMessage { .. })) => {
                let opened = self.find(&hex(&kept.finding()?.message))?;
                Ok((Some(kept), opened))
            }
            (Some(_), Ok(_)) => Err(Error::ManyEither { prefix: given.to_owned() }),
            (Some(_), Err(other)) => Err(other),
        }
    }

    pub(crate) fn capture_of(&self, kept: &Kept) -> Result<CaptureRecord, Error> {
        let capture = self.vault.read::<_, Error>(|tx| Ok(tx.get::<CaptureRecord>(kept.id)?))?;
        capture.ok_or_else(|| Error::Case { case: kept.name(), what: "its capture is missing" })
    }

    /// Replaces a case, with a word in the audit trail.
    pub(crate) fn keep_case(&mut self, kept: &Kept, act: &str, reason: Option<&str>) -> Result<(), Error> {
        let mut act = self.act(act, &hex(&kept.id));
        act.reason = reason.map(str::to_owned);
        self.vault.write::<_, Error>(|tx| {
            tx.put(kept.id, &kept.record)?;
            tx.audit(&act)?;
            Ok(())
        })
    }

    fn message_of(&self, kept: &Kept) -> Result<Option<MessageRecord>, Error> {
        let Some(finding) = &kept.record.finding else { return Ok(None) };
        self.vault.read::<_, Error>(|tx| Ok(tx.get::<MessageRecord>(finding.message)?))
    }

    fn all_cases(&self) -> Result<Vec<Kept>, Error> {
        let records = self.vault.read::<_, Error>(|tx| Ok(tx.list::<CaseRecord>()?))?;
        Ok(records.into_iter().filter_map(|(id, record)| Some(Kept { id: id[..].try_into().ok()?, record })).collect())
    }
}

pub(crate) fn summary(kept: &Kept) -> CaseSummary {
    let record = &kept.record;
    let approvals = record.naming.as_ref().map_or(0, |naming| naming.approvals.len() as u64);
    let state = match record {
        _ if record.shown.iter().any(|shown| shown.shows != Shows::Evidence.as_str()) => "shown",
        _ if approvals >= countermark_proof::APPROVALS => "approved",
        _ if record.hearing.is_some() => "heard",
        _ => "open",
    };
    CaseSummary {
        id: kept.id,
        opened_ms: record.opened_ms,
        heard: record.hearing.is_some(),
        state,
        place: record
            .origin
            .as_ref()
            .map(|origin| origin.url.clone().unwrap_or_else(|| format!("{}: {}", origin.source, origin.post))),
        kind: match &record.finding {
            Some(_) => "leak",
            None if record.taken.is_some_and(|taken| taken.sent) => "leak",
            None if record.taken.is_some() => "received",
            None if record.touched.is_none() && record.quotations.iter().any(|quotation| !quotation.ours) => "invented",
            None if !record.quotations.is_empty() => "leak",
            None if record.touched.is_some() => "reworded",
            None => "foreign",
        },
        message: match (&record.finding, record.taken) {
            (Some(finding), _) => Some(MessageId(finding.message)),
            (None, taken) => {
                let taken = taken.filter(|taken| taken.sent).map(|taken| taken.message);
                let quoted = || record.quotations.iter().find_map(|quotation| quotation.message);
                let touched = || record.touched.map(|touched| touched.message);
                taken.or_else(quoted).or_else(touched).map(MessageId)
            }
        },
    }
}

fn note(record: &NoteRecord) -> Note {
    Note { at_ms: record.at_ms, text: record.text.clone() }
}
