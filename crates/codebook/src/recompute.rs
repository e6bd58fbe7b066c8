//! Scores and exact tails, for recomputation by a verifier.
//!
//! A bundle that shows a copy's row lets anyone recompute its score and tail; this module is what they
//! recompute them with. It is not for the desk: below the line no score, no order and no closest copy
//! is shown to anybody, and [`look`](crate::look()) gives none.
//!
//! ```
//! use countermark_codebook::{Observations, recompute::{score, tail}};
//!
//! let alternatives = [2, 3];
//! let mut seen = Observations::nothing(2);
//! seen.sight(0, &[1, 0]);
//! seen.sight(1, &[0, 0, 1]);
//!
//! let score = score(&[0, 1], &alternatives, &seen, &[]).expect("the row fits");
//! assert_eq!(score, 986 - 4426);
//! // One codeword of six shows both; two more lose the second site, none of the others comes so near.
//! let tail = tail(&alternatives, &seen, &[], score);
//! assert_eq!((tail.count, tail.of), (4u8.into(), 6u8.into()));
//! ```

pub use crate::doubtless::{Doubtless, price};
pub use crate::evidence::{COARSEST_GRAIN, Evidence, Tail, WORK_LIMIT};
pub use crate::grid::{UNITS_PER_BIT, log2_units, site_scores};
pub use crate::look::{texts, threshold_met};

use crate::observations::Observations;
use num_bigint::BigUint;

/// `log2` of a number of any length; minus infinity for zero.
pub fn bits(value: &BigUint) -> f64 {
    crate::tail::log2(value)
}

/// The score of a row, in units of 2^-10 bit; nothing when the row does not fit the sites.
pub fn score(row: &[u8], alternatives: &[u8], observations: &Observations, disclosed: &[bool]) -> Option<i64> {
    Evidence::new(alternatives, observations, disclosed).score(row)
}

/// The exact tail of a score under a codeword drawn afresh.
pub fn tail(alternatives: &[u8], observations: &Observations, disclosed: &[bool], score: i64) -> Tail {
    Evidence::new(alternatives, observations, disclosed).tail(score)
}
