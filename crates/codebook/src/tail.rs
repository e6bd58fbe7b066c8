//! Exact tails: how many codewords score at least as high as a given one.

use std::collections::BTreeMap;

use num_bigint::BigUint;
use num_traits::{One, Zero};

/// Sites whose alternatives score alike, up to the alternatives' order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    /// For each loss against the site's best alternative, in ascending order from 0, the number of
    /// alternatives with that loss.
    pub(crate) losses: Vec<(u64, u64)>,
    /// The number of such sites.
    pub(crate) sites: u64,
}

impl Group {
    /// The largest loss of one of the sites.
    fn worst(&self) -> u64 {
        self.losses.last().map_or(0, |(loss, _)| *loss)
    }

    /// The number of alternatives of one of the sites.
    fn alternatives(&self) -> u64 {
        self.losses.iter().map(|(_, count)| count).sum()
    }

    /// An upper limit of the number of different sums of losses over the group's sites, where losses
    /// are multiples of `grain`.
    pub(crate) fn outcomes(&self, grain: u64) -> u64 {
        let by_range = self.sites.saturating_mul(self.worst() / grain).saturating_add(1);
        // Multisets of size `sites` over d losses: C(sites + d - 1, d - 1), built factor by factor.
        let mut multisets = 1u128;
        for i in 1..self.losses.len() as u128 {
            multisets = multisets * (u128::from(self.sites) + i) / i;
            if multisets > u128::from(by_range) {
                return by_range;
            }
        }
        u64::try_from(multisets).unwrap_or(u64::MAX).min(by_range)
    }
}

/// An upper limit of the additions and multiplications that [`count_within`] makes on these groups.
pub(crate) fn work(groups: &[Group], grain: u64) -> u64 {
    let (mut work, mut states, mut range) = (0u64, 1u64, 0u64);
    let order = by_outcomes(groups, grain);
    for (place, group) in order.iter().enumerate() {
        let outcomes = group.outcomes(grain);
        let own = match group.losses.len() {
            0..=2 => outcomes,
            d => outcomes.saturating_mul(group.sites).saturating_mul(d as u64),
        };
        work = work.saturating_add(own);
        if place + 1 == order.len() {
            return work.saturating_add(states);
        }
        work = work.saturating_add(states.saturating_mul(outcomes));
        range = range.saturating_add(group.sites.saturating_mul(group.worst() / grain));
        states = states.saturating_mul(outcomes).min(range.saturating_add(1));
    }
    work
}

/// Numbers that count codewords: exact, or as wide floating-point numbers for a first estimate.
pub(crate) trait Count: Clone {
    fn from_u64(value: u64) -> Self;
    fn plus(&mut self, other: &Self);
    fn times(&self, other: &Self) -> Self;
    /// `self * factor / divisor`, where the division leaves no remainder.
    fn scaled(&self, factor: u64, divisor: u64) -> Self;

    fn power(base: u64, exponent: u64) -> Self {
        let (mut result, mut square) = (Self::from_u64(1), Self::from_u64(base));
        let mut exponent = exponent;
        while exponent > 0 {
            if exponent & 1 == 1 {
                result = result.times(&square);
            }
            exponent >>= 1;
            if exponent > 0 {
                square = square.times(&square);
            }
        }
        result
    }
}

impl Count for BigUint {
    fn from_u64(value: u64) -> Self {
        Self::from(value)
    }
    fn plus(&mut self, other: &Self) {
        *self += other;
    }
    fn times(&self, other: &Self) -> Self {
        self * other
    }
    fn scaled(&self, factor: u64, divisor: u64) -> Self {
        self * factor / divisor
    }
}

/// A positive number `mantissa * 2^exponent`, the mantissa in 1..2, or zero. Relative error 2^-52 an
/// operation; sums and products of positive numbers never cancel, so errors only add up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wide {
    mantissa: f64,
    exponent: i64,
}

impl Wide {
    fn new(value: f64, exponent: i64) -> Self {
        if value == 0.0 {
            return Self { mantissa: 0.0, exponent: 0 };
        }
        let raw = ((value.to_bits() >> 52) & 0x7ff) as i64 - 1023;
        Self { mantissa: value * (-raw as f64).exp2(), exponent: exponent + raw }
    }

    pub(crate) fn log2(self) -> f64 {
        self.mantissa.log2() + self.exponent as f64
    }
}

impl Count for Wide {
    fn from_u64(value: u64) -> Self {
        Self::new(value as f64, 0)
    }
    fn plus(&mut self, other: &Self) {
        if other.mantissa == 0.0 {
            return;
        }
        let (large, small) =
            if self.mantissa == 0.0 || self.exponent < other.exponent { (*other, *self) } else { (*self, *other) };
        let gap = large.exponent - small.exponent;
        let added = if small.mantissa == 0.0 || gap > 100 { 0.0 } else { small.mantissa * (-gap as f64).exp2() };
        *self = Self::new(large.mantissa + added, large.exponent);
    }
    fn times(&self, other: &Self) -> Self {
        Self::new(self.mantissa * other.mantissa, self.exponent + other.exponent)
    }
    fn scaled(&self, factor: u64, divisor: u64) -> Self {
        Self::new(self.mantissa * factor as f64 / divisor as f64, self.exponent)
    }
}

/// The number of codewords over the groups' sites whose losses add up to at most `limit`.
///
/// Dynamic programming over the groups: a state is a sum of losses with the number of ways to it. A
/// state that is past the limit is dropped, and one that can't pass it any more is counted with all its
/// continuations at once. The group with the most outcomes comes last and needs no states at all: its
/// cumulative counts are walked against the states.
pub(crate) fn count_within<C: Count>(groups: &[Group], grain: u64, limit: u64) -> C {
    let order = by_outcomes(groups, grain);
    let Some((last, first)) = order.split_last() else {
        return C::from_u64(1);
    };
    let mut reach: u64 = groups.iter().map(|g| g.sites * g.worst()).sum();
    let mut ways = total::<C>(&order);
    let mut sure = C::from_u64(0);
    let mut states = vec![(0, C::from_u64(1))];
    for (place, group) in first.iter().enumerate() {
        settle(&mut states, &mut sure, limit, reach, &ways);
        states = combine(&states, &outcomes(group, grain, limit), grain, limit);
        reach -= group.sites * group.worst();
        ways = total::<C>(&order[place + 1..]);
    }
    settle(&mut states, &mut sure, limit, reach, &ways);

    let last = outcomes::<C>(last, grain, limit);
    let mut cumulative = C::from_u64(0);
    let mut next = last.iter().peekable();
    // The larger the state's loss, the less is left: from the back, the cumulative count only grows.
    for (loss, count) in states.iter().rev() {
        while let Some((_, more)) = next.next_if(|(own, _)| loss + own <= limit) {
            cumulative.plus(more);
        }
        sure.plus(&count.times(&cumulative));
    }
    sure
}

/// The groups with their losses rounded to a coarser grain, up or down.
///
/// Rounded up, fewer codewords stay within a limit; rounded down, more do: two quick limits of a tail.
pub(crate) fn rounded(groups: &[Group], grain: u64, up: bool) -> Vec<Group> {
    let mut rounded: BTreeMap<Vec<(u64, u64)>, u64> = BTreeMap::new();
    for group in groups {
        let mut losses: Vec<(u64, u64)> = Vec::new();
        for (loss, count) in &group.losses {
            let loss = if up { loss.div_ceil(grain) } else { loss / grain } * grain;
            match losses.last_mut() {
                Some((last, alike)) if *last == loss => *alike += count,
                _ => losses.push((loss, *count)),
            }
        }
        *rounded.entry(losses).or_default() += group.sites;
    }
    let groups = rounded.into_iter();
    groups.map(|(losses, sites)| Group { losses, sites }).collect()
}

/// The number of all codewords over the groups' sites.
pub(crate) fn total<C: Count>(groups: &[&Group]) -> C {
    groups.iter().fold(C::from_u64(1), |product, g| product.times(&C::power(g.alternatives(), g.sites)))
}

/// The number of codewords over the groups' sites that lose nothing anywhere.
pub(crate) fn best(groups: &[Group]) -> BigUint {
    groups.iter().fold(BigUint::one(), |product, g| {
        let alike = g.losses.first().map_or(1, |(_, count)| *count);
        product * <BigUint as Count>::power(alike, g.sites)
    })
}

/// `log2` of a number of any length; minus infinity for zero.
pub(crate) fn log2(value: &BigUint) -> f64 {
    if value.is_zero() {
        return f64::NEG_INFINITY;
    }
    let shift = value.bits().saturating_sub(64);
    let top = (value >> shift).iter_u64_digits().next().unwrap_or(0);
    (top as f64).log2() + shift as f64
}

/// The groups from the fewest outcomes to the most; equals in the order of their losses, so that the
/// order is the same in every implementation.
fn by_outcomes(groups: &[Group], grain: u64) -> Vec<&Group> {
    let mut order: Vec<&Group> = groups.iter().collect();
    order.sort_by(|a, b| (a.outcomes(grain), &a.losses).cmp(&(b.outcomes(grain), &b.losses)));
    order
}

/// Takes out the states that stay within the limit whatever follows, counting all that may follow.
fn settle<C: Count>(states: &mut Vec<(u64, C)>, sure: &mut C, limit: u64, reach: u64, ways: &C) {
    let settled = states.partition_point(|(loss, _)| loss + reach <= limit);
    for (_, count) in states.drain(..settled) {
        sure.plus(&count.times(ways));
    }
}

/// The sums of losses over one group up to `limit`, ascending, each with its number of codewords.
fn outcomes<C: Count>(group: &Group, grain: u64, limit: u64) -> Vec<(u64, C)> {
    match *group.losses.as_slice() {
        [] => vec![(0, C::from_u64(1))],
        [(_, alike)] => vec![(0, C::power(alike, group.sites))],
        [(_, hits), (loss, misses)] => {
            let mut count = C::power(hits, group.sites);
            let mut list = Vec::new();
            for j in 0..=group.sites {
                if j * loss > limit {
                    break;
                }
                list.push((j * loss, count.clone()));
                if j < group.sites {
                    count = count.scaled((group.sites - j) * misses, (j + 1) * hits);
                }
            }
            list
        }
        _ => {
            let one: Vec<(u64, C)> = group.losses.iter().map(|(loss, count)| (*loss, C::from_u64(*count))).collect();
            let mut states = vec![(0, C::from_u64(1))];
            for _ in 0..group.sites {
                states = combine(&states, &one, grain, limit);
            }
            states
        }
    }
}

/// All sums of a state and an outcome that stay within the limit, ascending, equal ones as one.
fn combine<C: Count>(states: &[(u64, C)], outcomes: &[(u64, C)], grain: u64, limit: u64) -> Vec<(u64, C)> {
    let (Some((top, _)), Some((most, _))) = (states.last(), outcomes.last()) else {
        return Vec::new();
    };
    // Where the sums crowd together, a place for each possible one is quicker than sorting.
    let places = (top + most).min(limit) / grain + 1;
    if places < 2 * states.len() as u64 * outcomes.len() as u64 {
        return combine_densely(states, outcomes, grain, places);
    }
    let mut sums: Vec<(u64, C)> = Vec::new();
    for (loss, count) in states {
        for (more, ways) in outcomes {
            if loss + more > limit {
                break;
            }
            sums.push((loss + more, count.times(ways)));
        }
    }
    sums.sort_unstable_by_key(|(loss, _)| *loss);
    sums.dedup_by(|gone, kept| {
        let same = gone.0 == kept.0;
        if same {
            kept.1.plus(&gone.1);
        }
        same
    });
    sums
}

/// The same, with a place for each multiple of the grain below `places` times the grain.
fn combine_densely<C: Count>(states: &[(u64, C)], outcomes: &[(u64, C)], grain: u64, places: u64) -> Vec<(u64, C)> {
    let mut sums: Vec<Option<C>> = Vec::new();
    for (loss, count) in states {
        for (more, ways) in outcomes {
            let place = (loss + more) / grain;
            if place >= places {
                break;
            }
            let place = usize::try_from(place).unwrap_or(usize::MAX);
            if place >= sums.len() {
                sums.resize(place + 1, None);
            }
            let product = count.times(ways);
            match &mut sums[place] {
                Some(sum) => sum.plus(&product),
                empty => *empty = Some(product),
            }
        }
    }
    let kept = sums.into_iter().enumerate();
    kept.filter_map(|(place, sum)| Some((place as u64 * grain, sum?))).collect()
}
