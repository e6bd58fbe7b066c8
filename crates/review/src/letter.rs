//! The letter: what the writer wrote, without its sites.

use countermark_marking::{Master, Piece};
use countermark_text::words;

use crate::Span;

/// A text with the places of its fields, and where it stands in the source it came from.
#[derive(Clone)]
pub struct Letter {
    source: String,
    text: String,
    fields: Vec<(Span, String)>,
    words: Vec<Span>,
    /// Ascending pairs (byte of the source, byte of the letter): from the first to the next pair the two run in step.
    anchors: Vec<(usize, usize)>,
    /// Stretches of the source that are plain text.
    plain: Vec<Span>,
}

impl std::fmt::Debug for Letter {
    /// Shows sizes, never the text.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Letter").field("bytes", &self.text.len()).field("fields", &self.fields.len()).finish()
    }
}

impl Letter {
    /// The letter of a master.
    pub(crate) fn of(master: &Master) -> Letter {
        let mut letter = Letter {
            source: master.source().to_owned(),
            text: String::new(),
            fields: Vec::new(),
            words: Vec::new(),
            anchors: Vec::new(),
            plain: Vec::new(),
        };
        for (piece, span) in master.pieces().iter().zip(master.spans()) {
            let start = letter.text.len();
            match piece {
                Piece::Text(_) => letter.take_plain(span),
                Piece::Site { alternatives, .. } => {
                    letter.text.push_str(alternatives.first().map_or("", String::as_str));
                }
                Piece::Field(name) => {
                    letter.text.push_str(&format!("[{name}]"));
                    letter.fields.push((start..letter.text.len(), name.clone()));
                }
            }
        }
        letter.words = words(&letter.text).map(|word| word.span).collect();
        letter.words.dedup();
        letter
    }

    /// Plain text of the source, escapes undone; every escape is an anchor.
    fn take_plain(&mut self, span: &Span) {
        self.plain.push(span.clone());
        self.anchors.push((span.start, self.text.len()));
        let mut at = span.start;
        while let Some(c) = self.source.get(at..span.end).and_then(|rest| rest.chars().next()) {
            let second = self.source[at + c.len_utf8()..span.end].chars().next();
            match second {
                Some(second @ ('{' | '|' | '}' | '\\')) if c == '\\' => {
                    self.text.push(second);
                    at += 2;
                    self.anchors.push((at, self.text.len()));
                }
                _ => {
                    self.text.push(c);
                    at += c.len_utf8();
                }
            }
        }
    }

    /// What the writer gave: the source that was opened.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The letter's text, fields as `[name]`.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its fields, ascending: place and name.
    pub fn fields(&self) -> &[(Span, String)] {
        &self.fields
    }

    /// Its words, ascending, without the punctuation around them.
    pub fn words(&self) -> &[Span] {
        &self.words
    }

    /// The place in the letter of a span of the source; nothing when it is not wholly within one stretch of plain text.
    pub(crate) fn place(&self, source: &Span) -> Option<Span> {
        let stretch = self.plain.partition_point(|plain| plain.start <= source.start).checked_sub(1)?;
        let plain = self.plain.get(stretch)?;
        if source.end > plain.end || source.start > source.end {
            return None;
        }
        let at = |byte: usize| {
            let anchor = self.anchors.partition_point(|anchor| anchor.0 <= byte).checked_sub(1)?;
            let (from, to) = *self.anchors.get(anchor)?;
            Some(to + byte - from)
        };
        let span = at(source.start)?..at(source.end)?;
        self.text.get(span.clone()).map(|_| span)
    }
}
