//! `pack check`: a pack's form, and every rule's examples.

use std::path::PathBuf;

use countermark_marking::rules::{Pack, PackError};
use serde_json::json;

use crate::cli::{Global, PackVerb};
use crate::failure::{Exit, Outcome};
use crate::terminal;

/// Runs the verb.
pub fn run(global: &Global, verb: &PackVerb) -> Outcome {
    let PackVerb::Check { files } = verb;
    let own = match own(files)? {
        Ok(own) => own,
        Err(fault) => return report(global, 0, &[fault]),
    };
    let pack = own.as_ref().unwrap_or_else(|| Pack::english());
    let problems: Vec<String> = pack.check().iter().map(ToString::to_string).collect();
    report(global, pack.rules().len(), &problems)
}

/// The files as one pack, as the built-in one is made of several; none when there is no file, the fault of one that is no pack.
fn own(files: &[PathBuf]) -> Outcome<Result<Option<Pack>, String>> {
    let texts = files.iter().map(|file| Ok((terminal::name_of(file), terminal::read_text(file)?)));
    let texts = texts.collect::<Outcome<Vec<_>>>()?;
    let Some((name, _)) = texts.first() else { return Ok(Ok(None)) };
    let parts: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let fault = |e: PackError| format!("{e} ({})", e.hint());
    Ok(Pack::parse_files(name, &parts).map(Some).map_err(fault))
}

fn report(global: &Global, rules: usize, problems: &[String]) -> Outcome {
    if global.json {
        terminal::say_json(&json!({"valid": problems.is_empty(), "rules": rules, "problems": problems}))?;
    } else {
        let mut lines = problems.to_vec();
        lines.push(format!("{rules} rules, {} problems", problems.len()));
        terminal::say(&lines.join("\n"))?;
    }
    Ok(if problems.is_empty() { Exit::Found } else { Exit::NotFound })
}
