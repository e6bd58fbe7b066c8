//! A message's sealing key and the streams that are drawn from it.

use std::fmt;

use chacha20::ChaCha20;
use chacha20::cipher::{KeyIvInit, StreamCipher};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The label under which the symbols' stream key is derived.
pub const SYMBOLS_LABEL: &str = "countermark/symbols/1";

/// The random 256-bit key of one message, never used for another.
///
/// All symbols follow from it. It is wiped when dropped, and its debug form does not show it.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Key([u8; 32]);

impl Key {
    /// A key from 32 bytes that the caller drew at random.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The key's bytes, for the vault alone.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The streams of all copies: HKDF-SHA256 (RFC 5869) without salt under [`SYMBOLS_LABEL`] gives the
    /// ChaCha20 key (RFC 8439).
    pub(crate) fn symbols(&self) -> Streams {
        let mut derived = [0; 32];
        Hkdf::<Sha256>::new(None, &self.0)
            .expand(SYMBOLS_LABEL.as_bytes(), &mut derived)
            .expect("32 bytes are one block of HKDF-SHA256, which gives up to 255");
        Streams(Self(derived))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

/// The streams that one label gives: one for each copy.
pub(crate) struct Streams(Key);

impl Streams {
    /// The stream of copy `copy`, counted from 0: ChaCha20 with the copy's number, as 12 big-endian
    /// bytes, for nonce, from block 0. No copy's stream depends on how many copies there are.
    pub(crate) fn copy(&self, copy: u32) -> Stream {
        let mut nonce = [0; 12];
        nonce[8..].copy_from_slice(&copy.to_be_bytes());
        Stream { cipher: ChaCha20::new(&self.0.0.into(), &nonce.into()), buffer: [0; 64], used: 64 }
    }
}

/// A stream of uniform bytes.
pub(crate) struct Stream {
    cipher: ChaCha20,
    buffer: [u8; 64],
    used: usize,
}

impl Stream {
    /// The next byte. A stream holds 256 GiB: no copy draws on it that long.
    fn byte(&mut self) -> u8 {
        if self.used == self.buffer.len() {
            self.buffer = [0; 64];
            self.cipher.apply_keystream(&mut self.buffer);
            self.used = 0;
        }
        let byte = self.buffer[self.used];
        self.used += 1;
        byte
    }

    /// A uniform symbol below `alternatives` (at least 1). Bytes from the largest multiple of
    /// `alternatives` upwards are thrown away, so no symbol is likelier than another.
    pub(crate) fn symbol(&mut self, alternatives: u8) -> u8 {
        let q = u16::from(alternatives);
        let fair = 256 - 256 % q;
        loop {
            let byte = self.byte();
            if u16::from(byte) < fair {
                return byte % alternatives;
            }
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.buffer.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_debug_form_hides_the_key() {
        assert_eq!(format!("{:?}", Key::from_bytes([7; 32])), "Key(..)");
    }

    #[test]
    fn symbols_are_uniform() {
        for q in [2u8, 3, 5, 64, 255] {
            let mut stream = Key::from_bytes([q; 32]).symbols().copy(3);
            let draws = 200 * u32::from(q);
            let mut counts = vec![0u32; usize::from(q)];
            for _ in 0..draws {
                counts[usize::from(stream.symbol(q))] += 1;
            }
            let chi: f64 = counts.iter().map(|&c| (f64::from(c) - 200.0).powi(2) / 200.0).sum();
            let freedom = f64::from(q) - 1.0;
            assert!(chi < freedom + 6.0 * (2.0 * freedom).sqrt(), "q {q}: {chi}");
        }
    }
}
