//! The reader: strict, of what the writer writes. A capture that does not read was changed.

use thiserror::Error;

use super::{Kind, date, digest, payload};

/// The most bytes that a record's head may have.
const MAX_HEAD: usize = 64 << 10;

/// The most records of a capture: a post, its pictures, and their requests.
const MAX_RECORDS: usize = 1024;

/// A record as it was read.
#[derive(Clone, PartialEq, Eq)]
pub struct Record<'a> {
    /// What it is.
    pub kind: Kind,
    /// Its id, `urn:uuid:...`.
    pub id: String,
    /// The address that was asked.
    pub uri: Option<String>,
    /// When, milliseconds since 1970.
    pub at_ms: u64,
    /// The block's media type.
    pub content_type: String,
    /// The id of the record with which it belongs.
    pub concurrent_to: Option<String>,
    /// The bytes.
    pub block: &'a [u8],
}

impl<'a> Record<'a> {
    /// What stands behind the head of an HTTP message; of other records the whole block.
    #[must_use]
    pub fn payload(&self) -> &'a [u8] {
        if matches!(self.kind, Kind::Request | Kind::Response) { payload(self.block) } else { self.block }
    }
}

impl std::fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Record").field("kind", &self.kind).field("bytes", &self.block.len()).finish_non_exhaustive()
    }
}

/// Bytes that are no capture of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("byte {at} of the capture: {what}")]
pub struct Malformed {
    /// Where.
    pub at: usize,
    /// What is wrong there.
    pub what: &'static str,
}

/// Reads a capture's records; every digest is checked.
///
/// # Errors
/// [`Malformed`], with the place.
pub fn read(bytes: &[u8]) -> Result<Vec<Record<'_>>, Malformed> {
    let mut records = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if records.len() == MAX_RECORDS {
            return Err(Malformed { at, what: "too many records" });
        }
        let (record, length) = one(&bytes[at..]).map_err(|what| Malformed { at, what })?;
        records.push(record);
        at += length;
    }
    Ok(records)
}

/// The fields of a head.
struct Head<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Head<'a> {
    fn read(text: &'a str) -> Result<Self, &'static str> {
        let lines = text.strip_prefix("WARC/1.1\r\n").ok_or("no record begins here")?;
        let mut fields: Vec<(&str, &str)> = Vec::new();
        for line in lines.split("\r\n") {
            let (name, value) = line.split_once(": ").ok_or("a line is no field")?;
            if fields.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
                return Err("a field stands twice");
            }
            fields.push((name, value));
        }
        Ok(Self(fields))
    }

    fn find(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }

    fn need(&self, name: &str) -> Result<&'a str, &'static str> {
        self.find(name).ok_or("a field is missing")
    }

    fn id(&self, name: &str) -> Result<Option<String>, &'static str> {
        let Some(value) = self.find(name) else { return Ok(None) };
        let inner = value.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).ok_or("an id is none")?;
        Ok(Some(inner.to_owned()))
    }
}

fn one(bytes: &[u8]) -> Result<(Record<'_>, usize), &'static str> {
    let front = &bytes[..bytes.len().min(MAX_HEAD)];
    let end = front.windows(4).position(|four| four == b"\r\n\r\n").ok_or("a head does not end")?;
    let head = Head::read(std::str::from_utf8(&front[..end]).map_err(|_| "a head is not UTF-8")?)?;
    let length: usize = head.need("Content-Length")?.parse().map_err(|_| "a length is no number")?;
    let (start, rest) = (end + 4, &bytes[end + 4..]);
    let (block, after) = rest.split_at_checked(length).ok_or("a block is cut off")?;
    if !after.starts_with(b"\r\n\r\n") {
        return Err("a block does not end where it should");
    }
    let kind = Kind::of(head.need("WARC-Type")?).ok_or("a record of another kind")?;
    if head.need("WARC-Block-Digest")? != digest(block) {
        return Err("a block is not what was written");
    }
    if head.find("WARC-Payload-Digest").is_some_and(|found| found != digest(payload(block))) {
        return Err("a payload is not what was written");
    }
    let record = Record {
        kind,
        id: head.id("WARC-Record-ID")?.ok_or("a field is missing")?,
        uri: head.find("WARC-Target-URI").map(str::to_owned),
        at_ms: date::read(head.need("WARC-Date")?).ok_or("a date is none")?,
        content_type: head.need("Content-Type")?.to_owned(),
        concurrent_to: head.id("WARC-Concurrent-To")?,
        block,
    };
    Ok((record, start + length + 4))
}
