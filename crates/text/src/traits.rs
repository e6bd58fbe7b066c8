//! What in a text is not what it seems: the traces that a copy can carry without a reader seeing them.

use crate::Span;
use crate::chars::{is_invisible, is_space};
use crate::lookalike;

/// One such place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trait {
    /// What it is.
    pub kind: TraitKind,
    /// Where it stands.
    pub span: Span,
}

/// What kind of trace a place carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TraitKind {
    /// A character that cannot be seen: zero width, soft hyphen, bidirectional control and the like.
    Invisible,
    /// A letter that looks like a Latin one, in a word that holds Latin letters.
    LookAlike,
    /// White space that is neither a space, a tab nor a line break.
    Space,
    /// A trailing space or tab at the end of a line, or a second space between words.
    Spacing,
}

/// Lists the traces in `text`, in order.
pub fn traits(text: &str) -> Vec<Trait> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        if is_invisible(c) {
            found.push(Trait { kind: TraitKind::Invisible, span: at..at + c.len_utf8() });
            at += c.len_utf8();
        } else if is_space(c) {
            at = space(text, at, &mut found);
        } else {
            at = word(text, at, &mut found);
        }
    }
    found
}

/// Takes a run of white space.
fn space(text: &str, start: usize, found: &mut Vec<Trait>) -> usize {
    let end = start + text[start..].find(|c| !is_space(c)).unwrap_or(text.len() - start);
    let mut blanks: Option<Span> = None;
    for (offset, c) in text[start..end].char_indices() {
        let span = start + offset..start + offset + c.len_utf8();
        match c {
            '\n' | '\r' => {
                if let Some(blank) = blanks.take() {
                    found.push(Trait { kind: TraitKind::Spacing, span: blank });
                }
            }
            ' ' | '\t' => blanks = Some(blanks.map_or(span.clone(), |blank| blank.start..span.end)),
            _ => {
                blanks = None;
                found.push(Trait { kind: TraitKind::Space, span });
            }
        }
    }
    if let Some(blank) = blanks
        && (blank.len() > 1 && blank.start == start && start > 0 || end == text.len())
    {
        found.push(Trait { kind: TraitKind::Spacing, span: blank });
    }
    end
}

/// Takes a run without white space, letter by letter.
fn word(text: &str, start: usize, found: &mut Vec<Trait>) -> usize {
    let end = start + text[start..].find(|c| is_space(c) || is_invisible(c)).unwrap_or(text.len() - start);
    let word = &text[start..end];
    if word.is_ascii() || !word.bytes().any(|byte| byte.is_ascii_alphabetic()) {
        return end;
    }
    for (offset, c) in word.char_indices() {
        let lower = c.to_lowercase().next().unwrap_or(c);
        if !c.is_ascii() && lookalike::fold(lower).is_ascii() {
            let span = start + offset..start + offset + c.len_utf8();
            found.push(Trait { kind: TraitKind::LookAlike, span });
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_hides() {
        let text = "a\u{200b}b  the В\u{ad}erlin pаct \nnext\u{a0}one";
        let kinds: Vec<_> = traits(text).into_iter().map(|found| (found.kind, &text[found.span])).collect();
        assert_eq!(
            kinds,
            [
                (TraitKind::Invisible, "\u{200b}"),
                (TraitKind::Spacing, "  "),
                (TraitKind::Invisible, "\u{ad}"),
                (TraitKind::LookAlike, "а"),
                (TraitKind::Spacing, " "),
                (TraitKind::Space, "\u{a0}"),
            ]
        );
    }
}
