//! The one hash of the formats. The trees over its values are RFC 6962's, as in the log.
//!
//! Every hash is SHA-256 over fields that each carry their length, the first of them a label that no other use
//! shares; so no two different lists of fields, and no two uses, ever hash the same bytes.

pub(crate) use countermark_tlog::merkle::{leaf_hash, node_hash};
use sha2::{Digest as _, Sha256};

/// A SHA-256 value.
pub type Digest = [u8; 32];

/// Appends one field to `out`: its length in bytes as 4 bytes big-endian, then the field.
///
/// Callers keep fields below 4 GiB (the limits in [`crate::limits`] are far below); a longer one would have its
/// length cut, so the length is saturated instead and such a value could never be opened.
pub(crate) fn put(out: &mut Vec<u8>, field: &[u8]) {
    out.extend_from_slice(&length(field));
    out.extend_from_slice(field);
}

/// The fields one after the other, each with its length: `enc(a, b, ...)` of the format pages.
#[must_use]
pub fn encode(fields: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::with_capacity(fields.iter().map(|field| field.len() + 4).sum());
    for field in fields {
        put(&mut out, field);
    }
    out
}

/// `H(label, fields...)`: SHA-256 of the label and the fields, each with its length before it.
#[must_use]
pub fn hash(label: &str, fields: &[&[u8]]) -> Digest {
    let mut state = Sha256::new();
    state.update(length(label.as_bytes()));
    state.update(label.as_bytes());
    for field in fields {
        state.update(length(field));
        state.update(field);
    }
    state.finalize().into()
}

fn length(field: &[u8]) -> [u8; 4] {
    u32::try_from(field.len()).unwrap_or(u32::MAX).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_do_not_run_together() {
        type Row<'a> = (&'a [&'a [u8]], &'a [&'a [u8]]);
        let rows: &[Row<'_>] =
            &[(&[b"ab", b"c"], &[b"a", b"bc"]), (&[b"", b"a"], &[b"a", b""]), (&[b"a"], &[b"a", b""]), (&[], &[b""])];
        for (one, other) in rows {
            assert_ne!(encode(one), encode(other));
            assert_ne!(hash("x", one), hash("x", other));
        }
        assert_ne!(hash("xa", &[b"b"]), hash("x", &[b"ab"]));
    }

    #[test]
    fn hash_is_sha256_of_the_encoding() {
        let expected: Digest = Sha256::digest(encode(&[b"label", b"one", b""])).into();
        assert_eq!(hash("label", &[b"one", b""]), expected);
        assert_eq!(encode(&[b"ab"]), [0, 0, 0, 2, b'a', b'b']);
    }
}
