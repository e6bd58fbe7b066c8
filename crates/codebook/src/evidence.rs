//! What a look scores: the sites' score tables, on a grain that keeps the tail computable.

use std::collections::{BTreeMap, HashMap};

use num_bigint::BigUint;
use num_traits::One;

use crate::grid::site_scores;
use crate::observations::Observations;
use crate::tail::{self, Group, Wide};

/// The most steps that an exact tail may take; above it the scores are put on a coarser grain.
pub const WORK_LIMIT: u64 = 1 << 18;

/// The coarsest grain: above the largest loss that a site can have (10.3 bits, at 64 alternatives), so
/// that every alternative but the likeliest ones costs the same.
pub const COARSEST_GRAIN: u64 = 1 << 14;

/// The work above which a tail is first tried on [`COARSE`] losses.
const QUICK: u64 = 1 << 12;

/// The grain of that: half a bit.
const COARSE: u64 = 1 << 9;

/// The exact tail of a score: of `of` codewords over the scored sites, `count` score at least as high.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tail {
    /// The codewords with the score or a higher one.
    pub count: BigUint,
    /// All codewords over the scored sites.
    pub of: BigUint,
}

/// The evidence of one look: for each scored site the scores of its alternatives.
///
/// It follows from the numbers of alternatives, the observations and the disclosed sites, and from no
/// symbol. A site is scored when it is not disclosed and its observation has one value for each of its
/// alternatives.
///
/// **The grain.** A site's *loss* at an alternative is its best score minus that alternative's. With many
/// different likelihood vectors the possible sums of losses are too many to count through, and then
/// losses are rounded up to multiples of a grain g, the smallest of 1, 2, 4 ... 2^14 units with which
/// [`Evidence::work`] is at most [`WORK_LIMIT`]. Where even the coarsest does not do, whole groups of
/// sites with equal losses go unscored, the ones with the fewest sites first (equals: in the order of
/// their lists of losses), until it does. Rounding up leaves the best alternatives alone at the top, so
/// the bits observed stay what they were; and as the rule looks at no symbol, the bound is untouched.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// The message's number of sites.
    sites: usize,
    /// The scored sites, each with its table.
    scored: Vec<(usize, usize)>,
    /// The losses of each table's alternatives, on the grain.
    tables: Vec<Vec<u64>>,
    groups: Vec<Group>,
    grain: u64,
    best: i64,
}

impl Evidence {
    /// The evidence of `observations` for sites with these numbers of alternatives, symbols uniform.
    ///
    /// A site beyond the end of `disclosed` is not disclosed.
    pub fn new(alternatives: &[u8], observations: &Observations, disclosed: &[bool]) -> Self {
        let mut known: HashMap<&[u16], usize> = HashMap::new();
        let mut scores: Vec<Vec<i64>> = Vec::new();
        let sites: Vec<Option<usize>> = alternatives
            .iter()
            .enumerate()
            .map(|(site, &q)| {
                let hidden = disclosed.get(site).copied().unwrap_or(false);
                let vector = observations.get(site)?;
                if hidden || vector.len() != usize::from(q) {
                    return None;
                }
                if let Some(&table) = known.get(vector) {
                    return Some(table);
                }
                scores.push(site_scores(vector, &vec![1; vector.len()])?);
                known.insert(vector, scores.len() - 1);
                Some(scores.len() - 1)
            })
            .collect();
        Self::with_tables(sites, &scores)
    }

    /// Chooses the grain, and drops what is too much even for the coarsest.
    fn with_tables(mut sites: Vec<Option<usize>>, scores: &[Vec<i64>]) -> Self {
        let best: Vec<i64> = scores.iter().map(|table| table.iter().copied().max().unwrap_or(0)).collect();
        let mut counts = vec![0u64; scores.len()];
        for table in sites.iter().flatten() {
            counts[*table] += 1;
        }
        let mut grain = 1;
        let (mut tables, mut groups) = grouped(scores, &best, &counts, grain);
        while tail::work(&groups, grain) > WORK_LIMIT && grain < COARSEST_GRAIN {
            grain *= 2;
            (tables, groups) = grouped(scores, &best, &counts, grain);
        }
        while tail::work(&groups, grain) > WORK_LIMIT {
            let Some(least) = groups.iter().min_by_key(|g| (g.sites, &g.losses)).cloned() else {
                break;
            };
            groups.retain(|g| *g != least);
            for site in &mut sites {
                if site.is_some_and(|table| distinct(&tables[table]) == least.losses) {
                    *site = None;
                }
            }
        }
        let scored: Vec<(usize, usize)> =
            sites.iter().enumerate().filter_map(|(site, table)| Some((site, (*table)?))).collect();
        let best = scored.iter().map(|(_, table)| best[*table]).sum();
        Self { sites: sites.len(), scored, tables, groups, grain, best }
    }

    /// The score of a row in units of 2^-10 bit: the best score minus the row's losses. Nothing when the
    /// row has another number of sites, or a symbol that a scored site does not have.
    pub fn score(&self, row: &[u8]) -> Option<i64> {
        if row.len() != self.sites {
            return None;
        }
        let mut losses = 0;
        for (site, table) in &self.scored {
            losses += self.tables[*table].get(usize::from(row[*site]))?;
        }
        Some(self.best - i64::try_from(losses).ok()?)
    }

    /// The best score that any codeword could reach.
    pub fn best(&self) -> i64 {
        self.best
    }

    /// The tail of the best score: how many codewords share it.
    pub fn best_tail(&self) -> Tail {
        Tail { count: tail::best(&self.groups), of: self.of() }
    }

    /// The exact tail of a score.
    pub fn tail(&self, score: i64) -> Tail {
        let count = match u64::try_from(self.best.saturating_sub(score)) {
            Ok(limit) => tail::count_within(&self.groups, self.grain, limit),
            Err(_) => BigUint::ZERO,
        };
        Tail { count, of: self.of() }
    }

    /// Whether the tail of a score has at most the share `2^-bits` of all codewords, where that can be told
    /// from floating-point numbers; nothing nearer to the line than `near` bits.
    pub(crate) fn tail_within(&self, score: i64, bits: f64, near: f64) -> Option<bool> {
        let Ok(limit) = u64::try_from(self.best.saturating_sub(score)) else {
            return Some(true);
        };
        let all: Wide = tail::total(&self.groups.iter().collect::<Vec<_>>());
        let margin = |groups: &[Group], grain| {
            let count: Wide = tail::count_within(groups, grain, limit);
            count.log2() - all.log2() + bits
        };
        if self.work() > QUICK {
            // Two coarse limits of the tail decide nearly always.
            if margin(&tail::rounded(&self.groups, COARSE, true), COARSE) > near {
                return Some(false);
            }
            if margin(&tail::rounded(&self.groups, COARSE, false), COARSE) < -near {
                return Some(true);
            }
        }
        let margin = margin(&self.groups, self.grain);
        (margin.abs() > near).then_some(margin < 0.0)
    }

    /// The bits that a codeword with the best score is worth: minus `log2` of the best tail's share.
    pub fn bits(&self) -> f64 {
        let bits = self.groups.iter().map(|g| {
            let alternatives: u64 = g.losses.iter().map(|(_, count)| count).sum();
            let alike = g.losses.first().map_or(1, |(_, count)| *count);
            g.sites as f64 * (alternatives as f64 / alike as f64).log2()
        });
        // An empty sum of floats is -0.
        bits.sum::<f64>() + 0.0
    }

    /// The grain of the losses, in units of 2^-10 bit: a power of two.
    pub fn grain(&self) -> u64 {
        self.grain
    }

    /// The number of scored sites.
    pub fn scored(&self) -> usize {
        self.scored.len()
    }

    /// An upper limit of the steps that a tail takes, by which the grain is chosen.
    ///
    /// Sites with equal losses form a group: m sites, d different losses, the largest w units. A group has
    /// at most `o = min(C(m + d - 1, d - 1), m floor(w / g) + 1)` sums of losses, and takes o steps by
    /// itself (with three losses or more, `o m d`). The groups are taken from the smallest o to the
    /// largest (equals: in the order of their lists of losses). Before the first there is 1 state; each
    /// group but the last adds states times o steps and multiplies the states by o, but to no more than
    /// one more than the sum of `m floor(w / g)` so far; the last adds as many steps as there are states.
    pub fn work(&self) -> u64 {
        tail::work(&self.groups, self.grain)
    }

    fn of(&self) -> BigUint {
        self.groups.iter().fold(BigUint::one(), |product, g| {
            let alternatives: u64 = g.losses.iter().map(|(_, count)| count).sum();
            product * BigUint::from(alternatives).pow(u32::try_from(g.sites).unwrap_or(u32::MAX))
        })
    }
}

/// The tables' losses rounded up to the grain, and the groups of sites with equal ones.
fn grouped(scores: &[Vec<i64>], best: &[i64], counts: &[u64], grain: u64) -> (Vec<Vec<u64>>, Vec<Group>) {
    let tables: Vec<Vec<u64>> = scores
        .iter()
        .zip(best)
        .map(|(table, best)| {
            let loss = |score: &i64| best.abs_diff(*score).div_ceil(grain) * grain;
            table.iter().map(loss).collect()
        })
        .collect();
    let mut groups: BTreeMap<Vec<(u64, u64)>, u64> = BTreeMap::new();
    for (table, count) in tables.iter().zip(counts) {
        *groups.entry(distinct(table)).or_default() += count;
    }
    let groups = groups.into_iter().map(|(losses, sites)| Group { losses, sites }).collect();
    (tables, groups)
}

/// Each different loss in ascending order, with the number of alternatives that have it.
fn distinct(losses: &[u64]) -> Vec<(u64, u64)> {
    let mut counts: BTreeMap<u64, u64> = BTreeMap::new();
    for loss in losses {
        *counts.entry(*loss).or_default() += 1;
    }
    counts.into_iter().collect()
}
