//! Where the watcher leaves what it found: captures, sealed to the desk's key.

mod item;

pub use item::{Item, Level, Shared, Text};
