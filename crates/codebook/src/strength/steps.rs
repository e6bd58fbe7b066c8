//! What to add to a message for the next thing that can be promised of it.

use std::collections::BTreeSet;

use super::{PartSites, Reach, half_windows};

/// How densely sites are placed at most: one in so many words. Denser than that, a sentence is hardly still the writer's.
pub const WORDS_A_SITE: usize = 4;

/// Where the search for places gives up: no writer adds so many.
const MOST_ADDED: u32 = 256;

/// How near to the line, in bits, the exact count decides.
const NEAR: f64 = 1e-6;

/// What can be promised, from the least to the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Goal {
    /// The whole text names a copy.
    Whole,
    /// The whole text, retyped, does.
    Retyped,
    /// Half of the quotations of half the words do.
    Half,
    /// A single part does.
    OnePart,
    /// The whole text does with so many sites altered.
    Altered(u32),
}

/// A goal that is not reached yet, and what reaches it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The goal.
    pub goal: Goal,
    /// How many more sites of two alternatives, all surviving retyping, are enough. The fewest, but for [`Goal::Half`],
    /// where fewer may do in other places. Nothing where the text has no room for them.
    pub sites: Option<u32>,
    /// Where they could stand: parts, counted from 0, each with how many. The parts without a site come first; none takes
    /// more than one in [`WORDS_A_SITE`] words, its own counted. Fewer than `sites` where the text has no more room; only
    /// for [`Goal::Half`] and [`Goal::OnePart`] does it matter where they stand.
    pub placed: Vec<(usize, u32)>,
}

/// The goals that a message has not reached, in the order of [`Goal`], and what reaches each.
///
/// `all` shows every site, `retyped` those that survive retyping, both of one message.
pub fn steps(all: &Reach, retyped: &Reach, parts: &[PartSites]) -> Vec<Step> {
    let certain = all.certain(parts);
    let altered = all.bears().map_or(1, |borne| borne + 1);
    let bears = |reach: &Reach| reach.bears().is_some_and(|borne| borne >= altered);
    let open = [
        (!certain.whole).then(|| anywhere(Goal::Whole, all.missing(Reach::whole), parts)),
        (!retyped.whole()).then(|| anywhere(Goal::Retyped, retyped.missing(Reach::whole), parts)),
        (certain.half < 0.5).then(|| half(all, parts)),
        (certain.one_part == 0.0).then(|| one_part(all, parts)),
        Some(anywhere(Goal::Altered(altered), all.missing(bears), parts)),
    ];
    open.into_iter().flatten().collect()
}

fn anywhere(goal: Goal, sites: u32, parts: &[PartSites]) -> Step {
    let mut room = Room::of(parts);
    (0..sites).for_each(|_| room.sparsest());
    Step { goal, sites: Some(sites), placed: room.placed() }
}

/// Where sites can still be put.
struct Room {
    words: Vec<usize>,
    sites: Vec<usize>,
    added: Vec<u32>,
}

impl Room {
    fn of(parts: &[PartSites]) -> Self {
        Self {
            words: parts.iter().map(|part| part.words).collect(),
            sites: parts.iter().map(|part| part.sites.len()).collect(),
            added: vec![0; parts.len()],
        }
    }

    fn taken(&self, part: usize) -> usize {
        self.sites[part] + self.added[part] as usize
    }

    fn free(&self, part: usize) -> usize {
        (self.words[part] / WORDS_A_SITE).saturating_sub(self.taken(part))
    }

    /// Sites a word, were one more put there.
    fn density(&self, part: usize) -> f64 {
        (self.taken(part) + 1) as f64 / self.words[part].max(1) as f64
    }

    /// Adds a site to the part with the best score among those with room; false where none has a score above 0.
    fn add(&mut self, score: impl Fn(&Self, usize) -> f64) -> bool {
        let parts = (0..self.words.len()).filter(|part| self.free(*part) > 0);
        let scored = parts.map(|part| (score(self, part), part)).filter(|(score, _)| *score > 0.0);
        // Equals: the first part.
        let best = scored.reduce(|best, next| if next.0 > best.0 { next } else { best });
        if let Some((_, part)) = best {
            self.added[part] += 1;
        }
        best.is_some()
    }

    /// Adds a site where fewest stand; first where none does.
    fn sparsest(&mut self) {
        self.add(|room, part| {
            let empty = if room.taken(part) == 0 { 1e6 } else { 0.0 };
            empty + 1.0 / room.density(part)
        });
    }

    fn placed(&self) -> Vec<(usize, u32)> {
        self.added.iter().copied().enumerate().filter(|(_, added)| *added > 0).collect()
    }
}

fn one_part(all: &Reach, parts: &[PartSites]) -> Step {
    let room = Room::of(parts);
    let own = all.sites();
    let missing = |(number, part): (usize, &PartSites)| {
        let lacks = all.bits_needed() - all.bits_of(part.sites.iter().copied());
        if lacks.is_finite() && lacks > room.free(number) as f64 + 1.0 {
            return None;
        }
        let missing = all.missing(|reach| reach.names(part.sites.iter().copied().chain(own..reach.sites())));
        (room.free(number) >= missing as usize).then_some((missing, number))
    };
    let least = parts.iter().enumerate().filter_map(missing).min();
    Step {
        goal: Goal::OnePart,
        sites: least.map(|(missing, _)| missing),
        placed: least.map(|(missing, number)| (number, missing)).into_iter().collect(),
    }
}

/// A run of parts that some quotations of half the words hold whole.
struct Run {
    first: usize,
    end: usize,
    /// How many quotations.
    count: usize,
    /// The bits of its sites, each once.
    bits: f64,
}

/// Adds sites one by one, each where it helps most of those quotations that are nearest to naming; not always the fewest.
fn half(all: &Reach, parts: &[PartSites]) -> Step {
    let runs: Vec<Run> = half_windows(parts)
        .into_iter()
        .map(|((first, end), count)| {
            let sites: BTreeSet<usize> = parts[first..end].iter().flat_map(|part| part.sites.iter().copied()).collect();
            Run { first, end, count, bits: all.bits_of(sites) }
        })
        .collect();
    let wanted = runs.iter().map(|run| run.count).sum::<usize>().div_ceil(2);
    let mut room = Room::of(parts);
    for sites in 1..=MOST_ADDED {
        let now = missing(&runs, &room.added, all.with(sites as usize).bits_needed());
        let weights = weights(now, parts.len(), wanted);
        if !room.add(|room, part| weights[part] / (1.0 + 8.0 * room.density(part))) {
            break;
        }
        let now = missing(&runs, &room.added, all.with(sites as usize).bits_needed());
        let naming = now.iter().filter(|(missing, _)| *missing < NEAR).map(|(_, run)| run.count).sum::<usize>();
        if naming >= wanted && certain_with(all, parts, &room.added) {
            return Step { goal: Goal::Half, sites: Some(sites), placed: room.placed() };
        }
    }
    Step { goal: Goal::Half, sites: None, placed: Vec::new() }
}

/// How many bits each run lacks.
fn missing<'r>(runs: &'r [Run], added: &[u32], needed: f64) -> Vec<(f64, &'r Run)> {
    let lacks = |run: &Run| needed - run.bits - f64::from(added[run.first..run.end].iter().sum::<u32>());
    runs.iter().map(|run| (lacks(run), run)).collect()
}

/// For each part how many of the quotations hold it that do not name yet and are the nearest to it; as many of these as
/// are wanted beside those that name.
fn weights(missing: Vec<(f64, &Run)>, parts: usize, wanted: usize) -> Vec<f64> {
    // What lies on the line counts as missing: the integers may find it so.
    let (mut open, naming): (Vec<_>, Vec<_>) = missing.into_iter().partition(|(missing, _)| *missing > -NEAR);
    let mut left = wanted.saturating_sub(naming.iter().map(|(_, run)| run.count).sum());
    open.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut weights = vec![0.0; parts];
    for (_, run) in open {
        let count = run.count.min(left);
        left -= count;
        weights[run.first..run.end].iter_mut().for_each(|weight| *weight += count as f64);
    }
    weights
}

/// Whether half of the quotations name with these sites added, exactly.
fn certain_with(all: &Reach, parts: &[PartSites], added: &[u32]) -> bool {
    let mut next = all.sites();
    let parts: Vec<PartSites> = parts
        .iter()
        .zip(added)
        .map(|(part, added)| {
            let mut part = part.clone();
            part.sites.extend(next..next + *added as usize);
            next += *added as usize;
            part
        })
        .collect();
    all.with(next - all.sites()).certain(&parts).half >= 0.5
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Epsilon, Settings};

    /// A message of parts with so many words and sites of two alternatives each; the last sites of all are lost by retyping.
    fn message(parts: &[(usize, usize)], lost: usize) -> (Reach, Reach, Vec<PartSites>) {
        let mut next = 0;
        let mut cut = |(words, sites): &(usize, usize)| {
            next += sites;
            PartSites { words: *words, sites: (next - sites..next).collect() }
        };
        let parts: Vec<PartSites> = parts.iter().map(&mut cut).collect();
        let settings = Settings::new(10, Epsilon::default());
        let shown: Vec<bool> = (0..next).map(|site| site + lost < next).collect();
        let reach = |shown: &[bool]| Reach::new(&vec![2; next], shown, settings);
        (reach(&vec![true; next]), reach(&shown), parts)
    }

    fn found(steps: &[Step]) -> Vec<(Goal, Option<u32>)> {
        steps.iter().map(|step| (step.goal, step.sites)).collect()
    }

    #[test]
    fn what_is_missing_is_added_where_nothing_stands_yet() {
        let (all, retyped, parts) = message(&[(20, 4), (20, 0), (20, 5), (20, 6)], 3);
        let steps = steps(&all, &retyped, &parts);
        // 18 bits name one of ten copies at 1e-4, 23 with one altered.
        assert_eq!(
            found(&steps),
            [
                (Goal::Whole, Some(3)),
                (Goal::Retyped, Some(6)),
                (Goal::Half, None),
                (Goal::OnePart, None),
                (Goal::Altered(1), Some(8)),
            ]
        );
        assert_eq!(steps[0].placed, [(1, 3)]);
    }

    #[test]
    fn half_is_reached_by_what_is_placed_for_it() {
        let (all, retyped, parts) = message(&[(30, 3); 12], 0);
        let steps = steps(&all, &retyped, &parts);
        let half = &steps[0];
        let added: u32 = half.placed.iter().map(|(_, added)| added).sum();
        assert_eq!((half.goal, half.sites), (Goal::Half, Some(added)));
        let mut room = vec![0; parts.len()];
        half.placed.iter().for_each(|(part, added)| room[*part] = *added);
        assert!(certain_with(&all, &parts, &room));
        assert!(!certain_with(&all, &parts, &vec![0; parts.len()]));
        // Half the text holds five parts whole, fifteen bits of eighteen: three sites in the middle would do for most.
        assert!((3..=6).contains(&added), "{half:?}");
    }

    #[test]
    fn a_long_sentence_can_name_alone() {
        let (all, retyped, parts) = message(&[(10, 2), (120, 14), (10, 3)], 0);
        let one = steps(&all, &retyped, &parts).into_iter().find(|step| step.goal == Goal::OnePart);
        assert_eq!(one.map(|step| (step.sites, step.placed)), Some((Some(4), vec![(1, 4)])));
    }

    #[test]
    fn nothing_at_all_is_a_message_too() {
        let (all, retyped, parts) = message(&[], 0);
        assert_eq!(found(&steps(&all, &retyped, &parts))[0], (Goal::Whole, Some(18)));
        let (all, retyped, parts) = message(&[(0, 3), (2, 0)], 0);
        assert!(steps(&all, &retyped, &parts)[0].placed.is_empty());
    }
}
