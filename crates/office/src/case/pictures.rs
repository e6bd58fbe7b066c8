//! The pictures in a case's capture.

use countermark_inbox::warc;
use countermark_tlog::directory::Disk;

use crate::{Error, Office};

/// The most pictures of a capture that are shown.
const MOST: usize = 16;

impl<D: Disk + Clone> Office<D> {
    /// The pictures that a case's capture holds, as they came: whoever shows one makes it anew. Nothing where no case is meant.
    ///
    /// # Errors
    /// As [`captured`](Self::captured).
    pub fn captured_pictures(&self, given: &str) -> Result<Option<Vec<Vec<u8>>>, Error> {
        let Some(bytes) = self.captured(given)? else { return Ok(None) };
        if is_picture(&bytes) {
            return Ok(Some(vec![bytes]));
        }
        let Ok(records) = warc::read(&bytes) else { return Ok(Some(Vec::new())) };
        let pictures = records.iter().filter(|record| record.kind == warc::Kind::Response).map(warc::Record::payload);
        Ok(Some(pictures.filter(|bytes| is_picture(bytes)).take(MOST).map(<[u8]>::to_vec).collect()))
    }
}

/// Whether bytes begin as a PNG, JPEG or WebP file does.
fn is_picture(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x89PNG\r\n\x1a\n")
        || bytes.starts_with(b"\xff\xd8\xff")
        || (bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP"))
}
