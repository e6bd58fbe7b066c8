//! The suite that every backend must pass: the contract of [`Store`], row by row.
//!
//! A backend's test calls [`run`] with a function that makes a place for a store and answers with another one that opens a
//! connection to it. It panics with what is wrong.

use std::{
    sync::{Arc, Barrier},
    thread,
};

use crate::store::{Row, Rows, RowsMut, Store, StoreError};

/// Opens a further connection to one store.
pub type Connect<S> = Box<dyn Fn() -> S + Send + Sync>;

/// Runs every case, each on a fresh store.
///
/// # Panics
/// When the store breaks its contract.
pub fn run<S: Store + Send + 'static>(mut fresh: impl FnMut() -> Connect<S>) {
    for case in [
        rows_read_back,
        versions_are_compared,
        a_conflict_spoils_nothing,
        listing_is_in_order,
        an_error_undoes_everything,
        own_changes_are_seen,
        work_runs_once,
        bytes_are_exact,
        connections_see_each_other,
        checks_clean,
    ] {
        case(&fresh());
    }
    writers_take_turns(fresh());
    readers_see_whole_transactions(fresh());
}

/// Puts a row in a transaction of its own.
fn put<S: Store>(store: &mut S, table: u8, id: &[u8], expected: Option<u64>, blob: &[u8]) -> Result<(), StoreError> {
    store.write(&mut |rows| rows.put(table, id, expected, blob))
}

fn get<S: Store>(store: &S, table: u8, id: &[u8]) -> Option<Row> {
    let mut found = None;
    store
        .read(&mut |rows| {
            found = rows.get(table, id)?;
            Ok(())
        })
        .expect("a row is read");
    found
}

fn ids<S: Store>(store: &S, table: u8) -> Vec<Vec<u8>> {
    let mut ids = Vec::new();
    store.read(&mut |rows| listed(rows, table, &mut ids)).expect("a table is listed");
    ids
}

fn listed(rows: &dyn Rows, table: u8, ids: &mut Vec<Vec<u8>>) -> Result<(), StoreError> {
    rows.list(table, &mut |id, _| {
        ids.push(id.to_vec());
        Ok(())
    })
}

fn rows_read_back<S: Store>(connect: &Connect<S>) {
    let mut store = connect();
    assert_eq!(get(&store, 20, b"a"), None);
    put(&mut store, 20, b"a", None, b"one").expect("a first put");
    assert_eq!(get(&store, 20, b"a"), Some(Row { version: 1, blob: b"one".to_vec() }));
    assert_eq!(get(&store, 21, b"a"), None, "tables are apart");
    put(&mut store, 20, b"a", Some(1), b"two").expect("a put over version 1");
    assert_eq!(get(&store, 20, b"a"), Some(Row { version: 2, blob: b"two".to_vec() }));
    store.write(&mut |rows| rows.delete(20, b"a", 2)).expect("a delete");
    assert_eq!(get(&store, 20, b"a"), None);
    put(&mut store, 20, b"a", None, b"three").expect("a put after a delete");
    assert_eq!(get(&store, 20, b"a").map(|row| row.version), Some(1));
}

fn versions_are_compared<S: Store>(connect: &Connect<S>) {
    let mut store = connect();
    put(&mut store, 20, b"a", None, b"one").expect("a first put");
    put(&mut store, 20, b"a", Some(1), b"two").expect("a put over version 1");
    for (id, expected) in [(b"a", None), (b"a", Some(1)), (b"a", Some(3)), (b"b", Some(1))] {
        let found = (id == b"a").then_some(2);
        let refused = put(&mut store, 20, id, expected, b"late");
        match refused {
            Err(StoreError::Conflict { table: 20, expected: e, found: f }) => assert_eq!((e, f), (expected, found)),
            other => panic!("put over {expected:?}: {other:?}"),
        }
        if let Some(version) = expected {
            let refused = store.write(&mut |rows| rows.delete(20, id, version));
            assert!(matches!(refused, Err(StoreError::Conflict { .. })), "delete of {version}: {refused:?}");
        }
    }
    assert_eq!(get(&store, 20, b"a").map(|row| row.blob), Some(b"two".to_vec()));
}

fn a_conflict_spoils_nothing<S: Store>(connect: &Connect<S>) {
    let mut store = connect();
    put(&mut store, 20, b"a", None, b"one").expect("a first put");
    // A work may take a conflict as an answer and go on: the transaction is still good.
    store
        .write(&mut |rows| {
            assert!(matches!(rows.put(20, b"a", None, b"late"), Err(StoreError::Conflict { .. })));
            rows.put(20, b"b", None, b"two")
        })
        .expect("the rest of the work");
    assert_eq!(ids(&store, 20), [b"a", b"b"]);
}

fn listing_is_in_order<S: Store>(connect: &Connect<S>) {
    let mut store = connect();
    let mut wanted: Vec<Vec<u8>> =
        vec![vec![0], vec![0, 0], vec![0, 1], vec![1], vec![0x7f], vec![0x80], vec![0xff], vec![0xff; 255]];
    for (n, id) in wanted.iter().rev().enumerate() {
        put(&mut store, 255, id, None, &[n as u8]).expect("a put");
    }
    put(&mut store, 254, b"other", None, b"").expect("a put");
    wanted.sort();
    assert_eq!(ids(&store, 255), wanted);
    let mut seen = 0;
    let stopped = store.read(&mut |rows| {
        rows.list(255, &mut |_, _| {
            seen += 1;
            if seen == 2 { Err(StoreError::Abandoned) } else { Ok(()) }
        })
    });
    assert!(matches!(stopped, Err(StoreError::Abandoned)), "the visitor's own error comes back: {stopped:?}");
    assert_eq!(seen, 2, "the visitor's error ends the visit");
}

fn an_error_undoes_everything<S: Store>(connect: &Connect<S>) {
    let mut store = connect();
    put(&mut store, 20, b"kept", None, b"one").expect("a first put");
    let abandoned = store.write(&mut |rows| {
        rows.put(20, b"new", None, b"x")?;
        rows.put(20, b"kept", Some(1), b"changed")?;
        rows.delete(20, b"kept", 2)?;
        Err(StoreError::Abandoned)
    });
    assert!(matches!(abandoned, Err(StoreError::Abandoned)), "the work's own error comes back: {abandoned:?}");
    assert_eq!(ids(&store, 20), [b"kept"]);
    assert_eq!(get(&connect(), 20, b"kept"), Some(Row { version: 1, blob: b"one".to_vec() }));
    put(&mut store, 20, b"new", None, b"y").expect("the store is usable afterwards");
}

fn own_changes_are_seen<S: Store>(connect: &Connect<S>) {
    let mut store = connect();
    put(&mut store, 20, b"a", None, b"one").expect("a first put");
    store
        .write(&mut |rows| {
            rows.put(20, b"b", None, b"two")?;
            rows.delete(20, b"a", 1)?;
            assert_eq!(rows.get(20, b"a")?, None);
            assert_eq!(rows.get(20, b"b")?.map(|row| row.version), Some(1));
            let mut seen = Vec::new();
            listed(rows, 20, &mut seen)?;
            assert_eq!(seen, [b"b"]);
            Ok(())
        })
        .expect("a write");
}

fn work_runs_once<S: Store>(connect: &Connect<S>) {
    let mut store = connect();
    let mut runs = 0;
    store
        .write(&mut |_| {
            runs += 1;
            Ok(())
        })
        .expect("an empty write");
    store
        .read(&mut |_| {
            runs += 1;
            Ok(())
        })
        .expect("an empty read");
    assert_eq!(runs, 2);
}

fn bytes_are_exact<S: Store>(connect: &Connect<S>) {
    let mut store = connect();
    let large: Vec<u8> = (0..3_000_000_u32).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
    for (id, blob) in [(&b"empty"[..], &[][..]), (b"nul", &[0, 0, 0]), (b"large", &large), (&[0xff; 255], b"long id")] {
        put(&mut store, 20, id, None, blob).expect("a put");
        assert_eq!(get(&connect(), 20, id).map(|row| row.blob).as_deref(), Some(blob));
    }
}

fn connections_see_each_other<S: Store>(connect: &Connect<S>) {
    let (mut one, mut two) = (connect(), connect());
    put(&mut one, 20, b"a", None, b"one").expect("a put");
    assert_eq!(get(&two, 20, b"a").map(|row| row.version), Some(1));
    put(&mut two, 20, b"a", Some(1), b"two").expect("a put of the other one");
    assert!(matches!(put(&mut one, 20, b"a", Some(1), b"late"), Err(StoreError::Conflict { found: Some(2), .. })));
}

fn checks_clean<S: Store>(connect: &Connect<S>) {
    let mut store = connect();
    put(&mut store, 20, b"a", None, b"one").expect("a put");
    store.check().expect("a store that was only used is well");
}

/// Two threads count one row up; no step is lost.
fn writers_take_turns<S: Store + Send + 'static>(connect: Connect<S>) {
    const STEPS: u32 = 20;
    let connect = Arc::new(connect);
    put(&mut connect(), 20, b"count", None, &0_u32.to_be_bytes()).expect("a first put");
    let start = Arc::new(Barrier::new(2));
    let workers: Vec<_> = (0..2)
        .map(|_| {
            let (connect, start) = (Arc::clone(&connect), Arc::clone(&start));
            thread::spawn(move || {
                let mut store = connect();
                start.wait();
                for _ in 0..STEPS {
                    store.write(&mut |rows| count_up(rows)).expect("a writer waits for the other one");
                }
            })
        })
        .collect();
    for worker in workers {
        worker.join().expect("a writer's thread");
    }
    let row = get(&connect(), 20, b"count").expect("the row is there");
    assert_eq!(row.blob, (2 * STEPS).to_be_bytes());
    assert_eq!(row.version, u64::from(2 * STEPS) + 1);
}

fn count_up(rows: &mut dyn RowsMut) -> Result<(), StoreError> {
    let row = rows.get(20, b"count")?.expect("the row is there");
    let count = u32::from_be_bytes(row.blob.try_into().expect("four bytes")) + 1;
    rows.put(20, b"count", Some(row.version), &count.to_be_bytes())
}

/// One thread changes two rows together; another one never sees them differ.
fn readers_see_whole_transactions<S: Store + Send + 'static>(connect: Connect<S>) {
    let mut store = connect();
    for id in [b"a", b"b"] {
        put(&mut store, 20, id, None, b"0").expect("a first put");
    }
    let reader = {
        let store = connect();
        thread::spawn(move || {
            for _ in 0..200 {
                store
                    .read(&mut |rows| {
                        let (a, b) = (rows.get(20, b"a")?, rows.get(20, b"b")?);
                        assert_eq!(a, b, "half of a transaction was seen");
                        Ok(())
                    })
                    .expect("a reader waits for a writer");
            }
        })
    };
    for version in 1..=20 {
        store
            .write(&mut |rows| {
                for id in [b"a", b"b"] {
                    rows.put(20, id, Some(version), &version.to_be_bytes())?;
                }
                Ok(())
            })
            .expect("a writer waits for readers");
    }
    reader.join().expect("the reader's thread");
}
