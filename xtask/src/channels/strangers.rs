//! `cargo xtask rows`: how many leaks that the desk names a stranger can check, by the narrower rule of a bundle's row.

use std::fmt::Write as _;

use anyhow::Context as _;
use countermark_codebook::recompute::{Doubtless, Tail, price, texts, threshold_met};
use countermark_proof::{RowPart, seen_sites};
use rayon::prelude::*;

use super::apply::Channel;
use super::archive::{Archive, Cell, Message};
use super::tally::Set;
use super::trials::Seal;

/// The channels that are looked at.
const CHANNELS: [Channel; 6] =
    [Channel::Pasted, Channel::Retyped, Channel::Quoted, Channel::Slips, Channel::Half, Channel::Synonyms];

/// What became of the sealings of one channel.
#[derive(Clone, Copy, Default)]
struct Shares {
    trials: u64,
    named: u64,
    shown: u64,
    sites: u64,
    read: u64,
    seen: u64,
    wrong: u64,
}

impl Shares {
    fn add(self, other: Self) -> Self {
        Self {
            trials: self.trials + other.trials,
            named: self.named + other.named,
            shown: self.shown + other.shown,
            sites: self.sites + other.sites,
            read: self.read + other.read,
            seen: self.seen + other.seen,
            wrong: self.wrong + other.wrong,
        }
    }
}

/// The table for the written masters.
pub(super) fn page(written: &Archive, cells: &[Cell], seed: u64, seals: u64) -> anyhow::Result<String> {
    let mut out = String::from(
        "# What strangers can check\n\nCopies of letters and short messages as their writers left them, sealed under a key of their own each, through channels; all parts open. *Named*: the desk names the copy. *Shown*: a bundle with that copy's row verifies, by the \
         rule that needs nothing but the published text and the master's wordings ([row](../formats/row.md)). *Read* and *seen*: sites of which the desk, and the stranger's rule, know the wording. Rebuilt by `cargo xtask rows`.\n\n\
         | copies | channel | sealings | named | of them shown | sites read | sites seen | seen otherwise |\n|---|---|---|---|---|---|---|---|\n",
    );
    for cell in cells {
        for channel in CHANNELS {
            let of = (0..seals).map(|seal| run(&Seal::new(written, Set::Written, cell, seed, seal), channel));
            let found = of.collect::<anyhow::Result<Vec<_>>>()?.into_iter().fold(Shares::default(), Shares::add);
            let share = |part: u64, of: u64| 100.0 * part as f64 / of.max(1) as f64;
            writeln!(
                out,
                "| {} | {} | {} | {:.1} % | {:.1} % | {:.1} % | {:.1} % | {:.2} % |",
                cell.copies,
                channel.name(),
                found.trials,
                share(found.named, found.trials),
                share(found.shown, found.named),
                share(found.read, found.sites),
                share(found.seen, found.sites),
                share(found.wrong, found.seen),
            )?;
        }
    }
    Ok(out)
}

fn run(seal: &Seal<'_>, channel: Channel) -> anyhow::Result<Shares> {
    let messages = 0..seal.archive.messages.len();
    let shares = messages.into_par_iter().map(|message| one(seal, channel, message));
    shares.try_reduce(Shares::default, |one, other| Ok(one.add(other)))
}

fn one(seal: &Seal<'_>, channel: Channel, number: usize) -> anyhow::Result<Shares> {
    let message = &seal.archive.messages[number];
    if !message.fits(seal.cell) {
        return Ok(Shares::default());
    }
    let codebook = seal.codebook(number)?;
    let copy = *seal.recipients(number).first().context("a recipient")?;
    let text = message.copy(&codebook.rows()[copy]);
    let found = channel.apply(&[text], &mut seal.chance(number, channel));
    let sights = seal.archive.sights(&found.text);
    let looks = seal.archive.looks(&sights, seal.cell);
    let look = looks.iter().find(|look| look.sight.message == number);
    let named = look.is_some_and(|look| seal.archive.take(look, seal.cell, &codebook) == [copy]);
    let read =
        sights.iter().find(|sight| sight.message == number).map_or(0, |sight| sight.trace.observations.observed());
    let seen = seen_sites(&parts(message, &codebook.rows()[copy]), &found.text).context("the sources read")?;
    let evidence = Doubtless::of(seen.iter().map(|site| (message.alternatives[site.site as usize - 1], site.agrees)));
    let all = message.master.parts().len() as u64;
    let tail = Tail { count: evidence.count() * price(all, all), of: evidence.of_all() };
    let messages = look.map_or(1, |look| look.messages);
    let settings = seal.cell.settings();
    let line = threshold_met(&tail, &texts(&message.alternatives), settings.copies(), 1, messages, settings.epsilon());
    Ok(Shares {
        trials: 1,
        named: u64::from(named),
        shown: u64::from(named && !seen.is_empty() && line),
        sites: message.alternatives.len() as u64,
        read: read as u64,
        seen: seen.len() as u64,
        wrong: seen.iter().filter(|site| !site.agrees).count() as u64,
    })
}

/// The parts with a copy's symbols, as a bundle shows them; no salts.
fn parts(message: &Message, codeword: &[u8]) -> Vec<RowPart> {
    let parts = message.master.parts().into_iter().map(|part| RowPart {
        part: part.index,
        source: message.master.source()[part.source.clone()].to_owned(),
        source_salt: [0; 32],
        sites: part.sites.iter().map(|site| *site as u32).collect(),
        sites_salt: [0; 32],
        symbols: part.sites.iter().map(|site| codeword[*site]).collect(),
        symbols_salt: [0; 32],
    });
    parts.collect()
}
