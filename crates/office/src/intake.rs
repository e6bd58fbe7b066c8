//! Intake: what the watcher left in the inbox becomes cases, each post one, exactly once.
//!
//! A post's case, its capture's leaf and how far the inbox has been taken in stand in one transaction: however often the process ends
//! in between, no post is lost and no case stands twice.

mod bounds;

use countermark_inbox::{Item, Level, Position, Reader, Text};
use countermark_proof::MessageId;
use countermark_reading::Names;
use countermark_tlog::directory::Disk;
use countermark_vault::Id;

use crate::case::{Captured, Kept, NewCase, Origin, Piece};
use crate::ledger::{hex, unhex};
use crate::office::ONLY;
use crate::record::{CaseRecord, DeskRecord, HandleRecord, LaterRecord, MatchRecord, PostRecord, UntoldRecord};
use crate::watcher::identity;
use crate::{CaseSummary, Error, Office};

/// What has been taken in.
#[derive(Debug, Default)]
pub struct TakenIn {
    /// Cases that were opened, in the inbox's order.
    pub alarms: Vec<Alarm>,
    /// Posts that share words too common to open a case.
    pub matches: usize,
    /// Later states of posts that have a case: edited, or deleted.
    pub later: usize,
    /// What was known already.
    pub known: usize,
    /// Records of the inbox that are damaged, and lost.
    pub damaged: usize,
}

/// The second alarm: what the first one was about. It holds no text and no name.
#[derive(Debug, Clone)]
pub struct Alarm {
    /// What the first alarm called the post by.
    pub handle: String,
    /// The case.
    pub case: CaseSummary,
    /// Words of the best match that were found.
    pub words: usize,
    /// How many things were changed, left out, added or moved.
    pub changes: usize,
    /// When the post was captured, seconds since 1970.
    pub captured_at: u64,
}

/// A post that opened no case.
#[derive(Debug, Clone)]
pub struct Matched {
    /// The post as the watcher left it, without its capture.
    pub item: Item,
}

/// How posts are taken in: what the office decided once.
pub struct Standing<'a> {
    /// The names of the writer.
    pub names: &'a Names,
    /// Why a copy is looked for in what a source brings; none for one without a standing reason.
    pub reason: &'a dyn Fn(&str) -> Option<String>,
}

impl std::fmt::Debug for Standing<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Standing").finish_non_exhaustive()
    }
}

/// Where it is written down what became of an item.
struct Keep<'a> {
    row: &'a Id,
    /// What was known of the post when that was decided.
    known: &'a PostRecord,
    position: &'a str,
}

/// What becomes of an item.
enum Fate {
    Case(Box<NewCase>),
    Later([u8; 16]),
    Match,
    Known,
}

impl<D: Disk + Clone> Office<D> {
    /// Takes in what lies in the inbox. Nothing where the watcher's folder is not joined.
    ///
    /// # Errors
    /// The inbox's, where it can't be read; those of vault and journal. What was taken in before stays so.
    pub fn take_in(&mut self, standing: &Standing<'_>) -> Result<TakenIn, Error> {
        self.take_in_telling(standing, &mut |_| {}, &|| true)
    }

    /// The same, and tells of each case as soon as it stands, however much more lies in the inbox; first of those that a process which ended
    /// too early had not told. Each is told at least once. It ends early, between two items, when it may not go on.
    ///
    /// # Errors
    /// As [`take_in`](Self::take_in).
    pub fn take_in_telling(
        &mut self,
        standing: &Standing<'_>,
        tell: &mut dyn FnMut(&Alarm),
        go_on: &dyn Fn() -> bool,
    ) -> Result<TakenIn, Error> {
        for alarm in self.untold()? {
            tell(&alarm);
            self.told(&alarm)?;
        }
        self.take_in_each(standing, go_on, &mut |office, alarm| {
            tell(alarm);
            office.told(alarm)
        })
    }

    /// As [`take_in`](Self::take_in), and tells nobody: whoever calls asks for [`untold`](Self::untold) cases, tells of them in his own time,
    /// and says so by [`told`](Self::told). It ends early, between two items, when it may not go on.
    ///
    /// # Errors
    /// As [`take_in`](Self::take_in).
    pub fn take_in_untold(&mut self, standing: &Standing<'_>, go_on: &dyn Fn() -> bool) -> Result<TakenIn, Error> {
        self.take_in_each(standing, go_on, &mut |_, _| Ok(()))
    }

    fn take_in_each(
        &mut self,
        standing: &Standing<'_>,
        go_on: &dyn Fn() -> bool,
        each: &mut dyn FnMut(&mut Self, &Alarm) -> Result<(), Error>,
    ) -> Result<TakenIn, Error> {
        let mut taken = TakenIn::default();
        let Some((dir, desk)) = self.desk()? else { return Ok(taken) };
        let mut reader = match Reader::open(&dir.join("inbox"), &identity(&desk)?) {
            Err(countermark_inbox::Error::Missing) => return Ok(taken),
            reader => reader?,
        };
        // A position that can't be read is before the first: what is known already is passed over.
        let mut position: Position = serde_json::from_str(&desk.taken).unwrap_or_default();
        while go_on()
            && let Some((next, item)) = reader.next(&position)?
        {
            let kept = serde_json::to_string(&next).unwrap_or_default();
            let before = taken.alarms.len();
            self.take_item(item, &kept, standing, &mut taken)?;
            for alarm in &taken.alarms[before..] {
                each(self, alarm)?;
            }
            position = next;
        }
        for damage in reader.damage() {
            taken.damaged += 1;
            self.note("inbox damaged", &format!("{} {}", damage.segment, damage.offset))?;
        }
        // What stands in the vault need not lie in the inbox; that it still does harms nobody.
        let _ = reader.forget(&position);
        Ok(taken)
    }

    /// The cases that nobody was told of.
    ///
    /// # Errors
    /// The vault's.
    pub fn untold(&self) -> Result<Vec<Alarm>, Error> {
        self.vault.read(|tx| {
            let mut found = Vec::new();
            for (id, untold) in tx.list::<UntoldRecord>()? {
                let Ok(id) = <[u8; 16]>::try_from(&id[..]) else { continue };
                let Some(record) = tx.get::<CaseRecord>(id)? else { continue };
                let UntoldRecord { handle, words, changes, captured_at } = untold;
                let case = crate::case::summary(&Kept { id, record });
                found.push(Alarm { handle, case, words, changes, captured_at });
            }
            Ok(found)
        })
    }

    /// Notes that somebody was told of a case.
    ///
    /// # Errors
    /// The vault's.
    pub fn told(&mut self, alarm: &Alarm) -> Result<(), Error> {
        self.vault.write::<_, Error>(|tx| {
            tx.remove::<UntoldRecord>(alarm.case.id)?;
            Ok(())
        })
    }

    fn take_item(
        &mut self,
        item: Item,
        position: &str,
        standing: &Standing<'_>,
        taken: &mut TakenIn,
    ) -> Result<(), Error> {
        let state = item.key();
        let item = bounds::cut(item, self.now_ms() / 1000);
        let row = self.vault.name_id("post", &format!("{}\0{}", item.source, item.post));
        // Another process may take in the same inbox: what it wrote of this post meanwhile decides anew.
        loop {
            let known = self.vault.read::<_, Error>(|tx| Ok(tx.get::<PostRecord>(&row)?))?.unwrap_or_default();
            let fate = self.fate(&item, &known, &state, standing)?;
            let mut post = known.clone();
            if !matches!(fate, Fate::Known) {
                post.seen.push(state.clone());
            }
            let keep = Keep { row: &row, known: &known, position };
            let kept = match &fate {
                Fate::Case(new) => {
                    post.case = Some(new.kept.id);
                    let untold = untold(&alarm(&item, new));
                    self.keep_taken(&keep, &post, |tx| {
                        new.insert(tx)?;
                        Ok(tx.put(new.kept.id, &untold)?)
                    })?
                }
                Fate::Later(case) => self.keep_later(&keep, &post, &item, *case)?,
                Fate::Match => {
                    let handle = unhex(&item.handle).unwrap_or_default();
                    let record = MatchRecord { item: item.clone(), capture: hex(&item.capture) };
                    self.keep_taken(&keep, &post, |tx| Ok(tx.put(&handle, &record)?))?
                }
                Fate::Known => self.keep_taken(&keep, &post, |_| Ok(()))?,
            };
            if kept {
                match fate {
                    Fate::Case(new) => taken.alarms.push(alarm(&item, &new)),
                    Fate::Later(_) => taken.later += 1,
                    Fate::Match => taken.matches += 1,
                    Fate::Known => taken.known += 1,
                }
                return Ok(());
            }
        }
    }

    fn fate(&mut self, item: &Item, post: &PostRecord, state: &str, standing: &Standing<'_>) -> Result<Fate, Error> {
        if post.seen.iter().any(|seen| seen == state) {
            return Ok(Fate::Known);
        }
        match (item.level, post.case) {
            (_, Some(case)) => Ok(Fate::Later(case)),
            (Level::Deleted, None) => Ok(Fate::Known),
            (Level::Match, None) => Ok(Fate::Match),
            (Level::Alarm | Level::Invented, None) => {
                let captured = captured(item);
                if captured.pieces.is_empty() {
                    return Ok(Fate::Known);
                }
                let among = self.meant_by(item)?;
                let reason = (standing.reason)(&item.source);
                let new = self.new_case(&captured, standing.names, reason.as_deref(), Some(&among))?;
                Ok(Fate::Case(Box::new(new)))
            }
        }
    }

    /// The messages that an item could be made of: those whose handles the watcher gives, and those that the desk's own look into the
    /// index finds, which may be newer.
    fn meant_by(&mut self, item: &Item) -> Result<Vec<MessageId>, Error> {
        let mut handles: Vec<u64> = item.texts.iter().flat_map(|text| text.shared.iter().map(|s| s.handle)).collect();
        for text in &item.texts {
            // The watcher's word is enough where the index can't be read just now.
            handles.extend(self.handles_in(&text.text).unwrap_or_default());
        }
        handles.sort_unstable();
        handles.dedup();
        self.vault.read(|tx| {
            let mut found = Vec::with_capacity(handles.len());
            for handle in &handles {
                let record = tx.get::<HandleRecord>(handle.to_be_bytes())?;
                found.extend(record.map(|record| MessageId(record.message)));
            }
            Ok(found)
        })
    }

    /// Writes down what became of an item, and that the inbox is taken in up to behind it. False, and nothing is written, when another process
    /// has written of the post since it was read.
    fn keep_taken(
        &mut self,
        keep: &Keep<'_>,
        post: &PostRecord,
        with: impl FnOnce(&mut countermark_vault::WriteTx<'_>) -> Result<(), Error>,
    ) -> Result<bool, Error> {
        self.vault.write::<_, Error>(|tx| {
            if tx.get::<PostRecord>(keep.row)?.unwrap_or_default() != *keep.known {
                return Ok(false);
            }
            with(tx)?;
            tx.put(keep.row, post)?;
            taken_up_to(tx, keep.position)?;
            Ok(true)
        })
    }

    fn keep_later(&mut self, keep: &Keep<'_>, post: &PostRecord, item: &Item, case: [u8; 16]) -> Result<bool, Error> {
        let mut capture = [0; 16];
        self.vault.rng().fill_bytes(&mut capture);
        let text = captured(item).pieces.iter().map(|piece| piece.text.as_str()).collect::<Vec<_>>().join("\n\n");
        let published = (item.level != Level::Deleted).then_some(text);
        let later = LaterRecord { at: item.captured_at, published, capture };
        let new = self.new_capture(capture, &item.capture, item.captured_at);
        let act = self.act("case later", &hex(&case));
        self.keep_taken(keep, post, |tx| {
            // A note or a hearing of another process stands in the same record.
            let Some(mut record) = tx.get::<CaseRecord>(case)? else { return Ok(()) };
            if !bounds::later(&mut record, later) {
                return Ok(()); // so many states are kept, and no more
            }
            new.insert(tx)?;
            tx.put(case, &record)?;
            tx.audit(&act)?;
            Ok(())
        })
    }

    /// The posts that share words with registered messages, too common ones to open a case; the newest first.
    ///
    /// # Errors
    /// The vault's.
    pub fn matches(&self) -> Result<Vec<Matched>, Error> {
        Ok(self.matches_holding("", 0, usize::MAX)?.0)
    }

    /// Opens a case on a post that had opened none; `given` is its handle or the handle's first characters.
    ///
    /// # Errors
    /// [`Error::UnknownMatch`]; as [`open_case_on`](Self::open_case_on).
    pub fn open_match(&mut self, given: &str, standing: &Standing<'_>) -> Result<CaseSummary, Error> {
        let wanted = given.trim().to_lowercase();
        let unknown = || Error::UnknownMatch { given: given.to_owned() };
        let (id, record) = self.vault.read::<_, Error>(|tx| {
            let ids = tx.versions::<MatchRecord>()?.into_iter().map(|(id, _)| id);
            let mut found = ids.filter(|id| !wanted.is_empty() && hex(id).starts_with(&wanted));
            let (Some(id), None) = (found.next(), found.next()) else { return Err(unknown()) };
            let record = tx.get::<MatchRecord>(&id)?.ok_or_else(unknown)?;
            Ok((id, record))
        })?;
        let capture = unhex(&record.capture).unwrap_or_default();
        let item = Item { capture, ..record.item };
        let row = self.vault.name_id("post", &format!("{}\0{}", item.source, item.post));
        let reason = (standing.reason)(&item.source);
        let among = self.meant_by(&item)?;
        let new = self.new_case(&captured(&item), standing.names, reason.as_deref(), Some(&among))?;
        let mut post = self.vault.read::<_, Error>(|tx| Ok(tx.get::<PostRecord>(&row)?))?.unwrap_or_default();
        post.case = Some(new.kept.id);
        self.vault.write::<_, Error>(|tx| {
            // Another process may have opened it meanwhile.
            if tx.get::<MatchRecord>(&id)?.is_none() {
                return Err(unknown());
            }
            new.insert(tx)?;
            tx.put(&row, &post)?;
            tx.remove::<MatchRecord>(&id)?;
            Ok(())
        })?;
        Ok(crate::case::summary(&new.kept))
    }
}

fn taken_up_to(tx: &mut countermark_vault::WriteTx<'_>, position: &str) -> Result<(), Error> {
    if let Some(mut desk) = tx.get::<DeskRecord>(ONLY)? {
        position.clone_into(&mut desk.taken);
        tx.put(ONLY, &desk)?;
    }
    Ok(())
}

/// What a case is opened on: of a leak the texts that share words, of invented words all of them.
fn captured(item: &Item) -> Captured<'_> {
    let shares = |text: &&Text| !text.shared.is_empty();
    let texts: Vec<&Text> = match item.texts.iter().any(|text| !text.shared.is_empty()) {
        true if item.level != Level::Invented => item.texts.iter().filter(shares).collect(),
        _ => item.texts.iter().collect(),
    };
    let pieces = texts.into_iter().filter(|text| !text.text.trim().is_empty()).map(|text| Piece {
        role: text.role.clone(),
        author: text.author.clone(),
        text: text.text.clone(),
        confidences: text.confidences.clone(),
    });
    Captured {
        bytes: &item.capture,
        at: item.captured_at,
        pieces: pieces.collect(),
        origin: Some(Origin {
            source: item.source.clone(),
            post: item.post.clone(),
            url: item.url.clone(),
            author: item.author.clone(),
            published_at: item.published_at,
            handle: item.handle.clone(),
        }),
    }
}

fn alarm(item: &Item, new: &NewCase) -> Alarm {
    let before = new.finding.taken.first().map(|found| &found.trace);
    let best = new.finding.messages.first().map(|found| &found.trace).or(before);
    Alarm {
        handle: item.handle.clone(),
        case: crate::case::summary(&new.kept),
        words: best.map_or(0, |trace| trace.words_matched),
        changes: best.map_or(0, |trace| trace.changes.len()),
        captured_at: item.captured_at,
    }
}

fn untold(alarm: &Alarm) -> UntoldRecord {
    let Alarm { handle, words, changes, captured_at, .. } = alarm.clone();
    UntoldRecord { handle, words, changes, captured_at }
}
