//! What a witness has cosigned, on disk, and the one act that changes it.

use std::fmt;
use std::io;
use std::sync::{Mutex, PoisonError};

use countermark_tlog::checkpoint::SignedCheckpoint;
use countermark_tlog::cosignature::{self, Cosigner};
use countermark_tlog::directory::Disk;
use countermark_tlog::note::{MAX_NOTE, Note, Outcome, Signature, VerifierKey};
use countermark_tlog::witness::{AddCheckpoint, Latest, Refusal, decide};
use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::files::is_log_key;

/// Where the newest checkpoints stand.
const LATEST: &str = "latest";

/// A witness with its lock taken. Requests are decided one at a time.
pub struct Witness<D: Disk> {
    cosigner: Cosigner,
    logs: Vec<VerifierKey>,
    held: Mutex<Held<D>>,
}

struct Held<D: Disk> {
    disk: D,
    _lock: D::Lock,
}

/// Why no cosignature is given.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The protocol says so.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The witness's own state is in the way.
    #[error(transparent)]
    State(#[from] Error),
}

impl<D: Disk> Witness<D> {
    /// Takes the directory's lock, and reads the state of every log that is known.
    ///
    /// # Errors
    /// [`Error::Locked`] when another process has the lock; [`Error::LogKey`] when one of the keys is no log's;
    /// [`Error::State`] when what was cosigned last can't be read.
    pub fn open(disk: D, cosigner: Cosigner, logs: Vec<VerifierKey>) -> Result<Witness<D>, Error> {
        for key in &logs {
            is_log_key(key).map_err(|source| Error::LogKey { line: 0, source })?;
        }
        let lock = disk.lock("lock").map_err(Error::file("lock"))?.ok_or(Error::Locked)?;
        disk.create_dir(LATEST).and_then(|()| disk.sync_dir("")).map_err(Error::file(LATEST))?;
        for key in &logs {
            read(&disk, &cosigner, key.name().as_str())?;
        }
        Ok(Witness { cosigner, logs, held: Mutex::new(Held { disk, _lock: lock }) })
    }

    /// The witness's public key.
    pub fn verifier(&self) -> &VerifierKey {
        self.cosigner.verifier()
    }

    /// Decides about the body of an `add-checkpoint` request at a time, Unix seconds. The new state is durable when the
    /// cosignature is returned.
    ///
    /// # Errors
    /// [`Failure`]; after one, nothing was cosigned.
    pub fn add_checkpoint(&self, body: &[u8], now: u64) -> Result<(AddCheckpoint, Signature), Failure> {
        let request = AddCheckpoint::parse(body).map_err(Refusal::from)?;
        // Nothing is kept in memory between requests, so a thread that died in here left nothing half done.
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let origin = &request.checkpoint.checkpoint().origin;
        // A file is looked for only of a known log: a stranger's origin touches no disk.
        let known = self.logs.iter().any(|key| key.name().as_str() == origin);
        let latest = if known { read(&held.disk, &self.cosigner, origin)? } else { None };
        let decided = decide(&self.cosigner, &self.logs, latest.as_ref(), &request, now)?;
        let kept = self.kept(&request.checkpoint, &decided.signature)?;
        write(&held.disk, &file_name(origin), kept.to_text().as_bytes())?;
        Ok((request, decided.signature))
    }

    /// What stands in the file: the checkpoint with the log's own signature and ours, and nothing else of what was sent.
    fn kept(&self, checkpoint: &SignedCheckpoint, cosignature: &Signature) -> Result<Note, Error> {
        let unwritable = |_| Error::State { file: file_name(&checkpoint.checkpoint().origin) };
        let mut note = Note::new(checkpoint.note().text().to_owned()).map_err(unwritable)?;
        for key in &self.logs {
            let findings = checkpoint.verify(key, &[]).unwrap_or_default();
            // One of each key: a key can sign one text in endless ways, and the file has a limit.
            let valid = findings.iter().find(|found| matches!(found.outcome, Outcome::Valid { .. }));
            let known = |one: &Signature| {
                note.signatures().iter().any(|kept| kept.name == one.name && kept.key_id == one.key_id)
            };
            if let Some(found) = valid.filter(|found| !known(found.signature)) {
                note.add(found.signature.clone()).map_err(unwritable)?;
            }
        }
        note.add(cosignature.clone()).map_err(unwritable)?;
        Ok(note)
    }
}

impl<D: Disk> fmt::Debug for Witness<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Witness").field("verifier", self.verifier()).field("logs", &self.logs).finish_non_exhaustive()
    }
}

/// The file of an origin: its SHA-256, for an origin may hold any character.
fn file_name(origin: &str) -> String {
    Sha256::digest(origin).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What was cosigned last. A file that is there and does not hold a checkpoint of that origin under our own cosignature is an
/// error: to take it for nothing would let the log begin anew.
fn read<D: Disk>(disk: &D, cosigner: &Cosigner, origin: &str) -> Result<Option<Latest>, Error> {
    let file = file_name(origin);
    let path = format!("{LATEST}/{file}");
    let Some(bytes) = disk.read(&path, MAX_NOTE).map_err(Error::file(&path))? else { return Ok(None) };
    latest(&bytes, cosigner, origin).ok_or(Error::State { file }).map(Some)
}

fn latest(bytes: &[u8], cosigner: &Cosigner, origin: &str) -> Option<Latest> {
    let checkpoint = SignedCheckpoint::parse(bytes).ok()?;
    let head = checkpoint.checkpoint();
    let ours = checkpoint.note().signatures().last()?;
    let time = cosignature::verify(cosigner.verifier(), &checkpoint, ours).ok()??;
    (head.origin == origin).then_some(Latest { size: head.size, root: head.root, time })
}

/// Durable on return: the file, its name, the directory. Whatever fails or dies on the way, the old or the new state is there.
fn write<D: Disk>(disk: &D, file: &str, bytes: &[u8]) -> Result<(), Error> {
    let path = format!("{LATEST}/{file}");
    let new = format!("{path}.new");
    replace(disk, &path, &new, bytes).map_err(Error::file(&path))
}

fn replace<D: Disk>(disk: &D, path: &str, new: &str, bytes: &[u8]) -> io::Result<()> {
    match disk.remove(new) {
        // Left by a witness that died on the way.
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = disk.create(new)?;
    disk.write(&mut file, bytes)?;
    disk.sync(&mut file)?;
    disk.rename(new, path)?;
    disk.sync_dir(LATEST)
}
