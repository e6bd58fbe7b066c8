//! A master as a row of cells: words that all copies share, forks, breaks.
//!
//! A site need not begin or end where a word does (`colo{u|}r`), and sites may touch. So whatever hangs together without white
//! space is taken as one stretch, all its wordings are written out and cut into words as a whole, and what all of them begin
//! and end with is moved out. A site that only changes punctuation leaves nothing behind.

use countermark_marking::{Master, Piece};
use countermark_text as text;

use crate::Error;
use crate::key::Key;

/// How many wordings a stretch may have.
const WORDINGS: usize = 1 << 14;

/// A stretch of a master, words as their hashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cell {
    /// The same in every copy.
    Words(Vec<u64>),
    /// One of these; at least two, all different, one of them may be empty.
    Fork(Vec<Vec<u64>>),
    /// Words that are not known.
    Break,
}

/// What a stretch is made of: literal text, or a number of wordings that are chosen together under `site`.
#[derive(Clone, Debug)]
enum Bit {
    Text(String),
    Site { site: usize, alternatives: Vec<String> },
    Break,
}

/// The cells of a master. A field with values is a site with these; without, a break.
pub(crate) fn cells(key: &Key, master: &Master, values: &dyn Fn(&str) -> Vec<String>) -> Result<Vec<Cell>, Error> {
    let names = master.fields();
    let mut bits = Vec::with_capacity(master.pieces().len());
    for piece in master.pieces() {
        bits.push(match piece {
            Piece::Text(text) => Bit::Text(text.clone()),
            Piece::Site { site, alternatives } => Bit::Site { site: *site, alternatives: alternatives.clone() },
            Piece::Field(name) => {
                let place = names.iter().position(|known| known == name).unwrap_or(names.len());
                match values(name) {
                    known if known.is_empty() => Bit::Break,
                    alternatives => Bit::Site { site: master.sites().len() + place, alternatives },
                }
            }
        });
    }
    let mut row = Row { key, cells: Vec::new() };
    let mut stretch: Vec<Bit> = Vec::new();
    for (i, bit) in bits.iter().enumerate() {
        match bit {
            Bit::Break => {
                row.close(&mut stretch)?;
                row.cells.push(Cell::Break);
            }
            Bit::Site { .. } => stretch.push(bit.clone()),
            Bit::Text(text) => {
                let mut cuts = cuts(text, ends_plainly(&bits[..i]), starts_plainly(&bits[i + 1..]));
                let first = if stretch.is_empty() { Some(0) } else { cuts.next() };
                let last = cuts.last();
                let Some(first) = first else {
                    stretch.push(bit.clone());
                    continue;
                };
                let last = last.unwrap_or(first);
                stretch.push(Bit::Text(text[..first].to_owned()));
                row.close(&mut stretch)?;
                row.words(&text[first..last]);
                stretch.push(Bit::Text(text[last..].to_owned()));
            }
        }
    }
    row.close(&mut stretch)?;
    Ok(row.cells)
}

/// A character behind which white space always parts words: not a hyphen, which may join lines, nor anything invisible.
fn is_plain(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | ')' | '”' | '"')
}

/// Letters that are words by themselves, whatever stands beside them.
fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// The places where a text may be cut: no word and no folding reaches across. Behind white space that follows a plain
/// character and precedes a letter or digit; and between two Han letters. `before` and `behind` say whether what stands on
/// the two sides of the text is so in every copy.
fn cuts(text: &str, before: bool, behind: bool) -> impl Iterator<Item = usize> {
    let mut plain = before;
    let mut space = false;
    let mut han = false;
    text.char_indices().map(|(at, c)| (at, Some(c))).chain([(text.len(), None)]).filter_map(move |(at, c)| {
        let follows = c.map_or(behind, char::is_alphanumeric);
        let cut = (space && plain && follows) || (han && c.is_some_and(is_han));
        if let Some(c) = c {
            space = c.is_whitespace();
            han = is_han(c);
            if !space {
                plain = is_plain(c);
            }
        }
        cut.then_some(at)
    })
}

/// Whether whatever stands here begins with a letter or digit.
fn starts_plainly(bits: &[Bit]) -> bool {
    match bits {
        [] | [Bit::Break, ..] => true,
        [Bit::Text(text), rest @ ..] if text.is_empty() => starts_plainly(rest),
        [Bit::Text(text), ..] => text.starts_with(char::is_alphanumeric),
        [Bit::Site { alternatives, .. }, rest @ ..] => alternatives
            .iter()
            .all(|text| if text.is_empty() { starts_plainly(rest) } else { text.starts_with(char::is_alphanumeric) }),
    }
}

/// Whether whatever stands here ends with a plain character.
fn ends_plainly(bits: &[Bit]) -> bool {
    match bits {
        [] | [.., Bit::Break] => true,
        [rest @ .., Bit::Text(text)] if text.is_empty() => ends_plainly(rest),
        [.., Bit::Text(text)] => text.ends_with(is_plain),
        [rest @ .., Bit::Site { alternatives, .. }] => {
            alternatives.iter().all(|text| if text.is_empty() { ends_plainly(rest) } else { text.ends_with(is_plain) })
        }
    }
}

struct Row<'k> {
    key: &'k Key,
    cells: Vec<Cell>,
}

impl Row<'_> {
    fn words(&mut self, text: &str) {
        let words = hashes(self.key, text);
        self.fixed(words);
    }

    fn fixed(&mut self, words: Vec<u64>) {
        match self.cells.last_mut() {
            _ if words.is_empty() => {}
            Some(Cell::Words(last)) => last.extend(words),
            _ => self.cells.push(Cell::Words(words)),
        }
    }

    /// Takes a stretch with all its wordings.
    fn close(&mut self, stretch: &mut Vec<Bit>) -> Result<(), Error> {
        let bits = std::mem::take(stretch);
        let mut forks: Vec<Vec<u64>> = wordings(&bits)?.iter().map(|wording| hashes(self.key, wording)).collect();
        forks.sort_unstable();
        forks.dedup();
        let Some(first) = forks.first() else { return Ok(()) };
        let least = forks.iter().map(Vec::len).min().unwrap_or(0);
        let head = (0..least).take_while(|&i| forks.iter().all(|fork| fork[i] == first[i])).count();
        let from_end = |fork: &[u64], i: usize| fork[fork.len() - 1 - i];
        let tail =
            (0..least - head).take_while(|&i| forks.iter().all(|fork| from_end(fork, i) == from_end(first, i))).count();
        let (before, after) = (first[..head].to_vec(), first[first.len() - tail..].to_vec());
        self.fixed(before);
        for fork in &mut forks {
            fork.truncate(fork.len() - tail);
            fork.drain(..head);
        }
        if forks.len() > 1 {
            self.cells.push(Cell::Fork(forks));
        }
        self.fixed(after);
        Ok(())
    }
}

/// The hashes of a text's words.
pub(crate) fn hashes(key: &Key, text: &str) -> Vec<u64> {
    let mut out = Vec::with_capacity(text.len() / 5);
    text::each_word(text, |word, _| out.push(key.word(word.as_bytes())));
    out
}

/// All texts that a stretch can be.
fn wordings(bits: &[Bit]) -> Result<Vec<String>, Error> {
    let mut sites: Vec<(usize, usize)> = Vec::new();
    for bit in bits {
        if let Bit::Site { site, alternatives } = bit
            && !sites.iter().any(|(known, _)| known == site)
        {
            sites.push((*site, alternatives.len()));
        }
    }
    let product = sites.iter().try_fold(1usize, |product, (_, n)| product.checked_mul(*n));
    let Some(product) = product.filter(|&product| product <= WORDINGS) else {
        return Err(Error::TooEntangled { limit: WORDINGS });
    };
    let mut out = Vec::with_capacity(product);
    for number in 0..product {
        let mut wording = String::new();
        for bit in bits {
            match bit {
                Bit::Text(text) => wording.push_str(text),
                Bit::Site { site, alternatives } => {
                    // The symbols are the digits of `number`, one place a site.
                    let mut rest = number;
                    for (known, n) in &sites {
                        if known == site {
                            wording.push_str(alternatives.get(rest % n).map_or("", String::as_str));
                        }
                        rest /= n;
                    }
                }
                Bit::Break => {}
            }
        }
        out.push(wording);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(source: &str) -> Vec<String> {
        let key = Key::new(&[3; 32]);
        let master = Master::parse(source).expect("a master");
        let names: Vec<String> = "a b c d e f g h color colour x long term longterm one two alice bob dear"
            .split(' ')
            .map(str::to_owned)
            .collect();
        let name = |hash: &u64| {
            names.iter().find(|name| key.word(name.as_bytes()) == *hash).cloned().unwrap_or_else(|| "?".to_owned())
        };
        let row = |words: &Vec<u64>| words.iter().map(name).collect::<Vec<_>>().join(" ");
        let values = |field: &str| if field == "known" { vec!["Alice".to_owned(), "Bob".to_owned()] } else { vec![] };
        cells(&key, &master, &values)
            .expect("cells")
            .iter()
            .map(|cell| match cell {
                Cell::Words(words) => row(words),
                Cell::Fork(forks) => {
                    let mut all: Vec<String> = forks.iter().map(row).collect();
                    all.sort();
                    format!("<{}>", all.join("|"))
                }
                Cell::Break => "#".to_owned(),
            })
            .collect()
    }

    #[test]
    fn sites_become_forks_of_whole_words() {
        for (source, expected) in [
            ("a b c", vec!["a b c"]),
            ("a colo{u|}r b", vec!["a", "<color|colour>", "b"]),
            ("a{,|} b {c|d} e", vec!["a b", "<c|d>", "e"]),
            ("a {b |}c", vec!["a", "<|b>", "c"]),
            ("{a|b}{ c| d} e", vec!["<a|b>", "<c|d>", "e"]),
            ("a {one|two}-\nterm b", vec!["a", "<?|?>", "b"]),
            ("{#1:a|b} c {#1:d|e}", vec!["<a|b>", "c", "<d|e>"]),
            ("dear {=known}, a", vec!["dear", "<alice|bob>", "a"]),
            ("dear {=unknown}, a b", vec!["dear", "#", "a b"]),
            ("a {b c|b d} e", vec!["a b", "<c|d>", "e"]),
        ] {
            let found = shown(source);
            if source.starts_with("{a|b}{ c") {
                // Touching sites are one stretch.
                assert_eq!(found, ["<a c|a d|b c|b d>", "e"], "{source}");
            } else {
                assert_eq!(found, expected, "{source}");
            }
        }
    }

    #[test]
    fn too_many_wordings_are_refused() {
        let source = "{a|b|c|d|e|f|g|h}".repeat(6);
        let master = Master::parse(&source).expect("a master");
        let found = cells(&Key::new(&[0; 32]), &master, &|_| vec![]);
        assert_eq!(found, Err(Error::TooEntangled { limit: WORDINGS }));
    }
}
