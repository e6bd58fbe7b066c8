//! Normalises, cuts and tokenises text, with spans into the original.
//!
//! Two people who look at the same sentence see the same words, whatever lies between them: a keyboard that curls
//! quotation marks, a platform that swallows soft hyphens, a hand that types a Cyrillic `а` for a Latin `a`. This
//! crate brings a text to the form in which these differences are gone, the sequence of its *canonical tokens*, and
//! says of every token where it stood. What exactly is undone, and what is not, is listed in
//! `docs/guide/normalisation.md`.
//!
//! - [`tokens`], [`words`] and [`each_word`] walk through the canonical tokens; [`same`] compares two texts by them;
//!   [`normalise`] writes them out.
//! - [`parts`] and [`sentences`] cut a text into sentences and lines that stand alone.
//! - [`traits`](fn@traits) lists what in a text is not what it seems: invisible characters, look-alike letters.
//!
//! All of it takes any input in time linear in its length. What counts as a slip of OCR or of a typist (`rn` for
//! `m`, `0` for `o`) is not undone here: that is a matter of degree and belongs to whoever aligns texts.
//!
//! ```
//! use countermark_text::{same, words};
//!
//! let sent = "“We won’t meet in Вerlin—not yet…”"; // the В is Cyrillic
//! let published = "\"we won't meet in\n  Berlin - not yet...\"";
//! assert!(same(sent, published));
//!
//! let found: Vec<_> = words(sent).map(|word| (&sent[word.span.clone()], word.canon.into_owned())).collect();
//! assert_eq!(found[1], ("won’t", "won't".to_owned()));
//! assert_eq!(found[4], ("Вerlin", "berlin".to_owned()));
//! ```

mod abbreviation;
mod ascii;
mod chars;
mod fold;
mod lookalike;
mod sentence;
mod token;
mod traits;

pub use lookalike::latin;
pub use sentence::{parts, sentences};
pub use token::{Token, TokenKind, Tokens, each_word, normalise, same, tokens, word_count, words};
pub use traits::{Trait, TraitKind, traits};

/// Bytes of the original text, always on character boundaries.
pub type Span = std::ops::Range<usize>;
