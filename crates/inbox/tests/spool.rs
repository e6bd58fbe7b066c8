//! What is appended is taken, once and in order; what is full, damaged or foreign is said.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::os::unix::fs::PermissionsExt;

use common::{identity, item, posts, read, recipient};
use countermark_inbox::{Error, Harm, Inbox, Level, Limits, Position, Reader};

const SMALL: Limits = Limits { record: 64 << 10, segment: 4 << 10, spool: 40 << 10 };

#[test]
fn items_come_back_in_order_from_both_lanes() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("inbox");
    let mut inbox = Inbox::open(&path, &recipient(), SMALL, [1; 16]).unwrap();
    let levels = [Level::Match, Level::Alarm, Level::Match, Level::Invented, Level::Deleted, Level::Match];
    for (number, level) in (1..).zip(levels) {
        inbox.append(&[item(number, level, 10)]).unwrap();
    }
    let mut reader = Reader::open(&path, &identity()).unwrap();
    let mut at = Position::default();
    for number in 1..=6 {
        let (position, found) = reader.next(&at).unwrap().unwrap();
        assert_eq!(found, item(number, levels[number as usize - 1], 10));
        at = position;
    }
    assert!(reader.next(&at).unwrap().is_none());
    // What comes later is seen by the same reader; of a batch, what is kept comes first.
    inbox.append(&[item(7, Level::Match, 0), item(8, Level::Alarm, 0)]).unwrap();
    assert_eq!(posts(&read(&path, &at).0), [8, 7]);
    let (next, _) = reader.next(&at).unwrap().unwrap();
    assert_eq!(next.number, 7);
    // From before: an earlier position gives the same again.
    assert_eq!(posts(&read(&path, &Position::default()).0), [1, 2, 3, 4, 5, 6, 8, 7]);
    let (first, _) = reader.next(&Position::default()).unwrap().unwrap();
    assert_eq!(first.number, 1);
    // A position in another spool is none in this one.
    let elsewhere = Position { spool: "ff".repeat(16), number: 99 };
    assert_eq!(posts(&read(&path, &elsewhere).0).len(), 8);
    assert!(reader.damage().is_empty());
}

#[test]
fn only_the_owner_may_look_and_one_writer_append() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("inbox");
    assert!(matches!(Reader::open(&path, &identity()), Err(Error::Missing)));
    let mut inbox = Inbox::open(&path, &recipient(), SMALL, [1; 16]).unwrap();
    inbox.append(&[item(1, Level::Alarm, 10), item(2, Level::Match, 10)]).unwrap();
    assert!(matches!(Inbox::open(&path, &recipient(), SMALL, [2; 16]), Err(Error::Locked)));
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
    for entry in std::fs::read_dir(&path).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{entry:?}");
        let bytes = std::fs::read(entry.path()).unwrap();
        assert!(!bytes.windows(5).any(|five| five == b"ferry"), "{entry:?}");
    }
    drop(inbox);
    assert!(matches!(Inbox::open(&path, "age1nothing", SMALL, [2; 16]), Err(Error::Recipient)));
    Inbox::open(&path, &recipient(), SMALL, [2; 16]).unwrap();
}

#[test]
fn full_of_matches_the_oldest_go_and_full_of_alarms_it_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("inbox");
    let mut inbox = Inbox::open(&path, &recipient(), SMALL, [1; 16]).unwrap();
    let mut segments = 0;
    for number in 1..=100 {
        segments += inbox.append(&[item(number, Level::Match, 600)]).unwrap().segments;
        assert!(inbox.bytes() <= SMALL.spool);
    }
    assert!(segments > 5);
    let (found, damage) = read(&path, &Position::default());
    let kept = posts(&found);
    assert!(
        kept.len() > 20 && kept.last() == Some(&100) && kept.windows(2).all(|two| two[0] + 1 == two[1]),
        "{kept:?}"
    );
    assert!(damage.is_empty());
    let reader = Reader::open(&path, &identity()).unwrap();
    assert_eq!(reader.dropped(), inbox.dropped());
    assert_eq!(inbox.dropped().segments, segments);

    // Alarms push every match out, and then nothing more goes in.
    let mut alarms = 0;
    let full = loop {
        match inbox.append(&[item(1000 + alarms, Level::Alarm, 600)]) {
            Ok(_) => alarms += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(full, Error::Full { .. }), "{full}");
    assert!(alarms > 25, "{alarms}");
    let (found, _) = read(&path, &Position::default());
    assert_eq!(posts(&found), (1000..1000 + alarms).collect::<Vec<_>>());
    // A match that comes now is dropped, counted, and no error.
    assert_eq!(inbox.append(&[item(1, Level::Match, 600)]).unwrap().matches, 1);
    assert_eq!(inbox.dropped().matches, 1);

    // The desk takes it all, and there is room again; numbers go on.
    let mut reader = Reader::open(&path, &identity()).unwrap();
    let last = Position { number: found.last().unwrap().0, ..reader.next(&Position::default()).unwrap().unwrap().0 };
    reader.forget(&last).unwrap();
    inbox.append(&[item(7, Level::Alarm, 600)]).unwrap();
    drop(inbox);
    let mut inbox = Inbox::open(&path, &recipient(), SMALL, [9; 16]).unwrap();
    inbox.append(&[item(8, Level::Match, 600)]).unwrap();
    assert_eq!(posts(&read(&path, &last).0), [7, 8]);
}

#[test]
fn what_is_too_large_refuses_its_batch() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("inbox");
    let mut inbox = Inbox::open(&path, &recipient(), SMALL, [1; 16]).unwrap();
    let error = inbox.append(&[item(1, Level::Alarm, 5), item(2, Level::Match, 70 << 10)]).unwrap_err();
    assert!(matches!(error, Error::TooLarge { index: 1, limit: 65_536, .. }), "{error}");
    assert!(read(&path, &Position::default()).0.is_empty());
}

#[test]
fn damage_is_told_with_its_place_and_the_rest_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("inbox");
    let limits = Limits { segment: 1 << 20, ..SMALL };
    let mut inbox = Inbox::open(&path, &recipient(), limits, [1; 16]).unwrap();
    let segment = path.join("0000000000000001.kept");
    // An age file has a part of random length: the frames differ in theirs.
    let mut ends = vec![20 + recipient().len() + 1];
    for number in 1..=3 {
        inbox.append(&[item(number, Level::Alarm, 0)]).unwrap();
        ends.push(std::fs::metadata(&segment).unwrap().len() as usize);
    }
    drop(inbox);
    let good = std::fs::read(&segment).unwrap();
    let (head, start, end) = (ends[0], ends[1], ends[2]);
    let frame = end - start;
    let stride = 1 + frame / 60;
    for at in (start..end).step_by(stride) {
        let mut bad = good.clone();
        bad[at] ^= 0x20;
        std::fs::write(&segment, &bad).unwrap();
        let (found, damage) = read(&path, &Position::default());
        assert_eq!(posts(&found), [1, 3], "byte {at}");
        assert_eq!(damage.len(), 1, "byte {at}");
        assert_eq!((damage[0].offset, damage[0].bytes), (start as u64, frame as u64), "byte {at}");
        assert_eq!(damage[0].harm, Harm::Changed);
        assert!(damage[0].to_string().starts_with("inbox/0000000000000001.kept: "), "{}", damage[0]);
        // Behind it, it is old news.
        assert!(read(&path, &Position { number: 2, spool: "01".repeat(16) }).1.is_empty(), "byte {at}");
    }
    // Cut in the middle, with a later segment behind it.
    std::fs::write(&segment, &good[..start + 9]).unwrap();
    std::fs::write(path.join("0000000000000003.kept"), [&good[..head], &good[end..]].concat()).unwrap();
    let (found, damage) = read(&path, &Position::default());
    assert_eq!(posts(&found), [1, 3]);
    assert_eq!(damage.len(), 1);
    assert_eq!((damage[0].offset, damage[0].bytes, damage[0].harm), (start as u64, 9, Harm::Cut));
}

#[test]
fn what_is_sealed_to_another_key_is_told_and_stays() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("inbox");
    let other = age::x25519::Identity::generate().to_public().to_string();
    let mut inbox = Inbox::open(&path, &other, SMALL, [1; 16]).unwrap();
    inbox.append(&[item(1, Level::Alarm, 10)]).unwrap();
    drop(inbox);
    let mut inbox = Inbox::open(&path, &recipient(), SMALL, [1; 16]).unwrap();
    inbox.append(&[item(2, Level::Alarm, 10)]).unwrap();
    let (found, damage) = read(&path, &Position::default());
    assert_eq!(posts(&found), [2]);
    assert_eq!(damage[0].harm, Harm::OtherKey);
    let mut reader = Reader::open(&path, &identity()).unwrap();
    let position = reader.next(&Position::default()).unwrap().unwrap().0;
    reader.forget(&position).unwrap();
    assert!(path.join("0000000000000001.kept").exists());
}

#[test]
fn one_key_for_one_find() {
    let one = item(1, Level::Alarm, 10);
    let mut again = one.clone();
    (again.handle, again.captured_at, again.capture) = ("x".into(), 0, vec![]);
    assert_eq!(one.key(), again.key());
    assert_eq!(one.key().len(), 64);
    let changes: [fn(&mut countermark_inbox::Item); 4] = [
        |item| item.source.push('x'),
        |item| item.post.push('x'),
        |item| item.level = Level::Match,
        |item| item.texts[0].text.push('x'),
    ];
    for change in changes {
        let mut other = one.clone();
        change(&mut other);
        assert_ne!(one.key(), other.key());
    }
}
