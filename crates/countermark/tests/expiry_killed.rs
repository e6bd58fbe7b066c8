//! G6 of an expiry, with the real program: it is killed at each system call that writes, and meets full disks and failing syncs and renames;
//! after each of them every codebook that is not to go still names, and the next run completes what was begun, with nothing left beside
//! the key file.
//!
//! The system calls are counted and broken by `strace`; where it is missing or may not trace, those tests say so and pass.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;
#[path = "common/old.rs"]
mod old;

use std::path::Path;
use std::process::{Command, Output, Stdio};

use common::{Desk, program};
use old::{Old, office};

/// Everything through which bytes or names reach the disk.
const WRITES: &str =
    "write,pwrite64,writev,fsync,fdatasync,ftruncate,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,openat";

fn command(dir: &Path, args: &[&str]) -> Command {
    let mut command = program();
    command.current_dir(dir).args(["--vault", "v.db", "--passphrase-file", "pass", "--json"]).args(args);
    command
}

fn json(dir: &Path, args: &[&str], context: &str) -> serde_json::Value {
    let output = command(dir, args).output().unwrap();
    assert!(output.status.success(), "{context}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{context}: {e}"))
}

fn traced(dir: &Path, message: &Old, context: &str) -> serde_json::Value {
    std::fs::write(dir.join("leak.txt"), &message.copies[0]).unwrap();
    json(dir, &["trace", "leak.txt", "--reason", "test"], context)
}

fn check(dir: &Path, old: &[Old], acknowledged: bool, context: &str) {
    for message in &old[1..] {
        assert_eq!(traced(dir, message, context)["recipient"], "1", "{context}: an unexpired one");
    }
    let going = traced(dir, &old[0], context);
    assert!(going["codebook"] == "destroyed" || (!acknowledged && going["recipient"] == "1"), "{context}: {going}");
    json(dir, &["vault", "expire"], context);
    assert_eq!(traced(dir, &old[0], context)["codebook"], "destroyed", "{context}");
    assert_eq!(json(dir, &["vault", "check"], context)["valid"], true, "{context}");
    assert_eq!(std::fs::metadata(dir.join("v.keys")).unwrap().len(), 4096 + 384, "{context}: a key is left");
    for name in ["v.keys.old", "v.keys.new"] {
        assert!(!dir.join(name).exists(), "{context}: {name} is left");
    }
    json(dir, &["seal", "t.txt", "--copies", "1"], context);
}

fn copied(from: &Path) -> tempfile::TempDir {
    let to = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    assert!(Command::new("cp").arg("-a").arg(from.join(".")).arg(to.path()).status().unwrap().success());
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

/// Runs an expiry in which the `n`-th call of a kind meets a fault. `None` when there is no such call.
fn broken(dir: &Path, calls: &str, fault: &str, n: u32) -> Option<Output> {
    let log = dir.join("strace.txt");
    let inner = command(dir, &["vault", "expire"]);
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

fn break_each(desk: &Desk, old: &[Old], calls: &str, fault: &str) -> u32 {
    let mut runs = 0;
    for n in 1.. {
        let dir = copied(desk.dir.path());
        let context = format!("{fault} at call {n} of {calls}");
        let Some(output) = broken(dir.path(), calls, fault, n) else { break };
        runs += 1;
        assert!(!String::from_utf8_lossy(&output.stderr).contains("panicked"), "{context}");
        check(dir.path(), old, output.status.success(), &context);
    }
    runs
}

fn desk() -> (Desk, Vec<Old>) {
    let desk = Desk::empty();
    let old = office(&desk, &[400, 1]);
    desk.write("t.txt", "We agreed on the ninth of March. Nothing else was said.");
    (desk, old)
}

#[test]
fn killed_at_each_write_of_an_expiry() {
    if !can_trace() {
        return;
    }
    let (desk, old) = desk();
    let runs = break_each(&desk, &old, WRITES, "signal=SIGKILL");
    println!("killed at {runs} system calls");
    assert!(runs > 40, "{runs}");
}

#[test]
fn failing_syncs_renames_and_removals() {
    if !can_trace() {
        return;
    }
    let (desk, old) = desk();
    let syncs = break_each(&desk, &old, "fsync,fdatasync", "error=EIO");
    let renames = break_each(&desk, &old, "rename,renameat,renameat2", "error=EIO");
    let removals = break_each(&desk, &old, "unlink,unlinkat", "error=EIO");
    let writes = break_each(&desk, &old, "write,pwrite64", "error=ENOSPC");
    println!("{syncs} failing syncs, {renames} renames, {removals} removals, {writes} writes on a full disk");
    assert!(syncs > 5 && renames > 1 && removals > 0 && writes > 10, "{syncs} {renames} {removals} {writes}");
}
