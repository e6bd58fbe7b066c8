//! `cargo xtask g1`: guarantee G1 by simulation.
//!
//! A trial is a sealing: a fresh key, a codebook, a desk that counts its looks, and an attacker who
//! publishes as long as he likes and hears who is named. A trial is a hit when ever a copy is named of
//! which nothing had been used. What is tested is the crate that names, through its public interface.

mod attacks;
mod cells;
mod scene;

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Instant;

use rayon::prelude::*;

use crate::interval;
use cells::Cell;
use scene::{Rules, Scene};

/// The chance that a limit is passed, on either side.
const LEVEL: f64 = 0.001;

/// What the table says before the controls.
const CONTROLS: &str = "\n## Controls\n\n\
    The same simulation with one rule broken. Each of these must be ABOVE: it shows that the table above would\n\
    see it. In order: every look pays the price of the first; disclosed sites go on scoring; a hundred messages\n\
    that share a text pay for one; the best score of an unused copy is shown.\n\n";

/// Options of the simulation.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Simulate a twenty-fifth of the sealings, at no more than 100 copies: two minutes instead of an hour
    #[arg(long)]
    sample: bool,
    /// Write the table to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Begin with this cell; the cells' results do not depend on each other
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    from: usize,
    /// The seed; the same seed gives the same table
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Runs all cells and writes the table; fails when a cell is certainly above its bound, or a control is not.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let cells = cells::cells(arguments.sample)?;
    let mut table = header(arguments);
    let (mut wrong, mut sealings, mut controls) = (0, 0, false);
    let start = Instant::now();
    for (number, cell) in cells.iter().enumerate().skip(arguments.from.saturating_sub(1)) {
        let begun = Instant::now();
        let hits = simulate(cell, arguments.seed, number as u64)?;
        let verdict = Verdict::of(hits, cell);
        let control = cell.size.rules != Rules::AsWritten;
        if control && !controls {
            controls = true;
            table.push_str(CONTROLS);
            table.push_str(COLUMNS);
        }
        wrong += usize::from((verdict == Verdict::Above) != control);
        sealings += cell.sealings;
        let row = row(cell, hits, verdict);
        eprintln!("{:>3}/{} {row} {:.1} s", number + 1, cells.len(), begun.elapsed().as_secs_f64());
        table.push_str(&row);
        table.push('\n');
    }
    writeln!(table, "\n{} cells, {sealings} sealings; {wrong} cells other than they must be.", cells.len())?;
    eprintln!("{:.0} s in all", start.elapsed().as_secs_f64());
    match &arguments.out {
        Some(path) => std::fs::write(path, table)?,
        None => print!("{table}"),
    }
    anyhow::ensure!(wrong == 0, "{wrong} cells are other than they must be");
    Ok(())
}

/// In how many sealings of the cell an unused copy was ever named.
fn simulate(cell: &Cell, seed: u64, number: u64) -> anyhow::Result<u64> {
    (0..cell.sealings)
        .into_par_iter()
        .map(|trial| {
            let seed = (seed << 48) ^ (number << 32) ^ trial;
            let mut scene = Scene::seal(&cell.size, seed)?;
            (cell.attack.run)(&mut scene);
            Ok(u64::from(scene.wrong()))
        })
        .sum()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// The upper limit is below the bound.
    Below,
    /// The frequency is not above the bound by more than chance.
    Within,
    /// The lower limit is above the bound: the bound is broken.
    Above,
}

impl Verdict {
    fn of(hits: u64, cell: &Cell) -> Self {
        let epsilon = cell.size.epsilon.value();
        if interval::upper(hits, cell.sealings, LEVEL) <= epsilon {
            Self::Below
        } else if interval::lower(hits, cell.sealings, LEVEL) > epsilon {
            Self::Above
        } else {
            Self::Within
        }
    }
}

fn header(arguments: &Arguments) -> String {
    let command = if arguments.sample { "cargo xtask g1 --sample" } else { "cargo xtask g1" };
    format!(
        "# G1: no unused copy is named\n\n\
         Rebuilt by `{command} --out FILE`, seed {}. A trial is a sealing; a hit is a sealing in which ever a\n\
         copy was named of which nothing had been used. *Limit* is the upper 99.9 % limit of the hits' share\n\
         (Clopper and Pearson). *below*: the limit is below epsilon; *within*: the share is not above\n\
         epsilon by more than chance (the sharpest attacks come near it by design); *ABOVE*: the lower\n\
         99.9 % limit is above epsilon.\n\n",
        arguments.seed
    ) + COLUMNS
}

const COLUMNS: &str = "\
    | attack | alternatives | sites | n | messages | epsilon | sealings | hits | share / epsilon | limit / epsilon | verdict |\n\
    |---|---|---:|---:|---:|---:|---:|---:|---:|---:|---|\n";

fn row(cell: &Cell, hits: u64, verdict: Verdict) -> String {
    let (size, epsilon) = (&cell.size, cell.size.epsilon.value());
    let verdict = match verdict {
        Verdict::Below => "below",
        Verdict::Within => "within",
        Verdict::Above => "ABOVE",
    };
    format!(
        "| {} | {} | {} | {} | {} | {} | {} | {hits} | {:.2} | {:.2} | {verdict} |",
        cell.attack.name,
        cell.kind,
        size.alternatives.len(),
        size.copies,
        size.messages,
        size.epsilon,
        cell.sealings,
        hits as f64 / cell.sealings as f64 / epsilon,
        interval::upper(hits, cell.sealings, LEVEL) / epsilon,
    )
}
