//! The queue: sealed, bounded, and read once by whoever holds the desk's key.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::collections::BTreeSet;
use std::os::unix::fs::{PermissionsExt, symlink};

use age::secrecy::ExposeSecret;
use common::scratch;
use countermark_statement::{Error, Queue, QueueReader, Room, Slip, limits};

fn comment(text: &str) -> Slip {
    Slip::Comment { statement: "harbour".into(), name: "Jo".into(), text: text.into(), at: 1_900_000_000 }
}

fn reply(text: &str) -> Slip {
    Slip::Reply { statement: "harbour".into(), token: "ab12".into(), text: text.into(), at: 1_900_000_000 }
}

struct Ends {
    dir: tempfile::TempDir,
    desk: String,
    identity: String,
}

impl Ends {
    fn new() -> Self {
        let identity = age::x25519::Identity::generate();
        Self {
            dir: scratch(),
            desk: identity.to_public().to_string(),
            identity: identity.to_string().expose_secret().to_owned(),
        }
    }

    fn queue(&self, room: Room) -> Queue {
        Queue::open(&self.dir.path().join("queue"), room).unwrap()
    }

    fn reader(&self) -> QueueReader {
        QueueReader::open(&self.dir.path().join("queue"), &self.identity).unwrap()
    }

    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.dir.path().join("queue")).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}

#[test]
fn what_was_taken_is_read_by_the_desk_alone() {
    let ends = Ends::new();
    assert!(ends.reader().next(None, 10).unwrap().is_empty(), "no queue yet");
    let queue = ends.queue(Room::default());
    let sent = [comment("Is it true?"), reply("It is not."), comment("и ещё раз")];
    sent.iter().for_each(|slip| queue.put(slip, &ends.desk).unwrap());
    let taken = ends.reader().next(None, 10).unwrap();
    assert_eq!(taken.len(), 3);
    assert!(sent.iter().all(|slip| taken.iter().any(|taken| taken.slip.as_ref() == Some(slip))));
    // In stretches, each once.
    let mut seen = BTreeSet::new();
    let mut after = None;
    while let Some(taken) = ends.reader().next(after.as_deref(), 1).unwrap().pop() {
        assert!(seen.insert(taken.sha256));
        after = Some(taken.name);
    }
    assert_eq!(seen.len(), 3);
    // Nothing of it can be read without the key, nor by another one.
    for name in ends.names() {
        let bytes = std::fs::read(ends.dir.path().join("queue").join(&name)).unwrap();
        assert!(bytes.starts_with(b"age-encryption.org/v1") && !bytes.windows(7).any(|seven| seven == b"harbour"));
        let mode = std::fs::metadata(ends.dir.path().join("queue").join(&name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let other = Ends { identity: Ends::new().identity, ..ends };
    assert!(other.reader().next(None, 10).unwrap().iter().all(|taken| taken.slip.is_none()));
    for taken in other.reader().next(None, 10).unwrap() {
        other.reader().forget(&taken.name).unwrap();
        other.reader().forget(&taken.name).unwrap();
    }
    assert!(other.names().is_empty());
    assert_eq!(std::fs::metadata(other.dir.path().join("queue")).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn lengths_say_little() {
    let ends = Ends::new();
    let queue = ends.queue(Room::default());
    for length in [1, 10, 100, 1_000, 1_500, 2_100, 4_000] {
        queue.put(&comment(&"x".repeat(length)), &ends.desk).unwrap();
    }
    queue.put(&reply(&"\n".repeat(10).replace('\n', "x\n").repeat(3_200)), &ends.desk).unwrap();
    // What age adds is of a random length, whatever the content's.
    let padded =
        |length: u64| [2 << 10, 8 << 10, 32 << 10, 192 << 10].into_iter().rfind(|size| *size < length).unwrap();
    let length = |name: &String| std::fs::metadata(ends.dir.path().join("queue").join(name)).unwrap().len();
    let sizes: BTreeSet<u64> = ends.names().iter().map(|name| padded(length(name))).collect();
    assert!(ends.names().iter().all(|name| length(name) < padded(length(name)) + 1024));
    assert_eq!(sizes.len(), 3, "{sizes:?}");
}

#[test]
fn a_flood_fills_no_disk_and_leaves_room_for_replies() {
    let ends = Ends::new();
    let queue = ends.queue(Room { slips: 40, bytes: 1 << 20 });
    let mut put = 0;
    let full = loop {
        match queue.put(&comment("again"), &ends.desk) {
            Ok(()) => put += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(full, Error::Full), "{full:?}");
    assert_eq!((put, ends.names().len()), (30, 30));
    for _ in 0..10 {
        queue.put(&reply("heard"), &ends.desk).unwrap();
    }
    assert!(matches!(queue.put(&reply("heard"), &ends.desk), Err(Error::Full)));
    // Another process that opens it finds it full as well; what the desk has read makes room.
    assert!(matches!(
        ends.queue(Room { slips: 40, bytes: 1 << 20 }).put(&comment("again"), &ends.desk),
        Err(Error::Full)
    ));
    for taken in ends.reader().next(None, 20).unwrap() {
        ends.reader().forget(&taken.name).unwrap();
    }
    queue.put(&comment("again"), &ends.desk).unwrap();
    // Bytes count as well, foreign ones included.
    let queue = ends.queue(Room { slips: 4_000, bytes: 200_000 });
    std::fs::write(ends.dir.path().join("queue/foreign"), vec![0; 200_000]).unwrap();
    assert!(matches!(ends.queue(Room { slips: 4_000, bytes: 200_000 }).put(&reply("x"), &ends.desk), Err(Error::Full)));
    drop(queue);
}

#[test]
fn garbage_is_counted_and_passed() {
    let ends = Ends::new();
    ends.queue(Room::default()).put(&comment("good"), &ends.desk).unwrap();
    let dir = ends.dir.path().join("queue");
    let name = |kind: char, digit: char| dir.join(format!("{kind}-{}.slip", digit.to_string().repeat(32)));
    std::fs::write(name('c', '0'), "no age file").unwrap();
    std::fs::write(name('c', '1'), vec![0; 300_000]).unwrap();
    symlink("/etc/hostname", name('c', '2')).unwrap();
    std::fs::create_dir(name('c', '3')).unwrap();
    let recipient: age::x25519::Recipient = ends.desk.parse().unwrap();
    for (digit, plain) in
        [('4', "[]"), ('5', "{\"kind\":\"comment\",\"statement\":\"../x\",\"name\":\"n\",\"text\":\"t\",\"at\":1}")]
    {
        std::fs::write(name('r', digit), age::encrypt(&recipient, plain.as_bytes()).unwrap()).unwrap();
    }
    for foreign in ["x.slip", ".c-0.slip.new", "c-ABCDEF.slip", "notes"] {
        std::fs::write(dir.join(foreign), "x").unwrap();
    }
    let taken = ends.reader().next(None, 100).unwrap();
    assert_eq!((taken.len(), taken.iter().filter(|taken| taken.slip.is_some()).count()), (7, 1));
    // Nothing outside can be let go of.
    ends.reader().forget("notes").unwrap();
    ends.reader().forget("../queue/notes").unwrap();
    assert!(dir.join("notes").exists());
}

#[test]
fn what_breaks_a_limit_is_not_taken() {
    let ends = Ends::new();
    let queue = ends.queue(Room::default());
    let mut bad = vec![
        comment(""),
        comment(&"x".repeat(limits::COMMENT_BYTES + 1)),
        reply(&"x".repeat(limits::REPLY_BYTES + 1)),
        comment("\u{0}"),
    ];
    bad.push(Slip::Comment { statement: "A".into(), name: "n".into(), text: "t".into(), at: 0 });
    bad.push(Slip::Comment { statement: "a".into(), name: "x".repeat(limits::NAME + 1), text: "t".into(), at: 0 });
    bad.push(Slip::Reply { statement: "a".into(), token: "no token".into(), text: "t".into(), at: 0 });
    for slip in bad {
        assert!(matches!(queue.put(&slip, &ends.desk), Err(Error::Slip(_))), "{slip:?}");
    }
    // The longest that may be, in the longest form that JSON gives it.
    queue.put(&reply(&"\"".repeat(limits::REPLY_BYTES)), &ends.desk).unwrap();
    assert!(matches!(queue.put(&comment("x"), "age1nobody"), Err(Error::Recipient)));
    assert_eq!(ends.reader().next(None, 10).unwrap().len(), 1);
}

#[test]
fn a_folder_of_a_group_gives_slips_to_the_group() {
    let ends = Ends::new();
    let dir = ends.dir.path().join("queue");
    std::fs::create_dir(&dir).unwrap();
    std::fs::set_permissions(&dir, PermissionsExt::from_mode(0o2770)).unwrap();
    ends.queue(Room::default()).put(&comment("x"), &ends.desk).unwrap();
    let mode = std::fs::metadata(dir.join(&ends.names()[0])).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
}

#[test]
fn nothing_that_was_sent_shows_in_an_error_or_a_log() {
    let said = format!("{:?} {:?}", comment("secret words"), reply("secret words"));
    assert!(!said.contains("secret") && !said.contains("Jo") && !said.contains("ab12"));
}
