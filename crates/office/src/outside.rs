//! Outside clocks that are asked about every checkpoint: witnesses and time-stampers. They stand in the vault and not in the
//! configuration: who could write the configuration could choose whose word counts.
//!
//! The office has no network. It gives the bytes to ask with, and takes the bytes that were answered.

use countermark_proof::{limits, stamped};
use countermark_tlog::checkpoint::SignedCheckpoint;
use countermark_tlog::cosignature;
use countermark_tlog::directory::Disk;
use countermark_tlog::merkle::Hash;
use countermark_tlog::note::{Signature, SignatureType, VerifierKey};
use countermark_tlog::timestamp::{Anchors, Token, request};
use countermark_vault::Id;

use crate::ledger::hex;
use crate::office::ONLY;
use crate::record::{CheckpointRecord, ClockRecord, HistoryRecord, TokenRecord};
use crate::{Error, Office};

/// The most witnesses, and the most time-stampers.
pub const MAX_CLOCKS: usize = 16;

/// The most bytes of an address.
const MAX_URL: usize = 2_048;

/// The most bytes of a witness's answer that are read.
const MAX_COSIGNATURES: usize = 64 * 1024;

/// A witness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// Its cosignature key, as notes name it.
    pub key: VerifierKey,
    /// Where it is asked.
    pub url: String,
    /// The size of the last checkpoint that it cosigned here; 0 for none.
    pub cosigned: u64,
}

/// A time-stamper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timestamper {
    /// Where it is asked.
    pub url: String,
    /// The certificates (PEM) under which its answers are checked.
    pub anchors: String,
}

/// What a witness is to be asked about the newest checkpoint.
#[derive(Debug, Clone)]
pub struct WitnessTask {
    /// Whom.
    pub witness: Witness,
    /// The checkpoint, with the log's signature and no other.
    pub checkpoint: SignedCheckpoint,
}

/// What a time-stamper is to be asked about the newest checkpoint.
#[derive(Debug, Clone)]
pub struct StampTask {
    /// Whom.
    pub timestamper: Timestamper,
    /// How many leaves the checkpoint covers.
    pub size: u64,
    /// The request's bytes (`application/timestamp-query`).
    pub request: Vec<u8>,
    nonce: u64,
}

impl<D: Disk + Clone> Office<D> {
    /// The witnesses, by name.
    ///
    /// # Errors
    /// The vault's.
    pub fn witnesses(&self) -> Result<Vec<Witness>, Error> {
        let mut witnesses: Vec<Witness> = self.clocks()?.into_iter().filter_map(witness).collect();
        witnesses.sort_by(|a, b| a.key.name().as_str().cmp(b.key.name().as_str()));
        Ok(witnesses)
    }

    /// Has a witness asked from now on. One of the same name is replaced.
    ///
    /// # Errors
    /// [`Error::Clock`] for a key that is no witness's, an address that is none, or too many; the vault's.
    pub fn add_witness(&mut self, key: &str, url: &str) -> Result<Witness, Error> {
        let parsed: VerifierKey =
            key.trim().parse().map_err(|_| Error::Clock { what: "the witness's key can't be read" })?;
        if !matches!(parsed.signature_type(), SignatureType::CosignatureV1 | SignatureType::MlDsa44) {
            return Err(Error::Clock { what: "the key is no witness's: it makes no cosignatures that can be checked" });
        }
        check_url(url)?;
        let id = self.witness_id(parsed.name().as_str());
        let cosigned = match self.vault.read::<_, Error>(|tx| Ok(tx.get::<ClockRecord>(&id)?))?.and_then(witness) {
            Some(old) if old.key == parsed => old.cosigned,
            _ => 0,
        };
        let record = ClockRecord::Witness { key: parsed.to_string(), url: url.to_owned(), cosigned };
        self.keep_clock(&id, &record, "log witness add", parsed.name().as_str())?;
        Ok(Witness { key: parsed, url: url.to_owned(), cosigned })
    }

    /// Asks a witness no more. What it has cosigned stays.
    ///
    /// # Errors
    /// [`Error::UnknownClock`]; the vault's.
    pub fn remove_witness(&mut self, name: &str) -> Result<(), Error> {
        let id = self.witness_id(name);
        self.remove_clock(&id, "log witness remove", name)
    }

    /// The time-stampers, by address.
    ///
    /// # Errors
    /// The vault's.
    pub fn timestampers(&self) -> Result<Vec<Timestamper>, Error> {
        let mut found: Vec<Timestamper> = self.clocks()?.into_iter().filter_map(timestamper).collect();
        found.sort_by(|a, b| a.url.cmp(&b.url));
        Ok(found)
    }

    /// Has a time-stamper asked from now on, its answers checked under these certificates (PEM). One at the same address is replaced.
    ///
    /// # Errors
    /// [`Error::Clock`] for an address that is none, or too many; [`Error::Timestamp`] for certificates that can't be read; the vault's.
    pub fn add_timestamper(&mut self, url: &str, anchors: &str) -> Result<(), Error> {
        check_url(url)?;
        Anchors::from_pem(anchors.as_bytes())?;
        let id = self.timestamper_id(url);
        let record = ClockRecord::Timestamper { url: url.to_owned(), anchors: anchors.to_owned() };
        self.keep_clock(&id, &record, "log timestamper add", url)
    }

    /// Asks a time-stamper no more. What it has stamped stays.
    ///
    /// # Errors
    /// [`Error::UnknownClock`]; the vault's.
    pub fn remove_timestamper(&mut self, url: &str) -> Result<(), Error> {
        let id = self.timestamper_id(url);
        self.remove_clock(&id, "log timestamper remove", url)
    }

    /// The witnesses whose cosignature the newest checkpoint has not.
    ///
    /// # Errors
    /// Those of vault and log.
    pub fn uncosigned(&self) -> Result<Vec<WitnessTask>, Error> {
        let checkpoint = self.view()?.checkpoint().checkpoint().clone();
        let size = checkpoint.size;
        // Signed again, as it was signed before: Ed25519 gives the same bytes. What others said of it is not the witness's concern.
        let checkpoint = checkpoint.sign(&self.signer()).map_err(|_| Error::Stamp)?;
        let missing = self.witnesses()?.into_iter().filter(|witness| size > 0 && witness.cosigned != size);
        Ok(missing.map(|witness| WitnessTask { witness, checkpoint: checkpoint.clone() }).collect())
    }

    /// The proof that the log of `old` leaves is the beginning of that of the newest checkpoint.
    ///
    /// # Errors
    /// Those of the log.
    pub fn consistency(&self, old: u64) -> Result<Vec<Hash>, Error> {
        Ok(self.view()?.consistency(old)?)
    }

    /// The time-stampers whose token the newest checkpoint has not, and what to ask them. Nothing is written: an answer is taken by
    /// whoever asked.
    ///
    /// # Errors
    /// Those of vault and log.
    pub fn unstamped(&mut self) -> Result<Vec<StampTask>, Error> {
        let timestampers = self.timestampers()?;
        if timestampers.is_empty() {
            return Ok(Vec::new());
        }
        let checkpoint = self.newest()?;
        let size = checkpoint.checkpoint().size;
        let known = self.history_of(size)?.map(|record| record.tokens).unwrap_or_default();
        let mut tasks = Vec::new();
        for timestamper in timestampers {
            if known.iter().any(|token| token.by == timestamper.url) {
                continue;
            }
            let mut nonce = [0; 8];
            self.vault.rng().fill_bytes(&mut nonce);
            let nonce = u64::from_le_bytes(nonce);
            let request = request(&stamped(checkpoint.checkpoint()), nonce)?;
            tasks.push(StampTask { timestamper, size, request, nonce });
        }
        Ok(tasks)
    }

    /// Keeps what a witness answered (lines of signatures) for the checkpoint of this size, once it has been checked under the
    /// witness's key; returns the time that it says, seconds since 1970, if it says one. A second cosignature of the same witness changes nothing: the
    /// first shows the earlier time.
    ///
    /// # Errors
    /// [`Error::Cosignature`] for an answer that holds none of this witness that verifies; those of vault and log.
    pub fn keep_cosignature(&mut self, name: &str, size: u64, answer: &[u8]) -> Result<Option<u64>, Error> {
        let id = self.witness_id(name);
        let witness = self.vault.read::<_, Error>(|tx| Ok(tx.get::<ClockRecord>(&id)?))?.and_then(witness);
        let witness = witness.ok_or_else(|| Error::UnknownClock { name: name.to_owned() })?;
        let mut log = self.open_log()?;
        let record = self.history_of(size)?.ok_or(Error::Cosignature { what: "no checkpoint of that size is kept" })?;
        let (signature, time) = cosignature_in(&record.note, answer, &witness.key)?;
        let newest = log.size() == size;
        let note = self.vault.write::<_, Error>(|tx| {
            let mut record = tx.get::<HistoryRecord>(size.to_be_bytes())?.unwrap_or(record);
            record.note = merged(&record.note, &signature)?;
            tx.put(size.to_be_bytes(), &record)?;
            if newest {
                tx.put(ONLY, &CheckpointRecord { note: record.note.clone() })?;
            }
            if let Some(ClockRecord::Witness { key, url, cosigned }) = tx.get::<ClockRecord>(&id)? {
                tx.put(&id, &ClockRecord::Witness { key, url, cosigned: cosigned.max(size) })?;
            }
            Ok(record.note)
        })?;
        if newest {
            let missing: Vec<Signature> = signatures(&note)?
                .into_iter()
                .filter(|signature| !log.checkpoint().note().signatures().contains(signature))
                .collect();
            log.add_cosignatures(&missing)?;
        }
        Ok(time)
    }

    /// Keeps what a time-stamper answered to a task, once it has been checked; returns the time that it says, seconds since 1970.
    ///
    /// # Errors
    /// [`Error::Timestamp`] for an answer that does not fit; the vault's.
    pub fn keep_answer(&mut self, task: &StampTask, answer: &[u8]) -> Result<u64, Error> {
        let token = Token::parse(answer)?;
        let record = self.history_of(task.size)?.ok_or(Error::Stamp)?;
        let signed = SignedCheckpoint::parse(record.note.as_bytes()).map_err(|_| Error::Stamp)?;
        let anchors = Anchors::from_pem(task.timestamper.anchors.as_bytes())?;
        let stamp = token.verify(&stamped(signed.checkpoint()), Some(task.nonce), &anchors)?;
        let time = stamp.latest();
        let kept = TokenRecord { token: hex(token.der()), time, by: task.timestamper.url.clone() };
        self.vault.write::<_, Error>(|tx| {
            let mut record = tx.get::<HistoryRecord>(task.size.to_be_bytes())?.unwrap_or(record);
            record.tokens.push(kept);
            Ok(tx.put(task.size.to_be_bytes(), &record)?)
        })?;
        Ok(time)
    }

    /// The newest checkpoint that a witness of this office has cosigned, as a sealing commits to it.
    pub(crate) fn newest_cosigned(&self) -> Result<Option<String>, Error> {
        let size = self.witnesses()?.iter().map(|witness| witness.cosigned).max().unwrap_or(0);
        if size == 0 {
            return Ok(None);
        }
        // What no reader would take is not committed to: many ML-DSA-44 cosignatures are long.
        let note = self.history_of(size)?.map(|record| record.note);
        Ok(note.filter(|note| note.len() <= limits::CHECKPOINT_BYTES))
    }

    /// The newest checkpoint with all that is kept on it.
    pub(crate) fn newest(&self) -> Result<SignedCheckpoint, Error> {
        let view = self.view()?;
        let kept = self.history_of(view.size())?;
        let kept = kept.and_then(|record| SignedCheckpoint::parse(record.note.as_bytes()).ok());
        Ok(kept.filter(|kept| kept.checkpoint() == view.checkpoint().checkpoint()).unwrap_or(view.checkpoint().clone()))
    }

    pub(crate) fn history_of(&self, size: u64) -> Result<Option<HistoryRecord>, Error> {
        self.vault.read::<_, Error>(|tx| Ok(tx.get::<HistoryRecord>(size.to_be_bytes())?))
    }

    fn clocks(&self) -> Result<Vec<ClockRecord>, Error> {
        let records = self.vault.read::<_, Error>(|tx| Ok(tx.list::<ClockRecord>()?))?;
        Ok(records.into_iter().map(|(_, record)| record).collect())
    }

    fn keep_clock(&mut self, id: &Id, record: &ClockRecord, act: &str, subject: &str) -> Result<(), Error> {
        let act = self.act(act, subject);
        let kind = std::mem::discriminant(record);
        self.vault.write(|tx| {
            let others = tx.list::<ClockRecord>()?;
            let others = others.iter().filter(|(other, it)| other != id && std::mem::discriminant(it) == kind).count();
            if others >= MAX_CLOCKS {
                return Err(Error::Clock { what: "there are 16 of that kind already" });
            }
            tx.put(id, record)?;
            tx.audit(&act)?;
            Ok(())
        })
    }

    fn remove_clock(&mut self, id: &Id, act: &str, name: &str) -> Result<(), Error> {
        let act = self.act(act, name);
        self.vault.write(|tx| {
            if !tx.remove::<ClockRecord>(id)? {
                return Err(Error::UnknownClock { name: name.to_owned() });
            }
            tx.audit(&act)?;
            Ok(())
        })
    }

    fn witness_id(&self, name: &str) -> Id {
        self.vault.name_id("witness", name)
    }

    fn timestamper_id(&self, url: &str) -> Id {
        self.vault.name_id("timestamper", url)
    }
}

fn witness(record: ClockRecord) -> Option<Witness> {
    match record {
        ClockRecord::Witness { key, url, cosigned } => Some(Witness { key: key.parse().ok()?, url, cosigned }),
        ClockRecord::Timestamper { .. } => None,
    }
}

fn timestamper(record: ClockRecord) -> Option<Timestamper> {
    match record {
        ClockRecord::Timestamper { url, anchors } => Some(Timestamper { url, anchors }),
        ClockRecord::Witness { .. } => None,
    }
}

/// An address as far as the vault cares. Which ones can be asked at all is known to whoever asks (`countermark-clocks`).
fn check_url(url: &str) -> Result<(), Error> {
    let fits = url.len() <= MAX_URL && !url.contains(|c: char| c.is_whitespace() || c.is_control());
    if fits && !url.is_empty() { Ok(()) } else { Err(Error::Clock { what: "an address is short and has no spaces" }) }
}

/// The witness's cosignature among the lines of an answer, and its time.
fn cosignature_in(note: &str, answer: &[u8], key: &VerifierKey) -> Result<(Signature, Option<u64>), Error> {
    let refused = Error::Cosignature { what: "the answer is no cosignature" };
    let Ok(lines) = std::str::from_utf8(answer) else { return Err(refused) };
    let Ok(signed) = SignedCheckpoint::parse(note.as_bytes()) else { return Err(Error::Stamp) };
    if answer.len() > MAX_COSIGNATURES {
        return Err(refused);
    }
    let end = if lines.ends_with('\n') { "" } else { "\n" };
    let whole = format!("{}\n{lines}{end}", signed.checkpoint());
    let answered = SignedCheckpoint::parse(whole.as_bytes()).map_err(|_| refused)?;
    for signature in answered.note().signatures() {
        if let Ok(time) = cosignature::verify(key, &signed, signature) {
            return Ok((signature.clone(), time));
        }
    }
    Err(Error::Cosignature { what: "it is not this witness's, or not for this checkpoint" })
}

/// The note with one cosignature more, unless its cosigner stands there already.
fn merged(note: &str, signature: &Signature) -> Result<String, Error> {
    let mut signed = SignedCheckpoint::parse(note.as_bytes()).map_err(|_| Error::Stamp)?;
    let known = |found: &Signature| found.name == signature.name && found.key_id == signature.key_id;
    if !signed.note().signatures().iter().any(known) {
        signed
            .add(signature.clone())
            .map_err(|_| Error::Cosignature { what: "the checkpoint has too many signatures" })?;
    }
    Ok(signed.to_text())
}

fn signatures(note: &str) -> Result<Vec<Signature>, Error> {
    let signed = SignedCheckpoint::parse(note.as_bytes()).map_err(|_| Error::Stamp)?;
    Ok(signed.note().signatures().to_vec())
}
