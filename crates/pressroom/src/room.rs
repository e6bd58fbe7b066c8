//! The room: what was published, its pages, and the queue for what readers send.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use countermark_statement::{Error, Queue};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::edition::Edition;
use crate::limit::Limits;
use crate::published::Published;
use crate::reads::Counter;

/// How often the directory is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// How often besides, at most, because somebody asks for what is not known: of all who ask together.
const ASKED: Duration = Duration::from_millis(200);
/// How long whoever asks waits for such a look: a disk that hangs must not take all connections.
const PATIENCE: Duration = Duration::from_secs(1);
/// Pages and bundles that are made at a time, and pictures: these take far longer, and a crowd that wants all of them leaves room for the
/// rest.
const MADE: usize = 8;
const DRAWN: usize = 1;
/// Seconds after which new counts of reads are written down and shown.
const COUNTED: u64 = 60;

/// What keeps a room from opening.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RoomError {
    /// The published directory can't be read.
    #[error("the published directory can't be read")]
    Published(#[source] Error),
    /// The queue for what readers send can't be opened.
    #[error("the queue can't be opened")]
    Queue(#[source] Error),
    /// The thread that looks for changes can't be started.
    #[error("no thread can be started")]
    Thread(#[source] std::io::Error),
}

/// What was published, ready to be handed out. Clones share it; the last one that goes ends the thread that looks for changes.
#[derive(Clone)]
pub struct Room(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    published: PathBuf,
    pub(crate) queue: Option<Queue>,
    pub(crate) counter: Counter,
    pub(crate) limits: Limits,
    clock: Box<dyn Fn() -> u64 + Send + Sync>,
    edition: RwLock<Arc<Edition>>,
    /// When the counts were last written; held while the directory is looked at.
    counted: Mutex<u64>,
    /// When it was last looked at because somebody asked for what is not known.
    asked: tokio::sync::Mutex<Option<Instant>>,
    /// Turns of making what is not kept: pages and bundles, and pictures.
    pub(crate) making: Arc<Semaphore>,
    pub(crate) drawing: Arc<Semaphore>,
}

impl Room {
    /// Reads the published directory; one that is absent gives an empty room, and is looked for again every second.
    /// `queue` is where comments and answers go, and the counts of reads; without one, or without the desk's key in `site.json`, nothing is
    /// taken. `random` keys what is forgotten again: which network sent how much.
    ///
    /// # Errors
    /// When the directory is there and can't be read, the queue can't be opened, or no thread can be started.
    pub fn open(published: &Path, queue: Option<&Path>, random: [u8; 32]) -> Result<Self, RoomError> {
        let now = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let room = Self::with_clock(published, queue, random, now)?;
        let inner = Arc::downgrade(&room.0);
        std::thread::Builder::new()
            .name("pressroom".to_owned())
            .spawn(move || look(&inner))
            .map_err(RoomError::Thread)?;
        Ok(room)
    }

    /// The same under another clock (seconds since 1970), and without the thread: the caller looks for changes by
    /// [`refresh`](Self::refresh).
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn with_clock(
        published: &Path,
        queue: Option<&Path>,
        random: [u8; 32],
        clock: impl Fn() -> u64 + Send + Sync + 'static,
    ) -> Result<Self, RoomError> {
        let read = Published::load(published).map_err(RoomError::Published)?;
        let counter = Counter::open(queue);
        let queue = queue.map(|dir| Queue::open(dir, countermark_statement::Room::default())).transpose();
        let edition = Edition::new(Arc::new(read), Arc::new(counter.reads(clock())));
        Ok(Self(Arc::new(Inner {
            published: published.to_owned(),
            queue: queue.map_err(RoomError::Queue)?,
            counter,
            limits: Limits::new(random),
            counted: Mutex::new(clock()),
            asked: tokio::sync::Mutex::default(),
            making: Arc::new(Semaphore::new(MADE)),
            drawing: Arc::new(Semaphore::new(DRAWN)),
            clock: Box::new(clock),
            edition: RwLock::new(Arc::new(edition)),
        })))
    }

    /// Looks whether something was published, and shows it from then on; says whether something was. What can't be read leaves
    /// everything as it was.
    pub fn refresh(&self) -> bool {
        self.0.refresh()
    }
}

impl Inner {
    /// Seconds since 1970.
    pub(crate) fn now(&self) -> u64 {
        (self.clock)()
    }

    pub(crate) fn edition(&self) -> Arc<Edition> {
        Arc::clone(&self.edition.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// What is shown now, where that is another edition than the one that lacked something: whoever was given a link may be here before the
    /// thread has looked. However many ask for what is nowhere, they cause few looks.
    pub(crate) async fn newer(self: &Arc<Self>, than: &Arc<Edition>) -> Option<Arc<Edition>> {
        let _ = timeout(PATIENCE, self.look_for_strangers()).await;
        let edition = self.edition();
        (!Arc::ptr_eq(&edition, than)).then_some(edition)
    }

    async fn look_for_strangers(self: &Arc<Self>) {
        let mut asked = self.asked.lock().await;
        if asked.is_none_or(|at| at.elapsed() >= ASKED) {
            // Before as well: one who goes away while it is looked starts no second look.
            *asked = Some(Instant::now());
            let room = Arc::clone(self);
            let _ = tokio::task::spawn_blocking(move || room.refresh()).await;
            *asked = Some(Instant::now());
        }
    }

    fn refresh(&self) -> bool {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let (old, now) = (self.edition(), self.now());
        let counts = now.abs_diff(*counted) >= COUNTED && self.counter.save();
        if counts {
            *counted = now;
        }
        let renewed = old.published.renewed(&self.published).ok().flatten();
        if renewed.is_none() && !counts {
            return false;
        }
        let changed = renewed.is_some();
        let published = renewed.map_or_else(|| Arc::clone(&old.published), Arc::new);
        let edition = Arc::new(Edition::new(published, Arc::new(self.counter.reads(now))));
        *self.edition.write().unwrap_or_else(PoisonError::into_inner) = edition;
        changed
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.counter.save();
    }
}

/// Looks for changes as long as anybody has the room.
fn look(room: &Weak<Inner>) {
    loop {
        std::thread::sleep(LOOK);
        let Some(room) = room.upgrade() else { return };
        room.refresh();
    }
}
