//! Pictures that wait to be read: a queue for each source, served in turn, so that a flood at one holds up no other.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use countermark_sources::Exchange;

use crate::limits;
use crate::state::Pending;

/// A picture to be fetched and read.
pub(crate) struct Task {
    pub(crate) source: usize,
    pub(crate) pending: Pending,
    /// The page it stood on, where there was room to keep it.
    pub(crate) page: Option<Arc<Exchange>>,
    pub(crate) not_before: Option<Instant>,
}

/// The queues.
pub(crate) struct Gallery {
    queues: Mutex<Queues>,
    changed: Condvar,
}

struct Queues {
    waiting: Vec<VecDeque<Task>>,
    turn: usize,
    pages: usize,
    /// Nothing more comes in.
    closed: bool,
    /// Being read.
    out: usize,
}

impl Gallery {
    pub(crate) fn new(sources: usize) -> Self {
        let waiting = (0..sources).map(|_| VecDeque::new()).collect();
        let queues = Queues { waiting, turn: 0, pages: 0, closed: false, out: 0 };
        Self { queues: Mutex::new(queues), changed: Condvar::new() }
    }

    /// Puts a picture behind the others of its source.
    pub(crate) fn push(&self, mut task: Task) {
        let mut queues = self.lock();
        let bytes = task.page.as_ref().map_or(0, |page| page.response.len());
        if queues.pages + bytes > limits::PAGES {
            task.page = None;
        } else {
            queues.pages += bytes;
        }
        queues.waiting[task.source].push_back(task);
        drop(queues);
        self.changed.notify_one();
    }

    /// The next picture, or `None` when there will be none.
    pub(crate) fn next(&self) -> Option<Task> {
        let mut queues = self.lock();
        loop {
            let now = Instant::now();
            let sources = queues.waiting.len();
            for step in 0..sources {
                let source = (queues.turn + step) % sources;
                let ready = |task: &Task| task.not_before.is_none_or(|at| at <= now);
                if let Some(at) = queues.waiting[source].iter().position(ready) {
                    queues.turn = source + 1;
                    queues.out += 1;
                    let task = queues.waiting[source].remove(at).expect("its place was found");
                    queues.pages -= task.page.as_ref().map_or(0, |page| page.response.len());
                    return Some(task);
                }
            }
            if queues.closed {
                return None;
            }
            let wait = std::time::Duration::from_millis(200);
            queues = self.changed.wait_timeout(queues, wait).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// A picture that was given out is done with.
    pub(crate) fn done(&self) {
        let mut queues = self.lock();
        queues.out = queues.out.saturating_sub(1);
        drop(queues);
        self.changed.notify_all();
    }

    /// How many pictures wait or are being read.
    pub(crate) fn len(&self) -> usize {
        let queues = self.lock();
        queues.waiting.iter().map(VecDeque::len).sum::<usize>() + queues.out
    }

    /// No more will come: readers end when the queues are empty, or at once.
    pub(crate) fn close(&self, at_once: bool) {
        let mut queues = self.lock();
        queues.closed = true;
        if at_once {
            queues.waiting.iter_mut().for_each(VecDeque::clear);
            queues.pages = 0;
        }
        drop(queues);
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Queues> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
