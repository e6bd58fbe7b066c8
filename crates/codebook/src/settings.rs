//! What is fixed at sealing and committed: the bound, the number of copies, and the rules.

use std::fmt;
use std::str::FromStr;

use crate::error::EpsilonError;

/// The share of the mean that every likelihood vector is mixed with, in thousandths (design rule:
/// eta = 0.05). It bounds what one altered site can cost a copy that was used.
pub const ETA_PER_MILLE: u32 = 50;

/// The name under which the spending of epsilon over looks is committed: look k may spend
/// epsilon / (k (k + 1)), which sums to epsilon over all k.
pub const SPENDING: &str = "k(k+1)";

/// The version of the rules of this crate: streams, merging, grid, grain, look.
pub const RULES_VERSION: u32 = 1;

/// The bound on the probability that a copy is ever named of which nothing was used.
///
/// Kept as an integer in units of 1e-15, so that comparing with it is exact. From 1e-12 to 1e-2.
///
/// ```
/// use countermark_codebook::Epsilon;
///
/// let epsilon: Epsilon = "0.0001".parse()?;
/// assert_eq!(epsilon.units(), 100_000_000_000);
/// assert_eq!(epsilon.to_string(), "1e-4");
/// assert_eq!("2.5e-6".parse::<Epsilon>()?.to_string(), "2.5e-6");
/// # Ok::<(), countermark_codebook::EpsilonError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epsilon(u64);

impl Epsilon {
    /// How many units make 1.
    pub const UNITS: u64 = 1_000_000_000_000_000;
    /// The smallest bound, 1e-12.
    pub const MIN: Self = Self(1_000);
    /// The largest bound, 1e-2.
    pub const MAX: Self = Self(10_000_000_000_000);

    /// A bound from its number of units of 1e-15.
    ///
    /// # Errors
    /// [`EpsilonError::Range`] outside 1e-12 to 1e-2.
    pub fn from_units(units: u64) -> Result<Self, EpsilonError> {
        let epsilon = Self(units);
        if (Self::MIN..=Self::MAX).contains(&epsilon) { Ok(epsilon) } else { Err(EpsilonError::Range { units }) }
    }

    /// The bound in units of 1e-15.
    pub fn units(self) -> u64 {
        self.0
    }

    /// The bound as a floating-point number, for display and planning; never for a decision.
    pub fn value(self) -> f64 {
        self.0 as f64 / Self::UNITS as f64
    }
}

/// 1e-4.
impl Default for Epsilon {
    fn default() -> Self {
        Self(100_000_000_000)
    }
}

/// The shortest scientific form: `1e-4`, `2.5e-6`.
impl fmt::Display for Epsilon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        let exponent = 16 - digits.len();
        let (first, rest) = digits.split_at(1);
        let rest = rest.trim_end_matches('0');
        let point = if rest.is_empty() { "" } else { "." };
        write!(f, "{first}{point}{rest}e-{exponent}")
    }
}

/// Reads `1e-4`, `2.5E-6` and `0.0001`; exactly, through no floating-point number.
impl FromStr for Epsilon {
    type Err = EpsilonError;

    fn from_str(text: &str) -> Result<Self, EpsilonError> {
        Self::from_units(units(text.trim()).ok_or(EpsilonError::Syntax)?)
    }
}

/// A decimal number in units of 1e-15; nothing when it is no such number or has more digits than that.
fn units(text: &str) -> Option<u64> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || digits.len() > 40 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let value: u128 = digits.trim_start_matches('0').parse().unwrap_or(0);
    let shift = exponent.checked_sub(i32::try_from(fraction.len()).ok()?)?.checked_add(15)?;
    let scale = 10u128.checked_pow(shift.unsigned_abs())?;
    let units = if shift >= 0 {
        value.checked_mul(scale)?
    } else if value.is_multiple_of(scale) {
        value / scale
    } else {
        return None;
    };
    Some(u64::try_from(units).unwrap_or(u64::MAX))
}

/// The law from which each site's bias vector comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Bias {
    /// Every alternative of a site is equally likely: best against one copy alone.
    #[default]
    Uniform,
}

impl Bias {
    /// The name under which the law is committed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Uniform => "uniform",
        }
    }

    /// The law of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        (name == "uniform").then_some(Self::Uniform)
    }
}

/// The settings that are fixed at sealing and committed. Tracing takes none of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Settings {
    copies: u32,
    epsilon: Epsilon,
    bias: Bias,
}

impl Settings {
    /// Settings for `copies` codewords, those of the file copies included.
    pub fn new(copies: u32, epsilon: Epsilon) -> Self {
        Self { copies, epsilon, bias: Bias::Uniform }
    }

    /// The number of codewords n: recipients and file copies.
    pub fn copies(&self) -> u32 {
        self.copies
    }

    /// The bound.
    pub fn epsilon(&self) -> Epsilon {
        self.epsilon
    }

    /// The law of the bias vectors.
    pub fn bias(&self) -> Bias {
        self.bias
    }

    /// Eta in thousandths: [`ETA_PER_MILLE`].
    pub fn eta_per_mille(&self) -> u32 {
        ETA_PER_MILLE
    }

    /// The name of the spending over looks: [`SPENDING`].
    pub fn spending(&self) -> &'static str {
        SPENDING
    }

    /// The version of the rules: [`RULES_VERSION`].
    pub fn rules_version(&self) -> u32 {
        RULES_VERSION
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn epsilon_reads_and_writes() {
        let rows: &[(&str, Result<&str, EpsilonError>)] = &[
            ("1e-4", Ok("1e-4")),
            ("1E-4", Ok("1e-4")),
            (" 0.0001 ", Ok("1e-4")),
            ("0.01", Ok("1e-2")),
            ("1e-2", Ok("1e-2")),
            ("1e-12", Ok("1e-12")),
            (".001", Ok("1e-3")),
            ("25e-5", Ok("2.5e-4")),
            ("0.00010", Ok("1e-4")),
            ("1.000e-3", Ok("1e-3")),
            ("1.00000000000000000e-3", Ok("1e-3")),
            ("1e-13", Err(EpsilonError::Range { units: 100 })),
            ("0.02", Err(EpsilonError::Range { units: 20_000_000_000_000 })),
            ("0", Err(EpsilonError::Range { units: 0 })),
            ("1e-16", Err(EpsilonError::Syntax)),
            ("-1e-4", Err(EpsilonError::Syntax)),
            ("", Err(EpsilonError::Syntax)),
            (".", Err(EpsilonError::Syntax)),
            ("1e", Err(EpsilonError::Syntax)),
            ("1e99999999999", Err(EpsilonError::Syntax)),
            ("1e-2147483648", Err(EpsilonError::Syntax)),
            ("nan", Err(EpsilonError::Syntax)),
        ];
        for (text, expected) in rows {
            let found = text.parse::<Epsilon>().map(|e| e.to_string());
            assert_eq!(found.as_deref().map_err(Clone::clone), *expected, "{text:?}");
        }
    }

    #[test]
    fn bias_names_read_back() {
        assert_eq!(Bias::from_name(Bias::Uniform.name()), Some(Bias::Uniform));
        assert_eq!(Bias::from_name("other"), None);
    }
}
