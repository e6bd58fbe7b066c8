//! What a leak shows at each site, merged so that the order of the sightings cannot matter.

use sha2::{Digest, Sha256};

/// The value that the likeliest alternative of an observed site has in its canonical vector.
///
/// The other values are relative to it. 240 is divisible by 2, 3, 4, 5, 6 and 8, so the vectors that
/// come up in practice (a half, a third, two thirds) are exact, and it is small enough that readings of
/// equal worth fall on equal vectors, which keeps the exact tails cheap.
pub const LIKELIEST: u16 = 240;

/// The label that opens the canonical byte form; it names the version of the form.
pub const LABEL: &[u8] = b"countermark/observations/1";

/// What one normalised sighting adds up to over its alternatives.
const ONE: u64 = 1 << 32;

/// For each site of a message what a leak shows there: a likelihood for each alternative, or nothing.
///
/// A likelihood vector has one non-negative integer for each alternative, in the site's order; only its
/// proportions count. Several sightings of one site merge as the mean of their normalised vectors, in
/// integers, so that every order of the same sightings gives the same observations. A vector that is
/// all zero or all equal says nothing and is no sighting.
///
/// Observations are computed from the leak and the master alone: nothing in this type has ever seen a
/// symbol of a copy.
///
/// ```
/// use countermark_codebook::Observations;
///
/// let mut seen = Observations::nothing(3);
/// seen.sight(0, &[0, 1]);          // the second alternative, beyond doubt
/// seen.sight(2, &[3, 1, 0]);       // blurred: three to one for the first
/// assert_eq!(seen.get(0), Some(&[0, 240][..]));
/// assert_eq!(seen.get(1), None);
/// assert_eq!(seen.get(2), Some(&[240, 80, 0][..]));
/// assert_eq!(seen.unambiguous(0), Some(1));
/// assert_eq!(seen.unambiguous(2), None);
/// ```
#[derive(Clone, Debug)]
pub struct Observations {
    sites: Vec<Option<Sightings>>,
}

/// The sum of the normalised sightings of one site, and the canonical vector that follows from it.
#[derive(Clone, Debug)]
struct Sightings {
    sums: Vec<u64>,
    merged: Option<Vec<u16>>,
}

impl Observations {
    /// No observation at any of `sites` sites.
    pub fn nothing(sites: usize) -> Self {
        Self { sites: vec![None; sites] }
    }

    /// The number of sites of the message, observed or not.
    pub fn sites(&self) -> usize {
        self.sites.len()
    }

    /// Adds one sighting of a site: one likelihood for each of its alternatives, on any scale.
    ///
    /// Says whether the sighting counted. It does not when it says nothing (all zero, or all equal), when
    /// there is no such site, and when an earlier sighting of the site had another number of alternatives.
    pub fn sight(&mut self, site: usize, likelihoods: &[u16]) -> bool {
        let Some(place) = self.sites.get_mut(site) else {
            return false;
        };
        if says_nothing(likelihoods) {
            return false;
        }
        let total: u64 = likelihoods.iter().map(|&v| u64::from(v)).sum();
        let sightings = place.get_or_insert_with(|| Sightings { sums: vec![0; likelihoods.len()], merged: None });
        if sightings.sums.len() != likelihoods.len() {
            return false;
        }
        for (sum, &v) in sightings.sums.iter_mut().zip(likelihoods) {
            // A u64 holds four thousand million sightings of one site; no text is that long.
            *sum = sum.saturating_add(u64::from(v) * ONE / total);
        }
        sightings.merged = merge(&sightings.sums);
        true
    }

    /// The canonical vector of a site, its largest value [`LIKELIEST`]; nothing when the site was not
    /// seen, or when its sightings cancel out.
    pub fn get(&self, site: usize) -> Option<&[u16]> {
        self.sites.get(site)?.as_ref()?.merged.as_deref()
    }

    /// The only alternative of a site that what was seen leaves possible; nothing when it leaves several.
    pub fn unambiguous(&self, site: usize) -> Option<u8> {
        let vector = self.get(site)?;
        let mut possible = vector.iter().enumerate().filter(|(_, v)| **v > 0);
        let (alternative, _) = possible.next()?;
        match possible.next() {
            None => u8::try_from(alternative).ok(),
            Some(_) => None,
        }
    }

    /// The number of observed sites.
    pub fn observed(&self) -> usize {
        (0..self.sites.len()).filter(|site| self.get(*site).is_some()).count()
    }

    /// The same observations with nothing at the disclosed sites.
    ///
    /// This is what a look really scores, so it is the hash of *this* that says whether an observation has
    /// been scored before. A site beyond the end of `disclosed` is not disclosed.
    pub fn without(&self, disclosed: &[bool]) -> Self {
        let mut rest = self.clone();
        for (place, _) in rest.sites.iter_mut().zip(disclosed).filter(|(_, d)| **d) {
            *place = None;
        }
        rest
    }

    /// The canonical byte form: [`LABEL`], the number of sites (4 bytes), then for each site the number of
    /// its alternatives (1 byte; 0 for no observation) and its canonical vector (2 bytes each). All
    /// numbers are big-endian.
    ///
    /// ```
    /// let mut seen = countermark_codebook::Observations::nothing(2);
    /// seen.sight(1, &[1, 0]);
    /// assert_eq!(seen.to_bytes(), b"countermark/observations/1\0\0\0\x02\0\x02\0\xf0\0\0");
    /// ```
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = LABEL.to_vec();
        let sites = u32::try_from(self.sites.len()).unwrap_or(u32::MAX);
        bytes.extend(sites.to_be_bytes());
        for site in 0..self.sites.len() {
            let vector = self.get(site).unwrap_or_default();
            bytes.push(u8::try_from(vector.len()).unwrap_or(u8::MAX));
            for v in vector {
                bytes.extend(v.to_be_bytes());
            }
        }
        bytes
    }

    /// Reads the canonical byte form back; nothing when `bytes` is not exactly such a form.
    ///
    /// Of observations that were read back, the proportions of later sightings are right only if the
    /// form held a single sighting a site: it keeps the mean and not the number.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(LABEL)?;
        let (count, mut rest) = rest.split_first_chunk::<4>()?;
        let count = usize::try_from(u32::from_be_bytes(*count)).ok()?;
        // Every site takes a byte at least: nothing is allocated for a length that lies.
        if count > rest.len() {
            return None;
        }
        let mut observations = Self::nothing(count);
        for site in 0..count {
            let (length, tail) = rest.split_first()?;
            let (vector, tail) = tail.split_at_checked(usize::from(*length) * 2)?;
            rest = tail;
            if vector.is_empty() {
                continue;
            }
            let vector: Vec<u16> = vector.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
            observations.sight(site, &vector);
            if observations.get(site) != Some(&vector) {
                return None;
            }
        }
        rest.is_empty().then_some(observations)
    }

    /// The SHA-256 hash of the canonical byte form.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.to_bytes()).into()
    }
}

/// Two observations are equal when their canonical vectors are.
impl PartialEq for Observations {
    fn eq(&self, other: &Self) -> bool {
        self.sites() == other.sites() && (0..self.sites()).all(|s| self.get(s) == other.get(s))
    }
}

impl Eq for Observations {}

fn says_nothing(likelihoods: &[u16]) -> bool {
    likelihoods.len() < 2
        || likelihoods.len() > usize::from(u8::MAX)
        || likelihoods.iter().all(|v| *v == likelihoods[0])
}

/// The canonical vector: every sum relative to the largest, rounded to the nearest (a half goes up).
fn merge(sums: &[u64]) -> Option<Vec<u16>> {
    let largest = u128::from(*sums.iter().max()?);
    if largest == 0 {
        return None;
    }
    let vector: Vec<u16> = sums
        .iter()
        .map(|&sum| {
            let value = (2 * u128::from(sum) * u128::from(LIKELIEST) + largest) / (2 * largest);
            u16::try_from(value).unwrap_or(LIKELIEST)
        })
        .collect();
    (!says_nothing(&vector)).then_some(vector)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn seen(sightings: &[&[u16]]) -> Option<Vec<u16>> {
        let mut observations = Observations::nothing(1);
        for sighting in sightings {
            observations.sight(0, sighting);
        }
        observations.get(0).map(<[u16]>::to_vec)
    }

    #[test]
    fn sightings_merge_as_the_mean_of_the_normalised() {
        type Row = (&'static [&'static [u16]], Option<&'static [u16]>);
        let rows: &[Row] = &[
            (&[], None),
            (&[&[0, 0]], None),
            (&[&[7, 7, 7]], None),
            (&[&[1]], None),
            (&[&[1, 0]], Some(&[240, 0])),
            (&[&[65535, 0]], Some(&[240, 0])),
            (&[&[1, 0], &[1, 0]], Some(&[240, 0])),
            (&[&[1, 0], &[0, 1]], None),
            (&[&[1, 0], &[100, 0], &[0, 1]], Some(&[240, 120])),
            (&[&[1, 0], &[5, 5]], Some(&[240, 0])),
            (&[&[1, 0], &[1, 0, 0]], Some(&[240, 0])),
            (&[&[1, 1, 0]], Some(&[240, 240, 0])),
            (&[&[1, 1, 0], &[0, 0, 1]], Some(&[120, 120, 240])),
            (&[&[999, 1]], Some(&[240, 0])),
        ];
        for (sightings, expected) in rows {
            assert_eq!(seen(sightings).as_deref(), *expected, "{sightings:?}");
        }
    }

    #[test]
    fn what_is_no_site_is_not_counted() {
        let mut observations = Observations::nothing(1);
        assert!(!observations.sight(1, &[1, 0]));
        assert!(observations.sight(0, &[1, 0]));
        assert!(!observations.sight(0, &[1, 0, 0]));
        assert_eq!(observations.observed(), 1);
        assert_eq!(observations.get(9), None);
    }

    #[test]
    fn a_disclosed_site_is_hidden() {
        let mut observations = Observations::nothing(2);
        observations.sight(0, &[1, 0]);
        observations.sight(1, &[0, 1]);
        let rest = observations.without(&[true]);
        assert_eq!((rest.get(0), rest.get(1)), (None, Some(&[0, 240][..])));
        assert_ne!(rest.hash(), observations.hash());
        assert_eq!(observations.without(&[]), observations);
    }

    #[test]
    fn bytes_that_are_no_canonical_form_are_refused() {
        let mut observations = Observations::nothing(2);
        observations.sight(0, &[1, 3]);
        let good = observations.to_bytes();
        assert_eq!(Observations::from_bytes(&good), Some(observations));
        for end in 0..good.len() {
            assert_eq!(Observations::from_bytes(&good[..end]), None, "{end} bytes");
        }
        let mut longer = good.clone();
        longer.push(0);
        assert_eq!(Observations::from_bytes(&longer), None);
        // 241 is no canonical value: the largest is always 240.
        let mut scaled = good.clone();
        let last = scaled.len() - 2;
        scaled[last] = 241;
        assert_eq!(Observations::from_bytes(&scaled), None);
    }

    proptest! {
        #[test]
        fn the_order_of_sightings_does_not_matter(
            (sightings, shuffled) in (2usize..5)
                .prop_flat_map(|q| proptest::collection::vec(proptest::collection::vec(0u16..50, q), 0..6))
                .prop_flat_map(|s| (Just(s.clone()), Just(s).prop_shuffle()))
        ) {
            let mut one = Observations::nothing(1);
            let mut other = Observations::nothing(1);
            for v in &sightings { one.sight(0, v); }
            for v in &shuffled { other.sight(0, v); }
            prop_assert_eq!(one.hash(), other.hash());
        }

        #[test]
        fn the_byte_form_reads_back(
            sites in proptest::collection::vec(proptest::collection::vec(0u16.., 2..6), 0..8)
        ) {
            let mut observations = Observations::nothing(sites.len());
            for (site, v) in sites.iter().enumerate() { observations.sight(site, v); }
            prop_assert_eq!(Observations::from_bytes(&observations.to_bytes()), Some(observations));
        }
    }
}
