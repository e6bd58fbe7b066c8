//! Cases: a text that is out, which copy it was for strangers to check, and a name that two approvers let be said.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::sync::atomic::Ordering;

use common::desk::{Desk, hex, kept};
use common::{HOUR, NOW};
use countermark_office::{Captured, Error, IdentityFile, OFF_PICTURE, Piece, Shows, Telling};
use countermark_proof::{Tables, VerifyOptions, verify};

#[test]
fn which_copy_it_was_is_shown_to_strangers() {
    let mut desk = Desk::new(0);
    let (_, text) = desk.letter(4);
    let case = desk.case(&text);
    let shown = desk.office.case(&case).unwrap();
    assert_eq!((shown.summary.kind, shown.summary.state), ("leak", "open"));
    assert_eq!(shown.named, [Some("4".to_owned())]);

    // The text alone shows no copy.
    assert_eq!(desk.prove(&case, Shows::Text).unwrap().row, None);
    let report = desk.prove(&case, Shows::Copy).unwrap();
    let row = report.row.unwrap();
    assert_eq!((row.copy, row.file_copy, row.is_capture), (4, false, true));
    assert!(row.seen.iter().all(|site| site.agrees) && row.name.is_none());
    assert!(!report.capture.unwrap().logged);
    // With the next batch the capture is in the log, and the proof of it in the bundle.
    desk.clock.fetch_add(HOUR, Ordering::Relaxed);
    desk.office.publish_due().unwrap();
    assert!(desk.prove(&case, Shows::Copy).unwrap().capture.unwrap().logged);
    assert_eq!(desk.office.case(&case).unwrap().summary.state, "shown");
    assert!(desk.office.audit_log().unwrap().problems.is_empty());
}

#[test]
fn what_was_shown_counts_for_nothing_later() {
    let mut desk = Desk::new(0);
    let (_, text) = desk.letter(4);
    let case = desk.case(&text);
    desk.prove(&case, Shows::Copy).unwrap();
    // A second text of that copy: every one of its wordings has been public.
    let later = desk.case(&text.replace("harbour dues", "dues of the harbour"));
    let shown = desk.office.case(&later).unwrap();
    assert_eq!((shown.summary.kind, shown.named.len()), ("leak", 0));
    assert!(matches!(desk.prove(&later, Shows::Copy), Err(Error::Case { .. })));
    // The first case can be shown again.
    desk.prove(&case, Shows::Copy).unwrap();
}

/// Whoever holds a public row can write that copy's text himself.
#[test]
fn an_older_vault_does_not_forget_what_was_shown() {
    let mut desk = Desk::new(0);
    let (_, text) = desk.letter(4);
    let before = desk.store.snapshot();
    let case = desk.case(&text);
    let opened_before_shown = desk.store.snapshot();
    desk.prove(&case, Shows::Copy).unwrap();
    let forged = text.replace("harbour dues", "dues of the harbour");
    let undecided = |desk: &mut Desk| {
        let found = desk.office.search_for(Some("is it his?")).unwrap().trace(&forged, Some("is it his?")).unwrap();
        let found = &found.messages[0];
        assert!(found.named.is_empty() && found.bits_observed == 0.0 && !found.journal_missing, "{found:?}");
        assert_eq!(found.disclosed.len(), found.sites_total, "every site was shown");
    };
    undecided(&mut desk);
    desk.put_back(before);
    undecided(&mut desk);
    let again = desk.case(&forged);
    assert!(desk.office.case(&again).unwrap().named.is_empty());
    // The same is left by a process that was killed between the journal and the vault. The case from before stands, and shows the row.
    desk.put_back(opened_before_shown);
    undecided(&mut desk);
    desk.prove(&case, Shows::Copy).unwrap();
    undecided(&mut desk);
}

/// What was shown while the journal was away would be forgotten once it and an older vault are put back.
#[test]
fn without_the_journal_no_row_is_shown() {
    let mut desk = Desk::new(0);
    let (_, text) = desk.letter(4);
    let case = desk.case(&text);
    let (looks, away) = (desk.dir.path().join("looks"), desk.dir.path().join("away"));
    std::fs::rename(&looks, &away).unwrap();
    let store = desk.store.clone();
    desk.put_back(store.clone());
    for shows in [Shows::Copy, Shows::Evidence] {
        assert!(matches!(desk.prove(&case, shows), Err(Error::Unshowable)));
    }
    assert!(matches!(desk.office.hear(&case, 2, kept), Err(Error::Unshowable)));
    desk.prove(&case, Shows::Text).unwrap();
    std::fs::rename(&away, &looks).unwrap();
    desk.put_back(store);
    desk.prove(&case, Shows::Copy).unwrap();
}

/// With a new journal the office's word stands for what was shown since the backup, as for the looks.
#[test]
fn what_was_shown_can_be_stated() {
    let mut desk = Desk::new(0);
    let (shown, text) = desk.letter(4);
    let (_, other) = desk.letter(2);
    let before = desk.store.snapshot();
    let case = desk.case(&text);
    desk.prove(&case, Shows::Copy).unwrap();
    let looks = desk.dir.path().join("looks");
    std::fs::remove_file(&looks).unwrap();
    desk.put_back(before);
    let unknown = desk.office.restore_looks(&looks, 3, &["nothing".to_owned()]);
    assert!(matches!(unknown, Err(Error::UnknownMessage { .. })) && !looks.exists());
    desk.office.restore_looks(&looks, 3, &[shown]).unwrap();
    for (text, named) in [(text, 0), (other, 1)] {
        let found = desk.office.search_for(Some("is it his?")).unwrap().trace(&text, Some("is it his?")).unwrap();
        assert_eq!(found.messages[0].named.len(), named);
    }
}

#[test]
fn parts_that_were_shown_are_no_evidence_in_another_case() {
    let mut desk = Desk::new(0);
    let (_, text) = desk.letter(4);
    let first = desk.case(&text);
    let second = desk.case(&text.to_uppercase().replace("HARBOUR DUES", "DUES OF THE HARBOUR"));
    desk.prove(&first, Shows::Copy).unwrap();
    // Captured before anything was shown: its own finding stands.
    desk.prove(&second, Shows::Copy).unwrap();
}

#[test]
fn a_name_is_said_only_after_the_person_was_heard_and_two_have_signed() {
    let mut desk = Desk::new(3);
    let (_, text) = desk.letter(7);
    let case = desk.case(&text);
    let ids = desk.identities.clone();
    let (statement, reason) = (Some("The letter was published from the copy for 7."), Some("it is denied in public"));
    let early = desk.office.approve(&case, &ids[0], statement, reason);
    assert!(matches!(early, Err(Error::Unheard { .. })), "{early:?}");
    assert!(matches!(desk.office.keep_reply(&case, None, "no"), Err(Error::Unheard { .. })));

    let evidence = desk.office.hear(&case, 2, kept).unwrap();
    let report = verify(&evidence.bundle, &VerifyOptions { tables: Tables::AlsoSmall, ..VerifyOptions::default() });
    assert_eq!(report.row.map(|row| (row.copy, row.name.is_none())), Some((7, true)));
    assert_eq!(desk.office.case(&case).unwrap().summary.state, "heard");
    let early = desk.office.approve(&case, &ids[0], statement, reason);
    let Err(Error::TermRuns { until_ms }) = early else { panic!("{early:?}") };
    assert_eq!(until_ms, evidence.until_ms);
    assert!(matches!(desk.office.keep_reply(&case, None, " \n"), Err(Error::Empty)));
    assert!(matches!(desk.office.keep_reply(&case, Some("0"), "no"), Err(Error::Case { .. })));
    desk.office.keep_reply(&case, Some(&evidence.slot), "It was stolen from my desk.").unwrap();
    assert!(matches!(desk.office.keep_reply(&case, None, "again"), Err(Error::Case { .. })));

    // The first says what and why, the second signs the same, nobody twice.
    assert!(matches!(desk.office.approve(&case, &ids[0], None, None), Err(Error::Case { .. })));
    assert_eq!(desk.office.approve(&case, &ids[0], statement, reason).unwrap(), 1);
    assert!(matches!(desk.office.approve(&case, &ids[0], None, None), Err(Error::SignedTwice)));
    assert!(matches!(desk.office.approve(&case, &ids[1], Some("He leaks."), None), Err(Error::Case { .. })));
    assert!(matches!(desk.prove(&case, Shows::Name), Err(Error::Case { .. })));
    assert_eq!(desk.office.approve(&case, &ids[2], None, None).unwrap(), 2);
    assert_eq!(desk.office.case(&case).unwrap().summary.state, "approved");

    let name = desk.prove(&case, Shows::Name).unwrap().row.unwrap().name.unwrap();
    assert_eq!((name.recipient.as_str(), name.case), ("7", case.clone()));
    assert_eq!(name.approvers.len(), 2);
    // A third may sign, too.
    assert_eq!(desk.office.approve(&case, &ids[1], None, None).unwrap(), 3);
    assert_eq!(desk.prove(&case, Shows::Name).unwrap().row.unwrap().name.unwrap().approvers, [1, 2, 3]);
}

#[test]
fn silence_is_waited_for_and_then_is_an_answer() {
    let mut desk = Desk::new(2);
    let (_, text) = desk.letter(2);
    let case = desk.case(&text);
    let ids = desk.identities.clone();
    assert!(matches!(desk.office.hear(&case, 0, kept), Err(Error::Case { .. })));
    let first = desk.office.hear(&case, 2, kept).unwrap();
    desk.clock.fetch_add(47 * HOUR, Ordering::Relaxed);
    // Asked for again the term stays.
    let again = desk.office.hear(&case, 9, kept).unwrap();
    assert_eq!((again.until_ms, &again.slot), (first.until_ms, &first.slot));
    assert_eq!((first.stood, again.stood, again.nameable), (false, true, true));
    assert!(matches!(desk.office.approve(&case, &ids[0], Some("x"), Some("y")), Err(Error::TermRuns { .. })));
    desk.clock.fetch_add(HOUR, Ordering::Relaxed);
    desk.office.approve(&case, &ids[0], Some("x"), Some("y")).unwrap();
}

#[test]
fn who_was_no_approver_at_the_sealing_can_name_nobody() {
    let mut desk = Desk::new(2);
    let (_, text) = desk.letter(3);
    let case = desk.case(&text);
    let keep = |file: &IdentityFile| {
        desk.identities.push(file.content().to_owned());
        Ok::<_, Error>(())
    };
    desk.office.add_identity("late", true, keep).unwrap();
    desk.office.hear(&case, 1, kept).unwrap();
    desk.office.keep_reply(&case, None, "well").unwrap();
    for identity in [desk.identities[2].clone(), "no identity".to_owned()] {
        let approved = desk.office.approve(&case, &identity, Some("x"), Some("y"));
        assert!(matches!(approved, Err(Error::Approver { .. })), "{approved:?}");
    }
}

#[test]
fn what_names_nobody_shows_nothing() {
    let mut desk = Desk::new(2);
    let (reference, text) = desk.letter(1);
    // Nothing of ours.
    let foreign = desk.case("The harbour master has published his yearly report, and it is short.");
    assert_eq!(desk.office.case(&foreign).unwrap().summary.kind, "foreign");
    assert!(matches!(desk.prove(&foreign, Shows::Text), Err(Error::Case { .. })));
    // Ours, and too little to name a copy.
    let short = desk.case(&text[..60]);
    assert!(desk.office.case(&short).unwrap().named.is_empty());
    assert!(matches!(desk.prove(&short, Shows::Copy), Err(Error::Case { .. })));
    assert!(matches!(desk.office.hear(&short, 1, kept), Err(Error::Case { .. })));
    // Not asked for.
    let unasked = desk.office.open_case(text.as_bytes(), &text, NOW / 1000, None).unwrap();
    assert!(matches!(desk.prove(&hex(&unasked.id), Shows::Copy), Err(Error::Case { .. })));
    // A message is no case.
    assert!(matches!(desk.prove(&reference, Shows::Copy), Err(Error::UnknownCase { .. })));
    // The office's own copy is shown, and names nobody.
    let (_, own) = desk.office.copy(&reference, "file").unwrap();
    let case = desk.case(&own.text);
    assert!(desk.prove(&case, Shows::Copy).unwrap().row.unwrap().file_copy);
    assert!(matches!(desk.office.hear(&case, 1, kept), Err(Error::Case { .. })));
    assert!(matches!(desk.prove(&case, Shows::Name), Err(Error::Case { .. })));
}

#[test]
fn a_name_on_the_desk_may_be_too_little_for_strangers() {
    let mut desk = Desk::new(0);
    let (_, text) = desk.letter(5);
    // Slips in the words beside the sites: the desk reads past them, a stranger's rule does not.
    let slips = [
        ("care", "csre"),
        ("harbour", "harbuor"),
        ("sides", "sidse"),
        ("year", "yaer"),
        ("letter", "lettre"),
        ("between", "betwene"),
        ("my side", "my sdie"),
        ("yours", "yuors"),
        ("offer of old", "offer of odl"),
        ("meeting", "meetnig"),
        ("week", "wekk"),
    ];
    let slips = slips.iter().fold(text.clone(), |text, (right, wrong)| text.replace(right, wrong));
    let case = desk.case(&slips);
    if desk.office.case(&case).unwrap().named.is_empty() {
        panic!("the desk itself names nobody");
    }
    match desk.prove(&case, Shows::Copy) {
        Err(Error::RowMissing { bits }) => assert!(bits > 0.0 && bits < 30.0, "{bits}"),
        other => panic!("{other:?}"),
    }
    // Nothing was disclosed by the attempt.
    let again = desk.case(&text);
    assert_eq!(desk.office.case(&again).unwrap().named, [Some("5".to_owned())]);
}

/// What is said of a case is said in one place, however it is read.
#[test]
fn a_brief_says_no_more_than_was_found() {
    let mut desk = Desk::new(0);
    let (_, text) = desk.letter(4);
    let said = |office: &mut countermark_office::Office, case: &str, names, commands| {
        let telling = Telling { time: |at| format!("second {at}"), clean: str::to_owned, names, commands };
        let brief = office.brief(case).unwrap();
        let lines: Vec<String> = brief.sections(&telling).into_iter().flat_map(|section| section.lines).collect();
        (brief.headline(&telling), lines.join("\n"))
    };
    // Of parts in which copies differ nobody says that they are word for word what was written.
    let case = desk.case(&text);
    let (headline, whole) = said(&mut desk.office, &case, true, true);
    assert!(headline.ends_with("in a row, as far as it goes, as one of its copies reads"), "{headline}");
    assert!(headline.contains(" words of message ") && headline.contains("(Ref. "), "{headline}");
    assert!(
        whole.contains("as you wrote it, in one copy's wording: part") && !whole.contains("word for word"),
        "{whole}"
    );
    assert!(
        whole.contains(&format!("prove {} --open PARTS", &case[..8])) && whole.contains("(`case hear`)"),
        "{whole}"
    );
    // A page names no commands, and not everybody may know whose copy it was.
    let (headline, page) = said(&mut desk.office, &case, false, false);
    assert!(headline.contains("words of a message of yours") && !page.contains('`'), "{headline} {page}");
    assert!(page.contains("that the holder of the named copy published it") && !page.contains("is heard"), "{page}");
    // What a program read off a picture is to be compared before anything is called altered.
    let bent = text.replace("nothing", "little");
    for (role, picture) in [("picture", true), ("own", false)] {
        let piece = Piece { role: role.to_owned(), text: bent.clone(), ..Piece::default() };
        let captured = Captured { bytes: b"a capture", at: NOW / 1000, pieces: vec![piece], origin: None };
        let case = desk.office.open_case_on(&captured, &countermark_reading::Names::new(), None).unwrap();
        let (headline, lines) = said(&mut desk.office, &hex(&case.id), true, true);
        assert!(headline.ends_with("with 1 passage changed"), "{headline}");
        assert_eq!(lines.contains(OFF_PICTURE), picture, "{lines}");
        assert_eq!(lines.contains("not as you wrote it, if the picture shows it too: part "), picture, "{lines}");
        assert!(picture || lines.contains("not as you wrote it: part "), "{lines}");
    }
}
