//! Letters of one script that look like letters of another.
//!
//! The source is the confusables table of Unicode Technical Standard 39, read through its skeleton function. Used as
//! it stands, the table knows nothing of case: `В` looks like `B`, but `в` like nothing Latin. So the table is taken
//! letter by letter, both cases of a letter together: a lower-case letter folds to the Latin letter that it looks
//! like, or else to the one that its capital looks like. Folded so, a text in one script stays itself under every change of
//! case, and no decision depends on the letters around.
//!
//! For very few letters the two cases look like different Latin letters (`ν` like `v`, `Ν` like `N`). There the
//! lower case wins, except for a capital within a word that also holds genuine Latin letters (see [`capital`]).

use std::sync::LazyLock;

/// First and last code point of the table kept in memory: Latin beyond ASCII to Armenian, where nearly all
/// look-alikes of running text stand.
const TABLE: std::ops::Range<u32> = 0x80..0x590;

static LETTERS: LazyLock<Vec<Option<char>>> =
    LazyLock::new(|| TABLE.map(|code| char::from_u32(code).and_then(find)).collect());

/// The ASCII letter that `c`, a letter in folded case, looks like in one of its two cases.
pub(crate) fn fold(c: char) -> char {
    if c.is_ascii() {
        return c;
    }
    let code = u32::from(c);
    let found =
        if TABLE.contains(&code) { LETTERS.get((code - TABLE.start) as usize).copied().flatten() } else { find(c) };
    found.unwrap_or(c)
}

/// For a capital of another script: the Latin letter (in lower case) that it looks like, where this is another one
/// than its lower case looks like.
pub(crate) fn capital(c: char) -> Option<char> {
    // Only Greek and its like have such letters; the range keeps the common scripts out of the slow path.
    if c.is_ascii() || !c.is_uppercase() || !('\u{370}'..='\u{3ff}').contains(&c) {
        return None;
    }
    let lower = sole(c.to_lowercase())?;
    let upper = twin(c)?.to_ascii_lowercase();
    // A capital I and a small l are the same stroke: no conflict.
    (upper != fold(lower) && upper != 'l').then_some(upper)
}

/// The Latin letter, in the same case, that a letter of another script looks like; nothing for what is Latin itself.
///
/// ```
/// use countermark_text::latin;
///
/// assert_eq!(latin('\u{430}'), Some('a')); // Cyrillic
/// assert_eq!(latin('\u{392}'), Some('B')); // Greek
/// assert_eq!((latin('a'), latin('\u{131}'), latin('\u{436}')), (None, None, None));
/// ```
pub fn latin(c: char) -> Option<char> {
    // Latin letters beyond ASCII belong to words that are spelled so.
    if c < '\u{250}' || !c.is_alphabetic() {
        return None;
    }
    let lower = sole(c.to_lowercase())?;
    let found = capital(c).unwrap_or_else(|| fold(lower));
    if !found.is_ascii_alphabetic() {
        return None;
    }
    Some(if c.is_uppercase() { found.to_ascii_uppercase() } else { found })
}

/// The look-alike of a letter in folded case, by the table.
fn find(c: char) -> Option<char> {
    if !candidate(c) {
        return None;
    }
    if let Some(lower) = twin(c) {
        return Some(lower.to_ascii_lowercase());
    }
    let upper = twin(sole(c.to_uppercase())?)?.to_ascii_lowercase();
    // The skeleton of a capital I is the small l.
    Some(if upper == 'l' { 'i' } else { upper })
}

/// Whether a letter may be folded at all: letters with case, and Lisu, whose letters are Latin capitals turned about.
/// Scripts without case (Hebrew, Arabic, the scripts of India) hold strokes and rings that the table equals with `l`
/// and `o`; folding them would only mangle words.
fn candidate(c: char) -> bool {
    c.is_lowercase() || c.is_uppercase() || ('\u{a4d0}'..='\u{a4f7}').contains(&c)
}

/// The one ASCII letter that the confusables table gives for `c`.
fn twin(c: char) -> Option<char> {
    let mut buffer = [0; 4];
    let letter = sole(unicode_security::skeleton(c.encode_utf8(&mut buffer)))?;
    (letter != c && letter.is_ascii_alphabetic()).then_some(letter)
}

/// The only item of an iterator.
fn sole(mut iter: impl Iterator<Item = char>) -> Option<char> {
    let first = iter.next()?;
    iter.next().is_none().then_some(first)
}
