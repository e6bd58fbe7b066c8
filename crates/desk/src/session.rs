//! Who is signed in. Sessions live in memory and end with the process: after a restart the vault is locked anyway.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use sha2::{Digest, Sha256};

use crate::{Desk, Refusal, Role, Roles};

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
    /// Whether the vault knows him as a person of the office, to be asked again for every act.
    pub(crate) member: bool,
    pub(crate) stage: Stage,
    said: Arc<Mutex<Option<String>>>,
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
        self.must_any(&[role])
    }

    /// Refuses whoever has none of the roles.
    ///
    /// # Errors
    /// [`Refusal::Role`].
    pub fn must_any(&self, roles: &[Role]) -> Result<(), Refusal> {
        if roles.iter().any(|role| self.roles.contains(role)) { Ok(()) } else { Err(Refusal::Role) }
    }

    /// Has the next page of this session say something once ("Sealed."): what a form's redirect leads to.
    pub fn say(&self, text: impl Into<String>) {
        *self.said.lock().unwrap_or_else(PoisonError::into_inner) = Some(text.into());
    }

    /// What was to be said, once.
    pub(crate) fn take_said(&self) -> Option<String> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// How far somebody is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// He has shown his passphrase, and sets up his one-time codes: nothing else is open to him.
    Codes,
    /// Wholly.
    Whole,
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

/// Who begins a session.
pub(crate) struct Beginning<'a> {
    pub(crate) name: &'a str,
    pub(crate) roles: Roles,
    pub(crate) member: bool,
    pub(crate) stage: Stage,
}

impl Sessions {
    /// A new session under fresh secrets, whatever cookie came with the request.
    pub(crate) fn begin(&self, who: Beginning<'_>, secrets: [[u8; 32]; 2], now: Instant) -> Admission {
        let [cookie, csrf] = secrets.map(|secret| hex(&secret));
        let key: [u8; 32] = Sha256::digest(cookie.as_bytes()).into();
        let Beginning { name, roles, member, stage } = who;
        let said = Arc::default();
        let signed = Signed { name: name.to_owned(), roles, csrf: csrf.clone(), session: key, member, stage, said };
        self.lock().insert(key, Session { signed, began: now, last: now });
        Admission { cookie, csrf }
    }

    /// Who has this cookie.
    pub(crate) fn find(&self, cookie: &str, now: Instant) -> Option<Signed> {
        let key: [u8; 32] = Sha256::digest(cookie.as_bytes()).into();
        let mut all = self.lock();
        let since = |then: Instant| now.saturating_duration_since(then);
        all.retain(|_, session| since(session.last) < IDLE && since(session.began) < LONGEST);
        let session = all.get_mut(&key)?;
        session.last = now;
        Some(session.signed.clone())
    }

    /// Whether a session goes on.
    pub(crate) fn has(&self, session: &[u8; 32]) -> bool {
        self.lock().contains_key(session)
    }

    /// Ends one.
    pub(crate) fn end(&self, session: &[u8; 32]) {
        self.lock().remove(session);
    }

    /// Ends all of one person, but for one.
    pub(crate) fn end_of(&self, name: &str, but: Option<&[u8; 32]>) {
        self.lock().retain(|key, session| session.signed.name != name || Some(key) == but);
    }

    /// Ends all.
    pub(crate) fn end_all(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<[u8; 32], Session>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FromRequestParts<Desk> for Signed {
    type Rejection = Refusal;

    /// Whom the gate let through.
    async fn from_request_parts(parts: &mut Parts, _: &Desk) -> Result<Self, Refusal> {
        parts.extensions.get::<Self>().cloned().ok_or(Refusal::Stranger)
    }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_end() {
        let sessions = Sessions::default();
        let t0 = Instant::now();
        let begin = |name: &str, n: u8| {
            let who = Beginning { name, roles: Roles::new(), member: false, stage: Stage::Whole };
            sessions.begin(who, [[n; 32], [n + 1; 32]], t0).cookie
        };
        let (ines, again, tom) = (begin("ines", 1), begin("ines", 3), begin("tom", 5));
        let minutes = |n: u64| t0 + Duration::from_secs(60 * n);
        assert_eq!(sessions.find(&ines, minutes(29)).map(|signed| signed.name), Some("ines".to_owned()));
        assert!(sessions.find(&tom, minutes(30)).is_none(), "thirty minutes of nothing");
        assert!(sessions.find(&ines, minutes(58)).is_some(), "the first look was a sign of life");
        assert!(sessions.find("ff", minutes(58)).is_none());
        for n in (60..12 * 60).step_by(20) {
            assert!(sessions.find(&ines, minutes(n)).is_some(), "minute {n}");
        }
        assert!(sessions.find(&ines, minutes(12 * 60)).is_none(), "half a day, however busy");
        assert!(sessions.find(&again, minutes(0)).is_none());

        let (one, two, tom) = (begin("ines", 1), begin("ines", 3), begin("tom", 5));
        let kept = sessions.find(&one, t0).unwrap().session;
        sessions.end_of("ines", Some(&kept));
        assert!(sessions.find(&one, t0).is_some() && sessions.find(&two, t0).is_none());
        sessions.end_of("ines", None);
        assert!(sessions.find(&one, t0).is_none() && sessions.find(&tom, t0).is_some());
        sessions.end_all();
        assert!(sessions.find(&tom, t0).is_none());
    }

    #[test]
    fn said_once() {
        let sessions = Sessions::default();
        let who = Beginning { name: "ines", roles: Roles::from([Role::Writer]), member: false, stage: Stage::Whole };
        let cookie = sessions.begin(who, [[1; 32], [2; 32]], Instant::now()).cookie;
        sessions.find(&cookie, Instant::now()).unwrap().say("Sealed.");
        let next = sessions.find(&cookie, Instant::now()).unwrap();
        assert_eq!((next.take_said().as_deref(), next.take_said()), (Some("Sealed."), None));
        assert_eq!(format!("{next:?}"), "Signed { roles: {Writer}, .. }");
        assert!(next.must(Role::Writer).is_ok() && next.must(Role::Press).is_err());
        assert!(next.must_any(&[Role::Press, Role::Writer]).is_ok() && next.must_any(&[]).is_err());
    }
}
