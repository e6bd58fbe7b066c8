//! G6, with the real program: it is killed at each system call that writes, at random moments, and meets full disks and failing
//! syncs; after each of them a fresh process opens everything and verifies vault and log.
//!
//! The system calls are counted and broken by `strace`; where it is missing or may not trace, those tests say so and pass.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use common::program;
use countermark_office::{Founding, Office};
use countermark_proof::TableSize;
use countermark_testkit::rng;
use countermark_tlog::directory::Folder;
use countermark_vault::{Kdf, Unlock, Vault};
use countermark_vault_sqlite::SqliteStore;

/// Everything through which bytes or names reach the disk.
const WRITES: &str =
    "write,pwrite64,writev,fsync,fdatasync,ftruncate,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,openat";

/// A home with a vault whose passphrase costs nothing and whose table is small, one sealed message, and its reference.
fn home() -> (tempfile::TempDir, String) {
    let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let at = |name: &str| dir.path().join(name);
    std::fs::write(at("pass"), "p\n").unwrap();
    std::fs::write(at("t.txt"), "We {met|spoke} in {Lisk|Dorn}, and {that is|this is} {all|everything}.\n").unwrap();
    let store = Box::new(SqliteStore::create(&at("v.db")).unwrap());
    let vault = Vault::create(store, Unlock::Passphrase("p"), Kdf::CHEAP, Box::new(rng(5))).unwrap();
    let founding = Founding { origin: Some("test.example/log"), table: TableSize::SMALL };
    let log = Folder::create(&at("v.log")).unwrap();
    drop(Office::create(vault, log, &at("v.looks"), founding, "test", Box::new(|| 1_900_000_000_000)).unwrap());
    let sealed = json(&run(dir.path(), &seal()));
    (dir, sealed["reference"].as_str().unwrap().to_owned())
}

fn seal() -> Vec<&'static str> {
    vec!["--json", "seal", "t.txt", "--copies", "2", "--now"]
}

fn command(dir: &Path, args: &[&str]) -> Command {
    let mut command = program();
    command.current_dir(dir).args(["--vault", "v.db", "--passphrase-file", "pass"]).args(args);
    command
}

fn run(dir: &Path, args: &[&str]) -> Output {
    command(dir, args).output().unwrap()
}

fn json(output: &Output) -> serde_json::Value {
    let text = String::from_utf8_lossy(&output.stdout);
    let last = text.lines().last().unwrap_or_default();
    serde_json::from_str(last).unwrap_or_else(|e| panic!("{e}: {text} {}", String::from_utf8_lossy(&output.stderr)))
}

/// What a whole answer on standard output acknowledged; half a line acknowledges nothing.
fn acknowledged(output: &Output) -> Option<String> {
    let text = String::from_utf8_lossy(&output.stdout);
    let sealed: serde_json::Value = serde_json::from_str(text.lines().last()?).ok()?;
    Some(sealed["reference"].as_str()?.to_owned())
}

/// A fresh process finds everything that was acknowledged; vault and log are whole; the next sealing works.
fn check(dir: &Path, references: &[String], context: &str) {
    let list = run(dir, &["--json", "messages", "list"]);
    assert!(list.status.success(), "{context}: {}", String::from_utf8_lossy(&list.stderr));
    let messages = json(&list)["messages"].as_array().unwrap().clone();
    for reference in references {
        let message = messages.iter().find(|m| m["reference"] == reference.as_str());
        let message = message.unwrap_or_else(|| panic!("{context}: an acknowledged message is missing"));
        assert_eq!(message["state"], "sealed", "{context}");
    }
    let checked = run(dir, &["--json", "vault", "check"]);
    assert_eq!(json(&checked)["valid"], true, "{context}: {}", String::from_utf8_lossy(&checked.stdout));
    let again = run(dir, &seal());
    assert!(again.status.success(), "{context}: {}", String::from_utf8_lossy(&again.stderr));
}

fn copied(from: &Path) -> tempfile::TempDir {
    let to = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let copied = Command::new("cp").arg("-a").arg(from.join(".")).arg(to.path()).status().unwrap();
    assert!(copied.success());
    to
}

fn can_trace() -> bool {
    let traced = Command::new("strace").args(["-f", "-e", "trace=write", "true"]).output();
    let can = traced.is_ok_and(|output| output.status.success());
    if !can {
        println!("skipped: strace is not here, or may not trace");
    }
    can
}

/// Runs a sealing in which the `n`-th call of a kind meets a fault. `None` when there is no such call.
fn broken(dir: &Path, calls: &str, fault: &str, n: u32) -> Option<Output> {
    let log = dir.join("strace.txt");
    let inner = command(dir, &seal());
    let output = Command::new("strace")
        .args(["-f", "-qq", "-o", log.to_str().unwrap(), "-e", &format!("trace={calls}")])
        .args(["-e", &format!("inject={calls}:{fault}:when={n}")])
        .arg(inner.get_program())
        .args(inner.get_args())
        .current_dir(dir)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let hit = std::fs::read_to_string(&log).unwrap();
    let happened = hit.contains("INJECTED") || hit.contains("killed by SIGKILL");
    std::fs::remove_file(log).unwrap();
    happened.then_some(output)
}

/// Breaks a sealing at each call of a kind in turn.
fn break_each(calls: &str, fault: &str, step: usize) -> u32 {
    let (home, first) = home();
    let mut runs = 0;
    for n in (1..).step_by(step) {
        let dir = copied(home.path());
        let context = format!("{fault} at call {n} of {calls}");
        let Some(output) = broken(dir.path(), calls, fault, n) else { break };
        runs += 1;
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(!err.contains("panicked"), "{context}: {err}");
        let mut references = vec![first.clone()];
        references.extend(acknowledged(&output));
        check(dir.path(), &references, &context);
    }
    runs
}

#[test]
fn killed_at_each_write_of_a_sealing() {
    if !can_trace() {
        return;
    }
    let runs = break_each(WRITES, "signal=SIGKILL", 1);
    println!("killed at {runs} system calls");
    assert!(runs > 40, "{runs}");
}

#[test]
fn a_full_disk_and_a_failing_sync_at_each_call() {
    if !can_trace() {
        return;
    }
    // From the n-th call on the disk stays full, as disks do.
    let (home, first) = home();
    for n in (1..).step_by(3) {
        let dir = copied(home.path());
        let Some(output) = broken(dir.path(), "write,pwrite64", "error=ENOSPC", n) else { break };
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(!err.contains("panicked"), "{n}: {err}");
        let mut references = vec![first.clone()];
        references.extend(acknowledged(&output));
        check(dir.path(), &references, &format!("a full disk at write {n}"));
    }
    let syncs = break_each("fsync,fdatasync", "error=EIO", 1);
    let renames = break_each("rename,renameat,renameat2", "error=EIO", 1);
    println!("{syncs} failing syncs, {renames} failing renames");
    assert!(syncs > 5 && renames > 1, "{syncs} {renames}");
}

#[test]
fn killed_at_random_moments() {
    let (home, first) = home();
    let dir = copied(home.path());
    let mut references = vec![first];
    // One home through all kills: what one leaves behind the next one meets.
    for round in 0..60u64 {
        let mut child = command(dir.path(), &seal())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_micros(round * round * 37 % 45_000));
        // It may have ended by itself.
        let _ = child.kill();
        let output = child.wait_with_output().unwrap();
        references.extend(acknowledged(&output));
        if round % 10 == 9 {
            check(dir.path(), &references, &format!("round {round}"));
        }
    }
    println!("{} of 60 sealings were acknowledged before they were killed", references.len() - 1);
}
