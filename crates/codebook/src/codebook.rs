//! Codewords: drawn from the key, all different.

use std::collections::{HashMap, HashSet};

use crate::error::CodebookError;
use crate::key::Key;

/// The most sites that a message may have.
pub const MAX_SITES: usize = 4096;

/// The most alternatives that a site may have.
pub const MAX_ALTERNATIVES: u8 = 64;

/// The most copies that a codebook may hold: far above what anybody sends, and small enough that a
/// hostile number costs nothing.
pub const MAX_COPIES: usize = 65_536;

/// All codewords of a message, one row a copy, those of the writer's own file copies included.
///
/// ```
/// use countermark_codebook::{Codebook, Key};
///
/// let key = Key::from_bytes([7; 32]);
/// let codebook = Codebook::draw(&key, &[2, 2, 3, 2], 10)?;
/// assert_eq!(codebook.rows().len(), 10);
/// // The same key gives the same codewords, and a copy's codeword does not depend on later copies.
/// assert_eq!(Codebook::draw(&key, &[2, 2, 3, 2], 4)?.rows(), &codebook.rows()[..4]);
/// # Ok::<(), countermark_codebook::CodebookError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Codebook {
    rows: Vec<Vec<u8>>,
}

impl Codebook {
    /// Draws `copies` different codewords for sites with these numbers of alternatives.
    ///
    /// Copies are drawn in order, each from its own stream, site after site; a codeword that already
    /// stands is drawn on from the same stream until it is new. So the rows are uniform among all tuples
    /// of different codewords.
    ///
    /// # Errors
    /// [`CodebookError`] when there are fewer texts than copies (with the number of sites missing), or a
    /// limit is passed.
    pub fn draw(key: &Key, alternatives: &[u8], copies: usize) -> Result<Self, CodebookError> {
        check(alternatives, copies)?;
        let streams = key.symbols();
        let mut standing = HashSet::with_capacity(copies);
        let mut rows = Vec::with_capacity(copies);
        for copy in 0..copies {
            let number = u32::try_from(copy).expect("at most MAX_COPIES copies were let in");
            let mut stream = streams.copy(number);
            let row = loop {
                let row: Vec<u8> = alternatives.iter().map(|&q| stream.symbol(q)).collect();
                if standing.insert(row.clone()) {
                    break row;
                }
            };
            rows.push(row);
        }
        Ok(Self { rows })
    }

    /// Takes over codewords that stand already, such as the rows of a record.
    ///
    /// # Errors
    /// [`CodebookError`] when a row does not fit the sites or stands twice, or a limit is passed.
    pub fn from_rows(rows: Vec<Vec<u8>>, alternatives: &[u8]) -> Result<Self, CodebookError> {
        check(alternatives, rows.len())?;
        let mut standing = HashMap::with_capacity(rows.len());
        for (index, row) in rows.iter().enumerate() {
            let fits = row.len() == alternatives.len() && row.iter().zip(alternatives).all(|(x, q)| x < q);
            if !fits {
                return Err(CodebookError::Row { row: index });
            }
            if let Some(first) = standing.insert(row.as_slice(), index) {
                return Err(CodebookError::SameRows { first, second: index });
            }
        }
        Ok(Self { rows })
    }

    /// The codewords in the order of the copies: one symbol a site, each below the site's number of
    /// alternatives.
    pub fn rows(&self) -> &[Vec<u8>] {
        &self.rows
    }
}

/// Shows how large the codebook is and no symbol of it.
impl std::fmt::Debug for Codebook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Codebook").field("copies", &self.rows.len()).finish_non_exhaustive()
    }
}

fn check(alternatives: &[u8], copies: usize) -> Result<(), CodebookError> {
    if alternatives.len() > MAX_SITES {
        return Err(CodebookError::TooManySites { sites: alternatives.len(), limit: MAX_SITES });
    }
    if copies > MAX_COPIES {
        return Err(CodebookError::TooManyCopies { copies, limit: MAX_COPIES });
    }
    for (site, &alternatives) in alternatives.iter().enumerate() {
        if !(2..=MAX_ALTERNATIVES).contains(&alternatives) {
            return Err(CodebookError::Alternatives { site, alternatives });
        }
    }
    let texts = alternatives.iter().fold(1u64, |texts, &q| texts.saturating_mul(u64::from(q)));
    let wanted = copies as u64;
    if texts < wanted {
        let missing_sites = (0..64).find(|more| texts.saturating_mul(1 << more) >= wanted).unwrap_or(64);
        return Err(CodebookError::TooFewTexts { texts, copies, missing_sites });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn too_few_texts_say_how_many_sites_are_missing() {
        type Row = (&'static [u8], usize, Option<(u64, u32)>);
        let rows: &[Row] = &[
            (&[], 0, None),
            (&[], 1, None),
            (&[], 2, Some((1, 1))),
            (&[2], 2, None),
            (&[2], 3, Some((2, 1))),
            (&[2, 2], 5, Some((4, 1))),
            (&[3], 50, Some((3, 5))),
            (&[2, 3, 4], 24, None),
            (&[2, 3, 4], 25, Some((24, 1))),
        ];
        for (alternatives, copies, expected) in rows {
            let found = match Codebook::draw(&Key::from_bytes([1; 32]), alternatives, *copies) {
                Ok(codebook) => {
                    assert_eq!(codebook.rows().len(), *copies);
                    None
                }
                Err(CodebookError::TooFewTexts { texts, missing_sites, .. }) => Some((texts, missing_sites)),
                Err(other) => panic!("{other}"),
            };
            assert_eq!(found, *expected, "{alternatives:?} {copies}");
        }
    }

    #[test]
    fn limits_are_held() {
        let key = Key::from_bytes([1; 32]);
        let refused = |alternatives: &[u8], copies| {
            Codebook::draw(&key, alternatives, copies).expect_err("must be refused").to_string()
        };
        assert_eq!(refused(&[2; 4097], 2), "4097 sites, at most 4096 are possible");
        assert_eq!(refused(&[2; 40], 70_000), "70000 copies are asked for, at most 65536 are possible");
        assert_eq!(refused(&[2, 1], 1), "site 1 has 1 alternatives, must have 2 to 64");
        assert_eq!(refused(&[0], 1), "site 0 has 0 alternatives, must have 2 to 64");
        assert_eq!(refused(&[65], 1), "site 0 has 65 alternatives, must have 2 to 64");
    }

    #[test]
    fn rows_are_taken_over_only_when_they_fit() {
        let take = |rows: &[&[u8]]| {
            let rows = rows.iter().map(|r| r.to_vec()).collect();
            Codebook::from_rows(rows, &[2, 3])
        };
        assert!(take(&[&[0, 2], &[1, 2]]).is_ok());
        assert_eq!(take(&[&[0]]), Err(CodebookError::Row { row: 0 }));
        assert_eq!(take(&[&[0, 0], &[2, 0]]), Err(CodebookError::Row { row: 1 }));
        assert_eq!(take(&[&[0, 0], &[1, 0], &[0, 0]]), Err(CodebookError::SameRows { first: 0, second: 2 }));
    }

    proptest! {
        #[test]
        fn codewords_are_different_and_fit(
            seed: [u8; 32], alternatives in proptest::collection::vec(2u8..6, 0..6), copies in 0usize..40
        ) {
            if let Ok(codebook) = Codebook::draw(&Key::from_bytes(seed), &alternatives, copies) {
                prop_assert_eq!(codebook.rows().len(), copies);
                prop_assert!(Codebook::from_rows(codebook.rows().to_vec(), &alternatives).is_ok());
            }
        }
    }

    /// With as many copies as texts the rows are a permutation of all codewords; over many keys each
    /// codeword must be equally often the last one, or drawing on would favour some.
    #[test]
    fn drawing_on_favours_no_codeword() {
        let mut counts = [0u32; 6];
        for trial in 0u32..6000 {
            let mut bytes = [0; 32];
            bytes[..4].copy_from_slice(&trial.to_be_bytes());
            let codebook = Codebook::draw(&Key::from_bytes(bytes), &[2, 3], 6).expect("6 texts, 6 copies");
            let last = &codebook.rows()[5];
            counts[usize::from(last[0]) * 3 + usize::from(last[1])] += 1;
        }
        for count in counts {
            // Six standard deviations of a binomial(6000, 1/6).
            assert!((826..=1174).contains(&count), "{counts:?}");
        }
    }
}
