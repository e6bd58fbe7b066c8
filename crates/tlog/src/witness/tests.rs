use super::*;
use crate::checkpoint::Checkpoint;
use crate::cosignature::Cosigner;
use crate::error::CheckpointError;
use crate::merkle::{Tree, empty_root, leaf_hash};
use crate::note::{Signer, VerifierKey};
use proptest::prelude::*;

const NOW: u64 = 1_700_000_000;

fn log() -> Signer {
    Signer::new("log.example/1".parse().unwrap(), &[1; 32])
}

fn witness() -> Cosigner {
    Cosigner::new("witness.example/w1".parse().unwrap(), &[2; 32])
}

fn tree(size: u64) -> Tree {
    Tree::new((0..size).map(|i| leaf_hash(&i.to_be_bytes())).collect())
}

fn head(size: u64) -> Checkpoint {
    Checkpoint { origin: "log.example/1".into(), size, root: tree(size).root(), extensions: vec![] }
}

fn request(old: u64, size: u64) -> AddCheckpoint {
    let proof = tree(size).consistency(old).unwrap();
    AddCheckpoint { old, proof, checkpoint: head(size).sign(&log()).unwrap() }
}

fn keys() -> Vec<VerifierKey> {
    vec![log().verifier().clone()]
}

fn latest(size: u64) -> Latest {
    Latest { size, root: tree(size).root(), time: NOW - 10 }
}

/// The sample of C2SP tlog-witness.
const SAMPLE: &str = "old 20852014\nPlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\njrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n\
    5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n\n\
    example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
    \u{2014} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n\
    \u{2014} example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=\n";

#[test]
fn the_specification_s_sample_reads_and_writes() {
    let read = AddCheckpoint::parse(SAMPLE.as_bytes()).unwrap();
    assert_eq!((read.old, read.proof.len(), read.checkpoint.checkpoint().size), (20_852_014, 4, 20_852_163));
    assert_eq!(read.to_text(), SAMPLE);
    assert_eq!(decide(&witness(), &keys(), None, &read, NOW), Err(Refusal::UnknownLog));
}

#[test]
fn malformed_requests_are_refused() {
    let body = head(3).sign(&log()).unwrap().to_text();
    let hash = "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=";
    let rows = [
        (String::new(), 1),
        ("old 0\n".into(), 1),
        (format!("\n\n{body}"), 1),
        (format!("old 00\n\n{body}"), 1),
        (format!("old  1\n\n{body}"), 1),
        (format!("old -1\n\n{body}"), 1),
        (format!("old 9223372036854775808\n\n{body}"), 1),
        (format!("old 1\r\n\n{body}"), 1),
        (format!("old 1\nx\n\n{body}"), 2),
        (format!("old 1\n{hash}\n{hash} \n\n{body}"), 3),
        (format!("old 1\n{}\n\n{body}", &hash[..43]), 2),
        (format!("old 1\n{}\n{body}", format!("{hash}\n").repeat(64)), 65),
    ];
    for (text, at) in rows {
        match AddCheckpoint::parse(text.as_bytes()) {
            Err(WitnessError::Line { line, .. }) => assert_eq!(line, at, "{text:?}"),
            other => panic!("{text:?} gave {other:?}"),
        }
    }
    assert!(AddCheckpoint::parse(format!("old 1\n{}\n{body}", format!("{hash}\n").repeat(63)).as_bytes()).is_ok());
    let found = AddCheckpoint::parse(b"old 0\n\nno checkpoint\n");
    assert!(matches!(found, Err(WitnessError::Checkpoint(CheckpointError::Note(_)))));
    let huge = vec![b'a'; MAX_REQUEST + 1];
    assert!(matches!(AddCheckpoint::parse(&huge), Err(WitnessError::TooLarge { .. })));
}

#[test]
fn a_consistent_checkpoint_is_cosigned() {
    for (known, old, size) in [(None, 0, 0), (None, 0, 5), (Some(5), 5, 5), (Some(5), 5, 9), (Some(0), 0, 4)] {
        let known = known.map(latest);
        let request = request(old, size);
        let decided = decide(&witness(), &keys(), known.as_ref(), &request, NOW).unwrap();
        assert_eq!(decided.latest, Latest { size, root: tree(size).root(), time: NOW });
        let body = decided.signature.line();
        let known = [witness().verifier().clone()];
        let answer = read_answer(200, None, body.as_bytes(), &request, &known).unwrap();
        assert_eq!(answer, Answer::Cosigned(vec![Cosigned { signature: decided.signature, time: Some(NOW) }]));
    }
}

#[test]
fn every_refusal_has_its_status() {
    let decided = |known: Option<Latest>, request: &AddCheckpoint| {
        decide(&witness(), &keys(), known.as_ref(), request, NOW).map_err(|refusal| (refusal.status(), refusal))
    };
    let strange = Signer::new("log.example/2".parse().unwrap(), &[1; 32]);
    let other = Checkpoint { origin: "log.example/2".into(), ..head(5) };
    let unknown = AddCheckpoint { old: 0, proof: vec![], checkpoint: other.sign(&strange).unwrap() };
    assert_eq!(decided(None, &unknown), Err((404, Refusal::UnknownLog)));

    let impostor = Signer::new("log.example/1".parse().unwrap(), &[9; 32]);
    let forged = AddCheckpoint { checkpoint: head(5).sign(&impostor).unwrap(), ..request(0, 5) };
    assert_eq!(decided(None, &forged), Err((403, Refusal::Unsigned)));
    // A witness's own cosignature does not stand in for the log's.
    let cosigned = witness().cosign(&forged.checkpoint, NOW).unwrap();
    let mut carried = forged.clone();
    carried.checkpoint.add(cosigned).unwrap();
    assert_eq!(decided(None, &carried), Err((403, Refusal::Unsigned)));

    let beyond = AddCheckpoint { old: 6, proof: vec![], ..request(0, 5) };
    assert_eq!(decided(Some(latest(6)), &beyond), Err((400, Refusal::OldSize { old: 6, size: 5 })));

    for (known, old, size) in [(None, 3, 0), (Some(7), 5, 7), (Some(7), 9, 7), (Some(7), 0, 7)] {
        let found = decided(known.map(latest), &request(old, 9));
        assert_eq!(found, Err((409, Refusal::Conflict { size })));
    }
    let (kind, body) = Refusal::Conflict { size: 7 }.body();
    assert_eq!((kind, body.as_str()), ("text/x.tlog.size", "7\n"));

    let fork = Latest { root: [7; 32], ..latest(5) };
    assert_eq!(decided(Some(fork), &request(5, 5)), Err((409, Refusal::Fork { size: 5 })));
    assert_ne!(Refusal::Fork { size: 5 }.body().0, SIZE_TYPE);

    assert_eq!(decided(Some(fork), &request(5, 9)), Err((422, Refusal::Inconsistent)));
    let padded = AddCheckpoint { proof: vec![[0; 32]], ..request(0, 5) };
    assert_eq!(decided(None, &padded), Err((422, Refusal::Inconsistent)));
    let padded = AddCheckpoint { proof: vec![[0; 32]], ..request(5, 5) };
    assert_eq!(decided(Some(latest(5)), &padded), Err((422, Refusal::Inconsistent)));
    let short = AddCheckpoint { proof: vec![], ..request(5, 9) };
    assert_eq!(decided(Some(latest(5)), &short), Err((422, Refusal::Inconsistent)));
    assert_eq!(Refusal::from(WitnessError::NoCosignature).status(), 400);
}

#[test]
fn a_second_key_of_a_log_is_as_good() {
    let second = Signer::new("log.example/1".parse().unwrap(), &[3; 32]);
    let both = [second.verifier().clone(), log().verifier().clone()];
    let mut request = request(0, 5);
    assert!(decide(&witness(), &both, None, &request, NOW).is_ok());
    // A wrong signature under the second key does not undo a good one under the first.
    let mut wrong = second.sign(request.checkpoint.note().text()).unwrap();
    wrong.bytes[0] ^= 1;
    request.checkpoint.add(wrong).unwrap();
    assert!(decide(&witness(), &both, None, &request, NOW).is_ok());
    assert_eq!(decide(&witness(), &both[..1], None, &request, NOW), Err(Refusal::Unsigned));
}

#[test]
fn the_stated_time_never_goes_back() {
    let at = |last: u64, now: u64| {
        let known = Latest { time: last, ..latest(5) };
        decide(&witness(), &keys(), Some(&known), &request(5, 6), now).map(|decided| decided.latest.time)
    };
    assert_eq!(at(1000, 1001), Ok(1001));
    assert_eq!(at(1000, 1000 - PATIENCE), Ok(1000));
    assert_eq!(at(1000, 1000 - PATIENCE - 1), Err(Refusal::Clock));
    assert_eq!(at(0, u64::MAX), Err(Refusal::Clock));
}

#[test]
fn only_what_verifies_is_believed() {
    let request = request(0, 5);
    let good = witness().cosign(&request.checkpoint, NOW).unwrap();
    let stranger = Cosigner::new("witness.example/w2".parse().unwrap(), &[4; 32]);
    let strange = stranger.cosign(&request.checkpoint, NOW).unwrap();
    let known = [witness().verifier().clone()];
    let read = |body: &str| read_answer(200, None, body.as_bytes(), &request, &known);
    let both = format!("{}{}", strange.line(), good.line());
    assert_eq!(read(&both), Ok(Answer::Cosigned(vec![Cosigned { signature: good.clone(), time: Some(NOW) }])));
    assert_eq!(read(&strange.line()), Err(WitnessError::NoCosignature));

    let mut wrong = good.clone();
    wrong.bytes[20] ^= 1;
    let after = format!("{}{}", good.line(), wrong.line());
    assert_eq!(read(&after), Err(WitnessError::BadCosignature { line: 2 }));
    let elsewhere = witness().cosign(&head(6).sign(&log()).unwrap(), NOW).unwrap();
    assert_eq!(read(&elsewhere.line()), Err(WitnessError::BadCosignature { line: 1 }));
    for body in ["", "\n", "5\n", good.line().trim_end(), &format!("{}\n", good.line()), &good.line()[..40]] {
        assert!(matches!(read(body), Err(WitnessError::Line { .. })), "{body:?}");
    }
    // The log's own signature is no cosignature, even where its key is named among the witnesses.
    let own = request.checkpoint.note().signatures()[0].line();
    assert_eq!(read_answer(200, None, own.as_bytes(), &request, &keys()), Err(WitnessError::NoCosignature));
}

#[test]
fn a_conflict_tells_the_size() {
    let request = request(5, 9);
    let read = |kind: Option<&str>, body: &str| read_answer(409, kind, body.as_bytes(), &request, &[]);
    assert_eq!(read(Some("text/x.tlog.size"), "7\n"), Ok(Answer::Conflict { size: 7 }));
    assert_eq!(read(Some("Text/X.Tlog.Size; charset=utf-8"), "0\n"), Ok(Answer::Conflict { size: 0 }));
    for body in ["", "7", "07\n", "x\n", "7\n\n", "9223372036854775808\n"] {
        assert_eq!(read(Some(SIZE_TYPE), body), Err(WitnessError::Nonsense), "{body:?}");
    }
    // Nothing that names no other size shows a fork, unless two roots of one size were compared.
    for (kind, body) in
        [(Some(SIZE_TYPE), "5\n"), (Some(SIZE_TYPE), "-1\n"), (Some("text/plain"), "7\n"), (None, "7\n")]
    {
        assert_eq!(read(kind, body), Err(WitnessError::Nonsense), "{kind:?} {body:?}");
    }
    let same = self::request(9, 9);
    for (kind, body) in [(Some(SIZE_TYPE), "9\n"), (None, "")] {
        assert_eq!(read_answer(409, kind, body.as_bytes(), &same, &[]), Err(WitnessError::Fork { size: 9 }));
    }
    assert_eq!(read_answer(409, Some(SIZE_TYPE), b"x\n", &same, &[]), Err(WitnessError::Nonsense));
    for status in [201, 301, 400, 403, 404, 422, 500, 503] {
        assert_eq!(read_answer(status, None, b"", &request, &[]), Err(WitnessError::Refused { status }));
    }
    let huge = vec![b'a'; MAX_ANSWER + 1];
    assert!(matches!(read_answer(200, None, &huge, &request, &[]), Err(WitnessError::TooLarge { .. })));
    assert_eq!(tree(0).root(), empty_root());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300), status in 0_u16..600) {
        let _ = AddCheckpoint::parse(&bytes);
        let _ = read_answer(status, Some(SIZE_TYPE), &bytes, &request(0, 1), &[witness().verifier().clone()]);
    }

    /// Whatever order requests come in, no two roots of one size are cosigned and no size goes back.
    #[test]
    fn a_witness_never_contradicts_itself(steps in proptest::collection::vec((0_u64..9, 0_u64..9, any::<bool>()), 1..40)) {
        let mut known: Option<Latest> = None;
        for (old, size, other) in steps {
            let mut asked = request(old.min(size), size);
            if other {
                let forked = Checkpoint { root: if size == 0 { empty_root() } else { [7; 32] }, ..head(size) };
                asked.checkpoint = forked.sign(&log()).unwrap();
            }
            if let Ok(decided) = decide(&witness(), &keys(), known.as_ref(), &asked, NOW) {
                let before = known.unwrap_or(Latest { size: 0, root: empty_root(), time: 0 });
                prop_assert!(decided.latest.size > before.size || decided.latest.root == before.root);
                prop_assert!(decided.latest.size >= before.size);
                known = Some(decided.latest);
            }
        }
    }
}
