//! True copies through the channels.

use countermark_codebook::{Codebook, Key as SealingKey};
use rayon::prelude::*;

use super::apply::{Channel, Kind};
use super::archive::{Archive, Cell};
use super::screenshot::Reader;
use super::tally::{Count, Key, Set, Tally};
use super::{Scope, archive};
use crate::chance::Chance;

/// Every so many messages is photographed: reading a page takes a second.
const PAGES: usize = 5;

/// One sealing of an archive's messages.
pub(crate) struct Seal<'a> {
    pub(crate) archive: &'a Archive,
    pub(crate) cell: &'a Cell,
    /// Seed and number of the sealing, the same in all its trials.
    seed: u64,
    number: u64,
}

impl<'a> Seal<'a> {
    pub(crate) fn new(archive: &'a Archive, set: Set, cell: &'a Cell, seed: u64, seal: u64) -> Self {
        let number = (seal << 40) | (u64::from(cell.copies) << 24) | (u64::from(set == Set::Written) << 23);
        Self { archive, cell, seed, number }
    }

    /// The codewords of a message.
    pub(crate) fn codebook(&self, message: usize) -> anyhow::Result<Codebook> {
        let mut chance = Chance::new(self.seed, self.number | (1 << 22) | message as u64);
        let alternatives = &self.archive.messages[message].alternatives;
        Ok(Codebook::draw(&SealingKey::from_bytes(chance.key()), alternatives, self.cell.copies as usize)?)
    }

    /// Three recipients, all different: who leaks, and with whose copies his is mixed. The last codeword is the file copy's.
    pub(crate) fn recipients(&self, message: usize) -> Vec<usize> {
        let mut recipients: Vec<usize> = (0..self.cell.copies as usize - 1).collect();
        Chance::new(self.seed, self.number | (1 << 21) | message as u64).shuffle(&mut recipients);
        recipients.truncate(3);
        recipients
    }

    /// A channel's chance for a message.
    pub(crate) fn chance(&self, message: usize, channel: Channel) -> Chance {
        Chance::new(self.seed, self.number | ((channel as u64 + 1) << 16) | message as u64)
    }

    /// Traces a text and says whether the copies that were used, and they alone, are named.
    fn verdict(&self, text: &str, message: usize, used: &[usize]) -> anyhow::Result<Count> {
        let sights = self.archive.sights(text);
        let mut named = Vec::new();
        for look in self.archive.looks(&sights, self.cell) {
            let found = look.sight.message;
            let copies = self.archive.take(&look, self.cell, &self.codebook(found)?);
            named.extend(copies.into_iter().map(|copy| (found, copy)));
        }
        let wrong = named.iter().any(|(found, copy)| *found != message || !used.contains(copy));
        Ok(Count {
            right: u64::from(!named.is_empty() && !wrong),
            wrong: u64::from(wrong),
            undecided: u64::from(named.is_empty()),
            unsealed: 0,
        })
    }
}

/// All messages through all channels but the screenshot.
pub(crate) fn run(archive: &Archive, set: Set, cells: &[Cell], scope: &Scope) -> anyhow::Result<Tally> {
    let channels: Vec<Channel> = Channel::ALL.into_iter().filter(|&channel| channel != Channel::Screenshot).collect();
    let messages: Vec<usize> = (0..archive.messages.len()).step_by(scope.stride).collect();
    trials(archive, set, cells, scope, (&channels, &messages, scope.seals), &|text| Ok(text))
}

/// Some messages, photographed and read.
pub(crate) fn screenshots(
    archive: &Archive,
    set: Set,
    cells: &[Cell],
    scope: &Scope,
    reader: &Reader,
) -> anyhow::Result<Tally> {
    let messages: Vec<usize> = (0..archive.messages.len()).step_by(PAGES).collect();
    trials(archive, set, cells, scope, (&[Channel::Screenshot], &messages, 1), &|text| reader.read(&text))
}

fn trials(
    archive: &Archive,
    set: Set,
    cells: &[Cell],
    scope: &Scope,
    (channels, messages, seals): (&[Channel], &[usize], u64),
    last: &(dyn Fn(String) -> anyhow::Result<String> + Sync),
) -> anyhow::Result<Tally> {
    let all: Vec<(usize, &Cell, u64)> = messages
        .iter()
        .flat_map(|&message| cells.iter().flat_map(move |cell| (0..seals).map(move |seal| (message, cell, seal))))
        .collect();
    all.into_par_iter()
        .map(|(message, cell, seal)| {
            let first = seal == 0;
            let seal = Seal::new(archive, set, cell, scope.seed, seal);
            one(&seal, set, message, first, channels, last)
        })
        .try_reduce(Tally::default, |a, b| Ok(a.add(b)))
}

/// A message through the channels, in one sealing.
fn one(
    seal: &Seal<'_>,
    set: Set,
    number: usize,
    first: bool,
    channels: &[Channel],
    last: &(dyn Fn(String) -> anyhow::Result<String> + Sync),
) -> anyhow::Result<Tally> {
    let message: &archive::Message = &seal.archive.messages[number];
    let mut tally = Tally::default();
    let key = |channel: Channel, certain: bool| Key {
        channel,
        copies: seal.cell.copies,
        set,
        group: message.group,
        long: message.words > 80,
        certain,
        whole: message.certain(seal.cell, Kind::Retyped, None),
        first,
    };
    if !message.fits(seal.cell) {
        let count = Count { undecided: 1, unsealed: 1, ..Count::default() };
        channels.iter().for_each(|&channel| tally.note(key(channel, false), &count));
        return Ok(tally);
    }
    let codebook = seal.codebook(number)?;
    let recipients = seal.recipients(number);
    let copies: Vec<String> = recipients.iter().map(|&copy| message.copy(&codebook.rows()[copy])).collect();
    for &channel in channels {
        let found = channel.apply(&copies, &mut seal.chance(number, channel));
        let cut = found.cut.as_ref().map(|span| (codebook.rows()[recipients[0]].as_slice(), span));
        let certain = message.certain(seal.cell, channel.kind(), cut);
        let count = seal.verdict(&last(found.text)?, number, &recipients[..channel.copies()])?;
        tally.note(key(channel, certain), &count);
    }
    Ok(tally)
}
