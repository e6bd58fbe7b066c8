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

/// The chance of at most `hits` hits in `trials` trials of probability `p`.
fn at_most(hits: u64, trials: u64, p: f64) -> f64 {
    let (n, mut k) = (trials as f64, hits as f64);
    let mut term = (ln_choose(trials, hits) + k * p.ln() + (n - k) * (-p).ln_1p()).exp();
    let mut sum = 0.0;
    // From the last term down; above the mean the terms first grow.
    loop {
        sum += term;
        if k == 0.0 || (term < sum * 1e-17 && k < n * p) {
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
        // No hit: 1 - level^(1/n). The others from the beta quantiles in R, qbeta(.95, 11, 90) and so on.
        let rows = [
            (upper(0, 1000, 0.001), 0.006_884),
            (upper(10, 100, 0.05), 0.163_990),
            (lower(10, 100, 0.05), 0.055_266),
            (lower(0, 10, 0.05), 0.0),
            (upper(10, 10, 0.05), 1.0),
        ];
        for (found, expected) in rows {
            assert!((found - expected).abs() < 2e-4, "{found} for {expected}");
        }
    }
}
