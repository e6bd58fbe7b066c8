//! The page.

use std::fmt::Write as _;

use super::count::{Outcome, Shot};
use super::job::Class;
use super::{Arguments, COPIES, EPSILON};
use crate::interval::upper;

/// Writes all tables.
pub(crate) fn page(arguments: &Arguments, browser: &str, shots: &[Shot]) -> String {
    let mut out = String::new();
    let seed = arguments.seed;
    let _ = write!(
        out,
        "# Screenshots\n\nRebuilt by `bench/screenshots/run`. {count} chats are drawn by {browser}: a copy of a message of the project \
         (`bench/letters`, `bench/messages`, sealed for n = {COPIES} at epsilon {EPSILON}) stands in a bubble among others, with names, times, \
         ticks, reactions and faces, in eight typefaces, as on a telephone (two or 2.6 pixels a point) and on a desk (one or 1.25). Each \
         picture is read as `trace --image` reads it and traced as the office traces: an index over all messages, the first look.\n\n\
         *Matched*: the message is found, the verdict is not `unknown`. *Named*: the copy that the picture shows, and nobody else. \
         *Retyped*: the same text typed by hand, without a slip. *Words*: the share of the copy's words that are read right. *Sure*: \
         the mean of the pictures' confidences. Seconds are those of the reading, Tesseract's included, one picture at a time. Seed {seed}.\n\n",
        count = shots.len(),
    );
    out.push_str(
        "| pictures | n | matched % | retyped % | named % | retyped % | wrong | words % | sure % | s, median | s, 95 of 100 |\n\
         |---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n",
    );
    for class in Class::ALL {
        let of: Vec<&Shot> = shots.iter().filter(|shot| shot.class == class).collect();
        row(&mut out, class.words(), &of);
    }
    let all: Vec<&Shot> = shots.iter().collect();
    row(&mut out, "all", &all);
    let wrong: u64 = shots.iter().map(|shot| shot.read.wrong).sum();
    let _ = write!(
        out,
        "\nWrong names: {wrong} of {}; upper 95 % limit (Clopper and Pearson) {:.2} % of such pictures. The bound itself is epsilon, whatever is read.\n",
        shots.len(),
        100.0 * upper(wrong, shots.len() as u64, 0.05)
    );
    confidences(&mut out, shots);
    out
}

fn row(out: &mut String, name: &str, shots: &[&Shot]) {
    if shots.is_empty() {
        return;
    }
    let n = shots.len();
    let share = |of: &dyn Fn(&Shot) -> bool| 100.0 * shots.iter().filter(|shot| of(shot)).count() as f64 / n as f64;
    let sum = |of: &dyn Fn(&Shot) -> usize| shots.iter().map(|shot| of(shot)).sum::<usize>() as f64;
    let mut seconds: Vec<f64> = shots.iter().map(|shot| shot.seconds).collect();
    seconds.sort_by(f64::total_cmp);
    let at = |percent: usize| seconds[(n * percent / 100).min(n - 1)];
    let _ = writeln!(
        out,
        "| {name} | {n} | {:.1} | {:.1} | {:.1} | {:.1} | {} | {:.1} | {:.0} | {:.2} | {:.2} |",
        share(&|s| s.read.matched),
        share(&|s| s.retyped.matched),
        share(&|s| s.read.right > 0),
        share(&|s| s.retyped.right > 0),
        shots.iter().map(|s| s.read.wrong).sum::<u64>(),
        100.0 * sum(&|s| s.words.right) / sum(&|s| s.words.all).max(1.0),
        sum(&|s| usize::from(s.confidence)) / n as f64,
        at(50),
        at(95),
    );
}

/// What the words' confidences are worth.
fn confidences(out: &mut String, shots: &[Shot]) {
    out.push_str(
        "\n## Confidences\n\nHow often a word is read right that Tesseract is so sure of, among the words between the copy's first and last one:\n\n\
         | sure | words | right % |\n|---|---:|---:|\n",
    );
    for (low, high) in [(0, 29), (30, 49), (50, 69), (70, 79), (80, 84), (85, 89), (90, 94), (95, 100)] {
        let words = shots.iter().flat_map(|shot| &shot.words.sure).filter(|(sure, _)| (low..=high).contains(sure));
        let (all, right) = words.fold((0u32, 0u32), |(all, right), (_, ok)| (all + 1, right + u32::from(*ok)));
        if all > 0 {
            let _ = writeln!(out, "| {low} to {high} | {all} | {:.1} |", 100.0 * f64::from(right) / f64::from(all));
        }
    }
    out.push_str(
        "\nSites whose likeliest alternative is not the copy's, and among them those that leave no other possible; pictures in which the copy is named:\n\n\
         | traced | sites seen | misread | surely | named |\n|---|---:|---:|---:|---:|\n",
    );
    type Of = fn(&Shot) -> &Outcome;
    let rows: [(&str, Of); 3] =
        [("with confidences", |s| &s.read), ("without", |s| &s.unweighted), ("retyped", |s| &s.retyped)];
    for (name, of) in rows {
        let sum = |value: fn(&Outcome) -> u64| shots.iter().map(|shot| value(of(shot))).sum::<u64>();
        let _ = writeln!(
            out,
            "| {name} | {} | {} | {} | {} |",
            sum(|o| o.sites),
            sum(|o| o.misread),
            sum(|o| o.misread_surely),
            sum(|o| o.right),
        );
    }
}
