//! What was shown of a message stands in the journal, and an older vault does not make it forgotten.

mod common;

use std::fs;

use common::{M, OTHER, Tape, fresh, observation, open, reason, spend};
use countermark_vault::{Error, Kdf, MemoryStore, NotNameable, StoreError, Unlock, Vault};

#[test]
fn the_union_of_all_that_was_shown() {
    let (_folder, path, store, mut vault, mut journal) = fresh();
    assert!(vault.shown(&mut journal, &M).expect("nothing").is_empty());
    let old = store.snapshot();
    vault.show(&mut journal, &M, &[3, 4, 700]).expect("shown");
    vault.show(&mut journal, &M, &[0, 4, 4095]).expect("shown");
    vault.show(&mut journal, &OTHER, &[9]).expect("shown");
    let written = fs::read(&path).expect("the journal").len();
    vault.show(&mut journal, &M, &[4095, 3]).expect("shown");
    vault.show(&mut journal, &M, &[]).expect("nothing is shown");
    assert_eq!(fs::read(&path).expect("the journal").len(), written, "what stands there is not written again");
    assert!(matches!(vault.show(&mut journal, &M, &[65_536]), Err(Error::SiteNumber { .. })));
    spend(&mut vault, &mut journal, &M, 1);
    // Another handle, and a vault from before.
    for (mut vault, seed) in [(open(&store, 2), 2), (open(&old, 3), 3)] {
        let mut journal = vault.open_journal(&path).expect("it is ahead of the vault or level with it");
        assert_eq!(vault.shown(&mut journal, &M).expect("sites"), [0, 3, 4, 700, 4095], "{seed}");
        assert_eq!(vault.shown(&mut journal, &OTHER).expect("sites"), [9]);
        assert_eq!(spend(&mut vault, &mut journal, &M, 1), (1, false), "a line of what was shown spends no look");
    }
    let text = fs::read_to_string(&path).expect("the journal is text");
    assert!(!text.contains("01010101"), "messages do not stand in it: {text}");
}

#[test]
fn no_line_is_long() {
    let (_folder, path, _, mut vault, mut journal) = fresh();
    let all: Vec<usize> = (0..4096).collect();
    vault.show(&mut journal, &M, &all).expect("shown");
    assert_eq!(vault.shown(&mut journal, &M).expect("sites"), all);
    let text = fs::read_to_string(&path).expect("the journal is text");
    assert_eq!(text.lines().count(), 1 + 11);
    assert!(text.lines().all(|line| line.len() < 200), "{text}");
}

#[test]
fn a_journal_that_lost_it_names_nobody() {
    let (_folder, path, _store, mut vault, mut journal) = fresh();
    spend(&mut vault, &mut journal, &M, 1);
    let before = fs::read(&path).expect("the journal");
    vault.show(&mut journal, &M, &[1, 2]).expect("shown");
    let whole = fs::read(&path).expect("the journal");
    for cut in before.len()..whole.len() {
        fs::write(&path, &whole[..cut]).expect("a shorter journal");
        assert_eq!(reason(vault.open_journal(&path)), NotNameable::Behind, "{cut}");
        assert_eq!(reason(vault.show(&mut journal, &M, &[3])), NotNameable::Behind, "an open handle sees it too");
        assert_eq!(reason(vault.shown(&mut journal, &M)), NotNameable::Behind);
    }
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        fs::write(&path, &changed).expect("a changed journal");
        assert!(vault.open_journal(&path).is_err(), "byte {at}");
    }
    // Another vault's.
    fs::write(&path, &whole).expect("the journal");
    let stranger = Vault::create(Box::new(MemoryStore::new()), Unlock::Passphrase("p"), Kdf::CHEAP, common::rng(77));
    assert_eq!(reason(stranger.expect("a vault").open_journal(&path)), NotNameable::Other);
}

#[test]
fn cut_off_anywhere_it_costs_sites_and_nothing_else() {
    let all: Vec<usize> = (0..1000).collect();
    // Three lines of 1,000 sites, each shorter than 200 bytes; then the vault's transaction is the one that is missing.
    for cut in (0..600).step_by(7) {
        let (_folder, path, store, mut vault, mut journal) = fresh();
        spend(&mut vault, &mut journal, &M, 1);
        let before = store.snapshot();
        let tape = Tape::of(&path);
        let mut torn = vault.open_journal_on(tape.with_room(cut)).expect("it is whole");
        let outcome = vault.show(&mut torn, &M, &all);
        assert!(outcome.is_ok() || matches!(outcome, Err(Error::Store(StoreError::Full))), "{cut}: {outcome:?}");
        // The process is gone, and with it the transaction.
        let mut vault = open(&before, 5);
        let mut journal = vault.open_journal_on(tape.with_room(usize::MAX)).expect("a torn tail is no damage");
        let shown = vault.shown(&mut journal, &M).expect("sites");
        assert_eq!(shown, all[..shown.len()], "whole lines hold, a torn one showed nothing: cut at {cut}");
        assert!(outcome.is_err() || shown == all);
        // What was torn counts as looks, as always; then it goes on.
        let look = vault.spend(&mut journal, &M, &observation(2)).expect("a look");
        assert!((2..=4).contains(&look.k), "cut at {cut}: {look:?}");
        vault.show(&mut journal, &M, &all).expect("shown");
        let mut last = vault.open_journal_on(tape.with_room(usize::MAX)).expect("after all that it is whole");
        assert_eq!(vault.shown(&mut last, &M).expect("sites"), all);
    }
}

#[test]
fn a_failed_sync_shows_nothing() {
    let (_folder, path, _store, mut vault, _) = fresh();
    let tape = Tape::of(&path);
    let mut journal = vault.open_journal_on(Box::new(Tape { syncs_fail: true, ..tape.clone() })).expect("it is whole");
    assert!(matches!(vault.show(&mut journal, &M, &[1]), Err(Error::Journal { .. })));
    let mut journal = vault.open_journal_on(tape.with_room(usize::MAX)).expect("it is whole");
    assert_eq!(vault.shown(&mut journal, &M).expect("sites"), [1], "the line stands there and costs the site");
}

#[test]
fn a_new_journal_takes_over_what_was_shown() {
    let (_folder, path, store, mut vault, mut journal) = fresh();
    let old = store.snapshot();
    vault.show(&mut journal, &M, &[5, 600]).expect("shown");
    spend(&mut vault, &mut journal, &M, 1);
    let whole = fs::read(&path).expect("the journal");
    let last = whole[..whole.len() - 1].iter().rposition(|byte| *byte == b'\n').expect("a line") + 1;
    let mut damaged = whole.clone();
    damaged.extend([b'x'; 2000]);
    // Damaged, cut short, of before looks were restored, whole; and what is stated comes on top.
    for (bytes, seed) in [(&damaged[..], 2), (&whole[..last], 3), (&whole, 4)] {
        fs::write(&path, bytes).expect("a journal");
        let mut vault = open(&if seed == 3 { store.snapshot() } else { old.snapshot() }, seed);
        let mut journal = vault.restore_looks(&path, 4, &[(OTHER, 10)]).expect("a journal");
        assert_eq!(vault.shown(&mut journal, &M).expect("sites"), [5, 600], "{seed}");
        assert_eq!(vault.shown(&mut journal, &OTHER).expect("sites"), (0..10).collect::<Vec<_>>());
        assert_eq!(spend(&mut vault, &mut journal, &M, 9), (5, true), "{seed}");
        let mut again = open(&old, 9);
        let of_before = again.restore_looks(&path, 4, &[]);
        let mut journal = of_before.expect("the vault of before does not know the journal that was made since");
        assert_eq!(again.shown(&mut journal, &M).expect("sites"), [5, 600]);
        assert_eq!(again.shown(&mut journal, &OTHER).expect("sites").len(), 10);
    }
    // Where none is left, nothing is known but what is stated.
    fs::remove_file(&path).expect("a removal");
    let mut journal = vault.restore_looks(&path, 4, &[(OTHER, 1)]).expect("a journal");
    assert!(vault.shown(&mut journal, &M).expect("sites").is_empty());
    assert_eq!(vault.shown(&mut journal, &OTHER).expect("sites"), [0]);
}
