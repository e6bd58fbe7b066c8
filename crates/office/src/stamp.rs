//! Outside clocks, by files: what is asked of a time-stamper (RFC 3161), and what it answered.

use countermark_proof::stamped;
use countermark_tlog::checkpoint::SignedCheckpoint;
use countermark_tlog::error::TimestampError;
use countermark_tlog::timestamp::{Anchors, Token, request};

use countermark_tlog::directory::Disk;

use crate::ledger::hex;
use crate::record::{HistoryRecord, StampRecord, StampRequestRecord, TokenRecord};
use crate::{Error, Office};

impl<D: Disk + Clone> Office<D> {
    /// A request to stamp the newest checkpoint, and how many leaves that covers. Every request that is open can be answered.
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
            tx.insert(nonce.to_be_bytes(), &record)?;
            tx.audit(&act)?;
            Ok(())
        })?;
        Ok((signed.checkpoint().size, bytes))
    }

    /// Keeps a time-stamper's answer to an open request, once it has been checked: how many leaves it covers, and the time by
    /// which they existed, seconds since 1970.
    ///
    /// # Errors
    /// [`Error::NoRequest`]; [`Error::Timestamp`] for an answer that does not fit; the vault's.
    pub fn keep_stamp(&mut self, answer: &[u8], anchors: &Anchors) -> Result<(u64, u64), Error> {
        let token = Token::parse(answer)?;
        let mut refused = Error::NoRequest;
        let mut answered = None;
        for (id, asked) in self.vault.read::<_, Error>(|tx| Ok(tx.list::<StampRequestRecord>()?))? {
            let signed = SignedCheckpoint::parse(asked.note.as_bytes()).map_err(|_| Error::Stamp)?;
            match token.verify(&stamped(signed.checkpoint()), Some(asked.nonce), anchors) {
                Ok(stamp) => answered = Some((id, asked, signed, stamp)),
                // Of several requests the answer belongs to one; what is wrong with it there is what is told.
                Err(TimestampError::Imprint | TimestampError::Nonce) if !matches!(refused, Error::NoRequest) => {}
                Err(error) => refused = error.into(),
            }
        }
        let (request, asked, signed, stamp) = answered.ok_or(refused)?;
        let (size, time) = (signed.checkpoint().size, stamp.latest());
        let record = StampRecord { note: asked.note, size, token: hex(token.der()), time };
        let act = self.act("log timestamp --add", "");
        self.vault.write::<_, Error>(|tx| {
            let mut id = [0; 16];
            tx.rng().fill_bytes(&mut id);
            tx.insert(id, &record)?;
            if let Some(mut one) = tx.get::<HistoryRecord>(size.to_be_bytes())? {
                one.tokens.push(TokenRecord { token: record.token.clone(), time, by: String::new() });
                tx.put(size.to_be_bytes(), &one)?;
            }
            tx.remove::<StampRequestRecord>(&request)?;
            tx.audit(&act)?;
            Ok(())
        })?;
        Ok((size, time))
    }

    /// Whether an outside clock has stamped any checkpoint, or is asked to.
    ///
    /// # Errors
    /// The vault's.
    pub fn has_clock(&self) -> Result<bool, Error> {
        let stamped = self.vault.read::<_, Error>(|tx| Ok(!tx.list::<StampRecord>()?.is_empty()))?;
        Ok(stamped || !self.witnesses()?.is_empty() || !self.timestampers()?.is_empty())
    }
}
