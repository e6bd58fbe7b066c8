//! One copy's row in a bundle: which copy a published text came from, with all that is needed to compute the number
//! again.
//!
//! The format is `docs/formats/row.md`. What was seen is computed from the published text and the open sources alone
//! ([`sight`]), what it is worth from what was seen and the row ([`judge`]); nothing that the owner says goes into
//! either, but for the number of the look.

pub(crate) mod fold;
pub(crate) mod form;
mod judge;
mod name;
mod open;
pub(crate) mod read;
mod rendering;
mod sight;
pub(crate) mod source;

pub use name::{Approval, Approved, Name};
pub use open::{NameOpening, RowOpening};

pub(crate) use judge::judge;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::hash::Digest;
use crate::report::SeenSite;

/// One copy's symbols in the open parts, and what they are compared with.
#[derive(Clone, PartialEq, Eq)]
pub struct Row {
    /// The copy's number in the codebook's order, from 1.
    pub copy: u32,
    /// Which look named the copy.
    pub look: Look,
    /// One for each open part, ascending.
    pub parts: Vec<RowPart>,
    /// The published text.
    pub published: String,
    /// Who the copy was for, where two approvers let it be said.
    pub name: Option<Name>,
}

impl std::fmt::Debug for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Row").field("copy", &self.copy).field("look", &self.look).finish_non_exhaustive()
    }
}

/// What a published text shows of the sites of open parts, ascending by site; nothing where a part does not read. It is
/// what a verifier finds in a bundle with this row.
#[must_use]
pub fn seen_sites(parts: &[RowPart], published: &str) -> Option<Vec<SeenSite>> {
    let read: Vec<_> = parts.iter().map(read::ReadPart::of).collect::<Option<_>>()?;
    let symbols: BTreeMap<u32, u8> =
        parts.iter().flat_map(|part| part.sites.iter().copied().zip(part.symbols.iter().copied())).collect();
    let seen = sight::seen(&read, published).into_iter().map(|(site, found)| SeenSite {
        site: site + 1,
        alternative: found.alternative + 1,
        at: found.at,
        agrees: symbols.get(&site) == Some(&found.alternative),
    });
    Some(seen.collect())
}

/// The look that named a copy, by the owner's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Look {
    /// Its number, `k`, from 1.
    pub k: u32,
    /// How many messages the text could have named, `M`, from 1.
    pub messages: u32,
}

/// What a row shows of one open part.
#[derive(Clone, PartialEq, Eq)]
pub struct RowPart {
    /// The part's number, from 1.
    pub part: usize,
    /// The part as it stands in the master.
    pub source: String,
    /// The salt of the source's piece.
    pub source_salt: Digest,
    /// The numbers (from 0) of the part's sites, each once, in the order of their first occurrence.
    pub sites: Vec<u32>,
    /// The salt of the sites' piece.
    pub sites_salt: Digest,
    /// The copy's symbol at each of them.
    pub symbols: Vec<u8>,
    /// The salt of the symbols' piece.
    pub symbols_salt: Digest,
}

impl std::fmt::Debug for RowPart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RowPart").field("part", &self.part).finish_non_exhaustive()
    }
}
