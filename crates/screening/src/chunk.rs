//! A stretch of a post: its words, and the fingerprints of their shingles.

use countermark_text as text;

use crate::Key;
use crate::select::SHINGLE;

/// Words a chunk: what a post has in memory at a time.
pub(crate) const CHUNK: usize = 8192;

/// Words that a chunk shares with the one before it.
const OVERLAP: usize = 64;

/// A stretch of words.
#[derive(Debug, Default)]
pub(crate) struct Chunk {
    /// Each word's hash and its bytes in the text.
    words: Vec<(u64, usize, usize)>,
    /// The fingerprint of the shingle that begins at each word but the last ones.
    pub(crate) prints: Vec<u64>,
}

impl Chunk {
    /// The number of its words.
    pub(crate) fn len(&self) -> usize {
        self.words.len()
    }

    /// The hashes of its words.
    pub(crate) fn hashes(&self) -> impl ExactSizeIterator<Item = u64> {
        self.words.iter().map(|word| word.0)
    }

    /// The bytes from one word to another, both included.
    pub(crate) fn span(&self, first: usize, last: usize) -> std::ops::Range<usize> {
        let end = self.words.get(last).map_or(0, |word| word.2);
        self.words.get(first).map_or(end, |word| word.1)..end
    }

    /// The fingerprints of shorter shingles; one for each word that begins one.
    pub(crate) fn short(&self, key: &Key, length: usize) -> Vec<u64> {
        let hash = |words: &[(u64, usize, usize)]| key.fingerprint(key.run(words.iter().map(|word| word.0)), length);
        self.words.windows(length).map(hash).collect()
    }

    fn fill(&mut self, key: &Key) {
        self.prints.clear();
        let mut roll = key.roll::<SHINGLE>();
        for (i, &(word, ..)) in self.words.iter().enumerate() {
            let run = roll.push(word);
            if i + 1 >= SHINGLE {
                self.prints.push(key.fingerprint(run, SHINGLE));
            }
        }
    }
}

/// Calls `visit` with each chunk of a text; all but a long one have one.
pub(crate) fn chunks(key: &Key, text: &str, mut visit: impl FnMut(&Chunk)) {
    let guess = (text.len() / 4).min(CHUNK);
    let mut chunk = Chunk { words: Vec::with_capacity(guess), prints: Vec::with_capacity(guess) };
    let mut fresh = false;
    text::each_word(text, |word, span| {
        if chunk.words.len() == CHUNK {
            chunk.fill(key);
            visit(&chunk);
            chunk.words.drain(..CHUNK - OVERLAP);
        }
        chunk.words.push((key.word(word.as_bytes()), span.start, span.end));
        fresh = true;
    });
    if fresh {
        chunk.fill(key);
        visit(&chunk);
    }
}
