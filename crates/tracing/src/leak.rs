//! The published text, cut into tokens once.

use countermark_text::{self as text, Span, TokenKind};

use crate::lattice::{identity, narrow};

/// A word read at least this surely shows what it shows.
///
/// Measured on screenshots (`docs/figures/screenshots.md`).
pub const SURE: u8 = 90;

/// What was not read off a picture is certain.
const CERTAIN: u8 = 100;

/// A published text, normalised and ready to be searched and traced. It borrows the text.
///
/// Takes 24 bytes a token beside the text. Only the first 4 GiB of a text are read.
pub struct Leak<'t> {
    text: &'t str,
    tokens: Vec<Token>,
    /// Indices into `tokens` of the words.
    words: Vec<u32>,
    /// How surely each token was read, of a text that was read off a picture.
    confidences: Option<Vec<u8>>,
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
        Self { text, tokens, words, confidences: None }
    }

    /// A text that was read off a picture, with how sure the reader was of each word, from 0 to 100, by bytes of the text.
    ///
    /// What a word shows that was read with less than [`SURE`] is weaker evidence, down to none at all (see the page on tracing); no
    /// evidence is ever stronger than without confidences. A token that no range touches counts as read for certain; where
    /// several do, the least sure holds. Typography that the reader may have set right by itself is not taken for the copy's.
    pub fn with_confidences(text: &'t str, words: &[(Span, u8)]) -> Self {
        let mut leak = Self::new(text);
        let mut ranges: Vec<&(Span, u8)> = words.iter().collect();
        ranges.sort_by_key(|(range, _)| (range.start, range.end));
        let mut from = 0;
        let confidences = (0..leak.len()).map(|token| {
            let span = leak.span(token);
            while ranges.get(from).is_some_and(|(range, _)| range.end <= span.start) {
                from += 1;
            }
            let touching = ranges[from..].iter().take_while(|(range, _)| range.start < span.end);
            touching.filter(|(range, _)| range.end > span.start).map(|&(_, sure)| *sure).min().unwrap_or(CERTAIN)
        });
        leak.confidences = Some(confidences.collect());
        leak
    }

    /// Whether it was read off a picture.
    pub(crate) fn was_read(&self) -> bool {
        self.confidences.is_some()
    }

    /// How surely a token was read, from 0 to 100.
    pub(crate) fn confidence(&self, token: usize) -> u8 {
        self.confidences.as_ref().and_then(|all| all.get(token).copied()).unwrap_or(CERTAIN)
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
    fn each_token_has_the_confidence_of_the_least_sure_word_that_touches_it() {
        let text = "We agree, long-term; so be it";
        let leak = Leak::with_confidences(
            text,
            &[(3..9, 80), (0..2, 95), (10..15, 60), (15..19, 40), (12..13, 70), (900..905, 1)],
        );
        let found: Vec<_> = (0..leak.len()).map(|t| (&text[leak.span(t)], leak.confidence(t))).collect();
        let expected = [
            ("We", 95),
            ("agree", 80),
            (",", 80),
            ("long", 60),
            ("-", 60),
            ("term", 40),
            (";", 100),
            ("so", 100),
            ("be", 100),
            ("it", 100),
        ];
        assert_eq!(found, expected);
        assert!(leak.was_read() && !Leak::new(text).was_read());
        assert_eq!(Leak::new(text).confidence(0), 100);
    }

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
