//! A day's posts, as fast as they are taken.

use std::process::Child;
use std::time::{Duration, Instant};

use countermark_screening::{Builder, Key};
use countermark_shelf::Shelf;
use countermark_testkit::Firehose;
use serde_json::Value;

use crate::common::Desk;
use crate::generator::Generator;
use crate::scene::{Scene, until};

/// Messages of the generator in the index.
const REGISTERED: u64 = 10_000;

/// Every so many posts one is a leak.
const LEAKS: u64 = 5_000;

/// Every so many posts one is of the letters' own genre.
const GENRE: u64 = 20;

/// Bytes of a post.
const POST: usize = 1_100;

/// Prints what it came to.
pub fn measure(posts: u64) {
    let mut scene = Scene::new();
    register(&scene.desk, &Generator::new(&letters(), 7));
    let leaks: Vec<String> = (0..posts.div_ceil(LEAKS)).map(|n| scene.leak(usize::try_from(n).unwrap()).0).collect();
    let leaked = leaks.len();
    let hose = firehose(posts, leaks);
    let base = hose.base();
    scene.desk.json(&["watch", "add", "bluesky:all", "--name", "crowd", "--allow-private", "--base", &base]);
    scene.start_follower();
    let begin = Instant::now();
    scene.start_watcher();
    let (mut samples, mut inbox) = (Vec::new(), (0, 0));
    let end = loop {
        std::thread::sleep(Duration::from_millis(200));
        scene.follower.as_mut().unwrap().hear(Duration::from_millis(1));
        let status = status(&scene.desk);
        let done = status["sources"]["crowd"]["counts"]["posts"].as_u64().unwrap_or(0);
        samples.push((done, resident(scene.watcher.as_ref().unwrap())));
        inbox = (status["inbox_bytes"].as_u64().unwrap_or(0), inbox.1.max(status["inbox_bytes"].as_u64().unwrap_or(0)));
        if done >= posts {
            break begin.elapsed();
        }
    };
    until("every leak to be told", || {
        scene.follower.as_mut().unwrap().hear(Duration::from_millis(20));
        told(&scene).count() >= leaked
    });
    let taken = begin.elapsed();
    let counts = status(&scene.desk)["sources"]["crowd"]["counts"].clone();
    let times = times(&scene, &hose);
    scene.end();
    let cases = scene.desk.json(&["case", "list"])["cases"].as_array().unwrap().clone();
    assert_eq!(cases.iter().filter(|case| case["kind"] == "leak").count(), leaked);
    let others = cases.len() - leaked;
    println!("## A day's posts, as fast as they are taken\n");
    println!(
        "{posts} posts of {POST} bytes from a Jetstream on the loopback that sends as fast as it is taken, of the same two cores: {leaked} leaks, every {GENRE}th post of the letters' own genre (the same generator on `bench/messages/held`), the others made of this project's guides. Index: {REGISTERED} messages of `bench/screening`'s generator on `bench/letters` and `bench/messages/tune`, and three letters that were sealed. `case follow` beside it.\n"
    );
    println!("| what | figure |\n|---|---|");
    println!("| posts a second, the whole way | {:.0} |", posts as f64 / end.as_secs_f64());
    let at = |share: f64| {
        let wanted = (posts as f64 * share) as u64;
        samples.iter().find(|(done, _)| *done >= wanted).map_or(0, |(_, mib)| *mib)
    };
    println!(
        "| resident memory of the watcher, MiB, after 5 %, 25 %, 50 %, 75 %, all | {}, {}, {}, {}, {} |",
        at(0.05),
        at(0.25),
        at(0.5),
        at(0.75),
        at(1.0)
    );
    println!("| alarms, matches below the line | {}, {} |", counts["alarms"], counts["matches"]);
    println!("| cases of a leak; cases of other posts | {leaked}; {others} |");
    println!("| seconds from the last post to the last leak's case | {:.1} |", taken.saturating_sub(end).as_secs_f64());
    println!("| a leak's way from the server's socket to its case under this load, median and max, s | {times} |");
    println!(
        "| inbox at its largest, and at the end, MB | {:.1}, {:.1} |\n",
        inbox.1 as f64 / 1e6,
        inbox.0 as f64 / 1e6
    );
}

/// The texts of the project that messages are made of.
fn letters() -> Vec<String> {
    (1..=40).flat_map(|n| [text("letters", n), text("messages/tune", n)]).collect()
}

fn text(folder: &str, number: u32) -> String {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../bench");
    std::fs::read_to_string(root.join(format!("{folder}/{number:02}.txt"))).unwrap()
}

/// The project's guides, a paragraph a text.
fn guides() -> Vec<String> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guide");
    let files = std::fs::read_dir(root).unwrap().flatten().map(|entry| entry.path());
    let mut texts: Vec<String> = files.map(|path| std::fs::read_to_string(path).unwrap()).collect();
    texts.sort_unstable();
    texts
        .iter()
        .flat_map(|text| text.split("\n\n"))
        .filter(|text| text.split(' ').count() > 20)
        .map(str::to_owned)
        .collect()
}

/// Puts made messages into the watcher's index beside what was sealed, as sealing them would.
fn register(desk: &Desk, letters: &Generator) {
    let hex = std::fs::read_to_string(desk.path("v.watch/index.key")).unwrap();
    let byte = |at: usize| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap();
    let key = Key::new(&std::array::from_fn(byte));
    let mut builder = Builder::new(&key);
    for number in 0..REGISTERED {
        builder.add_text(1 << 40 | number, &letters.letter(number)).unwrap();
    }
    Shelf::open(&desk.path("v.watch/index"), key.clone()).unwrap().add_all(builder).unwrap();
}

fn firehose(posts: u64, leaks: Vec<String>) -> Firehose {
    let fitted = |text: String| {
        let mut text = text.repeat(POST.div_ceil(text.len()));
        text.truncate(text.floor_char_boundary(POST));
        text
    };
    let held: Vec<String> = (1..=40).map(|number| text("messages/held", number)).collect();
    let (alike, others) = (Generator::new(&held, 5), Generator::new(&guides(), 11));
    let genre: Vec<String> = (0..20_000).map(|n| fitted(alike.letter(n))).collect();
    let clean: Vec<String> = (0..20_000).map(|n| fitted(others.letter(n))).collect();
    Firehose::new(posts, LEAKS, move |number| {
        let nth = |texts: &[String], n: u64| texts[usize::try_from(n).unwrap() % texts.len()].clone();
        match number {
            n if n.is_multiple_of(LEAKS) => nth(&leaks, n / LEAKS),
            n if n.is_multiple_of(GENRE) => nth(&genre, n / GENRE),
            n => format!("No. {n}. {}", nth(&clean, n)),
        }
    })
}

fn status(desk: &Desk) -> Value {
    let bytes = std::fs::read(desk.path("v.watch/state/status.json")).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

/// Resident memory in MiB.
fn resident(child: &Child) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) / 1024
}

/// The leaks that were told of.
fn told(scene: &Scene) -> impl Iterator<Item = &Instant> {
    scene
        .follower
        .iter()
        .flat_map(|follower| &follower.cases)
        .filter(|(_, case)| case["kind"] == "leak")
        .map(|(at, _)| at)
}

/// Median and max of the leaks' ways; cases come in the order of the posts.
fn times(scene: &Scene, hose: &Firehose) -> String {
    let mut times: Vec<f64> =
        hose.noted().iter().zip(told(scene)).map(|((_, sent), at)| (*at - *sent).as_secs_f64()).collect();
    times.sort_unstable_by(f64::total_cmp);
    format!("{:.2}, {:.2}", times[times.len() / 2], times.last().unwrap())
}
