//! What is observed, case by case, and what must never happen.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{Chance, codeword, copy, master, prose, reword, scan, traced};
use countermark_marking::Master;
use countermark_tracing::{Finder, Leak, compare, trace};
use proptest::prelude::*;

/// The frame of most cases: enough fixed text, with marks of its own, on both sides of what is put in.
fn framed(inner: &str) -> String {
    format!(
        "The minister’s letter reached us on Tuesday, as expected, and we read it with care; the council met that night. \
         {inner} \
         Nothing else was said about the harbour, the railway, or the island — for now, at least, the question rests."
    )
}

/// Master's inside, leak's inside, what is seen at each site: a symbol, or nothing (`.`).
const CASES: &[(&str, &str, &str)] = &[
    // Words.
    ("We {saw|viewed} it.", "We saw it.", "0"),
    ("We {saw|viewed} it.", "We viewed it.", "1"),
    ("We {saw|viewed} it.", "we veiwed it", "1"),
    ("We {saw|viewed} it.", "We regarded it.", "."),
    ("We {saw|viewed} it.", "We it.", "."),
    ("We saw {|very }much.", "We saw much.", "0"),
    ("We saw {|very }much.", "We saw very much.", "1"),
    ("We saw {|very }much.", "We saw extremely much.", "."),
    ("They came {at this time|now} to us.", "They came at this time to us.", "0"),
    ("They came {at this time|now} to us.", "They came at that hour to us.", "."),
    ("They came {at this time|now} to us.", "They came just then to us.", "."),
    // Inside words, touching, several in a row.
    ("The colo{u|}r is red.", "The color is red.", "1"),
    ("The colo{u|}r is red.", "The colour is red.", "0"),
    ("It is {small|little}{, but|; yet} it counts.", "It is little, but it counts.", "10"),
    ("It is {small|little}{, but|; yet} it counts.", "It is small; yet it counts.", "01"),
    ("{We|They} {saw|met} {him|her} {then|there}.", "They saw her there.", "1011"),
    ("{We|They} {saw|met} {him|her} {then|there}.", "They saw it there.", "10.1"),
    // Tied sites, seen twice.
    ("{#1:honour|honor} to whom {#1:honour|honor} is due.", "Honor to whom honor is due.", "1"),
    // OCR.
    ("It was {modern|recent} work.", "It was modem work.", "0"),
    ("It was {modern|recent} work.", "It was rec ent work.", "1"),
    ("All {together|jointly} they went.", "All t0gether they went.", "0"),
    // Numbers.
    ("There were {three|3} ships.", "There were 3 ships.", "1"),
    ("There were {15|fifteen} ships.", "There were 16 ships.", "."),
    // Punctuation, in a leak that keeps it.
    ("It is late{@punctuation:,|} and cold.", "It is late, and cold.", "0"),
    ("It is late{@punctuation:,|} and cold.", "It is late and cold.", "1"),
    ("It is late{@punctuation:;|,} the sea is cold.", "It is late, the sea is cold.", "1"),
    // Typography and layout, in a leak that keeps them.
    ("They wrote {@typography:“no”|\"no\"} to us.", "They wrote “no” to us.", "0"),
    ("They wrote {@typography:“no”|\"no\"} to us.", "They wrote \"no\" to us.", "1"),
    ("It rests {@typography:—|-} they say.", "It rests - they say.", "1"),
    ("It rests.{@layout: |\n\n}They agree.", "It rests.\n\nThey agree.", "1"),
    ("It rests.{@layout: |\n\n}They agree.", "It rests. They agree.", "0"),
];

/// The symbols seen, `.` for nothing, `?` for more than one possible.
fn seen(trace: Option<&countermark_tracing::Trace>, sites: usize) -> String {
    (0..sites)
        .map(|site| match trace.and_then(|t| t.observations.get(site)) {
            None => '.',
            Some(vector) => {
                let top = vector.iter().max().unwrap();
                match vector.iter().filter(|v| *v == top).count() {
                    1 => char::from(b'0' + vector.iter().position(|v| v == top).unwrap() as u8),
                    _ => '?',
                }
            }
        })
        .collect()
}

#[test]
fn table() {
    let mut failed = Vec::new();
    for (inner, leaked, expected) in CASES {
        let master = Master::parse(&framed(inner)).unwrap();
        let leak = framed(leaked);
        let seen = seen(traced(&master, &leak).as_ref(), master.sites().len());
        if seen != *expected {
            failed.push(format!("{inner} / {leaked}: {seen}, not {expected}"));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// What a leak does not keep says nothing.
#[test]
fn a_leak_without_commas_says_nothing_about_commas() {
    let master = Master::parse(&framed(
        "It is late{@punctuation:,|} and cold. They wrote {@typography:“no”|\"no\"} to us.{@layout: |\n\n}We {saw|viewed} it.",
    ))
    .unwrap();
    for symbols in [[0, 0, 0, 0], [1, 1, 1, 1]] {
        let leak = common::retype(&copy(&master, &symbols));
        let seen = seen(traced(&master, &leak).as_ref(), 4);
        assert_eq!(seen, format!("...{}", symbols[3]), "{leak}");
    }
}

#[test]
fn at_an_edge_only_what_is_seen_whole_counts() {
    let source = "The council met on Tuesday and resolved to hold {the old|a new} harbour treaty in force, and {not |}to \
                  ask for more {money|ships or men|}.";
    let master = Master::parse(source).unwrap();
    for (leak, expected) in [
        ("“council met on Tuesday and resolved to hold a new” deal, they say", "1.."),
        ("“The council met on Tuesday and resolved to hold a” deal, they say", "..."),
        ("“The council met on Tuesday and resolved to hold” nothing", "..."),
        ("they say “the old harbour treaty in force, and not to ask for more ships or men”, no less", "001"),
        ("they say “harbour treaty in force, and to ask for more ships”", ".1."),
        ("they say “harbour treaty in force, and to ask for more” time", ".1."),
        ("the “old harbour treaty in force, and to ask for more money”", "010"),
    ] {
        let seen = seen(traced(&master, leak).as_ref(), 3);
        assert_eq!(seen, expected, "{leak}");
    }
}

#[test]
fn fields_are_no_evidence_and_no_change() {
    let master = Master::parse(
        "Dear {=name}, we {accept|welcome} the terms of the treaty that {=office} sent to us in the spring of this year.",
    )
    .unwrap();
    for name in ["Ms Arlen", "", "His Excellency the most serene Lord Warden of the Seven Northern Harbours and Isles"]
    {
        let text = master
            .render(&[1], &|field| Some(if field == "name" { name.into() } else { "your office".into() }))
            .unwrap();
        let trace = traced(&master, &text).unwrap();
        assert_eq!(seen(Some(&trace), 1), "1", "{text}");
        assert!(trace.changes.is_empty(), "{:?}", trace.changes);
    }
}

#[test]
fn a_passage_that_stands_twice_in_the_message_is_not_guessed_at() {
    let twice = "we {saw|viewed} the harbour treaty as it was read out by the clerk. Then came the night. And again \
                 we {met|held} the harbour treaty as it was read out by the clerk.";
    let master = Master::parse(twice).unwrap();
    let trace = traced(&master, "the harbour treaty as it was read out by the clerk").unwrap();
    assert_eq!(seen(Some(&trace), 2), "..");
}

/// A short run that ends, shortly before, at the very word at which the run of the whole text ends once hid the latter.
#[test]
fn a_closing_phrase_that_stood_before_hides_nothing() {
    let source = "We {saw|viewed} the old treaty with care, and {they|all} had their own {reasons|grounds} to keep from us \
                  what was said in the harbour town, and what was {done|made} in the harbour town.";
    let master = Master::parse(source).unwrap();
    let trace = traced(&master, &copy(&master, &[1, 0, 1, 0])).unwrap();
    assert_eq!(seen(Some(&trace), 4), "1010");
    assert_eq!(trace.longest_run, trace.leak_words);
}

#[test]
fn another_message_that_shares_a_paragraph_says_nothing_of_the_rest() {
    let mut chance = Chance::new(21);
    let (own, shared, other) = (prose(&mut chance, 100), prose(&mut chance, 60), prose(&mut chance, 100));
    let source =
        format!("{}\n\n{shared}\n\n{}", common::mark(&mut chance, &own, 0.6), common::mark(&mut chance, &other, 0.6));
    let master = Master::parse(&source).unwrap();
    let leak = format!("{}\n\n{shared}\n\n{}", prose(&mut chance, 100), prose(&mut chance, 100));
    let trace = traced(&master, &leak).unwrap();
    assert_eq!(trace.observations.observed(), 0, "{:?}", trace.observations);
    assert!(trace.share_of_message() < 0.35 && trace.longest_run >= 55);
}

#[test]
fn unrelated_letters_share_nothing() {
    let all = common::letters();
    let mut found = 0;
    for pair in all.chunks(2).take(60) {
        let [a, b] = pair else { continue };
        let mut chance = Chance::new(a.len() as u64);
        let master = master(&mut chance, a);
        if let Some(trace) = traced(&master, b) {
            found += 1;
            assert!(trace.longest_run < 30 && trace.observations.observed() <= 2, "{trace:?}");
        }
    }
    assert!(found <= 6, "{found} of 60 pairs share eight words");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_symbol_changes_only_its_own_observation(seed in any::<u64>()) {
        let mut chance = Chance::new(seed);
        let text = prose(&mut chance, 120);
        let master = master(&mut chance, &text);
        prop_assume!(!master.sites().is_empty());
        let before = codeword(&mut chance, &master);
        let site = chance.below(before.len());
        let mut after = before.clone();
        after[site] = (after[site] + 1 + chance.below(master.sites()[site].alternatives - 1) as u8) % master.sites()[site].alternatives as u8;
        let a = traced(&master, &copy(&master, &before)).unwrap();
        let b = traced(&master, &copy(&master, &after)).unwrap();
        for s in 0..before.len() {
            prop_assert_eq!(a.observations.unambiguous(s), Some(before[s]), "site {} of {}", s, master.source());
            prop_assert_eq!(b.observations.unambiguous(s), Some(after[s]), "site {} of {}", s, master.source());
            if s != site {
                prop_assert_eq!(a.observations.get(s), b.observations.get(s));
            }
        }
        prop_assert!(a.changes.is_empty(), "{:?}", a.changes);
    }

    #[test]
    fn no_text_makes_it_panic(seed in any::<u64>(), junk in "\\PC{0,80}", tail in any::<String>()) {
        let mut chance = Chance::new(seed);
        let text = prose(&mut chance, 60);
        let master = master(&mut chance, &text);
        let codeword = codeword(&mut chance, &master);
        let copied = copy(&master, &codeword);
        let cut = (0..=copied.len() / 2).rev().find(|&i| copied.is_char_boundary(i)).unwrap();
        let mangled = scan(&mut chance, &reword(&mut Chance::new(seed ^ 1), &copied, 0.2), 0.3);
        let mut finder = Finder::new();
        finder.add(0, &master);
        for leak in [
            junk.clone(),
            tail.clone(),
            mangled,
            format!("{}{junk}{}", &copied[..cut], &copied[cut..]),
            format!("{}{tail}{}", &copied[cut..], &copied[..cut]),
            copied.replace(' ', ""),
            copied.replace(' ', "\u{200b} "),
        ] {
            let leak_of = Leak::new(&leak);
            finder.search(&leak_of);
            if let Some(trace) = trace(&master, &leak_of) {
                for passage in &trace.passages {
                    prop_assert!(leak.get(passage.published.clone()).is_some());
                }
                for change in &trace.changes {
                    prop_assert!(leak.get(change.published_at.clone()).is_some());
                }
            }
            let comparison = compare(&copied, &leak);
            countermark_tracing::view::render(&comparison, countermark_tracing::view::Marks::Plain, countermark_tracing::view::Holes::Open, 60);
        }
    }

    #[test]
    fn any_master_takes_any_text(source in "[ab{}|,. =n#1@:]{0,40}", leak in "[ab ,.]{0,60}") {
        if let Ok(master) = Master::parse(&source) {
            let mut finder = Finder::new();
            finder.add(0, &master);
            let leak = Leak::new(&leak);
            let found = !finder.search(&leak).is_empty();
            let traced = trace(&master, &leak).is_some();
            prop_assert!(!found || traced, "found and not traced: {}", source);
        }
    }
}

/// A copy may end with the first words of two alternatives: that leaves its place in the message no less sure.
#[test]
fn a_letter_that_ends_within_two_closings_is_seen_whole() {
    let master = Master::parse(
        "We {met|spoke} in the harbour office of Orvanne about the boats and their licences. {Sincerely yours|Sincerely|Yours \
         sincerely}",
    )
    .expect("a master");
    for (word, symbol) in [("met", 0), ("spoke", 1)] {
        for closing in ["Sincerely yours", "Sincerely", "Yours sincerely"] {
            let text =
                format!("We {word} in the harbour office of Orvanne about the boats and their licences. {closing}");
            let trace = trace(&master, &Leak::new(&text)).expect("a passage");
            assert_eq!(trace.observations.unambiguous(0), Some(symbol), "{closing}");
            assert_eq!(trace.observations.unambiguous(1), (closing == "Yours sincerely").then_some(2), "{closing}");
        }
    }
}
