//! A C2SP transparency log: notes, checkpoints, tiles, Merkle proofs, timestamps.
