//! Prove: the file that shows chosen parts of a sealed message, with the others as numbered holes.

use countermark_proof::{Bundle, Capture as BundleCapture, SlotOpening, Tables, TextSeed, VerifyOptions, verify};
use countermark_tlog::merkle::Hash;
use countermark_tlog::proof::Proof;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use countermark_tlog::directory::Disk;

use crate::case::Kept;
use crate::ledger::hex;
use crate::messages::Opened;
use crate::provable::Asked;
use crate::{Error, Office};

/// A captured publication that the bundle answers.
#[derive(Debug, Clone, Copy)]
pub struct Capture<'a> {
    /// Its bytes as they are kept.
    pub bytes: &'a [u8],
    /// When it was captured, seconds since 1970.
    pub at: u64,
}

/// What is to be shown.
#[derive(Debug, Clone)]
pub struct ProveRequest<'a> {
    /// The message, as [`Office::message`] takes it, or a case, as [`Office::case`] does: then its capture stands in the bundle.
    pub message: &'a str,
    /// The parts to open, from 1; all of them when there is none.
    pub parts: Option<Vec<usize>>,
    /// The publication that this answers.
    pub capture: Option<Capture<'a>>,
    /// The writer's own words.
    pub words: Option<&'a str>,
    /// Whether it shows which copy it was.
    pub shows: Shows,
}

/// What a bundle shows besides the text of parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shows {
    /// The row of the copy that is named in the case.
    Copy,
    /// The same, for the person concerned alone: nothing is public yet.
    Evidence,
    /// The row and, under two approvers' signatures, the recipient's name.
    Name,
    /// Nothing.
    #[default]
    Text,
}

impl Shows {
    /// Its name in the vault.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Copy => "copy",
            Self::Evidence => "evidence",
            Self::Name => "name",
            Self::Text => "text",
        }
    }
}

/// A bundle, and what it shows.
#[derive(Debug, Clone)]
pub struct Proved {
    /// The file's bytes.
    pub bytes: Vec<u8>,
    /// Open parts, from 1.
    pub opened: Vec<usize>,
    /// Closed parts, from 1.
    pub closed: Vec<usize>,
    /// Whether an outside clock's word is in it: a token, or a cosignature of a witness of this office.
    pub stamped: bool,
}

/// What shows that a leaf is in the log.
struct Inclusion {
    leaf: Proof,
    /// The inclusion proof of the table's leaf in the same checkpoint.
    table: Vec<Hash>,
    /// An outside clock's token on that checkpoint.
    token: Option<Vec<u8>>,
}

impl<D: Disk + Clone> Office<D> {
    /// Makes a bundle. A message whose leaf still waits is not provable: see [`publish_now`](Self::publish_now). `keep` gets its
    /// bytes and must have made them durable when it returns: only then the vault notes what leaves the desk, and only when
    /// this returns may others see them.
    ///
    /// # Errors
    /// As [`check_proof`](Self::check_proof); [`Error::NotLogged`]; what `keep` gives; those of vault and log.
    pub fn prove<E: From<Error>>(
        &mut self,
        request: &ProveRequest<'_>,
        keep: impl FnOnce(&[u8]) -> Result<(), E>,
    ) -> Result<Proved, E> {
        let asked = self.asked(request)?;
        self.make(request, &asked, keep)
    }

    /// Makes the bundle that was asked for, and notes it with the case as it is handed in.
    pub(crate) fn make<E: From<Error>>(
        &mut self,
        request: &ProveRequest<'_>,
        asked: &Asked,
        keep: impl FnOnce(&[u8]) -> Result<(), E>,
    ) -> Result<Proved, E> {
        let Asked { kept, opened, parts } = asked;
        let (bytes, stamped) = self.verified(request, asked)?;
        keep(&bytes)?;
        match kept {
            Some(kept) => self.disclose(opened, kept, parts, request.shows, hex(&Sha256::digest(&bytes)))?,
            None => self.note("prove", &hex(&opened.id.0))?,
        }
        let closed = (1..=opened.record.text.parts.len()).filter(|part| parts.binary_search(part).is_err()).collect();
        Ok(Proved { bytes, opened: parts.clone(), closed, stamped })
    }

    /// The bundle's bytes, which the verifier accepts, and whether an outside clock's word is in them.
    pub(crate) fn verified(&self, request: &ProveRequest<'_>, asked: &Asked) -> Result<(Vec<u8>, bool), Error> {
        let (bundle, stamped) = self.bundle(request, asked.kept.as_ref(), &asked.opened, &asked.parts)?;
        let bytes = bundle.to_bytes();
        let report = verify(&bytes, &VerifyOptions { tables: Tables::AlsoSmall, ..VerifyOptions::default() });
        if report.valid {
            return Ok((bytes, stamped));
        }
        Err(bundle
            .bits_missing()
            .map_or(Error::Unprovable { reason: report.reason_text }, |bits| Error::RowMissing { bits }))
    }

    /// The bundle, and whether an outside clock's word is in it.
    fn bundle(
        &self,
        request: &ProveRequest<'_>,
        kept: Option<&Kept>,
        opened: &Opened,
        parts: &[usize],
    ) -> Result<(Bundle, bool), Error> {
        let record = &opened.record;
        let index = record.index.ok_or(Error::NotLogged)?;
        let (opening, row) = match (request.shows, kept) {
            (Shows::Text, _) => {
                let seed = TextSeed::from_bytes(record.text_seed);
                (record.text.open(&seed, &record.rest, &record.commitment, parts)?, None)
            }
            (shows, Some(kept)) => {
                let (opening, row) = self.open_row(opened, kept, parts, shows)?;
                (opening, Some(row))
            }
            (_, None) => return Err(Error::UnknownCase { given: request.message.to_owned() }),
        };
        let given = request.capture.map(|capture| BundleCapture {
            sha256: Sha256::digest(capture.bytes).into(),
            at: capture.at,
            logged: None,
        });
        let capture = match (given, kept) {
            (None, Some(kept)) => Some(self.proved_capture(kept)?),
            (given, _) => given,
        };
        let Inclusion { leaf, table, token } = self.inclusion(index)?;
        let stamped = token.is_some() || self.is_cosigned(&leaf.checkpoint)?;
        let bundle = Bundle {
            log: self.signer().verifier().clone(),
            opening,
            commitment: record.commitment,
            slot: SlotOpening::new(&self.table, &self.table_tree()?, record.slot, table)?,
            proof: leaf,
            token,
            capture,
            row,
            words: request.words.map(str::to_owned),
        };
        Ok((bundle, stamped))
    }

    /// The inclusion of a leaf and of the table's, in the checkpoint that shows best since when the leaf exists.
    fn inclusion(&self, index: u64) -> Result<Inclusion, Error> {
        let (checkpoint, token) = self.best_checkpoint(index)?;
        let view = self.view()?.at(checkpoint)?;
        Ok(Inclusion { leaf: view.proof(index)?, table: view.inclusion(0)?, token })
    }
}
