//! The person concerned is heard before his name is said: he gets the evidence, and a slot for his reply.

use countermark_tlog::directory::Disk;

use super::Kept;
use crate::ledger::hex;
use crate::messages::Opened;
use crate::provable::Asked;
use crate::prove::{ProveRequest, Shows};
use crate::record::{HearingRecord, ReplyRecord};
use crate::{Error, Office};

/// The longest time that a reply is waited for, in days.
pub const MOST_DAYS: u32 = 90;

/// A day in milliseconds.
const DAY: u64 = 24 * 60 * 60 * 1000;

/// What the person concerned is sent.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// The bundle: all parts and his copy's row, without a name.
    pub bundle: Vec<u8>,
    /// What he gives with his reply.
    pub slot: String,
    /// Until when it is waited for, milliseconds since 1970.
    pub until_ms: u64,
    /// Whether slot and term stood already, and the days that were given count for nothing.
    pub stood: bool,
    /// Whether a name can be said of the message at all: it was sealed with two approvers.
    pub nameable: bool,
}

impl<D: Disk + Clone> Office<D> {
    /// Makes the evidence for the person whose copy is named in a case, and a slot for his reply. Its sites are disclosed from
    /// then on. Asked for again it is made anew; slot and term stay as they were. `keep` is as in [`prove`](Self::prove): what
    /// could not be kept was not sent, and nobody was heard.
    ///
    /// The term begins now, but no earlier than the case was opened, its text captured and anything noted in the audit trail: a
    /// clock that was set back shortens nothing.
    ///
    /// # Errors
    /// As [`check_hearing`](Self::check_hearing) and [`prove`](Self::prove).
    pub fn hear<E: From<Error>>(
        &mut self,
        given: &str,
        days: u32,
        keep: impl FnOnce(&[u8]) -> Result<(), E>,
    ) -> Result<Evidence, E> {
        let mut asked = self.asked_hearing(given, days)?;
        let kept = asked.kept.as_mut().ok_or_else(|| Error::UnknownCase { given: given.to_owned() })?;
        let id = hex(&kept.id);
        let stood = kept.record.hearing.clone();
        let hearing = match stood.clone() {
            Some(hearing) => hearing,
            None => self.new_hearing(kept, days)?,
        };
        kept.record.hearing = Some(hearing.clone());
        let nameable = is_nameable(&asked.opened);
        let bundle = self.make(&evidence(&id), &asked, keep)?.bytes;
        Ok(Evidence { bundle, slot: hearing.slot, until_ms: hearing.until_ms, stood: stood.is_some(), nameable })
    }

    /// Refuses, before anything is published for it, what nobody can be heard on.
    ///
    /// # Errors
    /// As [`check_proof`](Self::check_proof) with a row; [`Error::Case`] where it is one of the office's own copies; a term of
    /// no days or more than [`MOST_DAYS`].
    pub fn check_hearing(&self, given: &str, days: u32) -> Result<(), Error> {
        self.asked_hearing(given, days).map(drop)
    }

    fn asked_hearing(&self, given: &str, days: u32) -> Result<Asked, Error> {
        let kept = self.wanted_case(given)?;
        self.recipient_of(&kept)?;
        if !(1..=MOST_DAYS).contains(&days) {
            return Err(Error::Case { case: kept.name(), what: "a term has 1 to 90 days" });
        }
        self.asked(&evidence(&hex(&kept.id)))
    }

    fn new_hearing(&mut self, kept: &Kept, days: u32) -> Result<HearingRecord, Error> {
        let mut slot = [0; 16];
        self.vault.rng().fill_bytes(&mut slot);
        let at_ms = self.now_ms();
        let captured_ms = self.capture_of(kept)?.at.saturating_mul(1000);
        let earliest = [kept.record.opened_ms, captured_ms, self.newest_entry_ms()?];
        let begins = earliest.into_iter().fold(at_ms, u64::max);
        let until_ms = begins.saturating_add(u64::from(days) * DAY);
        Ok(HearingRecord { at_ms, until_ms, slot: hex(&slot), reply: None })
    }

    /// The time of the newest entry of the audit trail, milliseconds since 1970, where the clock stands before it: one of both
    /// is wrong.
    ///
    /// # Errors
    /// The vault's.
    pub fn clock_behind(&self) -> Result<Option<u64>, Error> {
        let newest = self.newest_entry_ms()?;
        Ok((self.now_ms() < newest).then_some(newest))
    }

    fn newest_entry_ms(&self) -> Result<u64, Error> {
        let entries = self.vault.read::<_, Error>(|tx| Ok(tx.audit_entries()?))?;
        Ok(entries.iter().map(|entry| entry.act.at).max().unwrap_or(0))
    }

    /// Keeps the reply of the person concerned. `slot` is what he was given, where he gave it: without it the case says that the
    /// reply is his on the office's word.
    ///
    /// # Errors
    /// [`Error::Unheard`] where he never got the evidence; [`Error::Case`] for another slot, or when a reply stands there;
    /// [`Error::Empty`].
    pub fn keep_reply(&mut self, given: &str, slot: Option<&str>, text: &str) -> Result<(), Error> {
        let mut kept = self.wanted_case(given)?;
        let case = kept.name();
        let at_ms = self.now_ms();
        let unheard = Error::Unheard { what: "he was not sent the evidence" };
        let hearing = kept.record.hearing.as_mut().ok_or(unheard)?;
        if slot.is_some_and(|slot| slot.trim() != hearing.slot) {
            return Err(Error::Case { case, what: "that is not the slot of its reply" });
        }
        if hearing.reply.is_some() {
            return Err(Error::Case { case, what: "a reply stands there already" });
        }
        if text.trim().is_empty() {
            return Err(Error::Empty);
        }
        hearing.reply = Some(ReplyRecord { at_ms, text: text.to_owned(), slot: slot.is_some() });
        self.keep_case(&kept, if slot.is_some() { "case reply" } else { "case reply without slot" }, None)
    }

    /// Whether the person concerned was heard: he replied, or his term is over.
    pub(crate) fn heard(&self, kept: &Kept) -> Result<(), Error> {
        let unheard = || Error::Unheard { what: "he was not sent the evidence" };
        let hearing = kept.record.hearing.as_ref().ok_or_else(unheard)?;
        if hearing.reply.is_some() || self.now_ms() >= hearing.until_ms {
            return Ok(());
        }
        Err(Error::TermRuns { until_ms: hearing.until_ms })
    }

    pub(crate) fn wanted_case(&self, given: &str) -> Result<Kept, Error> {
        self.find_case(given)?.ok_or_else(|| Error::UnknownCase { given: given.to_owned() })
    }

    /// The copy that is named in a case, from 0, which is a recipient's.
    pub(crate) fn recipient_of(&self, kept: &Kept) -> Result<usize, Error> {
        let copy = kept.copy()?;
        let recipients = self.message_of(kept)?.map_or(0, |message| message.recipients.len());
        if copy < recipients {
            return Ok(copy);
        }
        Err(Error::Case { case: kept.name(), what: "the copy is one of the office's own, and names nobody else" })
    }
}

/// What the person concerned is shown: everything but a name.
fn evidence(case: &str) -> ProveRequest<'_> {
    ProveRequest { message: case, parts: None, capture: None, words: None, shows: Shows::Evidence }
}

/// Whether a name can ever be said of a message: shares were dealt.
pub(super) fn is_nameable(opened: &Opened) -> bool {
    opened.record.text.approvers.len() as u64 >= countermark_proof::APPROVALS
}
