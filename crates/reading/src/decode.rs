//! From bytes to text: which character set a page, a feed or a file is in.

use encoding_rs::{Encoding, KOI8_R, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1251, WINDOWS_1252};

/// How far into a document its own word for its character set is looked for.
const HEAD: usize = 4096;

/// The text of a document. A byte order mark counts first, then what `content_type` says, then what the document says of itself,
/// then whether it is UTF-8; where nothing is said, the Cyrillic sets and windows-1252 are told apart by their letters. What does
/// not fit becomes U+FFFD.
pub fn decode(bytes: &[u8], content_type: Option<&str>) -> String {
    charset(bytes, content_type).decode(bytes).0.into_owned()
}

/// The name of the character set that [`decode`] reads a document in, as the Encoding Standard names it.
pub fn charset_name(bytes: &[u8], content_type: Option<&str>) -> &'static str {
    charset(bytes, content_type).name()
}

fn charset(bytes: &[u8], content_type: Option<&str>) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding;
    }
    let said = content_type.and_then(|value| after(value, "charset")).or_else(|| own_word(bytes));
    if said.is_none_or(|encoding| encoding == UTF_8)
        && let Some(encoding) = wide(bytes)
    {
        return encoding;
    }
    match said {
        // Said to be UTF-8, as servers say by default, though it is not: its letters know better.
        Some(encoding) if encoding != UTF_8 => encoding,

        Some(_) | None if std::str::from_utf8(bytes).is_ok() => UTF_8,
        Some(_) if mostly_utf8(bytes) => UTF_8,
        _ => guess(bytes),
    }
}

/// What a document says of itself, in its first bytes: `<meta charset>`, `<meta http-equiv>`, an XML declaration.
fn own_word(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(HEAD)]).to_ascii_lowercase();
    let declaration = head.trim_start().strip_prefix("<?xml").and_then(|rest| rest.split("?>").next());
    let declared = declaration.and_then(|declaration| after(declaration, "encoding"));
    let meta = || head.split("<meta").skip(1).find_map(|tag| after(tag.split('>').next()?, "charset"));
    // Whoever could read the word has no UTF-16 before him, as the HTML standard says too.
    declared.or_else(meta).map(|encoding| if encoding == UTF_16LE || encoding == UTF_16BE { UTF_8 } else { encoding })
}

/// The character set named after `key =` in a header or a tag.
fn after(text: &str, key: &str) -> Option<&'static Encoding> {
    let text = text.to_ascii_lowercase();
    text.match_indices(key).find_map(|(at, _)| {
        let value = text[at + key.len()..].trim_start().strip_prefix('=')?.trim_start();
        let value = value.trim_start_matches(['"', '\'']);
        let end = value.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ';' | '>' | '/' | ','));
        Encoding::for_label(&value.as_bytes()[..end.unwrap_or(value.len())])
    })
}

/// UTF-16 without a mark: nearly every second byte is the high half of a Latin or Cyrillic letter, or of a dash or quotation mark.
fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(HEAD)];
    let high = |parity| {
        let halves = head.iter().skip(parity).step_by(2);
        let (all, high) =
            halves.fold((0, 0), |(all, high), byte| (all + 1, high + usize::from(matches!(byte, 0 | 4 | 0x20))));
        let blanks = head.iter().skip(parity).step_by(2).filter(|byte| **byte == 0x20).count();
        all >= 2 && high * 10 >= all * 9 && blanks * 2 < all
    };
    match (high(0), high(1)) {
        (true, false) => Some(UTF_16BE),
        (false, true) => Some(UTF_16LE),
        _ => None,
    }
}

/// Whether more than half of what is not ASCII is whole UTF-8: a damaged text and not another character set.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().bytes().filter(|byte| *byte >= 0x80).count();
        bad += chunk.invalid().len();
    }
    good > bad
}

/// A guess by the letters. In windows-1251 the small Cyrillic letters are the upper 32 bytes, in KOI8-R the 32 below; in a text of
/// Western Europe a byte above ASCII mostly stands alone between ASCII letters.
fn guess(bytes: &[u8]) -> &'static Encoding {
    let letter = |byte: u8| byte >= 0xc0;
    let (mut lower, mut upper, mut alone, mut together) = (0_usize, 0_usize, 0_usize, 0_usize);
    for (at, &byte) in bytes.iter().enumerate().filter(|(_, byte)| letter(**byte)) {
        if byte >= 0xe0 {
            upper += 1
        } else {
            lower += 1
        }
        let beside = |at: Option<usize>| at.and_then(|at| bytes.get(at)).copied().unwrap_or(b' ');
        let (before, after) = (beside(at.checked_sub(1)), beside(Some(at + 1)));
        if letter(before) || letter(after) {
            together += 1;
        } else if before.is_ascii_alphabetic() || after.is_ascii_alphabetic() {
            alone += 1;
        }
    }
    match (lower, upper) {
        _ if alone > together => WINDOWS_1252,
        (lower, upper) if lower > 2 * upper => KOI8_R,
        _ => WINDOWS_1251,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUSSIAN: &str = "Министерство сообщило, что \"переговоры продолжатся\" в среду.";
    const GERMAN: &str = "Der Präsident müsse über größere Maßnahmen später entscheiden, hieß es.";

    fn bytes(text: &str, encoding: &'static Encoding) -> Vec<u8> {
        encoding.encode(text).0.into_owned()
    }

    #[test]
    fn what_is_said_counts() {
        for encoding in [WINDOWS_1251, KOI8_R] {
            let label = encoding.name();
            let header = format!("text/html; Charset=\"{label}\"");
            assert_eq!(decode(&bytes(RUSSIAN, encoding), Some(&header)), RUSSIAN);
            for head in [
                format!("<html><head><meta charset={label}>"),
                format!("<meta http-equiv='Content-Type' content='text/html; charset={label}'>"),
                format!("<?xml version='1.0' encoding='{label}'?>"),
            ] {
                let page = format!("{head}{RUSSIAN}");
                assert_eq!(decode(&bytes(&page, encoding), Some("text/html")), page);
            }
        }
        // A header counts before the document; a name nobody knows does not count.
        let page = format!("<meta charset=koi8-r>{RUSSIAN}«»");
        assert_eq!(decode(&bytes(&page, WINDOWS_1251), Some("text/html; charset=cp1251")), page);
        assert_eq!(decode(RUSSIAN.as_bytes(), Some("text/plain; charset=klingon")), RUSSIAN);
    }

    #[test]
    fn where_nothing_is_said_the_letters_decide() {
        assert_eq!(decode(RUSSIAN.as_bytes(), None), RUSSIAN);
        for (text, encoding) in [(RUSSIAN, WINDOWS_1251), (RUSSIAN, KOI8_R), (GERMAN, WINDOWS_1252)] {
            assert_eq!(decode(&bytes(text, encoding), None), text, "{}", encoding.name());
            assert_eq!(charset_name(&bytes(text, encoding), Some("text/html; charset=utf-8")), encoding.name());
        }
        let mut damaged = RUSSIAN.as_bytes().to_vec();
        damaged.truncate(damaged.len() - 4);
        damaged.push(0xff);
        assert!(decode(&damaged, None).starts_with("Министерство") || charset_name(&damaged, None) != "UTF-8");
        assert_eq!(charset_name(&damaged, Some("text/html; charset=utf-8")), "UTF-8");
    }

    #[test]
    fn wide_characters_with_and_without_a_mark() {
        for text in [RUSSIAN, GERMAN] {
            let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            for (mark, bytes) in [([0xff, 0xfe], &little), ([0xfe, 0xff], &big)] {
                assert_eq!(decode(&[&mark[..], bytes].concat(), None), text);
                assert_eq!(decode(bytes, None), text);
            }
        }
        assert_eq!(decode("\u{feff}a".as_bytes(), Some("text/plain; charset=koi8-r")), "a");
        assert_eq!(decode(b"", None), "");
    }
}
