//! One sealing, its desk, and what an attacker may do with it.

use std::collections::HashSet;

use countermark_codebook::recompute::Evidence;
use countermark_codebook::{Codebook, Epsilon, Key, Observations, Settings, look};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

/// The most looks that an attacker provokes.
pub(crate) const LOOKS: usize = 100;

/// What a text shows at one site: nothing when empty, else a likelihood for each alternative.
pub(crate) type Reading = Vec<u16>;

/// The rules that the desk keeps. The broken ones are controls: the simulation must see them break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rules {
    AsWritten,
    /// Disclosed sites go on scoring.
    DisclosedScored,
    /// Every look pays the price of the first.
    LooksUncounted,
    /// Messages that share a text pay nothing for it.
    MessagesUncounted,
    /// The best score of an unused copy is shown after each look.
    ScoreShown,
}

/// The size of a sealing.
#[derive(Clone, Debug)]
pub(crate) struct Size {
    pub(crate) alternatives: Vec<u8>,
    pub(crate) copies: usize,
    pub(crate) epsilon: Epsilon,
    /// How many messages share the text; each leak could name all of them.
    pub(crate) messages: usize,
    pub(crate) rules: Rules,
}

/// A sealed message (or several that share their text), the desk that traces, and the copies that the
/// attacker has taken.
pub(crate) struct Scene<'s> {
    size: &'s Size,
    rng: ChaCha8Rng,
    desks: Vec<Desk>,
    used: Vec<usize>,
    wrong: bool,
}

/// What the desk keeps of one message.
struct Desk {
    codebook: Codebook,
    settings: Settings,
    disclosed: Vec<bool>,
    scored: HashSet<[u8; 32]>,
    looks: u64,
}

impl<'s> Scene<'s> {
    /// Seals under a key that follows from `seed`.
    pub(crate) fn seal(size: &'s Size, seed: u64) -> anyhow::Result<Self> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let desks = (0..size.messages)
            .map(|_| {
                let mut key = [0; 32];
                rng.fill_bytes(&mut key);
                let codebook = Codebook::draw(&Key::from_bytes(key), &size.alternatives, size.copies)?;
                Ok(Desk {
                    codebook,
                    settings: Settings::new(u32::try_from(size.copies)?, size.epsilon),
                    disclosed: vec![false; size.alternatives.len()],
                    scored: HashSet::new(),
                    looks: 0,
                })
            })
            .collect::<anyhow::Result<_>>()?;
        Ok(Self { size, rng, desks, used: Vec::new(), wrong: false })
    }

    /// Whether a copy was ever named of which nothing had been used.
    pub(crate) fn wrong(&self) -> bool {
        self.wrong
    }

    pub(crate) fn alternatives(&self) -> &'s [u8] {
        &self.size.alternatives
    }

    pub(crate) fn sites(&self) -> usize {
        self.size.alternatives.len()
    }

    /// A number below `limit`, uniform but for a part in 2^32.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.rng.next_u64() % limit.max(1) as u64).unwrap_or(0)
    }

    /// True with the given chance in 100.
    pub(crate) fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    /// Takes a copy of the first message that was not taken before: from here on it is used.
    pub(crate) fn take(&mut self) -> Vec<u8> {
        let copies = self.size.copies;
        let copy = if self.used.len() >= copies {
            self.used[0]
        } else {
            loop {
                let copy = self.below(copies);
                if !self.used.contains(&copy) {
                    break copy;
                }
            }
        };
        self.used.push(copy);
        self.desks[0].codebook.rows()[copy].clone()
    }

    /// Takes up to `many` copies, but never all: somebody must be left to be named wrongly.
    pub(crate) fn take_many(&mut self, many: usize) -> Vec<Vec<u8>> {
        let many = many.min(self.size.copies.saturating_sub(1)).max(1);
        (0..many).map(|_| self.take()).collect()
    }

    /// A codeword drawn by the attacker himself.
    pub(crate) fn guess(&mut self) -> Vec<u8> {
        let alternatives = self.alternatives();
        alternatives.iter().map(|&q| u8::try_from(self.below(usize::from(q))).unwrap_or(0)).collect()
    }

    /// The sites in a random order.
    pub(crate) fn shuffled(&mut self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.sites()).collect();
        for i in (1..order.len()).rev() {
            let j = self.below(i + 1);
            order.swap(i, j);
        }
        order
    }

    /// A site shown without doubt.
    pub(crate) fn shown(&self, site: usize, symbol: u8) -> Reading {
        let mut reading = vec![0; usize::from(self.size.alternatives[site])];
        reading[usize::from(symbol)] = 1;
        reading
    }

    /// The text that shows a codeword at the sites that `keep` chooses.
    pub(crate) fn text(&self, row: &[u8], keep: impl Fn(usize) -> bool) -> Vec<Reading> {
        let reading = |(site, &symbol): (usize, &u8)| {
            if keep(site) { self.shown(site, symbol) } else { Vec::new() }
        };
        row.iter().enumerate().map(reading).collect()
    }

    /// How many bits the next look on the first message asks for.
    pub(crate) fn bits_asked(&self) -> f64 {
        let k = self.size.price(self.desks[0].looks + 1) as f64;
        let (copies, messages) = (self.size.copies as f64, self.size.counted() as f64);
        (copies * messages * k * (k + 1.0) / self.size.epsilon.value()).log2()
    }

    /// How many looks the first message's desk has taken.
    pub(crate) fn looks(&self) -> usize {
        usize::try_from(self.desks[0].looks).unwrap_or(usize::MAX)
    }

    /// Discloses the symbols at these sites, of every copy: the attacker is shown all of them, and the
    /// desk scores them no more.
    pub(crate) fn disclose(&mut self, sites: &[usize]) -> Vec<Vec<u8>> {
        for site in sites {
            self.desks[0].disclosed[*site] = true;
        }
        self.desks[0].codebook.rows().to_vec()
    }

    /// What the desk shows beside the named copies: nothing, by the rules.
    pub(crate) fn shown_score(&self, text: &[Reading]) -> Option<i64> {
        if self.size.rules != Rules::ScoreShown {
            return None;
        }
        let mut seen = Observations::nothing(self.sites());
        for (site, reading) in text.iter().enumerate() {
            seen.sight(site, reading);
        }
        let evidence = Evidence::new(self.alternatives(), &seen, &[]);
        let rows = self.desks[0].codebook.rows();
        let unused = rows.iter().enumerate().filter(|(copy, _)| !self.used.contains(copy));
        unused.filter_map(|(_, row)| evidence.score(row)).max()
    }

    /// Publishes a text; gives the copies that the desk names, for the attacker to hear.
    pub(crate) fn publish(&mut self, text: &[Reading]) -> Vec<usize> {
        self.publish_sightings(&[text])
    }

    /// Publishes a text that shows sites several times, each time as one of `passages` has them.
    pub(crate) fn publish_sightings(&mut self, passages: &[&[Reading]]) -> Vec<usize> {
        let mut seen = Observations::nothing(self.sites());
        for passage in passages {
            for (site, reading) in passage.iter().enumerate() {
                seen.sight(site, reading);
            }
        }
        let mut heard = Vec::new();
        for (message, desk) in self.desks.iter_mut().enumerate() {
            let named = desk.trace(self.size, &seen);
            // Copies of the other messages are never taken: every one of them is unused.
            self.wrong |= named.iter().any(|copy| message > 0 || !self.used.contains(copy));
            if message == 0 {
                heard = named;
            }
        }
        heard
    }
}

impl Size {
    /// The k at whose price look `k` is taken.
    fn price(&self, k: u64) -> u64 {
        if self.rules == Rules::LooksUncounted { 1 } else { k }
    }

    /// The number of messages that a look pays for.
    fn counted(&self) -> u64 {
        if self.rules == Rules::MessagesUncounted { 1 } else { self.messages as u64 }
    }
}

impl Desk {
    /// The looks as the rules have them: an observation scored before, and one that can name nobody,
    /// cost nothing.
    fn trace(&mut self, size: &Size, seen: &Observations) -> Vec<usize> {
        let disclosed: &[bool] = if size.rules == Rules::DisclosedScored { &[] } else { &self.disclosed };
        let hash = seen.without(disclosed).hash();
        if self.scored.contains(&hash) {
            return Vec::new();
        }
        let look = look(
            &self.codebook,
            &size.alternatives,
            seen,
            disclosed,
            &self.settings,
            size.price(self.looks + 1),
            size.counted(),
        );
        if look.taken {
            self.looks += 1;
            self.scored.insert(hash);
        }
        look.named
    }
}
