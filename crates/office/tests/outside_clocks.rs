//! Witnesses and time-stampers as the office asks and believes them: by bytes, under keys that it keeps.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use common::{HOUR, NOW, create, letter, open_at, request, scratch};
use countermark_office::{ClockDoubt, Error, ProveRequest, Shows};
use countermark_proof::{Tables, VerifyOptions, verify};
use countermark_testkit::Fault;
use countermark_tlog::checkpoint::SignedCheckpoint;
use countermark_tlog::cosignature::Cosigner;
use countermark_tlog::merkle::verify_consistency;
use countermark_vault::MemoryStore;

fn witness(seed: u8) -> Cosigner {
    Cosigner::new(format!("witness.example/{seed}").parse().unwrap(), &[seed; 32])
}

#[test]
fn a_witness_s_word_shows_in_history_sealing_and_proof() {
    let (store, home) = (MemoryStore::new(), scratch());
    let mut office = create(&store, home.path());
    let (trusted, stranger) = (witness(1), witness(2));
    assert!(!office.has_clock().unwrap());
    office.add_witness(&trusted.verifier().to_string(), "http://127.0.0.1:1/").unwrap();
    assert!(office.has_clock().unwrap());
    let sealed = office.seal_now(&request(letter(), 2)).unwrap();

    let task = &office.uncosigned().unwrap()[0];
    let (size, name) = (task.checkpoint.checkpoint().size, task.witness.key.name().to_string());
    assert_eq!((size, task.witness.cosigned), (9, 0));
    // Nobody else's word counts, nor a word on another checkpoint.
    let line =
        |cosigner: &Cosigner, checkpoint: &SignedCheckpoint, time| cosigner.cosign(checkpoint, time).unwrap().line();
    let older = office.checkpoints().unwrap()[0].checkpoint.clone();
    for answer in
        [line(&stranger, &task.checkpoint, 7), line(&trusted, &older, 7), "no signature".to_owned(), String::new()]
    {
        assert!(matches!(office.keep_cosignature(&name, size, answer.as_bytes()), Err(Error::Cosignature { .. })));
    }
    assert!(matches!(office.keep_cosignature("nobody", size, b""), Err(Error::UnknownClock { .. })));
    let at = NOW / 1000 + 5;
    let answer = line(&stranger, &task.checkpoint, 7) + &line(&trusted, &task.checkpoint, at);
    assert_eq!(office.keep_cosignature(&name, size, answer.as_bytes()).unwrap(), Some(at));
    // The first word stays: it says the earlier time.
    office.keep_cosignature(&name, size, line(&trusted, &task.checkpoint, at + 100).as_bytes()).unwrap();
    assert!(office.uncosigned().unwrap().is_empty());
    let directory = std::fs::read_to_string(home.path().join("log/checkpoint")).unwrap();
    assert!(directory.contains("— witness.example/1 ") && !directory.contains("— witness.example/2 "), "{directory}");

    // A later sealing says that it is no older; an earlier one is proved under the cosigned checkpoint, also when the log has grown.
    let later = office.seal_now(&request(letter(), 2)).unwrap();
    let report = |office: &mut common::TestOffice, message: &str| {
        let asked = ProveRequest { message, parts: None, capture: None, words: None, shows: Shows::Text };
        let proved = office.prove::<countermark_office::Error>(&asked, |_| Ok(())).unwrap();
        let witnesses = [trusted.verifier().clone()];
        let options = VerifyOptions { tables: Tables::AlsoSmall, witnesses: &witnesses, ..VerifyOptions::default() };
        let report = verify(&proved.bytes, &options);
        assert!(report.valid, "{}", report.reason_text);
        (report.sealed_before, report.sealed_after, proved.stamped)
    };
    assert_eq!(report(&mut office, &sealed.reference), (Some(at), None, true));
    assert_eq!(report(&mut office, &later.reference), (None, Some(at), false));

    // The next time the witness is asked from where it stands.
    let task = &office.uncosigned().unwrap()[0];
    assert_eq!((task.witness.cosigned, task.checkpoint.checkpoint().size), (9, 17));
    let (old, new) = (&office.checkpoints().unwrap()[1], task.checkpoint.checkpoint());
    let proof = office.consistency(9).unwrap();
    verify_consistency(9, &old.checkpoint.checkpoint().root, new.size, &new.root, &proof).unwrap();

    let audit = office.audit_log().unwrap();
    assert_eq!((audit.problems, audit.checkpoints, audit.cosignatures, audit.unchecked), (vec![], 3, 1, 0));
    // A witness that is asked no more has still cosigned; nobody's key is kept to check it under.
    office.remove_witness(&name).unwrap();
    assert!(matches!(office.remove_witness(&name), Err(Error::UnknownClock { .. })));
    assert_eq!(office.audit_log().unwrap().unchecked, 1);
    drop(office);
    let mut office = open_at(&store, home.path(), &Fault::never(), 3, NOW + HOUR).unwrap();
    office.recover().unwrap();
    assert_eq!(office.publish_due().unwrap().unwrap().size, 25);
}

#[test]
fn a_clock_that_may_be_wrong_is_doubted() {
    let (store, home) = (MemoryStore::new(), scratch());
    drop(create(&store, home.path()));
    let at = |now| open_at(&store, home.path(), &Fault::never(), 3, now).unwrap().clock_doubt().unwrap();
    assert_eq!(at(NOW), None);
    assert_eq!(at(NOW + 30 * 24 * HOUR), None);
    assert!(matches!(at(NOW - HOUR), Some(ClockDoubt::Behind { .. })));
    assert!(matches!(at(NOW + 32 * 24 * HOUR), Some(ClockDoubt::LongAfter { .. })));
}

#[test]
fn what_is_no_clock_is_not_taken() {
    let (store, home) = (MemoryStore::new(), scratch());
    let mut office = create(&store, home.path());
    let key = witness(1).verifier().to_string();
    let log = office.log_verifier();
    for (key, url) in
        [("x", "http://a/"), (log.as_str(), "http://a/"), (&key, ""), (&key, "http:// a"), (&key, "http://a\n")]
    {
        assert!(matches!(office.add_witness(key, url), Err(Error::Clock { .. })), "{key} {url}");
    }
    assert!(matches!(office.add_timestamper("http://a/", "no certificate"), Err(Error::Timestamp(_))));
    for number in 0..16 {
        office.add_witness(&witness(100 + number).verifier().to_string(), "http://a/").unwrap();
    }
    assert!(matches!(office.add_witness(&key, "http://a/"), Err(Error::Clock { .. })));
    // One that is known is changed.
    office.add_witness(&witness(100).verifier().to_string(), "https://b/").unwrap();
    assert_eq!(office.witnesses().unwrap().iter().filter(|witness| witness.url == "https://b/").count(), 1);
    assert!(office.unstamped().unwrap().is_empty());
}
