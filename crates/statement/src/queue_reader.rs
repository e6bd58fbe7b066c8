//! The desk's side of the queue: slips are opened with the desk's key, and let go of once they are in the vault.

use std::path::{Path, PathBuf};

use age::x25519::Identity;
use sha2::{Digest, Sha256};

use crate::queue::{NAMES, SIZES};
use crate::root::{Root, missing};
use crate::{Error, Slip};

/// Bytes of a slip's file, at most: the largest size, and what the age format adds (its header, a tag of 16 bytes for each 64 KiB).
const SLIP_BYTES: usize = SIZES[SIZES.len() - 1] + (4 << 10);

/// The queue, to read from.
pub struct QueueReader {
    dir: PathBuf,
    identity: Identity,
}

/// A file of the queue.
pub struct Taken {
    /// Its name in the queue.
    pub name: String,
    /// SHA-256 of its bytes: what a slip that was taken already is known by.
    pub sha256: [u8; 32],
    /// What was sent; `None` of what no pressroom wrote: it does not open under the desk's key, or breaks a limit.
    pub slip: Option<Slip>,
}

impl QueueReader {
    /// The queue in a folder, which need not be there yet; `identity` is the desk's, as age writes it.
    ///
    /// # Errors
    /// [`Error::Recipient`] where it is none.
    pub fn open(dir: &Path, identity: &str) -> Result<Self, Error> {
        let identity = identity.parse().map_err(|_| Error::Recipient)?;
        Ok(Self { dir: dir.to_owned(), identity })
    }

    /// Up to `most` slips that lie there, in the order of their names, from the first after `after` on: replies behind comments, and within
    /// each kind no order that says anything. Files of other names, unfinished ones among them, are nobody's.
    ///
    /// # Errors
    /// [`Error::Disk`].
    pub fn next(&self, after: Option<&str>, most: usize) -> Result<Vec<Taken>, Error> {
        let root = match Root::open(&self.dir) {
            Err(error) if missing(&error) => return Ok(Vec::new()),
            root => root?,
        };
        let names = root.names(NAMES)?;
        let names = names.into_iter().filter(|name| is_slip(name) && after.is_none_or(|after| name.as_str() > after));
        let mut taken = Vec::new();
        for name in names.take(most) {
            match root.read(&name, SLIP_BYTES) {
                Ok(Some(bytes)) => {
                    let slip = self.unseal(&bytes);
                    taken.push(Taken { name, sha256: Sha256::digest(&bytes).into(), slip });
                }
                Ok(None) => {}
                // A link, a pipe, something huge: nobody's slip, and no reason to stop.
                Err(Error::Form { .. }) => {
                    let sha256 = Sha256::digest(name.as_bytes()).into();
                    taken.push(Taken { name, sha256, slip: None });
                }
                Err(error) => return Err(error),
            }
        }
        Ok(taken)
    }

    /// Removes a file that was taken, or is nobody's.
    ///
    /// # Errors
    /// [`Error::Disk`]; one that is gone already is well.
    pub fn forget(&self, name: &str) -> Result<(), Error> {
        if is_slip(name) { Root::open(&self.dir)?.remove(name) } else { Ok(()) }
    }

    fn unseal(&self, bytes: &[u8]) -> Option<Slip> {
        let plain = age::decrypt(&self.identity, bytes).ok()?;
        let slip: Slip = serde_json::from_slice(&plain).ok()?;
        slip.check().is_ok().then_some(slip)
    }
}

impl std::fmt::Debug for QueueReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("QueueReader").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Taken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Taken").field("slip", &self.slip).finish_non_exhaustive()
    }
}

/// Whether a name is a slip's.
fn is_slip(name: &str) -> bool {
    let digits =
        name.strip_suffix(".slip").and_then(|name| name.strip_prefix("c-").or_else(|| name.strip_prefix("r-")));
    digits.is_some_and(|digits| {
        digits.len() == 32 && digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    })
}
