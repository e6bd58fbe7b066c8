//! Cases: one publication, what was found, what was decided, what was shown.

mod addressed;
mod approve;
mod around;
mod beginning;
mod brief;
mod hear;
mod memory;
mod open;
mod pictures;
mod public;
mod quotations;
mod said;
mod shown;
mod weight;
mod written;

pub use addressed::Addressed;
pub use beginning::Beginning;
pub use brief::{Brief, HandedOver, PartState};
pub use hear::{Evidence, MOST_DAYS};
pub(crate) use memory::{Memory, first_out};
pub(crate) use open::NewCase;
pub use open::{Captured, MOST_CAPTURE, Origin, Piece};
pub use said::{OFF_PICTURE, Section, Telling, counted, grouped};
pub use shown::{
    Case, CaseSummary, Hearing, KnownSince, Later, Naming, Nearest, Note, Quotation, Reply, Searched, Shown, Touched,
};
pub use weight::{Sight, SiteSeen, Weight};

use countermark_proof::MessageId;
use countermark_reading::Names;
use countermark_tlog::directory::Disk;
use countermark_tracing::{Leak, Tracer};

use crate::ledger::{hex, unhex};
use crate::messages::{Opened, Summary, opened};
use crate::prove::Shows;
use crate::record::{CaptureRecord, CaseRecord, FindingRecord, IdentityRecord, MessageRecord, NoteRecord};
use crate::take::TakenFinding;
use crate::trace::MessageFinding;
use crate::{Error, Office};

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
        let mut cases = self.summaries()?;
        cases.sort_by_key(|case| (std::cmp::Reverse(case.opened_ms), case.id));
        Ok(cases)
    }

    /// One case by its id or the id's first characters.
    ///
    /// # Errors
    /// [`Error::UnknownCase`]; the vault's.
    pub fn case(&self, given: &str) -> Result<Case, Error> {
        let kept = self.wanted_case(given)?;
        let capture = self.capture_fact(&kept)?;
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
            sha256: capture.sha256,
            captured_at: capture.at,
            logged: capture.logged,
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
                signed_ms: naming.approvals.iter().map(|approval| approval.at_ms).collect(),
            }),
            shown: kept.record.shown.iter().map(Shown::of).collect(),
            origin: kept.record.origin.as_ref().map(Origin::of),
            pieces: kept.record.pieces.iter().filter_map(|piece| Piece::of(piece, &kept.record.published)).collect(),
            quotations: quotations::quoted(&kept.record),
            searched: self.shown_search(&kept.record)?,
            touched: kept.record.touched.map(|touched| Touched {
                words: touched.words,
                places: touched.places,
                bits: touched.millibits as f64 / 1000.0,
            }),
            known: self.shown_known(&kept)?,
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
        let record = self.vault.read::<_, Error>(|tx| Ok(tx.get::<MessageRecord>(message.0)?))?;
        let Some(opened) = record.and_then(|record| opened(&message.0, record).ok()) else { return Ok(None) };
        let Some((tracer, trace)) = self.compared(&kept, message, || opened.tracer()) else { return Ok(None) };
        // The text was traced to this message alone: it is the only one that could be named.
        Ok(Some(self.judge(&opened, tracer, trace, 1, None)?))
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

    /// Reads a case's text again, with the names and the messages as they are now: what is attributed to the writer, and, where no message of
    /// ours was found in it, whether one is there by now. No copy is looked for, and no look is spent.
    ///
    /// # Errors
    /// [`Error::UnknownCase`]; [`Error::Case`] for one on which somebody was heard or something was shown; the vault's.
    pub fn read_case_again(&mut self, given: &str, names: &Names) -> Result<CaseSummary, Error> {
        let mut kept = self.wanted_case(given)?;
        if kept.record.hearing.is_some() || kept.record.naming.is_some() || !kept.record.shown.is_empty() {
            return Err(Error::Case { case: kept.name(), what: "what was found in it was made use of already" });
        }
        let finding = self.search()?.trace_leak(&kept.leak(), None)?;
        let text = kept.record.published.clone();
        kept.record.quotations = self.written(&text, quotations::of(&text, names, &finding))?;
        kept.record.searched = self.searched(&text, &kept.record.quotations)?;
        if kept.record.finding.is_none() {
            let captured = self.capture_of(&kept)?.at;
            let published = kept.record.origin.as_ref().and_then(|origin| origin.published_at);
            let captured = public::there_since(captured, published);
            let found = self.found_in(&finding, &text, &kept.record.quotations, captured)?;
            let record = &mut kept.record;
            (record.finding, record.taken) = (found.finding, found.taken);
            (record.touched, record.known) = (found.touched, found.known);
        }
        self.keep_case(&kept, "case again", None)?;
        Ok(summary(&kept))
    }

    /// The same for a case whose text shows a taken message and no sealed one.
    ///
    /// # Errors
    /// [`Error::UnknownCase`]; the vault's.
    pub fn case_taken(&mut self, given: &str) -> Result<Option<TakenFinding>, Error> {
        let kept = self.wanted_case(given)?;
        let Some(taken) = kept.record.taken else { return Ok(None) };
        let message = MessageId(taken.message);
        let Some(open) = self.open_taken_among(&[message])?.pop() else { return Ok(None) };
        let compared = self.compared(&kept, message, || Tracer::new(&open.master));
        Ok(compared.map(|(tracer, trace)| open.found(tracer, trace)))
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
        let cases = self.summaries()?;
        let mut found = cases.iter().map(|case| case.id).filter(|id| hex(id).starts_with(&wanted));
        let (first, second) = (found.next(), found.next());
        if second.is_some() {
            return Err(Error::ManyCases { prefix: given.to_owned() });
        }
        let Some(id) = first else { return Ok(None) };
        let record = self.vault.read::<_, Error>(|tx| Ok(tx.get::<CaseRecord>(id)?))?;
        Ok(record.map(|record| Kept { id, record }))
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
        let mut record = kept.record.clone();
        self.vault.write::<_, Error>(|tx| {
            // A later state of the post may have been taken in since the case was read.
            if let Some(now) = tx.get::<CaseRecord>(kept.id)? {
                record.later = now.later;
            }
            tx.put(kept.id, &record)?;
            tx.audit(&act)?;
            Ok(())
        })
    }

    fn message_of(&self, kept: &Kept) -> Result<Option<MessageRecord>, Error> {
        let Some(finding) = &kept.record.finding else { return Ok(None) };
        self.vault.read::<_, Error>(|tx| Ok(tx.get::<MessageRecord>(finding.message)?))
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
        source: record.origin.as_ref().map(|origin| origin.source.clone()).filter(|source| !source.is_empty()),
        begins: beginning::of(record),
        named: record.finding.as_ref().is_some_and(|finding| !finding.named.is_empty()),
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
