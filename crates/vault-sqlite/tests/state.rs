//! What says that nothing has changed says so only while nothing has.

mod common;

use common::{create, folder, open};
use countermark_vault::{Domain, Error, Record, State, Table, Vault};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Note(u64);

impl Record for Note {
    const TABLE: Table = Table::new(17);
    const DOMAIN: Domain = Domain::Main;
}

fn put(vault: &mut Vault, number: u64) {
    vault.write::<_, Error>(|tx| tx.put([1], &Note(number))).expect("a write");
}

/// The state and what is seen in it.
fn seen(vault: &Vault) -> (State, Option<Note>) {
    vault.read::<_, Error>(|tx| Ok((tx.state()?.expect("SQLite knows"), tx.get([1])?))).expect("a read")
}

#[test]
fn the_state_changes_with_every_change_of_anybody() {
    let folder = folder();
    let path = folder.path().join("v.db");
    let mut mine = create(&path, 1);
    let mut theirs = open(&path, 2);
    let mut states = Vec::new();
    for round in 0..20 {
        if round % 3 == 0 {
            put(&mut mine, round)
        } else {
            put(&mut theirs, round)
        }
        let (state, note) = seen(&mine);
        assert_eq!(note, Some(Note(round)));
        assert_eq!(seen(&mine).0, state, "nothing happened in between");
        seen(&theirs);
        assert_eq!(seen(&mine).0, state, "reading changes nothing");
        assert!(!states.contains(&state), "{state:?} was there before");
        states.push(state);
    }
}

#[test]
fn a_write_sees_no_state_that_could_be_kept() {
    let folder = folder();
    let mut vault = create(&folder.path().join("v.db"), 1);
    let before = seen(&vault).0;
    let within = vault.write::<_, Error>(|tx| {
        tx.put([1], &Note(1))?;
        tx.reading().state()
    });
    assert_eq!(within.expect("a write"), None);
    let given_up = vault.write::<(), Error>(|tx| {
        tx.put([1], &Note(2))?;
        Err(Error::EmptyPassphrase)
    });
    assert!(given_up.is_err());
    let (after, note) = seen(&vault);
    assert!(after != before && note == Some(Note(1)));
}
