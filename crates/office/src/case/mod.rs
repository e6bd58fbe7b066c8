//! Cases: one publication, what was found, what was decided, what was shown.

mod approve;
mod hear;
mod open;

pub use hear::{Evidence, MOST_DAYS};
pub use open::MOST_CAPTURE;

use countermark_proof::MessageId;
use countermark_tlog::directory::Disk;

use crate::ledger::hex;
use crate::messages::{Opened, Summary};
use crate::prove::Shows;
use crate::record::{CaptureRecord, CaseRecord, FindingRecord, IdentityRecord, MessageRecord, NoteRecord};
use crate::{Error, Office};

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
    /// `leak` of a message of ours, or `foreign`: nothing of ours was found in it.
    pub kind: &'static str,
    /// The message.
    pub message: Option<MessageId>,
}

/// A case, whole.
#[derive(Clone)]
pub struct Case {
    /// What the list says of it.
    pub summary: CaseSummary,
    /// The message's reference.
    pub reference: Option<String>,
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
        let nothing = || Error::Case { case: self.name(), what: "nothing of ours was found in its text" };
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
        })
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

fn summary(kept: &Kept) -> CaseSummary {
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
        kind: if record.finding.is_some() { "leak" } else { "foreign" },
        message: record.finding.as_ref().map(|finding| MessageId(finding.message)),
    }
}

fn note(record: &NoteRecord) -> Note {
    Note { at_ms: record.at_ms, text: record.text.clone() }
}
