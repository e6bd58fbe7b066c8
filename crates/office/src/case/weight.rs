//! What a case's text is worth as evidence: bits, and which sites show. All of it follows from the text and the master; no symbol is
//! looked at.

use countermark_codebook::{Epsilon, bits_needed, bits_observed};
use countermark_proof::MessageId;
use countermark_tlog::directory::Disk;

use crate::messages::opened;
use crate::record::MessageRecord;
use crate::trace::Scale;
use crate::{Error, Office};

/// What a text is worth at its case's look, or at the next one where none was taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Weight {
    /// The bits that the observations are worth at best.
    pub observed: f64,
    /// The bits that a copy needs to be named; none where nothing can be named: the journal is missing, or the codebook.
    pub needed: Option<f64>,
    /// The bound, fixed at sealing.
    pub epsilon: Epsilon,
    /// Copies, the office's own included.
    pub copies: u32,
    /// The look's number, and how many messages the text could have named; none where none was taken.
    pub look: Option<(u64, u64)>,
    /// The sites in the message's order.
    pub sites: Vec<SiteSeen>,
}

/// A site, as a text shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SiteSeen {
    /// The first part that it is in, from 1.
    pub part: usize,
    /// How.
    pub sight: Sight,
}

/// How a text shows a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// One alternative, and no other.
    Clear,
    /// It had been shown before, and counts for nothing.
    Disclosed,
    /// Something that more than one alternative could have become.
    Unclear,
    /// Not at all.
    Unseen,
}

impl<D: Disk + Clone> Office<D> {
    /// What a case's text is worth; nothing for one without a message of ours, or of one without sites.
    ///
    /// # Errors
    /// [`Error::UnknownCase`]; those of vault and journal.
    pub fn case_weight(&mut self, given: &str) -> Result<Option<Weight>, Error> {
        let kept = self.wanted_case(given)?;
        let Some(finding) = &kept.record.finding else { return Ok(None) };
        let message = MessageId(finding.message);
        let record = self.vault.read::<_, Error>(|tx| Ok(tx.get::<MessageRecord>(message.0)?))?;
        let Some(opened) = record.and_then(|record| opened(&message.0, record).ok()) else { return Ok(None) };
        let scale = Scale::of(&opened)?;
        if scale.alternatives.is_empty() {
            return Ok(None);
        }
        let Some((_, trace)) = self.compared(&kept, message, || opened.tracer()) else { return Ok(None) };
        // What was shown after the look was taken is no less evidence for it.
        let (known, next) = match finding.look {
            Some(_) => {
                let mut known = vec![false; scale.alternatives.len()];
                finding.disclosed.iter().for_each(|site| {
                    if let Some(flag) = known.get_mut(*site) {
                        *flag = true;
                    }
                });
                (known, finding.look)
            }
            None => {
                let (_, known) = self.disclosed(&opened)?;
                let seen = trace.observations.without(&known);
                let next = self.next_look(&opened.id, &seen.hash())?.map(|k| (k, 1));
                (known, next)
            }
        };
        let seen = trace.observations.without(&known);
        let mut sites: Vec<SiteSeen> = (0..scale.alternatives.len())
            .map(|site| {
                let sight = match (known[site], seen.unambiguous(site), seen.get(site)) {
                    (true, ..) => Sight::Disclosed,
                    (false, Some(_), _) => Sight::Clear,
                    (false, None, Some(_)) => Sight::Unclear,
                    (false, None, None) => Sight::Unseen,
                };
                SiteSeen { part: 0, sight }
            })
            .collect();
        for (part, of) in opened.master.sites_by_part().into_iter().enumerate() {
            for site in of {
                if let Some(seen) = sites.get_mut(site).filter(|seen| seen.part == 0) {
                    seen.part = part + 1;
                }
            }
        }
        let kept_codebook = self.codebook_state(&opened.id)? == crate::CodebookState::Kept;
        let needed = next.filter(|_| kept_codebook || finding.look.is_some());
        Ok(Some(Weight {
            observed: bits_observed(&scale.alternatives, &seen, &known),
            needed: needed.map(|(k, m)| bits_needed(&scale.alternatives, &scale.settings, k, m)),
            epsilon: scale.settings.epsilon(),
            copies: scale.settings.copies(),
            look: finding.look,
            sites,
        }))
    }
}
