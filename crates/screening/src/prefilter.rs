//! Two small sets of fingerprints that never say no to a member.
//!
//! The prefilter of a segment keeps most look-ups from its table: a Bloom filter (Bloom 1970) of which each member's three bits lie
//! in one 64-bit word (Putze, Sanders, Singler 2007), so that a look-up touches one line of memory. A message's own set,
//! with four bits a member spread over all of it, tells how far a run goes on.

use crate::layout::PRINT;

/// Bits of the prefilter for each member.
pub(crate) const FILTER_BITS: u64 = 16;

/// Bits of a message's set for each member.
pub(crate) const SET_BITS: u64 = 8;

/// The chance that a message's set takes a stranger for a member, as bits: (1 - e^(-4/8))^4 = 0.024.
pub(crate) const SET_EVIDENCE: f64 = 5.4;

/// A fingerprint as the table knows it.
#[inline]
pub(crate) fn print(fingerprint: u64) -> u64 {
    fingerprint >> (64 - PRINT)
}

/// The word of a filter of `words` words in which a member's bits lie.
#[inline]
pub(crate) fn filter_word(print: u64, words: u64) -> usize {
    ((u128::from(print) * u128::from(words)) >> PRINT) as usize
}

/// The bits within it.
#[inline]
pub(crate) fn filter_mask(print: u64) -> u64 {
    let mixed = print.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    1 << (mixed >> 58) | 1 << (mixed >> 52 & 63) | 1 << (mixed >> 46 & 63)
}

/// The 64-bit words of a set for `members`.
pub(crate) fn set_words(members: usize) -> usize {
    ((members as u64 * SET_BITS).div_ceil(64)) as usize
}

/// The bits of a member in a set of `words` words.
#[inline]
fn set_bits(fingerprint: u64, words: usize) -> [usize; 4] {
    let bits = 64 * words as u64;
    let odd = [0x9fb2_1c65_1e98_df25, 0xd6e8_feb8_6659_fd93, 0xa076_1d64_78bd_642f, 0xe703_7ed1_a0b4_28db];
    odd.map(|odd: u64| ((u128::from(fingerprint.wrapping_mul(odd)) * u128::from(bits)) >> 64) as usize)
}

pub(crate) fn set_insert(set: &mut [u64], fingerprint: u64) {
    if set.is_empty() {
        return;
    }
    for bit in set_bits(fingerprint, set.len()) {
        set[bit / 64] |= 1 << (bit % 64);
    }
}

/// Whether a set, as the bytes of its words, may hold a fingerprint. All four bits are looked at in any case: a guess at where to stop
/// would be wrong too often.
#[inline]
pub(crate) fn set_holds(set: &[[u8; 8]], fingerprint: u64) -> bool {
    let bit = |bit: usize| set.get(bit / 64).map_or(0, |word| u64::from_le_bytes(*word) >> (bit % 64));
    let [a, b, c, d] = set_bits(fingerprint, set.len());
    bit(a) & bit(b) & bit(c) & bit(d) & 1 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look random.
    fn numbers(seed: u64) -> impl Iterator<Item = u64> {
        (0u64..).map(move |i| {
            let x = (i + seed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            x ^ x >> 31
        })
    }

    #[test]
    fn members_are_held_and_few_strangers() {
        for members in [1, 20, 300, 5000] {
            let mut set = vec![0; set_words(members)];
            numbers(1).take(members).for_each(|n| set_insert(&mut set, n));
            let bytes: Vec<[u8; 8]> = set.iter().map(|word| word.to_le_bytes()).collect();
            assert!(numbers(1).take(members).all(|n| set_holds(&bytes, n)));
            let strangers = numbers(1 << 40).take(20_000).filter(|&n| set_holds(&bytes, n)).count();
            assert!(strangers < 20_000 * 4 / 100, "{members}: {strangers}");
        }
        assert!(!set_holds(&[], 5));
    }
}
