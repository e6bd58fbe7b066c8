//! One thing, screened by hand: nothing is kept, nobody is told.

use countermark_inbox::{Level, Text};
use countermark_reading::document;

use crate::judge::{Judge, Judged};
use crate::seams::{Attribute, Hit, PictureText, ReadPicture, Screen};

/// What was found in one thing.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// The highest level of its texts; none when nothing was found.
    pub level: Option<Level>,
    /// Its texts.
    pub texts: Vec<CheckedText>,
    /// Whether it was a picture that could not be read.
    pub unread: bool,
}

/// A text, and what it shares.
#[derive(Clone, PartialEq)]
pub struct CheckedText {
    /// `own`, or `picture`.
    pub role: String,
    /// The text.
    pub text: String,
    /// What it shares with registered messages.
    pub hits: Vec<Hit>,
}

impl std::fmt::Debug for CheckedText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CheckedText").field("role", &self.role).field("hits", &self.hits.len()).finish_non_exhaustive()
    }
}

/// Screens a file's bytes: a picture is read, of a page the article is taken.
#[must_use]
pub fn check(
    bytes: &[u8],
    content_type: Option<&str>,
    base: Option<&str>,
    mut screen: Box<dyn Screen>,
    reader: Option<&dyn ReadPicture>,
    attribute: Option<(Box<dyn Attribute>, Vec<String>)>,
) -> Checked {
    let (role, read) = match is_picture(bytes) {
        true => match reader.map(|reader| reader.read(bytes)) {
            Some(Ok(read)) => ("picture", read),
            _ => return Checked { level: None, texts: Vec::new(), unread: true },
        },
        false => ("own", PictureText { text: document(bytes, content_type, base).text, words: Vec::new() }),
    };
    let hits = screen.screen(&read.text);
    let (attribute, names) = attribute.map_or((None, Vec::new()), |(attribute, names)| (Some(attribute), names));
    let (mut judge, mut judged) = (Judge::new(screen, attribute, names), Judged::default());
    let text = Text {
        role: role.to_owned(),
        author: None,
        text: read.text.clone(),
        confidences: Vec::new(),
        shared: Vec::new(),
    };
    judge.text(text, &mut judged);
    let texts = vec![CheckedText { role: role.to_owned(), text: read.text, hits }];
    Checked { level: judged.level, texts, unread: false }
}

fn is_picture(bytes: &[u8]) -> bool {
    let riff = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    bytes.starts_with(b"\x89PNG\r\n\x1a\n") || bytes.starts_with(b"\xff\xd8\xff") || riff
}
