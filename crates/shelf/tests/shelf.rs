//! The index as files: added to, removed from, merged, read meanwhile, cut off at any step, damaged.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use countermark_marking::Master;
use countermark_screening::{Builder, Key, Screener};
use countermark_shelf::{Error, Reader, Shelf};

fn key() -> Key {
    Key::new(&[3; 32])
}

fn text(number: u64) -> String {
    format!(
        "The ferry f{number} sails from pier p{number} with turbines t{number} under captain c{number} to the harbour of h{number} at dawn."
    )
}

fn add(shelf: &mut Shelf, number: u64) {
    shelf.add(number, &Master::plain(&text(number)), &|_| vec![]).expect("added");
}

fn finds<B: AsRef<[u8]>>(screener: &Screener<B>, number: u64) -> bool {
    let screening = screener.screen(&text(number));
    assert!(screening.faults.is_empty());
    screening.matches.iter().any(|found| found.handle == number && found.alarm)
}

fn files(dir: &Path) -> usize {
    fs::read_dir(dir).expect("a folder").count()
}

#[test]
fn what_is_added_is_found_and_what_is_removed_is_not() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut reader = Reader::open(dir.path(), key()).expect("an empty index");
    let mut shelf = Shelf::open(dir.path(), key()).expect("opens");
    assert!(!reader.refresh().expect("looks"));
    for number in 0..40 {
        add(&mut shelf, number);
        assert!(reader.refresh().expect("looks"), "{number}");
        assert!((0..=number).all(|n| finds(reader.screener(), n)), "{number}");
    }
    assert!(files(dir.path()) < 12, "merged as it grows: {}", files(dir.path()));
    assert!(shelf.remove(7).expect("written"));
    assert!(!shelf.remove(7).expect("looked"), "once");
    reader.refresh().expect("looks");
    assert!(!finds(reader.screener(), 7) && finds(reader.screener(), 8));
    // Again under the same handle: the newer text holds.
    shelf.add(8, &Master::plain(&text(1008)), &|_| vec![]).expect("added");
    assert_eq!(shelf.messages(), 39);
    let screener = shelf.screener().expect("opens");
    assert!(!finds(&screener, 8));
    assert_eq!(screener.screen(&text(1008)).matches[0].handle, 8);
    shelf.tidy().expect("written");
    drop(shelf);
    let shelf = Shelf::open(dir.path(), key()).expect("opens");
    assert_eq!(shelf.messages(), 39);
    let screener = shelf.screener().expect("opens");
    assert!((0..40).all(|n| finds(&screener, n) == (n != 7 && n != 8)));
}

#[test]
fn everything_is_replaced_at_once() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut shelf = Shelf::open(dir.path(), key()).expect("opens");
    (0..9).for_each(|number| add(&mut shelf, number));
    let key = key();
    let mut builder = Builder::new(&key);
    (100..300).for_each(|number| builder.add_text(number, &text(number)).expect("room"));
    shelf.replace_all(builder).expect("written");
    let screener = shelf.screener().expect("opens");
    assert!(!finds(&screener, 3) && finds(&screener, 222));
    assert_eq!((shelf.messages(), files(dir.path())), (200, 3));
}

#[test]
fn one_writes() {
    let dir = tempfile::tempdir().expect("a folder");
    let shelf = Shelf::open(dir.path(), key()).expect("opens");
    assert!(matches!(Shelf::open(dir.path(), key()), Err(Error::Busy { .. })));
    drop(shelf);
    assert!(Shelf::open(dir.path(), key()).is_ok());
}

#[test]
fn readers_read_while_the_writer_writes() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut shelf = Shelf::open(dir.path(), key()).expect("opens");
    add(&mut shelf, 0);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut reader = Reader::open(dir.path(), key()).expect("opens");
                while !done.load(Ordering::Relaxed) {
                    reader.refresh().expect("opens, whatever the writer does");
                    // The first is there at any moment, and the others from some moment on.
                    assert!(finds(reader.screener(), 0));
                    let messages = reader.screener().messages();
                    assert!((1..messages).all(|n| finds(reader.screener(), n)));
                }
            });
        }
        (1..60).for_each(|number| add(&mut shelf, number));
        shelf.tidy().expect("written");
        done.store(true, Ordering::Relaxed);
    });
}

#[test]
fn what_a_dead_writer_left_is_swept() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut shelf = Shelf::open(dir.path(), key()).expect("opens");
    (0..3).for_each(|number| add(&mut shelf, number));
    drop(shelf);
    // Died after a segment was written, and while the next file was.
    fs::write(dir.path().join("900.segment"), b"not listed").expect("written");
    fs::write(dir.path().join("manifest.new"), b"half").expect("written");
    let reader = Reader::open(dir.path(), key()).expect("opens");
    assert!((0..3).all(|n| finds(reader.screener(), n)));
    let shelf = Shelf::open(dir.path(), key()).expect("opens");
    assert!(!dir.path().join("900.segment").exists() && !dir.path().join("manifest.new").exists());
    assert_eq!(shelf.messages(), 3);
}

#[test]
fn damage_is_an_error_that_names_the_file() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut shelf = Shelf::open(dir.path(), key()).expect("opens");
    (0..3).for_each(|number| add(&mut shelf, number));
    drop(shelf);
    assert!(matches!(Reader::open(dir.path(), Key::new(&[4; 32])), Err(Error::Content { .. })), "another key");
    for entry in fs::read_dir(dir.path()).expect("a folder").flatten() {
        let path = entry.path();
        let bytes = fs::read(&path).expect("read");
        if bytes.is_empty() {
            continue; // the lock
        }
        fs::write(&path, &bytes[..bytes.len() / 2]).expect("written");
        let error = Reader::open(dir.path(), key()).expect_err("cut in half");
        assert!(
            error.to_string().contains(path.file_name().and_then(|name| name.to_str()).expect("a name")),
            "{error}"
        );
        fs::remove_file(&path).expect("removed");
        let opened = Reader::open(dir.path(), key());
        // Without a manifest there is no index; a missing segment is an error.
        assert_eq!(opened.is_ok(), path.ends_with("manifest"));
        fs::write(&path, &bytes).expect("written");
        assert!(Reader::open(dir.path(), key()).is_ok());
    }
}
