//! What readers send back waits here, sealed to the desk's key, until the desk reads it.
//!
//! The pressroom appends and can't read back. The queue has room for so much and no more: a flood of comments fills three quarters of it
//! and leaves the rest to those who answer by a personal link.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use age::x25519::Recipient;
use sha2::{Digest, Sha256};

use crate::root::Root;
use crate::{Error, Slip};

/// Bytes that a slip is padded to: the next of these.
pub(crate) const SIZES: [usize; 4] = [2 << 10, 8 << 10, 32 << 10, 192 << 10];

/// Names in the folder that are looked at, at most.
pub(crate) const NAMES: usize = 50_000;

/// How much a queue holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Slips, at most.
    pub slips: usize,
    /// Their bytes, at most.
    pub bytes: u64,
}

impl Default for Room {
    fn default() -> Self {
        Self { slips: 4_000, bytes: 64 << 20 }
    }
}

/// The queue, to append to.
#[derive(Debug)]
pub struct Queue {
    dir: PathBuf,
    room: Room,
    mode: u32,
    held: Mutex<Count>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Count {
    slips: usize,
    bytes: u64,
}

impl Queue {
    /// The queue in a folder, made (mode 0700) where it does not exist; its parent does. Where the folder may be read by its group, so may
    /// the slips: then the desk can be another user.
    ///
    /// # Errors
    /// [`Error::Disk`].
    pub fn open(dir: &Path, room: Room) -> Result<Self, Error> {
        match DirBuilder::new().mode(0o700).create(dir) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            made => made.map_err(Error::disk("queue"))?,
        }
        let mode = fs::metadata(dir).map_err(Error::disk("queue"))?.mode();
        let mode = if mode & 0o040 == 0 { 0o600 } else { 0o640 };
        let queue = Self { dir: dir.to_owned(), room, mode, held: Mutex::default() };
        let held = queue.count()?;
        *queue.held.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = held;
        Ok(queue)
    }

    /// Takes a slip, sealed to `desk`, an age recipient. When it returns without error the slip is durable.
    ///
    /// # Errors
    /// [`Error::Slip`], [`Error::Recipient`]; [`Error::Full`] until the desk has read; [`Error::Disk`].
    pub fn put(&self, slip: &Slip, desk: &str) -> Result<(), Error> {
        slip.check().map_err(Error::Slip)?;
        let recipient: Recipient = desk.parse().map_err(|_| Error::Recipient)?;
        let sealed = seal(slip, &recipient)?;
        // One at a time: whoever waits here finds the count as the one before left it.
        let mut held = self.held.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if !self.has_room(*held, slip, sealed.len()) {
            *held = self.count()?;
            if !self.has_room(*held, slip, sealed.len()) {
                return Err(Error::Full);
            }
        }
        self.write(slip, &sealed)?;
        held.slips += 1;
        held.bytes += sealed.len() as u64;
        Ok(())
    }

    fn has_room(&self, held: Count, slip: &Slip, bytes: usize) -> bool {
        let (of, share) = match slip {
            Slip::Comment { .. } => (4, 3),
            Slip::Reply { .. } => (1, 1),
        };
        let (slips, total) = (held.slips + 1, held.bytes + bytes as u64);
        slips <= self.room.slips / of * share && total <= self.room.bytes / of as u64 * share as u64
    }

    /// What lies there now, whatever it is: foreign files take up room as well.
    fn count(&self) -> Result<Count, Error> {
        let root = Root::open(&self.dir)?;
        let names = root.names(NAMES)?;
        let bytes = names.iter().filter_map(|name| root.length(name)).sum();
        Ok(Count { slips: names.len(), bytes })
    }

    fn write(&self, slip: &Slip, sealed: &[u8]) -> Result<(), Error> {
        // What was sealed is as good as random, so its hash is a name of its own.
        let name = name(slip, sealed);
        let new = self.dir.join(format!(".{name}.new"));
        let placed = || -> std::io::Result<()> {
            let mut file = OpenOptions::new().write(true).create_new(true).mode(self.mode).open(&new)?;
            file.write_all(sealed)?;
            file.sync_all()?;
            fs::rename(&new, self.dir.join(&name))?;
            File::open(&self.dir)?.sync_all()
        };
        placed().map_err(|error| {
            // A full disk is not made fuller by what did not fit.
            let _ = fs::remove_file(&new);
            Error::disk("queue")(error)
        })
    }
}

fn seal(slip: &Slip, recipient: &Recipient) -> Result<Vec<u8>, Error> {
    let mut plain = serde_json::to_vec(slip).map_err(|_| Error::Recipient)?;
    let size = SIZES.into_iter().find(|size| plain.len() <= *size).ok_or(Error::Slip(crate::Fault::Long("text")))?;
    plain.resize(size, b' ');
    age::encrypt(recipient, &plain).map_err(|_| Error::Recipient)
}

/// What a slip's file is called: `c-` or `r-`, and 32 hexadecimal digits.
fn name(slip: &Slip, sealed: &[u8]) -> String {
    let kind = match slip {
        Slip::Comment { .. } => 'c',
        Slip::Reply { .. } => 'r',
    };
    let hash: String = Sha256::digest(sealed).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("{kind}-{hash}.slip")
}
