//! The published text, cut into tokens once.

use countermark_text::{self as text, Span, TokenKind};

use crate::lattice::{identity, narrow};

/// A published text, normalised and ready to be searched and traced. It borrows the text.
///
/// Takes 24 bytes a token beside the text. Only the first 4 GiB of a text are read.
pub struct Leak<'t> {
    text: &'t str,
    tokens: Vec<Token>,
    /// Indices into `tokens` of the words.
    words: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
struct Token {
    hash: u64,
    start: u32,
    end: u32,
    word: bool,
}

impl std::fmt::Debug for Leak<'_> {
    /// Shows sizes, never text.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Leak")
            .field("bytes", &self.text.len())
            .field("words", &self.words.len())
            .finish_non_exhaustive()
    }
}

impl<'t> Leak<'t> {
    /// Cuts `text` into canonical tokens.
    pub fn new(text: &'t str) -> Self {
        let mut tokens = Vec::with_capacity(text.len() / 6);
        let mut words = Vec::with_capacity(text.len() / 7);
        for token in text::tokens(text) {
            let (Ok(start), Ok(end)) = (u32::try_from(token.span.start), u32::try_from(token.span.end)) else { break };
            let word = token.kind == TokenKind::Word;
            if word {
                words.push(narrow(tokens.len()));
            }
            tokens.push(Token { hash: identity(&token.canon), start, end, word });
        }
        Self { text, tokens, words }
    }

    /// The text as given.
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// The number of canonical words.
    pub fn words(&self) -> usize {
        self.words.len()
    }

    /// The number of tokens.
    pub(crate) fn len(&self) -> usize {
        self.tokens.len()
    }

    pub(crate) fn hash(&self, token: usize) -> u64 {
        self.tokens[token].hash
    }

    pub(crate) fn is_word(&self, token: usize) -> bool {
        self.tokens[token].word
    }

    pub(crate) fn span(&self, token: usize) -> Span {
        self.tokens[token].start as usize..self.tokens[token].end as usize
    }

    /// Token numbers of the words, in order.
    pub(crate) fn word_tokens(&self) -> &[u32] {
        &self.words
    }

    /// The identity of the `word`-th word.
    pub(crate) fn word_hash(&self, word: usize) -> u64 {
        self.tokens[self.words[word] as usize].hash
    }

    /// The number of words before token `token`.
    pub(crate) fn words_before(&self, token: usize) -> usize {
        self.words.partition_point(|&w| (w as usize) < token)
    }

    /// A token's canonical form, cut again from its span: keeping all of them would take three times the
    /// memory, and only what aligns is ever asked for.
    pub(crate) fn canon(&self, token: usize) -> String {
        let span = self.span(token);
        let hash = self.tokens[token].hash;
        let piece = &self.text[span];
        let mut joined = String::new();
        for found in text::tokens(piece) {
            if identity(&found.canon) == hash {
                return found.canon.into_owned();
            }
            joined.push_str(&found.canon);
        }
        joined
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_forms_come_back() {
        let text = "The “Quick” brown fox, 1½ co-\noperate e.g. Don’t ﬁnd 1,200.50…";
        let leak = Leak::new(text);
        let all: Vec<String> = text::tokens(text).map(|t| t.canon.into_owned()).collect();
        for (i, canon) in all.iter().enumerate() {
            assert_eq!(identity(canon), leak.hash(i));
            assert_eq!(&leak.canon(i), canon, "token {i}");
        }
        assert_eq!(leak.words(), text::word_count(text));
    }
}
