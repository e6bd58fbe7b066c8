//! Exact confidence limits of a frequency (Clopper and Pearson, Biometrika 26, 1934).

/// The smallest probability above which `hits` or fewer of `trials` would have a chance below `level`.
pub(crate) fn upper(hits: u64, trials: u64, level: f64) -> f64 {
    if hits >= trials {
        return 1.0;
    }
    bisect(|p| at_most(hits, trials, p) > level)
}

/// The largest probability below which `hits` or more of `trials` would have a chance below `level`.
pub(crate) fn lower(hits: u64, trials: u64, level: f64) -> f64 {
    if hits == 0 {
        return 0.0;
    }
    bisect(|p| 1.0 - at_most(hits - 1, trials, p) < level)
}

/// The point between 0 and 1 up to which the condition holds.
fn bisect(holds: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if holds(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

/// The chance of at most `hits` hits in `trials` trials of probability `p`, `hits` below `trials`.
fn at_most(hits: u64, trials: u64, p: f64) -> f64 {
    // Summed from its largest term on, away from the mean.
    if (hits as f64) < trials as f64 * p { sum(hits, trials, p) } else { 1.0 - sum(trials - hits - 1, trials, 1.0 - p) }
}

/// The chance of at most `hits` hits, for `hits` below the mean: the terms fall from `hits` downwards.
fn sum(hits: u64, trials: u64, p: f64) -> f64 {
    let (n, mut k) = (trials as f64, hits as f64);
    let mut term = (ln_choose(trials, hits) + k * p.ln() + (n - k) * (-p).ln_1p()).exp();
    let mut sum = 0.0;
    loop {
        sum += term;
        if k == 0.0 || term <= sum * 1e-17 {
            return sum.min(1.0);
        }
        term *= k / (n - k + 1.0) * (1.0 - p) / p;
        k -= 1.0;
    }
}

fn ln_choose(n: u64, k: u64) -> f64 {
    (1..=k.min(n - k)).map(|i| ((n - k.min(n - k) + i) as f64 / i as f64).ln()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_the_known_ones() {
        // From a plain sum of binomial terms, with logarithmic gamma functions, and bisection.
        let rows = [
            (upper(0, 1000, 0.001), 0.006884),
            (upper(10, 100, 0.05), 0.163718),
            (lower(10, 100, 0.05), 0.055263),
            (lower(10, 10, 0.05), 0.741134),
            (upper(4992, 5000, 0.001), 0.999606),
            (lower(5000, 5000, 0.001), 0.998619),
            (upper(5000, 10000, 0.001), 0.515497),
            (lower(0, 10, 0.05), 0.0),
            (upper(10, 10, 0.05), 1.0),
        ];
        for (found, expected) in rows {
            assert!((found - expected).abs() < 2e-6, "{found} for {expected}");
        }
    }
}
