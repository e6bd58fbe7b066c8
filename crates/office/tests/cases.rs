//! Cases: a text that is out, which copy it was for strangers to check, and a name that two approvers let be said.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use common::{HOUR, NOW, PASSPHRASE, request, scratch};
use countermark_marking::Master;
use countermark_office::{Error, Founding, IdentityFile, Office, ProveRequest, Shows};
use countermark_proof::{Report, TableSize, Tables, VerifyOptions, verify};
use countermark_testkit::rng;
use countermark_tlog::directory::Folder;
use countermark_vault::{Kdf, MemoryStore, Unlock, Vault};

const LETTER: &str = "{Thank you for|Many thanks for} your letter of {last week|Tuesday}. \
    {We have|I have} read it with {great|much} care, and {there is|I see} nothing in it that {would keep|could keep} us from meeting. \
    I {would suggest|propose} that we meet {ahead of|before} the harbour conference, {perhaps|possibly} in Lenz, {where|in which} \
    the {delegations|parties} from both sides {will be|are to be} that week {in any case|anyway}. \
    The {matter of|question of} the {two|pair of} crossings should {be kept|stay} between us {until then|for now}; \
    {nobody|no one} on my side has {been told|heard} of it, and {I trust|I hope} the same {holds|is true} on yours. \
    As to the harbour dues, {our|my} offer of old {stands|remains} as it was: {half|fifty per cent} for the {first|opening} year. \
    {Please let me know|Do tell me} {by Friday|before the weekend} whether {this suits you|you agree}.";

struct Desk {
    office: Office,
    clock: Arc<AtomicU64>,
    identities: Vec<String>,
    _dir: tempfile::TempDir,
}

impl Desk {
    fn new(approvers: usize) -> Self {
        let dir = scratch();
        let store = MemoryStore::new();
        let vault =
            Vault::create(Box::new(store), Unlock::Passphrase(PASSPHRASE), Kdf::CHEAP, Box::new(rng(1))).unwrap();
        let clock = Arc::new(AtomicU64::new(NOW));
        let reads = clock.clone();
        let disk = Folder::create(&dir.path().join("log")).unwrap();
        let founding = Founding { origin: Some("test.example/log"), table: TableSize::SMALL };
        let now = Box::new(move || reads.load(Ordering::Relaxed));
        let mut office = Office::create(vault, disk, &dir.path().join("looks"), founding, "tester", now).unwrap();
        let mut identities = Vec::new();
        for number in 1..=approvers {
            let keep = |file: &IdentityFile| {
                identities.push(file.content().to_owned());
                Ok::<_, Error>(())
            };
            office.add_identity(&format!("person {number}"), true, keep).unwrap();
        }
        Self { office, clock, identities, _dir: dir }
    }

    /// Seals the letter to nine, and gives its reference and the text of one copy.
    fn letter(&mut self, copy: usize) -> (String, String) {
        let sealed = self.office.seal(&request(Master::parse(LETTER).unwrap(), 9)).unwrap();
        self.office.publish_now(Some(&sealed.message)).unwrap();
        (sealed.reference, sealed.copies[copy - 1].text.clone())
    }

    /// A case on a text, as its id.
    fn case(&mut self, text: &str) -> String {
        let case = self.office.open_case(text.as_bytes(), text, NOW / 1000, Some("it is out")).unwrap();
        hex(&case.id)
    }

    fn prove(&mut self, case: &str, shows: Shows) -> Result<Report, Error> {
        let request = ProveRequest { message: case, parts: None, capture: None, words: None, shows };
        let bytes = self.office.prove(&request, kept)?.bytes;
        let report = verify(&bytes, &VerifyOptions { tables: Tables::AlsoSmall, ..VerifyOptions::default() });
        assert!(report.valid, "{}", report.reason_text);
        Ok(report)
    }
}

/// Keeps a bundle somewhere.
fn kept(_: &[u8]) -> Result<(), Error> {
    Ok(())
}

/// Finds no room for a bundle.
fn full(_: &[u8]) -> Result<(), Error> {
    Err(Error::Empty)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

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
