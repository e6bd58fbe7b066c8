//! Every checkpoint that was published, and which of them shows best since when a leaf exists.

use countermark_tlog::checkpoint::SignedCheckpoint;
use countermark_tlog::cosignature;
use countermark_tlog::directory::Disk;
use countermark_tlog::note::VerifierKey;
use countermark_vault::Id;

use crate::ledger::unhex;
use crate::record::{HistoryRecord, StampRecord, TokenRecord};
use crate::{Error, Office};

/// A checkpoint of the history.
#[derive(Debug, Clone)]
pub struct Published {
    /// The signed note, with the cosignatures that are kept.
    pub checkpoint: SignedCheckpoint,
    /// When it was published, by this office's clock: milliseconds since 1970; 0 where that is not known.
    pub at_ms: u64,
    /// RFC 3161 tokens on it, each with the latest time that it says, seconds since 1970.
    pub tokens: Vec<(Vec<u8>, u64)>,
}

impl Published {
    /// How many leaves it covers.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.checkpoint.checkpoint().size
    }

    /// The earliest time that one of these witnesses put on it.
    #[must_use]
    pub fn cosigned(&self, witnesses: &[VerifierKey]) -> Option<u64> {
        let signatures = self.checkpoint.note().signatures().iter();
        let times = signatures.flat_map(|signature| {
            witnesses.iter().filter_map(|key| cosignature::verify(key, &self.checkpoint, signature).ok().flatten())
        });
        times.min()
    }
}

impl<D: Disk + Clone> Office<D> {
    /// The checkpoints that were published, the oldest first: those since the office keeps them, and older ones that were stamped.
    ///
    /// # Errors
    /// The vault's; [`Error::Stamp`] for a row that can't be read.
    pub fn checkpoints(&self) -> Result<Vec<Published>, Error> {
        let (kept, stamps) =
            self.vault.read::<_, Error>(|tx| Ok((tx.list::<HistoryRecord>()?, tx.list::<StampRecord>()?)))?;
        history(kept, stamps)
    }

    /// How many checkpoints are kept, and the newest of them; one of a year is one of thousands, and the others are not opened.
    ///
    /// # Errors
    /// As [`checkpoints`](Self::checkpoints).
    pub fn newest_checkpoint(&self) -> Result<(usize, Option<Published>), Error> {
        let found = self.vault.read::<_, Error>(|tx| {
            // Their ids are their sizes, so the newest comes last.
            let ids = tx.versions::<HistoryRecord>()?;
            let Some((id, _)) = ids.last() else { return Ok(None) };
            let Some(record) = tx.get::<HistoryRecord>(id)? else { return Ok(None) };
            let of = |stamp: &StampRecord| id[..] == stamp.size.to_be_bytes();
            let stamps: Vec<_> = tx.list::<StampRecord>()?.into_iter().filter(|(_, stamp)| of(stamp)).collect();
            Ok(Some((ids.len(), id.clone(), record, stamps)))
        })?;
        let Some((count, id, record, stamps)) = found else {
            // An office of before has stamps alone.
            let mut all = self.checkpoints()?;
            return Ok((all.len(), all.pop()));
        };
        Ok((count, history(vec![(id, record)], stamps)?.pop()))
    }

    /// Whether a witness of this office has cosigned it.
    pub(crate) fn is_cosigned(&self, checkpoint: &SignedCheckpoint) -> Result<bool, Error> {
        let keys: Vec<VerifierKey> = self.witnesses()?.into_iter().map(|witness| witness.key).collect();
        let one = Published { checkpoint: checkpoint.clone(), at_ms: 0, tokens: Vec::new() };
        Ok(one.cosigned(&keys).is_some())
    }

    /// The checkpoint that shows best since when a leaf exists, and its token: the earliest with a token; else the earliest that a
    /// witness cosigned; else the newest.
    pub(crate) fn best_checkpoint(&self, index: u64) -> Result<(SignedCheckpoint, Option<Vec<u8>>), Error> {
        let holding: Vec<Published> = self.checkpoints()?.into_iter().filter(|one| one.size() > index).collect();
        let stamped =
            holding.iter().flat_map(|one| one.tokens.iter().map(move |token| (token.1, one.size(), one, &token.0)));
        if let Some((_, _, one, token)) = stamped.min_by_key(|(time, size, ..)| (*time, *size)) {
            return Ok((one.checkpoint.clone(), Some(token.clone())));
        }
        let keys: Vec<VerifierKey> = self.witnesses()?.into_iter().map(|witness| witness.key).collect();
        let cosigned = holding.iter().filter_map(|one| Some((one.cosigned(&keys)?, one.size(), one)));
        if let Some((_, _, one)) = cosigned.min_by_key(|(time, size, _)| (*time, *size)) {
            return Ok((one.checkpoint.clone(), None));
        }
        Ok((self.newest()?, None))
    }
}

/// The history of these rows, the oldest checkpoint first.
fn history(kept: Vec<(Id, HistoryRecord)>, stamps: Vec<(Id, StampRecord)>) -> Result<Vec<Published>, Error> {
    let mut history = Vec::with_capacity(kept.len());
    for (_, record) in kept {
        history.push(published(record)?);
    }
    for (_, stamp) in stamps {
        let token = TokenRecord { token: stamp.token, time: stamp.time, by: String::new() };
        let stamp = published(HistoryRecord { note: stamp.note, at_ms: 0, tokens: vec![token] })?;
        let same = |known: &&mut Published| known.checkpoint.checkpoint() == stamp.checkpoint.checkpoint();
        match history.iter_mut().find(same) {
            Some(known) if known.tokens.contains(&stamp.tokens[0]) => {}
            Some(known) => known.tokens.extend(stamp.tokens),
            None => history.push(stamp),
        }
    }
    history.sort_by_key(Published::size);
    Ok(history)
}

pub(crate) fn published(record: HistoryRecord) -> Result<Published, Error> {
    let checkpoint = SignedCheckpoint::parse(record.note.as_bytes()).map_err(|_| Error::Stamp)?;
    let mut tokens = Vec::with_capacity(record.tokens.len());
    for token in record.tokens {
        tokens.push((unhex(&token.token).ok_or(Error::Stamp)?, token.time));
    }
    Ok(Published { checkpoint, at_ms: record.at_ms, tokens })
}
