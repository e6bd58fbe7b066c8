//! A store that fails at the n-th thing it is asked to do.

use std::{
    io,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use countermark_vault::{
    ExtraFile, KeyFile, Store, StoreError,
    store::{ReadWork, Row, Rows, RowsMut, Visit, WriteWork},
};
use rand_core::CryptoRng;

/// Which half of a failure happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    /// Nothing is done, and it is reported as failed.
    NotDone,
    /// It is done, and it is reported as failed all the same.
    Done,
}

/// When a [`FailingStore`] fails; clones share one count, so that a test keeps one and gives the other away.
#[derive(Clone, Debug)]
pub struct Fault {
    left: Arc<AtomicU64>,
    seen: Arc<AtomicU64>,
    happened: Arc<AtomicBool>,
    half: Half,
}

impl Fault {
    /// A fault at the `n`-th operation from now, counted from 1; every later one succeeds. Beginning a transaction, each get, list,
    /// put and delete, and the commit are an operation each.
    pub fn at(n: u64, half: Half) -> Self {
        Self { left: Arc::new(AtomicU64::new(n)), seen: Arc::default(), happened: Arc::default(), half }
    }

    /// No fault: counts only.
    pub fn never() -> Self {
        Self::at(0, Half::NotDone)
    }

    /// How many operations there were.
    pub fn operations(&self) -> u64 {
        self.seen.load(Ordering::SeqCst)
    }

    /// Whether the fault has happened.
    pub fn happened(&self) -> bool {
        self.happened.load(Ordering::SeqCst)
    }

    /// Counts one operation; `Some` when it is the one that fails.
    pub fn step(&self) -> Option<Half> {
        self.seen.fetch_add(1, Ordering::SeqCst);
        let before = self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if before != Ok(1) {
            return None;
        }
        self.happened.store(true, Ordering::SeqCst);
        Some(self.half)
    }
}

/// A store that hands everything on to another one and fails when its [`Fault`] says so.
#[derive(Debug)]
pub struct FailingStore<S> {
    inner: S,
    fault: Fault,
}

impl<S> FailingStore<S> {
    /// The store `inner` with a fault.
    pub fn new(inner: S, fault: Fault) -> Self {
        Self { inner, fault }
    }
}

impl<S: Store> Store for FailingStore<S> {
    fn read(&self, work: &mut ReadWork<'_>) -> Result<(), StoreError> {
        fail(self.fault.step())?;
        self.inner.read(&mut |rows| work(&Failing { rows, fault: &self.fault }))
    }

    fn write(&mut self, work: &mut WriteWork<'_>) -> Result<(), StoreError> {
        let fault = self.fault.clone();
        fail(fault.step())?;
        let mut late = None;
        self.inner.write(&mut |rows| {
            work(&mut FailingMut { rows, fault: &fault })?;
            late = fault.step();
            match late {
                Some(Half::NotDone) => Err(injected()),
                _ => Ok(()),
            }
        })?;
        fail(late)
    }

    fn check(&self) -> Result<(), StoreError> {
        fail(self.fault.step())?;
        self.inner.check()
    }

    fn backup(&self, to: &Path, files: &[ExtraFile]) -> Result<(), StoreError> {
        let fault = self.fault.step();
        if fault != Some(Half::NotDone) {
            self.inner.backup(to, files)?;
        }
        fail(fault)
    }

    fn keys(&self) -> Arc<dyn KeyFile> {
        Arc::new(FailingKeys { inner: self.inner.keys(), fault: self.fault.clone() })
    }
}

/// A key file that fails; an append that is not done leaves half of its bytes behind.
struct FailingKeys {
    inner: Arc<dyn KeyFile>,
    fault: Fault,
}

impl FailingKeys {
    fn attempt(&self, act: impl FnOnce() -> Result<(), StoreError>) -> Result<(), StoreError> {
        let fault = self.fault.step();
        if fault != Some(Half::NotDone) {
            act()?;
        }
        fail(fault)
    }
}

impl KeyFile for FailingKeys {
    fn read(&self) -> Result<Option<Vec<u8>>, StoreError> {
        fail(self.fault.step())?;
        self.inner.read()
    }

    fn create(&self, bytes: &[u8]) -> Result<(), StoreError> {
        self.attempt(|| self.inner.create(bytes))
    }

    fn append(&self, at: u64, bytes: &[u8]) -> Result<(), StoreError> {
        let fault = self.fault.step();
        let done = if fault == Some(Half::NotDone) { &bytes[..bytes.len() / 2] } else { bytes };
        self.inner.append(at, done)?;
        fail(fault)
    }

    fn replace(&self, bytes: &[u8], noise: &mut dyn CryptoRng) -> Result<(), StoreError> {
        self.attempt(|| self.inner.replace(bytes, noise))
    }
}

struct Failing<'a> {
    rows: &'a dyn Rows,
    fault: &'a Fault,
}

impl Rows for Failing<'_> {
    fn get(&self, table: u8, id: &[u8]) -> Result<Option<Row>, StoreError> {
        fail(self.fault.step())?;
        self.rows.get(table, id)
    }

    fn list(&self, table: u8, visit: &mut Visit<'_>) -> Result<(), StoreError> {
        fail(self.fault.step())?;
        self.rows.list(table, visit)
    }
}

struct FailingMut<'a> {
    rows: &'a mut dyn RowsMut,
    fault: &'a Fault,
}

impl Rows for FailingMut<'_> {
    fn get(&self, table: u8, id: &[u8]) -> Result<Option<Row>, StoreError> {
        fail(self.fault.step())?;
        self.rows.get(table, id)
    }

    fn list(&self, table: u8, visit: &mut Visit<'_>) -> Result<(), StoreError> {
        fail(self.fault.step())?;
        self.rows.list(table, visit)
    }
}

impl RowsMut for FailingMut<'_> {
    fn put(&mut self, table: u8, id: &[u8], expected: Option<u64>, blob: &[u8]) -> Result<(), StoreError> {
        let fault = self.fault.step();
        if fault != Some(Half::NotDone) {
            self.rows.put(table, id, expected, blob)?;
        }
        fail(fault)
    }

    fn delete(&mut self, table: u8, id: &[u8], expected: u64) -> Result<(), StoreError> {
        let fault = self.fault.step();
        if fault != Some(Half::NotDone) {
            self.rows.delete(table, id, expected)?;
        }
        fail(fault)
    }
}

fn fail(fault: Option<Half>) -> Result<(), StoreError> {
    fault.map_or(Ok(()), |_| Err(injected()))
}

fn injected() -> StoreError {
    StoreError::Io { action: "an injected fault".to_owned(), source: io::Error::other("as the test wants it") }
}
