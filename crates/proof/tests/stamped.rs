//! Bundles with real RFC 3161 tokens, made by `openssl ts`.
#![allow(missing_docs)]

mod support;

use countermark_proof::*;
use countermark_testkit::{Authority, KeyKind};
use countermark_tlog::timestamp::{Anchors, Token, request};
use support::*;

fn report(bytes: &[u8], anchors: &Anchors) -> Report {
    let stampers = Stampers(anchors);
    verify(bytes, &VerifyOptions { timestamps: Some(&stampers), tables: Tables::AlsoSmall, ..VerifyOptions::default() })
}

#[test]
fn a_real_token_gives_the_time_to_who_trusts_its_maker() {
    let (Some(maker), Some(stranger)) = (Authority::new(KeyKind::P256), Authority::new(KeyKind::P256)) else { return };
    let anchors = |authority: &Authority| Anchors::from_pem(&authority.read("ca.pem")).expect("a certificate");
    let (owner, one, other) = world();
    let mut bundle = owner.bundle(&one, &[1, 2]);
    let imprint = stamped(bundle.proof.checkpoint.checkpoint());
    let response = maker.stamp(&request(&imprint, 7).expect("a request"), "sha256", 0);
    let token = Token::parse(&response).expect("a token");
    let at = token.verify(&imprint, Some(7), &anchors(&maker)).expect("valid").latest();
    bundle.token = Some(token.der().to_vec());
    let bytes = bundle.to_bytes();
    println!("bundle of four parts with a token of {} bytes: {} bytes", token.der().len(), bytes.len());

    let trusting = report(&bytes, &anchors(&maker));
    assert!(trusting.valid, "{}", trusting.reason_text);
    assert_eq!(trusting.sealed_before, Some(at));
    assert!(!trusting.notes.contains(&NO_CLOCK));

    let distrusting = report(&bytes, &anchors(&stranger));
    assert_eq!((distrusting.valid, distrusting.sealed_before), (true, None));
    assert!(distrusting.notes.contains(&NO_CLOCK) && distrusting.notes.contains(&UNTRUSTED_CLOCK));

    // The same token on another checkpoint, and a changed one on this.
    let mut later = world().0;
    later.dummies(1);
    let moved = Bundle { token: bundle.token.clone(), ..later.bundle(&other, &[1]) };
    assert_eq!(report(&moved.to_bytes(), &anchors(&maker)).reason, Reason::Token);
    let stamped_at = token.der().windows(32).position(|bytes| bytes == imprint).expect("the imprint");
    for place in [0, stamped_at, token.der().len() - 1] {
        let mut changed = bundle.clone();
        changed.token.as_mut().expect("set above")[place] ^= 1;
        let found = report(&changed.to_bytes(), &anchors(&maker));
        assert_eq!(found.sealed_before, None, "byte {place}");
    }
}
