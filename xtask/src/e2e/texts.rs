//! Texts that are nobody's copy, and what happens to a text before it is found.

use super::letters::{Letter, MASTERS, Marked};
use crate::chance::Chance;
use crate::damage::{self, each_word, slip};

/// A codeword that belongs to nobody.
fn codeword(marked: &Marked, chance: &mut Chance) -> Vec<u8> {
    marked.alternatives.iter().map(|&q| u8::try_from(chance.below(usize::from(q))).unwrap_or(0)).collect()
}

/// What a text is that is nobody's copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Unrelated,
    OtherKey,
    Unmarked,
    MixedOfTwo,
    MixedOfThree,
    TwoInOne,
    Edition,
}

impl Kind {
    pub(crate) const ALL: [Self; 7] = [
        Self::Unrelated,
        Self::OtherKey,
        Self::Unmarked,
        Self::MixedOfTwo,
        Self::MixedOfThree,
        Self::TwoInOne,
        Self::Edition,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Unrelated => "an unrelated letter",
            Self::OtherKey => "a copy sealed under another key",
            Self::Unmarked => "the author's own text, unmarked",
            Self::MixedOfTwo => "two foreign copies mixed, site by site",
            Self::MixedOfThree => "three foreign copies, the majority at each site",
            Self::TwoInOne => "two foreign copies, one behind the other",
            Self::Edition => "another edition: never the author's wording",
        }
    }

    /// Makes the text. No sealing key goes in.
    pub(crate) fn text(
        self,
        letters: &[Letter],
        own: usize,
        which: usize,
        chance: &mut Chance,
    ) -> anyhow::Result<String> {
        let marked = &letters[own].masters[which];
        match self {
            Self::Unrelated => {
                let other = (own + 1 + chance.below(letters.len() - 1)) % letters.len();
                let other = &letters[other].masters[chance.below(MASTERS.len())];
                other.copy(&codeword(other, chance))
            }
            Self::OtherKey => marked.copy(&codeword(marked, chance)),
            Self::Unmarked => Ok(letters[own].text.clone()),
            Self::MixedOfTwo => {
                let copies = [codeword(marked, chance), codeword(marked, chance)];
                let mixed: Vec<u8> = (0..copies[0].len()).map(|site| copies[chance.below(2)][site]).collect();
                marked.copy(&mixed)
            }
            Self::MixedOfThree => {
                let copies = [codeword(marked, chance), codeword(marked, chance), codeword(marked, chance)];
                let majority = |site: usize| {
                    let [a, b, c] = [copies[0][site], copies[1][site], copies[2][site]];
                    if b == c { b } else { a }
                };
                marked.copy(&(0..copies[0].len()).map(majority).collect::<Vec<u8>>())
            }
            Self::TwoInOne => {
                let (first, second) = (codeword(marked, chance), codeword(marked, chance));
                Ok(format!("{}\n\n{}", marked.copy(&first)?, marked.copy(&second)?))
            }
            Self::Edition => {
                let other = |&q: &u8| 1 + u8::try_from(chance.below(usize::from(q) - 1)).unwrap_or(0);
                let codeword: Vec<u8> = marked.alternatives.iter().map(other).collect();
                marked.copy(&codeword)
            }
        }
    }
}

/// What happens to a text before it is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Channel {
    Untouched,
    Retyped,
    Half,
    Third,
    Sentence,
    Slips,
    Deleted,
    Replaced,
    Quoted,
}

impl Channel {
    pub(crate) const ALL: [Self; 9] = [
        Self::Untouched,
        Self::Retyped,
        Self::Half,
        Self::Third,
        Self::Sentence,
        Self::Slips,
        Self::Deleted,
        Self::Replaced,
        Self::Quoted,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Untouched => "untouched",
            Self::Retyped => "retyped: lower case, straight marks, one line",
            Self::Half => "cut to a half",
            Self::Third => "cut to 30 %",
            Self::Sentence => "cut to one sentence",
            Self::Slips => "slips in 3 % of the words",
            Self::Deleted => "5 % of the words deleted",
            Self::Replaced => "5 % of the words replaced",
            Self::Quoted => "quoted within an unrelated letter",
        }
    }

    pub(crate) fn apply(self, text: &str, letters: &[Letter], chance: &mut Chance) -> String {
        match self {
            Self::Untouched => text.to_owned(),
            Self::Retyped => damage::retyped(text),
            Self::Half => text[damage::window(text, 50, chance)].to_owned(),
            Self::Third => text[damage::window(text, 30, chance)].to_owned(),
            Self::Sentence => text[damage::sentence(text, chance)].to_owned(),
            Self::Slips => {
                each_word(
                    text,
                    |word, out| {
                        if chance.percent(3) { out.push_str(&slip(word, chance)) } else { out.push_str(word) }
                    },
                )
            }
            Self::Deleted => each_word(text, |word, out| {
                if !chance.percent(5) {
                    out.push_str(word);
                }
            }),
            Self::Replaced => {
                let other = &letters[chance.below(letters.len())].text;
                let words: Vec<&str> = other.split_whitespace().collect();
                each_word(text, |word, out| {
                    let word = if chance.percent(5) { words[chance.below(words.len())] } else { word };
                    out.push_str(word);
                })
            }
            Self::Quoted => {
                let around = &letters[chance.below(letters.len())].text;
                let middle = around.find("\n\n").unwrap_or(0);
                let (before, behind) = around.split_at(middle);
                format!("{before}\n\n“{text}”{behind}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::letters;
    use super::*;

    #[test]
    fn channels_do_what_they_say() {
        let text = "“The harbour is closed,” the minister of Orvanne wrote – and we agree.\n\nIt will open in the \
                    spring, when the ice is gone; until then nobody’s ship may land.";
        let letters = vec![letters::mark(text.to_owned()).expect("a plain text")];
        let words = |text: &str| text.split_whitespace().count();
        let mut chance = Chance::new(1, 1);
        let mut apply = |channel: Channel| channel.apply(text, &letters, &mut chance);
        assert_eq!(apply(Channel::Untouched), text);
        assert!(apply(Channel::Retyped).starts_with("\"the harbour is closed,\" the minister of orvanne wrote - and"));
        assert_eq!(words(&apply(Channel::Half)), words(text) / 2);
        assert_eq!(words(&apply(Channel::Third)), words(text) * 3 / 10);
        assert!(text.contains(&apply(Channel::Sentence)));
        assert!(apply(Channel::Quoted).contains(text));
        for channel in [Channel::Slips, Channel::Deleted, Channel::Replaced] {
            assert!((0..20).any(|_| apply(channel) != text), "{channel:?}");
        }
    }
}
