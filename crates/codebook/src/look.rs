//! One look: which copies the evidence names under the bound, and nothing else.

use num_bigint::BigUint;
use num_traits::Zero;

use crate::codebook::Codebook;
use crate::evidence::{Evidence, Tail};
use crate::observations::Observations;
use crate::settings::{Epsilon, Settings};
use crate::tail::log2;

/// How near to the line, in bits, a floating-point tail may come before the exact one decides.
const NEAR: f64 = 1e-4;

/// The result of one look. Below the line it shows nothing: no score, no order, no closest copy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Look {
    /// The copies that are named, in the codebook's order; empty when the evidence names none.
    pub named: Vec<usize>,
    /// Whether rows were scored at all. Without symbols: false when [`can_name`] is.
    pub taken: bool,
}

/// Takes look `k` of a message on observations that were never scored before.
///
/// A copy is named when `n tail N / (N - n + 1) k (k + 1) M <= epsilon`, in integers, where `tail` is
/// the exact share of all codewords that score at least as high, N the product of the numbers of
/// alternatives, n the number of copies and M (`messages`) how many messages one leak could name.
///
/// The caller has written k and the hash of `observations.without(disclosed)` durably before. A look for
/// which [`can_name`] is false names nobody, scores nothing, and need not be counted.
///
/// ```
/// use countermark_codebook::{Codebook, Epsilon, Key, Observations, Settings, look};
///
/// let alternatives = [2u8; 30];
/// let codebook = Codebook::draw(&Key::from_bytes([7; 32]), &alternatives, 10)?;
/// let settings = Settings::new(10, Epsilon::default());
///
/// // Somebody publishes the fourth copy.
/// let mut seen = Observations::nothing(30);
/// for (site, symbol) in codebook.rows()[3].iter().enumerate() {
///     let mut likelihoods = [0, 0];
///     likelihoods[usize::from(*symbol)] = 1;
///     seen.sight(site, &likelihoods);
/// }
/// assert_eq!(look(&codebook, &alternatives, &seen, &[], &settings, 1, 1).named, [3]);
/// # Ok::<(), countermark_codebook::CodebookError>(())
/// ```
pub fn look(
    codebook: &Codebook,
    alternatives: &[u8],
    observations: &Observations,
    disclosed: &[bool],
    settings: &Settings,
    k: u64,
    messages: u64,
) -> Look {
    let evidence = Evidence::new(alternatives, observations, disclosed);
    let line = Line::new(alternatives, settings, codebook.rows().len(), k, messages);
    if !line.met(&evidence.best_tail()) {
        return Look::default();
    }
    let rows = codebook.rows().iter().enumerate();
    let mut scored: Vec<(i64, usize)> = rows.filter_map(|(copy, row)| Some((evidence.score(row)?, copy))).collect();
    let mut named = Vec::new();
    // Tails grow as scores fall: behind the first score that misses the line all others miss it.
    while let Some(best) = scored.iter().map(|(score, _)| *score).max() {
        if !line.passed_by(&evidence, best) {
            break;
        }
        named.extend(scored.extract_if(.., |(score, _)| *score == best).map(|(_, copy)| copy));
    }
    named.sort_unstable();
    Look { named, taken: true }
}

/// Whether look `k` could name anybody: whether the best codeword that could exist would be named.
///
/// It follows from the observations alone. A look for which it is false costs nothing and is not taken.
pub fn can_name(
    alternatives: &[u8],
    observations: &Observations,
    disclosed: &[bool],
    settings: &Settings,
    k: u64,
    messages: u64,
) -> bool {
    let evidence = Evidence::new(alternatives, observations, disclosed);
    Line::new(alternatives, settings, 0, k, messages).met(&evidence.best_tail())
}

/// The bits that the observations are worth at best: `-sum log2 (share of the likeliest alternatives)`
/// over the scored sites.
pub fn bits_observed(alternatives: &[u8], observations: &Observations, disclosed: &[bool]) -> f64 {
    Evidence::new(alternatives, observations, disclosed).bits()
}

/// The bits that are missing before look `k` could name anybody:
/// `max(0, log2(n k (k + 1) N / (N - n + 1) M / epsilon) - bits_observed)`.
///
/// Zero exactly when [`can_name`]; infinite when nothing ever can (no k, more copies than texts).
pub fn bits_missing(
    alternatives: &[u8],
    observations: &Observations,
    disclosed: &[bool],
    settings: &Settings,
    k: u64,
    messages: u64,
) -> f64 {
    let evidence = Evidence::new(alternatives, observations, disclosed);
    let line = Line::new(alternatives, settings, 0, k, messages);
    if line.met(&evidence.best_tail()) {
        return 0.0;
    }
    // Whatever the rounding says, the exact comparison above found that something is missing.
    (line.bits() - evidence.bits()).max(1e-9)
}

/// The bits that look `k` needs before it could name anybody: `log2(n k (k + 1) N / (N - n + 1) M / epsilon)`; infinite when nothing ever
/// can (no k, more copies than texts).
pub fn bits_needed(alternatives: &[u8], settings: &Settings, k: u64, messages: u64) -> f64 {
    Line::new(alternatives, settings, 0, k, messages).bits()
}

/// Whether a tail meets the bound at look `k`, in integers:
/// `n count N k (k + 1) M 10^15 <= epsilon of (N - n + 1)`, with epsilon in units of 1e-15.
///
/// `texts` is N, the number of different texts of the whole message, disclosed and unobserved sites
/// included. Never for k = 0, M = 0, or more copies than texts.
pub fn threshold_met(tail: &Tail, texts: &BigUint, copies: u32, k: u64, messages: u64, epsilon: Epsilon) -> bool {
    Line::of(texts.clone(), copies, k, messages, epsilon).met(tail)
}

/// The number N of different texts of a message: the product of its sites' numbers of alternatives.
pub fn texts(alternatives: &[u8]) -> BigUint {
    alternatives.iter().fold(BigUint::from(1u8), |n, &q| n * q)
}

/// What a tail is compared with: it is met when `count * over <= of * under`.
struct Line {
    over: BigUint,
    under: BigUint,
}

impl Line {
    fn new(alternatives: &[u8], settings: &Settings, rows: usize, k: u64, messages: u64) -> Self {
        // A codebook with more rows than were committed would be wrong; the larger number is the safe one.
        let copies = settings.copies().max(u32::try_from(rows).unwrap_or(u32::MAX));
        Self::of(texts(alternatives), copies, k, messages, settings.epsilon())
    }

    fn of(texts: BigUint, copies: u32, k: u64, messages: u64, epsilon: Epsilon) -> Self {
        if copies == 0 || k == 0 || messages == 0 || texts < BigUint::from(copies) {
            return Self { over: BigUint::from(1u8), under: BigUint::ZERO };
        }
        let free = &texts - copies + 1u8;
        Self {
            over: texts * copies * k * (BigUint::from(k) + 1u8) * messages * Epsilon::UNITS,
            under: free * epsilon.units(),
        }
    }

    fn met(&self, tail: &Tail) -> bool {
        !self.under.is_zero() && &tail.count * &self.over <= &tail.of * &self.under
    }

    /// Minus `log2` of the largest share that meets the line; infinite when none does.
    fn bits(&self) -> f64 {
        if self.under.is_zero() {
            return f64::INFINITY;
        }
        log2(&self.over) - log2(&self.under)
    }

    fn passed_by(&self, evidence: &Evidence, score: i64) -> bool {
        evidence.tail_within(score, self.bits(), NEAR).unwrap_or_else(|| self.met(&evidence.tail(score)))
    }
}
