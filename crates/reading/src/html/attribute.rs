//! A tag's attributes.

use super::reference::unescape;

/// How many attributes of one tag are kept. The standard has the first of two equal names win, which is quadratic over a million.
const MOST: usize = 32;

/// Reads attributes up to the `>` that ends their tag; gives them and the bytes up to behind it, none where it has no end.
pub(super) fn attributes(rest: &str) -> (Vec<(String, String)>, Option<usize>) {
    let bytes = rest.as_bytes();
    let mut found: Vec<(String, String)> = Vec::new();
    let mut at = 0;
    loop {
        while bytes.get(at).is_some_and(|c| c.is_ascii_whitespace() || *c == b'/') {
            at += 1;
        }
        match bytes.get(at) {
            None => return (found, None),
            Some(b'>') => return (found, Some(at + 1)),
            Some(_) => {}
        }
        let name = at;
        // The first character belongs to the name even where it is an equals sign.
        at += 1;
        while bytes.get(at).is_some_and(|c| !c.is_ascii_whitespace() && !matches!(c, b'/' | b'>' | b'=')) {
            at += 1;
        }
        let name = name..at;
        while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
            at += 1;
        }
        let mut value = at..at;
        if bytes.get(at) == Some(&b'=') {
            let Some(span) = value_span(bytes, at + 1) else { return (found, None) };
            value = span;
            at = value.end + usize::from(matches!(bytes.get(value.end), Some(b'"' | b'\'')));
        }
        if found.len() < MOST {
            let name = rest[name].to_ascii_lowercase();
            if !found.iter().any(|(known, _)| *known == name) {
                found.push((name, unescape(&rest[value])));
            }
        }
    }
}

/// Where a value stands, without its quotation marks; none where they are not closed.
fn value_span(bytes: &[u8], mut at: usize) -> Option<std::ops::Range<usize>> {
    while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
        at += 1;
    }
    match bytes.get(at) {
        Some(quote @ (b'"' | b'\'')) => {
            let length = bytes[at + 1..].iter().position(|c| c == quote)?;
            Some(at + 1..at + 1 + length)
        }
        _ => {
            let length = bytes[at..].iter().position(|c| c.is_ascii_whitespace() || *c == b'>');
            Some(at..length.map_or(bytes.len(), |length| at + length))
        }
    }
}
