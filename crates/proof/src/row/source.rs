//! Reads a part's source: the grammar of masters as `docs/formats/row.md` fixes it for ever.
//!
//! The desk's own reader (`countermark-marking`) may learn more one day; what was sealed must read the same then.

use std::collections::HashMap;

use crate::limits;

/// The most digits of a tie number.
const TIE_DIGITS: usize = 9;

/// A piece of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Item {
    /// What every copy has.
    Text(String),
    /// An occurrence of a site: which of the part's sites (from 0), and its wordings here.
    Site { site: usize, alternatives: Vec<String> },
    /// A field, by name.
    Field(String),
}

/// A site as its occurrences in one part tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SourceSite {
    pub(crate) alternatives: u8,
    pub(crate) tie: Option<u32>,
}

/// A source taken apart.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) items: Vec<Item>,
    /// The part's sites in the order of their first occurrence.
    pub(crate) sites: Vec<SourceSite>,
}

impl Source {
    /// Reads a source; nothing when it isn't one.
    pub(crate) fn read(source: &str) -> Option<Self> {
        let mut reader = Reader { rest: source, read: Self::default(), ties: HashMap::new() };
        reader.all()?;
        Some(reader.read)
    }
}

struct Reader<'s> {
    rest: &'s str,
    read: Source,
    /// The part's site of each tie number.
    ties: HashMap<u32, usize>,
}

impl Reader<'_> {
    fn all(&mut self) -> Option<()> {
        let mut text = String::new();
        while let Some(first) = self.rest.chars().next() {
            match first {
                '}' => return None,
                '{' => {
                    self.flush(&mut text);
                    self.rest = &self.rest[1..];
                    let item = self.braces()?;
                    self.read.items.push(item);
                }
                _ => text.push(self.literal()?),
            }
        }
        self.flush(&mut text);
        Some(())
    }

    fn flush(&mut self, text: &mut String) {
        if !text.is_empty() {
            self.read.items.push(Item::Text(std::mem::take(text)));
        }
    }

    /// One character, its escape undone.
    fn literal(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let mut found = chars.next()?;
        if found == '\\'
            && let Some(escaped @ ('{' | '|' | '}' | '\\')) = chars.clone().next()
        {
            chars.next();
            found = escaped;
        }
        self.rest = chars.as_str();
        Some(found)
    }

    /// A field or a site; the reader stands behind the brace.
    fn braces(&mut self) -> Option<Item> {
        if let Some(rest) = self.rest.strip_prefix('=') {
            let (name, rest) = rest.split_once('}')?;
            let plain = name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
            self.rest = rest;
            return (plain && name.starts_with(|c: char| c.is_ascii_lowercase())).then(|| Item::Field(name.to_owned()));
        }
        let tie = self.head()?;
        let alternatives = self.alternatives()?;
        let found = SourceSite { alternatives: u8::try_from(alternatives.len()).ok()?, tie };
        let site = match tie.and_then(|tie| self.ties.get(&tie)) {
            Some(&site) => site,
            None => {
                self.read.sites.push(found);
                self.read.sites.len() - 1
            }
        };
        if let Some(tie) = tie {
            self.ties.insert(tie, site);
        }
        (self.read.sites[site] == found).then_some(Item::Site { site, alternatives })
    }

    /// The tie number and the class, which is of no concern here.
    fn head(&mut self) -> Option<Option<u32>> {
        let (mut tie, mut headed) = (None, false);
        if let Some(rest) = self.rest.strip_prefix('#') {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            if !(1..=TIE_DIGITS).contains(&digits) || rest.starts_with('0') {
                return None;
            }
            (tie, headed) = (Some(rest[..digits].parse().ok()?), true);
            self.rest = &rest[digits..];
        }
        if let Some(rest) = self.rest.strip_prefix('@') {
            let letters = rest.bytes().take_while(u8::is_ascii_lowercase).count();
            if letters == 0 {
                return None;
            }
            headed = true;
            self.rest = &rest[letters..];
        }
        if headed {
            self.rest = self.rest.strip_prefix(':')?;
        }
        Some(tie)
    }

    fn alternatives(&mut self) -> Option<Vec<String>> {
        let mut alternatives = Vec::new();
        let mut current = String::new();
        loop {
            match self.rest.chars().next()? {
                '{' => return None,
                mark @ ('|' | '}') => {
                    alternatives.push(std::mem::take(&mut current));
                    self.rest = &self.rest[1..];
                    if alternatives.len() > usize::from(limits::ALTERNATIVES) {
                        return None;
                    }
                    if mark == '}' {
                        return (alternatives.len() > 1).then_some(alternatives);
                    }
                }
                _ => current.push(self.literal()?),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(source: &str) -> Vec<Item> {
        Source::read(source).expect(source).items
    }

    fn text(text: &str) -> Item {
        Item::Text(text.to_owned())
    }

    fn site(site: usize, alternatives: &[&str]) -> Item {
        Item::Site { site, alternatives: alternatives.iter().map(|a| (*a).to_owned()).collect() }
    }

    #[test]
    fn every_form_reads() {
        assert_eq!(items(""), []);
        assert_eq!(items("a | b"), [text("a | b")]);
        assert_eq!(items(r"\{\|\}\\ \n \"), [text(r"{|}\ \n \")]);
        assert_eq!(items("a{b|}c{=name}"), [text("a"), site(0, &["b", ""]), text("c"), Item::Field("name".into())]);
        assert_eq!(
            items("{#1:a|b}{x|y}{#1@order:c|d}"),
            [site(0, &["a", "b"]), site(1, &["x", "y"]), site(0, &["c", "d"])]
        );
        assert_eq!(items(r"{@typography:\||\}}"), [site(0, &["|", "}"])]);
        assert_eq!(items("{a:b|#c}"), [site(0, &["a:b", "#c"])]);
        let sites = Source::read("{#7:a|b}{x|y|z}").expect("reads").sites;
        assert_eq!(sites, [SourceSite { alternatives: 2, tie: Some(7) }, SourceSite { alternatives: 3, tie: None }]);
    }

    #[test]
    fn what_is_none_is_refused() {
        let many = format!("{{{}}}", "a|".repeat(64));
        let rows = [
            "{",
            "}",
            "{}",
            "{a}",
            "{a|b",
            "{a|{b|c}}",
            "{=}",
            "{=Name}",
            "{=1}",
            "{=a b}",
            "{=a",
            "{#:a|b}",
            "{#0:a|b}",
            "{#01:a|b}",
            "{#1234567890:a|b}",
            "{#1a|b}",
            "{@:a|b}",
            "{@Order:a|b}",
            "{@order#1:a|b}",
            "{#1:a|b}{#1:a|b|c}",
            &many,
        ];
        for row in rows {
            assert_eq!(Source::read(row), None, "{row}");
        }
    }
}
