//! What holds of every text: proposals never overlap or touch a site, all of them accepted parse as a master, its first
//! rendering is the text, and the same text gives the same proposals.

use countermark_marking::Master;
use countermark_marking::rules::{Options, Pack, Place, accept, propose};
use proptest::prelude::*;

fn holds(source: &str) {
    let Ok(master) = Master::parse(source) else { return };
    let proposals = propose(&[Pack::english()], source, &Options::default()).expect("parsed above");
    let mut places: Vec<&Place> = proposals.iter().flat_map(|p| &p.places).collect();
    places.sort_by_key(|place| (place.span.start, place.span.end));
    for pair in places.windows(2) {
        assert!(pair[0].span.end <= pair[1].span.start, "overlap in {source:?}");
    }
    for place in places {
        assert_eq!(source.get(place.span.clone()), Some(place.alternatives[0].as_str()), "{source:?}");
    }
    for proposal in &proposals {
        assert_eq!(source.get(proposal.span.clone()), Some(proposal.alternatives[0].as_str()), "{source:?}");
        assert!(proposal.alternatives.len() >= 2);
        assert!(proposal.places.iter().all(|place| place.alternatives.len() == proposal.alternatives.len()));
    }
    let accepted = accept(source, &proposals);
    let marked = Master::parse(&accepted).unwrap_or_else(|e| panic!("{e}\n{source:?}\n{accepted:?}"));
    let first = |m: &Master| m.render_bracketed(&vec![0; m.sites().len()]);
    assert_eq!(first(&marked), first(&master), "{source:?}");
    assert_eq!(propose(&[Pack::english()], source, &Options::default()).expect("parsed above"), proposals);
    if let Some(proposal) = proposals.first() {
        let one = accept(source, std::slice::from_ref(proposal));
        assert!(proposal.tie.is_some() || Master::parse(&one).is_ok(), "{one:?}");
    }
}

/// Sentences made of the pack's own words, marks and master syntax: where rules meet.
fn text() -> impl Strategy<Value = String> {
    let words: Vec<&'static str> = vec![
        "I",
        "we",
        "hope",
        "that",
        "toward",
        "towards",
        "with",
        "regard",
        "to",
        "respect",
        "At present",
        ",",
        ".",
        "\n\n",
        "\n",
        "a",
        "an",
        "suitable",
        "occasion",
        "appropriate",
        "in order to",
        "shall",
        "will",
        "all our",
        "friends",
        "“",
        "”",
        "\"",
        "'",
        "‘",
        "’",
        "therefore",
        "of course",
        ", of course,",
        "{a|b}",
        "{=name}",
        "\\{",
        "\\",
        "—",
        "...",
        "the matter",
        "dated",
        "of",
        "May 5",
        "U.S.",
        "in the near future",
        "immediately",
        "Thank you for",
        "Sincerely yours,",
        "on",
        "upon",
        "based",
        "which",
        "are",
        "you",
        "economic",
        "social",
        "and",
        "or",
        "political",
        "it is",
        "essential",
        "1961",
        "color",
        "honour",
        "don't",
        "commenced",
        "However, we",
        "The draft",
        "If you agree, I",
        "write",
        "if you agree",
        "however",
        "I have carefully read",
        "your letter",
    ];
    prop::collection::vec((prop::sample::select(words), prop::sample::select(vec![" ", " ", " ", "", "\n"])), 0..40)
        .prop_map(|pairs| pairs.into_iter().flat_map(|(word, gap)| [word, gap]).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn of_sentences_made_of_rules(source in text()) {
        holds(&source);
    }

    #[test]
    fn of_any_text(source in "\\PC{0,200}") {
        holds(&source);
    }
}

#[test]
fn of_packs_that_are_no_packs() {
    proptest!(ProptestConfig::with_cases(200), |(toml in "\\PC{0,80}", key in "[a-z]{1,8}")| {
        let _ = Pack::parse("p", &toml);
        let _ = Pack::parse("p", &format!("[[rule]]\n{key} = \"{key}\"\n"));
    });
}
