//! A process that is killed at any moment loses nothing that it acknowledged.

#![cfg(unix)]

mod common;

use std::{
    env,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use common::{create, open, put_pair, verify};
use countermark_testkit::rng;
use rand_core::Rng as _;

/// The path that a child works on, and where it begins.
const CHILD: &str = "COUNTERMARK_TEST_KILL";
const MESSAGE: [u8; 16] = [5; 16];

fn observation(n: u64) -> [u8; 32] {
    let mut hash = [0; 32];
    hash[..8].copy_from_slice(&n.to_be_bytes());
    hash
}

/// As a child of the test below: writes letters and spends looks, and says so after each, until it is killed.
#[test]
fn child() {
    let Some(task) = env::var_os(CHILD) else { return };
    let task = task.into_string().expect("the parent's own words");
    let (first, path) = task.split_once(' ').expect("a number and a path");
    let path = Path::new(path);
    let mut number: u64 = first.parse().expect("a number");
    let mut vault = open(path, number);
    let mut looks = vault.open_journal(&path.with_extension("looks")).expect("the journal");
    let mut out = std::io::stdout().lock();
    loop {
        put_pair(&mut vault, number).expect("a write");
        writeln!(out, "letter {number}").and_then(|()| out.flush()).expect("the parent reads");
        let look = vault.spend(&mut looks, &MESSAGE, &observation(number)).expect("a look");
        writeln!(out, "look {number} {}", look.k).and_then(|()| out.flush()).expect("the parent reads");
        number += 1;
    }
}

#[test]
fn killed_at_random_moments() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("v.db");
    let mut vault = create(&path, 1);
    drop(vault.create_journal(&path.with_extension("looks")).expect("a journal"));
    drop(vault);
    let seed = 2026;
    let mut chance = rng(seed);
    let (mut letters, mut looks): (Vec<u64>, Vec<(u64, u64)>) = (Vec::new(), Vec::new());
    for round in 0..25_u64 {
        let mut child = Command::new(env::current_exe().expect("this program"))
            .args(["--exact", "child", "--nocapture"])
            .env(CHILD, format!("{} {}", round * 10_000, path.display()))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a child");
        let lines = BufReader::new(child.stdout.take().expect("it is piped"));
        let reader = thread::spawn(move || lines.lines().map_while(Result::ok).collect::<Vec<_>>());
        thread::sleep(Duration::from_micros(20_000 + u64::from(chance.next_u32() % 120_000)));
        child.kill().expect("it is killed");
        child.wait().expect("it is gone");
        for line in reader.join().expect("the reader's thread") {
            // The first line shares its line with the test harness's own words.
            let words: Vec<&str> =
                line.split_whitespace().skip_while(|word| !matches!(*word, "letter" | "look")).collect();
            match words.as_slice() {
                ["letter", number] => letters.push(number.parse().expect("a number")),
                ["look", number, k] => looks.push((number.parse().expect("a number"), k.parse().expect("a number"))),
                _ => {}
            }
        }
        let there = verify(&path);
        assert!(
            letters.iter().all(|number| there.contains(number)),
            "seed {seed}, round {round}: {letters:?} but {there:?}"
        );
    }
    assert!(letters.len() > 20, "the children did something: {}", letters.len());
    let mut vault = open(&path, 5);
    let mut journal = vault.open_journal(&path.with_extension("looks")).expect("the journal is whole");
    for (number, k) in &looks {
        let look = vault.spend(&mut journal, &MESSAGE, &observation(*number)).expect("a look");
        assert_eq!((look.k, look.fresh), (*k, false), "observation {number}");
    }
    let next = vault.spend(&mut journal, &MESSAGE, &[0xff; 32]).expect("a look");
    assert!(next.fresh && looks.iter().all(|(_, k)| *k < next.k), "a number was given twice");
}

#[test]
fn two_processes_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("v.db");
    let mut vault = create(&path, 1);
    let mut looks = vault.create_journal(&path.with_extension("looks")).expect("a journal");
    let mut child = Command::new(env::current_exe().expect("this program"))
        .args(["--exact", "child", "--nocapture"])
        .env(CHILD, format!("10000 {}", path.display()))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a child");
    let lines = BufReader::new(child.stdout.take().expect("it is piped"));
    let (begun, wait) = mpsc::channel();
    let reader = thread::spawn(move || {
        let lines = lines.lines().map_while(Result::ok);
        lines.inspect(|_| begun.send(()).unwrap_or_default()).collect::<Vec<_>>()
    });
    // The harness's own lines come first; the fifth line is the child's at work.
    (0..5).for_each(|_| wait.recv().expect("the child writes"));
    let mut mine = Vec::new();
    for n in 0..40 {
        put_pair(&mut vault, n).expect("a write beside the child's");
        mine.push(vault.spend(&mut looks, &MESSAGE, &observation(n)).expect("a look").k);
    }
    child.kill().expect("it is killed");
    child.wait().expect("it is gone");
    let theirs: Vec<u64> = reader
        .join()
        .expect("the reader's thread")
        .iter()
        .filter(|line| line.contains("look "))
        .filter_map(|line| line.split_whitespace().last()?.parse().ok())
        .collect();
    assert!(theirs.len() > 1, "the child was at work");
    assert!(mine.iter().all(|k| !theirs.contains(k)), "a number was given twice: {mine:?} and {theirs:?}");
    assert!(verify(&path).len() >= 40 + theirs.len());
}
