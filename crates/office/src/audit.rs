//! The audit of the log: everything recomputed from the entries in one pass, and held against what the vault knows.

use std::collections::{BTreeMap, HashMap, HashSet};

use countermark_proof::{Capture, stamped};
use countermark_tlog::directory::{Disk, View};
use countermark_tlog::error::TimestampError;
use countermark_tlog::merkle::{Hash, Range};
use countermark_tlog::note::{Outcome, VerifierKey};
use countermark_tlog::timestamp::{Anchors, Token};

use countermark_vault::{Id, Record, Version};
use sha2::{Digest, Sha256};

use crate::history::Published;
use crate::ledger::{hex, unhex};
use crate::record::{AuditLeafRecord, CaptureRecord, LeafOf, MessageRecord};
use crate::take::record::ImportRecord;
use crate::{Error, Office};

/// How many records are opened at once, at most: it takes some ten milliseconds.
const AT_ONCE: usize = 50;
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

/// Recomputes the whole log: entries against tiles, tiles against every checkpoint that is kept, no tag twice; the cosignatures and
/// tokens of the history; and what the vault knows of its leaves. It takes its time, so whoever shares an office has it only for moments:
/// `hold` gives it for one piece of work after the other, and may let others use it in between. What comes into the vault meanwhile is
/// not looked at: the audit is of the log as it was when it began.
///
/// # Errors
/// Those of `hold`; those of vault and log, where they can't be read at all.
pub fn audit_by<D, E>(
    mut hold: impl FnMut(&mut dyn FnMut(&Office<D>) -> Result<(), Error>) -> Result<(), E>,
) -> Result<LogAudit, E>
where
    D: Disk + Clone,
    E: From<Error>,
{
    let mut begun = None;
    hold(&mut |office| {
        begun = Some(Auditing::begin(office)?);
        Ok(())
    })?;
    // A `hold` that did not do the work said why.
    let Some(mut audit) = begun else { return Ok(LogAudit::default()) };
    for messages in std::mem::take(&mut audit.messages).chunks(AT_ONCE) {
        hold(&mut |office| audit.expect_messages(office, messages))?;
    }
    for captures in std::mem::take(&mut audit.captures).chunks(AT_ONCE) {
        hold(&mut |office| audit.expect_captures(office, captures))?;
    }
    for imports in std::mem::take(&mut audit.imports).chunks(AT_ONCE) {
        hold(&mut |office| audit.expect_imports(office, imports))?;
    }
    hold(&mut |office| audit.expect_trail(office))?;
    Ok(audit.end()?)
}

/// An audit under way: what was there when it began, and what was found so far.
struct Auditing<D> {
    view: View<D>,
    messages: Vec<Id>,
    captures: Vec<Id>,
    imports: Vec<Id>,
    heads: Vec<Id>,
    /// What waited for its batch. It may have got one meanwhile.
    waiting: HashSet<LeafOf>,
    checkpoints: Vec<Published>,
    key: VerifierKey,
    witnesses: Vec<VerifierKey>,
    anchors: Anchors,
    /// Dummies that the vault knows of; none after it was restored, which says so itself.
    dummies: Option<u64>,
    /// Where the leaves stand that the vault knows.
    own: HashSet<u64>,
    walk: Walk,
    found: LogAudit,
}

impl<D: Disk + Clone> Auditing<D> {
    /// Notes down what there is; little of it is opened.
    fn begin(office: &Office<D>) -> Result<Self, Error> {
        let ids = |versions: Vec<(Id, Version)>| versions.into_iter().map(|(id, _)| id).collect::<Vec<_>>();
        let pem: String = office.timestampers()?.iter().map(|one| one.anchors.as_str()).collect::<Vec<_>>().join("\n");
        let waiting: HashSet<LeafOf> = office.waiting()?.into_iter().map(|waiting| waiting.of).collect();
        let counted = |of: &&LeafOf| matches!(of, LeafOf::Message(_) | LeafOf::Capture(_) | LeafOf::Import(_));
        let found = LogAudit { waiting: waiting.iter().filter(counted).count() as u64, ..LogAudit::default() };
        Ok(Self {
            view: office.view()?,
            messages: ids(office.vault.read(|tx| tx.versions::<MessageRecord>())?),
            captures: ids(office.vault.read(|tx| tx.versions::<CaptureRecord>())?),
            imports: ids(office.vault.read(|tx| tx.versions::<ImportRecord>())?),
            heads: ids(office.vault.read(|tx| tx.versions::<AuditLeafRecord>())?),
            waiting,
            checkpoints: office.checkpoints()?,
            key: office.signer().verifier().clone(),
            witnesses: office.witnesses()?.into_iter().map(|witness| witness.key).collect(),
            anchors: if pem.is_empty() { Anchors::none() } else { Anchors::from_pem(pem.as_bytes())? },
            dummies: if office.vault.is_restored()? { None } else { Some(office.rhythm()?.dummies) },
            // The table's.
            own: HashSet::from([0]),
            walk: Walk::default(),
            found,
        })
    }

    /// Expects a leaf where the vault says that it stands.
    fn expect(&mut self, of: LeafOf, index: Option<u64>, leaf: Option<[u8; 64]>, name: String) {
        // It waits, or came into the log after this audit began.
        if self.waiting.contains(&of) && index.is_none_or(|index| index >= self.view.size()) {
            return;
        }
        self.own.extend(index);
        match (leaf, index) {
            (None, _) => self.found.problems.push(format!("{name} is damaged")),
            (Some(leaf), Some(index)) => self.walk.expect(index, leaf.to_vec(), name),
            (Some(_), None) => self.found.problems.push(format!("{name} is neither in the log nor waiting for it")),
        }
    }

    fn expect_messages(&mut self, office: &Office<D>, ids: &[Id]) -> Result<(), Error> {
        for (id, record) in read::<MessageRecord, D>(office, ids)? {
            let name = format!("message {}", short(&id));
            let tag = office.table.slot(record.slot)?.tag(office.table.table());
            let leaf = countermark_proof::leaf(&tag, &record.commitment);
            self.expect(LeafOf::Message(sixteen(&id)), record.index, Some(leaf), name.clone());
            if crate::messages::opened(&id, record).is_err() {
                self.found.problems.push(format!("{name}: its parts make no master"));
            }
        }
        Ok(())
    }

    fn expect_captures(&mut self, office: &Office<D>, ids: &[Id]) -> Result<(), Error> {
        for (id, record) in read::<CaptureRecord, D>(office, ids)? {
            let leaf = unhex(&record.bytes).map(|bytes| {
                let capture = Capture { sha256: Sha256::digest(&bytes).into(), at: record.at, logged: None };
                capture.leaf(&record.tag, &record.salt)
            });
            let name = format!("the capture of case {}", short(&id));
            self.expect(LeafOf::Capture(sixteen(&id)), record.index, leaf, name);
        }
        Ok(())
    }

    fn expect_imports(&mut self, office: &Office<D>, ids: &[Id]) -> Result<(), Error> {
        for (id, record) in read::<ImportRecord, D>(office, ids)? {
            let leaf = record.capture().ok().map(|capture| capture.leaf(&record.tag, &record.salt));
            self.expect(LeafOf::Import(sixteen(&id)), record.index, leaf, format!("the import {}", short(&id)));
        }
        Ok(())
    }

    fn expect_trail(&mut self, office: &Office<D>) -> Result<(), Error> {
        let entries = office.vault.read(|tx| tx.audit_entries())?;
        for (_, record) in read::<AuditLeafRecord, D>(office, &std::mem::take(&mut self.heads))? {
            let name = format!("the audit trail's head of entry {}", record.entries);
            if let Some(index) = record.index {
                self.own.insert(index);
                let leaf = countermark_proof::leaf(&record.tag, &record.head).to_vec();
                self.walk.expect(index, leaf, name.clone());
            }
            let entry = record.entries.checked_sub(1).and_then(|n| entries.get(usize::try_from(n).ok()?));
            if entry.map(|entry| entry.hash) != Some(record.head) {
                self.found
                    .problems
                    .push(format!("{name} is not that of the vault's trail: the vault was rolled back or changed"));
            }
        }
        Ok(())
    }

    /// What needs no office: the checkpoints' signatures and tokens, then the entries, each checkpoint's root on the way.
    fn end(mut self) -> Result<LogAudit, Error> {
        for one in &self.checkpoints {
            self.found.checkpoints += 1;
            self.walk.roots.entry(one.size()).or_default().push((one.checkpoint.checkpoint().root, false));
            check_signatures(one, &self.key, &self.witnesses, &mut self.found);
            for (token, _) in &one.tokens {
                check_token(one, token, &self.anchors, &mut self.found);
            }
        }
        walk(&self.view, self.walk, &mut self.found)?;
        self.found.problems.extend(unknown_leaves(self.view.size(), self.own.len() as u64, self.dummies));
        self.found.problems.truncate(MAX_PROBLEMS);
        Ok(self.found)
    }
}

/// Leaves that the vault knows nothing of: it was rolled back. One that was restored says so itself, and they are no problem of it.
fn unknown_leaves(size: u64, own: u64, dummies: Option<u64>) -> Option<String> {
    let unknown = size.saturating_sub(own + dummies?);
    let told =
        || format!("the vault knows nothing of {unknown} leaves of its log: an older vault was put in its place");
    (unknown > 0).then(told)
}

impl<D: Disk + Clone> Office<D> {
    /// The same by whoever has the office for himself.
    ///
    /// # Errors
    /// Those of vault and log, where they can't be read at all.
    pub fn audit_log(&self) -> Result<LogAudit, Error> {
        audit_by(|work| work(self))
    }
}

/// The records of these ids; one that went meanwhile is none.
fn read<R: Record, D>(office: &Office<D>, ids: &[Id]) -> Result<Vec<(Id, R)>, Error> {
    office.vault.read(|tx| {
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            found.extend(tx.get::<R>(id)?.map(|record| (id.clone(), record)));
        }
        Ok(found)
    })
}

fn short(id: &Id) -> String {
    hex(id).get(..8).unwrap_or_default().to_owned()
}

/// An id of these tables as the queue has it; one of another length is in no queue.
fn sixteen(id: &Id) -> [u8; 16] {
    <[u8; 16]>::try_from(&id[..]).unwrap_or_default()
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
