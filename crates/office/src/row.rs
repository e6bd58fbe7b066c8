//! Which copy it was, for strangers: a bundle with that copy's row.

use countermark_proof::{
    CodebookSeed, Look, Opening, Recipient, Row, RowOpening, SealedCopy, SealedSite, Sealing, TextSeed,
};
use countermark_tlog::directory::Disk;

use crate::case::Kept;
use crate::ledger::hex;
use crate::messages::Opened;
use crate::prove::Shows;
use crate::record::{CodebookRecord, ShownRecord};
use crate::seal::{alternatives, public_name};
use crate::{Error, Office};

impl<D: Disk + Clone> Office<D> {
    /// Opens parts with the row of the copy that is named in a case, and with its name where that is wanted.
    pub(crate) fn open_row(
        &self,
        opened: &Opened,
        kept: &Kept,
        parts: &[usize],
        shows: Shows,
    ) -> Result<(Opening, Row), Error> {
        let copy = kept.copy()?;
        check_disclosed(opened, kept, parts)?;
        let codes = self.codes(&opened.id)?;
        let sealing = self.sealing_of(opened)?;
        let name = match shows {
            Shows::Name => {
                self.recipient_of(kept)?;
                Some(self.approved_name(opened, kept)?)
            }
            Shows::Copy | Shows::Evidence | Shows::Text => None,
        };
        // The look as it was taken; where none stands in the case nobody could have been named.
        let (k, messages) = kept.finding()?.look.unwrap_or((u64::MAX, 1));
        let number = |value: u64| u32::try_from(value).unwrap_or(u32::MAX);
        let row = RowOpening {
            copy: copy as u32 + 1,
            look: Look { k: number(k), messages: number(messages) },
            published: &kept.record.published,
            name,
        };
        let seeds = (TextSeed::from_bytes(opened.record.text_seed), CodebookSeed::from_bytes(codes.seed));
        Ok(sealing.open_row(&seeds.0, &seeds.1, &codes.recipients, &opened.record.commitment, parts, &row)?)
    }

    /// Notes, before a bundle leaves the desk, what it shows: the sites of its parts count for nothing in what is captured later. It
    /// stands in the journal first: an older vault that is put back must not forget what others hold.
    pub(crate) fn disclose(
        &mut self,
        opened: &Opened,
        kept: &Kept,
        parts: &[usize],
        shows: Shows,
        sha256: String,
    ) -> Result<(), Error> {
        let mut record = kept.record.clone();
        record.shown.push(ShownRecord {
            at_ms: self.now_ms(),
            sha256,
            parts: parts.to_vec(),
            shows: shows.as_str().to_owned(),
        });
        let sites = opened.master.sites_by_part();
        let shown: Vec<usize> = parts.iter().filter_map(|part| sites.get(part - 1)).flatten().copied().collect();
        if shows != Shows::Text {
            self.show(&opened.id, &shown)?;
        }
        let act = self.act(if shows == Shows::Evidence { "case hear" } else { "prove" }, &hex(&kept.id));
        self.vault.write::<_, Error>(|tx| {
            if shows != Shows::Text
                && let Some(mut codes) = tx.get::<CodebookRecord>(opened.id.0)?
            {
                codes.disclosed.extend_from_slice(&shown);
                codes.disclosed.sort_unstable();
                codes.disclosed.dedup();
                tx.put(opened.id.0, &codes)?;
            }
            tx.put(kept.id, &record)?;
            tx.audit(&act)?;
            Ok(())
        })
    }

    /// The message as it was sealed, but for the recipients' salts.
    pub(crate) fn sealing_of(&self, opened: &Opened) -> Result<Sealing, Error> {
        let recipients = &opened.record.recipients;
        let copies = self.rows_of(opened)?.into_iter().enumerate().map(|(copy, codeword)| SealedCopy {
            recipient: match recipients.get(copy) {
                Some(recipient) => Recipient::Named(public_name(recipient).to_owned()),
                None => Recipient::FileCopy,
            },
            codeword,
        });
        let sites = opened.master.sites().iter().zip(alternatives(&opened.master));
        Ok(Sealing {
            text: opened.record.text.clone(),
            sites: sites.map(|(site, q)| SealedSite { alternatives: q, tie: site.tie }).collect(),
            part_sites: opened.master.parts().iter().map(|part| part.sites.clone()).collect(),
            copies: copies.collect(),
        })
    }
}

/// Sites that were shown before this text was captured prove nothing about it: parts that hold one stay closed.
pub(crate) fn check_disclosed(opened: &Opened, kept: &Kept, parts: &[usize]) -> Result<(), Error> {
    let disclosed = &kept.finding()?.disclosed;
    let sites = opened.master.sites_by_part();
    let known = |part: &&usize| sites.get(**part - 1).is_some_and(|of| of.iter().any(|site| disclosed.contains(site)));
    let parts: Vec<String> = parts.iter().filter(known).map(usize::to_string).collect();
    if parts.is_empty() { Ok(()) } else { Err(Error::Disclosed { parts: parts.join(", ") }) }
}
