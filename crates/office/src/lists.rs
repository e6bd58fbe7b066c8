//! The long lists: messages by page, quick however many there are, and how often such messages were published.

use std::collections::{BTreeSet, HashMap};

use countermark_proof::MessageId;
use countermark_tlog::directory::Disk;
use countermark_vault::{Id, ReadTx};

use crate::case::{Kept, summary};
use crate::memo::Memo;
use crate::messages::opened;
use crate::record::{CaseRecord, HandoverRecord, MessageRecord, TitleRecord};
use crate::statement::SlipLine;
use crate::{Error, Office};

/// A line of the list of messages.
#[derive(Clone)]
pub struct MessageLine {
    /// The id.
    pub message: MessageId,
    /// The reference.
    pub reference: String,
    /// What it was called while it was written; nothing for one that no draft came before.
    pub title: Option<String>,
    /// When it was sealed, milliseconds since 1970.
    pub sealed_ms: u64,
    /// Whether it was registered as already sent.
    pub as_sent: bool,
    /// To whom: handles, or numbers.
    pub to: Vec<String>,
    /// Sites.
    pub sites: usize,
    /// Whether its leaf is in the log.
    pub logged: bool,
    /// How many of the recipients' copies have left.
    pub handed: usize,
    /// In how many cases it was published.
    pub leaks: usize,
}

impl std::fmt::Debug for MessageLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MessageLine").field("message", &self.message).finish_non_exhaustive()
    }
}

/// Some lines of the list of messages.
#[derive(Clone, Debug)]
pub struct MessageList {
    /// The lines that were asked for, the newest message first.
    pub lines: Vec<MessageLine>,
    /// How many messages fit what is looked for.
    pub found: usize,
    /// How many messages there are.
    pub all: usize,
}

/// How many messages there were, and how many of them were published.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SoFar {
    /// Messages.
    pub messages: usize,
    /// Those of them that a case shows published.
    pub published: usize,
}

impl SoFar {
    fn add(&mut self, published: usize) {
        self.messages += 1;
        self.published += published;
    }
}

/// What the lists keep in memory.
#[derive(Default)]
pub(crate) struct Lists {
    messages: Memo<MessageLine>,
    titles: Memo<(Id, String)>,
    handed: Memo<HandedCopy>,
    leaks: Memo<Option<[u8; 16]>>,
    order: Order,
    /// Whether a handover was read since.
    unordered: bool,
    /// What readers sent.
    pub(crate) slips: Memo<SlipLine>,
}

/// What is counted and sorted once for as long as no row changes.
#[derive(Default)]
struct Order {
    /// The messages' lines with their titles and counts, the newest first.
    lines: Vec<MessageLine>,
    /// How many messages went to each handle, and how many of them were published.
    so_far: HashMap<String, SoFar>,
    all: SoFar,
}

/// A copy that left.
#[derive(Clone, Copy)]
struct HandedCopy {
    message: [u8; 16],
    copy: usize,
    at_ms: u64,
    id: [u8; 16],
}

impl Lists {
    fn refresh(&mut self, tx: &ReadTx<'_>) -> Result<(), Error> {
        let messages = self.messages.refresh::<MessageRecord>(tx, line)?;
        let titles = self.titles.refresh::<TitleRecord>(tx, |id, record| Some((id.clone(), record.title)))?;
        self.refresh_handed(tx)?;
        let leaks = self.leaks.refresh::<CaseRecord>(tx, |id, record| {
            let case = summary(&Kept { id: id.to_array()?, record });
            Some(case.message.filter(|_| case.kind == "leak").map(|message| message.0))
        })?;
        if messages || titles || leaks || std::mem::take(&mut self.unordered) {
            self.order = self.ordered();
        }
        Ok(())
    }

    fn ordered(&self) -> Order {
        let titles: HashMap<&[u8], &str> = self.titles.values().map(|(id, title)| (&id[..], title.as_str())).collect();
        let mut left: HashMap<&[u8; 16], BTreeSet<usize>> = HashMap::new();
        for handed in self.handed.values() {
            left.entry(&handed.message).or_default().insert(handed.copy);
        }
        let mut leaks: HashMap<&[u8; 16], usize> = HashMap::new();
        for message in self.leaks.values().flatten() {
            *leaks.entry(message).or_default() += 1;
        }
        let mut order = Order::default();
        for line in self.messages.values() {
            let id = &line.message.0;
            let handed = left.get(id).map_or(0, |copies| copies.range(..line.to.len()).count());
            let leaks = leaks.get(id).copied().unwrap_or_default();
            let title = titles.get(&id[..]).map(|title| (*title).to_owned());
            let published = usize::from(leaks > 0);
            order.all.add(published);
            for handle in line.to.iter().collect::<BTreeSet<_>>() {
                order.so_far.entry(handle.clone()).or_default().add(published);
            }
            order.lines.push(MessageLine { title, handed, leaks, ..line.clone() });
        }
        order.lines.sort_by_key(|line| (std::cmp::Reverse(line.sealed_ms), line.message));
        order
    }

    fn refresh_handed(&mut self, tx: &ReadTx<'_>) -> Result<(), Error> {
        self.unordered |= self.handed.refresh::<HandoverRecord>(tx, |id, record| {
            Some(HandedCopy { message: record.message, copy: record.copy, at_ms: record.at_ms, id: id.to_array()? })
        })?;
        Ok(())
    }
}

impl<D: Disk + Clone> Office<D> {
    /// At most `most` lines of the list of messages, from the one at `from` on, of those in whose title, reference or recipients the
    /// words stand that are looked for.
    ///
    /// # Errors
    /// The vault's.
    pub fn message_list(&mut self, wanted: &str, from: usize, most: usize) -> Result<MessageList, Error> {
        let Self { vault, lists, .. } = self;
        vault.read::<_, Error>(|tx| lists.refresh(tx))?;
        let words: Vec<String> = wanted.split_whitespace().map(str::to_lowercase).collect();
        let fits = |line: &&MessageLine| {
            let within = |text: &str, word: &String| text.to_lowercase().contains(word.as_str());
            words.iter().all(|word| {
                line.title.as_ref().is_some_and(|title| within(title, word))
                    || within(&line.reference, word)
                    || line.to.iter().any(|handle| within(handle, word))
            })
        };
        let all = &lists.order.lines;
        let found: Vec<&MessageLine> = all.iter().filter(fits).collect();
        let lines = found.iter().skip(from).take(most).map(|line| (*line).clone()).collect();
        Ok(MessageList { lines, found: found.len(), all: all.len() })
    }

    /// How many messages went to a person, or to anybody, and how many of them were published.
    ///
    /// # Errors
    /// The vault's.
    pub fn so_far(&mut self, handle: Option<&str>) -> Result<SoFar, Error> {
        let Self { vault, lists, .. } = self;
        vault.read::<_, Error>(|tx| lists.refresh(tx))?;
        Ok(match handle {
            None => lists.order.all,
            Some(handle) => lists.order.so_far.get(handle).copied().unwrap_or_default(),
        })
    }

    /// What a message was called while it was written.
    ///
    /// # Errors
    /// The vault's.
    pub fn message_title(&self, message: &MessageId) -> Result<Option<String>, Error> {
        Ok(self.vault.read::<_, Error>(|tx| Ok(tx.get::<TitleRecord>(message.0)?))?.map(|record| record.title))
    }

    /// When copies of a message were handed over: how many times, first and last, milliseconds since 1970.
    pub(crate) fn handed_over(&mut self, message: &MessageId) -> Result<Option<(usize, u64, u64)>, Error> {
        let Self { vault, lists, .. } = self;
        vault.read::<_, Error>(|tx| lists.refresh_handed(tx))?;
        let times = || lists.handed.values().filter(|handed| handed.message == message.0).map(|handed| handed.at_ms);
        Ok(times().min().zip(times().max()).map(|(first, last)| (times().count(), first, last)))
    }

    /// The handovers of a message, the oldest first.
    pub(crate) fn handovers(&mut self, message: &MessageId) -> Result<Vec<HandoverRecord>, Error> {
        let Self { vault, lists, .. } = self;
        let mut records = vault.read::<_, Error>(|tx| {
            lists.refresh_handed(tx)?;
            let mut ids: Vec<_> = lists.handed.values().filter(|handed| handed.message == message.0).collect();
            ids.sort_by_key(|handed| handed.at_ms);
            let mut records = Vec::with_capacity(ids.len());
            for handed in ids {
                records.extend(tx.get::<HandoverRecord>(handed.id)?);
            }
            Ok(records)
        })?;
        records.sort_by_key(|record| record.at_ms);
        Ok(records)
    }
}

fn line(id: &Id, record: MessageRecord) -> Option<MessageLine> {
    let opened = opened(id, record).ok()?;
    let record = opened.record;
    Some(MessageLine {
        message: opened.id,
        reference: record.reference,
        title: None,
        sealed_ms: record.sealed_ms,
        as_sent: record.as_sent.is_some(),
        to: record.recipients.into_iter().map(|recipient| recipient.handle).collect(),
        sites: opened.master.sites().len(),
        logged: record.index.is_some(),
        handed: 0,
        leaks: 0,
    })
}
