//! What somebody saw: a file, an address or standard input, taken as it came, and the text in it.

use std::path::Path;

use countermark_inbox::warc::{Kind, Part, Warc};
use countermark_ocr::Reader;
use countermark_office::Piece;
use countermark_sources::{Exchange, Limits, Net, Reach};

use crate::failure::{Failure, Outcome};
use crate::{home, terminal};

/// What was taken in.
pub struct Input {
    /// The bytes that are kept as evidence: the file's, or WARC records of request and response.
    pub capture: Vec<u8>,
    /// The address that it came from.
    pub url: Option<String>,
    /// The bytes that the text is in.
    bytes: Vec<u8>,
    content_type: Option<String>,
    name: String,
}

impl Input {
    /// Reads a file or standard input (`-`), or asks an address that begins with `http://` or `https://`.
    pub fn take(given: &Path, allow_private: bool) -> Outcome<Self> {
        match given.to_str().filter(|text| text.starts_with("http://") || text.starts_with("https://")) {
            Some(url) => fetch(url, allow_private),
            None => {
                let bytes = terminal::read_bytes(given)?;
                let name = terminal::name_of(given);
                Ok(Self { capture: bytes.clone(), url: None, bytes, content_type: None, name })
            }
        }
    }

    /// Its text: of a picture what was read of it, of a web page the article, of anything else itself.
    pub fn pieces(&self) -> Outcome<Vec<Piece>> {
        if is_picture(&self.bytes) {
            return Ok(vec![self.picture()?]);
        }
        let document = countermark_reading::document(&self.bytes, self.content_type.as_deref(), self.url.as_deref());
        if countermark_text::word_count(&document.text) == 0 {
            return Err(Failure::new(format!("no text was found in {}", self.name))
                .hint("a page that is written by a script has none: save its text, or a screenshot, and give that"));
        }
        let author = document.article.and_then(|article| article.byline);
        Ok(vec![Piece { role: "own".to_owned(), author, text: document.text, ..Piece::default() }])
    }

    fn picture(&self) -> Outcome<Piece> {
        let reader = Reader::new("tesseract", &["eng", "rus"], countermark_ocr::Limits::default())?;
        let read = reader.read(&self.bytes).map_err(|e| Failure::from(e).about(&self.name))?;
        if read.text.trim().is_empty() {
            return Err(Failure::new(format!("no text was read in {}", self.name))
                .hint("a sharper picture may help; or type the text and give that"));
        }
        let confidences = read.words.iter().map(|word| (word.range.start, word.range.end, word.confidence)).collect();
        Ok(Piece { role: "picture".to_owned(), author: None, text: read.text, confidences })
    }
}

/// Whether bytes begin as a PNG, JPEG or WebP file does.
pub fn is_picture(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x89PNG\r\n\x1a\n")
        || bytes.starts_with(b"\xff\xd8\xff")
        || (bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP"))
}

fn fetch(url: &str, allow_private: bool) -> Outcome<Input> {
    let reach = if allow_private { Reach::Private } else { Reach::Public };
    let fetched = Net::new(Limits::default()).fetch(url, reach).map_err(|fault| {
        let failure = Failure::new(format!("{} {fault}", terminal::name(url)));
        match fault {
            countermark_sources::Fault::Private => {
                failure.hint("--allow-private lets an address on this machine or in its network be asked")
            }
            _ => failure.hint("give the text or a screenshot in a file"),
        }
    })?;
    Ok(Input {
        capture: warc(&fetched.exchange),
        url: Some(url.to_owned()),
        bytes: fetched.bytes,
        content_type: fetched.content_type,
        name: url.to_owned(),
    })
}

/// Request and response as they went over the wire.
fn warc(exchange: &Exchange) -> Vec<u8> {
    let mut warc = Warc::new();
    let part = |kind, content_type, block| Part {
        kind,
        uri: Some(&exchange.url),
        at_ms: exchange.at_ms,
        content_type,
        concurrent_to: None,
        block,
    };
    let response = part(Kind::Response, "application/http; msgtype=response", &exchange.response[..]);
    let id = warc.add(&response, home::random_bytes());
    let request = part(Kind::Request, "application/http; msgtype=request", &exchange.request[..]);
    warc.add(&Part { concurrent_to: Some(&id), ..request }, home::random_bytes());
    warc.into_bytes()
}
