//! The meter as people read it.

use std::fmt::Write as _;

use countermark_codebook::strength::Step;
use countermark_marking::Sense;
use countermark_meter::channels::{Channels, Measured, Set};
use countermark_meter::{Ink, Meter, PartMeter, Promise, blocks, goal};

use crate::terminal;

/// Sentences without a site that are listed at most.
const LISTED: usize = 12;

/// The channels that are told; `--json` has all.
const SHOWN: [&str; 8] = [
    "pasted",
    "retyped",
    "screenshot",
    "spelling made American",
    "spelling made British",
    "half",
    "half, retyped",
    "one sentence",
];

/// What a row of the table of promises shows, for all sites and for those that survive.
type Column<'a> = &'a dyn Fn(&Promise) -> String;

/// Everything, section by section.
pub(super) fn text(meter: &Meter, channels: &Channels, ink: Ink, width: usize) -> String {
    let mut out = String::new();
    heading(&mut out, meter);
    certain(&mut out, meter);
    classes(&mut out, meter);
    out.push('\n');
    out.push_str(&blocks(meter, width, ink));
    if ink == Ink::Plain && meter.words > 0 {
        out.push_str(
            "(# survives retyping or names, + lost by retyping, x no site, digits: tenths of the bits needed)\n",
        );
    }
    siteless(&mut out, meter, width);
    steps(&mut out, meter);
    measured(&mut out, meter, channels);
    out.push_str("\nnot promised: against a reader who rewrites the marked places, compares copies, or translates\n");
    out
}

fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}

fn heading(out: &mut String, meter: &Meter) {
    let siteless = meter.parts.iter().filter(|part| part.sites == 0).count();
    let _ = writeln!(
        out,
        "{} words, {} parts ({siteless} without a site), {} sites, {:.1} bits ({:.1} survive retyping), {} codewords",
        meter.words,
        meter.parts.len(),
        meter.sites(),
        meter.bits,
        meter.retyped.bits,
        meter.copies
    );
    if meter.bits_needed.is_finite() {
        let _ = writeln!(out, "a copy is named from {:.1} bits on, epsilon {}", meter.bits_needed, meter.epsilon);
    } else {
        line(out, "there are more copies than different texts: this can't be sealed yet");
    }
    if !meter.illegible.is_empty() {
        let numbers: Vec<String> = meter.illegible.iter().map(|site| (site + 1).to_string()).collect();
        let _ = writeln!(
            out,
            "not counted below, for even an untouched copy leaves a doubt there: site {}\n  (a wording that begins or ends with another, at the beginning or end of the text; wordings that share most words)",
            numbers.join(", ")
        );
    }
    for (site, senses) in &meter.differing {
        let _ = writeln!(out, "{}", differing(*site, senses));
    }
}

/// A site whose copies are told different things.
pub(in crate::verbs) fn differing(site: usize, senses: &[Sense]) -> String {
    let what = senses.iter().map(|sense| sense.name()).collect::<Vec<_>>().join(", ");
    format!(
        "warning: the wordings of site {} differ in: {what}; whoever compares two copies reads two messages",
        site + 1
    )
}

fn certain(out: &mut String, meter: &Meter) {
    let windows: usize = meter.quotations.iter().map(|quoted| quoted.held.count).sum();
    let of = |share: f64, all: usize| format!("{} of {all}", (share * all as f64).round());
    let yes = |yes| if yes { "yes" } else { "no" }.to_owned();
    let number = |number: Option<u32>| number.map_or("-".to_owned(), |number| number.to_string());
    let rows: [(&str, Column<'_>); 6] = [
        ("the whole text names a copy", &|p| yes(p.certain.whole)),
        ("so many of its sites do, whichever", &|p| match p.enough {
            Some(enough) => format!("{} of {}", enough.any, p.sites),
            None => format!("- of {}", p.sites),
        }),
        ("fewest that can", &|p| number(p.enough.map(|enough| enough.best))),
        ("altered sites that it still bears", &|p| number(p.bears)),
        ("quotations of half that name a copy", &|p| of(p.certain.half, windows)),
        ("sentences that do alone", &|p| of(p.certain.one_part, meter.parts.len())),
    ];
    let _ = writeln!(out, "\n{:<48}{:<16}retyped", "certain, every site intact, the first look", "as pasted");
    for (name, cell) in rows {
        let _ = writeln!(out, "  {name:<46}{:<16}{}", cell(&meter.all), cell(&meter.retyped));
    }
    let [none, one, two, three] = meter.intact_needed;
    let _ = writeln!(
        out,
        "  sites of two alternatives needed: {none}; beside one altered {one}, two {two}, three {three} (each altered site\n  costs {}, {}, {} more)",
        one - none,
        two - one,
        three - two
    );
}

fn classes(out: &mut String, meter: &Meter) {
    if meter.classes.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{:<20}{:>6}{:>8}  retyped", "by class", "sites", "bits");
    for class in &meter.classes {
        let kept = if class.class.survives_retyping() { "survives" } else { "lost" };
        let _ = writeln!(out, "  {:<18}{:>6}{:>8.1}  {kept}", class.class, class.sites, class.bits);
    }
}

fn siteless(out: &mut String, meter: &Meter, width: usize) {
    let parts: Vec<&PartMeter> = meter.siteless().collect();
    if parts.is_empty() {
        return;
    }
    line(out, "\nwithout a site (a quotation of these alone can never name a copy):");
    for part in parts.iter().take(LISTED) {
        let words = if part.words == 1 { "word" } else { "words" };
        let beginning = terminal::tame(&part.beginning(width.saturating_sub(24)));
        let _ = writeln!(out, "  {:>3}  {:>3} {words:<5}  {beginning}", part.number, part.words);
    }
    if parts.len() > LISTED {
        let _ = writeln!(out, "  and {} more", parts.len() - LISTED);
    }
}

fn steps(out: &mut String, meter: &Meter) {
    let next = meter.next_step();
    match next {
        Some(step) => {
            let _ = writeln!(out, "\nto add: {}, and {}{}", sites(step), goal(step.goal), places(step));
        }
        None => line(out, "\nto add: there is no room for more sites"),
    }
    for step in meter.steps.iter().filter(|step| Some(*step) != next) {
        let needed = if step.sites.is_some() { sites(step) } else { "no room".to_owned() };
        let _ = writeln!(out, "  further: {}: {needed}", goal(step.goal));
    }
}

fn sites(step: &Step) -> String {
    match step.sites {
        Some(1) => "one more site of two alternatives".to_owned(),
        sites => format!("{} more sites of two alternatives", sites.unwrap_or(0)),
    }
}

/// Where the sites could stand, in a few words.
fn places(step: &Step) -> String {
    let place = |(part, sites): &(usize, u32)| match sites {
        1 => (part + 1).to_string(),
        sites => format!("{} ({sites})", part + 1),
    };
    let places: Vec<String> = step.placed.iter().take(8).map(place).collect();
    match places.as_slice() {
        [] => String::new(),
        [one] => format!("\n        for example in sentence {one}"),
        many => {
            let more = if step.placed.len() > 8 { " and others" } else { "" };
            format!("\n        for example in sentences {}{more}", many.join(", "))
        }
    }
}

fn measured(out: &mut String, meter: &Meter, channels: &Channels) {
    let (copies, rows) = match channels.of(meter) {
        Measured::Nothing => return line(out, "\nmeasured: not measured yet for such texts"),
        Measured::Copies(most) => {
            let _ = writeln!(out, "\nmeasured: not for so many copies ({most} at most)");
            return;
        }
        Measured::Epsilon(least) => {
            let _ = writeln!(out, "\nmeasured: not for so small an epsilon ({least} was)");
            return;
        }
        Measured::Rows { copies, rows } => (copies, rows),
    };
    let _ = writeln!(out, "\nmeasured, {copies} copies, epsilon {}: {}", channels.epsilon(), Set::of(meter).describe());
    for (row, interval) in rows.into_iter().filter(|(row, _)| SHOWN.contains(&row.channel.as_str())) {
        let percent = |share: f64| format!("{:.0}", share * 100.0);
        let _ = writeln!(
            out,
            "  {:<26}{:>4} of 100 named ({} to {}), {} of {} wrong",
            row.channel,
            percent(interval.share),
            percent(interval.low),
            percent(interval.high),
            row.wrong,
            row.texts
        );
    }
}
