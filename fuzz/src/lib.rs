//! What the fuzz targets share: choices that follow from the input.

/// A stream of numbers that follows from some bytes. The same input always gives the same run.
pub struct Choices(u64);

impl Choices {
    /// The stream of these bytes (FNV-1a).
    pub fn of(bytes: &[u8]) -> Choices {
        Choices(
            bytes
                .iter()
                .fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)),
        )
    }

    /// The next number below `bound`, which is not 0 (SplitMix64; the bias does not matter here).
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % bound as u64) as usize
    }

    /// A codeword of a master: one symbol for each site.
    pub fn codeword(&mut self, master: &countermark_marking::Master) -> Vec<u8> {
        master.sites().iter().map(|site| self.below(site.alternatives) as u8).collect()
    }
}
