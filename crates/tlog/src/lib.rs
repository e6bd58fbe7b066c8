//! A C2SP transparency log: notes, checkpoints, tiles, Merkle proofs, timestamps.
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

pub use error::{CheckpointError, LogError, MerkleError, NoteError, ProofError, TileError, TimestampError};
pub use merkle::Hash;
