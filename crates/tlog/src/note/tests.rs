use super::*;
use proptest::prelude::*;

/// The sample of C2SP signed-note and golang.org/x/mod/sumdb/note's documented key.
const PETER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const PETER_NOTE: &str = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n\
    — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

fn signer(name: &str, seed: u8) -> Signer {
    Signer::new(name.parse().unwrap(), &[seed; 32])
}

fn signed(text: &str, signers: &[&Signer]) -> Note {
    let mut note = Note::new(text.to_owned()).unwrap();
    signers.iter().for_each(|signer| note.add(signer.sign(text).unwrap()).unwrap());
    note
}

#[test]
fn go_s_sample_note_verifies() {
    let key: VerifierKey = PETER.parse().unwrap();
    assert_eq!(key.to_string(), PETER);
    assert_eq!((key.name().as_str(), key.id()), ("PeterNeumann", 0xc74f_20a3));
    let note = Note::parse(PETER_NOTE.as_bytes()).unwrap();
    assert_eq!(note.to_text(), PETER_NOTE);
    let found = note.verify(&[key]).unwrap();
    assert_eq!(found[0].outcome, Outcome::Valid { time: None });
}

#[test]
fn what_is_signed_verifies_and_nothing_else() {
    let (a, b) = (signer("a.example", 1), signer("b.example", 2));
    let note = signed("one\n\ntwo\n", &[&a, &b]);
    let read = Note::parse(note.to_text().as_bytes()).unwrap();
    assert_eq!(read, note);
    assert_eq!(read.text(), "one\n\ntwo\n");
    let outcomes = |keys: &[VerifierKey]| -> Result<Vec<Outcome>, NoteError> {
        Ok(read.verify(keys)?.iter().map(|found| found.outcome).collect())
    };
    let valid = Outcome::Valid { time: None };
    assert_eq!(outcomes(&[a.verifier().clone(), b.verifier().clone()]).unwrap(), [valid, valid]);
    assert_eq!(outcomes(&[b.verifier().clone()]).unwrap(), [Outcome::Unknown, valid]);
    assert_eq!(outcomes(&[]), Err(NoteError::Unsigned));
    // The same name with another key, and the same key under another name, are unknown.
    assert_eq!(outcomes(&[signer("a.example", 3).verifier().clone()]), Err(NoteError::Unsigned));
    assert_eq!(outcomes(&[signer("c.example", 1).verifier().clone()]), Err(NoteError::Unsigned));
}

#[test]
fn one_wrong_signature_of_a_known_key_refuses_the_note() {
    let (a, b) = (signer("a.example", 1), signer("b.example", 2));
    let mut note = signed("text\n", &[&a]);
    let mut wrong = b.sign("text\n").unwrap();
    wrong.bytes[10] ^= 1;
    note.add(wrong).unwrap();
    assert!(note.verify(&[a.verifier().clone()]).is_ok());
    let found = note.verify(&[a.verifier().clone(), b.verifier().clone()]);
    assert_eq!(found, Err(NoteError::BadSignature { line: 2, key_id: b.verifier().id() }));
    let mut short = a.sign("text\n").unwrap();
    short.bytes.truncate(63);
    let note = Note { text: "text\n".into(), signatures: vec![short] };
    assert!(matches!(note.verify(&[a.verifier().clone()]), Err(NoteError::BadSignature { line: 1, .. })));
}

#[test]
fn a_second_encoding_of_a_signature_is_refused() {
    // s + L satisfies the group equation as s does; strict verification must refuse it.
    const L: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let a = signer("a.example", 1);
    let mut signature = a.sign("text\n").unwrap();
    let mut carry = 0u16;
    for (at, byte) in L.iter().enumerate() {
        carry += u16::from(signature.bytes[32 + at]) + u16::from(*byte);
        signature.bytes[32 + at] = carry as u8;
        carry >>= 8;
    }
    let note = Note { text: "text\n".into(), signatures: vec![signature] };
    assert!(matches!(note.verify(&[a.verifier().clone()]), Err(NoteError::BadSignature { .. })));
}

#[test]
fn a_key_of_small_order_is_no_key() {
    let mut identity = vec![0; 32];
    identity[0] = 1;
    for kind in [SignatureType::Ed25519, SignatureType::CosignatureV1] {
        let key = VerifierKey::new("a.example".parse().unwrap(), kind, identity.clone());
        assert_eq!(key, Err(NoteError::VerifierKey { what: "the public key" }));
    }
}

#[test]
fn unknown_types_are_carried_and_reported() {
    let a = signer("a.example", 1);
    let mut note = signed("text\n", &[&a]);
    let odd = VerifierKey::new("w.example".parse().unwrap(), SignatureType::Other(0xff), vec![1, 2]).unwrap();
    assert_eq!(odd.to_string().parse::<VerifierKey>().unwrap(), odd);
    let carried = Signature { name: odd.name().clone(), key_id: odd.id(), bytes: vec![9; 2428] };
    note.add(carried.clone()).unwrap();
    let read = Note::parse(note.to_text().as_bytes()).unwrap();
    assert_eq!(read.signatures()[1], carried);
    let found = read.verify(&[a.verifier().clone(), odd.clone()]).unwrap();
    assert_eq!(found[1].outcome, Outcome::NotChecked);
    // Alone, what was not checked makes no note valid.
    assert_eq!(read.verify(&[odd]), Err(NoteError::Unsigned));
}

#[test]
fn malformed_notes_are_refused() {
    let good = signed("text\n", &[&signer("a.example", 1)]).to_text();
    let line = good.lines().last().unwrap().to_owned();
    let parse = |text: &str| Note::parse(text.as_bytes());
    assert!(parse(&good).is_ok());
    assert_eq!(parse(""), Err(NoteError::NoSignatures));
    assert_eq!(parse("text\n"), Err(NoteError::NoSignatures));
    assert_eq!(parse("text\n\n"), Err(NoteError::NoSignatures));
    assert_eq!(parse(good.trim_end()), Err(NoteError::NoSignatures));
    assert_eq!(parse(&format!("text\n\n{line}\nmore\n")), Err(NoteError::SignatureLine { line: 2 }));
    assert_eq!(parse(&good.replace('\u{2014}', "-")), Err(NoteError::SignatureLine { line: 1 }));
    assert_eq!(parse(&good.replace("a.example", "a+example")), Err(NoteError::SignatureLine { line: 1 }));
    assert_eq!(parse(&good.replace("a.example", "a\u{a0}example")), Err(NoteError::SignatureLine { line: 1 }));
    assert_eq!(parse(&good.replace("a.example ", "a.example  ")), Err(NoteError::SignatureLine { line: 1 }));
    assert_eq!(parse("text\n\n\u{2014} a.example AAAAAA==\n"), Err(NoteError::SignatureLine { line: 1 }));
    assert_eq!(parse("te\txt\n\n"), Err(NoteError::Encoding { offset: 2 }));
    assert_eq!(Note::parse(b"te\xffxt\n\n"), Err(NoteError::Encoding { offset: 2 }));
    let many = format!("text\n\n{}", format!("{line}\n").repeat(101));
    assert_eq!(parse(&many), Err(NoteError::TooManySignatures { limit: 100 }));
    assert!(parse(&format!("text\n\n{}", format!("{line}\n").repeat(100))).is_ok());
    let huge = vec![b'a'; MAX_NOTE + 1];
    assert_eq!(Note::parse(&huge), Err(NoteError::TooLarge { size: MAX_NOTE + 1, limit: MAX_NOTE }));
}

#[test]
fn malformed_keys_are_refused() {
    let good = signer("a.example", 1).verifier().to_string();
    assert!(good.parse::<VerifierKey>().is_ok());
    let (name, rest) = good.split_once('+').unwrap();
    let (id, public) = rest.split_once('+').unwrap();
    for text in [
        String::new(),
        name.to_owned(),
        format!("{name}+{id}"),
        format!("+{id}+{public}"),
        format!("{name}+{}+{public}", id.to_uppercase()).replace("+A", "+a").replace('0', "g"),
        format!("{name}+00000000+{public}"),
        format!("{name}+{id}0+{public}"),
        format!("{name}+{id}+"),
        format!("{name}+{id}+AQ=="),
        format!("{name}+{id}+{}", &public[1..]),
        format!("a b+{id}+{public}"),
        format!("{name}+{id}+{}", "A".repeat(MAX_KEY_TEXT)),
    ] {
        assert!(text.parse::<VerifierKey>().is_err(), "{text}");
    }
    for name in ["", "a b", "a\tb", "a+b", "a\u{2003}b", "a\u{85}b"] {
        assert_eq!(name.parse::<KeyName>(), Err(NoteError::KeyName), "{name:?}");
    }
    assert!("n".repeat(255).parse::<KeyName>().is_ok());
    assert!("n".repeat(256).parse::<KeyName>().is_err());
}

#[test]
fn only_texts_are_signed_and_no_seed_is_shown() {
    let a = signer("a.example", 0xab);
    assert!(a.sign("no newline").is_err());
    assert!(a.sign("").is_err());
    assert!(a.sign("tab\t\n").is_err());
    let shown = format!("{a:?}");
    assert!(!shown.contains("171, 171") && !shown.contains("abab"), "{shown}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn what_parses_is_written_back(text in "[a-z\n]{0,20}\n\n(\u{2014} [a-z.]{1,5} [A-Za-z0-9+/]{8}(==|=)?\n){1,3}") {
        if let Ok(note) = Note::parse(text.as_bytes()) {
            prop_assert_eq!(note.to_text(), text);
        }
    }

    #[test]
    fn nothing_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Note::parse(&bytes);
        let _ = String::from_utf8_lossy(&bytes).parse::<VerifierKey>();
    }

    #[test]
    fn any_text_is_signed_and_read(text in "[^\\x00-\\x1f]{0,30}(\n[^\\x00-\\x1f]{0,10}){0,4}") {
        let text = format!("{text}\n");
        let a = signer("a.example", 1);
        let read = Note::parse(signed(&text, &[&a]).to_text().as_bytes()).unwrap();
        prop_assert_eq!(read.text(), text.as_str());
        prop_assert!(read.verify(&[a.verifier().clone()]).is_ok());
    }
}
