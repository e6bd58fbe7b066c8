//! Randomness that repeats.

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

/// What the tests take as randomness: ChaCha20, so that every failure can be repeated from its seed.
pub type SeededRng = ChaCha20Rng;

/// The generator of a seed.
pub fn rng(seed: u64) -> SeededRng {
    ChaCha20Rng::seed_from_u64(seed)
}
