//! Alarms that wait to be told: durable, each by every way at least once, and no flood.

use std::collections::VecDeque;
use std::io;
use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use countermark_sources::Backoff;
use serde::{Deserialize, Serialize};

use super::{Alarm, Deliver, Message};
use crate::board::Board;
use crate::{Error, WatchFolder, capture, files, limits};

/// The queue's file.
const FILE: &str = "state/alarms.json";

/// The queue of one watcher.
pub(crate) struct Bell {
    path: PathBuf,
    ways: Vec<String>,
    queue: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Default, Serialize, Deserialize)]
struct Queue {
    version: u32,
    waiting: Vec<Waiting>,
    /// Handles that every way has told, the oldest first.
    sent: VecDeque<String>,
    /// Nothing more comes.
    #[serde(skip)]
    closed: bool,
    #[serde(skip)]
    stopped: bool,
    /// Whether the file lacks something of it.
    #[serde(skip)]
    unsaved: bool,
}

#[derive(Serialize, Deserialize)]
struct Waiting {
    alarm: Alarm,
    /// How many more it stands for, that found no place of their own.
    #[serde(default)]
    more: u64,
    /// The ways that have not told it yet.
    left: Vec<String>,
}

impl Bell {
    /// Reads the queue; alarms that wait for a way that is no more wait no longer.
    pub(crate) fn open(folder: &WatchFolder, ways: Vec<String>) -> Result<Self, Error> {
        let mut queue = match folder.read(FILE)? {
            Some(text) => serde_json::from_str(&text)
                .map_err(|_| Error::Content { file: FILE.into(), what: "it holds no alarms".into() })?,
            None => Queue { version: 1, ..Queue::default() },
        };
        for waiting in &mut queue.waiting {
            waiting.left.retain(|way| ways.contains(way));
        }
        queue.sweep();
        Ok(Self { path: folder.root().join(FILE), ways, queue: Mutex::new(queue), changed: Condvar::new() })
    }

    /// Puts alarms into the queue, durably; those that stood there, or were told, are left out.
    pub(crate) fn ring(&self, alarms: &[Alarm]) -> io::Result<()> {
        let mut queue = self.lock();
        for alarm in alarms {
            let known = queue.waiting.iter().any(|waiting| waiting.alarm.handle == alarm.handle);
            if known || queue.sent.contains(&alarm.handle) {
                continue;
            }
            queue.unsaved = true;
            if self.ways.is_empty() {
                queue.told(alarm.handle.clone());
            } else if queue.waiting.len() < limits::ALARMS {
                queue.waiting.push(Waiting { alarm: alarm.clone(), more: 0, left: self.ways.clone() });
            } else if let Some(last) = queue.waiting.last_mut() {
                last.more += 1;
                queue.told(alarm.handle.clone());
            }
        }
        let saved = if queue.unsaved { self.save(&mut queue) } else { Ok(()) };
        drop(queue);
        self.changed.notify_all();
        saved
    }

    /// Tells by one way until the watcher ends. The thread of that way.
    pub(crate) fn serve(&self, way: &str, deliver: &mut dyn Deliver, board: &Board, now: fn() -> u64) {
        let mut backoff = Backoff::new(limits::FIRST_WAIT, limits::LONGEST_WAIT / 3);
        let mut budget = Budget::new(limits::AN_HOUR);
        while let Some((message, handles)) = self.next(way, &mut budget) {
            match deliver.deliver(&message, now()) {
                Ok(()) => {
                    backoff.worked();
                    self.done(way, &handles);
                    board.told(way, message.count(), now());
                }
                Err(fault) => {
                    let wait = backoff.failed(u32::from_be_bytes(capture::random()));
                    board.not_told(way, &fault, wait, now());
                    if self.rest(wait) {
                        return;
                    }
                }
            }
        }
    }

    /// How many alarms wait for some way.
    pub(crate) fn waiting(&self) -> usize {
        self.lock().waiting.len()
    }

    /// No more will come: ways end when theirs are told, or after their first failure; `at_once` without another attempt.
    pub(crate) fn close(&self, at_once: bool) {
        let mut queue = self.lock();
        queue.closed = true;
        queue.stopped |= at_once;
        drop(queue);
        self.changed.notify_all();
    }

    /// What this way tells next, when there is something and it may.
    fn next(&self, way: &str, budget: &mut Budget) -> Option<(Message, Vec<String>)> {
        let mut queue = self.lock();
        loop {
            if queue.stopped {
                return None;
            }
            let mine: Vec<&Waiting> = queue.waiting.iter().filter(|waiting| waiting.left.iter().any(|l| l == way)).collect();
            if mine.is_empty() && queue.closed {
                return None;
            }
            let now = Instant::now();
            // The last of the hour's messages is kept for what is gathered until then.
            if !mine.is_empty() && budget.take(now) {
                let gather = mine.len() > limits::SINGLY || mine[0].more > 0 || budget.is_low();
                let taken = if gather { &mine[..] } else { &mine[..1] };
                let handles = taken.iter().map(|waiting| waiting.alarm.handle.clone()).collect();
                let count = taken.iter().map(|waiting| 1 + waiting.more).sum();
                let message = match count {
                    1 => Message::One(taken[0].alarm.clone()),
                    count => Message::Many { count, first: taken.iter().take(10).map(|w| w.alarm.clone()).collect() },
                };
                return Some((message, handles));
            }
            let wait = Duration::from_millis(500);
            queue = self.changed.wait_timeout(queue, wait).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn done(&self, way: &str, handles: &[String]) {
        let mut queue = self.lock();
        for waiting in queue.waiting.iter_mut().filter(|waiting| handles.contains(&waiting.alarm.handle)) {
            waiting.left.retain(|left| left != way);
        }
        queue.sweep();
        // Not durable, it is told once more after a kill: at least once is what is promised.
        let _ = self.save(&mut queue);
    }

    /// Waits after a failure; whether to give up.
    fn rest(&self, wait: Duration) -> bool {
        let end = Instant::now() + wait;
        let mut queue = self.lock();
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if queue.closed || queue.stopped {
                return true;
            }
            if left.is_zero() {
                return false;
            }
            queue = self.changed.wait_timeout(queue, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn save(&self, queue: &mut Queue) -> io::Result<()> {
        queue.unsaved = true;
        files::replace(&self.path, &serde_json::to_vec(queue)?)?;
        queue.unsaved = false;
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    fn told(&mut self, handle: String) {
        self.sent.push_back(handle);
        while self.sent.len() > limits::SENT {
            self.sent.pop_front();
        }
    }

    fn sweep(&mut self) {
        let told: Vec<String> =
            self.waiting.iter().filter(|w| w.left.is_empty()).map(|w| w.alarm.handle.clone()).collect();
        self.waiting.retain(|waiting| !waiting.left.is_empty());
        told.into_iter().for_each(|handle| self.told(handle));
    }
}

/// So many messages in any hour.
struct Budget {
    most: usize,
    times: VecDeque<Instant>,
}

impl Budget {
    fn new(most: usize) -> Self {
        Self { most, times: VecDeque::new() }
    }

    fn take(&mut self, now: Instant) -> bool {
        let hour = Duration::from_secs(3600);
        while self.times.front().is_some_and(|at| now.duration_since(*at) >= hour) {
            self.times.pop_front();
        }
        let free = self.times.len() < self.most;
        if free {
            self.times.push_back(now);
        }
        free
    }

    fn is_low(&self) -> bool {
        self.times.len() + 2 > self.most
    }
}
