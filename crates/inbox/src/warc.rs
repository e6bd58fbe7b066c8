//! Captures in WARC 1.1 (ISO 28500:2017): what was asked, what came back, and what is known besides; a writer, and a strict reader of
//! what it writes.
//!
//! ```
//! use countermark_inbox::warc::{Kind, Part, Warc, read};
//!
//! let mut warc = Warc::new();
//! let response = warc.add(&Part {
//!     kind: Kind::Response, uri: Some("https://gazette.example/17"), at_ms: 1_900_000_000_250,
//!     content_type: "application/http;msgtype=response", concurrent_to: None, block: b"HTTP/1.1 200 OK\r\n\r\n<p>as it came",
//! }, [1; 16]);
//! let bytes = warc.into_bytes();
//! let records = read(&bytes)?;
//! assert_eq!(records[0].id, response);
//! assert_eq!(records[0].payload(), b"<p>as it came");
//! # Ok::<(), countermark_inbox::warc::Malformed>(())
//! ```

mod date;
mod read;

use sha2::{Digest, Sha256};

pub use read::{Malformed, Record, read};

/// What a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What is known besides: `application/warc-fields`.
    Metadata,
    /// What was asked, as sent.
    Request,
    /// Bytes that came without a protocol around them: a file, a message on a stream.
    Resource,
    /// What came back, as received.
    Response,
}

impl Kind {
    /// The specification's word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Metadata => "metadata",
            Self::Request => "request",
            Self::Resource => "resource",
            Self::Response => "response",
        }
    }

    fn of(name: &str) -> Option<Self> {
        [Self::Metadata, Self::Request, Self::Resource, Self::Response].into_iter().find(|kind| kind.name() == name)
    }
}

/// A record to be written.
#[derive(Clone, Copy)]
pub struct Part<'a> {
    /// What it is.
    pub kind: Kind,
    /// The address that was asked.
    pub uri: Option<&'a str>,
    /// When, milliseconds since 1970.
    pub at_ms: u64,
    /// The block's media type.
    pub content_type: &'a str,
    /// The record with which it belongs: a request with its response.
    pub concurrent_to: Option<&'a str>,
    /// The bytes.
    pub block: &'a [u8],
}

/// A capture in the making.
#[derive(Default)]
pub struct Warc {
    bytes: Vec<u8>,
}

impl Warc {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a record and gives its id; `random` are 16 random bytes, of which the id is made.
    pub fn add(&mut self, part: &Part<'_>, random: [u8; 16]) -> String {
        let id = urn(random);
        let mut head = format!("WARC/1.1\r\nWARC-Type: {}\r\nWARC-Record-ID: <{id}>\r\n", part.kind.name());
        let mut field = |name: &str, value: &str| {
            // A line break in a value would begin another field.
            let value: String = value.chars().filter(|c| !c.is_control()).collect();
            head.push_str(&format!("{name}: {value}\r\n"));
        };
        field("WARC-Date", &date::write(part.at_ms));
        if let Some(uri) = part.uri {
            field("WARC-Target-URI", uri);
        }
        if let Some(other) = part.concurrent_to {
            field("WARC-Concurrent-To", &format!("<{other}>"));
        }
        field("WARC-Block-Digest", &digest(part.block));
        if matches!(part.kind, Kind::Response | Kind::Request) {
            field("WARC-Payload-Digest", &digest(payload(part.block)));
        }
        field("Content-Type", part.content_type);
        field("Content-Length", &part.block.len().to_string());
        self.bytes.extend_from_slice(head.as_bytes());
        self.bytes.extend_from_slice(b"\r\n");
        self.bytes.extend_from_slice(part.block);
        self.bytes.extend_from_slice(b"\r\n\r\n");
        id
    }

    /// The bytes so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether nothing was added yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The capture.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

impl std::fmt::Debug for Part<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Part").field("kind", &self.kind).field("bytes", &self.block.len()).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Warc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Warc").field("bytes", &self.bytes.len()).finish()
    }
}

/// `sha256:` and the digest in hexadecimal.
fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", crate::frame::hex(&Sha256::digest(bytes)))
}

/// What stands behind an HTTP message's head; the whole block where there is no head.
fn payload(block: &[u8]) -> &[u8] {
    match block.windows(4).position(|four| four == b"\r\n\r\n") {
        Some(end) => &block[end + 4..],
        None => &[],
    }
}

/// A random UUID (RFC 9562, version 4) as a URN.
fn urn(mut random: [u8; 16]) -> String {
    random[6] = random[6] & 0x0f | 0x40;
    random[8] = random[8] & 0x3f | 0x80;
    let hex = crate::frame::hex(&random);
    format!("urn:uuid:{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(block: &[u8]) -> Part<'_> {
        let content_type = "application/http;msgtype=response";
        let uri = Some("https://gazette.example/17");
        Part { kind: Kind::Response, uri, at_ms: 1_900_000_000_250, content_type, concurrent_to: None, block }
    }

    #[test]
    fn written_as_the_standard_says() {
        let mut warc = Warc::new();
        let id = warc.add(&response(b"HTTP/1.1 200 OK\r\nX: y\r\n\r\nabc"), [0xff; 16]);
        assert_eq!(id, "urn:uuid:ffffffff-ffff-4fff-bfff-ffffffffffff");
        let text = String::from_utf8(warc.into_bytes()).unwrap();
        let expected = "WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:ffffffff-ffff-4fff-bfff-ffffffffffff>\r\n\
            WARC-Date: 2030-03-17T17:46:40.250Z\r\nWARC-Target-URI: https://gazette.example/17\r\n\
            WARC-Block-Digest: sha256:";
        assert!(text.starts_with(expected), "{text}");
        // printf abc | sha256sum
        assert!(text.contains(
            "WARC-Payload-Digest: sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\r\n"
        ));
        assert!(text.ends_with("Content-Length: 28\r\n\r\nHTTP/1.1 200 OK\r\nX: y\r\n\r\nabc\r\n\r\n"), "{text}");
    }

    #[test]
    fn a_value_begins_no_field_of_its_own() {
        let mut warc = Warc::new();
        warc.add(
            &Part { uri: Some("https://x.example/\r\nWARC-Type: request"), ..response(b"HTTP/1.1 200 OK\r\n\r\n") },
            [1; 16],
        );
        let bytes = warc.into_bytes();
        let records = read(&bytes).unwrap();
        assert_eq!(records[0].kind, Kind::Response);
        assert_eq!(records[0].uri.as_deref(), Some("https://x.example/WARC-Type: request"));
    }

    #[test]
    fn what_was_written_is_read_and_nothing_else() {
        let mut warc = Warc::new();
        let one = warc.add(&response(b"HTTP/1.1 200 OK\r\n\r\nbody\r\n\r\nWARC/1.1\r\n"), [1; 16]);
        let asked = Part {
            kind: Kind::Request,
            concurrent_to: Some(&one),
            block: b"GET /17 HTTP/1.1\r\n\r\n",
            ..response(b"")
        };
        warc.add(&asked, [2; 16]);
        warc.add(&Part { kind: Kind::Resource, uri: None, content_type: "image/png", ..response(b"\x89PNG") }, [3; 16]);
        let bytes = warc.into_bytes();
        let records = read(&bytes).unwrap();
        assert_eq!(records.len(), 3);
        assert_eq!(records[1].concurrent_to.as_deref(), Some(one.as_str()));
        assert_eq!(records[0].payload(), b"body\r\n\r\nWARC/1.1\r\n");
        assert_eq!(records[2].payload(), b"\x89PNG");
        assert_eq!(records[0].at_ms, 1_900_000_000_250);
        for end in 0..bytes.len() {
            if let Ok(read) = read(&bytes[..end]) {
                assert!(read.len() < 3, "{end}");
            }
        }
        for at in 0..bytes.len() {
            let mut bad = bytes.clone();
            bad[at] ^= 1;
            if let Ok(read) = read(&bad) {
                // Only what is under no digest may differ: ids, dates, addresses, types.
                assert_eq!(
                    read.iter().map(|r| r.block).collect::<Vec<_>>(),
                    records.iter().map(|r| r.block).collect::<Vec<_>>()
                );
            }
        }
    }
}
