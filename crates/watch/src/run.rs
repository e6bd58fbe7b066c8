//! The watcher's threads, wired: pollers, readers of pictures, ways of alarms, and the keeper between them.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use countermark_inbox::Inbox;
use countermark_sources::{Fault, Net, Picture, Source};

use crate::alarm::{self, Bell};
use crate::board::{Board, Status};
use crate::config::AlarmConfig;
use crate::gallery::{Gallery, Task};
use crate::judge::Judge;
use crate::keeper::{Halt, Keeper, Outcome, Tracked, Work};
use crate::schedule::Schedule;
use crate::seams::{Attribute, ReadPicture, Screen, Unread};
use crate::state::{self, SourceState};
use crate::{Credentials, Error, WatchFolder, capture, ident, limits, metrics};

/// A source, ready to be asked.
pub struct Feed {
    /// Its name in `watch.toml`.
    pub name: String,
    /// The source.
    pub source: Box<dyn Source>,
    /// The time between two polls.
    pub every: Duration,
    /// The same source once more, to fetch pictures while the first one is asked; none where pictures are not read.
    pub pictures: Option<Box<dyn Source>>,
}

/// How long the watcher runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Until it is stopped.
    Forever,
    /// Each source is asked once, what it gave is taken in, and that is all.
    Once,
}

/// Everything that a watcher is made of.
pub struct Setup {
    /// Its folder.
    pub folder: WatchFolder,
    /// The sources.
    pub feeds: Vec<Feed>,
    /// The index.
    pub screen: Box<dyn Screen>,
    /// The reader of pictures, where there is one.
    pub reader: Option<Arc<dyn ReadPicture>>,
    /// Who finds attributed words, where somebody does.
    pub attribute: Option<Box<dyn Attribute>>,
    /// The writer's own public names.
    pub names: Vec<String>,
    /// Who is told.
    pub alarms: Vec<AlarmConfig>,
    /// The secrets of those ways.
    pub credentials: Credentials,
    /// The inbox's limits.
    pub inbox: countermark_inbox::Limits,
    /// The network.
    pub net: Net,
    /// Ends the watcher when it is set.
    pub stop: Arc<AtomicBool>,
    /// How long it runs.
    pub mode: Mode,
    /// Where metrics are served.
    pub metrics: Option<SocketAddr>,
    /// The clock, milliseconds since 1970.
    pub now_ms: fn() -> u64,
    /// Where lines of the log go.
    pub log: fn(&str),
}

/// Runs the watcher until it is stopped, or has asked every source once.
///
/// # Errors
/// [`Error`] when it can't start, and in [`Mode::Once`] when the inbox refused.
pub fn run(setup: Setup) -> Result<Status, Error> {
    let folder = setup.folder.clone();
    folder.create()?;
    let _lock = folder.lock()?;
    let (now_ms, stop) = (setup.now_ms, Arc::clone(&setup.stop));
    let board = Arc::new(Board::new(setup.log, now_ms() / 1000));
    let (mut keeper, shared) = prepare(setup, &board)?;
    let (work, queue) = mpsc::sync_channel(limits::QUEUE);
    let senders = shared.start(&work, &keeper);
    drop(work);
    let (told, ways) = mpsc::channel();
    let way_count = shared.start_ways(&keeper.bell, told);
    keeper.refresh();
    let ended = serve(&mut keeper, &shared, &queue, senders);
    drop(queue);
    let stopped = stop.load(Ordering::SeqCst);
    keeper.bell.close(stopped);
    let patience = if stopped { Duration::from_millis(500) } else { 2 * limits::WAY };
    let end = Instant::now() + patience;
    for _ in 0..way_count {
        if ways.recv_timeout(end.saturating_duration_since(Instant::now())).is_err() {
            break;
        }
    }
    stop.store(true, Ordering::SeqCst);
    let now = now_ms() / 1000;
    board.with(|status| (status.ended, status.alarms_waiting) = (Some(now), keeper.bell.waiting()));
    board.save(&folder, now);
    match ended {
        Err(Halt::Failed(error)) => Err(error),
        _ => Ok(board.snapshot(now)),
    }
}

/// What the threads share.
struct Shared {
    folder: WatchFolder,
    board: Arc<Board>,
    feeds: Arc<Vec<Shown>>,
    reader: Option<Arc<dyn ReadPicture>>,
    alarms: Vec<AlarmConfig>,
    credentials: Credentials,
    net: Net,
    metrics: Option<SocketAddr>,
    now_ms: fn() -> u64,
}

/// A source as the threads around it know it.
struct Shown {
    name: String,
    pictures: Option<Mutex<Box<dyn Source>>>,
}

fn prepare(setup: Setup, board: &Arc<Board>) -> Result<(Keeper, Shared), Error> {
    let Setup { folder, feeds, reader, stop, now_ms, mode, .. } = setup;
    let key = state::own_key(&folder)?;
    let inbox = Inbox::open(&folder.inbox(), &folder.desk()?, setup.inbox, capture::random())?;
    if inbox.cut() > 0 {
        board.say(&format!("{} bytes of a record that was cut off were removed from the inbox", inbox.cut()));
    }
    let ways: Vec<String> = setup.alarms.iter().map(|alarm| alarm.name.clone()).collect();
    board.with(|status| {
        status.ways = ways.iter().map(|way| (way.clone(), Default::default())).collect();
        status.reads_pictures = reader.is_some();
        (status.inbox_bytes, status.inbox_dropped) = (inbox.bytes(), inbox.dropped());
    });
    let bell = Arc::new(Bell::open(&folder, ways)?);
    let gallery = Arc::new(Gallery::new(feeds.len()));
    let (mut sources, mut asked, mut shown) = (Vec::new(), Vec::new(), Vec::new());
    for (index, feed) in feeds.into_iter().enumerate() {
        let state = SourceState::open(&folder, &feed.name)?;
        let pictures = feed.pictures.is_some() && reader.is_some();
        let mut pending = HashSet::new();
        for one in state.pending.iter().filter(|_| pictures) {
            pending.insert(ident::picture(&one.post, &one.picture));
            gallery.push(Task { source: index, pending: one.clone(), page: None, not_before: None });
        }
        board.source(&feed.name, |status| (status.counts, status.pending) = (state.counts, state.pending.len()));
        asked.push((feed.source, feed.every, state.cursor.clone()));
        shown.push(Shown { name: feed.name.clone(), pictures: feed.pictures.map(Mutex::new) });
        sources.push(Tracked { name: feed.name, state, pictures, pending });
    }
    let once = mode == Mode::Once;
    let schedule = Arc::new(Schedule::new(asked, once, Arc::clone(&stop)));
    let judge = Judge::new(setup.screen, setup.attribute, setup.names);
    let net = setup.net.with_stop(Arc::clone(&stop));
    let shared = Shared {
        folder,
        board: Arc::clone(board),
        feeds: Arc::new(shown),
        reader,
        alarms: setup.alarms,
        credentials: setup.credentials,
        net,
        metrics: setup.metrics,
        now_ms,
    };
    let board = Arc::clone(board);
    let keeper = Keeper { key, inbox, judge, sources, bell, board, schedule, gallery, stop, once, now_ms };
    Ok((keeper, shared))
}

/// The keeper's loop. It ends when nobody sends any more, or soon after a stop.
fn serve(keeper: &mut Keeper, shared: &Shared, queue: &Receiver<Work>, senders: Senders) -> Result<(), Halt> {
    let Senders { mut pollers, mut readers } = senders;
    let (mut refreshed, mut saved) = (Instant::now(), Instant::now() - Duration::from_secs(5));
    let mut end = None;
    loop {
        if keeper.stop.load(Ordering::SeqCst) {
            let end = *end.get_or_insert_with(|| Instant::now() + limits::STOP);
            keeper.gallery.close(true);
            if Instant::now() >= end {
                return Err(Halt::Stop);
            }
        }
        if pollers == 0 {
            if readers == 0 {
                return Ok(());
            }
            keeper.gallery.close(false);
        }
        if refreshed.elapsed() >= limits::REFRESH {
            keeper.refresh();
            refreshed = Instant::now();
        }
        if saved.elapsed() >= Duration::from_secs(1) {
            let (pictures, alarms) = (keeper.gallery.len(), keeper.bell.waiting());
            shared.board.with(|status| (status.pictures_waiting, status.alarms_waiting) = (pictures, alarms));
            shared.board.save(&shared.folder, (shared.now_ms)() / 1000);
            saved = Instant::now();
        }
        match queue.recv_timeout(Duration::from_millis(200)) {
            Ok(Work::Batch(index, batch)) => {
                shared.board.with(|status| status.batches_waiting = status.batches_waiting.saturating_sub(1));
                keeper.batch(index, &batch)?;
            }
            Ok(Work::Picture(task, outcome)) => {
                let done = keeper.picture(*task, outcome);
                keeper.gallery.done();
                done?;
            }
            Ok(Work::PollerGone) => pollers = pollers.saturating_sub(1),
            Ok(Work::ReaderGone) => readers = readers.saturating_sub(1),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
    }
}

/// How many threads send work.
struct Senders {
    pollers: usize,
    readers: usize,
}

impl Shared {
    fn start(&self, work: &SyncSender<Work>, keeper: &Keeper) -> Senders {
        let pollers = self.feeds.len().min(limits::POLLERS);
        for _ in 0..pollers {
            let (schedule, board, net) = (Arc::clone(&keeper.schedule), Arc::clone(&self.board), self.net.clone());
            let (feeds, work, now_ms) = (Arc::clone(&self.feeds), work.clone(), self.now_ms);
            std::thread::spawn(move || {
                poll(&schedule, &board, &net, &feeds, &work, now_ms);
                let _ = work.send(Work::PollerGone);
            });
        }
        let readers = if self.reader.is_some() { limits::READERS } else { 0 };
        for reader in self.reader.iter().cycle().take(readers) {
            let (gallery, board, net) = (Arc::clone(&keeper.gallery), Arc::clone(&self.board), self.net.clone());
            let (feeds, work, reader) = (Arc::clone(&self.feeds), work.clone(), Arc::clone(reader));
            std::thread::spawn(move || {
                while let Some(task) = gallery.next() {
                    let begin = Instant::now();
                    let outcome = read(&*reader, &net, &task, &feeds[task.source]);
                    let took = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
                    board.with(|status| status.picture_ms = took);
                    if work.send(Work::Picture(Box::new(task), outcome)).is_err() {
                        return;
                    }
                }
                let _ = work.send(Work::ReaderGone);
            });
        }
        if let Some(address) = self.metrics {
            match metrics::listen(address) {
                Ok(listener) => {
                    let (board, stop, now_ms) = (Arc::clone(&self.board), Arc::clone(&keeper.stop), self.now_ms);
                    std::thread::spawn(move || {
                        metrics::serve(&listener, &stop, || metrics::render(&board.snapshot(now_ms() / 1000)));
                    });
                }
                Err(error) => self.board.say(&format!("no metrics at {address}: {error}")),
            }
        }
        Senders { pollers, readers }
    }

    /// Starts a thread for each way; it says so when it ends.
    fn start_ways(&self, bell: &Arc<Bell>, told: mpsc::Sender<()>) -> usize {
        for config in &self.alarms {
            let mut way = alarm::way(config, &self.credentials, &self.net);
            let (bell, board, told) = (Arc::clone(bell), Arc::clone(&self.board), told.clone());
            let (name, now_ms) = (config.name.clone(), self.now_ms);
            std::thread::spawn(move || {
                bell.serve(&name, way.as_mut(), &board, now_ms);
                let _ = told.send(());
            });
        }
        self.alarms.len()
    }
}

/// One poller's work: what is due, one after the other.
fn poll(schedule: &Schedule, board: &Board, net: &Net, feeds: &[Shown], work: &SyncSender<Work>, now_ms: fn() -> u64) {
    while let Some(mut job) = schedule.next() {
        // A stranger's bytes must not end the watcher, whatever a source makes of them.
        let polled = catch_unwind(AssertUnwindSafe(|| job.source.poll(net, &job.cursor)));
        let polled = polled.unwrap_or(Err(Fault::Garbled("the source failed on it")));
        schedule.back(job.index, job.source);
        let name = &feeds[job.index].name;
        match polled {
            Ok(batch) => {
                board.answered(name, now_ms() / 1000);
                board.with(|status| status.batches_waiting += 1);
                if work.send(Work::Batch(job.index, batch)).is_err() {
                    return;
                }
            }
            Err(_) if net.stopped() => return,
            Err(fault) => {
                let wait = schedule.failed(job.index, &fault);
                board.failed(name, &fault, wait, now_ms() / 1000);
            }
        }
    }
}

/// Fetches a picture and reads it.
fn read(reader: &dyn ReadPicture, net: &Net, task: &Task, from: &Shown) -> Outcome {
    let Some(source) = &from.pictures else { return Outcome::Never };
    let picture = Picture { url: task.pending.picture.clone() };
    // A stranger's bytes must not end the watcher, nor keep others from the source afterwards.
    let fetch = || source.lock().unwrap_or_else(PoisonError::into_inner).picture(net, &picture);
    let fetched = match catch_unwind(AssertUnwindSafe(fetch)) {
        Ok(Ok(fetched)) if fetched.bytes.len() as u64 <= limits::PICTURE => fetched,
        Ok(Err(Fault::Unreachable(_) | Fault::Wait(_) | Fault::Status(500..))) => return Outcome::Again,
        _ => return Outcome::Never,
    };
    match catch_unwind(AssertUnwindSafe(|| reader.read(&fetched.bytes))).unwrap_or(Err(Unread::Never)) {
        Ok(read) => Outcome::Read(read, fetched.exchange),
        Err(Unread::Never) => Outcome::Never,
        Err(Unread::Failed) => Outcome::Again,
    }
}

impl std::fmt::Debug for Feed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Feed").field("name", &self.name).field("every", &self.every).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Setup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Setup").field("folder", &self.folder).field("feeds", &self.feeds).finish_non_exhaustive()
    }
}
