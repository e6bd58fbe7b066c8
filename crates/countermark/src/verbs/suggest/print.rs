//! Without a terminal: the text with all proposed sites, or those of the accepted classes, printed.

use countermark_marking::{Master, rules};
use countermark_review::Refusal;
use serde_json::json;

use super::memory::Memory;
use crate::cli::{Global, Suggest};
use crate::failure::{Exit, Outcome};
use crate::terminal;
use crate::verbs::marked;

/// Prints the master, and every pair that it takes.
pub fn run(global: &Global, args: &Suggest, source: &str, packs: &marked::Packs) -> Outcome {
    let file = &args.addressed.file;
    let proposals =
        rules::propose(&packs.all(), source, &super::options(args)?).map_err(|e| marked::syntax(file, source, &e))?;
    let proposals = wanted(global, args, proposals)?;
    let text = rules::accept(source, &proposals);
    let master = Master::parse(&text).map_err(|e| marked::syntax(file, &text, &e))?;
    let bits: f64 = master.sites().iter().map(|site| (site.alternatives as f64).log2()).sum::<f64>() + 0.0;
    for proposal in &proposals {
        if args.explain {
            explain(packs, proposal);
        } else if args.addressed.accept.is_some() {
            marked::tell(std::slice::from_ref(proposal));
        }
    }
    if let Some(out) = &args.out {
        terminal::write_new(out, text.as_bytes(), 0o600)?;
        terminal::note(&format!("written: {}", out.display()));
    }
    if global.json {
        let rows: Vec<_> = proposals
            .iter()
            .map(|p| {
                let at = [p.span.start, p.span.end];
                json!({"rule": p.rule, "class": p.class.to_string(), "at": at, "alternatives": p.alternatives})
            })
            .collect();
        terminal::say_json(&json!({"master": text, "proposals": rows, "bits": bits}))?;
    } else {
        if args.out.is_none() {
            terminal::say(&text)?;
        }
        terminal::note(&format!("{} sites, {bits:.1} bits", master.sites().len()));
    }
    Ok(Exit::Found)
}

/// The proposals but those that a recipient or the house refused before; a tied site goes as a whole.
fn wanted(global: &Global, args: &Suggest, proposals: Vec<rules::Proposal>) -> Outcome<Vec<rules::Proposal>> {
    let memory = Memory::open(global, &args.addressed.to)?;
    if memory.known().is_empty() {
        return Ok(proposals);
    }
    let is_refused = |proposal: &rules::Proposal| {
        let refusal = Refusal::new(&proposal.pack, &proposal.rule, &proposal.alternatives);
        memory.known().iter().any(|(_, known)| *known == refusal)
    };
    let (refused, kept): (Vec<_>, Vec<_>) = proposals.into_iter().partition(is_refused);
    let ties: Vec<&str> = refused.iter().filter_map(|proposal| proposal.tie.as_deref()).collect();
    let (with, kept): (Vec<_>, Vec<_>) =
        kept.into_iter().partition(|proposal| proposal.tie.as_deref().is_some_and(|tie| ties.contains(&tie)));
    for proposal in refused.iter().chain(&with) {
        let pair = marked::pair(proposal);
        terminal::note(&format!("left out, refused before: {pair} [{}, {}]", proposal.class, proposal.rule));
    }
    Ok(kept)
}

/// Which rule, of which class, and the sentence it was made for.
fn explain(packs: &marked::Packs, proposal: &rules::Proposal) {
    let why = rules::explain(&packs.all(), proposal).map(|why| {
        let tie = why.tie.map(|tie| format!(", one choice for the whole text ({tie})")).unwrap_or_default();
        format!(
            "\n    rule {} of pack {}, {}{tie}\n    as in: {}\n    not in: {}",
            why.rule, why.pack, why.class, why.example, why.counterexample
        )
    });
    terminal::note(&format!("{}{}", marked::pair(proposal), why.unwrap_or_default()));
}
