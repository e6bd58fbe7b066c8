//! Backups are whole, never written over anything, and come back.

mod common;

use std::{fs, path::Path};

use common::{create, folder, open, put_pair, verify};
use countermark_vault::{Error, ExtraFile, NotNameable, StoreError};
use countermark_vault_sqlite::{SqliteStore, restore};

fn files() -> Vec<ExtraFile> {
    vec![
        ExtraFile { path: "checkpoint".into(), bytes: b"log\n3\n".to_vec() },
        ExtraFile { path: "tile/0/000".into(), bytes: vec![7; 70_000] },
    ]
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| !name.ends_with("-journal"))
        .collect();
    names.sort();
    names
}

#[test]
fn there_and_back() {
    let folder = folder();
    let [path, backup, back] = ["v.db", "backup", "back.db"].map(|name| folder.path().join(name));
    let mut vault = create(&path, 1);
    let journal = folder.path().join("v.looks");
    let mut looks = vault.create_journal(&journal).expect("a journal");
    (0..30).for_each(|n| put_pair(&mut vault, n).expect("a write"));
    vault.spend(&mut looks, &[1; 16], &[1; 32]).expect("a look");
    vault.backup(&backup, &files()).expect("a backup");
    put_pair(&mut vault, 30).expect("a write after the backup");
    vault.spend(&mut looks, &[1; 16], &[2; 32]).expect("a look after the backup");
    assert!(!vault.is_restored().expect("a read"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&backup).expect("a file").permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&backup, fs::Permissions::from_mode(0o644)).expect("a mode");
    }
    let before = fs::read(&backup).expect("the backup");
    assert_eq!(restore(&backup, &back).expect("a restore").files, files());
    assert_eq!(fs::read(&backup).expect("the backup"), before, "a restore leaves the backup as it is");
    assert_eq!(verify(&back), (0..30).collect::<Vec<_>>());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&back).expect("a file").permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(verify(&path).len(), 31);

    let mut restored = open(&back, 5);
    assert!(restored.is_restored().expect("a read"));
    assert_eq!(restored.id(), vault.id());
    let beside = folder.path().join("back.looks");
    let missing = restored.open_journal(&beside);
    assert!(matches!(missing, Err(Error::NotNameable(NotNameable::Missing))), "{missing:?}");
    // With the vault's own journal beside it, looks go on where they were.
    let mut looks = restored.open_journal(&journal).expect("the journal is ahead of the restored vault");
    let look = restored.spend(&mut looks, &[1; 16], &[3; 32]).expect("a look");
    assert_eq!((look.k, look.fresh), (3, true));
    // Without it, only after somebody has said how many there were.
    let mut looks = restored.restore_looks(&beside, 20, &[]).expect("a floor");
    assert_eq!(restored.spend(&mut looks, &[1; 16], &[4; 32]).expect("a look").k, 21);
}

#[test]
fn nothing_is_overwritten() {
    let folder = folder();
    let [path, backup, taken] = ["v.db", "backup", "taken"].map(|name| folder.path().join(name));
    let vault = create(&path, 1);
    fs::write(&taken, "a letter").expect("a file");
    assert!(matches!(vault.backup(&taken, &[]), Err(Error::Store(StoreError::Exists { .. }))));
    assert!(matches!(vault.backup(&path, &[]), Err(Error::Store(StoreError::Exists { .. }))));
    vault.backup(&backup, &[]).expect("a backup");
    assert!(matches!(vault.backup(&backup, &[]), Err(Error::Store(StoreError::Exists { .. }))));
    for to in [&taken, &path, &backup] {
        assert!(matches!(restore(&backup, to), Err(StoreError::Exists { .. })));
    }
    assert_eq!(fs::read_to_string(&taken).expect("a file"), "a letter");
    assert_eq!(names(folder.path()), ["backup", "taken", "v.db"]);
}

#[test]
fn files_stay_in_their_folder() {
    let folder = folder();
    let [path, backup] = ["v.db", "backup"].map(|name| folder.path().join(name));
    let vault = create(&path, 1);
    for name in ["", "/etc/x", "../x", "a/../x", "a//b", "./a", "a\\b", "a\0b"] {
        let file = ExtraFile { path: name.into(), bytes: Vec::new() };
        assert!(vault.backup(&backup, &[file]).is_err(), "{name:?}");
        assert!(!backup.exists());
    }
}

#[test]
fn what_is_no_whole_backup_is_refused() {
    let folder = folder();
    let [path, backup, back] = ["v.db", "backup", "back.db"].map(|name| folder.path().join(name));
    let mut vault = create(&path, 1);
    (0..10).for_each(|n| put_pair(&mut vault, n).expect("a write"));
    vault.backup(&backup, &files()).expect("a backup");
    let whole = fs::read(&backup).expect("the backup");
    let refuse = |wanted: fn(&StoreError) -> bool| {
        let before = fs::read(&backup).ok();
        let error = restore(&backup, &back).expect_err("it is refused");
        assert!(wanted(&error), "{error}");
        assert_eq!(fs::read(&backup).ok(), before);
        assert!(!names(folder.path()).contains(&"back.db".to_owned()), "nothing is left behind");
        assert!(!names(folder.path()).iter().any(|name| name.ends_with(".part")));
    };
    assert!(matches!(restore(&path, &back), Err(StoreError::NotOurs { .. })), "a vault is no backup");
    assert!(matches!(SqliteStore::open(&backup), Err(StoreError::NotOurs { .. })), "a backup is no vault");
    for len in [0, 10] {
        fs::write(&backup, &whole[..len]).expect("a shorter file");
        refuse(|error| matches!(error, StoreError::NotOurs { .. }));
    }
    for len in [100, 5000, whole.len() - 1] {
        fs::write(&backup, &whole[..len]).expect("a shorter file");
        refuse(|error| matches!(error, StoreError::Truncated { .. }));
    }
    // The structure of one page after the other is destroyed.
    let mut refused = 0;
    for page in 1..whole.len() / 4096 {
        let mut changed = whole.clone();
        changed[page * 4096..page * 4096 + 16].fill(0xff);
        fs::write(&backup, &changed).expect("a changed file");
        match restore(&backup, &back) {
            Err(_) => refused += 1,
            // The middle of a large row: SQLite can't see it, the record's own authentication does.
            Ok(_) => fs::remove_file(&back).expect("a removal"),
        }
    }
    assert!(refused > 0);
    fs::remove_file(&backup).expect("a removal");
    assert!(matches!(restore(&backup, &back), Err(StoreError::Missing { .. })));
}

#[test]
fn while_another_process_writes() {
    let folder = folder();
    let path = folder.path().join("v.db");
    drop(create(&path, 1));
    let writer = {
        let path = path.clone();
        std::thread::spawn(move || {
            let mut vault = open(&path, 2);
            (0..60).for_each(|n| put_pair(&mut vault, n).expect("a write"));
        })
    };
    let vault = open(&path, 3);
    for n in 0..5 {
        let [backup, back] = ["backup", "back.db"].map(|name| folder.path().join(format!("{n}{name}")));
        vault.backup(&backup, &[]).expect("a backup in the midst of writing");
        restore(&backup, &back).expect("a restore");
        let numbers = verify(&back);
        assert_eq!(numbers, (0..numbers.len() as u64).collect::<Vec<_>>(), "one state, without a gap");
    }
    writer.join().expect("the writer's thread");
}
