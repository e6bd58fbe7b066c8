//! The review: a letter, its entries, and what can be taken back.

use std::collections::BTreeSet;
use std::sync::Arc;

use countermark_marking::rules::{Options, Pack, explain, propose};
use countermark_marking::{Master, Piece, Sense, differing};

use crate::entry::{Origin, Tie, Why};
use crate::walk::View;
use crate::{Command, Entry, Id, Letter, Refusal, Refused, State, Step, Who, apply, write};

/// How many steps can be taken back. Each keeps one pointer an entry.
const MOST_STEPS: usize = 10_000;

/// A letter under review.
#[derive(Clone)]
pub struct Review {
    pub(crate) letter: Letter,
    pub(crate) now: Vec<Arc<Entry>>,
    master: Master,
    /// What is asked for often, made anew with each change.
    pub(crate) view: View,
    done: Vec<Past>,
    undone: Vec<Past>,
    /// Handles, for whom a refusal is remembered.
    pub(crate) recipients: Vec<String>,
}

/// The entries on one side of a step, and the entry that it concerned.
#[derive(Clone)]
struct Past {
    entries: Vec<Arc<Entry>>,
    at: Option<Id>,
}

impl std::fmt::Debug for Review {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Review").field("letter", &self.letter).field("entries", &self.now.len()).finish_non_exhaustive()
    }
}

impl Review {
    /// Opens a text or master: its sites are accepted entries, the packs' proposals open ones.
    ///
    /// # Errors
    /// [`Refused::Marking`] when the source is no master.
    pub fn open(source: &str, packs: &[&Pack], options: &Options) -> Result<Review, Refused> {
        let mut review = Review::plain(source)?;
        let proposals = propose(packs, source, options)?;
        for proposal in &proposals {
            let Some(span) = review.letter.place(&proposal.span) else { continue };
            if proposal.alternatives.first().map(String::as_str) != review.letter.text().get(span.clone()) {
                continue;
            }
            let known = explain(packs, proposal);
            let why = Why {
                pack: proposal.pack.clone(),
                rule: proposal.rule.clone(),
                style: proposal.style.to_string(),
                example: known.as_ref().map_or("", |why| why.example).to_owned(),
                counterexample: known.as_ref().map_or("", |why| why.counterexample).to_owned(),
                offered: proposal.alternatives.clone(),
            };
            review.now.push(Arc::new(Entry {
                span,
                alternatives: proposal.alternatives.clone(),
                class: proposal.class,
                tie: proposal.tie.clone().map(Tie::Rule),
                origin: Origin::Rule(why),
                state: State::Open,
                refused_for: Vec::new(),
                recalled: false,
            }));
        }
        review.view = View::of(&review.now, &review.master);
        Ok(review)
    }

    /// Opens a text or master without any pack.
    ///
    /// # Errors
    /// [`Refused::Marking`] when the source is no master.
    pub fn plain(source: &str) -> Result<Review, Refused> {
        let master = Master::parse(source)?;
        let letter = Letter::of(&master);
        let now = existing(&master);
        let master = write::master(&letter, &now)?;
        let view = View::of(&now, &master);
        Ok(Review { letter, now, master, view, done: Vec::new(), undone: Vec::new(), recipients: Vec::new() })
    }

    /// In what an entry's wordings say something else: another number, date, negation or name. A warning, and none to refuse.
    pub fn differing(&self, id: Id) -> Vec<Sense> {
        let Some(entry) = self.entry(id) else { return Vec::new() };
        differing(self.letter.text().get(..entry.span.start).unwrap_or_default(), &entry.alternatives)
    }

    /// Says to whom the letter goes: for them refusals are remembered. Nobody, at first.
    pub fn address(&mut self, handles: &[String]) {
        self.recipients = handles.to_vec();
    }

    /// Brings back what was refused in earlier letters: open proposals that somebody or the house does not want come refused
    /// already. A tied site comes refused when any of its places does. No step: it can be reopened, not undone.
    pub fn recall(&mut self, remembered: &BTreeSet<(Who, Refusal)>) {
        let mut refused: Vec<(usize, Vec<Who>)> = Vec::new();
        for (number, entry) in self.now.iter().enumerate() {
            let Some(why) = entry.why().filter(|_| entry.state == State::Open) else { continue };
            let refusal = Refusal::of(why);
            let whose: Vec<Who> =
                remembered.iter().filter(|(_, known)| *known == refusal).map(|(who, _)| who.clone()).collect();
            if !whose.is_empty() {
                refused.push((number, whose));
            }
        }
        for (number, whose) in refused {
            for id in self.together(Id(number)) {
                let Some(entry) = self.now.get_mut(id.0).map(Arc::make_mut) else { continue };
                entry.state = State::Refused;
                entry.recalled = true;
                if id.0 == number {
                    entry.refused_for = whose.clone();
                }
            }
        }
    }

    /// Everything that is remembered of this review's refusals, and for whom: what a memory is to hold of the offers in this letter.
    pub fn memory(&self) -> BTreeSet<(Who, Refusal)> {
        let refused = self.now.iter().filter(|entry| entry.state == State::Refused);
        refused
            .filter_map(|entry| entry.why().map(|why| (entry, Refusal::of(why))))
            .flat_map(|(entry, refusal)| entry.refused_for.iter().map(move |who| (who.clone(), refusal.clone())))
            .collect()
    }

    /// Carries a command out as one step.
    ///
    /// # Errors
    /// Why it can't be; then nothing was changed.
    pub fn apply(&mut self, command: Command) -> Result<Step, Refused> {
        let outcome = apply::apply(self, command)?;
        let step = outcome.step;
        if step.changed > 0 {
            self.undone.clear();
            if self.done.len() == MOST_STEPS {
                self.done.remove(0);
            }
            let before = std::mem::replace(&mut self.now, outcome.entries);
            self.done.push(Past { entries: before, at: step.at });
            self.master = outcome.master;
            self.view = View::of(&self.now, &self.master);
        }
        Ok(step)
    }

    /// Takes the last step back.
    ///
    /// # Errors
    /// [`Refused::NothingToUndo`].
    pub fn undo(&mut self) -> Result<Step, Refused> {
        let past = self.done.pop().ok_or(Refused::NothingToUndo)?;
        let (undone, step) = self.turn(past)?;
        self.undone.push(undone);
        Ok(step)
    }

    /// Does again what was taken back last.
    ///
    /// # Errors
    /// [`Refused::NothingToRedo`].
    pub fn redo(&mut self) -> Result<Step, Refused> {
        let past = self.undone.pop().ok_or(Refused::NothingToRedo)?;
        let (done, step) = self.turn(past)?;
        self.done.push(done);
        Ok(step)
    }

    fn turn(&mut self, past: Past) -> Result<(Past, Step), Refused> {
        self.master = write::master(&self.letter, &past.entries)?;
        let here = std::mem::replace(&mut self.now, past.entries);
        self.view = View::of(&self.now, &self.master);
        let changed = self.now.iter().zip(&here).filter(|(a, b)| !Arc::ptr_eq(a, b)).count();
        let changed = changed + self.now.len().abs_diff(here.len());
        let step = Step { changed, left: 0, at: past.at.filter(|id| id.0 < self.now.len()) };
        Ok((Past { entries: here, at: past.at }, step))
    }

    /// How many steps can be taken back, and done again.
    pub fn steps(&self) -> (usize, usize) {
        (self.done.len(), self.undone.len())
    }

    /// The master that the accepted entries make.
    pub fn master(&self) -> &Master {
        &self.master
    }

    /// The letter.
    pub fn letter(&self) -> &Letter {
        &self.letter
    }

    /// All entries, by number.
    pub fn entries(&self) -> &[Arc<Entry>] {
        &self.now
    }

    /// One entry.
    pub fn entry(&self, id: Id) -> Option<&Entry> {
        self.now.get(id.0).map(|entry| &**entry)
    }

    /// The entries that are decided together with this one, itself among them, in the order of their numbers.
    pub fn together(&self, id: Id) -> Vec<Id> {
        apply::together(&self.now, id)
    }

    pub(crate) fn replace(&mut self, entries: Vec<Arc<Entry>>) -> Result<(), Refused> {
        self.master = write::master(&self.letter, &entries)?;
        self.now = entries;
        self.view = View::of(&self.now, &self.master);
        Ok(())
    }
}

/// The sites of a master as entries, one for each place.
fn existing(master: &Master) -> Vec<Arc<Entry>> {
    let mut entries = Vec::new();
    let mut at = 0;
    for piece in master.pieces() {
        match piece {
            Piece::Text(text) => at += text.len(),
            Piece::Field(name) => at += name.len() + 2,
            Piece::Site { site, alternatives } => {
                let end = at + alternatives.first().map_or(0, String::len);
                let Some(known) = master.sites().get(*site) else { continue };
                entries.push(Arc::new(Entry {
                    span: at..end,
                    alternatives: alternatives.clone(),
                    class: known.class,
                    tie: known.tie.map(Tie::Number),
                    origin: Origin::Existing,
                    state: State::Accepted,
                    refused_for: Vec::new(),
                    recalled: false,
                }));
                at = end;
            }
        }
    }
    entries
}
