//! Passages that changed places inside the stretch of the message that is quoted.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{Chance, prose, traced};
use countermark_marking::Master;
use countermark_tracing::{Change, ChangeKind, Trace, compare};

/// Five sentences of some fifteen words, a site or two in each.
const SENTENCES: [&str; 5] = [
    "The council of Velmora {met|convened} on Tuesday evening and {discussed|considered} the harbour treaty until long after midnight.",
    "We shall {open|reopen} the northern crossing to {fishing|trading} boats when the inspectors have returned from the island.",
    "Nobody in this office has {promised|offered} a garrison to the railway, and {none|no garrison} will be sent there in spring.",
    "Your ambassador {told|assured} me in private that the two crews {are|remain} in good health and may write to their families.",
    "The winter fuel {agreement|accord} can be extended by another year if your side {accepts|takes} the third condition as it stands.",
];

fn master() -> Master {
    Master::parse(&SENTENCES.join(" ")).unwrap()
}

/// The sentences of the copy that has every second alternative.
fn sent() -> Vec<String> {
    SENTENCES
        .iter()
        .map(|sentence| {
            let one = Master::parse(sentence).unwrap();
            common::copy(&one, &vec![1; one.sites().len()])
        })
        .collect()
}

fn post(order: &[usize]) -> String {
    let sent = sent();
    order.iter().map(|&i| sent[i].as_str()).collect::<Vec<_>>().join(" ")
}

fn told(changes: &[Change]) -> Vec<String> {
    let text = |quote: &Option<countermark_tracing::Quote>| quote.as_ref().map_or(String::new(), |q| q.text.clone());
    changes.iter().map(|c| format!("{} [{}] [{}]", c.kind.name(), text(&c.sent), text(&c.published))).collect()
}

fn seen(trace: &Trace) -> Vec<Option<u8>> {
    (0..trace.observations.sites()).map(|site| trace.observations.unambiguous(site)).collect()
}

/// Whether all is found of the message that the untouched copy shows, and nothing but moved.
fn all_there(name: &str, trace: &Trace, unmoved: &Trace) {
    assert!(trace.changes.iter().all(|c| c.kind == ChangeKind::Moved), "{name}: {:?}", told(&trace.changes));
    assert_eq!(trace.words_matched, unmoved.words_matched, "{name}");
    assert!(trace.passages.iter().all(|p| !p.repeated), "{name}");
}

#[test]
fn sentences_that_change_places_are_found_and_told_of_as_moved() {
    let master = master();
    for (name, order, moved) in [
        ("as sent", [0, 1, 2, 3, 4], 0),
        ("one moved back", [0, 2, 1, 3, 4], 1),
        ("one moved further", [0, 2, 3, 1, 4], 1),
        ("one moved to the end", [0, 2, 3, 4, 1], 1),
        ("one moved to the beginning", [3, 0, 1, 2, 4], 1),
        ("two swapped", [0, 3, 2, 1, 4], 2),
        ("the second and the fourth first", [1, 3, 0, 2, 4], 2),
        ("turned round", [4, 3, 2, 1, 0], 4),
    ] {
        let post = post(&order);
        let trace = traced(&master, &post).unwrap();
        all_there(name, &trace, &traced(&master, &sent().join(" ")).unwrap());
        assert_eq!(trace.changes.len(), moved, "{name}: {:?}", told(&trace.changes));
        assert_eq!(seen(&trace), vec![Some(1); master.sites().len()], "{name}");
        // Two plain texts, too.
        let plain = compare(&sent().join(" "), &post);
        assert!(plain.changes.iter().all(|c| c.kind == ChangeKind::Moved), "{name}: {:?}", told(&plain.changes));
        assert_eq!(plain.changes.len(), moved, "{name}: {:?}", told(&plain.changes));
    }
}

/// The moved passage may be longer than what stands on both sides of it together.
#[test]
fn what_stands_around_a_longer_moved_passage_is_not_lost() {
    let parts = [
        "Let us be plain about the {harbour|port} and the boats in it.",
        "We will not {leave|abandon} the northern crossing before your inspectors have returned, have seen the two crews and have {told|reported} what they saw.",
        "Let the council {meet|sit} in the old hall on Friday night.",
        "Our answer to the treaty is ready.",
    ];
    let master = Master::parse(&parts.join(" ")).unwrap();
    let one = |part: &str| {
        let one = Master::parse(part).unwrap();
        common::copy(&one, &vec![0; one.sites().len()])
    };
    let trace = traced(&master, &[0, 2, 1, 3].map(|i| one(parts[i])).join(" ")).unwrap();
    all_there("longer", &trace, &traced(&master, &parts.map(one).join(" ")).unwrap());
    assert_eq!(seen(&trace), vec![Some(0); 4]);
    assert_eq!(trace.changes.len(), 1, "{:?}", told(&trace.changes));
}

#[test]
fn what_was_moved_and_reworded_is_told_of_as_both() {
    let master = master();
    let sent = sent();
    let reworded = sent[1].replace("northern crossing", "southern crossing");
    let post = format!("{} {} {reworded} {} {}", sent[0], sent[2], sent[3], sent[4]);
    let trace = traced(&master, &post).unwrap();
    let told = told(&trace.changes);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told.iter().any(|c| c == "changed [northern] [southern]"), "{told:?}");
    assert!(told.iter().any(|c| c.starts_with("moved [")), "{told:?}");
    assert_eq!(seen(&trace), vec![Some(1); master.sites().len()]);
}

/// Without eight words in a row, but sixteen of which few differ: the same condition as for any other passage.
#[test]
fn what_was_moved_and_damaged_counts_like_any_damaged_passage() {
    let master = master();
    let sent = sent();
    let damaged =
        "We shall reopen the nordic crossing to trading boats when an inspector had returned from the island, as told";
    let kept =
        "We shall reopen the northern crossing to trading boats when our inspectors have returned from that island.";
    let post = |inner: &str| format!("{} {} {inner} {} {}", sent[0], sent[2], sent[3], sent[4]);
    let lost = traced(&master, &post(damaged)).unwrap();
    assert_eq!(seen(&lost)[2..4], [None, None]);
    assert!(lost.changes.iter().any(|c| c.kind == ChangeKind::Omitted), "{:?}", told(&lost.changes));
    let found = traced(&master, &post(kept)).unwrap();
    assert_eq!(seen(&found)[2..4], [Some(1), Some(1)]);
    assert!(found.changes.iter().all(|c| c.kind != ChangeKind::Omitted), "{:?}", told(&found.changes));
}

/// A passage in its place and once more in a gap: one sighting a site, the one in its place; the other is text put in.
#[test]
fn what_stands_twice_counts_once() {
    let master = master();
    let sent = sent();
    let other = common::copy(&Master::parse(SENTENCES[1]).unwrap(), &[0, 0]);
    let post = format!("{} {} {} {other} {} {}", sent[0], sent[1], sent[2], sent[3], sent[4]);
    let trace = traced(&master, &post).unwrap();
    assert_eq!(seen(&trace), vec![Some(1); master.sites().len()]);
    let told = told(&trace.changes);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("added [] [We shall open"), "{told:?}");
    // Twice in gaps, and not in its place: the first is the moved one.
    let post = format!("{} {} {} {} {} {}", sent[0], sent[2], sent[1], sent[3], sent[1], sent[4]);
    let trace = traced(&master, &post).unwrap();
    assert_eq!(seen(&trace), vec![Some(1); master.sites().len()]);
    assert!(trace.changes.iter().all(|c| c.kind != ChangeKind::Omitted));
    assert_eq!(trace.words_matched, trace.message_words);
}

/// A sentence that the message has twice, found in a gap: where it comes from is not known.
#[test]
fn what_the_message_has_twice_is_not_guessed_at_in_a_gap() {
    let formula = "the harbour treaty stays in force as it was read out by the clerk of the council";
    let source = format!(
        "{} We {{repeat|say again}} that {formula}, {{therefore|hence}}. {} {} And you {{heard|were told}} that {formula}, {{again|once more}}. {}",
        SENTENCES[0], SENTENCES[2], SENTENCES[3], SENTENCES[4]
    );
    let master = Master::parse(&source).unwrap();
    let sent = sent();
    let post = format!("{} {} {formula} {} {}", sent[0], sent[2], sent[3], sent[4]);
    let trace = traced(&master, &post).unwrap();
    let seen = seen(&trace);
    assert_eq!(seen.iter().filter(|s| s.is_some()).count(), 8, "{seen:?}");
    assert_eq!((&seen[2..4], &seen[8..10]), (&[None; 2][..], &[None; 2][..]));
}

/// The same where one of the two stands in its place: what is in the gap may be its repeat, or the other one.
#[test]
fn what_may_be_a_repeat_is_not_guessed_at() {
    let formula = "that the harbour treaty {stays|remains} in force as it was read out by the clerk of the council";
    let source = format!(
        "{} We {{repeat|say again}} {formula}. {} {} You {{heard|knew}} {formula}. {}",
        SENTENCES[0], SENTENCES[2], SENTENCES[3], SENTENCES[4]
    );
    let master = Master::parse(&source).unwrap();
    let sent = sent();
    let bare = common::copy(&Master::parse(formula).unwrap(), &[1]);
    let post = format!("{} We say again {bare}. {} {bare} {} {}", sent[0], sent[2], sent[3], sent[4]);
    let trace = traced(&master, &post).unwrap();
    let mut expected = vec![Some(1); 12];
    expected[8..10].fill(None);
    assert_eq!(seen(&trace), expected);
}

/// A damaged sentence that was put between two others has as many words left as both: that leaves their place no less sure.
#[test]
fn a_moved_passage_puts_no_doubt_on_what_stands_around_it() {
    let master = Master::parse(
        "The winter fuel agreement can be extended by a year if your side takes every condition as it stands. \
         We {met|sat} in the hall until long after midnight. Nobody {spoke|talked} about the two boats in harbour.",
    )
    .unwrap();
    let post = "We sat in the hall until long after midnight. The winter fuel agreement can be prolonged by a year if your side \
                accepts every condition as it stands. Nobody talked about the two boats in harbour.";
    assert_eq!(seen(&traced(&master, post).unwrap()), vec![Some(1); 2]);
}

/// A sentence that stands twice in the post shares words with one that was left out: that one is not there.
#[test]
fn a_repeat_is_not_taken_for_a_sentence_that_shares_words_with_it() {
    let own = "We {say|repeat} that the harbour treaty {stays|remains} in force as it was read out by the clerk, {whatever|no matter what} you heard in Dorn.";
    let like = "It was {said|claimed} that the harbour treaty {stays|remains} in force as it was read out by the clerk, {which|and this} is true.";
    let source = format!("{} {own} {} {} {like} {}", SENTENCES[0], SENTENCES[2], SENTENCES[3], SENTENCES[4]);
    let master = Master::parse(&source).unwrap();
    let sent = sent();
    let twice = common::copy(&Master::parse(own).unwrap(), &[1, 1, 1]);
    let post = format!("{} {twice} {} {twice} {} {}", sent[0], sent[2], sent[3], sent[4]);
    let trace = traced(&master, &post).unwrap();
    let mut expected = vec![Some(1); 14];
    expected[9..12].fill(None);
    assert_eq!(seen(&trace), expected);
    assert!(trace.changes.iter().any(|c| c.kind == ChangeKind::Omitted), "{:?}", told(&trace.changes));
}

/// Every differing word is told of, also where passages changed places.
#[test]
fn words_put_in_beside_a_moved_sentence_are_told() {
    let master = master();
    let sent = sent();
    for (name, post) in [
        ("before it", format!("{} {} He lied to us. {} {} {}", sent[0], sent[2], sent[1], sent[3], sent[4])),
        ("behind it", format!("{} {} {} He lied to us. {} {}", sent[0], sent[2], sent[1], sent[3], sent[4])),
    ] {
        let trace = traced(&master, &post).unwrap();
        let told = told(&trace.changes);
        assert_eq!(told.len(), 2, "{name}: {told:?}");
        assert!(told.iter().any(|c| c == "added [] [He lied to us]"), "{name}: {told:?}");
        assert!(told.iter().any(|c| c.starts_with("moved [")), "{name}: {told:?}");
    }
}

/// A formula that is left out of one sentence and stands in what was put in elsewhere did not move.
#[test]
fn a_few_common_words_in_what_was_put_in_are_no_move() {
    let letter = "We met in the old hall. At the end of the day the treaty was not signed. The boats lie in the harbour of Dorn. \
                  Our inspectors return by rail. The council sits again on Friday night and will hear them.";
    let published = "We met in the old hall. The boats lie in the harbour of Dorn. Everybody here knows full well what comes at the \
                     end of such talks with them, and so do their friends. Our inspectors return by rail. The council sits again on \
                     Friday night and will hear them.";
    let changes = compare(letter, published).changes;
    let kinds: Vec<_> = changes.iter().map(|c| c.kind.name()).collect();
    assert_eq!(kinds, ["omitted", "added"], "{:?}", told(&changes));
}

/// No two paragraphs begin or end alike: a word that ends two of them might belong to either.
const NUMBERS: [&str; 8] = ["one", "zero", "twelve", "eleven", "six", "seven", "eighty", "nine"];

/// Paragraphs of some 14 to 47 words, their sites away from the edges, where neighbours have a say in what is seen.
fn paragraphs(chance: &mut Chance) -> Vec<String> {
    NUMBERS[..3 + chance.below(6)]
        .iter()
        .map(|number| {
            let words = 12 + chance.below(34);
            let text = prose(chance, words).replace("\n\n", " ");
            let (from, to) = (nth_space(&text, 3), nth_space(&text, words - 4));
            let inner = common::mark(chance, &text[from..to], 0.7).replace("{@punctuation:,|}", ",");
            format!("Article {number}: {}{inner}{}, under {number}.", &text[..from], text[to..].trim_end_matches('.'))
        })
        .collect()
}

fn nth_space(text: &str, n: usize) -> usize {
    text.match_indices(' ').nth(n).map_or(text.len(), |(at, _)| at)
}

/// Any order of a letter's paragraphs: all kept, none left out, the same observations as of the copy in its own order.
#[test]
fn any_order_of_paragraphs_shows_the_same() {
    let (mut tried, mut sites) = (0, 0);
    // The last ones once lost a whole paragraph.
    for seed in (0..400).chain([571, 1340, 1809]) {
        let mut chance = Chance::new(0x6d6f_7665_6400 + seed);
        let paragraphs = paragraphs(&mut chance);
        let Ok(master) = Master::parse(&paragraphs.join("\n\n")) else { continue };
        let codeword = common::codeword(&mut chance, &master);
        let copy = common::copy(&master, &codeword);
        let sent: Vec<&str> = copy.split("\n\n").collect();
        let mut order: Vec<usize> = (0..sent.len()).collect();
        for i in (1..order.len()).rev() {
            order.swap(i, chance.below(i + 1));
        }
        let post = order.iter().map(|&i| sent[i]).collect::<Vec<_>>().join("\n\n");
        let unmoved = traced(&master, &copy).unwrap();
        let trace = traced(&master, &post).unwrap();
        let name = format!("seed {seed}, {order:?}");
        all_there(&name, &trace, &unmoved);
        for site in 0..codeword.len() {
            assert_eq!(trace.observations.get(site), unmoved.observations.get(site), "{name}, site {site}");
        }
        let plain = compare(&copy, &post).changes;
        assert!(plain.iter().all(|c| c.kind == ChangeKind::Moved), "{name}: {:?}", told(&plain));
        tried += 1;
        sites += codeword.len();
    }
    assert!(tried > 300 && sites > 3000, "{tried} letters, {sites} sites");
}
