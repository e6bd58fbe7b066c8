//! An audit of the log that somebody asked for: it runs while pages are looked at.

use std::sync::{Arc, Mutex, PoisonError};

use countermark_office::LogAudit;

use crate::{Desk, Signed};

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
        tokio::spawn(async move {
            let audited = desk.office(&signed, |office| {
                let audit = office.audit_log()?;
                office.note("log audit", &format!("{} leaves, {} problems", audit.size, audit.problems.len()))?;
                Ok(Arc::new(audit))
            });
            let audited = audited.await.map_err(|refusal| refusal.to_string());
            desk.audits().set(Some(Audit::Ended(desk.unix_ms(), audited)));
        });
    }
}
