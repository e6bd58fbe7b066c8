//! An audit of the log that somebody asked for: it runs while pages are looked at.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use countermark_office::{LogAudit, audit_by};

use crate::{Desk, Refusal, Signed};

/// How long it lets others go first at a time.
const PATIENCE: Duration = Duration::from_secs(1);

/// How far it is.
#[derive(Clone)]
pub(crate) enum Audit {
    /// It runs, since then (milliseconds since 1970).
    Runs(u64),
    /// It ended.
    Ended(u64, Result<Arc<LogAudit>, String>),
}

/// The newest one.
#[derive(Default)]
pub(crate) struct Audits(Mutex<Option<Audit>>);

impl Audits {
    pub(crate) fn newest(&self) -> Option<Audit> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn forget(&self) {
        self.set(None);
    }

    fn set(&self, audit: Option<Audit>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = audit;
    }
}

impl Desk {
    /// Begins an audit of the log, unless one runs. That it was made, and what it found, goes into the audit trail.
    pub(crate) fn begin_audit(&self, signed: &Signed) {
        if matches!(self.audits().newest(), Some(Audit::Runs(_))) {
            return;
        }
        self.audits().set(Some(Audit::Runs(self.unix_ms())));
        let (desk, signed) = (self.clone(), signed.clone());
        tokio::task::spawn_blocking(move || {
            let audited = desk.audit_as(&signed).map(Arc::new).map_err(|refusal| refusal.to_string());
            desk.audits().set(Some(Audit::Ended(desk.unix_ms(), audited)));
        });
    }

    /// The office is held for moments only: pages are shown in between.
    fn audit_as(&self, signed: &Signed) -> Result<LogAudit, Refusal> {
        let audit = audit_by(|work| {
            self.give_way();
            self.tend_as(&signed.name, |office| work(office)).map_or(Err(Refusal::Stranger), |done| Ok(done?))
        })?;
        let found = format!("{} leaves, {} problems", audit.size, audit.problems.len());
        self.tend_as(&signed.name, |office| office.note("log audit", &found)).ok_or(Refusal::Stranger)??;
        Ok(audit)
    }

    /// Lets pages go first: whoever takes a lock again at once is not always made to wait.
    fn give_way(&self) {
        let until = Instant::now() + PATIENCE;
        while self.is_wanted() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}
