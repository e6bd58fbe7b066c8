//! What screening is measured beside: a hash map of all 8-word runs, and tantivy.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::time::Duration;

use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, Occur, Query, TermQuery};
use tantivy::schema::{FAST, IndexRecordOption, STORED, Schema, TEXT, Value};
use tantivy::{Index, TantivyDocument, Term};

use crate::{Messages, Post, What, all_cpu, cpu};

pub fn run(size: u64, messages: &Messages<'_>, posts: &[Post], which: &str) {
    if which.contains("hash") {
        hash_map(size, messages, posts);
    }
    if which.contains("tantivy") {
        search_engine(size, messages, posts);
    }
}

/// Hashes are hashes already.
#[derive(Default)]
struct Passing(u64);

impl Hasher for Passing {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.0 = self.0.rotate_left(8) ^ u64::from(byte));
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Calls `visit` with the hash of each run of 8 canonical words.
fn runs(text: &str, mut visit: impl FnMut(u64)) {
    let mut last = [0u64; 8];
    for (i, word) in countermark_text::words(text).enumerate() {
        let hash = word
            .canon
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325u64, |h, byte| (h ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        last.rotate_left(1);
        last[7] = hash;
        if i >= 7 {
            visit(last.iter().fold(0, |h: u64, word| (h.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        }
    }
}

fn hash_map(size: u64, messages: &Messages<'_>, posts: &[Post]) {
    // One message a run: those after the first are not kept, which flatters it in size and speed.
    let mut map: HashMap<u64, u32, BuildHasherDefault<Passing>> = HashMap::default();
    let mut spent = Duration::ZERO;
    for number in 0..size {
        let text = messages.text(number);
        let start = cpu();
        runs(&text, |hash| {
            map.entry(hash).or_insert(number as u32);
        });
        spent += cpu() - start;
    }
    let start = cpu();
    let mut leaks = (0, 0);
    for post in posts {
        let mut found = false;
        runs(&post.text, |hash| found |= map.contains_key(&hash));
        if let What::Leak(..) = post.what {
            leaks = (leaks.0 + 1, leaks.1 + u64::from(found));
        }
    }
    let look = cpu() - start;
    // A slot of 16 bytes and a control byte, at most 7 of 8 filled, a power of two.
    let slots = (map.len() as f64 * 8.0 / 7.0).log2().ceil().exp2();
    println!(
        "hash map of all 8-word runs (one message a run): {:.0} bytes a message, built in {:.1} CPU s, {:.1} µs a post ({:.0} posts/s), {} of {} leaks share a run",
        slots * 17.0 / size as f64,
        spent.as_secs_f64(),
        look.as_secs_f64() * 1e6 / posts.len() as f64,
        posts.len() as f64 / look.as_secs_f64(),
        leaks.1,
        leaks.0
    );
}

fn search_engine(size: u64, messages: &Messages<'_>, posts: &[Post]) {
    let dir = std::env::temp_dir().join(format!("countermark-tantivy-{}", std::process::id()));
    std::fs::create_dir_all(&dir).expect("a folder");
    let mut schema = Schema::builder();
    let text = schema.add_text_field("text", TEXT);
    let number = schema.add_u64_field("number", STORED | FAST);
    let index = Index::create_in_dir(&dir, schema.build()).expect("an index");
    let start = all_cpu();
    let mut making = Duration::ZERO;
    let mut writer = index.writer_with_num_threads(1, 200_000_000).expect("a writer");
    for i in 0..size {
        let before = this_cpu();
        let shown = messages.text(i).into_owned();
        making += this_cpu() - before;
        let mut document = TantivyDocument::default();
        document.add_text(text, shown);
        document.add_u64(number, i);
        writer.add_document(document).expect("taken");
    }
    writer.commit().expect("written");
    writer.wait_merging_threads().expect("merged");
    let built = (all_cpu() - start).saturating_sub(making);
    let bytes: u64 = std::fs::read_dir(&dir)
        .expect("a folder")
        .flatten()
        .filter_map(|entry| entry.metadata().ok())
        .map(|m| m.len())
        .sum();
    let reader = index.reader().expect("a reader");
    let searcher = reader.searcher();
    let mut tokenizer = index.tokenizer_for_field(text).expect("a tokenizer");
    let some: Vec<&Post> = posts.iter().step_by(posts.len() / 200).collect();
    let (mut leaks, mut first) = (0, 0);
    let start = cpu();
    for post in &some {
        let mut terms = Vec::new();
        tokenizer.token_stream(&post.text).process(&mut |token| terms.push(Term::from_field_text(text, &token.text)));
        terms.sort();
        terms.dedup();
        let query = BooleanQuery::new(
            terms
                .into_iter()
                .map(|term| {
                    (Occur::Should, Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)) as Box<dyn Query>)
                })
                .collect(),
        );
        let best = searcher.search(&query, &TopDocs::with_limit(1)).expect("an answer");
        if let What::Leak(_, owner) = post.what {
            leaks += 1;
            if let Some((_, address)) = best.first() {
                let document: TantivyDocument = searcher.doc(*address).expect("stored");
                first += u64::from(document.get_first(number).and_then(|value| value.as_u64()) == Some(owner));
            }
        }
    }
    let look = cpu() - start;
    println!(
        "tantivy (terms of the post, any of them, the best message): {:.0} bytes a message, built in {:.1} CPU s, {:.0} µs a post ({:.0} posts/s, {} posts), the right message first for {first} of {leaks} leaks",
        bytes as f64 / size as f64,
        built.as_secs_f64(),
        look.as_secs_f64() * 1e6 / some.len() as f64,
        some.len() as f64 / look.as_secs_f64(),
        some.len()
    );
    let _ = std::fs::remove_dir_all(&dir);
}

/// CPU time of this thread.
fn this_cpu() -> std::time::Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    std::time::Duration::from_nanos(stat.split(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0))
}
