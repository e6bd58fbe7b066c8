//! Looks: what is named, and how often that must happen by chance.

use countermark_codebook::recompute::{Evidence, texts, threshold_met};
use countermark_codebook::{Codebook, Epsilon, Key, Observations, Settings, can_name, look};

use super::letters::Marked;
use super::texts::Chance;

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
    /// How many of these there must be by chance: the sum of their exact probabilities.
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
        self.expected += other.expected;
    }
}

impl Cell {
    fn settings(&self) -> Settings {
        Settings::new(self.copies, self.epsilon)
    }

    fn draw(&self, marked: &Marked, chance: &mut Chance) -> anyhow::Result<Codebook> {
        Ok(Codebook::draw(&Key::from_bytes(chance.key()), &marked.alternatives, self.copies as usize)?)
    }

    /// Looks at a text that is nobody's copy, each time as look 1 under a fresh key.
    pub(crate) fn nobodys(&self, marked: &Marked, seen: Option<&Observations>, chance: &mut Chance) -> anyhow::Result<Count> {
        let mut count = self.count(seen, self.keys);
        let (Some(seen), settings) = (seen, self.settings()) else { return Ok(count) };
        if !can_name(&marked.alternatives, seen, &[], &settings, 1, 1) {
            return Ok(count);
        }
        count.expected = self.keys as f64 * self.any(self.share(marked, seen), self.copies);
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
            count.right += u64::from(look.named.contains(&place));
            count.wrong += u64::from(look.named.iter().any(|copy| *copy != place));
        }
        // Named rows are the same texts whoever has them; one of them is taken when the copy itself is.
        let own = if count.right > 0 { (-marked.bits()).exp2() } else { 0.0 };
        let share = (self.share(marked, seen) - own).max(0.0);
        count.expected = self.others as f64 * self.any(share, self.copies - 1);
        Ok(count)
    }

    fn count(&self, seen: Option<&Observations>, sealings: u64) -> Count {
        Count { texts: 1, matched: u64::from(seen.is_some()), sealings, ..Count::default() }
    }

    /// The chance that any of so many codewords is among a share of all.
    fn any(&self, share: f64, copies: u32) -> f64 {
        -(f64::from(copies) * (-share).ln_1p()).exp_m1()
    }

    /// The share of all texts that look 1 names: the largest tail that meets the line.
    fn share(&self, marked: &Marked, seen: &Observations) -> f64 {
        let evidence = Evidence::new(&marked.alternatives, seen, &[]);
        let all = texts(&marked.alternatives);
        let met = |score| threshold_met(&evidence.tail(score), &all, self.copies, 1, 1, self.epsilon);
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
}
