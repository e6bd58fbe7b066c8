//! What was sent and received before: taken in once, found, compared, one leaf a file, removed.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{HOUR, NOW, create, open, open_at, scratch};
use countermark_office::{Item, Source, Took};
use countermark_reading::exports::{Direction, Kind, Settings, read};
use countermark_testkit::{Fault, Half};
use countermark_tracing::Verdict;
use countermark_vault::MemoryStore;

const CHAT: &str = "13/02/2024, 10:30 - Ada Lind: The answer of our government remains no, and I would rather say it now than in May.\n\
    13/02/2024, 10:31 - Ben Holm: Then we shall have to tell the delegates that the table in Lisk stays empty this spring.\n\
    13/02/2024, 10:32 - Ada Lind: So be it.\n";

fn items(chat: &str) -> Vec<Item> {
    let mut archive = read(chat.as_bytes(), Kind::WhatsApp, &Settings::default()).unwrap();
    archive.tell(&["Ada Lind".to_owned()]);
    let item = |letter: countermark_reading::exports::Letter| Item {
        direction: letter.direction.unwrap(),
        letter,
        dkim: Vec::new(),
    };
    archive.letters.into_iter().map(item).collect()
}

fn source(number: u8) -> Source {
    Source { file: "chat.txt".into(), kind: Kind::WhatsApp, sha256: [number; 32] }
}

fn take(office: &mut common::TestOffice, number: u8, chat: &str) -> Result<Took, countermark_office::Error> {
    let mut taking = office.begin_taking(&source(number))?;
    for items in items(chat).chunks(2) {
        office.take(&mut taking, items)?;
    }
    office.end_taking(taking, 0)
}

#[test]
fn taken_once_whatever_comes_again() {
    let (store, dir) = (MemoryStore::new(), scratch());
    let mut office = create(&store, dir.path());
    office.add_person("ben", "Ben Holm", &[].into()).unwrap();
    let took = take(&mut office, 1, CHAT).unwrap();
    assert_eq!((took.taken, took.known, took.waits), (3, 0, true));
    let again = take(&mut office, 1, CHAT).unwrap();
    assert_eq!((again.taken, again.known, again.import), (0, 3, took.import));
    // A longer export of the same chat adds what is new; one that holds nothing new leaves no trace.
    let longer = format!("{CHAT}14/02/2024, 9:00 - Ada Lind: Good morning.\n");
    let more = take(&mut office, 2, &longer).unwrap();
    assert_eq!((more.taken, more.known), (1, 3));
    assert_eq!(take(&mut office, 3, CHAT).unwrap().import, None);
    let taken = office.taken().unwrap();
    assert_eq!(taken.len(), 4);
    assert_eq!(taken.iter().filter(|t| t.direction == Direction::Received).count(), 1);
    assert_eq!(office.imports().unwrap().len(), 2);
    assert_eq!(taken[1].recipients[0].handle.as_deref(), Some("ben"));
    assert_eq!(taken[1].author.handle, None);
    assert_eq!(office.people().unwrap().len(), 1, "nobody is added to the address book");
}

#[test]
fn found_compared_and_told_apart() {
    let (store, dir) = (MemoryStore::new(), scratch());
    let mut office = create(&store, dir.path());
    take(&mut office, 1, CHAT).unwrap();
    let mut search = office.search().unwrap();
    let sent =
        search.trace("He wrote: the answer of our government remains no, and I would say it now than in May!", None);
    let sent = sent.unwrap();
    assert_eq!((sent.verdict(), sent.taken.len(), sent.messages.len()), (&Verdict::Single, 1, 0));
    assert_eq!(sent.taken[0].trace.changes.len(), 1);
    let received =
        search.trace("We shall have to tell the delegates that the table in Lisk stays empty this spring", None);
    let received = received.unwrap();
    assert_eq!((received.verdict(), received.taken.len()), (&Verdict::Unknown, 1));
    assert_eq!(received.taken[0].taken.direction, Direction::Received);
    assert!(search.trace("Nothing of all this was ever written by anybody here", None).unwrap().taken.is_empty());
    let id = sent.taken[0].taken.message;
    drop(search);
    let found = office.search_among(&[id], None).unwrap().trace(CHAT, None).unwrap();
    assert_eq!(found.taken.len(), 1, "only what could be meant is looked at");
}

#[test]
fn a_file_is_one_leaf() {
    let (store, dir) = (MemoryStore::new(), scratch());
    let mut office = create(&store, dir.path());
    take(&mut office, 1, CHAT).unwrap();
    assert_eq!(office.audit_log().unwrap().waiting, 1);
    let mut office = open_at(&store, dir.path(), &Fault::never(), 3, NOW + 48 * HOUR).unwrap();
    office.publish_now(None).unwrap();
    office.publish_now(None).unwrap();
    assert!(office.imports().unwrap()[0].logged);
    let audit = office.audit_log().unwrap();
    assert_eq!((audit.problems, audit.waiting), (vec![], 0));
}

#[test]
fn removed_ones_are_gone() {
    let (store, dir) = (MemoryStore::new(), scratch());
    let mut office = create(&store, dir.path());
    let took = take(&mut office, 1, CHAT).unwrap();
    let id = office.taken().unwrap()[0].message.0;
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!(office.remove_taken(&hex(&id)).unwrap().messages, 1);
    assert!(office.taken_message(&hex(&id)).unwrap().is_none());
    assert!(office.remove_taken("").is_err() && office.remove_taken("zz").is_err());
    assert_eq!(office.remove_taken(&hex(&took.import.unwrap())).unwrap().messages, 2);
    assert_eq!(office.audit_log().unwrap().waiting, 0, "its leaf waits no more");
    assert!(office.imports().unwrap().is_empty());
    // It can be taken in again.
    assert_eq!(take(&mut office, 1, CHAT).unwrap().taken, 3);
}

/// A fault at each operation, in both halves: afterwards the leaf stands with the first message or not at all, and taking the file in again
/// gives every message once.
#[test]
fn a_fault_anywhere_loses_and_doubles_nothing() {
    let (store, dir) = (MemoryStore::new(), scratch());
    drop(create(&store, dir.path()));
    let counting = Fault::never();
    let mut office = open(&store.clone(), dir.path(), &counting, 5).unwrap();
    let before = counting.operations();
    take(&mut office, 1, CHAT).unwrap();
    let after = counting.operations();
    drop(office);
    for n in before + 1..=after {
        for half in [Half::NotDone, Half::Done] {
            let (store, dir) = (MemoryStore::new(), scratch());
            drop(create(&store, dir.path()));
            if let Ok(mut office) = open(&store, dir.path(), &Fault::at(n, half), 5) {
                let _ = take(&mut office, 1, CHAT);
            }
            let mut office = open(&store, dir.path(), &Fault::never(), 6).unwrap();
            assert_eq!(office.audit_log().unwrap().problems, Vec::<String>::new());
            assert_eq!(office.taken().unwrap().is_empty(), office.imports().unwrap().is_empty());
            take(&mut office, 1, CHAT).unwrap();
            assert_eq!((office.taken().unwrap().len(), office.imports().unwrap().len()), (3, 1), "{n} {half:?}");
        }
    }
}
