//! Drafts: messages that are being written. Each save is durable when it returns, and none overwrites what it has not seen.

use countermark_marking::MAX_SOURCE;
use countermark_proof::MessageId;
use countermark_review::{Saved, SavedEntry};
use countermark_tlog::directory::Disk;

use crate::ledger::hex;
use crate::record::{DraftRecord, DraftStepsRecord, StepRecord, TitleRecord};
use crate::{Error, Office};

/// The longest title, in bytes.
pub const MOST_TITLE: usize = 200;
/// How many decisions can be taken back.
pub const MOST_DRAFT_STEPS: usize = 200;
/// How many entries all steps together may hold: one that accepts a thousand sites holds a thousand.
const MOST_STEP_ENTRIES: usize = 5_000;

/// A draft, whole.
#[derive(Clone, PartialEq, Eq)]
pub struct Draft {
    /// Its id.
    pub id: [u8; 16],
    /// What the writer calls it.
    pub title: String,
    /// The text as it was typed, whether or not it is a master.
    pub text: String,
    /// What was decided about it, or about the last text before it that was a master.
    pub saved: Option<Saved>,
    /// To whom, by handle.
    pub to: Vec<String>,
    /// The bound; empty: the office's.
    pub epsilon: String,
    /// Whether marked copies will say so.
    pub marked_line: bool,
    /// Whether the reference will stand on the copies.
    pub print_reference: bool,
    /// One more with each change: what a change is made on.
    pub revision: u64,
    /// When it was changed last, milliseconds since 1970.
    pub changed_ms: u64,
    /// The messages that were sealed from it.
    pub sealed: Vec<MessageId>,
}

impl std::fmt::Debug for Draft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Draft")
            .field("revision", &self.revision)
            .field("bytes", &self.text.len())
            .finish_non_exhaustive()
    }
}

/// A line of the list of drafts.
#[derive(Clone, PartialEq, Eq)]
pub struct DraftLine {
    /// The id.
    pub id: [u8; 16],
    /// The title.
    pub title: String,
    /// How many words the text has.
    pub words: usize,
    /// To whom, by handle.
    pub to: Vec<String>,
    /// When it was changed last, milliseconds since 1970.
    pub changed_ms: u64,
    /// How many messages were sealed from it.
    pub sealed: usize,
}

impl std::fmt::Debug for DraftLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DraftLine").field("words", &self.words).finish_non_exhaustive()
    }
}

/// What becomes of the decisions that can be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DraftChange {
    /// The text is another: nothing can be taken back.
    Text,
    /// Decisions about the same text: one step more.
    Decisions,
    /// The last step was taken back.
    Undo,
    /// What was taken back was done again.
    Redo,
    /// Neither text nor decisions.
    Around,
}

/// How many steps can be taken back, and done again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DraftSteps {
    /// Taken back.
    pub done: usize,
    /// Done again.
    pub undone: usize,
}

impl<D: Disk + Clone> Office<D> {
    /// Begins a draft.
    ///
    /// # Errors
    /// [`Error::LargeDraft`]; the vault's.
    pub fn new_draft(&mut self, title: &str, text: &str) -> Result<Draft, Error> {
        let mut id = [0; 16];
        self.vault.rng().fill_bytes(&mut id);
        let now = self.now_ms();
        let record = DraftRecord {
            title: title.to_owned(),
            text: text.to_owned(),
            saved: None,
            to: Vec::new(),
            epsilon: String::new(),
            marked_line: true,
            print_reference: false,
            revision: 1,
            made_ms: now,
            changed_ms: now,
            sealed: Vec::new(),
        };
        check(title, text)?;
        self.vault.write::<_, Error>(|tx| Ok(tx.insert(id, &record)?))?;
        Ok(draft(id, record))
    }

    /// All drafts, the last changed first.
    ///
    /// # Errors
    /// The vault's.
    pub fn drafts(&self) -> Result<Vec<DraftLine>, Error> {
        let listed = self.vault.read::<_, Error>(|tx| Ok(tx.list::<DraftRecord>()?))?;
        let line = |(id, record): (countermark_vault::Id, DraftRecord)| {
            Some(DraftLine {
                id: id.to_array()?,
                words: countermark_text::word_count(&record.text),
                title: record.title,
                to: record.to,
                changed_ms: record.changed_ms,
                sealed: record.sealed.len(),
            })
        };
        let mut lines: Vec<_> = listed.into_iter().filter_map(line).collect();
        lines.sort_by_key(|line| (std::cmp::Reverse(line.changed_ms), line.id));
        Ok(lines)
    }

    /// One draft, and how many of its decisions can be taken back.
    ///
    /// # Errors
    /// [`Error::UnknownDraft`]; the vault's.
    pub fn draft(&self, id: &[u8; 16]) -> Result<(Draft, DraftSteps), Error> {
        let (record, steps) = self.vault.read::<_, Error>(|tx| {
            Ok((tx.get::<DraftRecord>(id)?, tx.get::<DraftStepsRecord>(id)?.unwrap_or_default()))
        })?;
        let record = record.ok_or(Error::UnknownDraft)?;
        Ok((draft(*id, record), DraftSteps { done: steps.done.len(), undone: steps.undone.len() }))
    }

    /// What the decisions would be with the last step taken back, or done again; nothing when there is none.
    ///
    /// # Errors
    /// [`Error::UnknownDraft`]; the vault's.
    pub fn turned_draft(&self, id: &[u8; 16], way: DraftChange) -> Result<Option<Saved>, Error> {
        let (record, steps) = self.vault.read::<_, Error>(|tx| {
            Ok((tx.get::<DraftRecord>(id)?, tx.get::<DraftStepsRecord>(id)?.unwrap_or_default()))
        })?;
        let saved = record.ok_or(Error::UnknownDraft)?.saved;
        let turned = match way {
            DraftChange::Undo => steps.done.last().map(|step| (&step.after, &step.before)),
            DraftChange::Redo => steps.undone.last().map(|step| (&step.before, &step.after)),
            DraftChange::Around | DraftChange::Decisions | DraftChange::Text => None,
        };
        let (Some(mut saved), Some((out, back))) = (saved, turned) else { return Ok(None) };
        saved.entries.retain(|entry| !out.contains(entry));
        saved.entries.extend(back.iter().cloned());
        Ok(Some(saved))
    }

    /// Keeps a draft that was changed. What is in the vault must still be the revision that it was read at; the new one is one more, and is
    /// what this returns.
    ///
    /// # Errors
    /// [`Error::UnknownDraft`], [`Error::DraftChanged`], [`Error::LargeDraft`]; the vault's.
    pub fn keep_draft(&mut self, changed: &Draft, change: DraftChange) -> Result<u64, Error> {
        check(&changed.title, &changed.text)?;
        let now = self.now_ms();
        self.vault.write(|tx| {
            let old = tx.get::<DraftRecord>(changed.id)?.ok_or(Error::UnknownDraft)?;
            if old.revision != changed.revision {
                return Err(Error::DraftChanged { given: changed.revision, found: old.revision });
            }
            if change != DraftChange::Around {
                let mut steps = tx.get::<DraftStepsRecord>(changed.id)?.unwrap_or_default();
                step(&mut steps, change, old.saved.as_ref(), changed.saved.as_ref());
                tx.put(changed.id, &steps)?;
            }
            let revision = old.revision + 1;
            tx.put(changed.id, &record(changed, old.made_ms, revision, now))?;
            Ok(revision)
        })
    }

    /// Deletes a draft. Where messages were sealed from it, the audit trail says so for each.
    ///
    /// # Errors
    /// [`Error::UnknownDraft`]; the vault's.
    pub fn remove_draft(&mut self, id: &[u8; 16]) -> Result<(), Error> {
        let (draft, _) = self.draft(id)?;
        let acts: Vec<_> = draft.sealed.iter().map(|message| self.act("draft remove", &hex(&message.0))).collect();
        self.vault.write(|tx| {
            tx.remove::<DraftRecord>(id)?;
            tx.remove::<DraftStepsRecord>(id)?;
            for act in &acts {
                tx.audit(act)?;
            }
            Ok(())
        })
    }

    /// Notes that a message was sealed from a draft: the message is called as the draft is from now on.
    ///
    /// # Errors
    /// [`Error::UnknownDraft`]; the vault's.
    pub fn sealed_from(&mut self, id: &[u8; 16], message: &MessageId) -> Result<(), Error> {
        self.vault.write(|tx| {
            let mut record = tx.get::<DraftRecord>(id)?.ok_or(Error::UnknownDraft)?;
            record.sealed.push(message.0);
            record.revision += 1;
            tx.put(message.0, &TitleRecord { title: record.title.clone() })?;
            tx.put(id, &record)?;
            Ok(())
        })
    }
}

fn check(title: &str, text: &str) -> Result<(), Error> {
    for (what, found, most) in [("title", title.len(), MOST_TITLE), ("text", text.len(), MAX_SOURCE)] {
        if found > most {
            return Err(Error::LargeDraft { what, found, most });
        }
    }
    Ok(())
}

fn draft(id: [u8; 16], record: DraftRecord) -> Draft {
    Draft {
        id,
        title: record.title,
        text: record.text,
        saved: record.saved,
        to: record.to,
        epsilon: record.epsilon,
        marked_line: record.marked_line,
        print_reference: record.print_reference,
        revision: record.revision,
        changed_ms: record.changed_ms,
        sealed: record.sealed.into_iter().map(MessageId).collect(),
    }
}

fn record(draft: &Draft, made_ms: u64, revision: u64, changed_ms: u64) -> DraftRecord {
    DraftRecord {
        title: draft.title.clone(),
        text: draft.text.clone(),
        saved: draft.saved.clone(),
        to: draft.to.clone(),
        epsilon: draft.epsilon.clone(),
        marked_line: draft.marked_line,
        print_reference: draft.print_reference,
        revision,
        made_ms,
        changed_ms,
        sealed: draft.sealed.iter().map(|message| message.0).collect(),
    }
}

/// Brings the steps in line with what the decisions were and are.
fn step(steps: &mut DraftStepsRecord, change: DraftChange, old: Option<&Saved>, new: Option<&Saved>) {
    match change {
        DraftChange::Text => *steps = DraftStepsRecord::default(),
        DraftChange::Undo => steps.undone.extend(steps.done.pop()),
        DraftChange::Redo => steps.done.extend(steps.undone.pop()),
        DraftChange::Around => {}
        DraftChange::Decisions => {
            let entries = |saved: Option<&Saved>| saved.map(|saved| saved.entries.clone()).unwrap_or_default();
            let (old, new) = (entries(old), entries(new));
            let without = |all: &[SavedEntry], others: &[SavedEntry]| -> Vec<SavedEntry> {
                let others: std::collections::HashSet<String> = others.iter().map(key).collect();
                all.iter().filter(|entry| !others.contains(&key(entry))).cloned().collect()
            };
            let step = StepRecord { before: without(&old, &new), after: without(&new, &old) };
            if !step.before.is_empty() || !step.after.is_empty() {
                steps.undone.clear();
                steps.done.push(step);
            }
            let entries =
                |steps: &[StepRecord]| steps.iter().map(|step| step.before.len() + step.after.len()).sum::<usize>();
            while steps.done.len() > MOST_DRAFT_STEPS
                || (steps.done.len() > 1 && entries(&steps.done) > MOST_STEP_ENTRIES)
            {
                steps.done.remove(0);
            }
        }
    }
}

/// An entry as something to look up.
fn key(entry: &SavedEntry) -> String {
    serde_json::to_string(entry).unwrap_or_default()
}
