//! Other tools, through the same channels: each hides a recipient's number in the plain texts.
//!
//! A peer is a script in `bench/channels/peers` that reads JSON objects, one a line; `bench/channels/run` installs what it
//! needs and says where in `PEERS_PYTHON` (a Python) and `PEERS_NODE` (a folder with `node_modules`).

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};
use rayon::prelude::*;
use serde_json::{Value, json};

use super::Scope;
use super::apply::Channel;
use super::archive::{Archive, Cell, Group};
use super::screenshot::Reader;
use super::tally::Count;
use crate::chance::Chance;

/// So many letters and so many short messages carry the peers' marks.
const TEXTS: usize = 20;

/// Of the texts, every so many is photographed.
const PAGES: usize = 4;

/// Name and script.
const PEERS: [(&str, &str); 4] = [
    ("text_blind_watermark", "blind_watermark.py"),
    ("stegcloak", "stegcloak.mjs"),
    ("zwsp-steg", "zwsp-steg.mjs"),
    ("stegsnow", "stegsnow.py"),
];

/// What a peer did.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    pub(crate) version: String,
    pub(crate) rows: Vec<Row>,
}

/// A channel, for so many copies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) channel: Channel,
    pub(crate) copies: u32,
    pub(crate) count: Count,
}

/// Runs all peers that are there; says which are not.
pub(crate) fn run(
    bench: &Path,
    plain: &Archive,
    cells: &[Cell],
    scope: &Scope,
    reader: Option<&Reader>,
    notes: &mut Vec<String>,
) -> anyhow::Result<Vec<Peer>> {
    let texts = texts(plain);
    let mut peers = Vec::new();
    for (name, script) in PEERS {
        let tool = Tool { script: bench.join("channels/peers").join(script).into() };
        match tool.call("version", &[]) {
            Ok(version) => {
                let rows = cells.iter().map(|cell| channels(&tool, &texts, cell, scope, reader));
                match rows.collect::<anyhow::Result<Vec<Vec<Row>>>>() {
                    Ok(rows) => {
                        peers.push(Peer { name, version: version.trim().to_owned(), rows: rows.concat() });
                    }
                    Err(why) => notes.push(format!("{name} was skipped: {why}.")),
                }
            }
            Err(_) => notes.push(format!("{name} was skipped: it is not installed.")),
        }
    }
    Ok(peers)
}

/// Some letters and some short messages, evenly drawn.
fn texts(archive: &Archive) -> Vec<String> {
    let of = |group: Group| {
        let all: Vec<_> = archive.messages.iter().filter(move |message| message.group == group).collect();
        let step = all.len().div_ceil(TEXTS).max(1);
        all.into_iter().step_by(step).map(|message| message.copy(&[])).collect::<Vec<String>>()
    };
    [of(Group::Letter), of(Group::Message)].concat()
}

/// All channels of a number of copies.
fn channels(
    tool: &Tool,
    texts: &[String],
    cell: &Cell,
    scope: &Scope,
    reader: Option<&Reader>,
) -> anyhow::Result<Vec<Row>> {
    let chance = |text: usize, what: u64| {
        Chance::new(scope.seed, (1 << 61) | (what << 32) | (u64::from(cell.copies) << 16) | text as u64)
    };
    // Recipients' numbers begin with 1.
    let recipients = |text: usize| {
        let mut all: Vec<u64> = (1..u64::from(cell.copies)).collect();
        chance(text, 0).shuffle(&mut all);
        all.truncate(3);
        all
    };
    let mut rows = Vec::new();
    for (number, text) in texts.iter().enumerate() {
        for (seed, recipient) in (number * 3..).zip(recipients(number)) {
            rows.push(json!({"text": text, "number": recipient, "seed": seed}));
        }
    }
    let embedded = tool.rows("embed", &rows)?;
    let copies: Vec<String> = embedded.iter().map(|row| row["text"].as_str().unwrap_or_default().to_owned()).collect();
    let mut all: Vec<(Channel, usize)> = Vec::new();
    for channel in Channel::ALL {
        let step = if channel == Channel::Screenshot { PAGES } else { 1 };
        if channel != Channel::Screenshot || reader.is_some() {
            all.extend((0..texts.len()).step_by(step).map(|number| (channel, number)));
        }
    }
    let found = all.par_iter().map(|&(channel, number)| {
        let own = &copies[number * 3..number * 3 + 3];
        let text = channel.apply(own, &mut chance(number, channel as u64 + 1)).text;
        let text = match reader {
            Some(reader) if channel == Channel::Screenshot => reader.read(&crate::damage::without_invisible(&text))?,
            _ => text,
        };
        Ok(json!({"text": text}))
    });
    let found = found.collect::<anyhow::Result<Vec<Value>>>()?;
    let answers = tool.rows("extract", &found)?;
    let judged = all.iter().zip(&answers).map(|(&(channel, number), answer)| {
        let used = &recipients(number)[..channel.copies()];
        let named = answer["number"].as_u64().filter(|number| (1..u64::from(cell.copies)).contains(number));
        let right = named.is_some_and(|named| used.contains(&named));
        let count = Count {
            right: u64::from(right),
            wrong: u64::from(named.is_some() && !right),
            undecided: u64::from(named.is_none()),
            unsealed: 0,
        };
        Row { channel, copies: cell.copies, count }
    });
    Ok(judged.collect())
}

/// A peer's script.
struct Tool {
    script: OsString,
}

impl Tool {
    /// Calls the script with rows on its standard input; a row for each comes back.
    fn rows(&self, verb: &str, rows: &[Value]) -> anyhow::Result<Vec<Value>> {
        let out = self.call(verb, rows)?;
        let answers = out.lines().map(serde_json::from_str).collect::<Result<Vec<Value>, _>>()?;
        ensure!(answers.len() == rows.len(), "{verb}: {} answers to {} rows", answers.len(), rows.len());
        Ok(answers)
    }

    fn call(&self, verb: &str, rows: &[Value]) -> anyhow::Result<String> {
        // A file, for a script may answer before it has read everything.
        let input = std::env::temp_dir().join(format!("peer-{}-{verb}.jsonl", std::process::id()));
        std::fs::write(&input, rows.iter().map(|row| format!("{row}\n")).collect::<String>())?;
        let program = if self.script.to_string_lossy().ends_with(".py") {
            std::env::var_os("PEERS_PYTHON").context("no Python is named")?
        } else {
            ensure!(std::env::var_os("PEERS_NODE").is_some(), "no packages are named");
            "node".into()
        };
        // A tool that does not end is one that failed.
        let out = Command::new("timeout")
            .args(["600".into(), program, self.script.clone()])
            .arg(verb)
            .stdin(std::fs::File::open(&input)?)
            .stderr(Stdio::null())
            .output()?;
        let _ = std::fs::remove_file(&input);
        ensure!(out.status.success(), "{verb} failed");
        Ok(String::from_utf8(out.stdout)?)
    }
}
