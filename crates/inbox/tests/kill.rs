//! A writer that is killed at any moment, while a desk takes and forgets beside it: everything that it acknowledged is taken, once.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;
use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use common::{identity, item, recipient};
use countermark_inbox::{Inbox, Level, Limits, Position, Reader};
use countermark_testkit::rng;
use rand_core::Rng as _;

/// What a child works on.
const CHILD: &str = "COUNTERMARK_TEST_KILL";

const SMALL: Limits = Limits { record: 64 << 10, segment: 8 << 10, spool: 1 << 30 };

/// As a child of the test below: appends, and says so, until it is killed.
#[test]
fn child() {
    let Some(task) = env::var_os(CHILD) else { return };
    let task = task.into_string().unwrap();
    let (first, path) = task.split_once(' ').unwrap();
    let mut number: u64 = first.parse().unwrap();
    let mut inbox = Inbox::open(Path::new(path), &recipient(), SMALL, [1; 16]).unwrap();
    let mut out = std::io::stdout().lock();
    loop {
        let level = if number.is_multiple_of(3) { Level::Match } else { Level::Alarm };
        inbox.append(&[item(number, level, 300), item(number + 1, Level::Alarm, 300)]).unwrap();
        writeln!(out, "left {number}").and_then(|()| out.flush()).unwrap();
        number += 2;
    }
}

/// As a desk: takes what there is, at most so many, and keeps the position with it.
fn take(path: &Path, desk: &mut (Position, BTreeMap<u64, u32>), most: usize) {
    let Ok(mut reader) = Reader::open(path, &identity()) else { return };
    for _ in 0..most {
        let Some((position, item)) = reader.next(&desk.0).unwrap() else { break };
        *desk.1.entry(item.post.parse().unwrap()).or_default() += 1;
        desk.0 = position;
    }
    assert_eq!(reader.damage(), []);
    reader.forget(&desk.0).unwrap();
}

#[test]
fn killed_at_random_moments() {
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let path = folder.path().join("inbox");
    let seed = 2027;
    let mut chance = rng(seed);
    let mut desk = (Position::default(), BTreeMap::new());
    let mut left: Vec<u64> = Vec::new();
    for round in 0..30_u64 {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "child", "--nocapture"])
            .env(CHILD, format!("{} {}", round * 100_000, path.display()))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        let reader = thread::spawn(move || lines.lines().map_while(Result::ok).collect::<Vec<_>>());
        thread::sleep(Duration::from_micros(10_000 + u64::from(chance.next_u32() % 60_000)));
        // While it writes, and after it is gone.
        take(&path, &mut desk, 20);
        child.kill().unwrap();
        child.wait().unwrap();
        for line in reader.join().unwrap() {
            left.extend(line.rsplit_once("left ").and_then(|(_, number)| number.parse::<u64>().ok()));
        }
        take(&path, &mut desk, usize::MAX);
    }
    println!("{} batches were acknowledged, {} posts taken", left.len(), desk.1.len());
    assert!(left.len() > 20, "the children did something: {}", left.len());
    for number in left.iter().flat_map(|number| [*number, number + 1]) {
        assert_eq!(desk.1.get(&number), Some(&1), "seed {seed}: post {number}");
    }
    assert!(desk.1.values().all(|times| *times == 1));
}
