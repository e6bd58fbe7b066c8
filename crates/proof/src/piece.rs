//! Pieces: what a commitment is made of, in their order, and how each is hashed.

use crate::hash::{Digest, encode, hash, leaf_hash};
use crate::sealing::MessageId;

/// Pieces before the first part's text: settings, approvers, time.
pub(crate) const BEFORE_TEXTS: u64 = 3;

/// The kinds of pieces, in the order in which they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Settings,
    Approvers,
    Time,
    Text,
    Source,
    Symbols,
    Sites,
    Recipient,
}

impl Kind {
    fn label(self) -> &'static str {
        match self {
            Self::Settings => "countermark/piece/settings/1",
            Self::Approvers => "countermark/piece/approvers/1",
            Self::Time => "countermark/piece/time/1",
            Self::Text => "countermark/piece/text/1",
            Self::Source => "countermark/piece/source/1",
            Self::Symbols => "countermark/piece/symbols/1",
            Self::Sites => "countermark/piece/sites/1",
            Self::Recipient => "countermark/piece/recipient/1",
        }
    }
}

/// Where each piece stands: follows from the numbers of parts and copies alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) parts: u64,
    pub(crate) copies: u64,
}

impl Layout {
    /// All pieces: 3 + 2 per part + one per copy and part + one per part + one per copy.
    pub(crate) fn count(self) -> u64 {
        self.recipient(self.copies)
    }

    /// The pieces that prove the text, which stand first.
    pub(crate) fn text_pieces(self) -> u64 {
        BEFORE_TEXTS + 2 * self.parts
    }

    pub(crate) fn text(self, part: u64) -> u64 {
        BEFORE_TEXTS + part
    }

    pub(crate) fn source(self, part: u64) -> u64 {
        BEFORE_TEXTS + self.parts + part
    }

    pub(crate) fn symbols(self, copy: u64, part: u64) -> u64 {
        self.text_pieces() + copy * self.parts + part
    }

    pub(crate) fn sites(self, part: u64) -> u64 {
        self.symbols(self.copies, 0) + part
    }

    pub(crate) fn recipient(self, copy: u64) -> u64 {
        self.sites(self.parts) + copy
    }
}

/// `H("countermark/content/1", salt, content)`: what hides a piece's content until its salt is shown.
pub(crate) fn hide(salt: &Digest, content: &[u8]) -> Digest {
    hash("countermark/content/1", &[salt, content])
}

/// The pieces of one message.
pub(crate) struct Pieces<'a> {
    pub(crate) message: &'a MessageId,
    pub(crate) layout: Layout,
}

impl Pieces<'_> {
    /// The leaf hash of the piece `H(label, message id, index, count, public, hidden)`.
    pub(crate) fn leaf(&self, kind: Kind, index: u64, public: &[u8], hidden: &Digest) -> Digest {
        let (index, count) = (index.to_be_bytes(), self.layout.count().to_be_bytes());
        leaf_hash(&hash(kind.label(), &[&self.message.0, &index, &count, public, hidden]))
    }
}

/// Integers as the pieces hold them: 8 bytes, big-endian, each with its length.
pub(crate) fn numbers(values: &[u64]) -> Vec<u8> {
    let bytes: Vec<_> = values.iter().map(|value| value.to_be_bytes()).collect();
    let fields: Vec<&[u8]> = bytes.iter().map(<[u8; 8]>::as_slice).collect();
    encode(&fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_piece_has_a_place_of_its_own() {
        for (parts, copies) in [(1, 0), (1, 1), (3, 2), (5, 7)] {
            let layout = Layout { parts, copies };
            let mut places: Vec<u64> = (0..BEFORE_TEXTS).collect();
            places.extend((0..parts).map(|part| layout.text(part)));
            places.extend((0..parts).map(|part| layout.source(part)));
            for copy in 0..copies {
                places.extend((0..parts).map(|part| layout.symbols(copy, part)));
            }
            places.extend((0..parts).map(|part| layout.sites(part)));
            places.extend((0..copies).map(|copy| layout.recipient(copy)));
            assert_eq!(places, (0..layout.count()).collect::<Vec<_>>());
        }
    }
}
