//! What a set of sites can do, whatever the codewords are.

use super::{Certain, PartSites, half_windows, share};
use crate::evidence::{Evidence, WORK_LIMIT};
use crate::look::{bits_missing, can_name, texts, threshold_met};
use crate::observations::Observations;
use crate::settings::{Epsilon, Settings};

/// More sites than any bound asks for: 32 bits of copies and 40 of epsilon are fewer than 80.
const ENOUGH_ADDED: usize = 128;

/// How near to the line, in bits, the integers decide. The error of the floating-point sums is some 1e-10 bit.
const NEAR: f64 = 1e-4;

/// How many intact sites name a copy at the first look, the others not seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Enough {
    /// Any so many do.
    pub any: u32,
    /// So many do where they are the ones with the most alternatives; no fewer ever do.
    pub best: u32,
}

/// A message's sites under its bound, of which some are *shown*: what these can do at the first look.
///
/// By symmetry everything here is the same for every codeword: the tables of a site's alternatives are the same up to
/// their order.
///
/// ```
/// use countermark_codebook::{Epsilon, Settings, strength::Reach};
///
/// // Thirty sites; ten of them are commas that a retyped text shows no more.
/// let shown: Vec<bool> = (0..30).map(|site| site < 20).collect();
/// let settings = Settings::new(10, Epsilon::default());
/// let pasted = Reach::new(&[2; 30], &[true; 30], settings);
/// let retyped = Reach::new(&[2; 30], &shown, settings);
/// assert_eq!((pasted.bears(), retyped.bears()), (Some(3), Some(0)));
/// assert_eq!(pasted.enough().map(|enough| enough.any), Some(18));
/// ```
#[derive(Clone, Debug)]
pub struct Reach {
    alternatives: Vec<u8>,
    shown: Vec<bool>,
    settings: Settings,
    bits_needed: f64,
}

impl Reach {
    /// The sites with these numbers of alternatives; a site beyond the end of `shown` is not shown.
    pub fn new(alternatives: &[u8], shown: &[bool], settings: Settings) -> Self {
        let mut shown = shown.to_vec();
        shown.resize(alternatives.len(), false);
        let nothing = Observations::nothing(alternatives.len());
        let bits_needed = bits_missing(alternatives, &nothing, &[], &settings, 1, 1);
        Self { alternatives: alternatives.to_vec(), shown, settings, bits_needed }
    }

    /// The same with so many more sites of two alternatives, all shown.
    pub fn with(&self, more: usize) -> Self {
        let (mut alternatives, mut shown) = (self.alternatives.clone(), self.shown.clone());
        alternatives.resize(self.alternatives.len() + more, 2);
        shown.resize(self.shown.len() + more, true);
        Self::new(&alternatives, &shown, self.settings)
    }

    /// The message's number of sites.
    pub fn sites(&self) -> usize {
        self.alternatives.len()
    }

    /// The bits of the shown sites.
    pub fn bits(&self) -> f64 {
        self.bits_of(0..self.alternatives.len())
    }

    /// The bits of those of these sites that are shown. A site that comes by twice counts twice.
    pub fn bits_of(&self, sites: impl IntoIterator<Item = usize>) -> f64 {
        let shown = sites.into_iter().filter(|site| self.is_shown(*site));
        shown.map(|site| f64::from(self.alternatives[site].max(1)).log2()).sum::<f64>() + 0.0
    }

    /// The bits that name a copy at the first look: `log2(n 2 N / (N - n + 1) / epsilon)`; infinite while there are
    /// more copies than texts.
    pub fn bits_needed(&self) -> f64 {
        self.bits_needed
    }

    /// Whether those of these sites that are shown, each seen without doubt, name the copy that shows them.
    pub fn names(&self, sites: impl IntoIterator<Item = usize>) -> bool {
        let mut sites: Vec<usize> = sites.into_iter().filter(|site| self.is_shown(*site)).collect();
        // A tied site comes by several times.
        sites.sort_unstable();
        sites.dedup();
        let spare = self.bits_of(sites.iter().copied()) - self.bits_needed;
        if spare < -NEAR {
            return false;
        }
        if spare > NEAR && self.all_scored(&sites) {
            return true;
        }
        can_name(&self.alternatives, &self.seen(sites), &[], &self.settings, 1, 1)
    }

    /// Whether evidence of these sites certainly leaves none unscored: the work of its tail, as [`Evidence::work`] bounds
    /// it at the coarsest grain, is allowed.
    fn all_scored(&self, sites: &[usize]) -> bool {
        let mut kinds: Vec<u8> = sites.iter().map(|site| self.alternatives[*site]).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let sums = sites.len() as u64 + 2;
        kinds.len() == 1 || sums * (sites.len() + kinds.len()) as u64 <= WORK_LIMIT
    }

    fn is_shown(&self, site: usize) -> bool {
        self.shown.get(site).copied().unwrap_or(false)
    }

    /// Whether all shown sites name a copy.
    pub fn whole(&self) -> bool {
        self.names(0..self.alternatives.len())
    }

    /// What is certain of a text that is cut into these parts.
    pub fn certain(&self, parts: &[PartSites]) -> Certain {
        let names = |parts: &[PartSites]| self.names(parts.iter().flat_map(|part| part.sites.iter().copied()));
        let singles = parts.iter().filter(|part| names(std::slice::from_ref(part))).count();
        let (mut windows, mut naming) = (0usize, 0usize);
        for ((first, end), count) in half_windows(parts) {
            windows += count;
            if names(&parts[first..end]) {
                naming += count;
            }
        }
        Certain { whole: self.whole(), half: share(naming, windows), one_part: share(singles, parts.len()) }
    }

    /// How many of the shown sites suffice; nothing where not even all of them do.
    pub fn enough(&self) -> Option<Enough> {
        if !self.whole() {
            return None;
        }
        let mut sites: Vec<usize> = (0..self.alternatives.len()).filter(|site| self.shown[*site]).collect();
        sites.sort_by_key(|site| self.alternatives[*site]);
        let any = least(sites.len(), |count| self.names(sites[..count].iter().copied()));
        sites.reverse();
        let best = least(sites.len(), |count| self.names(sites[..count].iter().copied()));
        Some(Enough { any: number(any), best: number(best) })
    }

    /// How many of the shown sites may show another of their alternatives, whichever they are and whichever they show,
    /// while all others are intact, so that the copy is still named; nothing where it is not even with none altered.
    pub fn bears(&self) -> Option<u32> {
        if !self.whole() {
            return None;
        }
        let seen = self.seen(0..self.alternatives.len());
        let evidence = Evidence::new(&self.alternatives, &seen, &[]);
        let texts = texts(&self.alternatives);
        let (copies, epsilon) = (self.settings.copies(), self.settings.epsilon());
        let mut sites: Vec<usize> = (0..self.alternatives.len()).filter(|site| self.shown[*site]).collect();
        // The more alternatives a site has, the more its loss weighs: the worst that can be altered come first.
        sites.sort_by_key(|site| std::cmp::Reverse(self.alternatives[*site]));
        let named = |altered: usize| {
            let mut row = vec![0; self.alternatives.len()];
            for site in &sites[..altered] {
                row[*site] = 1;
            }
            let tail = evidence.score(&row).map(|score| evidence.tail(score));
            tail.is_some_and(|tail| threshold_met(&tail, &texts, copies, 1, 1, epsilon))
        };
        Some(number(least(sites.len(), |altered| !named(altered)).saturating_sub(1)))
    }

    /// How many more shown sites of two alternatives reach what `holds`: from 0 to 128.
    pub fn missing(&self, holds: impl Fn(&Self) -> bool) -> u32 {
        number(least(ENOUGH_ADDED, |more| holds(&self.with(more))))
    }

    /// What a text shows in which these sites are intact: their first alternatives, without doubt.
    fn seen(&self, sites: impl IntoIterator<Item = usize>) -> Observations {
        let mut seen = Observations::nothing(self.alternatives.len());
        for site in sites {
            if let (Some(&q), true) = (self.alternatives.get(site), self.is_shown(site)) {
                let mut likelihoods = vec![0; usize::from(q)];
                if let Some(first) = likelihoods.first_mut() {
                    *first = 1;
                }
                seen.sight(site, &likelihoods);
            }
        }
        seen
    }
}

/// How many intact sites of two alternatives name a copy at the first look of a message that has no others but
/// `altered` ones, which show their other alternative: guarantee G2, exactly.
///
/// ```
/// use countermark_codebook::{Epsilon, strength::intact_needed};
///
/// let needed = |altered| intact_needed(50, Epsilon::default(), altered);
/// assert_eq!([0, 1, 2, 3].map(needed), [20, 24, 27, 30]);
/// ```
pub fn intact_needed(copies: u32, epsilon: Epsilon, altered: u32) -> u32 {
    let settings = Settings::new(copies, epsilon);
    let named = |intact: usize| {
        let sites = intact + altered as usize;
        let reach = Reach::new(&vec![2; sites], &vec![true; sites], settings);
        reach.bears().is_some_and(|borne| borne >= altered)
    };
    number(least(ENOUGH_ADDED + 8 * altered as usize, named))
}

/// The least number from 0 to `most` for which a condition holds that goes on holding; one more than `most` where it
/// never does.
fn least(most: usize, holds: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, most + 1);
    while low < high {
        let middle = (low + high) / 2;
        if holds(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(alternatives: &[u8]) -> Reach {
        Reach::new(alternatives, &vec![true; alternatives.len()], Settings::new(10, Epsilon::default()))
    }

    #[test]
    fn the_worst_choice_of_sites_decides_and_the_best_bounds() {
        // 17.6 bits are needed: 9 sites of four do, 18 of two.
        let mut alternatives = vec![2; 20];
        alternatives.extend([4; 10]);
        assert_eq!(reach(&alternatives).enough(), Some(Enough { any: 18, best: 9 }));
        // Whichever the sites: each choice of so many names, and one of one fewer does not.
        let reach = reach(&[2, 2, 3, 3, 4, 5, 2, 3, 2, 6, 2, 3, 2]);
        let Enough { any, best } = reach.enough().expect("all of them name");
        for chosen in 0u32..1 << 13 {
            let sites = (0..13).filter(|site| chosen >> site & 1 == 1);
            let names = reach.names(sites);
            assert!(names || chosen.count_ones() < any, "{chosen:b}");
            assert!(!names || chosen.count_ones() >= best, "{chosen:b}");
        }
    }

    #[test]
    fn whichever_sites_are_altered() {
        let alternatives = [2, 3, 2, 4, 2, 3, 2, 5, 2, 3, 2, 4, 2, 3, 2, 2];
        let reach = reach(&alternatives);
        let borne = reach.bears().expect("all of them name");
        let seen = reach.seen(0..16);
        let evidence = Evidence::new(&alternatives, &seen, &[]);
        let texts = texts(&alternatives);
        let mut lost = false;
        for altered in 0u32..1 << 16 {
            let row: Vec<u8> = (0..16).map(|site| u8::from(altered >> site & 1 == 1)).collect();
            let score = evidence.score(&row).expect("the row fits");
            let named = threshold_met(&evidence.tail(score), &texts, 10, 1, 1, Epsilon::default());
            assert!(named || altered.count_ones() > borne, "{altered:b}");
            lost |= !named && altered.count_ones() == borne + 1;
        }
        assert!(lost, "one more would be borne too");
    }

    #[test]
    fn the_quick_way_decides_as_the_exact_one() {
        for copies in [1, 2, 10, 50] {
            for two in 0..30 {
                for five in 0..6 {
                    let alternatives = [vec![2; two], vec![5; five]].concat();
                    let shown = vec![true; alternatives.len()];
                    let reach = Reach::new(&alternatives, &shown, Settings::new(copies, Epsilon::default()));
                    let sites = 0..alternatives.len();
                    let exact = can_name(&alternatives, &reach.seen(sites.clone()), &[], &reach.settings, 1, 1);
                    assert_eq!(reach.names(sites.clone().chain(sites)), exact, "{copies} {two} {five}");
                }
            }
        }
    }

    #[test]
    fn no_site_and_too_few() {
        assert_eq!((reach(&[]).enough(), reach(&[]).bears(), reach(&[]).bits()), (None, None, 0.0));
        assert!(!reach(&[2; 17]).whole() && reach(&[2; 18]).whole());
        assert_eq!(reach(&[2; 16]).missing(Reach::whole), 2);
        assert_eq!(reach(&[2; 20]).bears(), Some(0));
        assert!(reach(&[2, 2]).bits_needed().is_infinite());
    }
}
