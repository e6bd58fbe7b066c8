//! Sign-ins that were refused. The vault may be locked when they happen, so they are counted in memory, and written into its audit trail as one
//! entry by the next occasion on which it is open.
//!
//! What was typed is never kept: no passphrase, no code, and no name but of somebody whose passphrase was right, whom the vault knows.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use countermark_office::{Error, Office};

use super::Refused;

/// Between two entries that pages occasion lies at least so long: a flood of attempts must not fill the trail.
const APART: Duration = Duration::from_secs(60);

/// So many names are told of an entry; others are counted.
const NAMES: usize = 8;

/// The verb of such an entry.
const ACT: &str = "desk refused";

/// Why somebody was not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind<'a> {
    /// Name and passphrase open nothing.
    Passphrase,
    /// The passphrase of this person was right, and the one-time code was not.
    Code(&'a str),
    /// A code that opens no invitation.
    Invitation,
    /// Tried too often: nothing was looked at.
    TooOften,
}

/// What was refused since it was last written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Counts {
    passphrase: u64,
    code: u64,
    invitation: u64,
    too_often: u64,
    /// Whose passphrase was right.
    names: BTreeSet<String>,
    /// Seconds since 1970.
    first: u64,
    last: u64,
}

#[derive(Default)]
struct Kept {
    counts: Counts,
    written: Option<Instant>,
    /// All that was refused since this process began.
    total: u64,
    /// What the total was when somebody last signed in; names of the office's people alone.
    seen: BTreeMap<String, u64>,
}

/// What was refused.
#[derive(Default)]
pub(crate) struct Refusals(Mutex<Kept>);

impl Counts {
    fn all(&self) -> u64 {
        [self.passphrase, self.code, self.invitation, self.too_often].into_iter().fold(0, u64::saturating_add)
    }

    fn add(&mut self, kind: Kind<'_>, at: u64) {
        if self.all() == 0 {
            self.first = at;
        }
        self.last = at;
        let counter = match kind {
            Kind::Passphrase => &mut self.passphrase,
            Kind::Code(name) => {
                if self.names.len() < NAMES {
                    self.names.insert(name.to_owned());
                }
                &mut self.code
            }
            Kind::Invitation => &mut self.invitation,
            Kind::TooOften => &mut self.too_often,
        };
        *counter = counter.saturating_add(1);
    }

    /// Puts back what was taken and could not be written.
    fn join(&mut self, earlier: Self) {
        if self.all() == 0 {
            *self = earlier;
            return;
        }
        self.first = earlier.first;
        self.passphrase = self.passphrase.saturating_add(earlier.passphrase);
        self.code = self.code.saturating_add(earlier.code);
        self.invitation = self.invitation.saturating_add(earlier.invitation);
        self.too_often = self.too_often.saturating_add(earlier.too_often);
        self.names.extend(earlier.names);
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        let code = match &names[..] {
            [] => "by a wrong one-time code".to_owned(),
            names => format!("by a wrong one-time code after the right passphrase ({})", names.join(", ")),
        };
        let kinds = [
            (self.passphrase, "by a wrong name or passphrase"),
            (self.code, &code),
            (self.invitation, "by a code that opens no invitation"),
            (self.too_often, "unlooked at, after too many"),
        ];
        let told: Vec<String> =
            kinds.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
        let (first, last) = (crate::pages::utc(self.first), crate::pages::utc(self.last));
        write!(f, "{}; ", told.join(", "))?;
        if first == last { write!(f, "at {first}") } else { write!(f, "from {first} to {last}") }
    }
}

impl Refusals {
    /// Counts one, at a time in milliseconds since 1970.
    pub(crate) fn count(&self, kind: Kind<'_>, at_ms: u64) {
        let mut kept = self.lock();
        kept.counts.add(kind, at_ms / 1000);
        kept.total = kept.total.saturating_add(1);
    }

    /// Counts what somebody was told at the door who wanted in; what the machine failed in is no refusal.
    pub(crate) fn told(&self, refused: &Refused, at_ms: u64) {
        match refused {
            Refused::Wrong => self.count(Kind::Passphrase, at_ms),
            Refused::WrongCode(name) => self.count(Kind::Code(name), at_ms),
            Refused::TooMany(_) => self.count(Kind::TooOften, at_ms),
            Refused::Input(_) | Refused::Machine(_) => {}
        }
    }

    /// Writes what was counted into the trail, as one entry: at a sign-in always, else where the last one is long enough ago.
    ///
    /// # Errors
    /// The vault's; then it stays counted.
    pub(crate) fn write(&self, office: &mut Office, now: Instant, at_sign_in: bool) -> Result<(), Error> {
        let Some(counts) = self.due(now, at_sign_in) else { return Ok(()) };
        office.act_as("desk");
        let noted = office.note(ACT, &counts.to_string());
        if noted.is_err() {
            self.lock().counts.join(counts);
        }
        noted
    }

    fn due(&self, now: Instant, at_sign_in: bool) -> Option<Counts> {
        let mut kept = self.lock();
        let early = |then: Instant| now.saturating_duration_since(then) < APART;
        if kept.counts.all() == 0 || (!at_sign_in && kept.written.is_some_and(early)) {
            return None;
        }
        kept.written = Some(now);
        Some(std::mem::take(&mut kept.counts))
    }

    /// How many were refused since somebody last signed in, and from now on he knows; whether that was while this process runs.
    pub(crate) fn since(&self, name: &str) -> (u64, bool) {
        let mut kept = self.lock();
        let total = kept.total;
        let before = kept.seen.insert(name.to_owned(), total);
        (total - before.unwrap_or(0), before.is_some())
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: u64 = 1_900_000_000_000;

    #[test]
    fn an_entry_counts_by_kind_and_says_from_when_to_when() {
        let refusals = Refusals::default();
        refusals.count(Kind::Passphrase, AT);
        let now = Instant::now();
        let one = refusals.due(now, false).unwrap().to_string();
        assert_eq!(one, "1 by a wrong name or passphrase; at 2030-03-17 17:46 UTC");
        assert_eq!(refusals.due(now, true), None, "it is taken once");
        refusals.count(Kind::Code("Ines Almada"), AT);
        refusals.count(Kind::Code("Ines Almada"), AT);
        refusals.count(Kind::Invitation, AT + 1);
        for n in 0..3 {
            refusals.count(Kind::TooOften, AT + 60_000 * n);
        }
        assert_eq!(refusals.due(now + APART / 2, false), None, "an entry a minute");
        let more = refusals.due(now + APART, false).unwrap().to_string();
        assert_eq!(
            more,
            "2 by a wrong one-time code after the right passphrase (Ines Almada), 1 by a code that opens no invitation, 3 unlooked at, after too many; from 2030-03-17 17:46 UTC to 2030-03-17 17:48 UTC"
        );
        assert_eq!(refusals.since("Ines Almada"), (7, false));
        refusals.count(Kind::Passphrase, AT);
        assert_eq!(refusals.since("Ines Almada"), (1, true));
        assert_eq!(refusals.since("Ines Almada"), (0, true));
        assert!(refusals.due(now, true).is_some(), "a sign-in waits for nothing");
    }

    #[test]
    fn what_could_not_be_written_stays_counted_and_takes_no_memory_without_end() {
        let refusals = Refusals::default();
        let name = |n: usize| format!("Person {n}");
        for n in 0..1_000 {
            refusals.count(Kind::Code(&name(n)), AT + 1000 * n as u64);
        }
        let taken = refusals.due(Instant::now(), true).unwrap();
        assert_eq!((taken.code, taken.names.len()), (1_000, NAMES));
        refusals.count(Kind::Passphrase, AT + 5_000_000);
        refusals.lock().counts.join(taken);
        let joined = refusals.due(Instant::now(), true).unwrap();
        assert_eq!((joined.passphrase, joined.code, joined.all()), (1, 1_000, 1_001));
        assert_eq!((joined.first, joined.last), (AT / 1000, AT / 1000 + 5_000));
    }
}
