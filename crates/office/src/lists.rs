//! The long lists: messages by page, quick however many there are, and how often such messages were published.

use std::collections::{BTreeSet, HashSet};

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

/// What the lists keep in memory.
#[derive(Default)]
pub(crate) struct Lists {
    messages: Memo<MessageLine>,
    titles: Memo<(Id, String)>,
    handed: Memo<HandedCopy>,
    leaks: Memo<Option<[u8; 16]>>,
    /// What readers sent.
    pub(crate) slips: Memo<SlipLine>,
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
        self.messages.refresh::<MessageRecord>(tx, line)?;
        self.titles.refresh::<TitleRecord>(tx, |id, record| Some((id.clone(), record.title)))?;
        self.refresh_handed(tx)?;
        self.leaks.refresh::<CaseRecord>(tx, |id, record| {
            let case = summary(&Kept { id: id.to_array()?, record });
            Some(case.message.filter(|_| case.kind == "leak").map(|message| message.0))
        })?;
        Ok(())
    }

    fn refresh_handed(&mut self, tx: &ReadTx<'_>) -> Result<(), Error> {
        self.handed.refresh::<HandoverRecord>(tx, |id, record| {
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
        let titles: std::collections::HashMap<&[u8], &str> =
            lists.titles.values().map(|(id, title)| (&id[..], title.as_str())).collect();
        let title = |line: &MessageLine| titles.get(&line.message.0[..]).copied();
        let fits = |line: &&MessageLine| {
            let within = |text: &str, word: &String| text.to_lowercase().contains(word.as_str());
            words.iter().all(|word| {
                title(line).is_some_and(|title| within(title, word))
                    || within(&line.reference, word)
                    || line.to.iter().any(|handle| within(handle, word))
            })
        };
        let mut found: Vec<&MessageLine> = lists.messages.values().filter(fits).collect();
        found.sort_by_key(|line| (std::cmp::Reverse(line.sealed_ms), line.message));
        let count = found.len();
        let shown = found.into_iter().skip(from).take(most);
        let mut lines: Vec<MessageLine> =
            shown.map(|line| MessageLine { title: title(line).map(str::to_owned), ..line.clone() }).collect();
        for line in &mut lines {
            let left = lists.handed.values().filter(|handed| handed.message == line.message.0);
            line.handed = left.filter(|h| h.copy < line.to.len()).map(|h| h.copy).collect::<BTreeSet<_>>().len();
            line.leaks = lists.leaks.values().filter(|leak| **leak == Some(line.message.0)).count();
        }
        Ok(MessageList { lines, found: count, all: lists.messages.values().count() })
    }

    /// How many messages went to a person, or to anybody, and how many of them were published.
    ///
    /// # Errors
    /// The vault's.
    pub fn so_far(&mut self, handle: Option<&str>) -> Result<SoFar, Error> {
        let Self { vault, lists, .. } = self;
        vault.read::<_, Error>(|tx| lists.refresh(tx))?;
        let leaked: HashSet<&[u8; 16]> = lists.leaks.values().flatten().collect();
        let mut so_far = SoFar::default();
        for line in lists.messages.values() {
            if handle.is_none_or(|handle| line.to.iter().any(|to| to == handle)) {
                so_far.messages += 1;
                so_far.published += usize::from(leaked.contains(&line.message.0));
            }
        }
        Ok(so_far)
    }

    /// What a message was called while it was written.
    ///
    /// # Errors
    /// The vault's.
    pub fn message_title(&self, message: &MessageId) -> Result<Option<String>, Error> {
        Ok(self.vault.read::<_, Error>(|tx| Ok(tx.get::<TitleRecord>(message.0)?))?.map(|record| record.title))
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
