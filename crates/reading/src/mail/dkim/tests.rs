use std::io::Write;
use std::process::{Command, Stdio};

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;

use super::*;

/// The worked example of RFC 8463, appendix A: one message, two signatures.
const EXAMPLE: &str = include_str!("rfc8463.eml");
const ED_KEY: &str = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
const RSA_KEY: &str = "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB";

fn example_key(selector: &str, domain: &str) -> KeyAnswer {
    match (selector, domain) {
        ("brisbane", "football.example.com") => KeyAnswer::Records(vec![ED_KEY.to_owned()]),
        ("test", "football.example.com") => KeyAnswer::Records(vec![RSA_KEY.to_owned()]),
        _ => KeyAnswer::Absent,
    }
}

const WHOLE: Outcome = Outcome::Verifies { unsigned_bytes: 0, unsigned_fields: Vec::new() };

fn outcomes(message: &[u8], keys: &dyn Fn(&str, &str) -> KeyAnswer) -> Vec<Outcome> {
    verify(message, 1_700_000_000, keys).into_iter().map(|result| result.outcome).collect()
}

#[test]
fn example_of_the_rfc() {
    let results = verify(EXAMPLE.as_bytes(), 1_700_000_000, &example_key);
    assert_eq!(results.iter().map(|r| &r.outcome).collect::<Vec<_>>(), [&WHOLE, &WHOLE]);
    assert_eq!((results[0].domain.as_str(), results[0].selector.as_str()), ("football.example.com", "brisbane"));
    assert_eq!(results[1].signed_at, Some(1_528_637_909));
    // As a file with the line ends of another system.
    assert_eq!(outcomes(EXAMPLE.replace("\r\n", "\n").as_bytes(), &example_key), [WHOLE, WHOLE]);
}

#[test]
fn what_is_changed_does_not_verify() {
    let changed = |from: &str, to: &str| {
        assert!(EXAMPLE.contains(from), "{from}");
        outcomes(EXAMPLE.replacen(from, to, 1).as_bytes(), &example_key)
    };
    let fails = |why: Fails| [Outcome::Fails(why), Outcome::Fails(why)];
    assert_eq!(changed("lost the game", "won the game"), fails(Fails::Body));
    assert_eq!(changed("Subject: Is dinner", "Subject: Was dinner"), fails(Fails::Signature));
    // Relaxed: white space makes no difference, in header and body.
    assert_eq!(changed("Subject: Is dinner", "SUBJECT:  Is\tdinner"), [WHOLE, WHOLE]);
    assert_eq!(changed("lost the game.", "lost  the game. "), [WHOLE, WHOLE]);
    // The example signs one From and the lack of a second.
    assert_eq!(changed("From: Joe", "From: Moe <moe@example.net>\r\nFrom: Joe"), fails(Fails::Signature));
}

#[test]
fn keys_that_are_gone_are_no_forgery() {
    let answer = |answer: KeyAnswer| outcomes(EXAMPLE.as_bytes(), &move |_, _| answer.clone());
    let both = |outcome: Outcome| [outcome.clone(), outcome];
    assert_eq!(answer(KeyAnswer::Absent), both(Outcome::NoKey(NoKey::Absent)));
    assert_eq!(answer(KeyAnswer::Unasked), both(Outcome::NoKey(NoKey::Unasked)));
    let record = |text: &str| answer(KeyAnswer::Records(vec![text.to_owned()]));
    assert_eq!(record("k=ed25519; p=")[0], Outcome::NoKey(NoKey::Revoked));
    assert_eq!(record("k=rsa; p=")[1], Outcome::NoKey(NoKey::Revoked));
    // An older key under the same name does no harm, and a key that fits is enough.
    let two = KeyAnswer::Records(vec![RSA_KEY.to_owned(), ED_KEY.replace("11qY", "11qZ"), ED_KEY.to_owned()]);
    assert_eq!(answer(two)[0], WHOLE);
    assert_eq!(answer(KeyAnswer::Records(vec![]))[0], Outcome::NoKey(NoKey::Absent));
    for (key, why) in [
        (ED_KEY.replace("k=", "t=s:y; h=sha256:x; s=email; k="), None),
        (ED_KEY.replace("ed25519", "rsa"), Some(Refused::KeyUse)),
        (ED_KEY.replace("k=", "h=sha1; k="), Some(Refused::KeyUse)),
        (ED_KEY.replace("k=", "s=tlsrpt; k="), Some(Refused::KeyUse)),
        (ED_KEY.replace("DKIM1", "DKIM2"), Some(Refused::Key)),
        (ED_KEY.replace("11qY", "11"), Some(Refused::Key)),
        (ED_KEY.replace("11qY", "!"), Some(Refused::Key)),
        ("a record of something else".to_owned(), Some(Refused::Key)),
    ] {
        assert_eq!(record(&key)[0], why.map_or(WHOLE, Outcome::Refused), "{key}");
    }
}

#[test]
fn fields_that_are_no_signature() {
    for (from, to, why) in [
        ("a=ed25519-sha256", "a=rsa-sha1", Refused::Algorithm),
        ("a=ed25519-sha256", "a=none", Refused::Algorithm),
        ("v=1; a=ed", "v=2; a=ed", Refused::Version),
        ("v=1; a=ed", "v=1; v=1; a=ed", Refused::Form),
        ("c=relaxed/relaxed", "c=loose", Refused::Form),
        ("i=@football.example.com", "i=@example.net", Refused::Form),
        ("t=1528637909", "t=1528637909; x=1", Refused::Form),
        ("t=1528637909", "t=yesterday", Refused::Form),
        ("q=dns/txt", "q=http", Refused::Form),
        ("h=from :", "h=fram :", Refused::Unsigned),
        ("d=football.example.com;", "", Refused::Form),
    ] {
        let message = EXAMPLE.replacen(from, to, 1);
        assert_ne!(message, EXAMPLE, "{from}");
        // Only the first signature is changed; `from : ... : from` is signed twice.
        let message = if from == "h=from :" {
            message.replacen("message-id : from :", "message-id : fram :", 1)
        } else {
            message
        };
        assert_eq!(outcomes(message.as_bytes(), &example_key)[0], Outcome::Refused(why), "{to}");
    }
}

/// A small signer of our own for what the example does not show; the judge of both is dkimpy, below.
fn sign(header: &str, body: &str, tags: &str, sign: &dyn Fn(&[u8]) -> Vec<u8>) -> String {
    let list = Tags::parse(tags).expect("a list");
    let (head, form) = list.get("c").unwrap_or("simple/simple").split_once('/').expect("both are given");
    let canonical = Canon::of(form).expect("known").body(body.as_bytes());
    let length = list.get("l").map_or(canonical.len(), |l| l.parse().expect("a number"));
    let hash = STANDARD.encode(Sha256::digest(&canonical[..length]));
    let own = format!("DKIM-Signature: {tags}; bh={hash}; b=\r\n");
    let unsigned = format!("{own}{header}\r\n{body}");
    let (fields, _) = canon::split(unsigned.as_bytes());
    let names: Vec<_> = list.get("h").expect("given").split(':').map(|name| name.trim().to_owned()).collect();
    let signed = canon::signed(&fields, &names, &fields[0], Canon::of(head).expect("known"));
    unsigned.replacen("b=\r\n", &format!("b={}\r\n", STANDARD.encode(sign(&signed))), 1)
}

const HEADER: &str = "From: Ada Lind <ada@example.org>\r\nTo: ben@example.net\r\nSubject: The answer\r\nDate: Mon, 15 Jan 2024 10:30:00 +0000\r\n";
const TAGS: &str = "v=1; a=ed25519-sha256; c=simple/relaxed; d=example.org; s=k; h=from:to:subject:date";

fn ed25519() -> (Ed25519KeyPair, String) {
    let key = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).expect("any seed is one");
    let record = format!("k=ed25519; p={}", STANDARD.encode(key.public_key()));
    (key, record)
}

#[test]
fn lengths_terms_and_what_is_left_out() {
    let (key, record) = ed25519();
    let with = |message: &str, now: u64| {
        let record = record.clone();
        verify(message.as_bytes(), now, &move |_, _| KeyAnswer::Records(vec![record.clone()])).remove(0).outcome
    };
    let ed = |bytes: &[u8]| key.sign(&Sha256::digest(bytes)).as_ref().to_vec();
    let signed = sign(HEADER, "No.\r\n", TAGS, &ed);
    assert_eq!(with(&signed, 0), WHOLE);
    let short = sign(HEADER, "No.\r\n", &format!("{TAGS}; l=3"), &ed);
    assert_eq!(with(&short, 0), Outcome::Verifies { unsigned_bytes: 2, unsigned_fields: vec![] });
    assert_eq!(
        with(&short.replace("No.", "No.ver mind"), 0),
        Outcome::Verifies { unsigned_bytes: 10, unsigned_fields: vec![] }
    );
    assert_eq!(with(&short.replace("No.", "N"), 0), Outcome::Fails(Fails::Body));
    let long = signed.replace("d=example.org", "l=99; d=example.org");
    assert_eq!(with(&long, 0), Outcome::Fails(Fails::Shorter));
    let term = sign(HEADER, "No.\r\n", &format!("{TAGS}; t=100; x=200"), &ed);
    assert_eq!((with(&term, 200), with(&term, 201)), (WHOLE, Outcome::Expired { at: 200 }));
    let part = sign(HEADER, "No.\r\n", &TAGS.replace(":to:subject:date", ""), &ed);
    assert_eq!(with(&part, 0), Outcome::Verifies { unsigned_bytes: 0, unsigned_fields: vec!["to", "subject", "date"] });
    // A second Subject above the signed one is what a reader would see.
    assert_eq!(with(&signed.replace("To: ben", "Subject: Yes\r\nTo: ben"), 0), Outcome::Fails(Fails::AddedField));
    // With `t=s` the identity must be of the domain itself.
    let below = sign(HEADER, "No.\r\n", &format!("{TAGS}; i=ada@mail.example.org"), &ed);
    assert_eq!(with(&below, 0), WHOLE);
    let strict = format!("t=s; {record}");
    let outcome = outcomes(below.as_bytes(), &move |_, _| KeyAnswer::Records(vec![strict.clone()])).remove(0);
    assert_eq!(outcome, Outcome::Refused(Refused::KeyUse));
    // Simple: one space more in the header, and it is another.
    assert_eq!(with(&signed.replace("Subject: The", "Subject:  The"), 0), Outcome::Fails(Fails::Signature));
}

#[test]
fn rsa_in_both_forms_and_too_small() {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).expect("a key");
    let rsa = |bytes: &[u8]| {
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), bytes, &mut signature).expect("signs");
        signature
    };
    let signed = sign(HEADER, "No.\r\n", &TAGS.replace("ed25519", "rsa"), &rsa);
    let spki = AsDer::<PublicKeyX509Der<'_>>::as_der(pair.public_key()).expect("encodes");
    for key in [spki.as_ref(), pair.public_key().as_ref()] {
        let record = format!("v=DKIM1; p={}", STANDARD.encode(key));
        assert_eq!(outcomes(signed.as_bytes(), &move |_, _| KeyAnswer::Records(vec![record.clone()])), [WHOLE]);
    }
    // A modulus of 1,016 bits.
    let mut small = vec![0x30, 0x81, 0x87, 0x02, 0x81, 0x80, 0x00];
    small.extend([0xff; 127]);
    small.extend([0x02, 0x03, 0x01, 0x00, 0x01]);
    let record = format!("p={}", STANDARD.encode(small));
    let outcome = outcomes(signed.as_bytes(), &move |_, _| KeyAnswer::Records(vec![record.clone()]));
    assert_eq!(outcome, [Outcome::Refused(Refused::SmallKey)]);
}

#[test]
fn many_signatures_ask_for_few_keys() {
    let field = EXAMPLE.split("\r\nFrom:").next().expect("signatures stand first").to_owned() + "\r\n";
    let message = format!("{}{}", field.repeat(20), &EXAMPLE[field.len()..]);
    let asked = std::cell::Cell::new(0);
    let results = verify(message.as_bytes(), 0, &|_, _| {
        asked.set(asked.get() + 1);
        KeyAnswer::Absent
    });
    assert_eq!((results.len(), asked.get()), (40, MOST_SIGNATURES));
    assert_eq!(results[39].outcome, Outcome::Refused(Refused::TooMany));
}

/// What dkimpy signs verifies here, in every form; what it signed and somebody changed does not.
#[test]
fn an_independent_signer() {
    const SIGN: &str = r"
import sys, dkim, base64, nacl.signing, subprocess
header, body, algorithm, length, oversign = sys.argv[1:6]
mail = sys.stdin.buffer.read()
if algorithm == 'ed25519-sha256':
    key = nacl.signing.SigningKey(bytes([9] * 32))
    private = base64.b64encode(bytes(key))
    record = 'k=ed25519; p=' + base64.b64encode(bytes(key.verify_key)).decode()
else:
    private = subprocess.run(['openssl', 'genrsa', '-traditional', '2048'], capture_output=True, check=True).stdout
    public = subprocess.run(['openssl', 'rsa', '-pubout', '-outform', 'DER'], input=private, capture_output=True, check=True).stdout
    record = 'v=DKIM1; k=rsa; p=' + base64.b64encode(public).decode()
names = [b'From', b'To', b'Subject', b'Date'] + ([b'From', b'Subject'] if oversign == '1' else [])
signature = dkim.sign(mail, b'sel', b'example.org', private, canonicalize=(header.encode(), body.encode()),
    signature_algorithm=algorithm.encode(), include_headers=names, length=length == '1')
sys.stdout.buffer.write(record.encode() + b'\n' + signature + mail)
";
    // Debian's own: another one that stands before it in the path does not know Debian's modules.
    let python = if std::path::Path::new("/usr/bin/python3").exists() { "/usr/bin/python3" } else { "python3" };
    let there = Command::new(python).args(["-c", "import dkim, nacl"]).output().is_ok_and(|o| o.status.success());
    if !there {
        println!("skipped: python3-dkim and python3-nacl are not installed");
        return;
    }
    let mail = format!("{HEADER}X-Odd:  folded\r\n\tvalue \r\n\r\nNo,  thank you. \r\n\r\n\tAda\r\n\r\n\r\n");
    for algorithm in ["rsa-sha256", "ed25519-sha256"] {
        for header in ["simple", "relaxed"] {
            for body in ["simple", "relaxed"] {
                for (length, oversign) in [("0", "0"), ("1", "0"), ("0", "1")] {
                    let mut run = Command::new(python)
                        .args(["-c", SIGN, header, body, algorithm, length, oversign])
                        .stdin(Stdio::piped())
                        .stdout(Stdio::piped())
                        .spawn()
                        .expect("python3 runs");
                    run.stdin.take().expect("piped").write_all(mail.as_bytes()).expect("written");
                    let output = run.wait_with_output().expect("it ends");
                    assert!(output.status.success());
                    let text = String::from_utf8(output.stdout).expect("ASCII");
                    let (record, signed) = text.split_once('\n').expect("a record, then the mail");
                    let name = format!("{algorithm} {header}/{body} {length} {oversign}");
                    let check =
                        |mail: &str| outcomes(mail.as_bytes(), &|_, _| KeyAnswer::Records(vec![record.to_owned()]));
                    assert_eq!(check(signed), [WHOLE], "{name}");
                    assert_eq!(check(&signed.replace("No,", "Yes,")), [Outcome::Fails(Fails::Body)], "{name}");
                    let other = check(&signed.replace("Subject: The", "Subject: My"));
                    assert_eq!(other, [Outcome::Fails(Fails::Signature)], "{name}");
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn nothing_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300), record in ".{0,80}") {
        let mut message = b"DKIM-Signature: ".to_vec();
        message.extend(&bytes);
        for message in [&message, &bytes] {
            verify(message, 0, &|_, _| KeyAnswer::Records(vec![record.clone()]));
        }
        if let Ok(record) = Record::parse(&record) {
            let _ = record.key(Algorithm::RsaSha256, "a", "a");
        }
        for algorithm in [Algorithm::RsaSha256, Algorithm::Ed25519Sha256] {
            let _ = key::verify(algorithm, &bytes, b"x", b"y");
        }
    }

    /// Any flip of one byte of what is signed is seen.
    #[test]
    fn a_flipped_byte_is_seen(at in 0usize..1000, bit in 0u8..7) {
        let (key, record) = ed25519();
        let signed = sign(HEADER, "No, thank you.\r\nAda\r\n", &TAGS.replace("relaxed", "simple"), &|bytes| {
            key.sign(&Sha256::digest(bytes)).as_ref().to_vec()
        });
        let mut bytes = signed.into_bytes();
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        let found = outcomes(&bytes, &|_, _| KeyAnswer::Records(vec![record.clone()]));
        // Line ends are brought into one form, and what is no signature any more gives no result.
        let ends = bytes.windows(2).any(|two| two == b"\n\n" || (two[0] != b'\r' && two[1] == b'\n') || (two[0] == b'\r' && two[1] != b'\n'));
        prop_assert!(ends || found.iter().all(|outcome| !matches!(outcome, Outcome::Verifies { .. })), "byte {at}");
    }
}
