//! When each source is asked: due times, back-off, and one batch of a source under way at a time.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use countermark_sources::{Backoff, Cursor, Fault, Source};

use crate::{capture, limits};

/// Polls of one source in a run that asks every source once: a source that always has more must not keep it for ever.
const ONCE: u32 = 1000;

/// The sources and their times.
pub(crate) struct Schedule {
    slots: Mutex<Vec<Slot>>,
    changed: Condvar,
    stop: Arc<AtomicBool>,
    once: bool,
}

struct Slot {
    /// Away while it is asked.
    source: Option<Box<dyn Source>>,
    cursor: Cursor,
    due: Instant,
    every: Duration,
    backoff: Backoff,
    /// Its batch has not been taken in yet.
    under_way: bool,
    /// Too many of its pictures wait.
    held: bool,
    polls: u32,
    done: bool,
}

/// One poll to be made.
pub(crate) struct Job {
    pub(crate) index: usize,
    pub(crate) source: Box<dyn Source>,
    pub(crate) cursor: Cursor,
}

impl Schedule {
    /// All sources are due at once. `once`: each is asked until it has no more, and then never again.
    pub(crate) fn new(sources: Vec<(Box<dyn Source>, Duration, Cursor)>, once: bool, stop: Arc<AtomicBool>) -> Self {
        let due = Instant::now();
        let slot = |(source, every, cursor)| Slot {
            source: Some(source),
            cursor,
            due,
            every,
            backoff: Backoff::new(limits::FIRST_WAIT, limits::LONGEST_WAIT),
            under_way: false,
            held: false,
            polls: 0,
            done: false,
        };
        Self { slots: Mutex::new(sources.into_iter().map(slot).collect()), changed: Condvar::new(), stop, once }
    }

    /// The next poll that is due, when it is due. `None`: there will be none.
    pub(crate) fn next(&self) -> Option<Job> {
        let mut slots = self.lock();
        loop {
            if self.stop.load(Ordering::SeqCst) || slots.iter().all(|slot| slot.done) {
                self.changed.notify_all();
                return None;
            }
            let now = Instant::now();
            let ready = |slot: &Slot| slot.source.is_some() && !slot.under_way && !slot.held && !slot.done;
            let first = slots.iter_mut().enumerate().filter(|(_, slot)| ready(slot)).min_by_key(|(_, slot)| slot.due);
            let wait = match first {
                Some((index, slot)) if slot.due <= now => {
                    let source = slot.source.take().expect("it was found ready");
                    (slot.under_way, slot.polls) = (true, slot.polls + 1);
                    return Some(Job { index, source, cursor: slot.cursor.clone() });
                }
                Some((_, slot)) => slot.due - now,
                None => Duration::from_secs(1),
            };
            // A signal only sets the flag.
            let wait = wait.min(Duration::from_millis(200));
            slots = self.changed.wait_timeout(slots, wait).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// A source comes back from its poll.
    pub(crate) fn back(&self, index: usize, source: Box<dyn Source>) {
        self.lock()[index].source = Some(source);
        self.changed.notify_all();
    }

    /// Its batch is safe: it goes on from there.
    pub(crate) fn committed(&self, index: usize, cursor: Cursor, more: bool) {
        let mut slots = self.lock();
        let slot = &mut slots[index];
        slot.cursor = cursor;
        slot.under_way = false;
        slot.backoff.worked();
        slot.due = Instant::now() + if more { Duration::ZERO } else { slot.every };
        slot.done = self.once && (!more || slot.polls >= ONCE);
        drop(slots);
        self.changed.notify_all();
    }

    /// It gave nothing; how long it is left alone.
    pub(crate) fn failed(&self, index: usize, fault: &Fault) -> Duration {
        let mut slots = self.lock();
        let slot = &mut slots[index];
        let wait = slot.backoff.failed(u32::from_be_bytes(capture::random()));
        let wait = match fault {
            Fault::Wait(asked) => wait.max(*asked),
            fault if !fault.passes() => limits::LONGEST_WAIT,
            _ => wait,
        };
        slot.under_way = false;
        slot.due = Instant::now() + wait;
        slot.done = self.once;
        drop(slots);
        self.changed.notify_all();
        wait
    }

    /// Whether so many of its pictures wait that it is not asked.
    pub(crate) fn hold(&self, index: usize, held: bool) {
        let mut slots = self.lock();
        if slots[index].held != held {
            slots[index].held = held;
            drop(slots);
            self.changed.notify_all();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Slot>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
