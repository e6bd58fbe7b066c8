//! The registered messages as tracing wants them: masters, and an index over them. Made once for many texts.

use countermark_tracing::Finder;

use countermark_tlog::directory::Disk;

use crate::messages::Opened;
use crate::{Error, Office};

/// All registered messages. It holds masters and no codewords.
pub(crate) struct Archive {
    pub(crate) messages: Vec<Opened>,
    pub(crate) finder: Finder,
}

impl<D: Disk + Clone> Office<D> {
    /// Opens every message and indexes it.
    pub(crate) fn archive(&self) -> Result<Archive, Error> {
        let messages = self.open_all()?;
        let mut finder = Finder::new();
        for (number, opened) in messages.iter().enumerate() {
            finder.add(number, &opened.master);
        }
        Ok(Archive { messages, finder })
    }
}
