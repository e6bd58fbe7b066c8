//! Opens a copy's row, for whoever holds the codebook.

use super::{Look, Name, Row, RowPart};
use crate::error::OpeningError;
use crate::hash::Digest;
use crate::opening::Opening;
use crate::piece::{Kind, hide};
use crate::sealing::{Recipient, Sealing};
use crate::seeds::{CodebookSeed, TextSeed};
use crate::tree;

/// Which row is shown, and what for.
#[derive(Debug, Clone)]
pub struct RowOpening<'a> {
    /// The copy's number, from 1.
    pub copy: u32,
    /// The look that named it.
    pub look: Look,
    /// The published text.
    pub published: &'a str,
    /// Who the copy was for, where two approvers let it be said.
    pub name: Option<NameOpening<'a>>,
}

/// A name that two approvers let be said: all of [`Name`] but the approvers' keys, which the message has.
#[derive(Debug, Clone)]
pub struct NameOpening<'a> {
    /// The salt that two approvers' shares gave.
    pub salt: Digest,
    /// The case.
    pub case: [u8; 16],
    /// What the office says of it.
    pub statement: &'a str,
    /// Why it is made public.
    pub reason: &'a str,
    /// Two or more, ascending by approver.
    pub approvals: Vec<super::Approval>,
}

impl Sealing {
    /// Opens parts with one copy's row.
    ///
    /// `recipients` are the leaf hashes that [`Sealed::recipients`](crate::Sealed::recipients) gave, `commitment` is what
    /// stands in the log: nothing is given out that would not lead to it. Whether the row reaches the line is
    /// [`verify`](crate::verify)'s to say.
    ///
    /// # Errors
    /// [`OpeningError`] when a part or copy does not exist, or what was kept is not what was sealed (a wrong salt of the
    /// recipient included).
    pub fn open_row(
        &self,
        text_seed: &TextSeed,
        codebook_seed: &CodebookSeed,
        recipients: &[Digest],
        commitment: &Digest,
        parts: &[usize],
        row: &RowOpening<'_>,
    ) -> Result<(Opening, Row), OpeningError> {
        let copies = self.copies.len();
        let copy = (row.copy as usize).checked_sub(1).filter(|copy| *copy < copies);
        let copy = copy.ok_or(OpeningError::Copy { copy: row.copy, copies })?;
        let pieces = self.text.pieces();
        let mut leaves = self.text.leaves(text_seed);
        self.add_codes(&pieces, codebook_seed, &mut leaves);
        let name = row.name.as_ref().map(|name| self.name(text_seed, copy, name)).transpose()?;
        leaves.extend_from_slice(recipients);
        if let Some(name) = &name {
            let hidden = hide(&name.salt, &self.copies[copy].recipient.content());
            let place = pieces.layout.recipient(copy as u64);
            if leaves.get(place as usize) != Some(&pieces.leaf(Kind::Recipient, place, &[], &hidden)) {
                return Err(OpeningError::Salt);
            }
        }
        let mut opening = self.text.opening(text_seed, parts)?;
        let row = Row {
            copy: row.copy,
            look: row.look,
            parts: opening
                .open_parts()
                .map(|part| self.row_part(text_seed, codebook_seed, copy, part))
                .collect::<Option<_>>()
                .ok_or(OpeningError::Commitment)?,
            published: row.published.to_owned(),
            name,
        };
        let shown = row.shown(&opening);
        opening.rest = tree::prove(pieces.layout.count(), &leaves, &[], &shown)
            .ok_or(OpeningError::Rest { found: recipients.len() })?;
        let read = super::read::parts(&row).ok_or(OpeningError::Commitment)?;
        if opening.commitment_with(&super::read::leaves(&row, &read, &opening.pieces())) != Some(*commitment) {
            return Err(OpeningError::Commitment);
        }
        drop(read);
        Ok((opening, row))
    }

    /// What the row shows of an open part.
    fn row_part(
        &self,
        text_seed: &TextSeed,
        codebook_seed: &CodebookSeed,
        copy: usize,
        part: usize,
    ) -> Option<RowPart> {
        let layout = self.text.pieces().layout;
        let (text, codes) = (text_seed.salts(&self.text.message), codebook_seed.salts(&self.text.message));
        let (place, codeword) = (part as u64 - 1, &self.copies.get(copy)?.codeword);
        let sites = self.part_sites.get(part - 1)?;
        Some(RowPart {
            part,
            source: self.text.parts.get(part - 1)?.source.clone(),
            source_salt: text.salt(layout.source(place)),
            sites: sites.iter().map(|site| u32::try_from(*site).ok()).collect::<Option<_>>()?,
            sites_salt: codes.salt(layout.sites(place)),
            symbols: sites.iter().map(|site| codeword.get(*site).copied()).collect::<Option<_>>()?,
            symbols_salt: codes.salt(layout.symbols(copy as u64, place)),
        })
    }

    fn name(&self, seed: &TextSeed, copy: usize, name: &NameOpening<'_>) -> Result<Name, OpeningError> {
        let Recipient::Named(recipient) = &self.copies[copy].recipient else { return Err(OpeningError::Salt) };
        Ok(Name {
            keys: self.text.approvers.clone(),
            keys_salt: seed.salts(&self.text.message).salt(super::read::APPROVERS),
            recipient: recipient.clone(),
            salt: name.salt,
            case: name.case,
            statement: name.statement.to_owned(),
            reason: name.reason.to_owned(),
            approvals: name.approvals.clone(),
        })
    }
}

impl Row {
    /// The places of all pieces that a bundle with this row shows, ascending.
    fn shown(&self, opening: &Opening) -> Vec<u64> {
        let (layout, copy) = (opening.pieces().layout, u64::from(self.copy - 1));
        let mut shown = crate::opening::shown(layout);
        for part in opening.open_parts() {
            let part = part as u64 - 1;
            shown.extend([layout.source(part), layout.symbols(copy, part), layout.sites(part)]);
        }
        if self.name.is_some() {
            shown.extend([super::read::APPROVERS, layout.recipient(copy)]);
        }
        shown.sort_unstable();
        shown
    }
}
