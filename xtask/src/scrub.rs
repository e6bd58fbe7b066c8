//! How often two copies of one real letter have the same neutral form: `cargo xtask scrub --letters FILE`.

use std::path::PathBuf;

use anyhow::Context as _;
use countermark_marking::Master;
use countermark_marking::rules::{Neutral, Options, Pack, accept, propose};
use countermark_marking::scrub::scrub_with;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rayon::prelude::*;

/// What to measure.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The letters: a file of JSON objects, one a line, each with "text".
    #[arg(long)]
    letters: PathBuf,
    /// The first so many letters.
    #[arg(long, default_value_t = 200)]
    most: usize,
    /// Random copies of each.
    #[arg(long, default_value_t = 2)]
    copies: usize,
    /// Where the figures are written.
    #[arg(long, default_value = "docs/figures/scrub.md")]
    out: PathBuf,
}

/// What came of one letter.
struct Measured {
    sites: usize,
    copies: usize,
    same: usize,
    /// Words that differ between a copy's neutral form and the original's, over all copies.
    differing: usize,
    words: usize,
    fixed: bool,
}

/// Scrubs random copies, and writes the figures.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let lines = std::fs::read_to_string(&arguments.letters)
        .with_context(|| format!("cannot read {}", arguments.letters.display()))?;
    let mut texts = Vec::new();
    for (number, line) in lines.lines().take(arguments.most).enumerate() {
        let letter: serde_json::Value =
            serde_json::from_str(line).with_context(|| format!("line {} is no JSON object", number + 1))?;
        texts.push(letter["text"].as_str().with_context(|| format!("line {} has no \"text\"", number + 1))?.to_owned());
    }
    let neutral = Neutral::new(&[Pack::english()]);
    let each = texts.par_iter().enumerate().map(|(n, text)| measure(n as u64, text, arguments.copies, &neutral));
    let all: Vec<Measured> = each.collect::<anyhow::Result<_>>()?;
    let sum = |of: fn(&Measured) -> usize| all.iter().map(of).sum::<usize>();
    let copies = sum(|m| m.copies);
    let figures = format!(
        "# `scrub`: one neutral form for all copies\n\n\
         Rebuilt by `cargo xtask scrub --letters FILE`, seeds 0 to {}. Real letters are marked with all that the English pack\n\
         proposes; random copies of each are scrubbed and compared with the scrubbed original. Where rules see other\n\
         words around them, a place can stay apart.\n\n\
         | what | figure |\n|---|---:|\n\
         | letters | {} |\n| sites, all the pack's | {} |\n| random copies | {copies} |\n\
         | copies with the original's neutral form | {} |\n\
         | words in the other copies' neutral forms that still differ, of all words of all copies | {} of {} |\n\
         | neutral forms that scrubbing changes again | {} |\n",
        all.len().saturating_sub(1),
        all.len(),
        sum(|m| m.sites),
        sum(|m| m.same),
        sum(|m| m.differing),
        sum(|m| m.words),
        all.iter().filter(|m| !m.fixed).count(),
    );
    std::fs::write(&arguments.out, &figures)?;
    print!("{figures}");
    Ok(())
}

fn measure(seed: u64, text: &str, copies: usize, neutral: &Neutral<'_>) -> anyhow::Result<Measured> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let proposals = propose(&[Pack::english()], text, &Options::default()).map_err(|e| anyhow::anyhow!("{e}"))?;
    let master = Master::parse(&accept(text, &proposals)).map_err(|e| anyhow::anyhow!("{e}"))?;
    let original = scrub_with(text, neutral).text;
    let fixed = scrub_with(&original, neutral).text == original;
    let words = original.split_whitespace().count() * copies;
    let mut measured = Measured { sites: master.sites().len(), copies, same: 0, differing: 0, words, fixed };
    for _ in 0..copies {
        let codeword: Vec<u8> =
            master.sites().iter().map(|site| (random.next_u32() % site.alternatives as u32) as u8).collect();
        let copy = master.render(&codeword, &|name| Some(name.to_owned()))?;
        let found = scrub_with(&copy, neutral).text;
        measured.same += usize::from(found == original);
        measured.differing += differing(&original, &found);
    }
    Ok(measured)
}

/// The words of the first text that are not in the second, in order (its length less the longest common subsequence).
fn differing(one: &str, other: &str) -> usize {
    let (one, other): (Vec<&str>, Vec<&str>) = (one.split_whitespace().collect(), other.split_whitespace().collect());
    let mut row = vec![0usize; other.len() + 1];
    for word in &one {
        let mut diagonal = 0;
        for (n, with) in other.iter().enumerate() {
            let above = row[n + 1];
            row[n + 1] = if word == with { diagonal + 1 } else { above.max(row[n]) };
            diagonal = above;
        }
    }
    one.len() - row[other.len()]
}
