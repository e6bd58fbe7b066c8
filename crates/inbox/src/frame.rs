//! The bytes of a segment: its head, its frames, and how a frame is found again behind damaged bytes.

use sha2::{Digest, Sha256};

use crate::limits::MAX_RECORD;

/// What every segment begins with; the recipient's text and a line feed follow.
pub(crate) const MAGIC: &[u8] = b"countermark/inbox/1\n";

/// The most bytes that the recipient's line may have: an age X25519 recipient has 62.
const MAX_RECIPIENT: usize = 128;

/// The greatest number of an item: behind it there is always another one.
pub(crate) const MAX_NUMBER: u64 = u64::MAX / 2;

/// What every frame begins with.
const MARK: &[u8; 4] = b"CMiR";

/// Mark, number, length, and the check over them.
pub(crate) const HEAD: usize = 4 + 8 + 4 + 8;

/// The check behind a payload.
pub(crate) const TAIL: usize = 16;

/// A frame's head: its number and its payload's length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) number: u64,
    pub(crate) length: usize,
}

impl Head {
    /// The frame's length, head and check included.
    pub(crate) fn whole(self) -> usize {
        HEAD + self.length + TAIL
    }

    /// Reads a head; `None` when it is none.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let head: &[u8; HEAD] = bytes.first_chunk()?;
        let (front, check) = head.split_at(HEAD - 8);
        if &front[..4] != MARK || check != head_check(front) {
            return None;
        }
        let number = u64::from_be_bytes(*front[4..].first_chunk()?);
        let length = u32::from_be_bytes(*front[12..].first_chunk()?) as usize;
        (length <= MAX_RECORD && number <= MAX_NUMBER).then_some(Self { number, length })
    }
}

/// A segment's head.
pub(crate) fn segment_head(recipient: &str) -> Vec<u8> {
    [MAGIC, recipient.as_bytes(), b"\n"].concat()
}

/// Reads a segment's head: its recipient, and how long the head is.
pub(crate) fn read_segment_head(bytes: &[u8]) -> Option<(&str, usize)> {
    let rest = bytes.strip_prefix(MAGIC)?;
    let end = rest.iter().take(MAX_RECIPIENT).position(|&byte| byte == b'\n')?;
    Some((std::str::from_utf8(&rest[..end]).ok()?, MAGIC.len() + end + 1))
}

/// Writes a frame.
pub(crate) fn write(number: u64, payload: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    out.extend_from_slice(MARK);
    out.extend_from_slice(&number.to_be_bytes());
    let length = u32::try_from(payload.len()).expect("the spool's limits are far below 4 GiB");
    out.extend_from_slice(&length.to_be_bytes());
    let check = head_check(&out[start..]);
    out.extend_from_slice(&check);
    out.extend_from_slice(payload);
    out.extend_from_slice(&body_check(number, payload));
}

/// Whether payload and check behind a head are what was written; `rest` begins behind the head.
pub(crate) fn intact(head: Head, rest: &[u8]) -> bool {
    rest.len() >= head.length + TAIL
        && rest[head.length..head.length + TAIL] == body_check(head.number, &rest[..head.length])
}

/// The place of the next head at or behind `from`.
pub(crate) fn find(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    while let Some(rest) = bytes.get(at..) {
        let next = at + rest.windows(MARK.len()).position(|four| four == MARK)?;
        if Head::read(&bytes[next..]).is_some() {
            return Some(next);
        }
        at = next + 1;
    }
    None
}

/// Where the last intact frame ends, and its number; the damaged ones before it stay, a reader reports them.
pub(crate) fn last(bytes: &[u8], from: usize) -> (usize, Option<u64>) {
    let (mut end, mut number, mut at) = (from, None, from);
    while let Some(next) = find(bytes, at) {
        let head = Head::read(&bytes[next..]).expect("found as a head");
        if intact(head, &bytes[next + HEAD..]) {
            (end, number, at) = (next + head.whole(), Some(head.number), next + head.whole());
        } else {
            at = next + 1;
        }
    }
    (end, number)
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn head_check(front: &[u8]) -> [u8; 8] {
    let hash = Sha256::new().chain_update(b"countermark/inbox/1/head").chain_update(front).finalize();
    *hash.first_chunk().expect("a hash has 32 bytes")
}

fn body_check(number: u64, payload: &[u8]) -> [u8; TAIL] {
    let hash = Sha256::new().chain_update(b"countermark/inbox/1/body").chain_update(number.to_be_bytes());
    *hash.chain_update(payload).finalize().first_chunk().expect("a hash has 32 bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_found_behind_damage() {
        let mut bytes = segment_head("age1x");
        assert_eq!(read_segment_head(&bytes), Some(("age1x", bytes.len())));
        let start = bytes.len();
        for (number, payload) in [(1, &b"one"[..]), (2, b"CMiR within"), (9, b"")] {
            write(number, payload, &mut bytes);
        }
        let whole = bytes.len();
        assert_eq!(last(&bytes, start), (whole, Some(9)));
        // Every byte of the first frame in turn: the others are found all the same.
        let first = Head::read(&bytes[start..]).unwrap();
        for at in start..start + first.whole() {
            let mut bad = bytes.clone();
            bad[at] ^= 1;
            let good = Head::read(&bad[start..]).is_some_and(|head| intact(head, &bad[start + HEAD..]));
            assert!(!good, "byte {at}");
            assert_eq!(last(&bad, start), (whole, Some(9)), "byte {at}");
        }
        // Every prefix ends at a frame's end.
        for end in start..whole {
            let (cut, number) = last(&bytes[..end], start);
            assert!(cut <= end && number.unwrap_or(0) < 9, "{end}");
        }
    }

    #[test]
    fn a_number_beyond_the_limit_is_no_head() {
        for (number, good) in [(MAX_NUMBER, true), (MAX_NUMBER + 1, false), (u64::MAX, false)] {
            let mut bytes = Vec::new();
            write(number, b"x", &mut bytes);
            assert_eq!(Head::read(&bytes).is_some(), good, "{number}");
        }
        assert_eq!(crate::lane::Lane::Kept.first("ffffffffffffffff.kept"), None);
        assert_eq!(crate::lane::Lane::Kept.first("7fffffffffffffff.kept"), Some(MAX_NUMBER));
    }

    #[test]
    fn a_length_beyond_the_limit_is_no_head() {
        let mut bytes = Vec::new();
        bytes.extend_from_slice(MARK);
        bytes.extend_from_slice(&1u64.to_be_bytes());
        bytes.extend_from_slice(&u32::MAX.to_be_bytes());
        let check = head_check(&bytes);
        bytes.extend_from_slice(&check);
        assert_eq!(Head::read(&bytes), None);
    }
}
