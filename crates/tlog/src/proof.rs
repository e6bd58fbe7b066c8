//! Proofs that a log holds an entry (C2SP tlog-proof): checkpoint, index and inclusion proof in one text, to be
//! checked offline.

use crate::checkpoint::{SignedCheckpoint, decimal, hash};
use crate::error::ProofError;
use crate::merkle::{Hash, MAX_PROOF, MAX_SIZE, verify_inclusion};
use crate::note::{Checked, MAX_NOTE, VerifierKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt;

/// The first line.
pub const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// The most bytes of extra data.
pub const MAX_EXTRA: usize = 64 * 1024;

/// The most bytes of a proof that are read.
pub const MAX_PROOF_TEXT: usize = MAX_NOTE + 2 * MAX_EXTRA;

/// A proof as it came: well-formed, nothing verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Opaque data that nothing vouches for.
    pub extra: Option<Vec<u8>>,
    /// Zero-based number of the entry.
    pub index: u64,
    /// The inclusion proof, from the leaf's sibling up.
    pub hashes: Vec<Hash>,
    /// The checkpoint, with whatever cosignatures it carries.
    pub checkpoint: SignedCheckpoint,
}

impl Proof {
    /// Reads a proof. What is read is written again byte for byte.
    ///
    /// # Errors
    /// [`ProofError`] names the line that is malformed, or the limit that is broken.
    pub fn parse(bytes: &[u8]) -> Result<Proof, ProofError> {
        if bytes.len() > MAX_PROOF_TEXT {
            return Err(ProofError::TooLarge { size: bytes.len(), limit: MAX_PROOF_TEXT });
        }
        // The proof's own lines are ASCII; the checkpoint after the first empty line looks after itself.
        let end = bytes.windows(2).position(|pair| pair == b"\n\n");
        let end = end.ok_or(ProofError::Line { line: 1, expected: "followed by an empty line and a checkpoint" })?;
        let head = str::from_utf8(&bytes[..end]).map_err(|_| ProofError::Line { line: 1, expected: "text" })?;
        let mut lines = head.split('\n').enumerate().map(|(at, line)| (at + 1, line)).peekable();
        if lines.next().map(|(_, line)| line) != Some(HEADER) {
            return Err(ProofError::Line { line: 1, expected: "the header of a tlog-proof" });
        }
        let mut extra = None;
        if let Some((line, encoded)) = lines.peek().and_then(|(at, line)| Some((*at, line.strip_prefix("extra ")?))) {
            let fits = encoded.len() <= MAX_EXTRA.div_ceil(3) * 4;
            let decoded = if fits { STANDARD.decode(encoded).ok() } else { None };
            extra = Some(decoded.ok_or(ProofError::Line { line, expected: "extra data in base64" })?);
            lines.next();
        }
        let (line, index) = lines.next().unwrap_or((2, ""));
        let index = index.strip_prefix("index ").and_then(|number| decimal(number, MAX_SIZE));
        let index = index.ok_or(ProofError::Line { line, expected: "an index" })?;
        let mut hashes = Vec::new();
        for (line, encoded) in lines {
            let hash = hash(encoded).filter(|_| hashes.len() < MAX_PROOF);
            hashes.push(hash.ok_or(ProofError::Line { line, expected: "a hash of an inclusion proof" })?);
        }
        Ok(Proof { extra, index, hashes, checkpoint: SignedCheckpoint::parse(&bytes[end + 2..])? })
    }

    /// Checks that the log with this key signed a tree in which the entry with this leaf hash stands at
    /// [`Proof::index`]; and every cosignature by one of the witnesses. The findings come in the order of the
    /// checkpoint's signatures.
    ///
    /// # Errors
    /// [`ProofError`] says whether the checkpoint or the inclusion does not hold.
    pub fn verify(
        &self,
        leaf: &Hash,
        log: &VerifierKey,
        witnesses: &[VerifierKey],
    ) -> Result<Vec<Checked<'_>>, ProofError> {
        let findings = self.checkpoint.verify(log, witnesses)?;
        let head = self.checkpoint.checkpoint();
        verify_inclusion(leaf, self.index, head.size, &self.hashes, &head.root)?;
        Ok(findings)
    }

    /// The exact text form.
    pub fn to_text(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", STANDARD.encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.hashes.iter().try_for_each(|hash| writeln!(f, "{}", STANDARD.encode(hash)))?;
        write!(f, "\n{}", self.checkpoint.to_text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkpoint::Checkpoint;
    use crate::error::{CheckpointError, MerkleError};
    use crate::merkle::{Tree, leaf_hash};
    use crate::note::Signer;

    fn sample(size: u64, index: u64, extra: Option<Vec<u8>>) -> (Signer, Hash, Proof) {
        let signer = Signer::new("log.example/1".parse().unwrap(), &[1; 32]);
        let leaves: Vec<Hash> = (0..size).map(|i| leaf_hash(&i.to_be_bytes())).collect();
        let tree = Tree::new(leaves.clone());
        let head = Checkpoint { origin: "log.example/1".into(), size, root: tree.root(), extensions: vec![] };
        let hashes = tree.inclusion(index).unwrap();
        let proof = Proof { extra, index, hashes, checkpoint: head.sign(&signer).unwrap() };
        (signer, leaves[index as usize], proof)
    }

    #[test]
    fn a_proof_reads_writes_and_verifies() {
        for (size, index, extra) in
            [(1, 0, None), (7, 6, Some(vec![1, 2, 3])), (300, 255, Some(vec![])), (256, 0, None)]
        {
            let (signer, leaf, proof) = sample(size, index, extra);
            let text = proof.to_text();
            let read = Proof::parse(text.as_bytes()).unwrap();
            assert_eq!(read, proof);
            assert_eq!(read.to_text(), text);
            read.verify(&leaf, signer.verifier(), &[]).unwrap();
            assert_eq!(read.verify(&[0; 32], signer.verifier(), &[]), Err(ProofError::Merkle(MerkleError::Root)));
        }
    }

    #[test]
    fn no_single_bit_may_change() {
        let (signer, leaf, proof) = sample(5, 2, None);
        let text = proof.to_text().into_bytes();
        for bit in 0..text.len() * 8 {
            let mut forged = text.clone();
            forged[bit / 8] ^= 1 << (bit % 8);
            let found = Proof::parse(&forged).and_then(|read| read.verify(&leaf, signer.verifier(), &[]).map(|_| ()));
            assert!(found.is_err(), "bit {bit}");
        }
    }

    #[test]
    fn malformed_lines_are_named() {
        let (_, _, proof) = sample(5, 2, None);
        let text = proof.to_text();
        let rows = [
            (String::new(), 1),
            (text.replacen("@v1", "@v2", 1), 1),
            (text.replacen("index 2", "index 02", 1), 2),
            (text.replacen("index 2", "index", 1), 2),
            (text.replacen("index 2\n", "", 1), 2),
            (text.replacen("index", "extra !\nindex", 1), 2),
            (text.replacen("index", "extra \nextra \nindex", 1), 3),
            (text.replacen("index 2\n", "index 2\nAAAA\n", 1), 3),
            (
                text.replacen(
                    "index 2\n",
                    &format!("index 2\n{}", "A".repeat(43).as_str().to_owned() + "=\n").repeat(1),
                    1,
                ),
                0,
            ),
            (
                text.replacen("index 2\n", &("index 2\n".to_owned() + &format!("{}=\n", "A".repeat(43)).repeat(61)), 1),
                66,
            ),
        ];
        for (text, at) in rows {
            match Proof::parse(text.as_bytes()) {
                Err(ProofError::Line { line, .. }) => assert_eq!(line, at, "{text:?}"),
                // One hash too many still reads; it can't verify.
                Ok(_) => assert_eq!(at, 0, "{text:?}"),
                other => panic!("{text:?} gave {other:?}"),
            }
        }
        let cut = &text[..text.len() - 1];
        assert!(matches!(Proof::parse(cut.as_bytes()), Err(ProofError::Checkpoint(CheckpointError::Note(_)))));
        let huge = vec![b'a'; MAX_PROOF_TEXT + 1];
        assert!(matches!(Proof::parse(&huge), Err(ProofError::TooLarge { .. })));
    }
}
