//! Names of files: any bytes but `/`, and what they say about the content.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

/// What is in a file, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    Text,
    Html,
    Posts,
    Picture,
}

/// What a name says; `None` for what is not looked at.
pub(super) fn kind(name: &[u8]) -> Option<Content> {
    let name = name.to_ascii_lowercase();
    if name.first() == Some(&b'.') {
        return None;
    }
    let ending = name.iter().rposition(|byte| *byte == b'.').map(|at| &name[at + 1..])?;
    match ending {
        b"txt" | b"text" | b"md" | b"eml" => Some(Content::Text),
        b"html" | b"htm" | b"xhtml" => Some(Content::Html),
        b"json" | b"jsonl" => Some(Content::Posts),
        b"png" | b"jpg" | b"jpeg" | b"webp" | b"gif" => Some(Content::Picture),
        _ => None,
    }
}

/// A name as text: what is UTF-8 stays, other bytes, `%` and controls become `%XX`.
pub(super) fn encode(name: &[u8]) -> String {
    let mut text = String::with_capacity(name.len());
    for chunk in name.utf8_chunks() {
        for c in chunk.valid().chars() {
            if c == '%' || c.is_control() {
                c.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| text.push_str(&format!("%{byte:02X}")));
            } else {
                text.push(c);
            }
        }
        chunk.invalid().iter().for_each(|byte| text.push_str(&format!("%{byte:02X}")));
    }
    text
}

/// The path that a text stands for.
pub(super) fn decode(text: &str) -> PathBuf {
    let bytes = text.as_bytes();
    let mut path = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let byte = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match byte.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                path.push(byte);
                at += 3;
            }
            None => {
                path.push(bytes[at]);
                at += 1;
            }
        }
    }
    PathBuf::from(OsString::from_vec(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_comes_back() {
        for name in [&b"plain.txt"[..], b"100%.txt", b"%41.txt", b"\xff\xfe.txt", "пост.txt".as_bytes(), b"a\nb.txt"]
        {
            assert_eq!(decode(&encode(name)).into_os_string().into_vec(), name);
        }
        assert_eq!(encode(b"a\xffb%.txt"), "a%FFb%25.txt");
    }

    #[test]
    fn endings_say_what_is_inside() {
        assert_eq!(kind(b"A.TXT"), Some(Content::Text));
        assert_eq!(kind(b"a.tar.jpeg"), Some(Content::Picture));
        for aside in [&b".hidden.txt"[..], b"a.txt~", b"a.txt.part", b"a.tmp", b"noending", b"a.exe", b""] {
            assert_eq!(kind(aside), None);
        }
    }
}
