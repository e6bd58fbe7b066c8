//! Checksums of blocks, looked at when a block is first read.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::Error;

/// Bytes a block.
pub(crate) const BLOCK: usize = 4096;

/// A checksum of bytes: four lanes of a multiply-and-fold, each step a bijection, so that one changed bit always shows.
pub(crate) fn checksum(bytes: &[u8]) -> u64 {
    let mut lanes = [0x9e37_79b9_7f4a_7c15u64, 0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb, 0xd6e8_feb8_6659_fd93];
    let (chunks, rest) = bytes.as_chunks::<32>();
    for chunk in chunks {
        let (words, _) = chunk.as_chunks::<8>();
        for (lane, word) in lanes.iter_mut().zip(words) {
            *lane = step(*lane, u64::from_le_bytes(*word));
        }
    }
    let mut sum = bytes.len() as u64;
    for chunk in rest.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        sum = step(sum, u64::from_le_bytes(word));
    }
    lanes.into_iter().fold(sum, step)
}

#[inline]
fn step(state: u64, word: u64) -> u64 {
    let mixed = (state ^ word).wrapping_mul(0x9fb2_1c65_1e98_df25);
    mixed ^ (mixed >> 32)
}

/// Which blocks were found whole. A block is checked when it is first touched, so a file of any size opens at once.
#[derive(Debug)]
pub(crate) struct Checked(Box<[AtomicU64]>);

impl Checked {
    pub(crate) fn new(blocks: usize) -> Self {
        Self((0..blocks.div_ceil(64)).map(|_| AtomicU64::new(0)).collect())
    }

    /// Whether block `number` was found whole before.
    #[inline]
    pub(crate) fn knows(&self, number: usize) -> bool {
        self.0.get(number / 64).is_some_and(|word| word.load(Ordering::Relaxed) >> (number % 64) & 1 == 1)
    }

    /// Checks block `number` of `body`, which begins at byte `base` of the file; `sums` holds the checksums.
    #[cold]
    pub(crate) fn check(&self, number: usize, body: &[u8], base: usize, sums: &[u8]) -> Result<(), Error> {
        let from = number * BLOCK;
        let damaged = Error::Damaged { at: (base + from) as u64 };
        let block = body.get(from..body.len().min(from + BLOCK)).ok_or(damaged)?;
        let expected = sums.as_chunks::<8>().0.get(number).ok_or(damaged)?;
        if checksum(block) != u64::from_le_bytes(*expected) {
            return Err(damaged);
        }
        if let Some(word) = self.0.get(number / 64) {
            word.fetch_or(1 << (number % 64), Ordering::Relaxed);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_counts() {
        for length in [0, 1, 7, 8, 31, 32, 33, 100, BLOCK] {
            let bytes: Vec<u8> = (0..length).map(|i| (i * 31) as u8).collect();
            let sum = checksum(&bytes);
            for bit in 0..8 * length {
                let mut other = bytes.clone();
                other[bit / 8] ^= 1 << (bit % 8);
                assert_ne!(checksum(&other), sum, "{length} {bit}");
            }
            let mut longer = bytes.clone();
            longer.push(0);
            assert_ne!(checksum(&longer), sum);
        }
    }
}
