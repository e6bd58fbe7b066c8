//! What a child process may not do: be missing, sleep, print without end, eat memory, leave somebody behind.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use countermark_ocr::{Error, Limits, Reader};

/// A command of our own in place of Tesseract.
struct Fake {
    folder: tempfile::TempDir,
}

impl Fake {
    fn new(script: &str) -> Self {
        let fake = Self { folder: tempfile::tempdir().unwrap() };
        std::fs::write(fake.path(), format!("#!/bin/sh\ncd {}\n{script}\n", fake.folder.path().display())).unwrap();
        std::fs::set_permissions(fake.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        fake
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("tesseract")
    }

    fn read(&self, limits: Limits) -> Result<countermark_ocr::Read, Error> {
        let path = self.path();
        Reader::new(path.to_str().unwrap(), &["eng"], limits).unwrap().read(&picture())
    }
}

/// A picture with something like text on it.
fn picture() -> Vec<u8> {
    let ink = |x: u32, y: u32| x % 8 < 4 && y % 20 < 10 && x > 20 && y > 20;
    let picture = image::GrayImage::from_fn(200, 100, |x, y| image::Luma([if ink(x, y) { 0 } else { 255 }]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn limits(milliseconds: u64) -> Limits {
    Limits { time: Duration::from_millis(milliseconds), output: 1 << 20, ..Limits::default() }
}

#[test]
fn what_is_not_there_is_said_with_what_to_install() {
    let reader = Reader::new("/nowhere/tesseract", &["eng"], Limits::default()).unwrap();
    let error = reader.read(&picture()).unwrap_err();
    assert!(matches!(error, Error::Missing { .. }), "{error:?}");
    assert!(error.to_string().contains("tesseract-ocr-eng"), "{error}");
    for name in ["", "eng+rus", "../eng", "-c", "eng rus"] {
        assert!(matches!(Reader::new("tesseract", &[name], Limits::default()), Err(Error::LanguageName(_))), "{name}");
    }
}

#[test]
fn who_sleeps_is_killed_with_all_that_he_started() {
    let fake = Fake::new("sleep 1000 & echo $! >child; sleep 1000");
    let start = Instant::now();
    assert!(matches!(fake.read(limits(1500)), Err(Error::Time { .. })));
    assert!(start.elapsed() < Duration::from_secs(60), "not a thousand seconds");
    let child = std::fs::read_to_string(fake.folder.path().join("child")).unwrap();
    let proc = PathBuf::from("/proc").join(child.trim()).join("stat");
    // Gone, or dead and not yet buried by whoever inherits it.
    let gone = || {
        std::fs::read_to_string(&proc)
            .map_or(true, |stat| stat.rsplit(") ").next().unwrap_or("").starts_with(['Z', 'X']))
    };
    let deadline = Instant::now() + Duration::from_secs(20);
    while !gone() {
        assert!(Instant::now() < deadline, "the grandchild lives");
        std::thread::yield_now();
    }
}

#[test]
fn who_prints_without_end_is_stopped_at_the_limit() {
    let fake = Fake::new("exec yes");
    assert!(matches!(fake.read(limits(60_000)), Err(Error::Output { limit: 1_048_576, .. })));
    // Complaints without end are not kept, and hinder nothing.
    let fake = Fake::new("head -c 3000000 /dev/zero 1>&2; cat >/dev/null");
    assert!(fake.read(limits(60_000)).is_ok());
    assert!(matches!(Fake::new("exec yes 1>&2").read(limits(1500)), Err(Error::Time { .. })));
}

#[test]
fn who_eats_memory_gets_none() {
    let fake = Fake::new("exec tail /dev/zero");
    let small = Limits { memory: 64 << 20, ..limits(60_000) };
    let error = fake.read(small).unwrap_err();
    assert!(matches!(error, Error::Failed { .. }), "{error:?}");
}

#[test]
fn who_fails_or_reads_nothing_or_prints_nonsense_does_no_harm() {
    let error = Fake::new("echo 'secret words' >&2; exit 3").read(limits(60_000)).unwrap_err();
    assert!(matches!(error, Error::Failed { code: Some(3), .. }), "{error:?}");
    assert!(!format!("{error:?} {error}").contains("secret"));
    for script in [
        "exit 0",
        "head -c 300000 /dev/urandom",
        "printf '5\\t1\\t1\\n5\\t9\\t1\\t1\\t1\\t1\\t0\\t0\\t1\\t1\\t50\\tx\\n'",
    ] {
        assert_eq!(Fake::new(script).read(limits(60_000)).unwrap().text, "", "{script}");
    }
    // Who reads nothing still gets to speak, whatever waits in the pipe.
    let row = "5\\t1\\t1\\t1\\t1\\t1\\t20\\t20\\t60\\t12\\t91.5\\tword\\n";
    let read = Fake::new(&format!("printf '{row}'")).read(limits(60_000)).unwrap();
    assert_eq!((read.text.as_str(), read.confidence), ("word", 92));
}
