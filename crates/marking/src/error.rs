//! What can be wrong with a master, and with rendering it.

use crate::{Class, MAX_ALTERNATIVES, MAX_SITES, MAX_SOURCE};

/// A master that can't be read, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {kind}")]
pub struct SyntaxError {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Byte of the source.
    pub offset: usize,
    /// What is wrong.
    pub kind: SyntaxErrorKind,
}

/// What is wrong with a master.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SyntaxErrorKind {
    /// Two codewords give the same text from here on.
    #[error("two ways to choose give the same text: they part here and meet again at line {line}, column {column}")]
    Ambiguous {
        /// Line, from 1, where the two meet.
        line: usize,
        /// Column in characters, from 1, where the two meet.
        column: usize,
    },
    /// A field's name does not fit `[a-z][a-z0-9_]*`.
    #[error("a field's name is a small letter followed by small letters, digits and underscores")]
    BadFieldName,
    /// `{#` without a number and a colon or class.
    #[error("a tied site begins with {{#, a number from 1 to 999999999, and a colon or @class:")]
    BadTie,
    /// The site is empty or holds a single alternative.
    #[error("a site needs two alternatives at least")]
    Lonely,
    /// Places of a tied site name different classes.
    #[error("this place of the tied site names another class than its first at line {line}, column {column}")]
    MixedClass {
        /// Line, from 1, of the site's first place.
        line: usize,
        /// Column in characters, from 1, of the site's first place.
        column: usize,
    },
    /// A brace opens within a site.
    #[error("a site can't hold another site or a field")]
    Nested,
    /// Two alternatives are the same.
    #[error("alternatives {first} and {second} of this site are the same")]
    SameAlternatives {
        /// Number of the first, from 1.
        first: usize,
        /// Number of the second, from 1.
        second: usize,
    },
    /// Two alternatives are the same to a reader.
    #[error("alternatives {first} and {second} of this {class} site are the same after normalisation")]
    SameWhenNormalised {
        /// Number of the first, from 1.
        first: usize,
        /// Number of the second, from 1.
        second: usize,
        /// The site's class.
        class: Class,
    },
    /// Too many alternatives.
    #[error("a site can have at most {MAX_ALTERNATIVES} alternatives")]
    TooManyAlternatives,
    /// Too many sites.
    #[error("a master can have at most {MAX_SITES} sites")]
    TooManySites,
    /// The source is too long.
    #[error("a master can have at most {MAX_SOURCE} bytes, this one has {found}")]
    TooLong {
        /// Its bytes.
        found: usize,
    },
    /// So many near repetitions that telling codewords apart can't be checked in bounded time.
    #[error("the text repeats itself so much around this site that its readings can't be told apart in time")]
    TooEntangled,
    /// A brace that nothing closes.
    #[error("this brace is never closed")]
    Unclosed,
    /// The places of a tied site have different numbers of alternatives.
    #[error(
        "this place of the tied site has {found} alternatives, its first at line {line}, column {column} has {expected}"
    )]
    UnevenTie {
        /// Line, from 1, of the site's first place.
        line: usize,
        /// Column in characters, from 1, of the site's first place.
        column: usize,
        /// Alternatives of the first place.
        expected: usize,
        /// Alternatives of this place.
        found: usize,
    },
    /// `{@` without the name of a class and a colon.
    #[error("after @ the name of a class and a colon are needed")]
    UnknownClass,
    /// A brace that closes nothing.
    #[error("this brace closes nothing")]
    Unopened,
}

impl SyntaxErrorKind {
    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Ambiguous { .. } => "move what both readings share out of the sites, or put a word between them",
            Self::BadFieldName => "write for example {=salutation}",
            Self::BadTie => "write {#1:a|b}; for an alternative that begins with # write {@authored:#...|...}",
            Self::Lonely => "write {a|b}, or \\{ and \\} for the braces themselves",
            Self::Nested => "close the site first, or write \\{ for the brace itself",
            Self::SameWhenNormalised { .. } => {
                "if the difference of typography, punctuation or layout is meant, write {@typography:...}, {@punctuation:...} or {@layout:...}"
            }
            Self::TooEntangled => "take out sites whose alternatives repeat the words around them",
            Self::Unclosed => "close it with }, or write \\{ for the brace itself",
            Self::UnknownClass => {
                "the classes are typography, punctuation, spelling, contraction, number, lexical, formula, order, layout, authored"
            }
            Self::Unopened => "write \\} for the brace itself",
            _ => return None,
        })
    }
}

/// How many characters of a line [`SyntaxError::render`] shows on each side of the caret.
const AROUND: usize = 36;

impl SyntaxError {
    /// The error with the line of `source` that it speaks of and a caret below the place; long lines are cut around it.
    ///
    /// The result shows the master's text: it is for the writer's own eyes, never for a log.
    pub fn render(&self, source: &str) -> String {
        let number = self.line.to_string();
        let margin = " ".repeat(number.len());
        let (shown, caret) = self.excerpt(source);
        let mut out = format!("{self}\n{margin} |\n{number} | {shown}\n{margin} | {}^\n", " ".repeat(caret));
        if let Some(hint) = self.kind.hint() {
            out.push_str(&format!("{margin} = hint: {hint}\n"));
        }
        out
    }

    /// The line around the place, and how many characters of it stand before the caret.
    fn excerpt(&self, source: &str) -> (String, usize) {
        let offset = floor(source, self.offset.min(source.len()));
        let before: Vec<char> = source[..offset].chars().rev().take(AROUND + 1).take_while(|&c| c != '\n').collect();
        let after: Vec<char> =
            source[offset..].chars().take(AROUND + 1).take_while(|&c| c != '\n' && c != '\r').collect();
        let mut shown = String::new();
        let mut caret = before.len().min(AROUND);
        if before.len() > AROUND {
            shown.push('…');
            caret += 1;
        }
        // A control character would move the caret or worse.
        let visible = |c: char| if c.is_control() { ' ' } else { c };
        shown.extend(before.iter().take(AROUND).rev().copied().map(visible));
        shown.extend(after.iter().take(AROUND).copied().map(visible));
        if after.len() > AROUND {
            shown.push('…');
        }
        (shown, caret)
    }
}

/// The last character boundary not after `offset`.
fn floor(source: &str, offset: usize) -> usize {
    (0..=offset).rev().find(|&at| source.is_char_boundary(at)).unwrap_or(0)
}

/// Line and column (in characters), both from 1, of a byte of `source`.
pub(crate) fn place(source: &str, offset: usize) -> (usize, usize) {
    let before = &source[..floor(source, offset.min(source.len()))];
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    (before.bytes().filter(|&byte| byte == b'\n').count() + 1, before[start..].chars().count() + 1)
}

/// A master that can't be rendered as asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// A field has no value.
    #[error("the field {name} has no value")]
    MissingField {
        /// The field's name, as the master writes it.
        name: String,
    },
    /// A symbol is not one of the site's alternatives.
    #[error("symbol {symbol} for site {site}, which has {alternatives} alternatives")]
    SymbolOutOfRange {
        /// The site, from 0.
        site: usize,
        /// The symbol.
        symbol: u8,
        /// The site's alternatives.
        alternatives: usize,
    },
    /// The codeword belongs to another master.
    #[error("a codeword of {found} symbols for a master of {expected} sites")]
    WrongLength {
        /// The master's sites.
        expected: usize,
        /// The codeword's symbols.
        found: usize,
    },
}
