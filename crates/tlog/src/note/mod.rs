//! Signed notes (C2SP signed-note): a text, a blank line, and lines `— name base64(key id || signature)`.
//!
//! A note's text means nothing until [`Note::verify`] has found a valid signature by a key that the caller
//! knows. Signatures by other keys are carried along and ignored; a signature by a known key that does not
//! verify refuses the whole note.

mod key;
#[cfg(test)]
mod tests;

pub use key::{KeyName, MAX_KEY_NAME, MAX_KEY_TEXT, SignatureType, Signer, VerifierKey, is_usable, key_id};

use crate::cosignature;
use crate::error::NoteError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::VerifyingKey;

/// The most bytes of a note that are read: room for 100 post-quantum signatures beside a checkpoint.
pub const MAX_NOTE: usize = 512 * 1024;

/// The most signatures of a note that are read; C2SP asks for at least 16.
pub const MAX_SIGNATURES: usize = 100;

/// The most bytes a signature line may carry after base64: ML-DSA-87 needs 4,627 and the key id 4.
const MAX_SIGNATURE: usize = 8 * 1024;

/// The start of every signature line: an em dash and a space.
const DASH: &str = "\u{2014} ";

/// One signature line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The name of the key.
    pub name: KeyName,
    /// The key's id; name and id together point at one key and one signature type.
    pub key_id: u32,
    /// What follows the key id, in the form of the signature type.
    pub bytes: Vec<u8>,
}

impl Signature {
    /// The line, with its newline.
    pub fn line(&self) -> String {
        let mut bytes = self.key_id.to_be_bytes().to_vec();
        bytes.extend_from_slice(&self.bytes);
        format!("{DASH}{} {}\n", self.name, STANDARD.encode(bytes))
    }

    /// Reads one line, without its newline.
    pub(crate) fn parse(line: &str) -> Option<Signature> {
        let (name, encoded) = line.strip_prefix(DASH)?.split_once(' ')?;
        if encoded.len() > MAX_SIGNATURE.div_ceil(3) * 4 {
            return None;
        }
        let decoded = STANDARD.decode(encoded).ok()?;
        let (key_id, bytes) = decoded.split_first_chunk::<4>()?;
        if bytes.is_empty() {
            return None;
        }
        Some(Signature { name: name.parse().ok()?, key_id: u32::from_be_bytes(*key_id), bytes: bytes.to_vec() })
    }
}

/// A note as it came: well-formed, nothing verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

/// What was found about one signature of a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// By a known key, and valid. A cosignature says when, in Unix seconds.
    Valid {
        /// The cosigner's time; `None` for a plain signature, and for a cosigner that states none.
        time: Option<u64>,
    },
    /// By a known key of a signature type that is not implemented here.
    NotChecked,
    /// By no known key.
    Unknown,
}

/// One signature and what was found about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked<'n> {
    /// The signature.
    pub signature: &'n Signature,
    /// The finding.
    pub outcome: Outcome,
}

impl Note {
    /// A note of this text without signatures; add one before it is written.
    ///
    /// # Errors
    /// [`NoteError::Text`] when the text does not end in a newline or holds a control character.
    pub fn new(text: String) -> Result<Note, NoteError> {
        check_text(&text)?;
        Ok(Note { text, signatures: Vec::new() })
    }

    /// Reads a note. What is read is written again byte for byte by [`Note::to_text`].
    ///
    /// # Errors
    /// [`NoteError`] names what is malformed or over a limit; sizes are looked at first.
    pub fn parse(bytes: &[u8]) -> Result<Note, NoteError> {
        if bytes.len() > MAX_NOTE {
            return Err(NoteError::TooLarge { size: bytes.len(), limit: MAX_NOTE });
        }
        let whole = str::from_utf8(bytes).map_err(|error| NoteError::Encoding { offset: error.valid_up_to() })?;
        if let Some(offset) = bytes.iter().position(|byte| *byte < 0x20 && *byte != b'\n') {
            return Err(NoteError::Encoding { offset });
        }
        let blank = whole.rfind("\n\n").ok_or(NoteError::NoSignatures)?;
        let (text, block) = (&whole[..blank + 1], &whole[blank + 2..]);
        let block = block.strip_suffix('\n').ok_or(NoteError::NoSignatures)?;
        let mut signatures = Vec::new();
        for (at, line) in block.split('\n').enumerate() {
            if at == MAX_SIGNATURES {
                return Err(NoteError::TooManySignatures { limit: MAX_SIGNATURES });
            }
            signatures.push(Signature::parse(line).ok_or(NoteError::SignatureLine { line: at + 1 })?);
        }
        Ok(Note { text: text.to_owned(), signatures })
    }

    /// The signed text, with its final newline. Not to be trusted before [`Note::verify`].
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signatures, in the order they stand.
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// Adds a signature line at the end, unless the same line already stands there.
    ///
    /// # Errors
    /// [`NoteError::TooManySignatures`] when the note is full.
    pub fn add(&mut self, signature: Signature) -> Result<(), NoteError> {
        if self.signatures.contains(&signature) {
            return Ok(());
        }
        if self.signatures.len() == MAX_SIGNATURES {
            return Err(NoteError::TooManySignatures { limit: MAX_SIGNATURES });
        }
        self.signatures.push(signature);
        Ok(())
    }

    /// The note's exact text form.
    pub fn to_text(&self) -> String {
        let mut whole = format!("{}\n", self.text);
        self.signatures.iter().for_each(|signature| whole.push_str(&signature.line()));
        whole
    }

    /// Checks every signature whose name and key id are those of a known key.
    ///
    /// The findings come in the order of the signatures. A cosignature counts like any other signature here: who
    /// needs the *log's* signature must look for it by name (as [`SignedCheckpoint::verify`] does).
    ///
    /// [`SignedCheckpoint::verify`]: crate::checkpoint::SignedCheckpoint::verify
    ///
    /// # Errors
    /// [`NoteError::BadSignature`] when a known key's signature does not verify, [`NoteError::Unsigned`] when no
    /// signature was found valid.
    pub fn verify(&self, keys: &[VerifierKey]) -> Result<Vec<Checked<'_>>, NoteError> {
        let mut findings = Vec::with_capacity(self.signatures.len());
        for (at, signature) in self.signatures.iter().enumerate() {
            let key = keys.iter().find(|key| key.id() == signature.key_id && *key.name() == signature.name);
            let outcome = match key {
                None => Outcome::Unknown,
                Some(key) => check(key, &self.text, signature)
                    .ok_or(NoteError::BadSignature { line: at + 1, key_id: signature.key_id })?,
            };
            findings.push(Checked { signature, outcome });
        }
        if findings.iter().any(|found| matches!(found.outcome, Outcome::Valid { .. })) {
            Ok(findings)
        } else {
            Err(NoteError::Unsigned)
        }
    }
}

/// One signature under the key that its name and id point at; `None` when it does not verify.
fn check(key: &VerifierKey, text: &str, signature: &Signature) -> Option<Outcome> {
    match key.signature_type() {
        SignatureType::Ed25519 => {
            verify_strict(key, text.as_bytes(), &signature.bytes).then_some(Outcome::Valid { time: None })
        }
        SignatureType::CosignatureV1 | SignatureType::MlDsa44 => {
            cosignature::check(key, text, &signature.bytes).map(|time| Outcome::Valid { time })
        }
        SignatureType::Other(_) => Some(Outcome::NotChecked),
    }
}

/// Ed25519 with the strict rules: no key of small order, no second encoding of a signature.
pub(crate) fn verify_strict(key: &VerifierKey, message: &[u8], signature: &[u8]) -> bool {
    let (Ok(public), Ok(signature)) = (<&[u8; 32]>::try_from(key.public()), <&[u8; 64]>::try_from(signature)) else {
        return false;
    };
    let Ok(public) = VerifyingKey::from_bytes(public) else { return false };
    public.verify_strict(message, &ed25519_dalek::Signature::from_bytes(signature)).is_ok()
}

/// What a text must be to be signed.
fn check_text(text: &str) -> Result<(), NoteError> {
    if !text.ends_with('\n') {
        return Err(NoteError::Text { what: "it does not end in a newline" });
    }
    if text.bytes().any(|byte| byte < 0x20 && byte != b'\n') {
        return Err(NoteError::Text { what: "it holds a control character" });
    }
    if text.len() > MAX_NOTE {
        return Err(NoteError::Text { what: "it is too long" });
    }
    Ok(())
}
