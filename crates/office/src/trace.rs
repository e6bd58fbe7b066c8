//! Trace: whether a published text is ours, what was changed, and, when a person asks with a reason, which copy it is.
//!
//! The order of things is the guarantee: what was observed is computed from the masters and the text; then the vault and the
//! journal note the look, durably; only then are codewords drawn and scored.

use std::cmp::Reverse;

use countermark_codebook::{Bias, Codebook, Epsilon, Key, Observations, Settings, bits_missing, bits_observed, look};
use countermark_proof::MessageId;
use countermark_tlog::directory::{Disk, Folder};
use countermark_tracing::{Leak, Trace, Tracer, Verdict};

use crate::archive::Archive;
use crate::ledger::hex;
use crate::messages::Opened;
use crate::{CodebookState, Error, Office, TakenFinding, seal};

/// The result of tracing one text.
#[derive(Debug)]
pub struct Finding {
    /// Whether a copy was looked for.
    pub asked: bool,
    /// The messages that the text shares passages with, the best match first.
    pub messages: Vec<MessageFinding>,
    /// The taken messages that it shares passages with: those that were sent first, the best match first.
    pub taken: Vec<TakenFinding>,
}

/// What a text shows of one message.
#[derive(Debug)]
pub struct MessageFinding {
    /// The message.
    pub message: MessageId,
    /// Its reference.
    pub reference: String,
    /// The verdict.
    pub verdict: Verdict,
    /// The copies that are named: a recipient's handle, or `None` for a file copy.
    pub named: Vec<Option<String>>,
    /// The bound that was fixed at sealing; none for a message without sites.
    pub epsilon: Option<Epsilon>,
    /// The bits that the observations are worth at best.
    pub bits_observed: f64,
    /// The bits still missing before a copy could be named; none for a message without sites.
    pub bits_missing: Option<f64>,
    /// Sites seen.
    pub sites_observed: usize,
    /// Sites of the message.
    pub sites_total: usize,
    /// The look that was taken: its number, and how many messages the text could have named. None where none was.
    pub look: Option<(u64, u64)>,
    /// The sites, by number, that had been disclosed by now: they count for nothing.
    pub disclosed: Vec<usize>,
    /// Nothing can be named because the journal of looks is missing.
    pub journal_missing: bool,
    /// What became of the codebook; unless it is kept, nothing can be named.
    pub codebook: CodebookState,
    /// Passages and changes.
    pub trace: Trace,
    /// The message made ready to compare with: what the changes' places refer to.
    pub tracer: Tracer,
}

impl Finding {
    /// The verdict on the text as a whole: that of the best match.
    #[must_use]
    pub fn verdict(&self) -> &Verdict {
        let taken = self.taken.first().map_or(&Verdict::Unknown, |taken| &taken.verdict);
        self.messages.first().map_or(taken, |m| &m.verdict)
    }
}

/// Many texts, one index.
#[derive(Debug)]
pub struct Search<'o, D = Folder> {
    office: &'o mut Office<D>,
    archive: Archive,
}

impl std::fmt::Debug for Archive {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Archive").field("messages", &self.messages.len()).finish_non_exhaustive()
    }
}

impl<D: Disk + Clone> Office<D> {
    /// Makes ready to trace: opens every message and indexes it. A reason stands in the audit trail before there is any answer,
    /// whatever the texts turn out to be.
    ///
    /// # Errors
    /// The vault's.
    pub fn search_for(&mut self, reason: Option<&str>) -> Result<Search<'_, D>, Error> {
        self.note_search(reason)?;
        self.search()
    }

    /// Makes ready to trace without a word in the audit trail.
    ///
    /// # Errors
    /// The vault's.
    pub fn search(&mut self) -> Result<Search<'_, D>, Error> {
        let archive = self.archive()?;
        Ok(Search { office: self, archive })
    }

    /// Makes ready to trace among these messages only, those that could be meant: whatever the vault holds, it takes no longer. Only what is
    /// looked at can be named, so the bound holds as it does for all.
    ///
    /// # Errors
    /// The vault's.
    pub fn search_among(&mut self, messages: &[MessageId], reason: Option<&str>) -> Result<Search<'_, D>, Error> {
        self.note_search(reason)?;
        let archive = self.archive_among(messages)?;
        Ok(Search { office: self, archive })
    }

    fn note_search(&mut self, reason: Option<&str>) -> Result<(), Error> {
        let Some(reason) = reason else { return Ok(()) };
        let mut act = self.act("trace", "");
        act.reason = Some(reason.to_owned());
        self.vault.write::<_, Error>(|tx| {
            tx.audit(&act)?;
            Ok(())
        })
    }
}

impl<D: Disk + Clone> Search<'_, D> {
    /// Traces one text. Without a reason no copy is looked for and no look is spent.
    ///
    /// # Errors
    /// Those of vault and journal; a full disk names nobody.
    pub fn trace(&mut self, text: &str, reason: Option<&str>) -> Result<Finding, Error> {
        self.trace_leak(&Leak::new(text), reason)
    }

    /// As [`trace`](Self::trace), of a text that is cut into words already.
    ///
    /// # Errors
    /// Those of vault and journal; a full disk names nobody.
    pub fn trace_leak(&mut self, leak: &Leak<'_>, reason: Option<&str>) -> Result<Finding, Error> {
        let (mut traced, mut taken) = (Vec::new(), Vec::new());
        for hit in self.archive.finder.search(leak) {
            let Some(opened) = self.archive.messages.get(hit.id) else {
                let open = hit.id.checked_sub(self.archive.messages.len()).and_then(|at| self.archive.taken.get(at));
                taken.extend(open.and_then(|open| open.trace(leak)));
                continue;
            };
            let tracer = opened.tracer();
            if let Some(trace) = tracer.trace(leak) {
                traced.push((opened, tracer, trace));
            }
        }
        // Of two messages that are nearly the same, the one that the text departs from less is meant.
        traced.sort_by_key(|(opened, _, trace)| {
            (Reverse(trace.words_matched), trace.changes.len(), Reverse(trace.longest_run), opened.id)
        });
        // Where several messages could be named by one text, each has its share of the bound. One that lacks bits even with the
        // whole of it can't be named and counts for nothing; that follows without a symbol.
        let mut nameable = 0;
        for (opened, _, trace) in &traced {
            nameable += u64::from(self.office.could_name(opened, trace)?);
        }
        let nameable = nameable.max(1);
        let mut messages = Vec::with_capacity(traced.len());
        for (opened, tracer, trace) in traced {
            messages.push(self.office.judge(opened, tracer, trace, nameable, reason)?);
        }
        messages.sort_by_key(|finding| finding.named.is_empty());
        crate::take::sort(&mut taken);
        Ok(Finding { asked: reason.is_some(), messages, taken })
    }
}

impl<D: Disk + Clone> Office<D> {
    pub(crate) fn judge(
        &mut self,
        opened: &Opened,
        tracer: Tracer,
        trace: Trace,
        nameable: u64,
        reason: Option<&str>,
    ) -> Result<MessageFinding, Error> {
        let scale = Scale::of(opened)?;
        let (codebook, disclosed) = self.disclosed(opened)?;
        let seen = trace.observations.without(&disclosed);
        let mut finding = MessageFinding {
            message: opened.id,
            reference: opened.record.reference.clone(),
            verdict: unasked(opened),
            named: Vec::new(),
            epsilon: (!scale.alternatives.is_empty()).then_some(scale.settings.epsilon()),
            bits_observed: bits_observed(&scale.alternatives, &seen, &disclosed),
            bits_missing: None,
            sites_observed: trace.observations.observed(),
            sites_total: scale.alternatives.len(),
            look: None,
            disclosed: (0..).zip(&disclosed).filter(|(_, known)| **known).map(|(site, _)| site).collect(),
            journal_missing: false,
            codebook,
            trace,
            tracer,
        };
        if !scale.alternatives.is_empty() && codebook == CodebookState::Kept {
            self.take_look(opened, &scale, &seen, &disclosed, nameable, reason, &mut finding)?;
        } else if let Some(reason) = reason {
            self.note_act(opened, reason)?;
        }
        Ok(finding)
    }

    /// Whether a message could be named by what a text shows of it, were it the only one.
    fn could_name(&mut self, opened: &Opened, trace: &Trace) -> Result<bool, Error> {
        let scale = Scale::of(opened)?;
        if scale.alternatives.is_empty() || trace.observations.observed() == 0 {
            return Ok(false);
        }
        let (codebook, disclosed) = self.disclosed(opened)?;
        if codebook != CodebookState::Kept {
            return Ok(false);
        }
        let seen = trace.observations.without(&disclosed);
        let Some(k) = self.next_look(&opened.id, &seen.hash())? else { return Ok(false) };
        Ok(bits_missing(&scale.alternatives, &seen, &disclosed, &scale.settings, k, 1) == 0.0)
    }

    #[expect(clippy::too_many_arguments, reason = "each is a fact of the look, and none belongs together with another")]
    fn take_look(
        &mut self,
        opened: &Opened,
        scale: &Scale,
        seen: &Observations,
        disclosed: &[bool],
        nameable: u64,
        reason: Option<&str>,
        finding: &mut MessageFinding,
    ) -> Result<(), Error> {
        let hash = seen.hash();
        let Some(k) = self.next_look(&opened.id, &hash)? else {
            finding.journal_missing = true;
            return Ok(());
        };
        let missing = bits_missing(&scale.alternatives, seen, disclosed, &scale.settings, k, nameable);
        finding.bits_missing = Some(missing);
        let Some(reason) = reason else { return Ok(()) };
        self.note_act(opened, reason)?;
        if missing > 0.0 {
            return Ok(());
        }
        // From here on the look is spent, whatever becomes of this process.
        let Some(k) = self.spend_look(&opened.id, &hash)? else {
            finding.journal_missing = true;
            return Ok(());
        };
        finding.look = Some((k, nameable));
        let codes = self.codes(&opened.id)?;
        let copies = scale.settings.copies() as usize;
        let codebook = Codebook::draw(&Key::from_bytes(codes.key), &scale.alternatives, copies)?;
        let named = look(&codebook, &scale.alternatives, seen, disclosed, &scale.settings, k, nameable).named;
        if !named.is_empty() {
            let recipients = &opened.record.recipients;
            finding.named = named.iter().map(|copy| recipients.get(*copy).map(|r| r.handle.clone())).collect();
            finding.verdict = Verdict::Named(named);
        }
        Ok(())
    }

    /// Notes in the audit trail that somebody asked which copy it was, before there is an answer.
    fn note_act(&mut self, opened: &Opened, reason: &str) -> Result<(), Error> {
        let mut act = self.act("trace", &hex(&opened.id.0));
        act.reason = Some(reason.to_owned());
        self.vault.write::<_, Error>(|tx| {
            tx.audit(&act)?;
            Ok(())
        })
    }
}

/// By what a message is scored, as fixed at its sealing.
pub(crate) struct Scale {
    pub(crate) alternatives: Vec<u8>,
    pub(crate) settings: Settings,
}

impl Scale {
    pub(crate) fn of(opened: &Opened) -> Result<Self, Error> {
        let settings = &opened.record.text.settings;
        let unknown =
            || crate::messages::damaged(&opened.id, "it was sealed under rules that this program does not know");
        let known = settings.rules == countermark_proof::Rules::default();
        Bias::from_name(&settings.rules.bias).filter(|_| known).ok_or_else(unknown)?;
        let epsilon = Epsilon::from_units(settings.epsilon).map_err(|_| unknown())?;
        Ok(Self { alternatives: seal::alternatives(&opened.master), settings: Settings::new(settings.copies, epsilon) })
    }
}

/// The verdict while no copy is named: ours, and with one holder of the only text there is nothing to name.
fn unasked(opened: &Opened) -> Verdict {
    let one = opened.record.text.settings.copies == 1 && opened.master.sites().is_empty();
    if one { Verdict::Single } else { Verdict::Undecided }
}
