//! Openings: chosen parts with what proves them, the others as holes.

use crate::error::{OpeningError, TableError};
use crate::hash::Digest;
use crate::piece::{Kind, Layout, Pieces, hide};
use crate::sealing::{LengthClass, MessageId, SealedText};
use crate::seeds::TextSeed;
use crate::settings::{Settings, Written, settings_public};
use crate::table::{Slot, TableSecret, TableSize, TableTree};
use crate::tree;

/// One part of an opened message.
#[derive(Clone, PartialEq, Eq)]
pub enum PartOpening {
    /// A part that stays closed: its length and the hash that hides it.
    Closed {
        /// How long the part is.
        class: LengthClass,
        /// `H("countermark/content/1", salt, text)`.
        hidden: Digest,
    },
    /// A part that is shown.
    Open {
        /// How long the part is.
        class: LengthClass,
        /// The salt of its piece.
        salt: Digest,
        /// Its text.
        text: String,
    },
}

impl std::fmt::Debug for PartOpening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Closed { .. } => "Closed(..)",
            Self::Open { .. } => "Open(..)",
        })
    }
}

/// What the public is let see of one commitment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The message's id.
    pub message: MessageId,
    /// The settings.
    pub settings: Settings,
    /// The salt of the settings' piece.
    pub settings_salt: Digest,
    /// The writer's time.
    pub written: Written,
    /// The salt of the time's piece.
    pub written_salt: Digest,
    /// All parts in order, open or closed.
    pub parts: Vec<PartOpening>,
    /// The hashes of the largest subtrees without a piece that is shown, left to right.
    pub rest: Vec<Digest>,
}

impl SealedText {
    /// Opens the parts with the given numbers (1-based, in any order) and leaves the others as holes.
    ///
    /// `rest` is [`Sealed::rest`](crate::Sealed::rest), `commitment` what stands in the log: an opening that would
    /// not verify is never given out.
    ///
    /// # Errors
    /// [`OpeningError`] when a part doesn't exist, or what was kept isn't what was sealed.
    pub fn open(
        &self,
        seed: &TextSeed,
        rest: &[Digest],
        commitment: &Digest,
        parts: &[usize],
    ) -> Result<Opening, OpeningError> {
        let mut opening = self.opening(seed, parts)?;
        let layout = self.pieces().layout;
        opening.rest = tree::prove(layout.count(), &self.leaves(seed), rest, &shown(layout))
            .ok_or(OpeningError::Rest { found: rest.len() })?;
        if opening.commitment() == Some(*commitment) { Ok(opening) } else { Err(OpeningError::Commitment) }
    }

    /// What is shown, without its proof.
    pub(crate) fn opening(&self, seed: &TextSeed, parts: &[usize]) -> Result<Opening, OpeningError> {
        let mut open = vec![false; self.parts.len()];
        for part in parts {
            let chosen = part.checked_sub(1).and_then(|place| open.get_mut(place));
            *chosen.ok_or(OpeningError::Part { part: *part, parts: self.parts.len() })? = true;
        }
        let layout = self.pieces().layout;
        let salts = seed.salts(&self.message);
        let parts = self.parts.iter().zip(open).enumerate().map(|(place, (part, open))| {
            let salt = salts.salt(layout.text(place as u64));
            if open {
                PartOpening::Open { class: part.class, salt, text: part.text.clone() }
            } else {
                PartOpening::Closed { class: part.class, hidden: hide(&salt, part.text.as_bytes()) }
            }
        });
        Ok(Opening {
            message: self.message,
            settings: self.settings.clone(),
            settings_salt: salts.salt(SETTINGS),
            written: self.written.clone(),
            written_salt: salts.salt(TIME),
            parts: parts.collect(),
            rest: Vec::new(),
        })
    }
}

impl Opening {
    /// The commitment that this opens, or nothing when the hashes do not fit the number of pieces.
    #[must_use]
    pub fn commitment(&self) -> Option<Digest> {
        self.commitment_with(&[])
    }

    /// The same with the leaf hashes of further pieces, each with its place.
    pub(crate) fn commitment_with(&self, further: &[(u64, Digest)]) -> Option<Digest> {
        let pieces = self.pieces();
        let layout = pieces.layout;
        let public = settings_public(layout.parts, layout.copies);
        let settings = hide(&self.settings_salt, &self.settings.content());
        let time = hide(&self.written_salt, &self.written.content());
        let mut known = vec![
            (SETTINGS, pieces.leaf(Kind::Settings, SETTINGS, &public, &settings)),
            (TIME, pieces.leaf(Kind::Time, TIME, &[], &time)),
        ];
        for (place, part) in self.parts.iter().enumerate() {
            let index = layout.text(place as u64);
            let (class, hidden) = match part {
                PartOpening::Closed { class, hidden } => (class, *hidden),
                PartOpening::Open { class, salt, text } => (class, hide(salt, text.as_bytes())),
            };
            known.push((index, pieces.leaf(Kind::Text, index, &class.public(), &hidden)));
        }
        known.extend_from_slice(further);
        known.sort_unstable_by_key(|(place, _)| *place);
        tree::rebuild(layout.count(), &known, &self.rest)
    }

    /// The numbers of the open parts, from 1.
    pub(crate) fn open_parts(&self) -> impl Iterator<Item = usize> {
        (1..).zip(&self.parts).filter(|(_, part)| matches!(part, PartOpening::Open { .. })).map(|(number, _)| number)
    }

    /// The message's number of pieces and their places.
    pub(crate) fn pieces(&self) -> Pieces<'_> {
        let layout = Layout { parts: self.parts.len() as u64, copies: self.settings.copies.into() };
        Pieces { message: &self.message, layout }
    }
}

/// A slot with its way to the table's leaf in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotOpening {
    /// The table's public id.
    pub table: Digest,
    /// The table's size.
    pub size: TableSize,
    /// The slot.
    pub slot: Slot,
    /// The hashes beside the slot, its neighbour first.
    pub path: Vec<Digest>,
    /// The inclusion proof of the table's leaf, the log's first, in the same checkpoint as the message's leaf.
    pub table_proof: Vec<Digest>,
}

impl SlotOpening {
    /// Opens slot `index`; `table_proof` is the inclusion proof of the log's entry 0 at the size of the checkpoint
    /// that the bundle will hold.
    ///
    /// # Errors
    /// [`TableError`] when the table has no such slot, or tree and secret do not belong together.
    pub fn new(
        secret: &TableSecret,
        tree: &TableTree,
        index: u32,
        table_proof: Vec<Digest>,
    ) -> Result<Self, TableError> {
        let (slot, path) = (secret.slot(index)?, tree.path(secret, index)?);
        Ok(Self { table: *secret.table(), size: secret.size(), slot, path, table_proof })
    }
}

/// The settings' place among the pieces.
const SETTINGS: u64 = 0;
/// The time's place among the pieces; the approvers stand between.
const TIME: u64 = 2;

/// The pieces that every bundle shows: settings, time, and every part's text, open or closed.
pub(crate) fn shown(layout: Layout) -> Vec<u64> {
    let texts = (0..layout.parts).map(|part| layout.text(part));
    [SETTINGS, TIME].into_iter().chain(texts).collect()
}
