//! Find, measured with whole processes: from an answer to the case, kills, a day's posts. `bench/find/run` writes docs/figures/find.md of it.
//!
//!     cargo bench -p countermark --bench find -- [time=20] [kill=100] [day=1000000]
#![allow(missing_docs, clippy::unwrap_used)]

#[path = "../../../bench/screening/src/chance.rs"]
mod chance;
#[path = "../tests/common/mod.rs"]
mod common;
#[path = "find/day.rs"]
mod day;
#[path = "../../../bench/screening/src/generator.rs"]
mod generator;
#[path = "../tests/find/killed.rs"]
mod killed;
#[path = "../tests/common/scene.rs"]
mod scene;
#[path = "../tests/common/services.rs"]
mod services;
#[path = "find/time.rs"]
mod time;

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let all = ["time=20", "kill=100", "day=1000000"].map(str::to_owned);
    for what in if wanted.is_empty() { &all[..] } else { &wanted } {
        let (what, number) = what.split_once('=').unwrap_or((what, ""));
        match (what, number.parse::<u64>()) {
            ("time", Ok(posts)) => time::measure(usize::try_from(posts).unwrap()),
            ("kill", Ok(rounds)) => kill(usize::try_from(rounds).unwrap()),
            ("day", Ok(posts)) => day::measure(posts),
            _ => panic!("time=POSTS, kill=ROUNDS or day=POSTS"),
        }
    }
}

fn kill(rounds: usize) {
    let seed = 2028;
    let report = killed::killed(rounds, seed, 20..1200);
    println!("## Killed and started again\n");
    println!(
        "{rounds} rounds (seed {seed}), {} processes killed (`SIGKILL`) at random moments, the watcher, `case follow` or both, while posts kept coming to a folder, a Telegram page and a Jetstream; then a second desk took in beside the first.",
        report.kills
    );
    println!(
        "{} leaks: as many cases, each of the right message and post. {} posts with a stock phrase: each once in `case matches`. {} other posts: nothing of them anywhere.\n",
        report.leaks, report.matches, report.clean
    );
}
