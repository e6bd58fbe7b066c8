//! What a brief says became of each part, where a post has a part's words in another sentence, once for several, or in another place.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use common::desk::{Desk, hex};
use common::{NOW, request};
use countermark_marking::Master;
use countermark_office::PartState;
use countermark_tracing::ChangeKind;

/// The state of each part whose sentence begins so, and the kinds of the changes.
fn states(letter: &[&str], post: &[&str], asked: &[&str]) -> (Vec<PartState>, Vec<ChangeKind>) {
    let mut desk = Desk::new(0);
    desk.office.seal(&request(Master::parse(&letter.join("\n\n")).unwrap(), 1)).unwrap();
    let post = post.join("\n\n");
    let case = desk.office.open_case(post.as_bytes(), &post, NOW / 1000, None).unwrap();
    let brief = desk.office.brief(&hex(&case.id)).unwrap();
    let parts: Vec<&str> =
        letter.iter().flat_map(|text| countermark_text::parts(text).into_iter().map(|at| &text[at])).collect();
    assert_eq!(parts.len(), brief.parts.len());
    let at = |begins: &&str| parts.iter().position(|part| part.starts_with(begins)).unwrap();
    let states = asked.iter().map(at).map(|at| brief.parts[at]).collect();
    (states, brief.finding.unwrap().trace.changes.iter().map(|change| change.kind).collect())
}

const BRIDGE: &str = "The bridge over the Lisk has been closed to lorries since the flood of last autumn, and the ferrymen of both towns have taken what they could.";
const FERRY: &str = "I have asked the harbour master of Dorn to keep the second landing free for your inspectors from the first week of the month.";
const OPEN: &str = "We will open the crossing at Dorn to fishing crews on Monday.";
const DENIED: &str = "It is not true that we will open the crossing at Dorn to fishing crews on Monday.";
const PAID: &str = "My ministry will pay for this in full until the summer.";

#[test]
fn a_clause_elsewhere_takes_no_sentence_s_place() {
    let (states, _) = states(&[BRIDGE, OPEN, FERRY, DENIED], &[BRIDGE, FERRY, DENIED], &["We will open", "It is not"]);
    assert_eq!(states, [PartState::LeftOut, PartState::Whole]);
}

#[test]
fn of_three_that_read_the_same_one_that_is_gone_is_gone() {
    let roads = "The roads behind the northern harbour are to be mended before the frost comes back to the valley.";
    let letter = [BRIDGE, PAID, FERRY, PAID, roads, PAID];
    let gone = |post: &[&str]| {
        let mut desk = Desk::new(0);
        desk.office.seal(&request(Master::parse(&letter.join("\n\n")).unwrap(), 1)).unwrap();
        let post = post.join("\n\n");
        let case = desk.office.open_case(post.as_bytes(), &post, NOW / 1000, None).unwrap();
        let parts = desk.office.brief(&hex(&case.id)).unwrap().parts;
        parts.iter().filter(|state| **state == PartState::LeftOut).count()
    };
    assert_eq!(gone(&[BRIDGE, FERRY, PAID, roads, PAID]), 1);
    assert_eq!(gone(&letter), 0);
}

#[test]
fn what_was_altered_stays_so_whatever_is_quoted_beside_it() {
    let never = "We will never open the crossing at Dorn to fishing crews on Monday.";
    let (states, kinds) = states(
        &[BRIDGE, OPEN, FERRY, DENIED],
        &[
            BRIDGE,
            never,
            FERRY,
            DENIED,
            "The editor: he even writes that we will open the crossing at Dorn to fishing crews on Monday.",
        ],
        &["We will open", "It is not"],
    );
    assert_eq!(states, [PartState::Altered, PartState::Whole]);
    assert!(kinds.contains(&ChangeKind::Added));
}

#[test]
fn paragraphs_in_another_order_read_as_they_were_written() {
    let short = "We agree. The rest is for your own people to say when they have read it.";
    let roads = "The roads behind the northern harbour are to be mended before the frost comes back to the valley. No.";
    let (states, _) = states(
        &[BRIDGE, short, FERRY, roads, DENIED],
        &[BRIDGE, roads, FERRY, short, DENIED],
        &["The bridge", "We agree", "The rest", "I have asked", "The roads", "It is not"],
    );
    assert_eq!(states, [PartState::Whole; 6]);
}

/// A clause that is cut free of its condition is a sentence that was put in.
#[test]
fn a_clause_made_a_sentence_was_put_in() {
    let condition = "If your side releases the two fishing crews before we meet, I will recommend to my government that the winter fuel agreement be extended for a year.";
    let promise = "I will recommend to my government that the winter fuel agreement be extended for a year.";
    let (_, kinds) = states(&[BRIDGE, condition, FERRY, DENIED], &[BRIDGE, condition, FERRY, promise, DENIED], &[]);
    assert_eq!(kinds, [ChangeKind::Added]);
}
