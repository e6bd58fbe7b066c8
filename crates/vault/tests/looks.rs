//! Looks are never spent twice and never forgotten.

mod common;

use std::{fs, path::Path};

use common::{M, OTHER, Tape, create, fresh, k, observation, open, reason, rng, spend};
use countermark_vault::{Error, Kdf, MemoryStore, NotNameable, StoreError, Unlock, Vault};
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng, SeedableRng},
};

#[test]
fn counted_by_message_and_observation() {
    let (_folder, path, store, mut vault, mut journal) = fresh();
    assert_eq!(k(vault.peek(&mut journal, &M, &observation(1)).expect("a peek")), (1, true));
    let table: [(&[u8; 16], u8, (u64, bool)); 7] = [
        (&M, 1, (1, true)),
        (&M, 1, (1, false)),
        (&M, 2, (2, true)),
        (&OTHER, 1, (1, true)),
        (&M, 3, (3, true)),
        (&M, 2, (2, false)),
        (&OTHER, 2, (2, true)),
    ];
    for (message, n, wanted) in table {
        assert_eq!(spend(&mut vault, &mut journal, message, n), wanted);
    }
    drop((vault, journal));
    let mut vault = open(&store, 2);
    let mut journal = vault.open_journal(&path).expect("the journal opens again");
    assert_eq!(spend(&mut vault, &mut journal, &M, 1), (1, false));
    assert_eq!(spend(&mut vault, &mut journal, &M, 4), (4, true));
    assert_eq!(k(vault.peek(&mut journal, &M, &observation(9)).expect("a peek")), (5, true));
    assert_eq!(k(vault.peek(&mut journal, &M, &observation(9)).expect("a peek")), (5, true), "a peek costs nothing");
    let text = fs::read_to_string(&path).expect("the journal is text");
    assert!(text.lines().skip(1).all(|line| line.starts_with("look ")), "{text}");
    assert!(!text.contains("01010101"), "neither messages nor observations stand in it: {text}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&path).expect("a file").permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn two_handles_share_one_count() {
    let (_folder, path, store, mut vault, mut journal) = fresh();
    let mut other = open(&store, 2);
    let mut second = other.open_journal(&path).expect("a second handle");
    assert_eq!(spend(&mut vault, &mut journal, &M, 1), (1, true));
    assert_eq!(spend(&mut other, &mut second, &M, 2), (2, true));
    assert_eq!(spend(&mut vault, &mut journal, &M, 2), (2, false));
    assert_eq!(spend(&mut vault, &mut journal, &M, 3), (3, true));
    let workers: Vec<_> = [(vault, journal), (other, second)]
        .into_iter()
        .enumerate()
        .map(|(worker, (mut vault, mut journal))| {
            std::thread::spawn(move || {
                (0..20).map(|n| spend(&mut vault, &mut journal, &OTHER, 100 * worker as u8 + n).0).collect::<Vec<_>>()
            })
        })
        .collect();
    let mut all: Vec<u64> = workers.into_iter().flat_map(|worker| worker.join().expect("a worker")).collect();
    all.sort_unstable();
    assert_eq!(all, (1..=40).collect::<Vec<_>>(), "every number was given once");
}

#[test]
fn making_it_again() {
    let (folder, path, store, mut vault, mut journal) = fresh();
    spend(&mut vault, &mut journal, &M, 1);
    let mut journal = vault.create_journal(&path).expect("it is there");
    assert_eq!(spend(&mut vault, &mut journal, &M, 2), (2, true));

    // Killed between file and vault: the file is taken as it is.
    let elsewhere = folder.path().join("other.looks");
    let half = MemoryStore::new();
    let mut unfinished = create(&half);
    let before = half.snapshot();
    unfinished.create_journal(&elsewhere).expect("a journal");
    let mut again = open(&before, 3);
    assert_eq!(reason(again.open_journal(&elsewhere)), NotNameable::Other, "the vault does not know it yet");
    let mut journal = again.create_journal(&elsewhere).expect("it goes on");
    assert_eq!(spend(&mut again, &mut journal, &M, 1), (1, true));

    // Foreign files are left alone.
    let foreign = folder.path().join("foreign");
    fs::write(&foreign, "a letter\n").expect("a file");
    let mut vault = create(&MemoryStore::new());
    assert!(matches!(vault.create_journal(&foreign), Err(Error::JournalExists { .. })));
    assert!(matches!(vault.create_journal(&path), Err(Error::JournalExists { .. })), "another vault's");
    assert_eq!(fs::read_to_string(&foreign).expect("a file"), "a letter\n");
    drop(store);
}

#[test]
fn the_higher_holds() {
    let (_folder, path, store, mut vault, mut journal) = fresh();
    spend(&mut vault, &mut journal, &M, 1);
    let old = store.snapshot();
    for n in 2..=5 {
        spend(&mut vault, &mut journal, &M, n);
    }
    // The vault is rolled back, the journal is not.
    let mut back = open(&old, 4);
    let mut journal = back.open_journal(&path).expect("the journal is ahead, which is well");
    assert_eq!(spend(&mut back, &mut journal, &M, 3), (3, false), "known from the journal");
    assert_eq!(spend(&mut back, &mut journal, &M, 9), (6, true));
}

#[test]
fn without_the_whole_journal_nothing_is_named() {
    let (_folder, path, _store, mut vault, mut journal) = fresh();
    for n in 1..=4 {
        spend(&mut vault, &mut journal, &M, n);
    }
    let whole = fs::read(&path).expect("the journal");
    let lines: Vec<usize> =
        whole.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1).collect();
    // Cut at every byte: at a line's end it is rolled back, within a line a torn tail does not hide that it is.
    for cut in 0..whole.len() {
        fs::write(&path, &whole[..cut]).expect("a shorter journal");
        let reason = reason(vault.open_journal(&path));
        assert!(matches!(reason, NotNameable::Behind | NotNameable::Damaged(0)) || cut == 0, "{cut}: {reason:?}");
    }
    // One changed byte anywhere.
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        fs::write(&path, &changed).expect("a changed journal");
        assert!(vault.open_journal(&path).is_err(), "byte {at}");
    }
    // A line taken out, two exchanged, an old journal after more looks, another vault's.
    let line = |n: usize| &whole[lines[n - 1]..lines[n]];
    let head = &whole[..lines[0]];
    for text in [[head, line(2), line(3), line(4)].concat(), [head, line(2), line(1), line(3), line(4)].concat()] {
        fs::write(&path, text).expect("a changed journal");
        assert!(matches!(reason(vault.open_journal(&path)), NotNameable::Behind | NotNameable::Damaged(_)));
    }
    fs::write(&path, &whole).expect("the journal");
    spend(&mut vault, &mut journal, &M, 5);
    fs::write(&path, &whole).expect("the journal as it was");
    assert_eq!(reason(vault.open_journal(&path)), NotNameable::Behind);
    assert_eq!(
        reason(vault.spend(&mut journal, &M, &observation(6))),
        NotNameable::Behind,
        "an open handle sees it too"
    );
    let (_other_folder, other, ..) = fresh();
    let mut stranger =
        Vault::create(Box::new(MemoryStore::new()), Unlock::Passphrase("p"), Kdf::CHEAP, rng(77)).expect("a vault");
    assert_eq!(reason(stranger.open_journal(&other)), NotNameable::Other);
    let strangers = other.with_file_name("stranger");
    stranger.create_journal(&strangers).expect("a journal");
    assert_eq!(reason(vault.open_journal(&strangers)), NotNameable::Other);
    fs::remove_file(&path).expect("a removal");
    assert_eq!(reason(vault.open_journal(&path)), NotNameable::Missing);
}

#[test]
fn restored_looks_have_a_floor() {
    let (_folder, path, store, mut vault, mut journal) = fresh();
    for n in 1..=3 {
        spend(&mut vault, &mut journal, &M, n);
    }
    fs::remove_file(&path).expect("a removal");
    let mut journal = vault.restore_looks(&path, 10, &[]).expect("a new journal");
    assert_eq!(spend(&mut vault, &mut journal, &M, 2), (2, false), "the vault remembers");
    assert_eq!(spend(&mut vault, &mut journal, &M, 4), (11, true));
    assert_eq!(spend(&mut vault, &mut journal, &OTHER, 1), (11, true), "of every message");
    // A floor never lowers a count, and a whole journal is kept.
    let mut journal = vault.restore_looks(&path, 2, &[]).expect("the journal is kept");
    assert_eq!(spend(&mut vault, &mut journal, &M, 5), (12, true));
    let mut journal = vault.restore_looks(&path, 50, &[]).expect("the journal is kept");
    assert_eq!(spend(&mut vault, &mut journal, &M, 6), (51, true));
    // A damaged one is put aside, never removed.
    fs::write(&path, "something else").expect("a file");
    let mut journal = vault.restore_looks(&path, 1, &[]).expect("a new journal");
    assert_eq!(spend(&mut vault, &mut journal, &M, 7), (52, true), "the vault's floor and count hold");
    let aside: Vec<_> = names(&path).into_iter().filter(|name| name.contains(".replaced-")).collect();
    assert_eq!(aside.len(), 1, "{aside:?}");
    drop(store);
}

fn names(path: &Path) -> Vec<String> {
    fs::read_dir(path.parent().expect("a folder"))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect()
}

#[test]
fn a_torn_line_counts_as_spent() {
    // A line has fewer than 200 bytes: cut at many of them, and at some of the repair that follows.
    for cut in (0..200).step_by(5) {
        for second in [0, 7, 60, usize::MAX] {
            let (_folder, path, store, mut vault, mut journal) = fresh();
            spend(&mut vault, &mut journal, &M, 1);
            let tape = Tape::of(&path);
            let mut torn = vault.open_journal_on(tape.with_room(cut)).expect("it is whole");
            let outcome = vault.spend(&mut torn, &M, &observation(2));
            let whole = outcome.is_ok();
            assert!(whole || matches!(outcome, Err(Error::Store(StoreError::Full))), "{cut}: {outcome:?}");
            // The process is gone; the next one is cut off too, in the midst of the repair.
            let mut vault = open(&store, 5);
            let mut again = vault.open_journal_on(tape.with_room(second)).expect("a torn tail is no damage");
            let _ = vault.spend(&mut again, &M, &observation(3));
            let mut vault = open(&store, 6);
            let mut last = vault.open_journal_on(tape.with_room(usize::MAX)).expect("a torn repair is none either");
            let peeked = vault.peek(&mut last, &M, &observation(4)).expect("a peek");
            let look = vault.spend(&mut last, &M, &observation(4)).expect("a look");
            assert_eq!(peeked, look, "what is torn counts before it is repaired");
            // The first look, the torn one if a byte of it was written, the second if a byte of it was.
            let least = 2 + u64::from(cut > 0) + u64::from(second == usize::MAX);
            assert!(look.fresh && look.k >= least, "cut at {cut} and {second}: {look:?}");
            assert!(look.k <= least + 3, "no more is lost than was torn: cut at {cut} and {second}: {look:?}");
            let known = vault.spend(&mut last, &M, &observation(1)).expect("a look");
            assert_eq!(k(known), (1, false));
            vault.open_journal_on(tape.with_room(usize::MAX)).expect("after all that it is whole");
        }
    }
}

#[test]
fn a_failed_sync_gives_no_look() {
    let (_folder, path, _store, mut vault, _) = fresh();
    let tape = Tape::of(&path);
    let mut journal = vault.open_journal_on(Box::new(Tape { syncs_fail: true, ..tape.clone() })).expect("it is whole");
    assert!(matches!(vault.spend(&mut journal, &M, &observation(1)), Err(Error::Journal { .. })));
    let mut journal = vault.open_journal_on(tape.with_room(usize::MAX)).expect("it is whole");
    assert_eq!(spend(&mut vault, &mut journal, &M, 2), (2, true), "the look that nobody saw is spent");
    assert_eq!(spend(&mut vault, &mut journal, &M, 1), (1, false));
}

/// Thousands of steps, each of which may be cut off anywhere: a number is never given to two observations.
#[test]
fn no_number_is_given_twice() {
    let seed = 20_261_123;
    let mut chance = ChaCha20Rng::seed_from_u64(seed);
    for round in 0..30 {
        let (_folder, path, store, _, _) = fresh();
        let tape = Tape::of(&path);
        let mut given: Vec<Option<u64>> = vec![None; 256];
        for step in 0..100 {
            let mut vault = open(&store, chance.next_u64());
            let room = match chance.next_u32() % 3 {
                0 => (chance.next_u32() % 260) as usize,
                _ => usize::MAX,
            };
            let mut journal = match vault.open_journal_on(tape.with_room(room)) {
                Ok(journal) => journal,
                // So many repairs in a row were torn that it can't be told from damage: nothing is named, which is safe.
                Err(Error::NotNameable(NotNameable::Damaged(_))) => break,
                Err(other) => panic!("seed {seed}, round {round}, step {step}: {other}"),
            };
            let n = (chance.next_u32() % 256) as u8;
            if let Ok(look) = vault.spend(&mut journal, &M, &observation(n)) {
                match given[usize::from(n)] {
                    Some(known) => assert_eq!(k(look), (known, false), "seed {seed}, round {round}, step {step}"),
                    None => {
                        assert!(!given.contains(&Some(look.k)), "seed {seed}, round {round}, step {step}: {look:?}")
                    }
                }
                given[usize::from(n)] = Some(look.k);
            }
        }
    }
}
