//! Outside clocks, by files: what is asked of a time-stamper (RFC 3161), and what it answered.

use countermark_proof::stamped;
use countermark_tlog::checkpoint::SignedCheckpoint;
use countermark_tlog::timestamp::{Anchors, Token, request};

use countermark_tlog::directory::Disk;

use crate::ledger::hex;
use crate::office::ONLY;
use crate::record::{StampRecord, StampRequestRecord};
use crate::{Error, Office};

impl<D: Disk + Clone> Office<D> {
    /// A request to stamp the newest checkpoint, and how many leaves that covers. The last request is the one that can be answered.
    ///
    /// # Errors
    /// Those of vault and log.
    pub fn stamp_request(&mut self) -> Result<(u64, Vec<u8>), Error> {
        let note = self.checkpoint()?;
        let signed = SignedCheckpoint::parse(note.as_bytes()).map_err(|_| Error::Stamp)?;
        let mut nonce = [0; 8];
        self.vault.rng().fill_bytes(&mut nonce);
        let nonce = u64::from_le_bytes(nonce);
        let bytes = request(&stamped(signed.checkpoint()), nonce)?;
        let record = StampRequestRecord { note, nonce };
        let act = self.act("log timestamp --request", "");
        self.vault.write::<_, Error>(|tx| {
            tx.put(ONLY, &record)?;
            tx.audit(&act)?;
            Ok(())
        })?;
        Ok((signed.checkpoint().size, bytes))
    }

    /// Keeps a time-stamper's answer to the last request, once it has been checked: how many leaves it covers, and the time by
    /// which they existed, seconds since 1970.
    ///
    /// # Errors
    /// [`Error::NoRequest`]; [`Error::Timestamp`] for an answer that does not fit; the vault's.
    pub fn keep_stamp(&mut self, answer: &[u8], anchors: &Anchors) -> Result<(u64, u64), Error> {
        let asked =
            self.vault.read::<_, Error>(|tx| Ok(tx.get::<StampRequestRecord>(ONLY)?))?.ok_or(Error::NoRequest)?;
        let signed = SignedCheckpoint::parse(asked.note.as_bytes()).map_err(|_| Error::Stamp)?;
        let token = Token::parse(answer)?;
        let stamp = token.verify(&stamped(signed.checkpoint()), Some(asked.nonce), anchors)?;
        let (size, time) = (signed.checkpoint().size, stamp.latest());
        let record = StampRecord { note: asked.note, size, token: hex(token.der()), time };
        let act = self.act("log timestamp --add", "");
        self.vault.write::<_, Error>(|tx| {
            let mut id = [0; 16];
            tx.rng().fill_bytes(&mut id);
            tx.insert(id, &record)?;
            tx.remove::<StampRequestRecord>(ONLY)?;
            tx.audit(&act)?;
            Ok(())
        })?;
        Ok((size, time))
    }

    /// Whether an outside clock has stamped any checkpoint.
    ///
    /// # Errors
    /// The vault's.
    pub fn has_clock(&self) -> Result<bool, Error> {
        Ok(!self.vault.read::<_, Error>(|tx| Ok(tx.list::<StampRecord>()?))?.is_empty())
    }
}
