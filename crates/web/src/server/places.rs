//! The places of a server's connections. When all are taken, whoever keeps one waiting longest gives his to the newcomer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// How long a place that was called back may take to be free.
const LOOK: Duration = Duration::from_millis(20);

/// All places.
pub(crate) struct Places {
    free: Arc<Semaphore>,
    taken: Mutex<Taken>,
    patience: Duration,
}

#[derive(Default)]
struct Taken {
    next: u64,
    all: HashMap<u64, Arc<Held>>,
}

/// What is known of a connection.
struct Held {
    doing: Mutex<Doing>,
    /// Since when what is written is not taken in. The end of an answer is told of before it has left: then this says that it goes on.
    stalled: Mutex<Option<Instant>>,
    called_back: Notify,
}

/// What happens on a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doing {
    /// A request is awaited, or the rest of one, since then.
    Awaits(Instant),
    /// A whole request is being answered.
    Works,
    /// An answer is being taken in, since then.
    Writes(Instant),
    /// Its place goes to somebody else.
    Gone,
}

/// One connection's place. It is free when its [`Seat`] is dropped.
#[derive(Clone)]
pub(crate) struct Place(Arc<Held>);

/// A connection's hold on its place.
pub(crate) struct Seat {
    places: Arc<Places>,
    number: u64,
    held: Arc<Held>,
    _permit: OwnedSemaphorePermit,
}

impl Places {
    /// So many. An answer that is taken in for longer than `patience` is broken off where its place is wanted.
    pub(crate) fn new(most: usize, patience: Duration) -> Self {
        Self { free: Arc::new(Semaphore::new(most)), taken: Mutex::default(), patience }
    }

    /// A place for a newcomer. Where all are taken, the connection that has been awaiting a request longest is given up for it; then the one
    /// that has been taking in an answer longest, if that is beyond all patience. Whoever is being answered keeps his.
    pub(crate) async fn take(self: &Arc<Self>) -> Option<Seat> {
        let permit = loop {
            if let Ok(permit) = Arc::clone(&self.free).try_acquire_owned() {
                break permit;
            }
            self.call_one_back();
            if let Ok(permit) = timeout(LOOK, Arc::clone(&self.free).acquire_owned()).await {
                break permit.ok()?;
            }
        };
        let held = Arc::new(Held {
            doing: Mutex::new(Doing::Awaits(Instant::now())),
            stalled: Mutex::default(),
            called_back: Notify::new(),
        });
        let mut taken = lock(&self.taken);
        let number = taken.next;
        taken.next += 1;
        taken.all.insert(number, Arc::clone(&held));
        drop(taken);
        Some(Seat { places: Arc::clone(self), number, held, _permit: permit })
    }

    fn call_one_back(&self) {
        let now = Instant::now();
        let rank = |held: &Arc<Held>| match (*lock(&held.doing), *lock(&held.stalled)) {
            (Doing::Awaits(_), Some(since)) => {
                (now.saturating_duration_since(since) >= self.patience).then_some((1, since))
            }
            (Doing::Awaits(since), None) => Some((0, since)),
            (Doing::Writes(since), _) if now.saturating_duration_since(since) >= self.patience => Some((1, since)),
            _ => None,
        };
        let taken = lock(&self.taken);
        let first = taken.all.values().filter_map(|held| Some((rank(held)?, held))).min_by_key(|(rank, _)| *rank);
        if let Some((_, held)) = first {
            let mut doing = lock(&held.doing);
            // A whole request may have come in this very moment.
            if *doing != Doing::Works {
                *doing = Doing::Gone;
                held.called_back.notify_one();
            }
        }
    }
}

impl Seat {
    /// What the connection reports to.
    pub(crate) fn place(&self) -> Place {
        Place(Arc::clone(&self.held))
    }

    /// Returns when the place is wanted for somebody else.
    pub(crate) async fn called_back(&self) {
        self.held.called_back.notified().await;
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        lock(&self.places.taken).all.remove(&self.number);
    }
}

impl Place {
    /// A request's head is there, and `whole` says whether all of its body is. False where the place is somebody else's already.
    pub(crate) fn begins(&self, whole: bool) -> bool {
        self.becomes(if whole { Doing::Works } else { Doing::Awaits(Instant::now()) })
    }

    /// All that is wanted of the request is there.
    pub(crate) fn works(&self) {
        self.becomes(Doing::Works);
    }

    /// The answer is there.
    pub(crate) fn writes(&self) {
        self.becomes(Doing::Writes(Instant::now()));
    }

    /// The answer is written; another request may come.
    pub(crate) fn awaits(&self) {
        self.becomes(Doing::Awaits(Instant::now()));
    }

    /// What is written is taken in, or is not.
    pub(crate) fn stalls(&self, stalls: bool) {
        *lock(&self.0.stalled) = stalls.then(Instant::now);
    }

    fn becomes(&self, next: Doing) -> bool {
        let mut doing = lock(&self.0.doing);
        let stays = *doing != Doing::Gone;
        if stays {
            *doing = next;
        }
        stays
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn gone(seat: &Seat) -> bool {
        timeout(Duration::from_millis(1), seat.called_back()).await.is_ok()
    }

    async fn full(places: &Arc<Places>) -> bool {
        timeout(3 * LOOK, places.take()).await.is_err()
    }

    #[tokio::test]
    async fn the_longest_wait_goes_first() {
        let places = Arc::new(Places::new(3, Duration::ZERO));
        let (old, busy, young) =
            (places.take().await.unwrap(), places.take().await.unwrap(), places.take().await.unwrap());
        assert!(busy.place().begins(true));
        assert!(full(&places).await);
        assert!(gone(&old).await && !gone(&busy).await);
        assert!(!old.place().begins(true), "it is too late");
        drop((old, young));
        let (_one, two) = (places.take().await.unwrap(), places.take().await.unwrap());
        two.place().works();
        assert!(full(&places).await);
        assert!(!gone(&two).await && !gone(&busy).await);
    }

    #[tokio::test]
    async fn a_body_that_is_awaited_is_a_wait_and_an_answer_is_one_in_the_end() {
        let places = Arc::new(Places::new(1, Duration::from_millis(100)));
        let seat = places.take().await.unwrap();
        assert!(seat.place().begins(false));
        seat.place().works();
        assert!(full(&places).await && !gone(&seat).await);
        seat.place().writes();
        assert!(full(&places).await && !gone(&seat).await, "not yet");
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(full(&places).await && gone(&seat).await);
        drop(seat);
        let seat = places.take().await.unwrap();
        assert!(seat.place().begins(false));
        assert!(full(&places).await && gone(&seat).await);
    }
}
