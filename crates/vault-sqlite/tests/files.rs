//! What a file is taken for, and that refusing it changes nothing.

mod common;

use std::{fs, path::Path};

use common::{PASSPHRASE, create, folder, letter, open, put_pair, verify};
use countermark_testkit::rng;
use countermark_vault::{Error, StoreError, Unlock, Vault};
use countermark_vault_sqlite::SqliteStore;
use rand_core::Rng as _;
use rusqlite::Connection;

/// Opens a file as a vault and reads everything in it.
fn read_all(path: &Path) -> Result<(), Error> {
    let store = SqliteStore::open(path)?;
    let vault = Vault::open(Box::new(store), Unlock::Passphrase(PASSPHRASE), Box::new(rng(3)))?;
    match vault.check(None)?.problems.into_iter().next() {
        Some(problem) => Err(problem),
        None => Ok(()),
    }
}

/// Refuses the file and leaves it, and the folder, as they were.
fn refused(path: &Path) -> Error {
    let before = fs::read(path).ok();
    let error = read_all(path).expect_err("it is refused");
    assert_eq!(fs::read(path).ok(), before, "the file was changed");
    let journal = path.with_file_name("v.db-journal");
    assert!(fs::metadata(journal).map_or(0, |meta| meta.len()) == 0, "a journal was left");
    error
}

#[test]
fn born_right() {
    let folder = folder();
    let path = folder.path().join("v.db");
    let mut vault = create(&path, 1);
    put_pair(&mut vault, 1).expect("a write");
    #[cfg(unix)]
    for entry in fs::read_dir(folder.path()).expect("a folder") {
        use std::os::unix::fs::PermissionsExt;
        let entry = entry.expect("an entry");
        let mode = entry.metadata().expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{:?}", entry.file_name());
    }
    assert!(matches!(SqliteStore::create(&path), Err(StoreError::Exists { .. })));
    drop(vault);
    assert_eq!(verify(&path), [1]);
}

#[test]
fn other_files_are_refused() {
    let folder = folder();
    let path = folder.path().join("v.db");
    assert!(matches!(refused(&path), Error::Store(StoreError::Missing { .. })));
    assert!(!path.exists(), "a missing file is not made");
    assert!(matches!(refused(folder.path()), Error::Store(StoreError::NotOurs { .. })), "a folder");
    for content in [&b""[..], b"Dear Minister", b"SQLite format 3", &[0; 5000]] {
        fs::write(&path, content).expect("a file");
        assert!(matches!(refused(&path), Error::Store(StoreError::NotOurs { .. })), "{content:?}");
    }
    fs::write(&path, b"SQLite format 3\0short").expect("a file");
    assert!(matches!(refused(&path), Error::Store(StoreError::Truncated { .. })));
    fs::remove_file(&path).expect("a removal");
    Connection::open(&path)
        .expect("a database")
        .execute_batch("CREATE TABLE row (x); PRAGMA user_version = 1")
        .expect("a table");
    assert!(matches!(refused(&path), Error::Store(StoreError::NotOurs { .. })), "another program's database");
}

#[test]
fn a_later_schema_is_refused() {
    let folder = folder();
    let path = folder.path().join("v.db");
    drop(create(&path, 1));
    Connection::open(&path).expect("a database").pragma_update(None, "user_version", 7).expect("a version");
    assert!(matches!(refused(&path), Error::Store(StoreError::NewerSchema { found: 7, known: 1 })));
}

#[test]
fn an_unfinished_vault_is_refused() {
    let folder = folder();
    let path = folder.path().join("v.db");
    drop(SqliteStore::create(&path).expect("a new file"));
    assert!(matches!(refused(&path), Error::NoHeader));
}

#[test]
fn cut_short_anywhere() {
    let folder = folder();
    let path = folder.path().join("v.db");
    let mut vault = create(&path, 1);
    (0..20).for_each(|n| put_pair(&mut vault, n).expect("a write"));
    drop(vault);
    let whole = fs::read(&path).expect("the file");
    for len in [1, 15, 50, 99, 100, 500, 4095, 4096, whole.len() / 2, whole.len() - 4096, whole.len() - 1] {
        fs::write(&path, &whole[..len]).expect("a shorter file");
        let error = refused(&path);
        let wanted = if len < 16 {
            matches!(error, Error::Store(StoreError::NotOurs { .. }))
        } else {
            matches!(error, Error::Store(StoreError::Truncated { .. }))
        };
        assert!(wanted, "{len}: {error}");
    }
    fs::write(&path, &whole).expect("the file");
    assert_eq!(verify(&path).len(), 20);
}

#[test]
fn changed_bytes_are_found() {
    let folder = folder();
    let path = folder.path().join("v.db");
    let mut vault = create(&path, 1);
    (0..20).for_each(|n| put_pair(&mut vault, n).expect("a write"));
    drop(vault);
    let whole = fs::read(&path).expect("the file");
    let seed = 42;
    let mut chance = rng(seed);
    let mut noticed = 0;
    for _ in 0..150 {
        let at = chance.next_u32() as usize % whole.len();
        let mut changed = whole.clone();
        changed[at] ^= 1 << (chance.next_u32() % 8);
        fs::write(&path, &changed).expect("a changed file");
        // A changed bit is found, or lies where it changes nothing that is read: unused space, SQLite's hints.
        match read_all(&path) {
            Err(_) => noticed += 1,
            Ok(()) => assert_eq!(verify(&path).len(), 20, "seed {seed}, byte {at}"),
        }
        let _ = fs::remove_file(path.with_file_name("v.db-journal"));
    }
    assert!(noticed > 50, "only {noticed} of 150 changes were noticed");
}

#[test]
fn a_wrong_passphrase_changes_nothing() {
    let folder = folder();
    let path = folder.path().join("v.db");
    drop(create(&path, 1));
    let before = fs::read(&path).expect("the file");
    let store = SqliteStore::open(&path).expect("the file opens");
    let refused = Vault::open(Box::new(store), Unlock::Passphrase("wrong"), Box::new(rng(1)));
    assert!(matches!(refused, Err(Error::WrongPassphrase)));
    assert_eq!(fs::read(&path).expect("the file"), before);
    open(&path, 2);
}

#[test]
fn deleted_rows_leave_the_file() {
    let folder = folder();
    let path = folder.path().join("v.db");
    let mut vault = create(&path, 1);
    put_pair(&mut vault, 1).expect("a write");
    let blob: Vec<u8> = Connection::open(&path)
        .expect("a second connection")
        .query_row("SELECT blob FROM row WHERE tab = 16", [], |row| row.get(0))
        .expect("a row");
    let holds = |blob: &[u8]| fs::read(&path).expect("the file").windows(64).any(|window| window == &blob[100..164]);
    assert!(holds(&blob));
    vault.write(|tx| tx.remove::<common::Letter>(1_u64.to_be_bytes())).expect("a remove");
    assert!(!holds(&blob), "secure_delete writes zeros over what was deleted");
    assert_eq!(letter(1).number, 1);
}
