//! On a real directory: what is written, what is read, and what is said about damage.

use super::*;
use crate::checkpoint::SignedCheckpoint;
use crate::error::{LogError, MerkleError, TileError};
use crate::merkle::{self, Hash, leaf_hash};
use crate::note::{Outcome, Signer};
use crate::tile::{Kind, Tile};
use std::convert::Infallible;
use std::fs;
use std::path::Path;

fn signer() -> Signer {
    Signer::new("log.example/1".parse().unwrap(), &[1; 32])
}

fn entries(from: u64, to: u64) -> Vec<Vec<u8>> {
    (from..to).map(|i| format!("entry {i}").into_bytes()).collect()
}

fn leaves(size: u64) -> Vec<Hash> {
    entries(0, size).iter().map(|entry| leaf_hash(entry)).collect()
}

/// A commit that keeps the record in a variable.
fn keep(record: &mut Vec<u8>) -> impl FnMut(&[u8]) -> Result<(), Infallible> + '_ {
    |bytes| {
        *record = bytes.to_vec();
        Ok(())
    }
}

/// A log of `size` entries, appended in these steps, and its newest record.
fn build(dir: &Path, steps: &[u64]) -> (Log<Folder>, Vec<u8>) {
    let mut record = Vec::new();
    let mut log = Log::create(Folder::create(dir).unwrap(), &signer(), keep(&mut record)).unwrap();
    for step in steps {
        let batch = entries(log.size(), log.size() + step);
        let batch: Vec<&[u8]> = batch.iter().map(Vec::as_slice).collect();
        let first = log.size();
        let indices = log.append(&signer(), &batch, keep(&mut record)).unwrap();
        assert_eq!(indices, first..first + step);
    }
    (log, record)
}

fn open(dir: &Path, record: Option<&[u8]>) -> Result<Log<Folder>, LogError> {
    Log::open(Folder::open(dir).unwrap(), signer().verifier().clone(), record)
}

fn view(dir: &Path) -> View<Folder> {
    View::open(Folder::open(dir).unwrap(), signer().verifier().clone()).unwrap()
}

#[test]
fn every_proof_of_a_log_verifies() {
    let dir = tempfile::tempdir().unwrap();
    let (log, record) = build(dir.path(), &[1, 0, 1, 200, 54, 1, 300, 1]);
    let size = 558;
    let all = leaves(size);
    assert_eq!(log.size(), size);
    assert_eq!(log.checkpoint().to_text().as_bytes(), record);
    assert_eq!(fs::read(dir.path().join("checkpoint")).unwrap(), record);
    let root = merkle::root(&all);
    assert_eq!(log.checkpoint().checkpoint().root, root);
    for index in (0..size).step_by(17).chain([255, 256, 511, 512, 557]) {
        let proof = log.inclusion(index).unwrap();
        merkle::verify_inclusion(&all[index as usize], index, size, &proof, &root).unwrap();
        assert_eq!(log.entry(index).unwrap(), entries(index, index + 1)[0]);
        log.proof(index).unwrap().verify(&all[index as usize], signer().verifier(), &[]).unwrap();
    }
    for old in (0..=size).step_by(13).chain([255, 256, 257, 512, 558]) {
        let old_root = merkle::root(&all[..old as usize]);
        assert_eq!(log.view().root(old).unwrap(), old_root);
        let proof = log.consistency(old).unwrap();
        merkle::verify_consistency(old, &old_root, size, &root, &proof).unwrap();
        log.view().check_prefix(old, &old_root).unwrap();
    }
    assert_eq!(log.view().entries(250..270).unwrap(), entries(250, 270));
    assert_eq!(log.view().entries(550..9999).unwrap(), entries(550, 558));
    assert!(matches!(log.inclusion(558), Err(LogError::Merkle(MerkleError::Index { index: 558, size: 558 }))));
    assert!(matches!(log.entry(558), Err(LogError::Merkle(_))));
    assert!(matches!(log.entry(u64::MAX), Err(LogError::Merkle(_))));
    assert!(matches!(log.consistency(559), Err(LogError::Merkle(_))));
    assert!(matches!(log.view().check_prefix(3, &[0; 32]), Err(LogError::Fork { recorded: 3, found: 558 })));
    assert!(log.view().audit().unwrap().is_clean());
}

#[test]
fn the_directory_is_c2sp_s() {
    let dir = tempfile::tempdir().unwrap();
    drop(build(dir.path(), &[2, 300]));
    let all = leaves(302);
    let read = |path: &str| fs::read(dir.path().join(path)).unwrap();
    assert_eq!(read("tile/0/000"), all[..256].concat());
    assert_eq!(read("tile/0/001.p/46"), all[256..].concat());
    assert_eq!(read("tile/1/000.p/1"), merkle::root(&all[..256]));
    let bundle: Vec<u8> = entries(256, 302).iter().flat_map(|e| [&[0, e.len() as u8], e.as_slice()].concat()).collect();
    assert_eq!(read("tile/entries/001.p/46"), bundle);
    assert!(!dir.path().join("tile/0/000.p").exists(), "superseded partial tiles are removed");
    assert!(!dir.path().join("tile/entries/000.p").exists());
    let text = String::from_utf8(read("checkpoint")).unwrap();
    assert!(text.starts_with("log.example/1\n302\n"), "{text}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &str| fs::metadata(dir.path().join(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!(
            (mode("checkpoint"), mode("tile/0/000"), mode("tile/0"), mode("lock")),
            (0o600, 0o600, 0o700, 0o600)
        );
    }
}

#[test]
fn a_second_opener_is_kept_out_and_readers_are_not() {
    let dir = tempfile::tempdir().unwrap();
    let (log, record) = build(dir.path(), &[3]);
    assert!(matches!(open(dir.path(), Some(&record)), Err(LogError::Locked)));
    assert_eq!(view(dir.path()).entry(2).unwrap(), b"entry 2");
    drop(log);
    assert_eq!(open(dir.path(), Some(&record)).unwrap().opening(), Opening::Clean);
}

#[test]
fn an_old_view_reads_on_when_its_partial_tiles_are_gone() {
    let dir = tempfile::tempdir().unwrap();
    let (mut log, _) = build(dir.path(), &[100]);
    let old = view(dir.path());
    let more = entries(100, 600);
    let more: Vec<&[u8]> = more.iter().map(Vec::as_slice).collect();
    log.append(&signer(), &more, |_| Ok::<(), Infallible>(())).unwrap();
    assert!(!dir.path().join("tile/0/000.p/100").exists());
    assert_eq!((old.size(), old.entry(99).unwrap()), (100, b"entry 99".to_vec()));
    assert!(matches!(old.entry(100), Err(LogError::Merkle(_))));
    assert!(old.audit().unwrap().is_clean());
}

#[test]
fn nothing_is_created_over_a_log() {
    let dir = tempfile::tempdir().unwrap();
    let folder = || Folder::create(dir.path()).unwrap();
    assert!(matches!(open(dir.path(), None), Err(LogError::NotFound)));
    drop(build(dir.path(), &[1]));
    let none = |_: &[u8]| Ok::<(), Infallible>(());
    assert!(matches!(Log::create(folder(), &signer(), none), Err(LogError::NotEmpty { .. })));
    fs::remove_file(dir.path().join("checkpoint")).unwrap();
    assert!(matches!(Log::create(folder(), &signer(), none), Err(LogError::NotEmpty { .. })));
    assert!(Folder::open(&dir.path().join("nothing")).is_err());
    assert!(Folder::open(&dir.path().join("lock")).is_err());
}

#[test]
fn the_newer_of_record_and_directory_is_opened() {
    let dir = tempfile::tempdir().unwrap();
    let (log, old) = build(dir.path(), &[5]);
    drop(log);
    let mut log = open(dir.path(), Some(&old)).unwrap();
    let mut new = Vec::new();
    log.append(&signer(), &[b"six"], keep(&mut new)).unwrap();
    drop(log);
    // The record is of a restored vault.
    let log = open(dir.path(), Some(&old)).unwrap();
    assert_eq!((log.opening(), log.size()), (Opening::Adopted, 6));
    drop(log);
    assert_eq!(open(dir.path(), None).unwrap().opening(), Opening::Adopted);
    // The append died before the rename.
    fs::write(dir.path().join("checkpoint"), &old).unwrap();
    let log = open(dir.path(), Some(&new)).unwrap();
    assert_eq!((log.opening(), log.size()), (Opening::Completed, 6));
    assert_eq!(fs::read(dir.path().join("checkpoint")).unwrap(), new);
    drop(log);
    fs::remove_file(dir.path().join("checkpoint")).unwrap();
    assert_eq!(open(dir.path(), Some(&new)).unwrap().opening(), Opening::Completed);
}

#[test]
fn a_fork_is_refused() {
    let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (mut log, _) = build(a.path(), &[3]);
    let (mut fork, _) = build(b.path(), &[3]);
    let append = |log: &mut Log<Folder>, entries: &[&[u8]]| {
        let mut record = Vec::new();
        log.append(&signer(), entries, keep(&mut record)).unwrap();
        record
    };
    append(&mut log, &[b"x"]);
    let same_size = append(&mut fork, &[b"y"]);
    drop((log, fork));
    assert!(matches!(open(a.path(), Some(&same_size)), Err(LogError::Fork { recorded: 4, found: 4 })));
    let mut log = open(a.path(), None).unwrap();
    append(&mut log, &[b"z"]);
    drop(log);
    assert!(matches!(open(a.path(), Some(&same_size)), Err(LogError::Fork { recorded: 4, found: 5 })));
    // The directory of the shorter one behind a record of the longer one.
    let longer = fs::read(a.path().join("checkpoint")).unwrap();
    for path in ["tile/0/000.p/5", "tile/entries/000.p/5"] {
        fs::copy(a.path().join(path), b.path().join(path)).unwrap();
    }
    assert!(matches!(open(b.path(), Some(&longer)), Err(LogError::Fork { recorded: 5, found: 4 })));
}

#[test]
fn checkpoints_of_others_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let (log, record) = build(dir.path(), &[3]);
    drop(log);
    let other = Signer::new("log.example/1".parse().unwrap(), &[2; 32]);
    let forged = SignedCheckpoint::parse(&record).unwrap().checkpoint().sign(&other).unwrap().to_text();
    let refused = |whose, record: Option<&[u8]>| match open(dir.path(), record) {
        Err(LogError::Checkpoint { whose: found, .. }) => assert_eq!(found, whose),
        other => panic!("{other:?}"),
    };
    refused("recorded", Some(forged.as_bytes()));
    refused("recorded", Some(b"garbage"));
    fs::write(dir.path().join("checkpoint"), &forged).unwrap();
    refused("directory's", Some(&record));
    fs::write(dir.path().join("checkpoint"), vec![b'x'; 600_000]).unwrap();
    assert!(matches!(open(dir.path(), Some(&record)), Err(LogError::Io { action: "read", .. })));
    fs::write(dir.path().join("checkpoint"), &record).unwrap();
    let mut log = open(dir.path(), Some(&record)).unwrap();
    assert!(matches!(log.append(&other, &[b"x"], |_| Ok::<(), Infallible>(())), Err(LogError::Signer)));
}

#[test]
fn limits_of_an_append_hold_and_leave_the_log_usable() {
    let dir = tempfile::tempdir().unwrap();
    let (mut log, _) = build(dir.path(), &[1]);
    let mut append = |entries: &[&[u8]]| log.append(&signer(), entries, |_| Ok::<(), Infallible>(()));
    let long = vec![0; 65_536];
    let found = append(&[b"a", &long]);
    assert!(matches!(found, Err(LogError::Entry(TileError::EntrySize { entry: 1, size: 65_536 }))));
    let most = vec![0; 65_535];
    assert!(matches!(append(&vec![&most[..]; 1025]), Err(LogError::Batch { entries: 1025, .. })));
    assert!(matches!(append(&vec![&b""[..]; MAX_BATCH + 1]), Err(LogError::Batch { .. })));
    assert_eq!(append(&[&most, b""]).unwrap(), 1..3);
    assert_eq!((log.entry(1).unwrap().len(), log.entry(2).unwrap()), (65_535, Vec::new()));
}

#[test]
fn cosignatures_are_kept_until_the_next_append() {
    let dir = tempfile::tempdir().unwrap();
    let (mut log, record) = build(dir.path(), &[2]);
    let witness = crate::cosignature::Cosigner::new("witness.example/w".parse().unwrap(), &[7; 32]);
    let cosignature = witness.cosign(log.checkpoint(), 1_700_000_000).unwrap();
    log.add_cosignatures(&[cosignature.clone(), cosignature]).unwrap();
    drop(log);
    let log = open(dir.path(), Some(&record)).unwrap();
    assert_eq!((log.opening(), log.checkpoint().note().signatures().len()), (Opening::Clean, 2));
    let proof = log.proof(1).unwrap();
    let found = proof.verify(&leaves(2)[1], signer().verifier(), &[witness.verifier().clone()]).unwrap();
    assert_eq!(found[1].outcome, Outcome::Valid { time: Some(1_700_000_000) });
}

/// Changes one file and says what opening, proving and auditing say.
struct Damage {
    path: &'static str,
    change: fn(&mut Vec<u8>),
    finding: &'static str,
}

#[test]
fn damage_is_named_with_file_and_position() {
    let rows = [
        Damage {
            path: "tile/0/000",
            change: |bytes| bytes[32 * 7] ^= 1,
            finding: "hash 7 of tile/0/000 (byte 224) is not that of entry 7 of tile/entries/000",
        },
        Damage {
            path: "tile/entries/000",
            change: |bytes| bytes[2] ^= 1,
            finding: "entry 0 of tile/entries/000 is not what was signed (hash 0 of tile/0/000)",
        },
        Damage {
            path: "tile/1/000.p/2",
            change: |bytes| bytes[32] ^= 1,
            finding: "hash 1 of tile/1/000.p/2 (byte 32) and tile/0/001 do not fit together",
        },
        Damage {
            path: "tile/0/002.p/46",
            change: |bytes| bytes[45 * 32] ^= 1,
            finding: "hash 45 of tile/0/002.p/46 (byte 1440) and entry 45 of tile/entries/002.p/46 do not fit together",
        },
        Damage {
            path: "tile/entries/002.p/46",
            change: |bytes| bytes[2] ^= 1,
            finding: "entry 0 of tile/entries/002.p/46 is not what was signed (hash 0 of tile/0/002.p/46)",
        },
        Damage {
            path: "tile/0/001",
            change: |bytes| bytes.truncate(100),
            finding: "tile/0/001: the tile has 100 bytes, 8192 are needed",
        },
        Damage {
            path: "tile/entries/001",
            change: |bytes| bytes.truncate(100),
            finding: "tile/entries/001: the bundle ends within entry 9 at byte 99",
        },
        Damage {
            path: "tile/entries/001",
            change: |bytes| bytes.extend([0, 0]),
            finding: "tile/entries/001: the bundle has 2 bytes after its last entry, from byte 2816",
        },
        Damage { path: "tile/0/001", change: |bytes| bytes.clear(), finding: "tile/0/001: the tile has 0 bytes" },
    ];
    let dir = tempfile::tempdir().unwrap();
    let (log, _) = build(dir.path(), &[558]);
    drop(log);
    for Damage { path, change, finding } in rows {
        let path = dir.path().join(path);
        let good = fs::read(&path).unwrap();
        let mut bad = good.clone();
        change(&mut bad);
        fs::write(&path, bad).unwrap();
        let audit = view(dir.path()).audit().unwrap();
        let said: Vec<String> = audit.findings.iter().map(Finding::to_string).collect();
        assert!(said.iter().any(|said| said.starts_with(finding)), "{path:?}: {said:?}");
        assert!(said.len() <= 2, "one thing is wrong: {said:?}");
        // Nothing wrong is given out as right.
        for index in [0, 7, 256, 300, 557] {
            match view(dir.path()).entry(index) {
                Ok(entry) => assert_eq!(entry, entries(index, index + 1)[0]),
                Err(error) => assert!(error.to_string().contains("tile/"), "{error}"),
            }
        }
        fs::write(&path, good).unwrap();
    }
    fs::remove_file(dir.path().join("tile/0/001")).unwrap();
    let said: Vec<String> = view(dir.path()).audit().unwrap().findings.iter().map(Finding::to_string).collect();
    assert_eq!(said, ["tile/0/001: missing"]);
    assert!(matches!(view(dir.path()).inclusion(300), Err(LogError::Missing { file }) if file == "tile/0/001"));
}

#[test]
fn damage_at_the_right_edge_refuses_opening() {
    let dir = tempfile::tempdir().unwrap();
    let (log, record) = build(dir.path(), &[300]);
    drop(log);
    for path in ["tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/001.p/44"] {
        let path = dir.path().join(path);
        let good = fs::read(&path).unwrap();
        let mut bad = good.clone();
        bad[5] ^= 1;
        fs::write(&path, &bad).unwrap();
        assert!(matches!(open(dir.path(), Some(&record)), Err(LogError::Damaged { .. })), "{path:?}");
        fs::write(&path, &bad[..bad.len() - 1]).unwrap();
        assert!(matches!(open(dir.path(), Some(&record)), Err(LogError::Malformed { .. })), "{path:?}");
        fs::remove_file(&path).unwrap();
        assert!(matches!(open(dir.path(), Some(&record)), Err(LogError::Missing { .. })), "{path:?}");
        fs::write(&path, good).unwrap();
    }
    assert!(open(dir.path(), Some(&record)).is_ok());
}

#[test]
fn an_entry_and_its_tile_changed_alike_are_found() {
    let dir = tempfile::tempdir().unwrap();
    drop(build(dir.path(), &[300]));
    let bundle = dir.path().join("tile/entries/000");
    let mut bytes = fs::read(&bundle).unwrap();
    bytes[2] = b'E';
    fs::write(&bundle, bytes).unwrap();
    let tile = dir.path().join("tile/0/000");
    let mut bytes = fs::read(&tile).unwrap();
    bytes[..32].copy_from_slice(&leaf_hash(b"Entry 0"));
    fs::write(&tile, bytes).unwrap();
    let audit = view(dir.path()).audit().unwrap();
    let kind = |level, width| Tile { kind: Kind::Hashes(level), index: 0, width };
    let expected = Finding::Mismatch { tile: kind(1, 1), position: 0, below: kind(0, 256), culprit: Culprit::Below };
    assert_eq!(audit.findings, [expected]);
    assert!(matches!(view(dir.path()).entry(0), Err(LogError::Damaged { more: false, .. })));
}

#[test]
fn leftovers_are_listed_and_earlier_partial_tiles_checked() {
    let dir = tempfile::tempdir().unwrap();
    drop(build(dir.path(), &[2, 2, 2]));
    assert!(view(dir.path()).audit().unwrap().leftovers.is_empty());
    for path in ["tile/0/000.p/7", "tile/0/000.p/6.new", "tile/0/001", "notes.txt", "tile/9"] {
        fs::write(dir.path().join(path), b"?").unwrap();
    }
    let audit = view(dir.path()).audit().unwrap();
    assert!(audit.is_clean());
    assert_eq!(audit.leftovers, ["notes.txt", "tile/0/000.p/6.new", "tile/0/000.p/7", "tile/0/001", "tile/9"]);
    let path = dir.path().join("tile/entries/000.p/2");
    let mut bytes = fs::read(&path).unwrap();
    bytes[3] ^= 1;
    fs::write(&path, bytes).unwrap();
    fs::write(dir.path().join("tile/0/000.p/4"), b"").unwrap();
    let said: Vec<String> = view(dir.path()).audit().unwrap().findings.iter().map(Finding::to_string).collect();
    assert_eq!(
        said,
        [
            "tile/entries/000.p/2 is not the start of what follows it",
            "tile/0/000.p/4 is not the start of what follows it"
        ]
    );
}

#[test]
fn a_tree_of_two_levels_of_full_tiles_holds() {
    let dir = tempfile::tempdir().unwrap();
    let (log, record) = build(dir.path(), &[65_000, 536, 1]);
    let all = leaves(65_537);
    assert_eq!(log.checkpoint().checkpoint().root, merkle::root(&all));
    drop(log);
    let mut log = open(dir.path(), Some(&record)).unwrap();
    assert!(dir.path().join("tile/2/000.p/1").exists());
    assert!(!dir.path().join("tile/1/000.p").exists());
    for index in [0, 255, 65_535, 65_536] {
        let proof = log.inclusion(index).unwrap();
        merkle::verify_inclusion(&all[index as usize], index, 65_537, &proof, &merkle::root(&all)).unwrap();
    }
    assert!(log.view().audit().unwrap().is_clean());
    log.append(&signer(), &[b"more"], |_| Ok::<(), Infallible>(())).unwrap();
    assert_eq!(log.entry(65_537).unwrap(), b"more");
}
