//! Recall, false alarms, speed and size of screening; see the report that it prints.

mod chance;
mod generator;
mod peers;
mod posts;

use std::collections::BTreeMap;
use std::time::Duration;

use chance::Chance;
use countermark_mapped::Mapped;
use countermark_screening::{Builder, Key, Manifest, Screener, Screening, Segment};
use generator::Generator;
use posts::{KINDS, Kind};

/// A real letter: the volume it stands in, its text.
struct Letter {
    volume: String,
    text: String,
}

/// A post, and whose it is: the number of a message, or nobody's.
pub struct Post {
    text: String,
    what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    Leak(Kind, u64),
    /// Made by the generator from letters that are not registered.
    SameGenre,
    /// Real letters that are not registered.
    RealLetter,
    OtherGenre,
}

/// CPU time of all of this process's threads that run.
pub fn cpu() -> Duration {
    let nanos = |path: std::path::PathBuf| -> u64 {
        let stat = std::fs::read_to_string(path).unwrap_or_default();
        stat.split(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0)
    };
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    Duration::from_nanos(tasks.map(|task| nanos(task.path().join("schedstat"))).sum())
}

/// CPU time of the whole process, ended threads too, to a hundredth of a second.
pub fn all_cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<i64> = stat.rsplit(')').next().unwrap_or("").split(' ').filter_map(|n| n.parse().ok()).collect();
    // Behind the state: the 11th and 12th numbers are user and system time in ticks of 10 ms.
    Duration::from_millis(10 * fields.get(10..12).map_or(0, |ticks| ticks.iter().sum::<i64>().unsigned_abs()))
}

/// A line of the process's status, in kB.
fn resident(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    line.trim_start_matches(':').split_whitespace().next().and_then(|n| n.parse().ok()).unwrap_or(0)
}

fn crc(text: &str) -> u32 {
    !text.bytes().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

fn letters(dir: &str) -> Vec<Letter> {
    let mut out = Vec::new();
    for file in ["frus-letters.jsonl", "frus-sample.jsonl"] {
        let text = std::fs::read_to_string(format!("{dir}/{file}")).expect("the corpus of real letters: --corpus DIR");
        for line in text.lines() {
            let value: serde_json::Value = serde_json::from_str(line).expect("a letter a line");
            let field = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
            out.push(Letter { volume: field("volume"), text: field("text") });
        }
    }
    out
}

/// At most about `size` bytes of a text, to a character's end.
fn head(text: &str, size: usize) -> &str {
    let mut end = size.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

fn make_posts(real: &[String], unseen: &[String], fresh: &Generator, docs: &[String], count: usize) -> Vec<Post> {
    let mut out = Vec::new();
    let mut chance = Chance::new(5, 1);
    let each = count / 20 / KINDS.len();
    for kind in KINDS {
        for i in 0..each {
            let number = chance.below(real.len());
            let around = if i % 2 == 0 {
                docs[chance.below(docs.len())].clone()
            } else {
                fresh.letter(1 << 40 | chance.next() >> 30)
            };
            let text = posts::leak(kind, &real[number], head(&around, 1000), &mut chance);
            out.push(Post { text, what: What::Leak(kind, number as u64) });
        }
    }
    out.extend(unseen.iter().map(|text| Post { text: head(text, 1100).to_owned(), what: What::RealLetter }));
    let clean = count - count / 20;
    for i in 0..clean / 2 {
        out.push(Post { text: head(&fresh.letter(1 << 50 | i as u64), 1100).to_owned(), what: What::SameGenre });
    }
    out.extend(docs.iter().cycle().take(clean / 2).map(|text| Post { text: text.clone(), what: What::OtherGenre }));
    out
}

fn handle(number: u64) -> u64 {
    Chance::new(77, number).next()
}

/// The registered text with a number: the real letters first.
pub struct Messages<'a> {
    real: &'a [String],
    generator: &'a Generator,
}

impl Messages<'_> {
    pub fn text(&self, number: u64) -> std::borrow::Cow<'_, str> {
        match self.real.get(number as usize) {
            Some(text) => text.into(),
            None => self.generator.letter(number).into(),
        }
    }
}

#[derive(Default, Clone)]
struct Tally {
    posts: u64,
    found: u64,
    matched: u64,
    alarmed: u64,
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let option = |name: &str, default: &str| {
        let at = arguments.iter().position(|argument| argument == name);
        at.and_then(|at| arguments.get(at + 1)).cloned().unwrap_or_else(|| default.to_owned())
    };
    let corpus = option("--corpus", "../../../shared/corpus");
    let half: u32 = option("--half", "1").parse().expect("0 or 1");
    let count: usize = option("--posts", "20000").parse().expect("a number");
    let peers = option("--peers", "hash,tantivy");
    let sizes: Vec<u64> =
        option("--sizes", "10000,100000,1000000").split(',').map(|n| n.parse().expect("a number")).collect();
    let show: usize = option("--show", "0").parse().expect("a number");

    let all = letters(&corpus);
    let mine: Vec<&Letter> = all.iter().filter(|letter| crc(&letter.volume) % 2 == half).collect();
    let part = |n: u32| -> Vec<String> {
        mine.iter().filter(|letter| crc(&letter.volume) / 2 % 2 == n).map(|letter| letter.text.clone()).collect()
    };
    let (real, unseen) = (part(1), part(0));
    let known = Generator::new(&real, 1);
    let fresh = Generator::new(&unseen, 2);
    let docs = posts::documentation(1100, count / 2);
    let posts = make_posts(&real, &unseen, &fresh, &docs, count);
    println!(
        "real letters registered {}, not registered {}; pieces of documentation {}",
        real.len(),
        unseen.len(),
        docs.len()
    );
    let messages = Messages { real: &real, generator: &known };
    for size in sizes {
        run(size, &messages, &posts, show);
        peers::run(size, &messages, &posts, &peers);
    }
}

fn run(size: u64, messages: &Messages<'_>, posts: &[Post], show: usize) {
    println!("\n## {size} messages");
    let key = Key::new(&[11; 32]);
    let mut builder = Builder::new(&key);
    let (mut spent, mut bytes, mut made) = (Duration::ZERO, 0, 0);
    let mut batch: Vec<(u64, String)>;
    while made < size {
        // Made by several threads, which is not what is measured.
        let upto = size.min(made + 4000);
        batch = std::thread::scope(|scope| {
            let parts: Vec<_> = (0..4)
                .map(|part| {
                    let numbers = (made + part..upto).step_by(4);
                    scope.spawn(move || numbers.map(|n| (handle(n), messages.text(n).into_owned())).collect::<Vec<_>>())
                })
                .collect();
            parts.into_iter().flat_map(|part| part.join().expect("no panic")).collect()
        });
        made = upto;
        let start = cpu();
        for (handle, text) in &batch {
            bytes += text.len();
            builder.add_text(*handle, text).expect("room");
        }
        spent += cpu() - start;
    }
    let start = cpu();
    let file = builder.finish();
    spent += cpu() - start;
    println!(
        "bytes a text {}, index {:.0} bytes a message, built in {:.1} CPU s",
        bytes as u64 / size,
        file.len() as f64 / size as f64,
        spent.as_secs_f64()
    );

    let path = std::env::temp_dir().join(format!("countermark-{}.segment", std::process::id()));
    std::fs::write(&path, &file).expect("room in the temporary folder");
    drop(file);
    let start = std::time::Instant::now();
    let segment = Segment::open(Mapped::open(&path).expect("just written")).expect("just made");
    let mut manifest = Manifest::new(&key);
    manifest.add(&segment);
    let screener = Screener::new(key.clone(), &manifest, vec![segment]).expect("just made");
    let first = screener.screen(&posts[0].text).matches.len();
    println!(
        "opened from disk (pages in the cache), first post answered: {:.1} ms [{first}]",
        start.elapsed().as_secs_f64() * 1e3
    );
    println!("memory without the index: {} MB", resident("RssAnon") / 1000);
    // As it is after some hours: every block was checked once, and its pages are there.
    drop(screener);
    let segment = Segment::open(Mapped::open(&path).expect("just written")).expect("just made");
    segment.verify().expect("just made");
    let screener = Screener::new(key, &manifest, vec![segment]).expect("just made");
    let _ = std::fs::remove_file(&path);
    posts.iter().take(500).for_each(|post| drop(screener.screen(&post.text)));
    let start = cpu();
    let answers: Vec<Screening> = posts.iter().map(|post| screener.screen(&post.text)).collect();
    let spent = cpu() - start;
    let start = cpu();
    let tokens: usize = posts
        .iter()
        .map(|post| countermark_text::tokens(&post.text).map(|token| token.canon.len()).sum::<usize>())
        .sum();
    let tokenising = cpu() - start;
    let each = |time: Duration| time.as_secs_f64() * 1e6 / posts.len() as f64;
    let work: u64 = answers.iter().map(|answer| answer.work).sum();
    println!(
        "a post {:.1} µs, tokenising alone {:.1} µs ({:.2} x), {:.0} posts/s; entries read {:.1} a post [{tokens}]",
        each(spent),
        each(tokenising),
        spent.as_secs_f64() / tokenising.as_secs_f64(),
        posts.len() as f64 / spent.as_secs_f64(),
        work as f64 / posts.len() as f64
    );
    let kinds: [(&str, fn(&What) -> bool); 3] = [
        ("SameGenre", |what| *what == What::SameGenre),
        ("OtherGenre", |what| *what == What::OtherGenre),
        ("leaks", |what| matches!(what, What::Leak(..))),
    ];
    for (kind, is) in kinds {
        let some: Vec<&Post> = posts.iter().filter(|post| is(&post.what)).collect();
        let start = cpu();
        some.iter().for_each(|post| drop(screener.screen(&post.text)));
        let spent = cpu() - start;
        println!("{kind}: {:.1} µs a post", spent.as_secs_f64() * 1e6 / some.len() as f64);
    }
    println!(
        "memory after all posts: {} MB of the program's own, {} MB of the index's pages",
        resident("RssAnon") / 1000,
        resident("RssFile") / 1000
    );
    tally(posts, &answers, show);
}

fn tally(posts: &[Post], answers: &[Screening], show: usize) {
    let mut table: BTreeMap<String, Tally> = BTreeMap::new();
    let mut shown = 0;
    for (post, answer) in posts.iter().zip(answers) {
        let (name, owner) = match post.what {
            What::Leak(kind, number) => (format!("leak: {}", kind.name()), Some(handle(number))),
            other => (format!("clean: {other:?}"), None),
        };
        let row = table.entry(name).or_default();
        row.posts += 1;
        row.matched += u64::from(answer.matches.iter().any(|found| found.words >= 8));
        let theirs = |found: &&countermark_screening::Match| owner.is_none_or(|owner| owner == found.handle);
        row.found += u64::from(answer.matches.iter().any(|found| theirs(&found)));
        row.alarmed += u64::from(answer.matches.iter().filter(theirs).any(|found| found.alarm));
        if owner.is_none() && shown < show {
            for found in answer.matches.iter().filter(|found| found.alarm).take(1) {
                let text: Vec<&str> = found.spans.iter().map(|span| &post.text[span.clone()]).collect();
                println!("  {:?} {:.1} bits: {text:?}", post.what, found.bits);
                shown += 1;
            }
        }
    }
    println!(
        "| posts | number | 8 words of some message % | matched (the right one) % | alarmed % |\n|---|---:|---:|---:|---:|"
    );
    for (name, row) in table {
        let share = |n: u64| 100.0 * n as f64 / row.posts as f64;
        println!(
            "| {name} | {} | {:.2} | {:.2} | {:.2} |",
            row.posts,
            share(row.matched),
            share(row.found),
            share(row.alarmed)
        );
    }
}
