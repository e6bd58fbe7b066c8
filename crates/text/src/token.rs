//! Canonical tokens.

use std::borrow::Cow;
use std::collections::VecDeque;

use icu_segmenter::{WordSegmenter, options::WordBreakInvariantOptions};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::Span;
use crate::ascii;
use crate::chars::{is_invisible, is_space, is_unspaced};
use crate::fold::{self, Folded};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// Holds a letter or a digit of any script.
    Word,
    /// Everything else that can be seen: punctuation, symbols, emoji.
    Punct,
}

/// A canonical token and its place in the original.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token<'t> {
    /// What it is.
    pub kind: TokenKind,
    /// The bytes of the original that it was made from. Spans follow each other; one character that stands for
    /// several tokens (`½`) gives each of them its own span.
    pub span: Span,
    /// The canonical form: equal for any two spellings that the normalisation page lists as the same.
    pub canon: Cow<'t, str>,
}

/// The canonical tokens of `text`, in order. White space and invisible characters make none.
pub fn tokens(text: &str) -> Tokens<'_> {
    Tokens { text, at: 0, ascii_end: 0, open: None, queue: VecDeque::new(), held: None }
}

/// The canonical words of `text`: its tokens but for punctuation.
pub fn words(text: &str) -> impl Iterator<Item = Token<'_>> {
    tokens(text).filter(|token| token.kind == TokenKind::Word)
}

/// Calls `take` with each canonical word of `text` and its place in it: the same as [`words`], for whoever goes through much text
/// and keeps no word.
pub fn each_word(text: &str, mut take: impl FnMut(&str, Span)) {
    let mut tokens = tokens(text);
    let mut small = String::new();
    while let Some(token) = tokens.word_behind(&mut small, &mut take) {
        if token.kind == TokenKind::Word {
            take(&token.canon, token.span);
        }
    }
}

/// The number of canonical words.
pub fn word_count(text: &str) -> usize {
    let mut count = 0;
    each_word(text, |_, _| count += 1);
    count
}

/// Whether two texts are the same after normalisation: their canonical tokens, punctuation included, are equal.
pub fn same(a: &str, b: &str) -> bool {
    a == b || tokens(a).map(|token| token.canon).eq(tokens(b).map(|token| token.canon))
}

/// The canonical tokens written out with a space between them, but for the places where a reader expects none.
/// Texts that are the [`same`] have one normal form, and it is its own normal form.
pub fn normalise(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut tight = true;
    for token in tokens(text) {
        let closing = matches!(&*token.canon, "." | "," | ";" | ":" | "!" | "?" | ")" | "]" | "}" | "...");
        let marks = token.canon.chars().next().is_some_and(is_combining_mark);
        if (!tight && !closing) || marks {
            out.push(' ');
        }
        out.push_str(&token.canon);
        tight = matches!(&*token.canon, "(" | "[" | "{");
    }
    out
}

/// Iterator over canonical tokens, made by [`tokens`].
#[derive(Debug)]
pub struct Tokens<'t> {
    text: &'t str,
    at: usize,
    /// Up to here the text from `at` on is printable ASCII without spaces.
    ascii_end: usize,
    /// A folded stretch of which segments remain.
    open: Option<Open>,
    queue: VecDeque<Token<'t>>,
    held: Option<Token<'t>>,
}

/// A folded stretch and how far it is read.
#[derive(Debug)]
struct Open {
    folded: Folded,
    /// Whether all of it folded to ASCII.
    ascii: bool,
    at: usize,
    /// Where the next unspaced letter stands, as far as it was looked for.
    unspaced: usize,
    cursor: usize,
}

/// How many segments of a folded stretch are taken at a time: bounds the memory that a text without spaces takes.
const BATCH: usize = 512;

impl<'t> Iterator for Tokens<'t> {
    type Item = Token<'t>;

    fn next(&mut self) -> Option<Token<'t>> {
        let mut token = match self.held.take() {
            Some(token) => token,
            None => self.segment()?,
        };
        // The dots of an ellipsis are one token, also where they are spaced.
        while is_dots(&token) {
            match self.segment() {
                Some(next) if is_dots(&next) => {
                    token.span.end = next.span.end;
                    token.canon = Cow::Borrowed("...");
                }
                next => {
                    self.held = next;
                    break;
                }
            }
        }
        Some(token)
    }
}

fn is_dots(token: &Token<'_>) -> bool {
    matches!(&*token.canon, "." | "...")
}

impl<'t> Tokens<'t> {
    /// The next token, dots not yet joined.
    fn segment(&mut self) -> Option<Token<'t>> {
        loop {
            if self.at < self.ascii_end {
                return Some(self.ascii_token());
            }
            if let Some(token) = self.queue.pop_front() {
                return Some(token);
            }
            if self.open.is_some() {
                self.refill();
                continue;
            }
            self.skip_space();
            if self.at >= self.text.len() {
                return None;
            }
            self.enter();
        }
    }

    /// Calls `take` with the words of ASCII stretches up to the next folded token, and gives that. Punctuation of ASCII stretches is
    /// passed over a character at a time: how it is joined changes no word.
    fn word_behind(&mut self, small: &mut String, take: &mut impl FnMut(&str, Span)) -> Option<Token<'t>> {
        loop {
            let text: &'t str = self.text;
            let bytes = &text.as_bytes()[..self.ascii_end];
            while self.at < bytes.len() {
                let start = self.at;
                let (end, word) = ascii::segment(bytes, start);
                self.at = end;
                if word {
                    let source = &text[start..end];
                    if is_canonical(source) {
                        take(source, start..end);
                    } else {
                        small.clear();
                        small.push_str(source);
                        small.make_ascii_lowercase();
                        if small.contains('`') {
                            *small = small.replace('`', "'");
                        }
                        take(small, start..end);
                    }
                }
            }
            if let Some(token) = self.queue.pop_front() {
                return Some(token);
            }
            if self.open.is_some() {
                self.refill();
                continue;
            }
            self.skip_space();
            while let Some((end, next, capital)) = self.plain_word() {
                let source = &text[self.at..end];
                if capital {
                    small.clear();
                    small.push_str(source);
                    small.make_ascii_lowercase();
                    take(small, self.at..end);
                } else {
                    take(source, self.at..end);
                }
                self.at = next;
            }
            if self.at >= self.text.len() {
                return None;
            }
            self.enter();
        }
    }

    /// Most words: at most fifteen ASCII letters, perhaps a mark that does not join letters to a space, the space, and then something of
    /// ASCII that can be seen, so that nothing combines with the space. Where such a word that begins here ends, where to go on, and
    /// whether it has a capital.
    #[inline]
    fn plain_word(&self) -> Option<(usize, usize, bool)> {
        let bytes = self.text.as_bytes().get(self.at..)?;
        let (mut count, mut capital) = ascii::letters(bytes)?;
        if count == 8 {
            let (more, another) = ascii::letters(&bytes[8..])?;
            (count, capital) = (8 + more, capital | another);
        }
        let mut space = count;
        if matches!(bytes.get(space)?, b',' | b'.' | b';' | b':') {
            space += 1;
        }
        let plain = (1..16).contains(&count)
            && matches!(bytes.get(space)?, b' ' | b'\n')
            && bytes.get(space + 1)?.is_ascii_graphic();
        plain.then_some((self.at + count, self.at + space + 1, capital))
    }

    /// Finds out what kind of stretch begins here.
    fn enter(&mut self) {
        let bytes = &self.text.as_bytes()[self.at..];
        let length = bytes.iter().position(|byte| !byte.is_ascii_graphic()).unwrap_or(bytes.len());
        let end = self.at + length;
        let plain = match self.text.as_bytes().get(end) {
            None => true,
            Some(b' ') => {
                let next = self.text.as_bytes().get(end + 1);
                next.is_some_and(u8::is_ascii_graphic) || !fold::space_combines(self.text, end)
            }
            Some(b'\t'..=b'\r') => true,
            Some(_) => false,
        };
        if plain && length > 0 && !self.hyphen_joins(end) {
            self.ascii_end = end;
            return;
        }
        let (folded, end) = fold::chunk(self.text, self.at);
        self.at = end;
        let ascii = folded.text.is_ascii();
        self.open = Some(Open { folded, ascii, at: 0, unspaced: 0, cursor: 0 });
    }

    /// Whether the ASCII stretch that ends at `end` goes on after a hyphen at a line's end.
    fn hyphen_joins(&self, end: usize) -> bool {
        let stretch = &self.text.as_bytes()[self.at..end];
        matches!(stretch, [.., letter, b'-'] if letter.is_ascii_alphabetic()) && fold::hyphen_joins(self.text, end)
    }

    fn skip_space(&mut self) {
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            match byte {
                b'\t'..=b'\r' => self.at += 1,
                b' ' if bytes.get(self.at + 1).is_none_or(|&next| next.is_ascii_graphic() || next == b' ') => {
                    self.at += 1;
                }
                0x21..=0x7e => return,
                _ => {
                    let Some(c) = self.text[self.at..].chars().next() else { return };
                    if !is_invisible(c) && (!is_space(c) || fold::space_combines(self.text, self.at)) {
                        return;
                    }
                    self.at += c.len_utf8();
                }
            }
        }
    }

    fn ascii_token(&mut self) -> Token<'t> {
        let text: &'t str = self.text;
        let bytes = &text.as_bytes()[..self.ascii_end];
        let start = self.at;
        let (mut end, word) = ascii::segment(bytes, start);
        if word {
            self.at = end;
            let source = &text[start..end];
            let canon = if is_canonical(source) {
                Cow::Borrowed(source)
            } else {
                Cow::Owned(source.to_ascii_lowercase().replace('`', "'"))
            };
            return Token { kind: TokenKind::Word, span: start..end, canon };
        }
        let canon = match bytes[start] {
            b'"' | b'\'' | b'`' => {
                end = run(bytes, start, |index| {
                    matches!(bytes[index], b'"' | b'\'' | b'`') && ascii::segment(bytes, index) == (index + 1, false)
                });
                "\""
            }
            b'-' => {
                end = run(bytes, start, |index| bytes[index] == b'-');
                "-"
            }
            b'.' => {
                end = run(bytes, start, |index| bytes[index] == b'.');
                if end - start > 1 { "..." } else { "." }
            }
            _ => &text[start..end],
        };
        self.at = end;
        Token { kind: TokenKind::Punct, span: start..end, canon: Cow::Borrowed(canon) }
    }

    /// Takes the next segments of the folded stretch into the queue.
    fn refill(&mut self) {
        let Some(mut open) = self.open.take() else { return };
        if open.at >= open.unspaced {
            let rest = &open.folded.text[open.at..];
            open.unspaced = open.at + rest.find(is_unspaced).unwrap_or(rest.len());
        }
        if open.at == open.unspaced {
            self.unspaced_letters(&mut open);
        } else {
            self.segments(&mut open);
        }
        if open.at < open.folded.text.len() {
            self.open = Some(open);
        }
    }

    /// Takes letters that are words by themselves, each with the marks on it.
    fn unspaced_letters(&mut self, open: &mut Open) {
        for _ in 0..BATCH {
            let mut rest = open.folded.text[open.at..].char_indices();
            if !rest.next().is_some_and(|(_, c)| is_unspaced(c)) {
                return;
            }
            let end = rest.find(|&(_, c)| !is_combining_mark(c)).map_or(open.folded.text.len(), |(at, _)| open.at + at);
            let segment = &open.folded.text[open.at..end];
            let token = general_token(&open.folded, segment, open.at, &mut open.cursor, self.text);
            self.push(token, false);
            open.at = end;
        }
    }

    /// Takes segments by the word rules, up to the next unspaced letter.
    fn segments(&mut self, open: &mut Open) {
        let text = std::mem::take(&mut open.folded.text);
        let rest = &text[open.at..open.unspaced];
        let base = open.at;
        let mut start = 0;
        // Nearly all folded text is ASCII, and short: the general segmenter is slow to start.
        let mut plain = 0;
        let mut general = None;
        if !open.ascii {
            let segmenter = WordSegmenter::new_for_non_complex_scripts(WordBreakInvariantOptions::default());
            general = Some(segmenter.segment_str(rest).skip(1));
        }
        let mut taken = 0;
        loop {
            let end = match &mut general {
                Some(ends) => ends.next(),
                None => (plain < rest.len()).then(|| ascii::segment(rest.as_bytes(), plain).0),
            };
            let Some(end) = end else { break };
            plain = end;
            // What decomposes into a space and a mark (`¨`) makes a segment that begins with the space.
            let segment = rest[start..end].trim_start_matches(' ');
            let skipped = end - start - segment.len();
            if !segment.is_empty() {
                let from = base + start + skipped;
                let token = general_token(&open.folded, segment, from, &mut open.cursor, self.text);
                self.push(token, skipped == 0 && taken > 0);
            }
            start = end;
            taken += 1;
            // Not between marks that join to one token.
            if taken > BATCH && !rest[end..].starts_with(['"', '\'', '-', '.']) {
                break;
            }
        }
        open.at = base + start;
        open.folded.text = text;
    }

    /// Queues a token, or joins it to the last one when nothing lies between them.
    fn push(&mut self, token: Token<'t>, adjacent: bool) {
        let joins = matches!(&*token.canon, "\"" | "-" | "." | "...");
        if joins
            && adjacent
            && let Some(last) = self.queue.back_mut()
            && (last.canon == token.canon || (is_dots(last) && is_dots(&token)))
        {
            last.span.end = token.span.end;
            if is_dots(&token) {
                last.canon = Cow::Borrowed("...");
            }
            return;
        }
        self.queue.push_back(token);
    }
}

/// Whether an ASCII word is its own canonical form.
fn is_canonical(word: &str) -> bool {
    !word.bytes().any(|byte| byte.is_ascii_uppercase() || byte == b'`')
}

fn run(bytes: &[u8], start: usize, more: impl Fn(usize) -> bool) -> usize {
    (start + 1..bytes.len()).find(|&index| !more(index)).unwrap_or(bytes.len())
}

/// The token of the folded text's `segment` that begins at `start`.
fn general_token<'t>(folded: &Folded, segment: &str, start: usize, cursor: &mut usize, text: &str) -> Token<'t> {
    let end = start + segment.len();
    let span = folded.source(start, end, cursor);
    if !segment.chars().any(char::is_alphanumeric) {
        let canon = if segment == "'" { "\"" } else { segment };
        return Token { kind: TokenKind::Punct, span, canon: Cow::Owned(canon.to_owned()) };
    }
    let mut canon = segment.to_owned();
    if !folded.capitals.is_empty() && text[span.clone()].nfkd().any(|c| c.is_ascii_alphabetic()) {
        let from = folded.capitals.partition_point(|&(at, _)| at < start);
        for &(at, letter) in folded.capitals[from..].iter().take_while(|&&(at, _)| at < end) {
            let mut buffer = [0; 4];
            if canon.is_char_boundary(at - start + 1) {
                canon.replace_range(at - start..at - start + 1, letter.encode_utf8(&mut buffer));
            }
        }
    }
    Token { kind: TokenKind::Word, span, canon: Cow::Owned(canon) }
}
