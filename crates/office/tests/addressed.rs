//! A salutation of another copy in a post: told as a fact, and no evidence for anything.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;

use common::desk::{Desk, LETTER, hex, kept};
use common::{NOW, request};
use countermark_marking::Master;
use countermark_office::{Addressed, MessageFinding, PartState, ProveRequest, Shows, To};

const LINES: [(&str, &str); 4] =
    [("krasz", "Dear President Krasz,"), ("ana", "Dear Ana,"), ("lind", "Dear Ana Lind,"), ("olin", "Dear Ana,")];

/// The letter with each recipient's salutation, and the texts of the copies without it.
fn desk() -> (Desk, Vec<String>) {
    let mut desk = Desk::new(0);
    for (handle, line) in LINES {
        let fields = BTreeMap::from([("salutation".to_owned(), line.to_owned())]);
        desk.office.add_person(handle, handle, &fields).unwrap();
    }
    let master = Master::parse(&format!("{{=salutation}}\n\n{LETTER}")).unwrap();
    let to = To::Handles(LINES.iter().map(|(handle, _)| (*handle).to_owned()).collect());
    let sealed = desk.office.seal(&countermark_office::SealRequest { to, ..request(master, 4) }).unwrap();
    desk.office.publish_now(Some(&sealed.message)).unwrap();
    let bodies = sealed.copies.iter().map(|copy| copy.text.split_once("\n\n").unwrap().1.to_owned());
    (desk, bodies.collect())
}

fn told(desk: &mut Desk, post: &str, reason: Option<&str>) -> (Option<Addressed>, MessageFinding, Vec<PartState>) {
    let case = desk.office.open_case(post.as_bytes(), post, NOW / 1000, reason).unwrap();
    let brief = desk.office.brief(&hex(&case.id)).unwrap();
    (brief.addressed, brief.finding.unwrap(), brief.parts)
}

#[test]
fn the_salutation_of_some_copies_is_told() {
    let (mut desk, bodies) = desk();
    for (post, wanted) in [
        (format!("Dear Ana,\n\n{}", bodies[0]), Some(("Dear Ana", 2))),
        (format!("Dear Ana Lind,\n\n{}", bodies[0]), Some(("Dear Ana Lind", 1))),
        (format!("He writes:\n\u{201c}DEAR PRESIDENT KRASZ, {}\u{201d}", bodies[0]), Some(("DEAR PRESIDENT KRASZ", 1))),
        // Nobody's, and a name within a sentence, are none.
        (format!("Dear Minister,\n\n{}", bodies[0]), None),
        (format!("Dear Ana Maria,\n\n{}", bodies[0]), None),
        (format!("He calls her dear Ana, and goes on:\n\n{}", bodies[0]), None),
        (bodies[0].clone(), None),
        // Of several the one that stands before the letter; a comment behind it greets whom it likes.
        (format!("Dear Ana, read this:\n\nDear President Krasz,\n\n{}", bodies[0]), Some(("Dear President Krasz", 1))),
        (format!("{}\n\nDear Ana, your turn now!", bodies[0]), None),
    ] {
        let (line, found, _) = told(&mut desk, &post, None);
        let line = line.map(|line| (line.line, line.copies, line.of, line.part, line.named));
        assert_eq!(line, wanted.map(|(text, copies)| (text.to_owned(), copies, 4, 1, None)), "{post}");
        // It is nothing that the publisher changed.
        let says =
            |change: &countermark_tracing::Change| change.published.as_ref().is_some_and(|q| q.text.contains("Ana"));
        let one = post.matches("Dear").count() == 1;
        assert!(wanted.is_none() || !one || !found.trace.changes.iter().any(says), "{post}");
    }
}

#[test]
fn no_evidence_hangs_on_it() {
    let (mut desk, bodies) = desk();
    let mut seen = Vec::new();
    for line in ["Dear President Krasz,", "Dear Ana,", "Dear Minister,"] {
        let post = format!("{line}\n\n{}", bodies[0]);
        let traced = desk.office.search_for(Some("whose?")).unwrap().trace(&post, Some("whose?")).unwrap();
        let found = &traced.messages[0];
        seen.push((
            found.trace.observations.clone(),
            found.verdict.clone(),
            found.named.clone(),
            found.bits_observed.to_bits(),
        ));
    }
    assert!(seen.iter().all(|one| *one == seen[0]), "{seen:?}");
    assert_eq!(seen[0].2, [Some("krasz".to_owned())]);
    // Beside the copy that is named it is told which of the two it is.
    for (line, same) in [("Dear President Krasz,", true), ("Dear Ana,", false)] {
        let (line, _, _) = told(&mut desk, &format!("{line}\n\n{}", bodies[0]), Some("whose?"));
        assert_eq!(line.unwrap().named, Some(same));
    }
    // Where two stand there, which of them is the letter's is not said.
    let post = format!("Dear Ana, read this:\n\nDear President Krasz,\n\n{}", bodies[0]);
    let (line, _, _) = told(&mut desk, &post, Some("whose?"));
    assert_eq!(line.unwrap().named, None);
}

#[test]
fn nothing_public_holds_it() {
    let (mut desk, bodies) = desk();
    let post = format!("Dear Ana,\n\n{}", bodies[0]);
    let case = desk.case(&post);
    for shows in [Shows::Text, Shows::Copy] {
        let request = ProveRequest { message: &case, parts: None, capture: None, words: None, shows };
        let Ok(proved) = desk.office.prove(&request, kept) else { continue };
        let bundle = String::from_utf8(proved.bytes).unwrap();
        // A row has the published text beside it, and the post's own first line in that; no more of it, and nobody else's.
        let own = if shows == Shows::Copy { 1 } else { 0 };
        assert_eq!(bundle.matches("Dear Ana").count(), own, "{shows:?}");
        for word in ["Krasz", "Ana Lind", "\"olin\"", "recipients have"] {
            assert!(!bundle.contains(word), "{word} in {shows:?}");
        }
        assert!(bundle.len() > 500);
    }
    assert!(!format!("{:?}", desk.office.brief(&case).unwrap().addressed).contains("Ana"));
}
