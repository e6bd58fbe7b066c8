//! Taken messages in a trace: found and compared like sealed ones. There is nothing to name in them, and no look is spent.

use countermark_marking::Master;
use countermark_proof::MessageId;
use countermark_reading::exports::Direction;
use countermark_tlog::directory::Disk;
use countermark_tracing::{Leak, Trace, Tracer, Verdict};

use super::TakenSummary;
use super::list::{message_id, summary};
use super::record::TakenRecord;
use crate::{Error, Office};

/// A taken message as tracing wants it.
pub(crate) struct OpenTaken {
    pub(crate) summary: TakenSummary,
    pub(crate) master: Master,
}

/// What a text shows of a taken message.
#[derive(Debug)]
pub struct TakenFinding {
    /// The message.
    pub taken: TakenSummary,
    /// `single` for one that was sent: ours, and nothing to name. `unknown` for one that was received: it was not written here.
    pub verdict: Verdict,
    /// Passages and changes.
    pub trace: Trace,
    /// The message made ready to compare with: what the changes' places refer to.
    pub tracer: Tracer,
}

impl OpenTaken {
    fn of(id: MessageId, record: &TakenRecord) -> Self {
        Self { summary: summary(id, record), master: Master::plain(&record.text) }
    }

    /// What the text shows of it, if it shows anything.
    pub(crate) fn trace(&self, leak: &Leak<'_>) -> Option<TakenFinding> {
        let tracer = Tracer::new(&self.master);
        let trace = tracer.trace(leak)?;
        Some(self.found(tracer, trace))
    }

    /// The same, compared already.
    pub(crate) fn found(&self, tracer: Tracer, trace: Trace) -> TakenFinding {
        let verdict = match self.summary.direction {
            Direction::Sent => Verdict::Single,
            Direction::Received => Verdict::Unknown,
        };
        TakenFinding { taken: self.summary.clone(), verdict, trace, tracer }
    }
}

/// What was sent first, then what shares the most words.
pub(crate) fn sort(findings: &mut [TakenFinding]) {
    findings.sort_by_key(|finding| {
        let received = finding.taken.direction == Direction::Received;
        (received, std::cmp::Reverse(finding.trace.words_matched), finding.taken.message)
    });
}

impl<D: Disk + Clone> Office<D> {
    /// Calls `each` with every taken message's id and text.
    ///
    /// # Errors
    /// The vault's, and those of `each`, which end it.
    pub fn taken_texts(&self, mut each: impl FnMut(MessageId, &str) -> Result<(), Error>) -> Result<(), Error> {
        let mut outcome = Ok(());
        self.vault.read::<_, Error>(|tx| {
            Ok(tx.visit::<TakenRecord>(|id, record| {
                if outcome.is_ok()
                    && let Some(id) = message_id(&id)
                {
                    outcome = each(id, &record.text);
                }
                Ok(())
            })?)
        })?;
        outcome
    }

    pub(crate) fn taken_ids(&self) -> Result<Vec<MessageId>, Error> {
        let mut ids = Vec::new();
        self.taken_texts(|id, _| {
            ids.push(id);
            Ok(())
        })?;
        Ok(ids)
    }

    /// A taken message as the index takes it.
    pub(crate) fn taken_master(&self, id: &[u8]) -> Result<Option<([u8; 16], Master)>, Error> {
        let record = self.vault.read::<_, Error>(|tx| Ok(tx.get::<TakenRecord>(id)?))?;
        Ok(message_id(id).zip(record).map(|(id, record)| (id.0, Master::plain(&record.text))))
    }

    /// Every taken message.
    pub(crate) fn open_taken(&self) -> Result<Vec<OpenTaken>, Error> {
        let mut taken = Vec::new();
        self.vault.read::<_, Error>(|tx| {
            Ok(tx.visit::<TakenRecord>(|id, record| {
                taken.extend(message_id(&id).map(|id| OpenTaken::of(id, &record)));
                Ok(())
            })?)
        })?;
        Ok(taken)
    }

    /// Those of these messages that are taken ones.
    pub(crate) fn open_taken_among(&self, messages: &[MessageId]) -> Result<Vec<OpenTaken>, Error> {
        let mut taken = Vec::new();
        for id in messages {
            let record = self.vault.read::<_, Error>(|tx| Ok(tx.get::<TakenRecord>(id.0)?))?;
            taken.extend(record.map(|record| OpenTaken::of(*id, &record)));
        }
        Ok(taken)
    }
}
