//! Debian's `age` as judge of our identity files and of what is encrypted to them; the header's bytes as `docs/formats/vault.md` has them.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use common::Desk;
use countermark_vault::{Store, Unlock, Vault};
use countermark_vault_sqlite::SqliteStore;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

/// Runs one of age's programs on some bytes.
fn age(program: &str, args: &[&str], dir: &Path, input: &[u8]) -> Option<Vec<u8>> {
    let mut command = Command::new(program);
    command.current_dir(dir).args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    output.status.success().then_some(output.stdout)
}

fn there_is_age() -> bool {
    let there = ["age", "age-keygen"].iter().all(|program| Command::new(program).arg("--version").output().is_ok());
    if !there {
        println!("skipped: there is no age");
    }
    there
}

/// The header's row: its place, its version, its JSON.
fn header(store: &SqliteStore) -> (Vec<u8>, u64, Value) {
    let mut found = None;
    let mut visit = |id: &[u8], row: countermark_vault::store::Row| {
        found = Some((id.to_vec(), row.version, serde_json::from_slice(&row.blob).unwrap()));
        Ok(())
    };
    store.read(&mut |rows| rows.list(0, &mut visit)).unwrap();
    found.unwrap()
}

fn wrapped(header: &Value) -> Vec<u8> {
    let slot = header["slots"].as_array().unwrap().iter().rfind(|slot| slot["kind"] == "age").unwrap();
    let hex = slot["wrapped"].as_str().unwrap();
    (0..hex.len() / 2).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn hmac(key: &[u8], pieces: &[&[u8]]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    pieces.iter().for_each(|piece| mac.update(piece));
    mac.finalize().into_bytes().to_vec()
}

#[test]
fn age_opens_what_is_encrypted_to_our_identity_file_and_we_what_age_encrypts() {
    if !there_is_age() {
        return;
    }
    let desk = Desk::new();
    desk.run(&["identity", "add", "ines", "--out", "ines.key"]).expect(0);
    let dir = desk.dir.path();
    let mut store = SqliteStore::open(&desk.path("v.db")).unwrap();
    let (id, version, mut head) = header(&store);
    let root = age("age", &["-d", "-i", "ines.key"], dir, &wrapped(&head)).expect("age opens it");
    assert_eq!(root.len(), 32);
    let stranger = age("age-keygen", &["-o", "stranger.key"], dir, b"").map(drop);
    assert!(stranger.is_some() && age("age", &["-d", "-i", "stranger.key"], dir, &wrapped(&head)).is_none());

    // The other way round: age encrypts the same root key, and the header is signed anew as its page says.
    let recipient = String::from_utf8(age("age-keygen", &["-y", "ines.key"], dir, b"").unwrap()).unwrap();
    let theirs = age("age", &["-r", recipient.trim()], dir, &root).unwrap();
    assert_ne!(theirs, wrapped(&head));
    let slot = head["slots"].as_array_mut().unwrap().iter_mut().rfind(|slot| slot["kind"] == "age").unwrap();
    slot["wrapped"] = hex(&theirs).into();
    head["mac"] = "0".repeat(64).into();
    let unsigned = head.to_string();
    let key = hmac(&root, &[b"countermark/vault/1/header", &[1]]);
    let mac = hmac(&key, &[&(unsigned.len() as u64).to_be_bytes(), unsigned.as_bytes()]);
    head["mac"] = hex(&mac).into();
    let bytes = head.to_string();
    store.write(&mut |rows| rows.put(0, &id, Some(version), bytes.as_bytes()).map(drop)).unwrap();
    drop(store);
    let listed = common::program()
        .current_dir(dir)
        .args(["--vault", "v.db", "--identity", "ines.key", "--json", "identity", "list"])
        .output()
        .unwrap();
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
    assert!(String::from_utf8_lossy(&listed.stdout).contains("ines"));
}

#[test]
fn an_identity_file_of_age_keygen_opens_a_vault() {
    if !there_is_age() {
        return;
    }
    let desk = Desk::new();
    let dir = desk.dir.path();
    age("age-keygen", &["-o", "theirs.key"], dir, b"").unwrap();
    let recipient = String::from_utf8(age("age-keygen", &["-y", "theirs.key"], dir, b"").unwrap()).unwrap();
    let store = Box::new(SqliteStore::open(&desk.path("v.db")).unwrap());
    let passphrase = std::fs::read_to_string(desk.path("pass")).unwrap();
    let rng = Box::new(countermark_testkit::rng(1));
    let mut vault = Vault::open(store, Unlock::Passphrase(passphrase.trim_end()), rng).unwrap();
    vault.add_identity(recipient.trim()).unwrap();
    drop(vault);
    let args = ["--vault", "v.db", "--identity", "theirs.key", "--json", "messages", "list"];
    let listed = common::program().current_dir(dir).args(args).output().unwrap();
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
    let (_, _, head) = header(&SqliteStore::open(&desk.path("v.db")).unwrap());
    assert_eq!(age("age", &["-d", "-i", "theirs.key"], dir, &wrapped(&head)).map(|root| root.len()), Some(32));
}
