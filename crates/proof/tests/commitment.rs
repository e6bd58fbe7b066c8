//! The commitment against a plain second implementation of `docs/formats/commitment.md`, and against values that
//! must never change: what was sealed once can be opened for ever.
#![allow(missing_docs)]

mod support;

use countermark_proof::shamir::combine;
use countermark_proof::*;
use ed25519_dalek::SigningKey;
use hkdf::Hkdf;
use sha2::{Digest as _, Sha256};
use support::{Owner, commit, letter, randomness};

type Hash = [u8; 32];

fn enc(fields: &[&[u8]]) -> Vec<u8> {
    fields.iter().flat_map(|field| [&(field.len() as u32).to_be_bytes(), *field].concat()).collect()
}

fn h(fields: &[&[u8]]) -> Hash {
    Sha256::digest(enc(fields)).into()
}

fn be(value: u64) -> [u8; 8] {
    value.to_be_bytes()
}

/// RFC 6962, section 2.1, word for word.
fn root(leaves: &[Hash]) -> Hash {
    if let [leaf] = leaves {
        return Sha256::digest([&[0], leaf.as_slice()].concat()).into();
    }
    let split = (leaves.len() as u64).next_power_of_two() as usize / 2;
    Sha256::digest([&[1], root(&leaves[..split]).as_slice(), &root(&leaves[split..])].concat()).into()
}

fn salt(seed: u8, message: &MessageId, index: usize) -> Hash {
    let mut salt = [0; 32];
    let info = enc(&[b"countermark/salt/1", &be(index as u64)]);
    Hkdf::<Sha256>::new(Some(&message.0), &[seed; 32]).expand(&info, &mut salt).expect("short");
    salt
}

/// All contents with label, public and whether the codebook's seed salts them, in order; recipients apart.
fn contents(sealing: &Sealing) -> Vec<(&'static str, Vec<u8>, Vec<u8>, bool)> {
    let text = &sealing.text;
    let s = &text.settings;
    let marked = u64::from(s.marked_line);
    let mut all = vec![(
        "settings",
        enc(&[&be(text.parts.len() as u64), &be(sealing.copies.len() as u64)]),
        enc(&[
            s.log.origin.as_bytes(),
            &s.log.key,
            &be(s.rules.version.into()),
            s.rules.bias.as_bytes(),
            &be(s.rules.coalition.into()),
            &be(s.rules.eta_thousandths.into()),
            s.rules.spending.as_bytes(),
            &be(s.epsilon),
            &be(s.file_copies.into()),
            s.texts.as_bytes(),
            &be(marked),
        ]),
        false,
    )];
    let keys: Vec<u8> = text.approvers.iter().flat_map(|key| enc(&[key])).collect();
    all.push(("approvers", vec![], [enc(&[&be(2)]), keys].concat(), false));
    let after = text.written.sealed_after.clone().unwrap_or_default();
    all.push(("time", vec![], enc(&[&be(text.written.at), after.as_bytes()]), false));
    for part in &text.parts {
        let class = part.class.number().into();
        all.push(("text", enc(&[&be(class)]), part.text.clone().into_bytes(), false));
    }
    for part in &text.parts {
        all.push(("source", vec![], part.source.clone().into_bytes(), false));
    }
    for copy in &sealing.copies {
        for sites in &sealing.part_sites {
            all.push(("symbols", vec![], sites.iter().map(|site| copy.codeword[*site]).collect(), true));
        }
    }
    for sites in &sealing.part_sites {
        let site = |number: &usize| {
            let site = sealing.sites[*number];
            let tie = site.tie.map_or(0, |tie| u64::from(tie) + 1);
            enc(&[&be(*number as u64), &be(site.alternatives.into()), &be(tie), b""])
        };
        all.push(("sites", vec![], sites.iter().flat_map(site).collect(), true));
    }
    all
}

/// The hidden values of the recipients' pieces.
fn recipients(sealing: &Sealing, seed: u8) -> Vec<Hash> {
    let shared = sealing.text.approvers.len() >= 2;
    let rows = sealing.copies.iter().enumerate();
    rows.map(|(place, copy)| {
        let random = randomness(seed, place).salt;
        let content = match &copy.recipient {
            Recipient::FileCopy => enc(&[b"file copy"]),
            Recipient::Named(name) => enc(&[b"recipient", name.as_bytes()]),
        };
        if shared { h(&[b"countermark/content/1", &random, &content]) } else { random }
    })
    .collect()
}

fn plain_pieces(sealing: &Sealing, seed: u8) -> Vec<Hash> {
    let message = &sealing.text.message;
    let mut all: Vec<_> = contents(sealing)
        .into_iter()
        .enumerate()
        .map(|(index, (label, public, content, codebook))| {
            let salt = salt(if codebook { seed ^ 0xAA } else { seed }, message, index);
            (label, public, h(&[b"countermark/content/1", &salt, &content]))
        })
        .collect();
    all.extend(recipients(sealing, seed).into_iter().map(|hidden| ("recipient", vec![], hidden)));
    let count = be(all.len() as u64);
    let pieces = all.iter().enumerate().map(|(index, (label, public, hidden))| {
        let label = format!("countermark/piece/{label}/1");
        h(&[label.as_bytes(), &message.0, &be(index as u64), &count, public, hidden])
    });
    pieces.collect()
}

fn approvers(count: u8) -> Vec<[u8; 32]> {
    (1..=count).map(|seed| SigningKey::from_bytes(&[seed; 32]).verifying_key().to_bytes()).collect()
}

#[test]
fn the_plain_implementation_agrees() {
    let owner = Owner::new(1);
    let note = owner.proof(0).checkpoint.to_text();
    for count in [0, 1, 2, 5] {
        for after in [None, Some(note.clone())] {
            let mut sealing = letter(&owner, 3);
            sealing.text.approvers = approvers(count);
            sealing.text.written.sealed_after = after;
            assert_eq!(commit(&sealing, 9).commitment, root(&plain_pieces(&sealing, 9)), "{count} approvers");
        }
    }
}

#[test]
fn two_approvers_open_a_recipient_and_one_does_not() {
    let owner = Owner::new(1);
    for count in [0, 1, 2, 5] {
        let mut sealing = letter(&owner, 3);
        sealing.text.approvers = approvers(count);
        let sealed = commit(&sealing, 9);
        let first = plain_pieces(&sealing, 9).len() - sealing.copies.len();
        let pieces = &plain_pieces(&sealing, 9)[first..];
        assert_eq!(sealed.recipients.len(), sealing.copies.len());
        if count < 2 {
            assert!(sealed.shares.is_empty());
            continue;
        }
        assert_eq!(sealed.shares.len(), usize::from(count));
        for (one, other) in sealed.shares.iter().flat_map(|one| sealed.shares.iter().map(move |other| (one, other))) {
            for (copy, piece) in pieces.iter().enumerate() {
                let salt = combine(&one.shares[copy], &other.shares[copy]);
                let expected = (one.approver != other.approver).then(|| randomness(9, copy).salt);
                assert_eq!(salt, expected);
                let piece: Hash = Sha256::digest([&[0], piece.as_slice()].concat()).into();
                assert_eq!(sealed.recipients[copy], piece);
            }
        }
        assert_eq!(sealed.shares[0].approver, sealing.text.approvers[0]);
    }
}

/// A change in any of these values makes every message that was sealed before unprovable.
#[test]
fn what_was_sealed_once_opens_for_ever() {
    let owner = Owner::new(1);
    let mut sealing = letter(&owner, 3);
    sealing.text.approvers = approvers(2);
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let slot = owner.table.slot(77).expect("inside");
    let rows = [
        ("commitment", hex(&commit(&sealing, 9).commitment), COMMITMENT),
        ("nonce", hex(&slot.nonce), NONCE),
        ("tag", hex(&slot.tag(owner.table.table())), TAG),
        ("table's leaf", hex(&owner.leaves[0]), TABLE_LEAF),
        ("reference", Reference::of(&owner.log().key, owner.table.table(), 77).to_string(), REFERENCE),
    ];
    for (what, found, expected) in rows {
        assert_eq!(found, expected, "{what}");
    }
}

const COMMITMENT: &str = "2da5171d6fa2a0af86edd55f381cbe03f47bef5a159a9b6407d92d77b45c8f10";
const NONCE: &str = "731de638d057913cc9908e5c68c017bfea8770a5a83a6c555da2d89ce98a6999";
const TAG: &str = "077a303128681ec26b110293597b65c1fbd6acacb915f1d39fd1894e66cce91a";
const TABLE_LEAF: &str = "010101010101010101010101010101010101010101010101010101010101010145101d780cfd6fab3b7179cb643357b1f56e3aa30a0e4c9ded2bc0b6f233f40b";
const REFERENCE: &str = "002D-NVKT";

#[test]
fn every_input_changes_the_commitment() {
    type Change = fn(&mut Sealing);
    let rows: &[(&str, Change)] = &[
        ("message id", |s| s.text.message.0[15] ^= 1),
        ("log", |s| s.text.settings.log.key[0] ^= 1),
        ("epsilon", |s| s.text.settings.epsilon += 1),
        ("marked line", |s| s.text.settings.marked_line = false),
        ("approver", |s| s.text.approvers = approvers(3)),
        ("approvers' order", |s| s.text.approvers.reverse()),
        ("time", |s| s.text.written.at += 1),
        ("class", |s| s.text.parts[0].class = LengthClass::Over40),
        ("text", |s| s.text.parts[0].text.push(' ')),
        ("source", |s| s.text.parts[0].source.push(' ')),
        ("parts' order", |s| s.text.parts.swap(0, 3)),
        ("another part", |s| {
            s.text.parts.push(support::part("x"));
            s.part_sites.push(vec![]);
        }),
        ("symbol", |s| s.copies[0].codeword[0] = 1),
        ("copies' order", |s| s.copies.swap(0, 1)),
        ("alternatives", |s| s.sites[0].alternatives = 5),
        ("tie", |s| s.sites[0].tie = Some(0)),
        ("sites of a part", |s| s.part_sites[3] = vec![0]),
        ("recipient", |s| s.copies[0].recipient = Recipient::Named("Nobody".to_owned())),
    ];
    let owner = Owner::new(1);
    let mut sealing = letter(&owner, 3);
    sealing.text.approvers = approvers(2);
    let plain = commit(&sealing, 9).commitment;
    for (what, change) in rows {
        let mut changed = sealing.clone();
        change(&mut changed);
        assert_ne!(commit(&changed, 9).commitment, plain, "{what}");
    }
    assert_ne!(commit(&sealing, 10).commitment, plain);
}

#[test]
fn what_does_not_fit_together_is_refused() {
    type Change = fn(&mut Sealing);
    let rows: &[(Change, &str)] = &[
        (|s| s.text.parts.clear(), "parts: 0, expected 1"),
        (|s| s.text.settings.copies = 2, "copies given: 3, expected 2"),
        (|s| s.sites[0].alternatives = 1, "alternatives of a site: 1"),
        (|s| s.sites[0].alternatives = 65, "alternatives of a site: 65"),
        (|s| s.part_sites.truncate(3), "parts with their sites: 3"),
        (|s| s.part_sites[0] = vec![2], "part 1 names site 2"),
        (|s| s.part_sites[0] = vec![1, 1], "part 1 names site 1"),
        (|s| s.copies[1].codeword.truncate(1), "codeword of copy 2 has 1 symbols, expected 2"),
        (|s| s.copies[1].codeword[0] = 2, "copy 2 has symbol 2 at site 0 with 2 alternatives"),
        (|s| s.copies.swap(0, 2), "setting file copies"),
        (|s| s.copies[0].recipient = Recipient::Named(String::new()), "bytes of a recipient: 0"),
        (|s| s.text.written.at = 1 << 53, "writer's time in seconds"),
        (|s| s.text.written.sealed_after = Some(String::new()), "setting checkpoint before"),
        (|s| s.text.written.sealed_after = Some("no note".to_owned()), "setting checkpoint before"),
        (|s| s.text.parts[0].text = "a".repeat((1 << 20) + 1), "bytes of a part's text"),
        (|s| s.text.approvers = vec![[0; 32]], "key of approver 1"),
    ];
    let owner = Owner::new(1);
    let random: Vec<_> = (0..3).map(|copy| randomness(9, copy)).collect();
    let seeds = (TextSeed::from_bytes([1; 32]), CodebookSeed::from_bytes([2; 32]));
    for (change, expected) in rows {
        let mut sealing = letter(&owner, 3);
        change(&mut sealing);
        let error = sealing.commit(&seeds.0, &seeds.1, &random).expect_err(expected).to_string();
        assert!(error.starts_with(expected), "{error} is not {expected}");
    }
    let error = letter(&owner, 3).commit(&seeds.0, &seeds.1, &random[..2]);
    assert_eq!(error, Err(SealingError::Randomness { found: 2, expected: 3 }));
}

#[test]
fn the_text_opens_without_the_codebook_and_nothing_else_does() {
    let owner = Owner::new(1);
    let sealing = letter(&owner, 3);
    let sealed = commit(&sealing, 9);
    let seed = TextSeed::from_bytes([9; 32]);
    let opened = sealing.text.open(&seed, &sealed.rest, &sealed.commitment, &[1, 3, 3]).expect("opens");
    assert_eq!(opened.commitment(), Some(sealed.commitment));
    let open = |text: &SealedText, rest: &[Hash], parts: &[usize]| {
        text.open(&seed, rest, &sealed.commitment, parts).expect_err("must not open")
    };
    assert_eq!(open(&sealing.text, &sealed.rest, &[0]), OpeningError::Part { part: 0, parts: 4 });
    assert_eq!(open(&sealing.text, &sealed.rest, &[5]), OpeningError::Part { part: 5, parts: 4 });
    assert_eq!(open(&sealing.text, &sealed.rest[1..], &[1]), OpeningError::Rest { found: sealed.rest.len() - 1 });
    let mut changed = sealing.text.clone();
    changed.parts[2].text.push('!');
    assert_eq!(open(&changed, &sealed.rest, &[1]), OpeningError::Commitment);
}
