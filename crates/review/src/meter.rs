//! The strength of what is accepted so far, and what is missing.

use countermark_codebook::strength::{sites_missing, sites_needed};
use countermark_codebook::{Epsilon, Observations, Settings, bits_missing};

use crate::Review;

/// For how many copies, and under which bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Readers {
    /// Recipients; the office's file copy comes on top.
    pub recipients: u32,
    /// The chance of naming an unused copy.
    pub epsilon: Epsilon,
}

/// What the meter shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Meter {
    /// Sites of the master.
    pub sites: usize,
    /// `log2` of the number of texts.
    pub bits: f64,
    /// The same of the sites that are still there when somebody types the text anew.
    pub bits_surviving: f64,
    /// Parts with words.
    pub parts: usize,
    /// Those of them that hold no site.
    pub parts_without_site: usize,
    /// What is still to do, where it is known for how many.
    pub goal: Option<Goal>,
}

/// What names a copy for certain: every site intact, the first look.
#[derive(Clone, Debug, PartialEq)]
pub struct Goal {
    /// Codewords: the recipients' and the file copy's.
    pub copies: u32,
    /// How many sites of two alternatives name a copy.
    pub sites_needed: u32,
    /// How many of them are missing; 0: the whole text names a copy.
    pub sites_missing: u32,
    /// The bits that are missing before the whole text names a copy; infinite when there are fewer texts than copies.
    pub bits_missing: f64,
}

impl Meter {
    /// Measures a review.
    pub fn of(review: &Review, readers: Option<Readers>) -> Meter {
        let master = review.master();
        let bits = |count: usize| (count as f64).log2();
        let surviving = master.sites().iter().filter(|site| site.class.survives_retyping());
        let parts: Vec<_> = review.parts().iter().filter(|part| part.words > 0).collect();
        let alternatives: Vec<u8> =
            master.sites().iter().map(|site| u8::try_from(site.alternatives).unwrap_or(u8::MAX)).collect();
        // `+ 0.0`: a sum of nothing is -0.
        Meter {
            sites: alternatives.len(),
            bits: master.sites().iter().map(|site| bits(site.alternatives)).sum::<f64>() + 0.0,
            bits_surviving: surviving.map(|site| bits(site.alternatives)).sum::<f64>() + 0.0,
            parts: parts.len(),
            parts_without_site: parts.iter().filter(|part| part.sites == 0).count(),
            goal: readers.map(|readers| Goal::of(&alternatives, readers)),
        }
    }
}

impl Goal {
    fn of(alternatives: &[u8], readers: Readers) -> Goal {
        let copies = readers.recipients.saturating_add(1);
        let mut seen = Observations::nothing(alternatives.len());
        for (site, &count) in alternatives.iter().enumerate() {
            let mut likelihoods = vec![0; usize::from(count)];
            if let Some(first) = likelihoods.first_mut() {
                *first = 1;
            }
            seen.sight(site, &likelihoods);
        }
        let settings = Settings::new(copies, readers.epsilon);
        Goal {
            copies,
            sites_needed: sites_needed(copies, readers.epsilon),
            sites_missing: sites_missing(alternatives, copies, readers.epsilon),
            bits_missing: bits_missing(alternatives, &seen, &[], &settings, 1, 1),
        }
    }
}
