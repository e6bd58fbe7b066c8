//! Statements: what is published of a case, how it is written, and what comes back.
//!
//! The vault has everything first. A version and its bundle are durable in it, in the transaction that notes what they open, before the
//! published directory sees them; what that lacks, [`Office::recover_press`] writes.

mod draft;
mod invite;
mod issue;
mod press;
mod preview;
mod quoted;
mod site;
mod slips;
mod view;

pub use invite::MOST_REPLY_DAYS;
pub(crate) use slips::SlipLine;
pub use slips::{SlipsOf, WaitingComments};
pub use view::{
    About, Caution, Draft, Invitation, Issued, PartChoice, PressReport, Preview, Public, SiteSettings, SlipState,
    SlipView, SlipsTaken, StatementSummary, StatementView, VersionLine,
};

use countermark_statement::{Kind, is_id};
use countermark_tlog::directory::Disk;

use crate::case::{Kept, summary};
use crate::ledger::{hex, unhex};
use crate::messages::Opened;
use crate::record::StatementRecord;
use crate::{Error, Office};

/// A statement with its id.
#[derive(Clone)]
pub(crate) struct Written {
    pub(crate) id: [u8; 16],
    pub(crate) record: StatementRecord,
}

impl Written {
    /// The parts that its versions opened of a message, from 1, ascending.
    fn opened(&self, message: &[u8; 16]) -> Vec<usize> {
        let versions = self.record.versions.iter().filter(|version| version.message.as_ref() == Some(message));
        let mut parts: Vec<usize> = versions.flat_map(|version| version.open.iter().copied()).collect();
        parts.sort_unstable();
        parts.dedup();
        parts
    }

    /// Its name in addresses.
    fn address(&self) -> Result<&str, Error> {
        let unpublished = Error::Statement { what: "it has not been published yet" };
        self.record.address.as_deref().ok_or(unpublished)
    }
}

/// What a statement is about.
struct Subject {
    kind: Kind,
    kept: Option<Kept>,
    opened: Option<Opened>,
}

impl<D: Disk + Clone> Office<D> {
    /// The statement that is meant: an id, its first characters, or its name in addresses.
    pub(crate) fn wanted_statement(&self, given: &str) -> Result<Written, Error> {
        let wanted = given.trim();
        if wanted.is_empty() {
            return Err(Error::UnknownStatement { given: given.to_owned() });
        }
        // A whole id needs no look at all the others.
        if let Some(id) = unhex(wanted).and_then(|bytes| <[u8; 16]>::try_from(bytes).ok())
            && let Some(record) = self.vault.read::<_, Error>(|tx| Ok(tx.get::<StatementRecord>(id)?))?
        {
            return Ok(Written { id, record });
        }
        let mut all = self.all_statements()?;
        if let Some(at) = all.iter().position(|written| written.record.address.as_deref() == Some(wanted)) {
            return Ok(all.swap_remove(at));
        }
        all.retain(|written| hex(&written.id).starts_with(&wanted.to_lowercase()));
        match all.len() {
            0 => Err(Error::UnknownStatement { given: given.to_owned() }),
            1 => Ok(all.swap_remove(0)),
            _ => Err(Error::ManyStatements { prefix: given.to_owned() }),
        }
    }

    pub(crate) fn all_statements(&self) -> Result<Vec<Written>, Error> {
        let records = self.vault.read::<_, Error>(|tx| Ok(tx.list::<StatementRecord>()?))?;
        let written = |(id, record): (countermark_vault::Id, _)| Some(Written { id: id[..].try_into().ok()?, record });
        Ok(records.into_iter().filter_map(written).collect())
    }

    /// The case and the message of a statement. A message that is found in the case is the one that is meant.
    fn subject(&self, record: &StatementRecord) -> Result<Subject, Error> {
        let kept = record.case.map(|case| self.wanted_case(&hex(&case))).transpose()?;
        let found = kept.as_ref().and_then(|kept| kept.record.finding.as_ref()).map(|finding| finding.message);
        let opened = found.or(record.message).map(|message| self.find(&hex(&message))).transpose()?;
        let kind = kind(kept.as_ref().map(|kept| summary(kept).kind));
        Ok(Subject { kind, kept, opened })
    }
}

/// What a statement answers, by the kind of its case.
fn kind(of_case: Option<&str>) -> Kind {
    match of_case {
        Some("leak") => Kind::Leak,
        Some("reworded") => Kind::Reworded,
        Some("invented") => Kind::Invented,
        // A letter of somebody else's, or nothing of interest: what is said of it is the office's own.
        Some(_) | None => Kind::Notice,
    }
}

/// A name for addresses, made of a title: its letters and digits as far as they are ASCII.
fn named_after(title: &str) -> String {
    let mut name = String::new();
    for word in title.to_lowercase().split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        if name.len() + 1 + word.len() > 60 {
            break;
        }
        if !name.is_empty() {
            name.push('-');
        }
        name.push_str(word);
    }
    if is_id(&name) { name } else { "statement".to_owned() }
}

/// The row of a version.
pub(crate) fn version_row(statement: &[u8; 16], number: u32) -> [u8; 20] {
    let mut row = [0; 20];
    row[..16].copy_from_slice(statement);
    row[16..].copy_from_slice(&number.to_be_bytes());
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_made_of_titles() {
        for (title, name) in [
            ("On the letter of 3 May", "on-the-letter-of-3-may"),
            ("  «Never» written!  ", "never-written"),
            ("О письме", "statement"),
            ("", "statement"),
        ] {
            assert_eq!(named_after(title), name);
        }
        let long = named_after(&"words and ".repeat(40));
        assert!(long.len() <= 60 && is_id(&long) && !long.ends_with('-'), "{long}");
        assert!(is_id(&named_after(&"x".repeat(200))));
    }
}
