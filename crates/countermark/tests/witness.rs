//! A witness as its partner runs it: made, served, killed at each system call that writes, asked again.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use common::{Desk, program};
use countermark_clocks::{Answer, Client, Error, Limits};
use countermark_tlog::WitnessError;
use countermark_tlog::checkpoint::Checkpoint;
use countermark_tlog::merkle::{Tree, leaf_hash};
use countermark_tlog::note::{Signer, VerifierKey};
use countermark_tlog::witness::AddCheckpoint;

/// Everything through which a witness's state, or its answer, leaves: the first five for the state.
const WRITES: [&str; 8] = ["openat", "unlink", "write", "fsync", "rename", "writev", "sendto", "sendmsg"];

fn log() -> Signer {
    Signer::new("log.example/1".parse().unwrap(), &[1; 32])
}

fn add(old: u64, size: u64, mark: &[u8]) -> AddCheckpoint {
    let tree = Tree::new((0..size).map(|i| leaf_hash(&[&i.to_be_bytes(), mark].concat())).collect());
    let head = Checkpoint { origin: "log.example/1".into(), size, root: tree.root(), extensions: vec![] };
    AddCheckpoint { old, proof: tree.consistency(old).unwrap(), checkpoint: head.sign(&log()).unwrap() }
}

/// A running witness; killed when dropped.
struct Running {
    child: Child,
    address: String,
    key: VerifierKey,
}

impl Running {
    fn new(dir: &Path, mut command: Command) -> Running {
        command.args(["--json", "log", "witness", "serve", "--listen", "127.0.0.1:0", "--dir"]).arg(dir);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let said: serde_json::Value = serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line:?}"));
        let text = |name: &str| said[name].as_str().unwrap().to_owned();
        Running { child, address: text("listening"), key: text("key").parse().unwrap() }
    }

    fn ask(&self, request: &AddCheckpoint) -> Result<Answer, Error> {
        let client = Client::new(Limits::default()).unwrap();
        client.add_checkpoint(&format!("http://{}", self.address), std::slice::from_ref(&self.key), request)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A directory with a witness's key and one log.
fn founded() -> (Desk, std::path::PathBuf) {
    let desk = Desk::empty();
    let made = desk.json(&["log", "witness", "key", "--dir", "w", "--name", "witness.example/w1"]);
    assert!(made["key"].as_str().unwrap().starts_with("witness.example/w1+"));
    std::fs::write(desk.path("w/logs"), format!("{}\n", log().verifier())).unwrap();
    let dir = desk.path("w");
    (desk, dir)
}

#[test]
fn a_witness_is_made_once() {
    let (desk, dir) = founded();
    assert_eq!(std::fs::metadata(dir.join("key")).unwrap().permissions().mode() & 0o777, 0o600);
    let first = desk.json(&["log", "witness", "key", "--dir", "w"]);
    assert_eq!(first, desk.json(&["log", "witness", "key", "--dir", "w", "--name", "witness.example/w1"]));
    desk.run(&["log", "witness", "key", "--dir", "w", "--name", "witness.example/w2"]).expect(2);
    desk.run(&["log", "witness", "key", "--dir", "none"]).expect(2);
    desk.run(&["log", "witness", "key", "--dir", "x", "--name", "a b"]).expect(2);
    let serve = |dir: &str, more: &[&str]| {
        desk.run(&[&["log", "witness", "serve", "--listen", "127.0.0.1:0", "--dir", dir], more].concat())
    };
    serve("none", &[]).expect(2);
    serve("w", &["--log", "no key"]).expect(2);
    desk.write("w/logs", "");
    assert!(serve("w", &[]).expect(2).err.contains("there is no log to witness"));
}

#[test]
fn a_witness_serves_and_ends_when_told() {
    let (_desk, dir) = founded();
    let running = Running::new(&dir, program());
    assert!(matches!(running.ask(&add(0, 3, b"")), Ok(Answer::Cosigned(_))));
    assert_eq!(running.ask(&add(0, 7, b"")).unwrap(), Answer::Conflict { size: 3 });
    // Nobody else serves the same directory.
    let second = program().args(["log", "witness", "serve", "--listen", "127.0.0.1:0", "--dir"]).arg(&dir).output();
    assert_eq!(second.unwrap().status.code(), Some(2));
    let mut running = running;
    let told = Command::new("kill").args(["-TERM", &running.child.id().to_string()]).status().unwrap();
    assert!(told.success());
    assert_eq!(running.child.wait().unwrap().code(), Some(0));
    let running = Running::new(&dir, program());
    assert!(matches!(running.ask(&add(3, 7, b"")), Ok(Answer::Cosigned(_))));
}

/// `kill -9` at each system call of a request that writes, the answer's included: whatever left, or was on its way, binds afterwards.
#[test]
fn a_killed_witness_contradicts_nothing() {
    let (_desk, dir) = founded();
    let idle = Running::new(&dir, program());
    let tracer = traced(&idle, "rename", 1);
    // The traced one goes first: its tracer is waited for.
    drop(idle);
    if tracer.is_none() {
        println!("skipped: strace is not here, or may not attach");
        return;
    }
    // The first cosignature for this log, and a later one.
    for before in [None, Some(3)] {
        let killed: Vec<u32> = WRITES.iter().map(|call| kill_at_each(call, before)).collect();
        // Three files are opened, one is written and synced and renamed, a directory is synced; what else is met is the wire's.
        let least = [3, 1, 1, 2, 1];
        assert!(killed.iter().zip(least).all(|(killed, least)| *killed >= least), "{WRITES:?} {killed:?}");
        assert!(killed[least.len()..].iter().sum::<u32>() >= 1, "{WRITES:?} {killed:?}");
    }
}

/// A request to a witness that is killed at its first, second ... call of this name, until it outlives the request. How often it was killed.
fn kill_at_each(call: &str, before: Option<u64>) -> u32 {
    for at in 1.. {
        let (_desk, dir) = founded();
        let running = Running::new(&dir, program());
        let old = before.unwrap_or(0);
        if let Some(size) = before {
            assert!(matches!(running.ask(&add(0, size, b"")), Ok(Answer::Cosigned(_))));
        }
        let tracer = traced(&running, call, at).expect("it was traced before");
        let cosigned = match running.ask(&add(old, 7, b"")) {
            Ok(Answer::Cosigned(_)) => true,
            Err(Error::Protocol { .. } | Error::Unreachable { .. }) => false,
            other => panic!("{call} {at}: {other:?}"),
        };
        drop(running);
        drop(tracer);
        contradicts_nothing(&dir, if cosigned { 7 } else { old }, at);
        if cosigned {
            return at - 1;
        }
    }
    unreachable!("the loop has no end of its own")
}

/// Kills a running witness at the system call of this name and number; each of its threads counts its own, from now on.
fn traced(running: &Running, call: &str, at: u32) -> Option<Tracer> {
    let mut command = Command::new("strace");
    command.args(["-f", "-o", "/dev/null", "-p", &running.child.id().to_string(), "-e", &format!("trace={call}")]);
    command.args(["-e", &format!("inject={call}:signal=KILL:when={at}")]);
    let mut child = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().ok()?;
    let mut said = BufReader::new(child.stderr.take()?);
    let mut line = String::new();
    said.read_line(&mut line).ok()?;
    let tracer = Tracer { child, _said: said };
    if line.contains(" attached") {
        return Some(tracer);
    }
    // It may not: then it is gone already.
    None
}

/// Waits, when dropped, for the tracer of a witness that is gone.
struct Tracer {
    child: Child,
    _said: BufReader<std::process::ChildStderr>,
}

impl Drop for Tracer {
    fn drop(&mut self) {
        let _ = self.child.wait();
    }
}

/// A fresh process holds to the size that left as cosigned, and goes on.
fn contradicts_nothing(dir: &Path, left: u64, at: u32) {
    let running = Running::new(dir, program());
    if left > 0 {
        let fork = running.ask(&add(left, left, b"fork"));
        let refused = matches!(&fork, Err(Error::Witness { source: WitnessError::Fork { .. }, .. }));
        assert!(refused || matches!(fork, Ok(Answer::Conflict { .. })), "{at}: {fork:?}");
    }
    let old = match running.ask(&add(0, 9, b"")).unwrap() {
        Answer::Conflict { size } => size,
        Answer::Cosigned(_) => 9,
    };
    assert!(old >= left, "{at}: cosigned {left}, says {old}");
    assert!(matches!(running.ask(&add(old, 9, b"")), Ok(Answer::Cosigned(_))), "{at}");
}
