//! The open parts of a row with their sources taken apart, and the contents of their pieces.

use super::source::Source;
use super::{Row, RowPart};
use crate::hash::put;
use crate::limits;
use crate::opening::Opening;
use crate::piece::{Kind, Pieces, hide, numbers};
use crate::report::Reason;
use crate::sealing::Recipient;
use crate::settings::approvers_content;

/// One open part.
pub(crate) struct ReadPart<'a> {
    pub(crate) shown: &'a RowPart,
    pub(crate) source: Source,
}

impl<'a> ReadPart<'a> {
    /// Reads a part's source; nothing when it does not read, or has another number of sites than is said.
    pub(crate) fn of(shown: &'a RowPart) -> Option<Self> {
        let source = Source::read(&shown.source)?;
        let count = source.sites.len();
        (shown.sites.len() == count && shown.symbols.len() == count).then_some(Self { shown, source })
    }

    /// The content of the piece `sites`: each site's number, its number of alternatives, its tie number plus one or
    /// 0, and its bias vector, which is empty for the uniform one.
    fn sites_content(&self) -> Vec<u8> {
        let mut content = Vec::new();
        for (number, site) in self.shown.sites.iter().zip(&self.source.sites) {
            let tie = site.tie.map_or(0, |tie| u64::from(tie) + 1);
            content.extend(numbers(&[u64::from(*number), site.alternatives.into(), tie]));
            put(&mut content, &[]);
        }
        content
    }
}

/// Reads all parts of a row; nothing when one does not read.
pub(crate) fn parts(row: &Row) -> Option<Vec<ReadPart<'_>>> {
    row.parts.iter().map(ReadPart::of).collect()
}

/// Reads a stranger's row, whose parts must be the open ones.
///
/// # Errors
/// [`Reason::Row`], [`Reason::RowLimits`].
pub(crate) fn read<'a>(row: &'a Row, opening: &Opening) -> Result<Vec<ReadPart<'a>>, Reason> {
    if !row.parts.iter().map(|part| part.part).eq(opening.open_parts()) {
        return Err(Reason::Row);
    }
    let parts = parts(row).ok_or(Reason::Row)?;
    let alternatives = parts.iter().flat_map(|part| &part.source.items);
    let alternatives: usize = alternatives
        .map(|item| match item {
            super::source::Item::Site { alternatives, .. } => alternatives.len(),
            _ => 0,
        })
        .sum();
    if alternatives > limits::ROW_ALTERNATIVES {
        return Err(Reason::RowLimits);
    }
    Ok(parts)
}

/// The leaf hashes of the pieces that the row shows besides what every bundle does, by place.
pub(crate) fn leaves(row: &Row, parts: &[ReadPart<'_>], pieces: &Pieces<'_>) -> Vec<(u64, [u8; 32])> {
    let mut leaves = Vec::new();
    let mut add = |kind, index, hidden: [u8; 32]| leaves.push((index, pieces.leaf(kind, index, &[], &hidden)));
    let copy = u64::from(row.copy - 1);
    for part in parts {
        let (shown, place) = (part.shown, part.shown.part as u64 - 1);
        add(Kind::Source, pieces.layout.source(place), hide(&shown.source_salt, shown.source.as_bytes()));
        add(Kind::Symbols, pieces.layout.symbols(copy, place), hide(&shown.symbols_salt, &shown.symbols));
        add(Kind::Sites, pieces.layout.sites(place), hide(&shown.sites_salt, &part.sites_content()));
    }
    if let Some(name) = &row.name {
        add(Kind::Approvers, APPROVERS, hide(&name.keys_salt, &approvers_content(&name.keys)));
        let recipient = Recipient::Named(name.recipient.clone());
        add(Kind::Recipient, pieces.layout.recipient(copy), hide(&name.salt, &recipient.content()));
    }
    leaves
}

/// The approvers' place among the pieces.
pub(crate) const APPROVERS: u64 = 1;
