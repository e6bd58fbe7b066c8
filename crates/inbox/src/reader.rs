//! The desk's side: items in the order in which they were left, and what was taken removed.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use age::x25519::Identity;
use serde::{Deserialize, Serialize};

use crate::frame::{self, HEAD, Head, TAIL};
use crate::lane::Lane;
use crate::spool::{Dropped, SPOOL, spool_name};
use crate::{Damage, Error, Harm, Item, disk};

/// How far the desk has taken items. To be kept in the same transaction as what was made of them. The default is before the first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Position {
    /// Which spool; a new one is read from its beginning.
    pub spool: String,
    /// The number of the last item taken; 0 for none.
    pub number: u64,
}

/// A spool, to take from. It may be read while a watcher appends.
pub struct Reader {
    dir: PathBuf,
    identity: Identity,
    recipient: String,
    spool: String,
    lanes: [Option<Cursor>; 2],
    after: u64,
    damage: Vec<Damage>,
}

/// A place in a lane: an open segment, and how far it has been read.
struct Cursor {
    first: u64,
    name: String,
    file: File,
    /// Whether the segment is one of ours, once its head has been read.
    state: Segment,
    offset: u64,
    /// How much of the file this reader has made durable.
    synced: u64,
    /// The frame at `offset`, when it has been read and is still to be taken.
    held: Option<(Head, Vec<u8>)>,
    /// The number of the last frame that was passed.
    passed: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Segment {
    Unread,
    Ours,
    Foreign,
}

/// What stands at a cursor.
enum Step {
    Frame,
    /// Something was passed, or skipped as damaged.
    Moved,
    /// The bytes end here; in the newest segment more may come.
    End,
}

impl Reader {
    /// Opens the spool in a folder.
    ///
    /// # Errors
    /// [`Error::Missing`] when there is none; [`Error::Spool`], [`Error::Disk`].
    pub fn open(dir: &Path, identity: &Identity) -> Result<Self, Error> {
        let name = match std::fs::read(dir.join(SPOOL)) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(Error::Missing),
            read => read.map_err(Error::disk(SPOOL))?,
        };
        Ok(Self {
            dir: dir.to_owned(),
            identity: identity.clone(),
            recipient: identity.to_public().to_string(),
            spool: spool_name(&name)?,
            lanes: [None, None],
            after: 0,
            damage: Vec::new(),
        })
    }

    /// The first item behind a position, and its own position. `None` when there is none yet. What is given is durable: the desk may
    /// keep the position, and the item stays what it was.
    ///
    /// # Errors
    /// [`Error::Disk`]. What is damaged is no error: it is skipped, and told by [`damage`](Self::damage).
    pub fn next(&mut self, after: &Position) -> Result<Option<(Position, Item)>, Error> {
        let mut after = if after.spool == self.spool { after.number } else { 0 };
        if after < self.after {
            self.lanes = [None, None];
        }
        loop {
            self.after = after;
            let Some(lane) = self.nearest(after)? else { return Ok(None) };
            let cursor = self.lanes[lane as usize].as_mut().expect("the nearest was found there");
            let (head, payload) = cursor.held.take().expect("the nearest was found held");
            let place = cursor.offset;
            cursor.pass(head);
            match self.unseal(&payload) {
                Ok(item) => {
                    self.after = head.number;
                    return Ok(Some((Position { spool: self.spool.clone(), number: head.number }, item)));
                }
                Err(harm) => {
                    let segment = self.lanes[lane as usize].as_ref().map(|c| c.name.clone()).unwrap_or_default();
                    self.damage.push(Damage { segment, offset: place, bytes: head.whole() as u64, harm });
                    after = head.number;
                }
            }
        }
    }

    /// What was skipped as damaged since the last call, each place once.
    pub fn damage(&mut self) -> Vec<Damage> {
        std::mem::take(&mut self.damage)
    }

    /// What the watcher dropped since the spool was made, because it was full.
    #[must_use]
    pub fn dropped(&self) -> Dropped {
        let bytes = std::fs::read(self.dir.join("dropped")).unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    /// Removes the segments of which everything has been taken; the newest of each lane stays. To be called when the position is
    /// durable, and not before.
    ///
    /// # Errors
    /// [`Error::Disk`].
    pub fn forget(&mut self, upto: &Position) -> Result<(), Error> {
        if upto.spool != self.spool {
            return Ok(());
        }
        let files = disk::list(&self.dir).map_err(Error::disk("folder"))?;
        let mut removed = false;
        for lane in Lane::ALL {
            for pair in lane.segments(&files).windows(2) {
                let (name, end) = (lane.segment(pair[0].0), pair[1].0);
                // Numbers of a segment are below the first of the next one.
                if end <= upto.number + 1 && self.is_ours(&name)? {
                    remove(&self.dir.join(&name)).map_err(Error::disk(&name))?;
                    removed = true;
                }
            }
        }
        if removed {
            File::open(&self.dir).and_then(|dir| dir.sync_all()).map_err(Error::disk("folder"))?;
        }
        Ok(())
    }

    /// The lane whose next frame has the smaller number. The writer writes in order: who sees a gap looks once more, for what stood in
    /// the other lane before it.
    fn nearest(&mut self, after: u64) -> Result<Option<Lane>, Error> {
        let mut best = None;
        for _ in 0..2 {
            best = None;
            for lane in Lane::ALL {
                if let Some(number) = self.peek(lane, after)?
                    && best.is_none_or(|(_, least)| number < least)
                {
                    best = Some((lane, number));
                }
            }
            if best.is_none_or(|(_, number)| number == after + 1) {
                break;
            }
        }
        Ok(best.map(|(lane, _)| lane))
    }

    /// The number of a lane's first intact frame behind `after`, held at its cursor.
    fn peek(&mut self, lane: Lane, after: u64) -> Result<Option<u64>, Error> {
        loop {
            let Some(mut cursor) = self.lanes[lane as usize].take() else {
                match self
                    .enter(lane, |segments| segments.iter().rev().find(|s| s.0 <= after + 1).or(segments.first()))?
                {
                    true => continue,
                    false => return Ok(None),
                }
            };
            let newest = !self.has_later(lane, cursor.first)?;
            let step = cursor.step(after, newest, &self.recipient, &mut self.damage);
            let step = match step {
                // The writer dropped the segment, or cut off what it could not finish.
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => continue,
                step => step.map_err(Error::disk(&cursor.name))?,
            };
            let (first, held) = (cursor.first, cursor.held.as_ref().map(|(head, _)| head.number));
            self.lanes[lane as usize] = Some(cursor);
            match step {
                Step::Frame => return Ok(held),
                Step::Moved => {}
                Step::End if newest => return Ok(None),
                Step::End => {
                    self.lanes[lane as usize] = None;
                    if !self.enter(lane, |segments| segments.iter().find(|s| s.0 > first))? {
                        return Ok(None);
                    }
                }
            }
        }
    }

    fn has_later(&self, lane: Lane, first: u64) -> Result<bool, Error> {
        let files = disk::list(&self.dir).map_err(Error::disk("folder"))?;
        Ok(lane.segments(&files).last().is_some_and(|last| last.0 > first))
    }

    /// Opens the segment that `choose` takes; whether there is one.
    fn enter(&mut self, lane: Lane, choose: impl Fn(&[(u64, u64)]) -> Option<&(u64, u64)>) -> Result<bool, Error> {
        loop {
            let files = disk::list(&self.dir).map_err(Error::disk("folder"))?;
            let segments = lane.segments(&files);
            let Some(&(first, _)) = choose(&segments) else { return Ok(false) };
            let name = lane.segment(first);
            match File::open(self.dir.join(&name)) {
                // It went between the two; the list is read again.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                file => {
                    let file = file.map_err(Error::disk(&name))?;
                    File::open(&self.dir).and_then(|dir| dir.sync_all()).map_err(Error::disk("folder"))?;
                    let (state, held) = (Segment::Unread, None);
                    let passed = first.saturating_sub(1);
                    let cursor = Cursor { first, name, file, state, offset: 0, synced: 0, held, passed };
                    self.lanes[lane as usize] = Some(cursor);
                    return Ok(true);
                }
            }
        }
    }

    fn is_ours(&self, name: &str) -> Result<bool, Error> {
        let mut bytes = vec![0; 256];
        let file = match File::open(self.dir.join(name)) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
            file => file.map_err(Error::disk(name))?,
        };
        let read = file.read_at(&mut bytes, 0).map_err(Error::disk(name))?;
        // A segment whose head is damaged is ours as far as anybody knows.
        Ok(frame::read_segment_head(&bytes[..read]).is_none_or(|(recipient, _)| recipient == self.recipient))
    }

    fn unseal(&self, payload: &[u8]) -> Result<Item, Harm> {
        let plain = age::decrypt(&self.identity, payload).map_err(|error| match error {
            age::DecryptError::NoMatchingKeys => Harm::OtherKey,
            _ => Harm::Changed,
        })?;
        let (length, rest) = plain.split_first_chunk().ok_or(Harm::Content)?;
        let (json, capture) = rest.split_at_checked(u32::from_be_bytes(*length) as usize).ok_or(Harm::Content)?;
        let mut item: Item = serde_json::from_slice(json).map_err(|_| Harm::Content)?;
        item.capture = capture.to_vec();
        Ok(item)
    }
}

impl Cursor {
    fn pass(&mut self, head: Head) {
        self.offset += head.whole() as u64;
        self.passed = head.number;
    }

    /// Reads on, by one frame at most.
    fn step(&mut self, after: u64, newest: bool, recipient: &str, damage: &mut Vec<Damage>) -> io::Result<Step> {
        if self.held.as_ref().is_some_and(|(head, _)| head.number > after) {
            return Ok(Step::Frame);
        }
        if let Some((head, _)) = self.held.take() {
            self.pass(head);
        }
        let length = self.file.metadata()?.len();
        if length < self.offset {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        if self.state == Segment::Unread && !self.head(length, newest, recipient, damage)? {
            return Ok(Step::End);
        }
        if self.state == Segment::Foreign || length == self.offset {
            return Ok(Step::End);
        }
        let front = self.read(self.offset, HEAD.min(usize::try_from(length - self.offset).unwrap_or(HEAD)))?;
        match Head::read(&front) {
            Some(head) if head.whole() as u64 <= length - self.offset => self.frame(head, after, length, damage),
            _ => self.resync(after, newest, length, damage),
        }
    }

    /// Reads the segment's head; `false` when it is not whole yet.
    fn head(&mut self, length: u64, newest: bool, recipient: &str, damage: &mut Vec<Damage>) -> io::Result<bool> {
        let bytes = self.read(0, usize::try_from(length.min(256)).unwrap_or(256))?;
        match frame::read_segment_head(&bytes) {
            Some((found, start)) => {
                self.offset = start as u64;
                self.state = if found == recipient { Segment::Ours } else { Segment::Foreign };
                if self.state == Segment::Foreign {
                    let (segment, harm) = (self.name.clone(), Harm::OtherKey);
                    damage.push(Damage { segment, offset: 0, bytes: length, harm });
                }
                Ok(true)
            }
            // The writer's first write may be under way.
            None if newest && bytes.len() < 256 => Ok(false),
            None => {
                self.state = Segment::Ours;
                Ok(true)
            }
        }
    }

    fn frame(&mut self, head: Head, after: u64, length: u64, damage: &mut Vec<Damage>) -> io::Result<Step> {
        if head.number <= after {
            self.pass(head);
            return Ok(Step::Moved);
        }
        let mut payload = self.read(self.offset + HEAD as u64, head.length + TAIL)?;
        if !frame::intact(head, &payload) {
            let (segment, bytes, harm) = (self.name.clone(), head.whole() as u64, Harm::Changed);
            damage.push(Damage { segment, offset: self.offset, bytes, harm });
            self.pass(head);
            return Ok(Step::Moved);
        }
        payload.truncate(head.length);
        // What was written and is not durable yet could be gone after a power cut, and its number given to something else.
        if self.synced < self.offset + head.whole() as u64 {
            self.file.sync_data()?;
            self.synced = length;
        }
        self.held = Some((head, payload));
        Ok(Step::Frame)
    }

    /// Here begins no frame: goes to the next one, and reports what lies between unless it was passed earlier.
    fn resync(&mut self, after: u64, newest: bool, length: u64, damage: &mut Vec<Damage>) -> io::Result<Step> {
        let rest = self.read(self.offset, usize::try_from(length - self.offset).unwrap_or(usize::MAX))?;
        let next = frame::find(&rest, 1);
        let Some(next) = next else {
            if newest {
                // A write under way, or what a crash left and the writer cuts off.
                return Ok(Step::End);
            }
            let (segment, offset) = (self.name.clone(), self.offset);
            damage.push(Damage { segment, offset, bytes: length - offset, harm: Harm::Cut });
            self.offset = length;
            return Ok(Step::End);
        };
        let number = Head::read(&rest[next..]).map_or(0, |head| head.number);
        if number > after + 1 {
            let (segment, offset) = (self.name.clone(), self.offset);
            damage.push(Damage { segment, offset, bytes: next as u64, harm: Harm::Changed });
        }
        self.offset += next as u64;
        Ok(Step::Moved)
    }

    fn read(&self, at: u64, length: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        self.file.read_exact_at(&mut bytes, at)?;
        Ok(bytes)
    }
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("spool", &self.spool).field("after", &self.after).finish_non_exhaustive()
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        done => done,
    }
}
