//! What a picture and its reading may take.

use std::time::Duration;

/// What a picture and its reading may take. A picture from outside is hostile until it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub bytes: usize,
    /// Pixels of the longer side.
    pub side: u32,
    /// Pixels in all; a telephone's whole screen has 4 million, a long capture of a chat 20 million.
    pub pixels: u64,
    /// Bytes of address space that the child process may have.
    pub memory: u64,
    /// How long one picture may take, all attempts together.
    pub time: Duration,
    /// Bytes that the child process may print.
    pub output: usize,
}

impl Default for Limits {
    /// 32 MiB of file, 30,000 pixels a side, 40 million in all; 2 GiB, 20 seconds, 16 MiB printed.
    fn default() -> Self {
        Self {
            bytes: 32 << 20,
            side: 30_000,
            pixels: 40_000_000,
            memory: 2 << 30,
            time: Duration::from_secs(20),
            output: 16 << 20,
        }
    }
}
