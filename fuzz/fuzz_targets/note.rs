//! Signed notes and verifier keys: what parses is written back to the byte.
#![no_main]

use countermark_tlog::note::{Note, Signer, VerifierKey};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let signer = Signer::new("log.example/fuzz".parse().expect("a key name"), &[7; 32]);
    match Note::parse(data) {
        Ok(note) => {
            assert_eq!(note.to_text().as_bytes(), data);
            let _ = note.verify(std::slice::from_ref(signer.verifier()));
        }
        Err(error) => drop(error.to_string()),
    }
    let Ok(text) = std::str::from_utf8(data) else { return };
    match text.parse::<VerifierKey>() {
        Ok(key) => assert_eq!(key.to_string(), text),
        Err(error) => drop(error.to_string()),
    }
    // Whatever can be signed is read back, and verifies.
    if let Ok(mut note) = Note::new(text.to_owned()) {
        note.add(signer.sign(text).expect("a text that makes a note can be signed")).expect("the first signature");
        let read = Note::parse(note.to_text().as_bytes()).expect("what was written is read");
        assert_eq!(read, note);
        assert_eq!(read.verify(std::slice::from_ref(signer.verifier())).expect("it was signed").len(), 1);
    }
});
