//! `cargo xtask channels`: how often the right copy is named, channel by channel, beside other tools.
//!
//! Real letters and short messages are marked, sealed, altered as texts are altered on their way, and traced as the office
//! traces: an index over all messages, then a look under the bound that as many messages share as could be named. Nothing in a
//! trace knows the answer.

mod apply;
pub(crate) mod archive;
mod controls;
mod figures;
mod peers;
mod picture;
mod screenshot;
mod strangers;
mod tally;
mod texts;
mod trials;
mod words;

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context as _;

use archive::Cell;

/// Numbers of codewords, the file copy's among them.
const COPIES: [u32; 2] = [8, 64];

/// The bound.
const EPSILON: &str = "1e-4";

/// Options of the measurement.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A part of it, within seconds: no peers, no screenshots, nothing written
    #[arg(long)]
    sample: bool,
    /// The shared folder with the corpus
    #[arg(long, default_value = "../shared", env = "COUNTERMARK_SHARED")]
    shared: PathBuf,
    /// The folder with short messages and written masters
    #[arg(long, default_value = "bench")]
    bench: PathBuf,
    /// The folder for page and picture
    #[arg(long, default_value = "docs/figures")]
    out: PathBuf,
    /// The file for the strength meter
    #[arg(long, default_value = "crates/countermark/src/channels.json")]
    json: PathBuf,
    /// How many times each message is sealed
    #[arg(long, default_value_t = 8)]
    seals: u64,
    /// The seed; the same seed gives the same figures
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// What a run measures.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope {
    pub(crate) seed: u64,
    /// Every so many messages.
    pub(crate) stride: usize,
    pub(crate) seals: u64,
    /// Keys under which a text that is nobody's copy is looked at.
    pub(crate) keys: u64,
}

/// Measures and writes; fails when a wrong copy is named more often than the bound allows.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let start = Instant::now();
    let Some(texts) = texts::read(&arguments.shared, &arguments.bench)? else {
        println!("skipped: no letters in {} (--shared names another place)", arguments.shared.display());
        return Ok(());
    };
    let scope = if arguments.sample {
        Scope { seed: arguments.seed, stride: 4, seals: 1, keys: 8 }
    } else {
        Scope { seed: arguments.seed, stride: 1, seals: arguments.seals, keys: 16 }
    };
    let cells = COPIES.map(|copies| EPSILON.parse().map(|epsilon| Cell { copies, epsilon }));
    let cells = cells.into_iter().collect::<Result<Vec<Cell>, _>>()?;
    let plain = archive::Archive::new(texts.plain()?);
    let written = archive::Archive::new(texts.written()?);
    let told = |what: &str| eprintln!("{what}, {:.0} s", start.elapsed().as_secs_f64());
    told(&format!("{} plain and {} written messages", plain.messages.len(), written.messages.len()));
    let mut tally = tally::Tally::default();
    for (archive, set) in [(&plain, tally::Set::Plain), (&written, tally::Set::Written)] {
        tally = tally.add(trials::run(archive, set, &cells, &scope)?);
    }
    told("channels");
    let controls = controls::run(&plain, &written, &texts.unrelated, &cells, &scope)?;
    told("controls");
    let mut peers = Vec::new();
    let mut notes = Vec::new();
    if !arguments.sample {
        match screenshot::Reader::find() {
            Ok(reader) => {
                for (archive, set) in [(&plain, tally::Set::Plain), (&written, tally::Set::Written)] {
                    tally = tally.add(trials::screenshots(archive, set, &cells, &scope, &reader)?);
                }
                notes.push(format!("Screenshots: {}.", reader.versions()));
                told("screenshots");
                peers = peers::run(&arguments.bench, &plain, &cells, &scope, Some(&reader), &mut notes)?;
            }
            Err(missing) => {
                notes.push(format!("Screenshots were skipped: {missing}."));
                peers = peers::run(&arguments.bench, &plain, &cells, &scope, None, &mut notes)?;
            }
        }
        told("peers");
    }
    let figures =
        figures::Figures { cells: &cells, tally: &tally, controls: &controls, peers: &peers, notes: &notes, scope };
    if arguments.sample {
        print!("{}", figures.brief());
    } else {
        write(&arguments.out.join("channels.md"), &figures.page()?)?;
        write(&arguments.out.join("channels.svg"), &picture::svg(&figures))?;
        write(&arguments.json, &figures.json())?;
    }
    told("in all");
    figures.check()
}

/// Options of `rows`.
#[derive(clap::Args)]
pub(crate) struct Rows {
    /// The shared folder with the corpus
    #[arg(long, default_value = "../shared", env = "COUNTERMARK_SHARED")]
    shared: PathBuf,
    /// The folder with short messages and written masters
    #[arg(long, default_value = "bench")]
    bench: PathBuf,
    /// The file to write
    #[arg(long, default_value = "docs/figures/rows.md")]
    out: PathBuf,
    /// How many times each message is sealed
    #[arg(long, default_value_t = 8)]
    seals: u64,
    /// The seed; the same seed gives the same figures
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Measures what strangers can check of what the desk names.
pub(crate) fn rows(arguments: &Rows) -> anyhow::Result<()> {
    let Some(texts) = texts::read(&arguments.shared, &arguments.bench)? else {
        println!("skipped: no letters in {} (--shared names another place)", arguments.shared.display());
        return Ok(());
    };
    let cells = COPIES.map(|copies| EPSILON.parse().map(|epsilon| Cell { copies, epsilon }));
    let cells = cells.into_iter().collect::<Result<Vec<Cell>, _>>()?;
    let written = archive::Archive::new(texts.written()?);
    write(&arguments.out, &strangers::page(&written, &cells, arguments.seed, arguments.seals)?)
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
