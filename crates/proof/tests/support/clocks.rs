//! Bundles with independent clocks: real time-stamp tokens, witnesses' cosignatures.
#![allow(dead_code, missing_docs, unreachable_pub)] // every test file uses its own share of this

use std::path::PathBuf;

use countermark_proof::*;
use countermark_tlog::checkpoint::SignedCheckpoint;
use countermark_tlog::cosignature::Cosigner;
use countermark_tlog::note::VerifierKey;

use crate::support::*;

/// A case: what it is about, the file, the witnesses that the reader trusts, the expected reason, the time that follows.
pub struct ClockCase {
    pub about: &'static str,
    pub bytes: Vec<u8>,
    pub witnesses: Vec<VerifierKey>,
    pub reason: &'static str,
    pub before: Before,
}

/// What the reader must learn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Before {
    Nothing,
    /// A time by the token's own clock, whenever it was made.
    Stamped,
    At(u64),
}

pub fn fixture(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub fn witness(seed: u8) -> Cosigner {
    Cosigner::new(format!("witness.example/{seed}").parse().expect("a key name"), &[seed; 32])
}

/// The bundle that clocks are added to, and the digest that its tokens stamp.
pub fn unclocked() -> (Owner, Message, Bundle, Digest) {
    let (owner, one, _) = world();
    let bundle = owner.bundle(&one, &[1, 2]);
    let digest = stamped(bundle.proof.checkpoint.checkpoint());
    (owner, one, bundle, digest)
}

pub fn clock_cases() -> Vec<ClockCase> {
    let mut cases = tokens();
    cases.extend(cosignatures());
    cases.extend(sealed_after());
    cases.extend(ml_dsa());
    cases
}

/// The verifier key of the witness who signs with ML-DSA-44.
pub fn ml_dsa_key() -> VerifierKey {
    let text = String::from_utf8(fixture("ml-dsa.key")).expect("text");
    text.trim().parse().expect("a verifier key")
}

/// Cosignatures of a kind that not every verifier checks, made by `fixtures/ml_dsa.py`.
fn ml_dsa() -> Vec<ClockCase> {
    let line = String::from_utf8(fixture("ml-dsa.line")).expect("text");
    let other = witness(41);
    let case = |about, line: &str, witnesses: Vec<VerifierKey>, reason, before| {
        let mut bundle = unclocked().2;
        let cosigned = other.cosign(&bundle.proof.checkpoint, 1_800_000_700).expect("cosigns");
        bundle.proof.checkpoint.add(cosigned).expect("room");
        let text = format!("{}{line}", bundle.proof.checkpoint.to_text());
        bundle.proof.checkpoint = SignedCheckpoint::parse(text.as_bytes()).expect("a note");
        ClockCase { about, bytes: bundle.to_bytes(), witnesses, reason, before }
    };
    let both = vec![ml_dsa_key(), other.verifier().clone()];
    // The last bytes of the signature are its hints; a base64 digit in the middle is one of its numbers.
    let middle = line.len() / 2;
    let digit = if &line[middle..=middle] == "A" { "B" } else { "A" };
    let forged = format!("{}{digit}{}", &line[..middle], &line[middle + 1..]);
    vec![
        case("a cosignature by ML-DSA-44", &line, vec![ml_dsa_key()], "valid", Before::At(1_800_000_650)),
        case("a cosignature by ML-DSA-44 and one by Ed25519", &line, both.clone(), "valid", Before::At(1_800_000_650)),
        case("a forged cosignature by ML-DSA-44", &forged, both, "checkpoint", Before::Nothing),
    ]
}

fn tokens() -> Vec<ClockCase> {
    let bundle = unclocked().2;
    let with = |about, token: Vec<u8>, reason, before| {
        let bytes = Bundle { token: Some(token), ..bundle.clone() }.to_bytes();
        ClockCase { about, bytes, witnesses: vec![], reason, before }
    };
    let file = fixture;
    let mut flipped = file("p256.token");
    let last = flipped.len() - 1;
    flipped[last] ^= 1;
    let mut longer = file("p256.token");
    longer.push(0);
    vec![
        with("a time-stamp, RSA", file("rsa.token"), "valid", Before::Stamped),
        with("a time-stamp, P-256", file("p256.token"), "valid", Before::Stamped),
        with("a time-stamp, P-384", file("p384.token"), "valid", Before::Stamped),
        with("a time-stamp by a stranger", file("stranger.token"), "valid", Before::Nothing),
        with("a time-stamp under an expired certificate", file("expired.token"), "valid", Before::Nothing),
        with("a time-stamp under a certificate not yet valid", file("early.token"), "valid", Before::Nothing),
        with("a time-stamp on another root", file("elsewhere.token"), "token", Before::Nothing),
        with("a time-stamp under a certificate for code", file("plain.token"), "token", Before::Nothing),
        with("a time-stamp under a certificate for two uses", file("mixed.token"), "token", Before::Nothing),
        with(
            "a time-stamp under a certificate whose use is not critical",
            file("soft.token"),
            "token",
            Before::Nothing,
        ),
        with("a time-stamp with a changed signature", flipped, "token", Before::Nothing),
        with("a time-stamp cut short", file("p256.token")[..600].to_vec(), "token", Before::Nothing),
        with("a response with a time-stamp in it", file("response.token"), "token", Before::Nothing),
        with("a time-stamp with a byte more", longer, "token", Before::Nothing),
        with("a time-stamp of nothing", vec![], "token", Before::Nothing),
    ]
}

fn cosignatures() -> Vec<ClockCase> {
    let (one, other, stranger) = (witness(41), witness(42), witness(43));
    let (keys, both) = (vec![one.verifier().clone()], vec![one.verifier().clone(), other.verifier().clone()]);
    let case = |about, cosigned: &[(&Cosigner, u64)], witnesses: &[VerifierKey], reason, before| {
        let mut bundle = unclocked().2;
        for (by, at) in cosigned {
            let signature = by.cosign(&bundle.proof.checkpoint, *at).expect("cosigns");
            bundle.proof.checkpoint.add(signature).expect("room");
        }
        ClockCase { about, bytes: bundle.to_bytes(), witnesses: witnesses.to_vec(), reason, before }
    };
    let mut cases = vec![
        case("a cosignature", &[(&one, 1_800_000_700)], &keys, "valid", Before::At(1_800_000_700)),
        case(
            "two cosignatures",
            &[(&one, 1_800_000_700), (&other, 1_800_000_600)],
            &both,
            "valid",
            Before::At(1_800_000_600),
        ),
        case("a cosignature by a witness whom nobody asked for", &[(&stranger, 5)], &keys, "valid", Before::Nothing),
        case("a cosignature that is missing", &[], &keys, "valid", Before::Nothing),
        case(
            "one witness twice, the earlier time last",
            &[(&one, 1_800_000_700), (&one, 1_800_000_600)],
            &keys,
            "valid",
            Before::At(1_800_000_600),
        ),
    ];
    for (about, place) in [("a cosignature with another time", 4), ("a forged cosignature", 40)] {
        let mut bundle = unclocked().2;
        let mut signature = one.cosign(&bundle.proof.checkpoint, 1_800_000_700).expect("cosigns");
        signature.bytes[place] ^= 1;
        bundle.proof.checkpoint.add(signature).expect("room");
        cases.push(ClockCase {
            about,
            bytes: bundle.to_bytes(),
            witnesses: keys.clone(),
            reason: "checkpoint",
            before: Before::Nothing,
        });
    }
    let mut bundle = unclocked().2;
    let later = world().0.proof(0).checkpoint;
    let mut older = Owner::new(1);
    older.dummies(1);
    assert_ne!(older.head().1, *later.checkpoint());
    let signature = one.cosign(&older.proof(0).checkpoint, 1_800_000_000).expect("cosigns");
    bundle.proof.checkpoint.add(signature).expect("room");
    cases.push(ClockCase {
        about: "a cosignature on another checkpoint",
        bytes: bundle.to_bytes(),
        witnesses: keys,
        reason: "checkpoint",
        before: Before::Nothing,
    });
    cases
}

/// A message that was sealed after a cosigned checkpoint.
fn sealed_after() -> Vec<ClockCase> {
    let witness = witness(41);
    let sealed = |checkpoint: &dyn Fn(&Owner) -> SignedCheckpoint| {
        let mut owner = Owner::new(1);
        owner.dummies(2);
        let mut before = checkpoint(&owner);
        let signature = witness.cosign(&before, 1_799_999_000).expect("cosigns");
        before.add(signature).expect("room");
        let mut sealing = letter(&owner, 6);
        sealing.text.written.sealed_after = Some(before.to_text());
        let message = owner.seal(&sealing, 31, 90);
        owner.dummies(1);
        owner.bundle(&message, &[1]).to_bytes()
    };
    let case = |about, bytes: Vec<u8>, trusted: bool| ClockCase {
        about,
        bytes,
        witnesses: if trusted { vec![witness.verifier().clone()] } else { vec![] },
        reason: "valid",
        before: Before::Nothing,
    };
    let own = sealed(&|owner| owner.proof(0).checkpoint);
    vec![
        case("sealed after a cosigned checkpoint", own.clone(), true),
        case("sealed after a checkpoint, cosigned by a witness whom nobody asked for", own, false),
        case("sealed after another log's checkpoint", sealed(&|_| Owner::new(2).proof(0).checkpoint), true),
    ]
}
