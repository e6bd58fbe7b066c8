//! The audit of the log: everything recomputed from the entries in one pass, and held against what the vault knows.

use std::collections::{BTreeMap, HashMap, HashSet};

use countermark_proof::{Capture, stamped};
use countermark_tlog::directory::{Disk, View};
use countermark_tlog::error::TimestampError;
use countermark_tlog::merkle::{Hash, Range};
use countermark_tlog::note::{Outcome, VerifierKey};
use countermark_tlog::timestamp::{Anchors, Token};

use sha2::{Digest, Sha256};

use crate::history::Published;
use crate::ledger::{hex, unhex};
use crate::record::{AuditLeafRecord, CaptureRecord, LeafOf, MessageRecord};
use crate::take::record::ImportRecord;
use crate::{Error, Office};

/// The most problems that are told.
const MAX_PROBLEMS: usize = 1_000;

/// What an audit of log and vault found.
#[derive(Debug, Default)]
pub struct LogAudit {
    /// Entries checked.
    pub size: u64,
    /// What does not fit; empty when everything does.
    pub problems: Vec<String>,
    /// Kept checkpoints that were recomputed.
    pub checkpoints: u64,
    /// Cosignatures on them that were checked under a witness's key.
    pub cosignatures: u64,
    /// Tokens on them that were checked under a time-stamper's certificates.
    pub tokens: u64,
    /// Cosignatures and tokens by whom this office keeps no key: nothing could be checked of the former, and of the latter everything
    /// but who made them.
    pub unchecked: u64,
    /// Sealings, captures and imports that wait for their batch.
    pub waiting: u64,
}

/// What is expected and found on the way through the entries.
#[derive(Default)]
struct Walk {
    /// Leaves that must stand at an index, and whose they are.
    expected: HashMap<u64, (Vec<u8>, String)>,
    /// Roots that were signed, by size, and whether they were found.
    roots: BTreeMap<u64, Vec<(Hash, bool)>>,
    range: Range,
    tags: HashSet<[u8; 32]>,
    /// Whether an entry was missing, after which no root can be recomputed.
    broken: bool,
    problems: Vec<String>,
}

impl Walk {
    fn expect(&mut self, index: u64, leaf: Vec<u8>, name: String) {
        if let Some((_, other)) = self.expected.insert(index, (leaf, name.clone())) {
            self.problems.push(format!("{name} and {other} claim one place in the log"));
        }
    }

    fn entry(&mut self, index: u64, entry: &[u8], hash: &Hash) {
        if let Some((leaf, name)) = self.expected.remove(&index)
            && leaf != entry
        {
            self.problems.push(format!("{name}: the log holds something else at its place"));
        }
        match entry.first_chunk::<32>() {
            Some(tag) if entry.len() == 64 => {
                if !self.tags.insert(*tag) {
                    self.problems.push(format!("entry {index} has the tag of an earlier one"));
                }
            }
            _ => self.problems.push(format!("entry {index} has {} bytes, a leaf has 64", entry.len())),
        }
        if self.range.size() != index {
            self.broken = true;
        }
        if !self.broken {
            self.range.push(*hash);
            self.meet();
        }
    }

    /// Holds the root so far against what was signed at this size.
    fn meet(&mut self) {
        let Some(signed) = self.roots.get_mut(&self.range.size()) else { return };
        let root = self.range.root();
        for (expected, fits) in signed {
            *fits = *expected == root;
        }
    }

    /// What was expected and not met.
    fn finish(mut self, size: u64) -> Vec<String> {
        for (at, signed) in &self.roots {
            let wrong = signed.iter().filter(|(_, fits)| !fits).count();
            if *at > size {
                self.problems.push(format!(
                    "the vault keeps a checkpoint of {at} leaves, the log has {size}: it was cut or set back"
                ));
            } else if wrong > 0 && !self.broken {
                self.problems.push(format!(
                    "the checkpoint of {at} leaves is not one of this log: its entries give another root"
                ));
            }
        }
        let mut missing: Vec<_> = self.expected.into_values().map(|(_, name)| name).collect();
        missing.sort_unstable();
        self.problems.extend(missing.into_iter().map(|name| format!("{name} is not in the log")));
        self.problems
    }
}

/// Audits a log's directory as a stranger who has its key: tiles, entries and checkpoint, and no tag twice.
///
/// # Errors
/// Those of the log, where it can't be read at all.
pub fn audit_directory<D: Disk>(disk: D, key: VerifierKey) -> Result<LogAudit, Error> {
    let view = View::open(disk, key)?;
    let mut audit = LogAudit { checkpoints: 1, ..LogAudit::default() };
    walk(&view, Walk::default(), &mut audit)?;
    audit.problems.truncate(MAX_PROBLEMS);
    Ok(audit)
}

fn walk<D: Disk>(view: &View<D>, mut walk: Walk, audit: &mut LogAudit) -> Result<(), Error> {
    walk.meet();
    let found = view.audit_with(|index, entry, hash| walk.entry(index, entry, hash))?;
    audit.size = found.size;
    audit.problems.extend(found.findings.iter().map(ToString::to_string));
    audit.problems.extend(walk.finish(found.size));
    Ok(())
}

impl<D: Disk + Clone> Office<D> {
    /// Recomputes the whole log: entries against tiles, tiles against every checkpoint that is kept, no tag twice; the cosignatures and
    /// tokens of the history; and what the vault knows of its leaves.
    ///
    /// # Errors
    /// Those of vault and log, where they can't be read at all.
    pub fn audit_log(&self) -> Result<LogAudit, Error> {
        let view = self.view()?;
        let mut audit = LogAudit::default();
        let mut expected = Walk::default();
        self.expect_messages(&mut expected, &mut audit)?;
        self.expect_captures(&mut expected, &mut audit)?;
        self.expect_imports(&mut expected, &mut audit)?;
        self.expect_trail(&mut expected, &mut audit)?;
        self.expect_checkpoints(&mut expected, &mut audit)?;
        walk(&view, expected, &mut audit)?;
        audit.problems.extend(self.unknown_leaves(view.size())?);
        audit.problems.truncate(MAX_PROBLEMS);
        Ok(audit)
    }

    fn expect_messages(&self, walk: &mut Walk, audit: &mut LogAudit) -> Result<(), Error> {
        let waiting: HashSet<[u8; 16]> = self
            .waiting()?
            .into_iter()
            .filter_map(|waiting| match waiting.of {
                LeafOf::Message(id) => Some(id),
                _ => None,
            })
            .collect();
        audit.waiting = waiting.len() as u64;
        for (id, record) in self.vault.read::<_, Error>(|tx| Ok(tx.list::<MessageRecord>()?))? {
            let name = format!("message {}", &hex(&id)[..8]);
            let tag = self.table.slot(record.slot)?.tag(self.table.table());
            let leaf = countermark_proof::leaf(&tag, &record.commitment).to_vec();
            match record.index {
                Some(index) => walk.expect(index, leaf, name.clone()),
                None if waiting.iter().any(|waiting| waiting[..] == *id) => {}
                None => audit.problems.push(format!("{name} is neither in the log nor waiting for it")),
            }
            if crate::messages::opened(&id, record).is_err() {
                audit.problems.push(format!("{name}: its parts make no master"));
            }
        }
        Ok(())
    }

    fn expect_captures(&self, walk: &mut Walk, audit: &mut LogAudit) -> Result<(), Error> {
        for (id, record) in self.vault.read::<_, Error>(|tx| Ok(tx.list::<CaptureRecord>()?))? {
            let name = format!("the capture of case {}", hex(&id).get(..8).unwrap_or_default());
            let Some(bytes) = unhex(&record.bytes) else {
                audit.problems.push(format!("{name} is damaged"));
                continue;
            };
            let capture = Capture { sha256: Sha256::digest(&bytes).into(), at: record.at, logged: None };
            match record.index {
                Some(index) => {
                    let leaf = capture.leaf(&record.tag, &record.salt).to_vec();
                    walk.expect(index, leaf, name);
                }
                None if self.waiting()?.iter().any(|waiting| is_capture(waiting.of, &id)) => audit.waiting += 1,
                None => audit.problems.push(format!("{name} is neither in the log nor waiting for it")),
            }
        }
        Ok(())
    }

    fn expect_imports(&self, walk: &mut Walk, audit: &mut LogAudit) -> Result<(), Error> {
        let waiting = self.waiting()?;
        for (id, record) in self.vault.read::<_, Error>(|tx| Ok(tx.list::<ImportRecord>()?))? {
            let name = format!("the import {}", hex(&id).get(..8).unwrap_or_default());
            let Ok(capture) = record.capture() else {
                audit.problems.push(format!("{name} is damaged"));
                continue;
            };
            let waits = |of: LeafOf| matches!(of, LeafOf::Import(import) if import[..] == *id);
            match record.index {
                Some(index) => walk.expect(index, capture.leaf(&record.tag, &record.salt).to_vec(), name),
                None if waiting.iter().any(|waiting| waits(waiting.of)) => audit.waiting += 1,
                None => audit.problems.push(format!("{name} is neither in the log nor waiting for it")),
            }
        }
        Ok(())
    }

    fn expect_trail(&self, walk: &mut Walk, audit: &mut LogAudit) -> Result<(), Error> {
        let entries = self.vault.read::<_, countermark_vault::Error>(|tx| tx.audit_entries())?;
        for (_, record) in self.vault.read::<_, Error>(|tx| Ok(tx.list::<AuditLeafRecord>()?))? {
            let name = format!("the audit trail's head of entry {}", record.entries);
            if let Some(index) = record.index {
                let leaf = countermark_proof::leaf(&record.tag, &record.head).to_vec();
                walk.expect(index, leaf, name.clone());
            }
            let entry = record.entries.checked_sub(1).and_then(|n| entries.get(usize::try_from(n).ok()?));
            if entry.map(|entry| entry.hash) != Some(record.head) {
                audit
                    .problems
                    .push(format!("{name} is not that of the vault's trail: the vault was rolled back or changed"));
            }
        }
        Ok(())
    }

    /// Every checkpoint that is kept: its signatures and tokens now, its root on the way through the entries.
    fn expect_checkpoints(&self, walk: &mut Walk, audit: &mut LogAudit) -> Result<(), Error> {
        let key = self.signer().verifier().clone();
        let witnesses: Vec<VerifierKey> = self.witnesses()?.into_iter().map(|witness| witness.key).collect();
        let timestampers = self.timestampers()?;
        let pem: String = timestampers.iter().map(|one| one.anchors.as_str()).collect::<Vec<_>>().join("\n");
        let anchors = if pem.is_empty() { Anchors::none() } else { Anchors::from_pem(pem.as_bytes())? };
        for one in self.checkpoints()? {
            audit.checkpoints += 1;
            walk.roots.entry(one.size()).or_default().push((one.checkpoint.checkpoint().root, false));
            check_signatures(&one, &key, &witnesses, audit);
            for (token, _) in &one.tokens {
                check_token(&one, token, &anchors, audit);
            }
        }
        Ok(())
    }

    /// Leaves that the vault knows nothing of: it was rolled back. One that was restored says so itself, and they are no problem of it.
    fn unknown_leaves(&self, size: u64) -> Result<Option<String>, Error> {
        if self.vault.is_restored()? {
            return Ok(None);
        }
        let known = self.own_indices()?.len() as u64 + self.rhythm()?.dummies;
        let unknown = size.saturating_sub(known);
        let told =
            || format!("the vault knows nothing of {unknown} leaves of its log: an older vault was put in its place");
        Ok((unknown > 0).then(told))
    }
}

fn is_capture(of: LeafOf, id: &[u8]) -> bool {
    matches!(of, LeafOf::Capture(capture) if capture[..] == *id)
}

fn check_signatures(one: &Published, key: &VerifierKey, witnesses: &[VerifierKey], audit: &mut LogAudit) {
    let size = one.size();
    match one.checkpoint.verify(key, witnesses) {
        Ok(found) => {
            for checked in found {
                let own = checked.signature.key_id == key.id() && checked.signature.name == *key.name();
                match checked.outcome {
                    _ if own => {}
                    Outcome::Valid { .. } => audit.cosignatures += 1,
                    _ => audit.unchecked += 1,
                }
            }
        }
        Err(error) => audit.problems.push(format!("the kept checkpoint of {size} leaves: {error}")),
    }
}

fn check_token(one: &Published, token: &[u8], anchors: &Anchors, audit: &mut LogAudit) {
    let read = Token::parse(token).and_then(|token| token.verify(&stamped(one.checkpoint.checkpoint()), None, anchors));
    match read {
        Ok(_) => audit.tokens += 1,
        // Everything else about it fits; whose certificate it is under, whoever kept it has checked.
        Err(TimestampError::Chain { .. }) => audit.unchecked += 1,
        Err(error) => audit.problems.push(format!("a time-stamp on the checkpoint of {} leaves: {error}", one.size())),
    }
}
