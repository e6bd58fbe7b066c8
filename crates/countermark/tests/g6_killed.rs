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
use countermark_codebook::Epsilon;
use countermark_marking::Master;
use countermark_office::{Founding, Office, SealRequest, To};
use countermark_proof::TableSize;
use countermark_testkit::rng;
use countermark_tlog::checkpoint::SignedCheckpoint;
use countermark_tlog::directory::{Folder, View};
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

/// The office of a home, opened in this process.
fn office(dir: &Path, now: u64) -> Office {
    let store = Box::new(SqliteStore::open(&dir.join("v.db")).unwrap());
    let vault = Vault::open(store, Unlock::Passphrase("p"), Box::new(rng(now))).unwrap();
    let log = Folder::create(&dir.join("v.log")).unwrap();
    Office::open(vault, log, &dir.join("v.looks"), "test", Box::new(move || now)).unwrap()
}

/// Every checkpoint that ever left the process that signed it: in the directory, half put in place, in the vault. And the log's key.
fn signed(dir: &Path) -> (Vec<SignedCheckpoint>, String) {
    let files =
        ["checkpoint", "checkpoint.new"].map(|name| std::fs::read(dir.join("v.log").join(name)).unwrap_or_default());
    let files = files.iter().filter_map(|bytes| SignedCheckpoint::parse(bytes).ok());
    let office = office(dir, 1_900_000_000_000);
    let kept = office.checkpoints().unwrap().into_iter().map(|one| one.checkpoint);
    (files.chain(kept).collect(), office.log_verifier())
}

/// As [`check_content`], and whatever was ever signed, also by the run that was cut off, is one log, which consists of whole batches.
fn check(dir: &Path, references: &[String], context: &str) {
    let (mut ever, key) = signed(dir);
    check_content(dir, references, context);
    ever.extend(signed(dir).0);
    let view = View::open(Folder::open(&dir.join("v.log")).unwrap(), key.parse().unwrap()).unwrap();
    assert_eq!(view.size() % 8, 1, "{context}: the table's leaf, and whole batches of eight");
    for one in ever.iter().map(SignedCheckpoint::checkpoint) {
        view.check_prefix(one.size, &one.root).unwrap_or_else(|e| panic!("{context}: {e}"));
    }
}

/// A fresh process finds everything that was acknowledged; vault and log are whole; the next sealing works.
fn check_content(dir: &Path, references: &[String], context: &str) {
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
    broken_run(dir, &seal(), calls, fault, n)
}

/// As [`broken`], with another command.
fn broken_run(dir: &Path, args: &[&str], calls: &str, fault: &str, n: u32) -> Option<Output> {
    let log = dir.join("strace.txt");
    let inner = command(dir, args);
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

/// A batch is due and one was missed, two messages wait: killed at each system call of the publication, each of them is in the log once.
#[test]
fn killed_at_each_write_of_a_publication() {
    if !can_trace() {
        return;
    }
    let (home, _) = home();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as u64;
    // The clock that the rhythm was begun by runs in 2030: it is begun anew, two hours ago.
    let mut before = office(home.path(), now - 2 * 3_600_000);
    assert_eq!(before.publish_due().unwrap(), None);
    drop(before);
    let mut waits = Vec::new();
    for _ in 0..2 {
        let mut office = office(home.path(), now - 2 * 3_600_000);
        waits.push(office.seal(&letter()).unwrap().reference);
    }
    let mut runs = 0;
    for n in 1.. {
        let dir = copied(home.path());
        let context = format!("killed at call {n} of a publication");
        let killed = broken_run(dir.path(), &["--json", "log", "publish"], WRITES, "signal=SIGKILL", n).is_some();
        let done = run(dir.path(), &["--json", "log", "publish"]);
        assert!(done.status.success(), "{context}: {}", String::from_utf8_lossy(&done.stderr));
        check(dir.path(), &waits, &context);
        if !killed {
            break;
        }
        runs += 1;
    }
    println!("killed at {runs} system calls of a publication");
    assert!(runs > 40, "{runs}");
}

fn letter() -> SealRequest {
    SealRequest {
        master: Master::parse("We {met|spoke} in {Lisk|Dorn}, and {that is|this is} {all|everything}.\n").unwrap(),
        to: To::Numbers(2),
        epsilon: Epsilon::default(),
        marked_line: true,
        print_reference: false,
        as_sent: None,
        max_recipients: 50,
    }
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
