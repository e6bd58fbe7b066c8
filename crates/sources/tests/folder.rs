//! A watched folder, with everything that lies about in folders.

#![allow(clippy::unwrap_used)] // a test may stop where it stands

mod common;

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::{Duration, SystemTime};

use common::net;
use countermark_sources::folder::Folder;
use countermark_sources::{Batch, Cursor, Fault, Kind, Picture, Source};

fn poll(dir: &Path, cursor: &Cursor) -> Batch {
    Folder::new(dir, Duration::from_secs(1)).poll(&net(), cursor).unwrap()
}

/// A file whose time lies so far back that nobody waits for it.
fn write(path: &Path, bytes: impl AsRef<[u8]>, age: u64) {
    fs::write(path, bytes).unwrap();
    let file = fs::File::options().write(true).open(path).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(age)).unwrap();
}

fn shown(batch: &Batch) -> Vec<(String, Kind, String)> {
    let texts =
        |post: &countermark_sources::Post| post.passages.iter().map(|p| p.text.as_str()).collect::<Vec<_>>().join("|");
    batch.posts.iter().map(|post| (post.id.clone(), post.kind, texts(post))).collect()
}

#[test]
fn each_version_of_a_file_is_seen_once() {
    let dir = tempfile::tempdir().unwrap();
    write(&dir.path().join("b.txt"), "second\r\nline", 50);
    write(&dir.path().join("a.md"), "first", 100);
    let first = poll(dir.path(), &Cursor::default());
    assert_eq!(
        shown(&first),
        [("a.md".into(), Kind::New, "first".into()), ("b.txt".into(), Kind::New, "second\nline".into())]
    );
    assert_eq!(first.posts[1].exchange.response, b"second\r\nline");
    assert!(poll(dir.path(), &first.cursor).posts.is_empty());
    // A new text of the same length and time, renamed over the old: another file all the same.
    let times = fs::metadata(dir.path().join("a.md")).unwrap().modified().unwrap();
    write(&dir.path().join("new"), "other", 100);
    fs::File::options().write(true).open(dir.path().join("new")).unwrap().set_modified(times).unwrap();
    fs::rename(dir.path().join("new"), dir.path().join("a.md")).unwrap();
    write(&dir.path().join("old.txt"), "old, but new here", 1_000_000);
    let second = poll(dir.path(), &first.cursor);
    assert_eq!(
        shown(&second),
        [("old.txt".into(), Kind::New, "old, but new here".into()), ("a.md".into(), Kind::Edited, "other".into())]
    );
    fs::remove_file(dir.path().join("b.txt")).unwrap();
    let third = poll(dir.path(), &second.cursor);
    assert!(third.posts.is_empty());
    write(&dir.path().join("b.txt"), "back again", 10);
    assert_eq!(shown(&poll(dir.path(), &third.cursor)), [("b.txt".into(), Kind::New, "back again".into())]);
}

#[test]
fn a_fresh_file_is_taken_at_once_and_one_that_grows_is_not() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("fresh.txt"), "whole").unwrap();
    assert_eq!(poll(dir.path(), &Cursor::default()).posts.len(), 1);
    let path = dir.path().join("grows.txt");
    let growing = std::thread::spawn({
        let path = path.clone();
        move || {
            use std::io::Write;
            let mut file = fs::File::create(path).unwrap();
            for _ in 0..60 {
                file.write_all(b"a part of a sentence ").unwrap();
                std::thread::sleep(Duration::from_millis(10));
            }
        }
    });
    while !path.exists() {
        std::thread::yield_now();
    }
    let mut cursor = Cursor::default();
    let early = poll(dir.path(), &cursor);
    cursor = early.cursor.clone();
    assert!(early.posts.iter().all(|post| post.id != "grows.txt"), "half of it is no version");
    growing.join().unwrap();
    let late = poll(dir.path(), &cursor);
    assert_eq!(late.posts[0].passages[0].text.len(), 60 * "a part of a sentence ".len());
}

#[test]
fn only_plain_files_of_known_kinds_are_read() {
    let dir = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    write(&outside.path().join("secret.txt"), "not in the folder", 9);
    symlink(outside.path().join("secret.txt"), dir.path().join("link.txt")).unwrap();
    fs::create_dir(dir.path().join("within.txt")).unwrap();
    let fifo = std::process::Command::new("mkfifo").arg(dir.path().join("pipe.txt")).status().unwrap();
    assert!(fifo.success());
    for aside in [".hidden.txt", "half.txt.part", "letter.txt~", "program.exe", "noending"] {
        write(&dir.path().join(aside), "x", 9);
    }
    write(&dir.path().join(OsStr::from_bytes(b"\xff\n100%.txt")), "any name", 8);
    write(&dir.path().join("empty.txt"), "", 7);
    let batch = poll(dir.path(), &Cursor::default());
    assert_eq!(
        shown(&batch),
        [("%FF%0A100%25.txt".into(), Kind::New, "any name".into()), ("empty.txt".into(), Kind::New, String::new())]
    );
    assert!(matches!(
        Folder::new(dir.path().join("nowhere"), Duration::from_secs(1)).poll(&net(), &Cursor::default()),
        Err(Fault::Unreachable(_))
    ));
}

#[test]
fn kinds_of_content_are_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    write(
        &dir.path().join("1.html"),
        "<html><body><script>x()</script><p>Words of a <b>page</b>.</p></body></html>",
        90,
    );
    let (old, _, _) = encoding_rs::WINDOWS_1251.encode("Мы не откроем переход в Дорне, пока не вернутся инспекторы");
    write(&dir.path().join("2.txt"), &old, 80);
    write(
        &dir.path().join("3.json"),
        r#"[{"id":"a","text":"one","author":"Mara","at":5,"url":"http://example.org/"},{"text":"two"}]"#,
        70,
    );
    write(&dir.path().join("4.jsonl"), "{\"text\":\"three\"}\n\n{\"text\":\"four\"}\n", 60);
    write(&dir.path().join("5.json"), "{\"not\": \"a post\"}", 50);
    write(&dir.path().join("6.png"), b"\x89PNG\r\n\x1a\nrest", 40);
    let batch = poll(dir.path(), &Cursor::default());
    let rows = shown(&batch);
    let row = |id: &str, text: &str| (id.to_owned(), Kind::New, text.to_owned());
    assert!(rows[0].2.contains("Words of a page.") && !rows[0].2.contains("x()"), "{}", rows[0].2);
    assert_eq!(rows[1], row("2.txt", "Мы не откроем переход в Дорне, пока не вернутся инспекторы"));
    assert_eq!(
        rows[2..6],
        [row("3.json#a", "one"), row("3.json#2", "two"), row("4.jsonl#1", "three"), row("4.jsonl#2", "four")]
    );
    assert_eq!((batch.posts[2].author.as_deref(), batch.posts[2].at), (Some("Mara"), Some(5)));
    assert_eq!(rows[6], row("5.json", "{\"not\": \"a post\"}"));
    let picture = &batch.posts[7].pictures[0];
    let mut folder = Folder::new(dir.path(), Duration::from_secs(1));
    assert_eq!(folder.picture(&net(), picture).unwrap().bytes, b"\x89PNG\r\n\x1a\nrest");
    for outside in ["/etc/passwd".to_owned(), format!("{}/../x.png", dir.path().display())] {
        assert!(folder.picture(&net(), &Picture { url: outside }).is_err());
    }
}

#[test]
fn a_large_folder_is_taken_in_pieces() {
    let dir = tempfile::tempdir().unwrap();
    for number in 0..1100 {
        write(&dir.path().join(format!("{number:04}.txt")), format!("text {number}"), 2000 - number);
    }
    let (mut cursor, mut ids, mut polls) = (Cursor::default(), Vec::new(), 0);
    let mut folder = Folder::new(dir.path(), Duration::from_secs(1));
    loop {
        let batch = folder.poll(&net(), &cursor).unwrap();
        ids.extend(batch.posts.iter().map(|post| post.id.clone()));
        polls += 1;
        // As the watcher keeps it: through JSON.
        cursor = serde_json::from_str(&serde_json::to_string(&batch.cursor).unwrap()).unwrap();
        if !batch.more {
            break;
        }
        if polls == 1 {
            // One of those that wait is changed, one is gone, one is new.
            write(&dir.path().join("0700.txt"), "otherwise", 1300);
            fs::remove_file(dir.path().join("0701.txt")).unwrap();
            write(&dir.path().join("new.txt"), "new", 3000);
            // Another watcher, from the same cursor, finds the same.
            assert_eq!(poll(dir.path(), &cursor).posts.first().unwrap().id, "new.txt");
        }
    }
    assert_eq!((ids.len(), polls), (1098, 3));
    let late: Vec<String> =
        shown(&folder.poll(&net(), &cursor).unwrap()).into_iter().map(|(id, _, text)| id + &text).collect();
    assert_eq!(late, ["new.txtnew", "0700.txtotherwise"]);
    assert!(ids.is_sorted());
    let text = serde_json::to_string(&cursor).unwrap();
    assert!(text.len() < 1100 * 25 + 100, "{}", text.len());
}
