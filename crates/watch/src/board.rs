//! What is known of a running watcher: for `watch status`, for the metrics, and for the log. Nothing of a text stands here.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use countermark_inbox::Dropped;
use countermark_sources::Fault;
use serde::{Deserialize, Serialize};

use crate::alarm::WayFault;
use crate::seams::IndexState;
use crate::state::Counts;
use crate::{Error, WatchFolder, files};

/// The status's file.
const FILE: &str = "state/status.json";

/// Something that happened at a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When, seconds since 1970.
    pub at: u64,
    /// What.
    pub what: String,
}

/// A source's status.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SourceStatus {
    /// When it last answered as it should, seconds since 1970.
    pub last_success: Option<u64>,
    /// Its last failure.
    pub last_failure: Option<Event>,
    /// Until when it is left alone after failures, seconds since 1970.
    pub backoff_until: Option<u64>,
    /// Between the publication of its newest post, as the service says, and its coming; seconds.
    pub lag: Option<u64>,
    /// Pictures that wait to be read.
    pub pending: usize,
    /// What it has brought.
    pub counts: Counts,
}

/// An alarm's way.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct WayStatus {
    /// When it last told something, seconds since 1970.
    pub last_success: Option<u64>,
    /// Its last failure.
    pub last_failure: Option<Event>,
    /// Alarms told since the watcher started.
    pub told: u64,
}

/// The watcher's status.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Status {
    /// When this was written, seconds since 1970.
    pub at: u64,
    /// When the watcher started, seconds since 1970.
    pub started: u64,
    /// When it ended by itself, seconds since 1970.
    pub ended: Option<u64>,
    /// Its process.
    pub pid: u32,
    /// The sources.
    pub sources: BTreeMap<String, SourceStatus>,
    /// The ways alarms go.
    pub ways: BTreeMap<String, WayStatus>,
    /// Registered messages in the index.
    pub index_messages: u64,
    /// When the index was written, seconds since 1970.
    pub index_written: u64,
    /// Why a newer index was not taken.
    pub index_problem: Option<Event>,
    /// Whether pictures can be read here.
    pub reads_pictures: bool,
    /// Pictures that wait or are being read.
    pub pictures_waiting: usize,
    /// How long the last picture took, milliseconds.
    pub picture_ms: u64,
    /// Batches that wait to be screened.
    pub batches_waiting: usize,
    /// Alarms that wait to be told.
    pub alarms_waiting: usize,
    /// Bytes in the inbox, as the writer knows.
    pub inbox_bytes: u64,
    /// What had to go from it.
    pub inbox_dropped: Dropped,
    /// Why the inbox or the state can't be written.
    pub disk_problem: Option<Event>,
}

/// The one place where it is gathered.
pub(crate) struct Board {
    status: Mutex<Status>,
    log: fn(&str),
}

impl Board {
    pub(crate) fn new(log: fn(&str), now: u64) -> Self {
        let status = Status { started: now, pid: std::process::id(), ..Status::default() };
        Self { status: Mutex::new(status), log }
    }

    /// Says a line in the log. No text of a post, no address with a secret.
    pub(crate) fn say(&self, line: &str) {
        (self.log)(line);
    }

    pub(crate) fn with<T>(&self, change: impl FnOnce(&mut Status) -> T) -> T {
        change(&mut self.lock())
    }

    pub(crate) fn source(&self, name: &str, change: impl FnOnce(&mut SourceStatus)) {
        change(self.lock().sources.entry(name.to_owned()).or_default());
    }

    pub(crate) fn answered(&self, name: &str, now: u64) {
        self.source(name, |source| {
            source.last_success = Some(now);
            source.backoff_until = None;
        });
    }

    pub(crate) fn failed(&self, name: &str, fault: &Fault, wait: Duration, now: u64) {
        self.say(&format!("source {name}: {fault}; asked again in {} s", wait.as_secs()));
        self.source(name, |source| {
            source.last_failure = Some(Event { at: now, what: fault.to_string() });
            source.backoff_until = Some(now + wait.as_secs());
        });
    }

    pub(crate) fn told(&self, way: &str, count: u64, now: u64) {
        let mut status = self.lock();
        let way = status.ways.entry(way.to_owned()).or_default();
        way.last_success = Some(now);
        way.told += count;
    }

    pub(crate) fn not_told(&self, way: &str, fault: &WayFault, wait: Duration, now: u64) {
        self.say(&format!("alarm {way}: {fault}; tried again in {} s", wait.as_secs()));
        let mut status = self.lock();
        let way = status.ways.entry(way.to_owned()).or_default();
        way.last_failure = Some(Event { at: now, what: fault.to_string() });
    }

    /// What the disk refuses; `None` when it takes everything again.
    pub(crate) fn disk(&self, problem: Option<String>, now: u64) {
        let mut status = self.lock();
        let before = status.disk_problem.as_ref().map(|event| event.what.clone());
        if before == problem {
            return;
        }
        status.disk_problem = problem.clone().map(|what| Event { at: now, what });
        drop(status);
        match problem {
            Some(what) => self.say(&format!("PROBLEM: {what}; nothing is lost, and nothing goes on until it is mended")),
            None => self.say("the disk takes everything again"),
        }
    }

    pub(crate) fn index(&self, state: &Result<IndexState, String>, now: u64) {
        let mut status = self.lock();
        match state {
            Ok(state) => {
                (status.index_messages, status.index_written) = (state.messages, state.written_at);
                status.index_problem = None;
            }
            Err(what) => {
                let news = status.index_problem.as_ref().is_none_or(|event| &event.what != what);
                status.index_problem = Some(Event { at: now, what: what.clone() });
                drop(status);
                if news {
                    self.say(&format!("the newer index is not taken: {what}"));
                }
            }
        }
    }

    pub(crate) fn snapshot(&self, now: u64) -> Status {
        Status { at: now, ..self.lock().clone() }
    }

    /// Writes the status down.
    pub(crate) fn save(&self, folder: &WatchFolder, now: u64) {
        if let Ok(bytes) = serde_json::to_vec(&self.snapshot(now)) {
            // It only tells: what can't be written now is written in a moment.
            let _ = files::replace_soon(&folder.root().join(FILE), &bytes);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Status> {
        self.status.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Status {
    /// What the watcher last wrote down; `None` when none has run.
    ///
    /// # Errors
    /// [`Error::File`], [`Error::Content`].
    pub fn load(folder: &WatchFolder) -> Result<Option<Self>, Error> {
        let Some(text) = folder.read(FILE)? else { return Ok(None) };
        let status = serde_json::from_str(&text);
        status.map(Some).map_err(|_| Error::Content { file: FILE.into(), what: "it holds no status".into() })
    }
}
