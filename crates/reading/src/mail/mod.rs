//! Mail: `.eml` files and mailboxes, the writer's own words apart from what he quotes, and whether a DKIM signature still verifies.

pub mod dkim;
pub mod mbox;

mod body;
mod html;
mod quoted;

use mail_parser::{Address, Message, MessageParser};
use sha2::{Digest, Sha256};

use crate::exports::{Archive, Edited, Letter, Moment, Party, Place, Skipped, Why};

/// The most parts that a message may have: nobody writes more, and each costs time.
const MOST_PARTS: usize = 1_000;

/// Reads one message. Its line ends may be those of any system.
///
/// # Errors
/// What keeps it from being a letter.
pub fn letter(bytes: &[u8], place: Place) -> Result<Letter, Why> {
    if bytes.len() > mbox::MOST {
        return Err(Why::Large);
    }
    if !has_header(bytes) {
        return Err(Why::Damaged);
    }
    let message = MessageParser::default().parse(bytes).ok_or(Why::Damaged)?;
    if message.parts.len() > MOST_PARTS {
        return Err(Why::Large);
    }
    let author = parties(message.from()).into_iter().next();
    let author = author.or_else(|| parties(message.sender()).into_iter().next()).ok_or(Why::NoAuthor)?;
    let at = message.date().map(mail_parser::DateTime::to_timestamp).and_then(|at| u64::try_from(at).ok());
    let at = Moment::exact(at.filter(|_| message.date().is_some_and(is_date)).ok_or(Why::NoDate)?);
    let (text, attachments) = body::read(&message);
    let parted = quoted::part(&text);
    if parted.own.is_empty() {
        let nothing = if attachments > 0 { Why::Media } else { Why::Empty };
        return Err(if parted.quoted.is_empty() { nothing } else { Why::Forwarded });
    }
    let subject = message.subject().map(|subject| subject.trim().to_owned());
    Ok(Letter {
        direction: None,
        author,
        recipients: [message.to(), message.cc(), message.bcc()].into_iter().flat_map(parties).collect(),
        at,
        thread: subject.as_deref().map(|_| thread(&message)).unwrap_or_default(),
        subject,
        text: parted.own,
        quoted: parted.quoted,
        signature: parted.signature,
        edited: Edited::No,
        attachments,
        id: message.message_id().unwrap_or_default().to_owned(),
        place,
        item: item(bytes),
    })
}

pub(crate) fn archive<'a>(messages: impl Iterator<Item = (Place, &'a [u8])>) -> Archive {
    let mut archive = Archive::default();
    for (place, bytes) in messages {
        match letter(bytes, place) {
            Ok(letter) => archive.letters.push(letter),
            Err(why) => archive.skipped.push(Skipped { place, why }),
        }
    }
    archive
}

/// SHA-256 of a message as it is sent, its line ends CR LF, those at its end left aside: the same from a file and from a mailbox.
fn item(bytes: &[u8]) -> [u8; 32] {
    let lines = crlf(bytes);
    let end = lines.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n')).map_or(0, |at| at + 1);
    Sha256::digest(&lines[..end]).into()
}

/// A message with every line end as it is sent.
pub(crate) fn crlf(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + bytes.len() / 32);
    let mut before = 0;
    for &byte in bytes {
        if byte == b'\n' && before != b'\r' {
            out.push(b'\r');
        }
        out.push(byte);
        before = byte;
    }
    out
}

/// Whether it begins with a header field at all; the parser takes anything.
fn has_header(bytes: &[u8]) -> bool {
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let name = line.iter().position(|byte| *byte == b':').map(|at| &line[..at]);
    name.is_some_and(|name| !name.is_empty() && name.trim_ascii_end().iter().all(u8::is_ascii_graphic))
}

fn is_date(date: &mail_parser::DateTime) -> bool {
    date.year >= 1970 && date.is_valid()
}

fn parties(address: Option<&Address<'_>>) -> Vec<Party> {
    let text = |text: Option<&str>| text.unwrap_or_default().trim().to_owned();
    let party = |addr: &mail_parser::Addr<'_>| Party { name: text(addr.name()), address: text(addr.address()) };
    let all = address.into_iter().flat_map(Address::iter).map(party);
    all.filter(|party| *party != Party::default()).collect()
}

/// The subject without what answering and forwarding put before it.
fn thread(message: &Message<'_>) -> String {
    let name = message.thread_name().unwrap_or_default().trim();
    if name.is_empty() { message.subject().unwrap_or_default().trim().to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests;
