//! The index of registered messages, as the desk wrote it: keyed hashes, no text.

use countermark_screening::{Key, RUN};
use countermark_shelf::Reader;

use crate::seams::{Hit, IndexState, Screen};
use crate::{Error, WatchFolder};

/// The file with the index's key, 64 hexadecimal digits.
const KEY: &str = "index.key";

/// The index in a watch folder.
#[derive(Debug)]
pub struct Index {
    reader: Reader,
    folder: WatchFolder,
    /// Texts of which a part could not be looked at since the last refresh.
    faults: u64,
}

impl Index {
    /// Opens it.
    ///
    /// # Errors
    /// [`Error::NoIndex`] when the desk has written none; [`Error::Index`], [`Error::File`].
    pub fn open(folder: &WatchFolder) -> Result<Self, Error> {
        folder.private(KEY)?;
        let text = folder.read(KEY)?.ok_or(Error::NoIndex)?;
        let key = key(text.trim()).ok_or_else(|| Error::Index(format!("{KEY} is not 64 hexadecimal digits")))?;
        let reader = Reader::open(&folder.index(), key).map_err(|e| Error::Index(chain(&e)))?;
        Ok(Self { reader, folder: folder.clone(), faults: 0 })
    }

    /// Registered messages in it.
    #[must_use]
    pub fn messages(&self) -> u64 {
        self.reader.screener().messages()
    }
}

impl Screen for Index {
    fn screen(&mut self, text: &str) -> Vec<Hit> {
        let screening = self.reader.screener().screen(text);
        self.faults += u64::from(!screening.faults.is_empty());
        let found = screening.matches.into_iter().map(|found| Hit {
            handle: found.handle,
            words: found.words,
            bits: found.bits,
            alarm: found.alarm,
            spans: found.spans,
        });
        // What very many messages share is a match all the same, of none in particular.
        let words = u32::try_from(RUN).unwrap_or(u32::MAX);
        let stock = screening.stock.into_iter();
        let stock = stock.map(|stock| Hit { handle: 0, words, bits: 0.0, alarm: false, spans: vec![stock.span] });
        found.chain(stock.take(1)).collect()
    }

    fn refresh(&mut self) -> Result<IndexState, String> {
        self.reader.refresh().map_err(|e| chain(&e))?;
        if std::mem::take(&mut self.faults) > 0 {
            return Err("it is damaged: some posts could not be looked at in full".to_owned());
        }
        Ok(IndexState { messages: self.messages(), written_at: written_at(&self.folder) })
    }
}

/// When the newest file of the index was written, seconds since 1970.
fn written_at(folder: &WatchFolder) -> u64 {
    let entries = std::fs::read_dir(folder.index()).into_iter().flatten().flatten();
    let times = entries.filter_map(|entry| entry.metadata().ok()?.modified().ok());
    let times = times.filter_map(|at| Some(at.duration_since(std::time::UNIX_EPOCH).ok()?.as_secs()));
    times.max().unwrap_or_default()
}

fn key(text: &str) -> Option<Key> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(&text[at..at + 2], 16).ok()?;
    }
    Some(Key::new(&bytes))
}

/// An error and what caused it.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(&format!(": {error}"));
        source = error.source();
    }
    text
}
