//! `cargo xtask screenshots`: how often a screenshot is matched, and the right copy named, beside the same text retyped.
//!
//! Copies of the written masters are drawn as chats by Chromium, altered as pictures are altered on their way, read by the reader that `trace
//! --image` takes, and traced as the office traces. Nothing in a trace knows the answer.

mod count;
mod job;
mod report;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, ensure};
use countermark_ocr::{Limits, Reader};
use countermark_tracing::Leak;

use crate::channels::archive::{Archive, Cell, Group, Message};
use crate::corpus;
use count::{Outcome, Shot};
use job::Job;

/// Codewords a message, the file copy's among them, and the bound.
const COPIES: u32 = 8;
const EPSILON: &str = "1e-4";

/// Options of the measurement.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Pictures of each class
    #[arg(long, default_value_t = 25)]
    each: usize,
    /// Only this class
    #[arg(long)]
    class: Option<String>,
    /// The folder with the masters
    #[arg(long, default_value = "bench")]
    bench: PathBuf,
    /// The page to write; standard output when not given
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Keep the pictures and what was read of them here, and draw none that is there
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// The languages that are read
    #[arg(long, default_value = "eng,rus", value_delimiter = ',')]
    languages: Vec<String>,
    /// The seed; the same seed gives the same pictures
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Draws, reads, traces, and writes the page; fails when a wrong copy is named.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let archive = Archive::new(messages(&arguments.bench)?);
    let cell = Cell { copies: COPIES, epsilon: EPSILON.parse()? };
    let mut jobs = job::jobs(&archive, &cell, arguments.each, arguments.seed)?;
    if let Some(class) = &arguments.class {
        jobs.retain(|job| job.class.name() == class);
    }
    let kept = tempfile::tempdir()?;
    let folder = arguments.keep.as_deref().unwrap_or(kept.path());
    std::fs::create_dir_all(folder)?;
    let browser = draw(&jobs, folder)?;
    let languages: Vec<&str> = arguments.languages.iter().map(String::as_str).collect();
    let reader = Reader::new("tesseract", &languages, Limits::default())?;
    let mut shots = Vec::with_capacity(jobs.len());
    for job in &jobs {
        shots.push(shot(&archive, &cell, job, &reader, folder)?);
    }
    let page = report::page(arguments, &browser, &shots);
    match &arguments.out {
        Some(path) => std::fs::write(path, &page)?,
        None => print!("{page}"),
    }
    ensure!(shots.iter().all(|shot| shot.read.wrong == 0), "a wrong copy was named");
    Ok(())
}

/// The written masters of the project.
fn messages(bench: &Path) -> anyhow::Result<Vec<Message>> {
    let mut all = corpus::folder(&bench.join("letters"), "master")?;
    all.extend(corpus::folder(&bench.join("messages/tune"), "master")?);
    all.extend(corpus::folder(&bench.join("messages/held"), "master")?);
    let message = |letter: corpus::Letter| {
        let master = countermark_marking::Master::parse(&letter.text);
        Ok(Message::new(Group::Message, master.map_err(|e| anyhow::anyhow!("the master {}: {e}", letter.id))?))
    };
    all.into_iter().map(message).collect()
}

/// Draws what is not there yet; the browser's version.
fn draw(jobs: &[Job], folder: &Path) -> anyhow::Result<String> {
    let missing: Vec<_> = jobs.iter().filter(|job| !folder.join(job.file()).is_file()).map(Job::json).collect();
    let mut child = Command::new("node")
        .arg("bench/screenshots/render.mjs")
        .arg(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot run node")?;
    let input = serde_json::to_vec(&missing)?;
    std::io::Write::write_all(&mut child.stdin.take().context("a pipe")?, &input)?;
    let done = child.wait_with_output()?;
    ensure!(done.status.success(), "the pictures could not be drawn");
    Ok(String::from_utf8_lossy(&done.stdout).trim().to_owned())
}

/// One picture: read and traced; the same text retyped and traced.
fn shot(archive: &Archive, cell: &Cell, job: &Job, reader: &Reader, folder: &Path) -> anyhow::Result<Shot> {
    let bytes = std::fs::read(folder.join(job.file()))?;
    let start = Instant::now();
    let read = reader.read(&bytes)?;
    let seconds = start.elapsed().as_secs_f64();
    let confidences: Vec<_> = read.words.iter().map(|word| (word.range.clone(), word.confidence)).collect();
    let retyped = crate::damage::retyped(&job.text);
    let outcome = |leak: &Leak<'_>| Outcome::of(archive, cell, job, leak);
    let shot = Shot {
        class: job.class,
        seconds,
        confidence: read.confidence,
        read: outcome(&Leak::with_confidences(&read.text, &confidences))?,
        unweighted: outcome(&Leak::new(&read.text))?,
        retyped: outcome(&Leak::new(&retyped))?,
        words: count::words(&job.text, &read),
    };
    std::fs::write(folder.join(format!("{}.txt", job.id)), format!("{}\n\n{}\n\n{shot:?}\n", job.text, read.text))?;
    if !shot.read.matched || shot.read.right < shot.retyped.right || shot.read.wrong > 0 {
        eprintln!(
            "{}: {:?} retyped {:?}, {} % sure, {seconds:.2} s",
            job.file(),
            shot.read,
            shot.retyped,
            shot.confidence
        );
    }
    Ok(shot)
}
