//! How often a copy of which nothing was used must be named by chance: exactly, from the evidence.

use countermark_codebook::recompute::{Evidence, texts, threshold_met};
use countermark_codebook::{Observations, Settings};

/// The share of all texts of a message that look 1 names: the largest tail that meets the line.
pub(crate) fn share(alternatives: &[u8], seen: &Observations, settings: &Settings, messages: u64) -> f64 {
    let evidence = Evidence::new(alternatives, seen, &[]);
    let all = texts(alternatives);
    let met = |score| threshold_met(&evidence.tail(score), &all, settings.copies(), 1, messages, settings.epsilon());
    // The lowest score that is named lies in (low, high].
    let (mut low, mut high) = (evidence.best() - (1 << 20), evidence.best());
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if met(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    let tail = evidence.tail(high);
    u64::try_from(&tail.count * 10u64.pow(18) / &tail.of).unwrap_or(u64::MAX) as f64 / 1e18
}

/// The chance that any of so many codewords is among a share of all.
pub(crate) fn any(share: f64, copies: u32) -> f64 {
    -(f64::from(copies) * (-share).ln_1p()).exp_m1()
}
