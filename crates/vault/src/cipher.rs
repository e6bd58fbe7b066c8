//! One record, encrypted.
//!
//! **Low-level.** [`Vault`](crate::Vault) calls this with keys and places that are right; called with others it protects nothing.
//!
//! ```text
//! blob  = prefix || salt (32) || commitment (32) || nonce (24) || ciphertext and tag
//! prefix = format (1 byte, now 1) || domain (1) || generation of the data key (u32, big-endian)
//!
//! data key --HKDF-SHA256, salt = salt, info = "countermark/vault/1/record"--> record key (32) || commitment (32)
//! ciphertext = XChaCha20-Poly1305(record key, nonce, padded content,
//!              AAD = "countermark/vault/1/aad" || vault (16) || table (1) || id length (1) || id || version (u64) || prefix)
//! ```
//!
//! The commitment is compared first, in constant time: Poly1305 alone would let a ciphertext be made that opens under two keys
//! (Len, Grubbs, Ristenpart: "Partitioning Oracle Attacks", USENIX Security 2021). A record key is used for one encryption only.

use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce, aead::AeadInOut};
use hkdf::Hkdf;
use rand_core::CryptoRng;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

use crate::{Key, VaultId, padding};

/// The largest content of a record, in bytes.
pub const MAX_CONTENT: usize = 64 << 20;

const FORMAT: u8 = 1;
const PREFIX: usize = 6;
const SALT: usize = 32;
const COMMITMENT: usize = 32;
const NONCE: usize = 24;
const FIXED: usize = PREFIX + SALT + COMMITMENT + NONCE;
const TAG: usize = 16;

/// Where a record stands; a blob moved anywhere else does not open.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The vault.
    pub vault: VaultId,
    /// The table's number.
    pub table: u8,
    /// The row's id, at most 255 bytes.
    pub id: &'a [u8],
    /// The row's version, counted from 1.
    pub version: u64,
}

/// Which data key encrypted a blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyName {
    /// The domain's number: 1 main, 2 codebook; 0 a key wrapped under another one.
    pub domain: u8,
    /// The data key's generation in its domain.
    pub generation: u32,
}

/// Why a blob does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CipherError {
    /// The blob's format is not one that is known here.
    #[error("record format {0} is unknown")]
    Format(u8),
    /// The key is not the one that the blob commits to.
    #[error("the key does not match the record's key commitment")]
    Key,
    /// The padding is not right, although the tag is.
    #[error("the record's padding is malformed")]
    Padding,
    /// The blob is shorter than any blob is.
    #[error("the record has {0} bytes, fewer than any record")]
    Short(usize),
    /// The ciphertext, or the place it stands at, is not what was written.
    #[error("the record's authentication tag does not match")]
    Tag,
}

/// Encrypts `content` for a place. The content is at most [`MAX_CONTENT`] bytes and the id at most 255, which the caller has checked.
pub fn encrypt(key: &Key, name: KeyName, place: Place<'_>, content: &[u8], rng: &mut dyn CryptoRng) -> Vec<u8> {
    let mut head = [0; FIXED];
    head[0] = FORMAT;
    head[1] = name.domain;
    head[2..PREFIX].copy_from_slice(&name.generation.to_be_bytes());
    rng.fill_bytes(&mut head[PREFIX..PREFIX + SALT]);
    rng.fill_bytes(&mut head[FIXED - NONCE..]);
    let (record_key, commitment) = record_keys(key, &head[PREFIX..PREFIX + SALT]);
    head[PREFIX + SALT..FIXED - NONCE].copy_from_slice(&commitment);

    let mut body = padding::pad(content);
    let nonce: XNonce = nonce(&head);
    let tag = XChaCha20Poly1305::new(record_key.as_bytes().into())
        .encrypt_inout_detached(&nonce, &associated(place, &head[..PREFIX]), body.as_mut_slice().into())
        .expect("XChaCha20-Poly1305 takes 256 GiB, a record has at most 64 MiB");
    let mut blob = Vec::with_capacity(FIXED + body.len() + TAG);
    blob.extend_from_slice(&head);
    blob.extend_from_slice(&body);
    blob.extend_from_slice(&tag);
    blob
}

/// Which data key a blob needs.
///
/// # Errors
/// [`CipherError::Short`] and [`CipherError::Format`].
pub fn key_name(blob: &[u8]) -> Result<KeyName, CipherError> {
    match blob {
        [FORMAT, domain, a, b, c, d, ..] if blob.len() >= FIXED + padding::LEAST + TAG => {
            Ok(KeyName { domain: *domain, generation: u32::from_be_bytes([*a, *b, *c, *d]) })
        }
        [format, ..] if *format != FORMAT => Err(CipherError::Format(*format)),
        _ => Err(CipherError::Short(blob.len())),
    }
}

/// The content of the blob that stands at a place.
///
/// # Errors
/// Each [`CipherError`]; the key commitment is compared before anything is decrypted.
pub fn decrypt(key: &Key, place: Place<'_>, blob: &[u8]) -> Result<Zeroizing<Vec<u8>>, CipherError> {
    key_name(blob)?;
    let (head, rest) = blob.split_at(FIXED);
    let (record_key, commitment) = record_keys(key, &head[PREFIX..PREFIX + SALT]);
    if !bool::from(commitment.ct_eq(&head[PREFIX + SALT..FIXED - NONCE])) {
        return Err(CipherError::Key);
    }
    let (body, tag) = rest.split_at(rest.len() - TAG);
    let mut body = Zeroizing::new(body.to_vec());
    let tag = tag.try_into().map_err(|_| CipherError::Short(blob.len()))?;
    XChaCha20Poly1305::new(record_key.as_bytes().into())
        .decrypt_inout_detached(&nonce(head), &associated(place, &head[..PREFIX]), body.as_mut_slice().into(), tag)
        .map_err(|_| CipherError::Tag)?;
    let len = padding::unpad(&body).ok_or(CipherError::Padding)?.len();
    body.copy_within(4..4 + len, 0);
    body[len..].zeroize();
    body.truncate(len);
    Ok(body)
}

/// The record's own key, and the commitment to it from the same stream.
fn record_keys(key: &Key, salt: &[u8]) -> (Key, [u8; COMMITMENT]) {
    let mut stream = Zeroizing::new([0; 64]);
    Hkdf::<Sha256>::new(Some(salt), key.as_bytes())
        .expand(b"countermark/vault/1/record", stream.as_mut())
        .expect("HKDF-SHA256 gives up to 8,160 bytes");
    let (record, commitment) = stream.split_at(32);
    let record = Key::from_slice(record).expect("the first half of 64 bytes is 32");
    (record, commitment.try_into().expect("the second half of 64 bytes is 32"))
}

fn nonce(head: &[u8]) -> XNonce {
    let bytes: [u8; NONCE] = head[FIXED - NONCE..FIXED].try_into().expect("the range has 24 bytes");
    bytes.into()
}

fn associated(place: Place<'_>, prefix: &[u8]) -> Vec<u8> {
    let mut data = b"countermark/vault/1/aad".to_vec();
    data.extend_from_slice(place.vault.as_bytes());
    data.push(place.table);
    data.push(u8::try_from(place.id.len()).expect("the caller refuses ids above 255 bytes"));
    data.extend_from_slice(place.id);
    data.extend_from_slice(&place.version.to_be_bytes());
    data.extend_from_slice(prefix);
    data
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

    use super::*;

    const NAME: KeyName = KeyName { domain: 1, generation: 7 };

    fn place(id: &[u8]) -> Place<'_> {
        Place { vault: VaultId::from_bytes([1; 16]), table: 20, id, version: 3 }
    }

    proptest! {
        #[test]
        fn opens_what_was_written(seed: u64, content in proptest::collection::vec(any::<u8>(), 0..2000), id in proptest::collection::vec(any::<u8>(), 1..255)) {
            let mut rng = ChaCha20Rng::seed_from_u64(seed);
            let key = Key::random(&mut rng);
            let blob = encrypt(&key, NAME, place(&id), &content, &mut rng);
            prop_assert_eq!(key_name(&blob), Ok(NAME));
            let opened = decrypt(&key, place(&id), &blob);
            prop_assert_eq!(opened.as_ref().map(|text| text.as_slice()), Ok(content.as_slice()));
        }

        #[test]
        fn foreign_bytes_never_panic(blob in proptest::collection::vec(any::<u8>(), 0..600), first in 0_u8..3) {
            let mut blob = blob;
            if let Some(byte) = blob.first_mut() { *byte = first; }
            prop_assert!(decrypt(&Key::from_bytes([9; 32]), place(b"x"), &blob).is_err());
        }
    }

    #[test]
    fn every_single_bit_counts() {
        let mut rng = ChaCha20Rng::seed_from_u64(5);
        let key = Key::random(&mut rng);
        let blob = encrypt(&key, NAME, place(b"row"), b"content", &mut rng);
        for bit in 0..blob.len() * 8 {
            let mut changed = blob.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(decrypt(&key, place(b"row"), &changed).is_err(), "bit {bit}");
        }
        for len in 0..blob.len() {
            assert!(decrypt(&key, place(b"row"), &blob[..len]).is_err(), "length {len}");
        }
    }

    #[test]
    fn bound_to_its_place_and_key() {
        let mut rng = ChaCha20Rng::seed_from_u64(6);
        let key = Key::random(&mut rng);
        let here = place(b"row");
        let blob = encrypt(&key, NAME, here, b"content", &mut rng);
        let elsewhere = [
            Place { vault: VaultId::from_bytes([2; 16]), ..here },
            Place { table: 21, ..here },
            Place { id: b"rox", ..here },
            Place { version: 4, ..here },
        ];
        for place in elsewhere {
            assert_eq!(decrypt(&key, place, &blob).err(), Some(CipherError::Tag), "{place:?}");
        }
        assert_eq!(decrypt(&Key::from_bytes([0; 32]), here, &blob).err(), Some(CipherError::Key));
    }

    /// The record of the format's page, made by another implementation (Python's hmac, ChaCha20-Poly1305 of OpenSSL, HChaCha20 by hand).
    #[test]
    fn another_implementations_record() {
        let hex = include_str!("../tests/record.hex").split_whitespace().collect::<String>();
        let blob = crate::hex::decode(&hex).expect("a file of hexadecimal digits");
        let opened = decrypt(&Key::from_bytes([7; 32]), place(b"row"), &blob).expect("it opens");
        assert_eq!(*opened, b"content");
        // And the other way: the same salt and nonce give the same bytes.
        struct Fixed(std::ops::RangeFrom<u8>);
        impl rand_core::TryRng for Fixed {
            type Error = std::convert::Infallible;
            fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
                unreachable!("only bytes are drawn")
            }
            fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
                unreachable!("only bytes are drawn")
            }
            fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
                if bytes.len() == NONCE {
                    self.0 = 100..;
                }
                bytes.iter_mut().zip(&mut self.0).for_each(|(byte, next)| *byte = next);
                Ok(())
            }
        }
        impl rand_core::TryCryptoRng for Fixed {}
        let made = encrypt(&Key::from_bytes([7; 32]), NAME, place(b"row"), b"content", &mut Fixed(0..));
        assert_eq!(made, blob);
    }
}
