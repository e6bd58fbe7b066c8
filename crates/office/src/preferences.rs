//! What a correspondent or the house does not want to read: proposals of rules that were refused once.
//!
//! A refusal is a rule and the wordings that it offers, all of it words of a public pack; nothing of any message.

use std::collections::{BTreeMap, BTreeSet};

use countermark_review::{Refusal, Who};
use countermark_tlog::directory::Disk;
use countermark_vault::Id;

use crate::record::RefusalsRecord;
use crate::{Error, Office};

/// How many refusals are remembered for one person, or for the house: far above any. The oldest go first.
pub const MOST_REFUSALS: usize = 4_096;

impl<D: Disk + Clone> Office<D> {
    /// What is remembered for these persons and for the house.
    ///
    /// # Errors
    /// [`Error::UnknownPerson`]; the vault's.
    pub fn refusals(&self, handles: &[String]) -> Result<BTreeSet<(Who, Refusal)>, Error> {
        for handle in handles {
            self.person(handle)?;
        }
        let whose = std::iter::once(Who::House).chain(handles.iter().cloned().map(Who::Person));
        let mut remembered = BTreeSet::new();
        for who in whose {
            let id = self.refusals_id(&who);
            let record = self.vault.read::<_, Error>(|tx| Ok(tx.get::<RefusalsRecord>(&id)?))?;
            let refused = record.map(|record| record.refused).unwrap_or_default();
            remembered.extend(refused.into_iter().map(|refusal| (who.clone(), refusal)));
        }
        Ok(remembered)
    }

    /// Remembers refusals and forgets others, in one transaction; the audit trail says for whom, not what.
    ///
    /// # Errors
    /// The vault's.
    pub fn remember(
        &mut self,
        keep: &BTreeSet<(Who, Refusal)>,
        forget: &BTreeSet<(Who, Refusal)>,
    ) -> Result<(), Error> {
        let mut changes: BTreeMap<&Who, (Vec<&Refusal>, Vec<&Refusal>)> = BTreeMap::new();
        for (who, refusal) in keep {
            changes.entry(who).or_default().0.push(refusal);
        }
        for (who, refusal) in forget {
            changes.entry(who).or_default().1.push(refusal);
        }
        let changes: Vec<_> = changes
            .into_iter()
            .map(|(who, change)| (self.refusals_id(who), self.act("suggest", subject(who)), change))
            .collect();
        self.vault.write(|tx| {
            for (id, act, (kept, forgotten)) in &changes {
                let mut record = tx.get::<RefusalsRecord>(id)?.unwrap_or_default();
                record.refused.retain(|refusal| !forgotten.contains(&refusal));
                for &refusal in kept {
                    if !record.refused.contains(refusal) {
                        record.refused.push(refusal.clone());
                    }
                }
                let over = record.refused.len().saturating_sub(MOST_REFUSALS);
                record.refused.drain(..over);
                tx.put(id, &record)?;
                tx.audit(act)?;
            }
            Ok(())
        })
    }

    pub(crate) fn refusals_id(&self, who: &Who) -> Id {
        match who {
            Who::House => self.vault.name_id("refusals of the house", ""),
            Who::Person(handle) => self.vault.name_id("refusals", handle),
        }
    }
}

/// How the audit trail names him.
fn subject(who: &Who) -> &str {
    match who {
        Who::House => "the house",
        Who::Person(handle) => handle,
    }
}
