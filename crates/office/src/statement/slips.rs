//! What readers send back: taken out of the queue once each, and shown to nobody before the desk has read it.

use std::collections::{HashMap, HashSet};

use countermark_statement::limits::{COMMENTS, REPLIES};
use countermark_statement::{Slip, Taken};
use countermark_tlog::directory::Disk;
use countermark_vault::{Id, WriteTx};
use sha2::{Digest, Sha256};

use super::{SlipState, SlipView, SlipsTaken, Written};
use crate::ledger::hex;
use crate::record::{CaseRecord, ReplyRecord, SlipRecord, StatementRecord};
use crate::{Error, Office};

/// How the names of comments in the queue begin, and what stands behind all of them and before every reply.
const COMMENT_NAMES: &str = "c-";
const BEHIND_COMMENTS: &str = "d";

/// Comments that wait for the desk, at most; what comes beyond stays in the queue, which has room for so much and no more.
const MOST_WAITING: usize = 2_000;

/// How long a refused comment is kept: a mistake can be mended, and the same words sent again are not asked about again. Then nobody
/// needs them any more.
const REFUSED_MS: u64 = 30 * 24 * 3_600_000;

/// Slips that are read in one go.
const STRETCH: usize = 64;

/// What lists and floods need to know of a slip, without its words.
#[derive(Clone)]
pub(crate) struct SlipLine {
    id: [u8; 16],
    statement: [u8; 16],
    reply: bool,
    at: u64,
    public: Option<bool>,
    decided_ms: Option<u64>,
    /// What it has in common with the same comment sent again.
    said: Option<[u8; 32]>,
}

/// Which slips are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlipsOf {
    /// Comments that wait.
    Comments,
    /// Replies that wait.
    Replies,
    /// What was decided on.
    Decided,
}

impl SlipLine {
    fn of(id: &Id, slip: &SlipRecord) -> Option<Self> {
        let said = (!slip.reply).then(|| said_by(slip));
        let SlipRecord { statement, reply, at, public, decided_ms, .. } = *slip;
        Some(Self { id: id.to_array()?, statement, reply, at, public, decided_ms, said })
    }

    fn is(&self, wanted: SlipsOf) -> bool {
        match wanted {
            SlipsOf::Comments => self.public.is_none() && !self.reply,
            SlipsOf::Replies => self.public.is_none() && self.reply,
            SlipsOf::Decided => self.public.is_some(),
        }
    }
}

/// What is known when slips are taken in, so that not each of them is held against all others.
struct Known {
    /// Statements by their names in addresses.
    addresses: HashMap<String, [u8; 16]>,
    /// What was said in comments.
    said: HashSet<[u8; 32]>,
    /// Slips that wait.
    waiting: usize,
}

/// Comments that wait under one statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingComments {
    /// The statement.
    pub statement: [u8; 16],
    /// Its name in addresses.
    pub address: String,
    /// How many.
    pub count: usize,
    /// When the newest came, seconds since 1970.
    pub until: u64,
}

/// What became of a slip.
enum Fate {
    Comment,
    Reply([u8; 16]),
    Skipped,
    Already,
}

impl<D: Disk + Clone> Office<D> {
    /// Takes in what readers sent, each slip once, and deletes comments that were refused 30 days ago. A slip leaves the queue only when the vault has it. Nothing where no press is joined.
    ///
    /// # Errors
    /// Those of the queue and the vault; what was taken by then is taken.
    pub fn take_slips(&mut self) -> Result<SlipsTaken, Error> {
        self.forget_refused()?;
        let site = self.site_or_new()?;
        let mut taken = SlipsTaken::default();
        let Some(queue) = self.queue(&site.identity)? else { return Ok(taken) };
        let mut known = self.known_slips()?;
        let full = known.waiting >= MOST_WAITING;
        let mut after = full.then(|| BEHIND_COMMENTS.to_owned());
        'stretches: loop {
            let stretch = queue.next(after.as_deref(), STRETCH)?;
            let Some(last) = stretch.last() else { return Ok(taken) };
            after = Some(last.name.clone());
            for slip in stretch {
                if known.waiting >= MOST_WAITING && slip.name.starts_with(COMMENT_NAMES) {
                    // A flood of comments keeps no reply out: replies come behind them, by name.
                    after = Some(BEHIND_COMMENTS.to_owned());
                    continue 'stretches;
                }
                match self.keep_slip(&slip, site.comments, &mut known)? {
                    Fate::Comment => (taken.comments, known.waiting) = (taken.comments + 1, known.waiting + 1),
                    Fate::Reply(statement) => {
                        taken.replies += 1;
                        // Its link is used up.
                        self.place(&statement)?;
                    }
                    Fate::Skipped => taken.skipped += 1,
                    Fate::Already => {}
                }
                queue.forget(&slip.name)?;
            }
        }
    }

    /// What readers sent, the oldest first; all of it, or what is in one state.
    ///
    /// # Errors
    /// The vault's.
    pub fn slips(&self, state: Option<SlipState>) -> Result<Vec<SlipView>, Error> {
        let statements = self.all_statements()?;
        let records = self.vault.read::<_, Error>(|tx| Ok(tx.list::<SlipRecord>()?))?;
        let mut views: Vec<_> =
            records.into_iter().filter_map(|(id, slip)| view(&statements, id[..].try_into().ok()?, slip)).collect();
        views.retain(|view| state.is_none_or(|state| view.state == state));
        views.sort_by_key(|view| (view.at, view.id));
        Ok(views)
    }

    /// At most `most` of these slips, the newest first, from the one at `from` on; and how many there are.
    ///
    /// # Errors
    /// The vault's.
    pub fn slip_list(&mut self, wanted: SlipsOf, from: usize, most: usize) -> Result<(Vec<SlipView>, usize), Error> {
        let statements = self.all_statements()?;
        let mut found: Vec<SlipLine> = self.slip_lines()?.filter(|line| line.is(wanted)).cloned().collect();
        found.sort_by_key(|line| (std::cmp::Reverse(line.at), line.id));
        let views = self.vault.read::<_, Error>(|tx| {
            let mut views = Vec::new();
            for line in found.iter().skip(from).take(most) {
                views.extend(tx.get::<SlipRecord>(line.id)?.and_then(|slip| view(&statements, line.id, slip)));
            }
            Ok(views)
        })?;
        Ok((views, found.len()))
    }

    /// The statements under which comments wait: how many, and when the newest of them came.
    ///
    /// # Errors
    /// The vault's.
    pub fn waiting_comments(&mut self) -> Result<Vec<WaitingComments>, Error> {
        let statements = self.all_statements()?;
        let mut waiting: Vec<WaitingComments> = Vec::new();
        for line in self.slip_lines()?.filter(|line| line.is(SlipsOf::Comments)) {
            match waiting.iter_mut().find(|one| one.statement == line.statement) {
                Some(one) => (one.count, one.until) = (one.count + 1, one.until.max(line.at)),
                None => {
                    let of = statements.iter().find(|written| written.id == line.statement);
                    let address = of.and_then(|of| of.record.address.clone()).unwrap_or_default();
                    waiting.push(WaitingComments { statement: line.statement, address, count: 1, until: line.at });
                }
            }
        }
        waiting.sort_by_key(|one| std::cmp::Reverse(one.count));
        Ok(waiting)
    }

    /// Refuses every comment that waits under a statement and came no later than `until`, seconds since 1970: what came after somebody
    /// looked is not refused unseen, nor any reply of those invited. Gives back how many.
    ///
    /// # Errors
    /// The vault's.
    pub fn refuse_comments(&mut self, statement: &[u8; 16], until: u64) -> Result<usize, Error> {
        let mut act = self.act("statement refuse", &hex(statement));
        let these = |line: &&SlipLine| line.is(SlipsOf::Comments) && line.statement == *statement && line.at <= until;
        let ids: Vec<[u8; 16]> = self.slip_lines()?.filter(these).map(|line| line.id).collect();
        act.reason = Some(format!("{} comments that waited", ids.len()));
        let now = self.now_ms();
        self.vault.write::<_, Error>(|tx| {
            for id in &ids {
                // None of them is on a page, so no page changes.
                if let Some(mut slip) = tx.get::<SlipRecord>(id)?.filter(|slip| slip.public.is_none()) {
                    (slip.public, slip.decided_ms) = (Some(false), Some(now));
                    tx.put(id, &slip)?;
                }
            }
            if !ids.is_empty() {
                tx.audit(&act)?;
            }
            Ok(ids.len())
        })
    }

    /// Deletes refused comments whose time is up; that one was refused stays in the trail. The replies of those invited are kept: that
    /// somebody was heard may have to be shown.
    fn forget_refused(&mut self) -> Result<(), Error> {
        let (now, act) = (self.now_ms(), self.act("statement forget", ""));
        let refused = self.slip_lines()?.filter(|line| line.public == Some(false) && !line.reply);
        // Of what was refused before times were kept the term begins now.
        let due = refused.filter(|line| line.decided_ms.is_none_or(|at| now.saturating_sub(at) >= REFUSED_MS));
        let due: Vec<[u8; 16]> = due.map(|line| line.id).collect();
        if due.is_empty() {
            return Ok(());
        }
        self.vault.write::<_, Error>(|tx| {
            let mut gone = 0;
            for id in due {
                match tx.get::<SlipRecord>(id)? {
                    Some(mut slip) if slip.decided_ms.is_none() => {
                        slip.decided_ms = Some(now);
                        tx.put(id, &slip)?;
                    }
                    _ => gone += usize::from(tx.remove::<SlipRecord>(id)?),
                }
            }
            if gone > 0 {
                tx.audit(&countermark_vault::Act { reason: Some(format!("{gone} refused comments")), ..act })?;
            }
            Ok(())
        })
    }

    /// What is known of each slip; only what is new or changed since it was last asked is opened.
    fn slip_lines(&mut self) -> Result<impl Iterator<Item = &SlipLine>, Error> {
        let Self { vault, lists, .. } = self;
        vault
            .read::<_, Error>(|tx| Ok(lists.slips.refresh::<SlipRecord>(tx, |id, slip| SlipLine::of(id, &slip))?))?;
        Ok(lists.slips.values())
    }

    /// Publishes a comment or a reply under its statement.
    ///
    /// # Errors
    /// [`Error::Statement`] where there is no such slip, or no room for one more; those of vault and directory.
    pub fn let_through(&mut self, slip: &[u8; 16]) -> Result<(), Error> {
        self.decide(slip, true)
    }

    /// Keeps a comment or a reply from the page, or takes it off again.
    ///
    /// # Errors
    /// As [`let_through`](Self::let_through).
    pub fn refuse_slip(&mut self, slip: &[u8; 16]) -> Result<(), Error> {
        self.decide(slip, false)
    }

    fn decide(&mut self, id: &[u8; 16], public: bool) -> Result<(), Error> {
        let act = self.act(if public { "statement let through" } else { "statement refuse" }, &hex(id));
        let now = self.now_ms();
        let statement = self.vault.write::<_, Error>(|tx| {
            let unknown = Error::Statement { what: "nobody sent that" };
            let mut slip = tx.get::<SlipRecord>(id)?.ok_or(unknown)?;
            if slip.public == Some(public) {
                return Ok(slip.statement);
            }
            if public {
                let all = tx.reading().list::<SlipRecord>()?;
                let same = |other: &SlipRecord| other.statement == slip.statement && other.reply == slip.reply;
                let there = all.iter().filter(|(_, other)| same(other) && other.public == Some(true)).count();
                if there >= if slip.reply { REPLIES } else { COMMENTS } {
                    return Err(Error::Statement { what: "its page has as many as it can hold" });
                }
            }
            (slip.public, slip.decided_ms) = (Some(public), Some(now));
            tx.put(id, &slip)?;
            tx.audit(&act)?;
            Ok(slip.statement)
        })?;
        self.place(&statement).map(drop)
    }

    pub(super) fn slips_of(&self, statement: &[u8; 16]) -> Result<Vec<([u8; 16], SlipRecord)>, Error> {
        let mut slips = Vec::new();
        self.vault.read::<_, Error>(|tx| {
            Ok(tx.visit::<SlipRecord>(|id, slip| {
                if slip.statement == *statement
                    && let Ok(id) = id[..].try_into()
                {
                    slips.push((id, slip));
                }
                Ok(())
            })?)
        })?;
        Ok(slips)
    }

    fn known_slips(&mut self) -> Result<Known, Error> {
        let named = self.all_statements()?.into_iter().filter_map(|of| Some((of.record.address?, of.id)));
        let mut known = Known { addresses: named.collect(), said: HashSet::new(), waiting: 0 };
        for line in self.slip_lines()? {
            // Replies are few, and in nobody's way.
            known.waiting += usize::from(line.is(SlipsOf::Comments));
            known.said.extend(line.said);
        }
        Ok(known)
    }

    /// Keeps a slip, in one transaction with what it changes.
    fn keep_slip(&mut self, taken: &Taken, comments: bool, known: &mut Known) -> Result<Fate, Error> {
        let id: [u8; 16] = *taken.sha256.first_chunk().unwrap_or(&[0; 16]);
        let Some(slip) = &taken.slip else { return Ok(Fate::Skipped) };
        let now = self.now_ms();
        let mut act = self.act("statement reply", "");
        self.vault.write::<_, Error>(|tx| {
            if tx.get::<SlipRecord>(id)?.is_some() {
                return Ok(Fate::Already);
            }
            let address = match slip {
                Slip::Comment { statement, .. } | Slip::Reply { statement, .. } => statement,
                _ => return Ok(Fate::Skipped),
            };
            let Some(&statement) = known.addresses.get(address) else { return Ok(Fate::Skipped) };
            let Some(mut record) = tx.get::<StatementRecord>(statement)? else { return Ok(Fate::Skipped) };
            match slip {
                Slip::Comment { name, text, at, .. } if comments => {
                    let kept = SlipRecord {
                        statement,
                        reply: false,
                        name: name.trim().to_owned(),
                        text: text.clone(),
                        at: *at,
                        late: false,
                        public: None,
                        decided_ms: None,
                    };
                    keep_comment(tx, id, &kept, &mut known.said)
                }
                // Whoever was invited is heard, whatever is switched off since.
                Slip::Reply { token, text, at, .. } => {
                    let waits = |invitation: &&mut crate::record::InvitationRecord| {
                        invitation.token == *token && !invitation.replied && !invitation.ended
                    };
                    let Some(invitation) = record.invitations.iter_mut().find(waits) else { return Ok(Fate::Skipped) };
                    invitation.replied = true;
                    let kept = SlipRecord {
                        statement,
                        reply: true,
                        name: invitation.name.clone(),
                        text: text.clone(),
                        at: *at,
                        late: at.saturating_mul(1000) > invitation.until_ms,
                        public: None,
                        decided_ms: None,
                    };
                    let concerned = invitation.concerned;
                    tx.insert(id, &kept)?;
                    tx.put(statement, &record)?;
                    if concerned && let Some(case) = record.case {
                        keep_hearing(tx, &case, text, now)?;
                    }
                    act.subject = hex(&statement);
                    tx.audit(&act)?;
                    Ok(Fate::Reply(statement))
                }
                _ => Ok(Fate::Skipped),
            }
        })
    }
}

/// A slip as the desk sees it; nothing of one whose statement is gone.
fn view(statements: &[Written], id: [u8; 16], slip: SlipRecord) -> Option<SlipView> {
    let of = statements.iter().find(|written| written.id == slip.statement)?;
    Some(SlipView {
        id,
        statement: slip.statement,
        address: of.record.address.clone().unwrap_or_default(),
        reply: slip.reply,
        name: slip.name,
        text: slip.text,
        at: slip.at,
        late: slip.late,
        state: match slip.public {
            Some(true) => SlipState::Public,
            Some(false) => SlipState::Refused,
            None => SlipState::Waiting,
        },
    })
}

/// Keeps a comment; the same words by the same name are the same comment, sent twice.
fn keep_comment(
    tx: &mut WriteTx<'_>,
    id: [u8; 16],
    comment: &SlipRecord,
    said: &mut HashSet<[u8; 32]>,
) -> Result<Fate, Error> {
    if !said.insert(said_by(comment)) {
        return Ok(Fate::Already);
    }
    tx.insert(id, comment)?;
    Ok(Fate::Comment)
}

/// What two comments that say the same under one name have in common.
fn said_by(comment: &SlipRecord) -> [u8; 32] {
    let hash = Sha256::new().chain_update(comment.statement).chain_update((comment.name.len() as u64).to_be_bytes());
    hash.chain_update(&comment.name).chain_update(&comment.text).finalize().into()
}

/// The reply of the person concerned stands in his case as well: he has been heard.
fn keep_hearing(tx: &mut WriteTx<'_>, case: &[u8; 16], text: &str, now: u64) -> Result<(), Error> {
    let Some(mut record) = tx.get::<CaseRecord>(case)? else { return Ok(()) };
    if let Some(hearing) = record.hearing.as_mut().filter(|hearing| hearing.reply.is_none()) {
        // The link was given to him alone, as the slot is.
        hearing.reply = Some(ReplyRecord { at_ms: now, text: text.to_owned(), slot: true });
        tx.put(case, &record)?;
    }
    Ok(())
}
