//! The registered messages as tracing wants them: masters, and an index over them. Made once for many texts.

use countermark_proof::MessageId;
use countermark_tracing::Finder;

use countermark_tlog::directory::Disk;

use crate::messages::{Opened, opened};
use crate::record::MessageRecord;
use crate::take::OpenTaken;
use crate::{Error, Office};

/// Registered messages: all of them, or those that could be meant. It holds masters and no codewords.
pub(crate) struct Archive {
    pub(crate) messages: Vec<Opened>,
    /// Taken ones: their numbers in the finder follow on those of `messages`.
    pub(crate) taken: Vec<OpenTaken>,
    pub(crate) finder: Finder,
}

impl<D: Disk + Clone> Office<D> {
    /// Opens every message and indexes it.
    pub(crate) fn archive(&self) -> Result<Archive, Error> {
        Ok(Archive::of(self.open_all()?, self.open_taken()?))
    }

    /// Opens these messages and indexes them. One that is not there, or damaged, is left out.
    pub(crate) fn archive_among(&self, messages: &[MessageId]) -> Result<Archive, Error> {
        let mut found = Vec::with_capacity(messages.len());
        for id in messages {
            let record = self.vault.read::<_, Error>(|tx| Ok(tx.get::<MessageRecord>(id.0)?))?;
            found.extend(record.and_then(|record| opened(&id.0, record).ok()));
        }
        Ok(Archive::of(found, self.open_taken_among(messages)?))
    }
}

impl Archive {
    fn of(messages: Vec<Opened>, taken: Vec<OpenTaken>) -> Self {
        let mut finder = Finder::new();
        for (number, opened) in messages.iter().enumerate() {
            finder.add(number, &opened.master);
        }
        for (number, taken) in (messages.len()..).zip(&taken) {
            finder.add(number, &taken.master);
        }
        Self { messages, taken, finder }
    }
}
