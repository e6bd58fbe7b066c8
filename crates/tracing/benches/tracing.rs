//! How long it takes to find, trace and compare, and how that grows.
//!
//! `trace` is one leak against one message, the master made ready before (as the office keeps it) and the leak
//! tokenised in the measured time; `smith_waterman` is the plain quadratic local alignment of the same words
//! without sites, for the scale. `search` is one leak against an index of many messages.

#![allow(clippy::unwrap_used, reason = "a bench")]

#[path = "../tests/common/mod.rs"]
mod common;

use std::hint::black_box;

use common::{Chance, article, codeword, copy, master, prose};
use countermark_marking::Master;
use countermark_tracing::{Finder, Leak, Tracer, compare};
use divan::Bencher;

fn main() {
    divan::main();
}

fn case(words: usize) -> (Master, String) {
    let mut chance = Chance::new(words as u64);
    let text = prose(&mut chance, words);
    let master = master(&mut chance, &text);
    let codeword = codeword(&mut chance, &master);
    let copy = copy(&master, &codeword);
    (master, copy)
}

/// A whole copy of so many words, traced.
#[divan::bench(args = [30, 100, 300, 1000, 3000, 10_000])]
fn trace_by_message_words(bencher: Bencher, words: usize) {
    let (master, copy) = case(words);
    let tracer = Tracer::new(&master);
    let sites = master.sites().len();
    bencher.bench(|| {
        let trace = tracer.trace(&Leak::new(black_box(&copy))).unwrap();
        assert_eq!(trace.sites_observed(), sites);
    });
}

/// The same from the master on: what a message costs that is looked at for the first time.
#[divan::bench(args = [300])]
fn make_ready_and_trace(bencher: Bencher, words: usize) {
    let (master, copy) = case(words);
    bencher.bench(|| assert!(Tracer::new(black_box(&master)).trace(&Leak::new(&copy)).is_some()));
}

/// A copy of 300 words inside foreign text of so many bytes.
#[divan::bench(args = [10_000, 100_000, 1_000_000])]
fn trace_by_leak_bytes(bencher: Bencher, bytes: usize) {
    let (master, copy) = case(300);
    let mut chance = Chance::new(5);
    let leak = format!("{}\n{}", article(&mut chance, &copy), prose(&mut chance, bytes / 6));
    let tracer = Tracer::new(&master);
    bencher.counter(divan::counter::BytesCount::new(leak.len())).bench(|| {
        assert!(tracer.trace(&Leak::new(black_box(&leak))).unwrap().longest_run > 100);
    });
}

/// The plain way, for the scale: every word of one text against every word of the other, linear gaps.
#[divan::bench(args = [30, 100, 300, 1000, 3000])]
fn smith_waterman(bencher: Bencher, words: usize) {
    let (master, copy) = case(words);
    let sent = master.render_bracketed(&vec![0; master.sites().len()]);
    bencher.bench(|| {
        let a: Vec<String> = countermark_text::words(black_box(&sent)).map(|t| t.canon.into_owned()).collect();
        let b: Vec<String> = countermark_text::words(&copy).map(|t| t.canon.into_owned()).collect();
        let mut best = 0i32;
        let mut row = vec![0i32; b.len() + 1];
        for x in &a {
            let mut diagonal = 0;
            for (j, y) in b.iter().enumerate() {
                let pair = diagonal + if x == y { 10 } else { -8 };
                diagonal = row[j + 1];
                row[j + 1] = pair.max(row[j] - 7).max(row[j + 1] - 7).max(0);
                best = best.max(row[j + 1]);
            }
        }
        assert!(best > words as i32 * 5);
    });
}

fn finder(messages: usize) -> (Finder, String) {
    let mut finder = Finder::new();
    let mut leak = String::new();
    for (id, master) in masters(messages).iter().enumerate() {
        finder.add(id, master);
        if id == messages / 2 {
            let mut chance = Chance::new(9);
            leak = copy(master, &codeword(&mut chance, master));
        }
    }
    (finder, leak)
}

fn masters(messages: usize) -> Vec<Master> {
    let real = common::letters();
    let mut chance = Chance::new(3);
    (0..messages)
        .map(|i| {
            let text = match real.get(i) {
                Some(letter) => letter.clone(),
                None => prose(&mut chance, 300),
            };
            master(&mut chance, &text)
        })
        .collect()
}

/// A leak of about 300 words against so many messages.
#[divan::bench(args = [10, 100, 1000, 10_000], sample_count = 20)]
fn search(bencher: Bencher, messages: usize) {
    let (finder, leak) = finder(messages);
    bencher.bench(|| {
        let hits = finder.search(&Leak::new(black_box(&leak)));
        assert_eq!(hits[0].id, messages / 2);
    });
}

/// Building the index of so many messages.
#[divan::bench(args = [100, 1000, 10_000], sample_count = 3, sample_size = 1)]
fn build(bencher: Bencher, messages: usize) {
    let masters = masters(messages);
    bencher.bench(|| {
        let mut finder = Finder::new();
        for (id, master) in masters.iter().enumerate() {
            finder.add(id, master);
        }
        assert_eq!(finder.len(), messages);
    });
}

/// Two plain texts.
#[divan::bench(args = [300, 3000])]
fn comparison(bencher: Bencher, words: usize) {
    let (master, copy) = case(words);
    let sent = master.render_bracketed(&vec![0; master.sites().len()]);
    bencher.bench(|| assert!(!compare(black_box(&sent), &copy).changes.is_empty()));
}
