//! Prove: the file that shows chosen parts of a sealed message, with the others as numbered holes.

use countermark_proof::{Bundle, Capture as BundleCapture, SlotOpening, Tables, TextSeed, VerifyOptions, verify};
use countermark_tlog::checkpoint::SignedCheckpoint;
use countermark_tlog::merkle::{Hash, Tree, leaf_hash};
use countermark_tlog::proof::Proof;
use sha2::{Digest, Sha256};

use countermark_tlog::directory::Disk;

use crate::ledger::hex;
use crate::record::StampRecord;
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
    /// Whether an outside clock's word is in it.
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
    /// Makes a bundle.
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
        let stamped = token.is_some();
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

    /// The inclusion of a leaf and of the table's: in the earliest checkpoint that an outside clock has stamped, since that shows
    /// the earliest time; in the newest one where no clock has.
    fn inclusion(&self, index: u64) -> Result<Inclusion, Error> {
        let view = self.view()?;
        let stamps = self.vault.read::<_, Error>(|tx| Ok(tx.list::<StampRecord>()?))?;
        let stamp = stamps.into_iter().map(|(_, stamp)| stamp).filter(|stamp| stamp.size > index);
        let Some(stamp) = stamp.min_by_key(|stamp| (stamp.time, stamp.size)) else {
            return Ok(Inclusion { leaf: view.proof(index)?, table: view.inclusion(0)?, token: None });
        };
        let checkpoint = SignedCheckpoint::parse(stamp.note.as_bytes()).map_err(|_| Error::Stamp)?;
        let entries = view.entries(0..stamp.size)?;
        let tree = Tree::new(entries.iter().map(|entry| leaf_hash(entry)).collect());
        if tree.root() != checkpoint.checkpoint().root {
            return Err(Error::ForeignLog { what: "it does not lead to a checkpoint that was stamped" });
        }
        let hashes = tree.inclusion(index).map_err(|_| Error::NotLogged)?;
        let table = tree.inclusion(0).map_err(|_| Error::NotLogged)?;
        let token = crate::ledger::unhex(&stamp.token).ok_or(Error::Stamp)?;
        Ok(Inclusion { leaf: Proof { extra: None, index, hashes, checkpoint }, table, token: Some(token) })
    }
}
