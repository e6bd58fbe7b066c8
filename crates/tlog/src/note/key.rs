//! Names, ids and keys of signed notes.

use super::{MAX_NOTE, Signature};
use crate::error::NoteError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// The most bytes a key name may have: a cosigned message of C2SP tlog-cosignature gives it one length byte.
pub const MAX_KEY_NAME: usize = 255;

/// The most bytes of a verifier key's text that are read; the longest assigned key (ML-DSA-44) needs 2,021.
pub const MAX_KEY_TEXT: usize = 8 * 1024;

/// A key's name: not empty, no Unicode space, no plus sign, no control character, at most [`MAX_KEY_NAME`] bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyName(String);

impl KeyName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for KeyName {
    type Err = NoteError;

    fn from_str(name: &str) -> Result<KeyName, NoteError> {
        let wrong = |c: char| c.is_whitespace() || c == '+' || c < ' ';
        if name.is_empty() || name.len() > MAX_KEY_NAME || name.contains(wrong) {
            return Err(NoteError::KeyName);
        }
        Ok(KeyName(name.to_owned()))
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The signature type byte of C2SP signed-note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignatureType {
    /// `0x01`: Ed25519 over the text.
    Ed25519,
    /// `0x04`: timestamped Ed25519 cosignature of a checkpoint.
    CosignatureV1,
    /// `0x06`: timestamped ML-DSA-44 cosignature of a checkpoint.
    MlDsa44,
    /// Any other. Carried, not checked.
    Other(u8),
}

impl SignatureType {
    /// The byte.
    pub fn byte(self) -> u8 {
        match self {
            SignatureType::Ed25519 => 0x01,
            SignatureType::CosignatureV1 => 0x04,
            SignatureType::MlDsa44 => 0x06,
            SignatureType::Other(byte) => byte,
        }
    }

    /// The length of its public keys in bytes, where the type fixes it.
    fn public_len(self) -> Option<usize> {
        match self {
            SignatureType::Ed25519 | SignatureType::CosignatureV1 => Some(32),
            SignatureType::MlDsa44 => Some(1312),
            SignatureType::Other(_) => None,
        }
    }
}

impl From<u8> for SignatureType {
    fn from(byte: u8) -> SignatureType {
        match byte {
            0x01 => SignatureType::Ed25519,
            0x04 => SignatureType::CosignatureV1,
            0x06 => SignatureType::MlDsa44,
            other => SignatureType::Other(other),
        }
    }
}

/// The key id: `SHA-256(name || 0x0A || type || public key)[:4]`, big endian.
pub fn key_id(name: &KeyName, kind: SignatureType, public: &[u8]) -> u32 {
    let hash =
        Sha256::new().chain_update(name.as_str()).chain_update([b'\n', kind.byte()]).chain_update(public).finalize();
    u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])
}

/// The public half of a key: name, id, signature type and public key.
///
/// Its text form is `name+hash+base64`, where `hash` is the id in eight lower-case hexadecimal digits and the
/// base64 holds the type byte and the public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: KeyName,
    id: u32,
    kind: SignatureType,
    public: Vec<u8>,
}

impl VerifierKey {
    /// A verifier key of these parts; the id is computed.
    ///
    /// # Errors
    /// [`NoteError::VerifierKey`] when the public key has another length than its type asks for, or is no point
    /// of the curve.
    pub fn new(name: KeyName, kind: SignatureType, public: Vec<u8>) -> Result<VerifierKey, NoteError> {
        let id = key_id(&name, kind, &public);
        VerifierKey::with_id(name, id, kind, public)
    }

    /// The key's name.
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    /// The key's id.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// The signature type.
    pub fn signature_type(&self) -> SignatureType {
        self.kind
    }

    /// The public key in the encoding of its type; 32 bytes for Ed25519.
    pub fn public(&self) -> &[u8] {
        &self.public
    }

    fn with_id(name: KeyName, id: u32, kind: SignatureType, public: Vec<u8>) -> Result<VerifierKey, NoteError> {
        if public.is_empty() || kind.public_len().is_some_and(|len| len != public.len()) {
            return Err(NoteError::VerifierKey { what: "the length of the public key" });
        }
        if let (Some(32), Ok(bytes)) = (kind.public_len(), <&[u8; 32]>::try_from(public.as_slice()))
            && !is_usable(bytes)
        {
            return Err(NoteError::VerifierKey { what: "the public key" });
        }
        Ok(VerifierKey { name, id, kind, public })
    }
}

/// Whether these bytes are an Ed25519 public key that is believed: a point of the curve in its one encoding (RFC 8032,
/// section 5.1.3: y below p), and not of small order, which would let one signature fit many texts.
pub fn is_usable(key: &[u8; 32]) -> bool {
    // p = 2^255 - 19, little-endian; the highest bit is the sign of x.
    let reduced = key[0] < 0xED || key[1..31].iter().any(|byte| *byte != 0xFF) || key[31] & 0x7F != 0x7F;
    reduced && VerifyingKey::from_bytes(key).is_ok_and(|key| !key.is_weak())
}

impl FromStr for VerifierKey {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<VerifierKey, NoteError> {
        let malformed = |what| NoteError::VerifierKey { what };
        if text.len() > MAX_KEY_TEXT {
            return Err(malformed("the size"));
        }
        // Neither the name nor the id holds a plus sign; the base64 may.
        let mut fields = text.splitn(3, '+');
        let name: KeyName = fields.next().unwrap_or_default().parse()?;
        let id = fields.next().and_then(hex_id).ok_or(malformed("the key id"))?;
        let encoded = fields.next().ok_or(malformed("the public key"))?;
        let decoded = STANDARD.decode(encoded).map_err(|_| malformed("the base64"))?;
        let (byte, public) = decoded.split_first().ok_or(malformed("the signature type"))?;
        let key = VerifierKey::with_id(name, id, SignatureType::from(*byte), public.to_vec())?;
        // Types assigned elsewhere may compute their id otherwise (0x02 does); they are not checked anyway.
        let computed = key_id(&key.name, key.kind, &key.public);
        if key.kind.public_len().is_some() && id != computed {
            return Err(malformed("the key id does not fit the key"));
        }
        Ok(key)
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = vec![self.kind.byte()];
        bytes.extend_from_slice(&self.public);
        write!(f, "{}+{:08x}+{}", self.name, self.id, STANDARD.encode(bytes))
    }
}

/// Eight lower-case hexadecimal digits.
fn hex_id(text: &str) -> Option<u32> {
    let digits = text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    if digits { u32::from_str_radix(text, 16).ok() } else { None }
}

/// An Ed25519 key that signs notes (signature type `0x01`). The seed is wiped when it is dropped.
///
/// The same seed must not sign other things than checkpoints: cosigners and identities have keys of their own.
pub struct Signer {
    key: SigningKey,
    verifier: VerifierKey,
}

impl Signer {
    /// The signer of this name from its 32-byte seed (RFC 8032's private key).
    pub fn new(name: KeyName, seed: &[u8; 32]) -> Signer {
        Signer::of_type(name, SignatureType::Ed25519, seed)
    }

    /// The public half.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// Signs a text.
    ///
    /// # Errors
    /// [`NoteError::Text`] when it does not end in a newline or holds a control character.
    pub fn sign(&self, text: &str) -> Result<Signature, NoteError> {
        super::check_text(text)?;
        Ok(self.signature(self.raw(text.as_bytes()).to_vec()))
    }

    pub(crate) fn of_type(name: KeyName, kind: SignatureType, seed: &[u8; 32]) -> Signer {
        let key = SigningKey::from_bytes(seed);
        let public = key.verifying_key().to_bytes().to_vec();
        let id = key_id(&name, kind, &public);
        Signer { verifier: VerifierKey { name, id, kind, public }, key }
    }

    pub(crate) fn raw(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }

    pub(crate) fn signature(&self, bytes: Vec<u8>) -> Signature {
        debug_assert!(bytes.len() < MAX_NOTE);
        Signature { name: self.verifier.name.clone(), key_id: self.verifier.id, bytes }
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("verifier", &self.verifier).finish_non_exhaustive()
    }
}
