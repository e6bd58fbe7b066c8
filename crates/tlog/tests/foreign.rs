//! What others say of our logs: Go's `golang.org/x/mod/sumdb` of notes, tiles and proofs, and a checker of cosignatures written from the
//! specification alone (`tests/go`).
//!
//! `./test` installs Debian's `golang-go` and `golang-golang-x-mod-dev`; where they are missing these tests say so and pass.
#![allow(missing_docs, clippy::unwrap_used)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countermark_tlog::Hash;
use countermark_tlog::checkpoint::SignedCheckpoint;
use countermark_tlog::cosignature::Cosigner;
use countermark_tlog::directory::{Folder, Log};
use countermark_tlog::merkle::{leaf_hash, verify_consistency, verify_inclusion};
use countermark_tlog::note::{Signer, VerifierKey};

/// Where Debian's packages of Go's libraries lie.
const GO_PATH: &str = "/usr/share/gocode";

const NAME: &str = "log.example/letters";

/// The folder with the built programs; `None`, with a line that says so, where there is no Go.
fn programs() -> Option<&'static Path> {
    static BUILT: OnceLock<Option<tempfile::TempDir>> = OnceLock::new();
    let built = BUILT.get_or_init(|| {
        if Command::new("go").arg("version").output().is_err()
            || !Path::new(GO_PATH).join("src/golang.org/x/mod").exists()
        {
            println!("skipped: there is no Go, or no golang.org/x/mod of Debian's");
            return None;
        }
        let dir = tempfile::tempdir().unwrap();
        for program in ["judge", "cosignature"] {
            let source = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/go").join(program);
            let mut go = Command::new("go");
            go.current_dir(source).env("GO111MODULE", "off").env("GOPATH", GO_PATH).env("GOFLAGS", "");
            go.env("GOCACHE", dir.path().join("cache")).args(["build", "-o"]).arg(dir.path().join(program)).arg(".");
            let output = go.output().unwrap();
            assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
        }
        Some(dir)
    });
    built.as_ref().map(tempfile::TempDir::path)
}

fn run(program: &Path, args: &[&str], input: &str) -> Output {
    let mut command = Command::new(program);
    let mut child =
        command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // It may have ended before it read all of it.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The text form of a private key that golang.org/x/mod/sumdb/note reads.
fn private(name: &str, seed: &[u8; 32]) -> (String, VerifierKey) {
    let verifier = Signer::new(name.parse().unwrap(), seed).verifier().clone();
    let encoded = STANDARD.encode([&[1], seed.as_slice()].concat());
    (format!("PRIVATE+KEY+{name}+{:08x}+{encoded}", verifier.id()), verifier)
}

fn entry(index: u64) -> Vec<u8> {
    format!("entry {index}").repeat((index % 5) as usize).into_bytes()
}

/// A log of this size, appended in two batches of which the first has `old` entries.
fn log(dir: &Path, signer: &Signer, old: u64, size: u64) -> Log<Folder> {
    let keep = |_: &[u8]| Ok::<_, std::io::Error>(());
    let mut log = Log::create(Folder::create(dir).unwrap(), signer, keep).unwrap();
    for range in [0..old, old..size] {
        let entries: Vec<Vec<u8>> = range.map(entry).collect();
        let entries: Vec<&[u8]> = entries.iter().map(Vec::as_slice).collect();
        if !entries.is_empty() {
            log.append(signer, &entries, keep).unwrap();
        }
    }
    log
}

fn line(kind: &str, number: u64, proof: &[Hash]) -> String {
    let hashes: String = proof.iter().map(|hash| format!(" {}", STANDARD.encode(hash))).collect();
    format!("{kind} {number}{hashes}\n")
}

#[test]
fn go_judges_our_logs_and_we_judge_go_s_proofs() {
    let Some(programs) = programs() else { return };
    let signer = Signer::new(NAME.parse().unwrap(), &[1; 32]);
    let (private, go_key) = private(NAME, &[2; 32]);
    for (old, size) in [(1, 1), (1, 2), (3, 7), (255, 256), (256, 257), (200, 512), (6_000, 70_000)] {
        let dir = tempfile::tempdir().unwrap();
        let log = log(&dir.path().join("log"), &signer, old, size);
        let root = log.checkpoint().checkpoint().root;
        let old_root = log.view().root(old).unwrap();
        // Ours, for Go: entries here and there, and trees of every kind of size.
        let mut ours = String::new();
        for index in (0..size).step_by(1 + size as usize / 50).chain([size - 1]) {
            ours += &line("inclusion", index, &log.inclusion(index).unwrap());
        }
        for old in (1..=size).step_by(1 + size as usize / 50).chain([old, size]) {
            ours += &line("consistency", old, &log.consistency(old).unwrap());
        }
        let path = dir.path().join("log");
        let args = [path.to_str().unwrap(), &signer.verifier().to_string(), &old.to_string(), &private];
        let judged = said(&run(&programs.join("judge"), &args, &ours));
        assert!(judged.ends_with(&format!("checked {}\n", ours.lines().count())), "{judged}");

        // Go's, for us.
        let mut proofs = 0;
        for found in judged.lines() {
            let fields: Vec<&str> = found.split(' ').collect();
            if fields[0] == "signed" {
                let note = STANDARD.decode(fields[1]).unwrap();
                let opened = SignedCheckpoint::parse(&note).unwrap();
                opened.verify(&go_key, &[]).unwrap();
                assert_eq!(opened.checkpoint(), log.checkpoint().checkpoint());
                continue;
            }
            let number: u64 = fields[1].parse().unwrap();
            let proof: Vec<Hash> =
                fields[2..].iter().map(|h| STANDARD.decode(h).unwrap().try_into().unwrap()).collect();
            match fields[0] {
                "inclusion" => verify_inclusion(&leaf_hash(&entry(number)), number, size, &proof, &root).unwrap(),
                "consistency" => verify_consistency(number, &old_root, size, &root, &proof).unwrap(),
                "size" => assert_eq!(number, size),
                _ => continue,
            }
            proofs += usize::from(fields[0] != "size");
        }
        assert!(proofs >= 2, "{judged}");
    }
}

#[test]
fn go_refuses_what_is_wrong() {
    let Some(programs) = programs() else { return };
    let signer = Signer::new(NAME.parse().unwrap(), &[1; 32]);
    let (private, _) = private(NAME, &[2; 32]);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("log");
    let log = log(&path, &signer, 5, 300);
    let verifier = signer.verifier().to_string();
    let judge = |key: &str, proofs: &str| {
        let output = run(&programs.join("judge"), &[path.to_str().unwrap(), key, "5", &private], proofs);
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    assert_eq!(judge(&verifier, "").0, Some(0));
    let wrong = line("inclusion", 8, &log.inclusion(7).unwrap());
    assert_eq!(judge(&verifier, &wrong).0, Some(1));
    let stranger = Signer::new(NAME.parse().unwrap(), &[3; 32]).verifier().to_string();
    assert!(judge(&stranger, "").1.starts_with("the note:"));
    let tile = path.join("tile/0/000");
    let mut bytes = std::fs::read(&tile).unwrap();
    bytes[40] ^= 1;
    std::fs::write(&tile, bytes).unwrap();
    assert_eq!(judge(&verifier, "").0, Some(1));
}

#[test]
fn our_cosignatures_are_what_the_specification_says() {
    let Some(programs) = programs() else { return };
    let signer = Signer::new(NAME.parse().unwrap(), &[1; 32]);
    let witness = Cosigner::new("witness.example/w1".parse().unwrap(), &[4; 32]);
    let dir = tempfile::tempdir().unwrap();
    let log = log(&dir.path().join("log"), &signer, 5, 300);
    let check = |key: &VerifierKey, text: &str| {
        let output = run(&programs.join("cosignature"), &[&key.to_string()], text);
        let said = if output.status.success() { &output.stdout } else { &output.stderr };
        (output.status.success(), String::from_utf8_lossy(said).into_owned())
    };
    for time in [0, 1, 1_679_315_147, i64::MAX as u64] {
        let mut checkpoint = log.checkpoint().clone();
        checkpoint.add(witness.cosign(&checkpoint, time).unwrap()).unwrap();
        assert_eq!(check(witness.verifier(), &checkpoint.to_text()), (true, format!("valid {time}\n")));
        let moved = checkpoint.to_text().replacen("\n300\n", "\n301\n", 1);
        assert_eq!(check(witness.verifier(), &moved), (false, "a cosignature that does not verify\n".to_owned()));
    }
    let plain = log.checkpoint().to_text();
    assert_eq!(check(witness.verifier(), &plain), (false, "no cosignature of that key\n".to_owned()));
}

/// The vectors of other implementations, judged by the Go program as they say.
#[test]
fn the_vectors_are_what_the_specification_says() {
    let Some(programs) = programs() else { return };
    let vectors = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../vectors/cosignature");
    for (file, expected) in [
        ("ed25519", Ok("valid 1679315147\n")),
        ("ed25519-extension", Err("a cosignature that does not verify\n")),
        ("ed25519-time", Err("a cosignature that does not verify\n")),
        ("ml-dsa-44", Err("no key of an Ed25519 cosigner\n")),
    ] {
        let case: serde_json::Value =
            serde_json::from_slice(&std::fs::read(vectors.join(format!("{file}.json"))).unwrap()).unwrap();
        let text = |name: &str| case[name].as_str().unwrap();
        let output = run(&programs.join("cosignature"), &[text("witness")], text("checkpoint"));
        let found = if output.status.success() { Ok(output.stdout) } else { Err(output.stderr) };
        assert_eq!(found, expected.map(|s| s.as_bytes().to_vec()).map_err(|s| s.as_bytes().to_vec()), "{file}");
    }
}
