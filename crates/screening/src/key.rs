//! The key, and what is computed under it.
//!
//! A shingle's fingerprint is a pseudo-random function of a universal hash: first a polynomial over the prime 2^61 - 1 at a
//! secret point (Carter and Wegman 1979; two different words or runs of words meet with a chance of about their length in
//! chunks divided by 2^61), then SipHash-1-3 (Aumasson and Bernstein 2012; the standard library's choice for its tables). That composition is a pseudo-random function of the
//! words as long as SipHash is one. So without the key fingerprints are random numbers.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

/// The prime 2^61 - 1.
const P: u64 = (1 << 61) - 1;

/// The watcher's key: whoever has it and the index can test guesses.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Key {
    word: u64,
    run: u64,
    sip: (u64, u64),
}

impl Key {
    /// The key with these 32 random bytes.
    pub fn new(bytes: &[u8; 32]) -> Self {
        let [word, run, a, b] = std::array::from_fn(|i| {
            let mut eight = [0; 8];
            eight.copy_from_slice(&bytes[8 * i..8 * i + 8]);
            u64::from_le_bytes(eight)
        });
        // A point at which the polynomial is not constant.
        Self { word: (word % (P - 2)) + 2, run: (run % (P - 2)) + 2, sip: (a, b) }
    }

    /// A value by which a file made with another key is told.
    pub(crate) fn check(&self) -> u64 {
        sip::<1, 3>(self.sip, 0)
    }

    /// The hash of a canonical word, below 2^61. Underscores at its edges, which mark emphasis and which UAX #29 takes for letters, are
    /// punctuation here.
    #[inline]
    pub(crate) fn word(&self, canon: &[u8]) -> u64 {
        let mut canon = canon;
        while let [b'_', rest @ ..] | [rest @ .., b'_'] = canon {
            if rest.is_empty() {
                break;
            }
            canon = rest;
        }
        let mut rest = canon;
        let mut hash = canon.len() as u64;
        while rest.len() > 7 {
            let (chunk, behind) = rest.split_at(7);
            hash = mul(add(hash, load(chunk)), self.word);
            rest = behind;
        }
        mul(add(hash, load(rest)), self.word)
    }

    /// The fingerprint of a run whose polynomial is `run`, of `length` words, at most 7.
    #[inline]
    pub(crate) fn fingerprint(&self, run: u64, length: usize) -> u64 {
        sip::<1, 3>(self.sip, run | (length as u64) << 61)
    }

    /// The polynomial of a run of words' hashes.
    pub(crate) fn run(&self, words: impl IntoIterator<Item = u64>) -> u64 {
        words.into_iter().fold(0, |run, word| add(mul(run, self.run), word))
    }

    /// What rolls along a text.
    pub(crate) fn roll<const K: usize>(&self) -> Roll<K> {
        Roll { last: [0; K], at: 0, run: 0, times: self.run, gone: (0..K).fold(1, |power, _| mul(power, self.run)) }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

/// The polynomial of the last `K` words.
#[derive(Clone, Debug)]
pub(crate) struct Roll<const K: usize> {
    last: [u64; K],
    at: usize,
    run: u64,
    times: u64,
    gone: u64,
}

impl<const K: usize> Roll<K> {
    /// Takes the next word; before `K` words the answer means nothing.
    #[inline]
    pub(crate) fn push(&mut self, word: u64) -> u64 {
        let old = std::mem::replace(&mut self.last[self.at], word);
        self.at = if self.at + 1 == K { 0 } else { self.at + 1 };
        let grown = add(mul(self.run, self.times), word);
        self.run = add(grown, P - mul(old, self.gone));
        self.run
    }
}

/// At most 7 bytes as a number.
#[inline]
fn load(bytes: &[u8]) -> u64 {
    let n = bytes.len();
    if n >= 4
        && let (Some(head), Some(tail)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>())
    {
        return u64::from(u32::from_le_bytes(*head)) | u64::from(u32::from_le_bytes(*tail)) << (8 * (n - 4));
    }
    match bytes {
        [] => 0,
        [a] => u64::from(*a),
        [a, b] => u64::from(*a) | u64::from(*b) << 8,
        [a, b, c, ..] => u64::from(*a) | u64::from(*b) << 8 | u64::from(*c) << 16,
    }
}

#[inline]
fn add(a: u64, b: u64) -> u64 {
    let sum = a + b;
    if sum >= P { sum - P } else { sum }
}

#[inline]
fn mul(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    add((product as u64) & P, (product >> 61) as u64)
}

/// SipHash-C-D of eight bytes.
#[inline]
fn sip<const C: usize, const D: usize>((k0, k1): (u64, u64), message: u64) -> u64 {
    let mut v = [
        k0 ^ 0x736f_6d65_7073_6575,
        k1 ^ 0x646f_7261_6e64_6f6d,
        k0 ^ 0x6c79_6765_6e65_7261,
        k1 ^ 0x7465_6462_7974_6573,
    ];
    for block in [message, 8 << 56] {
        v[3] ^= block;
        for _ in 0..C {
            round(&mut v);
        }
        v[0] ^= block;
    }
    v[2] ^= 0xff;
    for _ in 0..D {
        round(&mut v);
    }
    v[0] ^ v[1] ^ v[2] ^ v[3]
}

#[inline]
fn round(v: &mut [u64; 4]) {
    v[0] = v[0].wrapping_add(v[1]);
    v[2] = v[2].wrapping_add(v[3]);
    v[1] = v[1].rotate_left(13) ^ v[0];
    v[3] = v[3].rotate_left(16) ^ v[2];
    v[0] = v[0].rotate_left(32);
    v[2] = v[2].wrapping_add(v[1]);
    v[0] = v[0].wrapping_add(v[3]);
    v[1] = v[1].rotate_left(17) ^ v[2];
    v[3] = v[3].rotate_left(21) ^ v[0];
    v[2] = v[2].rotate_left(32);
}

#[cfg(test)]
mod tests {
    use std::hash::Hasher;

    use super::*;

    #[test]
    fn siphash_is_that_of_the_standard_library() {
        for (k0, k1, message) in [(0, 0, 0), (1, 2, 3), (u64::MAX, 7 << 40, 0x0123_4567_89ab_cdef)] {
            #[expect(deprecated, reason = "the judge")]
            let mut judge = std::hash::SipHasher::new_with_keys(k0, k1);
            judge.write(&u64::to_le_bytes(message));
            assert_eq!(sip::<2, 4>((k0, k1), message), judge.finish());
        }
    }

    #[test]
    fn what_rolls_is_the_polynomial() {
        let key = Key::new(&std::array::from_fn(|i| i as u8 * 7));
        let words: Vec<u64> = ["a", "be", "sea", "four", "words", "longer", "seventh", "eight letters and more", ""]
            .iter()
            .map(|word| key.word(word.as_bytes()))
            .collect();
        let mut roll = key.roll::<4>();
        for (i, &word) in words.iter().enumerate() {
            let run = roll.push(word);
            if i >= 3 {
                assert_eq!(run, key.run(words[i - 3..=i].iter().copied()));
            }
        }
        let mut sorted = words.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), words.len());
        assert!(words.iter().all(|&word| word < P));
    }

    #[test]
    fn a_word_is_its_bytes() {
        let key = Key::new(&[9; 32]);
        let other = Key::new(&[8; 32]);
        let words = ["ab", "ba", "abcd", "abdc", "abcdefg", "abcdefgh", "abcdefghabcdefgh", "abcdefg\0"];
        for (i, a) in words.iter().enumerate() {
            assert_ne!(key.word(a.as_bytes()), other.word(a.as_bytes()));
            for b in &words[i + 1..] {
                assert_ne!(key.word(a.as_bytes()), key.word(b.as_bytes()), "{a} {b}");
            }
        }
    }
}
