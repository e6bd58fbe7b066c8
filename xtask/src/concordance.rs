//! Where the rules speak in real letters, for whoever writes them: `cargo xtask concordance --letters FILE`.
//!
//! The pack is read from `lang/en` as it stands on the disk, so that a changed rule shows without building anything.

use std::collections::{BTreeMap, HashSet};
use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;
use countermark_marking::rules::{Options, Proposal, propose};

/// What to show.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The letters: a file of JSON objects, one a line, each with "text".
    #[arg(long)]
    letters: PathBuf,
    /// Only these rules; without it all.
    #[arg(long, value_delimiter = ',')]
    rule: Vec<String>,
    /// Only these classes.
    #[arg(long, value_delimiter = ',')]
    class: Vec<String>,
    /// At most so many places a rule.
    #[arg(long, default_value_t = 50)]
    most: usize,
    /// No places: how often each rule speaks and the bits it brings, and the bits a word.
    #[arg(long)]
    count: bool,
    /// The folder of the pack.
    #[arg(long, default_value = "lang/en")]
    pack: PathBuf,
}

/// Prints the places, or the counts.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let pack = crate::pack::read(&arguments.pack)?;
    let mut out = std::io::stdout().lock();
    let lines = std::fs::read_to_string(&arguments.letters)
        .with_context(|| format!("cannot read {}", arguments.letters.display()))?;
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut bits: BTreeMap<String, f64> = BTreeMap::new();
    let mut shares = Vec::new();
    for (number, line) in lines.lines().enumerate() {
        let letter: serde_json::Value =
            serde_json::from_str(line).with_context(|| format!("line {} is no JSON object", number + 1))?;
        let text = letter["text"].as_str().with_context(|| format!("line {} has no \"text\"", number + 1))?;
        let mut proposals = propose(&[&pack], text, &Options::default()).map_err(|e| anyhow::anyhow!("{e}"))?;
        proposals.retain(|p| wanted(&arguments.rule, &p.rule) && wanted(&arguments.class, &p.class.to_string()));
        let mut ties = HashSet::new();
        let mut sum = 0.0;
        for proposal in &proposals {
            places.entry(proposal.rule.clone()).or_default().push(place(text, proposal));
            let first = proposal.tie.as_ref().is_none_or(|tie| ties.insert(tie.clone()));
            if first && proposal.class.survives_retyping() {
                let worth = (proposal.alternatives.len() as f64).log2();
                sum += worth;
                *bits.entry(proposal.rule.clone()).or_default() += worth;
            }
        }
        let words = countermark_text::word_count(text);
        if (60..=250).contains(&words) {
            shares.push(sum / words as f64);
        }
    }
    let mut rules: Vec<_> = places.iter().collect();
    rules.sort_by(|a, b| bits.get(b.0).unwrap_or(&0.0).total_cmp(bits.get(a.0).unwrap_or(&0.0)));
    for (rule, found) in rules {
        writeln!(out, "{rule}: {} places, {:.1} bits that survive", found.len(), bits.get(rule).unwrap_or(&0.0))?;
        if !arguments.count {
            for place in found.iter().take(arguments.most) {
                writeln!(out, "    {place}")?;
            }
        }
    }
    shares.sort_by(f64::total_cmp);
    let at = |share: f64| shares.get((share * shares.len().saturating_sub(1) as f64) as usize).copied().unwrap_or(0.0);
    writeln!(
        out,
        "{} letters of 60 to 250 words: bits a word that survive, p10 {:.3}, quartile {:.3}, median {:.3}, quartile {:.3}, p90 {:.3}",
        shares.len(),
        at(0.1),
        at(0.25),
        at(0.5),
        at(0.75),
        at(0.9)
    )?;
    Ok(())
}

fn wanted(list: &[String], one: &str) -> bool {
    list.is_empty() || list.iter().any(|w| w == one)
}

/// The place in its sentence's neighbourhood, the site in braces.
fn place(text: &str, proposal: &Proposal) -> String {
    let from = text[..proposal.span.start].char_indices().rev().nth(70).map_or(0, |(at, _)| at);
    let to = text[proposal.span.end..].char_indices().nth(60).map_or(text.len(), |(at, _)| proposal.span.end + at);
    let shown = format!(
        "{}{{{}}}{}",
        &text[from..proposal.span.start],
        proposal.alternatives.join("|"),
        &text[proposal.span.end..to]
    );
    shown.replace('\n', " ")
}
