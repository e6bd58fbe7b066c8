//! Keys: wiped when dropped, never shown.

use std::fmt;

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use rand_core::CryptoRng;
use sha2::Sha256;
use zeroize::Zeroizing;

/// A 256-bit secret. It is wiped when dropped, its `Debug` is empty, and it can't be compared or printed.
#[derive(Clone)]
pub struct Key(Zeroizing<[u8; 32]>);

impl Key {
    /// A fresh key.
    pub fn random(rng: &mut dyn CryptoRng) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        rng.fill_bytes(bytes.as_mut());
        Self(bytes)
    }

    /// The key with these bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The key that `bytes` hold, when they are 32.
    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        Some(Self(Zeroizing::new(bytes.try_into().ok()?)))
    }

    /// The key's bytes, for the algorithm that needs them.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key derived from this one under a label: HKDF-Expand (RFC 5869) with SHA-256, this key as PRK.
    pub fn derive(&self, label: &str) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        expand(self, &[label.as_bytes()], bytes.as_mut());
        Self(bytes)
    }

    /// HMAC-SHA256 of the pieces, each preceded by its length (u64, big-endian) so that no two lists give the same input.
    pub(crate) fn hash(&self, pieces: &[&[u8]]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.as_bytes()).expect("HMAC takes a key of any length");
        for piece in pieces {
            mac.update(&(piece.len() as u64).to_be_bytes());
            mac.update(piece);
        }
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

/// HKDF-Expand (RFC 5869) with SHA-256 and `key` as the pseudo-random key.
fn expand(key: &Key, info: &[&[u8]], out: &mut [u8]) {
    Hkdf::<Sha256>::from_prk(key.as_bytes())
        .expect("32 bytes are SHA-256's output length, the least that HKDF takes")
        .expand_multi_info(info, out)
        .expect("no caller asks for more than 255 * 32 bytes");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derived_and_hashed_as_the_format_says() {
        // Made by Python's hmac and hashlib from docs/formats/vault.md.
        let names = Key::from_bytes([9; 32]).derive("countermark/vault/1/names");
        assert_eq!(
            crate::hex::encode(&names.hash(&[b"people", b"ines"])),
            "cc5a09836d40a7ca1267a792dad7b42b9816d9497cd2043fbe50fea96a66f000"
        );
        assert_ne!(names.hash(&[b"ab", b"c"]), names.hash(&[b"a", b"bc"]));
        assert_eq!(format!("{names:?}"), "Key(..)");
    }
}
