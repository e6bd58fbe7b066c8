//! Small helpers on bytes.

/// The first place of `needle` at or after `from`.
pub(crate) fn find(bytes: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    if needle.is_empty() || from >= bytes.len() {
        return None;
    }
    bytes[from..].windows(needle.len()).position(|window| window == needle).map(|at| at + from)
}

/// The bytes with every `needle` replaced.
pub(crate) fn replace(bytes: Vec<u8>, needle: &[u8], by: &[u8]) -> Vec<u8> {
    if find(&bytes, needle, 0).is_none() {
        return bytes;
    }
    let mut replaced = Vec::with_capacity(bytes.len());
    let mut from = 0;
    while let Some(at) = find(&bytes, needle, from) {
        replaced.extend_from_slice(&bytes[from..at]);
        replaced.extend_from_slice(by);
        from = at + needle.len();
    }
    replaced.extend_from_slice(&bytes[from..]);
    replaced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_occurrence_is_replaced() {
        for (bytes, expected) in [("", ""), ("ab", "ab"), ("xxab", "-ab"), ("axxbxx", "a-b-"), ("xxx", "-x")] {
            assert_eq!(replace(bytes.as_bytes().to_vec(), b"xx", b"-"), expected.as_bytes());
        }
    }
}
