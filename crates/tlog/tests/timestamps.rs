//! Timestamps by a real authority, and what must not pass for one.
#![allow(clippy::unwrap_used)]

use countermark_testkit::{Authority, KeyKind, USAGE};
use countermark_tlog::TimestampError as Error;
use countermark_tlog::timestamp::{Anchors, MAX_TOKEN, Stamp, Token, request};
use sha2::{Digest, Sha256};

const NONCE: u64 = 0xfedc_ba98_7654_3210;

/// The options of `openssl cms` for what a time-stamper would sign.
const GOOD: &str = "-cades -econtent_type 1.2.840.113549.1.9.16.1.4 -signer tsa.pem -inkey tsa.key";

fn digest() -> [u8; 32] {
    Sha256::digest(b"a checkpoint").into()
}

fn anchors(authority: &Authority) -> Anchors {
    Anchors::from_pem(&authority.read("ca.pem")).unwrap()
}

fn verify(authority: &Authority, bytes: &[u8]) -> Result<Stamp, Error> {
    Token::parse(bytes)?.verify(&digest(), Some(NONCE), &anchors(authority))
}

/// The `TSTInfo` of a response: from its first bytes (version 1, policy 1.2.3.4.1) on.
fn content(response: &[u8]) -> Vec<u8> {
    let start = [2, 1, 1, 6, 4, 0x2a, 3, 4, 1];
    let at = response.windows(start.len()).position(|window| window == start).unwrap();
    // In front of it stands 30 81 LL.
    assert_eq!(response[at - 3..at - 1], [0x30, 0x81]);
    response[at - 3..at + usize::from(response[at - 1])].to_vec()
}

/// What the authority stamps now. Certificates made later are not valid yet at that time.
fn fresh_content(authority: &Authority) -> Vec<u8> {
    content(&authority.stamp(&request(&digest(), NONCE).unwrap(), "sha256", 0))
}

fn replace(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let at = bytes.windows(from.len()).position(|window| window == from).expect("what is replaced is there");
    [&bytes[..at], to, &bytes[at + from.len()..]].concat()
}

#[test]
fn real_stamps_verify_with_each_key_and_certificate_id() {
    for kind in [KeyKind::Rsa, KeyKind::P256, KeyKind::P384] {
        let Some(authority) = Authority::new(kind) else { return };
        let request = request(&digest(), NONCE).unwrap();
        for (ess, digits) in [("sha1", 0), ("sha256", 0), ("sha512", 3), ("sha256", 6)] {
            let response = authority.stamp(&request, ess, digits);
            let token = Token::parse(&response).unwrap();
            let stamp = token.verify(&digest(), Some(NONCE), &anchors(&authority)).unwrap();
            assert_eq!(stamp.serial, [0x0a, 0x1b, 0x2c, 0x3e], "{kind:?}");
            assert_eq!(stamp.accuracy, Some(1_500_100));
            assert!(stamp.gen_time > 1_700_000_000);
            assert_eq!(stamp.latest(), stamp.gen_time + 2);
            // The bare token says the same, and a kept one needs no nonce.
            let bare = Token::parse(token.der()).unwrap();
            assert_eq!(bare, token);
            assert_eq!(bare.verify(&digest(), None, &anchors(&authority)), Ok(stamp));
        }
    }
}

#[test]
fn the_authority_is_known_by_its_name() {
    let Some(authority) = Authority::new(KeyKind::P256) else { return };
    let response = authority.stamp(&request(&digest(), NONCE).unwrap(), "sha256", 0);
    let stamp = verify(&authority, &response).unwrap();
    // SEQUENCE of SET of SEQUENCE of commonName and a UTF8String.
    let name = [&[0x30, 0x14, 0x31, 0x12, 0x30, 0x10, 6, 3, 0x55, 4, 3, 0x0c, 9][..], b"Stamp One"].concat();
    assert_eq!(stamp.authority, <[u8; 32]>::from(Sha256::digest(name)));
}

#[test]
fn another_digest_nonce_or_root_is_refused() {
    let Some(authority) = Authority::new(KeyKind::P256) else { return };
    let Some(other) = Authority::new(KeyKind::P256) else { return };
    let request_bytes = request(&digest(), NONCE).unwrap();
    let response = authority.stamp(&request_bytes, "sha256", 0);
    let token = Token::parse(&response).unwrap();
    let verify = |digest: &[u8; 32], nonce, of: &Authority| token.verify(digest, nonce, &anchors(of)).unwrap_err();
    assert_eq!(verify(&[0; 32], Some(NONCE), &authority), Error::Imprint);
    assert_eq!(verify(&digest(), Some(NONCE + 1), &authority), Error::Nonce);
    assert!(matches!(verify(&digest(), Some(NONCE), &other), Error::Chain { .. }));
    // Asked without a nonce, the answer has none.
    authority.write("data", b"a checkpoint");
    authority.run("ts -query -data data -sha256 -no_nonce -cert -out plain");
    let plain = Token::parse(&authority.stamp(&authority.read("plain"), "sha256", 0)).unwrap();
    assert_eq!(plain.verify(&digest(), Some(NONCE), &anchors(&authority)), Err(Error::Nonce));
    assert!(plain.verify(&digest(), None, &anchors(&authority)).is_ok());
    // Another hash algorithm is another imprint.
    authority.run("ts -query -data data -sha512 -no_nonce -cert -out long");
    let long = Token::parse(&authority.stamp(&authority.read("long"), "sha256", 0)).unwrap();
    assert_eq!(long.verify(&digest(), None, &anchors(&authority)), Err(Error::Imprint));
    // Without the certificate nothing can be checked.
    authority.run("ts -query -data data -sha256 -no_nonce -out bare");
    let bare = Token::parse(&authority.stamp(&authority.read("bare"), "sha256", 0)).unwrap();
    assert_eq!(bare.verify(&digest(), None, &anchors(&authority)), Err(Error::Certificate));
    // A request that the authority does not take comes back refused.
    authority.run("ts -query -data data -sha1 -out weak");
    assert!(matches!(Token::parse(&authority.stamp(&authority.read("weak"), "sha256", 0)), Err(Error::Refused { .. })));
}

#[test]
fn each_signed_attribute_is_checked() {
    let Some(authority) = Authority::new(KeyKind::Rsa) else { return };
    let response = authority.stamp(&request(&digest(), NONCE).unwrap(), "sha256", 0);
    let content = content(&response);
    let signed = |arguments: &str| verify(&authority, &authority.sign(&content, arguments));
    let good = signed(GOOD).unwrap();
    assert_eq!(good, verify(&authority, &response).unwrap());
    assert_eq!(signed(&format!("{GOOD} -keyid")), Ok(good.clone()));
    for md in ["sha384", "sha512"] {
        assert_eq!(signed(&format!("{GOOD} -md {md}")), Ok(good.clone()), "{md}");
    }
    assert_eq!(signed(&format!("{GOOD} -md sha1")), Err(Error::MessageDigest));
    for other in ["1.2.840.113549.1.7.1", "1.2.840.113549.1.9.16.1.5"] {
        assert_eq!(signed(&GOOD.replace("1.2.840.113549.1.9.16.1.4", other)), Err(Error::ContentType), "{other}");
    }
    assert_eq!(signed(&GOOD.replace("-cades ", "")), Err(Error::Attribute { which: "signing certificate" }));
    assert_eq!(signed(&GOOD.replace("-cades", "-noattr")), Err(Error::Attribute { which: "content type" }));
    assert_eq!(signed(&format!("{GOOD} -nocerts")), Err(Error::Certificate));
    assert_eq!(signed(&format!("{GOOD} -keyopt rsa_padding_mode:pss")), Err(Error::Algorithm));
    // The content no longer has the digest that was signed.
    let later = replace(&response, b"Z0\n\x02\x01\x01", b"Z0\n\x02\x01\x02");
    assert_eq!(verify(&authority, &later), Err(Error::MessageDigest));
    // The signature is the last thing in the token.
    let mut broken = response.clone();
    *broken.last_mut().unwrap() ^= 1;
    assert_eq!(verify(&authority, &broken), Err(Error::Signature));
    // Two signatures.
    authority.key("second.key", KeyKind::P256);
    authority.certificate("second", "second.key", "/CN=Stamp Two", 8, USAGE);
    let two = signed(&format!("{GOOD} -signer second.pem -inkey second.key"));
    assert_eq!(two, Err(Error::Structure { part: "signatures: exactly one is needed" }));
}

#[test]
fn the_signed_certificate_id_must_be_the_signer_s() {
    let Some(authority) = Authority::new(KeyKind::Rsa) else { return };
    // The same key, issuer and serial in another certificate: only the ESS attribute tells them apart.
    authority.certificate("twin", "tsa.key", "/CN=Stamp Two", 7, USAGE);
    for ess in ["sha1", "sha256", "sha384"] {
        let response = authority.stamp(&request(&digest(), NONCE).unwrap(), ess, 0);
        assert!(verify(&authority, &response).is_ok());
        let swapped = replace(&response, &authority.read("tsa.der"), &authority.read("twin.der"));
        assert_eq!(verify(&authority, &swapped), Err(Error::CertificateId), "{ess}");
    }
}

#[test]
fn only_certificates_for_time_stamping_alone_stamp() {
    let Some(authority) = Authority::new(KeyKind::P256) else { return };
    let rows = [
        (USAGE, true),
        ("extendedKeyUsage=timeStamping", false),
        ("extendedKeyUsage=critical,timeStamping,emailProtection", false),
        ("extendedKeyUsage=critical,emailProtection", false),
        ("keyUsage=critical,digitalSignature", false),
    ];
    for (extensions, good) in rows {
        authority.certificate("other", "tsa.key", "/CN=Stamp Two", 9, extensions);
        let found =
            verify(&authority, &authority.sign(&fresh_content(&authority), &GOOD.replace("tsa.pem", "other.pem")));
        assert_eq!(found.err(), (!good).then_some(Error::Usage), "{extensions}");
    }
}

#[test]
fn the_chain_must_hold_at_the_time_stamped() {
    let Some(authority) = Authority::new(KeyKind::P256) else { return };
    let content = content(&authority.stamp(&request(&digest(), NONCE).unwrap(), "sha256", 0));
    let at = content.windows(2).position(|pair| pair == [0x18, 15]).unwrap() + 2;
    for (time, good) in [("20010203040506Z", false), ("20991231235959Z", false), ("", true)] {
        let mut content = content.clone();
        content[at..at + time.len()].copy_from_slice(time.as_bytes());
        let found = verify(&authority, &authority.sign(&content, GOOD));
        assert_eq!(matches!(found, Err(Error::Chain { .. })), !good, "{time}: {found:?}");
    }
    // A forged "root" that calls itself the same.
    authority.run("req -x509 -newkey rsa:2048 -nodes -keyout fake.key -subj /CN=Root -days 30 -out fake.pem");
    let token = Token::parse(&authority.sign(&content, GOOD)).unwrap();
    let fake = Anchors::from_pem(&authority.read("fake.pem")).unwrap();
    assert!(matches!(token.verify(&digest(), None, &fake), Err(Error::Chain { .. })));
    let both = [authority.read("fake.pem"), b"some words\n".to_vec(), authority.read("ca.pem")].concat();
    assert!(token.verify(&digest(), None, &Anchors::from_pem(&both).unwrap()).is_ok());
}

#[test]
fn a_chain_through_an_intermediate_in_the_token_holds() {
    let Some(authority) = Authority::new(KeyKind::P256) else { return };
    authority.key("middle.key", KeyKind::P256);
    authority.certificate("middle", "middle.key", "/CN=Middle", 20, "basicConstraints=critical,CA:TRUE");
    authority.write("extensions", format!("{USAGE}\n").as_bytes());
    authority.run("req -new -key tsa.key -subj /CN=Low -out csr");
    authority.run(
        "x509 -req -in csr -CA middle.pem -CAkey middle.key -set_serial 21 -days 20 -extfile extensions -out low.pem",
    );
    let content = fresh_content(&authority);
    let good = GOOD.replace("tsa.pem", "low.pem");
    verify(&authority, &authority.sign(&content, &format!("{good} -certfile middle.pem"))).unwrap();
    assert!(matches!(verify(&authority, &authority.sign(&content, &good)), Err(Error::Chain { .. })));
    // A certificate that may not issue others does not make a chain.
    authority.certificate("middle", "middle.key", "/CN=Middle", 20, "basicConstraints=critical,CA:FALSE");
    let content = fresh_content(&authority);
    let found = verify(&authority, &authority.sign(&content, &format!("{good} -certfile middle.pem")));
    assert!(matches!(found, Err(Error::Chain { .. })));
}

#[test]
fn no_flipped_bit_changes_what_a_token_says() {
    let Some(authority) = Authority::new(KeyKind::P256) else { return };
    let response = authority.stamp(&request(&digest(), NONCE).unwrap(), "sha256", 0);
    let good = verify(&authority, &response).unwrap();
    let anchors = anchors(&authority);
    let mut refused = 0;
    for at in 0..response.len() {
        let mut bent = response.clone();
        bent[at] ^= 1 << (at % 8);
        match Token::parse(&bent).and_then(|token| token.verify(&digest(), Some(NONCE), &anchors)) {
            // What is not signed (the root beside the anchor, say) may change.
            Ok(stamp) => assert_eq!(stamp, good, "byte {at}"),
            Err(_) => refused += 1,
        }
    }
    assert!(refused > response.len() / 2, "{refused} of {}", response.len());
    for cut in 0..response.len() {
        assert!(Token::parse(&response[..cut]).is_err(), "cut at {cut}");
    }
    let padded = [response.as_slice(), &[0]].concat();
    assert!(Token::parse(&padded).is_err());
}

#[test]
fn bad_anchors_and_bombs_are_refused() {
    let anchors = |pem: &[u8]| Anchors::from_pem(pem).unwrap_err();
    assert_eq!(anchors(b""), Error::Anchors { what: "there is no certificate" });
    assert_eq!(anchors(b"words"), Error::Anchors { what: "there is no certificate" });
    let malformed = b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    assert_eq!(anchors(malformed), Error::Anchors { what: "a certificate is malformed" });
    let cut = b"-----BEGIN CERTIFICATE-----\nMAA=\n";
    assert_eq!(anchors(cut), Error::Anchors { what: "the PEM is malformed" });
    assert_eq!(anchors(&vec![b'\n'; 2_000_000]), Error::Anchors { what: "the file is too large" });
    assert!(matches!(Token::parse(&vec![0x30; MAX_TOKEN + 1]), Err(Error::TooLarge { .. })));
    let mut deep = Vec::new();
    for _ in 0..10_000 {
        let length = deep.len();
        let mut head =
            if length < 128 { vec![0x30, length as u8] } else { vec![0x30, 0x82, (length >> 8) as u8, length as u8] };
        if (128..256).contains(&length) {
            head = vec![0x30, 0x81, length as u8];
        }
        head.extend(&deep);
        deep = head;
    }
    assert!(matches!(Token::parse(&deep), Err(Error::Bomb { what: "levels", .. })));
    let wide = [vec![0x30, 0x82, 0x80, 0], [5, 0].repeat(0x4000)].concat();
    assert!(matches!(Token::parse(&wide), Err(Error::Bomb { what: "elements", .. })));
}
