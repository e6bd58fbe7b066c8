//! `scrub`: what in a text could tell whose copy it is, and the text without it. For who must protect a source.

use std::fmt::Write as _;

use countermark_marking::scrub::{COMPARE, Done, Finding, Kind, LEFT, Scrubbed, scrub};
use serde_json::{Value, json};

use super::marked;
use crate::cli::{Global, Scrub};
use crate::config::Config;
use crate::failure::{Exit, Outcome};
use crate::home::Home;
use crate::terminal;

/// Places of one kind that are shown at most; `--json` has all.
const SHOWN: usize = 12;
/// Characters of a place that are shown at most.
const EXCERPT: usize = 40;

/// Runs the verb: 0 when something was found, 1 when nothing was (which does not make a text safe).
pub fn run(global: &Global, args: &Scrub) -> Outcome {
    let config = Home::of(global).map_or_else(|_| Ok(Config::default()), |home| Config::load(&home.config()))?;
    let text = terminal::read_published(&args.file)?;
    let packs = marked::Packs::load(&config, &args.packs)?;
    let scrubbed = scrub(&text, &packs.all());
    if let Some(out) = &args.out {
        terminal::write_new(out, scrubbed.text.as_bytes(), 0o600)?;
    }
    if global.json {
        terminal::say_json(&object(&text, &scrubbed))?;
    } else if args.out.is_some() {
        terminal::say(&report(&text, &scrubbed))?;
    } else {
        terminal::note(&report(&text, &scrubbed));
        terminal::say(&terminal::tame(&scrubbed.text))?;
    }
    Ok(if scrubbed.findings.is_empty() { Exit::NotFound } else { Exit::Found })
}

fn object(text: &str, scrubbed: &Scrubbed) -> Value {
    let places = Places::of(text);
    let findings: Vec<Value> = scrubbed
        .findings
        .iter()
        .map(|finding| {
            let (line, column) = places.at(finding.span.start);
            let now = match &finding.done {
                Done::Replaced(now) => Some(now),
                _ => None,
            };
            json!({"kind": finding.kind.name(), "at": [finding.span.start, finding.span.end], "line": line, "column": column,
                   "what": finding.what, "found": text.get(finding.span.clone()), "done": finding.done.name(), "now": now})
        })
        .collect();
    let left: Vec<&str> = LEFT.into_iter().chain([COMPARE]).collect();
    json!({"text": scrubbed.text, "findings": findings, "not_removed": left})
}

/// The findings, kind by kind, and what no tool removes.
fn report(text: &str, scrubbed: &Scrubbed) -> String {
    let places = Places::of(text);
    let mut out = String::new();
    for kind in Kind::ALL {
        let found: Vec<&Finding> = scrubbed.findings.iter().filter(|finding| finding.kind == kind).collect();
        if found.is_empty() {
            continue;
        }
        let _ = writeln!(out, "{}: {}", kind.describe(), found.len());
        for finding in found.iter().take(SHOWN) {
            let (line, column) = places.at(finding.span.start);
            let was = excerpt(text.get(finding.span.clone()).unwrap_or_default());
            let done = match &finding.done {
                Done::Replaced(now) => format!("{was} is now {}", excerpt(now)),
                Done::Removed => format!("{was} removed"),
                Done::Kept => format!("{was} is the neutral one"),
                Done::Left => format!("{was} LEFT: decide yourself"),
            };
            let _ = writeln!(out, "  {line}:{column}  {done} ({})", terminal::tame(&finding.what));
        }
        if found.len() > SHOWN {
            let _ = writeln!(out, "  and {} more (--json has all)", found.len() - SHOWN);
        }
    }
    if scrubbed.findings.is_empty() {
        out.push_str("nothing was found that this tool knows\n");
    }
    out.push_str("\nwhat this does not remove:\n");
    for left in LEFT {
        let _ = writeln!(out, "  {left}");
    }
    let _ = writeln!(out, "{COMPARE}");
    out
}

/// A place's text on one line, what can't be seen by its code.
fn excerpt(text: &str) -> String {
    if text.is_empty() {
        return "nothing".to_owned();
    }
    let mut shown: String = text.chars().take(EXCERPT).flat_map(visible).collect();
    if text.chars().count() > EXCERPT {
        shown.push('…');
    }
    format!("\"{shown}\"")
}

fn visible(c: char) -> Vec<char> {
    let plain =
        c.is_alphanumeric() || c.is_ascii_graphic() || matches!(c, ' ' | '–' | '—' | '…' | '\u{2018}'..='\u{201f}');
    if plain { vec![c] } else { format!("<U+{:04X}>", u32::from(c)).chars().collect() }
}

/// Lines and columns, from 1.
struct Places<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Places<'t> {
    fn of(text: &'t str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    fn at(&self, offset: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= offset).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        (line, self.text.get(start..offset).map_or(0, |before| before.chars().count()) + 1)
    }
}
