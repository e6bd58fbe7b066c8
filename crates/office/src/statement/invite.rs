//! The right of reply: who is concerned gets a personal link, and a term.

use countermark_statement::limits::{INVITED, LINE};
use countermark_tlog::directory::Disk;

use super::Invitation;
use super::draft::current;
use crate::ledger::hex;
use crate::record::{InvitationRecord, StatementRecord};
use crate::{Error, Office};

/// The longest term of an invitation, in days.
pub const MOST_REPLY_DAYS: u32 = 365;

/// A day in milliseconds.
const DAY: u64 = 24 * 60 * 60 * 1000;

impl Invitation {
    pub(super) fn of(record: &InvitationRecord) -> Self {
        Self {
            name: record.name.clone(),
            token: record.token.clone(),
            at_ms: record.at_ms,
            until_ms: record.until_ms,
            concerned: record.concerned,
            replied: record.replied,
            ended: record.ended,
        }
    }
}

impl<D: Disk + Clone> Office<D> {
    /// Invites somebody whom a published statement concerns to reply within so many days. The public learns that a reply is waited for, not
    /// from whom: only the hash of the link's token goes out. `concerned`: he is the person whose copy is named in the case, who was
    /// [heard](Self::hear); his term is that of the hearing, the days count for nothing, and his reply stands in the case as well.
    ///
    /// # Errors
    /// [`Error::Statement`] for one that is not published, is withdrawn, or has too many; a name that is none; a term of no days or more than
    /// [`MOST_REPLY_DAYS`]; [`Error::Unheard`]; the vault's.
    pub fn invite(&mut self, given: &str, name: &str, days: u32, concerned: bool) -> Result<Invitation, Error> {
        let written = self.wanted_statement(given)?;
        written.address()?;
        let name = name.trim();
        if name.is_empty() || name.chars().count() > LINE || name.chars().any(char::is_control) {
            return Err(Error::FieldValue { field: "name".to_owned(), longest: LINE });
        }
        let now = self.now_ms();
        let until_ms = match concerned {
            true => self.term_of(&written.record)?,
            false if (1..=MOST_REPLY_DAYS).contains(&days) => now.saturating_add(u64::from(days) * DAY),
            false => return Err(Error::Statement { what: "a term has 1 to 365 days" }),
        };
        let mut token = [0; 32];
        self.vault.rng().fill_bytes(&mut token);
        let invitation = InvitationRecord {
            name: name.to_owned(),
            token: hex(&token),
            at_ms: now,
            until_ms,
            concerned,
            replied: false,
            ended: false,
        };
        self.change(&written.id, "statement invite", |record| {
            if record.withdrawn.is_some() {
                return Err(Error::Statement { what: "it was withdrawn" });
            }
            if record.invitations.len() >= INVITED {
                return Err(Error::Statement { what: "as many were invited as can be" });
            }
            record.invitations.push(invitation.clone());
            Ok(())
        })?;
        Ok(Invitation::of(&invitation))
    }

    /// Takes an invitation back: its link leads nowhere from then on.
    ///
    /// # Errors
    /// [`Error::Statement`] where there is none of that token; the vault's.
    pub fn end_invitation(&mut self, given: &str, token: &str) -> Result<(), Error> {
        let written = self.wanted_statement(given)?;
        self.change(&written.id, "statement invite --end", |record| {
            let found = record.invitations.iter_mut().find(|invitation| invitation.token == token);
            found.ok_or(Error::Statement { what: "there is no such invitation" })?.ended = true;
            Ok(())
        })
    }

    /// Changes what is said around a statement, with a word in the audit trail; the published directory follows.
    fn change(
        &mut self,
        id: &[u8; 16],
        act: &str,
        change: impl FnOnce(&mut StatementRecord) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let act = self.act(act, &hex(id));
        self.vault.write::<_, Error>(|tx| {
            let mut record = current(tx.get::<StatementRecord>(id)?, &hex(id), None)?;
            change(&mut record)?;
            tx.put(id, &record)?;
            tx.audit(&act)?;
            Ok(())
        })?;
        self.place(id).map(drop)
    }

    /// The term of the person concerned in a statement's case.
    fn term_of(&self, record: &StatementRecord) -> Result<u64, Error> {
        let unheard = || Error::Unheard { what: "he was not sent the evidence" };
        let kept = record.case.map(|case| self.wanted_case(&hex(&case))).transpose()?.ok_or_else(unheard)?;
        let hearing = kept.record.hearing.as_ref().ok_or_else(unheard)?;
        Ok(hearing.until_ms)
    }
}
