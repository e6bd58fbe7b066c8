//! Letters by the million, made of real ones.
//!
//! A chain of order two over the words (with their punctuation) of real letters. Two words that stand together in one letter only are no
//! formula: there the chain goes on by the last word alone, so that no letter is copied out. Of the words that are not among the common ones a part
//! is drawn anew, from the real letters' rarer words or made of syllables; figures are drawn anew. So formulas recur as they do
//! in real letters, and most of the rest is new. How real that is, is measured: see the report.

use std::collections::HashMap;

use crate::chance::Chance;

/// Words that occur so often in the letters are common, and stay.
const COMMON: u32 = 12;

/// How often another word is drawn anew.
const FRESH: f64 = 0.35;

/// How often the chain forgets the word before the last one.
const FORGET: f64 = 0.04;

/// What follows two words, and whether more than one letter has them.
#[derive(Default)]
struct Pair {
    letter: usize,
    shared: bool,
    behind: Vec<u32>,
}

pub struct Generator {
    words: Vec<String>,
    rare: Vec<bool>,
    rarer: Vec<u32>,
    starts: Vec<(u32, u32)>,
    two: HashMap<(u32, u32), Pair>,
    one: Vec<Vec<u32>>,
    lengths: Vec<usize>,
    seed: u64,
}

fn bare(word: &str) -> String {
    word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

impl Generator {
    pub fn new(letters: &[String], seed: u64) -> Self {
        let mut counts: HashMap<String, u32> = HashMap::new();
        let mut numbers: HashMap<&str, u32> = HashMap::new();
        let mut words = Vec::new();
        let mut texts = Vec::new();
        for letter in letters {
            let mut text = Vec::new();
            for word in letter.split_whitespace() {
                *counts.entry(bare(word)).or_default() += 1;
                let number = *numbers.entry(word).or_insert_with(|| {
                    words.push(word.to_owned());
                    words.len() as u32 - 1
                });
                text.push(number);
            }
            texts.push(text);
        }
        let rare: Vec<bool> = words
            .iter()
            .map(|word| bare(word).len() >= 4 && counts.get(&bare(word)).is_some_and(|&n| n < COMMON))
            .collect();
        let rarer = (0..words.len() as u32).filter(|&n| rare[n as usize]).collect();
        let mut two: HashMap<(u32, u32), Pair> = HashMap::new();
        let mut one = vec![Vec::new(); words.len()];
        let mut starts = Vec::new();
        for (letter, text) in texts.iter().enumerate() {
            starts.push((text[0], text[1]));
            for three in text.windows(3) {
                let pair = two.entry((three[0], three[1])).or_insert_with(|| Pair { letter, ..Pair::default() });
                pair.shared |= pair.letter != letter;
                pair.behind.push(three[2]);
                one[three[1] as usize].push(three[2]);
            }
        }
        let lengths = texts.iter().map(Vec::len).collect();
        Self { words, rare, rarer, starts, two, one, lengths, seed }
    }

    /// The letter with this number.
    pub fn letter(&self, number: u64) -> String {
        let mut chance = Chance::new(self.seed, number);
        let length = self.lengths[chance.below(self.lengths.len())];
        let mut out = String::with_capacity(7 * length);
        let (mut a, mut b) = self.starts[chance.below(self.starts.len())];
        self.write(a, &mut chance, &mut out);
        self.write(b, &mut chance, &mut out);
        for _ in 2..length {
            let pair = if chance.happens(FORGET) { None } else { self.two.get(&(a, b)) };
            let behind = pair.filter(|pair| pair.shared).map_or(&self.one[b as usize], |pair| &pair.behind);
            let next = match behind.len() {
                0 => self.starts[chance.below(self.starts.len())].0,
                1 if pair.is_none_or(|pair| !pair.shared) => self.rarer[chance.below(self.rarer.len())],
                n => behind[chance.below(n)],
            };
            self.write(next, &mut chance, &mut out);
            (a, b) = (b, next);
        }
        out
    }

    fn write(&self, word: u32, chance: &mut Chance, out: &mut String) {
        if !out.is_empty() {
            out.push(' ');
        }
        let shown = &self.words[word as usize];
        if shown.bytes().any(|byte| byte.is_ascii_digit()) {
            out.extend(
                shown.chars().map(|c| if c.is_ascii_digit() { (b'0' + chance.below(10) as u8) as char } else { c }),
            );
        } else if self.rare[word as usize] && chance.happens(FRESH) {
            if chance.happens(0.3) {
                let capital = shown.starts_with(char::is_uppercase);
                let start = out.len();
                for _ in 0..2 + chance.below(2) {
                    out.push(b"bdfgklmnprstvz"[chance.below(14)] as char);
                    out.push(b"aeiou"[chance.below(5)] as char);
                    out.push_str(["", "", "n", "r", "l", "s"][chance.below(6)]);
                }
                if capital && let Some(first) = out.get_mut(start..=start) {
                    first.make_ascii_uppercase();
                }
            } else {
                out.push_str(&self.words[self.rarer[chance.below(self.rarer.len())] as usize]);
            }
        } else {
            out.push_str(shown);
        }
    }
}
