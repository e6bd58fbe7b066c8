//! Checkpoints (C2SP tlog-checkpoint): a note whose text is a log's origin, size and root.

use crate::error::{CheckpointError, NoteError};
use crate::merkle::{Hash, MAX_SIZE, empty_root};
use crate::note::{Checked, Note, Outcome, Signer, VerifierKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// The most bytes of an origin: a cosigned message of C2SP tlog-cosignature gives it one length byte.
pub const MAX_ORIGIN: usize = 255;

/// The most extension lines that are read. We write none: nobody can audit them.
pub const MAX_EXTENSIONS: usize = 16;

/// The most bytes of one extension line.
pub const MAX_EXTENSION: usize = 1024;

/// The head of a log: which log, how many entries, and the root over them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's identity; a schema-less URL by custom.
    pub origin: String,
    /// Number of entries, at most [`MAX_SIZE`].
    pub size: u64,
    /// The RFC 6962 root over them.
    pub root: Hash,
    /// Further lines, opaque.
    pub extensions: Vec<String>,
}

impl Checkpoint {
    /// SHA-256 of the checkpoint's text without signatures: what a time-stamp is asked for, so that cosignatures
    /// that come later leave the stamp valid.
    pub fn digest(&self) -> Hash {
        Sha256::digest(self.to_string()).into()
    }

    /// Signs it.
    ///
    /// # Errors
    /// [`CheckpointError::Line`] when a field can't be written, so nothing is signed that would not be read.
    pub fn sign(&self, signer: &Signer) -> Result<SignedCheckpoint, CheckpointError> {
        let text = self.to_string();
        if text.parse::<Checkpoint>()? != *self {
            return Err(CheckpointError::Line { line: 1, expected: "a checkpoint that reads as it was written" });
        }
        let mut note = Note::new(text)?;
        note.add(signer.sign(note.text())?)?;
        Ok(SignedCheckpoint { checkpoint: self.clone(), note })
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root))?;
        self.extensions.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    /// Reads a note's text, strictly: what is read is written again byte for byte.
    fn from_str(text: &str) -> Result<Checkpoint, CheckpointError> {
        let wrong = |line, expected| CheckpointError::Line { line, expected };
        let body = text.strip_suffix('\n').ok_or(wrong(1, "ended by a newline"))?;
        let mut lines = body.split('\n');
        let origin = lines.next().filter(|line| fits(line, MAX_ORIGIN)).ok_or(wrong(1, "an origin"))?;
        let size = lines.next().and_then(|line| decimal(line, MAX_SIZE)).ok_or(wrong(2, "a tree size"))?;
        let root = lines.next().and_then(hash).ok_or(wrong(3, "a root hash"))?;
        if size == 0 && root != empty_root() {
            return Err(wrong(3, "the root of an empty tree"));
        }
        let mut extensions = Vec::new();
        for (at, line) in lines.enumerate() {
            if at == MAX_EXTENSIONS {
                return Err(CheckpointError::Extensions { limit: MAX_EXTENSIONS });
            }
            if !fits(line, MAX_EXTENSION) {
                return Err(wrong(at + 4, "an extension line"));
            }
            extensions.push(line.to_owned());
        }
        Ok(Checkpoint { origin: origin.to_owned(), size, root, extensions })
    }
}

/// A checkpoint with its note around it: well-formed, nothing verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: Note,
}

impl SignedCheckpoint {
    /// Reads a signed checkpoint.
    ///
    /// # Errors
    /// [`CheckpointError`] names the line or the part of the note that is malformed.
    pub fn parse(bytes: &[u8]) -> Result<SignedCheckpoint, CheckpointError> {
        let note = Note::parse(bytes)?;
        Ok(SignedCheckpoint { checkpoint: note.text().parse()?, note })
    }

    /// What is signed. Not to be trusted before [`SignedCheckpoint::verify`].
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The note with its signatures.
    pub fn note(&self) -> &Note {
        &self.note
    }

    /// The note, to add cosignatures to.
    ///
    /// # Errors
    /// [`NoteError::TooManySignatures`] when it is full.
    pub fn add(&mut self, signature: crate::note::Signature) -> Result<(), NoteError> {
        self.note.add(signature)
    }

    /// The exact text form.
    pub fn to_text(&self) -> String {
        self.note.to_text()
    }

    /// Checks that the log signed this, under its own key and its own origin (a log's origin is its key's name),
    /// and every cosignature by one of the witnesses. The findings come in the order of the signatures.
    ///
    /// # Errors
    /// [`CheckpointError::Origin`] when the origin is not the key's name; [`NoteError::Unsigned`] when the log's
    /// signature is missing; [`NoteError::BadSignature`] when one of a known key is wrong.
    pub fn verify(&self, log: &VerifierKey, witnesses: &[VerifierKey]) -> Result<Vec<Checked<'_>>, CheckpointError> {
        if self.checkpoint.origin != log.name().as_str() {
            return Err(CheckpointError::Origin);
        }
        let mut keys = vec![log.clone()];
        keys.extend_from_slice(witnesses);
        let findings = self.note.verify(&keys)?;
        let by_log = |found: &Checked<'_>| {
            found.signature.key_id == log.id()
                && found.signature.name == *log.name()
                && matches!(found.outcome, Outcome::Valid { .. })
        };
        if findings.iter().any(by_log) { Ok(findings) } else { Err(NoteError::Unsigned.into()) }
    }
}

/// A line that is not empty, not too long and without control characters.
fn fits(line: &str, limit: usize) -> bool {
    !line.is_empty() && line.len() <= limit && line.bytes().all(|byte| byte >= 0x20)
}

/// A decimal number without leading zeros, at most `limit`.
pub(crate) fn decimal(text: &str, limit: u64) -> Option<u64> {
    let digits = !text.is_empty() && text.len() <= 20 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || (text.len() > 1 && text.starts_with('0')) {
        return None;
    }
    text.parse().ok().filter(|number| *number <= limit)
}

/// A hash in base64.
pub(crate) fn hash(text: &str) -> Option<Hash> {
    if text.len() != 44 {
        return None;
    }
    STANDARD.decode(text).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SAMPLE: &str = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

    #[test]
    fn the_specification_s_sample_reads_and_writes() {
        let checkpoint: Checkpoint = SAMPLE.parse().unwrap();
        assert_eq!((checkpoint.origin.as_str(), checkpoint.size), ("example.com/behind-the-sofa", 20_852_163));
        assert!(checkpoint.extensions.is_empty());
        assert_eq!(checkpoint.to_string(), SAMPLE);
    }

    #[test]
    fn what_is_not_exact_is_refused() {
        let root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
        let rows = [
            (String::new(), 1),
            ("a\n1\n".into(), 3),
            (format!("\n1\n{root}\n"), 1),
            (format!("a\tb\n1\n{root}\n"), 1),
            (format!("{}\n1\n{root}\n", "a".repeat(256)), 1),
            (format!("a\n01\n{root}\n"), 2),
            (format!("a\n+1\n{root}\n"), 2),
            (format!("a\n-1\n{root}\n"), 2),
            (format!("a\n\n{root}\n"), 2),
            (format!("a\n1 \n{root}\n"), 2),
            (format!("a\n9223372036854775808\n{root}\n"), 2),
            (format!("a\n99999999999999999999999\n{root}\n"), 2),
            ("a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n".into(), 3),
            // Bits beyond the last byte are set: another text of the same hash.
            ("a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n".into(), 3),
            ("a\n1\nCsUYapGGPo4dkMgIAUqom_Xajj7h2fB2MPA3j2jxq2I=\n".into(), 3),
            (format!("a\n0\n{root}\n"), 3),
            (format!("a\n1\n{root}\n\n"), 4),
            (format!("a\n1\n{root}\nx\n{}\n", "y".repeat(1025)), 5),
        ];
        for (text, at) in rows {
            match text.parse::<Checkpoint>() {
                Err(CheckpointError::Line { line, .. }) => assert_eq!(line, at, "{text:?}"),
                other => panic!("{text:?} gave {other:?}"),
            }
        }
        assert!(format!("a\n1\n{root}").parse::<Checkpoint>().is_err());
        let many = format!("a\n1\n{root}\n{}", "x\n".repeat(17));
        assert_eq!(many.parse::<Checkpoint>(), Err(CheckpointError::Extensions { limit: 16 }));
        assert!(format!("a\n9223372036854775807\n{root}\n").parse::<Checkpoint>().is_ok());
    }

    #[test]
    fn a_signed_checkpoint_is_of_its_log() {
        let signer = Signer::new("log.example/1".parse().unwrap(), &[1; 32]);
        let other = Signer::new("log.example/2".parse().unwrap(), &[2; 32]);
        let checkpoint = Checkpoint { origin: "log.example/1".into(), size: 0, root: empty_root(), extensions: vec![] };
        let signed = checkpoint.sign(&signer).unwrap();
        let read = SignedCheckpoint::parse(signed.to_text().as_bytes()).unwrap();
        assert_eq!(read, signed);
        read.verify(signer.verifier(), &[]).unwrap();
        assert_eq!(read.verify(other.verifier(), &[]), Err(CheckpointError::Origin));
        // Signed by a witness alone, it is not the log's.
        let forged = checkpoint.sign(&other).unwrap();
        let found = forged.verify(signer.verifier(), &[other.verifier().clone()]);
        assert_eq!(found, Err(CheckpointError::Note(NoteError::Unsigned)));
        // The right name under another key is an unknown key.
        let same_name = Signer::new("log.example/1".parse().unwrap(), &[3; 32]);
        let forged = checkpoint.sign(&same_name).unwrap();
        assert_eq!(forged.verify(signer.verifier(), &[]), Err(CheckpointError::Note(NoteError::Unsigned)));
    }

    #[test]
    fn nothing_is_signed_that_would_not_be_read() {
        let signer = Signer::new("log.example/1".parse().unwrap(), &[1; 32]);
        let good = Checkpoint { origin: "o".into(), size: 1, root: [1; 32], extensions: vec![] };
        assert!(good.sign(&signer).is_ok());
        for bad in [
            Checkpoint { origin: "o\n2".into(), ..good.clone() },
            Checkpoint { origin: String::new(), ..good.clone() },
            Checkpoint { size: 0, ..good.clone() },
            Checkpoint { size: u64::MAX, ..good.clone() },
            Checkpoint { extensions: vec!["a\nb".into()], ..good.clone() },
            Checkpoint { extensions: vec![String::new()], ..good.clone() },
        ] {
            assert!(bad.sign(&signer).is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn what_parses_is_written_back(text in "[a-z/.\n]{0,12}\n[0-9]{0,4}\n[A-Za-z0-9+/]{42}[A-Za-z0-9+/]=\n([a-z ]{0,5}\n){0,3}") {
            if let Ok(checkpoint) = text.parse::<Checkpoint>() {
                prop_assert_eq!(checkpoint.to_string(), text);
            }
        }
    }
}
