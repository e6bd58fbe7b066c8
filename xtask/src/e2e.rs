//! `cargo xtask e2e`: guarantee G1 end to end, on real letters.
//!
//! Letters are marked by the rules, sealed under fresh keys, and texts that are nobody's copy are traced to
//! them, each as look 1 of a key of its own: how often is a copy named? Beside it true copies through the same
//! channels: how often is the right one named, a wrong one, none? Everything goes through the public interface
//! of the crates that do it; nothing is stored.

mod desk;
mod letters;
mod table;
mod texts;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

use countermark_codebook::{Codebook, Key};
use countermark_tracing::{Leak, Trace};
use rayon::prelude::*;

use desk::{Cell, Count};
use letters::{Letter, ROUNDS};
use texts::{Channel, Kind};

use crate::chance::Chance;

/// In a sample every so many letters.
const STRIDE: usize = 16;

/// A trial's number is below this; true copies' numbers begin here.
const COPIES: u64 = 1 << 32;

/// Options of the measurement.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// One letter in sixteen: a minute instead of a quarter of an hour
    #[arg(long)]
    sample: bool,
    /// Write the tables to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The seed; the same seed gives the same tables
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// What was counted, by (kind, channel, cell); for true copies kind is 0.
#[derive(Clone, Debug, Default)]
struct Tally {
    nobodys: BTreeMap<(usize, usize, usize), Count>,
    copies: BTreeMap<(usize, usize, usize), Count>,
}

impl Tally {
    fn add(mut self, other: Self) -> Self {
        for (at, count) in other.nobodys {
            self.nobodys.entry(at).or_default().add(&count);
        }
        for (at, count) in other.copies {
            self.copies.entry(at).or_default().add(&count);
        }
        self
    }
}

/// Runs all trials and writes the tables; fails when a row is certainly above its bound.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let directory = letters::directory();
    let Some(texts) = letters::read(&directory)? else {
        println!("skipped: no letters in {} (COUNTERMARK_SHARED names another place)", directory.display());
        return Ok(());
    };
    let start = Instant::now();
    let letters: Vec<Letter> = texts.into_par_iter().map(letters::mark).collect::<anyhow::Result<_>>()?;
    eprintln!("{} letters marked, {:.0} s", letters.len(), start.elapsed().as_secs_f64());
    let cells = cells()?;
    let tally = (0..letters.len())
        .into_par_iter()
        .step_by(stride(arguments))
        .map(|own| letter(&letters, own, &cells, arguments.seed))
        .try_reduce(Tally::default, |a, b| Ok(a.add(b)))?;
    let report = table::report(arguments, &letters, &cells, &tally);
    eprintln!("{:.0} s in all", start.elapsed().as_secs_f64());
    match &arguments.out {
        Some(path) => std::fs::write(path, &report.text)?,
        None => print!("{}", report.text),
    }
    anyhow::ensure!(report.wrong == 0, "{} rows are other than they must be", report.wrong);
    Ok(())
}

/// Every so many letters are taken.
fn stride(arguments: &Arguments) -> usize {
    if arguments.sample { STRIDE } else { 1 }
}

fn cells() -> anyhow::Result<Vec<Cell>> {
    let mut cells = Vec::new();
    for copies in [8, 64] {
        for (epsilon, keys, others) in [("1e-2", 1, 4), ("1e-3", 4, 16), ("1e-4", 16, 32)] {
            cells.push(Cell { copies, epsilon: epsilon.parse()?, keys, others });
        }
    }
    Ok(cells)
}

/// All trials of a letter.
fn letter(letters: &[Letter], own: usize, cells: &[Cell], seed: u64) -> anyhow::Result<Tally> {
    let mut tally = Tally::default();
    let rounds = ROUNDS.into_iter().enumerate().flat_map(|(which, rounds)| std::iter::repeat_n(which, rounds));
    for (round, which) in rounds.enumerate() {
        let round = own * ROUNDS.iter().sum::<usize>() + round;
        for (c, channel) in Channel::ALL.into_iter().enumerate() {
            for (k, kind) in Kind::ALL.into_iter().enumerate() {
                let number = (round * Kind::ALL.len() + k) * Channel::ALL.len() + c;
                let mut chance = Chance::new(seed, number as u64);
                let text = kind.text(letters, own, which, &mut chance)?;
                let counts = nobodys(letters, (own, which), channel, &text, cells, &mut chance)?;
                for (cell, count) in counts.iter().enumerate() {
                    tally.nobodys.entry((k, c, cell)).or_default().add(count);
                }
            }
            let mut chance = Chance::new(seed, COPIES + (round * Channel::ALL.len() + c) as u64);
            for (cell, count) in copies(letters, (own, which), channel, cells, &mut chance)? {
                tally.copies.entry((0, c, cell)).or_default().add(&count);
            }
        }
    }
    Ok(tally)
}

/// A text that is nobody's copy, in every cell.
fn nobodys(
    letters: &[Letter],
    (own, which): (usize, usize),
    channel: Channel,
    text: &str,
    cells: &[Cell],
    chance: &mut Chance,
) -> anyhow::Result<Vec<Count>> {
    let marked = &letters[own].masters[which];
    let published = channel.apply(text, letters, chance);
    let trace = marked.tracer.trace(&Leak::new(&published));
    let seen = trace.as_ref().map(|trace| &trace.observations);
    cells.iter().map(|cell| cell.nobodys(marked, seen, chance)).collect()
}

/// A true copy for each number of copies, in the cells that have this number.
fn copies(
    letters: &[Letter],
    (own, which): (usize, usize),
    channel: Channel,
    cells: &[Cell],
    chance: &mut Chance,
) -> anyhow::Result<Vec<(usize, Count)>> {
    let marked = &letters[own].masters[which];
    let mut counts = Vec::new();
    let mut last: Option<(u32, Vec<u8>, Option<Trace>)> = None;
    for (number, cell) in cells.iter().enumerate() {
        if !cell.fits(marked) {
            continue;
        }
        if last.as_ref().is_none_or(|(copies, ..)| *copies != cell.copies) {
            let codebook = Codebook::draw(&Key::from_bytes(chance.key()), &marked.alternatives, cell.copies as usize)?;
            let row = codebook.rows()[chance.below(cell.copies as usize)].clone();
            let published = channel.apply(&marked.copy(&row)?, letters, chance);
            let trace = marked.tracer.trace(&Leak::new(&published));
            last = Some((cell.copies, row, trace));
        }
        if let Some((_, row, trace)) = &last {
            let seen = trace.as_ref().map(|trace| &trace.observations);
            counts.push((number, cell.copys(marked, row, seen, chance)?));
        }
    }
    Ok(counts)
}
