//! An mbox file, message by message, however large it is.
//!
//! A message begins with a line `From sender date` (RFC 4155), at the file's beginning or after an empty line. In the messages such a line has
//! a `>` in front: in any number of them in the variant *mboxrd*, only before a bare `From ` in *mboxo*. One `>` is taken off again.

use std::io::{BufRead, Error, Read};

use crate::exports::{Archive, Place, Skipped, Why};

/// The most bytes of a message. A larger one is passed over.
pub const MOST: usize = 64 << 20;

/// A message of a mailbox.
#[derive(Clone, PartialEq, Eq)]
pub struct Item {
    /// Where its `From ` line begins, in bytes from 0.
    pub at: u64,
    /// The message, with the marks before `From ` taken off; nothing for one that is larger than [`MOST`].
    pub bytes: Option<Vec<u8>>,
    /// The same with the marks, where it has any: in an mboxo file they may be the writer's own.
    pub marked: Option<Vec<u8>>,
}

impl std::fmt::Debug for Item {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Item").field("at", &self.at).finish_non_exhaustive()
    }
}

/// Reads a mailbox from its beginning.
#[derive(Debug)]
pub struct Mailbox<R> {
    reader: R,
    at: u64,
    /// The `From ` line that was read last: where the next message begins.
    begun: Option<u64>,
    ended: bool,
}

impl<R: BufRead> Mailbox<R> {
    /// A mailbox.
    pub fn new(reader: R) -> Self {
        Self { reader, at: 0, begun: None, ended: false }
    }

    /// A line with its end; of one that is longer than a message may be, the beginning.
    fn line(&mut self, line: &mut Vec<u8>) -> Result<bool, Error> {
        line.clear();
        let mut read = (&mut self.reader).take(MOST as u64 + 1).read_until(b'\n', line)? as u64;
        if read > MOST as u64 && line.last() != Some(&b'\n') {
            read += self.skip_line()?;
        }
        self.at += read;
        Ok(read > 0)
    }

    fn skip_line(&mut self) -> Result<u64, Error> {
        let mut skipped = 0;
        loop {
            let bytes = self.reader.fill_buf()?;
            if bytes.is_empty() {
                return Ok(skipped);
            }
            let end = bytes.iter().position(|byte| *byte == b'\n').map(|end| end + 1);
            let count = end.unwrap_or(bytes.len());
            self.reader.consume(count);
            skipped += count as u64;
            if end.is_some() {
                return Ok(skipped);
            }
        }
    }

    fn message(&mut self) -> Result<Option<Item>, Error> {
        let mut line = Vec::new();
        if self.begun.is_none() {
            let before = self.at;
            if !self.line(&mut line)? {
                return Ok(None);
            }
            // Without its first line the file still has a first message.
            self.begun = Some(before);
            if !is_start(&line) {
                return self.rest(before, &line);
            }
        }
        let begun = self.begun.unwrap_or_default();
        self.rest(begun, b"")
    }

    /// Reads up to the next message.
    fn rest(&mut self, begun: u64, first: &[u8]) -> Result<Option<Item>, Error> {
        let mut marked = first.to_vec();
        let (mut line, mut empty, mut large) = (Vec::new(), false, first.len() > MOST);
        loop {
            let before = self.at;
            if !self.line(&mut line)? {
                self.ended = true;
                break;
            }
            if empty && is_start(&line) {
                self.begun = Some(before);
                // The empty line before the next message is the mailbox's.
                let end = marked.strip_suffix(b"\n").map(|m| m.strip_suffix(b"\r").unwrap_or(m).len());
                marked.truncate(end.unwrap_or(marked.len()));
                break;
            }
            empty = matches!(line.as_slice(), b"\n" | b"\r\n");
            large |= marked.len() + line.len() > MOST;
            if large {
                marked.clear();
            } else {
                marked.extend_from_slice(&line);
            }
        }
        let bytes = (!large).then(|| unmark(&marked));
        let marked = bytes.as_ref().is_some_and(|bytes| bytes.len() != marked.len()).then_some(marked);
        Ok(Some(Item { at: begun, bytes, marked }))
    }
}

impl<R: BufRead> Iterator for Mailbox<R> {
    type Item = Result<Item, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        match self.message() {
            Ok(item) => item.map(Ok),
            Err(error) => {
                self.ended = true;
                Some(Err(error))
            }
        }
    }
}

/// `From `, somebody, and a date: an hour with minutes and a year of four digits.
fn is_start(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"From ") else { return false };
    let digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    let clock = rest
        .windows(5)
        .any(|w| digit(w.first()) && digit(w.get(1)) && w[2] == b':' && digit(w.get(3)) && digit(w.get(4)));
    let words = rest.split(|byte| byte.is_ascii_whitespace());
    let year = words.into_iter().any(|word| word.len() == 4 && word.iter().all(u8::is_ascii_digit));
    clock && year && rest.len() < 1000
}

/// One mark less before every `From ` that has any.
fn unmark(marked: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(marked.len());
    for line in marked.split_inclusive(|byte| *byte == b'\n') {
        let bare = line.iter().position(|byte| *byte != b'>').unwrap_or(0);
        let is_marked = bare > 0 && line[bare..].starts_with(b"From ");
        out.extend_from_slice(&line[usize::from(is_marked)..]);
    }
    out
}

/// A mailbox that lies in memory.
pub(crate) fn archive(bytes: &[u8]) -> Archive {
    let mut archive = Archive::default();
    // Reading from memory does not fail.
    for item in Mailbox::new(bytes).flatten() {
        let place = Place::Byte(item.at);
        let read = item.bytes.as_deref().ok_or(Why::Large).and_then(|bytes| super::letter(bytes, place));
        match read {
            Ok(letter) => archive.letters.push(letter),
            Err(why) => archive.skipped.push(Skipped { place, why }),
        }
    }
    archive
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bodies(mailbox: &[u8]) -> Vec<String> {
        let items = Mailbox::new(mailbox).map(|item| item.expect("memory is read"));
        items.map(|item| String::from_utf8(item.bytes.expect("none is large")).expect("ASCII")).collect()
    }

    #[test]
    fn messages_and_marks() {
        let from = "From ada@example.org Mon Jan 15 10:30:00 2024\n";
        let cases: [(String, Vec<&str>); 7] = [
            (format!("{from}A: 1\n\none\n\n{from}A: 2\n\ntwo\n"), vec!["A: 1\n\none\n", "A: 2\n\ntwo\n"]),
            (
                format!("{from}A: 1\n\n>From here\n>>From there\n>From\n"),
                vec!["A: 1\n\nFrom here\n>From there\n>From\n"],
            ),
            // A sentence is no beginning, even after an empty line.
            (
                format!("{from}A: 1\n\nDear,\n\nFrom here on all is well.\n"),
                vec!["A: 1\n\nDear,\n\nFrom here on all is well.\n"],
            ),
            // Nor is a line that stands in the middle of a text.
            (
                format!("{from}A: 1\n\nx\n{from}y\n"),
                vec!["A: 1\n\nx\nFrom ada@example.org Mon Jan 15 10:30:00 2024\ny\n"],
            ),
            (
                "From - Mon Jan 15 10:30:00 2024\r\nA: 1\r\n\r\none\r\n\r\nFrom - Mon Jan 15 10:30:00 2024\r\nA: 2\r\n"
                    .into(),
                vec!["A: 1\r\n\r\none\r\n", "A: 2\r\n"],
            ),
            ("A: 1\n\none".into(), vec!["A: 1\n\none"]),
            (String::new(), vec![]),
        ];
        for (mailbox, expected) in cases {
            assert_eq!(bodies(mailbox.as_bytes()), expected);
        }
    }

    #[test]
    fn places_and_marked_forms() {
        let mailbox =
            b"From a Mon Jan 15 10:30:00 2024\nA: 1\n\n>From x\n\nFrom b Mon Jan 15 10:30:00 2024\nA: 2\n\nx\n";
        let items: Vec<_> = Mailbox::new(&mailbox[..]).map(|item| item.expect("memory is read")).collect();
        assert_eq!((items[0].at, items[1].at), (0, 47));
        assert_eq!(items[0].marked.as_deref(), Some(&b"A: 1\n\n>From x\n"[..]));
        assert_eq!(items[1].marked, None);
    }

    #[test]
    fn a_large_message_is_passed_over_and_the_next_is_read() {
        let start = b"From a Mon Jan 15 10:30:00 2024\n";
        for line in [&b"long line "[..], b"lines\n"] {
            let mut mailbox = start.to_vec();
            mailbox.extend(line.repeat(MOST / line.len() + 2));
            mailbox.extend(b"\n\n");
            mailbox.extend(start);
            mailbox.extend(b"A: 2\n\nx\n");
            let items: Vec<_> = Mailbox::new(&mailbox[..]).map(|item| item.expect("memory is read")).collect();
            assert_eq!(items.len(), 2);
            assert_eq!(items[0].bytes, None);
            assert_eq!(items[1].bytes.as_deref(), Some(&b"A: 2\n\nx\n"[..]));
        }
    }

    proptest! {
        /// What is written as mboxrd is read back, whatever stands in the messages.
        #[test]
        fn round_trip(bodies in proptest::collection::vec("(>{0,2}From [a-z]{0,3}( 10:30 2024)?\n|[a-z>]{0,5}\n){0,6}", 0..5)) {
            let mut mailbox = String::new();
            for body in &bodies {
                mailbox.push_str("From a Mon Jan 15 10:30:00 2024\nSubject: x\n\n");
                for line in body.lines() {
                    let marked = line.trim_start_matches('>').starts_with("From ");
                    mailbox.push_str(if marked { ">" } else { "" });
                    mailbox.push_str(line);
                    mailbox.push('\n');
                }
                mailbox.push('\n');
            }
            let expected: Vec<_> = bodies.iter().map(|body| format!("Subject: x\n\n{body}")).collect();
            let read = super::tests::bodies(mailbox.as_bytes());
            // The last message keeps the mailbox's last empty line.
            let read: Vec<_> = read.iter().enumerate().map(|(n, body)| {
                if n + 1 == bodies.len() { body.strip_suffix('\n').unwrap_or(body).to_owned() } else { body.clone() }
            }).collect();
            prop_assert_eq!(read, expected);
        }

        #[test]
        fn anything_is_read(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let read: usize = Mailbox::new(&bytes[..]).flatten().count();
            prop_assert!(read <= bytes.len());
        }
    }
}
