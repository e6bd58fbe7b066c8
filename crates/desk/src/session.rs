//! Who is signed in. Sessions live in memory and end with the process: after a restart the vault is locked anyway.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use axum::extract::FromRequestParts;
use axum::http::header::COOKIE;
use axum::http::request::Parts;
use sha2::{Digest, Sha256};

use crate::{Desk, Refusal, Role, Roles};

/// The cookie's name.
pub(crate) const NAME: &str = "countermark";

/// How long somebody may do nothing.
const IDLE: Duration = Duration::from_secs(30 * 60);

/// How long a session lasts at most.
const LONGEST: Duration = Duration::from_secs(12 * 60 * 60);

/// Somebody who is signed in: what every page but the sign-in page asks for first.
#[derive(Clone)]
pub struct Signed {
    /// His name in the vault.
    pub name: String,
    /// What he may do.
    pub roles: Roles,
    /// What his forms carry.
    pub csrf: String,
    /// Which session it is, for ending it.
    pub(crate) session: [u8; 32],
}

impl std::fmt::Debug for Signed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signed").field("roles", &self.roles).finish_non_exhaustive()
    }
}

impl Signed {
    /// Refuses whoever has not the role.
    ///
    /// # Errors
    /// [`Refusal::Role`].
    pub fn must(&self, role: Role) -> Result<(), Refusal> {
        if self.roles.contains(&role) { Ok(()) } else { Err(Refusal::Role) }
    }
}

/// What somebody gets who was let in.
#[derive(Clone)]
pub struct Admission {
    /// The cookie's value.
    pub cookie: String,
    /// What his forms carry.
    pub csrf: String,
}

impl std::fmt::Debug for Admission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Admission(..)")
    }
}

struct Session {
    signed: Signed,
    began: Instant,
    last: Instant,
}

/// All sessions, by the hash of their cookie.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<HashMap<[u8; 32], Session>>);

impl Sessions {
    /// A new session under fresh secrets, whatever cookie came with the request.
    pub(crate) fn begin(&self, name: &str, roles: Roles, secrets: [[u8; 32]; 2]) -> Admission {
        let [cookie, csrf] = secrets.map(|secret| secret.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
        let key: [u8; 32] = Sha256::digest(cookie.as_bytes()).into();
        let signed = Signed { name: name.to_owned(), roles, csrf: csrf.clone(), session: key };
        let now = Instant::now();
        self.lock().insert(key, Session { signed, began: now, last: now });
        Admission { cookie, csrf }
    }

    /// Who has this cookie.
    pub(crate) fn find(&self, cookie: &str) -> Option<Signed> {
        let key: [u8; 32] = Sha256::digest(cookie.as_bytes()).into();
        let mut all = self.lock();
        all.retain(|_, session| session.last.elapsed() < IDLE && session.began.elapsed() < LONGEST);
        let session = all.get_mut(&key)?;
        session.last = Instant::now();
        Some(session.signed.clone())
    }

    /// Ends one.
    pub(crate) fn end(&self, session: &[u8; 32]) {
        self.lock().remove(session);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<[u8; 32], Session>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl FromRequestParts<Desk> for Signed {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Refusal> {
        let cookies = parts.headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let value = pairs.find(|(name, _)| *name == NAME).map(|(_, value)| value).ok_or(Refusal::Stranger)?;
        desk.sessions().find(value).ok_or(Refusal::Stranger)
    }
}
