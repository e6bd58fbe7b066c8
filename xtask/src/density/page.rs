//! The figures as a page.

use std::fmt::Write as _;

use countermark_marking::Class;

use super::Set;
use super::measure::{MORE, Measured, WORDS};

const HEAD: &str = "# Bits a word

Rebuilt by `cargo xtask density --out docs/figures/density.md`. Everything that the English pack proposes is accepted; a site
of q alternatives brings log2 q bits, a tied site once. What retyping would lose (typography, layout) is not counted. Letters
have 60 to 250 words, short messages 40 to 120, counted as canonical words. *Word rules*: the classes lexical, spelling,
contraction and number. Where a writer finished the text by hand, all sites count as his. To reach: medians of 0.06 by word
rules, 0.10 with formulas and punctuation, 0.18 after the writer's two minutes.
";

/// The page.
pub(crate) fn page(sets: &[Set]) -> anyhow::Result<String> {
    let mut out = HEAD.to_owned();
    for set in sets.iter().filter(|set| set.texts.is_empty()) {
        write!(out, "\nSkipped, for the texts are not there: {}.\n", set.name)?;
    }
    let (hand, plain): (Vec<&Set>, Vec<&Set>) =
        sets.iter().filter(|set| !set.texts.is_empty()).partition(|set| set.by_hand);
    let more: Vec<Class> = WORDS.into_iter().chain(MORE).collect();
    out.push_str("\n## All that survives retyping, bits a word\n\n");
    out.push_str("| texts | sites counted | number | p10 | quartile | median | quartile | p90 |\n");
    out.push_str("|---|---|---:|---:|---:|---:|---:|---:|\n");
    for set in &plain {
        density(&mut out, set, "word rules", |text| text.density(&WORDS))?;
        density(&mut out, set, "with formulas, punctuation, order", |text| text.density(&more))?;
    }
    for set in &hand {
        density(&mut out, set, "as the writer left them", Measured::surviving)?;
    }
    out.push_str("\n## By class, bits a word\n\n| texts | class | mean | quartile | median | quartile |\n");
    out.push_str("|---|---|---:|---:|---:|---:|\n");
    for set in &plain {
        for class in &more {
            let values = sorted(set.texts.iter().map(|text| text.density(&[*class])));
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            let [low, middle, high] = [0.25, 0.5, 0.75].map(|share| at(&values, share));
            writeln!(out, "| {} | {class} | {mean:.4} | {low:.4} | {middle:.4} | {high:.4} |", set.name)?;
        }
    }
    out.push_str("\n## How evenly\n\nA part is a sentence, or a line that stands alone. The longest stretch is that of words in a row without a site that\nsurvives retyping.\n\n");
    out.push_str(
        "| texts | parts | of them without a site, per cent | longest stretch: quartile | median | quartile |\n",
    );
    out.push_str("|---|---:|---:|---:|---:|---:|\n");
    for set in plain.iter().chain(&hand) {
        let parts: usize = set.texts.iter().map(|text| text.parts).sum();
        let bare: usize = set.texts.iter().map(|text| text.bare_parts).sum();
        let stretches = sorted(set.texts.iter().map(|text| text.stretch as f64));
        let [low, middle, high] = [0.25, 0.5, 0.75].map(|share| at(&stretches, share));
        let share = 100.0 * bare as f64 / parts.max(1) as f64;
        writeln!(out, "| {} | {parts} | {share:.1} | {low:.0} | {middle:.0} | {high:.0} |", set.name)?;
    }
    Ok(out)
}

fn density(out: &mut String, set: &Set, sites: &str, of: impl Fn(&Measured) -> f64) -> anyhow::Result<()> {
    let values = sorted(set.texts.iter().map(of));
    let [a, b, c, d, e] = [0.1, 0.25, 0.5, 0.75, 0.9].map(|share| at(&values, share));
    writeln!(out, "| {} | {sites} | {} | {a:.3} | {b:.3} | **{c:.3}** | {d:.3} | {e:.3} |", set.name, values.len())?;
    Ok(())
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

/// The value below which a share of all lies, between two where it falls between them.
fn at(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    let place = share * last as f64;
    let low = place.floor() as usize;
    sorted[low] + (sorted[(low + 1).min(last)] - sorted[low]) * place.fract()
}
