//! What sealing and verifying cost. Every bench checks its answer.

#[path = "../tests/support/mod.rs"]
mod support;

use countermark_proof::*;
use countermark_tlog::timestamp::{Anchors, Token, request};
use divan::Bencher;
use support::{Owner, letter, part, randomness};

fn main() {
    divan::main();
}

/// A letter of `parts` parts of some 15 words with two sites each, in `copies` copies, one of them a file copy.
fn page(owner: &Owner, parts: usize, copies: usize) -> Sealing {
    let mut sealing = letter(owner, 3);
    let text = "We shall open the bridge at Lenz on the first of May, before your answer comes. ";
    sealing.text.parts = vec![part(text); parts];
    sealing.text.settings.copies = copies as u32;
    sealing.sites = vec![SealedSite { alternatives: 2, tie: None }; 2 * parts];
    sealing.part_sites = (0..parts).map(|part| vec![2 * part, 2 * part + 1]).collect();
    sealing.copies = (0..copies)
        .map(|copy| SealedCopy {
            recipient: if copy + 1 < copies { Recipient::Named(format!("{copy}")) } else { Recipient::FileCopy },
            codeword: (0..2 * parts).map(|site| (copy >> (site % 10) & 1) as u8).collect(),
        })
        .collect();
    sealing
}

/// One page of 30 parts, half of them open, in a log of some 250 entries.
fn one_page() -> (Owner, Bundle) {
    let mut owner = Owner::with_table(1, TableSize::FULL);
    owner.dummies(200);
    let sealing = page(&owner, 30, 50);
    let message = owner.seal(&sealing, 11, 777_777);
    owner.dummies(50);
    let open: Vec<usize> = (1..=15).collect();
    let bundle = owner.bundle(&message, &open);
    (owner, bundle)
}

/// Without a token: JSON, hashes and one signature.
#[divan::bench]
fn verify_one_page(bencher: Bencher<'_, '_>) {
    let (owner, bundle) = one_page();
    let (key, bytes) = (owner.key(), bundle.to_bytes());
    println!("one page, 15 of 30 parts open, no token: {} bytes", bytes.len());
    bencher.bench(|| {
        let options = VerifyOptions { log_key: Some(&key), ..VerifyOptions::default() };
        let report = verify(divan::black_box(&bytes), &options);
        assert!(report.valid && report.opened.len() == 15);
    });
}

/// A copy's row of 29 sites beside the text that was published, with a name under two signatures.
#[divan::bench]
fn verify_a_row(bencher: Bencher<'_, '_>) {
    let letter = support::rows::Letter::new();
    let bytes = support::forged_rows::named(&letter).to_bytes();
    println!("a row of {} sites with a name: {} bytes", letter.master.sites().len(), bytes.len());
    let key = letter.owner.key();
    bencher.bench(|| {
        let options = VerifyOptions { log_key: Some(&key), tables: Tables::AlsoSmall, ..VerifyOptions::default() };
        let report = verify(divan::black_box(&bytes), &options);
        assert!(report.row.is_some_and(|row| row.copy == 4 && row.name.is_some()));
    });
}

/// With a token that `openssl ts` made (P-256, its authority RSA) and its certificates.
#[divan::bench]
fn verify_one_page_stamped(bencher: Bencher<'_, '_>) {
    let Some(authority) = countermark_testkit::Authority::new(countermark_testkit::KeyKind::P256) else { return };
    let anchors = Anchors::from_pem(&authority.read("ca.pem")).expect("a certificate");
    let (owner, mut bundle) = one_page();
    let imprint = stamped(bundle.proof.checkpoint.checkpoint());
    let response = authority.stamp(&request(&imprint, 7).expect("a request"), "sha256", 0);
    bundle.token = Some(Token::parse(&response).expect("a token").der().to_vec());
    let (key, bytes) = (owner.key(), bundle.to_bytes());
    println!("one page, 15 of 30 parts open, one token: {} bytes", bytes.len());
    let stampers = Stampers(&anchors);
    bencher.bench(|| {
        let options = VerifyOptions { log_key: Some(&key), timestamps: Some(&stampers), ..VerifyOptions::default() };
        let report = verify(divan::black_box(&bytes), &options);
        assert!(report.valid && report.sealed_before.is_some());
    });
}

#[divan::bench(args = [(30, 1), (30, 50), (100, 1_000)])]
fn commit(bencher: Bencher<'_, '_>, (parts, copies): (usize, usize)) {
    let owner = Owner::new(1);
    let sealing = page(&owner, parts, copies);
    let random: Vec<_> = (0..copies).map(|copy| randomness(1, copy)).collect();
    let seeds = (TextSeed::from_bytes([1; 32]), CodebookSeed::from_bytes([2; 32]));
    let expected = sealing.commit(&seeds.0, &seeds.1, &random).expect("seals").commitment;
    bencher.bench(|| {
        let sealed = divan::black_box(&sealing).commit(&seeds.0, &seeds.1, &random).expect("seals");
        assert_eq!(sealed.commitment, expected);
    });
}

#[divan::bench]
fn open(bencher: Bencher<'_, '_>) {
    let mut owner = Owner::new(1);
    let sealing = page(&owner, 30, 50);
    let message = owner.seal(&sealing, 11, 7);
    bencher.bench(|| owner.bundle(divan::black_box(&message), &[1, 2]).opening);
}

/// The whole table of 2^20 slots: once when a vault is made.
#[divan::bench(sample_count = 5)]
fn table(bencher: Bencher<'_, '_>) {
    let secret = TableSecret::new([1; 32], [2; 32], TableSize::FULL);
    bencher.bench(|| {
        let tree = TableTree::build(divan::black_box(&secret));
        assert_ne!(tree.root(), [0; 32]);
    });
}

/// A slot's path from the kept levels: once for every bundle.
#[divan::bench]
fn path(bencher: Bencher<'_, '_>) {
    let secret = TableSecret::new([1; 32], [2; 32], TableSize::FULL);
    let tree = TableTree::build(&secret);
    let (slot, kept) = (secret.slot(123_456).expect("inside"), tree.to_bytes());
    bencher.bench(|| {
        let tree = TableTree::from_bytes(TableSize::FULL, &kept).expect("its own bytes");
        let path = tree.path(&secret, 123_456).expect("inside");
        assert_eq!(root_from_path(secret.table(), TableSize::FULL, &slot, &path), Some(tree.root()));
    });
}
