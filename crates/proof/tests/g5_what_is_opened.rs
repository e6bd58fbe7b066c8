//! G5: what is opened is what was sealed. No bundle that verifies shows anything else, or hides that a part stays
//! closed.
#![allow(missing_docs)]

mod support;

use countermark_proof::*;
use countermark_tlog::cosignature::Cosigner;
use serde_json::Value;
use support::forgeries::{Story, forgeries, honest, traps};
use support::*;

#[test]
fn an_honest_bundle_shows_what_was_sealed() {
    let (owner, one, _, bytes) = honest();
    let report = check(&owner, &bytes);
    assert!(report.valid, "{}", report.reason_text);
    assert_eq!(report.reason, Reason::Valid);
    assert_eq!(report.key, Some(KeySource::Given));
    assert_eq!(report.sealed_before, Some(1_800_000_500));
    assert_eq!(report.written_at, Some(1_800_000_000));
    let opened: Vec<_> = report.opened.iter().map(|part| (part.part, part.text.as_str())).collect();
    let parts = &one.text.parts;
    assert_eq!(opened, [(1, parts[0].text.as_str()), (2, parts[1].text.as_str())]);
    let closed: Vec<_> = report.closed.iter().map(|part| (part.part, part.words)).collect();
    assert_eq!(closed, [(3, "11-20"), (4, "1-5")]);
    assert_eq!(report.notes, [CLOSED, CAPTURE, WORDS]);
    assert_eq!(report.not_shown.len(), 3);
    assert!(!report.after_publication);
    let reference: Reference = report.reference.expect("valid").parse().expect("a reference");
    assert_eq!(reference, Reference::of(&owner.log().key, owner.table.table(), 77));
    let text = String::from_utf8(bytes).expect("UTF-8");
    assert!(!text.contains("Nobody outside this room"), "closed text in the file");
    assert!(!text.contains("Envoy"), "a recipient in the file");
}

#[test]
fn every_forgery_is_refused_for_its_reason() {
    let (owner, one, other, bytes) = honest();
    let story = Story { owner, one, other };
    let rows = forgeries();
    assert!(rows.len() >= 80, "{} forgeries", rows.len());
    for (name, forge, expected) in rows {
        let mut file = open_file(&bytes);
        forge(&mut file, &story);
        let forged = close_file(file);
        assert_ne!(forged, bytes, "{name} changes nothing");
        let report = check(&story.owner, &forged);
        assert_eq!(report.reason.code(), expected, "{name}");
        assert!(!report.valid && report.opened.is_empty() && report.closed.is_empty(), "{name} shows something");
    }
}

#[test]
fn every_trap_in_the_file_is_refused_for_its_reason() {
    let (owner, _, _, bytes) = honest();
    for (name, forged, expected) in traps(&bytes) {
        let report = check(&owner, &forged);
        assert_eq!(report.reason.code(), expected, "{name}: {}", report.reason_text);
        assert!(!report.valid && report.opened.is_empty(), "{name}");
    }
}

#[test]
fn every_single_bit_counts() {
    let (owner, one, _) = world();
    let bytes = owner.bundle(&one, &[2]).to_bytes();
    assert!(check(&owner, &bytes).valid);
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(!check(&owner, &flipped).valid, "bit {} of byte {}", bit % 8, bit / 8);
    }
}

/// The forger puts the hash right after each change: every value that the bundle shows is bound by more than it.
/// Only the writer's words and an unlogged capture are not, and the report says so.
#[test]
fn every_value_counts_also_under_a_new_hash() {
    let (owner, _, _, bytes) = honest();
    let file = open_file(&bytes);
    let mut paths = Vec::new();
    walk(&file, String::new(), &mut paths);
    assert!(paths.len() > 50, "{} values", paths.len());
    for path in paths {
        if ["/~0hash", "/words", "/capture/at", "/capture/sha256"].contains(&path.as_str()) {
            continue;
        }
        for change in 0..3 {
            let mut forged = file.clone();
            let value = forged.pointer_mut(&path).expect("walked");
            *value = match &*value {
                Value::Bool(value) => (!value).into(),
                Value::Number(number) => (number.as_u64().expect("an integer") + 1 + change).into(),
                Value::String(text) => changed(text, change as usize).into(),
                other => panic!("{other} at {path}"),
            };
            assert!(!check(&owner, &close_file(forged)).valid, "{path}");
        }
    }
}

#[test]
fn small_tables_are_refused_unless_told() {
    let (owner, _, _, bytes) = honest();
    let report = verify(&bytes, &VerifyOptions::default());
    assert_eq!(report.reason, Reason::TableSize { slots: 256 });
    assert!(check(&owner, &bytes).valid);
}

#[test]
fn a_table_later_in_the_log_is_no_table() {
    let mut owner = Owner::new(1);
    let late = TableSecret::new([9; 32], [8; 32], TableSize::SMALL);
    let tree = TableTree::build(&late);
    owner.leaves.push(tree.leaf(&late).to_vec());
    let message = {
        let sealing = letter(&owner, 3);
        let sealed = commit(&sealing, 11);
        let tag = late.slot(5).expect("inside").tag(late.table());
        owner.leaves.push(leaf(&tag, &sealed.commitment).to_vec());
        Message { text: sealing.text, seed: 11, sealed, slot: 5, index: 2 }
    };
    let mut bundle = owner.bundle(&message, &[1]);
    let table_proof = owner.head().0.inclusion(1).expect("inside");
    bundle.slot = SlotOpening::new(&late, &tree, 5, table_proof).expect("inside");
    assert_eq!(check(&owner, &bundle.to_bytes()).reason, Reason::Table);
}

/// Somebody sees a leaf appear and logs the same commitment in a log of his own; when the message is opened, he has
/// everything that the true owner showed.
#[test]
fn a_commitment_copied_into_another_log_proves_nothing_there() {
    let (owner, one, _, bytes) = honest();
    let mut thief = Owner::new(2);
    let tag = thief.table.slot(9).expect("inside").tag(thief.table.table());
    thief.leaves.push(leaf(&tag, &one.sealed.commitment).to_vec());
    let honest = Bundle::parse(&bytes).expect("honest");
    let mut stolen = Bundle { log: thief.key(), slot: thief.slot(9), proof: thief.proof(1), token: None, ..honest };
    assert_eq!(check(&thief, &stolen.to_bytes()).reason, Reason::Commitment);
    stolen.opening.settings.log = thief.log();
    assert_eq!(check(&thief, &stolen.to_bytes()).reason, Reason::Commitment);
    assert_eq!(check(&owner, &stolen.to_bytes()).reason, Reason::WrongLog);
}

#[test]
fn two_sealings_under_one_reference_contradict_each_other() {
    let mut owner = Owner::new(1);
    let sealing = letter(&owner, 3);
    let one = owner.seal(&sealing, 11, 77);
    let mut other = letter(&owner, 4);
    other.text.parts[1] = part("the bridge stays closed. ");
    let other = owner.seal(&other, 12, 77);
    let one = check(&owner, &owner.bundle(&one, &[2]).to_bytes());
    let other = check(&owner, &owner.bundle(&other, &[2]).to_bytes());
    assert!(one.valid && other.valid);
    assert_eq!(one.tag, other.tag); // which every reader of the log sees
    assert!(one.contradicts(&other));
    assert!(!one.contradicts(&one));
}

#[test]
fn what_the_report_says_depends_on_what_is_trusted() {
    let (owner, one, _, bytes) = honest();
    let key = owner.key();
    let small = VerifyOptions { tables: Tables::AlsoSmall, ..VerifyOptions::default() };
    let carried = verify(&bytes, &small);
    assert_eq!(carried.key, Some(KeySource::Carried));
    assert_eq!(carried.sealed_before, None);
    assert_eq!(carried.notes, [CARRIED_KEY, NO_CLOCK, UNTRUSTED_CLOCK, CLOSED, CAPTURE, WORDS]);
    assert_eq!(carried.fingerprint, Some(fingerprint(&owner.log().key)));

    let untrusting = |_: &[u8], _: &[u8; 32]| Stamp::Untrusted;
    let options = VerifyOptions { log_key: Some(&key), timestamps: Some(&untrusting), ..small };
    let report = verify(&bytes, &options);
    assert_eq!((report.key, report.sealed_before), (Some(KeySource::Given), None));
    assert_eq!(report.notes[..2], [NO_CLOCK, UNTRUSTED_CLOCK]);

    let mut bundle = owner.bundle(&one, &[1, 2, 3, 4]);
    let imprint = stamped(bundle.proof.checkpoint.checkpoint());
    bundle.capture = Some(Capture { sha256: [1; 32], at: 1_800_000_400, logged: None });
    bundle.token = Some(token(1_800_000_500, &imprint));
    let report = check(&owner, &bundle.to_bytes());
    assert!(report.valid && report.after_publication);
    assert_eq!(report.notes, [AFTER_PUBLICATION, CAPTURE]);

    bundle.token = Some(token(1_799_999_999, &imprint));
    let report = check(&owner, &bundle.to_bytes());
    assert!(!report.after_publication);
    assert_eq!(report.notes, [LATE_TIME, CAPTURE]);

    bundle.token = None;
    bundle.capture = Some(Capture { sha256: [1; 32], at: 1_799_999_999, logged: None });
    assert_eq!(check(&owner, &bundle.to_bytes()).notes, [AFTER_PUBLICATION, NO_CLOCK, CAPTURE]);
}

#[test]
fn only_witnesses_that_are_trusted_say_when() {
    let witness = |name: &str| Cosigner::new(name.parse().expect("a key name"), &[name.len() as u8; 32]);
    let (one, two, stranger) = (witness("w1.example"), witness("second.example"), witness("x.example"));
    let mut owner = Owner::new(1);
    let mut before = owner.proof(0).checkpoint;
    for (cosigner, time) in [(&one, 1_799_999_000), (&two, 1_799_999_100), (&stranger, 1_799_999_999)] {
        before.add(cosigner.cosign(&before, time).expect("signs")).expect("room");
    }
    let mut sealing = letter(&owner, 3);
    sealing.text.written.sealed_after = Some(before.to_text());
    let message = owner.seal(&sealing, 11, 77);
    let mut bundle = owner.bundle(&message, &[1]);
    let checkpoint = &mut bundle.proof.checkpoint;
    for (cosigner, time) in [(&stranger, 1_800_000_001), (&two, 1_800_000_300), (&one, 1_800_000_200)] {
        checkpoint.add(cosigner.cosign(checkpoint, time).expect("signs")).expect("room");
    }
    let bytes = bundle.to_bytes();
    let trusted = [one.verifier().clone(), two.verifier().clone()];
    for (witnesses, sealed_before, sealed_after) in [
        (&trusted[..0], None, None),
        (&trusted[..1], Some(1_800_000_200), Some(1_799_999_000)),
        (&trusted[1..], Some(1_800_000_300), Some(1_799_999_100)),
        (&trusted[..], Some(1_800_000_200), Some(1_799_999_100)),
    ] {
        let report =
            verify(&bytes, &VerifyOptions { witnesses, tables: Tables::AlsoSmall, ..VerifyOptions::default() });
        assert!(report.valid, "{}", report.reason_text);
        assert_eq!((report.sealed_before, report.sealed_after), (sealed_before, sealed_after));
        assert_eq!(report.notes.contains(&NO_CLOCK), sealed_before.is_none());
        assert_eq!(report.checkpoint_before.as_deref(), Some(before.to_text().as_str()));
    }
    // A cosignature on another checkpoint, under a trusted witness's name.
    let mut forged = owner.bundle(&message, &[1]);
    let other = Owner::new(1).proof(0).checkpoint;
    forged.proof.checkpoint.add(one.cosign(&other, 1_800_000_000).expect("signs")).expect("room");
    let options = VerifyOptions { witnesses: &trusted, tables: Tables::AlsoSmall, ..VerifyOptions::default() };
    assert_eq!(verify(&forged.to_bytes(), &options).reason, Reason::Checkpoint);
}

#[test]
fn a_logged_capture_is_checked() {
    let (mut owner, one, _) = world();
    let mut capture = Capture { sha256: [0xCA; 32], at: 1_800_050_000, logged: None };
    owner.leaves.push(capture.leaf(&[1; 32], &[2; 32]).to_vec());
    let index = owner.leaves.len() as u64 - 1;
    capture.logged = Some(LoggedCapture { tag: [1; 32], salt: [2; 32], proof: owner.proof(index) });
    let mut bundle = owner.bundle(&one, &[1]);
    bundle.capture = Some(capture);
    let bytes = bundle.to_bytes();
    let report = check(&owner, &bytes);
    assert!(report.valid && report.capture.expect("there").logged);
    for (pointer, value) in [
        ("/capture/at", Value::from(1_800_049_999)),
        ("/capture/sha256", "cb".repeat(32).into()),
        ("/capture/log/salt", base64(&[3; 32]).into()),
        ("/capture/log/tag", base64(&[3; 32]).into()),
    ] {
        let mut file = open_file(&bytes);
        *file.pointer_mut(pointer).expect("there") = value;
        assert_eq!(check(&owner, &close_file(file)).reason, Reason::Capture, "{pointer}");
    }
}

fn walk(value: &Value, path: String, paths: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(key, value)| walk(value, format!("{path}/{}", key.replace('~', "~0")), paths))
        }
        Value::Array(values) => {
            values.iter().enumerate().for_each(|(place, value)| walk(value, format!("{path}/{place}"), paths));
        }
        _ => paths.push(path),
    }
}

/// The text with one character at a fifth, a half or four fifths of it replaced by another of the same kind.
fn changed(text: &str, change: usize) -> String {
    let place = text.len() * [2, 5, 8][change] / 10;
    let next = |c: char| match c {
        '0'..='8' | 'a'..='y' | 'A'..='Y' => char::from(c as u8 + 1),
        '9' => '0',
        'z' => 'a',
        'Z' => 'A',
        _ => 'x',
    };
    text.char_indices().map(|(at, c)| if at == place { next(c) } else { c }).collect()
}
