//! Brings a stretch of text to its folded form and remembers where every piece of it came from.

use unicode_normalization::char::{canonical_combining_class, decompose_compatible};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::chars::{fold_mark, is_hyphen, is_invisible, is_newline, is_space};
use crate::lookalike;

/// A folded stretch of text. Segments of `text` map back to bytes of the original.
#[derive(Debug, Default)]
pub(crate) struct Folded {
    /// The folded text. Contains no white space but single spaces that came out of decomposition.
    pub(crate) text: String,
    runs: Vec<Run>,
    /// Offsets in `text` of folded capitals whose other look-alike holds in a word with Latin letters.
    pub(crate) capitals: Vec<(usize, char)>,
}

/// A stretch that maps either byte by byte (`linear`) or as a whole.
#[derive(Debug)]
struct Run {
    folded: usize,
    source: usize,
    source_len: usize,
    linear: bool,
}

impl Folded {
    /// The original bytes of `text[start..end]`, which must not be empty. `cursor` is the caller's memory of where the
    /// last call ended; segments must be asked for from left to right.
    pub(crate) fn source(&self, start: usize, end: usize, cursor: &mut usize) -> std::ops::Range<usize> {
        let first = self.run_at(start, cursor);
        let from = match first {
            Some(run) if run.linear => run.source + (start - run.folded),
            Some(run) => run.source,
            None => 0,
        };
        let last = self.run_at(end.saturating_sub(1), cursor);
        let to = match last {
            Some(run) if run.linear => run.source + (end - run.folded),
            Some(run) => run.source + run.source_len,
            None => from,
        };
        from..to.max(from)
    }

    fn run_at(&self, offset: usize, cursor: &mut usize) -> Option<&Run> {
        while self.runs.get(*cursor + 1).is_some_and(|next| next.folded <= offset) {
            *cursor += 1;
        }
        self.runs.get(*cursor)
    }

    /// Appends a cluster's folded form.
    fn push(&mut self, folded: &str, source: usize, source_len: usize, linear: bool) {
        if folded.is_empty() {
            return;
        }
        let at = self.text.len();
        self.text.push_str(folded);
        if linear
            && let Some(run) = self.runs.last_mut()
            && run.linear
            && run.source + run.source_len == source
            && run.folded + run.source_len == at
        {
            run.source_len += source_len;
            return;
        }
        self.runs.push(Run { folded: at, source, source_len, linear });
    }
}

/// Folds the stretch of `text` that begins at `start` and ends before the next white space; returns it with the
/// offset of its end. A line break that a hyphen between letters stands before is passed over, together with the
/// hyphen.
pub(crate) fn chunk(text: &str, start: usize) -> (Folded, usize) {
    let mut folded = Folded::default();
    let mut at = start;
    let mut after_letter = false;
    let mut scratch = String::new();
    while let Some(c) = text[at..].chars().next() {
        if is_space(c) && !acute_follows(text, at, c) {
            break;
        }
        if after_letter
            && is_hyphen(c)
            && let Some(next) = line_continues(text, at + c.len_utf8())
        {
            at = next;
            continue;
        }
        if is_invisible(c) {
            at += c.len_utf8();
            continue;
        }
        let plain = c.is_ascii() || identical(c);
        let end = cluster_end(text, at + c.len_utf8());
        let cluster = &text[at..end];
        if plain && cluster.len() == c.len_utf8() {
            let mapped = lookalike::fold(fold_mark(small(c)));
            let linear = mapped.len_utf8() == c.len_utf8();
            let mut buffer = [0; 4];
            folded.push(mapped.encode_utf8(&mut buffer), at, cluster.len(), linear);
            after_letter = mapped.is_alphabetic();
        } else {
            fold_cluster(cluster, &mut scratch);
            if let Some(letter) = capital_of(cluster) {
                folded.capitals.push((folded.text.len(), letter));
            }
            folded.push(&scratch, at, cluster.len(), false);
            after_letter = scratch.chars().next().is_some_and(char::is_alphabetic);
        }
        at = end;
    }
    (folded, at)
}

/// Folds one cluster: the order of steps is that of NFKC case folding (Unicode, section 3.13, D146), with marks and
/// look-alike letters folded while the text is decomposed.
fn fold_cluster(cluster: &str, out: &mut String) {
    // The raised ellipsis has no decomposition of its own.
    let seen = cluster.chars().filter(|&c| !is_invisible(c)).map(|c| if c == '⋯' { '…' } else { c });
    let decomposed = seen.nfkd().filter(|&c| !is_invisible(c));
    let mut plain = String::new();
    for c in decomposed {
        // Through upper case: the long s, the final sigma and the dotless i have one upper case with their kin, the
        // sharp s has two letters; its own capital gets there by its lower case.
        plain.extend(c.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase));
    }
    let marked: String = plain.nfkd().map(|c| lookalike::fold(fold_mark(c))).collect();
    // The spacing acute accent decomposes so; people type it for an apostrophe.
    let marked = match marked.strip_prefix(" \u{301}") {
        Some(rest) => format!("'{rest}"),
        None => marked,
    };
    out.clear();
    out.extend(marked.nfc().filter(|&c| !is_invisible(c)));
}

/// The other look-alike of a cluster's first letter, if it is such a capital.
fn capital_of(cluster: &str) -> Option<char> {
    cluster.chars().nfkd().next().and_then(lookalike::capital)
}

/// The end of the cluster of which the first character ends at `at`: whatever may combine with it is part of it.
fn cluster_end(text: &str, at: usize) -> usize {
    let mut end = at;
    let mut seen = at;
    for c in text[at..].chars() {
        if c.is_ascii() && !is_invisible(c) {
            break;
        }
        seen += c.len_utf8();
        if is_invisible(c) {
            continue; // part of the cluster only if something combining follows
        }
        if !combines(c) {
            break;
        }
        end = seen;
    }
    end
}

/// Whether `c` may change together with the character before it when both are normalised.
fn combines(c: char) -> bool {
    if stands_alone(c) {
        return false;
    }
    let mut first = None;
    decompose_compatible(c, |d| {
        first.get_or_insert(d);
    });
    let first = first.unwrap_or(c);
    canonical_combining_class(first) != 0 || is_nfc_quick(std::iter::once(first)) == IsNormalized::Maybe
}

/// Blocks without anything that combines: a cheap test that is true for most characters of running text.
fn stands_alone(c: char) -> bool {
    matches!(
        c,
        '\0'..='\u{2ff}'
            | '\u{370}'..='\u{482}'
            | '\u{48a}'..='\u{590}'
            | '\u{1e00}'..='\u{20cf}'
            | '\u{2100}'..='\u{2bff}'
            | '\u{3041}'..='\u{3096}'
            | '\u{4e00}'..='\u{9fff}'
    )
}

/// Whether a lone `c` folds to itself but for case, marks and look-alikes: a cheap test that is true for most letters in
/// either case, and may be false for characters that do fold to themselves.
fn identical(c: char) -> bool {
    match c {
        // Russian letters that do not decompose.
        'А'..='И' | 'К'..='Я' | 'а'..='и' | 'к'..='я' => true,
        // General punctuation that does not decompose.
        '\u{2010}' | '\u{2012}'..='\u{2016}' | '\u{2018}'..='\u{2022}' => true,
        // Han and kana letters.
        '\u{4e00}'..='\u{9fff}' | '\u{3041}'..='\u{304a}' => true,
        _ => false,
    }
}

/// The lower case of a character for which [`identical`] holds, or of ASCII.
fn small(c: char) -> char {
    match c {
        'А'..='Я' => char::from_u32(u32::from(c) + 0x20).unwrap_or(c),
        _ => c.to_ascii_lowercase(),
    }
}

/// Whether the white space `c` at `at` and a following acute accent are the decomposed form of the spacing accent.
fn acute_follows(text: &str, at: usize, c: char) -> bool {
    let mut first = None;
    decompose_compatible(c, |d| {
        first.get_or_insert(d);
    });
    first == Some(' ')
        && text[at + c.len_utf8()..]
            .chars()
            .find(|&c| !is_invisible(c))
            .is_some_and(|c| matches!(c, '\u{301}' | '\u{341}'))
}

/// Same, for the ASCII path: whether the white space that starts at `at` belongs to what follows.
pub(crate) fn space_combines(text: &str, at: usize) -> bool {
    text[at..].chars().next().is_some_and(|c| acute_follows(text, at, c))
}

/// After a hyphen that ends at `at`: if one line break follows and then a letter, where that letter stands.
fn line_continues(text: &str, at: usize) -> Option<usize> {
    let mut lines = 0;
    let mut previous = ' ';
    for (offset, c) in text[at..].char_indices() {
        if is_newline(c) {
            lines += usize::from(!(c == '\n' && previous == '\r'));
        } else if !is_space(c) && !is_invisible(c) {
            let mut first = c;
            let mut seen = false;
            decompose_compatible(c, |d| {
                if !seen {
                    first = d;
                }
                seen = true;
            });
            return (lines == 1 && first.is_alphabetic()).then_some(at + offset);
        }
        if lines > 1 {
            return None;
        }
        previous = c;
    }
    None
}

/// Same, for the ASCII path.
pub(crate) fn hyphen_joins(text: &str, after_hyphen: usize) -> bool {
    line_continues(text, after_hyphen).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_alone_does_not_combine() {
        for c in (0..0xa000).filter_map(char::from_u32).filter(|&c| stands_alone(c)) {
            let first = std::iter::once(c).nfkd().next().unwrap_or(c);
            assert_eq!(canonical_combining_class(first), 0, "{c:?}");
            assert_eq!(is_nfc_quick(std::iter::once(first)), IsNormalized::Yes, "{c:?}");
        }
    }

    #[test]
    fn the_short_way_folds_like_the_long_one() {
        for c in (0x21..0xa000).filter_map(char::from_u32).filter(|&c| c.is_ascii_graphic() || identical(c)) {
            let mut long = String::new();
            fold_cluster(c.encode_utf8(&mut [0; 4]), &mut long);
            assert_eq!(lookalike::fold(fold_mark(small(c))).to_string(), long, "{c:?}");
        }
    }
}
