//! Key records (RFC 6376, section 3.6.1) and the two algorithms that hold: `rsa-sha256` and `ed25519-sha256`.

use aws_lc_rs::signature::{ED25519, RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, UnparsedPublicKey};
use base64::Engine;
use sha2::{Digest, Sha256};

use super::tags::{Tags, compact};
use super::{BASE64, Refused};

/// The longest record: a DNS message holds no longer one.
const LONGEST: usize = 64 << 10;

/// The fewest bits of an RSA key (RFC 8301, section 3.2).
const FEWEST_BITS: usize = 1024;

/// How it is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    Ed25519Sha256,
    RsaSha256,
}

impl Algorithm {
    /// By its name in a signature; none for what does not hold (`rsa-sha1`: RFC 8301, section 3.1).
    pub(super) fn of(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "ed25519-sha256" => Some(Self::Ed25519Sha256),
            "rsa-sha256" => Some(Self::RsaSha256),
            _ => None,
        }
    }

    fn key_type(self) -> &'static str {
        match self {
            Self::Ed25519Sha256 => "ed25519",
            Self::RsaSha256 => "rsa",
        }
    }
}

/// A key record.
#[derive(Debug)]
pub(super) struct Record(Tags);

impl Record {
    /// Reads the text of a TXT record.
    pub(super) fn parse(text: &str) -> Result<Self, Refused> {
        let tags = (text.len() <= LONGEST).then(|| Tags::parse(text)).flatten().ok_or(Refused::Key)?;
        if tags.get("v").is_some_and(|version| version != "DKIM1" || tags.first() != Some("v")) {
            return Err(Refused::Key);
        }
        Ok(Self(tags))
    }

    /// The key, if it is for this; nothing when it was taken back.
    pub(super) fn key(&self, algorithm: Algorithm, identity: &str, domain: &str) -> Result<Option<Vec<u8>>, Refused> {
        let list = |name| self.0.get(name).map(compact);
        let has = |list: &str, wanted: &str| list.split(':').any(|one| one == wanted || (one == "*" && wanted != "s"));
        if list("k").unwrap_or_else(|| "rsa".to_owned()) != algorithm.key_type() {
            return Err(Refused::KeyUse);
        }
        if list("h").is_some_and(|hashes| !has(&hashes, "sha256")) || list("s").is_some_and(|for_| !has(&for_, "email"))
        {
            return Err(Refused::KeyUse);
        }
        // `t=s`: no identity of a domain below.
        if list("t").is_some_and(|flags| has(&flags, "s")) && identity != domain {
            return Err(Refused::KeyUse);
        }
        let key = list("p").ok_or(Refused::Key)?;
        if key.is_empty() {
            return Ok(None);
        }
        BASE64.decode(key).map(Some).map_err(|_| Refused::Key)
    }
}

/// Whether the signature is over these bytes.
pub(super) fn verify(algorithm: Algorithm, key: &[u8], signed: &[u8], signature: &[u8]) -> Result<bool, Refused> {
    match algorithm {
        Algorithm::RsaSha256 => {
            if modulus_bits(key).ok_or(Refused::Key)? < FEWEST_BITS {
                return Err(Refused::SmallKey);
            }
            let key = UnparsedPublicKey::new(&RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, key);
            Ok(key.verify(signed, signature).is_ok())
        }
        // RFC 8463, section 3: Ed25519 signs the hash.
        Algorithm::Ed25519Sha256 => {
            if key.len() != 32 {
                return Err(Refused::Key);
            }
            Ok(UnparsedPublicKey::new(&ED25519, key).verify(&Sha256::digest(signed), signature).is_ok())
        }
    }
}

/// The bits of an RSA key's modulus: of an `RSAPublicKey`, or of one inside a `SubjectPublicKeyInfo`.
fn modulus_bits(key: &[u8]) -> Option<usize> {
    const SEQUENCE: u8 = 0x30;
    const INTEGER: u8 = 0x02;
    const BITS: u8 = 0x03;
    let (outer, _) = der(key, SEQUENCE)?;
    let inner = match der(outer, SEQUENCE) {
        Some((_, rest)) => {
            let (bits, _) = der(rest, BITS)?;
            der(bits.strip_prefix(&[0])?, SEQUENCE)?.0
        }
        None => outer,
    };
    let (modulus, _) = der(inner, INTEGER)?;
    let first = modulus.iter().position(|byte| *byte != 0)?;
    Some((modulus.len() - first) * 8 - modulus[first].leading_zeros() as usize)
}

/// The content of a DER value of this tag, and what follows it.
fn der(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&[found, length], mut rest) = bytes.split_first_chunk::<2>()?;
    if found != tag {
        return None;
    }
    let mut len = usize::from(length);
    if length >= 0x80 {
        let count = usize::from(length & 0x7f);
        if !(1..=3).contains(&count) {
            return None;
        }
        let (long, after) = rest.split_at_checked(count)?;
        len = long.iter().fold(0, |len, byte| len << 8 | usize::from(*byte));
        rest = after;
    }
    rest.split_at_checked(len)
}
