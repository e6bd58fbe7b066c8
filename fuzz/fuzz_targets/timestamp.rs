//! Time-stamp tokens: what parses stays what it was, and nobody but the authority stamps.
#![no_main]

use countermark_tlog::timestamp::{Anchors, Token};
use libfuzzer_sys::fuzz_target;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// The root of the authority that stamped the seeds; its key was thrown away.
static ANCHORS: LazyLock<Anchors> = LazyLock::new(|| {
    let anchors = Anchors::from_pem(include_bytes!("timestamp.pem")).expect("a certificate");
    let seed = Token::parse(include_bytes!("../seeds/timestamp/p256-sha256.token")).expect("a token");
    seed.verify(&DIGEST, None, &anchors).expect("the seeds are the authority's");
    anchors
});

/// What the seeds stamp.
static DIGEST: LazyLock<[u8; 32]> = LazyLock::new(|| Sha256::digest(b"a checkpoint").into());

/// When the seeds were stamped.
const STAMPED: std::ops::RangeInclusive<u64> = 1_795_448_800..=1_795_448_900;

fuzz_target!(|data: &[u8]| {
    match Token::parse(data) {
        Ok(token) => {
            assert!(data.windows(token.der().len()).any(|window| window == token.der()), "the bytes as they came");
            let bare = Token::parse(token.der()).expect("a kept token is read again");
            assert!(bare == token);
            match token.verify(&DIGEST, None, &ANCHORS) {
                Ok(stamp) => {
                    assert!(STAMPED.contains(&stamp.gen_time), "a forged time: {}", stamp.gen_time);
                    assert!(stamp.latest() >= stamp.gen_time);
                }
                Err(error) => drop(error.to_string()),
            }
            assert!(token.verify(&[0; 32], None, &ANCHORS).is_err(), "another digest");
        }
        Err(error) => drop(error.to_string()),
    }
});
