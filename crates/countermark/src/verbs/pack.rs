//! `pack check`: a pack's form, and every rule's examples.

use countermark_marking::rules::Pack;
use serde_json::json;

use super::marked;
use crate::cli::{Global, PackVerb};
use crate::failure::{Exit, Outcome};
use crate::terminal;

/// Runs the verb.
pub fn run(global: &Global, verb: &PackVerb) -> Outcome {
    let PackVerb::Check { files } = verb;
    let own = files.iter().map(|file| marked::pack(file)).collect::<Outcome<Vec<_>>>()?;
    let packs = if own.is_empty() { vec![Pack::english()] } else { own.iter().collect() };
    let rules: usize = packs.iter().map(|pack| pack.rules().len()).sum();
    let problems: Vec<String> = packs.iter().flat_map(|pack| pack.check()).map(|finding| finding.to_string()).collect();
    if global.json {
        terminal::say_json(&json!({"valid": problems.is_empty(), "rules": rules, "problems": problems}))?;
    } else {
        let mut lines = problems.clone();
        lines.push(format!("{rules} rules, {} problems", problems.len()));
        terminal::say(&lines.join("\n"))?;
    }
    Ok(if problems.is_empty() { Exit::Found } else { Exit::NotFound })
}
