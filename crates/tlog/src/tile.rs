//! Tiles and entry bundles (C2SP tlog-tiles): where they lie and what bytes they hold.
//!
//! A tile at level `L` holds up to 256 consecutive roots of complete subtrees of `256^L` entries, 32 bytes each;
//! an entry bundle holds the entries below a level-0 tile, each after its length as a big-endian `uint16`.

use crate::error::TileError;
use crate::merkle::{Hash, node_hash};
use std::fmt;
use std::str::FromStr;

/// How many hashes a full tile has, and how many entries a full bundle.
pub const WIDTH: u64 = 256;

/// The most bytes an entry may have: its length prefix is a `uint16`.
pub const MAX_ENTRY: usize = u16::MAX as usize;

/// The most bytes of an entry bundle.
pub const MAX_BUNDLE: usize = WIDTH as usize * (2 + MAX_ENTRY);

/// The bytes of a full tile.
pub const MAX_TILE: usize = WIDTH as usize * 32;

/// The highest level that a tree of [`MAX_SIZE`](crate::merkle::MAX_SIZE) entries has.
pub const MAX_LEVEL: u8 = 7;

/// What a file of a log holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Hashes of this level, at most 63.
    Hashes(u8),
    /// Entries.
    Entries,
}

/// One tile or entry bundle: its place, and how many hashes or entries are in it. Its text form is its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tile {
    /// Hashes of a level, or entries.
    pub kind: Kind,
    /// Its number within the level.
    pub index: u64,
    /// How many hashes or entries, 1 to 256; 256 is a full one.
    pub width: u16,
}

impl Tile {
    /// The tile number `index` of a level in a tree of `size` entries; `None` when it would be empty. Entry bundles
    /// follow level 0.
    pub fn at(kind: Kind, index: u64, size: u64) -> Option<Tile> {
        let level = match kind {
            Kind::Hashes(level) => u32::from(level),
            Kind::Entries => 0,
        };
        let hashes = size.checked_shr(8 * level).unwrap_or(0);
        let start = index.checked_mul(WIDTH)?;
        let width = hashes.checked_sub(start)?.min(WIDTH) as u16;
        (width > 0).then_some(Tile { kind, index, width })
    }

    /// Whether it has all 256.
    pub fn is_full(&self) -> bool {
        u64::from(self.width) == WIDTH
    }

    /// The full tile at the same place.
    pub fn full(self) -> Tile {
        Tile { width: WIDTH as u16, ..self }
    }

    /// The directory that holds the partial tiles of this place.
    pub fn partials(self) -> String {
        format!("{}.p", self.full())
    }
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Kind::Hashes(level) => write!(f, "tile/{level}/")?,
            Kind::Entries => write!(f, "tile/entries/")?,
        }
        let mut divisor = 1u64;
        while self.index / divisor >= 1000 {
            divisor *= 1000;
        }
        while divisor > 1 {
            write!(f, "x{:03}/", self.index / divisor % 1000)?;
            divisor /= 1000;
        }
        write!(f, "{:03}", self.index % 1000)?;
        if self.is_full() { Ok(()) } else { write!(f, ".p/{}", self.width) }
    }
}

/// What is not the path of a tile or bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the path of a tile or an entry bundle")]
pub struct NotATile;

impl FromStr for Tile {
    type Err = NotATile;

    /// Reads a path, strictly: only the one form that [`Display`](fmt::Display) writes.
    fn from_str(path: &str) -> Result<Tile, NotATile> {
        let read = || {
            let (level, rest) = path.strip_prefix("tile/")?.split_once('/')?;
            let kind = if level == "entries" { Kind::Entries } else { Kind::Hashes(level.parse().ok()?) };
            let (number, width) = match rest.split_once(".p/") {
                Some((number, width)) => (number, width.parse().ok().filter(|width| *width < WIDTH as u16)?),
                None => (rest, WIDTH as u16),
            };
            let mut index = 0u64;
            for element in number.split('/') {
                let digits = element.strip_prefix('x').unwrap_or(element);
                let value: u64 = digits.parse().ok().filter(|value| *value < 1000)?;
                index = index.checked_mul(1000)?.checked_add(value)?;
            }
            let tile = Tile { kind, index, width };
            let fits = width > 0 && !matches!(kind, Kind::Hashes(64..));
            (fits && tile.to_string() == path).then_some(tile)
        };
        if path.len() > 64 { Err(NotATile) } else { read().ok_or(NotATile) }
    }
}

/// The bytes of a tile with these hashes.
pub fn encode_hashes(hashes: &[Hash]) -> Vec<u8> {
    hashes.concat()
}

/// The hashes of a tile of this width.
///
/// # Errors
/// [`TileError::Length`] when it has other than 32 bytes a hash.
pub fn decode_hashes(bytes: &[u8], width: u16) -> Result<Vec<Hash>, TileError> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    if hashes.len() != usize::from(width) || !rest.is_empty() {
        return Err(TileError::Length { expected: usize::from(width) * 32, found: bytes.len() });
    }
    Ok(hashes.to_vec())
}

/// Appends an entry to a bundle's bytes.
///
/// # Errors
/// [`TileError::EntrySize`] when it is longer than [`MAX_ENTRY`].
pub fn push_entry(bundle: &mut Vec<u8>, entry: &[u8]) -> Result<(), TileError> {
    let size = entry.len();
    let prefix = u16::try_from(size).map_err(|_| TileError::EntrySize { entry: 0, size })?;
    bundle.extend_from_slice(&prefix.to_be_bytes());
    bundle.extend_from_slice(entry);
    Ok(())
}

/// The entries of a bundle of this width.
///
/// # Errors
/// [`TileError::Truncated`] or [`TileError::Trailing`], with the place.
pub fn decode_entries(bytes: &[u8], width: u16) -> Result<Vec<&[u8]>, TileError> {
    let mut entries = Vec::with_capacity(usize::from(width));
    let mut rest = bytes;
    for entry in 0..usize::from(width) {
        let offset = bytes.len() - rest.len();
        let read = rest
            .split_first_chunk::<2>()
            .and_then(|(prefix, after)| after.split_at_checked(usize::from(u16::from_be_bytes(*prefix))));
        let (found, after) = read.ok_or(TileError::Truncated { entry, offset })?;
        entries.push(found);
        rest = after;
    }
    if rest.is_empty() {
        Ok(entries)
    } else {
        Err(TileError::Trailing { offset: bytes.len() - rest.len(), extra: rest.len() })
    }
}

/// The root of the complete subtree of height `height` number `number` among a tile's hashes; `None` when the
/// tile does not reach so far.
pub fn subtree(hashes: &[Hash], height: u8, number: usize) -> Option<Hash> {
    let span = 1usize.checked_shl(u32::from(height)).filter(|_| height <= 8)?;
    let start = number.checked_mul(span)?;
    let mut level = hashes.get(start..start.checked_add(span)?)?.to_vec();
    while level.len() > 1 {
        level = level.as_chunks::<2>().0.iter().map(|[left, right]| node_hash(left, right)).collect();
    }
    level.first().copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merkle::{leaf_hash, root};
    use proptest::prelude::*;

    fn hashes(level: u8, index: u64, width: u16) -> Tile {
        Tile { kind: Kind::Hashes(level), index, width }
    }

    #[test]
    fn paths_are_c2sp_s() {
        let rows = [
            (hashes(0, 0, 256), "tile/0/000"),
            (hashes(0, 0, 1), "tile/0/000.p/1"),
            (hashes(1, 999, 255), "tile/1/999.p/255"),
            (hashes(2, 1000, 256), "tile/2/x001/000"),
            (hashes(0, 1_234_067, 256), "tile/0/x001/x234/067"),
            (hashes(63, 1_234_067, 8), "tile/63/x001/x234/067.p/8"),
            (Tile { kind: Kind::Entries, index: 123_456_789, width: 7 }, "tile/entries/x123/x456/789.p/7"),
            (Tile { kind: Kind::Entries, index: 0, width: 256 }, "tile/entries/000"),
        ];
        for (tile, path) in rows {
            assert_eq!(tile.to_string(), path);
            assert_eq!(path.parse(), Ok(tile));
        }
        assert_eq!(hashes(0, 5, 7).partials(), "tile/0/005.p");
    }

    #[test]
    fn other_paths_are_none() {
        for path in [
            "",
            "tile",
            "tile/0",
            "tile/0/",
            "tile/0/0",
            "tile/0/00",
            "tile/0/0000",
            "tile/00/000",
            "tile/64/000",
            "tile/8/0/000",
            "tile/0/x000/000",
            "tile/0/x001/0",
            "tile/0/001/000",
            "tile/0/x001/x000",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/01",
            "tile/0/000.p/",
            "tile/0/+00",
            "tile/0/-01",
            "tile/data/000",
            "/tile/0/000",
            "tile/0/000.new",
            "tile/0/x099/x999/x999/x999/x999/x999/x999/999",
            "tile/entries/000/",
        ] {
            assert_eq!(path.parse::<Tile>(), Err(NotATile), "{path}");
        }
    }

    /// The worked example of C2SP tlog-tiles.
    #[test]
    fn a_tree_of_70000_has_the_tiles_of_the_specification() {
        let width = |level, index| Tile::at(Kind::Hashes(level), index, 70_000).map(|tile| tile.width);
        assert_eq!([width(0, 272), width(0, 273), width(0, 274)], [Some(256), Some(112), None]);
        assert_eq!([width(1, 0), width(1, 1), width(1, 2)], [Some(256), Some(17), None]);
        assert_eq!([width(2, 0), width(2, 1), width(3, 0)], [Some(1), None, None]);
        assert_eq!(Tile::at(Kind::Entries, 273, 70_000).map(|tile| tile.width), Some(112));
        let of_256 = |level| Tile::at(Kind::Hashes(level), 0, 256).map(|tile| tile.width);
        assert_eq!([of_256(0), of_256(1), of_256(2)], [Some(256), Some(1), None]);
        assert_eq!(Tile::at(Kind::Hashes(63), 0, u64::MAX), None);
        assert_eq!(Tile::at(Kind::Hashes(0), u64::MAX, u64::MAX), None);
    }

    #[test]
    fn bundles_say_where_they_break() {
        let mut bundle = Vec::new();
        push_entry(&mut bundle, b"abc").unwrap();
        push_entry(&mut bundle, b"").unwrap();
        assert_eq!(bundle, b"\x00\x03abc\x00\x00");
        assert_eq!(decode_entries(&bundle, 2).unwrap(), [&b"abc"[..], b""]);
        assert_eq!(decode_entries(&bundle, 1), Err(TileError::Trailing { offset: 5, extra: 2 }));
        assert_eq!(decode_entries(&bundle, 3), Err(TileError::Truncated { entry: 2, offset: 7 }));
        assert_eq!(decode_entries(&bundle[..6], 2), Err(TileError::Truncated { entry: 1, offset: 5 }));
        assert_eq!(decode_entries(&bundle[..4], 2), Err(TileError::Truncated { entry: 0, offset: 0 }));
        push_entry(&mut bundle, &vec![7; MAX_ENTRY]).unwrap();
        assert_eq!(decode_entries(&bundle, 3).unwrap()[2].len(), MAX_ENTRY);
        let long = push_entry(&mut bundle, &vec![7; MAX_ENTRY + 1]);
        assert_eq!(long, Err(TileError::EntrySize { entry: 0, size: MAX_ENTRY + 1 }));
    }

    #[test]
    fn tiles_hold_whole_hashes() {
        let leaves: Vec<Hash> = (0..5u8).map(|i| leaf_hash(&[i])).collect();
        let bytes = encode_hashes(&leaves);
        assert_eq!(decode_hashes(&bytes, 5).unwrap(), leaves);
        assert_eq!(decode_hashes(&bytes, 4), Err(TileError::Length { expected: 128, found: 160 }));
        assert_eq!(decode_hashes(&bytes[1..], 5), Err(TileError::Length { expected: 160, found: 159 }));
        assert_eq!(subtree(&leaves, 0, 4), Some(leaves[4]));
        assert_eq!(subtree(&leaves, 2, 0), Some(root(&leaves[..4])));
        assert_eq!(subtree(&leaves, 2, 1), None);
        assert_eq!(subtree(&leaves, 9, 0), None);
        assert_eq!(subtree(&leaves, 200, usize::MAX), None);
    }

    proptest! {
        #[test]
        fn every_path_reads_back(level in 0u8..64, index in any::<u64>(), width in 1u16..=256, entries in any::<bool>()) {
            let kind = if entries { Kind::Entries } else { Kind::Hashes(level) };
            let tile = Tile { kind, index, width };
            prop_assert_eq!(tile.to_string().parse(), Ok(tile));
        }

        #[test]
        fn what_reads_writes_back(path in "tile/(entries|[0-9]{1,2})/(x[0-9]{3}/){0,3}[0-9]{3}(\\.p/[0-9]{1,3})?") {
            if let Ok(tile) = path.parse::<Tile>() {
                prop_assert_eq!(tile.to_string(), path);
            }
        }
    }
}
