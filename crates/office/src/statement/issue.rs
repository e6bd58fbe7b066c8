//! Publishing: the next version, with the bundle that proves it, is durable in the vault before the published directory sees it.

use std::collections::BTreeSet;

use countermark_statement::limits::{COMMENTS, NOTE_BYTES, VERSIONS};
use countermark_statement::{BundleFile, Version};
use countermark_tlog::directory::Disk;
use sha2::{Digest, Sha256};

use super::draft::current;
use super::preview::Composed;
use super::{Draft, Issued, Written, named_after, version_row};
use crate::ledger::hex;
use crate::provable::Asked;
use crate::prove::{Capture, ProveRequest, Shows};
use crate::record::{CaseRecord, CodebookRecord, IssuedRecord, ShownRecord, StatementRecord, VersionRecord};
use crate::{Error, Office};

/// A name in addresses with a number behind it is tried so often.
const TRIES: u32 = 10_000;

/// A version, its bundle, and what else goes into the vault with it.
struct Ready {
    version: Vec<u8>,
    bundle: Option<String>,
    /// The message's sites that are disclosed with it, and what the case notes of it.
    shown: Option<Disclosed>,
    noted: IssuedRecord,
}

/// What a bundle is asked for.
struct Proof {
    asked: Asked,
    /// What it is made of, as [`ProveRequest::message`] takes it.
    name: String,
    /// The case whose own message it shows.
    case: Option<[u8; 16]>,
    /// The case's capture and its time, where the case does not bring them along.
    capture: Option<(Vec<u8>, u64)>,
}

struct Disclosed {
    message: [u8; 16],
    case: Option<[u8; 16]>,
    sites: Vec<usize>,
    record: ShownRecord,
}

impl<D: Disk + Clone> Office<D> {
    /// Refuses what can't be published, before a batch of the log goes out for it.
    ///
    /// # Errors
    /// [`Error::Unfit`], [`Error::Statement`], and as [`check_proof`](Self::check_proof).
    pub fn check_statement(&self, given: &str) -> Result<(), Error> {
        let written = self.wanted_statement(given)?;
        let composed = self.fit(&written)?;
        self.asked_for(&composed, written.record.draft.shows).map(drop)
    }

    /// Refuses a draft, saved or not, whose next version can't show which copy it was, whether it is to or not: as publishing would, and by
    /// nothing else.
    ///
    /// # Errors
    /// [`Error::Statement`], and as [`check_proof`](Self::check_proof).
    pub fn check_copy(&self, given: &str, draft: &Draft) -> Result<(), Error> {
        let composed = self.compose(&self.wanted_statement(given)?, draft)?;
        fits_copy(&composed)?;
        let shows = if draft.shows == Shows::Text { Shows::Copy } else { draft.shows };
        self.asked_for(&composed, shows).map(drop)
    }

    /// Publishes the next version of a statement, as its draft says. A message whose leaf still waits is put into the log at once. `seen` is
    /// the revision that was previewed: with another one there by now nothing is published, so that what is sent twice goes out once.
    ///
    /// The version and its bundle are durable in the vault first, then they are written into the published directory, if one is
    /// [joined](Self::join_press): [`Issued::placed`] says whether that has them.
    ///
    /// # Errors
    /// As [`check_statement`](Self::check_statement) and [`prove`](Self::prove); [`Error::StaleDraft`].
    pub fn publish_statement(&mut self, given: &str, seen: Option<u64>) -> Result<Issued, Error> {
        let written = self.wanted_statement(given)?;
        let record = current(Some(written.record.clone()), given, seen)?;
        let mut composed = self.fit(&written)?;
        self.asked_for(&composed, record.draft.shows)?;
        if let Some(opened) = composed.subject.opened.as_ref().filter(|_| !composed.open.is_empty())
            && opened.record.index.is_none()
        {
            let message = opened.id;
            self.publish_now(Some(&message))?;
            composed = self.fit(&written)?;
        }
        let before = composed.subject.opened.as_ref().map(|opened| written.opened(&opened.id.0)).unwrap_or_default();
        let (ready, stamped) = self.ready(&mut composed, &record.draft)?;
        let address = self.issue(&written, record.revision, ready)?;
        let count = composed.subject.opened.as_ref().map_or(0, |opened| opened.record.text.parts.len());
        let Composed { version, open, .. } = composed;
        Ok(Issued {
            placed: self.place(&written.id).unwrap_or(false),
            address,
            version,
            closed: (1..=count).filter(|part| open.binary_search(part).is_err()).collect(),
            opened: open.into_iter().filter(|part| before.binary_search(part).is_err()).collect(),
            stamped,
        })
    }

    /// Takes a statement back: its page says so and why, and shows the versions all the same.
    ///
    /// # Errors
    /// [`Error::NoReason`]; [`Error::Statement`] for one that is not published, or withdrawn already; the vault's.
    pub fn withdraw_statement(&mut self, given: &str, reason: &str) -> Result<(), Error> {
        let written = self.wanted_statement(given)?;
        written.address()?;
        let reason = reason.trim();
        if reason.is_empty() {
            return Err(Error::NoReason);
        }
        if reason.len() > NOTE_BYTES {
            return Err(Error::FieldValue { field: "reason".to_owned(), longest: NOTE_BYTES });
        }
        let now = self.now_ms();
        let mut act = self.act("publish --withdraw", &hex(&written.id));
        act.reason = Some(reason.to_owned());
        self.vault.write::<_, Error>(|tx| {
            let mut record = current(tx.get::<StatementRecord>(written.id)?, given, None)?;
            if record.withdrawn.is_some() {
                return Err(Error::Statement { what: "it was withdrawn already" });
            }
            record.withdrawn = Some((now, reason.to_owned()));
            (record.revision, record.changed_ms) = (record.revision + 1, now);
            tx.put(written.id, &record)?;
            tx.audit(&act)?;
            Ok(())
        })?;
        self.place(&written.id).map(drop)
    }

    /// What a statement's bundle is made of, as [`meant`](Self::meant) takes it: the message's id.
    ///
    /// # Errors
    /// [`Error::UnknownStatement`]; [`Error::Statement`] for one without a message; the vault's.
    pub fn statement_message(&self, given: &str) -> Result<countermark_proof::MessageId, Error> {
        let subject = self.subject(&self.wanted_statement(given)?.record)?;
        let none = Error::Statement { what: "it is about no message" };
        subject.opened.map(|opened| opened.id).ok_or(none)
    }

    /// The next version of a statement that can be published.
    fn fit(&self, written: &Written) -> Result<Composed, Error> {
        if written.record.withdrawn.is_some() {
            return Err(Error::Statement { what: "it was withdrawn, and has no later versions" });
        }
        if written.record.versions.len() >= VERSIONS.min(COMMENTS) {
            return Err(Error::Statement { what: "it has as many versions as one may have" });
        }
        let draft = &written.record.draft;
        let composed = self.compose(written, draft)?;
        composed.version.check()?;
        super::preview::check_draft(draft)?;
        if draft.shows != Shows::Text {
            fits_copy(&composed)?;
        }
        Ok(composed)
    }

    /// What its bundle is asked for; nothing for a statement without one.
    fn asked_for(&self, composed: &Composed, shows: Shows) -> Result<Option<Proof>, Error> {
        let subject = &composed.subject;
        let Some(opened) = subject.opened.as_ref().filter(|_| !composed.open.is_empty()) else { return Ok(None) };
        let kept = subject.kept.as_ref();
        // The case's own message is proved with the case; any other one answers the capture by itself. Where the captured words are kept
        // back the bundle has no capture, for its hash would tell everybody who guesses them that he guessed right.
        let kept_back = keeps_back(&composed.version);
        let own = kept.filter(|kept| kept.record.finding.is_some());
        let name = hex(own.filter(|_| !kept_back).map_or(&opened.id.0, |kept| &kept.id));
        let capture = match (kept, own) {
            (Some(kept), None) if !kept_back => {
                let bytes = self.captured(&hex(&kept.id))?.unwrap_or_default();
                Some((bytes, self.capture_of(kept)?.at))
            }
            _ => None,
        };
        let request = request(&name, &composed.open, capture.as_ref(), shows);
        let asked = self.asked(&request)?;
        Ok(Some(Proof { asked, name, case: own.map(|kept| kept.id), capture }))
    }

    /// Makes the bundle, and everything that goes into the vault with the version.
    fn ready(&mut self, composed: &mut Composed, draft: &Draft) -> Result<(Ready, Option<bool>), Error> {
        let shows = draft.shows;
        let (mut bundle, mut shown, mut stamped) = (None, None, None);
        if let Some(Proof { asked, name, case, capture }) = self.asked_for(composed, shows)? {
            let (bytes, has_clock) = self.verified(&request(&name, &composed.open, capture.as_ref(), shows), &asked)?;
            let sha256 = hex(&Sha256::digest(&bytes));
            composed.version.bundle = Some(BundleFile { sha256: sha256.clone(), bytes: bytes.len() as u64 });
            let sites = asked.opened.master.sites_by_part();
            let of_parts = asked.parts.iter().filter_map(|part| sites.get(part - 1)).flatten().copied();
            let sites: Vec<usize> = if shows == Shows::Text { Vec::new() } else { of_parts.collect() };
            shown = Some(Disclosed {
                message: asked.opened.id.0,
                case,
                sites,
                record: ShownRecord {
                    at_ms: self.now_ms(),
                    sha256,
                    parts: asked.parts.clone(),
                    shows: shows.as_str().to_owned(),
                },
            });
            let damaged = |_| Error::Unprovable { reason: "it is no text".to_owned() };
            bundle = Some(String::from_utf8(bytes).map_err(damaged)?);
            stamped = Some(has_clock);
        }
        let version = &composed.version;
        let noted = IssuedRecord {
            at: version.published_at,
            kind: version.kind,
            title: version.title.clone(),
            note: version.note.clone(),
            message: shown.as_ref().map(|shown| shown.message),
            open: composed.open.clone(),
            shows,
        };
        Ok((Ready { version: version.to_bytes()?, bundle, shown, noted }, stamped))
    }

    /// Keeps a version: from here on it is published, whatever becomes of this process. Gives its name in addresses.
    fn issue(&mut self, written: &Written, seen: u64, ready: Ready) -> Result<String, Error> {
        let taken = self.published_ids()?;
        // Symbols that are about to leave the desk stand in the journal first: an older vault that is put back must not forget them.
        if let Some(shown) = ready.shown.as_ref().filter(|shown| !shown.sites.is_empty()) {
            self.show(&countermark_proof::MessageId(shown.message), &shown.sites)?;
        }
        let (now, id) = (self.now_ms(), written.id);
        let number = u32::try_from(written.record.versions.len()).unwrap_or(u32::MAX).saturating_add(1);
        let act = self.act("publish", &format!("{}/{number}", hex(&id)));
        let Ready { version, bundle, shown, noted } = ready;
        let damaged = |_| Error::Unprovable { reason: "it is no text".to_owned() };
        let kept = VersionRecord { version: String::from_utf8(version).map_err(damaged)?, bundle };
        self.vault.write::<_, Error>(|tx| {
            let mut record = current(tx.get::<StatementRecord>(id)?, &hex(&id), Some(seen))?;
            let address = match &record.address {
                Some(address) => address.clone(),
                None => {
                    let all = tx.reading().list::<StatementRecord>()?;
                    let mut taken = taken.clone();
                    taken.extend(all.into_iter().filter_map(|(_, other)| other.address));
                    free_name(&record.draft, &taken)?
                }
            };
            record.address = Some(address.clone());
            record.versions.push(noted);
            record.draft.note = String::new();
            record.related = record.draft.related.iter().map(|id| id.trim().to_owned()).collect();
            (record.revision, record.changed_ms, record.unpublished) = (record.revision + 1, now, false);
            tx.insert(version_row(&id, number), &kept)?;
            if let Some(shown) = shown {
                note_shown(tx, shown)?;
            }
            tx.put(id, &record)?;
            tx.audit(&act)?;
            Ok(address)
        })
    }
}

/// Refuses what the proof of a copy can't stand beside.
fn fits_copy(composed: &Composed) -> Result<(), Error> {
    if keeps_back(&composed.version) {
        return Err(Error::Statement {
            what: "it keeps back the published text, which the proof of a copy would show",
        });
    }
    if composed.open.is_empty() {
        return Err(Error::Statement { what: "it opens no part, and which copy it was shows in open parts alone" });
    }
    Ok(())
}

/// Whether a version answers published words that it does not repeat.
fn keeps_back(version: &Version) -> bool {
    version.post.as_ref().is_some_and(|post| post.text.is_none())
}

/// Notes with codebook and case what a bundle shows.
fn note_shown(tx: &mut countermark_vault::WriteTx<'_>, shown: Disclosed) -> Result<(), Error> {
    if !shown.sites.is_empty()
        && let Some(mut codes) = tx.get::<CodebookRecord>(shown.message)?
    {
        codes.disclosed.extend_from_slice(&shown.sites);
        codes.disclosed.sort_unstable();
        codes.disclosed.dedup();
        tx.put(shown.message, &codes)?;
    }
    if let Some(id) = shown.case
        && let Some(mut case) = tx.get::<CaseRecord>(id)?
    {
        case.shown.push(shown.record);
        tx.put(id, &case)?;
    }
    Ok(())
}

fn request<'a>(name: &'a str, open: &[usize], capture: Option<&'a (Vec<u8>, u64)>, shows: Shows) -> ProveRequest<'a> {
    let capture = capture.map(|(bytes, at)| Capture { bytes, at: *at });
    ProveRequest { message: name, parts: Some(open.to_vec()), capture, words: None, shows }
}

/// A name in addresses that nothing has: the one that is wanted, or one made of the title, with a number behind it where that is taken.
fn free_name(draft: &Draft, taken: &BTreeSet<String>) -> Result<String, Error> {
    let wanted = draft.address.trim();
    if !wanted.is_empty() {
        let what = "another statement has the name that is wanted in its address";
        return if taken.contains(wanted) { Err(Error::Statement { what }) } else { Ok(wanted.to_owned()) };
    }
    let name = named_after(&draft.title);
    let numbered = (2..TRIES).map(|number| format!("{name}-{number}"));
    let free = std::iter::once(name.clone()).chain(numbered).find(|name| !taken.contains(name));
    free.ok_or(Error::Statement { what: "every name for its address is taken" })
}
