//! `suggest`: a text as a master, with the sites that the packs propose.

use countermark_marking::{Master, rules};
use serde_json::json;

use super::marked;
use crate::cli::{Global, Suggest};
use crate::config::Config;
use crate::failure::{Exit, Outcome};
use crate::home::Home;
use crate::terminal;

/// Runs the verb. It needs no vault; where one is, the packs of its configuration speak too.
pub fn run(global: &Global, args: &Suggest) -> Outcome {
    let config = Home::of(global).map_or_else(|_| Ok(Config::default()), |home| Config::load(&home.config()))?;
    let source = marked::read(&args.file)?;
    let accept = args.accept.as_deref().map(marked::accepted).transpose()?;
    let packs = marked::Packs::load(&config, &args.packs)?;
    let proposals = marked::proposals(&args.file, &source, &packs, accept)?;
    let text = rules::accept(&source, &proposals);
    let master = Master::parse(&text).map_err(|e| marked::syntax(&args.file, &text, &e))?;
    let bits: f64 = master.sites().iter().map(|site| (site.alternatives as f64).log2()).sum();
    for proposal in &proposals {
        if args.explain {
            explain(&packs, proposal);
        } else if args.accept.is_some() {
            marked::tell(std::slice::from_ref(proposal));
        }
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
        terminal::say(&text)?;
        terminal::note(&format!("{} sites, {bits:.1} bits", master.sites().len()));
    }
    Ok(Exit::Found)
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
