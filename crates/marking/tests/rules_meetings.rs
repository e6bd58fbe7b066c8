//! Rules that want the same words: who met whom, who won, and that a loser is not proposed.
#![allow(clippy::unwrap_used)]

use countermark_marking::rules::{Options, Pack, meetings, propose};

fn rule(id: &str, alternatives: &str, example: &str) -> String {
    format!(
        "[[rule]]\nid = \"{id}\"\nclass = \"lexical\"\nalternatives = [{alternatives}]\n\
         examples = [\"{example}\"]\ncounterexamples = [\"None.\"]\n"
    )
}

fn pack(name: &str, rules: &[String]) -> Pack {
    Pack::parse(name, &rules.concat()).unwrap()
}

/// `winner > loser`, and whether on exactly the same words.
fn met(packs: &[&Pack], text: &str) -> Vec<String> {
    let named = |(number, id): (usize, &str)| format!("{}:{id}", packs[number].name());
    let row = |m: &countermark_marking::rules::Meeting<'_>| {
        let (kept, dropped) = (named((m.kept.0, m.kept.1.id())), named((m.dropped.0, m.dropped.1.id())));
        format!("{kept} > {dropped} at {:?}{}", m.span, if m.same { ", same" } else { "" })
    };
    meetings(packs, text).unwrap().iter().map(row).collect()
}

#[test]
fn rules_that_want_the_same_words_are_told() {
    let first = pack("a", &[rule("port", "'port', 'harbour'", "The {port|harbour}.")]);
    let rich = pack("b", &[rule("quay", "'port', 'haven', 'dock'", "The {port|haven|dock}.")]);
    let long = pack("c", &[rule("old", "'old port', 'former port'", "The {old port|former port}.")]);
    let text = "The old port is shut.";
    assert_eq!(met(&[&first], text), [""; 0], "nobody is there to meet");
    assert_eq!(met(&[&first, &rich], text), ["b:quay > a:port at 8..12, same"], "more bits");
    assert_eq!(met(&[&first, &long], text), ["c:old > a:port at 8..12"], "of equals the longer");
    assert_eq!(met(&[&first, &rich, &long], text), ["b:quay > c:old at 4..12", "b:quay > a:port at 8..12, same"]);
    assert_eq!(met(&[&first, &rich], "The {port|harbour} is shut."), [""; 0], "a site is closed to all");
    assert!(meetings(&[&first], "a {b").is_err());
}

#[test]
fn what_is_told_is_what_is_proposed() {
    let english = Pack::english();
    let house = pack("house", &[rule("gladly", "'be glad to', 'be pleased to'", "I {be glad to|be pleased to} go.")]);
    let packs = [english, &house];
    let mut seen = 0;
    for text in english.sentences().iter().take(400) {
        let proposals = propose(&packs, text, &Options::default()).unwrap();
        for m in meetings(&packs, text).unwrap() {
            let id = m.dropped.1.id();
            let taken =
                proposals.iter().any(|p| p.rule == id && p.span == m.span && p.pack == packs[m.dropped.0].name());
            assert!(!taken, "{id} is told to have lost, and is proposed");
            seen += 1;
        }
    }
    assert!(seen > 20, "{seen} meetings in 400 sentences");
}

#[test]
fn a_packs_sentences_are_its_examples_without_sites() {
    let pack = pack("a", &[rule("port", "'port', 'harbour'", "The {port|harbour}.")]);
    assert_eq!(pack.sentences(), ["The port.", "None."]);
}
