//! What two readers said, as a page.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;

use super::key::{self, Row, Verdict};
use crate::interval::wilson;

/// What to reckon.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The key.
    #[arg(long)]
    key: PathBuf,
    /// What the first and the second reader said.
    #[arg(long, num_args = 2, required = true)]
    readings: Vec<PathBuf>,
    /// Write the page to this file instead of standard output.
    #[arg(long)]
    out: Option<PathBuf>,
}

/// Writes the page.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let rows = key::read(&arguments.key)?;
    let read = |number: usize| {
        let path = arguments.readings.get(number).context("two readings are needed")?;
        key::reading(path, &rows)
    };
    let judged: Vec<Judged> =
        rows.iter().zip(read(0)?).zip(read(1)?).map(|((row, a), b)| Judged { row, a, b }).collect();
    let page = page(&judged)?;
    match &arguments.out {
        Some(path) => std::fs::write(path, page).with_context(|| format!("cannot write {}", path.display())),
        None => {
            print!("{page}");
            Ok(())
        }
    }
}

/// A place with both verdicts.
struct Judged<'r> {
    row: &'r Row,
    a: Verdict,
    b: Verdict,
}

impl Judged<'_> {
    fn equal_to_a(&self) -> bool {
        self.a == Verdict::Equal
    }

    fn equal_to_b(&self) -> bool {
        self.b == Verdict::Equal
    }
}

fn page(judged: &[Judged<'_>]) -> anyhow::Result<String> {
    let mut out = String::from(
        "# Proposals judged blind\n\nTwo readers saw each site in its sentence, all wordings side by side in a drawn order, and did not know which one \
         the\nauthor wrote. Sites were drawn uniformly from all that the English pack proposes in the letters. *Equal*: any of the\n\
         wordings could stand there. Behind the shares of sites that were equal to both stand the limits of the 95 % interval\n\
         (Wilson).\n\n\
         | class | sites | equal to both | per cent | from | to | to A | to B | to one at least |\n\
         |---|---:|---:|---:|---:|---:|---:|---:|---:|\n",
    );
    let mut classes: BTreeMap<&str, Vec<&Judged<'_>>> = BTreeMap::new();
    for one in judged {
        classes.entry(&one.row.class).or_default().push(one);
    }
    let all: Vec<&Judged<'_>> = judged.iter().collect();
    line(&mut out, "**all**", &all)?;
    for (class, sites) in &classes {
        line(&mut out, class, sites)?;
    }
    let (same, kappa) = agreement(judged);
    let kappa = kappa.map_or("not defined, for one verdict is all there is".to_owned(), |kappa| format!("{kappa:.2}"));
    write!(
        out,
        "\nThe readers agree on equal or not at {:.1} % of the sites; Cohen's kappa is {kappa}.\n",
        100.0 * same
    )?;
    failed(&mut out, judged)?;
    Ok(out)
}

fn line(out: &mut String, name: &str, sites: &[&Judged<'_>]) -> anyhow::Result<()> {
    let count = |holds: &dyn Fn(&Judged<'_>) -> bool| sites.iter().filter(|one| holds(one)).count();
    let both = count(&|one| one.equal_to_a() && one.equal_to_b());
    let either = count(&|one| one.equal_to_a() || one.equal_to_b());
    let (a, b) = (count(&|one| one.equal_to_a()), count(&|one| one.equal_to_b()));
    let (low, high) = wilson(both, sites.len());
    let share = both as f64 / sites.len().max(1) as f64;
    writeln!(
        out,
        "| {name} | {} | {both} | {:.1} | {:.1} | {:.1} | {a} | {b} | {either} |",
        sites.len(),
        100.0 * share,
        100.0 * low,
        100.0 * high
    )?;
    Ok(())
}

/// The share of sites on which both say the same, equal or not, and Cohen's kappa of it (Educational and Psychological
/// Measurement 20, 1960).
fn agreement(judged: &[Judged<'_>]) -> (f64, Option<f64>) {
    let n = judged.len().max(1) as f64;
    let share = |holds: &dyn Fn(&Judged<'_>) -> bool| judged.iter().filter(|one| holds(one)).count() as f64 / n;
    let same = share(&|one| one.equal_to_a() == one.equal_to_b());
    let (a, b) = (share(&|one| one.equal_to_a()), share(&|one| one.equal_to_b()));
    let chance = a * b + (1.0 - a) * (1.0 - b);
    (same, (chance < 1.0).then(|| (same - chance) / (1.0 - chance)))
}

/// The rules with a site that was not equal to both, the worst first.
fn failed(out: &mut String, judged: &[Judged<'_>]) -> anyhow::Result<()> {
    let mut rules: BTreeMap<&str, (usize, Vec<&Judged<'_>>)> = BTreeMap::new();
    for one in judged {
        let (sites, bad) = rules.entry(&one.row.rule).or_default();
        *sites += 1;
        if !(one.equal_to_a() && one.equal_to_b()) {
            bad.push(one);
        }
    }
    let mut rows: Vec<_> = rules.into_iter().filter(|(_, (_, bad))| !bad.is_empty()).collect();
    rows.sort_by_key(|(rule, (_, bad))| (std::cmp::Reverse(bad.len()), *rule));
    write!(out, "\n## Rules with a site that was not equal to both\n\n")?;
    out.push_str("| rule | class | drawn | not equal | sites, as A and B judged them |\n|---|---|---:|---:|---|\n");
    for (rule, (sites, bad)) in rows {
        let said = |one: &&Judged<'_>| format!("{} {}/{}", one.row.id, one.a.name(), one.b.name());
        let list: Vec<String> = bad.iter().map(said).collect();
        let class = bad.first().map_or("", |one| one.row.class.as_str());
        writeln!(out, "| `{rule}` | {class} | {sites} | {} | {} |", bad.len(), list.join(", "))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: usize) -> Row {
        Row {
            id: format!("p{number:03}"),
            letter: "letter".to_owned(),
            at: number,
            rule: "rule".to_owned(),
            class: "lexical".to_owned(),
            alternatives: String::new(),
            order: vec![1, 0],
        }
    }

    #[test]
    fn kappa_is_that_of_a_worked_table() {
        // 20 say yes and yes, 5 yes and no, 10 no and yes, 15 no and no: agreement 0.7, kappa 0.4.
        let rows: Vec<Row> = (0..50).map(row).collect();
        let verdict = |equal: bool| if equal { Verdict::Equal } else { Verdict::Worse };
        let judged: Vec<Judged<'_>> = rows
            .iter()
            .enumerate()
            .map(|(n, row)| Judged { row, a: verdict(n < 25), b: verdict(n < 20 || (25..35).contains(&n)) })
            .collect();
        let (same, kappa) = agreement(&judged);
        assert!((same - 0.7).abs() < 1e-9 && (kappa.expect("defined") - 0.4).abs() < 1e-9);
        let page = page(&judged).expect("a string takes all");
        assert!(page.contains("| **all** | 50 | 20 | 40.0 | 27.6 | 53.8 | 25 | 30 | 35 |"), "{page}");
        assert!(page.contains("| `rule` | lexical | 50 | 30 | p020 equal/worse, "), "{page}");
    }
}
