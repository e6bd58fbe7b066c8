//! `pack check`: a pack's form, every rule's examples, which rules want the same words, and what a text would carry.

mod clashes;
mod coverage;

use std::path::{Path, PathBuf};

use countermark_marking::rules::{Pack, PackError};
use countermark_marking::{Master, SyntaxError};
use serde_json::json;

use super::marked;
use crate::cli::{Global, PackVerb};
use crate::failure::{Exit, Failure, Outcome};
use crate::terminal;
use clashes::Clashes;
use coverage::Coverage;

/// Rows of a list that are shown at most; `--json` has all.
const SHOWN: usize = 12;

/// What is checked, and beside what it speaks.
struct Checked<'p> {
    /// All that speak, the built-in one first.
    packs: Vec<&'p Pack>,
    /// The number of the one that is checked.
    own: usize,
}

impl Checked<'_> {
    fn pack(&self) -> &Pack {
        self.packs[self.own]
    }
}

/// Runs the verb: 0 when the pack has no fault, 1 when it has. Clashes and coverage are told and are no faults.
pub fn run(global: &Global, verb: &PackVerb) -> Outcome {
    let PackVerb::Check { files, on } = verb;
    let texts = on.iter().map(|file| text(file)).collect::<Outcome<Vec<_>>>()?;
    let own = match own(files)? {
        Ok(own) => own,
        Err(fault) => return report(global, 0, &[fault], None),
    };
    let packs: Vec<&Pack> = std::iter::once(Pack::english()).chain(&own).collect();
    let checked = Checked { own: packs.len() - 1, packs };
    let problems: Vec<String> = checked.pack().check().iter().map(ToString::to_string).collect();
    let clashes = Clashes::of(&checked, &texts);
    let coverage = (!texts.is_empty()).then(|| Coverage::of(&checked, &texts));
    report(global, checked.pack().rules().len(), &problems, Some((&clashes, coverage.as_ref())))
}

/// The files as one pack, as the built-in one is made of several; none when there is no file, the fault of one that is no pack.
fn own(files: &[PathBuf]) -> Outcome<Result<Option<Pack>, String>> {
    let texts = files.iter().map(|file| Ok((terminal::name_of(file), terminal::read_text(file)?)));
    let texts = texts.collect::<Outcome<Vec<_>>>()?;
    let Some(first) = files.first() else { return Ok(Ok(None)) };
    let parts: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let fault = |e: PackError| format!("{e} ({})", e.hint());
    Ok(Pack::parse_files(&marked::pack_name(first), &parts).map(Some).map_err(fault))
}

/// A text to try the rules on. The error names the place and none of the words.
fn text(file: &Path) -> Outcome<Master> {
    let fault = |e: SyntaxError| {
        let failure = Failure::new(format!("{} is no master: {e}", terminal::name_of(file)));
        match e.kind.hint() {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    };
    Master::parse(&marked::read(file)?).map_err(fault)
}

/// Prints what was found; a pack that can't be read has neither clashes nor coverage.
fn report(global: &Global, rules: usize, problems: &[String], told: Option<(&Clashes, Option<&Coverage>)>) -> Outcome {
    let coverage = told.and_then(|(_, coverage)| coverage);
    if global.json {
        let clashes = told.map(|(clashes, _)| clashes.json()).unwrap_or_default();
        let coverage = coverage.map(Coverage::json);
        let valid = problems.is_empty();
        terminal::say_json(&json!({"valid": valid, "rules": rules, "problems": problems, "clashes": clashes,
                                   "coverage": coverage}))?;
    } else {
        let mut lines = problems.to_vec();
        lines.extend(told.map(|(clashes, _)| clashes.lines()).unwrap_or_default());
        lines.extend(coverage.map(Coverage::lines).unwrap_or_default());
        lines.push(format!("{rules} rules, {} problems", problems.len()));
        terminal::say(&terminal::tame(&lines.join("\n")))?;
    }
    Ok(if problems.is_empty() { Exit::Found } else { Exit::NotFound })
}

/// The first rows of a list, and how many more there are.
fn first(rows: Vec<String>) -> Vec<String> {
    let more = rows.len().saturating_sub(SHOWN);
    let mut shown: Vec<String> = rows.into_iter().take(SHOWN).collect();
    if more > 0 {
        shown.push(format!("  and {more} more (--json has all)"));
    }
    shown
}
