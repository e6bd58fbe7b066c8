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

/// The 95 % interval of a share by E. B. Wilson (Journal of the American Statistical Association 22, 1927).
pub(crate) fn wilson(hits: usize, trials: usize) -> (f64, f64) {
    if trials == 0 {
        return (0.0, 1.0);
    }
    let (n, z) = (trials as f64, 1.959_964);
    let p = hits as f64 / n;
    let middle = p + z * z / (2.0 * n);
    let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z * z / n;
    (((middle - half) / scale).max(0.0), ((middle + half) / scale).min(1.0))
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
    #[test]
    fn wilsons_interval_is_the_known_one() {
        // 81 of 263: Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
        let rows = [((81, 263), (0.2553, 0.3662)), ((15, 148), (0.0624, 0.1605)), ((0, 20), (0.0, 0.1611))];
        for ((hits, trials), (low, high)) in rows {
            let found = wilson(hits, trials);
            assert!((found.0 - low).abs() < 1e-4 && (found.1 - high).abs() < 1e-4, "{found:?}");
        }
    }
}
