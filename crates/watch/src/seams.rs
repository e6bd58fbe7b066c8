//! What the pipeline asks of others, as small traits: the index, the reader of pictures, who is said to have said what.

use std::ops::Range;

/// A registered message that shares words with a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The message's random handle in the index.
    pub handle: u64,
    /// Words shared.
    pub words: u32,
    /// How rare they are, in bits.
    pub bits: f64,
    /// Whether that is rare enough to tell somebody.
    pub alarm: bool,
    /// Where they stand in the text, as byte ranges.
    pub spans: Vec<Range<usize>>,
}

/// What the index says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct IndexState {
    /// Registered messages in it.
    pub messages: u64,
    /// When it was written, seconds since 1970.
    pub written_at: u64,
}

/// The index of registered messages.
pub trait Screen: Send {
    /// What a text shares with registered messages, the rarest first.
    fn screen(&mut self, text: &str) -> Vec<Hit>;

    /// Takes a newer index, if there is one.
    ///
    /// # Errors
    /// What is wrong with it; the old one goes on.
    fn refresh(&mut self) -> Result<IndexState, String>;
}

/// What was read of a picture.
#[derive(Clone, Default)]
pub struct PictureText {
    /// The text.
    pub text: String,
    /// Each word's byte range, and how sure the reader is, 0 to 100.
    pub words: Vec<(usize, usize, u8)>,
}

/// Why a picture was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    /// It is too large, broken, or none; it will not be another time.
    Never,
    /// The reader failed; it may succeed another time.
    Failed,
}

/// A reader of pictures.
pub trait ReadPicture: Send + Sync {
    /// Reads a picture.
    ///
    /// # Errors
    /// [`Unread`].
    fn read(&self, bytes: &[u8]) -> Result<PictureText, Unread>;
}

/// Finds what is said to be somebody's words.
pub trait Attribute: Send {
    /// The byte ranges of direct quotations that are attributed to one of these names.
    fn attributed(&self, text: &str, names: &[String]) -> Vec<Range<usize>>;
}

impl std::fmt::Debug for PictureText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PictureText").field("words", &self.words.len()).finish_non_exhaustive()
    }
}
