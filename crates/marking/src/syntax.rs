//! Reads and writes the syntax of masters.

use std::collections::HashMap;

use crate::error::place;
use crate::master::{Piece, Site};
use crate::{Class, MAX_ALTERNATIVES, MAX_SITES, MAX_SOURCE, Span, SyntaxError, SyntaxErrorKind};

/// A source taken apart.
#[derive(Default)]
pub(crate) struct Parsed {
    pub(crate) pieces: Vec<Piece>,
    /// Where each piece stands in the source.
    pub(crate) spans: Vec<Span>,
    pub(crate) sites: Vec<Site>,
}

/// Takes a source apart; whether codewords can be told apart is not looked at here.
pub(crate) fn parse(source: &str) -> Result<Parsed, SyntaxError> {
    if source.len() > MAX_SOURCE {
        return Err(error(source, 0, SyntaxErrorKind::TooLong { found: source.len() }));
    }
    let mut reader = Reader { source, at: 0, parsed: Parsed::default(), ties: HashMap::new() };
    reader.read()?;
    Ok(reader.parsed)
}

/// `text` such that it parses as itself, wherever in a master it stands.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let escaped = match c {
            '{' | '}' => true,
            '\\' => chars.peek().is_some_and(|&next| special(next)),
            _ => false,
        };
        if escaped {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// The byte of the source at which character `offset` (in bytes) of the unescaped text of `source[span]` begins.
pub(crate) fn source_offset(source: &str, span: &Span, offset: usize) -> usize {
    let mut at = span.start;
    let mut passed = 0;
    while passed < offset && at < span.end {
        let (c, length) = literal(source, at);
        passed += c.len_utf8();
        at += length;
    }
    at
}

pub(crate) fn error(source: &str, offset: usize, kind: SyntaxErrorKind) -> SyntaxError {
    let (line, column) = place(source, offset);
    SyntaxError { line, column, offset, kind }
}

fn special(c: char) -> bool {
    matches!(c, '{' | '|' | '}' | '\\')
}

/// The character that stands at `at`, escapes undone, and how many bytes of the source it takes.
fn literal(source: &str, at: usize) -> (char, usize) {
    let mut chars = source[at..].chars();
    let first = chars.next().unwrap_or('\0');
    match chars.next() {
        Some(second) if first == '\\' && special(second) => (second, 2),
        _ => (first, first.len_utf8()),
    }
}

struct Reader<'s> {
    source: &'s str,
    at: usize,
    parsed: Parsed,
    /// Site and place of the first occurrence of each tie.
    ties: HashMap<u32, (usize, usize)>,
}

/// What stands between the brace and the first alternative.
struct Head {
    tie: Option<u32>,
    class: Option<Class>,
}

impl Reader<'_> {
    fn read(&mut self) -> Result<(), SyntaxError> {
        let mut text = String::new();
        let mut start = 0;
        while let Some(c) = self.peek() {
            match c {
                '{' => {
                    self.flush(&mut text, start);
                    self.braces()?;
                    start = self.at;
                }
                '}' => return Err(self.error(self.at, SyntaxErrorKind::Unopened)),
                _ => self.take_literal(&mut text),
            }
        }
        self.flush(&mut text, start);
        Ok(())
    }

    fn peek(&self) -> Option<char> {
        self.source[self.at..].chars().next()
    }

    fn error(&self, offset: usize, kind: SyntaxErrorKind) -> SyntaxError {
        error(self.source, offset, kind)
    }

    fn take_literal(&mut self, text: &mut String) {
        let (c, length) = literal(self.source, self.at);
        text.push(c);
        self.at += length;
    }

    fn flush(&mut self, text: &mut String, start: usize) {
        if !text.is_empty() {
            self.parsed.pieces.push(Piece::Text(std::mem::take(text)));
            self.parsed.spans.push(start..self.at);
        }
    }

    /// A site or field; the reader stands at its brace.
    fn braces(&mut self) -> Result<(), SyntaxError> {
        let open = self.at;
        self.at += 1;
        let piece = if self.peek() == Some('=') {
            self.field(open)?
        } else {
            let head = self.head(open)?;
            let alternatives = self.alternatives(open)?;
            let class = self.class_of(&head, open)?;
            check_alternatives(&alternatives, class).map_err(|kind| self.error(open, kind))?;
            let site = self.site(&head, class, alternatives.len(), open)?;
            Piece::Site { site, alternatives }
        };
        if let Piece::Site { site, .. } = piece
            && let Some(site) = self.parsed.sites.get_mut(site)
        {
            site.occurrences.push(self.parsed.pieces.len());
        }
        self.parsed.pieces.push(piece);
        self.parsed.spans.push(open..self.at);
        Ok(())
    }

    fn field(&mut self, open: usize) -> Result<Piece, SyntaxError> {
        self.at += 1;
        let start = self.at;
        let rest = &self.source[start..];
        let length = rest.find(|c: char| !matches!(c, 'a'..='z' | '0'..='9' | '_')).unwrap_or(rest.len());
        let name = &rest[..length];
        match rest[length..].chars().next() {
            None => return Err(self.error(open, SyntaxErrorKind::Unclosed)),
            Some('}') if name.starts_with(|c: char| c.is_ascii_lowercase()) => {}
            Some('}') => return Err(self.error(start, SyntaxErrorKind::BadFieldName)),
            Some(_) => return Err(self.error(start + length, SyntaxErrorKind::BadFieldName)),
        }
        self.at = start + length + 1;
        Ok(Piece::Field(name.to_owned()))
    }

    fn head(&mut self, open: usize) -> Result<Head, SyntaxError> {
        let mut head = Head { tie: None, class: None };
        let tied = self.peek() == Some('#');
        if tied {
            self.at += 1;
            let rest = &self.source[self.at..];
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let number = if (1..=9).contains(&digits) { rest[..digits].parse().ok() } else { None };
            let number = number.filter(|&number| number > 0 && !rest.starts_with('0'));
            if number.is_none() || !rest[digits..].starts_with([':', '@']) {
                return Err(self.error(open, SyntaxErrorKind::BadTie));
            }
            head.tie = number;
            self.at += digits;
        }
        if self.peek() == Some('@') {
            let rest = &self.source[self.at + 1..];
            let length = rest.bytes().take_while(u8::is_ascii_lowercase).count();
            let class = rest[..length].parse().ok().filter(|_| rest[length..].starts_with(':'));
            head.class = Some(class.ok_or_else(|| self.error(self.at, SyntaxErrorKind::UnknownClass))?);
            self.at += 1 + length;
        }
        if head.tie.is_some() || head.class.is_some() {
            self.at += 1; // the colon
        }
        Ok(head)
    }

    /// The alternatives up to and with the closing brace.
    fn alternatives(&mut self, open: usize) -> Result<Vec<String>, SyntaxError> {
        let mut alternatives = vec![];
        let mut current = String::new();
        loop {
            match self.peek() {
                None => return Err(self.error(open, SyntaxErrorKind::Unclosed)),
                Some('{') => return Err(self.error(self.at, SyntaxErrorKind::Nested)),
                Some(mark @ ('|' | '}')) => {
                    if alternatives.len() == MAX_ALTERNATIVES {
                        return Err(self.error(self.at, SyntaxErrorKind::TooManyAlternatives));
                    }
                    alternatives.push(std::mem::take(&mut current));
                    self.at += 1;
                    if mark == '}' {
                        break;
                    }
                }
                Some(_) => self.take_literal(&mut current),
            }
        }
        if alternatives.len() < 2 {
            return Err(self.error(open, SyntaxErrorKind::Lonely));
        }
        Ok(alternatives)
    }

    /// The class of an occurrence: its own, or that of the tied site's first place, or `authored`.
    fn class_of(&self, head: &Head, open: usize) -> Result<Class, SyntaxError> {
        let first = head.tie.and_then(|tie| self.ties.get(&tie));
        let Some(&(site, first)) = first else { return Ok(head.class.unwrap_or(Class::Authored)) };
        let class = self.parsed.sites.get(site).map_or(Class::Authored, |site| site.class);
        if head.class.is_some_and(|own| own != class) {
            let (line, column) = place(self.source, first);
            return Err(self.error(open, SyntaxErrorKind::MixedClass { line, column }));
        }
        Ok(class)
    }

    /// The number of the site of which an occurrence was read.
    fn site(&mut self, head: &Head, class: Class, count: usize, open: usize) -> Result<usize, SyntaxError> {
        if let Some(tie) = head.tie
            && let Some(&(site, first)) = self.ties.get(&tie)
        {
            let expected = self.parsed.sites.get(site).map_or(0, |site| site.alternatives);
            if expected != count {
                let (line, column) = place(self.source, first);
                let kind = SyntaxErrorKind::UnevenTie { line, column, expected, found: count };
                return Err(self.error(open, kind));
            }
            return Ok(site);
        }
        let site = self.parsed.sites.len();
        if site == MAX_SITES {
            return Err(self.error(open, SyntaxErrorKind::TooManySites));
        }
        if let Some(tie) = head.tie {
            self.ties.insert(tie, (site, open));
        }
        self.parsed.sites.push(Site { alternatives: count, class, tie: head.tie, occurrences: Vec::new() });
        Ok(site)
    }
}

/// Whether the alternatives of a site differ as its class asks.
fn check_alternatives(alternatives: &[String], class: Class) -> Result<(), SyntaxErrorKind> {
    if let Some((first, second)) = repeated(alternatives.iter().cloned()) {
        return Err(SyntaxErrorKind::SameAlternatives { first, second });
    }
    if class.may_normalise_away() {
        return Ok(());
    }
    match repeated(alternatives.iter().map(|alternative| countermark_text::normalise(alternative))) {
        Some((first, second)) => Err(SyntaxErrorKind::SameWhenNormalised { first, second, class }),
        None => Ok(()),
    }
}

/// The first item that repeats an earlier one: both numbers, from 1.
fn repeated(items: impl Iterator<Item = String>) -> Option<(usize, usize)> {
    let mut seen = HashMap::new();
    for (index, item) in items.enumerate() {
        if let Some(first) = seen.insert(item, index) {
            return Some((first + 1, index + 1));
        }
    }
    None
}
