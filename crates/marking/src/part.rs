//! Parts: what of a message is opened or stays closed.

use std::fmt;

use crate::master::{Master, Piece};
use crate::{Span, syntax};

/// A sentence of a master, or a line that stands alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its number, from 1.
    pub index: usize,
    /// Its bytes in the master's source, with the white space that follows it.
    pub source: Span,
    /// Its pieces; a text that runs across a cut is divided.
    pub pieces: Vec<Piece>,
    /// The sites that it holds, each once, in the order of their first occurrence here.
    pub sites: Vec<usize>,
    /// How long it is with every site at its first alternative. For the length in another codeword take
    /// [`LengthClass::of`] of [`Master::part_text`].
    pub length_class: LengthClass,
}

/// How long a part is, by its canonical words: what the public may know of a closed part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LengthClass {
    /// Up to 5 words; also a part without any.
    UpTo5,
    /// 6 to 10 words.
    UpTo10,
    /// 11 to 20 words.
    UpTo20,
    /// 21 to 40 words.
    UpTo40,
    /// 41 words or more.
    Longer,
}

impl LengthClass {
    /// All classes, shortest first.
    pub const ALL: [LengthClass; 5] = [Self::UpTo5, Self::UpTo10, Self::UpTo20, Self::UpTo40, Self::Longer];

    /// The class of a text.
    pub fn of(text: &str) -> LengthClass {
        Self::of_words(countermark_text::words(text).take(41).count())
    }

    /// The class of a number of canonical words.
    pub const fn of_words(words: usize) -> LengthClass {
        match words {
            0..=5 => Self::UpTo5,
            6..=10 => Self::UpTo10,
            11..=20 => Self::UpTo20,
            21..=40 => Self::UpTo40,
            _ => Self::Longer,
        }
    }

    /// Its number, 0 to 4, shortest first: the form in which it is committed to.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The class with this number.
    pub fn from_number(number: u8) -> Option<LengthClass> {
        Self::ALL.get(usize::from(number)).copied()
    }
}

impl fmt::Display for LengthClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::UpTo5 => "1-5 words",
            Self::UpTo10 => "6-10 words",
            Self::UpTo20 => "11-20 words",
            Self::UpTo40 => "21-40 words",
            Self::Longer => "more than 40 words",
        })
    }
}

/// A cut: it stands in or at the end of a text piece, so many bytes into it.
struct Cut {
    piece: usize,
    offset: usize,
    /// The byte of the source at which it stands.
    source: usize,
}

/// Cuts a master into parts.
///
/// The cuts are those of [`countermark_text::parts`] in the text with every site at its first alternative. A cut is dropped
/// when a site or field lies across it or touches it; white space that stands outside of them keeps them apart.
pub(crate) fn cut(master: &Master) -> Vec<Part> {
    let text = master.render_bracketed(&[]);
    let mut parts = Vec::new();
    let mut start = Cut { piece: 0, offset: 0, source: 0 };
    let mut at = Walker { master, piece: 0, from: 0, length: shown_length(master.pieces().first()) };
    for span in countermark_text::parts(&text) {
        let end = if span.end == text.len() {
            Cut { piece: master.pieces().len(), offset: 0, source: master.source().len() }
        } else {
            match at.cut(&text, span.end, &start) {
                Some(cut) => cut,
                None => continue,
            }
        };
        parts.push(part(master, parts.len() + 1, &start, &end));
        start = end;
    }
    if parts.is_empty() && !master.pieces().is_empty() {
        // Only sites whose first alternatives are empty: no text to cut, but sites to hold.
        let end = Cut { piece: master.pieces().len(), offset: 0, source: master.source().len() };
        parts.push(part(master, 1, &start, &end));
    }
    parts
}

/// Walks through the pieces along the rendered text.
struct Walker<'m> {
    master: &'m Master,
    piece: usize,
    from: usize,
    length: usize,
}

impl Walker<'_> {
    /// The cut at byte `offset` of the rendered text, or nothing if a site or field forbids it. Offsets must ascend; `last` is the cut before.
    fn cut(&mut self, text: &str, offset: usize, last: &Cut) -> Option<Cut> {
        // The piece that holds the byte before the cut.
        while self.from + self.length < offset {
            self.from += self.length;
            self.piece += 1;
            self.length = shown_length(self.master.pieces().get(self.piece));
        }
        let piece = self.master.pieces().get(self.piece)?;
        if !matches!(piece, Piece::Text(_)) {
            return None;
        }
        let inside = offset < self.from + self.length;
        let spaced = text[..offset].ends_with(char::is_whitespace);
        (inside || spaced).then(|| {
            let offset = offset - self.from;
            Cut { piece: self.piece, offset, source: source_at(self.master, self.piece, offset, last) }
        })
    }
}

fn shown_length(piece: Option<&Piece>) -> usize {
    match piece {
        Some(Piece::Text(text)) => text.len(),
        Some(Piece::Site { alternatives, .. }) => alternatives.first().map_or(0, String::len),
        Some(Piece::Field(name)) => name.len() + 2,
        None => 0,
    }
}

/// The part between two cuts.
fn part(master: &Master, index: usize, start: &Cut, end: &Cut) -> Part {
    let source = start.source..end.source;
    let mut pieces = Vec::new();
    let mut sites = Vec::new();
    for (number, piece) in master.pieces().iter().enumerate().skip(start.piece) {
        if number > end.piece || (number == end.piece && end.offset == 0) {
            break;
        }
        match piece {
            Piece::Text(text) => {
                let from = if number == start.piece { start.offset } else { 0 };
                let to = if number == end.piece { end.offset } else { text.len() };
                if from < to {
                    pieces.push(Piece::Text(text[from..to].to_owned()));
                }
            }
            Piece::Site { site, .. } => {
                if !sites.contains(site) {
                    sites.push(*site);
                }
                pieces.push(piece.clone());
            }
            Piece::Field(_) => pieces.push(piece.clone()),
        }
    }
    let mut text = String::new();
    for piece in &pieces {
        piece.show(&[], &mut text);
    }
    Part { index, source, pieces, sites, length_class: LengthClass::of(&text) }
}

/// The byte of the source at which a text piece is `offset` bytes in. Counted on from the cut before where that is in the same piece: a long
/// text has many cuts.
fn source_at(master: &Master, piece: usize, offset: usize, last: &Cut) -> usize {
    let Some(span) = master.spans().get(piece) else { return master.source().len() };
    match offset.checked_sub(last.offset).filter(|_| last.piece == piece) {
        Some(further) => syntax::source_offset(master.source(), &(last.source..span.end), further),
        None => syntax::source_offset(master.source(), span, offset),
    }
}
