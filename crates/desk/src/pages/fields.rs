//! What stands in addresses, and the fields of a form where some names are made by the page.

pub(super) use crate::form::Pairs as Fields;

/// An id of 16 bytes out of an address.
pub(super) fn id(text: &str) -> Option<[u8; 16]> {
    if text.len() != 32 || !text.is_ascii() {
        return None;
    }
    let mut id = [0; 16];
    for (byte, at) in id.iter_mut().zip((0..32).step_by(2)) {
        *byte = u8::from_str_radix(&text[at..at + 2], 16).ok()?;
    }
    Some(id)
}

/// The same as it stands in addresses.
pub(super) fn hex(id: &[u8; 16]) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A text as one part of a path.
pub(super) fn segment(text: &str) -> String {
    let plain = |byte: u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'~') || (byte == b'.' && text.len() > 2)
    };
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_part_of_a_path() {
        for (text, part) in [
            ("ines", "ines"),
            ("a/b", "a%2Fb"),
            ("..", "%2E%2E"),
            ("i.almada@example", "i.almada%40example"),
            ("<b>", "%3Cb%3E"),
            ("Ä?#", "%C3%84%3F%23"),
        ] {
            assert_eq!(segment(text), part);
        }
    }
}
