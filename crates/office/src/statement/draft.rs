//! Statements as they are begun, written and listed. A draft that was saved is durable.

use countermark_statement::Version;
use countermark_statement::limits::{NOTE_BYTES, RELATED, TEXT_BYTES};
use countermark_tlog::directory::Disk;

use super::preview::words;
use super::{
    About, Draft, Invitation, PartChoice, Public, StatementSummary, StatementView, Subject, VersionLine, Written,
    version_row,
};
use crate::case::summary;
use crate::ledger::hex;
use crate::messages::Opened;
use crate::prove::Shows;
use crate::record::{CaseRecord, StatementRecord, VersionRecord};
use crate::{Error, Office};

/// Bytes of a line in a draft, at most; what is published is checked closer.
const LINE_BYTES: usize = 4 << 10;

impl<D: Disk + Clone> Office<D> {
    /// Begins a statement. A case has one statement that is not withdrawn: where there is one already, it is given back.
    ///
    /// # Errors
    /// No such case or message; [`Error::Statement`] for a message beside a case that has one of its own; the vault's.
    pub fn new_statement(&mut self, about: About<'_>) -> Result<StatementView, Error> {
        let (case, message) = match about {
            About::Case(case) => (Some(self.wanted_case(case)?), None),
            About::CaseWith { case, message } => (Some(self.wanted_case(case)?), Some(self.find(message)?)),
            About::Message(message) => (None, Some(self.find(message)?)),
            About::Notice => (None, None),
        };
        if message.is_some() && case.as_ref().is_some_and(|case| case.record.finding.is_some()) {
            return Err(Error::Statement { what: "a message of its own was found in this case" });
        }
        let site = self.site()?;
        let (mut id, now) = ([0; 16], self.now_ms());
        self.vault.rng().fill_bytes(&mut id);
        let record = StatementRecord {
            made_ms: now,
            changed_ms: now,
            revision: 1,
            case: case.map(|case| case.id),
            message: message.map(|message| message.id.0),
            draft: Draft { byline: site.name, language: site.language, ..Draft::default() },
            unpublished: true,
            address: None,
            related: Vec::new(),
            versions: Vec::new(),
            withdrawn: None,
            invitations: Vec::new(),
        };
        let act = self.act("statement begin", &hex(&id));
        let id = self.vault.write::<_, Error>(|tx| {
            if record.case.is_some() {
                let same = |(_, held): &&(_, StatementRecord)| held.case == record.case && held.withdrawn.is_none();
                let all = tx.reading().list::<StatementRecord>()?;
                if let Some((held, _)) = all.iter().find(same) {
                    return held[..].try_into().map_err(|_| Error::Statement { what: "its record is damaged" });
                }
            }
            tx.insert(id, &record)?;
            tx.audit(&act)?;
            Ok(id)
        })?;
        self.statement(&hex(&id))
    }

    /// All statements, the one that was last written to first.
    ///
    /// # Errors
    /// The vault's.
    pub fn statements(&self) -> Result<Vec<StatementSummary>, Error> {
        let all = self.all_statements()?;
        let line = |written: &Written| self.line(written, self.slips_waiting(&written.id)?);
        let mut lines = all.iter().map(line).collect::<Result<Vec<_>, _>>()?;
        lines.sort_by_key(|line| (std::cmp::Reverse(line.changed_ms), line.id));
        Ok(lines)
    }

    /// The statement of a case, where there is one: the one that is not withdrawn, or else the one that was last written to.
    ///
    /// # Errors
    /// [`Error::UnknownCase`]; the vault's.
    pub fn statement_of_case(&self, case: &str) -> Result<Option<StatementSummary>, Error> {
        let case = self.wanted_case(case)?.id;
        let lines = self.statements()?.into_iter().filter(|line| line.case == Some(case));
        // Of equals the first is taken, and they are sorted.
        Ok(lines.min_by_key(|line| line.withdrawn))
    }

    /// One statement: an id, its first characters, or its name in addresses.
    ///
    /// # Errors
    /// [`Error::UnknownStatement`], [`Error::ManyStatements`]; the vault's.
    pub fn statement(&self, given: &str) -> Result<StatementView, Error> {
        let written = self.wanted_statement(given)?;
        let Subject { kept, opened, .. } = self.subject(&written.record)?;
        let waiting = self.slips_waiting(&written.id)?;
        let record = &written.record;
        let own_copy = opened.as_ref().is_some_and(|opened| opened.record.text.settings.shows_own_copy());
        let parts = opened.map(|opened| self.choices(&opened, &written)).transpose()?;
        let versions = (1..).zip(&record.versions).map(|(number, version)| VersionLine {
            number,
            at: version.at,
            title: version.title.clone(),
            note: version.note.clone(),
            open: version.open.clone(),
        });
        Ok(StatementView {
            summary: self.line(&written, waiting)?,
            draft: record.draft.clone(),
            revision: record.revision,
            parts: parts.unwrap_or_default(),
            own_copy,
            versions: versions.collect(),
            post: kept.map(|kept| kept.record.published),
            withdrawn: record.withdrawn.as_ref().map(|(_, reason)| reason.clone()),
            withdrawn_ms: record.withdrawn.as_ref().map(|(at, _)| *at),
            invitations: record.invitations.iter().map(Invitation::of).collect(),
        })
    }

    /// Saves a draft, however little of it is written; durable on return. `seen` is the revision that it was made from: with another one
    /// there by now nothing is saved. Gives the new revision.
    ///
    /// # Errors
    /// [`Error::StaleDraft`]; [`Error::FieldValue`] for more than can ever be published; the vault's.
    pub fn save_draft(&mut self, given: &str, draft: &Draft, seen: Option<u64>) -> Result<u64, Error> {
        check_size(draft)?;
        let id = self.wanted_statement(given)?.id;
        let now = self.now_ms();
        self.vault.write::<_, Error>(|tx| {
            let mut record = current(tx.get::<StatementRecord>(id)?, given, seen)?;
            if record.draft == *draft {
                return Ok(record.revision);
            }
            record.draft = draft.clone();
            (record.revision, record.changed_ms, record.unpublished) = (record.revision + 1, now, true);
            tx.put(id, &record)?;
            Ok(record.revision)
        })
    }

    /// Gives up what was written since the newest version; a statement without any is gone.
    ///
    /// # Errors
    /// [`Error::UnknownStatement`]; the vault's.
    pub fn discard_draft(&mut self, given: &str) -> Result<(), Error> {
        let written = self.wanted_statement(given)?;
        let newest = self.version_of(given, u32::try_from(written.record.versions.len()).unwrap_or(0))?;
        let (act, now) = (self.act("statement discard", &hex(&written.id)), self.now_ms());
        self.vault.write::<_, Error>(|tx| {
            let mut record = current(tx.get::<StatementRecord>(written.id)?, given, Some(written.record.revision))?;
            tx.audit(&act)?;
            let Some(newest) = &newest else {
                tx.remove::<StatementRecord>(written.id)?;
                return Ok(());
            };
            record.draft = draft_of(newest, &record);
            (record.revision, record.changed_ms, record.unpublished) = (record.revision + 1, now, false);
            Ok(tx.put(written.id, &record)?)
        })
    }

    /// A version as it was published.
    ///
    /// # Errors
    /// [`Error::UnknownStatement`]; [`Error::Unfit`] where what the vault keeps is damaged; the vault's.
    pub fn version_of(&self, given: &str, number: u32) -> Result<Option<Version>, Error> {
        let id = self.wanted_statement(given)?.id;
        let record = self.version_record(&id, number)?;
        Ok(record.map(|record| Version::from_bytes(record.version.as_bytes())).transpose()?)
    }

    /// The bundle of a version; `None` where it has none.
    ///
    /// # Errors
    /// [`Error::UnknownStatement`]; the vault's.
    pub fn version_bundle(&self, given: &str, number: u32) -> Result<Option<Vec<u8>>, Error> {
        let id = self.wanted_statement(given)?.id;
        Ok(self.version_record(&id, number)?.and_then(|record| record.bundle).map(String::into_bytes))
    }

    pub(super) fn version_record(&self, id: &[u8; 16], number: u32) -> Result<Option<VersionRecord>, Error> {
        self.vault.read::<_, Error>(|tx| Ok(tx.get::<VersionRecord>(version_row(id, number))?))
    }

    fn line(&self, written: &Written, waiting: usize) -> Result<StatementSummary, Error> {
        let record = &written.record;
        let newest = record.versions.last();
        Ok(StatementSummary {
            id: written.id,
            address: record.address.clone(),
            title: newest.map_or(&record.draft.title, |version| &version.title).clone(),
            kind: self.subject_kind(record)?,
            case: record.case,
            versions: u32::try_from(record.versions.len()).unwrap_or(u32::MAX),
            changed_ms: record.changed_ms,
            unpublished: record.unpublished,
            withdrawn: record.withdrawn.is_some(),
            waiting,
        })
    }

    /// What a statement answers, without a look at its message.
    fn subject_kind(&self, record: &StatementRecord) -> Result<countermark_statement::Kind, Error> {
        let Some(case) = record.case else { return Ok(countermark_statement::Kind::Notice) };
        let kept = self.vault.read::<_, Error>(|tx| Ok(tx.get::<CaseRecord>(case)?))?;
        let kept = kept.map(|record| crate::case::Kept { id: case, record });
        Ok(super::kind(kept.as_ref().map(|kept| summary(kept).kind)))
    }

    fn choices(&self, opened: &Opened, written: &Written) -> Result<Vec<PartChoice>, Error> {
        let public = self.public_parts(opened, written)?;
        let draft = &written.record.draft;
        let parts = (1..).zip(&opened.record.text.parts).zip(public).zip(opened.master.sites_by_part());
        let choice = parts.map(|(((number, part), public), sites)| PartChoice {
            number,
            text: part.text.clone(),
            words: words(&part.text),
            public,
            open: public == Public::Here || draft.open.contains(&number),
            sites: !sites.is_empty(),
        });
        Ok(choice.collect())
    }

    /// What the public has of each part of a message.
    pub(super) fn public_parts(&self, opened: &Opened, written: &Written) -> Result<Vec<Public>, Error> {
        let message = &opened.id.0;
        let mut public = vec![Public::No; opened.record.text.parts.len()];
        let mut mark = |parts: &[usize], what| {
            for part in parts {
                if let Some(public) = part.checked_sub(1).and_then(|index| public.get_mut(index)) {
                    *public = what;
                }
            }
        };
        mark(&self.shown_parts(message)?, Public::Elsewhere);
        for other in self.all_statements()? {
            mark(&other.opened(message), Public::Elsewhere);
        }
        mark(&written.opened(message), Public::Here);
        Ok(public)
    }
}

/// A statement as it stands, where it is the one that was seen.
pub(super) fn current(
    record: Option<StatementRecord>,
    given: &str,
    seen: Option<u64>,
) -> Result<StatementRecord, Error> {
    let record = record.ok_or_else(|| Error::UnknownStatement { given: given.to_owned() })?;
    if seen.is_some_and(|seen| seen != record.revision) { Err(Error::StaleDraft) } else { Ok(record) }
}

/// The draft that a version was made of, but for what it opened.
fn draft_of(version: &Version, record: &StatementRecord) -> Draft {
    Draft {
        title: version.title.clone(),
        category: version.category.clone().unwrap_or_default(),
        byline: version.byline.clone(),
        language: version.language.clone(),
        text: version.text.clone(),
        note: String::new(),
        open: Vec::new(),
        hide_post: version.post.as_ref().is_some_and(|post| post.text.is_none()),
        source: version.post.as_ref().and_then(|post| post.source.clone()).unwrap_or_default(),
        shows: record.versions.last().map_or(Shows::Text, |version| version.shows),
        related: record.related.clone(),
        address: record.draft.address.clone(),
    }
}

fn check_size(draft: &Draft) -> Result<(), Error> {
    let long = |field: &str, longest| Error::FieldValue { field: field.to_owned(), longest };
    let lines = [
        ("title", &draft.title),
        ("category", &draft.category),
        ("byline", &draft.byline),
        ("language", &draft.language),
        ("source", &draft.source),
        ("address", &draft.address),
    ];
    if let Some((field, _)) = lines.iter().find(|(_, line)| line.len() > LINE_BYTES) {
        return Err(long(field, LINE_BYTES));
    }
    if draft.text.len() > TEXT_BYTES {
        return Err(long("text", TEXT_BYTES));
    }
    if draft.note.len() > NOTE_BYTES {
        return Err(long("note", NOTE_BYTES));
    }
    let related = draft.related.len() > RELATED || draft.related.iter().any(|id| id.len() > LINE_BYTES);
    if related || draft.open.len() > countermark_proof::limits::PARTS {
        return Err(long(if related { "related" } else { "open" }, RELATED));
    }
    Ok(())
}
