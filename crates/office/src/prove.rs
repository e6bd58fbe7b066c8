//! Prove: the file that shows chosen parts of a sealed message, with the others as numbered holes.

use countermark_proof::{Bundle, Capture as BundleCapture, SlotOpening, Tables, TextSeed, VerifyOptions, verify};
use countermark_tlog::merkle::Hash;
use countermark_tlog::proof::Proof;
use sha2::{Digest, Sha256};

use countermark_tlog::directory::Disk;

use crate::ledger::hex;
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
    /// The message, as [`Office::message`] takes it.
    pub message: &'a str,
    /// The parts to open, from 1; all of them when there is none.
    pub parts: Option<Vec<usize>>,
    /// The publication that this answers.
    pub capture: Option<Capture<'a>>,
    /// The writer's own words.
    pub words: Option<&'a str>,
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
    /// Makes a bundle. A message whose leaf still waits is not provable: see [`publish_now`](Self::publish_now).
    ///
    /// # Errors
    /// No such message or part; [`Error::NotLogged`]; those of vault and log.
    pub fn prove(&mut self, request: &ProveRequest<'_>) -> Result<Proved, Error> {
        let opened = self.find(request.message)?;
        let record = &opened.record;
        let count = record.text.parts.len();
        let mut parts = request.parts.clone().unwrap_or_else(|| (1..=count).collect());
        parts.sort_unstable();
        parts.dedup();
        let index = record.index.ok_or(Error::NotLogged)?;
        let opening =
            record.text.open(&TextSeed::from_bytes(record.text_seed), &record.rest, &record.commitment, &parts)?;
        let Inclusion { leaf, table, token } = self.inclusion(index)?;
        let stamped = token.is_some() || self.is_cosigned(&leaf.checkpoint)?;
        let bundle = Bundle {
            log: self.signer().verifier().clone(),
            opening,
            commitment: record.commitment,
            slot: SlotOpening::new(&self.table, &self.table_tree()?, record.slot, table)?,
            proof: leaf,
            token,
            capture: request.capture.map(|capture| BundleCapture {
                sha256: Sha256::digest(capture.bytes).into(),
                at: capture.at,
                logged: None,
            }),
            row: None,
            words: request.words.map(str::to_owned),
        };
        let bytes = bundle.to_bytes();
        let report = verify(&bytes, &VerifyOptions { tables: Tables::AlsoSmall, ..VerifyOptions::default() });
        if !report.valid {
            return Err(Error::Unprovable { reason: report.reason_text });
        }
        let act = self.act("prove", &hex(&opened.id.0));
        self.vault.write::<_, Error>(|tx| {
            tx.audit(&act)?;
            Ok(())
        })?;
        let closed = (1..=count).filter(|part| parts.binary_search(part).is_err()).collect();
        Ok(Proved { bytes, opened: parts, closed, stamped })
    }

    /// The inclusion of a leaf and of the table's, in the checkpoint that shows best since when the leaf exists.
    fn inclusion(&self, index: u64) -> Result<Inclusion, Error> {
        let (checkpoint, token) = self.best_checkpoint(index)?;
        let view = self.view()?.at(checkpoint)?;
        Ok(Inclusion { leaf: view.proof(index)?, table: view.inclusion(0)?, token })
    }
}
