//! The writer's side: records go behind the last, durably, and nothing is read back.

use std::io::ErrorKind;
use std::path::Path;

use age::x25519::Recipient;
use serde::{Deserialize, Serialize};

use crate::frame;
use crate::lane::Lane;
use crate::limits::MAX_RECORD;
use crate::{Disk, Error, Folder, Item, Limits};

/// The file that says which spool this is: 32 hexadecimal digits and a line feed.
pub(crate) const SPOOL: &str = "spool";

/// The file that counts what had to go.
const DROPPED: &str = "dropped";

/// A spool, to append to. One process at a time holds it.
pub struct Inbox<D: Disk = Folder> {
    disk: D,
    _lock: D::Lock,
    recipient: Recipient,
    recipient_text: String,
    limits: Limits,
    next: u64,
    /// Of each lane, the segment that is written to, and its length.
    open: [Option<(u64, u64)>; 2],
    held: u64,
    dropped: Dropped,
    cut: u64,
}

/// What became of a batch besides being there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Appended {
    /// Segments of older matches that had to go for it.
    pub segments: u64,
    /// Matches of the batch itself for which there was no room.
    pub matches: u64,
}

/// What had to go since the spool was made, so that alarms find room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Dropped {
    /// Segments of matches, with what the desk had not taken and what it had.
    pub segments: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Matches that came while there was no room at all.
    pub matches: u64,
}

impl Inbox {
    /// Opens the spool in a folder, and makes it when there is none: `fresh`, 16 random bytes, is then its name. `recipient` is the desk's
    /// key, an age X25519 public key. What a crash left behind the last whole record is cut off.
    ///
    /// # Errors
    /// [`Error::Locked`] when another process appends, [`Error::Recipient`], [`Error::Spool`], [`Error::Disk`].
    pub fn open(dir: &Path, recipient: &str, limits: Limits, fresh: [u8; 16]) -> Result<Self, Error> {
        let disk = Folder::create(dir).map_err(Error::disk("folder"))?;
        Self::on(disk, recipient, limits, fresh)
    }
}

impl<D: Disk> Inbox<D> {
    /// As [`Inbox::open`], on any disk.
    ///
    /// # Errors
    /// The same.
    pub fn on(disk: D, recipient: &str, limits: Limits, fresh: [u8; 16]) -> Result<Self, Error> {
        let recipient_text = recipient.trim().to_owned();
        let recipient: Recipient = recipient_text.parse().map_err(|_| Error::Recipient)?;
        let lock = disk.lock().map_err(Error::disk("lock"))?.ok_or(Error::Locked)?;
        name_spool(&disk, fresh)?;
        let dropped = match disk.read(DROPPED) {
            Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_default(),
            Err(error) if error.kind() == ErrorKind::NotFound => Dropped::default(),
            Err(error) => return Err(Error::disk(DROPPED)(error)),
        };
        let mut inbox = Self {
            disk,
            _lock: lock,
            recipient,
            recipient_text,
            limits,
            next: 1,
            open: [None; 2],
            held: 0,
            dropped,
            cut: 0,
        };
        for lane in Lane::ALL {
            inbox.recover(lane)?;
        }
        inbox.measure()?;
        Ok(inbox)
    }

    /// Seals the items and puts them behind what is there. When it returns without error they are durable. Matches may be dropped when the
    /// spool is full: the oldest first, at last those of the batch. After an error of the disk some items of the batch may be there all
    /// the same; appended again, they are there twice, with one [`Item::key`].
    ///
    /// # Errors
    /// [`Error::TooLarge`] and [`Error::Full`], with nothing appended; [`Error::Disk`].
    pub fn append(&mut self, items: &[Item]) -> Result<Appended, Error> {
        let mut sealed = [Vec::new(), Vec::new()];
        for (index, item) in items.iter().enumerate() {
            sealed[Lane::of(item.level) as usize].push(self.seal(index, item)?);
        }
        let mut appended = Appended::default();
        // One lane is durable before the next is begun, so that numbers become visible in their order.
        for (lane, sealed) in Lane::ALL.into_iter().zip(sealed).filter(|(_, sealed)| !sealed.is_empty()) {
            let count = sealed.len() as u64;
            let mut bytes = Vec::new();
            for (number, payload) in (self.next..).zip(sealed) {
                frame::write(number, &payload, &mut bytes);
            }
            // A segment that is begun for it has a head besides.
            let head = frame::segment_head(&self.recipient_text).len();
            match self.room((bytes.len() + head) as u64, &mut appended) {
                Err(Error::Full { .. }) if lane == Lane::Match => {
                    appended.matches += count;
                    self.dropped.matches += count;
                    self.note_dropped()?;
                }
                room => {
                    room?;
                    self.write(lane, &bytes, count, &mut appended)?;
                }
            }
        }
        Ok(appended)
    }

    /// The spool's bytes, as far as this writer knows: what the desk has taken may be gone already.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.held
    }

    /// What had to go since the spool was made.
    #[must_use]
    pub fn dropped(&self) -> Dropped {
        self.dropped
    }

    /// Bytes behind the last whole record that were cut off at opening: a crash left them.
    #[must_use]
    pub fn cut(&self) -> u64 {
        self.cut
    }

    fn seal(&self, index: usize, item: &Item) -> Result<Vec<u8>, Error> {
        let json = serde_json::to_vec(item).map_err(|_| Error::Seal)?;
        let (bytes, limit) = (4 + json.len() + item.capture.len(), self.limits.record.min(MAX_RECORD - (1 << 20)));
        if bytes > limit {
            return Err(Error::TooLarge { index, bytes, limit });
        }
        let mut plain = Vec::with_capacity(bytes);
        plain.extend_from_slice(&u32::try_from(json.len()).expect("below the limit").to_be_bytes());
        plain.extend_from_slice(&json);
        plain.extend_from_slice(&item.capture);
        age::encrypt(&self.recipient, &plain).map_err(|_| Error::Seal)
    }

    /// Finds out where a lane goes on, and cuts off what a crash left there.
    fn recover(&mut self, lane: Lane) -> Result<(), Error> {
        let files = self.disk.list().map_err(Error::disk("folder"))?;
        let Some(&(first, length)) = lane.segments(&files).last() else { return Ok(()) };
        let name = lane.segment(first);
        self.next = self.next.max(first);
        let bytes = self.disk.read(&name).map_err(Error::disk(&name))?;
        let (recipient, start) = frame::read_segment_head(&bytes).unwrap_or_default();
        let same = recipient == self.recipient_text;
        let (end, number) = frame::last(&bytes, start);
        if (end as u64) < length {
            self.disk.truncate(&name, end as u64).map_err(Error::disk(&name))?;
            self.cut += length - end as u64;
        }
        // A cut record's number is not used again.
        self.next = self.next.max(number.map_or(first, |number| number + 1) + u64::from((end as u64) < length));
        // A segment without a head is begun anew; one that is sealed to another key gets no more records.
        if same || start == 0 {
            self.open[lane as usize] = Some((first, end as u64));
        }
        Ok(())
    }

    fn measure(&mut self) -> Result<(), Error> {
        let files = self.disk.list().map_err(Error::disk("folder"))?;
        self.held = Lane::ALL.iter().flat_map(|lane| lane.segments(&files)).map(|(_, len)| len).sum();
        Ok(())
    }

    /// Makes room for so many bytes, by dropping the oldest matches where it must.
    fn room(&mut self, bytes: u64, appended: &mut Appended) -> Result<(), Error> {
        let limit = self.limits.spool;
        if self.held + bytes <= limit {
            return Ok(());
        }
        // The desk may have taken some of it.
        self.measure()?;
        while self.held + bytes > limit {
            if !self.drop_oldest(appended)? {
                return Err(Error::Full { held: self.held, limit });
            }
        }
        Ok(())
    }

    /// Drops the oldest segment of matches. The one that is written to goes when it is the only one; a new one takes its place first, so that
    /// the numbers go on.
    fn drop_oldest(&mut self, appended: &mut Appended) -> Result<bool, Error> {
        let files = self.disk.list().map_err(Error::disk("folder"))?;
        let segments = Lane::Match.segments(&files);
        let Some(&(first, length)) = segments.first() else { return Ok(false) };
        if segments.len() == 1 {
            if length == 0 {
                return Ok(false);
            }
            self.next = self.next.max(first + 1);
            self.begin(Lane::Match)?;
        }
        let name = Lane::Match.segment(first);
        self.disk.remove(&name).map_err(Error::disk(&name))?;
        self.held = self.held.saturating_sub(length);
        appended.segments += 1;
        self.dropped.segments += 1;
        self.dropped.bytes += length;
        self.note_dropped()?;
        Ok(true)
    }

    /// The note is worth less than what it counts: a disk that is full must not keep an alarm out for its sake.
    fn note_dropped(&mut self) -> Result<(), Error> {
        let bytes = serde_json::to_vec(&self.dropped).map_err(|_| Error::Seal)?;
        match self.disk.replace(DROPPED, &bytes) {
            Err(error) if error.kind() == ErrorKind::StorageFull => Ok(()),
            done => done.map_err(Error::disk(DROPPED)),
        }
    }

    fn begin(&mut self, lane: Lane) -> Result<u64, Error> {
        let name = lane.segment(self.next);
        match self.disk.create(&name) {
            // One that could not be written to a moment ago, or was made by an operation that was reported as failed.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                self.disk.truncate(&name, 0).map_err(Error::disk(&name))?;
            }
            made => made.map_err(Error::disk(&name))?,
        }
        self.open[lane as usize] = Some((self.next, 0));
        Ok(self.next)
    }

    fn write(&mut self, lane: Lane, bytes: &[u8], count: u64, appended: &mut Appended) -> Result<(), Error> {
        let (first, length) = match self.open[lane as usize] {
            Some((first, length)) if length < self.limits.segment => (first, length),
            _ => (self.begin(lane)?, 0),
        };
        let name = lane.segment(first);
        let mut out = if length == 0 { frame::segment_head(&self.recipient_text) } else { Vec::new() };
        out.extend_from_slice(bytes);
        while let Err(error) = self.disk.append(&name, &out) {
            // A reader may have seen what was written, so that the same bytes may come again under these numbers, and others never.
            let cut = self.disk.truncate(&name, length);
            self.open[lane as usize] = cut.is_ok().then_some((first, length));
            let again = cut.is_ok() && error.kind() == ErrorKind::StorageFull && lane == Lane::Kept;
            if !(again && self.drop_oldest(appended).unwrap_or(false)) {
                self.next += count;
                return Err(Error::disk(&name)(error));
            }
        }
        let length = length + out.len() as u64;
        self.open[lane as usize] = Some((first, length));
        self.held += out.len() as u64;
        self.next += count;
        Ok(())
    }
}

impl<D: Disk> std::fmt::Debug for Inbox<D> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inbox").field("next", &self.next).field("held", &self.held).finish_non_exhaustive()
    }
}

fn name_spool<D: Disk>(disk: &D, fresh: [u8; 16]) -> Result<(), Error> {
    match disk.read(SPOOL) {
        Ok(bytes) => spool_name(&bytes).map(|_| ()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            disk.replace(SPOOL, format!("{}\n", frame::hex(&fresh)).as_bytes()).map_err(Error::disk(SPOOL))
        }
        Err(error) => Err(Error::disk(SPOOL)(error)),
    }
}

/// Reads the file [`SPOOL`].
pub(crate) fn spool_name(bytes: &[u8]) -> Result<String, Error> {
    let text = std::str::from_utf8(bytes).ok().and_then(|text| text.strip_suffix('\n')).ok_or(Error::Spool)?;
    let good = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    if good { Ok(text.to_owned()) } else { Err(Error::Spool) }
}
