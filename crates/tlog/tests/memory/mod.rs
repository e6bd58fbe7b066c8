//! A disk in memory that knows what is durable, fails on command, and can lose power.

use countermark_tlog::directory::Disk;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, ErrorKind};
use std::rc::Rc;

/// What happens at the chosen operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It errs and does nothing.
    Fails,
    /// It errs and has done its work.
    FailsButDid,
    /// As [`Fault::Fails`], and so do all that follow: the process dies before it.
    Dies,
    /// As [`Fault::FailsButDid`], and all that follow fail: the process dies after it.
    DiesAfter,
}

impl Fault {
    pub(crate) const ALL: [Fault; 4] = [Fault::Fails, Fault::FailsButDid, Fault::Dies, Fault::DiesAfter];

    pub(crate) fn dies(self) -> bool {
        matches!(self, Fault::Dies | Fault::DiesAfter)
    }

    fn did(self) -> bool {
        matches!(self, Fault::FailsButDid | Fault::DiesAfter)
    }
}

#[derive(Clone, Default)]
struct Inode {
    bytes: Vec<u8>,
    durable: Vec<u8>,
}

#[derive(Clone, Default)]
struct State {
    inodes: Vec<Inode>,
    /// Path to inode; directories have none.
    names: BTreeMap<String, Option<usize>>,
    durable: BTreeMap<String, Option<usize>>,
    operations: usize,
    fault: Option<(usize, Fault)>,
    dead: bool,
}

/// Clones share what they hold.
#[derive(Clone, Default)]
pub(crate) struct Memory {
    state: Rc<RefCell<State>>,
    locked: Rc<Cell<bool>>,
}

pub(crate) struct Lock(Rc<Cell<bool>>);

impl Drop for Lock {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

impl Memory {
    /// A copy that shares nothing.
    pub(crate) fn fork(&self) -> Memory {
        Memory { state: Rc::new(RefCell::new(self.state.borrow().clone())), locked: Rc::default() }
    }

    /// Lets the operation that is `after` operations away fail.
    pub(crate) fn arm(&self, after: usize, fault: Fault) {
        let mut state = self.state.borrow_mut();
        state.fault = Some((state.operations + after, fault));
    }

    /// How many operations there were.
    pub(crate) fn operations(&self) -> usize {
        self.state.borrow().operations
    }

    /// The process is started again: nothing fails any more, what was written is there.
    pub(crate) fn restart(&self) {
        let mut state = self.state.borrow_mut();
        state.fault = None;
        state.dead = false;
        self.locked.set(false);
    }

    /// The power goes: of what was not synced, some is there and some is not, as the seed will have it.
    pub(crate) fn cut_power(&self, seed: u64) {
        self.restart();
        let mut state = self.state.borrow_mut();
        let mut random = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut coin = || {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            random
        };
        let paths: BTreeSet<String> = state.names.keys().chain(state.durable.keys()).cloned().collect();
        let mut names = BTreeMap::new();
        for path in paths {
            let (old, new) = (state.durable.get(&path).copied(), state.names.get(&path).copied());
            let kept = if coin() & 1 == 0 { old } else { new };
            if let Some(node) = kept {
                names.insert(path, node);
            }
        }
        // What stands in a directory that is gone is gone.
        let present: BTreeSet<String> = names.keys().cloned().collect();
        names.retain(|path, _| path.match_indices('/').all(|(slash, _)| present.contains(&path[..slash])));
        for inode in &mut state.inodes {
            if inode.bytes != inode.durable {
                let cut = coin() as usize % (inode.bytes.len() + 1);
                inode.bytes.truncate(if coin() & 1 == 0 { cut } else { usize::MAX });
                inode.durable = inode.bytes.clone();
            }
        }
        state.durable = names.clone();
        state.names = names;
    }

    /// Counts an operation and does it, unless it is to fail.
    fn operate<T>(&self, act: impl FnOnce(&mut State) -> io::Result<T>) -> io::Result<T> {
        let mut state = self.state.borrow_mut();
        let number = state.operations;
        state.operations += 1;
        if state.dead {
            return Err(io::Error::other("the process is dead"));
        }
        match state.fault {
            Some((at, fault)) if at == number => {
                state.dead = fault.dies();
                if fault.did() {
                    let _ = act(&mut state);
                }
                Err(ErrorKind::StorageFull.into())
            }
            _ => act(&mut state),
        }
    }
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(dir, _)| dir)
}

impl State {
    fn need_dir(&self, path: &str) -> io::Result<()> {
        let there = path.is_empty() || self.names.get(path) == Some(&None);
        if there { Ok(()) } else { Err(ErrorKind::NotFound.into()) }
    }
}

impl Disk for Memory {
    type File = usize;
    type Lock = Lock;

    fn create(&self, path: &str) -> io::Result<usize> {
        self.operate(|state| {
            state.need_dir(parent(path))?;
            if state.names.contains_key(path) {
                return Err(ErrorKind::AlreadyExists.into());
            }
            state.inodes.push(Inode::default());
            let inode = state.inodes.len() - 1;
            state.names.insert(path.to_owned(), Some(inode));
            Ok(inode)
        })
    }

    fn write(&self, file: &mut usize, bytes: &[u8]) -> io::Result<()> {
        let file = *file;
        // A write that fails may have written a part.
        if let Some(half) = bytes.get(..bytes.len() / 2) {
            let fails = self.state.borrow().fault.is_some_and(|(at, _)| at == self.operations());
            if fails {
                self.state.borrow_mut().inodes[file].bytes.extend_from_slice(half);
            }
        }
        self.operate(|state| {
            state.inodes[file].bytes = bytes.to_vec();
            Ok(())
        })
    }

    fn sync(&self, file: &mut usize) -> io::Result<()> {
        let file = *file;
        self.operate(|state| {
            state.inodes[file].durable = state.inodes[file].bytes.clone();
            Ok(())
        })
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.operate(|state| {
            let node = state.names.remove(from).ok_or(ErrorKind::NotFound)?;
            state.names.insert(to.to_owned(), node);
            Ok(())
        })
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        self.operate(|state| state.names.remove(path).map(|_| ()).ok_or(ErrorKind::NotFound.into()))
    }

    fn create_dir(&self, path: &str) -> io::Result<()> {
        self.operate(|state| {
            state.need_dir(parent(path))?;
            state.names.insert(path.to_owned(), None);
            Ok(())
        })
    }

    fn remove_dir(&self, path: &str) -> io::Result<()> {
        self.remove(path)
    }

    fn sync_dir(&self, path: &str) -> io::Result<()> {
        self.operate(|state| {
            state.need_dir(path)?;
            state.durable.retain(|name, _| parent(name) != path);
            let now: Vec<_> = state.names.iter().filter(|(name, _)| parent(name) == path).collect();
            let now: Vec<(String, Option<usize>)> = now.into_iter().map(|(name, node)| (name.clone(), *node)).collect();
            state.durable.extend(now);
            Ok(())
        })
    }

    fn read(&self, path: &str, limit: usize) -> io::Result<Option<Vec<u8>>> {
        self.operate(|state| match state.names.get(path) {
            Some(Some(inode)) if state.inodes[*inode].bytes.len() > limit => Err(ErrorKind::FileTooLarge.into()),
            Some(Some(inode)) => Ok(Some(state.inodes[*inode].bytes.clone())),
            Some(None) => Err(ErrorKind::IsADirectory.into()),
            None => Ok(None),
        })
    }

    fn list(&self, path: &str) -> io::Result<Vec<String>> {
        let dir = path.trim_end_matches('/');
        self.operate(|state| {
            let inside = state.names.iter().filter(|(name, _)| parent(name) == dir && !name.is_empty());
            Ok(inside
                .map(|(name, node)| {
                    let last = name.rsplit('/').next().unwrap_or(name);
                    format!("{last}{}", if node.is_none() { "/" } else { "" })
                })
                .collect())
        })
    }

    fn lock(&self, _: &str) -> io::Result<Option<Lock>> {
        self.operate(|_| Ok((!self.locked.replace(true)).then(|| Lock(self.locked.clone()))))
    }
}
