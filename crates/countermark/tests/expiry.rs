//! Codebooks that expired, with the real program: what the files still hold, and what still works.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;
#[path = "common/old.rs"]
mod old;

use std::path::{Path, PathBuf};

use common::{Desk, Ran};
use countermark_vault::cipher::{Place, decrypt};
use countermark_vault::{Key, Store, VaultId};
use countermark_vault_sqlite::SqliteStore;
use hkdf::Hkdf;
use old::{Old, PASSPHRASE, office};
use sha2::Sha256;

/// Byte strings that must not be left, each with what it is.
type Needles = Vec<(String, Vec<u8>)>;

/// Table numbers and sizes of docs/formats/vault.md.
const CODEBOOKS: u8 = 19;
const HANDOVERS: u8 = 21;
const HASHES: u8 = 42;
const HEADER: usize = 4096;
const ENTRY: usize = 384;

fn unhex(text: &str) -> Vec<u8> {
    text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn row(vault: &Path, table: u8, id: &[u8]) -> Option<Vec<u8>> {
    let mut blob = None;
    let store = SqliteStore::open(vault).unwrap();
    store
        .read(&mut |rows| {
            blob = rows.get(table, id)?.map(|row| row.blob);
            Ok(())
        })
        .unwrap();
    blob
}

fn ids(vault: &Path, table: u8) -> Vec<Vec<u8>> {
    let mut ids = Vec::new();
    let store = SqliteStore::open(vault).unwrap();
    store
        .read(&mut |rows| {
            rows.list(table, &mut |id, _| {
                ids.push(id.to_vec());
                Ok(())
            })
        })
        .unwrap();
    ids
}

/// The keys of a vault, opened from its files by the page of the format alone: the file key, and each codebook's by generation.
fn keys(vault: &Path, keys: &[u8]) -> (Key, Vec<(u32, Key)>) {
    let header: serde_json::Value = serde_json::from_slice(&row(vault, 0, b"header").unwrap()).unwrap();
    let slot = &header["slots"][0];
    let text = |value: &serde_json::Value| unhex(value.as_str().unwrap());
    let number = |name: &str| u32::try_from(slot["kdf"][name].as_u64().unwrap()).unwrap();
    let params = argon2::Params::new(number("memory_kib"), number("passes"), number("lanes"), Some(32)).unwrap();
    let mut wrapping = [0; 32];
    argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params)
        .hash_password_into(PASSPHRASE.as_bytes(), &text(&slot["salt"]), &mut wrapping)
        .unwrap();
    let id = VaultId::from_bytes(text(&header["vault"]).try_into().unwrap());
    let open = |key: &Key, table: u8, row: &[u8], blob: &[u8]| {
        let content = decrypt(key, Place { vault: id, table, id: row, version: 1 }, blob).unwrap();
        Key::from_bytes(content.as_slice().try_into().unwrap())
    };
    let root = open(&Key::from_bytes(wrapping), 0, &text(&slot["id"]), &text(&slot["wrapped"]));
    let mut of_file = [0; 32];
    Hkdf::<Sha256>::from_prk(root.as_bytes()).unwrap().expand(b"countermark/vault/1/keys", &mut of_file).unwrap();
    assert_eq!(&keys[..16], b"countermark-keys");
    assert_eq!(keys[16..20], [0, 0, 0, 1]);
    assert_eq!(&keys[20..36], id.as_bytes());
    let file_key = open(&Key::from_bytes(of_file), 1, b"file", &keys[36..402]);
    let entries = keys[HEADER..].chunks_exact(ENTRY).map(|entry| {
        let generation: [u8; 4] = entry[..4].try_into().unwrap();
        let id = [&[2], &generation[..]].concat();
        (u32::from_be_bytes(generation), open(&file_key, 1, &id, &entry[4..370]))
    });
    let entries = entries.collect();
    (file_key, entries)
}

/// Every window that tells a wrapped key or a ciphertext: its random salt, and pieces of what follows.
fn pieces(what: &str, blob: &[u8], needles: &mut Needles) {
    for (number, piece) in blob[6..].chunks_exact(32).enumerate() {
        needles.push((format!("{what}, piece {number}"), piece.to_vec()));
    }
}

fn key_forms(what: &str, key: &Key, needles: &mut Needles) {
    needles.push((format!("{what}, raw"), key.as_bytes().to_vec()));
    needles.push((format!("{what}, hexadecimal"), hex(key.as_bytes()).into_bytes()));
    needles.push((format!("{what}, HEXADECIMAL"), hex(key.as_bytes()).to_uppercase().into_bytes()));
    needles.push((format!("{what}, in JSON"), serde_json::to_vec(key.as_bytes()).unwrap()));
}

/// What must be gone when the codebooks of these messages are.
fn needles(desk: &Desk, going: &[&Old]) -> Needles {
    let (vault, file) = (desk.path("v.db"), std::fs::read(desk.path("v.keys")).unwrap());
    let (file_key, keys) = keys(&vault, &file);
    let mut needles = Vec::new();
    key_forms("the file key", &file_key, &mut needles);
    pieces("the wrapped file key", &file[36..402], &mut needles);
    // An old file's entries are of no use without its header, and are gone all the same.
    for entry in file[HEADER..].chunks_exact(ENTRY) {
        pieces("an entry of the old key file", &entry[4..370], &mut needles);
    }
    let mut generations = Vec::new();
    for message in going {
        let blob = row(&vault, CODEBOOKS, &unhex(&message.id)).unwrap();
        generations.push(u32::from_be_bytes(blob[2..6].try_into().unwrap()));
        pieces("a codebook", &blob, &mut needles);
    }
    for id in ids(&vault, HASHES) {
        let blob = row(&vault, HASHES, &id).unwrap();
        if generations.contains(&u32::from_be_bytes(blob[2..6].try_into().unwrap())) {
            pieces("the hash of what was handed over", &blob, &mut needles);
        }
    }
    for (generation, key) in keys.iter().filter(|(generation, _)| generations.contains(generation)) {
        key_forms(&format!("data key {generation}"), key, &mut needles);
    }
    needles
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() { found.extend(files(&entry.path())) } else { found.push(entry.path()) }
    }
    found
}

/// Which needles stand in any file below a folder.
fn found(folder: &Path, needles: &Needles) -> Vec<String> {
    let mut found = Vec::new();
    for path in files(folder) {
        let bytes = std::fs::read(&path).unwrap();
        for (what, needle) in needles {
            if bytes.windows(needle.len()).any(|window| window == needle.as_slice()) {
                found.push(format!("{what} in {}", path.display()));
            }
        }
    }
    found
}

/// Every free page of the vault's file holds zeros (the format is SQLite's, section 1.5, "The Freelist").
fn free_pages_are_empty(vault: &Path) -> usize {
    let bytes = std::fs::read(vault).unwrap();
    let word = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    let page = |number: usize| (number - 1) * 4096;
    let (mut trunk, mut seen) = (word(32), 0);
    while trunk != 0 {
        let count = word(page(trunk) + 4);
        for leaf in 0..count {
            let at = page(word(page(trunk) + 8 + 4 * leaf));
            assert!(bytes[at..at + 4096].iter().all(|byte| *byte == 0), "free page {}", at / 4096 + 1);
        }
        assert!(bytes[page(trunk) + 8 + 4 * count..page(trunk) + 4096].iter().all(|byte| *byte == 0));
        seen += count + 1;
        trunk = word(page(trunk));
    }
    seen
}

fn elsewhere() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

fn at(desk: &Desk, vault: &str, args: &[&str]) -> (i32, serde_json::Value, String) {
    let mut command = common::program();
    command.current_dir(desk.dir.path()).args(["--vault", vault, "--passphrase-file", "pass", "--json"]).args(args);
    let output = command.output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    let object = out.lines().last().map(|line| serde_json::from_str(line).unwrap()).unwrap_or_default();
    (output.status.code().unwrap(), object, String::from_utf8(output.stderr).unwrap())
}

fn trace(desk: &Desk, vault: &str, text: &str) -> serde_json::Value {
    desk.write("leak.txt", text);
    at(desk, vault, &["trace", "leak.txt", "--reason", "test"]).1
}

fn expired_ids(ran: &serde_json::Value) -> Vec<String> {
    ran["expired"].as_array().unwrap().iter().map(|m| m["message"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn nothing_is_left_of_what_expired() {
    let desk = Desk::empty();
    let old = office(&desk, &[400, 366, 3, 0]);
    let kept = elsewhere();
    desk.run(&["vault", "backup", kept.path().join("b.cmb").to_str().unwrap()]).expect(0);
    let needles = needles(&desk, &[&old[0], &old[1]]);
    assert!(needles.len() > 60, "{}", needles.len());
    // A second name of the key file's blocks, as whoever reads the disk below the file system has it.
    let blocks = kept.path().join("blocks");
    std::fs::hard_link(desk.path("v.keys"), &blocks).unwrap();

    // Control: the same search finds everything before. Keys never stand open on the disk; written there they are found.
    let (wrapped, open): (Needles, Needles) = needles.iter().cloned().partition(|(what, _)| what.contains("piece"));
    assert_eq!(found(desk.dir.path(), &wrapped).len(), wrapped.len(), "the search finds each before");
    assert_eq!(open.len(), 12, "three keys, in four forms");
    assert_eq!(found(desk.dir.path(), &open), Vec::<String>::new(), "a key stands open");
    desk.write("open", open.iter().flat_map(|(_, bytes)| bytes.iter().copied().chain([0])).collect::<Vec<u8>>());
    assert_eq!(found(desk.dir.path(), &open).len(), open.len());
    std::fs::remove_file(desk.path("open")).unwrap();

    let dry = desk.json(&["vault", "expire", "--dry-run"]);
    assert_eq!(expired_ids(&dry), [old[0].id.clone(), old[1].id.clone()]);
    assert_eq!(found(desk.dir.path(), &wrapped).len(), wrapped.len(), "a dry run changes nothing");
    assert_eq!(expired_ids(&desk.json(&["vault", "expire"])), expired_ids(&dry));

    assert_eq!(found(desk.dir.path(), &needles), Vec::<String>::new());
    let left = std::fs::read(&blocks).unwrap();
    for (what, needle) in &needles {
        assert!(
            !left.windows(needle.len()).any(|window| window == needle.as_slice()),
            "{what} in the old file's blocks"
        );
    }
    let names: Vec<_> = files(desk.dir.path()).iter().map(|path| path.file_name().unwrap().to_owned()).collect();
    assert!(!names.iter().any(|name| name.to_string_lossy().contains("keys.")), "{names:?}");
    for journal in ["v.db-journal", "v.db-wal"] {
        assert_eq!(std::fs::metadata(desk.path(journal)).map_or(0, |meta| meta.len()), 0, "{journal}");
    }
    println!("{} needles, {} free pages", needles.len(), free_pages_are_empty(&desk.path("v.db")));
    what_still_works(&desk, &old);
    what_a_backup_holds(&desk, &old, kept.path());
}

fn what_still_works(desk: &Desk, old: &[Old]) {
    assert_eq!(desk.json(&["log", "audit"])["valid"], true);
    assert_eq!(desk.json(&["vault", "check"])["valid"], true);
    let gone = &old[0];
    let shown = desk.json(&["messages", "show", &gone.id]);
    assert_eq!(shown["codebook"], "destroyed");
    assert!(shown["codebook_destroyed"].as_u64().unwrap() > shown["codebook_until"].as_u64().unwrap());
    assert_eq!(shown["copies"][0]["handed_over"][0]["way"], "paper", "that a copy left, and when, stays");
    let words = desk.run(&["messages", "show", &gone.id]).expect(0).out;
    assert!(words.contains("codebook destroyed on "), "{words}");

    let finding = trace(desk, "v.db", &gone.copies[0].replace("ultimatum", "threat"));
    assert_eq!((&finding["verdict"], &finding["codebook"]), (&"undecided".into(), &"destroyed".into()));
    assert_eq!(finding["message"], gone.id.as_str());
    assert_eq!(finding["bits_missing"], serde_json::Value::Null);
    assert!(finding["changes"].as_array().unwrap().iter().any(|change| change["published"] == "threat"), "{finding}");
    let words = desk.run(&["trace", "leak.txt", "--reason", "test"]).expect(0).out;
    assert!(words.contains("no copy can be named any more: the codebook was destroyed on "), "{words}");
    desk.run(&["trace", "leak.txt", "--reason", "test", "--named"]).expect(1);

    desk.json(&["prove", &gone.id, "--open", "1-3", "--out", "gone.json"]);
    assert_eq!(desk.json(&["verify", "gone.json"])["valid"], true);
    let refused: Ran = desk.run(&["copy", &gone.id, "1"]).expect(2);
    assert!(refused.err.contains("was destroyed") && refused.err.contains("hint"), "{}", refused.err);
    desk.run(&["copy", &gone.id, "1", "--sent", "leak.txt"]).expect(2);
    let file = desk.json(&["copy", &gone.id, "file"])["text"].as_str().unwrap().to_owned();
    let parts = shown["parts"].as_array().unwrap().iter().map(|part| part["text"].as_str().unwrap());
    assert_eq!(file, parts.collect::<String>());

    for (number, message) in old[2..].iter().enumerate() {
        let finding = trace(desk, "v.db", &message.copies[1]);
        assert_eq!((&finding["verdict"], &finding["recipient"]), (&"named".into(), &"2".into()), "{number}: {finding}");
        assert!(finding.get("codebook").is_none());
        assert_eq!(desk.json(&["copy", &message.id, "1"])["text"], message.copies[0].as_str());
    }
}

/// A backup of before names nobody, before the expiry as after it; with the vault's key file of today it names what has not expired.
fn what_a_backup_holds(desk: &Desk, old: &[Old], kept: &Path) {
    let backup = kept.join("b.cmb");
    let backup = backup.to_str().unwrap();
    let (code, restored, err) = at(desk, "r.db", &["vault", "restore", backup, "--looks", "1"]);
    assert_eq!((code, &restored["names"]), (0, &false.into()), "{err}");
    assert!(err.contains("whose key is not beside it"), "{err}");
    for message in [&old[0], &old[3]] {
        let finding = trace(desk, "r.db", &message.copies[0]);
        assert_eq!((&finding["verdict"], &finding["codebook"]), (&"undecided".into(), &"no_key".into()));
        assert_eq!(
            at(desk, "r.db", &["prove", &message.id, "--open", "1-3", "--out", &format!("{}.json", message.id)]).0,
            0
        );
        assert_eq!(at(desk, "r.db", &["copy", &message.id, "1"]).0, 2);
    }
    assert_eq!(at(desk, "r.db", &["vault", "check"]).1["valid"], true);
    let refused = at(desk, "r.db", &["seal", "leak.txt", "--copies", "1"]);
    assert!(refused.0 == 2 && refused.2.contains("key file of the codebooks is missing"), "{}", refused.2);

    std::fs::copy(desk.path("v.keys"), desk.path("r.keys")).unwrap();
    assert_eq!(trace(desk, "r.db", &old[0].copies[0])["codebook"], "no_key");
    let finding = trace(desk, "r.db", &old[3].copies[0]);
    assert_eq!((&finding["verdict"], &finding["recipient"]), (&"named".into(), &"1".into()));
}

#[test]
fn a_copy_of_the_key_file_of_before_still_opens_a_backup_of_before() {
    let desk = Desk::empty();
    let old = office(&desk, &[400]);
    let kept = elsewhere();
    let at_kept = |name: &str| kept.path().join(name).to_str().unwrap().to_owned();
    let (backup, keys) = (at_kept("b.cmb"), at_kept("b.keys"));
    let ran = desk.run(&["vault", "backup", &backup, "--keys", &keys]).expect(0);
    assert!(ran.err.contains("keep it apart from the backup"), "{}", ran.err);
    desk.run(&["vault", "expire"]).expect(0);
    assert_eq!(trace(&desk, "v.db", &old[0].copies[0])["codebook"], "destroyed");
    // The page says so; here is the proof.
    let (code, restored, err) = at(&desk, "r.db", &["vault", "restore", &backup, "--keys", &keys, "--looks", "1"]);
    assert_eq!((code, &restored["names"]), (0, &true.into()), "{err}");
    assert_eq!(trace(&desk, "r.db", &old[0].copies[0])["recipient"], "1");
    // The old key file put back beside the vault of today brings nothing back, and is cleaned.
    std::fs::copy(&keys, desk.path("v.keys")).unwrap();
    assert_eq!(trace(&desk, "v.db", &old[0].copies[0])["codebook"], "destroyed");
    assert_eq!(std::fs::metadata(desk.path("v.keys")).unwrap().len(), (HEADER + ENTRY) as u64);
    desk.run(&["vault", "expire"]).expect(0);
    assert_eq!(std::fs::metadata(desk.path("v.keys")).unwrap().len(), HEADER as u64);
}

#[test]
fn one_message_before_its_time() {
    let desk = Desk::empty();
    let old = office(&desk, &[5, 5]);
    let refused = desk.run(&["vault", "expire", &old[0].id]).expect(2);
    assert!(refused.err.contains("--yes"), "{}", refused.err);
    assert_eq!(expired_ids(&desk.json(&["vault", "expire", &old[0].id, "--dry-run"])), [old[0].id.clone()]);
    assert_eq!(trace(&desk, "v.db", &old[0].copies[0])["recipient"], "1");
    assert_eq!(expired_ids(&desk.json(&["vault", "expire", &old[0].id, "--yes"])), [old[0].id.clone()]);
    desk.run(&["vault", "expire", &old[0].id, "--yes"]).expect(2);
    assert_eq!(trace(&desk, "v.db", &old[0].copies[0])["codebook"], "destroyed");
    assert_eq!(trace(&desk, "v.db", &old[1].copies[0])["recipient"], "1");
    let store = SqliteStore::open(&desk.path("v.db")).unwrap();
    let unlock = countermark_vault::Unlock::Passphrase(PASSPHRASE);
    let vault = countermark_vault::Vault::open(Box::new(store), unlock, Box::new(countermark_testkit::rng(1))).unwrap();
    let trail = vault.read(|tx| tx.audit_entries()).unwrap();
    let acts: Vec<_> = trail.iter().filter(|entry| entry.act.act.starts_with("vault expire")).collect();
    assert_eq!(acts.len(), 1);
    assert_eq!((acts[0].act.act.as_str(), &acts[0].act.subject), ("vault expire MESSAGE", &old[0].id));
}

#[test]
fn a_sealing_destroys_what_is_due_unless_the_clock_may_be_wrong() {
    let desk = Desk::empty();
    let old = office(&desk, &[3, 1]);
    desk.write("v.toml", "codebook_days = 2\n");
    desk.write("t.txt", "We agreed on the ninth of March. Nothing else was said.");
    let seal = ["seal", "t.txt", "--copies", "1"];
    let waiting = desk.run(&seal).expect(0);
    assert!(waiting.err.contains("1 codebook is past 2 days"), "{}", waiting.err);
    assert_eq!(trace(&desk, "v.db", &old[0].copies[0])["recipient"], "1");
    assert_eq!(expired_ids(&desk.json(&["vault", "expire"])), [old[0].id.clone()]);
    // Looked at today: the next sealing says nothing, though the other one has become due.
    desk.write("v.toml", "codebook_days = 1\n");
    let quiet = desk.run(&seal).expect(0);
    assert!(!quiet.err.contains("codebook"), "{}", quiet.err);
    for wrong in ["0", "36501", "-1", "\"x\""] {
        desk.write("v.toml", format!("codebook_days = {wrong}\n"));
        desk.run(&seal).expect(2);
    }
}

#[test]
fn a_lost_key_file_is_given_up() {
    let desk = Desk::empty();
    let old = office(&desk, &[3]);
    std::fs::remove_file(desk.path("v.keys")).unwrap();
    desk.write("t.txt", "We agreed on the ninth of March. Nothing else was said.");
    let seal = ["seal", "t.txt", "--copies", "1"];
    let refused = desk.run(&seal).expect(2);
    assert!(refused.err.contains("vault expire --lost"), "{}", refused.err);
    assert_eq!(desk.run(&["--json", "vault", "check"]).expect(1).json()["valid"], false);
    assert_eq!(expired_ids(&desk.json(&["vault", "expire", "--lost", "--yes"])), [old[0].id.clone()]);
    desk.run(&seal).expect(0);
    assert_eq!(desk.json(&["vault", "check"])["valid"], true);
    assert_eq!(desk.json(&["messages", "show", &old[0].id])["codebook"], "destroyed");
}

/// A vault that the program of before made (its cache of the table left out), with one message whose first copy was handed over.
#[test]
fn a_vault_of_the_first_schema_moves() {
    let desk = Desk::empty();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/first_schema");
    let copied = std::process::Command::new("cp").arg("-r").arg(from.join(".")).arg(desk.dir.path()).status().unwrap();
    assert!(copied.success());
    desk.write("pass", "p\n");
    let sealed: serde_json::Value = serde_json::from_slice(&std::fs::read(desk.path("sealed.json")).unwrap()).unwrap();
    let (id, copy) = (sealed["message"].as_str().unwrap(), sealed["copies"][1]["text"].as_str().unwrap());
    let vault = desk.path("v.db");
    let mut before = Vec::new();
    pieces("the codebooks' key among the rows", &row(&vault, 1, &[2, 0, 0, 0, 1]).unwrap(), &mut before);
    pieces("the codebook under it", &row(&vault, CODEBOOKS, &unhex(id)).unwrap(), &mut before);
    pieces(
        "the hash of what was handed over",
        &row(&vault, HANDOVERS, &ids(&vault, HANDOVERS)[0]).unwrap(),
        &mut before,
    );
    assert_eq!(found(desk.dir.path(), &before).len(), before.len());

    let moved = desk.run(&["messages", "list"]).expect(0);
    assert!(moved.err.contains("the codebooks' keys (1) were moved"), "{}", moved.err);
    assert!(!desk.run(&["messages", "list"]).expect(0).err.contains("moved"));
    assert_eq!(found(desk.dir.path(), &before), Vec::<String>::new());
    assert_eq!(ids(&vault, HASHES).len(), 1);
    assert_eq!(trace(&desk, "v.db", copy)["recipient"], "2");
    assert_eq!(desk.json(&["vault", "check"])["valid"], true);
    assert_eq!(desk.json(&["log", "audit"])["valid"], true);
    desk.json(&["prove", id, "--open", "1-3", "--out", "old.json"]);
    assert_eq!(desk.json(&["verify", "old.json"])["valid"], true);
    desk.json(&["vault", "expire", id, "--yes"]);
    assert_eq!(ids(&vault, HASHES).len(), 0);
    assert_eq!(trace(&desk, "v.db", copy)["codebook"], "destroyed");
}
