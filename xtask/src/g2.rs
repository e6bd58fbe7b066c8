//! `cargo xtask g2`: guarantee G2, how many intact sites name a copy.
//!
//! Exact, no simulation: for sites of two alternatives, each seen without doubt, the smallest number of
//! intact ones with which a copy is named at the first look although some others show another wording.

mod picture;

use std::fmt::Write as _;
use std::path::PathBuf;

use countermark_codebook::Epsilon;
use countermark_codebook::strength::intact_needed;

/// The numbers of altered sites.
const ALTERED: std::ops::RangeInclusive<u32> = 0..=3;

/// Options of the computation.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Where `g2.svg` and `g2.md` are written
    #[arg(long, value_name = "DIR", default_value = "docs/figures")]
    out: PathBuf,
}

/// One point of the curves.
pub(crate) struct Point {
    copies: u32,
    epsilon: Epsilon,
    /// `log2(n / epsilon)`.
    pub(crate) bits: f64,
    /// Intact sites needed with 0, 1, 2, 3 altered ones.
    pub(crate) intact: Vec<u32>,
}

/// Computes all points, writes picture and table.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut points = Vec::new();
    for epsilon in ["1e-2", "1e-3", "1e-4", "1e-6", "1e-9", "1e-12"] {
        let epsilon: Epsilon = epsilon.parse()?;
        for copies in [2u32, 5, 10, 20, 50, 100, 200, 500, 1000] {
            points.push(Point {
                copies,
                epsilon,
                bits: (f64::from(copies) / epsilon.value()).log2(),
                intact: ALTERED.map(|altered| intact_needed(copies, epsilon, altered)).collect(),
            });
        }
    }
    points.sort_by(|a, b| a.bits.total_cmp(&b.bits));
    std::fs::create_dir_all(&arguments.out)?;
    std::fs::write(arguments.out.join("g2.svg"), picture::svg(&points))?;
    let table = table(&points)?;
    std::fs::write(arguments.out.join("g2.md"), &table)?;
    print!("{table}");
    Ok(())
}

fn table(points: &[Point]) -> anyhow::Result<String> {
    let mut table = String::from(
        "# G2: a leak is named when the evidence allows\n\n\
         Rebuilt by `cargo xtask g2`; exact, no simulation. Intact sites of two alternatives (one bit each)\n\
         that name a copy at the first look, when none, one, two or three other sites show the other\n\
         wording. *Extra* is the number needed beyond `log2(n / epsilon)`.\n\n\
         ![Intact sites needed](g2.svg)\n\n\
         | n | epsilon | log2(n/epsilon) | 0 altered | 1 | 2 | 3 | extra: 0 altered | 1 | 2 | 3 |\n\
         |---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n",
    );
    for point in points {
        write!(table, "| {} | {} | {:.2} |", point.copies, point.epsilon, point.bits)?;
        for intact in &point.intact {
            write!(table, " {intact} |")?;
        }
        for intact in &point.intact {
            write!(table, " {:.1} |", f64::from(*intact) - point.bits)?;
        }
        table.push('\n');
    }
    table.push_str("\nExtra bits over all rows:\n\n| altered | smallest | mean | largest |\n|---:|---:|---:|---:|\n");
    for altered in ALTERED {
        let extra: Vec<f64> = points.iter().map(|p| f64::from(p.intact[altered as usize]) - p.bits).collect();
        let mean = extra.iter().sum::<f64>() / extra.len() as f64;
        let least = extra.iter().copied().fold(f64::INFINITY, f64::min);
        let most = extra.iter().copied().fold(0.0, f64::max);
        writeln!(table, "| {altered} | {least:.1} | {mean:.1} | {most:.1} |")?;
    }
    Ok(table)
}
