//! Texts that were read off a picture: how surely each word was read weakens what it shows, and never strengthens it.

#![allow(clippy::unwrap_used, reason = "tests")]

use countermark_codebook::Observations;
use countermark_marking::Master;
use countermark_tracing::{Leak, SURE, trace};

const FRAME: &str =
    "The minister reached us on Tuesday, as expected, and we read his letter with care; the council met that night. ";

/// Master's site, leak's words, and the words whose confidence decides.
const CASES: &[(&str, &str, &str)] = &[
    ("We {saw|viewed} it.", "We saw it.", "saw"),
    ("We {saw|viewed} it.", "We veiwed it.", "veiwed"),
    ("We saw {|very }much.", "We saw much.", "saw much"),
    ("We saw {|very }much.", "We saw very much.", "very"),
    ("They came {at this time|now} to us.", "They came at this time to us.", "at this time"),
    ("It is late{@punctuation:,|} and cold.", "It is late, and cold.", ","),
    ("The colo{u|}r is red.", "The color is red.", "color"),
];

fn observed(master: &Master, text: &str, words: &[(std::ops::Range<usize>, u8)]) -> Observations {
    trace(master, &Leak::with_confidences(text, words)).unwrap().observations
}

/// How many times likelier the likeliest alternative is than the least likely one.
fn strength(seen: &Observations) -> f64 {
    let Some(vector) = seen.get(0) else { return 1.0 };
    f64::from(*vector.iter().max().unwrap()) / f64::from(*vector.iter().min().unwrap())
}

fn likeliest(seen: &Observations) -> Option<usize> {
    let vector = seen.get(0)?;
    (0..vector.len()).max_by_key(|&a| vector[a])
}

#[test]
fn the_less_sure_the_weaker_and_at_nothing_nothing() {
    for (inner, leak, deciding) in CASES {
        let end = " Nothing else was said about the harbour, the railway, or the island for now.";
        let master = Master::parse(&format!("{FRAME}{inner}{end}")).unwrap();
        let text = format!("{FRAME}{leak}{end}");
        let spans: Vec<_> = deciding
            .split(' ')
            .map(|word| {
                let at = FRAME.len() + leak.find(word).unwrap();
                at..at + word.len()
            })
            .collect();
        let with = |sure: u8| observed(&master, &text, &spans.iter().map(|s| (s.clone(), sure)).collect::<Vec<_>>());
        let plain = observed(&master, &text, &[]);
        let certain = trace(&master, &Leak::new(&text)).unwrap().observations;
        let mut before = 1.0;
        for sure in 0..=100 {
            let seen = with(sure);
            let found = strength(&seen);
            assert!(found >= before, "{inner}: {sure} gives {found} after {before}");
            assert!(found <= strength(&certain) && found <= strength(&plain), "{inner}: never stronger than without");
            // Where anything is said, the same is said.
            if sure > 5 {
                assert_eq!(likeliest(&seen), likeliest(&certain), "{inner} {leak} {sure}");
            }
            before = found;
        }
        assert_eq!(with(0).observed(), 0, "{inner}: nothing was read");
        assert!(strength(&with(SURE / 2)) < strength(&with(SURE)), "{inner}");
        assert_eq!(with(SURE).hash(), plain.hash(), "{inner}: read surely");
    }
}

#[test]
fn one_doubtful_word_weakens_its_site_alone() {
    let master = Master::parse(
        "We {saw|viewed} the harbour on the first day and {met|found} the council there, and in the {evening|night} we came back.",
    )
    .unwrap();
    let text = "We saw the harbour on the first day and found the council there, and in the night we came back.";
    let at = text.find("found").unwrap();
    let seen = observed(&master, text, &[(at..at + 5, 40)]);
    assert_eq!((seen.unambiguous(0), seen.unambiguous(2)), (Some(0), Some(1)));
    let doubted = seen.get(1).unwrap();
    assert!(doubted[1] == 240 && (100..239).contains(&doubted[0]), "{doubted:?}");
}

#[test]
fn what_a_reader_of_pictures_sets_right_by_itself_is_no_evidence() {
    let master = Master::parse(
        "We saw the harbour.{@typography: |  }The council met, as expected, and resolved to hold the treaty; nothing else was said about the railway or the island for now.",
    )
    .unwrap();
    let one_space = master.render_bracketed(&[0]);
    assert_eq!(trace(&master, &Leak::new(&one_space)).unwrap().observations.unambiguous(0), Some(0), "pasted");
    assert_eq!(observed(&master, &one_space, &[(0..2, 96)]).get(0), None, "off a picture");
}
