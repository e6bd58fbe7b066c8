//! Looks: what is named, and how often that must happen by chance.

use countermark_codebook::recompute::texts;
use countermark_codebook::{Codebook, Epsilon, Key, Observations, Settings, can_name, look};

use super::letters::Marked;
use crate::chance::Chance;
use crate::expected::{any, share};

/// A number of copies and a bound.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cell {
    pub(crate) copies: u32,
    pub(crate) epsilon: Epsilon,
    /// Under so many keys is each text looked at: the smaller the bound, the more it takes to test it.
    pub(crate) keys: u64,
    /// The same for a true copy: so many drawings of everybody else's codewords.
    pub(crate) others: u64,
}

/// What was counted.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Count {
    /// Texts, and those in which a passage of the message was found.
    pub(crate) texts: u64,
    pub(crate) matched: u64,
    /// Sealings: each text under each of its keys.
    pub(crate) sealings: u64,
    /// Sealings in which the sites seen could name at all: looks that were taken.
    pub(crate) looks: u64,
    /// Sealings in which the copy was named from which the text was made.
    pub(crate) right: u64,
    /// Sealings in which any other copy was named.
    pub(crate) wrong: u64,
    /// Those of them in which the right copy was not named beside it.
    pub(crate) wrong_alone: u64,
    /// How many wrong ones there must be by chance: the sum of their exact probabilities.
    pub(crate) expected: f64,
}

impl Count {
    pub(crate) fn add(&mut self, other: &Self) {
        self.texts += other.texts;
        self.matched += other.matched;
        self.sealings += other.sealings;
        self.looks += other.looks;
        self.right += other.right;
        self.wrong += other.wrong;
        self.wrong_alone += other.wrong_alone;
        self.expected += other.expected;
    }
}

impl Cell {
    fn share(&self, marked: &Marked, seen: &Observations) -> f64 {
        share(&marked.alternatives, seen, &self.settings(), 1)
    }

    /// What is fixed at sealing.
    pub(crate) fn settings(&self) -> Settings {
        Settings::new(self.copies, self.epsilon)
    }

    /// Whether the master has texts enough for so many copies; otherwise it cannot be sealed.
    pub(crate) fn fits(&self, marked: &Marked) -> bool {
        texts(&marked.alternatives) >= self.copies.into()
    }

    fn draw(&self, marked: &Marked, chance: &mut Chance) -> anyhow::Result<Codebook> {
        Ok(Codebook::draw(&Key::from_bytes(chance.key()), &marked.alternatives, self.copies as usize)?)
    }

    /// Looks at a text that is nobody's copy, each time as look 1 under a fresh key.
    pub(crate) fn nobodys(
        &self,
        marked: &Marked,
        seen: Option<&Observations>,
        chance: &mut Chance,
    ) -> anyhow::Result<Count> {
        if !self.fits(marked) {
            return Ok(Count::default());
        }
        let mut count = self.count(seen, self.keys);
        let (Some(seen), settings) = (seen, self.settings()) else { return Ok(count) };
        if !can_name(&marked.alternatives, seen, &[], &settings, 1, 1) {
            return Ok(count);
        }
        count.expected = self.keys as f64 * any(self.share(marked, seen), self.copies);
        for _ in 0..self.keys {
            let codebook = self.draw(marked, chance)?;
            let look = look(&codebook, &marked.alternatives, seen, &[], &settings, 1, 1);
            count.looks += u64::from(look.taken);
            count.wrong += u64::from(!look.named.is_empty());
        }
        Ok(count)
    }

    /// Looks at what became of a copy, everybody else's codewords drawn anew each time.
    ///
    /// Given one row the others are uniform among the other texts, so this is the law of the others under a key
    /// that gives this row.
    pub(crate) fn copys(
        &self,
        marked: &Marked,
        row: &[u8],
        seen: Option<&Observations>,
        chance: &mut Chance,
    ) -> anyhow::Result<Count> {
        let mut count = self.count(seen, self.others);
        let (Some(seen), settings) = (seen, self.settings()) else { return Ok(count) };
        if !can_name(&marked.alternatives, seen, &[], &settings, 1, 1) {
            return Ok(count);
        }
        for _ in 0..self.others {
            let mut rows = loop {
                let codebook = self.draw(marked, chance)?;
                if codebook.rows()[1..].iter().all(|other| other != row) {
                    break codebook.rows().to_vec();
                }
            };
            // The copy takes a random place among the others.
            rows[0] = row.to_vec();
            let place = chance.below(rows.len());
            rows.swap(0, place);
            let codebook = Codebook::from_rows(rows, &marked.alternatives)?;
            let look = look(&codebook, &marked.alternatives, seen, &[], &settings, 1, 1);
            count.looks += u64::from(look.taken);
            let (right, wrong) = (look.named.contains(&place), look.named.iter().any(|copy| *copy != place));
            count.right += u64::from(right);
            count.wrong += u64::from(wrong);
            count.wrong_alone += u64::from(wrong && !right);
        }
        // Named rows are the same texts whoever has them; one of them is taken when the copy itself is.
        let own = if count.right > 0 { (-marked.bits()).exp2() } else { 0.0 };
        let share = (self.share(marked, seen) - own).max(0.0);
        count.expected = self.others as f64 * any(share, self.copies - 1);
        Ok(count)
    }

    fn count(&self, seen: Option<&Observations>, sealings: u64) -> Count {
        Count { texts: 1, matched: u64::from(seen.is_some()), sealings, ..Count::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::letters::mark;
    use super::*;

    /// Every codeword of a small message is tried: as many are named as the share says.
    #[test]
    fn the_share_is_that_of_the_codewords_that_are_named() {
        let letter = mark("We hope that the council will agree.".to_owned()).expect("a plain text");
        let mut marked = letter.masters.into_iter().next().expect("three masters");
        marked.alternatives = vec![2, 3, 2, 2, 2, 3, 2, 2, 2, 3];
        let cell = Cell { copies: 2, epsilon: Epsilon::MAX, keys: 1, others: 1 };
        let mut seen = Observations::nothing(marked.alternatives.len());
        for (site, &q) in marked.alternatives.iter().enumerate() {
            let mut likelihoods = vec![if site % 4 == 3 { 60 } else { 0 }; usize::from(q)];
            likelihoods[0] = 240;
            seen.sight(site, &likelihoods);
        }
        let mut row = vec![0; marked.alternatives.len()];
        let (mut named, mut all) = (0u64, 0u64);
        loop {
            let mut other = row.clone();
            other[0] ^= 1;
            let codebook = Codebook::from_rows(vec![row.clone(), other], &marked.alternatives).expect("they fit");
            let look = look(&codebook, &marked.alternatives, &seen, &[], &cell.settings(), 1, 1);
            named += u64::from(look.named.contains(&0));
            all += 1;
            let Some(place) = (0..row.len()).find(|&site| row[site] + 1 < marked.alternatives[site]) else { break };
            row[..place].fill(0);
            row[place] += 1;
        }
        assert!(named > 3, "{named} of {all}");
        assert!((cell.share(&marked, &seen) - named as f64 / all as f64).abs() < 1e-12);
    }
}
