//! What was refused before, for whom: read from the vault, and kept in step with what is decided now.

use std::collections::BTreeSet;

use countermark_office::Office;
use countermark_review::{Refusal, Review, Who};

use crate::cli::Global;
use crate::failure::Outcome;
use crate::home::{self, Home};

type Refusals = BTreeSet<(Who, Refusal)>;

/// The vault's memory of refusals, or none.
pub struct Memory {
    office: Option<Office>,
    handles: Vec<String>,
    /// What the vault holds, for the house and these persons.
    known: Refusals,
    /// What the review asked for last.
    asked: Refusals,
    without: &'static str,
}

impl Memory {
    /// Opens the vault when there is somebody to remember for; without a vault nothing is remembered, and that is no error.
    pub fn open(global: &Global, handles: &[String]) -> Outcome<Memory> {
        let mut memory = Memory {
            office: None,
            handles: handles.to_vec(),
            known: Refusals::new(),
            asked: Refusals::new(),
            without: "refusals are not remembered: no --to",
        };
        if handles.is_empty() {
            return Ok(memory);
        }
        memory.without = "refusals are not remembered: there is no vault";
        let Some(home) = Home::of(global).ok().filter(|home| home.vault.exists()) else { return Ok(memory) };
        let office = home::open_at(&home, global)?;
        memory.known = office.refusals(handles)?;
        memory.office = Some(office);
        Ok(memory)
    }

    /// What is remembered.
    pub fn known(&self) -> &Refusals {
        &self.known
    }

    /// For whom, or why not, in words.
    pub fn told(&self) -> String {
        match self.office {
            Some(_) => format!("refusals are remembered for {}", self.handles.join(", ")),
            None => self.without.to_owned(),
        }
    }

    /// Whether anything can be remembered.
    pub fn is_there(&self) -> bool {
        self.office.is_some()
    }

    /// Begins with a review as it was opened: what it does not ask for now was not forgotten by anybody.
    pub fn begin(&mut self, review: &Review) -> Outcome<()> {
        self.asked = review.memory();
        self.follow(review)
    }

    /// Keeps and forgets what changed since the last time.
    pub fn follow(&mut self, review: &Review) -> Outcome<()> {
        let Some(office) = &mut self.office else { return Ok(()) };
        let asked = review.memory();
        let ours = |who: &Who| match who {
            Who::House => true,
            Who::Person(handle) => self.handles.contains(handle),
        };
        let keep: Refusals = asked.difference(&self.known).filter(|(who, _)| ours(who)).cloned().collect();
        let gone: Refusals = self.asked.difference(&asked).cloned().collect();
        let forget: Refusals = gone.intersection(&self.known).cloned().collect();
        if !keep.is_empty() || !forget.is_empty() {
            office.remember(&keep, &forget)?;
            self.known.retain(|one| !forget.contains(one));
            self.known.extend(keep);
        }
        self.asked = asked;
        Ok(())
    }
}
