//! What a picture gave.

use countermark_codebook::{Codebook, Key};
use countermark_ocr::Read;
use countermark_tracing::Leak;

use super::job::{Class, Job};
use crate::chance::Chance;
use crate::channels::archive::{Archive, Cell};

/// What tracing a text gave.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Outcome {
    /// The message is found.
    pub(crate) matched: bool,
    /// The copy was named, and nobody else.
    pub(crate) right: u64,
    /// Anybody else was named.
    pub(crate) wrong: u64,
    /// Sites of which something was seen, and those whose likeliest alternative is not the copy's.
    pub(crate) sites: u64,
    pub(crate) misread: u64,
    /// Those of them that leave no other alternative possible.
    pub(crate) misread_surely: u64,
}

impl Outcome {
    pub(crate) fn of(archive: &Archive, cell: &Cell, job: &Job, leak: &Leak<'_>) -> anyhow::Result<Self> {
        let sights = archive.sights_of(leak);
        let mut out = Self { matched: sights.iter().any(|sight| sight.message == job.message), ..Self::default() };
        for look in archive.looks(&sights, cell) {
            let found = look.sight.message;
            if found != job.message {
                // Another message has a codebook of its own, of which nothing was used.
                let key = Key::from_bytes(Chance::new(u64::MAX, found as u64).key());
                let codebook = Codebook::draw(&key, &archive.messages[found].alternatives, cell.copies as usize)?;
                out.wrong += archive.take(&look, cell, &codebook).len() as u64;
                continue;
            }
            for copy in archive.take(&look, cell, &job.codebook) {
                out.right += u64::from(copy == job.copy);
                out.wrong += u64::from(copy != job.copy);
            }
        }
        if out.wrong > 0 {
            out.right = 0;
        }
        if let Some(sight) = sights.iter().find(|sight| sight.message == job.message) {
            let seen = &sight.trace.observations;
            for (site, &symbol) in job.codebook.rows()[job.copy].iter().enumerate() {
                let Some(vector) = seen.get(site) else { continue };
                let most = vector.iter().max().copied().unwrap_or(0);
                let wrong = vector.get(usize::from(symbol)).is_none_or(|&own| own < most);
                out.sites += 1;
                out.misread += u64::from(wrong);
                out.misread_surely += u64::from(wrong && seen.unambiguous(site).is_some());
            }
        }
        Ok(out)
    }
}

/// A picture.
#[derive(Clone, Debug)]
pub(crate) struct Shot {
    pub(crate) class: Class,
    pub(crate) seconds: f64,
    pub(crate) confidence: u8,
    /// Traced with the words' confidences, and without them.
    pub(crate) read: Outcome,
    pub(crate) unweighted: Outcome,
    /// The same text, retyped.
    pub(crate) retyped: Outcome,
    pub(crate) words: Words,
}

/// How the words of a copy were read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Words {
    /// Canonical words of the copy, and those that were read right.
    pub(crate) all: usize,
    pub(crate) right: usize,
    /// Of the words that were read between the copy's first and last right one: how surely, and whether rightly.
    pub(crate) sure: Vec<(u8, bool)>,
}

/// Compares by the longest common subsequence of canonical words.
pub(crate) fn words(sent: &str, read: &Read) -> Words {
    let canonical = |text: &str| -> Vec<(String, usize)> {
        countermark_text::tokens(text)
            .filter(|token| token.kind == countermark_text::TokenKind::Word)
            .map(|token| (token.canon.into_owned(), token.span.start))
            .collect()
    };
    let (a, b) = (canonical(sent), canonical(&read.text));
    let mut longest = vec![vec![0u32; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            longest[i][j] = match a[i].0 == b[j].0 {
                true => longest[i + 1][j + 1] + 1,
                false => longest[i + 1][j].max(longest[i][j + 1]),
            };
        }
    }
    let (mut i, mut j, mut right) = (0, 0, vec![false; b.len()]);
    while i < a.len() && j < b.len() {
        if a[i].0 == b[j].0 {
            right[j] = true;
            (i, j) = (i + 1, j + 1);
        } else if longest[i + 1][j] >= longest[i][j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    let between = match (right.iter().position(|r| *r), right.iter().rposition(|r| *r)) {
        (Some(first), Some(last)) => first..last + 1,
        _ => 0..0,
    };
    let sure = between.filter_map(|j| {
        let word = read.words.iter().find(|word| word.range.contains(&b[j].1))?;
        Some((word.confidence, right[j]))
    });
    Words { all: a.len(), right: right.iter().filter(|r| **r).count(), sure: sure.collect() }
}
