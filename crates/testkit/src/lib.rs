//! For tests only: clock, seeded randomness, failing stores.

mod clock;
mod failing;
mod rng;

pub use clock::FakeClock;
pub use failing::{FailingStore, Fault, Half};
pub use rng::{SeededRng, rng};
