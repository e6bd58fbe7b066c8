//! The sealed messages and their copies: listing, showing, handing over.

use countermark_marking::Master;
use countermark_proof::MessageId;
use sha2::{Digest, Sha256};

use countermark_tlog::directory::Disk;

use crate::ledger::{hex, unhex};
use crate::record::{CodebookRecord, HandoverHashRecord, HandoverRecord, MessageRecord, RecipientRecord};
use crate::{CodebookState, Error, Office, seal};

/// A line of the list of messages.
#[derive(Debug, Clone)]
pub struct Summary {
    /// The id.
    pub message: MessageId,
    /// The reference.
    pub reference: String,
    /// When it was sealed, milliseconds since 1970.
    pub sealed_ms: u64,
    /// Recipients.
    pub recipients: usize,
    /// Sites.
    pub sites: usize,
    /// Whether its leaf is in the log.
    pub logged: bool,
}

/// One message, whole.
#[derive(Debug, Clone)]
pub struct Message {
    /// What the list says of it.
    pub summary: Summary,
    /// Registered as sent on this day, seconds since 1970.
    pub as_sent: Option<u64>,
    /// The bound, in units of 1e-15.
    pub epsilon: u64,
    /// `log2` of the number of texts.
    pub bits: f64,
    /// Looks spent; `None` where that is not known.
    pub looks: Option<u64>,
    /// What became of its codebook.
    pub codebook: CodebookState,
    /// The parts' texts, in order; part 1 is the first.
    pub parts: Vec<String>,
    /// The copies: the recipient's handle, `None` for a file copy; and when and how it left.
    pub copies: Vec<(Option<String>, Vec<Handed>)>,
}

/// A copy left the house.
#[derive(Debug, Clone)]
pub struct Handed {
    /// By which way.
    pub way: String,
    /// When, milliseconds since 1970.
    pub at_ms: u64,
}

/// One copy's text.
#[derive(Clone)]
pub struct CopyText {
    /// The recipient's handle; `None` for a file copy.
    pub recipient: Option<String>,
    /// What to paste.
    pub text: String,
}

impl std::fmt::Debug for CopyText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CopyText").finish_non_exhaustive()
    }
}

/// What really went out, compared with a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SentCheck {
    /// It is this copy.
    Same,
    /// It is the copy of somebody else: his handle, `None` for the file copy.
    Other(Option<String>),
    /// It is no copy of this message as it was sealed.
    Changed,
}

/// A message as it is worked with.
pub(crate) struct Opened {
    pub(crate) id: MessageId,
    pub(crate) record: MessageRecord,
    pub(crate) master: Master,
}

impl Opened {
    /// The message made ready to compare with.
    pub(crate) fn tracer(&self) -> countermark_tracing::Tracer {
        countermark_tracing::Tracer::new(&self.master)
    }
}

impl<D: Disk + Clone> Office<D> {
    /// All messages, the newest first.
    ///
    /// # Errors
    /// The vault's.
    pub fn messages(&self) -> Result<Vec<Summary>, Error> {
        let mut summaries = Vec::new();
        for opened in self.open_all()? {
            summaries.push(summary(&opened));
        }
        summaries.sort_by_key(|s| (std::cmp::Reverse(s.sealed_ms), s.message));
        Ok(summaries)
    }

    /// One message by its id, the id's first characters, or its reference.
    ///
    /// # Errors
    /// [`Error::UnknownMessage`], [`Error::ManyMessages`]; the vault's.
    pub fn message(&mut self, given: &str) -> Result<Message, Error> {
        let opened = self.find(given)?;
        let settings = &opened.record.text.settings;
        let recipients = opened.record.recipients.iter().map(|r| Some(r.handle.clone()));
        let file_copies = (0..settings.file_copies).map(|_| None);
        let handed = self.handovers(&opened.id)?;
        let copies = recipients.chain(file_copies).enumerate().map(|(copy, recipient)| {
            let ways = handed.iter().filter(|h| h.copy == copy);
            (recipient, ways.map(|h| Handed { way: h.way.clone(), at_ms: h.at_ms }).collect())
        });
        Ok(Message {
            summary: summary(&opened),
            as_sent: opened.record.as_sent,
            epsilon: settings.epsilon,
            bits: seal::bits(&opened.master),
            looks: self.looks_spent(&opened.id)?,
            codebook: self.codebook_state(&opened.id)?,
            parts: opened.record.text.parts.iter().map(|part| part.text.clone()).collect(),
            copies: copies.collect(),
        })
    }

    /// One copy's text. `recipient` is a handle, a number, or `file`.
    ///
    /// # Errors
    /// No such message or copy; the vault's.
    pub fn copy(&self, given: &str, recipient: &str) -> Result<(MessageId, CopyText), Error> {
        let opened = self.find(given)?;
        let copy = copy_of(&opened.record, recipient)?;
        Ok((opened.id, self.copy_text(&opened, copy)?))
    }

    /// Compares what really went out with a copy: this one, somebody else's, or none. A line end at its end does not count.
    /// The second value says whether this copy was handed over before.
    ///
    /// # Errors
    /// No such message or copy; the vault's.
    pub fn check_sent(&mut self, given: &str, recipient: &str, sent: &str) -> Result<(SentCheck, bool), Error> {
        // Whose copy a text is, is told here: that somebody asked stands in the trail before there is an answer.
        let id = self.find(given)?.id;
        self.note("copy --sent", &hex(&id.0))?;
        let opened = self.find(given)?;
        let wanted = copy_of(&opened.record, recipient)?;
        let twice = self.handovers(&opened.id)?.iter().any(|h| h.copy == wanted);
        let count = opened.record.text.settings.copies as usize;
        // The copy asked for comes first: without a site all copies are the same text.
        let order = std::iter::once(wanted).chain((0..count).filter(|copy| *copy != wanted));
        for copy in order {
            let text = self.copy_text(&opened, copy)?;
            if text.text.trim_end() == sent.trim_end() {
                let check = if copy == wanted { SentCheck::Same } else { SentCheck::Other(text.recipient) };
                return Ok((check, twice));
            }
        }
        Ok((SentCheck::Changed, twice))
    }

    /// Records that a copy has left. `sent` is what really went out, where it was shown.
    ///
    /// # Errors
    /// No such message or copy; the vault's.
    pub fn hand_over(&mut self, given: &str, recipient: &str, way: &str, sent: Option<&str>) -> Result<(), Error> {
        let opened = self.find(given)?;
        let copy = copy_of(&opened.record, recipient)?;
        let text = match sent {
            Some(sent) => sent.to_owned(),
            None => self.copy_text(&opened, copy)?.text,
        };
        let handover =
            HandoverRecord { message: opened.id.0, copy, way: way.to_owned(), at_ms: self.now_ms(), sha256: None };
        let hash = HandoverHashRecord { sha256: hex(&Sha256::digest(text.as_bytes())) };
        let kept = self.codebook_state(&opened.id)? == CodebookState::Kept;
        let act = self.act("copy --handed-over", &hex(&opened.id.0));
        self.vault.write(|tx| {
            let mut id = [0; 16];
            tx.rng().fill_bytes(&mut id);
            tx.insert(id, &handover)?;
            if kept {
                tx.insert_beside::<_, CodebookRecord>(id, &hash, opened.id.0)?;
            }
            tx.audit(&act)?;
            Ok(())
        })
    }

    pub(crate) fn copy_text(&self, opened: &Opened, copy: usize) -> Result<CopyText, Error> {
        let rows = match self.rows_of(opened) {
            // The parts hold the text of the first file copy, and there is no second one.
            Err(Error::CodebookDestroyed { .. } | Error::CodebookKey { .. })
                if copy == opened.record.recipients.len() =>
            {
                let parts = opened.record.text.parts.iter().map(|part| part.text.as_str());
                return Ok(CopyText { recipient: None, text: parts.collect() });
            }
            rows => rows?,
        };
        let row = rows.get(copy).ok_or_else(|| damaged(&opened.id, "it has fewer codewords than copies"))?;
        let recipient = opened.record.recipients.get(copy);
        Ok(CopyText { recipient: recipient.map(|r| r.handle.clone()), text: render(&opened.master, row, recipient)? })
    }

    /// All codewords of a message.
    pub(crate) fn rows_of(&self, opened: &Opened) -> Result<Vec<Vec<u8>>, Error> {
        let (alternatives, copies) = (seal::alternatives(&opened.master), opened.record.text.settings.copies as usize);
        // Without a site every copy is the same text, and no codebook is needed to write it.
        let key = if alternatives.is_empty() { [0; 32] } else { self.codes(&opened.id)?.key };
        seal::rows(&key, &alternatives, copies)
    }

    /// The message that is meant.
    pub(crate) fn find(&self, given: &str) -> Result<Opened, Error> {
        // A whole id needs no look at all the others.
        if let Some(id) = unhex(given.trim()).and_then(|bytes| <[u8; 16]>::try_from(bytes).ok()) {
            let record = self.vault.read::<_, Error>(|tx| Ok(tx.get::<MessageRecord>(id)?))?;
            let record = record.ok_or_else(|| Error::UnknownMessage { given: given.to_owned() })?;
            return opened(&id, record);
        }
        let wanted = given.trim().to_lowercase();
        let reference = given.parse::<countermark_proof::Reference>().ok().map(|r| r.to_string());
        let mut found = Vec::new();
        self.vault.read::<_, Error>(|tx| {
            Ok(tx.visit::<MessageRecord>(|id, record| {
                let shown = hex(&id);
                let named = reference.as_deref() == Some(record.reference.as_str());
                if named || (!wanted.is_empty() && shown.starts_with(&wanted)) {
                    found.push((id, record, named));
                }
                Ok(())
            })?)
        })?;
        // A reference that happens to begin another message's id still means the message that bears it.
        if found.iter().any(|(_, _, named)| *named) {
            found.retain(|(_, _, named)| *named);
        }
        match found.len() {
            0 => Err(Error::UnknownMessage { given: given.to_owned() }),
            1 => {
                let (id, record, _) = found.remove(0);
                opened(&id, record)
            }
            _ => Err(Error::ManyMessages { prefix: given.to_owned() }),
        }
    }

    /// Every message, in the order of the ids. One whose record is damaged is left out, so that it keeps nobody from the others; the
    /// audit names it.
    pub(crate) fn open_all(&self) -> Result<Vec<Opened>, Error> {
        let records = self.vault.read::<_, Error>(|tx| Ok(tx.list::<MessageRecord>()?))?;
        Ok(records.into_iter().filter_map(|(id, record)| opened(&id, record).ok()).collect())
    }
}

/// A copy's text: fields filled for a recipient, `[name]` for the office's own.
pub(crate) fn render(master: &Master, row: &[u8], recipient: Option<&RecipientRecord>) -> Result<String, Error> {
    let Some(recipient) = recipient else {
        return Ok(master.render_bracketed(row));
    };
    master.render(row, &|field| recipient.fields.get(field).cloned()).map_err(|_| Error::UnfilledField {
        handle: recipient.handle.clone(),
        field: master.fields().into_iter().find(|f| !recipient.fields.contains_key(*f)).unwrap_or_default().to_owned(),
    })
}

pub(crate) fn opened(id: &[u8], record: MessageRecord) -> Result<Opened, Error> {
    let id = MessageId(id.try_into().map_err(|_| damaged(&MessageId([0; 16]), "its id has the wrong length"))?);
    let source: String = record.text.parts.iter().map(|part| part.source.as_str()).collect();
    let master = Master::parse(&source).map_err(|_| damaged(&id, "its parts make no master"))?;
    Ok(Opened { id, record, master })
}

pub(crate) fn summary(opened: &Opened) -> Summary {
    Summary {
        message: opened.id,
        reference: opened.record.reference.clone(),
        sealed_ms: opened.record.sealed_ms,
        recipients: opened.record.recipients.len(),
        sites: opened.master.sites().len(),
        logged: opened.record.index.is_some(),
    }
}

fn copy_of(record: &MessageRecord, recipient: &str) -> Result<usize, Error> {
    let recipients = record.recipients.len();
    let copy = match recipient {
        "file" if record.text.settings.file_copies > 0 => Some(recipients),
        handle => record.recipients.iter().position(|r| r.handle == handle),
    };
    copy.ok_or_else(|| Error::NoCopy { recipient: recipient.to_owned() })
}

pub(crate) fn damaged(id: &MessageId, what: &'static str) -> Error {
    Error::Record { message: hex(&id.0), what }
}
