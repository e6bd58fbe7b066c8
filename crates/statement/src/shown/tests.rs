use std::path::Path;
use std::time::{Duration, SystemTime};

use super::*;
use crate::{BundleFile, Kind, Opened, Part, Press};

const BUNDLE: &[u8] = b"{\"a bundle\":\"of some kind\"}";

fn version(number: u32) -> Version {
    let part = Part { number: 1, words: "1-5".into(), text: Some("We pay.".into()), paragraph: false };
    let digest = <sha2::Sha256 as sha2::Digest>::digest(BUNDLE);
    let sha256 = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    Version {
        number,
        published_at: 1_900_000_000,
        language: "en".into(),
        title: "The dues".into(),
        category: None,
        byline: "The office".into(),
        text: "We pay.".into(),
        note: (number > 1).then(|| "More.".into()),
        kind: Kind::Leak,
        post: None,
        opened: Some(Opened { reference: None, parts: vec![part] }),
        changes: vec![],
        bundle: Some(BundleFile { sha256, bytes: BUNDLE.len() as u64 }),
    }
}

/// Three statements of two versions each.
fn three() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let mut press = Press::create(dir.path()).unwrap();
    press.put_site(&Site::default()).unwrap();
    for id in ["a", "b", "c"] {
        for number in [1, 2] {
            press.put_version(id, &version(number).to_bytes().unwrap(), Some(BUNDLE)).unwrap();
        }
        press.put_state(id, &State::default()).unwrap();
    }
    dir
}

/// Read so late after the last change that nothing is young.
fn calm(dir: &Path, known: &[Entry]) -> Shown {
    Shown::read(dir, known, SystemTime::now() + Duration::from_secs(60)).unwrap()
}

/// The same bytes but one, written into the file itself, its time of modification put back.
fn in_place(file: &Path) {
    let before = std::fs::metadata(file).unwrap().modified().unwrap();
    let mut bytes = std::fs::read(file).unwrap();
    let at = bytes.iter().position(|byte| *byte == b'y').unwrap_or(1);
    bytes[at] = b'x';
    std::fs::write(file, bytes).unwrap();
    std::fs::File::options().write(true).open(file).unwrap().set_modified(before).unwrap();
}

#[test]
fn a_file_that_is_changed_in_place_is_seen_whatever_its_time_says() {
    for file in ["site.json", "statements/a/1.json", "statements/b/2.bundle.json", "statements/c/state.json"] {
        let dir = three();
        let shown = calm(dir.path(), &[]);
        assert!(!shown.changed());
        // A clock of a few milliseconds' step: the next change has another time.
        std::thread::sleep(Duration::from_millis(20));
        in_place(&dir.path().join(file));
        assert!(shown.changed(), "{file}");
        let again = calm(dir.path(), &shown.entries);
        let same = |id: &str| match (again.statement(id), shown.statement(id)) {
            (Some(again), Some(shown)) => Arc::ptr_eq(again, shown),
            _ => false,
        };
        for id in ["a", "b", "c"] {
            assert_eq!(same(id), !file.contains(&format!("/{id}/")), "{file}: {id}");
        }
    }
}

#[test]
fn only_what_changed_is_read_again() {
    let dir = three();
    let shown = calm(dir.path(), &[]);
    std::thread::sleep(Duration::from_millis(20));
    let state = State { related: vec!["c".into()], ..State::default() };
    Press::create(dir.path()).unwrap().put_state("a", &state).unwrap();
    assert!(shown.changed());
    let again = calm(dir.path(), &shown.entries);
    assert_eq!(again.statement("a").unwrap().state, state);
    assert!(Arc::ptr_eq(again.statement("c").unwrap(), shown.statement("c").unwrap()));
    std::fs::remove_dir_all(dir.path().join("statements/b")).unwrap();
    assert!(again.changed());
    assert_eq!(calm(dir.path(), &again.entries).statements().len(), 2);
}

#[test]
fn what_is_young_is_read_once_more() {
    let dir = three();
    let young = Shown::load(dir.path()).unwrap();
    assert!(young.again.is_some() && young.entries.iter().all(|entry| entry.young));
    // Twice within the clock's step: the second one leaves every time as it was, and what was young is not taken over.
    let again = calm(dir.path(), &young.entries);
    assert!(!Arc::ptr_eq(again.statement("a").unwrap(), young.statement("a").unwrap()));
    assert!(again.again.is_none() && !again.changed());
}

#[test]
fn looks_go_over_all_files_in_turn() {
    let dir = tempfile::tempdir().unwrap();
    let statements = dir.path().join("statements");
    std::fs::create_dir(&statements).unwrap();
    // A thousand statements of three files each are more than one look goes over.
    for number in 0..1_000 {
        let folder = statements.join(format!("s{number:04}"));
        std::fs::create_dir(&folder).unwrap();
        for file in ["1.json", "state.json"] {
            std::fs::write(folder.join(file), "xyz").unwrap();
        }
    }
    let shown = calm(dir.path(), &[]);
    assert!((0..6).all(|_| !shown.changed()));
    std::thread::sleep(Duration::from_millis(20));
    for number in [0, 500, 999] {
        in_place(&statements.join(format!("s{number:04}/1.json")));
        assert!((0..3).any(|_| shown.changed()), "{number}");
    }
}
