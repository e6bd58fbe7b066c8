//! The word rules of UAX #29 for a stretch of printable ASCII: what [`crate::token`] takes for nearly all text.
//!
//! Must agree with the general path on every input; a property test holds it to that.

/// The end of the segment that begins at `start` in `bytes`, and whether it holds a letter or digit. `bytes` holds
/// printable ASCII without spaces, `start` lies within it.
pub(crate) fn segment(bytes: &[u8], start: usize) -> (usize, bool) {
    let mut at = start;
    let mut word = false;
    let mut previous = b' ';
    while let Some(&byte) = bytes.get(at) {
        let joins = match class(byte) {
            Class::Letter | Class::Digit => {
                word = true;
                true
            }
            Class::Joiner => true,
            Class::Other => false,
            middle => {
                let next = bytes.get(at + 1).map_or(Class::Other, |&b| class(b));
                match (class(previous), next) {
                    (Class::Letter, Class::Letter) => matches!(middle, Class::MidLetter | Class::MidBoth),
                    (Class::Digit, Class::Digit) => matches!(middle, Class::MidNumber | Class::MidBoth),
                    _ => false,
                }
            }
        };
        if !joins {
            break;
        }
        previous = byte;
        at += 1;
    }
    (at.max(start + 1), word)
}

/// How many letters `bytes` begins with, up to eight, and whether a capital is among them; all at once, with no branch to guess wrong.
/// Nothing where fewer than eight bytes are left.
#[inline]
pub(crate) fn letters(bytes: &[u8]) -> Option<(usize, bool)> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHEST: u64 = 0x80 * ONES;
    const SMALL: u64 = 0x20 * ONES;
    let eight = u64::from_le_bytes(*bytes.first_chunk()?);
    let small = (eight | SMALL) & !HIGHEST;
    // The highest bit of each byte: at least `a`, above `z`.
    let (from_a, above_z) = (small + (0x80 - 0x61) * ONES, small + (0x7f - 0x7a) * ONES);
    let others = ((!from_a | above_z | eight) & HIGHEST) >> 7;
    let count = others.trailing_zeros() as usize / 8;
    let within = others.wrapping_sub(1) & !others;
    Some((count, (!eight & SMALL & within) != 0))
}

/// Word-break classes of ASCII (UAX #29, table 3).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    Digit,
    Joiner,
    MidLetter,
    MidNumber,
    MidBoth,
    Other,
}

#[inline]
fn class(byte: u8) -> Class {
    CLASSES[usize::from(byte)]
}

/// The class of each byte.
const CLASSES: [Class; 256] = {
    let mut classes = [Class::Other; 256];
    let mut byte = 0;
    while byte < 128 {
        classes[byte] = class_of(byte as u8);
        byte += 1;
    }
    classes
};

const fn class_of(byte: u8) -> Class {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' => Class::Letter,
        b'0'..=b'9' => Class::Digit,
        b'_' => Class::Joiner,
        b':' => Class::MidLetter,
        b',' | b';' => Class::MidNumber,
        b'.' | b'\'' | b'`' => Class::MidBoth,
        _ => Class::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_counted_as_one_by_one() {
        for (place, byte) in (0..8).flat_map(|place| (0..=255).map(move |byte| (place, byte))) {
            for fill in [b'a', b'z', b'A', b'Z', b'm', b'@', b'{', 0xff] {
                let mut bytes = [fill; 9];
                bytes[place] = byte;
                let count = bytes[..8].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
                let capital = bytes[..count].iter().any(u8::is_ascii_uppercase);
                assert_eq!(letters(&bytes), Some((count, capital)), "{bytes:?}");
                assert_eq!(letters(&bytes[2..]), None);
            }
        }
    }
}
