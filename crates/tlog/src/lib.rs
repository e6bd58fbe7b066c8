//! An append-only public log, as the C2SP family of specifications has it: one module a specification.
//!
//! A log is a list of entries that only grows. Its Merkle tree hashes any number of them to one root; the log signs the
//! root and the size as a *checkpoint*. From then on nobody, the log's owner included, can change, remove or back-date
//! an entry without contradicting his own signature, and a proof of a few hundred bytes shows any one entry under
//! it. Witnesses cosign checkpoints, time-stampers stamp them; only those say *when*.
//!
//! | module | specification |
//! |---|---|
//! | [`merkle`] | RFC 6962, section 2.1 |
//! | [`note`] | C2SP signed-note |
//! | [`checkpoint`] | C2SP tlog-checkpoint |
//! | [`cosignature`] | C2SP tlog-cosignature, Ed25519 and ML-DSA-44 |
//! | [`tile`] | C2SP tlog-tiles, paths and bytes |
//! | [`proof`] | C2SP tlog-proof |
//! | [`directory`] | C2SP tlog-tiles as files, appended to durably |
//! | [`witness`] | C2SP tlog-witness, both sides without the wire |
//! | [`timestamp`] | RFC 3161, RFC 5816 |
//!
//! What is left to the caller: what an entry means; where keys, nonces and times come from; carrying requests to
//! witnesses and time-stampers; and keeping the record of the newest checkpoint that [`directory::Log`] asks for.
//! The exact bytes, the limits, and what a reader must refuse stand in `docs/formats/log.md`.
//!
//! # Example
//!
//! Append an entry, and prove it to somebody who has only the log's public key.
//!
//! ```
//! use countermark_tlog::directory::{Folder, Log};
//! use countermark_tlog::merkle::leaf_hash;
//! use countermark_tlog::note::Signer;
//! use countermark_tlog::proof::Proof;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let dir = tempfile::tempdir()?;
//! let signer = Signer::new("log.example/letters".parse()?, &[7; 32]);
//! // The caller records every checkpoint before it is published; here in a variable, elsewhere in a vault.
//! let mut record = Vec::new();
//! let mut keep = |checkpoint: &[u8]| Ok::<_, std::io::Error>(record = checkpoint.to_vec());
//!
//! let mut log = Log::create(Folder::create(dir.path())?, &signer, &mut keep)?;
//! let indices = log.append(&signer, &[b"first", b"second"], &mut keep)?;
//! assert_eq!(indices, 0..2);
//! let text = log.proof(1)?.to_text();
//!
//! // Elsewhere, offline:
//! let proof = Proof::parse(text.as_bytes())?;
//! proof.verify(&leaf_hash(b"second"), signer.verifier(), &[])?;
//! assert!(proof.verify(&leaf_hash(b"forged"), signer.verifier(), &[]).is_err());
//! # Ok(())
//! # }
//! ```
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod checkpoint;
pub mod cosignature;
pub mod directory;
pub mod error;
pub mod merkle;
pub mod note;
pub mod proof;
pub mod tile;
pub mod timestamp;
pub mod witness;

pub use error::{CheckpointError, LogError, MerkleError, NoteError, ProofError, TileError, TimestampError};
pub use merkle::Hash;
pub use witness::WitnessError;
