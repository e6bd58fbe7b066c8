//! What was shown of a message: the sites whose symbols have left the desk, and so prove nothing about what is captured later.
//!
//! The vault's own note of it is lost when an older vault is put back, while what was shown stays in the world: whoever holds it
//! could then have the copy named with a text of his own making. So it is written down in the journal of looks first, which no
//! backup holds, and which is never put back.

use crate::{
    Error, Journal, Vault,
    looks::{agrees, note},
};

/// Sites are numbered below this.
const MOST_SITES: usize = 1 << 16;
/// Bytes of the map that one line carries: it is then shorter than 200 bytes, as a look's is, whatever a message's number of sites.
const LINE: usize = 48;

/// A set of sites.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shown {
    /// Site `8 i + j` is in it when bit `j`, counted from the least, of byte `i` is set.
    map: Vec<u8>,
}

impl Shown {
    pub(crate) fn of(sites: &[usize]) -> Result<Self, Error> {
        let mut shown = Self::default();
        for &site in sites {
            if site >= MOST_SITES {
                return Err(Error::SiteNumber { site, most: MOST_SITES - 1 });
            }
            shown.merge(site / 8 * 8, &[1 << (site % 8)]);
        }
        Ok(shown)
    }

    /// Adds the sites of a map that begins at a site, a multiple of 8.
    pub(crate) fn merge(&mut self, from: usize, map: &[u8]) {
        let start = from / 8;
        self.map.resize(self.map.len().max(start + map.len()), 0);
        for (known, new) in self.map[start..].iter_mut().zip(map) {
            *known |= new;
        }
    }

    /// The sites that are not in `known`.
    pub(crate) fn without(&self, known: &Self) -> Self {
        let known = known.map.iter().copied().chain(std::iter::repeat(0));
        Self { map: self.map.iter().zip(known).map(|(byte, known)| byte & !known).collect() }
    }

    pub(crate) fn map(&self) -> &[u8] {
        &self.map
    }

    pub(crate) fn sites(&self) -> Vec<usize> {
        (0..self.map.len() * 8).filter(|site| self.map[site / 8] >> (site % 8) & 1 == 1).collect()
    }

    /// The pieces that a line each carries: the site that a piece begins at, and its map.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = (usize, &[u8])> {
        self.map.chunks(LINE).enumerate().filter_map(|(number, piece)| {
            let last = piece.iter().rposition(|byte| *byte != 0)?;
            Some((number * LINE * 8, &piece[..=last]))
        })
    }
}

/// Whether a line's piece is one that is written: one form only, and no more than the number of sites.
pub(crate) fn is_piece(from: usize, map: &[u8]) -> bool {
    from.is_multiple_of(LINE * 8)
        && (1..=LINE).contains(&map.len())
        && map.last() != Some(&0)
        && from + map.len() * 8 <= MOST_SITES.next_multiple_of(LINE * 8)
}

impl Vault {
    /// Writes down, before the symbols of these sites of a message leave the desk, that they do. When this returns, that is durable
    /// in the journal; a process that is killed before may have written a part of it, which costs those sites and nothing else.
    ///
    /// # Errors
    /// [`Error::NotNameable`]: without the whole journal nothing can be shown, since a vault that is put back later would not know of it.
    /// Those of the disk and the store.
    pub fn show(&mut self, journal: &mut Journal, message: &[u8; 16], sites: &[usize]) -> Result<(), Error> {
        let message = self.message_tag(message);
        let shown = Shown::of(sites)?;
        journal.locked(|journal| {
            self.read(|tx| agrees(tx, journal))?;
            journal.append_shown(&message, &shown)?;
            // With the vault's knowledge of these lines a journal that lost them is seen to be cut short.
            self.write(|tx| note(tx, journal, 0))
        })
    }

    /// The sites of a message that were ever shown, in order, by the journal.
    ///
    /// # Errors
    /// [`Error::NotNameable`], those of the disk and the store.
    pub fn shown(&self, journal: &mut Journal, message: &[u8; 16]) -> Result<Vec<usize>, Error> {
        let message = self.message_tag(message);
        journal.locked(|journal| {
            self.read(|tx| agrees(tx, journal))?;
            Ok(journal.shown(&message).sites())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_of_sites() {
        for sites in [vec![], vec![0], vec![7, 8, 383, 384], vec![4095], (0..4096).collect(), vec![65_535]] {
            let shown = Shown::of(&sites).expect("sites");
            assert_eq!(shown.sites(), sites);
            let mut again = Shown::default();
            for (from, map) in shown.pieces() {
                assert!(is_piece(from, map));
                again.merge(from, map);
            }
            assert_eq!(again.sites(), sites, "its lines hold it");
            assert!(shown.without(&shown).pieces().next().is_none());
        }
        let (one, other) = (Shown::of(&[1, 9, 500]).expect("sites"), Shown::of(&[9]).expect("sites"));
        assert_eq!(one.without(&other).sites(), [1, 500]);
        assert_eq!(other.without(&one).sites(), [0_usize; 0]);
        assert!(matches!(Shown::of(&[65_536]), Err(Error::SiteNumber { site: 65_536, .. })));
    }

    #[test]
    fn pieces_have_one_form() {
        let table: [(usize, &[u8], bool); 7] = [
            (0, &[1], true),
            (384, &[0, 1], true),
            (8, &[1], false),
            (0, &[], false),
            (0, &[1, 0], false),
            (0, &[1; 49], false),
            (384_000, &[1], false),
        ];
        for (from, map, wanted) in table {
            assert_eq!(is_piece(from, map), wanted, "{from} {map:?}");
        }
    }
}
