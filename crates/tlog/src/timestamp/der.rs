//! A first look at foreign DER, before any parser sees it: sizes, depth and number of elements.
//!
//! Whatever passes has definite, minimal lengths that fit into each other, so what reads it later can neither be
//! led deep nor made to allocate more than there are bytes.

use crate::error::TimestampError;

/// How deep elements may be nested; a token needs about 14.
pub const MAX_DEPTH: usize = 24;

/// How many elements there may be; a token with four certificates has about 600.
pub const MAX_ELEMENTS: usize = 8192;

/// One element: its tag byte, all of its bytes, and its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Element<'b> {
    pub(super) tag: u8,
    pub(super) whole: &'b [u8],
    pub(super) content: &'b [u8],
}

impl<'b> Element<'b> {
    /// The element at the front of the bytes, and what follows it.
    pub(super) fn read(bytes: &'b [u8]) -> Option<(Element<'b>, &'b [u8])> {
        let (&[tag, first], rest) = bytes.split_first_chunk::<2>()?;
        // Tags beyond 30 take several bytes; nothing in a token has one.
        if tag & 0x1f == 0x1f {
            return None;
        }
        let (length, rest) = match first {
            0..=0x7f => (usize::from(first), rest),
            0x81..=0x83 => {
                let (digits, rest) = rest.split_at_checked(usize::from(first - 0x80))?;
                let length = digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit));
                let minimal = digits[0] != 0 && length >= 0x80;
                (minimal.then_some(length)?, rest)
            }
            // Indefinite, or longer than anything that is read here.
            _ => return None,
        };
        let (content, after) = rest.split_at_checked(length)?;
        Some((Element { tag, whole: &bytes[..bytes.len() - after.len()], content }, after))
    }

    /// The elements that stand one after another in the bytes, up to the first that is malformed.
    pub(super) fn all(mut bytes: &'b [u8]) -> impl Iterator<Item = Element<'b>> {
        std::iter::from_fn(move || {
            let (element, rest) = Element::read(bytes)?;
            bytes = rest;
            Some(element)
        })
    }
}

/// Looks at every element; `part` is what the error calls the bytes.
pub(super) fn check(bytes: &[u8], part: &'static str) -> Result<(), TimestampError> {
    let malformed = || TimestampError::Structure { part };
    let (first, rest) = Element::read(bytes).ok_or_else(malformed)?;
    if !rest.is_empty() {
        return Err(malformed());
    }
    // What is left to read on each level.
    let mut levels = vec![first.whole];
    let mut elements = 0;
    while let Some(level) = levels.last_mut() {
        if level.is_empty() {
            levels.pop();
            continue;
        }
        let (element, rest) = Element::read(level).ok_or_else(malformed)?;
        *level = rest;
        elements += 1;
        if elements > MAX_ELEMENTS {
            return Err(TimestampError::Bomb { part, what: "elements", limit: MAX_ELEMENTS });
        }
        if element.tag & 0x20 != 0 {
            if levels.len() > MAX_DEPTH {
                return Err(TimestampError::Bomb { part, what: "levels", limit: MAX_DEPTH });
            }
            levels.push(element.content);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn nested(depth: usize) -> Vec<u8> {
        let mut bytes = vec![5, 0];
        for _ in 0..depth {
            let length = bytes.len();
            let mut head = match length {
                0..0x80 => vec![0x30, length as u8],
                0x80..0x100 => vec![0x30, 0x81, length as u8],
                _ => vec![0x30, 0x82, (length >> 8) as u8, length as u8],
            };
            head.extend(bytes);
            bytes = head;
        }
        bytes
    }

    #[test]
    fn depth_and_number_are_limited() {
        assert_eq!(check(&nested(MAX_DEPTH), "it"), Ok(()));
        let deep = Err(TimestampError::Bomb { part: "it", what: "levels", limit: MAX_DEPTH });
        assert_eq!(check(&nested(MAX_DEPTH + 1), "it"), deep);
        assert_eq!(check(&nested(15_000), "it"), deep);
        let mut wide = vec![0x30, 0x82, 0x80, 0];
        wide.extend([5, 0].repeat(0x4000));
        assert_eq!(check(&wide, "it"), Err(TimestampError::Bomb { part: "it", what: "elements", limit: MAX_ELEMENTS }));
    }

    #[test]
    fn only_der_passes() {
        let structure = Err(TimestampError::Structure { part: "it" });
        for bytes in [
            &[][..],
            &[0x30],
            &[0x30, 1],
            &[5, 0, 0],
            &[0x30, 0x80, 0, 0],
            &[0x30, 0x81, 2, 5, 0],
            &[0x30, 0x82, 0, 2, 5, 0],
            &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff],
            &[0x30, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            &[0x30, 0x83, 0xff, 0xff, 0xff],
            &[0x1f, 0x81, 1, 0],
            &[0x30, 2, 4, 1],
            &[0x30, 3, 5, 0, 4],
        ] {
            assert_eq!(check(bytes, "it"), structure, "{bytes:02x?}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = check(&bytes, "it");
            prop_assert!(Element::all(&bytes).map(|element| element.whole.len()).sum::<usize>() <= bytes.len());
        }
    }
}
