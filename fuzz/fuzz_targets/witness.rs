//! A witness's requests: what parses is written back to the byte, and is decided on without a panic.
#![no_main]

use countermark_tlog::cosignature::Cosigner;
use countermark_tlog::witness::{AddCheckpoint, decide};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let cosigner = Cosigner::new("witness.example/fuzz".parse().expect("a key name"), &[8; 32]);
    match AddCheckpoint::parse(data) {
        Ok(request) => {
            assert_eq!(request.to_text().as_bytes(), data);
            // Nobody's log: nothing is ever cosigned.
            let refused = decide(&cosigner, &[], None, &request, 1_800_000_000).expect_err("no log is known");
            assert!((400..500).contains(&refused.status()));
        }
        Err(error) => drop(error.to_string()),
    }
});
