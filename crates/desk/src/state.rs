//! The desk itself: the office once it is open, the sessions, the world outside.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::middleware::{from_fn_with_state, map_response};
use countermark_office::Office;
use countermark_vault::Kdf;
use countermark_web::{Policy, assets, strict};
use rand_core::CryptoRng;

use crate::audit::Audits;
use crate::door::Door;
use crate::gate::{gate, tell_nothing};
use crate::session::{Beginning, Sessions, Stage};
use crate::{Admission, Outside, Refusal, Roles, Signed, pages};

/// A desk; clones are the same desk.
#[derive(Clone)]
pub struct Desk(Arc<Inner>);

struct Inner {
    office: Mutex<Option<Office>>,
    waiting: AtomicUsize,
    sessions: Sessions,
    door: Door,
    audits: Audits,
    outside: Box<dyn Outside>,
    random: Mutex<Box<dyn CryptoRng + Send>>,
    options: Options,
}

/// How a desk runs.
#[derive(Clone)]
pub struct Options {
    /// The time, in milliseconds since 1970: one-time codes depend on it.
    pub unix_ms: Arc<dyn Fn() -> u64 + Send + Sync>,
    /// The clock by which sessions and waits end.
    pub instant: Arc<dyn Fn() -> Instant + Send + Sync>,
    /// After how long a refused sign-in is answered, whatever was wrong with it.
    pub least_wait: Duration,
    /// How long the form of somebody who is not signed in may take to come.
    pub strangers_wait: Duration,
    /// What a guess at a person's passphrase costs, in a desk's file that is made now.
    pub kdf: Kdf,
}

impl Default for Options {
    fn default() -> Self {
        let unix_ms = || {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
        };
        Self {
            unix_ms: Arc::new(unix_ms),
            instant: Arc::new(Instant::now),
            least_wait: Duration::from_secs(1),
            strangers_wait: Duration::from_secs(15),
            kdf: Kdf::DEFAULT,
        }
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options").field("least_wait", &self.least_wait).field("kdf", &self.kdf).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Desk(..)")
    }
}

impl Desk {
    /// A locked desk on plain HTTP.
    #[must_use]
    pub fn new(outside: Box<dyn Outside>, random: Box<dyn CryptoRng + Send>) -> Self {
        Self::with(outside, random, Options::default())
    }

    /// A locked desk.
    #[must_use]
    pub fn with(outside: Box<dyn Outside>, mut random: Box<dyn CryptoRng + Send>, options: Options) -> Self {
        let mut key = [0; 32];
        random.fill_bytes(&mut key);
        let door = Door::new(Arc::clone(&options.instant), key);
        let (office, random) = (Mutex::new(None), Mutex::new(random));
        let waiting = AtomicUsize::new(0);
        Self(Arc::new(Inner {
            office,
            waiting,
            sessions: Sessions::default(),
            door,
            audits: Audits::default(),
            outside,
            random,
            options,
        }))
    }

    /// Unlocks it with an open office.
    pub fn unlock(&self, office: Office) {
        *lock(&self.0.office) = Some(office);
    }

    /// Locks it: the open office is dropped, with all keys, and every session ends.
    pub fn lock(&self) {
        *lock(&self.0.office) = None;
        self.0.sessions.end_all();
        self.0.audits.forget();
    }

    /// Whether an office is open.
    #[must_use]
    pub fn is_unlocked(&self) -> bool {
        lock(&self.0.office).is_some()
    }

    /// Begins a session for somebody who has shown who he is.
    #[must_use]
    pub fn admit(&self, name: &str, roles: Roles) -> Admission {
        let secrets = [self.secret(), self.secret()];
        let who = Beginning { name, roles, member: false, stage: Stage::Whole };
        self.0.sessions.begin(who, secrets, self.instant())
    }

    /// The same for a person of the vault: his session ends when he is removed, or may do something else.
    pub(crate) fn admit_member(&self, name: &str, roles: Roles, stage: Stage) -> Admission {
        let secrets = [self.secret(), self.secret()];
        self.0.sessions.begin(Beginning { name, roles, member: true, stage }, secrets, self.instant())
    }

    pub(crate) fn sessions(&self) -> &Sessions {
        &self.0.sessions
    }

    pub(crate) fn audits(&self) -> &Audits {
        &self.0.audits
    }

    pub(crate) fn door(&self) -> &Door {
        &self.0.door
    }

    pub(crate) fn options(&self) -> &Options {
        &self.0.options
    }

    pub(crate) fn unix_ms(&self) -> u64 {
        (self.0.options.unix_ms)()
    }

    /// Does something with the open office on the caller's thread, in the desk's own name: what a desk does unasked. Nothing while it is
    /// locked. It should be short: pages wait meanwhile; [`is_wanted`](Self::is_wanted) tells whether one does.
    pub fn tend<T>(&self, work: impl FnOnce(&mut Office) -> T) -> Option<T> {
        let mut office = lock(&self.0.office);
        let office = office.as_mut()?;
        office.act_as("desk");
        Some(work(office))
    }

    /// Whether a page waits for the office.
    #[must_use]
    pub fn is_wanted(&self) -> bool {
        self.0.waiting.load(Ordering::Relaxed) > 0
    }

    pub(crate) fn instant(&self) -> Instant {
        (self.0.options.instant)()
    }

    pub(crate) fn secret(&self) -> [u8; 32] {
        let mut secret = [0; 32];
        self.random(|rng| rng.fill_bytes(&mut secret));
        secret
    }

    pub(crate) fn random<T>(&self, work: impl FnOnce(&mut dyn CryptoRng) -> T) -> T {
        work(&mut **lock(&self.0.random))
    }

    /// The place of the open office, for whoever opens it.
    pub(crate) fn with_slot<T>(&self, work: impl FnOnce(&mut Option<Office>) -> T) -> T {
        work(&mut lock(&self.0.office))
    }

    /// Does something with the open office on the caller's thread, as a person; nothing while the desk is locked.
    pub(crate) fn tend_as<T>(&self, who: &str, work: impl FnOnce(&mut Office) -> T) -> Option<T> {
        self.with_slot(|slot| {
            let office = slot.as_mut()?;
            office.act_as(who);
            Some(work(office))
        })
    }

    /// Asks the outside clocks, on a thread that may wait; says who gave nothing. Nobody holds the office meanwhile.
    pub(crate) async fn ask_clocks(&self) -> Vec<String> {
        let desk = self.clone();
        let asked = tokio::task::spawn_blocking(move || desk.outside().ask_clocks(&desk));
        asked.await.unwrap_or_else(|_| vec!["the outside clocks were not asked".to_owned()])
    }

    /// Who has this cookie.
    #[must_use]
    pub fn who(&self, cookie: &str) -> Option<Signed> {
        self.0.sessions.find(cookie, self.instant())
    }

    /// Asks the world outside, on a thread that may wait.
    pub(crate) async fn world<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&dyn Outside) -> Result<T, String> + Send + 'static,
    ) -> Result<T, Refusal> {
        let desk = self.clone();
        let asked = tokio::task::spawn_blocking(move || ask(desk.outside()));
        let asked = asked.await.map_err(|_| Refusal::Machine("the work was broken off; try again".to_owned()))?;
        asked.map_err(Refusal::Input)
    }

    /// Whether this is the address of the stylesheet, which the sign-in page needs too.
    pub(crate) fn is_style(&self, path: &str) -> bool {
        path == crate::shell::STYLE.href()
    }

    /// The world around it.
    #[must_use]
    pub fn outside(&self) -> &dyn Outside {
        &*self.0.outside
    }

    /// Does something with the open office, as the person who is signed in, on a thread that may wait.
    ///
    /// # Errors
    /// [`Refusal::Stranger`] while the desk is locked; what `work` gives.
    pub async fn office<T: Send + 'static>(
        &self,
        signed: &Signed,
        work: impl FnOnce(&mut Office) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let (desk, signed) = (self.clone(), signed.clone());
        let done = tokio::task::spawn_blocking(move || {
            desk.0.waiting.fetch_add(1, Ordering::Relaxed);
            let mut office = lock(&desk.0.office);
            desk.0.waiting.fetch_sub(1, Ordering::Relaxed);
            let office = office.as_mut().ok_or(Refusal::Stranger)?;
            if signed.member && office.member(&signed.name)?.is_none_or(|member| member.roles != signed.roles) {
                desk.0.sessions.end_of(&signed.name, None);
                return Err(Refusal::Stranger);
            }
            // A page is not kept back by what the trail could not take: it stays counted.
            let _ = desk.0.door.refusals.write(office, desk.instant(), false);
            office.act_as(&signed.name);
            work(office)
        });
        done.await.map_err(|_| Refusal::Machine("the work was broken off; try again".to_owned()))?
    }
}

/// A mutex whose holder panicked is still good: the office holds nothing in memory that is not in the vault.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Everything that a desk serves.
pub fn router(desk: Desk) -> Router {
    let files = pages::scripts();
    let files = files.iter().chain(std::iter::once(&*crate::shell::STYLE));
    let pages = pages::routes().merge(assets(files));
    let guarded = pages.layer(from_fn_with_state(desk.clone(), gate)).with_state(desk);
    // Around the router itself, which adds to what the gate answers.
    Router::new().fallback_service(strict(guarded, Policy::Private)).layer(map_response(tell_nothing))
}
