//! The person concerned is heard before his name is said: he gets the evidence, and a slot for his reply.

use countermark_tlog::directory::Disk;

use super::Kept;
use crate::ledger::hex;
use crate::prove::{ProveRequest, Shows};
use crate::record::{HearingRecord, NoteRecord};
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
}

impl<D: Disk + Clone> Office<D> {
    /// Makes the evidence for the person whose copy is named in a case, and a slot for his reply. Its sites are disclosed from
    /// then on. Asked for again it is made anew; slot and term stay as they were.
    ///
    /// # Errors
    /// As [`prove`](Self::prove) with a row; [`Error::Case`] where it is one of the office's own copies; a term of no days or
    /// more than [`MOST_DAYS`].
    pub fn hear(&mut self, given: &str, days: u32) -> Result<Evidence, Error> {
        let kept = self.wanted_case(given)?;
        self.recipient_of(&kept)?;
        if !(1..=MOST_DAYS).contains(&days) {
            return Err(Error::Case { case: kept.name(), what: "a term has 1 to 90 days" });
        }
        let id = hex(&kept.id);
        let request = ProveRequest { message: &id, parts: None, capture: None, words: None, shows: Shows::Evidence };
        let bundle = self.prove(&request)?.bytes;
        // Proving has written to the case.
        let mut kept = self.wanted_case(&id)?;
        if kept.record.hearing.is_none() {
            let mut slot = [0; 16];
            self.vault.rng().fill_bytes(&mut slot);
            let at_ms = self.now_ms();
            let until_ms = at_ms + u64::from(days) * DAY;
            kept.record.hearing = Some(HearingRecord { at_ms, until_ms, slot: hex(&slot), reply: None });
            self.keep_case(&kept, "case hear", None)?;
        }
        let hearing = hearing(&kept)?;
        Ok(Evidence { bundle, slot: hearing.slot.clone(), until_ms: hearing.until_ms })
    }

    /// Keeps the reply of the person concerned. `slot` is what he was given, where he gave it.
    ///
    /// # Errors
    /// [`Error::Unheard`] where he never got the evidence; [`Error::Case`] for another slot, or when a reply stands there.
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
        hearing.reply = Some(NoteRecord { at_ms, text: text.to_owned() });
        self.keep_case(&kept, "case reply", None)
    }

    /// Whether the person concerned was heard: he replied, or his term is over.
    pub(crate) fn heard(&self, kept: &Kept) -> Result<(), Error> {
        let hearing = hearing(kept)?;
        if hearing.reply.is_some() || self.now_ms() >= hearing.until_ms {
            return Ok(());
        }
        Err(Error::Unheard { what: "his term is not over, and no reply is there" })
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

fn hearing(kept: &Kept) -> Result<&HearingRecord, Error> {
    kept.record.hearing.as_ref().ok_or(Error::Unheard { what: "he was not sent the evidence" })
}
