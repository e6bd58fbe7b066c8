//! The use cases on a real SQLite file and a real folder: seal, trace, prove. Each answer is checked.
//!
//! What is not measured: unlocking (Argon2id, about 0.16 s on purpose). The journal, the log and the vault are synced to the disk that
//! the temporary directory lies on, so `seal` measures that disk as much as the program.
#![allow(missing_docs, clippy::unwrap_used)]

use std::path::Path;

use countermark_codebook::Epsilon;
use countermark_marking::Master;
use countermark_office::{Founding, Office, ProveRequest, SealRequest, Shows, To};
use countermark_proof::{TableSize, VerifyOptions, verify};
use countermark_testkit::rng;
use countermark_tlog::directory::Folder;
use countermark_vault::{Kdf, Unlock, Vault};
use countermark_vault_sqlite::SqliteStore;
use divan::Bencher;

fn main() {
    divan::main();
}

/// A letter of 300 words with 40 sites of two alternatives. Its words are drawn from some thousand invented ones, so that two letters
/// share no run of words, as two real ones hardly do.
fn letter(number: usize) -> Master {
    let mut state = number as u64 + 1;
    let mut draw = move |below: u64| {
        // Knuth's MMIX generator; the high bits are the good ones.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let syllables = ["ba", "do", "ki", "lu", "ne", "pra", "so", "ti", "vo", "zem"];
    let mut word = || (0..3).map(|_| syllables[draw(10) as usize]).collect::<String>();
    let mut text = String::new();
    for site in 0..40 {
        let (a, b, c, d, e, f) = (word(), word(), word(), word(), word(), word());
        let opening = if site % 3 == 0 { "The " } else { "" };
        text.push_str(&format!("{opening}{a} {b} {{should|ought}} {c} {d} {e} {f}"));
        text.push_str(if site % 3 == 2 { ". " } else { " " });
    }
    Master::parse(&text).unwrap()
}

fn office(dir: &Path) -> Office {
    let store = Box::new(SqliteStore::create(&dir.join("v.db")).unwrap());
    let vault = Vault::create(store, Unlock::Passphrase("p"), Kdf::CHEAP, Box::new(rng(3))).unwrap();
    let founding = Founding { origin: Some("bench.example/log"), table: TableSize::FULL };
    let log = Folder::create(&dir.join("v.log")).unwrap();
    Office::create(vault, log, &dir.join("v.looks"), founding, "bench", Box::new(|| 1_900_000_000_000)).unwrap()
}

fn request(number: usize, copies: u32) -> SealRequest {
    SealRequest {
        master: letter(number),
        to: To::Numbers(copies),
        epsilon: Epsilon::default(),
        marked_line: true,
        print_reference: false,
        as_sent: None,
        max_recipients: 50,
    }
}

/// Durable: the message is in the vault and its leaf in the log when this returns.
#[divan::bench(args = [1, 8, 50, 200, 1000], sample_count = 10)]
fn seal(bencher: Bencher, copies: u32) {
    let dir = tempfile::tempdir().unwrap();
    let mut office = office(dir.path());
    let request = request(0, copies);
    bencher.bench_local(|| assert_eq!(office.seal_now(&request).unwrap().copies.len(), copies as usize));
}

/// A leak of one whole copy, asked about: the look is spent at the first call and costs nothing afterwards, but each call is noted in
/// the audit trail, durably.
#[divan::bench(args = [8, 50, 200, 1000], sample_count = 20)]
fn trace_asked(bencher: Bencher, copies: u32) {
    let dir = tempfile::tempdir().unwrap();
    let mut office = office(dir.path());
    let text = office.seal_now(&request(0, copies)).unwrap().copies[4].text.clone();
    let mut search = office.search().unwrap();
    bencher.bench_local(|| {
        let finding = search.trace(&text, Some("bench")).unwrap();
        assert_eq!(finding.messages[0].named, [Some("5".to_owned())]);
    });
}

/// The same without a reason: nothing is written.
#[divan::bench(args = [1, 10, 100, 1000], sample_count = 20)]
fn trace_among_messages(bencher: Bencher, messages: usize) {
    // In memory where there is such a place: a thousand sealings would take a minute on a disk, and none is measured here.
    let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let mut office = office(dir.path());
    let text = office.seal_now(&request(0, 50)).unwrap().copies[4].text.clone();
    for number in 1..messages {
        office.seal_now(&request(number, 2)).unwrap();
    }
    let mut search = office.search().unwrap();
    bencher.bench_local(|| {
        let finding = search.trace(&text, None).unwrap();
        assert_eq!(finding.messages[0].sites_observed, 40);
    });
}

/// Opening all messages and indexing them: what the first text of a run costs beside.
#[divan::bench(args = [10, 100, 1000], sample_count = 5)]
fn index_messages(bencher: Bencher, messages: usize) {
    let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let mut office = office(dir.path());
    for number in 0..messages {
        office.seal_now(&request(number, 2)).unwrap();
    }
    bencher.bench_local(|| {
        assert!(office.search().is_ok());
    });
}

#[divan::bench(sample_count = 20)]
fn prove_and_verify(bencher: Bencher) {
    let dir = tempfile::tempdir().unwrap();
    let mut office = office(dir.path());
    let sealed = office.seal_now(&request(0, 9)).unwrap();
    bencher.bench_local(|| {
        let request = ProveRequest {
            message: &sealed.reference,
            parts: Some(vec![2, 3]),
            capture: None,
            words: None,
            shows: Shows::Text,
        };
        let bundle = office.prove::<countermark_office::Error>(&request, |_| Ok(())).unwrap();
        assert!(verify(&bundle.bytes, &VerifyOptions::default()).valid);
    });
}
