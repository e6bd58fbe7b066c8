//! Sealing: from everything that a message is, to the one value that stands in the log.

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::error::SealingError;
use crate::hash::{Digest, encode};
use crate::limits;
use crate::piece::{Kind, Layout, Pieces, hide, numbers};
use crate::seeds::{CodebookSeed, TextSeed};
use crate::settings::{APPROVALS, Settings, Written, approvers_content, check_approvers, count, settings_public};
use crate::shamir::{Share, share};
use crate::tree;

/// A message's id: 128 random bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MessageId(pub [u8; 16]);

/// How long a part is: the one thing that a closed part shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum LengthClass {
    /// Up to 5 words.
    UpTo5,
    /// 6 to 10 words.
    UpTo10,
    /// 11 to 20 words.
    UpTo20,
    /// 21 to 40 words.
    UpTo40,
    /// More than 40 words.
    Over40,
}

impl LengthClass {
    /// The class of a part with so many words (in the first alternatives, fields as `[name]`).
    #[must_use]
    pub fn of_words(words: usize) -> Self {
        match words {
            0..=5 => Self::UpTo5,
            6..=10 => Self::UpTo10,
            11..=20 => Self::UpTo20,
            21..=40 => Self::UpTo40,
            _ => Self::Over40,
        }
    }

    /// The class's number in the formats, 1 to 5.
    #[must_use]
    pub fn number(self) -> u8 {
        self as u8 + 1
    }

    /// The class with that number, 1 to 5.
    #[must_use]
    pub fn from_number(number: u64) -> Option<Self> {
        [Self::UpTo5, Self::UpTo10, Self::UpTo20, Self::UpTo40, Self::Over40]
            .get(usize::try_from(number).ok()?.checked_sub(1)?)
            .copied()
    }

    /// How many words a part of this class has, `11-20`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UpTo5 => "1-5",
            Self::UpTo10 => "6-10",
            Self::UpTo20 => "11-20",
            Self::UpTo40 => "21-40",
            Self::Over40 => "more than 40",
        }
    }

    pub(crate) fn public(self) -> Vec<u8> {
        numbers(&[self.number().into()])
    }
}

/// One part as it is committed to.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartText {
    /// How long the part is.
    pub class: LengthClass,
    /// The part in the first file copy's codeword (without one: in the first alternatives), fields as `[name]`, with
    /// its white space. The parts one after the other are the whole text.
    pub text: String,
    /// The part as it stands in the master.
    pub source: String,
}

impl std::fmt::Debug for PartText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PartText").field("class", &self.class).finish_non_exhaustive()
    }
}

/// What proves the text: all that must be kept, with the [`TextSeed`], to open parts later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedText {
    /// The message's id.
    pub message: MessageId,
    /// The settings, fixed now.
    pub settings: Settings,
    /// The approvers' Ed25519 public keys; two of them must sign before a recipient can be named in public.
    pub approvers: Vec<[u8; 32]>,
    /// The writer's time.
    pub written: Written,
    /// The parts in order, at least one.
    pub parts: Vec<PartText>,
}

/// One site as it is committed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedSite {
    /// The number of alternatives, 2 to 64.
    pub alternatives: u8,
    /// The number that ties the site's occurrences, as the master has it.
    pub tie: Option<u32>,
}

/// Who a copy is for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Recipient {
    /// The writer's own file copy.
    FileCopy,
    /// A correspondent, in the words that would be made public with two approvals: 1 to 4,096 bytes.
    Named(String),
}

impl std::fmt::Debug for Recipient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::FileCopy => "FileCopy",
            Self::Named(_) => "Named(..)",
        })
    }
}

impl Recipient {
    pub(crate) fn content(&self) -> Vec<u8> {
        match self {
            Self::FileCopy => encode(&[b"file copy"]),
            Self::Named(name) => encode(&[b"recipient", name.as_bytes()]),
        }
    }
}

/// One copy as it is committed to.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedCopy {
    /// Who it is for.
    pub recipient: Recipient,
    /// Its symbol at each of the message's sites.
    pub codeword: Vec<u8>,
}

impl std::fmt::Debug for SealedCopy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SealedCopy").field("recipient", &self.recipient).finish_non_exhaustive()
    }
}

/// The random bytes for one copy's recipient. Forget them once the commitment and the shares are made: whoever holds
/// them can open the recipient without the approvers.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct RecipientRandomness {
    /// The salt; with fewer than two approvers it takes the place of the hidden content.
    pub salt: [u8; 32],
    /// The slope of the line that the salt is shared by.
    pub slope: [u8; 32],
}

impl std::fmt::Debug for RecipientRandomness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecipientRandomness(..)")
    }
}

/// Everything that one message commits to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealing {
    /// What proves the text.
    pub text: SealedText,
    /// The message's sites.
    pub sites: Vec<SealedSite>,
    /// For each part, the numbers (0-based) of the sites in it, each once, in their order; a tied site stands in every
    /// part that it occurs in.
    pub part_sites: Vec<Vec<usize>>,
    /// The copies in the codebook's order: recipients first, then the writer's file copies.
    pub copies: Vec<SealedCopy>,
}

/// One approver's shares of the recipients' salts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApproverShares {
    /// The approver's public key.
    pub approver: [u8; 32],
    /// One share a copy, in the copies' order. For this approver's eyes alone.
    pub shares: Vec<Share>,
}

/// A commitment, and what must be kept to open it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The commitment: the second half of the leaf in the log.
    pub commitment: Digest,
    /// The hashes that stand for everything after the text's pieces. With them, the [`SealedText`] and the
    /// [`TextSeed`] the text opens, also when the codebook is gone. They hide what they stand for.
    pub rest: Vec<Digest>,
    /// The leaf hashes of the recipients' pieces, which nobody can compute again without two approvers; needed to
    /// open a copy's row.
    pub recipients: Vec<Digest>,
    /// One for each approver when there are at least two, else none.
    pub shares: Vec<ApproverShares>,
}

impl Sealing {
    /// Commits to the message.
    ///
    /// `randomness` holds fresh random bytes for each copy.
    ///
    /// # Errors
    /// [`SealingError`] when a count is out of its range or the pieces do not fit together.
    pub fn commit(
        &self,
        text_seed: &TextSeed,
        codebook_seed: &CodebookSeed,
        randomness: &[RecipientRandomness],
    ) -> Result<Sealed, SealingError> {
        self.check(randomness)?;
        let pieces = self.text.pieces();
        let mut leaves = self.text.leaves(text_seed);
        let first = leaves.len();
        self.add_codes(&pieces, codebook_seed, &mut leaves);
        let recipients = self.recipients(&pieces, randomness);
        leaves.extend_from_slice(&recipients);
        // The root comes of the first pieces and the hashes that are kept for the others, so that the large side of
        // the tree is hashed once.
        let count = leaves.len() as u64;
        let known: Vec<_> = (0..).zip(leaves[..first].iter().copied()).collect();
        let shown: Vec<u64> = (0..first as u64).collect();
        let rest = tree::prove(count, &leaves, &[], &shown).expect("all leaves are given, so nothing else is needed");
        let commitment = tree::rebuild(count, &known, &rest).expect("the proof is for exactly these leaves");
        Ok(Sealed { commitment, rest, recipients, shares: self.shares(randomness) })
    }

    pub(crate) fn add_codes(&self, pieces: &Pieces<'_>, seed: &CodebookSeed, leaves: &mut Vec<Digest>) {
        let salts = seed.salts(pieces.message);
        let mut add = |kind, index, content: &[u8]| {
            leaves.push(pieces.leaf(kind, index, &[], &hide(&salts.salt(index), content)));
        };
        for (copy, sealed) in self.copies.iter().enumerate() {
            for (part, sites) in self.part_sites.iter().enumerate() {
                let symbols: Vec<u8> = sites.iter().map(|site| sealed.codeword[*site]).collect();
                add(Kind::Symbols, pieces.layout.symbols(copy as u64, part as u64), &symbols);
            }
        }
        for (part, sites) in self.part_sites.iter().enumerate() {
            add(Kind::Sites, pieces.layout.sites(part as u64), &self.sites_content(sites));
        }
    }

    /// For each site of a part: its number, its number of alternatives, 1 + its tie number or 0, and its bias
    /// vector, which is empty for the uniform one.
    fn sites_content(&self, sites: &[usize]) -> Vec<u8> {
        let mut content = Vec::new();
        for number in sites {
            let site = self.sites[*number];
            let tie = site.tie.map_or(0, |tie| u64::from(tie) + 1);
            content.extend(numbers(&[*number as u64, site.alternatives.into(), tie]));
            crate::hash::put(&mut content, &[]);
        }
        content
    }

    fn recipients(&self, pieces: &Pieces<'_>, randomness: &[RecipientRandomness]) -> Vec<Digest> {
        let rows = self.copies.iter().zip(randomness).enumerate();
        rows.map(|(copy, (sealed, random))| {
            let hidden = if self.shared() { hide(&random.salt, &sealed.recipient.content()) } else { random.salt };
            pieces.leaf(Kind::Recipient, pieces.layout.recipient(copy as u64), &[], &hidden)
        })
        .collect()
    }

    fn shares(&self, randomness: &[RecipientRandomness]) -> Vec<ApproverShares> {
        if !self.shared() {
            return Vec::new();
        }
        let approvers = (1..=u8::MAX).zip(&self.text.approvers);
        approvers
            .map(|(place, approver)| ApproverShares {
                approver: *approver,
                shares: randomness.iter().filter_map(|row| share(&row.salt, &row.slope, place)).collect(),
            })
            .collect()
    }

    /// Whether two approvers can ever agree to name a recipient.
    fn shared(&self) -> bool {
        self.text.approvers.len() as u64 >= APPROVALS
    }

    fn check(&self, randomness: &[RecipientRandomness]) -> Result<(), SealingError> {
        self.text.check()?;
        let copies = self.copies.len();
        count("copies given", copies as u64, self.text.settings.copies.into(), self.text.settings.copies.into())?;
        count("sites", self.sites.len() as u64, 0, limits::SITES as u64)?;
        for site in &self.sites {
            count("alternatives of a site", site.alternatives.into(), 2, limits::ALTERNATIVES.into())?;
        }
        let parts = self.text.parts.len() as u64;
        count("parts with their sites", self.part_sites.len() as u64, parts, parts)?;
        for (part, sites) in self.part_sites.iter().enumerate() {
            check_part(part, sites, self.sites.len())?;
        }
        if randomness.len() != copies {
            return Err(SealingError::Randomness { found: randomness.len(), expected: copies });
        }
        self.copies.iter().enumerate().try_for_each(|(copy, sealed)| self.check_copy(copy, sealed))
    }

    fn check_copy(&self, copy: usize, sealed: &SealedCopy) -> Result<(), SealingError> {
        let (found, expected) = (sealed.codeword.len(), self.sites.len());
        if found != expected {
            return Err(SealingError::Codeword { copy: copy + 1, found, expected });
        }
        for (site, (symbol, of)) in sealed.codeword.iter().zip(&self.sites).enumerate() {
            if *symbol >= of.alternatives {
                let (symbol, alternatives) = (*symbol, of.alternatives);
                return Err(SealingError::Symbol { copy: copy + 1, site, symbol, alternatives });
            }
        }
        let first_file_copy = (self.text.settings.copies - self.text.settings.file_copies) as usize;
        match &sealed.recipient {
            Recipient::FileCopy if copy < first_file_copy => Err(SealingError::Setting { name: "file copies" }),
            Recipient::Named(_) if copy >= first_file_copy => Err(SealingError::Setting { name: "file copies" }),
            Recipient::FileCopy => Ok(()),
            Recipient::Named(name) => {
                count("bytes of a recipient", name.len() as u64, 1, limits::RECIPIENT_BYTES as u64)
            }
        }
    }
}

impl SealedText {
    /// The message's number of pieces and their places.
    pub(crate) fn pieces(&self) -> Pieces<'_> {
        let layout = Layout { parts: self.parts.len() as u64, copies: self.settings.copies.into() };
        Pieces { message: &self.message, layout }
    }

    /// The leaf hashes of the pieces that prove the text, in order.
    pub(crate) fn leaves(&self, seed: &TextSeed) -> Vec<Digest> {
        let pieces = self.pieces();
        let salts = seed.salts(&self.message);
        let mut leaves = Vec::new();
        let mut add = |kind, public: &[u8], content: &[u8]| {
            let index = leaves.len() as u64;
            leaves.push(pieces.leaf(kind, index, public, &hide(&salts.salt(index), content)));
        };
        let public = settings_public(pieces.layout.parts, pieces.layout.copies);
        add(Kind::Settings, &public, &self.settings.content());
        add(Kind::Approvers, &[], &approvers_content(&self.approvers));
        add(Kind::Time, &[], &self.written.content());
        for part in &self.parts {
            add(Kind::Text, &part.class.public(), part.text.as_bytes());
        }
        for part in &self.parts {
            add(Kind::Source, &[], part.source.as_bytes());
        }
        leaves
    }

    pub(crate) fn check(&self) -> Result<(), SealingError> {
        self.settings.check()?;
        check_approvers(&self.approvers)?;
        self.written.check()?;
        count("parts", self.parts.len() as u64, 1, limits::PARTS as u64)?;
        count("pieces", self.pieces().layout.count(), 1, limits::PIECES)?;
        for part in &self.parts {
            count("bytes of a part's text", part.text.len() as u64, 0, limits::PART_BYTES as u64)?;
            count("bytes of a part's source", part.source.len() as u64, 0, limits::PART_BYTES as u64)?;
        }
        Ok(())
    }
}

fn check_part(part: usize, sites: &[usize], of: usize) -> Result<(), SealingError> {
    let mut seen = vec![false; of];
    for site in sites {
        match seen.get_mut(*site) {
            Some(seen) if !*seen => *seen = true,
            _ => return Err(SealingError::Site { part: part + 1, site: *site }),
        }
    }
    Ok(())
}
