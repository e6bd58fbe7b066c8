//! Seal: fix the master, draw the codebook, commit both in the log, render the copies.

use std::collections::BTreeMap;

use countermark_codebook::{Codebook, Epsilon, Key, recompute, strength};
use countermark_marking::Master;
use countermark_proof::{
    CodebookSeed, LengthClass, LogId, MessageId, PartText, Recipient, RecipientRandomness, Rules, SealedCopy,
    SealedSite, SealedText, Sealing, Settings, TextSeed, Written, leaf,
};

use countermark_tlog::directory::Disk;

use crate::approver;
use crate::ledger::hex;
use crate::messages::CopyText;
use crate::record::{
    CodebookRecord, LeafOf, MessageRecord, PendingRecord, RecipientRecord, SharesRecord, SlotRecord, UnindexedRecord,
};
use crate::{Error, Office};

/// The line that individually marked copies carry.
pub const MARKED_LINE: &str = "This copy is individually marked.";

/// To whom a message goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// Persons of the address book, by handle.
    Handles(Vec<String>),
    /// Unnamed recipients 1 to N.
    Numbers(u32),
}

/// What is to be sealed.
#[derive(Debug, Clone)]
pub struct SealRequest {
    /// The master, its sites accepted.
    pub master: Master,
    /// To whom.
    pub to: To,
    /// The bound.
    pub epsilon: Epsilon,
    /// Whether marked copies carry [`MARKED_LINE`].
    pub marked_line: bool,
    /// Whether the reference stands on the copies.
    pub print_reference: bool,
    /// Registers what went out on this day, seconds since 1970, without marks and without any line added.
    pub as_sent: Option<u64>,
    /// How many handles [`To::Handles`] may hold.
    pub max_recipients: usize,
}

/// What can be said of a request before it is carried out.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Codewords: recipients and file copies.
    pub copies: u32,
    /// `log2` of the number of texts.
    pub bits: f64,
    /// Sites with a choice.
    pub sites: usize,
    /// With every site intact, no copy could be named.
    pub never_names: bool,
    /// How many more sites of two alternatives would change that.
    pub sites_missing: u32,
}

/// What a sealing gave.
#[derive(Debug, Clone)]
pub struct Sealed {
    /// The message's id.
    pub message: MessageId,
    /// The reference.
    pub reference: String,
    /// Sites.
    pub sites: usize,
    /// `log2` of the number of texts.
    pub bits: f64,
    /// The recipients' copies, in order.
    pub copies: Vec<CopyText>,
    /// When its leaf goes into the log at the latest, seconds since 1970; `None` once it is there, and the message is provable.
    pub provable_at: Option<u64>,
    /// Whether the watcher's index has it, where there is one; if not, it is added the next time.
    pub watched: bool,
}

/// Everything about a message that is drawn at random.
struct Drawn {
    message: MessageId,
    key: [u8; 32],
    text_seed: [u8; 32],
    codebook_seed: [u8; 32],
    rows: Vec<RecipientRandomness>,
}

impl<D: Disk + Clone> Office<D> {
    /// Says what a request would give, without sealing anything.
    ///
    /// # Errors
    /// As [`seal`](Self::seal), but for those of vault and log.
    pub fn plan(&self, request: &SealRequest) -> Result<Plan, Error> {
        let recipients = self.recipients_of(request)?;
        plan(request, recipients.len())
    }

    /// Seals a message and has its leaf in the log when this returns, in a batch of its own.
    ///
    /// # Errors
    /// As [`seal`](Self::seal). [`Error::Unlogged`] where the log fails after the vault has the message: it is sealed, and its leaf
    /// waits for the next batch.
    pub fn seal_now(&mut self, request: &SealRequest) -> Result<Sealed, Error> {
        let sealed = self.seal(request)?;
        self.publish_now(Some(&sealed.message))
            .map_err(|source| Error::Unlogged { message: hex(&sealed.message.0), source: Box::new(source) })?;
        Ok(Sealed { provable_at: None, ..sealed })
    }

    /// Seals a message. When this returns, the message is durable in the vault; its leaf waits there for the log's next batch.
    ///
    /// # Errors
    /// Unknown, repeated, too many recipients; unfilled fields; fewer texts than codewords; those of vault and log.
    pub fn seal(&mut self, request: &SealRequest) -> Result<Sealed, Error> {
        if countermark_text::word_count(&request.master.render_bracketed(&first(&request.master))) == 0 {
            return Err(Error::Empty);
        }
        let recipients = self.recipients_of(request)?;
        // Refused before anything is drawn.
        plan(request, recipients.len())?;
        let slot = self.free_slot()?;
        let reference = self.reference(slot);
        let master = finish(request, &reference)?;
        // It is kept as its source: what can't be read again is not sealed. (Braces of a text as it was sent become longer.)
        if Master::parse(master.source()).is_err() {
            return Err(Error::Long);
        }
        let file_copies = u32::from(!master.sites().is_empty());
        let copies = recipients.len() + file_copies as usize;
        let drawn = self.draw(copies);
        let rows = rows(&drawn.key, &alternatives(&master), copies)?;
        let sealing = self.sealing(request, &master, &recipients, &rows, &drawn)?;
        let sealed = sealing.commit(
            &TextSeed::from_bytes(drawn.text_seed),
            &CodebookSeed::from_bytes(drawn.codebook_seed),
            &drawn.rows,
        )?;
        let rendered = render(&master, &recipients, &rows)?;
        different(&master, &rendered)?;
        let shares = approver::seal_shares(&self.approvers()?, &sealed.shares)?;
        let record = MessageRecord {
            sealed_ms: self.now_ms(),
            text: sealing.text.clone(),
            text_seed: drawn.text_seed,
            rest: sealed.rest,
            recipients,
            slot,
            reference: reference.clone(),
            commitment: sealed.commitment,
            as_sent: request.as_sent,
            reference_printed: request.print_reference,
            index: None,
        };
        let codes = CodebookRecord {
            key: drawn.key,
            seed: drawn.codebook_seed,
            recipients: sealed.recipients,
            disclosed: Vec::new(),
        };
        self.keep(&drawn.message, &record, &codes, &shares)?;
        // It is sealed, whatever becomes of the index: what waits for it is added the next time.
        let watched = self.index_new().is_ok();
        let provable_at = self.provable_at(&drawn.message)?;
        Ok(Sealed {
            provable_at,
            watched,
            message: drawn.message,
            reference,
            sites: master.sites().len(),
            bits: bits(&master),
            copies: rendered,
        })
    }

    fn recipients_of(&self, request: &SealRequest) -> Result<Vec<RecipientRecord>, Error> {
        let recipients = match &request.to {
            To::Handles(handles) if handles.len() > request.max_recipients => {
                return Err(Error::ManyRecipients { found: handles.len(), most: request.max_recipients });
            }
            To::Handles(handles) => self.recipients(handles)?,
            To::Numbers(count) => (1..=*count)
                .map(|number| RecipientRecord { handle: number.to_string(), fields: BTreeMap::new() })
                .collect(),
        };
        for recipient in &recipients {
            for field in request.master.fields() {
                if !recipient.fields.contains_key(field) {
                    return Err(Error::UnfilledField { handle: recipient.handle.clone(), field: field.to_owned() });
                }
            }
        }
        Ok(recipients)
    }

    fn draw(&mut self, copies: usize) -> Drawn {
        let mut message = [0; 16];
        self.vault.rng().fill_bytes(&mut message);
        let mut secret = || {
            let mut bytes = [0; 32];
            self.vault.rng().fill_bytes(&mut bytes);
            bytes
        };
        Drawn {
            message: MessageId(message),
            key: secret(),
            text_seed: secret(),
            codebook_seed: secret(),
            rows: (0..copies).map(|_| RecipientRandomness { salt: secret(), slope: secret() }).collect(),
        }
    }

    fn sealing(
        &self,
        request: &SealRequest,
        master: &Master,
        recipients: &[RecipientRecord],
        rows: &[Vec<u8>],
        drawn: &Drawn,
    ) -> Result<Sealing, Error> {
        let alternatives = alternatives(master);
        let file_codeword = rows.get(recipients.len()).cloned().unwrap_or_else(|| first(master));
        let parts = master.parts();
        let text = SealedText {
            message: drawn.message,
            settings: Settings {
                log: LogId { origin: self.office.origin.clone(), key: self.log_key() },
                rules: Rules::default(),
                epsilon: request.epsilon.units(),
                copies: u32::try_from(rows.len()).unwrap_or(u32::MAX),
                file_copies: u32::from(!master.sites().is_empty()),
                texts: recompute::texts(&alternatives).to_string(),
                marked_line: has_marked_line(request),
            },
            approvers: self.approvers()?.iter().map(|approver| approver.key).collect(),
            written: Written {
                at: request.as_sent.unwrap_or(self.now_ms() / 1000),
                sealed_after: self.newest_cosigned()?,
            },
            parts: parts
                .iter()
                .map(|part| {
                    let text = master.part_text(part, &file_codeword);
                    let class =
                        LengthClass::of_words(countermark_text::word_count(&master.part_text(part, &first(master))));
                    PartText { class, text, source: master.source()[part.source.clone()].to_owned() }
                })
                .collect(),
        };
        let sites = master.sites().iter().zip(&alternatives);
        let named = recipients.iter().zip(rows).map(|(recipient, row)| SealedCopy {
            recipient: Recipient::Named(public_name(recipient).to_owned()),
            codeword: row.clone(),
        });
        let file = rows.iter().skip(recipients.len());
        let file = file.map(|row| SealedCopy { recipient: Recipient::FileCopy, codeword: row.clone() });
        Ok(Sealing {
            text,
            sites: sites.map(|(site, q)| SealedSite { alternatives: *q, tie: site.tie }).collect(),
            part_sites: parts.iter().map(|part| part.sites.clone()).collect(),
            copies: named.chain(file).collect(),
        })
    }

    /// Puts everything into the vault, in one transaction: the message, its codebook, what goes into the log next.
    fn keep(
        &mut self,
        message: &MessageId,
        record: &MessageRecord,
        codes: &CodebookRecord,
        shares: &Option<SharesRecord>,
    ) -> Result<(), Error> {
        let slot = self.table.slot(record.slot)?;
        let taken = self.slot_id(record.slot);
        let tag = slot.tag(self.table.table());
        let leaf = hex(&leaf(&tag, &record.commitment));
        let pending = PendingRecord { leaf, of: LeafOf::Message(message.0), since: record.sealed_ms };
        let act = self.act(if record.as_sent.is_some() { "seal --as-sent" } else { "seal" }, &hex(&message.0));
        self.vault.write(|tx| {
            tx.insert(message.0, record)?;
            tx.insert(message.0, codes)?;
            if let Some(shares) = shares {
                tx.insert(message.0, shares)?;
            }
            tx.insert(&taken, &SlotRecord {})?;
            tx.insert(tag, &pending)?;
            tx.insert(message.0, &UnindexedRecord {})?;
            tx.audit(&act)?;
            Ok(())
        })
    }
}

/// Each site's number of alternatives.
pub(crate) fn alternatives(master: &Master) -> Vec<u8> {
    // A site has at most 64, or the master was refused.
    master.sites().iter().map(|site| u8::try_from(site.alternatives).unwrap_or(u8::MAX)).collect()
}

/// Every site at its first alternative.
pub(crate) fn first(master: &Master) -> Vec<u8> {
    vec![0; master.sites().len()]
}

/// `log2` of the number of texts.
pub(crate) fn bits(master: &Master) -> f64 {
    alternatives(master).iter().map(|q| f64::from(*q).log2()).sum::<f64>() + 0.0
}

fn plan(request: &SealRequest, recipients: usize) -> Result<Plan, Error> {
    let alternatives = alternatives(&request.master);
    let copies = recipients + usize::from(!alternatives.is_empty());
    let count = u32::try_from(copies).unwrap_or(u32::MAX);
    // What already went out is registered as it is, however many hold the same text.
    if request.as_sent.is_none() && copies > 1 {
        // Whether there are enough texts does not depend on the key.
        Codebook::draw(&Key::from_bytes([0; 32]), &alternatives, copies)?;
    }
    let sites_missing = match alternatives.len() {
        0 => 0,
        _ => strength::sites_missing(&alternatives, count, request.epsilon),
    };
    Ok(Plan {
        copies: count,
        bits: bits(&request.master),
        sites: alternatives.len(),
        never_names: sites_missing > 0,
        sites_missing,
    })
}

/// The copies' codewords. Without a site every copy is the same text, and nothing is drawn.
pub(crate) fn rows(key: &[u8; 32], alternatives: &[u8], copies: usize) -> Result<Vec<Vec<u8>>, Error> {
    if alternatives.is_empty() {
        return Ok(vec![Vec::new(); copies]);
    }
    Ok(Codebook::draw(&Key::from_bytes(*key), alternatives, copies)?.rows().to_vec())
}

fn has_marked_line(request: &SealRequest) -> bool {
    request.marked_line && request.as_sent.is_none() && !request.master.sites().is_empty()
}

/// The master as it is sealed: with the lines that the copies carry below the text.
fn finish(request: &SealRequest, reference: &str) -> Result<Master, Error> {
    let mut lines = Vec::new();
    if has_marked_line(request) {
        lines.push(MARKED_LINE.to_owned());
    }
    if request.print_reference && request.as_sent.is_none() {
        lines.push(format!("Ref. {reference}"));
    }
    if lines.is_empty() {
        return Ok(request.master.clone());
    }
    let source = format!("{}\n\n{}\n", request.master.source().trim_end(), lines.join("\n"));
    // Text is added behind the end, with nothing in it that the syntax knows; it may only have become too long.
    Master::parse(&source).map_err(|_| Error::Long)
}

fn render(master: &Master, recipients: &[RecipientRecord], rows: &[Vec<u8>]) -> Result<Vec<CopyText>, Error> {
    recipients
        .iter()
        .zip(rows)
        .map(|(recipient, row)| {
            let text = crate::messages::render(master, row, Some(recipient))?;
            Ok(CopyText { recipient: Some(recipient.handle.clone()), text })
        })
        .collect()
}

/// Codewords differ, and still a field's value beside a site could make two copies the same text.
fn different(master: &Master, copies: &[CopyText]) -> Result<(), Error> {
    let mut seen = std::collections::HashSet::new();
    let same = !master.sites().is_empty() && !copies.iter().all(|copy| seen.insert(copy.text.as_str()));
    if same { Err(Error::SameText) } else { Ok(()) }
}

/// The words that two approvers could make public.
pub(crate) fn public_name(recipient: &RecipientRecord) -> &str {
    recipient.fields.get("name").unwrap_or(&recipient.handle)
}
