//! Which messages a text shares words with: judged by a slow, obvious search.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{Chance, codeword, copy, letters, master, prose, retype};
use countermark_marking::Master;
use countermark_tracing::{Finder, Leak};

fn words(text: &str) -> Vec<String> {
    countermark_text::words(text).map(|t| t.canon.into_owned()).collect()
}

/// The longest run of words that stands in both, by looking everywhere.
fn longest(a: &[String], b: &[String]) -> usize {
    let mut best = 0;
    for i in 0..a.len() {
        for j in 0..b.len() {
            let run = a[i..].iter().zip(&b[j..]).take_while(|(x, y)| x == y).count();
            best = best.max(run);
        }
    }
    best
}

#[test]
fn every_run_of_eight_words_of_any_copy_is_found() {
    let mut chance = Chance::new(11);
    let mut finder = Finder::new();
    let masters: Vec<Master> = (0..40)
        .map(|_| {
            let text = prose(&mut chance, 60);
            master(&mut chance, &text)
        })
        .collect();
    for (id, master) in masters.iter().enumerate() {
        finder.add(id, master);
    }
    for (id, master) in masters.iter().enumerate() {
        for _ in 0..4 {
            let codeword = codeword(&mut chance, master);
            let copied = words(&copy(master, &codeword));
            let from = chance.below(copied.len() - 8);
            for length in [7, 8, 9, 15] {
                let quote = &copied[from..(from + length).min(copied.len())];
                // Words of no message around it.
                let leak = format!("Quoth {} forsooth", quote.join(" "));
                let hits = finder.search(&Leak::new(&leak));
                let hit = hits.iter().find(|hit| hit.id == id);
                assert_eq!(hit.is_some(), quote.len() >= 8, "message {id}, words {from} and on: {leak}");
                assert!(hit.is_none_or(|hit| hit.words == quote.len()), "{hit:?} for {leak}");
            }
        }
    }
}

#[test]
fn the_run_is_as_long_as_the_slow_search_says() {
    let mut chance = Chance::new(12);
    let vocabulary = ["one", "two", "three", "four"];
    // So few words that everything repeats.
    let babble =
        |chance: &mut Chance, n: usize| (0..n).map(|_| *chance.pick(&vocabulary)).collect::<Vec<_>>().join(" ");
    for round in 0..60 {
        let texts: Vec<String> = (0..5).map(|_| babble(&mut chance, 40)).collect();
        let mut finder = Finder::new();
        for (id, text) in texts.iter().enumerate() {
            finder.add(id, &Master::plain(text));
        }
        let leak = babble(&mut chance, 120);
        let hits = finder.search(&Leak::new(&leak));
        for (id, text) in texts.iter().enumerate() {
            let slow = longest(&words(text), &words(&leak));
            let fast = hits.iter().find(|hit| hit.id == id).map_or(0, |hit| hit.words);
            assert_eq!(fast, if slow >= 8 { slow } else { 0 }, "round {round}: {text} / {leak}");
        }
    }
}

#[test]
fn thickets_of_alternatives_are_searched_too() {
    let dense = "{a|b|c|d|e|f|g|h} ".repeat(12);
    let sites: Vec<String> = (0..12)
        .map(|i| format!("{{{}}}", (0..12).map(|a| format!("w{i}x{a}")).collect::<Vec<_>>().join("|")))
        .collect();
    let mut finder = Finder::new();
    finder.add(0, &Master::parse(&dense).unwrap());
    finder.add(1, &Master::parse(&sites.join(" ")).unwrap());
    let hits = finder.search(&Leak::new("so w2x11 w3x0 w4x7 w5x5 w6x4 w7x3 w8x2 w9x1 w10x0 it is"));
    assert_eq!(hits.iter().map(|h| (h.id, h.words)).collect::<Vec<_>>(), [(1, 9)]);
    let hits = finder.search(&Leak::new("h g f e d c b a"));
    assert_eq!(hits.iter().map(|h| (h.id, h.words)).collect::<Vec<_>>(), [(0, 8)]);
}

#[test]
fn short_messages_are_found_whole() {
    let mut finder = Finder::new();
    finder.add(0, &Master::plain("We accept."));
    finder.add(1, &Master::parse("Please {tell|inform} the council today.").unwrap());
    finder.add(2, &Master::parse("Dear {=name}, the answer is no.").unwrap());
    finder.add(3, &Master::plain(""));
    finder.add(4, &Master::plain("— … —"));
    let table: [(&str, &[usize]); 7] = [
        ("We accept", &[0]),
        ("we accept, they say", &[0]),
        ("He said that we accept the terms that were read out.", &[]),
        ("And then: “please inform the council today”, he wrote.", &[1]),
        ("please inform the council tomorrow", &[]),
        ("I fear the answer is no, said the minister.", &[2]),
        ("", &[]),
    ];
    for (leak, ids) in table {
        let hits = finder.search(&Leak::new(leak));
        assert_eq!(hits.iter().map(|h| h.id).collect::<Vec<_>>(), ids, "{leak}");
    }
}

#[test]
fn real_letters_are_told_apart() {
    let all = letters();
    if all.is_empty() {
        return;
    }
    let mut chance = Chance::new(13);
    let mut finder = Finder::new();
    let masters: Vec<Master> = all.iter().step_by(2).map(|text| master(&mut chance, text)).collect();
    for (id, master) in masters.iter().enumerate() {
        finder.add(id, master);
    }
    for (id, master) in masters.iter().enumerate().step_by(4) {
        let codeword = codeword(&mut chance, master);
        let leak = retype(&copy(master, &codeword));
        let hits = finder.search(&Leak::new(&leak));
        assert_eq!(hits[0].id, id);
        assert_eq!(hits[0].total, Leak::new(&master.render_bracketed(&vec![0; codeword.len()])).words());
    }
    // Letters that were not added share stock phrases at most.
    let strangers: Vec<usize> = all
        .iter()
        .skip(1)
        .step_by(2)
        .filter_map(|text| finder.search(&Leak::new(text)).first().map(|hit| hit.words))
        .collect();
    println!("{} of {} other letters share 8 words or more: {strangers:?}", strangers.len(), all.len() / 2);
    assert!(strangers.iter().all(|&words| words < 30));
}
