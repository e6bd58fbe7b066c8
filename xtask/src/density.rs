//! `cargo xtask density`: how many bits a word the rules bring, and how evenly.
//!
//! The pack is read from `lang/en` as it stands on the disk. Everything proposed is accepted; what is counted is what
//! survives retyping.

mod measure;
mod page;

use std::ops::RangeInclusive;
use std::path::PathBuf;

use anyhow::Context as _;
use countermark_marking::rules::Pack;
use rayon::prelude::*;

use crate::corpus;
use measure::Measured;

/// Words of a letter, and of a short message, that are counted.
const LETTER: RangeInclusive<usize> = 60..=250;
const MESSAGE: RangeInclusive<usize> = 40..=120;

/// What to measure.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Write the page to this file instead of standard output.
    #[arg(long)]
    out: Option<PathBuf>,
    /// The shared folder with the corpus.
    #[arg(long, default_value = "../shared")]
    shared: PathBuf,
    /// The folder with the short messages and the written masters.
    #[arg(long, default_value = "bench")]
    bench: PathBuf,
    /// The folder of the pack.
    #[arg(long, default_value = "lang/en")]
    pack: PathBuf,
}

/// Texts that belong together.
pub(crate) struct Set {
    /// For the tables.
    pub(crate) name: &'static str,
    /// Whether a writer finished them.
    pub(crate) by_hand: bool,
    /// Each text's figures; empty where the texts are not there.
    pub(crate) texts: Vec<Measured>,
}

/// Measures and writes the page.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let pack = crate::pack::read(&arguments.pack)?;
    let page = page::page(&sets(arguments, &pack)?)?;
    match &arguments.out {
        Some(path) => std::fs::write(path, page).with_context(|| format!("cannot write {}", path.display())),
        None => {
            print!("{page}");
            Ok(())
        }
    }
}

fn sets(arguments: &Arguments, pack: &Pack) -> anyhow::Result<Vec<Set>> {
    let corpus = |name: &str| {
        let path = arguments.shared.join("corpus").join(name);
        if path.is_file() { corpus::read(&path) } else { Ok(Vec::new()) }
    };
    let (sample, unseen) = (corpus("frus-sample.jsonl")?, corpus("frus-letters.jsonl")?);
    let wire = |letter: &corpus::Letter| matches!(letter.kind.as_str(), "telegram" | "airgram");
    let plain = |name, letters: &[corpus::Letter], words: RangeInclusive<usize>, wires: bool| {
        let texts = letters.par_iter().filter(|letter| wire(letter) == wires);
        let texts = texts.map(|letter| Measured::plain(pack, &letter.text)).collect::<anyhow::Result<Vec<_>>>()?;
        Ok::<_, anyhow::Error>(Set {
            name,
            by_hand: false,
            texts: texts.into_iter().filter(|m| words.contains(&m.words)).collect(),
        })
    };
    let folder = |path: &str, ending: &str| corpus::folder(&arguments.bench.join(path), ending);
    let (tune, held) = (folder("messages/tune", "txt")?, folder("messages/held", "txt")?);
    let mut written = folder("messages/tune", "master")?;
    written.extend(folder("messages/held", "master")?);
    Ok(vec![
        plain("letters that the rules were tuned on", &sample, LETTER, false)?,
        plain("letters, unseen", &unseen, LETTER, false)?,
        plain("telegrams", &sample, LETTER, true)?,
        plain("short messages to tune on", &tune, MESSAGE, false)?,
        plain("short messages, held back", &held, MESSAGE, false)?,
        by_hand("letters, finished by a writer", &folder("letters", "master")?)?,
        by_hand("short messages, finished by a writer", &written)?,
    ])
}

/// The masters as they stand, all sites counted as the writer's.
fn by_hand(name: &'static str, masters: &[corpus::Letter]) -> anyhow::Result<Set> {
    let texts = masters
        .iter()
        .map(|master| Measured::written(&master.text).with_context(|| format!("{name}: {} is no master", master.id)));
    Ok(Set { name, by_hand: true, texts: texts.collect::<anyhow::Result<_>>()? })
}
