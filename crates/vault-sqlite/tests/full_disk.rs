//! A full disk: a clear error, nothing destroyed, and it goes on when there is room again.

mod common;

use std::{env, fs, path::Path, process::Command};

use common::{create, folder, open_store, put_pair, verify};
use countermark_vault::{Error, StoreError, Vault};
use countermark_vault_sqlite::SqliteStore;

/// Writes until the disk is full, and answers with what was acknowledged before.
fn fill(vault: &mut Vault) -> Vec<u64> {
    let mut acknowledged = Vec::new();
    for n in 0..10_000 {
        match put_pair(vault, n) {
            Ok(()) => acknowledged.push(n),
            Err(Error::Store(StoreError::Full)) => return acknowledged,
            Err(other) => panic!("letter {n}: {other:?}"),
        }
    }
    panic!("the disk was never full");
}

#[test]
fn at_every_size_that_is_too_small() {
    let folder = folder();
    let path = folder.path().join("base.db");
    drop(create(&path, 1));
    let base = fs::read(&path).expect("the file");
    let pages = u32::try_from(base.len() / 4096).expect("a small file");
    for room in (0..60).step_by(4) {
        fs::write(&path, &base).expect("the file as it was");
        let store = SqliteStore::open(&path).expect("the file opens");
        store.limit_pages(pages + room).expect("a limit");
        let mut vault = open_store(store, u64::from(room)).expect("it opens on a full disk");
        let mut acknowledged = fill(&mut vault);
        assert_eq!(verify(&path), acknowledged, "nothing lost, nothing half there: {room} pages");
        // Another one may fit where the last one did not: pages fill differently.
        match put_pair(&mut vault, 5_000) {
            Ok(()) => acknowledged.push(5_000),
            Err(error) => assert!(matches!(error, Error::Store(StoreError::Full)), "{error:?}"),
        }
        assert_eq!(verify(&path), acknowledged, "{room} pages");
        drop(vault);
        let mut vault = open_store(SqliteStore::open(&path).expect("the file opens"), 77).expect("it opens");
        put_pair(&mut vault, 9_999).expect("with room again it goes on");
    }
}

/// The path that a child of the next test works on.
const CHILD: &str = "COUNTERMARK_TEST_FULL_DISK";

/// As a child of the test below: fills the vault until the system lets the file grow no more, then tries everything else.
#[test]
fn child() {
    let Some(path) = env::var_os(CHILD) else { return };
    let path = Path::new(&path);
    let mut vault = open_store(SqliteStore::open(path).expect("the file opens"), 3).expect("it opens");
    let acknowledged = fill(&mut vault);
    // Two letters more may have gone into space that was free.
    let numbers: Vec<String> = acknowledged.iter().map(u64::to_string).collect();
    let backup = vault.backup(&path.with_extension("backup"), &[]);
    assert!(matches!(backup, Err(Error::Store(StoreError::Full)) | Ok(())), "{backup:?}");
    println!("acknowledged {}", numbers.join(" "));
}

/// A limit on the size of files (`ulimit -f`) makes real writes fail in a child process, in the midst of pages and journals.
#[test]
#[cfg(unix)]
fn a_real_limit_on_the_files_size() {
    for blocks in [60, 77, 100, 131, 200] {
        let folder = folder();
        let path = folder.path().join("v.db");
        drop(create(&path, 1));
        // `trap "" XFSZ`: the write fails instead of killing the child.
        let output = Command::new("sh")
            .args(["-c", "trap '' XFSZ; ulimit -f \"$1\"; exec \"$2\" --exact child --nocapture", "sh"])
            .arg(blocks.to_string())
            .arg(env::current_exe().expect("this program"))
            .env(CHILD, &path)
            .output()
            .expect("a shell");
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{blocks} blocks: {text} {}", String::from_utf8_lossy(&output.stderr));
        let line = text.lines().find_map(|line| line.split_once("acknowledged").map(|(_, rest)| rest));
        let acknowledged: Vec<u64> = line
            .unwrap_or_else(|| panic!("{blocks} blocks: {text}"))
            .split_whitespace()
            .map(|number| number.parse().expect("a number"))
            .collect();
        assert_eq!(verify(&path), acknowledged, "{blocks} blocks");
        let backup = path.with_extension("backup");
        if backup.exists() {
            countermark_vault_sqlite::restore(&backup, &path.with_extension("back"))
                .expect("a backup is whole or not there");
        }
    }
}
