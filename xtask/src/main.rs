//! Rebuilds what is generated and runs the large simulations: `cargo xtask TASK`.

mod chance;
mod channels;
mod concordance;
mod corpus;
mod damage;
mod density;
mod e2e;
mod expected;
mod g1;
mod g2;
mod interval;
mod judge;
mod pack;
mod page;
mod picture;
mod screenshots;
mod scrub;

use clap::Parser;

/// Rebuild what is generated, and run the large simulations.
#[derive(Parser)]
#[command(name = "cargo xtask")]
enum Task {
    /// Measure how often the right copy is named, channel by channel, beside other tools.
    Channels(channels::Arguments),
    /// Show where the rules of the English pack speak in a file of letters.
    Concordance(concordance::Arguments),
    /// Measure how much the rules bring a word.
    Density(density::Arguments),
    /// Measure guarantee G1 end to end, on real letters.
    E2e(e2e::Arguments),
    /// Simulate guarantee G1: how often a copy is named of which nothing was used.
    G1(g1::Arguments),
    /// Compute guarantee G2: how many intact sites name a copy.
    G2(g2::Arguments),
    /// Have proposals judged blind: draw them, tell the verdicts, show places again.
    Judge(judge::Arguments),
    /// Put the browser's verifier together: verifier/verify.html.
    Page(page::Arguments),
    /// Turn coloured terminal output (standard input) into an SVG picture.
    Picture {
        /// The file to write.
        out: std::path::PathBuf,
    },
    /// Measure how many leaks that the desk names a stranger can check.
    Rows(channels::Rows),
    /// Measure how often a screenshot is matched and its copy named.
    Screenshots(screenshots::Arguments),
    /// Measure how often copies of real letters have one neutral form.
    Scrub(scrub::Arguments),
}

fn main() -> anyhow::Result<()> {
    match Task::parse() {
        Task::Channels(arguments) => channels::run(&arguments),
        Task::Concordance(arguments) => concordance::run(&arguments),
        Task::Density(arguments) => density::run(&arguments),
        Task::E2e(arguments) => e2e::run(&arguments),
        Task::G1(arguments) => g1::run(&arguments),
        Task::G2(arguments) => g2::run(&arguments),
        Task::Judge(arguments) => judge::run(&arguments),
        Task::Page(arguments) => page::run(&arguments),
        Task::Picture { out } => picture::run(&out),
        Task::Rows(arguments) => channels::rows(&arguments),
        Task::Screenshots(arguments) => screenshots::run(&arguments),
        Task::Scrub(arguments) => scrub::run(&arguments),
    }
}
