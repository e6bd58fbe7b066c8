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
