//! The pictures in a case's capture.

use std::borrow::Cow;

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
        let bodies = records.iter().filter(|record| record.kind == warc::Kind::Response).map(body);
        Ok(Some(bodies.filter(|bytes| is_picture(bytes)).take(MOST).map(Cow::into_owned).collect()))
    }
}

/// What a response brought, out of its chunks (RFC 9112, section 7.1): a capture holds it as it came over the wire.
fn body<'a>(record: &warc::Record<'a>) -> Cow<'a, [u8]> {
    let payload = record.payload();
    let head = record.block.len().checked_sub(payload.len()).and_then(|end| record.block.get(..end));
    match head.filter(|head| is_chunked(head)).and_then(|_| joined(payload)) {
        Some(whole) => Cow::Owned(whole),
        None => Cow::Borrowed(payload),
    }
}

fn is_chunked(head: &[u8]) -> bool {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let mut fields = head.lines().filter_map(|line| line.split_once(':'));
    fields.any(|(name, value)| name.trim() == "transfer-encoding" && value.contains("chunked"))
}

fn joined(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        let end = rest.windows(2).position(|two| two == b"\r\n")?;
        let size = std::str::from_utf8(&rest[..end]).ok()?.split(';').next()?.trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        rest = &rest[end + 2..];
        if size == 0 {
            return Some(whole);
        }
        whole.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size..)?.strip_prefix(b"\r\n")?;
    }
}

/// Whether bytes begin as a PNG, JPEG or WebP file does.
fn is_picture(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x89PNG\r\n\x1a\n")
        || bytes.starts_with(b"\xff\xd8\xff")
        || (bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_joined_or_left_as_they_are() {
        let rows: [(&[u8], Option<&[u8]>); 6] = [
            (b"4\r\n\x89PNG\r\n2;x=y\r\n\r\n\r\n0\r\n\r\n", Some(b"\x89PNG\r\n")),
            (b"0\r\n\r\n", Some(b"")),
            (b"4\r\n\x89PN", None),
            (b"ffffffffffffffff\r\nx\r\n", None),
            (b"+-\r\n", None),
            (b"", None),
        ];
        for (chunks, whole) in rows {
            assert_eq!(joined(chunks).as_deref(), whole, "{chunks:?}");
        }
        assert!(is_chunked(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"));
        assert!(!is_chunked(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"));
    }
}
