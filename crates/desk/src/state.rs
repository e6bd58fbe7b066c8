//! The desk itself: the office once it is open, the sessions, the world outside.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use countermark_office::Office;
use countermark_web::{Policy, assets, strict};
use rand_core::CryptoRng;

use crate::session::Sessions;
use crate::{Admission, Outside, Refusal, Roles, Signed, pages};

/// A desk; clones are the same desk.
#[derive(Clone)]
pub struct Desk(Arc<Inner>);

struct Inner {
    office: Mutex<Option<Office>>,
    waiting: AtomicUsize,
    sessions: Sessions,
    outside: Box<dyn Outside>,
    random: Mutex<Box<dyn CryptoRng + Send>>,
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Desk(..)")
    }
}

impl Desk {
    /// A locked desk.
    #[must_use]
    pub fn new(outside: Box<dyn Outside>, random: Box<dyn CryptoRng + Send>) -> Self {
        let random = Mutex::new(random);
        Self(Arc::new(Inner { office: Mutex::new(None), waiting: AtomicUsize::new(0), sessions: Sessions::default(), outside, random }))
    }

    /// Unlocks it with an open office.
    pub fn unlock(&self, office: Office) {
        *lock(&self.0.office) = Some(office);
    }

    /// Begins a session for somebody who has shown who he is.
    #[must_use]
    pub fn admit(&self, name: &str, roles: Roles) -> Admission {
        let mut secrets = [[0; 32]; 2];
        for secret in &mut secrets {
            lock(&self.0.random).fill_bytes(secret);
        }
        self.0.sessions.begin(name, roles, secrets)
    }

    pub(crate) fn sessions(&self) -> &Sessions {
        &self.0.sessions
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
        let (desk, who) = (self.clone(), signed.name.clone());
        let done = tokio::task::spawn_blocking(move || {
            desk.0.waiting.fetch_add(1, Ordering::Relaxed);
            let mut office = lock(&desk.0.office);
            desk.0.waiting.fetch_sub(1, Ordering::Relaxed);
            let office = office.as_mut().ok_or(Refusal::Stranger)?;
            office.act_as(&who);
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
    strict(pages::routes().merge(assets(files)).with_state(desk), Policy::Private)
}
