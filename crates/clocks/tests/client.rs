//! The calls against servers on the loopback: good answers, and every fault.
#![allow(missing_docs, clippy::unwrap_used)]

use std::sync::mpsc::channel;
use std::time::Duration;

use countermark_clocks::{AddressFault, Answer, Client, Error, Limits, MAX_STAMP};
use countermark_testkit::{Authority, KeyKind, Loopback, Reply};
use countermark_tlog::WitnessError;
use countermark_tlog::checkpoint::Checkpoint;
use countermark_tlog::cosignature::Cosigner;
use countermark_tlog::note::{Signer, VerifierKey};
use countermark_tlog::timestamp::{Anchors, Token, request};
use countermark_tlog::witness::{AddCheckpoint, Refusal, decide};

const STAMP: &str = "application/timestamp-reply";

fn client() -> Client {
    Client::new(Limits::default()).unwrap()
}

fn hasty() -> Client {
    let soon = Duration::from_millis(300);
    Client::new(Limits { connect: soon, whole: soon }).unwrap()
}

/// A real authority behind HTTP: what it stamps is verified by us and by `openssl ts -verify`.
#[test]
fn a_real_authority_stamps_over_http() {
    for kind in [KeyKind::Rsa, KeyKind::P256] {
        let Some(authority) = Authority::new(kind) else { return };
        let authority = std::sync::Arc::new(authority);
        let (asked, heads) = channel();
        let maker = std::sync::Arc::clone(&authority);
        let server = Loopback::new(move |request| {
            asked.send(request.clone()).unwrap();
            Reply::Whole(200, "Application/Timestamp-Reply; charset=binary", maker.stamp(&request.body, "sha256", 0))
        });
        let (digest, nonce) = ([7; 32], 0xfedc_ba98_7654_3210);
        let query = request(&digest, nonce).unwrap();
        let answer = client().timestamp(&format!("{}/tsr?key=secret", server.url()), &query).unwrap();

        let seen = heads.recv().unwrap();
        assert!(seen.head.starts_with("POST /tsr?key=secret HTTP/1.1\r\n"), "{}", seen.head);
        assert_eq!(seen.header("content-type"), Some("application/timestamp-query"));
        assert_eq!((seen.header("cookie"), seen.header("referer")), (None, None));
        assert_eq!(seen.body, query);

        let token = Token::parse(&answer).unwrap();
        let anchors = Anchors::from_pem(&authority.read("ca.pem")).unwrap();
        let stamp = token.verify(&digest, Some(nonce), &anchors).unwrap();
        assert!(stamp.latest() > 1_700_000_000);
        // The judge: of the answer with its request, and of the bare token that is kept.
        authority.write("query", &query);
        authority.write("answer", &answer);
        authority.write("token", token.der());
        authority.run("ts -verify -queryfile query -in answer -CAfile ca.pem -untrusted tsa.pem");
        authority.run("ts -verify -queryfile query -in token -token_in -CAfile ca.pem -untrusted tsa.pem");
        authority.run(&format!("ts -verify -digest {} -in token -token_in -CAfile ca.pem", "07".repeat(32)));
        let other =
            authority.try_run(&format!("ts -verify -digest {} -in token -token_in -CAfile ca.pem", "08".repeat(32)));
        assert!(other.is_err());
    }
}

fn stamp(reply: Reply) -> Result<Vec<u8>, Error> {
    let server = Loopback::new(move |_| reply.clone());
    client().timestamp(&server.url(), b"query")
}

fn raw(text: &str) -> Reply {
    Reply::Raw(text.as_bytes().to_vec())
}

#[test]
fn what_is_no_answer_is_told_apart() {
    assert_eq!(stamp(Reply::Whole(200, STAMP, b"der".to_vec())).unwrap(), b"der");
    for status in [201, 204, 400, 401, 404, 500] {
        let found = stamp(Reply::Whole(status, STAMP, if status == 204 { vec![] } else { b"der".to_vec() }));
        assert!(matches!(found, Err(Error::Status { status: s, retry_after: None, .. }) if s == status), "{found:?}");
    }
    let busy = raw("HTTP/1.1 429 Busy\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n");
    let error = stamp(busy).unwrap_err();
    assert_eq!((error.retry_after(), error.is_passing()), (Some(120), true));
    let absurd = raw("HTTP/1.1 503 Busy\r\nRetry-After: 99999999999\r\nContent-Length: 0\r\n\r\n");
    let error = stamp(absurd).unwrap_err();
    assert_eq!((error.retry_after(), error.is_passing()), (None, true));
    for kind in ["text/html", "application/timestamp-query", "application/timestamp-reply2"] {
        let found = stamp(Reply::Whole(200, kind, b"der".to_vec()));
        assert!(matches!(found, Err(Error::ContentType { .. })), "{found:?}");
    }
    let found = stamp(raw("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nder"));
    assert!(matches!(found, Err(Error::ContentType { .. })), "{found:?}");
}

#[test]
fn cut_and_garbled_answers_are_none() {
    for text in ["", "HTTP/1.1 200", "no HTTP at all\r\n\r\n"] {
        let error = stamp(raw(text)).unwrap_err();
        assert!(matches!(error, Error::Protocol { .. } | Error::Unreachable { .. }), "{text:?}: {error:?}");
        assert!(error.is_passing());
    }
    let half = format!("HTTP/1.1 200 OK\r\nContent-Type: {STAMP}\r\nContent-Length: 100\r\n\r\nhalf of it");
    let error = stamp(raw(&half)).unwrap_err();
    assert!(matches!(error, Error::Protocol { .. } | Error::Unreachable { .. }), "{error:?}");
    let half =
        format!("HTTP/1.1 200 OK\r\nContent-Type: {STAMP}\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nhalf of it");
    assert!(stamp(raw(&half)).is_err());
}

#[test]
fn an_answer_has_a_largest_size() {
    assert_eq!(stamp(Reply::Whole(200, STAMP, vec![1; MAX_STAMP])).unwrap().len(), MAX_STAMP);
    let found = stamp(Reply::Whole(200, STAMP, vec![1; MAX_STAMP + 1]));
    assert!(matches!(found, Err(Error::TooLong { limit: MAX_STAMP, .. })), "{found:?}");
    // A length that is announced and never comes, or none announced, is cut at the same size.
    let endless = format!("HTTP/1.1 200 OK\r\nContent-Type: {STAMP}\r\n\r\n{}", "x".repeat(MAX_STAMP + 1));
    let found = stamp(raw(&endless));
    assert!(matches!(found, Err(Error::TooLong { .. })), "{found:?}");
}

#[test]
fn who_is_slow_is_left() {
    for begun in [
        "",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\nContent-Length: 9\r\n\r\nhalf",
    ] {
        let server = Loopback::new(move |_| Reply::Hold(begun.as_bytes().to_vec()));
        let error = hasty().timestamp(&server.url(), b"query").unwrap_err();
        assert!(matches!(error, Error::Slow { .. }), "{begun:?}: {error:?}");
        assert!(error.is_passing());
    }
}

#[test]
fn nobody_is_followed_elsewhere() {
    let (asked, requests) = channel();
    let elsewhere = Loopback::new(move |_| {
        asked.send(()).unwrap();
        Reply::Whole(200, STAMP, b"der".to_vec())
    });
    for status in [301, 302, 303, 307, 308] {
        let to = elsewhere.url();
        let found = stamp(raw(&format!("HTTP/1.1 {status} There\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n")));
        assert!(matches!(found, Err(Error::Redirected { status: s, .. }) if s == status), "{found:?}");
    }
    assert!(requests.try_recv().is_err());
}

#[test]
fn an_error_names_the_host_and_no_more() {
    let gone = Loopback::new(|_| Reply::Raw(Vec::new()));
    let url = format!("{}/secret?token=secret", gone.url());
    drop(gone);
    let error = client().timestamp(&url, b"query").unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    assert_eq!(error.to_string(), "127.0.0.1 can't be reached: connection refused");
    let server = Loopback::new(|_| Reply::Whole(500, "text/plain", b"secret".to_vec()));
    let error = client().timestamp(&format!("{}/secret", server.url()), b"query").unwrap_err();
    assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
    let error = client().timestamp("https://user:secret@stamp.example", b"query").unwrap_err();
    assert!(matches!(error, Error::Address(AddressFault::Credentials)));
    assert!(!format!("{error} {error:?}").contains("secret"));
}

struct World {
    log: Signer,
    witness: Cosigner,
    request: AddCheckpoint,
}

fn world() -> World {
    let log = Signer::new("log.example/1".parse().unwrap(), &[1; 32]);
    let witness = Cosigner::new("witness.example/w1".parse().unwrap(), &[2; 32]);
    let head = Checkpoint { origin: "log.example/1".into(), size: 5, root: [7; 32], extensions: vec![] };
    let request = AddCheckpoint { old: 0, proof: vec![], checkpoint: head.sign(&log).unwrap() };
    World { log, witness, request }
}

fn keys(cosigner: &Cosigner) -> Vec<VerifierKey> {
    vec![cosigner.verifier().clone()]
}

#[test]
fn a_witness_cosigns_or_tells_its_size() {
    let World { log, witness, request } = world();
    let known = keys(&witness);
    let (asked, requests) = channel();
    let mut replies = 0;
    let server = Loopback::new(move |request| {
        asked.send(request.clone()).unwrap();
        replies += 1;
        if replies == 1 {
            return Reply::Whole(409, "text/x.tlog.size", b"3\n".to_vec());
        }
        let seen = AddCheckpoint::parse(&request.body).unwrap();
        let decided = decide(&witness, std::slice::from_ref(log.verifier()), None, &seen, 1000).unwrap();
        Reply::Whole(200, "text/plain", decided.signature.line().into_bytes())
    });
    let prefix = format!("{}/prefix/", server.url());
    let answer = client().add_checkpoint(&prefix, &known, &request).unwrap();
    assert_eq!(answer, Answer::Conflict { size: 3 });
    let Answer::Cosigned(lines) = client().add_checkpoint(&prefix, &known, &request).unwrap() else { panic!() };
    assert_eq!(lines[0].time, Some(1000));
    let seen = requests.recv().unwrap();
    assert!(seen.head.starts_with("POST /prefix/add-checkpoint HTTP/1.1\r\n"), "{}", seen.head);
    assert_eq!(seen.body, request.to_text().into_bytes());
}

#[test]
fn what_a_witness_can_not_prove_is_not_believed() {
    let World { log, witness, request } = world();
    let ask = |reply: Reply| {
        let server = Loopback::new(move |_| reply.clone());
        client().add_checkpoint(&server.url(), &keys(&witness), &request)
    };
    let impostor = Cosigner::new("witness.example/w1".parse().unwrap(), &[9; 32]);
    let line = impostor.cosign(&request.checkpoint, 1000).unwrap().line();
    let found = ask(Reply::Whole(200, "text/plain", line.into_bytes()));
    assert!(matches!(found, Err(Error::Witness { source: WitnessError::NoCosignature, .. })), "{found:?}");
    let mut wrong = witness.cosign(&request.checkpoint, 1000).unwrap();
    wrong.bytes[7] ^= 1;
    let found = ask(Reply::Whole(200, "text/plain", wrong.line().into_bytes()));
    assert!(matches!(found, Err(Error::Witness { source: WitnessError::BadCosignature { line: 1 }, .. })), "{found:?}");
    let found = ask(Reply::Whole(409, "text/plain", b"3\n".to_vec()));
    assert!(matches!(found, Err(Error::Witness { source: WitnessError::Nonsense, .. })), "{found:?}");
    for status in [400, 403, 404, 422, 500] {
        let found = ask(Reply::Whole(status, "text/plain", b"no".to_vec()));
        assert!(matches!(found, Err(Error::Status { status: s, .. }) if s == status), "{found:?}");
    }
    assert_eq!(Refusal::UnknownLog.status(), 404);
    let found = client().add_checkpoint("http://witness.example", &keys(&witness), &request);
    assert!(matches!(found, Err(Error::Address(AddressFault::Scheme))), "{found:?}");
    assert_eq!(log.verifier().name().as_str(), "log.example/1");
}
