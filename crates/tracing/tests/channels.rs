//! What each channel leaves of the sites: right, wrong or nothing, on made-up masters and on real letters.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{Chance, Tally, article, codeword, copy, letters, master, prose, retype, reword, scan, slips, traced};

type Channel = fn(&mut Chance, &str) -> String;

fn half(text: &str, second: bool) -> String {
    let middle =
        text.char_indices().map(|(i, _)| i).filter(|&i| i >= text.len() / 2).find(|&i| text[i..].starts_with(' '));
    let middle = middle.unwrap_or(0);
    if second { text[middle..].to_owned() } else { text[..middle].to_owned() }
}

/// Name, channel, least share of sites right and most share wrong, in per cent.
const CHANNELS: &[(&str, Channel, f64, f64)] = &[
    ("untouched", |_, t| t.to_owned(), 99.9, 0.0),
    ("retyped", |_, t| retype(t), 85.0, 0.1),
    ("straightened", |_, t| t.replace(['“', '”'], "\"").replace(['‘', '’'], "'").replace(['—', '–'], "-"), 99.0, 0.0),
    ("first half", |_, t| half(t, false), 40.0, 0.1),
    ("second half", |_, t| half(t, true), 35.0, 0.1),
    ("in an article", article, 99.0, 0.1),
    ("halves swapped", |_, t| format!("{} And before: {}", half(t, true), half(t, false)), 90.0, 0.3),
    ("quoted twice", |c, t| format!("{t}\n\n{}\n\n{t}", prose(c, 30)), 99.0, 0.1),
    ("slips 3 %", |c, t| slips(c, t, 0.03), 90.0, 0.5),
    ("slips 10 %", |c, t| slips(c, t, 0.10), 80.0, 1.5),
    ("scan 5 %", |c, t| scan(c, t, 0.05), 90.0, 0.5),
    ("scan 15 %", |c, t| scan(c, t, 0.15), 75.0, 1.5),
    ("reworded 5 %", |c, t| reword(c, t, 0.05), 70.0, 1.5),
    ("retyped, slips 3 %", |c, t| slips(c, &retype(t), 0.03), 75.0, 0.6),
];

fn run(name: &str, texts: &[String], rounds: u64) {
    for (channel, apply, least, most) in CHANNELS {
        let mut tally = Tally::default();
        for (i, text) in texts.iter().enumerate() {
            for round in 0..rounds {
                let mut chance = Chance::new(i as u64 * 1000 + round);
                let master = master(&mut chance, text);
                let codeword = codeword(&mut chance, &master);
                let leak = apply(&mut chance, &copy(&master, &codeword));
                let trace = traced(&master, &leak);
                if std::env::var("COUNTERMARK_SHOW").is_ok() {
                    show(channel, &master, &codeword, &leak, trace.as_ref());
                }
                tally.add(trace.as_ref(), &codeword);
            }
        }
        println!(
            "{name:>10} {channel:>20} {:>6} sites: right {:6.2} % among {:5.2} % wrong {:5.2} % nothing {:5.2} %",
            tally.all(),
            tally.share(tally.right),
            tally.share(tally.among),
            tally.share(tally.wrong),
            tally.share(tally.nothing)
        );
        assert!(tally.share(tally.right) >= *least, "{name}, {channel}: {tally:?}");
        assert!(tally.share(tally.wrong) <= *most, "{name}, {channel}: {tally:?}");
    }
}

/// Prints every wrong reading; for whoever looks into one.
fn show(
    channel: &str,
    master: &countermark_marking::Master,
    codeword: &[u8],
    leak: &str,
    trace: Option<&countermark_tracing::Trace>,
) {
    for (site, &symbol) in codeword.iter().enumerate() {
        let Some(vector) = trace.and_then(|t| t.observations.get(site)) else {
            if channel == "untouched" {
                println!(
                    "{channel}: nothing at site {site}, trace {} of {}\n--\n{leak}\n",
                    trace.is_some(),
                    master.source()
                );
            }
            continue;
        };
        if vector[usize::from(symbol)] < *vector.iter().max().unwrap() {
            println!("{channel}: site {site} is {symbol}, seen {vector:?} of {}\n{leak}\n", master.source());
        }
    }
}

#[test]
fn made_up_masters() {
    let mut chance = Chance::new(1);
    let texts: Vec<String> = (0..30).map(|_| prose(&mut chance, 250)).collect();
    run("made up", &texts, 1);
}

#[test]
fn real_letters() {
    // The release profile, where figures are taken, reads all of them.
    let texts: Vec<String> = letters().into_iter().step_by(if cfg!(debug_assertions) { 8 } else { 1 }).collect();
    if texts.is_empty() {
        return;
    }
    run("letters", &texts, if cfg!(debug_assertions) { 1 } else { 4 });
}
