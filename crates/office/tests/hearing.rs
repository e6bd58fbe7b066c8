//! What counts as sent and as heard, whose word it is, and what is refused before anything goes out.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::sync::atomic::Ordering;

use common::desk::{Desk, LETTER, full, hex, kept};
use common::{HOUR, NOW, request};
use countermark_marking::Master;
use countermark_office::{Error, ProveRequest, Shows};

#[test]
fn what_could_not_be_kept_was_not_sent() {
    let mut desk = Desk::new(2);
    let (_, text) = desk.letter(4);
    let case = desk.case(&text);
    assert!(matches!(desk.office.hear(&case, 1, full), Err(Error::Empty)));
    let shows = |shows| ProveRequest { message: &case, parts: None, capture: None, words: None, shows };
    assert!(matches!(desk.office.prove(&shows(Shows::Copy), full), Err(Error::Empty)));
    let shown = desk.office.case(&case).unwrap();
    assert!(!shown.summary.heard && shown.hearing.is_none());
    assert_eq!(shown.summary.state, "open");
    desk.clock.fetch_add(48 * HOUR, Ordering::Relaxed);
    let ids = desk.identities.clone();
    assert!(matches!(desk.office.approve(&case, &ids[0], Some("x"), Some("y")), Err(Error::Unheard { .. })));
    // Nothing was disclosed either: the same text names its copy again.
    let again = desk.case(&text.replace("harbour dues", "dues of the harbour"));
    assert_eq!(desk.office.case(&again).unwrap().named.len(), 1);
    // What is kept is what the caller gets.
    let mut bytes = Vec::new();
    let keep = |bundle: &[u8]| {
        bytes = bundle.to_vec();
        Ok::<_, Error>(())
    };
    let evidence = desk.office.hear(&case, 1, keep).unwrap();
    assert_eq!(bytes, evidence.bundle);
}

#[test]
fn two_cases_of_one_copy_with_one_signature_each_give_no_salt() {
    let mut desk = Desk::new(2);
    let (_, text) = desk.letter(4);
    let cases = [desk.case(&text), desk.case(&text.replace("harbour dues", "dues of the harbour"))];
    let ids = desk.identities.clone();
    for (case, id) in cases.iter().zip(&ids) {
        desk.office.hear(case, 1, kept).unwrap();
        desk.office.keep_reply(case, None, "no").unwrap();
        desk.office.approve(case, id, Some("x"), Some("y")).unwrap();
    }
    for case in &cases {
        assert!(matches!(desk.prove(case, Shows::Name), Err(Error::Case { .. })));
    }
    // The other one signs, opens the share that waits for him, and it is what was sealed.
    desk.office.approve(&cases[0], &ids[1], None, None).unwrap();
    assert_eq!(desk.prove(&cases[0], Shows::Name).unwrap().row.unwrap().name.unwrap().recipient, "4");
    assert!(matches!(desk.prove(&cases[1], Shows::Name), Err(Error::Case { .. })));
}

#[test]
fn an_approver_whom_nobody_can_follow_does_not_begin() {
    let mut desk = Desk::new(2);
    let (_, text) = desk.letter(4);
    let case = desk.case(&text);
    desk.office.hear(&case, 1, kept).unwrap();
    desk.office.keep_reply(&case, None, "no").unwrap();
    desk.office.remove_identity("person 2").unwrap();
    let ids = desk.identities.clone();
    let alone = desk.office.approve(&case, &ids[0], Some("x"), Some("y"));
    assert!(matches!(alone, Err(Error::Approver { .. })), "{alone:?}");
    assert!(desk.office.case(&case).unwrap().naming.is_none());
}

#[test]
fn without_two_approvers_nobody_is_named_and_everybody_says_so() {
    let mut desk = Desk::new(1);
    let (_, text) = desk.letter(4);
    let case = desk.case(&text);
    let ids = desk.identities.clone();
    let evidence = desk.office.hear(&case, 1, kept).unwrap();
    assert!(!evidence.nameable && !evidence.stood);
    assert!(matches!(desk.office.approve(&case, &ids[0], Some("x"), Some("y")), Err(Error::Nameless)));
}

#[test]
fn a_reply_without_its_slot_is_the_offices_word() {
    let mut desk = Desk::new(2);
    let (_, text) = desk.letter(4);
    for given in [true, false] {
        let case = desk.case(&text);
        let evidence = desk.office.hear(&case, 1, kept).unwrap();
        desk.office.keep_reply(&case, given.then_some(evidence.slot.as_str()), "no").unwrap();
        let reply = desk.office.case(&case).unwrap().hearing.unwrap().reply.unwrap();
        assert_eq!((reply.slot, reply.text.as_str()), (given, "no"));
        if given {
            // What is disclosed names nobody again: the second case needs its own letter.
            desk = Desk::new(2);
            let (_, other) = desk.letter(4);
            assert_eq!(other, text);
        }
    }
}

#[test]
fn a_clock_that_was_set_back_shortens_no_term() {
    let mut desk = Desk::new(2);
    let (_, text) = desk.letter(2);
    let case = desk.case(&text);
    assert_eq!(desk.office.clock_behind().unwrap(), None);
    desk.clock.fetch_sub(30 * 24 * HOUR, Ordering::Relaxed);
    assert_eq!(desk.office.clock_behind().unwrap(), Some(NOW));
    let evidence = desk.office.hear(&case, 2, kept).unwrap();
    assert_eq!(evidence.until_ms, NOW + 48 * HOUR);
    // The entries of the clock that was set back do not hide the newest one.
    assert_eq!(desk.office.clock_behind().unwrap(), Some(NOW));
    let future = desk.office.open_case(b"x y", "x y", NOW / 1000, None);
    assert!(matches!(future, Err(Error::FutureCapture)), "{future:?}");
}

#[test]
fn what_cannot_be_proved_is_said_before_anything_is_published() {
    let mut desk = Desk::new(2);
    let sealed = desk.office.seal(&request(Master::parse(LETTER).unwrap(), 9)).unwrap();
    let case = desk.case(&sealed.copies[3].text);
    let foreign = desk.case("The harbour master has published his yearly report, and it is short.");
    let long = desk.case(&format!("{} {}", sealed.copies[3].text, "and so on ".repeat(30_000)));
    let words = "x".repeat(70_000);
    let request = |message, shows| ProveRequest { message, parts: None, capture: None, words: None, shows };
    let capture = Some(countermark_office::Capture { bytes: b"x", at: 1 });
    let check = |request: &ProveRequest<'_>| desk.office.check_proof(request).unwrap_err();
    let parts = ProveRequest { parts: Some(vec![99]), ..request(&case, Shows::Text) };
    assert!(matches!(check(&parts), Error::Opening(_)));
    let wordy = ProveRequest { words: Some(&words), ..request(&case, Shows::Text) };
    assert!(matches!(check(&wordy), Error::FieldValue { longest: 65_536, .. }));
    assert!(matches!(check(&ProveRequest { capture, ..request(&case, Shows::Text) }), Error::Case { .. }));
    assert!(matches!(check(&request("ffff", Shows::Text)), Error::UnknownEither { .. }));
    assert!(matches!(check(&request(&foreign, Shows::Text)), Error::Case { .. }));
    assert!(matches!(check(&request(&case, Shows::Name)), Error::Case { .. }));
    match check(&request(&long, Shows::Copy)) {
        Error::LongForRow { found, most, .. } => assert!(found > most, "{found} {most}"),
        other => panic!("{other:?}"),
    }
    assert!(matches!(desk.office.check_hearing("ffff", 2), Err(Error::UnknownCase { .. })));
    assert!(matches!(desk.office.check_hearing(&foreign, 2), Err(Error::Case { .. })));
    assert!(matches!(desk.office.check_hearing(&long, 2), Err(Error::LongForRow { .. })));
    desk.office.check_hearing(&case, 2).unwrap();
    desk.office.check_proof(&request(&case, Shows::Copy)).unwrap();
    assert!(!desk.office.meant(&case).unwrap().logged);
}

#[test]
fn a_reason_of_blanks_is_none() {
    let mut desk = Desk::new(0);
    let (_, text) = desk.letter(4);
    for reason in ["", "  \n"] {
        let opened = desk.office.open_case(text.as_bytes(), &text, NOW / 1000, Some(reason));
        assert!(matches!(opened, Err(Error::NoReason)), "{opened:?}");
    }
    assert!(desk.office.cases().unwrap().is_empty());
}

#[test]
fn a_beginning_that_two_cases_share_means_neither() {
    let mut desk = Desk::new(0);
    let mut ids = Vec::new();
    while ids.len() < 17 {
        ids.push(desk.case("Nothing of ours stands here at all, whatever one may think of it."));
    }
    ids.sort();
    let shared = ids.windows(2).find(|pair| pair[0][..1] == pair[1][..1]).unwrap();
    assert!(matches!(desk.office.case(&shared[0][..1]), Err(Error::ManyCases { .. })));
    assert_eq!(hex(&desk.office.case(&shared[0]).unwrap().summary.id), shared[0]);
}
